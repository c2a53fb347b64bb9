"""A million draws on one rank: does memory grow, and what does the way into the file cost? bench/README.md has the method."""

import dataclasses
import pathlib
import re

import harness
from harness import ROOT, median

QUESTION = """\
`simple` on one rank; both runs keep parameters and statistics only, as the million does by itself (predictive draws and log
likelihoods would be 320 MB, beyond what "auto" makes). Peak: the largest resident set of rank 0 (VmHWM) before the last draw is written; the bar is 1.10 times
that of the short run. Sampling, the rest: CPU of the other threads and of the main one (MPI, HDF5) from the first iteration
until then, read every 2 ms. Summary: from the last draw written to the end of the run; its peak is that of the whole run. Medians."""


@dataclasses.dataclass
class Reading:
    seconds: float  # since the start of the command
    peak_mb: float
    main_cpu: float  # of the thread that talks to MPI and HDF5
    other_cpu: float


def children(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return
    for child in map(int, text.split()):
        yield child
        yield from children(child)


class Watch:
    """Reads memory and CPU of the program `name` below the launcher."""

    def __init__(self, name):
        self.name, self.pid, self.readings = name, None, []
        self.cpu = {}  # by thread; those that ended keep their last value

    def __call__(self, launcher, seconds):
        try:
            if self.pid is None:
                self.pid = next((pid for pid in children(launcher) if self._is_wanted(pid)), None)
            else:
                self.readings.append(self._read(seconds))
        except (OSError, TypeError, KeyError):
            pass  # it ended between two looks

    def _is_wanted(self, pid):
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == self.name

    def _read(self, seconds):
        process = pathlib.Path(f"/proc/{self.pid}")
        peak = re.search(r"VmHWM:\s*(\d+)", (process / "status").read_text())
        for thread in (process / "task").iterdir():
            self.cpu[thread.name] = int((thread / "schedstat").read_text().split()[0]) * 1e-9
        main = self.cpu[str(self.pid)]
        return Reading(seconds, int(peak[1]) / 1024, main, sum(self.cpu.values()) - main)


def measure(arguments, draws, folder):
    file = pathlib.Path(folder) / "long.h5"
    program = harness.program(arguments.build, "exmc_mpi")
    keys = [f"output.file={file}", f"sampler.draws={draws}", "chains=1", "seed=1", "output.predictive=false", "output.log_likelihood=false"]
    sets = ["--progress=off", *(word for key in keys for word in ("--set", key))]
    watch = Watch("exmc_mpi")
    run = harness.run(harness.mpirun(1, program, *sets, ROOT / "configs" / "simple.json"), folder, watch)
    size = file.stat().st_size
    file.unlink()
    begin, written = run.logged(harness.BEGINS), run.logged(harness.WRITTEN)
    before = [reading for reading in watch.readings if reading.seconds < begin][-1]
    last = [reading for reading in watch.readings if reading.seconds < written][-1]
    return {
        "draws": draws,
        "wall": written - begin,
        "peak_mb": last.peak_mb,
        "sampling_cpu": last.other_cpu - before.other_cpu,
        "rest_cpu": last.main_cpu - before.main_cpu,
        "summary": run.wall - written,
        "summary_peak_mb": watch.readings[-1].peak_mb,
        "file_mb": size / 2**20,
    }


def bare_loop(arguments, folder):
    """CPU seconds of H5Dwrite and fsync of the bytes of 10^6 draws, from io_bench."""
    run = harness.run([harness.program(arguments.build, "io_bench")], folder)
    return float(re.search(r"bare .*?([\d.]+) s CPU", run.text())[1])


def main():
    arguments = harness.options(__doc__, repetitions=5)
    lengths = [1000, 10000] if arguments.quick else [10_000, 1_000_000]
    with harness.scratch() as folder:
        cases = [lambda draws=draws: measure(arguments, draws, folder) for draws in lengths]
        runs = harness.alternate(1 if arguments.quick else arguments.repetitions, *cases)
        bare = None if arguments.quick else bare_loop(arguments, folder)
    columns = list(runs[0][0])
    rows = [[median(run[column] for run in results) for column in columns] for results in runs]
    growth = median(long["peak_mb"] / short["peak_mb"] for short, long in zip(*runs))
    header = ["draws", "wall s", "peak MB", "sampling CPU s", "rest CPU s", "summary s", "summary's peak MB", "file MB"]
    notes = f"Peak of the long run over that of the short: {growth:.3f} (bar 1.10)."
    if bare:
        rest = median(run["rest_cpu"] for run in runs[1])
        notes += f" Rest CPU over that of a bare loop of H5Dwrite and fsync ({bare:.3f} s, `io_bench`): {rest / bare:.2f} (bar 3)."
    harness.publish("long_run", arguments, QUESTION, [harness.markdown(header, rows), notes], {"runs": runs, "bare": bare})


if __name__ == "__main__":
    main()
