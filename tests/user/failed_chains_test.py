"""Chains that find no start: named, the others end; every reader of the file leaves them out; a resume tries other starts.
And where chains begin that were told."""

import json
import pathlib
import subprocess
import sys

import arviz as az
import h5py
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

# Possible in one of 2^7 tries.
CONE = {"exmc_ir": 1, "name": "cone",
        "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [7]},
                  "p": {"potential": "where(min(x) > 0, 0, log(0 * min(x)))"}}}
FAR = {"exmc_ir": 1, "data": {"offer": [40000, 90000, 160000, 210000], "yes": [0, 0, 1, 1]},
       "nodes": {"centre": {"dist": "normal", "mu": 110000, "sigma": 20000},
                 "spread": {"dist": "gamma", "mu": 30000, "sigma": 6000},
                 "p_yes": {"expr": "Phi((offer - centre) / spread)"},
                 "taken": {"dist": "bernoulli", "p": "p_yes", "observed": "yes"}}}


class Commands(ranks.TestCase):
    def command(self, *args):
        return subprocess.run([ranks.programs.exmc, *map(str, args)], cwd=self.folder, capture_output=True, text=True,
                              timeout=ranks.HANG_LIMIT)

    def config(self, name, model, **keys):
        return ranks.write_config(self.folder, name, model=model, **keys).name


class FailedChains(Commands):
    def setUp(self):
        super().setUp()
        self.name = self.config("cone", CONE, seed=5, chains=8, warmup={"iterations": 200}, sampler={"draws": 200})
        self.run_once = self.command(self.name)

    def failed(self):
        with h5py.File(self.folder / "cone.h5") as file:
            return [chain for chain, why in enumerate(file["run/chains/failure"][:]) if why]

    def test_are_named_and_the_others_end(self):
        self.assertEqual(self.run_once.returncode, 4, self.run_once.stderr)
        failed = self.failed()
        self.assertTrue(0 < len(failed) < 8, failed)
        for chain in failed:
            self.assertIn(f"chain {chain} cannot go on: no point of finite density", self.run_once.stdout + self.run_once.stderr)
        written = 200 * (8 - len(failed))
        self.assertIn(f"{len(failed)} of 8 chains failed", self.run_once.stderr)
        self.assertIn(f"{written} of 1600 draws are in cone.h5, and --resume tries other starts", self.run_once.stderr)

    def test_every_reader_leaves_them_out(self):
        left = 8 - len(self.failed())
        table = json.loads(self.command("--summary", "--json", "cone.h5").stdout)
        self.assertEqual((table["chains"], table["draws"], table["failed_chains"]), (left, 200, self.failed()))
        self.assertIn("chains failed and are left out", table["warnings"][0])
        status = self.command("--status", "cone.h5")
        self.assertEqual(status.returncode, 5)
        self.assertIn("chains failed", status.stdout)
        self.assertEqual(self.command("--trim", "cone.h5", "some.h5").returncode, 0)
        trimmed = az.from_netcdf(self.folder / "some.h5")
        self.assertEqual(trimmed.posterior.x.shape, (left, 200, 7))
        self.assertTrue(numpy.isfinite(trimmed.posterior.x.values).all() and (trimmed.posterior.x.values > 0).all())

    def test_divergences_have_a_reason_and_the_summary_says_it(self):
        with h5py.File(self.folder / "cone.h5") as file:
            reads = file["run/chains/failure"][:] == b""
            diverging, reason, node = (file[f"sample_stats/{name}"][reads] for name in ("diverging", "reason", "node"))
        self.assertTrue(((reason > 0) == (diverging == 1)).all())
        self.assertTrue(((reason > 1) == (node == 1)).all(), "it is p, the second one")
        self.assertTrue(((reason < 2) == (node == -1)).all())
        self.assertIn(f"where the log density is not finite (p: {(reason == 2).sum()})", self.command("--summary", "cone.h5").stdout)

    def test_a_resume_tries_other_starts_until_all_are_there(self):
        before = self.failed()
        with h5py.File(self.folder / "cone.h5") as file:
            kept = {chain: file["posterior/x"][chain] for chain in range(8) if chain not in before}
        for _ in range(20):
            result = self.command("--resume", "--quiet", self.name)
            if result.returncode == 0:
                break
            self.assertEqual(result.returncode, 4, result.stderr)
        self.assertEqual((result.returncode, self.failed()), (0, []))
        with h5py.File(self.folder / "cone.h5") as file:
            for chain, draws in kept.items():
                self.assertTrue((file["posterior/x"][chain] == draws).all())
            self.assertTrue((file["posterior/x"][:] > 0).all())

    def test_ranks_make_no_difference(self):
        with h5py.File(self.folder / "cone.h5") as file:
            alone = file["posterior/x"][:], self.failed()
        ranks.run(self.folder, 3, "--overwrite", "--quiet", self.name)
        with h5py.File(self.folder / "cone.h5") as file:
            self.assertEqual(self.failed(), alone[1])
            numpy.testing.assert_array_equal(file["posterior/x"][:], alone[0])

    def test_the_next_chain_warms_up_where_the_first_fails(self):
        for seed in range(1, 30):
            result = self.command("--overwrite", "--quiet", "--set", f"seed={seed}", "--set", "chains=4", self.name)
            if result.returncode == 4 and 0 in self.failed() and len(self.failed()) < 4:
                break
        self.assertIn(0, self.failed())
        self.assertEqual(self.command("--summary", "cone.h5").returncode, 0)


