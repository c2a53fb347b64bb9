"""--predict: groups that are made of a finished file's draws afterwards, the same bits as if the run had made them."""

import json
import os
import random
import signal
import time

import arviz
import h5py
import numpy

import ranks

MODEL = {
    "exmc_ir": 1, "name": "counts", "data": {"y": [[1, 4], [2, 3], [7, 5], [2, 4]], "z": [0.5, 1.5, 2.5], "w": [1, 2]},
    "dims": {"z": ["half"]}, "coords": {"region": ["north", "east", "south", "west"], "half": [0.5, 1, 1.5]},
    "nodes": {
        "mu": {"dist": "normal", "mu": 1, "sigma": 1},
        "tau": {"dist": "half_normal", "sigma": 1},
        "effect": {"dist": "normal", "mu": 0, "sigma": "tau", "shape": [4], "dims": ["region"]},
        "share": {"dist": "dirichlet", "a": [1, 2, 3]},
        "unused": {"dist": "normal", "mu": "mu", "sigma": 1},
        "rate": {"expr": "exp(mu + effect)", "dims": ["region"]},
        "new": {"generated": {"dist": "gamma", "alpha": "rate", "beta": 1}},
        "vector": {"dist": "mv_normal", "mu": "mu * share", "cov": [[1, 0.2, 0], [0.2, 1, 0], [0, 0, 1]], "observed": "z"},
        "squares": {"dist": "half_normal", "sigma": "tau", "shape": [2], "observed": "w**2"},
        "obs": {"dist": "poisson", "mu": "rate[:, None]", "shape": [4, 2], "observed": "y"}}}
# Whatever a model may be made of: recurrences, values that are missing, densities of expressions, labels.
ALL_KINDS = {
    "exmc_ir": 1, "name": "kinds", "data": {"y": [0.5, 1.5, -0.5, 0.2], "gap": [0.1, None, 0.4, None]},
    "dims": {"y": ["day"], "gap": ["day"]}, "nodes": {
        "level": {"dist": "normal", "mu": 0, "sigma": 1, "label": "Höhe, [m]"},
        "walk": {"scan": {"carry": {"s": 0, "e": 0}, "over": {"x": "y"}, "step": {"s": "0.5 * s + level", "e": "x - s"},
                          "output": ["s", "e"]}},
        "x": {"dist": "normal", "mu": "level", "sigma": 1, "observed": "gap", "missing": "impute", "label": "x|gap"},
        "rest": {"dist": "normal", "mu": "level", "sigma": 2, "observed": [None, 1, 2, 0], "missing": "drop"},
        "tied": {"dist": "normal", "mu": 0, "sigma": 0.5, "value": "level + x[1]"},
        "obs": {"dist": "normal", "mu": "walk.s + x", "sigma": "exp(walk.e / 9)", "observed": "y", "label": "y:1"},
        "term": {"dist": "normal", "mu": "level", "sigma": 2, "value": "y**2"}}}
GROUPS = ("log_likelihood", "posterior_predictive")
MADE = {"log_likelihood": True, "predictive": True}
NONE = {"log_likelihood": False, "predictive": False}
BIG = {"exmc_ir": 1, "name": "big", "data": {"y": [0.1 * i for i in range(2000)]}, "nodes": {
    "mu": {"dist": "normal", "mu": 0, "sigma": 100},
    "obs": {"dist": "student_t", "nu": 4, "mu": "mu", "sigma": 60, "shape": [2000], "observed": "y"}}}


class Predicted(ranks.TestCase):
    def made(self, name, output, *args, model=MODEL, number=None, **keys):
        (self.folder / f"{name}_model.json").write_text(json.dumps(model))
        keys = {"chains": 4, "warmup": {"iterations": 300}, "sampler": {"draws": 250}, **keys}
        config = ranks.write_config(self.folder, name, model=f"{name}_model.json", output=output, **keys)
        self.assert_codes(ranks.run(self.folder, number, "--quiet", *args, config.name), 0)
        return config.with_suffix(".h5")

    def predict(self, file, *args, number=None, code=0, **options):
        result = ranks.run(self.folder, number, "--predict", file.name, *args, **options)
        self.assert_codes(result, code)
        return result


def of_groups(digest, *names):
    return {name: value for name, value in digest.items() if name.split("/")[0] in names}


