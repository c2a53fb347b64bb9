"""Dims and coords of a PyMC model in the IR, as far as the IR takes them; what it does not take is put on when a file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = ("chain", "draw")


def add_labels(ir: dict[str, Any], model: Any, names: Mapping[str, str], data: Mapping[str, np.ndarray]) -> None:
    """Adds `dims` to nodes and data, and `coords` to the model."""
    lengths: dict[str, int] = {}
    for name, dims in model.named_vars_to_dims.items():
        node = ir["nodes"].get(names.get(name, ""))
        if node is not None and "potential" not in node and _fits(model, name, dims, ir["nodes"], lengths):
            node["dims"] = list(dims)
        elif name in data and node is None and _fits(model, name, dims, ir["nodes"], lengths):
            ir.setdefault("dims", {})[name] = list(dims)
    coords = {dim: _labels(model.coords.get(dim), length) for dim, length in lengths.items()}
    ir["coords"] = {dim: labels for dim, labels in coords.items() if labels is not None}


def _fits(model: Any, name: str, dims: Sequence[Any], nodes: Mapping[str, Any], lengths: dict[str, int]) -> bool:
    """Whether all dims can be named, and have the lengths that they have elsewhere (PyMC does not compare those of deterministics)."""
    shape = _static_shape(model[name], model, dims)
    if not dims or shape is None or len(shape) != len(dims) or len(set(dims)) != len(dims):
        return False
    for dim, length in zip(dims, shape, strict=True):
        if not isinstance(dim, str) or not _NAME.fullmatch(dim) or dim in nodes or dim in _RESERVED or "_dim_" in dim:
            return False
        if lengths.get(dim, length) != length:
            return False
    lengths.update(zip(dims, shape, strict=True))
    return True


def _static_shape(variable: Any, model: Any, dims: Sequence[Any]) -> list[int] | None:
    lengths = []
    for dim, static in zip(dims, variable.type.shape, strict=False):
        known = model.dim_lengths.get(dim)
        told = None if known is None else int(known.data if hasattr(known, "data") else known.get_value())
        if told is None or (static is not None and static != told):
            return None
        lengths.append(told)
    return lengths if len(lengths) == variable.type.ndim else None


def _labels(values: Any, length: int) -> list[Any] | None:
    if values is None or len(values) != length:
        return None
    labels = [value.item() if isinstance(value, np.generic) else value for value in values]
    texts = all(isinstance(label, str) for label in labels)
    numbers = all(isinstance(label, int | float) and not isinstance(label, bool) and np.isfinite(label) for label in labels)
    return labels if (texts or numbers) and len(set(labels)) == length else None
