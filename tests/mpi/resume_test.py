"""--resume: whatever ended a run, the resumed one ends with the file of an undisturbed run, bit for bit."""

import hashlib
import os
import shutil
import signal
import subprocess
import time

import h5py
import numpy as np

import ranks

SETTINGS = {
    "coordinator": {"chains": 4, "warmup": {"iterations": 300, "settle": 40}, "sampler": {"draws": 3000},
                    "output": {"flush_seconds": 0.005, "save_warmup": True}},
    "independent": {"chains": 3, "warmup": {"iterations": 200, "mode": "independent"}, "sampler": {"draws": 3000},
                    "output": {"flush_seconds": 0.005}},
    "dense": {"chains": 3, "warmup": {"iterations": 200, "settle": 40}, "output": {"flush_seconds": 0.005},
              "sampler": {"draws": 3000, "metric": "dense"}},
}
# In the order of a run's life; where a run has no such phase, it is not killed and the file is complete.
INSTANTS = ["warmup iteration=0", "before_fsync iteration=0", "between_fsyncs iteration=0", "warmup iteration=150",
            "settling iteration=0", "settling iteration=30", "sampling iteration=0", "sampling iteration=700",
            "between_fsyncs iteration=5", "sampling iteration=2999", "closed iteration=0"]
SLOW = {"chains": 2, "warmup": {"iterations": 1000000000}, "sampler": {"draws": 1000}, "output": {"flush_seconds": 0.05}}


class RunTestCase(ranks.TestCase):
    def configure(self, mode, model="eight_schools"):
        config = ranks.write_config(self.folder, model, **SETTINGS[mode])
        return config, config.with_suffix(".h5")

    def undisturbed(self, config, *args):
        file = self.folder / "undisturbed.h5"
        result = ranks.run(self.folder, None, "--quiet", "--overwrite", *args, "--set", f"output.file={file}",
                           config.name)
        self.assert_codes(result, 0)
        return ranks.digest(file)

    def killed(self, config, number, *args, at):
        """A run whose every rank kills itself there: where one takes over, it gets there too."""
        plan = "; ".join(f"rank={rank} phase={at} signal=KILL" for rank in range(number or 1))
        return ranks.run(self.folder, number, "--quiet", *args, config.name, prefix=["env", f"EXMC_FAULT_PLAN={plan}"])

    def resumed(self, config, number, *args):
        result = ranks.run(self.folder, number, "--quiet", "--resume", *args, config.name)
        self.assert_codes(result, 0)
        return result


class Resuming(RunTestCase):
    def test_from_every_instant_of_a_run(self):
        for mode in SETTINGS:
            config, file = self.configure(mode)
            truth = self.undisturbed(config)
            for at in INSTANTS:
                with self.subTest(mode, at=at):
                    file.unlink(missing_ok=True)
                    self.killed(config, None, at=at)
                    self.assertTrue(file.exists())
                    self.resumed(config, None)
                    self.assertEqual(ranks.digest(file), truth)

    def test_several_times_on_other_numbers_of_ranks(self):
        for mode in SETTINGS:
            with self.subTest(mode):
                config, file = self.configure(mode)
                truth = self.undisturbed(config)
                file.unlink(missing_ok=True)
                self.killed(config, 3, at="warmup iteration=100")
                for number, at in ((None, "sampling iteration=500"), (2, "sampling iteration=1500"),
                                   (None, "before_fsync iteration=1")):
                    self.killed(config, number, "--resume", at=at)
                    self.assertEqual(ranks.run(self.folder, None, "--status", file.name).codes, {0: 5}, at)
                self.resumed(config, 5)
                self.assertEqual(ranks.digest(file), truth)

    def test_after_every_rank_was_killed(self):
        settings = {"chains": 3, "warmup": {"iterations": 200}, "sampler": {"draws": 300000},
                    "output": {"flush_seconds": 0.05}}
        config = ranks.write_config(self.folder, "simple", **settings)
        truth = self.undisturbed(config)
        run = ranks.Run(self.folder, 3, config.name)
        self.addCleanup(run.process.kill)
        processes = [run.pid(rank) for rank in range(3)]
        ranks.wait_for(lambda: min(progress(config.with_suffix(".h5")), default=0) > 0)
        for process in processes:
            os.kill(process, signal.SIGKILL)
        run.finish()
        result = self.resumed(config, 2)
        self.assertNotIn("starting from nothing", result.err)
        self.assertEqual(ranks.digest(config.with_suffix(".h5")), truth)

    def test_a_resume_goes_on_with_the_warmup(self):
        """What a resume begins with is what the last flush had, not the beginning."""
        config = ranks.write_config(self.folder, "simple", **SLOW)
        run = ranks.Run(self.folder, None, config.name)
        ranks.wait_for(lambda: flushes_of_the_warmup(config.with_suffix(".h5")) >= 3)
        os.kill(run.pid(0), signal.SIGKILL)
        run.finish()
        held = self.folder / "held"
        plan = f"EXMC_FAULT_PLAN=rank=0 phase=warmup iteration=0 wait={held}"
        run = ranks.Run(self.folder, None, "--resume", config.name, prefix=["env", plan])
        iteration = int(ranks.wait_for(lambda: ranks.read(held)).split()[3])
        os.kill(run.pid(0), signal.SIGKILL)
        run.finish()
        self.assertGreater(iteration, 100)

    def test_keys_that_are_absent_come_from_the_file(self):
        config, file = self.configure("independent")
        truth = self.undisturbed(config)
        self.killed(config, None, at="sampling iteration=300")
        bare = ranks.write_config(self.folder, "bare", model=str(ranks.CONFIGS / "models" / "eight_schools.json"))
        text = bare.read_text().replace('"seed": 1, ', "")
        bare.write_text(text)
        self.resumed(bare, 2, "--set", f"output.file={file}")
        self.assertEqual(ranks.digest(file), truth)

    def test_without_a_file_it_starts_from_nothing_and_says_so(self):
        config, file = self.configure("independent")
        truth = self.undisturbed(config)
        result = ranks.run(self.folder, None, "--resume", config.name)
        self.assert_codes(result, 0)
        self.assertIn("starting from nothing", result.err)
        self.assertEqual(ranks.digest(file), truth)

    def test_a_complete_file_is_left_as_it_is(self):
        config, file = self.configure("independent")
        self.assert_codes(ranks.run(self.folder, None, "--quiet", config.name), 0)
        before = ranks.digest(file)
        for number in (None, 3):
            result = ranks.run(self.folder, number, "--resume", config.name)
            self.assert_codes(result, 0)
            self.assertEqual(len(result.codes), number or 1)
            self.assertIn("complete: nothing to do", result.err)
        self.assertEqual(ranks.digest(file), before)


