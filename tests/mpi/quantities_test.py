"""Predictive draws, log likelihoods, draws from the prior and named dimensions, from the program to ArviZ."""

import json
import warnings

import arviz
import h5netcdf
import matplotlib
import netCDF4
import numpy
import scipy.stats
import xarray

import ranks

matplotlib.use("agg")

NAMES = ["north", "east", "Süd", "west"]
MODEL = {
    "exmc_ir": 1, "name": "counts",
    "data": {"y": [[1, 4], [2, 3], [7, 5], [2, 4]], "z": [0.5, 1.5, 2.5]},
    "coords": {"region": NAMES, "year": [2019, 2021], "half": [0.5, 1.0, 1.5]},
    "nodes": {
        "mu": {"dist": "normal", "mu": 1, "sigma": 1},
        "effect": {"dist": "normal", "mu": 0, "sigma": 0.5, "shape": [4], "dims": ["region"]},
        "share": {"dist": "dirichlet", "a": [1, 2, 3], "dims": ["part"]},
        "rate": {"expr": "exp(mu + effect)", "dims": ["region"]},
        "new": {"generated": {"dist": "gamma", "alpha": "rate", "beta": 1}, "dims": ["region"]},
        "vector": {"dist": "mv_normal", "mu": "mu * share", "cov": [[1, 0.2, 0], [0.2, 1, 0], [0, 0, 1]],
                   "observed": "z", "dims": ["half"]},
        "obs": {"dist": "poisson", "mu": "rate[:, None]", "shape": [4, 2], "observed": "y", "dims": ["region", "year"]}}}
ALL = {"predictive": True, "log_likelihood": True, "log_prior": True, "prior": 500}


class Quantities(ranks.TestCase):
    def configure(self, name="counts", model=None, output=None, **keys):
        (self.folder / f"{name}_model.json").write_text(json.dumps(model or MODEL))
        keys = {"chains": 4, "warmup": {"iterations": 300}, "sampler": {"draws": 250}, **keys}
        return ranks.write_config(self.folder, name, model=f"{name}_model.json", output=ALL if output is None else output,
                                  **keys)

    def made(self, *args, number=None, **options):
        config = self.configure(**options)
        self.assert_codes(ranks.run(self.folder, number, "--quiet", *args, config.name), 0)
        return config.with_suffix(".h5")


