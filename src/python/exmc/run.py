"""Runs of exmc_mpi: started, watched, stopped, resumed, read."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from exmc.check import check as check_conversion
from exmc.display import progress_table
from exmc.errors import ProgramFailed
from exmc.files import CONFIG, write_source
from exmc.launch import Launcher, command_line
from exmc.program import last_words
from exmc.progress import Diagnostics, Progress, read_diagnostics, read_progress
from exmc.result import read_source
from exmc.settings import DEFAULT_CHAINS, OUTPUT, Settings
from exmc.source import Source, source

LOG = "run.log"
STOPPED = 5
_POLL_SECONDS = 0.02
_POLL_FILE_SECONDS = 0.25
_ASK_AGAIN_SECONDS = 2.0
_log = logging.getLogger("exmc")


class Run:
    """A run in a folder. `start` makes one; `wait` ends with its result."""

    def __init__(
        self, model: Source, settings: Settings, folder: Path, *, ranks: int | None = None, launcher: Launcher | None = None
    ) -> None:
        self.folder = folder
        self._source = model
        self._settings = settings
        self._ranks = ranks
        self._launcher = launcher
        self._process: subprocess.Popen[bytes] | None = None
        # Kept as long as the run, where the folder is a temporary one.
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def file(self) -> Path:
        """The file that the run writes."""
        return self.folder / OUTPUT

    @property
    def running(self) -> bool:
        """Whether the processes of the run are there."""
        return self._process is not None and self._process.poll() is None

    def launch(self, *options: str) -> Run:
        """Starts the program, in a session of its own: Ctrl-C in a terminal reaches Python alone."""
        command = command_line(CONFIG, self._ranks, self._launcher, *options)
        with open(self.folder / LOG, "ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def progress(self) -> Progress:
        """How far the run is."""
        return read_progress(self.file, self._settings.chains, self._settings.draws)

    def diagnostics(self) -> Diagnostics | None:
        """The least effective sample size and the largest R-hat so far; None before there are enough draws."""
        return read_diagnostics(self.file)

    def idata(self) -> Any:
        """The draws so far (`read` says which), as InferenceData (ArviZ 0) or DataTree (ArviZ 1)."""
        return read_source(self.file, self._source.pymc_model)

    def stop(self) -> Run:
        """Asks the run to write what it has and to end; `resume` goes on from there."""
        while self.running:
            assert self._process is not None
            # Again and again: a launcher that has started no ranks yet forgets a signal.
            self._process.send_signal(signal.SIGUSR1)
            try:
                self._process.wait(_ASK_AGAIN_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        return self

    def resume(self) -> Run:
        """Goes on with a run that was stopped, in the background."""
        return self if self.running else self.launch("--resume")

    def wait(self, progress: bool = False) -> Any:
        """Waits for the end, and returns the result. Ctrl-C stops the run, which can be resumed, and gives the draws so far."""
        try:
            with progress_table(progress, self.diagnostics) as show:
                self._watch(show if progress else None)
        except KeyboardInterrupt:
            self.stop()
            _log.warning("stopped after %d draws; Run.resume() goes on, in %s", self.progress().draws, self.folder)
            if min((chain.draws for chain in self.progress().chains), default=0) == 0:
                raise
            return self.idata()
        self._raise_if_failed()
        self._warn()
        return self.idata()

    def _watch(self, show: Any) -> None:
        looked = 0.0
        while self.running:
            time.sleep(_POLL_SECONDS)
            if show is not None and time.monotonic() - looked > _POLL_FILE_SECONDS:
                show(self.progress())
                looked = time.monotonic()
        if show is not None:
            show(self.progress())

    def _raise_if_failed(self) -> None:
        code = self._process.returncode if self._process is not None else 0
        if code not in (0, STOPPED) or not self.file.exists():
            words = last_words((self.folder / LOG).read_text(errors="replace"))
            raise ProgramFailed(words or f"exmc_mpi ended with exit code {code}", code, self.folder)

    def _warn(self) -> None:
        for line in (self.folder / LOG).read_text(errors="replace").splitlines():
            if " warning: " in line:
                _log.warning(line.split(" warning: ", 1)[1])

    def __repr__(self) -> str:
        return f"<exmc.Run in {self.folder}: {'running' if self.running else 'not running'}, {self.progress().draws} draws>"

    def __del__(self) -> None:
        # Nobody can read a run any more whose folder goes with it.
        if getattr(self, "_temporary", None) is not None and self.running:
            self.stop()


def start(
    model: Any,
    *,
    draws: int = 1000,
    chains: int | None = None,
    tune: int | None = None,
    seed: int | None = None,
    target_accept: float | None = None,
    init: Any = None,
    log_likelihood: bool = False,
    config: dict[str, Any] | None = None,
    ranks: int | None = None,
    launcher: Launcher | None = None,
    folder: str | os.PathLike[str] | None = None,
    check: bool = True,
) -> Run:
    """Begins to sample a model, and returns at once.

    model: a pm.Model, a bmb.Model, IR as a dict, or the path of IR.
    draws, chains, tune, seed, target_accept, init, log_likelihood: keys of the config (docs/config.md); chains: the number of ranks, or 4.
    config: any other keys of the config, as nested dicts.
    ranks, launcher: ranks under mpirun, or under another launcher (launch.py); without both, threads of one process.
    folder: where the files of the run are kept; a temporary one by default.
    check: compares a converted model with PyMC's at three points before it is sampled; WrongConversion where they differ.
    """
    prepared = source(model)
    count = chains or ranks or DEFAULT_CHAINS
    settings = Settings(draws, count, tune, seed, target_accept, init, log_likelihood, config or {})
    temporary = tempfile.TemporaryDirectory(prefix="exmc-") if folder is None else None
    place = Path(temporary.name if temporary is not None else os.fspath(folder or ".")).resolve()
    write_source(prepared, place, settings, ranks)
    if check and prepared.pymc_model is not None:
        check_conversion(prepared, place)
    run = Run(prepared, settings, place, ranks=ranks, launcher=launcher)
    run._temporary = temporary
    return run.launch()


def sample(model: Any, *, progress: bool = True, **settings: Any) -> Any:
    """Samples a model and returns what pm.sample would: InferenceData with ArviZ 0, a DataTree with ArviZ 1.

    `settings` are those of `start`. Ctrl-C stops the run and returns the draws so far.
    """
    return start(model, **settings).wait(progress)