class Extending(RunTestCase):
    LONG = ["--set", "sampler.draws=7001"]

    def test_is_the_run_that_asked_for_all_at_once(self):
        for mode in SETTINGS:
            config, file = self.configure(mode)
            truth = self.undisturbed(config, *self.LONG)
            for at in ("warmup iteration=50", "sampling iteration=1000", "leaving iteration=99"):  # the last: not killed
                with self.subTest(mode, at=at):
                    file.unlink(missing_ok=True)
                    self.killed(config, None, at=at)
                    self.resumed(config, None, *self.LONG)
                    self.assertEqual(ranks.digest(file), truth)

    def test_survives_a_kill_at_any_instant(self):
        settings = {"chains": 2, "warmup": {"iterations": 100}, "sampler": {"draws": 10000}}
        config = ranks.write_config(self.folder, "logistic", **settings)  # takes some tenths of a second, long beside the kills
        file, part = config.with_suffix(".h5"), self.folder / ".logistic.h5.part"
        longer = ["--set", "sampler.draws=20000"]
        truth = self.undisturbed(config, *longer)
        self.assert_codes(ranks.run(self.folder, None, "--quiet", config.name), 0)
        shutil.copy(file, self.folder / "short.h5")
        short = ranks.digest(file)
        unfinished = 0
        for attempt in range(12):
            shutil.copy(self.folder / "short.h5", file)
            run = ranks.Run(self.folder, None, "--quiet", "--resume", *longer, config.name)
            ranks.wait_for(part.exists)
            time.sleep(0.01 * attempt)
            os.kill(run.pid(0), signal.SIGKILL)
            run.finish()
            if part.exists():
                unfinished += 1
                self.assertEqual(ranks.digest(file), short, "the old file has the name until the new one is complete")
            if attempt % 4 == 0:
                self.resumed(config, None, *longer)
                self.assertEqual(ranks.digest(file), truth)
                self.assertFalse(part.exists())
        self.assertGreater(unfinished, 0)