class Contents(Quantities):
    def test_arviz_and_xarray_read_every_group_and_name(self):
        file = self.made(number=3)
        for engine in ("netcdf4", "h5netcdf"):
            with self.subTest(engine):
                data = arviz.from_netcdf(file, engine=engine)
                self.assertEqual(data.posterior.effect.dims, ("chain", "draw", "region"))
                self.assertEqual(list(data.posterior.region.values), NAMES)
                for group in ("posterior_predictive", "log_likelihood", "prior_predictive", "observed_data"):
                    self.assertEqual(data[group].obs.dims[-2:], ("region", "year"), group)
                    self.assertEqual(list(data[group].region.values), NAMES, group)
                    self.assertEqual(list(data[group].year.values), [2019, 2021], group)
                self.assertEqual(data.observed_data.year.dtype.kind, "i")
                self.assertEqual(list(data.observed_data.half.values), [0.5, 1, 1.5])
                self.assertEqual(list(data.posterior.part.values), [0, 1, 2], "no coordinate: it counts")
                self.assertEqual(data.log_likelihood.vector.dims, ("chain", "draw"), "one for the vector")
                self.assertEqual(data.log_prior.share.dims, ("chain", "draw"))
                self.assertEqual(data.log_prior.effect.dims, ("chain", "draw", "region"))
                self.assertEqual(data.prior.rate.shape, (1, 500, 4))
                self.assertEqual(data.prior_predictive.obs.encoding["dtype"].kind, "i", "read as real, as some may be missing")
                self.assertFalse(any(numpy.isnan(values).any() for group in data.groups() if group != "run"
                                     for name, values in data[group].items() if values.dtype.kind == "f" and name != "node"),
                                 "of these only the node to blame for a divergence may be missing")
                self.assertEqual(float(data.posterior.effect.sel(region="Süd").mean()),
                                 float(data.posterior.effect[..., 2].mean()))
                with xarray.open_datatree(file, engine=engine) as tree:
                    self.assertEqual(list(tree["posterior"].region.values), NAMES)
        with netCDF4.Dataset(file) as opened:
            self.assertEqual(opened["log_likelihood/obs"].dimensions, ("chain", "draw", "region", "year"))
        with h5netcdf.File(file, "r") as opened:
            self.assertEqual(opened["prior/effect"].dimensions, ("chain", "draw", "region"))

    def test_data_names_its_axes_and_those_of_what_it_is_observed_as(self):
        schools = ["Ä", "B", "C", "D", "E"]
        model = {"exmc_ir": 1, "name": "regression", "coords": {"predictor": ["one", "income"], "school": schools},
                 "data": {"X": [[1, 0.5], [1, -0.2], [1, 1.3], [1, 0.1], [1, -1]], "y": [2.1, 0.4, 3.3, 1.0, -0.7], "s": 1},
                 "dims": {"X": ["school", "predictor"], "y": ["school"]},
                 "nodes": {"beta": {"dist": "normal", "mu": 0, "sigma": 5, "shape": [2], "dims": ["predictor"]},
                           "obs": {"dist": "normal", "mu": "X @ beta", "sigma": "s", "observed": "y"}}}
        file = self.made(name="regression", model=model, number=2)
        for engine in ("netcdf4", "h5netcdf"):
            with self.subTest(engine):
                data = arviz.from_netcdf(file, engine=engine)
                self.assertEqual(data.constant_data.X.dims, ("school", "predictor"))
                self.assertEqual(list(data.constant_data.predictor.values), ["one", "income"])
                self.assertEqual(float(data.constant_data.X.sel(school="C", predictor="income")), 1.3)
                self.assertEqual(data.constant_data.s.dims, ())
                self.assertNotIn("y", data.constant_data)
                self.assertEqual(data.observed_data.obs.dims, ("school",))
                for group in ("posterior_predictive", "log_likelihood", "prior_predictive"):
                    self.assertEqual(data[group].obs.dims[2:], ("school",), group)
                    self.assertEqual(list(data[group].school.values), schools, group)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of few draws
            self.assertEqual(arviz.loo(data, pointwise=True).loo_i.dims, ("school",))
            axes = numpy.ravel(arviz.plot_ppc(data, kind="scatter", flatten=[], num_pp_samples=5, random_seed=1))
        labels = [axis.get_xlabel().split() for axis in axes if axis.get_xlabel()]  # a grid may have more axes
        self.assertEqual([label[-1] for label in labels], schools)
        trimmed = self.folder / "trimmed.h5"
        self.assert_codes(ranks.run(self.folder, None, "--trim", file.name, trimmed.name), 0)
        self.assertEqual(arviz.from_netcdf(trimmed).constant_data.X.dims, ("school", "predictor"))

    def test_they_are_what_they_are_called(self):
        data = arviz.from_netcdf(self.made())
        rate, observed = data.posterior.rate.values[..., None], data.observed_data.obs.values
        numpy.testing.assert_allclose(data.log_likelihood.obs, scipy.stats.poisson.logpmf(observed, rate), rtol=1e-12)
        numpy.testing.assert_allclose(data.log_prior.effect, scipy.stats.norm.logpdf(data.posterior.effect, 0, 0.5),
                                      rtol=1e-12)
        drawn = data.posterior_predictive.obs.values
        residual = ((drawn - rate) / numpy.sqrt(rate)).ravel()  # mean 0, variance 1, each given its draw
        self.assertLess(abs(residual.mean()), 4 / numpy.sqrt(residual.size))
        kurtosis = 3 + float((1 / rate).mean())
        self.assertLess(abs(residual.var() - 1), 4 * numpy.sqrt((kurtosis - 1) / residual.size))
        self.assertGreater(abs((residual * 1.1).var() - 1), 4 * numpy.sqrt((kurtosis - 1) / residual.size))
        mu = data.prior.mu.values.ravel()
        self.assertGreater(scipy.stats.kstest(mu, "norm", (1, 1)).pvalue, 1e-4)
        self.assertLess(scipy.stats.kstest(mu, "norm", (1.5, 1)).pvalue, 1e-4)
        numpy.testing.assert_allclose(data.prior.rate, numpy.exp(data.prior.mu.values[..., None] + data.prior.effect),
                                      rtol=1e-14)

    def test_arviz_compares_and_plots(self):
        wide = arviz.from_netcdf(self.made())
        narrow_model = json.loads(json.dumps(MODEL))
        narrow_model["nodes"]["mu"]["sigma"] = 0.01
        narrow_model["nodes"]["mu"]["mu"] = -1
        narrow = arviz.from_netcdf(self.made(name="narrow", model=narrow_model))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of few draws
            self.assertTrue(numpy.isfinite(arviz.loo(wide, var_name="obs").elpd_loo))
            self.assertTrue(numpy.isfinite(arviz.waic(wide, var_name="obs").elpd_waic))
            table = arviz.compare({"wide": wide, "narrow": narrow}, ic="loo", var_name="obs")
            self.assertEqual(table.index[0], "wide")
            self.assertIsNotNone(arviz.plot_ppc(wide, var_names=["obs"], num_pp_samples=20))
            self.assertIsNotNone(arviz.plot_ppc(wide, group="prior", var_names=["obs"], num_pp_samples=20))
            sensitivity = arviz.psens(wide, component="prior", var_names=["mu"])
        self.assertTrue(numpy.isfinite(float(sensitivity)))


