"""The program exmc_mpi: where it is, and runs of it that end at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exmc.errors import ProgramFailed, ProgramNotFound

VARIABLE = "EXMC_MPI_PROGRAM"


def find_program() -> str:
    """The path of exmc_mpi: the environment variable EXMC_MPI_PROGRAM, else beside this package, else on PATH."""
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise ProgramNotFound(f"{VARIABLE}={named} is no program")
        return found
    beside = Path(__file__).parent / "bin" / "exmc_mpi"
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("exmc_mpi")
    if found is None:
        raise ProgramNotFound(f"no exmc_mpi on PATH: build it (docs/install.md), or say where it is in {VARIABLE}")
    return found


def call(arguments: Sequence[str | Path], folder: Path | None = None) -> str:
    """What exmc_mpi prints, run with these arguments in a folder; ProgramFailed with its own words where it fails."""
    command = [find_program(), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    if result.returncode != 0:
        raise ProgramFailed(last_words(result.stderr) or f"exit code {result.returncode}", result.returncode, folder)
    return result.stdout


def call_json(arguments: Sequence[str | Path], folder: Path | None = None) -> Any:
    """The same, of a command that prints JSON."""
    return json.loads(call(arguments, folder))


def last_words(text: str) -> str:
    """The last line of a log that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
