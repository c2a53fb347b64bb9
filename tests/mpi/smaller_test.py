"""Smaller files: output.save, output.thin, output.float32 and "save": false of the model."""

import json

import arviz
import h5py
import numpy

import ranks

MODEL = {
    "exmc_ir": 1, "name": "groups", "data": {"y": [1.2, 0.4, -0.7, 2.2, 1.9]},
    "coords": {"school": ["a", "b", "c", "d", "e"]},
    "nodes": {
        "mu": {"dist": "normal", "mu": 0, "sigma": 2},
        "tau": {"dist": "half_normal", "sigma": 1},
        "theta": {"dist": "normal", "mu": "mu", "sigma": "tau", "shape": [5], "dims": ["school"]},
        "free": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3, 4]},
        "total": {"expr": "sum(theta)"},
        "count": {"generated": {"dist": "poisson", "mu": "exp(mu)"}},
        "obs": {"dist": "normal", "mu": "theta", "sigma": 1, "observed": "y"}}}
ALL = {"log_likelihood": True, "predictive": True, "log_prior": True, "prior": 10, "save_warmup": True}


class Smaller(ranks.TestCase):
    def configure(self, name="run", model=MODEL, output=None, **keys):
        (self.folder / "model.json").write_text(json.dumps(model))
        keys = {"chains": 3, "warmup": {"iterations": 200}, "sampler": {"draws": 500}, **keys}
        return ranks.write_config(self.folder, name, model="model.json", output={**ALL, **(output or {})}, **keys)

    def made(self, *args, number=None, **options):
        config = self.configure(**options)
        self.assert_codes(ranks.run(self.folder, number, "--quiet", *args, config.name), 0)
        return config.with_suffix(".h5")


def datasets(file):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name.split("/")[0] not in ("run", "model"):
            found[name] = item[()]

    with h5py.File(file) as opened:
        opened.visititems(visit)
    return found


class Thinned(Smaller):
    def test_every_kth_draw_of_the_whole(self):
        whole = datasets(self.made(name="whole"))
        for number, k in ((None, 7), (3, 500), (2, 3), (None, 1000)):
            with self.subTest(k=k):
                file = self.made("--overwrite", name="thinned", number=number, output={"thin": k})
                thinned = datasets(file)
                self.assertEqual(thinned.keys(), whole.keys())
                for name, values in whole.items():
                    group, variable = name.split("/")
                    if group in ("posterior", "sample_stats", "log_likelihood", "posterior_predictive", "log_prior"):
                        if variable == "draw":
                            values = values[::k]
                        elif values.ndim > 1 and values.shape[:2] == (3, 500):
                            values = values[:, ::k]
                    numpy.testing.assert_array_equal(thinned[name], values, name)
                self.assertEqual(ranks.run(self.folder, None, "--status", file.name).codes, {0: 0})
        data = arviz.from_netcdf(self.folder / "whole.h5").isel(draw=slice(None, None, 3))
        read = arviz.from_netcdf(self.made("--overwrite", name="thinned", output={"thin": 3}))
        numpy.testing.assert_array_equal(read.posterior.draw, data.posterior.draw)

    def test_killed_resumed_and_extended(self):
        for draws, longer in ((2000, 2501), (2000, 2001)):
            config = self.configure(output={"thin": 9, "flush_seconds": 0.001}, sampler={"draws": draws})
            more = ["--set", f"sampler.draws={longer}"]
            truth = {}
            for name, args in (("short", []), ("long", more)):
                self.assert_codes(ranks.run(self.folder, None, "--quiet", "--overwrite", *args, "--set",
                                            f"output.file={self.folder}/{name}.h5", config.name), 0)
                truth[name] = ranks.digest(self.folder / f"{name}.h5")
            plan = "; ".join(f"rank={rank} phase=sampling iteration=701 signal=KILL" for rank in range(2))
            ranks.run(self.folder, 2, "--quiet", "--overwrite", config.name, prefix=["env", f"EXMC_FAULT_PLAN={plan}"])
            file = config.with_suffix(".h5")
            self.assertEqual(ranks.run(self.folder, None, "--status", file.name).codes, {0: 5})
            self.assert_codes(ranks.run(self.folder, 2, "--quiet", "--resume", config.name), 0)
            self.assertEqual(ranks.digest(file), truth["short"])
            self.assert_codes(ranks.run(self.folder, None, "--quiet", "--resume", *more, config.name), 0)
            self.assertEqual(ranks.digest(file), truth["long"])

    def test_a_death_is_survived(self):
        truth = ranks.digest(self.made(name="truth", output={"thin": 4}))
        config = self.configure(output={"thin": 4})
        for rank in (0, 1):
            result = ranks.run(self.folder, 3, "--quiet", "--overwrite", config.name,
                               prefix=["env", f"EXMC_FAULT_PLAN=rank={rank} phase=sampling iteration=301 signal=KILL"])
            self.assertEqual(sorted(result.codes.values()), [0, 0, 137], result.err)
            self.assertEqual(ranks.digest(config.with_suffix(".h5")), truth)

    def test_a_goal_counts_draws_that_are_saved(self):
        keys = {"output": {"thin": 5, "log_prior": False}, "sampler": {"draws": 50000}, "stop": {"ess": 300}}
        digests = [ranks.digest(self.made("--overwrite", number=number, **keys)) for number in (None, 2)]
        self.assertEqual(digests[0], digests[1])
        with h5py.File(self.folder / "run.h5") as opened:
            count = opened["posterior/mu"].shape[1]
            self.assertTrue(100 <= count < 10000)
            self.assertEqual(list(opened["posterior/draw"][:3]), [0, 5, 10])
        table = ranks.run(self.folder, None, "--summary", "--json", "run.h5")
        self.assert_codes(table, 0)
        self.assertEqual(json.loads(table.out)["draws"], count)