class SameBits(Predicted):
    def test_as_if_the_run_had_made_them(self):
        for number, output in ((None, {}), (3, {}), (2, {"thin": 7}), (None, {"float32": True}), (2, {"log_prior": True})):
            with self.subTest(number=number, output=output):
                truth = ranks.digest(self.made("truth", {**output, **MADE, "prior": 20}, "--overwrite"))
                file = self.made("later", {**output, **NONE}, "--overwrite")
                self.assertFalse(of_groups(ranks.digest(file), *GROUPS))
                self.predict(file, "--log-likelihood", "--predictive", "--prior", "20", number=number)
                self.assertEqual(ranks.digest(file), truth)
                self.assertEqual(ranks.run(self.folder, None, "--status", file.name).codes, {0: 0})

    def test_whatever_the_model_is_made_of(self):
        truth = ranks.digest(self.made("truth", MADE, model=ALL_KINDS))
        self.assertIn("log_likelihood/y:1", truth)
        file = self.made("later", NONE, model=ALL_KINDS)
        self.predict(file, number=2)
        self.assertEqual(ranks.digest(file), truth)

    def test_one_after_the_other_and_nothing_twice(self):
        truth = ranks.digest(self.made("truth", MADE))
        file = self.made("later", NONE)
        self.predict(file, "--log-likelihood")
        self.assertEqual(ranks.digest(file), {name: value for name, value in truth.items()
                                              if not name.startswith("posterior_predictive/")})
        self.assertIn("has /log_likelihood already", self.predict(file, number=2).err)
        self.assertEqual(ranks.digest(file), truth)
        before = file.read_bytes()
        self.assertIn("nothing to do", self.predict(file).out + self.predict(file).err)
        self.assertEqual(file.read_bytes(), before)

    def test_the_run_goes_on_with_them(self):
        truth = ranks.digest(self.made("truth", MADE, "--set", "sampler.draws=400"))
        file = self.made("later", NONE)
        self.predict(file)
        result = ranks.run(self.folder, 2, "--quiet", "--resume", "--set", "sampler.draws=400", "later.json")
        self.assert_codes(result, 0)
        self.assertEqual(ranks.digest(file), truth)

    def test_the_config_and_the_data_are_not_needed(self):
        truth = ranks.digest(self.made("truth", MADE))
        file = self.made("later", NONE)
        for name in ("later.json", "later_model.json"):
            (self.folder / name).unlink()
        self.predict(file)
        self.assertEqual(ranks.digest(file), truth)

    def test_after_a_goal_and_trimmed(self):
        goal = {"sampler": {"draws": 5000}, "stop": {"ess": 200}}
        truth = self.made("truth", MADE, **goal)
        file = self.made("later", NONE, **goal)
        self.assertLess(arviz.from_netcdf(file).posterior.sizes["draw"], 5000)
        self.predict(file)
        self.assertEqual(ranks.digest(file), ranks.digest(truth))
        self.assert_codes(ranks.run(self.folder, None, "--trim", file.name, "trimmed.h5"), 0)
        self.assertEqual(ranks.digest(self.folder / "trimmed.h5"), ranks.digest(truth))
        with h5py.File(self.folder / "trimmed.h5", "r+") as opened:
            for group in GROUPS:
                del opened[group]
        self.predict(self.folder / "trimmed.h5")
        self.assertEqual(ranks.digest(self.folder / "trimmed.h5"), ranks.digest(truth))

    def test_arviz_compares_with_them(self):
        file = self.made("later", NONE)
        with self.assertRaises(TypeError):
            arviz.loo(arviz.from_netcdf(file), var_name="obs")
        self.predict(file, "--log-likelihood")
        self.assertTrue(numpy.isfinite(arviz.loo(arviz.from_netcdf(file), var_name="obs").elpd_loo))


