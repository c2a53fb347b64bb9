"""Ops on arrays: axes, reductions, joining, filling, and what leaves values as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.tensor.elemwise import DimShuffle

from exmc.convert.blocked import Blocked
from exmc.convert.expression import Expression, axes, call, infix, listed, number, subscript
from exmc.convert.fold import shape_of
from exmc.convert.registry import operation

if TYPE_CHECKING:
    from exmc.convert.translator import Translator

_REDUCTIONS = {
    "Add": "sum", "Mul": "prod", "Maximum": "max", "ScalarMaximum": "max", "Minimum": "min", "ScalarMinimum": "min", "AND": "min",
    "OR": "max",
}  # fmt: skip


def leading_axes(variable: Variable) -> int:
    """How many new axes a variable puts in front of another one's, where it does nothing else: broadcasting would do it."""
    if variable.owner is None or not isinstance(variable.owner.op, DimShuffle):
        return 0
    order, rank = list(variable.owner.op.new_order), variable.owner.inputs[0].type.ndim
    new = len(order) - rank
    return new if order == ["x"] * new + list(range(rank)) else 0


@operation("DimShuffle")
def dim_shuffle(translate: Translator, node: Apply, output: Variable) -> Expression:
    """Axes of length 1 dropped, the others put in order, new ones of length 1 added."""
    x, order = node.inputs[0], node.op.new_order
    kept = [axis for axis in order if axis != "x"]
    dropped = set(range(x.type.ndim)) - set(kept)
    product = _product_with_vector(translate, x, dropped)
    result = translate(x) if product is None else product
    if dropped and product is None:
        result = subscript(result, ["0" if axis in dropped else ":" for axis in range(x.type.ndim)])
    ranks = [sorted(kept).index(axis) for axis in kept]
    if ranks == [1, 0]:
        result = call("transpose", result)
    elif ranks != sorted(ranks):
        result = call("transpose", result, str(ranks))
    if "x" not in order:
        return result
    if not kept:
        return call("reshape", result, str([1] * len(order)))
    return subscript(result, ["None" if axis == "x" else ":" for axis in order])


def _product_with_vector(translate: Translator, x: Variable, dropped: set[int]) -> Expression | None:
    """PyTensor makes matrices of vectors for their product, and drops the axis afterwards: `(X @ b[:, None])[:, 0]` is `X @ b`, which
    the program knows as the predictor of a regression."""
    if len(dropped) != 1 or x.type.ndim != 2 or x.owner is None:
        return None
    if type(getattr(x.owner.op, "core_op", x.owner.op)).__name__ not in ("Dot", "MatMul"):
        return None
    left, right = x.owner.inputs
    if dropped == {1} and right.owner is not None and getattr(right.owner.op, "new_order", None) == (0, "x"):
        return infix("@", translate(left), translate(right.owner.inputs[0]))
    if dropped == {0} and left.owner is not None and getattr(left.owner.op, "new_order", None) == ("x", 0):
        return infix("@", translate(left.owner.inputs[0]), translate(right))
    return None


