"""What a person sees while something goes on: the live table and its like, in a terminal of their own (a pty, tmux), under
the launcher too."""

import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402
from screen import Screen  # noqa: E402

# Some milliseconds a gradient: a run that nobody waits for.
SLOW = {"exmc_ir": 1, "nodes": {"mu": {"dist": "normal", "mu": 0, "sigma": 1},
                                "y": {"dist": "student_t", "nu": 3, "mu": "mu", "sigma": 1, "shape": [210000],
                                      "observed": "repeat([-1, 0, 2], 70000)"}}}
HEADER = re.compile(r"^chain .*left$", re.MULTILINE)


class OnATerminal:
    """A command whose terminal is a pty; `piped`: but for its standard output."""

    def __init__(self, folder, command, columns=80, rows=24, piped=False):
        primary, secondary = pty.openpty()
        self.primary = primary
        self.screen = Screen(columns, rows)
        self.resize(columns, rows)
        environment = ranks.launcher_environment(folder, TERM="xterm")
        self.process = subprocess.Popen([str(word) for word in command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE if piped else secondary, stderr=secondary)
        os.close(secondary)

    def resize(self, columns, rows):
        fcntl.ioctl(self.primary, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def look(self, seconds=0.05):
        """Reads what has come. @return whether there may be more"""
        if not select.select([self.primary], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.primary, 65536)
        except OSError:  # the other side is closed
            return False
        self.screen.feed(piece.decode(errors="replace"))
        return bool(piece)

    def wait_until(self, question):
        """What `question` finds in the screen's text, as soon as it does."""
        deadline = time.monotonic() + ranks.HANG_LIMIT
        while time.monotonic() < deadline:
            more = self.look()
            if found := question(self.screen.text()):
                return found
            if not more:
                break
        raise AssertionError("waited in vain; the screen shows\n" + self.screen.text())

    def finish(self):
        while self.look(1) or self.process.poll() is None:
            pass
        code = self.process.wait(ranks.HANG_LIMIT)
        os.close(self.primary)
        return code


class Live(ranks.TestCase):
    def setUp(self):
        super().setUp()
        self.config = ranks.write_config(self.folder, "slow", model=SLOW, chains=3, sampler={"draws": 10**5},
                                         warmup={"iterations": 20, "settle": 5})

    @staticmethod
    def command(*args, number=0):
        launcher = [ranks.programs.mpiexec, "-n", number] if number else []
        return [*launcher, ranks.programs.exmc, *args]

    def start(self, *args, number=0, **terminal):
        started = OnATerminal(self.folder, self.command(*args, number=number), **terminal)
        self.addCleanup(started.process.wait)
        self.addCleanup(started.process.kill)
        return started

    @staticmethod
    def sampling(text):
        return re.search(r"^ +0 .* \d+/100000 [^\n]*\d (s|min|h)$.*[23] sampling$", text, re.MULTILINE | re.DOTALL)

    @staticmethod
    def whole(text):
        """A table down to its last line, which says what chains do."""
        header = HEADER.search(text)
        return header and re.search(r"^ +all .*\n.*\d (sampling|settling|warmup|waiting|complete)", text[header.start():], re.MULTILINE)

    def assert_one_table(self, text, columns):
        self.assertEqual(len(HEADER.findall(text)), 1, text)
        table = text[HEADER.search(text).start():].splitlines()
        self.assertEqual([line.split()[0] for line in table[:5]], ["chain", "0", "1", "2", "all"], text)
        self.assertTrue(all(len(line) <= columns for line in table), text)
        self.assertEqual(len({len(line) for line in table[:5]}), 1, "all rows end in the same column\n" + text)
        return table

    def test_a_table_stays_in_its_place(self):
        for number, columns in ((0, 100), (0, 60), (3, 80), (3, 60)):
            with self.subTest(ranks=number, columns=columns):
                seen = self.start("--overwrite", self.config.name, number=number, columns=columns)
                seen.wait_until(self.sampling)
                first = self.assert_one_table(seen.screen.text(), columns)
                seen.wait_until(lambda text: self.sampling(text) and not text.endswith("\n".join(first)))
                table = self.assert_one_table(seen.screen.text(), columns)
                self.assertIn("[", table[1])
                if columns >= 80:
                    self.assertEqual(table[0].split(), ["chain", "rank", "draws", "div", "step", "grads", "draws/s", "left"])
                    self.assertRegex(table[1], r"^ +0 +\d +\[[= ]+\] +\d+/100000 +\d+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ (s|min|h)$")
                seen.process.send_signal(signal.SIGUSR1)
                code = seen.finish()
                if not number:
                    self.assertEqual(code, 5)
                self.assertIn("and --resume goes on from there", seen.screen.text().replace("\n", ""))

    def test_goes_on_after_a_resume(self):
        seen = self.start(self.config.name, columns=100)
        seen.wait_until(self.sampling)
        seen.process.send_signal(signal.SIGTERM)
        self.assertEqual(seen.finish(), 5)
        with h5py.File(self.folder / "slow.h5") as file:
            draws = file["run/progress"][:]
        again = self.start("--resume", self.config.name, columns=100)
        again.wait_until(self.whole)
        table = self.assert_one_table(again.screen.text(), 100)
        for chain, row in enumerate(table[1:4]):
            words = row.split("]")[1].split() if "]" in row else row.split()[2:]
            if "/" in words[0]:
                self.assertGreaterEqual(int(words[0].split("/")[0]), draws[chain])
        step = float(table[4].split("]")[1].split()[2])
        with h5py.File(self.folder / "slow.h5", swmr=True) as file:
            self.assertAlmostEqual(step, file["sample_stats/step_size"][0, 0], delta=0.01 * step, msg="waiting chains count as none")
        again.process.send_signal(signal.SIGTERM)
        again.finish()

    def test_deaths_stand_above_it(self):
        seen = self.start("--overwrite", self.config.name, number=3, columns=100)
        seen.wait_until(self.sampling)
        with h5py.File(self.folder / "slow.h5", swmr=True) as file:
            writer = int(file["run/writer_pid"][()])
        children = subprocess.run(["pgrep", "-P", str(seen.process.pid), "exmc_mpi"], capture_output=True, text=True).stdout.split()
        os.kill(next(int(pid) for pid in children if int(pid) != writer), signal.SIGKILL)
        seen.wait_until(lambda text: re.search(r"goes on elsewhere.*^chain .*left$.*^ +all ", text, re.MULTILINE | re.DOTALL))
        text = seen.screen.text()
        self.assert_one_table(text, 100)
        self.assertLess(text.index(" died"), text.index("chain  rank"))
        seen.process.send_signal(signal.SIGUSR1)
        seen.finish()

    def test_follows_the_terminals_width(self):
        seen = self.start("--overwrite", self.config.name, columns=60)
        seen.wait_until(self.sampling)
        seen.resize(100, 24)
        seen.screen.columns = 100
        seen.wait_until(lambda text: re.search(r"^chain .{70,}left$", text, re.MULTILINE))
        self.assert_one_table(seen.screen.text(), 100)
        seen.process.send_signal(signal.SIGTERM)
        seen.finish()

    def test_is_shown_where_only_standard_error_is_a_terminal(self):
        for number in (0, 2):
            seen = self.start("--overwrite", self.config.name, number=number, columns=80, piped=True)
            seen.wait_until(self.sampling)
            self.assert_one_table(seen.screen.text(), 80)
            seen.process.send_signal(signal.SIGUSR1)
            seen.finish()
            self.assertEqual(seen.process.stdout.read(), b"")
            seen.process.stdout.close()

    def test_is_seen_in_tmux(self):
        if not shutil.which("tmux"):
            self.skipTest("needs tmux (jobs/setup.sh --tests)")
        for number in (0, 2):
            with self.subTest(ranks=number):
                tmux = ["tmux", "-f", "/dev/null", "-S", str(self.folder / f"tmux{number}")]
                command = " ".join(map(str, self.command("--set", f"output.file=on{number}.h5", self.config.name, number=number)))
                subprocess.run([*tmux, "new-session", "-d", "-x", "70", "-y", "20", "-c", self.folder,
                                f"{command}; sleep {ranks.HANG_LIMIT}"], check=True, env=ranks.launcher_environment(self.folder))
                try:
                    def pane():
                        return subprocess.run([*tmux, "capture-pane", "-p"], check=True, capture_output=True, text=True).stdout
                    ranks.wait_for(lambda: self.sampling(pane()))
                    before = pane()
                    ranks.wait_for(lambda: pane() != before)
                    self.assert_one_table(pane().rstrip("\n"), 70)
                finally:
                    subprocess.run([*tmux, "kill-server"], check=True)

    def test_a_log_has_lines_that_thin_out(self):
        run = ranks.Run(self.folder, None, "--overwrite", self.config.name, wrapped=False)
        run.wait_for(lambda: run.err().count(" left | ") >= 2)
        run.process.terminate()
        err = run.finish().err
        self.assertNotIn("\x1b", err)
        self.assertRegex(err, r"2 sampling \| \d+/\d+ \| [\d.]+ (s|min|h) left \| \d+ divergent \| step [\d.]+ \| \d+ draws written")


class Activities(ranks.TestCase):
    """What takes seconds before and after sampling has a sentence, and ends by a signal."""

    def read_long(self):
        """A config whose data take seconds to read."""
        rows = 20_000_000
        (self.folder / "y.csv").write_text("y\n" + "0.12345678\n" * rows)
        model = {"exmc_ir": 1, "nodes": {"mu": {"dist": "normal", "mu": 0, "sigma": 1},
                                         "y": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [rows], "observed": "y_"}}}
        return ranks.write_config(self.folder, "long", model=model, chains=2,
                                  data={"y_": {"file": "y.csv", "column": "y"}})

    def test_reading_is_told_and_ends_by_a_signal(self):
        config = self.read_long()
        for number in (0, 2):
            launcher = [ranks.programs.mpiexec, "-n", number] if number else []
            seen = OnATerminal(self.folder, [*launcher, ranks.programs.exmc, config.name])
            seen.wait_until(lambda text: re.search(r"^reading the model and its data \[=* *\] +\d+ %$", text, re.MULTILINE))
            seen.process.send_signal(signal.SIGUSR1)
            code = seen.finish()
            self.assertIn("stopped by SIGUSR1 while reading the model and its data", seen.screen.text())
            self.assertNotIn("%", seen.screen.text(), "the bar went away")
            self.assertFalse((self.folder / "long.h5").exists())
            if not number:
                self.assertEqual(code, 5)

    def test_making_a_large_file_is_told_and_ends_by_a_signal(self):
        model = {"exmc_ir": 1, "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [1000]}}}
        config = ranks.write_config(self.folder, "wide", model=model, chains=4, sampler={"draws": 10**5})
        run = ranks.Run(self.folder, None, config.name, wrapped=False)
        self.addCleanup(run.process.wait)
        self.addCleanup(run.process.kill)
        run.wait_for(lambda: "making wide.h5" in run.err())
        run.process.terminate()
        result = run.finish()
        self.assertEqual(run.process.returncode, 5)
        self.assertIn("exmc_mpi: stopped by SIGTERM while making wide.h5", result.err)
        self.assertEqual([path.name for path in self.folder.iterdir() if "wide.h5" in path.name], [])


if __name__ == "__main__":
    ranks.main()
