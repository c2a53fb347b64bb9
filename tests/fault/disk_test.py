"""The disk fails: one line, exit code 3, what was written stays, and --resume finishes the run once the disk is well.

Real file systems are mounted where that is allowed. Failures half-way are made by strace, which lets system calls of the
real program fail with the kernel's own error numbers.
"""

import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

# The disks below have room for the draws alone.
SETTINGS = {"chains": 2, "warmup": {"iterations": 200}, "sampler": {"draws": 20000},
            "output": {"flush_seconds": 0.02, "predictive": False, "log_likelihood": False}}
LONG = {**SETTINGS, "sampler": {"draws": 2000000}}


class DiskTestCase(ranks.TestCase):
    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self.file = self.disk / "simple.h5"

    def mount(self, options, *more):
        """The folder `disk` as a file system of its own; skips the test where that is not allowed."""
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.disk]
        done = subprocess.run(more or command, capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"nothing can be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)

    def remount(self, options):
        subprocess.run(["mount", "-o", f"remount,{options}", self.disk], check=True)

    def configure(self, **settings):
        keys = {**SETTINGS, **settings}
        return ranks.write_config(self.folder, "simple", **{**keys, "output": {**keys["output"], "file": str(self.file)}})

    def truth(self, config, *args):
        file = self.folder / "undisturbed.h5"
        result = ranks.run(self.folder, None, "--quiet", *args, "--set", f"output.file={file}", config.name)
        self.assert_codes(result, 0)
        return ranks.digest(file)

    def check_failed(self, result, *parts):
        self.assert_codes(result, 3)
        self.assertEqual(len(result.complaints()), 1, result.err)
        for part in parts:
            self.assertIn(part, result.complaints()[0])

    def resumed(self, config, number, *args):
        self.assert_codes(ranks.run(self.folder, number, "--quiet", "--resume", *args, config.name), 0)
        return ranks.digest(self.file)


class SmallDisk(DiskTestCase):
    def test_too_small_for_the_run(self):
        self.mount("size=1m")
        config = self.configure()
        for number in (None, 2):
            self.check_failed(ranks.run(self.folder, number, "--quiet", config.name), "simple.h5", "free there")
        self.assertEqual(list(self.disk.iterdir()), [])
        self.remount("size=64m")
        self.assertEqual(self.resumed(config, 2), self.truth(config))

    def test_full_but_for_a_little(self):
        """Others' files may take the room between asking for it and reserving it."""
        self.mount("size=8m")
        config = self.configure()
        subprocess.run(["dd", "if=/dev/zero", f"of={self.disk / 'others'}", "bs=1M"], capture_output=True)
        self.check_failed(ranks.run(self.folder, None, "--quiet", config.name), "simple.h5")
        self.assertEqual([path.name for path in self.disk.iterdir()], ["others"])
        (self.disk / "others").unlink()
        self.assertEqual(self.resumed(config, None), self.truth(config))

    def test_too_small_for_a_longer_file(self):
        self.mount("size=10m")
        config = self.configure()
        self.assert_codes(ranks.run(self.folder, None, "--quiet", config.name), 0)
        before = ranks.digest(self.file)
        longer = ["--set", "sampler.draws=40000"]
        self.check_failed(ranks.run(self.folder, None, "--quiet", "--resume", *longer, config.name), "simple.h5")
        self.assertEqual(ranks.digest(self.file), before)
        self.assertEqual([path.name for path in self.disk.iterdir()], ["simple.h5"])
        self.remount("size=64m")
        self.assertEqual(self.resumed(config, None, *longer), self.truth(config, *longer))

    def test_that_cannot_be_written(self):
        self.mount("size=64m,ro")
        config = self.configure()
        self.check_failed(ranks.run(self.folder, None, "--quiet", config.name), "simple.h5", "Read-only file system")
        self.remount("rw")
        self.assert_codes(ranks.run(self.folder, None, "--quiet", config.name), 0)
        self.remount("ro")
        longer = ["--set", "sampler.draws=20001"]
        self.check_failed(ranks.run(self.folder, None, "--quiet", "--resume", *longer, config.name),
                          "Read-only file system")
        self.assertEqual(ranks.run(self.folder, None, "--status", self.file).codes, {0: 0})

    def test_whose_device_fails_half_way(self):
        """A file system on a device that has less room than it says: real errors of input and output."""
        backing = self.folder / "backing"
        backing.mkdir()
        disk, self.disk = self.disk, backing
        self.mount("size=6m")
        image = backing / "image"
        with open(image, "wb") as sparse:
            sparse.truncate(64 << 20)
        if not shutil.which("mkfs.ext4"):
            self.skipTest("needs mkfs.ext4")
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=1", image], check=True)
        self.disk = disk
        self.mount("", "mount", "-o", "loop,errors=continue", image, disk)
        config = self.configure(sampler={"draws": 60000})
        result = ranks.run(self.folder, None, "--quiet", config.name)
        self.check_failed(result, "simple.h5")


class FailingCalls(DiskTestCase):
    FAILURES = (("pwrite64", "ENOSPC", "No space left on device"), ("pwrite64", "EDQUOT", "Disk quota exceeded"),
                ("pwrite64", "EIO", "Input/output error"), ("fdatasync", "EIO", "Input/output error"),
                ("fdatasync", "ENOSPC", "No space left on device"))

    def failing(self, config, call, error, when):
        """A run whose calls fail from that one on."""
        prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                  "-e", f"inject={call}:error={error}:when={when}+"]
        return ranks.run(self.folder, None, "--quiet", config.name, prefix=prefix)

    def test_half_way(self):
        if not shutil.which("strace"):
            self.skipTest("needs strace")
        config = self.configure(output={**SETTINGS["output"], "flush_seconds": 0})
        truth = self.truth(config)
        for call, error, reason in self.FAILURES:
            # The first calls make the file. Of the syncs, two do that, and two more follow the warm-up.
            with self.subTest(call, error=error):
                self.file.unlink(missing_ok=True)
                self.check_failed(self.failing(config, call, error, 300 if call == "pwrite64" else 5), "simple.h5", reason,
                                  "--resume goes on from there")
                self.assertEqual(ranks.run(self.folder, None, "--status", self.file).codes, {0: 5})
                self.assertEqual(self.resumed(config, None), truth)

    def test_while_the_file_is_made(self):
        if not shutil.which("strace"):
            self.skipTest("needs strace")
        config = self.configure()
        for call, error, reason in self.FAILURES:
            with self.subTest(call, error=error):
                self.check_failed(self.failing(config, call, error, 1), "simple.h5", reason)
                self.assertEqual(list(self.disk.iterdir()), [], "nothing is left behind")


