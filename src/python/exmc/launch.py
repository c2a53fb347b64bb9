"""How a run is started: one process with threads, or ranks under a launcher."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from exmc.program import find_program

Launcher = str | Sequence[str]


def command_line(config: str, ranks: int | None, launcher: Launcher | None, *options: str) -> list[str]:
    """The command that samples a config.

    Without `ranks` and `launcher` it is the program alone, which samples its chains on threads. `launcher` is "mpirun" (the default),
    "srun", or any other command, as a string with its options or as a list; `-n RANKS` is put to it where `ranks` is given.
    """
    program = [find_program(), "--progress=off", *options, config]
    if ranks is None and launcher is None:
        return program
    words = shlex.split(launcher) if isinstance(launcher, str) else list(launcher or ["mpirun"])
    return [*words, *(["-n", str(ranks)] if ranks is not None else []), *program]
