"""Which function translates which Op, by the name of the Op's class (or a parent's): versions of PyTensor differ in what they have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exmc.convert.expression import Expression

if TYPE_CHECKING:
    from pytensor.graph.basic import Apply, Variable

    from exmc.convert.translator import Translator

# What an output of a node is, where the operands are translated by the translator.
Handler = Callable[["Translator", "Apply", "Variable"], Expression]

_operations: dict[str, Handler] = {}
_scalars: dict[str, Handler] = {}


def operation(*names: str) -> Callable[[Handler], Handler]:
    """Registers a function for Ops of these classes."""

    def register(handler: Handler) -> Handler:
        _operations.update(dict.fromkeys(names, handler))
        return handler

    return register


def scalar(*names: str) -> Callable[[Handler], Handler]:
    """Registers a function for Elemwise Ops of these scalar Ops."""

    def register(handler: Handler) -> Handler:
        _scalars.update(dict.fromkeys(names, handler))
        return handler

    return register


def operation_handler(op: Any) -> Handler | None:
    """The function for an Op, or None."""
    return _lookup(_operations, op)


def scalar_handler(op: Any) -> Handler | None:
    """The function for a scalar Op, or None."""
    return _lookup(_scalars, op)


def _lookup(table: dict[str, Handler], op: Any) -> Handler | None:
    return next((table[parent.__name__] for parent in type(op).__mro__ if parent.__name__ in table), None)
