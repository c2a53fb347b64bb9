"""The race: seven models, one chain and five ranks, five seeds. bench/README.md says what the columns mean."""

import dataclasses
import json
import math
import pathlib
import sys
import warnings

import arviz

import harness
from harness import MODELS, ROOT, median

warnings.filterwarnings("ignore")  # ArviZ's about few draws, in quick runs

MAX_RHAT = 1.05  # beyond it an effective sample size means nothing
LEAST = ["warmup.iterations=1", "warmup.settle=1", "sampler.draws=4"]  # a run that hardly samples
MAX_Z = 5.0  # errors of a mean, in its MCSE, beyond which the answer is wrong
REFERENCES = json.loads((ROOT / "tests" / "data" / "race" / "references.json").read_text())

COLUMNS = """\
Wall s: warm-up, settling and draws, until all are written, by the program's own clock · tree CPU s: all processes of the run
from first to last, launcher and MPI's start included · CPU s: of the same chains in one process without MPI, less that of a
run of a few iterations (start, file, end): what sampling, writing and the summary cost · gradients k: thousands, warm-up and
settling + draws · min bulk, min tail: effective sample size of the worst parameter (ArviZ, rank-normalised) · max R-hat: of one
chain, of its halves · div: divergences among the draws · ESS/…: of min bulk; per gradient of the draws · scaling: five ranks over
one chain, of ESS/s and of draws/s · † max R-hat above 1.05: the ESS means nothing. Each figure is a median over the seeds."""


@dataclasses.dataclass
class Figures:
    """Of one run."""

    wall: float
    tree_cpu: float
    cpu: float
    warmup_gradients: int
    draw_gradients: int
    bulk: float
    tail: float
    rhat: float
    divergences: int
    draws: int
    z: float | None  # largest error of a posterior mean, in MCSE; None without a reference


def command(arguments, model, chains, file, *settings):
    """Without the launcher."""
    pairs = [f"chains={chains}", f"output.file={file}", "output.save_warmup=true", *settings]
    sets = [word for pair in pairs for word in ("--set", pair)]
    config = ROOT / "configs" / f"{model}.json"
    return [harness.program(arguments.build, "exmc_mpi"), "--overwrite", "--progress=off", *sets, config]


def completed(words, folder):
    run = harness.run(words, folder)
    if run.code != 0:
        sys.exit(f"bench: {' '.join(map(str, words))} ended with {run.code}:\n{run.text()}")
    return run


def parameters(dataset):
    """(name, element, chains x draws) of every scalar of the posterior."""
    for name, values in dataset.data_vars.items():
        flat = values.values.reshape(*values.shape[:2], -1)
        for element in range(flat.shape[2]):
            yield name, element, flat[:, :, element]


def rhat(chains):
    return float(arviz.rhat(chains if len(chains) > 1 else chains.reshape(2, -1)))


def largest_error(model, posterior):
    """Of the means, against the committed reference, in the MCSE of both."""
    reference = REFERENCES.get(model)
    if reference is None:
        return None
    errors = []
    for name, element, chains in posterior:
        if name in reference:
            error = abs(chains.mean() - reference[name]["mean"][element])
            errors.append(error / math.hypot(float(arviz.mcse(chains)), reference[name]["mcse_mean"][element]))
    return max(errors)


