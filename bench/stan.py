"""Microseconds per log density + gradient of the seven models, Stan's compiled C++ and this program's in turn.

Not part of run.sh: it installs httpstan (Stan's compiler and headers) from PyPI into build/stan and compiles seven Stan
programs, which takes some minutes the first time. Every gradient is compared with the committed one before it counts.
"""

import csv
import json
import re
import subprocess
import sys

import harness
from harness import ROOT

FOLDER = ROOT / "build" / "stan"
SOURCES = ROOT / "bench" / "stan_models"
PINNED = "httpstan==4.13.0"
REPETITIONS = 3


def packages():
    """The folder of httpstan, installed when it is not there."""
    python = FOLDER / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", PINNED], check=True)
    where = "import httpstan, os; print(os.path.dirname(httpstan.__file__))"
    return subprocess.run([python, "-c", where], check=True, capture_output=True, text=True).stdout.strip()


def compiled(httpstan):
    """The program of each model: what the Stan compiler makes of it, with the driver."""
    flags = ["-std=c++17", "-O3", "-march=native", "-w", "-DNDEBUG", "-D_REENTRANT", "-DBOOST_DISABLE_ASSERTS", f"-I{httpstan}/include"]

    def compile_one(source, target):
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["c++", *flags, "-c", source, "-o", target], check=True)
        return target

    driver = compile_one(SOURCES / "stan_driver.cpp", FOLDER / "driver.o")
    programs = {}
    for model in harness.MODELS:
        translated = FOLDER / f"{model}.cpp"
        if not translated.exists():
            command = [f"{httpstan}/stanc", "--O1", "--name", f"{model}_model", "--o", translated, SOURCES / f"{model}.stan"]
            subprocess.run(command, check=True)
        code = compile_one(translated, FOLDER / f"{model}.o")
        programs[model] = FOLDER / model
        link = [f"-L{httpstan}/lib", f"-Wl,-rpath,{httpstan}/lib", "-ltbb"]
        subprocess.run(["c++", driver, code, "-o", programs[model], *link], check=True)
    return programs


def columns(name):
    with open(ROOT / "configs" / "models" / f"{name}.csv", newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return {column: [float(row[i]) for row in rows] for i, column in enumerate(header)}


def stan_data(model):
    """The data of a model under the names of its Stan program."""
    if model == "simple":
        y = columns(model)["y"]
        return {"N": len(y), "y": y}
    if model == "sv":
        returns = next(iter(columns(model).values()))
        return {"T": len(returns), "r": returns}
    if model == "logistic":
        table = columns(model)
        y = [int(value) for value in table.pop("y")]
        rows = [list(row) for row in zip(*table.values())]
        return {"N": len(rows), "K": len(rows[0]), "X": rows, "y": y}
    if model == "funnel":
        return {"D": 9}
    data = json.loads((ROOT / "configs" / "models" / f"{model}.json").read_text())["data"]
    if model == "eight_schools":
        return {"J": len(data["y"]), "y": data["y"], "sigma": data["sd"]}
    return {"G": len(data["y"]), "N": len(data["y"][0]), "y": data["y"]}


def time_stan(program, model, folder):
    """Best microseconds, once the gradient is that of tests/data/race."""
    check = json.loads((ROOT / "tests" / "data" / "race" / f"{model}.check.json").read_text())
    data, point = folder / "data.json", folder / "point"
    data.write_text(json.dumps(stan_data(model)))
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
    FOLDER.mkdir(parents=True, exist_ok=True)
    programs = compiled(packages())
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
