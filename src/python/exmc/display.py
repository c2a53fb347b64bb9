"""A table of the progress in terminal and notebook, by rich; without it nothing is shown."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from exmc.progress import Diagnostics, Progress

_MOST_ROWS = 16
_REFRESHES_PER_SECOND = 4

Show = Callable[[Progress], None]


@contextmanager
def progress_table(wanted: bool, diagnostics: Callable[[], Diagnostics | None]) -> Iterator[Show]:
    """A function that shows a progress, in a table that stays in its place. `diagnostics` is asked now and then."""
    live = _live() if wanted else None
    if live is None:
        yield lambda progress: None
        return
    latest = _Occasional(diagnostics)
    with live:
        yield lambda progress: live.update(table(progress, latest(progress)), refresh=True)


def table(progress: Progress, diagnostics: Diagnostics | None) -> Any:
    """A row for each chain, for the slowest ones of many; below that ESS, R-hat and the time left."""
    from rich.table import Table

    result = Table("chain", "draws", "divergences", "step size", "gradients/draw", "draws/s", caption=_caption(progress, diagnostics))
    rows = sorted(progress.chains, key=lambda chain: chain.draws)[:_MOST_ROWS]
    for chain in sorted(rows, key=lambda chain: chain.chain):
        draws = f"{chain.draws}/{progress.planned}" if chain.draws else f"warm-up {chain.warmup}"
        numbers = (f"{chain.step_size:.3g}", f"{chain.gradients_per_draw:.1f}", f"{chain.draws_per_second:.0f}")
        result.add_row(str(chain.chain), draws, str(chain.divergences), *numbers)
    return result


def _caption(progress: Progress, diagnostics: Diagnostics | None) -> str:
    parts = []
    if diagnostics is not None:
        parts.append(f"least ESS {diagnostics.ess_bulk:.0f}, largest R-hat {diagnostics.rhat:.3f}")
    if progress.goal:
        parts.append(f"the goal was reached: {progress.goal}")
    if math.isfinite(progress.seconds_left) and not progress.finished:
        parts.append(f"{progress.seconds_left:.0f} s left")
    return "; ".join(parts)


def _live() -> Any:
    try:
        from rich.live import Live
    except ImportError:
        return None
    return Live(refresh_per_second=_REFRESHES_PER_SECOND, auto_refresh=False)


class _Occasional:
    """Asks for diagnostics so seldom that a tenth of the time at most goes into it, and not before there are draws."""

    def __init__(self, ask: Callable[[], Diagnostics | None]) -> None:
        self._ask = ask
        self._next = 0.0
        self._latest: Diagnostics | None = None

    def __call__(self, progress: Progress) -> Diagnostics | None:
        began = time.monotonic()
        if began >= self._next and all(chain.draws >= 100 for chain in progress.chains):
            self._latest = self._ask()
            self._next = time.monotonic() + 1 + 10 * (time.monotonic() - began)
        return self._latest
