"""Microseconds per log density + gradient of the seven models, Stan's compiled C++ and this program's in turn.

Not part of run.sh: it installs httpstan (Stan's compiler and headers) from PyPI below build/race and compiles seven Stan
programs, which takes some minutes the first time. Every gradient is compared with the committed one before it counts.
"""

import json
import re
import subprocess
import sys

import harness
import stan_programs
from harness import ROOT

sys.path.append(str(ROOT / "bench" / "race"))
import models  # noqa: E402
import peers  # noqa: E402

FOLDER = peers.FOLDER / "stan"
REPETITIONS = 3


def compiled():
    """The program of each model: what the Stan compiler makes of it, with the driver."""
    compiler = stan_programs.Compiler(peers.need("httpstan"), FOLDER)
    return {model: compiler.program(model, "stan_driver")[0] for model in harness.MODELS}


def time_stan(program, model, folder):
    """Best microseconds, once the gradient is that of tests/data/race."""
    check = json.loads((ROOT / "tests" / "data" / "race" / f"{model}.check.json").read_text())
    data, point = folder / "data.json", folder / "point"
    data.write_text(json.dumps(stan_programs.stan_data(model, models.model(model).data)))
    point.write_text(" ".join(map(repr, check["point"])))
    result = json.loads(subprocess.run([program, data, point], check=True, capture_output=True, text=True).stdout)
    scale = max(map(abs, check["grad"]))
    worst = max(abs(a - b) for a, b in zip(result["gradient"], check["grad"]))
    if len(result["gradient"]) != len(check["grad"]) or worst > 1e-10 * scale or not result["finite"]:
        sys.exit(f"bench: Stan's gradient of {model} is off by {worst:.3g}")
    return result["best"]


def time_ours(build, model):
    """Best microseconds of the compiled IR, and of the fastest hand-written program where there is one."""
    command = [harness.program(build, "density_bench"), str(ROOT / "configs" / "models"), model]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[1:]
    best = [float(re.search(r"\d+\.\d+", line)[0]) for line in lines]
    return best[0], min(best[1:], default=None)


def main():
    arguments = harness.options(__doc__.split("\n")[0], repetitions=REPETITIONS)
    programs = compiled()
    rows, raw = [], {}
    for model in harness.MODELS:
        with harness.scratch() as name:
            folder = type(ROOT)(name)
            stan, ours = harness.alternate(
                arguments.repetitions,
                lambda: time_stan(programs[model], model, folder),
                lambda: time_ours(arguments.build, model),
            )
        compiled_ir, by_hand = min(best for best, _ in ours), min((hand for _, hand in ours if hand), default=None)
        raw[model] = {"stan": stan, "ours": ours}
        rows.append([model, min(stan), compiled_ir, by_hand, min(stan) / compiled_ir, by_hand and by_hand / compiled_ir])
    header = ["model", "Stan us", "compiled IR us", "hand-written us", "Stan / IR", "hand-written / IR"]
    harness.publish("stan", arguments, __doc__.split("\n")[0], [harness.markdown(header, rows)], raw)


if __name__ == "__main__":
    main()
