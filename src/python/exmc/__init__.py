"""PyMC and Bambi models, or models as data, sampled by exmc_mpi (docs/pymc.md).

Everything is imported when it is first used: `import exmc` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exmc.density import log_density
    from exmc.errors import ExmcError, NotExpressible, ProgramFailed, ProgramNotFound, WrongConversion
    from exmc.explain import explain
    from exmc.files import write
    from exmc.register import enable_pymc
    from exmc.result import read
    from exmc.run import Run, sample, start

__version__ = "0.1.0"

_HOMES = {
    "density": ["log_density"],
    "errors": ["ExmcError", "NotExpressible", "ProgramFailed", "ProgramNotFound", "WrongConversion"],
    "explain": ["explain"],
    "files": ["write"],
    "register": ["enable_pymc"],
    "result": ["read"],
    "run": ["Run", "sample", "start"],
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "ExmcError", "NotExpressible", "ProgramFailed", "ProgramNotFound", "Run", "WrongConversion", "enable_pymc", "explain", "log_density",
    "read", "sample", "start", "write",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