class Promises(Quantities):
    """The same bits for any number of ranks, after kills, longer and shorter."""

    def test_on_any_number_of_ranks(self):
        digests = []
        for number in (None, 1, 4):
            digests.append(ranks.digest(self.made("--overwrite", number=number)))
            self.assertEqual(digests[-1], digests[0], number)
        self.assertIn("log_prior/mu", digests[0])
        self.assertIn("prior_predictive/obs", digests[0])

    def test_killed_resumed_and_extended(self):
        config = self.configure(output={**ALL, "flush_seconds": 0.001, "save_warmup": True}, sampler={"draws": 2000})
        file, longer = config.with_suffix(".h5"), ["--set", "sampler.draws=2500"]
        truth = {}
        for name, args in (("short", []), ("long", longer)):
            self.assert_codes(ranks.run(self.folder, None, "--quiet", "--overwrite", *args, "--set",
                                        f"output.file={self.folder}/{name}.h5", config.name), 0)
            truth[name] = ranks.digest(self.folder / f"{name}.h5")
        plan = "; ".join(f"rank={rank} phase=sampling iteration=700 signal=KILL" for rank in range(3))
        ranks.run(self.folder, 3, "--quiet", config.name, prefix=["env", f"EXMC_FAULT_PLAN={plan}"])
        self.assertEqual(ranks.run(self.folder, None, "--status", file.name).codes, {0: 5})
        self.assert_codes(ranks.run(self.folder, 2, "--quiet", "--resume", config.name), 0)
        self.assertEqual(ranks.digest(file), truth["short"])
        self.assert_codes(ranks.run(self.folder, 2, "--quiet", "--resume", *longer, config.name), 0)
        self.assertEqual(ranks.digest(file), truth["long"])

    def test_trimmed(self):
        file = self.made(sampler={"draws": 300})
        self.assert_codes(ranks.run(self.folder, None, "--trim", file.name, "trimmed.h5"), 0)
        digest = ranks.digest(file)
        self.assertEqual(ranks.digest(self.folder / "trimmed.h5"), digest)
        with h5netcdf.File(self.folder / "trimmed.h5", "r") as opened:
            self.assertEqual(opened["log_likelihood/obs"].dimensions, ("chain", "draw", "region", "year"))

    def test_a_file_goes_on_with_what_it_has(self):
        config = self.configure(output={"log_likelihood": False, "prior": 10}, sampler={"draws": 100})
        file = config.with_suffix(".h5")
        self.assert_codes(ranks.run(self.folder, None, "--quiet", config.name), 0)
        more = ["--set", "output.log_likelihood=true", "--set", "output.predictive=false", "--set", "output.prior=20",
                "--set", "sampler.draws=150"]
        result = ranks.run(self.folder, None, "--resume", *more, config.name)
        self.assert_codes(result, 0)
        for line in ("made without /log_likelihood: output.log_likelihood", "goes on saving /posterior_predictive",
                     "made with 10 draws from the prior"):
            self.assertIn(line, result.err)
        data = arviz.from_netcdf(file)
        self.assertNotIn("log_likelihood", data.groups())
        self.assertEqual(data.posterior_predictive.obs.shape, (4, 150, 4, 2))
        self.assertEqual(data.prior.mu.shape, (1, 10))