class SinglePrecision(Smaller):
    def test_is_the_double_one_rounded(self):
        whole = datasets(self.made(name="whole"))
        file = self.made("--overwrite", name="single", number=2, output={"float32": True})
        single = datasets(file)
        for name, values in whole.items():
            group, variable = name.split("/")
            if group in ("posterior", "warmup_posterior", "prior", "log_prior") and values.ndim > 1 and values.dtype.kind == "f":
                self.assertEqual(single[name].dtype, numpy.float32, name)
                numpy.testing.assert_array_equal(single[name], values.astype(numpy.float32), name)
            elif group == "log_likelihood" and values.ndim > 1:
                numpy.testing.assert_allclose(single[name], values, rtol=1e-5)
            elif group not in ("posterior_predictive", "prior_predictive"):
                numpy.testing.assert_array_equal(single[name], values, name)
        self.assertLess(file.stat().st_size, (self.folder / "whole.h5").stat().st_size)
        self.assertEqual(arviz.summary(arviz.from_netcdf(file)).loc["mu", "mean"],
                         arviz.summary(arviz.from_netcdf(self.folder / "whole.h5")).loc["mu", "mean"])

    def test_resumed_the_same(self):
        truth = ranks.digest(self.made(name="long", output={"float32": True}, sampler={"draws": 800}))
        self.made(output={"float32": True})
        result = ranks.run(self.folder, 2, "--resume", "--set", "sampler.draws=800", "--set", "output.float32=false", "run.json")
        self.assert_codes(result, 0)
        self.assertIn("output.float32", result.err)
        digest = ranks.digest(self.folder / "run.h5")
        self.assertEqual(digest, truth)


