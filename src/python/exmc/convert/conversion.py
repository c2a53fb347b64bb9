"""What a conversion gives, and what becomes of each variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exmc.errors import NotExpressible, Obstacle

# From the values of an IR's node names to what has to be added to PyMC's log density to give the IR's.
Correction = Callable[[Mapping[str, np.ndarray]], float]


@dataclass(frozen=True)
class Row:
    """What becomes of a variable: `kind` is parameter, observed, deterministic, potential; `becomes` a distribution, "density" or "-"."""

    variable: str
    kind: str
    operation: str
    becomes: str
    note: str = ""


@dataclass
class Conversion:
    """A model as IR, with its data apart.

    `names` maps the variables of the PyMC model to nodes; nodes that are in none of these are helpers. `shapes` are those of the free
    variables' nodes. `init` holds initial values by node, as the config's `init`, `observed_densities` the nodes with the
    log density of each observation of variables whose distribution the IR does not have.
    """

    ir: dict[str, Any]
    data: dict[str, np.ndarray]
    names: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    init: dict[str, Any] = field(default_factory=dict)
    observed_densities: list[str] = field(default_factory=list)

    def complete(self) -> Conversion:
        """Itself; NotExpressible where anything is missing."""
        if self.obstacles:
            raise NotExpressible(self.obstacles)
        return self
