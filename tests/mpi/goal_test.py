"""stop.ess and stop.rhat: a run ends with the same draws from any number of ranks, whatever dies, stopped and resumed, and
they are those with which ArviZ finds the goal first."""

import os
import signal

import arviz
import h5py
import numpy as np

import ranks

MODEL = "eight_schools"
GOAL = {"ess": 1500, "rhat": 1.01}
SETTINGS = {"chains": 5, "warmup": {"iterations": 300, "settle": 40}, "sampler": {"draws": 20000}, "stop": GOAL,
            "output": {"flush_seconds": 0.005, "save_warmup": True, "log_likelihood": True, "predictive": True}}
# Draws of each chain at which is looked.
LOOKS = [*range(100, 1100, 100), *range(1100, 2100, 200), *range(2100, 3300, 300)]


def attained(file, draws):
    """The least bulk or tail ESS and the largest R-hat of the first draws, by ArviZ."""
    posterior = arviz.from_netcdf(file).posterior.isel(draw=slice(0, draws))
    ess = [float(arviz.ess(posterior, method=method)[name].min()) for method in ("bulk", "tail") for name in posterior]
    return min(ess), max(float(arviz.rhat(posterior)[name].max()) for name in posterior)


def reached(file, draws):
    ess, rhat = attained(file, draws)
    return ess >= GOAL["ess"] and rhat <= GOAL["rhat"]


class Goal(ranks.TestCase):
    def setUp(self):
        super().setUp()
        self.prepare(MODEL, SETTINGS)

    def check(self, result):
        self.assertEqual(result.complaints(), [], result.err)
        self.assertEqual(ranks.digest(self.file), self.undisturbed)
        status = ranks.run(self.folder, None, "--status", self.file.name)
        self.assert_codes(status, 0)
        self.assertIn("the goal was reached: ESS", status.out)

    def killed(self, number, *faults):
        self.file.unlink(missing_ok=True)
        plan = "; ".join(f"rank={rank} phase={phase} signal=KILL" for rank, phase in faults)
        return ranks.run(self.folder, number, self.config.name, wrapped=False, environment={"EXMC_FAULT_PLAN": plan})

    def test_the_same_draws_from_any_number_of_ranks(self):
        for number in (1, 2, 5):
            with self.subTest(number):
                self.file.unlink(missing_ok=True)
                self.check(ranks.run(self.folder, number, self.config.name))

    def test_they_are_the_first_with_which_arviz_finds_the_goal(self):
        result = ranks.run(self.folder, None, self.config.name)
        self.check(result)
        with h5py.File(self.file) as file:
            draws = file["posterior/mu"].shape[1]
            self.assertIn(b"enough", list(file["run/events/kind"]))
            np.testing.assert_array_equal(file["run/progress"][:], draws)
        self.assertIn(draws, LOOKS)
        self.assertTrue(reached(self.file, draws))
        self.assertFalse(reached(self.file, LOOKS[LOOKS.index(draws) - 1]))
        ess, _ = attained(self.file, draws)
        self.assertRegex(result.err + result.out, rf"{draws} draws of each chain are enough: ESS {int(ess)} \(of 1500\)")
        self.assertIn("the goal was reached: ESS", result.out)

    def test_whichever_rank_dies(self):
        for faults in ([(2, "sampling iteration=150")], [(0, "sampling iteration=400")], [(0, "after_fsync iteration=6")],
                       [(0, "before_fsync iteration=9"), (1, "takeover iteration=1")]):
            with self.subTest(faults=faults):
                self.check(self.killed(5, *faults))

    def test_where_the_writer_dies_at_the_copy_that_is_cut(self):
        for phase in ("laid_out iteration=1", "named iteration=1", "closed iteration=0"):
            with self.subTest(phase):
                self.check(self.killed(5, (0, phase)))

    def test_after_a_resume(self):
        for phase in ("sampling iteration=50", "sampling iteration=450", "laid_out iteration=1"):
            with self.subTest(phase):
                self.killed(None, (0, phase))
                status = ranks.run(self.folder, None, "--status", self.file.name)
                self.assertEqual(status.codes, {0: 5}, status.out)
                self.check(ranks.run(self.folder, 2, "--resume", self.config.name))

    def test_after_it_was_asked_to_stop(self):
        held = self.folder / "held"
        run = ranks.Run(self.folder, 5, self.config.name, wrapped=False,
                        environment={"EXMC_FAULT_PLAN": f"rank=3 phase=sampling iteration=250 wait={held}"})
        self.addCleanup(run.process.kill)
        run.wait_for(held.exists)
        run.process.send_signal(signal.SIGTERM)
        held.unlink(missing_ok=True)
        run.finish()
        self.check(ranks.run(self.folder, 5, "--resume", self.config.name))

    def test_a_resume_has_nothing_to_do_and_a_trimmed_file_is_the_same(self):
        ranks.run(self.folder, None, "--quiet", self.config.name)
        before = os.stat(self.file).st_ino
        again = ranks.run(self.folder, None, "--resume", self.config.name)
        self.check(again)
        self.assertIn("for the goal was reached", again.out + again.err)
        self.assertEqual(os.stat(self.file).st_ino, before)
        more = ranks.run(self.folder, None, "--resume", "--set", "sampler.draws=30000", self.config.name)
        self.check(more)
        other = ranks.run(self.folder, None, "--resume", "--set", "stop.ess=1600", self.config.name)
        self.assertEqual(other.codes, {0: 2})
        self.assert_codes(ranks.run(self.folder, None, "--trim", self.file.name, "trimmed.h5"), 0)
        self.assertEqual(ranks.digest(self.folder / "trimmed.h5"), self.undisturbed)

    def test_its_warm_up_serves_a_later_run(self):
        self.assert_codes(ranks.run(self.folder, None, "--quiet", self.config.name), 0)
        later = ranks.write_config(self.folder, "later", model=str(ranks.CONFIGS / "models" / f"{MODEL}.json"),
                                   chains=5, warmup={"from": self.file.name}, sampler={"draws": 100})
        self.assert_codes(ranks.run(self.folder, None, "--quiet", later.name), 0)


