"""Picking elements of arrays, and putting others in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.type import Type
from pytensor.tensor.type_other import NoneTypeT, SliceType

from exmc.convert.arrays import constant_value
from exmc.convert.blocked import Blocked
from exmc.convert.expression import Expression, call, infix, listed, number, subscript
from exmc.convert.fold import shape_of
from exmc.convert.registry import operation

if TYPE_CHECKING:
    from exmc.convert.translator import Translator


@operation("Subtensor", "AdvancedSubtensor", "AdvancedSubtensor1")
def pick(translate: Translator, node: Apply, _: Variable) -> Expression:
    """`x[i, 1:, None]`."""
    positions = [_text(translate, position) for position in _positions(node, first=1)]
    while positions and positions[-1] == ":":
        positions.pop()
    x = translate(node.inputs[0])
    return subscript(x, positions) if positions else x


@operation("IncSubtensor", "AdvancedIncSubtensor", "AdvancedIncSubtensor1")
def put(translate: Translator, node: Apply, _: Variable) -> Expression:
    """`x[i] = y` as the elements of both, one after the other, in another order; `x[i] += y` as a sum with 0 elsewhere."""
    x, y = node.inputs[:2]
    shape, size = shape_of(x), int(np.prod(shape_of(x)))
    places = np.arange(size).reshape(shape)[tuple(_positions(node, first=2))]
    source = np.broadcast_to(np.arange(int(np.prod(shape_of(y)))).reshape(shape_of(y)), places.shape)
    if node.op.set_instead_of_inc:
        order = np.arange(size)
        order[places.ravel()] = size + source.ravel()
        joined = call("concat", listed([_flat(translate, x), _flat(translate, y)]))
        result = subscript(joined, [translate.builder.store(order).text])
    else:
        result = infix("+", _flat(translate, x), _added(translate, y, places.ravel(), source.ravel(), size))
    return result if len(shape) == 1 else call("reshape", result, str(list(shape)))


def _added(translate: Translator, y: Variable, places: np.ndarray, source: np.ndarray, size: int) -> Expression:
    if len(np.unique(places)) != len(places):
        raise Blocked("x[i] += y", "positions occur more than once", "add with a matrix of 0 and 1: x + pt.dot(M, y)")
    length = int(np.prod(shape_of(y)))
    order = np.full(size, length)
    order[places] = source
    return subscript(call("concat", listed([_flat(translate, y), listed([number(0)])])), [translate.builder.store(order).text])


def _flat(translate: Translator, x: Variable) -> Expression:
    return translate(x) if x.type.ndim == 1 else call("reshape", translate(x), "[-1]")


def _positions(node: Apply, first: int) -> list[Any]:
    """What stands between the brackets: numbers, slices, None and arrays. `first` is the place of the first index among the inputs."""
    pattern = getattr(node.op, "idx_list", None)
    rest = list(node.inputs[first:])
    if pattern is None:
        return [_value(variable) for variable in rest]
    return [_filled(entry, rest, node.inputs[first:]) for entry in pattern]


def _filled(entry: Any, rest: list[Variable], indices: list[Variable]) -> Any:
    """An entry of `idx_list`: a type stands for the next input (PyTensor 2), a number for the input of that number (PyTensor 3)."""
    if isinstance(entry, slice):
        return slice(*(_filled(part, rest, indices) for part in (entry.start, entry.stop, entry.step)))
    if isinstance(entry, Type):
        return _value(rest.pop(0))
    if isinstance(entry, int | np.integer) and not isinstance(entry, bool):
        return _value(indices[entry])
    return entry


def _value(variable: Variable) -> Any:
    if isinstance(variable.type, NoneTypeT):
        return None
    if isinstance(variable.type, SliceType):
        if isinstance(variable, Constant):
            return variable.data
        return slice(*(_value(part) for part in variable.owner.inputs))
    value = constant_value(variable, "an index")
    return int(value) if value.ndim == 0 else value


def _text(translate: Translator, position: Any) -> str:
    if position is None:
        return "None"
    if isinstance(position, slice):
        parts = [position.start, position.stop] + ([] if position.step is None else [position.step])
        return ":".join("" if part is None else str(int(part)) for part in parts)
    if isinstance(position, int):
        return str(position)
    if position.dtype == bool:
        if position.ndim != 1:
            raise Blocked("a mask of several axes as an index", "the IR has masks of none", "use np.nonzero(mask)")
        position = np.flatnonzero(position)
    return translate.builder.store(position).text