class Deaths(Predicted):
    """Whatever dies, the file has its draws and can be gone on with."""

    def big(self, name, output, draws=400):
        return self.made(name, output, model=BIG, sampler={"draws": draws})

    def test_killed_at_any_moment_and_gone_on_with(self):
        truth = ranks.digest(self.big("truth", MADE))
        file = self.big("later", NONE)
        draws, original = of_groups(ranks.digest(file), "posterior"), file.read_bytes()
        moments, seconds, partial = random.Random(1), 0.6, 0
        for attempt in range(16):
            file.write_bytes(original)
            number = (None, 2)[attempt % 2]
            run = ranks.Run(self.folder, number, "--predict", file.name)
            time.sleep(moments.uniform(0, seconds) + (0.8 if number else 0))
            for rank in range(number or 1):
                note = run.notes / f"{rank}.pid"
                if ranks.read(note):
                    try:
                        os.kill(int(ranks.read(note)), signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            run.finish()
            found = ranks.digest(file)
            self.assertEqual(of_groups(found, "posterior"), draws)
            with h5py.File(file) as opened:
                if "predicted" in opened["run"]:
                    counts = opened["run/predicted"][()]
                    partial += int((counts < 400).any())
                    for chain, count in enumerate(counts):
                        with h5py.File(self.folder / "truth.h5") as right:
                            for group in GROUPS:
                                numpy.testing.assert_array_equal(opened[f"{group}/obs"][chain, :count],
                                                                 right[f"{group}/obs"][chain, :count])
                    if (counts < 400).any():
                        status = ranks.run(self.folder, None, "--status", file.name)
                        self.assertEqual(status.codes, {0: 0})
                        self.assertIn("--predict", status.out)
            self.predict(file, number=(2, None)[attempt % 2])
            self.assertEqual(ranks.digest(file), truth, attempt)
        self.assertGreater(partial, 0, "no kill met a group that was being filled in")

    def test_at_each_fault_point(self):
        truth = ranks.digest(self.big("truth", MADE))
        file = self.big("later", NONE)
        original = file.read_bytes()
        for phase in ("laid_out", "named", "sampling iteration=100", "before_append", "after_append", "before_fsync",
                      "between_fsyncs", "after_fsync"):
            with self.subTest(phase):
                file.write_bytes(original)
                result = ranks.run(self.folder, None, "--predict", file.name,
                                   prefix=["env", f"EXMC_FAULT_PLAN=rank=0 phase={phase} signal=KILL"])
                self.assertEqual(result.codes, {0: 137}, "it was killed")
                self.predict(file)
                self.assertEqual(ranks.digest(file), truth)

    def test_ranks_that_die_are_survived(self):
        truth = ranks.digest(self.big("truth", MADE))
        file = self.big("later", NONE)
        original = file.read_bytes()
        for rank in (1, 0):
            with self.subTest(rank=rank):
                file.write_bytes(original)
                result = ranks.run(self.folder, 3, "--predict", file.name,
                                   prefix=["env", f"EXMC_FAULT_PLAN=rank={rank} phase=sampling iteration=150 signal=KILL"])
                self.assertEqual(sorted(result.codes.values()), [0, 0, 137], result.err)
                self.assertEqual(ranks.digest(file), truth)

    def test_partial_groups_are_refused_elsewhere_and_ended_by_signals(self):
        file = self.big("later", NONE, draws=2000)
        ranks.run(self.folder, None, "--predict", file.name,
                  prefix=["env", "EXMC_FAULT_PLAN=rank=0 phase=sampling iteration=300 signal=KILL"])
        for args in (["--resume", "--set", "sampler.draws=2500", "later.json"], ["--trim", file.name, "trimmed.h5"]):
            result = ranks.run(self.folder, None, *args)
            self.assert_codes(result, 3)
            self.assertIn("exmc_mpi --predict", result.complaints()[0])
        run = ranks.Run(self.folder, None, "--predict", file.name)
        run.wait_for(lambda: "making" in run.err())
        os.kill(run.pid(0), signal.SIGTERM)
        result = run.finish()
        self.assert_codes(result, 5)
        self.assertIn("--predict goes on from there", result.complaints()[0])
        self.assertEqual(self.predict(file, "--quiet").err, "")


class Refusals(Predicted):
    def refused(self, code, part, *args):
        for number in (None, 2):
            result = ranks.run(self.folder, number, *args)
            self.assert_codes(result, code)
            self.assertEqual(len(result.complaints()), 1, result.err)
            self.assertIn(part, result.complaints()[0])

    def test_parameters_that_were_not_saved(self):
        file = self.made("part", {**NONE, "save": ["mu", "effect[1:3]", "rate"]})
        before = file.read_bytes()
        self.refused(2, "part.h5: has not all draws of tau, effect, share, which are needed", "--predict", file.name)
        self.assertEqual(file.read_bytes(), before)
        whole = self.made("whole", {**NONE, "save": ["mu", "tau", "effect", "share"]})
        truth = of_groups(ranks.digest(self.made("truth", MADE)), *GROUPS)
        self.predict(whole)
        self.assertEqual(of_groups(ranks.digest(whole), *GROUPS), truth, "what takes no part need not be there")

    def test_what_is_no_finished_file(self):
        config = ranks.write_config(self.folder, "eight_schools", chains=2, sampler={"draws": 200})
        ranks.run(self.folder, None, "--quiet", config.name,
                  prefix=["env", "EXMC_FAULT_PLAN=rank=0 phase=sampling iteration=100 signal=KILL"])
        self.refused(2, "eight_schools.h5: not all draws are there: --resume", "--predict", "eight_schools.h5")
        self.refused(3, "missing.h5", "--predict", "missing.h5")
        self.refused(2, "no --resume, --overwrite or --set", "--predict", "--resume", "eight_schools.h5")
        self.refused(2, "say what --predict makes", "--log-likelihood", "eight_schools.json")


if __name__ == "__main__":
    ranks.main()
