"""A result file in ArviZ and xarray as people open it, finished and while its run goes on; the recipes of docs/file-format.md."""

import contextlib
import io
import json
import pathlib
import re
import subprocess
import sys
import warnings

import matplotlib

matplotlib.use("Agg")
warnings.simplefilter("ignore")
import arviz as az  # noqa: E402
import h5py  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import xarray as xr  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

ENGINES = ("netcdf4", "h5netcdf")
# A density that costs much, so that its run is not over before it was looked at.
SLOW = {"exmc_ir": 1, "name": "slow", "nodes": {
    "mu": {"dist": "normal", "mu": 0, "sigma": 1}, "tau": {"dist": "half_normal", "sigma": 1},
    "theta": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [8]},
    "y": {"dist": "student_t", "nu": 3, "mu": "mu", "sigma": "tau", "shape": [30000],
          "observed": "repeat([-1, 0, 2], 10000)"}}}


class Finished(ranks.TestCase):
    def setUp(self):
        super().setUp()
        config = ranks.write_config(self.folder, "eight_schools", chains=4, sampler={"draws": 500, "coordinates": "model"})
        self.file = config.with_suffix(".h5")
        subprocess.run([ranks.programs.exmc, "--quiet", config], check=True, timeout=ranks.HANG_LIMIT)
        self.addCleanup(plt.close, "all")

    def test_summary_is_that_of_the_program(self):
        printed = subprocess.run([ranks.programs.exmc, "--summary", "--json", self.file], capture_output=True, check=True)
        rows = {row["name"]: row for row in json.loads(printed.stdout)["variables"]}
        for engine in ENGINES:
            table = az.summary(az.from_netcdf(self.file, engine=engine), round_to="none")
            self.assertEqual(list(table.index), list(rows))
            for ours, theirs in (("mean", "mean"), ("sd", "sd"), ("mcse_mean", "mcse_mean"), ("ess_bulk", "ess_bulk"),
                                 ("ess_tail", "ess_tail"), ("rhat", "r_hat")):
                np.testing.assert_allclose([rows[name][ours] for name in table.index], table[theirs], rtol=1e-8,
                                           err_msg=f"{ours}, {engine}")

    def test_data_tree_has_groups_dimensions_and_coordinates(self):
        trees = [xr.open_datatree(self.file, engine=engine) for engine in ENGINES]
        for tree in trees:
            self.addCleanup(tree.close)
            self.assertLessEqual({"posterior", "sample_stats", "observed_data", "constant_data", "model", "run"},
                                 set(tree.children))
            self.assertEqual(tree["posterior/theta"].dims, ("chain", "draw", "theta_dim_0"))
            self.assertEqual(tree["posterior"].sizes["draw"], 500)
            self.assertTrue((tree["posterior/chain"].values == np.arange(4)).all())
            self.assertEqual(json.loads(str(tree["model/ir"].values))["name"], "eight_schools")
        self.assertTrue(trees[0]["posterior"].to_dataset().identical(trees[1]["posterior"].to_dataset()))

    def test_plots_are_drawn(self):
        run = az.from_netcdf(self.file)
        self.assertTrue(run.sample_stats.diverging.any(), "the pair plot has something to mark")
        az.plot_trace(run)
        az.plot_rank(run, var_names=["mu", "tau"])
        az.plot_forest(run, r_hat=True)
        az.plot_energy(run)
        az.plot_ess(run, var_names=["mu"], kind="evolution")
        axes = az.plot_pair(run, var_names=["mu", "tau"], divergences=True)
        marked = [line for line in np.ravel(axes)[0].get_lines() if len(line.get_xdata())]
        self.assertEqual(len(marked[0].get_xdata()), int(run.sample_stats.diverging.sum()))


class Recipes(ranks.TestCase):
    """The Python in docs/file-format.md, word for word."""

    def setUp(self):
        super().setUp()
        text = (ranks.ROOT / "docs/file-format.md").read_text()
        self.blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        self.assertGreaterEqual(len(self.blocks), 3)
        self.addCleanup(plt.close, "all")

    def run_all(self):
        """What each block left behind."""
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(io.StringIO()):
            found = []
            for block in self.blocks:
                names = {}
                exec(compile(block, "docs/file-format.md", "exec"), names)
                found.append(names)
            return found

    def test_work_on_a_finished_file(self):
        config = ranks.write_config(self.folder, "eight_schools", chains=2, sampler={"draws": 100})
        subprocess.run([ranks.programs.exmc, "--quiet", config], check=True, timeout=ranks.HANG_LIMIT)
        timeline, by_hand, by_arviz = self.run_all()[:3]
        self.assertEqual((timeline["events"].kind == b"completed").sum(), 2)
        self.assertEqual((by_hand["draws"], by_arviz["draws"]), (100, 100))
        self.assertEqual(by_hand["theta"].shape, (2, 100, 8))

    def test_work_while_the_run_goes_on_and_do_not_disturb_it(self):
        config = ranks.write_config(self.folder, "eight_schools", model=SLOW, chains=2, sampler={"draws": 10**6},
                                    warmup={"iterations": 100}, output={"flush_seconds": 0.1})
        run = self.start_alone(config)
        file = config.with_suffix(".h5")

        def durable():
            if not file.exists():
                return 0
            with h5py.File(file) as opened:
                return int(opened["run/progress"][:].min())

        ranks.wait_for(lambda: durable() >= 10)
        for _ in range(3):
            before = durable()
            _, by_hand, by_arviz = self.run_all()[:3]
            self.assertGreaterEqual(by_hand["draws"], before)
            self.assertTrue(np.isfinite(by_hand["theta"]).all())
            seen = by_arviz["data"].posterior.theta.values[:, :by_hand["draws"]]
            self.assertTrue(np.array_equal(seen, by_hand["theta"]), "what was seen once stays")
            ranks.wait_for(lambda: durable() > before)
            self.assertIsNone(run.poll(), "the run goes on")
        run.terminate()
        self.assertEqual(run.wait(timeout=ranks.HANG_LIMIT), 5, "it can be resumed")


if __name__ == "__main__":
    ranks.main()
