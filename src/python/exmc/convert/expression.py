"""Expressions of the IR as text that knows how tightly its outermost operator binds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

COMPARISON, SUM, PRODUCT, NEGATION, POWER, ATOM = range(6)
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_BINDING = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "@": PRODUCT, "**": POWER} | dict.fromkeys(_COMPARISONS, COMPARISON)


@dataclass(frozen=True)
class Expression:
    """A piece of text and how tightly it binds: `a + b` is a SUM, a name or a call an ATOM. `depth` counts nested operators."""

    text: str
    binding: int = ATOM
    depth: int = 1

    def within(self, binding: int) -> str:
        """The text, in parentheses where something that binds like `binding` would tear it apart."""
        return self.text if self.binding >= binding else f"({self.text})"


def call(function: str, *arguments: Expression | str) -> Expression:
    """`function(a, b)`; arguments that are strings stand as they are."""
    texts = [argument if isinstance(argument, str) else argument.text for argument in arguments]
    return Expression(f"{function}({', '.join(texts)})", depth=1 + _deepest(arguments))


def infix(sign: str, left: Expression, right: Expression) -> Expression:
    """`left sign right`, numpy's operators."""
    binding = _BINDING[sign]
    # What stands on the left may bind alike (chains run from the left), but for powers, which run from the right.
    chains = binding not in (COMPARISON, POWER)
    text = f"{left.within(binding if chains else binding + 1)} {sign} {right.within(binding + 1)}"
    return Expression(text, binding, 1 + max(left.depth, right.depth))


def negative(x: Expression) -> Expression:
    """`-x`."""
    return Expression(f"-{x.within(POWER)}", NEGATION, 1 + x.depth)


def listed(items: Sequence[Expression]) -> Expression:
    """`[a, b]`: the items along a new first axis."""
    return Expression(f"[{', '.join(item.text for item in items)}]", depth=1 + _deepest(items))


def subscript(x: Expression, positions: Sequence[str]) -> Expression:
    """`x[i, :]`."""
    return Expression(f"{x.within(ATOM)}[{', '.join(positions)}]", depth=1 + x.depth)


def number(value: float | int | np.generic) -> Expression:
    """A literal with all of its digits; infinities and NaN as the quotients that give them."""
    value = float(value) if not isinstance(value, int | np.integer | np.bool_ | bool) else int(value)
    if math.isnan(value):
        return Expression("0 / 0", PRODUCT)
    if value in (np.inf, -np.inf):
        return Expression("1 / 0" if value > 0 else "-1 / 0", SUM)
    text = repr(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)
    return Expression(text, NEGATION if text.startswith("-") else ATOM)


def axes(values: Sequence[int]) -> str:
    """An argument `axis`: one number or a list."""
    return str(values[0]) if len(values) == 1 else str(list(values))


def _deepest(items: Sequence[Expression | str]) -> int:
    return max((item.depth for item in items if isinstance(item, Expression)), default=0)
