"""What a user may hand in as a model: a pm.Model, a bmb.Model, IR as a dict, or the path of IR."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exmc.convert import Conversion, convert


@dataclass(frozen=True)
class Source:
    """A model as IR and data arrays, or as the path of a file; with the PyMC model and its conversion where it was one."""

    ir: dict[str, Any] | None = None
    data: dict[str, np.ndarray] | None = None
    path: Path | None = None
    pymc_model: Any = None
    conversion: Conversion | None = None


def source(model: Any) -> Source:
    """The model of a user; NotExpressible where a PyMC model cannot be converted, TypeError where it is something else."""
    if isinstance(model, str | os.PathLike):
        return Source(path=Path(model).resolve(strict=True))
    if isinstance(model, dict):
        inline, arrays = split_data(model.get("data", {}))
        return Source({**model, "data": inline} if model.get("data") else dict(model), arrays)
    pymc_model = as_pymc(model)
    if pymc_model is None:
        raise TypeError(f"a model is a pm.Model, a bmb.Model, a dict or a path, not a {type(model).__name__}")
    conversion = convert(pymc_model).complete()
    return Source(conversion.ir, conversion.data, None, pymc_model, conversion)


def as_pymc(model: Any) -> Any:
    """The PyMC model of a pm.Model or a bmb.Model, which is built if need be; None of others. Imports neither."""
    if _is_a(model, "pymc."):
        return model
    if _is_a(model, "bambi."):
        if not model.built:
            model.build()
        return model.backend.model
    return None


def split_data(entries: dict[str, Any]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Data entries of IR apart from those that are numpy arrays."""
    arrays = {name: value for name, value in entries.items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in entries.items() if name not in arrays}, arrays


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file without comments."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _is_a(model: Any, package: str) -> bool:
    return any(parent.__name__ == "Model" and f"{parent.__module__}.".startswith(package) for parent in type(model).__mro__)
