"""The log density of a model at given points, by exmc_mpi --log-density (docs/log-density.md)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from exmc.files import CONFIG, write_source
from exmc.program import call_json
from exmc.settings import Settings
from exmc.source import Source, source

Point = Mapping[str, Any]


def log_density(model: Any, points: Point | Sequence[Point]) -> Any:
    """Log density, its parts and its gradient at a point or at several, as a dict for each (docs/log-density.md says what is in it).

    A point gives every parameter on its own scale by its name in the model, or is `{"unconstrained": [...]}`. Variables that the
    IR has in another form (LKJCholeskyCov) are given by the names of their nodes.
    """
    prepared = source(model)
    names = prepared.conversion.names if prepared.conversion is not None else {}
    listed: Sequence[Point] = [points] if isinstance(points, Mapping) else points
    found = evaluate(prepared, [{names.get(key, key): value for key, value in point.items()} for point in listed])
    return found[0] if isinstance(points, Mapping) else found


def evaluate(model: Source, points: Sequence[Point], folder: Path | None = None) -> list[dict[str, Any]]:
    """The same of a converted model, by names of nodes. `folder` has the model already, where it is given."""
    with tempfile.TemporaryDirectory(prefix="exmc-") as temporary:
        place = Path(temporary)
        config = (folder or write_source(model, place, Settings())) / CONFIG
        (place / "points.json").write_text(json.dumps([_plain(point) for point in points]), encoding="utf-8")
        return list(call_json(["--log-density", "--json", config, place / "points.json"]))


def as_array(value: Any) -> np.ndarray:
    """Numbers as --json writes them, "inf" and "nan" among them."""
    return np.asarray(value, dtype=float)


def _plain(point: Point) -> dict[str, Any]:
    return {key: np.asarray(value, dtype=float).tolist() for key, value in point.items()}
