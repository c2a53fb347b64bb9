"""Runs a model of configs/gallery as a user would, and says what is not well with what comes out."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "configs/gallery"
TRUTH = json.loads((ROOT / "tests/data/gallery/truth.json").read_text())
MOST_RHAT, LEAST_ESS = 1.01, 400
FARTHEST = 4.0  # posterior standard deviations


def names():
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def run(program, name, folder, seed=1, limit=600):
    """Samples with default settings, five chains. @return its summary (`--json`), the result file, and the seconds of CPU."""
    file = pathlib.Path(folder) / f"{name}.h5"
    before = os.times()
    subprocess.run([program, "--quiet", "--overwrite", "--set", f"seed={seed}", "--set", "chains=5", "--set", f"output.file={file}",
                    str(FOLDER / f"{name}.json")], check=True, stderr=subprocess.PIPE, timeout=limit)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    printed = subprocess.run([program, "--summary", "--json", file], check=True, capture_output=True).stdout
    return json.loads(printed), file, cpu


def rows_of(summary, variable):
    return [row for row in summary["variables"] if row["name"].split("[")[0] == variable]


def misses(summary, truth):
    """Where the parameters that the data was made with are far outside of their posteriors."""
    found = []
    for variable, values in truth.items():
        values = values if isinstance(values, list) else [values]
        rows = rows_of(summary, variable)
        if len(rows) != len(values):
            found.append(f"{variable}: {len(rows)} elements, expected {len(values)}")
            continue
        for row, value in zip(rows, values):
            if abs(row["mean"] - value) > FARTHEST * row["sd"]:
                found.append(f"{row['name']}: {row['mean']:.3g} +- {row['sd']:.2g}, made with {value:.3g}")
    return found


def faults(summary, truth):
    moving = [row for row in summary["variables"] if row["sd"] > 0 and row["rhat"] is not None]
    found = [f"{row['name']}: R-hat {row['rhat']:.4f}" for row in moving if row["rhat"] > MOST_RHAT]
    found += [f"{row['name']}: {kind} {row[kind]:.0f}" for row in moving for kind in ("ess_bulk", "ess_tail")
              if row[kind] < LEAST_ESS]
    if summary["divergences"]:
        found.append(f"{summary['divergences']} divergences")
    return found + misses(summary, truth)
