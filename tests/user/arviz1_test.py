"""A result file in ArviZ 1: groups, names, R-hat, effective sizes, LOO and plots, beside what the program and ArviZ 0.23 say.
Skipped where there is no Python of 3.12 or later."""

import json
import pathlib
import subprocess
import sys
import warnings

import arviz
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

READS = pathlib.Path(__file__).with_name("arviz1_reads.py")
SCHOOLS = ["Ärmelstadt", "B", "C", "D", "E", "F", "G", "H"]
MODEL = {
    "exmc_ir": 1, "name": "schools", "coords": {"school": SCHOOLS},
    "data": {"y": [28, 8, -3, 7, -1, 1, 18, 12], "sd": [15, 10, 16, 11, 9, 11, 10, 18]},
    "nodes": {
        "mu": {"dist": "normal", "mu": 0, "sigma": 5},
        "tau": {"dist": "half_normal", "sigma": 5},
        "theta": {"dist": "normal", "mu": "mu", "sigma": "tau", "shape": [8], "dims": ["school"]},
        "obs": {"dist": "normal", "mu": "theta", "sigma": "sd", "observed": "y", "dims": ["school"]}}}


class ArvizOne(ranks.TestCase):
    @classmethod
    def setUpClass(cls):
        if not ranks.programs.arviz1:
            raise SystemExit("SKIPPED: no Python of 3.12 or later when jobs/setup.sh ran (EXMC_PYTHON_ARVIZ1 is empty)")

    def test_reads_what_the_program_wrote(self):
        config = ranks.write_config(self.folder, "schools", model=MODEL, chains=4, sampler={"draws": 500})
        file = config.with_suffix(".h5")
        subprocess.run([ranks.programs.exmc, "--quiet", config], check=True, timeout=ranks.HANG_LIMIT)
        said = json.loads(self.printed(ranks.programs.exmc, "--summary", "--json", file))
        rows = {row["name"]: row for row in said["variables"]}
        older = arviz.from_netcdf(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of few draws
            older_loo = arviz.loo(older, pointwise=True)
        found = json.loads(self.printed(ranks.programs.arviz1, READS, file))
        self.assertEqual(found["version"].split(".")[0], "1")
        self.assertEqual(list(found["engines"]), ["netcdf4", "h5netcdf"])
        for engine, read in found["engines"].items():
            with self.subTest(engine):
                self.assertLessEqual({"posterior", "sample_stats", "observed_data", "constant_data", "log_likelihood",
                                      "posterior_predictive", "model", "run"}, set(read["groups"]))
                self.assertEqual(read["school"], SCHOOLS)
                self.assertEqual(read["dims"], {"observed_data": ["school"],
                                                "posterior_predictive": ["chain", "draw", "school"],
                                                "log_likelihood": ["chain", "draw", "school"]})
                self.same_summary(read["summary"], rows)
                theta = [row for name, row in rows.items() if name.startswith("theta")]
                np.testing.assert_allclose(read["rhat"], [row["rhat"] for row in theta], rtol=1e-8)
                np.testing.assert_allclose(read["ess"], [row["ess_bulk"] for row in theta], rtol=1e-8)
                # The two smooth the importance weights slightly differently.
                self.assertAlmostEqual(read["loo"]["elpd"], float(older_loo.elpd_loo), delta=0.01)
                self.assertEqual(list(read["loo"]["pointwise"]), SCHOOLS)
                np.testing.assert_allclose(list(read["loo"]["pointwise"].values()), older_loo.loo_i, atol=0.005)
                self.assertEqual(read["plots"], ["PlotCollection"] * 4)

    def same_summary(self, table, rows):
        for theirs, ours in (("mean", "mean"), ("sd", "sd"), ("mcse_mean", "mcse_mean"), ("ess_bulk", "ess_bulk"),
                             ("ess_tail", "ess_tail"), ("r_hat", "rhat")):
            labels = {name.replace("theta[", "").rstrip("]"): row for name, row in rows.items()}
            self.assertEqual(len(table[theirs]), len(labels))
            for name, value in table[theirs].items():
                place = name.replace("theta[", "").rstrip("]")
                row = labels[str(SCHOOLS.index(place)) if place in SCHOOLS else place]
                np.testing.assert_allclose(value, row[ours], rtol=1e-8, err_msg=f"{theirs} of {name}")

    def printed(self, *command):
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=ranks.HANG_LIMIT * 4)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout


if __name__ == "__main__":
    ranks.main("arviz1")
