"""How a translator says that it cannot go on: caught where the variable of the model is known."""

from __future__ import annotations

from exmc.errors import Obstacle

REWRITE = "write it with functions of docs/ir.md, or as pm.Potential of such functions"


class Blocked(Exception):
    """An operation that the IR does not have."""

    def __init__(self, operation: str, reason: str, workaround: str = REWRITE) -> None:
        super().__init__(f"{operation}: {reason}")
        self.operation = operation
        self.reason = reason
        self.workaround = workaround

    def at(self, variable: str) -> Obstacle:
        """The same, of a variable of the model."""
        return Obstacle(variable, self.operation, self.reason, self.workaround)
