"""jobs/until-complete.sh is asked to stop at awkward moments: what it starts is asked as well."""

import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import ranks  # noqa: E402

SCRIPT = ranks.ROOT / "jobs" / "until-complete.sh"
MODEL = "eight_schools"
SETTINGS = {"chains": 5, "warmup": {"iterations": 300, "settle": 40}, "sampler": {"draws": 2000}}


class Usage(ranks.TestCase):
    def test_wants_a_file_and_a_command(self):
        for arguments, code in (([], 2), (["a.h5"], 2), (["--help"], 0), (["--tries", "3"], 2)):
            with self.subTest(arguments=arguments):
                result = subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, timeout=ranks.HANG_LIMIT)
                said = result.stdout if code == 0 else result.stderr
                self.assertEqual(result.returncode, code, said)
                self.assertIn("until-complete.sh FILE COMMAND...", said)
                self.assertTrue(code == 0 or len(said.splitlines()) == 1, said)


class UntilComplete(ranks.TestCase):
    def setUp(self):
        super().setUp()
        self.prepare(MODEL, SETTINGS)

    def begin(self, plan="", prefix=()):
        path = os.pathsep.join([str(pathlib.Path(ranks.programs.exmc).parent), os.environ["PATH"]])
        environment = {"PATH": path, **({"EXMC_FAULT_PLAN": plan} if plan else {})}
        run = ranks.Run(self.folder, 5, "--resume", self.config.name, wrapped=False, prefix=[SCRIPT, self.file, *prefix],
                        environment=environment)
        self.addCleanup(run.process.kill)
        return run

    def check_stops(self, run):
        run.process.send_signal(signal.SIGUSR1)
        result = run.finish()
        self.assertEqual(run.process.returncode, 5, result.err)
        self.assertEqual(result.err.count("until-complete: SIGUSR1"), 1, result.err)
        self.assertNotIn("try 2", result.err)
        again = self.begin()
        again.finish()
        self.assertEqual(again.process.returncode, 0, again.err())
        self.assertEqual(ranks.digest(self.file), self.undisturbed)

    def test_while_a_rank_is_held(self):
        held = self.folder / "held"
        run = self.begin(f"rank=2 phase=sampling iteration=1000 wait={held}")
        run.wait_for(held.exists)
        self.check_stops(run)

    def test_while_nobody_listens_yet(self):
        """As a launcher that is not that far; the run would come to a point where a rank is held for ever."""
        deaf = self.folder / "deaf"
        listens_late = self.folder / "listens_late.sh"
        listens_late.write_text(f"#!/bin/bash\ntrap '' USR1\ntouch {deaf}\nsleep 1\ntrap - USR1\nexec \"$@\"\n")
        listens_late.chmod(0o755)
        run = self.begin(f"rank=2 phase=sampling iteration=1000 wait={self.folder}/held", [listens_late])
        run.wait_for(deaf.exists)
        self.check_stops(run)


if __name__ == "__main__":
    ranks.main()
