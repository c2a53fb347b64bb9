"""Linear algebra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytensor.graph.basic import Apply, Variable

from exmc.convert.blocked import Blocked
from exmc.convert.expression import Expression, call, infix, subscript
from exmc.convert.registry import operation, operation_handler

if TYPE_CHECKING:
    from exmc.convert.translator import Translator

_CHOLESKY = "use pt.linalg.cholesky and solve_triangular(L, b, lower=True)"


@operation("Dot", "Dot22", "MatMul", "BatchedDot")
def matrix_product(translate: Translator, node: Apply, _: Variable) -> Expression:
    """`a @ b`."""
    return infix("@", *(translate(x) for x in node.inputs))


@operation("Blockwise")
def blockwise(translate: Translator, node: Apply, output: Variable) -> Expression:
    """An Op on the last axes of its inputs, as the IR's linear algebra is."""
    core = node.op.core_op
    handler = operation_handler(core)
    if type(core).__name__ not in ("Dot", "MatMul", "Cholesky", "SolveTriangular") or handler is None:
        raise Blocked(f"{type(core).__name__} of several matrices", "the IR has no such operation", _CHOLESKY)
    return handler(translate, node, output)


@operation("Cholesky")
def cholesky(translate: Translator, node: Apply, _: Variable) -> Expression:
    """The lower factor."""
    if not getattr(getattr(node.op, "core_op", node.op), "lower", True):
        raise Blocked("Cholesky", "the factor is the upper one", "use the lower one, and its transpose")
    return call("cholesky", translate(node.inputs[0]))


@operation("SolveTriangular")
def solve_triangular(translate: Translator, node: Apply, _: Variable) -> Expression:
    """L x = b directly; U x = b with both upside down, which makes U a lower triangle."""
    op = getattr(node.op, "core_op", node.op)
    if getattr(op, "trans", 0) not in (0, "N") or getattr(op, "unit_diagonal", False):
        raise Blocked("solve_triangular", "trans and unit_diagonal cannot be written", "transpose the matrix itself")
    a, b = (translate(x) for x in node.inputs)
    matrices, batched = node.inputs[0].type, node.inputs[1].type.ndim > 1 and op.b_ndim == 1
    if not op.lower:
        if matrices.ndim != 2 or batched:
            raise Blocked("solve_triangular of several upper triangles", "it cannot be written", "use the lower ones")
        return subscript(call("solve_triangular", subscript(a, ["::-1", "::-1"]), subscript(b, ["::-1"])), ["::-1"])
    if not batched:
        return call("solve_triangular", a, b)
    if node.inputs[1].type.ndim == 2 and all(length == 1 for length in matrices.shape[:-2]):
        # One matrix and many vectors, which are the columns of one right side.
        one = subscript(a, ["0"] * (matrices.ndim - 2)) if matrices.ndim > 2 else a
        return call("transpose", call("solve_triangular", one, call("transpose", b)))
    columns = subscript(b, [":"] * node.inputs[1].type.ndim + ["None"])
    return subscript(call("solve_triangular", a, columns), [":"] * node.inputs[1].type.ndim + ["0"])


@operation("Det", "SLogDet", "MatrixInverse", "Solve", "CholeskySolve", "Eigh", "Eig", "SVD", "QRFull", "MatrixPinv")
def other(translate: Translator, node: Apply, _: Variable) -> Expression:
    """Refused, with what to do instead."""
    raise Blocked(type(node.op).__name__, "the IR has Cholesky factors and triangular systems only", _CHOLESKY)