class Limit(ranks.TestCase):
    def test_the_limit_without_the_goal_is_a_warning(self):
        settings = {**SETTINGS, "stop": {"ess": 100000}, "sampler": {"draws": 400}}
        config = ranks.write_config(self.folder, MODEL, **settings)
        result = ranks.run(self.folder, None, config.name)
        self.assert_codes(result, 0)
        self.assertRegex(result.out, r"warning: The goal was not reached with all 400 draws of each chain: ESS \d+ \(of 100000\)")
        self.assert_codes(ranks.run(self.folder, None, "--status", f"{MODEL}.h5"), 0)
        without = ranks.write_config(self.folder, "without", **{k: v for k, v in settings.items() if k != "stop"},
                                     model=str(ranks.CONFIGS / "models" / f"{MODEL}.json"))
        self.assert_codes(ranks.run(self.folder, None, "--quiet", without.name), 0)
        one, two = (ranks.digest(self.folder / f"{name}.h5") for name in (MODEL, "without"))
        one.pop("model/sampling"), two.pop("model/sampling")
        self.assertEqual(one, two)

    def test_more_draws_reach_the_goal_where_they_would_have_at_once(self):
        self.prepare(MODEL, SETTINGS)
        short = ranks.run(self.folder, None, "--quiet", "--set", "sampler.draws=400", self.config.name)
        self.assert_codes(short, 0)
        self.assert_codes(ranks.run(self.folder, None, "--quiet", "--resume", self.config.name), 0)
        self.assertEqual(ranks.digest(self.file), self.undisturbed)


if __name__ == "__main__":
    ranks.main()
