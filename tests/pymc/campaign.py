#!/usr/bin/env python3
"""All models of these tests, and of other files, converted and compared with PyMC: a line for each, and a table for docs/pymc.md.

    campaign.py [--models FILE.py]... [--only NAME]... [--posterior] [--markdown]

FILE.py has a dict M or MODELS of functions that make a pm.Model or a bmb.Model. --posterior samples too, with pm.sample beside it, and
compares the means in Monte Carlo standard errors. Exit code 1 where a converted model differs.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import conftest  # noqa: F401 (it sets the path)
import exmc
import made
import numpy as np
from exmc.check import compare
from exmc.source import as_pymc, source

DENSITY, VALUES, ERRORS = 1e-8, 1e-9, 4.0


@dataclass
class Outcome:
    """What became of a model: `equal` None where it was refused."""

    name: str
    becomes: str
    equal: bool | None
    seconds: float
    detail: str


def convert_and_compare(name: str, make: Callable[[], Any]) -> Outcome:
    """Converts a model and compares it at three points."""
    model = make()
    began = time.perf_counter()
    explanation = exmc.explain(model)
    laws = sorted({row.becomes for row in explanation.rows if row.kind in ("parameter", "observed")} - {"-"})
    seconds = time.perf_counter() - began
    try:
        result = compare(source(model))
    except exmc.NotExpressible as refusal:
        first = refusal.obstacles[0]
        return Outcome(name, "refused", None, seconds, f"{first.variable}: {first.operation}: {first.reason}")
    equal = result.points > 0 and result.log_density < DENSITY and result.values < VALUES
    return Outcome(name, ", ".join(laws), equal, seconds, f"log density {result.log_density:.0e}, values {result.values:.0e}")


def posterior_distance(make: Callable[[], Any]) -> float:
    """The largest difference of posterior means from pm.sample's, in standard errors of both."""
    import arviz as az
    import pymc as pm

    ours = exmc.sample(make(), draws=2000, chains=4, seed=1, progress=False)
    with as_pymc(make()):
        theirs = pm.sample(1000, tune=1000, chains=4, random_seed=1, progressbar=False, compute_convergence_checks=False)
    tables = [az.summary(data, round_to="none") for data in (ours, theirs)]
    mean, error = (np.array([table[key].reindex(tables[1].index).astype(float) for table in tables]) for key in ("mean", "mcse_mean"))
    distance = np.abs(mean[0] - mean[1]) / np.hypot(*error)
    return float(np.nanmax(np.where(np.hypot(*error) > 0, distance, 0)))


def models_of(files: list[str]) -> dict[str, Callable[[], Any]]:
    """The models of files."""
    found: dict[str, Callable[[], Any]] = {}
    for file in files:
        sys.path.insert(0, str(Path(file).resolve().parent))
        spec = importlib.util.spec_from_file_location(Path(file).stem, file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= getattr(module, "MODELS", None) or module.M
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", action="append", default=[])
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--posterior", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    models = models_of(options.models) if options.models else made.all_models()
    outcomes = []
    for name, make in models.items():
        if options.only and name not in options.only:
            continue
        outcome = convert_and_compare(name, make)
        if options.posterior and outcome.equal:
            distance = posterior_distance(make)
            outcome.detail += f", posterior means {distance:.1f} standard errors"
            outcome.equal = distance < ERRORS
        outcomes.append(outcome)
        said = {True: "equal", False: "DIFFERS", None: "refused"}[outcome.equal]
        if options.markdown:
            print(f"| `{name}` | {outcome.becomes} | {said} | {outcome.detail} |", flush=True)
        else:
            print(f"{name:34} {said:8} {outcome.seconds:5.2f} s  {outcome.detail}", flush=True)
    counts = [sum(outcome.equal is which for outcome in outcomes) for which in (True, None, False)]
    print(f"\n{len(outcomes)} models: {counts[0]} equal, {counts[1]} refused, {counts[2]} different")
    return 1 if counts[2] else 0


if __name__ == "__main__":
    sys.exit(main())
