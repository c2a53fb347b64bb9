"""Where free variables live: PyMC says it by transforms, the IR by supports.

Draws and densities on a variable's own scale do not depend on the transform, only on the set that it maps to. So what matters is
whether that set is the distribution's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytensor.tensor as pt
from pytensor.graph.basic import Constant, Variable, equal_computations

from exmc.convert.blocked import Blocked

_SETS = {
    "LogTransform": "positive",
    "LogExpM1": "positive",
    "LogOddsTransform": "unit_interval",
    "SimplexTransform": "simplex",
    "SumTo1": "simplex",
    "ZeroSumTransform": "sum_to_zero",
    "CholeskyCorrTransform": "corr",
    "CholeskyCovPacked": "packed",
    "MultivariateIntervalTransform": "packed",
}


@dataclass(frozen=True)
class Support:
    """A set of the IR: `kind` is its name, or "bounds" with one or two of them."""

    kind: str
    lower: Variable | None = None
    upper: Variable | None = None


def own_support(rv: Variable, transform: Any) -> bool:
    """Whether a transform (None: none) leaves a random variable where its distribution has it."""
    from pymc.distributions.transforms import _default_transform

    if transform is None:
        return True
    default = _default_transform(rv.owner.op, rv)
    if default is None:
        return False
    if default is transform:
        return True
    return _equal(support_of(rv, transform), support_of(rv, default))


def support_of(rv: Variable, transform: Any) -> Support:
    """The set that a transform maps to."""
    if transform is None:
        return Support("real")
    name = type(transform).__name__
    if name in _SETS:
        if name == "ZeroSumTransform" and tuple(axis % rv.type.ndim for axis in transform.zerosum_axes) != (rv.type.ndim - 1,):
            raise Blocked("ZeroSumTransform", "the IR has sums over the last axis alone", "one axis, the last one")
        return Support(_SETS[name])
    if name == "CircularTransform":
        return Support("bounds", pt.constant(-math.pi), pt.constant(math.pi))
    if name == "Ordered":
        if not getattr(transform, "ascending", True):
            raise Blocked("Ordered(ascending=False)", "the IR has increasing vectors alone", "an ordered vector, and x[::-1] of it")
        return Support("positive_ordered" if getattr(transform, "positive", False) else "ordered")
    if any(parent.__name__ == "IntervalTransform" for parent in type(transform).__mro__):
        return Support("bounds", *(_bound(bound) for bound in transform.args_fn(*rv.owner.inputs)))
    raise Blocked(
        f"transform {name}", "what it maps to is not known here", "one of pm.distributions.transforms, or transform=None"
    )


def _bound(bound: Any) -> Variable | None:
    return None if bound is None else pt.as_tensor_variable(bound)


def _equal(a: Support, b: Support) -> bool:
    pairs = ((a.lower, b.lower), (a.upper, b.upper))
    return a.kind == b.kind and all(_same(x, y) for x, y in pairs)


def _same(a: Variable | None, b: Variable | None) -> bool:
    if a is None or b is None:
        return a is b
    if isinstance(a, Constant) and isinstance(b, Constant):
        return bool((a.data == b.data).all())
    return equal_computations([a], [b])
