"""Random variables whose distribution the IR does not have: free ones as `flat`, with PyMC's own log density as a potential."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from pytensor.graph.basic import Variable
from pytensor.tensor.type import TensorType

from exmc.convert.blocked import Blocked
from exmc.convert.fold import Folder, constant, shape_of
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


def add_transformed(walk: Walk, rv: Variable, transform: Any, name: str) -> None:
    """A free variable by PyMC's own transform, for sets that the IR does not have: the unconstrained value `name`_raw is what is sampled,
    the variable an expression of it, and the log-Jacobian a potential."""
    inputs = rv.owner.inputs
    shape = shape_of(walk.fold([transform.forward(rv.type(), *inputs)])[0])
    raw = walk.builder.names(f"{name}_raw")
    value = TensorType("float64", shape)(raw)
    walk.translate.names[value] = raw
    walk.builder.node(raw, {"dist": "flat", "shape": list(shape)})
    variable, jacobian = walk.fold([transform.backward(value, *inputs), transform.log_jac_det(value, *inputs)])
    walk.translate.expect([variable, jacobian])
    walk.builder.node(name, {"expr": walk.translate(variable).text})
    walk.builder.node(walk.builder.names(f"{name}_jacobian"), {"potential": walk.translate(jacobian).text})
    names = dict(walk.translate.names)

    def correction(values: Mapping[str, np.ndarray]) -> float:
        fold = Folder()
        for placeholder, node in names.items():
            if placeholder.owner is None and node in values:
                fold.replace(placeholder, constant(values[node]))
        return float(np.sum(fold([jacobian])[0].data))

    walk.corrections.append(correction)


def add_log_density(walk: Walk, rv: Variable, value: Variable, name: str) -> None:
    """Adds PyMC's log density of `rv` (folded) at `value` as a potential; element by element it is the hidden node `name`."""
    log_density = walk.fold([_log_density(rv, value)])[0]
    walk.translate.expect([log_density])
    expression = walk.translate(log_density)
    walk.builder.node(name, {"expr": expression.text, "save": False})
    walk.builder.node(walk.builder.names(f"{name}_sum"), {"potential": name})


def _log_density(rv: Variable, value: Variable) -> Variable:
    import pymc as pm

    operation = type(rv.owner.op).__name__
    try:
        return pm.logp(rv, value)
    except Exception as error:  # Each distribution has exceptions of its own.
        text = str(error).strip().splitlines()
        raise Blocked(operation, f"PyMC has no log density of it ({text[0] if text else type(error).__name__})", _CUSTOM) from error


def full_shape(rv: Variable, observed: np.ndarray | None) -> tuple[int, ...]:
    """The shape of a random variable; that of its data where it is observed."""
    return observed.shape if observed is not None else shape_of(rv)
