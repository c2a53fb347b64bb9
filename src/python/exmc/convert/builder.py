"""The IR while it is made: nodes and data under names that are free."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from exmc.convert.blocked import Blocked
from exmc.convert.expression import Expression, infix, listed, number
from exmc.convert.names import Names

_LARGEST_WHOLE = 2**53
# Arrays without a name that are no longer than this are written where they are used.
SHORT = 8


class Builder:
    """Collects the parts of a model. `data` holds arrays of float64 or int64; how they are stored is decided elsewhere."""

    def __init__(self) -> None:
        self.names = Names()
        self.nodes: dict[str, dict[str, Any]] = {}
        self.data: dict[str, np.ndarray] = {}
        self._stored: dict[tuple[Any, ...], str] = {}
        self._wishes: dict[tuple[Any, ...], str] = {}

    def node(self, name: str, entry: dict[str, Any]) -> Expression:
        """A node under a name that was asked for before."""
        self.nodes[name] = entry
        return Expression(name)

    def hidden(self, expression: Expression, wish: str | None = None) -> Expression:
        """A node that is not saved, for what is used more than once."""
        name = self.names(wish) if wish else self.names.fresh("t")
        return self.node(name, {"expr": expression.text, "save": False})

    def store(self, array: np.ndarray, wish: str | None = None) -> Expression:
        """An array as data, equal arrays once; a scalar as a literal. What is not finite becomes a quotient: 1 / 0 is inf."""
        array = np.asarray(array)
        if array.dtype.kind not in "biuf":
            raise Blocked("data", f"it has elements of type {array.dtype}", "use numbers")
        if array.ndim == 0:
            return number(array.item())
        array = _plain(array)
        finite = np.isfinite(array)
        if not finite.all():
            above = np.where(finite, array, np.nan_to_num(np.sign(array)))
            return infix("/", self.store(above), self.store(finite.astype(np.int64)))
        if array.dtype.kind == "i" and array.size and np.abs(array).max() > _LARGEST_WHOLE:
            raise Blocked("data", "it has whole numbers beyond 2^53", "use smaller ones, or real numbers")
        key = _key(array)
        wish = self._wishes.get(key, wish)
        if wish is None and array.ndim == 1 and 0 < array.size <= SHORT:
            return listed([number(value) for value in array])
        if key not in self._stored:
            self._stored[key] = self.names(wish) if wish else self.names.fresh("c")
            self.data[self._stored[key]] = array
        return Expression(self._stored[key])

    def suggest(self, array: np.ndarray, name: str) -> None:
        """A name for an array of numbers, should it be stored."""
        if array.ndim and array.dtype.kind in "biuf":
            self._wishes.setdefault(_key(_plain(array)), name)


def _plain(array: np.ndarray) -> np.ndarray:
    """The array in one of the two types that data have."""
    return array.astype(np.float64 if array.dtype.kind == "f" else np.int64, order="C", copy=False)


def _key(array: np.ndarray) -> tuple[Any, ...]:
    """Equal for equal arrays alone."""
    return (array.shape, array.dtype.kind, hashlib.blake2b(array.data).digest())
