"""Elemwise Ops: PyTensor's scalar Ops as operators and functions of each element."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable

from exmc.convert.arrays import broadcast_to, leading_axes
from exmc.convert.blocked import Blocked
from exmc.convert.expression import Expression, call, infix, negative, number
from exmc.convert.fold import shape_of
from exmc.convert.registry import operation, scalar, scalar_handler

if TYPE_CHECKING:
    from exmc.convert.translator import Translator

_INFIX = {
    "Add": "+", "Sub": "-", "Mul": "*", "TrueDiv": "/", "Pow": "**",
    "GE": ">=", "GT": ">", "LE": "<=", "LT": "<", "EQ": "==", "NEQ": "!=",
}  # fmt: skip
_FUNCTIONS = {
    "Exp": "exp", "Log": "log", "Log2": "log2", "Log10": "log10", "Log1p": "log1p", "Expm1": "expm1", "Sqrt": "sqrt", "Sqr": "square",
    "Abs": "abs", "Sign": "sign", "Sgn": "sign", "Floor": "floor", "Ceil": "ceil", "RoundHalfToEven": "round",
    "Sin": "sin", "Cos": "cos", "Tan": "tan", "ArcSin": "asin", "ArcCos": "acos", "ArcTan": "atan", "ArcTan2": "atan2",
    "Sinh": "sinh", "Cosh": "cosh", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softplus": "softplus", "Erf": "erf", "Erfc": "erfc",
    "GammaLn": "lgamma", "Psi": "digamma", "Maximum": "maximum", "ScalarMaximum": "maximum", "Minimum": "minimum",
    "ScalarMinimum": "minimum",
}  # fmt: skip
_OTHERS = {
    "Erfinv": "draw a standard normal and use pm.math.erf of it, as the inverse of the distribution function is not here",
    "BetaInc": "use pm.Censored or pm.Truncated, or a distribution whose distribution function has a closed form",
    "GammaInc": "use pm.Censored or pm.Truncated, or a distribution whose distribution function has a closed form",
    "GammaIncC": "use pm.Censored or pm.Truncated, or a distribution whose distribution function has a closed form",
}


@operation("Elemwise")
def elemwise(translate: Translator, node: Apply, output: Variable) -> Expression:
    """An operation on each element, with numpy's broadcasting in both languages."""
    op = node.op.scalar_op
    name = type(op).__name__
    if name in _INFIX:
        return reduce(lambda left, right: infix(_INFIX[name], left, right), operands(translate, node))
    if name in _FUNCTIONS:
        x, *others = operands(translate, node)
        return reduce(lambda left, right: call(_FUNCTIONS[name], left, right), others, x) if others else call(_FUNCTIONS[name], x)
    handler = scalar_handler(op)
    if handler is None:
        raise Blocked(name, "the IR has no such function", *([_OTHERS[name]] if name in _OTHERS else []))
    return handler(translate, node, output)


def operands(translate: Translator, node: Apply) -> list[Expression]:
    """The operands; without new axes in front and equal values as one number, as long as one operand still has the shape of all."""
    shape = node.outputs[0].type.shape
    whole = [i for i, v in enumerate(node.inputs) if v.type.shape == shape and not leading_axes(v)]
    # Of constants one keeps its shape only where no other operand has that of all, and best one whose values differ.
    kept = [i for i in whole if not isinstance(node.inputs[i], Constant)] or sorted(whole, key=lambda i: _is_uniform(node.inputs[i]))[:1]
    if not kept:
        return [translate(v) for v in node.inputs]
    return [translate(v) if i in kept else _broadcast(translate, v) for i, v in enumerate(node.inputs)]


def _is_uniform(variable: Variable) -> bool:
    values = np.ravel(variable.data)
    return bool(values.size) and bool((values == values[0]).all())


def _broadcast(translate: Translator, variable: Variable) -> Expression:
    axes = leading_axes(variable)
    return translate.operand(variable.owner.inputs[0] if axes else variable)


def _unary(function: Callable[[Expression], Expression], *names: str) -> None:
    scalar(*names)(lambda translate, node, _: function(translate(node.inputs[0])))


