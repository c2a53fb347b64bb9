"""One run of exmc_mpi whose ranks are killed from outside, and what came of it.

Every rank is held for an instant when it has left MPI_Init: there its process is learnt, and there the run's clock starts,
so that a time is the same stretch of a disturbed run as of an undisturbed one.
"""

import dataclasses
import os
import pathlib
import re
import select
import signal
import subprocess
import sys
import time

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

START_LIMIT = 120  # seconds in which all ranks have to leave MPI_Init
LOG_WRITTEN = re.compile(r"(\d+) draws written")
LOG_PROGRESS = re.compile(r"info: (.* \| \d+/\d+) \|")  # a line a second, also where nothing moves


@dataclasses.dataclass
class Kill:
    """Of one rank: at a time after the start of the clock, or `delay` seconds after it was held in a phase."""
    rank: int
    time: float = None
    phase: str = ""
    iteration: int = 0
    delay: float = 0
    done: float = None  # when it was killed, on the run's clock; None where it was not alive or never came there
    wall: float = None  # the same in seconds since 1970

    def label(self):
        where = f"{self.phase} {self.iteration} + {self.delay:.3f} s" if self.phase else f"{self.time:.3f} s"
        return f"rank {self.rank} at {where}"


class Process:
    """A rank's process, by a descriptor that never means another one."""

    def __init__(self, pid):
        self.pid = pid
        self.descriptor = os.pidfd_open(pid)

    def alive(self):
        return not select.select([self.descriptor], [], [], 0)[0]

    def kill(self):
        signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)

    def close(self):
        os.close(self.descriptor)


class DisturbedRun:
    """Starts a run in `folder`, carries out `kills`, waits for its end: for as long as its log tells of progress at least
    every `limit` seconds, since a busy machine is no fault of the run's."""

    def __init__(self, folder, size, arguments, kills, limit):
        self.folder, self.size, self.kills, self.limit = folder, size, kills, limit
        self.hung = False
        self.seconds = None  # from the start of the clock to the launcher's end
        self.kept = []       # right after each kill: (counted_draws() of the file, draws that the log called written)
        self.processes = {}
        self.shown, self.last_progress, self.next_look = [], 0, 0
        faults = [f"rank={rank} phase=init wait={self.held('init', rank)}" for rank in range(size)]
        faults += [f"rank={kill.rank} phase={kill.phase} iteration={kill.iteration} wait={self.hold_of(kill)}"
                   for kill in kills if kill.phase and kill.phase != "init"]
        environment = ranks.launcher_environment(folder, EXMC_FAULT_PLAN="; ".join(faults))
        self.log = folder / "log"
        with open(self.log, "wb") as log:
            self.launcher = subprocess.Popen([ranks.programs.mpiexec, "-n", str(size), ranks.programs.exmc, *arguments],
                                             cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)

    def held(self, what, rank):
        return self.folder / f"{what}.{rank}"

    def hold_of(self, kill):
        return self.held("init" if kill.phase == "init" else "kill", kill.rank)

    def log_text(self):
        return self.log.read_text(errors="replace")

    def carry_out(self):
        try:
            self.start_clock()
            self.kill_and_wait()
        finally:
            self.clean_up()
        return self

    def start_clock(self):
        for rank in range(self.size):
            held = ranks.wait_for(lambda path=self.held("init", rank): ranks.read(path), START_LIMIT).split()
            self.processes[rank] = Process(int(held[1]))
        self.start = time.monotonic()
        stay = {kill.rank for kill in self.kills if kill.phase == "init"}
        for rank in range(self.size):
            if rank not in stay:
                self.held("init", rank).unlink()

    def clock(self):
        return time.monotonic() - self.start

    def due(self, kill):
        if not kill.phase:
            return self.clock() >= kill.time
        if kill.time is None and self.hold_of(kill).exists():
            kill.time = self.clock() + kill.delay
        return kill.time is not None and self.clock() >= kill.time

    def kill_and_wait(self):
        waiting = list(self.kills)
        while self.launcher.poll() is None:
            for kill in [kill for kill in waiting if self.due(kill)]:
                waiting.remove(kill)
                self.carry_out_kill(kill)
            if self.stands_still():
                self.hung = True
                return
            time.sleep(0.0005 if waiting else 0.005)
        self.seconds = self.clock()
        deadline = time.monotonic() + self.limit
        while any(process.alive() for process in self.processes.values()):
            if time.monotonic() > deadline:
                self.hung = True
                return
            time.sleep(0.005)

    def stands_still(self):
        if self.clock() > self.next_look:
            self.next_look = self.clock() + 1
            shown = LOG_PROGRESS.findall(self.log_text())[-1:]
            if shown != self.shown:
                self.shown, self.last_progress = shown, self.clock()
        return self.clock() - self.last_progress > self.limit

    def carry_out_kill(self, kill):
        process = self.processes[kill.rank]
        if not process.alive():
            return
        logged = self.written_in_log()
        kill.done, kill.wall = self.clock(), time.time()
        process.kill()
        self.kept.append((counted_draws(self.folder / "run.h5"), logged))

    def written_in_log(self):
        found = LOG_WRITTEN.findall(self.log_text())
        return int(found[-1]) if found else 0

    def clean_up(self):
        """A hung run is ended: its launcher with all processes of its session, and the ranks by their descriptors."""
        for process in self.processes.values():
            if process.alive():
                process.kill()
            process.close()
        if self.launcher.poll() is None:
            os.killpg(self.launcher.pid, signal.SIGKILL)
            self.launcher.wait()

    def counted(self):
        """Whether every victim was alive when it was killed."""
        return all(kill.done is not None for kill in self.kills)


def counted_draws(file):
    """How many draws of each chain the file counts, and its lp, where they can be checked; {} where there is no file."""
    try:
        with h5py.File(file, locking=False) as opened:
            counts = opened["run/progress"][:]
            return {"counts": counts, "lp": opened["sample_stats/lp"][:]}
    except (OSError, KeyError):
        return {}


def lost_draws(kept, reference):
    """Draws that the log called written, or the file counted, and that are not those of `reference` (an lp dataset)."""
    lost = 0
    for found, logged in kept:
        if not found:
            lost += logged
            continue
        lost += max(0, logged - int(found["counts"].sum()))
        for chain, count in enumerate(found["counts"]):
            lost += int((found["lp"][chain, :count] != reference[chain, :count]).sum())
    return lost
