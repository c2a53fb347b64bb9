"""PyTensor graphs, folded (fold.py), as expressions of the IR."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from pytensor.graph.basic import Constant, Variable

from exmc.convert import arrays, elementwise, linalg, subscripts  # noqa: F401 (they register what they translate)
from exmc.convert.blocked import Blocked
from exmc.convert.builder import Builder
from exmc.convert.expression import ATOM, Expression, number
from exmc.convert.fold import is_random
from exmc.convert.registry import operation_handler

# An expression longer or deeper than this gets a node of its own, for those who read the model.
_LONGEST, _DEEPEST = 300, 30


class Translator:
    """Translates variables. `names` are those that have a node already: the model's own variables."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.names: dict[Variable, str] = {}
        self._done: dict[Variable, Expression] = {}
        self._uses: Counter[Variable] = Counter()
        self._counted: set[Variable] = set()

    def expect(self, roots: Iterable[Variable]) -> None:
        """Says what will be translated, so that what is used more than once becomes a node."""
        stack = list(roots)
        self._uses.update(stack)
        while stack:
            variable = stack.pop()
            if variable in self._counted or variable in self.names or variable.owner is None:
                continue
            self._counted.add(variable)
            self._uses.update(variable.owner.inputs)
            stack.extend(variable.owner.inputs)

    def __call__(self, variable: Variable) -> Expression:
        """The expression of a variable; Blocked where the IR has none."""
        if variable in self.names:
            return Expression(self.names[variable])
        if isinstance(variable, Constant):
            return self.constant(variable)
        if variable not in self._done:
            self._done[variable] = self._shared(variable, self._translated(variable))
        return self._done[variable]

    def definition(self, variable: Variable) -> Expression:
        """The same of a variable that goes by its own name elsewhere."""
        return self.constant(variable) if isinstance(variable, Constant) else self._translated(variable)

    def constant(self, variable: Constant) -> Expression:
        """A constant: a literal where it is a number, else data."""
        return self.builder.store(np.asarray(variable.data), variable.name)

    def operand(self, variable: Variable) -> Expression:
        """The same where only the values matter, and not the shape, for what is broadcast: equal values are one number."""
        if isinstance(variable, Constant):
            values = np.asarray(variable.data)
            if values.size and values.dtype.kind in "biuf" and (values == values.flat[0]).all():
                return number(values.flat[0])
        return self(variable)

    def text(self, variable: Variable) -> str:
        """The same as text, for parameters of distributions."""
        return self.operand(variable).text

    def _translated(self, variable: Variable) -> Expression:
        node = variable.owner
        if node is None:
            raise Blocked(f"input {variable}", "its value is not known")
        if is_random(node.op):
            raise Blocked(type(node.op).__name__, "a random variable that is none of the model's", "give it a name in the model")
        handler = operation_handler(node.op)
        if handler is None:
            raise unknown(type(node.op).__name__)
        return handler(self, node, variable)

    def _shared(self, variable: Variable, expression: Expression) -> Expression:
        if expression.binding == ATOM and expression.depth == 1:
            return expression
        if self._uses[variable] > 1 or expression.depth > _DEEPEST or len(expression.text) > _LONGEST:
            return self.builder.hidden(expression, variable.name)
        return expression


_WORKAROUNDS = {
    "Scan": "use cumsum, pm.AR or pm.GaussianRandomWalk where it is one; up to 500 steps are taken as they are",
    "DifferentialEquation": "write the solution where it is known, or an explicit scheme with few steps",
    "Blockwise": "write the operation for each matrix",
    "Solve": "use the Cholesky factor and solve_triangular",
    "MatrixInverse": "use pt.linalg.cholesky and solve_triangular in place of an inverse",
}


def unknown(name: str) -> Blocked:
    """An Op without a counterpart in the IR."""
    return Blocked(name, "the IR has no such operation", *([_WORKAROUNDS[name]] if name in _WORKAROUNDS else []))
