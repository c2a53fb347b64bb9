"""What the variables of a result file are called, and what stands along their axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from exmc.convert.names import Names, log_density_names, node_names


class Labels(Protocol):
    """Names for nodes, and dims and coords for variables."""

    # Nodes with the log density of each observation of a variable, and that variable.
    log_densities: dict[str, str]

    def name(self, node: str) -> str | None:
        """The variable of a node; None of one that only helped."""

    def order(self, names: list[str]) -> list[str]:
        """The variables as they are to stand."""

    def dims(self, name: str, shape: tuple[int, ...], in_file: list[str]) -> list[str]:
        """The dims of a variable. `in_file` are those that the file has, if it has the variable."""

    def coord(self, dim: str, length: int, own: Mapping[str, np.ndarray]) -> np.ndarray:
        """The values along a dim. `own` are those that the file has."""


class FileLabels:
    """What the file says."""

    log_densities: dict[str, str]

    def __init__(self) -> None:
        self.log_densities = {}

    def name(self, node: str) -> str | None:
        """The node's own name."""
        return node

    def order(self, names: list[str]) -> list[str]:
        """The order of the file."""
        return names

    def dims(self, name: str, shape: tuple[int, ...], in_file: list[str]) -> list[str]:
        """The dims of the file."""
        return in_file

    def coord(self, dim: str, length: int, own: Mapping[str, np.ndarray]) -> np.ndarray:
        """The values of the file, else positions."""
        return own.get(dim, np.arange(length))


class PymcLabels:
    """What a PyMC model says: free variables first, then deterministics."""

    def __init__(self, model: Any) -> None:
        self._model = model
        names = Names()
        self._originals = {node: name for name, node in node_names(model, names).items()}
        self.log_densities = {node: name for name, node in log_density_names(model, names).items()}

    def name(self, node: str) -> str | None:
        """The variable of the model; None of a helper."""
        return self._originals.get(node)

    def order(self, names: list[str]) -> list[str]:
        """PyMC's order: free variables, observed ones, deterministics."""
        model = self._model
        return [v.name for v in [*model.free_RVs, *model.observed_RVs, *model.deterministics] if v.name in names] or names

    def dims(self, name: str, shape: tuple[int, ...], in_file: list[str]) -> list[str]:
        """The model's dims, or `NAME_dim_0`, ... where it has none, or others than fit: PyMC does not compare."""
        numbered = [f"{name}_dim_{axis}" for axis in range(len(shape))]
        dims = list(self._model.named_vars_to_dims.get(name) or [])
        if len(dims) != len(shape):
            return numbered
        if any(len(self._coord(dim, length)) != length for dim, length in zip(dims, shape, strict=True)):
            return numbered
        return [number if dim is None else dim for dim, number in zip(dims, numbered, strict=True)]

    def coord(self, dim: str, length: int, own: Mapping[str, np.ndarray]) -> np.ndarray:
        """The values of the model, else positions."""
        return self._coord(dim, length)

    def _coord(self, dim: str | None, length: int) -> np.ndarray:
        values = self._model.coords.get(dim)
        return np.arange(length) if values is None else np.array(values)