class Parts(Smaller):
    def test_variables_and_elements(self):
        whole = datasets(self.made(name="whole"))
        file = self.made("--overwrite", number=2, output={"save": ["free[1:3, 2]", "tau", "theta[b]", "count"]})
        data = arviz.from_netcdf(file)
        self.assertEqual(list(data.posterior.data_vars), ["tau", "theta", "free", "count"], "in the model's order")
        numpy.testing.assert_array_equal(data.posterior.free, whole["posterior/free"][:, :, 1:3, 2:3])
        numpy.testing.assert_array_equal(data.posterior.theta, whole["posterior/theta"][:, :, 1:2])
        numpy.testing.assert_array_equal(data.prior.free, whole["prior/free"][:, :, 1:3, 2:3])
        numpy.testing.assert_array_equal(data.warmup_posterior.free, whole["warmup_posterior/free"][:, :, 1:3, 2:3])
        self.assertEqual(list(data.posterior.free_dim_0_saved.values), [1, 2])
        self.assertEqual(list(data.posterior.theta_dim_0_saved.values), ["b"])
        numpy.testing.assert_array_equal(data.log_likelihood.obs, whole["log_likelihood/obs"])
        numpy.testing.assert_array_equal(data.log_prior.theta, whole["log_prior/theta"])
        table = ranks.run(self.folder, None, "--summary", "--vars", "all", file.name)
        self.assert_codes(table, 0)
        self.assertIn("theta[b]", table.out)
        self.assertIn("free[2,2]", table.out.replace(", ", ","))
        self.assert_codes(ranks.run(self.folder, None, "--trim", file.name, "trimmed.h5"), 0)
        self.assertEqual(ranks.digest(self.folder / "trimmed.h5"), ranks.digest(file))
        truth = ranks.digest(self.made("--set", "sampler.draws=700", "--set", f"output.file={self.folder}/long.h5",
                                       output={"save": ["free[1:3, 2]", "tau", "theta[b]", "count"]}))
        del truth
        self.assert_codes(ranks.run(self.folder, 2, "--quiet", "--resume", "--set", "sampler.draws=700", "run.json"), 0)
        self.assertEqual(ranks.digest(file), ranks.digest(self.folder / "long.h5"))

    def test_the_model_leaves_out(self):
        model = json.loads(json.dumps(MODEL))
        for name in ("theta", "free"):
            model["nodes"][name]["save"] = False
        whole = datasets(self.made(name="whole"))
        data = arviz.from_netcdf(self.made(model=model))
        self.assertEqual(list(data.posterior.data_vars), ["mu", "tau", "total", "count"])
        numpy.testing.assert_array_equal(data.posterior.total, whole["posterior/total"])
        numpy.testing.assert_array_equal(data.posterior_predictive.obs, whole["posterior_predictive/obs"])
        self.assertNotIn("theta", data.prior)
        data = arviz.from_netcdf(self.made("--overwrite", model=model, output={"save": "theta"}))
        numpy.testing.assert_array_equal(data.posterior.theta, whole["posterior/theta"])

    def test_labels_and_outputs_of_recurrences(self):
        model = json.loads(json.dumps(MODEL))
        model["nodes"]["theta"]["label"] = "Größe, [cm]"
        model["nodes"]["walk"] = {"scan": {"carry": {"s": 0}, "over": {"x": "theta"}, "step": {"s": "s + x", "e": "x - s"},
                                           "output": ["s", "e"]}}
        whole = datasets(self.made(name="whole", model=model))
        for save in (["Größe, [cm][b]", "walk.e[1:3]"], ["theta[b]", "walk.e[1:3]"]):
            data = arviz.from_netcdf(self.made("--overwrite", model=model, output={"save": save}))
            self.assertEqual(list(data.posterior.data_vars), ["Größe, [cm]", "walk.e"])
            numpy.testing.assert_array_equal(data.posterior["Größe, [cm]"], whole["posterior/Größe, [cm]"][:, :, 1:2])
            numpy.testing.assert_array_equal(data.posterior["walk.e"], whole["posterior/walk.e"][:, :, 1:3])
        config = self.configure(model=model, output={"save": ["theta[b]", "Größe, [cm][c]"]})
        self.assertIn("found Größe, [cm] twice", ranks.run(self.folder, None, config.name).err)

    def test_what_is_not_there_is_refused(self):
        for save, part in ((["theeta"], 'no variable is called "theeta"'), ("theta[7]", 'found the index "7"'),
                           (["mu", "mu"], "found mu twice"), ("none", 'found "none"')):
            config = self.configure(output={"save": save})
            result = ranks.run(self.folder, None, config.name)
            self.assert_codes(result, 2)
            self.assertIn("output.save: " + part, result.complaints()[0])
            self.assertFalse(config.with_suffix(".h5").exists())


if __name__ == "__main__":
    ranks.main()