@operation("CAReduce")
def reduction(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Sums, products, extremes; `all` and `any` of truths as the least and the greatest."""
    name = type(node.op.scalar_op).__name__
    if name not in _REDUCTIONS:
        raise Blocked(f"reduction by {name}", "the IR has no such reduction")
    return call(_REDUCTIONS[name], translate(node.inputs[0]), *_axis_argument(node.op.axis, node.inputs[0].type.ndim))


@operation("Argmax")
def position_of_maximum(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Refused, with what to do instead."""
    raise Blocked("argmax", "the IR has no positions of extremes", "compute it from the draws afterwards")


def _axis_argument(axis: int | tuple[int, ...] | None, rank: int) -> list[str]:
    chosen = (axis,) if isinstance(axis, int) else axis
    return [] if chosen is None or len(chosen) >= rank else [axes(chosen)]


@operation("Softmax", "LogSoftmax")
def softmax(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Softmax over an axis, or all."""
    name = "softmax" if type(node.op).__name__ == "Softmax" else "log_softmax"
    return call(name, translate(node.inputs[0]), *_axis_argument(node.op.axis, node.inputs[0].type.ndim))


@operation("CumOp")
def cumulative(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Cumulative sums; products of positive numbers would be exp(cumsum(log)), which others are not."""
    if node.op.mode != "add":
        raise Blocked("cumprod", "the IR has no cumulative products", "pt.exp(pt.cumsum(pt.log(x))), where x is positive")
    axis = node.op.axis
    return call("cumsum", translate(node.inputs[0]), *([] if axis is None else [str(axis)]))


@operation("Reshape", "SplitDims", "JoinDims")
def reshape(translate: Translator, node: Apply, output: Variable) -> Expression:
    """Another shape for the same elements, row-major."""
    if output.type.ndim == 0:
        return call("sum", translate(node.inputs[0]))
    return call("reshape", translate(node.inputs[0]), str(list(shape_of(output))))


@operation("Join")
def join(translate: Translator, node: Apply, output: Variable) -> Expression:
    """Arrays one after the other. PyTensor 3 has the axis in the Op."""
    if hasattr(node.op, "axis"):
        axis, parts = node.op.axis, node.inputs
    else:
        axis, parts = int(constant_value(node.inputs[0], "axis")), node.inputs[1:]
    axis %= output.type.ndim
    return call("concat", listed([translate(part) for part in parts]), *([str(axis)] if axis else []))


@operation("MakeVector")
def make_vector(translate: Translator, node: Apply, _: Variable) -> Expression:
    """A vector of numbers."""
    return listed([translate(part) for part in node.inputs])


@operation("Alloc")
def alloc(translate: Translator, node: Apply, output: Variable) -> Expression:
    """A value broadcast to a shape."""
    return broadcast_to(translate, node.inputs[0], shape_of(output))


def broadcast_to(translate: Translator, value: Variable, shape: tuple[int, ...]) -> Expression:
    """A value in a shape that it is broadcast to."""
    if value.type.shape == shape:
        return translate(value)
    if isinstance(value, Constant):
        return translate.builder.store(np.broadcast_to(value.data, shape))
    return infix("+", translate.operand(value), _zeros(shape))


def _zeros(shape: tuple[int, ...]) -> Expression:
    """Zeros without data as long as they are: `repeat` of a literal, in shape."""
    size = int(np.prod(shape))
    flat = call("repeat", listed([number(0)]), str(size))
    return flat if len(shape) == 1 else call("reshape", flat, str(list(shape)))


@operation("Split")
def split(translate: Translator, node: Apply, output: Variable) -> Expression:
    """One of the parts that an axis is cut into. PyTensor 3 has the axis in the Op."""
    x, *axes_, lengths = node.inputs
    ends = np.cumsum(constant_value(lengths, "a length"))
    axis = int(constant_value(axes_[0], "axis")) if axes_ else node.op.axis
    part, along = node.outputs.index(output), axis % x.type.ndim
    begin = int(ends[part - 1]) if part else 0
    return subscript(translate(x), [":"] * along + [f"{begin}:{int(ends[part])}"])


@operation("Repeat")
def repeat(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Each element several times."""
    axis = node.op.axis
    return call("repeat", translate(node.inputs[0]), translate(node.inputs[1]), *([] if axis is None else [str(axis)]))


@operation("ExtractDiag", "AllocDiag")
def diagonal(translate: Translator, node: Apply, _: Variable) -> Expression:
    """The diagonal of a matrix, or the matrix of a diagonal."""
    x, op = node.inputs[0], node.op
    expected = 2 if type(op).__name__ == "ExtractDiag" else 1
    if x.type.ndim == expected and op.offset == 0:
        return call("diag", translate(x))
    raise Blocked(type(op).__name__, "only the main diagonal of one matrix can be written", "use subscripts of the elements")


@operation("TensorFromScalar", "ScalarFromTensor", "SpecifyShape", "ViewOp", "DeepCopyOp", "Unbroadcast", "Assert", "MutableShared")
def same(translate: Translator, node: Apply, _: Variable) -> Expression:
    """What leaves values as they are."""
    return translate(node.inputs[0])


@operation("CheckAndRaise")
def check(translate: Translator, node: Apply, output: Variable) -> Expression:
    """Where a condition on parameters does not hold the log density is -inf, as PyMC's own functions have it."""
    value = translate(node.inputs[0])
    if not getattr(node.op, "can_be_replaced_by_ninf", False):
        return value
    for condition in node.inputs[1:]:
        if not (isinstance(condition, Constant) and np.all(condition.data)):
            value = call("where", translate(condition), value, call("log", number(0)))
    return value


@operation("Shape", "Shape_i")
def shape(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Lengths that no static type told."""
    lengths = shape_of(node.inputs[0])
    if type(node.op).__name__ == "Shape_i":
        return number(lengths[node.op.i])
    return listed([number(length) for length in lengths])


def constant_value(variable: Variable, what: str) -> np.ndarray:
    """The value of what has to be data."""
    if not isinstance(variable, Constant):
        raise Blocked(what, "it depends on a parameter", "make it data")
    return np.asarray(variable.data)
