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

_SETS = {
    "LogTransform": "positive",
    "LogExpM1": "positive",
    "LogOddsTransform": "unit_interval",
    "SimplexTransform": "simplex",
    "CholeskyCorrTransform": "cholesky_corr",
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
    if default is None or default is transform:
        return default is not None
    return _equal(support_of(rv, transform), support_of(rv, default))


def support_of(rv: Variable, transform: Any) -> Support | None:
    """The set that a transform maps to; None where the IR has no such set, or it is not known."""
    name = type(transform).__name__
    if transform is None:
        return Support("real")
    if name in _SETS:
        return Support(_SETS[name])
    if name == "ZeroSumTransform":
        return Support("sum_to_zero") if [axis % rv.type.ndim for axis in transform.zerosum_axes] == [rv.type.ndim - 1] else None
    if name == "CircularTransform":
        return Support("bounds", pt.constant(-math.pi), pt.constant(math.pi))
    if name == "Ordered" and getattr(transform, "ascending", True):
        return Support("positive_ordered" if getattr(transform, "positive", False) else "ordered")
    if name == "ChainedTransform":
        first, *others = (support_of(rv, part) for part in transform.transform_list)
        # Exponentials of an increasing vector are one of positive numbers.
        return Support("positive_ordered") if first == Support("positive") and others == [Support("ordered")] else None
    if any(parent.__name__ == "IntervalTransform" for parent in type(transform).__mro__):
        return Support("bounds", *(_bound(bound) for bound in transform.args_fn(*rv.owner.inputs)))
    return None


def _bound(bound: Any) -> Variable | None:
    return None if bound is None else pt.as_tensor_variable(bound)


def _equal(a: Support | None, b: Support | None) -> bool:
    if a is None or b is None:
        return False
    pairs = ((a.lower, b.lower), (a.upper, b.upper))
    return a.kind == b.kind and all(_same(x, y) for x, y in pairs)


def _same(a: Variable | None, b: Variable | None) -> bool:
    if a is None or b is None:
        return a is b
    if isinstance(a, Constant) and isinstance(b, Constant):
        return bool((a.data == b.data).all())
    return equal_computations([a], [b])
