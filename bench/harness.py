"""What the end-to-end benchmarks share: running a command and what it cost, the record of machine and build that goes
with every result, tables."""

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
# What the program says before its first iteration, and once the last draw is in the file.
BEGINS = r"info: sampling "
WRITTEN = r"info: \d+ draws written to "
MODELS = ["simple", "medium", "stress", "eight_schools", "funnel", "logistic", "sv"]


def posteriordb(name):
    """The config of one of tests/posteriordb, with absolute paths."""
    folder = ROOT / "tests" / "posteriordb" / "configs"
    config = json.loads((folder / f"{name}.json").read_text())
    data = {key: entry | {"file": str((folder / entry["file"]).resolve())} if isinstance(entry, dict) else entry
            for key, entry in config["data"].items()}
    return {"model": str((folder / config["model"]).resolve()), "data": data}


@dataclasses.dataclass
class Run:
    """A finished command. Times are seconds; `lines` are those of its output with the time since the start at which
    each arrived."""

    code: int
    started: float  # seconds since the epoch
    wall: float
    cpu: float  # of all processes that it started and that were waited for, the launcher included
    lines: list

    def text(self):
        return "\n".join(line for _, line in self.lines)

    def first(self, pattern):
        """When the first line that matches arrived, and the line."""
        for seconds, line in self.lines:
            if re.search(pattern, line):
                return seconds, line
        sys.exit(f"bench: no line like '{pattern}' in the output:\n{self.text()}")

    def arrived(self, pattern):
        return self.first(pattern)[0]

    def logged(self, pattern):
        """The time that the program itself put at the head of that line (milliseconds), since the start."""
        stamp = self.first(pattern)[1][:23]
        return datetime.datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f").timestamp() - self.started


def run(command, folder, poll=None, interval=0.002, limit=None, environment=None):
    """Runs a command to its end; meanwhile `poll(pid, seconds)` is called every `interval` seconds or so. After `limit`
    seconds it is killed with all that it started. `environment` adds to that of this process."""
    started, start = time.time(), time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env=os.environ | (environment or {}), start_new_session=limit is not None)
    output = process.stdout.fileno()
    lines, rest = [], b""
    while True:
        left = None if limit is None else max(0, limit - (time.perf_counter() - start))
        if left == 0:
            os.killpg(process.pid, signal.SIGKILL)
            break
        if select.select([output], [], [], interval if poll else left)[0]:
            piece = os.read(output, 65536)
            if not piece:
                break
            *whole, rest = (rest + piece).split(b"\n")
            lines += [(time.perf_counter() - start, line.decode(errors="replace")) for line in whole]
        if poll:
            poll(process.pid, time.perf_counter() - start)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    return Run(process.returncode, started, time.perf_counter() - start, usage.ru_utime + usage.ru_stime, lines)


def mpirun(ranks, *command):
    return ["mpirun", "-n", str(ranks), *map(str, command)]


def alternate(repetitions, *cases):
    """Calls the cases in turn, A B A B, so that what else the machine does falls on all alike. One list a case."""
    results = [[] for _ in cases]
    for _ in range(repetitions):
        for case, result in zip(cases, results):
            result.append(case())
    return results


median = statistics.median


def options(description, build=ROOT / "build" / "native", **defaults):
    """The command line that all benchmarks share, and further options with the types of their values (False: a switch)."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", type=pathlib.Path, default=build, help="CMake's build folder")
    parser.add_argument("--quick", action="store_true", help="only see that it works; the figures mean nothing")
    for name, value in defaults.items():
        kind = {"action": "store_true"} if value is False else {"type": type(value), "default": value}
        parser.add_argument("--" + name.replace("_", "-"), **kind)
    return parser.parse_args()


def program(build, name):
    """The program of that name in a build folder, wherever CMake put it."""
    for folder in ("bin", "src/app", "bench"):
        if (build / folder / name).exists():
            return str((build / folder / name).resolve())
    sys.exit(f"bench: no {name} in {build}: configure with -DEXMC_BENCH=ON and build, or name the folder with --build")


def scratch():
    """A folder for output files, gone at the end of the with block."""
    return tempfile.TemporaryDirectory(prefix="exmc-bench-")


def markdown(header, rows):
    """A table; numbers to three digits."""

    def cell(value):
        if value is None:
            return "–"
        if isinstance(value, float):
            return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
        return str(value)

    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(map(cell, row)) + " |" for row in rows])


def _first_line(*command):
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip().split("\n")[0]
    except OSError:
        return ""


def _processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def vector_level():
    """The widest vectors that programs may use here: what figures of two machines differ by most."""
    flags = re.search(r"^(?:flags|Features)\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    known = {"avx512f": "AVX-512", "avx2": "AVX2", "avx": "AVX", "asimd": "NEON"}
    return next((name for flag, name in known.items() if flags and flag in flags[1].split()), "none")


def environment(build):
    """Where, with what and when: goes into every result. Names no host and no folder."""
    cache = dict(re.findall(r"^(\w+):\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.M))
    kind = cache.get("CMAKE_BUILD_TYPE", "")
    flags = [cache.get("CMAKE_CXX_FLAGS", ""), cache.get(f"CMAKE_CXX_FLAGS_{kind.upper()}", "")]
    if cache.get("EXMC_MARCH"):
        flags.append("-march=" + cache["EXMC_MARCH"])
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="minutes"),
        "revision": _first_line("git", "describe", "--always", "--dirty"),
        "processor": _processor(),
        "vectors": vector_level(),
        "cores": len(os.sched_getaffinity(0)),
        "load_before": os.getloadavg()[0],
        "system": f"{platform.system()} {platform.release()}",
        "compiler": _first_line(cache.get("CMAKE_CXX_COMPILER", "c++"), "--version"),
        "flags": " ".join(filter(None, flags)),
        "mpi": _first_line("mpirun", "--version"),
    }


def publish(name, arguments, question, tables, raw):
    """Prints the tables and keeps everything in bench/results/NAME.json; a quick run is not kept."""
    record = {"name": name, "question": question, "command": " ".join(["bench/" + pathlib.Path(sys.argv[0]).name] + sys.argv[1:])}
    record |= environment(arguments.build)
    print(f"\n## {name}\n\n{question}\n")
    print("\n\n".join(tables))
    print(
        f"\n{record['date']}, revision {record['revision']}, {record['cores']} cores of {record['processor']}, "
        f"{record['compiler']} {record['flags']}, load before {record['load_before']:.1f}\n"
    )
    if not arguments.quick:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{name}.json").write_text(json.dumps(record | {"raw": raw}, indent=1) + "\n")
