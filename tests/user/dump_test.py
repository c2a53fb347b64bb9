"""A result file as the tools of netCDF and HDF5 show it: `ncdump -h`, `ncdump -v`, `h5ls -r`, `h5dump`; finished, and while its
run goes on. Skipped where they are not installed (Debian's netcdf-bin and hdf5-tools)."""

import pathlib
import re
import shutil
import subprocess
import sys

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

TOOLS = ("ncdump", "h5ls", "h5dump")
# Of each kind that a file can hold: a number, axes with and without names, three of them, none at all, a matrix, integers,
# texts beyond ASCII, a quantity without elements.
MODEL = {
    "exmc_ir": 1, "name": "Größe / \"all\"",
    "data": {"X": [[1, 0.5], [1, -0.2], [1, 1.3]], "visits": [3, 0, 5], "none": 0},
    "dims": {"X": ["school", "predictor"]},
    "coords": {"school": ["Ándover", "Brighton / Hove", "日本"], "predictor": ["intercept", "income"], "t": [0.5, 1.5],
               "year": [1990, 1991, 1992]},
    "nodes": {
        "sigma": {"dist": "half_normal", "sigma": 1},
        "beta": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2], "dims": ["predictor"]},
        "cube": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2, 3, 4], "dims": ["t", "year", "month"]},
        "L": {"dist": "lkj_corr_cholesky", "n": 2, "eta": 2},
        "nothing": {"dist": "normal", "mu": 0, "sigma": 1, "shape": ["none"]},
        "y": {"dist": "poisson", "log_mu": "X @ beta", "observed": "visits", "dims": ["school"]},
        "one": {"dist": "normal", "mu": 0, "sigma": "sigma", "observed": 2.5},
        "counts": {"generated": {"dist": "poisson", "mu": "sigma", "shape": [5]}}}}
ALL_GROUPS = {"save_warmup": True, "log_likelihood": True, "predictive": True, "log_prior": True, "prior": 20}
GROUPS = {"posterior", "sample_stats", "posterior_predictive", "log_likelihood", "log_prior", "prior", "prior_predictive",
          "warmup_posterior", "warmup_sample_stats", "observed_data", "constant_data", "model", "run"}
POSTERIOR = ["double sigma(chain, draw)", "double beta(chain, draw, predictor)", "double cube(chain, draw, t, year, month)",
             "double L(chain, draw, L_dim_0, L_dim_1)", "double nothing(chain, draw, nothing_dim_0)",
             "int64 counts(chain, draw, counts_dim_0)", "int64 chain(chain)", "int64 draw(draw)", "string predictor(predictor)",
             "double t(t)", "int64 year(year)", "int64 month(month)"]


class Dump(ranks.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = [tool for tool in TOOLS if not shutil.which(tool)]
        if missing:
            raise SystemExit(f"SKIPPED: {', '.join(missing)} not installed (Debian's netcdf-bin, hdf5-tools)")

    def printed(self, *command):
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=ranks.HANG_LIMIT)
        self.assertEqual((result.returncode, result.stderr), (0, ""), command)
        return result.stdout

    def finished(self):
        config = ranks.write_config(self.folder, "wide", model=MODEL, chains=2, sampler={"draws": 60}, warmup={"iterations": 50},
                                    output=ALL_GROUPS)
        subprocess.run([ranks.programs.exmc, "--quiet", config], check=True, capture_output=True, timeout=ranks.HANG_LIMIT)
        return config.with_suffix(".h5")

    def test_ncdump_shows_groups_dimensions_and_types(self):
        file = self.finished()
        header = self.printed("ncdump", "-h", file)
        groups = dict(re.findall(r"^group: (\w+) \{\n(.*?)^  \} // group \1$", header, re.MULTILINE | re.DOTALL))
        self.assertEqual(set(groups), GROUPS)
        for name in GROUPS - {"model", "run"}:
            with self.subTest(name):
                self.assertNotIn("phony_dim", groups[name], "each axis has a name")
        shown = [line.strip().rstrip(" ;") for line in groups["posterior"].splitlines()]
        for line in POSTERIOR:
            self.assertIn(line, shown)
        for line in ("chain = 2", "draw = 60", "predictor = 2", "year = 3", "month = 4", "L_dim_1 = 2", "counts_dim_0 = 5"):
            self.assertIn(line, shown)
        self.assertIn("double X(school, predictor) ;", groups["constant_data"])
        self.assertIn("double one ;", groups["observed_data"])
        self.assertIn('string diverging:dtype = "bool" ;', groups["sample_stats"])

    def test_ncdump_shows_values(self):
        file = self.finished()
        self.assertIn('school = "Ándover", "Brighton / Hove", "日本" ;', self.printed("ncdump", "-v", "school", file))
        self.assertIn("y = 3, 0, 5 ;", self.printed("ncdump", "-v", "/observed_data/y", file))
        self.assertIn("Größe", self.printed("ncdump", "-v", "/model/ir", file))
        text = self.printed("ncdump", "-p", "9,17", "-v", "/posterior/sigma", file)
        values = re.search(r"\n {3}sigma =\s(.*?);", text, re.DOTALL).group(1).split(",")
        with h5py.File(file) as opened:
            self.assertEqual(list(map(float, values)), opened["posterior/sigma"][:].ravel().tolist())

    def test_h5ls_and_h5dump_show_everything(self):
        file = self.finished()
        rows = [line.split(maxsplit=1) for line in self.printed("h5ls", "-r", file).splitlines()]
        listed = {path.strip("/"): kind for path, kind in rows}
        expected = {"": "Group"}

        def visit(name, item):
            shape = getattr(item, "shape", None)
            lengths = "SCALAR" if shape == () else ", ".join(map(str, shape or ()))
            expected[name] = "Group" if shape is None else f"Dataset {{{lengths}}}"

        with h5py.File(file) as opened:
            opened.visititems(visit)
        self.assertEqual(listed, expected)
        self.assertEqual(listed["posterior/cube"], "Dataset {2, 60, 2, 3, 4}")
        self.assertIn('GROUP "warmup_posterior"', self.printed("h5dump", "-H", file))
        # All values of it, texts of variable and of fixed length too.
        self.assertIn('"completed"', self.printed("h5dump", file))

    def test_they_read_while_the_run_goes_on(self):
        config = ranks.write_config(self.folder, "wide", model=MODEL, chains=2, sampler={"draws": 10**6},
                                    warmup={"iterations": 50}, output={"flush_seconds": 0.1})
        run = self.start_alone(config)
        file = config.with_suffix(".h5")
        ranks.wait_for(file.exists)
        self.assertIn("double sigma(chain, draw) ;", self.printed("ncdump", "-h", file))
        self.assertIn("Dataset {2, 1000000}", self.printed("h5ls", f"{file}/posterior/sigma"))
        self.assertIn('GROUP "posterior"', self.printed("h5dump", "-H", file))
        self.assertIsNone(run.poll(), "the run goes on")
        run.terminate()
        self.assertEqual(run.wait(timeout=ranks.HANG_LIMIT), 5, "it can be resumed")


if __name__ == "__main__":
    ranks.main()
