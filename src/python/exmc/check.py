"""Is a converted model the one that it was made of? Log density and values at a few points, beside PyMC's own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exmc.density import as_array, evaluate
from exmc.errors import WrongConversion
from exmc.reference import Reference
from exmc.source import Source

POINTS = 3
# Far below what a mistake does, and above what literals in single precision do to PyMC's own numbers.
DENSITY_TOLERANCE = 1e-6
VALUE_TOLERANCE = 1e-6
_RADIUS = 1.0
_SEED = 17


@dataclass(frozen=True)
class Comparison:
    """How far both are apart: log densities by the spread of their differences (constants do not count) relative to their size, and
    deterministics by the largest relative difference. `points` counts points that are possible."""

    points: int
    log_density: float
    values: float
    worst: str = ""


def compare(model: Source, folder: Path | None = None, points: int = POINTS) -> Comparison:
    """Compares a converted PyMC model with the original at random points of the unconstrained space, uniform in (-1, 1)."""
    assert model.conversion is not None and model.ir is not None
    generator = np.random.default_rng(_SEED)
    size = sum(free_size(node) for node in model.ir["nodes"].values())
    positions = generator.uniform(-_RADIUS, _RADIUS, (points, size))
    found = evaluate(model, [{"unconstrained": position} for position in positions], folder)
    reference = Reference(model.pymc_model)
    names = model.conversion.names
    differences, sizes, worst, name_of_worst = [], [], 0.0, ""
    for at in found:
        values = {name: as_array(value) for name, value in at["values"].items()}
        point = {rv.name: values[names[rv.name]] for rv in model.pymc_model.free_RVs}
        expected, deterministics = reference(point)
        for name, value in deterministics.items():
            distance = _distance(values[names[name]], value)
            if distance > worst:
                worst, name_of_worst = distance, name
        ours = float(as_array(at["without_jacobian"]))
        if math.isfinite(ours) and not math.isfinite(expected):
            expected = reference.as_compiled(point)
        if math.isfinite(ours) != math.isfinite(expected):
            return Comparison(0, math.inf, worst, name_of_worst)
        if math.isfinite(ours):
            differences.append(ours - expected - sum(correction(values) for correction in model.conversion.corrections))
            sizes.append(1 + abs(expected))
    spread = float(np.ptp(differences) / max(sizes)) if differences else 0.0
    return Comparison(len(differences), spread, worst, name_of_worst)


def check(model: Source, folder: Path | None = None) -> Comparison:
    """The same; WrongConversion where they differ."""
    result = compare(model, folder)
    if result.log_density > DENSITY_TOLERANCE:
        raise WrongConversion(f"log densities of the converted model differ from PyMC's by {result.log_density:.1e} of their size")
    if result.values > VALUE_TOLERANCE:
        raise WrongConversion(f"{result.worst} of the converted model differs from PyMC's by {result.values:.1e}")
    return result


def free_size(node: dict[str, Any]) -> int:
    """How many numbers are sampled for a node (docs/ir.md, "Supports")."""
    if "dist" not in node or "observed" in node:
        return 0
    *batch, last = node["shape"] or [1]
    support = node.get("support", {"dirichlet": "simplex", "lkj_corr": "corr", "lkj_corr_cholesky": "cholesky_corr"}.get(node["dist"]))
    if support in ("corr", "cholesky_corr"):
        return math.prod(batch[:-1]) * last * (last - 1) // 2
    return math.prod(batch) * (last - 1 if support in ("simplex", "sum_to_zero") else last)


def _distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference relative to 1 + size; values that are NaN or infinite in both are equal."""
    if ours.shape != theirs.shape:
        return math.inf
    with np.errstate(invalid="ignore"):
        apart = np.abs(ours - theirs) / (1 + np.abs(theirs))
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    return float(np.max(np.where(same, 0, np.nan_to_num(apart, nan=math.inf)), initial=0))
