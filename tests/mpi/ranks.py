"""Running exmc_mpi under the launcher and looking at what came of it: each rank's own exit code, the lines the program
printed, the datasets of the file."""

import argparse
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
RANK = pathlib.Path(__file__).resolve().parent / "rank.sh"
HANG_LIMIT = 60  # seconds; five times what the longest run takes on two busy cores

programs = argparse.Namespace(exmc="", mpiexec="")


def launcher_environment(folder, **more):
    """For one start of the launcher, with a session directory of its own in `folder`: a killed launcher leaves its
    directory, TMPDIR/ompi.PID, and the next one that is given the same process number would not start."""
    return dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                TMPDIR=tempfile.mkdtemp(dir=folder), **more)


@dataclasses.dataclass
class Result:
    codes: dict  # rank -> exit code; without a launcher only rank 0
    out: str
    err: str

    def complaints(self):
        """The lines by which the program, not the launcher, says what is wrong."""
        return [line for line in self.err.splitlines() if line.startswith("exmc_mpi: ")]


class Run:
    """A run under way. `ranks` None: without a launcher. Not `wrapped`: each rank is the launcher's own child, and its
    process and exit code are not known. `program` comes before the program on each rank, `prefix` before the launcher."""

    def __init__(self, folder, ranks, *args, wrapped=True, prefix=(), program=(), environment=None):
        self.ranks = ranks
        self.notes = pathlib.Path(tempfile.mkdtemp(dir=folder))
        environment = launcher_environment(self.notes, RANK_NOTES=str(self.notes), **(environment or {}))
        launcher = [programs.mpiexec, "-n", str(ranks)] if ranks else []
        command = [*prefix, *launcher, *([str(RANK)] if wrapped else []), *map(str, program), programs.exmc, *map(str, args)]
        with open(self.notes / "out", "wb") as out, open(self.notes / "err", "wb") as err:
            self.process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=err)

    def out(self):
        return (self.notes / "out").read_text(errors="replace")

    def err(self):
        return (self.notes / "err").read_text(errors="replace")

    def wait_for(self, question):
        """As wait_for(), for as long as the run goes on; says what the run said where that was in vain."""
        try:
            answer = wait_for(lambda: question() or self.process.poll() is not None)
        except AssertionError as failure:
            raise AssertionError(f"{failure}; the run said:\n{self.out()}{self.err()}") from None
        if answer is True and not question():
            raise AssertionError(f"the run ended with {self.process.returncode} before; it said:\n{self.out()}{self.err()}")
        return answer

    def pid(self, rank):
        """Process of a rank, once it is there."""
        return int(wait_for(lambda: read(self.notes / f"{rank}.pid")))

    def finish(self):
        try:
            self.process.wait(HANG_LIMIT)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the run did not end in {HANG_LIMIT} s; it said:\n{self.out()}{self.err()}") from None
        for started in self.notes.glob("*.pid"):  # the launcher may be gone before the last rank
            wait_for(lambda note=started.with_suffix(".code"): read(note))
        codes = {int(path.stem): int(path.read_text()) for path in self.notes.glob("*.code")}
        return Result(codes, self.out(), self.err())


def run(folder, ranks, *args, **options):
    return Run(folder, ranks, *args, **options).finish()


def read(path):
    return path.read_text().strip() if path.exists() else ""


def wait_for(question, seconds=HANG_LIMIT):
    """The first answer that is not false."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds} s in vain")


def digest(file):
    """Of each dataset but those of /run: type, shape and a hash of its bytes."""
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name.split("/")[0] != "run":
            values = item[()]
            numbers = hasattr(values, "tobytes") and item.dtype.kind != "O"
            content = values.tobytes() if numbers else repr(values).encode()
            found[name] = (str(item.dtype), item.shape, hashlib.sha256(content).hexdigest())

    with h5py.File(file) as opened:
        opened.visititems(visit)
    return found


def write_config(folder, name, **keys):
    """A config in `folder` that uses a model of the project."""
    keys.setdefault("model", str(CONFIGS / "models" / f"{name}.json"))
    path = pathlib.Path(folder) / f"{name}.json"
    path.write_text(json.dumps({"seed": 1, **keys}))
    return path


def large_job(folder):
    """Keys of a config whose job is 3 MB long, a broadcast of 54 pieces."""
    count = 400000
    with h5py.File(folder / "large.h5", "w") as file:
        file["y"] = np.random.default_rng(1).normal(size=count)
    model = {"exmc_ir": 1, "name": "large", "data": {"y": {"file": "large.h5", "dataset": "y"}},
             "nodes": {"mu": {"dist": "normal", "mu": 0, "sigma": 5},
                       "obs": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [count], "observed": "y"}}}
    (folder / "large.json").write_text(json.dumps(model))
    return {"model": str(folder / "large.json"), "sampler": {"draws": 1000}}


class TestCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        # What a killed launcher leaves behind is still at work on its session directory, in the folder, for a moment.
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assert_codes(self, result, expected):
        self.assertEqual(set(result.codes.values()), {expected}, result.err)

    def prepare(self, model, settings):
        """Makes `config`, the name of its `file`, and the digest of what an undisturbed run writes there."""
        self.config = write_config(self.folder, model, **settings)
        self.file = self.folder / f"{model}.h5"
        self.assert_codes(run(self.folder, None, "--quiet", self.config.name), 0)
        self.undisturbed = digest(self.file)
        self.file.unlink()

    def start_alone(self, config):
        """The process of a run without launcher, in the config's folder, which does not outlive the test."""
        process = Run(config.parent, None, "--quiet", config.name, wrapped=False).process
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def require_tracing(self):
        """Skips a test that wants strace where there is none, or it may not look at processes."""
        if not shutil.which("strace"):
            self.skipTest("needs strace")
        if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode:
            self.skipTest("this machine does not let processes be traced")

    def lift_holds_until(self, ended, seconds=HANG_LIMIT):
        """Lifts the plan's holds, files `held*` in the folder, as long as that takes: later tries of a job have the plan as well."""
        def lift_and_ask():
            for held in self.folder.glob("held*"):
                held.unlink(missing_ok=True)
            return ended()

        wait_for(lift_and_ask, seconds)


def main(*options):
    """Runs the tests of the script; `options` are more of them that a test takes from the command line, into `programs`."""
    parser = argparse.ArgumentParser()
    for option in options:
        parser.add_argument(f"--{option}", default="")
    parser.add_argument("--exmc", type=os.path.abspath, required=True)
    parser.add_argument("--mpiexec", type=os.path.abspath, required=True)
    known, rest = parser.parse_known_args(namespace=programs)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