_unary(negative, "Neg")
_unary(lambda x: infix("/", number(1), x), "Reciprocal")
_unary(lambda x: infix("*", x, number(math.pi / 180)), "Deg2Rad")
_unary(lambda x: infix("*", x, number(180 / math.pi)), "Rad2Deg")
_unary(lambda x: call("exp", call("lgamma", x)), "Gamma")
_unary(lambda x: call("exp", infix("*", x, number(math.log(2)))), "Exp2")
_unary(lambda x: infix("-", number(1), x), "Invert")
_unary(lambda x: infix(">", call("abs", x), number(np.finfo(float).max)), "IsInf")
_unary(lambda x: call("floor", infix("+", x, number(0.5))), "RoundHalfAwayFromZero")


@scalar("IsNan")
def is_nan(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Only NaN differs from itself."""
    x = translate(node.inputs[0])
    return infix("!=", x, x)


@scalar("Identity", "Cast", "ViewOp")
def cast(translate: Translator, node: Apply, output: Variable) -> Expression:
    """Numbers are real in the IR; whole ones by rounding towards zero."""
    x = translate(node.inputs[0])
    if output.type.dtype == "bool" and node.inputs[0].type.dtype != "bool":
        return infix("!=", x, number(0))
    if "int" in output.type.dtype and "float" in node.inputs[0].type.dtype:
        return infix("*", call("sign", x), call("floor", call("abs", x)))
    return x


@scalar("Clip")
def clip(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Bounds that are infinite say nothing."""
    result, *bounds = operands(translate, node)
    for function, bound, variable in zip(("maximum", "minimum"), bounds, node.inputs[1:], strict=True):
        if not (isinstance(variable, Constant) and np.isinf(variable.data).all()):
            result = call(function, result, bound)
    return result


@scalar("Switch")
def switch(translate: Translator, node: Apply, _: Variable) -> Expression:
    """PyTensor's condition is one where it is not 0, as in the IR."""
    return call("where", *operands(translate, node))


@scalar("AND")
def both(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Logical and, of comparisons; bitwise of whole numbers is refused."""
    _logical(node)
    return reduce(lambda left, right: infix("*", left, right), operands(translate, node))


@scalar("OR")
def either(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Logical or."""
    _logical(node)
    return reduce(lambda left, right: call("maximum", left, right), operands(translate, node))


@scalar("XOR")
def either_or(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Logical exclusive or."""
    _logical(node)
    return infix("!=", *operands(translate, node))


def _logical(node: Apply) -> None:
    if any(v.type.dtype != "bool" for v in node.inputs):
        raise Blocked(type(node.op.scalar_op).__name__, "an operation on bits", "use comparisons")


@scalar("Second")
def second(translate: Translator, node: Apply, output: Variable) -> Expression:
    """`fill(a, b)`: b in the shape of a."""
    return broadcast_to(translate, node.inputs[1], shape_of(output))


@scalar("IntDiv")
def whole_quotient(translate: Translator, node: Apply, _: Variable) -> Expression:
    """`a // b`."""
    return call("floor", infix("/", *operands(translate, node)))


@scalar("Mod")
def remainder(translate: Translator, node: Apply, _: Variable) -> Expression:
    """`a % b`, with the sign of b."""
    a, b = operands(translate, node)
    return infix("-", a, infix("*", b, call("floor", infix("/", a, b))))


@scalar("Log1mexp")
def log_1_minus_exp(translate: Translator, node: Apply, _: Variable) -> Expression:
    """log(1 - e^x), x < 0, without loss of digits on either side of -log 2 (Maechler, "Accurately computing log(1 - exp(-|a|))")."""
    x = translate(node.inputs[0])
    near = call("log", negative(call("expm1", x)))
    return call("where", infix(">", x, number(-math.log(2))), near, call("log1p", negative(call("exp", x))))


@scalar("Erfcx")
def scaled_erfc(translate: Translator, node: Apply, _: Variable) -> Expression:
    """e^(x^2) erfc(x); above 20 by its asymptotic series (Abramowitz and Stegun, 7.1.23), whose error is below 1e-14 there."""
    x = translate(node.inputs[0])
    near = infix("*", call("exp", call("square", x)), call("erfc", x))
    y = infix("/", number(0.5), call("square", x))
    series = number(1)
    for factor in (9, 7, 5, 3, 1):
        series = infix("-", number(1), infix("*", infix("*", number(factor), y), series))
    far = infix("/", series, infix("*", x, number(math.sqrt(math.pi))))
    return call("where", infix("<", x, number(20)), near, far)
