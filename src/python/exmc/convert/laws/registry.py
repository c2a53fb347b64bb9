"""Which function makes which distribution, and what these functions have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.random.type import RandomType
from pytensor.tensor.type_other import NoneTypeT

from exmc.convert.arrays import leading_axes
from exmc.convert.blocked import Blocked

if TYPE_CHECKING:
    from exmc.convert.translator import Translator

# A node of the IR without `shape` and `observed`: its `dist` and the texts of its parameters.
Entry = dict[str, Any]
Law = Callable[["Translator", Variable], Entry]

_laws: dict[str, Law] = {}


class NoLaw(Blocked):
    """The IR has no such distribution: its log density may still be expressible."""

    def __init__(self, what: str, reason: str = "the IR has no such distribution") -> None:
        super().__init__(what, reason, "write its log density with pm.Potential")


def law(*names: str) -> Callable[[Law], Law]:
    """Registers a function for random variables whose Op has one of these class names."""

    def register(function: Law) -> Law:
        _laws.update(dict.fromkeys(names, function))
        return function

    return register


def law_of(translate: Translator, rv: Variable) -> Entry:
    """The distribution of a folded random variable; NoLaw where the IR has none."""
    for parent in type(rv.owner.op).__mro__:
        if parent.__name__ in _laws:
            return _laws[parent.__name__](translate, rv)
    raise NoLaw(distribution_name(rv))


def distribution_name(rv: Variable) -> str:
    """What PyMC calls the distribution of a random variable."""
    op = rv.owner.op
    printed = getattr(op, "_print_name", None)
    return str(printed[0]) if printed else type(op).__name__.removesuffix("RV")


def parameters(rv: Variable) -> list[Variable]:
    """The parameters of a random variable, without generators and size."""
    op = rv.owner.op
    if getattr(op, "signature", None) is not None and hasattr(op, "dist_params"):
        return list(op.dist_params(rv.owner))
    return [v for v in rv.owner.inputs if not isinstance(v.type, RandomType | NoneTypeT)]


def each(translate: Translator, variable: Variable) -> str:
    """The text of a parameter that is a number for each element, broadcast to the variable."""
    while leading_axes(variable):
        variable = variable.owner.inputs[0]
    return translate.text(variable)


def whole(translate: Translator, variable: Variable, axes: int = 1) -> str:
    """The text of a parameter that is a vector or a matrix in its last `axes` axes; a batch of one needs no axis."""
    return translate(without_batch_of_one(variable, axes)).text


def without_batch_of_one(variable: Variable, axes: int) -> Variable:
    """The variable before new axes were put in front of the last `axes`."""
    while (new := leading_axes(variable)) and variable.type.ndim - new >= axes:
        variable = variable.owner.inputs[0]
    return variable


def is_constant(variable: Variable, value: float) -> bool:
    """Whether a parameter is this number, in all of its elements."""
    return isinstance(variable, Constant) and bool(np.all(np.asarray(variable.data) == value))


def applied(variable: Variable, scalar_op: str) -> list[Variable] | None:
    """The operands, where a variable is that scalar Op of something; new axes and copies in between do not count."""
    while variable.owner is not None and (_is(variable, "Identity") or leading_axes(variable)):
        variable = variable.owner.inputs[0]
    return list(variable.owner.inputs) if _is(variable, scalar_op) else None


def _is(variable: Variable, scalar_op: str) -> bool:
    owner = variable.owner
    return owner is not None and isinstance(owner.op, Elemwise) and type(owner.op.scalar_op).__name__ == scalar_op


def without_new_axes(variable: Variable) -> Variable:
    """The variable before axes of length 1 were added to it, in front or behind."""
    while variable.owner is not None and isinstance(variable.owner.op, DimShuffle):
        kept = [axis for axis in variable.owner.op.new_order if axis != "x"]
        if kept != list(range(variable.owner.inputs[0].type.ndim)):
            break
        variable = variable.owner.inputs[0]
    return variable
