"""Makes tests/data/exact/*.json, log densities and gradients of distributions to 50 digits and more, as doubles, and
tests/data/exact_cdf/*.json, the same for the logarithms of P(X <= x) ("lower") and P(X > x) ("upper"); and
tests/data/exact_model/*.json, the same for small models of truncated, censored and mixed distributions.

make_exact_table.py exact|exact_cdf|exact_model [DISTRIBUTION ...]   (needs mpmath; without names, all are made)

A point is {"x", "at", "log_density", "gradient"}: the variable, the parameters in the order of the case (numbers, or nested
lists of them), ln f, and its derivatives in each number of whatever the case does not call constant, the variable first.
All inputs are doubles, taken as exact. Where the outputs move by more than 1e-10 max(1, |output|) / 8 when each input moves by one rounding (2^-52 relative), the
point is ill-conditioned, and "error" gives what is allowed instead, for ln f and each derivative: eight such roundings.
"""
import json
import pathlib
import sys

from mpmath import mp, mpf

import exact_case
import exact_cdf_counts  # noqa: F401
import exact_cdfs
import exact_counts  # noqa: F401
import exact_distributions  # noqa: F401
import exact_models
import exact_vectors  # noqa: F401
from exact_case import flatten, shaped_like

mp.dps = 150  # 50 are left when 1e100 has swallowed a small parameter
FOLDER = pathlib.Path(__file__).resolve().parents[1] / "data"
TABLES = {"exact": exact_case.CASES, "exact_cdf": exact_cdfs.CASES, "exact_model": exact_models.CASES}
TOLERANCE, ROUNDING, ROUNDINGS = mpf("1e-10"), mpf(2) ** -52, 8


def derivative(function, at, axis, direction):
    """In one argument, by steps relative to it so that 1e-300 and 1e300 fare alike; at an end (direction 1 or -1) by the
    slopes of chords to inside, extrapolated to none."""

    def moved(value):
        return function(at[:axis] + [value] + at[axis + 1 :])

    if direction:
        here, step = function(at), mpf("1e-25")
        chords = [(moved(at[axis] + direction * step * k) - here) / (direction * step * k) for k in (1, 2, 3)]
        return 3 * chords[0] - 3 * chords[1] + chords[2]
    if at[axis] == 0:
        return mp.diff(moved, 0)
    return mp.diff(lambda step: moved(at[axis] * (1 + step)), 0) / at[axis]


def outputs(case, templates, at, names, free):
    def log_density(numbers):
        numbers = iter(numbers)
        return case.log_density(*(shaped_like(template, numbers) for template in templates))

    directions = [case.direction(names[axis], at[axis]) for axis in free]
    return [log_density(at)] + [derivative(log_density, at, axis, way) for axis, way in zip(free, directions)]


def as_doubles(value):
    return [as_doubles(part) for part in value] if isinstance(value, list) else float(value)


def make_point(case, x, parameters):
    templates = [x, *parameters]
    at = [mpf(value) for value in flatten(templates)]
    names = [name for name, value in zip(["x", *case.parameters], templates) for _ in flatten(value)]
    free = [axis for axis, name in enumerate(names) if name not in case.constant]
    exact = outputs(case, templates, at, names, free)
    moved_by = [mpf(0)] * len(exact)
    for axis in free:
        if at[axis] == 0:
            continue
        towards = -1 if case.direction(names[axis], at[axis]) < 0 else 1
        moved_to = at[:axis] + [at[axis] * (1 + towards * ROUNDING)] + at[axis + 1 :]
        moved = outputs(case, templates, moved_to, names, free)
        moved_by = [sum_ + abs(a - b) for sum_, a, b in zip(moved_by, moved, exact)]
    allowed = [max(TOLERANCE * max(1, abs(value)), ROUNDINGS * by) for value, by in zip(exact, moved_by)]
    point = {"x": as_doubles(x if isinstance(x, list) else [x]), "at": as_doubles(parameters)}
    point["log_density"] = float(exact[0])
    point["gradient"] = [float(value) for value in exact[1:]]
    if any(error > TOLERANCE * max(1, abs(value)) for error, value in zip(allowed, exact)):
        point["error"] = [float(f"{float(error):.2g}") for error in allowed]
    return point


def write_table(folder, name, cases):
    lines = []
    for case in cases:
        points = [make_point(case, x, parameters) for x, parameters in case.points()]
        rows = ",\n    ".join(json.dumps(point, allow_nan=False) for point in points)
        more = {key: getattr(case, key) for key in ("tail", "nodes") if hasattr(case, key)}
        head = json.dumps({**more, "parameters": case.parameters, "constant": case.constant})[:-1]
        lines.append(f'  {head}, "points": [\n    {rows}]}}')
    text = f'{{"distribution": "{name}", "cases": [\n' + ",\n".join(lines) + "]}\n"
    (FOLDER / folder / f"{name}.json").write_text(text)


if __name__ == "__main__":
    table = sys.argv[1]
    for name in sys.argv[2:] or list(TABLES[table]):
        write_table(table, name, TABLES[table][name])