class Divergences(Commands):
    def test_outside_a_domain_are_told_apart_with_their_node(self):
        model = {"exmc_ir": 1, "nodes": {"a": {"dist": "normal", "mu": 0, "sigma": 1},
                                         "seen": {"dist": "poisson", "mu": "a", "shape": [5], "observed": [0, 0, 0, 0, 0]}}}
        result = self.command(self.config("zeros", model, seed=2, chains=2, sampler={"draws": 200}))
        self.assertEqual(result.returncode, 0, result.stderr)
        with h5py.File(self.folder / "zeros.h5") as file:
            reason, node, a = (file[name][:] for name in ("sample_stats/reason", "sample_stats/node", "posterior/a"))
        self.assertEqual(set(numpy.unique(reason)), {0, 4})
        self.assertTrue(((reason == 4) == (node == 1)).all())
        self.assertTrue((a > 0).all())
        self.assertIn(f"outside of the domain of a distribution's parameter (seen: {(reason == 4).sum()})", result.stdout)

    def test_equations_without_a_solution_are_told_apart_with_their_node(self):
        model = {"exmc_ir": 1, "nodes": {
            "a": {"dist": "normal", "mu": 0, "sigma": 1},
            "x": {"ode": {"initial": {"x": 1}, "rhs": {"x": "a * x**2"}, "times": [1]}},  # reaches infinity at 1 / a
            "seen": {"dist": "normal", "mu": "x", "sigma": 20, "observed": [1.5]}}}
        result = self.command(self.config("blowup", model, seed=2, chains=2, sampler={"draws": 200}))
        self.assertEqual(result.returncode, 0, result.stderr)
        with h5py.File(self.folder / "blowup.h5") as file:
            reason, node, a = (file[name][:] for name in ("sample_stats/reason", "sample_stats/node", "posterior/a"))
        self.assertGreater((reason == 5).sum(), 0)
        self.assertTrue((node[reason == 5] == 1).all())
        self.assertTrue((a < 1).all())
        self.assertIn(f"a differential equation could not be solved (x: {(reason == 5).sum()})", result.stdout)

    def test_an_improper_posterior_is_called_that(self):
        model = {"exmc_ir": 1, "data": {"x": [-2, -1, 1, 2], "y": [0, 0, 1, 1]},
                 "nodes": {"a": {"dist": "flat"}, "b": {"dist": "flat"},
                           "seen": {"dist": "bernoulli", "logit_p": "a + b * x", "observed": "y"}}}
        result = self.command(self.config("separable", model, seed=3, chains=2, warmup={"iterations": 300}, sampler={"draws": 100}))
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("2 of 2 chains failed", result.stderr)
        self.assertIn("improper", result.stderr)

    def test_a_wide_prior_is_not(self):
        model = {"exmc_ir": 1, "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1e31}}}
        result = self.command(self.config("wide", model, seed=3, chains=2, sampler={"draws": 500}))
        self.assertEqual(result.returncode, 0, result.stderr)
        with h5py.File(self.folder / "wide.h5") as file:
            sd = file["posterior/x"][:].std()
        self.assertTrue(0.8e31 < sd < 1.2e31, sd)


class Starts(Commands):
    SHORT = {"warmup": {"iterations": 100}, "sampler": {"draws": 50}, "seed": 3}

    def test_a_prior_far_from_zero_starts_by_itself(self):
        self.assertEqual(self.command("--quiet", self.config("far", FAR, chains=4, **self.SHORT)).returncode, 0)

    def test_values_are_where_a_chain_begins(self):
        given = self.config("given", FAR, chains=2, init={"centre": 1e5, "spread": 3e4}, **self.SHORT)
        self.assertEqual(self.command("--quiet", given).returncode, 0)
        again = self.config("again", FAR, chains=2, init={"file": "given.h5"}, **self.SHORT)
        self.assertEqual(self.command("--quiet", again).returncode, 0)
        with h5py.File(self.folder / "given.h5") as old, h5py.File(self.folder / "again.h5") as new:
            init = json.loads(new["model/sampling"][()])["init"]
            for chain in range(2):
                self.assertEqual(init[chain]["centre"], old["posterior/centre"][chain, -1])
        (self.folder / "given.h5").unlink()  # what was read is recorded
        keys = json.loads((self.folder / again).read_text())
        del keys["init"]
        (self.folder / again).write_text(json.dumps(keys))
        self.assertEqual(self.command("--resume", again).returncode, 0)

    def test_what_cannot_be_a_start_is_refused_with_its_place(self):
        for init, message in (({"centre": 1e5, "spread": -3}, "init.spread: expected a positive number, found -3"),
                              ({"center": 1e5}, 'init.center: no parameter is called "center" (did you mean "centre"?)'),
                              ({"centre": [1, 2]}, "init.centre: expected shape (), found (2)"),
                              ([1, 2, 3], "init: found 3 entries, expected one for each of 2 chains"),
                              (-1, "init: found the number -1, expected a radius"),
                              ("near", 'init: found the string "near", expected a radius, values'),
                              ([], "init: found an empty list"),
                              ({"file": "none.h5"}, "none.h5")):
            with self.subTest(init=init):
                result = self.command(self.config("bad", FAR, chains=2, init=init, **self.SHORT))
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(message, result.stderr)
                self.assertFalse((self.folder / "bad.h5").exists())

    def test_a_value_beyond_a_bound_that_is_drawn_is_named(self):
        model = {"exmc_ir": 1, "nodes": {"s": {"dist": "half_normal", "sigma": 1}, "u": {"dist": "uniform", "lower": "s", "upper": 5}}}
        result = self.command("--quiet", self.config("beyond", model, chains=2, init={"u": 7}, **self.SHORT))
        self.assertEqual(result.returncode, 4)
        self.assertRegex(result.stderr, r"init.u: expected a number between \S+ and 5, found 7\) 135 times")


if __name__ == "__main__":
    ranks.main()