class Refusals(ranks.TestCase):
    def setUp(self):
        super().setUp()
        (self.folder / "model.json").write_text(
            '{"exmc_ir": 1, "name": "m", "data": {"y": [1, 2, 3]}, "nodes": {'
            '"mu": {"dist": "normal", "mu": 0, "sigma": 5}, '
            '"obs": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [3], "observed": "y"}}}')
        self.config = ranks.write_config(self.folder, "m", model="model.json", chains=2, warmup={"iterations": 100},
                                         sampler={"draws": 100})
        self.file = self.folder / "m.h5"
        self.assert_codes(ranks.run(self.folder, None, "--quiet", self.config.name), 0)

    def check(self, *parts, args=(), number=None, code=2):
        before = hashlib.sha256(self.file.read_bytes()).digest()
        result = ranks.run(self.folder, number, "--resume", *args, self.config.name)
        self.assert_codes(result, code)
        self.assertEqual(len(result.complaints()), 1, result.err)
        for part in parts:
            self.assertIn(part, result.complaints()[0])
        self.assertEqual(hashlib.sha256(self.file.read_bytes()).digest(), before, "the file is untouched")

    def test_another_key_by_its_old_and_new_value(self):
        for setting, was in (("seed=2", "made with 1;"), ("chains=3", "made with 2;"),
                             ("sampler.target_accept=0.95", '"auto"'), ("sampler.max_tree_depth=7", "10"),
                             ("sampler.metric=dense", '"auto"'), ("warmup.iterations=99", "100"),
                             ("warmup.settle=7", "100"), ("warmup.mode=independent", '"coordinator"')):
            with self.subTest(setting):
                key, value = setting.split("=")
                self.check(key, value, was, args=["--set", setting])
        self.check("seed is 2", "made with 1", args=["--set", "seed=2"], number=3)

    def test_another_model_by_its_path(self):
        model = self.folder / "model.json"
        model.write_text(model.read_text().replace('"sigma": 5', '"sigma": 6'))
        self.check("nodes.mu.sigma is the number 6", "the number 5")

    def test_other_data_by_its_element(self):
        self.check("data: obs[1] is 2.5", "made with 2;", args=["--set", 'data={"y": [1, 2.5, 3]}'])

    def test_fewer_draws(self):
        self.check("sampler.draws is 99", "made for 100", args=["--set", "sampler.draws=99"])

    def test_a_file_that_is_none(self):
        for content, reason in ((b"junk", "cannot read it as HDF5"), (self.file.read_bytes()[:9000], "truncated")):
            self.file.write_bytes(content)
            self.check("m.h5", reason, code=3)

    def test_a_file_that_is_damaged_inside(self):
        whole = self.file.read_bytes()
        for dataset, content in (("model/seed", "many"), ("model/ir", "no JSON"), ("model/sampling", "[]")):
            with self.subTest(dataset):
                self.file.write_bytes(whole)
                with h5py.File(self.file, "r+") as opened:
                    del opened[dataset]
                    opened[dataset] = content
                self.check("m.h5", "damaged", code=3)

    def test_a_file_of_another_format(self):
        with h5py.File(self.file, "r+") as opened:
            opened.attrs["exmc_format"] = np.int64(1)
        self.check("m.h5", "has format 1", code=3)
        for command in ("--status", "--summary"):
            self.assertEqual(ranks.run(self.folder, None, command, self.file.name).codes, {0: 3})

    def test_a_file_that_another_version_began(self):
        """Rows of other datasets would be read wrongly. What is there can be read all the same."""
        whole = self.file.read_bytes()
        for change, reason in ((lambda opened: opened.pop("sample_stats/node"), "has no /sample_stats/node, which"),
                               (lambda opened: opened.pop("posterior/mu"), "has no /posterior/mu, which"),
                               (lambda opened: opened.copy("posterior/mu", "posterior/nu"), "has /posterior/nu, which")):
            with self.subTest(reason):
                self.file.write_bytes(whole)
                with h5py.File(self.file, "r+") as opened:
                    change(opened)
                self.check("m.h5", reason, "another version", args=["--set", "sampler.draws=200"])
                self.check("m.h5", reason, "another version", number=2)
        self.file.write_bytes(whole)
        with h5py.File(self.file, "r+") as opened:
            del opened["sample_stats/node"]
        for args in (["--summary", self.file.name], ["--trim", self.file.name, "trimmed.h5"]):
            self.assertEqual(ranks.run(self.folder, None, *args).codes, {0: 0})

    def test_a_file_that_another_job_writes(self):
        config = ranks.write_config(self.folder, "slow", model="model.json", **SLOW)
        run = ranks.Run(self.folder, None, config.name)
        self.addCleanup(run.process.kill)
        ranks.wait_for((self.folder / "slow.h5").exists)
        for number in (None, 2):
            result = ranks.run(self.folder, number, "--resume", config.name)
            self.assert_codes(result, 3)
            self.assertEqual(len(result.complaints()), 1)
            self.assertIn(f"being written by process {run.pid(0)} on host {os.uname().nodename}", result.complaints()[0])
        status = ranks.run(self.folder, None, "--status", "slow.h5")
        self.assertEqual(status.codes, {0: 6})
        self.assertIn(f"process {run.pid(0)} on host", status.out)
        trim = ranks.run(self.folder, None, "--trim", "slow.h5", "out.h5")
        self.assertEqual(trim.codes, {0: 3})
        self.assertIn("is being written by", trim.err)
        os.kill(run.pid(0), signal.SIGKILL)
        run.finish()
        self.assertEqual(ranks.run(self.folder, None, "--status", "slow.h5").codes, {0: 5}, "the lock went with it")

    def test_a_changed_build_is_warned_of(self):
        with h5py.File(self.file, "r+") as opened:
            del opened["run/build"]
            opened["run/build"] = "another"
        result = ranks.run(self.folder, None, "--resume", self.config.name)
        self.assert_codes(result, 0)
        self.assertIn("another build", result.err)


def progress(file):
    """Draws of each chain that are on disk; nothing while there is no file."""
    try:
        with h5py.File(file, locking=False) as opened:
            return list(opened["run/progress"][:])
    except (OSError, KeyError):
        return []


def flushes_of_the_warmup(file):
    """How often the state of chain 0's warm-up was written."""
    try:
        with h5py.File(file, locking=False) as opened:
            headers = opened["run/warmups"][0, :, :16].copy()
        return int(headers.view(np.uint64)[:, 1].max())
    except (OSError, KeyError):
        return 0


if __name__ == "__main__":
    ranks.main()
