"""What can go wrong, as exceptions that name it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class ExmcError(Exception):
    """The base of everything that this package raises on its own account."""


@dataclass(frozen=True)
class Obstacle:
    """One thing of a model that the IR cannot say.

    `variable` is the variable of the model, `operation` what of it is in the way, `reason` why, `workaround` what to write instead.
    """

    variable: str
    operation: str
    reason: str
    workaround: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.operation}: {self.reason}. Instead: {self.workaround}"


class NotExpressible(ExmcError):
    """A model that cannot be converted as a whole; `obstacles` lists everything that is in the way."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        self.obstacles = obstacles
        lines = "\n".join(f"  {obstacle}" for obstacle in obstacles)
        super().__init__(f"the model cannot be written for exmc_mpi:\n{lines}")


class WrongConversion(ExmcError):
    """A converted model whose log density or values differ from the original's: a mistake of this package."""


class ProgramNotFound(ExmcError):
    """There is no exmc_mpi to run."""


class ProgramFailed(ExmcError):
    """exmc_mpi ended with an error; `code` is its exit code, `folder` that of the run, where there is one."""

    def __init__(self, message: str, code: int, folder: Path | None = None) -> None:
        self.code = code
        self.folder = folder
        super().__init__(message)
