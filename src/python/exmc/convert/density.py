"""Random variables whose distribution the IR does not have: free ones as `flat`, with PyMC's own log density as a potential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pytensor.graph.basic import Variable

from exmc.convert.blocked import Blocked
from exmc.convert.fold import shape_of
from exmc.convert.laws.registry import Entry
from exmc.convert.supports import Support

if TYPE_CHECKING:
    from exmc.convert.walk import Walk

_CUSTOM = "give pm.CustomDist a logp= made of pytensor functions"


def flat(walk: Walk, support: Support, shape: tuple[int, ...]) -> Entry:
    """A free variable on a support, without a density of its own."""
    entry: Entry = {"dist": "flat", "shape": list(shape)}
    if support.kind == "bounds":
        for key, bound in (("lower", support.lower), ("upper", support.upper)):
            if bound is not None:
                entry[key] = walk.translate.text(walk.fold([bound])[0])
    elif support.kind != "real":
        entry["support"] = support.kind
    return entry


def add_log_density(walk: Walk, rv: Variable, value: Variable, name: str) -> None:
    """Adds PyMC's log density of `rv` (folded) at `value` as a potential; element by element it is the hidden node `name`_logp."""
    log_density = walk.fold([_log_density(rv, value)])[0]
    walk.translate.expect([log_density])
    expression = walk.translate(log_density)
    node = walk.builder.names(f"{name}_logp")
    walk.builder.node(node, {"expr": expression.text, "save": False})
    walk.builder.node(walk.builder.names(f"{name}_density"), {"potential": node})


def _log_density(rv: Variable, value: Variable) -> Variable:
    import pymc as pm

    operation = type(rv.owner.op).__name__
    try:
        return pm.logp(rv, value)
    except Exception as error:  # Each distribution has exceptions of its own.
        text = str(error).strip().splitlines()
        raise Blocked(operation, f"PyMC has no log density of it ({text[0] if text else type(error).__name__})", _CUSTOM) from error


def observed_value(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Data of an observed variable, in its shape."""
    return np.broadcast_to(np.asarray(value), shape)


def full_shape(rv: Variable, observed: np.ndarray | None) -> tuple[int, ...]:
    """The shape of a random variable; that of its data where it is observed."""
    return observed.shape if observed is not None else shape_of(rv)