class Choices(Quantities):
    def test_what_is_small_is_made_by_itself(self):
        groups = arviz.from_netcdf(self.made(output={})).groups()
        self.assertIn("log_likelihood", groups)
        self.assertIn("posterior_predictive", groups)
        for group in ("log_prior", "prior", "prior_predictive"):
            self.assertNotIn(group, groups)

    def test_what_is_large_is_left_out_and_the_log_says_so(self):
        model = {"exmc_ir": 1, "name": "large", "data": {"y": [0.5] * 10000}, "nodes": {
            "mu": {"dist": "normal", "mu": 0, "sigma": 1},
            "obs": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [10000], "observed": "y"}}}
        config = self.configure(name="large", model=model, output={}, sampler={"draws": 1}, chains=2,
                                warmup={"iterations": 10})
        self.assert_codes(ranks.run(self.folder, None, "--quiet", config.name), 0)
        self.assertIn("log_likelihood", arviz.from_netcdf(config.with_suffix(".h5")).groups())
        result = ranks.run(self.folder, None, "--overwrite", "--set", "sampler.draws=1700", config.name)
        self.assert_codes(result, 0)
        self.assertIn("there will be no /log_likelihood and /posterior_predictive, 544 MB and ", result.err)
        self.assertIn("exmc_mpi --predict large.h5 adds", result.err)
        groups = arviz.from_netcdf(config.with_suffix(".h5")).groups()
        self.assertNotIn("log_likelihood", groups)
        self.assertNotIn("posterior_predictive", groups)

    def test_what_costs_much_time_is_left_out(self):
        model = {"exmc_ir": 1, "name": "quick", "data": {"y": [0.5] * 50}, "nodes": {
            "mu": {"dist": "normal", "mu": 0, "sigma": 1},
            "obs": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [50], "observed": "y"}}}
        config = self.configure(name="quick", model=model, output={}, sampler={"draws": 2000})
        result = ranks.run(self.folder, 2, config.name)
        self.assert_codes(result, 0)
        self.assertIn("there will be no /log_likelihood and /posterior_predictive, 6.4 MB and ", result.err)
        self.assertIn(" % of the CPU", result.err)
        result = ranks.run(self.folder, None, "--overwrite", "--set", "output.predictive=false", "--set", "sampler.draws=200",
                           config.name)
        self.assert_codes(result, 0)
        self.assertNotIn("there will be no", result.err)
        groups = arviz.from_netcdf(config.with_suffix(".h5")).groups()
        self.assertIn("log_likelihood", groups)
        self.assertNotIn("posterior_predictive", groups)

    def refused(self, model, *parts, output):
        config = self.configure(name="bad", model=model, output=output)
        for number, args in ((None, []), (2, []), (None, ["--check"])):
            result = ranks.run(self.folder, number, *args, config.name)
            self.assert_codes(result, 2)
            self.assertEqual(len(result.complaints()), 1, result.err)
            for part in parts:
                self.assertIn(part, result.complaints()[0])
            self.assertFalse(config.with_suffix(".h5").exists())

    def test_what_cannot_be_drawn_is_refused_or_left_out(self):
        model = {"exmc_ir": 1, "name": "bad", "nodes": {
            "mu": {"dist": "flat"}, "f": {"dist": "flat", "observed": 1},
            "obs": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [2], "observed": [1, 2]}}}
        self.refused(model, 'output.predictive: nothing can be drawn from the distribution of "f"', output={"predictive": True})
        self.refused(model, "output.prior: bad_model.json: nodes.mu: has no prior", "flat is not", output={"prior": 5})
        config = self.configure(name="left", model=model, output={}, sampler={"draws": 10}, warmup={"iterations": 20})
        result = ranks.run(self.folder, None, config.name)
        self.assert_codes(result, 0)
        self.assertIn('/posterior_predictive will not have "f": flat is not a probability distribution', result.err)
        data = arviz.from_netcdf(config.with_suffix(".h5"))
        self.assertEqual(list(data.posterior_predictive.data_vars), ["obs"])
        self.assertEqual(list(data.log_likelihood.data_vars), ["f", "obs"])


if __name__ == "__main__":
    ranks.main()