def figures(arguments, model, chains, seed, folder):
    """Of a run with a rank for each chain."""
    file = pathlib.Path(folder) / f"{model}.h5"
    words = command(arguments, model, chains, file, f"seed={seed}")
    start = completed(command(arguments, model, chains, file, f"seed={seed}", *LEAST), folder)
    alone = completed(words, folder)
    run = completed(harness.mpirun(chains, *words), folder)
    data = arviz.from_netcdf(str(file))
    posterior = list(parameters(data.posterior))
    stats = data.sample_stats
    warmup_steps = data.warmup_sample_stats["n_steps"].values
    data.close()
    file.unlink()
    return Figures(
        wall=run.logged(harness.WRITTEN) - run.logged(harness.BEGINS),
        tree_cpu=run.cpu,
        cpu=alone.cpu - start.cpu,
        warmup_gradients=int(warmup_steps[warmup_steps > 0].sum()),
        draw_gradients=int(stats["n_steps"].values.sum()),
        bulk=min(float(arviz.ess(chains, method="bulk")) for *_, chains in posterior),
        tail=min(float(arviz.ess(chains, method="tail")) for *_, chains in posterior),
        rhat=max(rhat(chains) for *_, chains in posterior),
        divergences=int(stats["diverging"].values.sum()),
        draws=stats["n_steps"].size,
        z=largest_error(model, posterior),
    )


def check_answers(arguments, models, folder):
    """Before anything is timed: are the means right?"""
    for model in models:
        z = figures(arguments, model, 5, 1000, folder).z
        if z is not None and z > MAX_Z:
            sys.exit(f"bench: {model}: a posterior mean is {z:.1f} MCSE from the reference: wrong, so not timed")


def thousands(count):
    return f"{count / 1000:.0f}" if count > 99_500 else f"{count / 1000:.3g}"


def row(model, label, runs, scaling):
    middle = lambda of: median(of(run) for run in runs)
    worst = middle(lambda run: run.rhat)
    valid = worst <= MAX_RHAT
    cpu = middle(lambda run: run.cpu)
    ess = lambda of: middle(of) if valid else None
    return [
        model,
        label + ("" if valid else " †"),
        middle(lambda run: run.wall),
        middle(lambda run: run.tree_cpu),
        cpu,
        f"{thousands(middle(lambda run: run.warmup_gradients))} + {thousands(middle(lambda run: run.draw_gradients))}",
        f"{middle(lambda run: run.bulk):.0f}",
        f"{middle(lambda run: run.tail):.0f}",
        f"{worst:.3f}",
        f"{middle(lambda run: run.divergences):.0f}",
        ess(lambda run: run.bulk / run.wall),
        ess(lambda run: run.bulk) / cpu if valid and cpu > 0 else None,
        ess(lambda run: run.bulk / run.draw_gradients),
        scaling,
    ]


def scaling(one, five):
    """Of ESS/s (where it means something) and of draws/s."""
    ratio = lambda of: median(map(of, five)) / median(map(of, one))
    valid = all(median(run.rhat for run in runs) <= MAX_RHAT for runs in (one, five))
    of_ess = f"{ratio(lambda run: run.bulk / run.wall):.2f}" if valid else "–"
    return f"{of_ess}, {ratio(lambda run: run.draws / run.wall):.2f}"


def main():
    arguments = harness.options(__doc__, seeds=5, models=",".join(MODELS))
    models = ["simple", "eight_schools"] if arguments.quick else arguments.models.split(",")
    seeds = range(1, 2 if arguments.quick else arguments.seeds + 1)
    rows, raw = [], {}
    with harness.scratch() as folder:
        if not arguments.quick:
            check_answers(arguments, models, folder)
        for model in models:
            runs = {1: [], 5: []}
            for seed in seeds:
                for chains, results in runs.items():
                    results.append(figures(arguments, model, chains, seed, folder))
            rows.append(row(model, "1 chain", runs[1], None))
            rows.append(row("", "5 ranks", runs[5], scaling(runs[1], runs[5])))
            raw[model] = {chains: [dataclasses.asdict(run) for run in results] for chains, results in runs.items()}
            print(f"bench: {model} done", file=sys.stderr)
    header = ["model", "run", "wall s", "tree CPU s", "CPU s", "gradients k", "min bulk", "min tail", "max R-hat", "div", "ESS/s",
              "ESS/CPU-s", "ESS/gradient", "scaling"]
    harness.publish("race", arguments, COLUMNS, [harness.markdown(header, rows)], raw)


if __name__ == "__main__":
    main()
