"""Graphs with everything evaluated that depends on no random variable, so that constants and static shapes are all that is left.

PyTensor's own evaluation is used, one node after the other: nothing is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.compile.builders import OpFromGraph
from pytensor.compile.ops import ViewOp
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.scan.op import Scan
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.random.op import RandomVariable
from pytensor.tensor.random.type import RandomType
from pytensor.tensor.shape import Shape, Shape_i
from pytensor.tensor.type import TensorType

from exmc.convert.blocked import Blocked
from exmc.convert.recurrence import inlined, unrolled

_WITHOUT_COMPILER = "FAST_COMPILE"


def is_random(op: Any) -> bool:
    """Whether an Op draws, or stands for a distribution (PyMC's symbolic random variables among them)."""
    return (
        isinstance(op, RandomVariable)
        or getattr(op, "_is_rv", False)
        or any(parent.__name__ in ("SymbolicRandomVariable", "MinibatchRandomVariable", "RNGConsumerOp") for parent in type(op).__mro__)
    )


def constant(value: Any, like: Variable | None = None) -> Constant:
    """A constant of a value; where its type is that of no tensor, of the type of `like`."""
    if like is not None and not isinstance(like.type, TensorType):
        return like.type.constant_type(like.type, value)
    array = np.asarray(value, dtype=like.type.dtype if like is not None else None)
    name = getattr(like, "name", None)
    return pt.constant(array, name=name, dtype=array.dtype)


class Folder:
    """Rebuilds graphs with constants in place of what is constant. What is rebuilt once stays known, so that equal parts stay shared."""

    def __init__(self) -> None:
        self._known: dict[Variable, Variable] = {}

    def replace(self, old: Variable, new: Variable) -> None:
        """From here on `new` takes the place of `old` in every graph."""
        self._known[old] = new
        self._known[new] = new

    def __call__(self, outputs: Sequence[Variable]) -> list[Variable]:
        """The graphs of `outputs`, rebuilt."""
        known = self._known
        wanted = [output for output in outputs if output not in known]
        for node in self._unknown(wanted):
            for old, new in zip(node.outputs, self._rebuilt(node), strict=True):
                if new.name is None and not isinstance(new, Constant):
                    new.name = old.name
                known.setdefault(old, new)
                known.setdefault(new, new)
        return [self._leaf(output) for output in outputs]

    def _unknown(self, outputs: Sequence[Variable]) -> Iterator[Any]:
        """The nodes above `outputs` that are not rebuilt yet, each after those that its inputs come from."""
        stack = [output.owner for output in outputs]
        seen = set()
        while stack:
            node = stack.pop()
            if node is None or node.outputs[0] in self._known:
                continue
            above = [] if node in seen else [i.owner for i in node.inputs if i not in self._known and i.owner is not None]
            seen.add(node)
            if above:
                stack.extend([node, *above])
            else:
                yield node

    def rebuild_variable(self, variable: Variable) -> Variable:
        """The node of a random variable, its inputs folded, whatever stands for the variable elsewhere."""
        node = variable.owner
        self(node.inputs)
        inputs = [self._leaf(i) for i in node.inputs]
        return _with_inputs(node, inputs).outputs[node.outputs.index(variable)]

    def _leaf(self, variable: Variable) -> Variable:
        if variable in self._known:
            return self._known[variable]
        if isinstance(variable, SharedVariable) and not isinstance(variable.type, RandomType):
            new = constant(variable.get_value(borrow=True), like=variable)
        else:
            new = variable
        self._known[variable] = self._known[new] = new
        return new

    def _rebuilt(self, node: Any) -> list[Variable]:
        op = node.op
        inputs = [self._leaf(i) for i in node.inputs]
        if isinstance(op, ViewOp):
            return [inputs[0]]
        if isinstance(op, Shape_i) and inputs[0].type.shape[op.i] is not None:
            return [constant(np.int64(inputs[0].type.shape[op.i]))]
        if isinstance(op, Shape) and None not in inputs[0].type.shape:
            return [constant(np.array(inputs[0].type.shape, dtype=np.int64))]
        if isinstance(op, OpFromGraph) and not is_random(op):
            # PyTensor 3 freezes inner graphs.
            inner = op.fgraph.unfreeze() if hasattr(op.fgraph, "unfreeze") else op.fgraph
            return self(inlined(inner, inputs))
        if isinstance(op, Scan) and not all(isinstance(i, Constant) for i in inputs):
            steps = unrolled(node, inputs, self)
            if steps is not None:
                return steps
        rebuilt = _with_inputs(node, _exact(node, inputs))
        shape: Any = rebuilt.outputs[0].type.shape if _is_fill(op) else (None,)
        if isinstance(inputs[-1], Constant) and None not in shape:
            return [constant(np.broadcast_to(inputs[-1].data, shape))]
        if not is_random(op) and all(isinstance(i, Constant) for i in inputs):
            return _evaluated(rebuilt)
        return rebuilt.outputs


def _is_fill(op: Any) -> bool:
    """Whether an Op is `fill(a, b)`: b in the shape of a, whose values do not matter."""
    return isinstance(op, Elemwise) and type(op.scalar_op).__name__ == "Second"


def _exact(node: Any, inputs: list[Variable]) -> list[Variable]:
    """Constants in double precision where numbers are computed with: PyTensor takes a literal 2 for one byte, and its root for single
    precision. What the user wrote is a number."""
    if not isinstance(node.op, Elemwise) or node.outputs[0].type.dtype not in ("float16", "float32", "float64"):
        return inputs
    return [_doubled(i) if isinstance(i, Constant) else i for i in inputs]


def _doubled(variable: Constant) -> Constant:
    wide = {"i": "int64", "u": "int64", "f": "float64"}.get(np.dtype(variable.type.dtype).kind, variable.type.dtype)
    return variable if wide == variable.type.dtype else constant(np.asarray(variable.data, dtype=wide))


def _with_inputs(node: Any, inputs: list[Variable]) -> Any:
    """The node with other inputs, in the types that it had where it takes no others."""
    try:
        return node.clone_with_new_inputs(inputs, strict=False)
    except (TypeError, ValueError):
        same = [
            pt.cast(new, old.type.dtype) if isinstance(old.type, TensorType) and old.type.dtype != new.type.dtype else new
            for old, new in zip(node.inputs, inputs, strict=True)
        ]
    try:
        return node.clone_with_new_inputs(same, strict=False)
    except (TypeError, ValueError) as error:
        raise Blocked(type(node.op).__name__, f"it cannot be made anew with data in place ({error})") from error


def shape_of(variable: Variable) -> tuple[int, ...]:
    """The shape of a folded variable, whose lengths depend on no random variable."""
    known: tuple[int | None, ...] = variable.type.shape
    if None not in known:
        return tuple(int(length) for length in known if length is not None)
    inputs = [i for i in _inputs(variable) if not isinstance(i, Constant | SharedVariable)]
    zeros = [np.zeros([1 if n is None else n for n in i.type.shape], dtype=i.type.dtype) for i in inputs]
    function = pytensor.function(inputs, variable.shape, mode=_WITHOUT_COMPILER, on_unused_input="ignore")
    return tuple(int(length) for length in function(*zeros))


def _inputs(variable: Variable) -> list[Variable]:
    seen: set[Variable] = set()
    stack, leaves = [variable], []
    while stack:
        v = stack.pop()
        if v in seen:
            continue
        seen.add(v)
        if v.owner is None:
            leaves.append(v)
        else:
            stack.extend(v.owner.inputs)
    return leaves


def _evaluated(node: Any) -> list[Variable]:
    """The outputs of a node of constants, as constants: PyTensor's Python implementation, or where it has none, compiled."""
    storage = [[None] for _ in node.outputs]
    try:
        if hasattr(node.op, "prepare_node"):
            node.op.prepare_node(node, None, None, "py")  # Else numpy computes with whole numbers of one byte in half precision.
        node.op.perform(node, [i.data for i in node.inputs], storage)
        values = [cell[0] for cell in storage]
    except Exception:  # Ops without a Python implementation raise what they like.
        values = pytensor.function([], node.outputs, mode=_WITHOUT_COMPILER)()
    return [constant(value, like=output) for value, output in zip(values, node.outputs, strict=True)]
