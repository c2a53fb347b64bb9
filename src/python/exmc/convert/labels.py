"""Dims and coords of a PyMC model in the IR, as far as the IR takes them; what it does not take is put on when a file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = ("chain", "draw")


def add_labels(ir: dict[str, Any], model: Any, shapes: Mapping[str, tuple[int, ...]], names: Mapping[str, str]) -> None:
    """Adds `dims` to nodes and data, and `coords` to the model. `shapes` are those of nodes and data, `names` the nodes of variables."""
    lengths: dict[str, int] = {}
    coords = {dim: values for dim, values in model.coords.items() if values is not None}
    for variable, dims in model.named_vars_to_dims.items():
        name = names.get(variable, variable)
        if name not in shapes or not _fit(dims, shapes[name], ir["nodes"], coords, lengths):
            continue
        if name in ir["nodes"]:
            ir["nodes"][name]["dims"] = list(dims)
        else:
            ir.setdefault("dims", {})[name] = list(dims)
    labels = {dim: _labels(coords.get(dim), length) for dim, length in lengths.items()}
    ir["coords"] = {dim: values for dim, values in labels.items() if values is not None}


def _fit(dims: Sequence[Any], shape: tuple[int, ...], nodes: Mapping[str, Any], coords: Mapping[str, Any], lengths: dict[str, int]) -> bool:
    """Whether all dims can be named, and have the lengths that they have elsewhere (PyMC does not compare those of deterministics)."""
    if not dims or len(shape) != len(dims) or len(set(dims)) != len(dims):
        return False
    for dim, length in zip(dims, shape, strict=True):
        if not isinstance(dim, str) or not _NAME.fullmatch(dim) or dim in nodes or dim in _RESERVED or "_dim_" in dim:
            return False
        known = len(coords[dim]) if dim in coords else length
        if lengths.get(dim, known) != length or known != length:
            return False
    lengths.update(zip(dims, shape, strict=True))
    return True


def _labels(values: Any, length: int) -> list[Any] | None:
    if values is None or len(values) != length:
        return None
    labels = [value.item() if isinstance(value, np.generic) else value for value in values]
    texts = all(isinstance(label, str) for label in labels)
    numbers = all(isinstance(label, int | float) and not isinstance(label, bool) and np.isfinite(label) for label in labels)
    return labels if (texts or numbers) and len(set(labels)) == length else None
