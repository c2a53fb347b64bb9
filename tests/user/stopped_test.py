"""Runs that were stopped early, by a time limit or a signal: what is said, and that every reader takes what is there."""

import contextlib
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402
from live_test import SLOW, OnATerminal  # noqa: E402

ARGUMENTS = {"model": SLOW, "chains": 5, "sampler": {"draws": 10**5}, "warmup": {"iterations": 20, "settle": 5}}


class Stopped(ranks.TestCase):
    def setUp(self):
        super().setUp()
        self.config = ranks.write_config(self.folder, "slow", **ARGUMENTS)

    def command(self, *args, **environment):
        return subprocess.run([ranks.programs.exmc, *map(str, args)], cwd=self.folder, capture_output=True, text=True,
                              timeout=ranks.HANG_LIMIT, env={**os.environ, **environment})

    def stop_early(self):
        """A file in which some chains have no draw: there are more of them than places."""
        result = ranks.run(self.folder, 2, "--set", 'runtime.time_limit="00:00:06"', "--overwrite", self.config.name)
        self.assert_codes(result, 5)
        with h5py.File(self.folder / "slow.h5") as file:
            draws = file["run/progress"][:]
        self.assertTrue(draws.max() > 0 and draws.min() == 0, draws)
        return result, draws

    def test_by_the_time_limit_can_be_read_and_resumed(self):
        result, draws = self.stop_early()
        self.assertIn("stopped by the time limit of 00:00:06 (runtime.time_limit)", result.err)
        self.assertRegex(result.err, r"\d+ of 500000 draws are in slow.h5, and --resume goes on from there")
        reads = draws > 0
        waiting = int((~reads).sum())
        with self.subTest("--summary"):
            text = self.command("--summary", "slow.h5")
            self.assertEqual(text.returncode, 0, text.stderr)
            self.assertIn(f"{waiting} of 5 chains have no draw yet and are left out", text.stdout)
            table = json.loads(self.command("--summary", "--json", "slow.h5").stdout)
            self.assertEqual(table["chain_numbers"], list(np.flatnonzero(reads)))
            self.assertEqual(table["waiting_chains"], list(np.flatnonzero(~reads)))
            self.assertEqual(table["draws"], draws[reads].min())
        with self.subTest("--status"):
            self.assertEqual(self.command("--status", "slow.h5").returncode, 5)
            self.assertIn(f"0 to {draws.max()} of 100000 draws in each of 5 chains", self.command("--status", "slow.h5").stdout)
        with self.subTest("--trim"):
            trimmed = self.command("--trim", "slow.h5", "short.h5")
            self.assertEqual(trimmed.returncode, 0, trimmed.stderr)
            self.assertIn(f"{draws[reads].min()} draws in each chain of {5 - waiting} out of 5 chains", trimmed.stderr)
            self.assertEqual(self.command("--status", "short.h5").returncode, 0)
        with self.subTest("recipes"), contextlib.chdir(self.folder), contextlib.redirect_stdout(io.StringIO()):
            (self.folder / "slow.h5").rename(self.folder / "eight_schools.h5")
            text = (ranks.ROOT / "docs/file-format.md").read_text().replace('["posterior/theta"]', '["posterior/mu"]')
            blocks = [block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "reads" in block]
            self.assertEqual(len(blocks), 3)
            for block in blocks:
                names = {}
                exec(compile(block, "docs/file-format.md", "exec"), names)
                self.assertEqual(names["draws"], draws[reads].min())
                self.assertEqual(list(np.asarray(names["reads"])), list(reads))
            (self.folder / "eight_schools.h5").rename(self.folder / "slow.h5")
        with self.subTest("the report"):
            path = f"{pathlib.Path(ranks.programs.exmc).parent}:{os.environ['PATH']}"
            made = subprocess.run([ranks.ROOT / "jobs/report.sh", "slow.h5"], cwd=self.folder, capture_output=True, text=True,
                                  timeout=5 * ranks.HANG_LIMIT, env=dict(os.environ, PATH=path, EXMC_PYTHON=sys.executable))
            self.assertEqual(made.returncode, 0, made.stderr)
            page = (self.folder / "slow.html").read_text()
            self.assertIn(f"<dd>{5 - waiting} chain", page)
            self.assertNotIn("could not draw", page)
        with self.subTest("--resume"):
            again = self.command("--resume", "--set", 'runtime.time_limit="00:00:02"', self.config.name)
            self.assertEqual(again.returncode, 5, again.stderr)
            with h5py.File(self.folder / "slow.h5") as file:
                self.assertTrue((file["run/progress"][:] >= draws).all())

    def test_by_slurms_limit(self):
        set_limit = ["--set", "runtime.time_limit=slurm", "--overwrite", self.config.name]
        nowhere = self.command(*set_limit, SLURM_JOB_ID="")
        self.assertEqual(nowhere.returncode, 2)
        self.assertIn('found "slurm", but this runs in no Slurm job', nowhere.stderr)
        tools = self.folder / "bin"
        tools.mkdir()
        squeue = tools / "squeue"
        squeue.write_text('#!/bin/sh\n[ "$*" = "-h -o %L -j 77" ] && echo 1:02\n')
        squeue.chmod(0o755)
        for environment in ({"SLURM_JOB_END_TIME": str(int(time.time()) + 62)}, {"PATH": f"{tools}:{os.environ['PATH']}"}):
            result = self.command(*set_limit, SLURM_JOB_ID="77", **environment)
            self.assertEqual(result.returncode, 5, result.stderr)
            self.assertIn("stopped before the Slurm job's time limit (runtime.time_limit)", result.stderr)

    def test_by_the_keyboard_under_the_launcher_says_what_is_safe(self):
        """Open MPI's launcher passes on no words after it, and kills its ranks a quarter of a second later: it was said before."""
        seen = OnATerminal(self.folder, [ranks.programs.mpiexec, "-n", 2, ranks.programs.exmc, self.config.name], columns=120)
        self.addCleanup(seen.process.wait)
        self.addCleanup(seen.process.kill)
        seen.wait_until(lambda text: re.search(r"\d+/100000 ", text))
        seen.process.send_signal(signal.SIGINT)
        seen.finish()
        self.assertIn("what is written is safe whatever ends it, and --resume goes on from there", seen.screen.text().replace("\n", ""))
        ranks.wait_for(lambda: self.command("--status", "slow.h5").returncode == 5)
        with h5py.File(self.folder / "slow.h5") as file:
            before = file["run/progress"][:]
        again = self.command("--resume", "--set", 'runtime.time_limit="00:00:02"', self.config.name)
        self.assertEqual(again.returncode, 5, again.stderr)
        with h5py.File(self.folder / "slow.h5") as file:
            self.assertTrue((file["run/progress"][:] >= before).all())


if __name__ == "__main__":
    ranks.main()
