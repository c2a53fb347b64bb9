"""How far a run is, read from its file while it is written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from exmc.errors import ProgramFailed
from exmc.program import call_json


@dataclass(frozen=True)
class ChainProgress:
    """A chain so far: draws on disk, and of these divergences, the last step size, gradients per draw, draws per second since it began."""

    chain: int
    draws: int
    warmup: int
    divergences: int
    step_size: float
    gradients_per_draw: float
    draws_per_second: float


@dataclass(frozen=True)
class Progress:
    """A run so far. `planned` is the number of draws of a chain, the most where a goal (`stop` in the config) may end it earlier, and
    `goal` how that was reached, empty where it was not; `seconds_left` NaN as long as nobody knows."""

    chains: list[ChainProgress]
    planned: int
    seconds_left: float
    goal: str = ""

    @property
    def draws(self) -> int:
        """Draws of all chains that are on disk."""
        return sum(chain.draws for chain in self.chains)

    @property
    def finished(self) -> bool:
        """Whether all draws are there."""
        return bool(self.chains) and all(chain.draws >= self.planned for chain in self.chains)


@dataclass(frozen=True)
class Diagnostics:
    """The least effective sample size and the largest R-hat of all variables so far."""

    ess_bulk: float
    rhat: float


def read_progress(file: Path, chains: int, planned: int) -> Progress:
    """The progress of a run that writes `file`, which may not be there yet; it knows `planned` better where it is."""
    import h5py

    goal = ""
    try:
        with h5py.File(file, "r") as data:
            found = [_chain(data, chain, time.time()) for chain in range(len(data["run/progress"]))]
            planned = data["sample_stats/lp"].shape[1]
            goal = data["run/goal"].asstr()[()] if "goal" in data["run"] else ""
    except (OSError, KeyError):
        found = [ChainProgress(chain, 0, 0, 0, np.nan, np.nan, np.nan) for chain in range(chains)]
    left = [(planned - chain.draws) / chain.draws_per_second for chain in found if chain.draws_per_second > 0]
    return Progress(found, planned, max(left) if len(left) == len(found) else np.nan, goal)


def read_diagnostics(file: Path) -> Diagnostics | None:
    """ESS and R-hat so far, by exmc_mpi --summary; None before there are enough draws."""
    try:
        variables = call_json(["--summary", "--json", file])["variables"]
    except (ProgramFailed, ValueError):
        return None
    ess = [v["ess_bulk"] for v in variables if isinstance(v["ess_bulk"], float | int)]
    rhat = [v["rhat"] for v in variables if isinstance(v["rhat"], float | int)]
    return Diagnostics(min(ess), max(rhat)) if ess and rhat else None


def _chain(data: object, chain: int, now: float) -> ChainProgress:
    draws = int(data["run/progress"][chain])  # type: ignore[index]
    warmup = int(data["run/warmup_progress"][chain])  # type: ignore[index]
    stats = data["sample_stats"]  # type: ignore[index]
    if draws == 0:
        return ChainProgress(chain, 0, warmup, 0, np.nan, np.nan, np.nan)
    began, ended = (float(data[f"run/chains/{key}"][chain]) for key in ("began", "ended"))  # type: ignore[index]
    seconds = (ended if ended > began else now) - began
    return ChainProgress(
        chain,
        draws,
        warmup,
        int(np.sum(stats["diverging"][chain, :draws] == 1)),
        float(stats["step_size"][chain, draws - 1]),
        float(np.mean(stats["n_steps"][chain, max(0, draws - 200) : draws])),
        draws / seconds if seconds > 0 else np.nan,
    )
