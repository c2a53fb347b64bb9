"""What five ranks cost more than one: CPU of the same five chains on both, in runs long enough for it to be told."""

import contenders
import harness
import models

MODEL = "item_response"
CPU_SECONDS = 30
REPETITIONS = 3
TRIAL = 1000  # draws, of the run that says how many it takes
KEPT = 1000  # of each chain's draws in the file: sampling is what is asked about


def _cpu(exmc, draws, folder):
    thin = max(draws // KEPT, 1)
    settings = [f"sampler.draws={draws}", f"output.thin={thin}", "output.log_likelihood=false", "output.predictive=false"]
    return exmc.run(models.model(MODEL), 1, folder, *settings).cpu


def five_against_one(build, folder):
    """{"model", "draws", "one": [...], "five": [...] CPU-seconds, "ratio" of the medians}."""
    one, five = (contenders.Exmc(build, contenders.RANKS, ranks) for ranks in (1, contenders.RANKS))
    draws = max(round(CPU_SECONDS * TRIAL / _cpu(one, TRIAL, folder)), TRIAL)
    of_one, of_five = harness.alternate(REPETITIONS, lambda: _cpu(one, draws, folder), lambda: _cpu(five, draws, folder))
    ratio = harness.median(of_five) / harness.median(of_one)
    return {"model": MODEL, "draws": draws, "one": of_one, "five": of_five, "ratio": ratio}
