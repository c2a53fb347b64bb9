"""Does every model converge with default settings? Models of the kinds that people write (hierarchies.py,
structures.py), the seven of the race and posteriordb's; each by several seeds, five chains in one process.

    bench/convergence/run.py [--seeds 3] [--models REGEX] [--program exmc_mpi] [--json FILE]

A row a model: dimension, seconds of CPU, gradients of warm-up and draws, worst R-hat, least bulk and tail ESS, ESS per
gradient, divergences, and in how many runs all of it was well (R-hat < 1.01, ESS > 400, no divergence)."""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(HERE.parent)]

import arviz  # noqa: E402
import harness  # noqa: E402
import hierarchies  # noqa: E402
import structures  # noqa: E402

warnings.filterwarnings("ignore")
CHAINS, MOST_RHAT, LEAST_ESS = 5, 1.01, 400


def configs(folder):
    """name -> config, everything that can be asked for."""
    found = {}
    for model in hierarchies.MODELS + structures.MODELS:
        ways = [True] if model in structures.ONE_WAY else [True, False]
        for centred in ways:
            name = model.__name__ + ("" if len(ways) == 1 else "/centred" if centred else "/noncentred")
            found[name] = lambda model=model, centred=centred: {"model": model(centred)}
    for name in ["simple", "medium", "stress", "eight_schools", "funnel", "logistic", "sv"]:
        found[f"race/{name}"] = lambda name=name: {"model": str(ROOT / f"configs/models/{name}.json")}
    for path in sorted((ROOT / "tests/posteriordb/configs").glob("*.json")):
        found[f"posteriordb/{path.stem}"] = lambda path=path: harness.posteriordb(path.stem)
    return found


def measure(program, config, seed, folder, settings):
    """One run: its figures, or what it said when it failed."""
    file, result = pathlib.Path(folder) / "config.json", pathlib.Path(folder) / "run.h5"
    output = {"file": str(result), "save_warmup": True, "log_likelihood": False, "predictive": False}
    file.write_text(json.dumps(config | {"seed": seed, "chains": CHAINS, "output": output}))
    sets = [word for setting in settings for word in ("--set", setting)]
    before = os.times()
    run = subprocess.run([program, "--quiet", "--overwrite", *sets, str(file)], capture_output=True, text=True)
    after = os.times()
    if run.returncode != 0:
        return {"error": f"exit code {run.returncode}: {run.stderr.strip()[-200:]}"}
    data = arviz.from_netcdf(str(result))
    values = [data.posterior[name] for name in data.posterior]
    moving = [v for v in values if v.size and float(v.std()) > 0]
    of = lambda function, **more: [float(x) for v in moving for x in function(v.to_dataset(name="v"), **more)["v"].values.ravel()]
    finite = lambda numbers: [x for x in numbers if x == x]
    draws = int(data.sample_stats["n_steps"].sum())
    warmup = data.warmup_sample_stats["n_steps"].values
    tail, bulk = min(finite(of(arviz.ess, method="tail"))), min(finite(of(arviz.ess, method="bulk")))
    figures = {"cpu": after.children_user + after.children_system - before.children_user - before.children_system,
               "warmup": int(warmup[warmup > 0].sum()), "draws": draws, "rhat": max(finite(of(arviz.rhat))),
               "bulk": bulk, "tail": tail, "efficiency": min(bulk, tail) / max(draws, 1),
               "divergences": int(data.sample_stats["diverging"].sum()),
               "parameters": sum(v[0, 0].size for v in values)}
    data.close()
    return figures


def good(run):
    return ("error" not in run and run["rhat"] < MOST_RHAT and min(run["bulk"], run["tail"]) > LEAST_ESS
            and run["divergences"] == 0)


def row(name, runs):
    fine = [run for run in runs if "error" not in run]
    head = f"{name:52} {sum(map(good, runs))}/{len(runs)}"
    if not fine:
        return f"{head}  {runs[0]['error']}"
    worst, least = (lambda key: max(r[key] for r in fine)), (lambda key: min(r[key] for r in fine))
    return (f"{head} {fine[0]['parameters']:5d} {worst('cpu'):7.2f}s {worst('warmup') / 1000:6.0f} + {worst('draws') / 1000:6.0f}k "
            f"R-hat {worst('rhat'):.4f} bulk {least('bulk'):6.0f} tail {least('tail'):6.0f} "
            f"ESS/gradient {least('efficiency'):.4f} div {worst('divergences')}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--models", default="")
    parser.add_argument("--program", default="exmc_mpi")
    parser.add_argument("--set", action="append", default=[], help="as the program's own")
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    raw = {}
    with tempfile.TemporaryDirectory(prefix="exmc-convergence-") as folder:
        for name, config in configs(folder).items():
            if not re.search(arguments.models, name):
                continue
            raw[name] = [measure(arguments.program, config(), seed, folder, arguments.set)
                         for seed in range(1, arguments.seeds + 1)]
            print(row(name, raw[name]), flush=True)
    print(f"{sum(good(run) for runs in raw.values() for run in runs)} of {sum(map(len, raw.values()))} runs converged")
    if arguments.json:
        arguments.json.write_text(json.dumps(raw, indent=1) + "\n")


if __name__ == "__main__":
    main()
