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

_LARGEST_MATRIX = 1_000_000


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
    length = int(np.prod(shape_of(y)))
    if len(np.unique(places)) != len(places):
        return _added_by_matrix(translate, y, places, source, (size, length))
    order = np.full(size, length)
    order[places] = source
    return subscript(call("concat", listed([_flat(translate, y), listed([number(0)])])), [translate.builder.store(order).text])


def _added_by_matrix(translate: Translator, y: Variable, places: np.ndarray, source: np.ndarray, shape: tuple[int, int]) -> Expression:
    """Where positions occur more than once: a product with a matrix that counts how often each element of y goes where."""
    if shape[0] * shape[1] > _LARGEST_MATRIX:
        raise Blocked("x[i] += y", "positions occur more than once, in a large array", "sum by groups with pt.dot(M, y)")
    counts = np.zeros(shape)
    np.add.at(counts, (places, source), 1)
    return infix("@", translate.builder.store(counts), _flat(translate, y))


def _flat(translate: Translator, x: Variable) -> Expression:
    return translate(x) if x.type.ndim == 1 else call("reshape", translate(x), "[-1]")


def _positions(node: Apply, first: int) -> list[Any]:
    """What stands between the brackets: numbers, slices, None and arrays. `first` is the place of the first index among the inputs."""
    indices = node.inputs[first:]
    pattern = getattr(node.op, "idx_list", None)
    rest = list(indices)
    found = map(_value, indices) if pattern is None else [_filled(entry, rest, indices) for entry in pattern]
    return [position for entry in found for position in _unmasked(entry)]


def _unmasked(position: Any) -> list[Any]:
    """A mask as the positions where it is true, an array for each of its axes: the IR takes a comparison for numbers."""
    if isinstance(position, np.ndarray) and position.dtype == bool:
        return list(np.nonzero(position))
    return [position]


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
    return translate.builder.store(position).text