class OtherEnds(DiskTestCase):
    def test_a_limit_on_the_size_of_files(self):
        config = self.configure()
        result = ranks.run(self.folder, None, "--quiet", config.name, prefix=["prlimit", "--fsize=100000"])
        self.check_failed(result, "simple.h5", "File too large")
        self.assertEqual(list(self.disk.iterdir()), [])

    def test_the_folder_vanishes(self):
        config = self.configure(**LONG)
        run = ranks.Run(self.folder, None, "--quiet", config.name)
        self.addCleanup(run.process.kill)
        ranks.wait_for(self.file.exists)
        shutil.rmtree(self.disk)
        self.check_failed(run.finish(), "simple.h5", "moved or removed")

    def test_a_file_that_was_moved_goes_on_under_its_new_name(self):
        config = self.configure(**{**LONG, "sampler": {"draws": 300000}})
        run = ranks.Run(self.folder, None, "--quiet", config.name)
        self.addCleanup(run.process.kill)
        ranks.wait_for(self.file.exists)
        self.file.rename(self.disk / "moved.h5")
        self.check_failed(run.finish(), "moved or removed")
        self.file = self.disk / "moved.h5"
        self.assertEqual(self.resumed(config, None, "--set", f"output.file={self.file}"), self.truth(config))

    def test_no_such_folder(self):
        config = self.configure()
        self.disk.rmdir()
        for number in (None, 2):
            self.check_failed(ranks.run(self.folder, number, "--quiet", config.name), "simple.h5",
                              "No such file or directory")


if __name__ == "__main__":
    ranks.main()
