"""jobs/report.sh: one page that needs nothing else, whatever the state of the file; and one line where there is none."""

import html
import json
import os
import pathlib
import re
import subprocess
import sys

import h5py
import matplotlib
import pandas

matplotlib.use("Agg")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

REPORT = ranks.ROOT / "jobs/report.sh"
LIMIT = 300  # seconds, for hangs; a report takes ten on two quiet cores


def report_modules():
    """The page's parts, `draws` and `figures`."""
    sys.path.insert(0, str(REPORT.parent / "report"))
    import draws
    import figures
    return draws, figures


class Report(ranks.TestCase):
    def sample(self, name, **keys):
        config = ranks.write_config(self.folder, name, **keys)
        subprocess.run([ranks.programs.exmc, "--quiet", config.name], cwd=self.folder, check=True, timeout=ranks.HANG_LIMIT)
        return config.with_suffix(".h5")

    def report(self, *args):
        path = f"{pathlib.Path(ranks.programs.exmc).parent}:{os.environ['PATH']}"
        return subprocess.run([REPORT, *args], cwd=self.folder, capture_output=True, text=True, timeout=LIMIT,
                              env=dict(os.environ, PATH=path, EXMC_PYTHON=sys.executable))

    def page(self, file):
        result = self.report(file.name)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")
        page = file.with_suffix(".html").read_text()
        self.assertNotIn("could not draw", page)
        return page

    def test_shows_a_run_that_went_badly(self):
        file = self.sample("eight_schools", chains=3, warmup={"iterations": 300},
                           sampler={"draws": 200, "coordinates": "model"})
        page = self.page(file)
        titles = re.findall("<h2>(.*?)</h2>", page)
        for title in ("Warnings", "Summary", "Traces", "Ranks", "Effective sample size", "Pairs", "Energy",
                      "Predictive check", "Timeline", "Model"):
            self.assertIn(title, titles)
        self.assertEqual(re.findall(r'(?:src|href)="(?!data:)', page), [], "nothing from elsewhere")
        self.assertGreaterEqual(page.count('src="data:image/png;base64,'), 7)
        self.assertIn('<img alt="Predictive check"', page)
        summary = json.loads(subprocess.run([ranks.programs.exmc, "--summary", "--json", file], capture_output=True,
                                            check=True).stdout)
        self.assertTrue(summary["warnings"])
        for warning in summary["warnings"]:
            self.assertIn(html.escape(warning), page)
        self.assertIn("class=bad", page)
        self.assertIn(f"<dd>{summary['divergences']}</dd>", page)

    def test_shows_a_short_one_of_a_single_chain_that_is_not_over(self):
        model = {"exmc_ir": 1, "name": "a <b> & c", "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1},
                                                              "k": {"expr": 3},
                                                              "y": {"dist": "normal", "mu": "x", "sigma": 1, "shape": [6],
                                                                    "observed": [1, 2, 3, 4, 5, 6]}}}
        file = self.sample("m", model=model, chains=1, sampler={"draws": 20})
        with h5py.File(file, "r+") as opened:
            opened["run/progress"][:] = 7
        page = self.page(file)
        self.assertIn("7 of 20 (not complete)", page)
        self.assertIn("<h1>a &lt;b&gt; &amp; c</h1>", page)
        self.assertIn('<img alt="Predictive check"', page, "of fewer draws than it would show")

    def test_leaves_out_chains_that_failed(self):
        cone = {"exmc_ir": 1, "name": "cone",
                "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [7]},
                          "p": {"potential": "where(min(x) > 0, 0, log(0 * min(x)))"}}}
        config = ranks.write_config(self.folder, "cone", model=cone, seed=5, chains=8, warmup={"iterations": 100},
                                    sampler={"draws": 50})
        run = subprocess.run([ranks.programs.exmc, "--quiet", config.name], cwd=self.folder, timeout=ranks.HANG_LIMIT)
        self.assertEqual(run.returncode, 4)
        file = config.with_suffix(".h5")
        with h5py.File(file) as opened:
            left = [chain for chain, failure in enumerate(opened["run/chains/failure"][:]) if not failure]
        self.assertTrue(0 < len(left) < 8)
        page = self.page(file)
        self.assertIn(f"<dd>{len(left)} chains × 50 of 50 (complete)</dd>", page)
        self.assertIn("chains failed and are left out", page)
        draws, _ = report_modules()
        result = draws.Result(file, 50, left)
        self.assertEqual(list(result.data.posterior.chain.values), left)
        self.assertEqual(list(result.data.sample_stats.chain.values), left)
        self.assertTrue((result.data.posterior["x"].values > 0).all())

    def test_says_what_cannot_be_drawn_and_goes_on(self):
        _, figures = report_modules()

        def draw():
            raise ValueError("too <few>")

        figure = figures.Figure("Traces", "of chains", draw)
        self.assertEqual((figure.text, figure.image), ("ArviZ could not draw this: too &lt;few&gt;", ""))

    def test_shortens_names_to_what_fits(self):
        _, figures = report_modules()
        self.assertEqual(figures.shortened("theta[11]"), "theta[11]")
        self.assertEqual(figures.shortened("a_rather_long_name_of_a_parameter[11]"), "a_rather_lon…rameter[11]")

    def test_says_why_there_is_no_predictive_check(self):
        blind = {"exmc_ir": 1, "name": "blind", "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1}}}
        for name, reason, keys in (("blind", "The model observes nothing.", {"model": blind}),
                                   ("eight_schools", "The run kept no predictive draws", {"output": {"predictive": False}})):
            page = self.page(self.sample(name, chains=1, sampler={"draws": 20}, **keys))
            self.assertIn(f"<h2>Predictive check</h2><p>{reason}", page)
            self.assertNotIn('<img alt="Predictive check"', page)

    def test_checks_predictions_of_counts_of_few_values_and_of_heavy_tails(self):
        counts, tail = [4, 0, 2, 3, 1, 2, 2, 5], list(range(10))
        model = {"exmc_ir": 1, "name": "m", "nodes": {
            "a": {"dist": "normal", "mu": 0, "sigma": 1},
            "counts": {"dist": "poisson", "mu": "exp(a)", "observed": counts, "shape": [8]},
            "once": {"dist": "poisson", "mu": "exp(a)", "observed": 3},
            "tail": {"dist": "cauchy", "alpha": "a", "beta": 10, "observed": tail, "shape": [10]}}}
        file = self.sample("m", model=model, chains=2, sampler={"draws": 400})
        self.assertIn('<img alt="Predictive check"', self.page(file))
        draws, figures = report_modules()
        figures.predictive(draws.Result(file, 400, [0, 1]))
        of_counts, of_one, of_tail = figures.plt.gcf().axes
        self.addCleanup(figures.plt.close, "all")

        observed = [line for line in of_counts.get_lines() if line.get_label() == "Observed"]
        self.assertEqual([list(line.get_xdata()) for line in observed], [sorted(counts)], "a cumulative share")
        dots = [line for line in of_one.get_lines() if line.get_label() == "Observed"]
        self.assertEqual([(list(line.get_xdata()), line.get_marker()) for line in dots], [([3], "o")])
        with h5py.File(file) as opened:
            made = opened["posterior_predictive/tail"][:]
        low, high = of_tail.get_xlim()
        self.assertTrue(low < min(tail) and high > max(tail), "all of the data are seen")
        self.assertLess(high - low, (made.max() - made.min()) / 2, "and not the tail alone")
        self.assertGreater(((made > low) & (made < high)).mean(), 0.98)

    def test_tells_who_ran_a_chain_one_rank_after_the_other(self):
        draws, _ = report_modules()

        rows = [(0, "begun", -1, -1), (1, "started", 0, 0), (1, "started", 1, 1), (4, "death", 1, 1),
                (5, "reassigned", 0, 1), (7, "completed", 0, 0), (9, "continued", -1, -1), (9.5, "started", 2, 1),
                (12, "death", 2, -1), (13, "reassigned", 3, 1), (15, "completed", 3, 1), (16, "ended", -1, -1)]
        events = pandas.DataFrame(rows, columns=["time", "kind", "rank", "chain"])
        self.assertEqual(sorted(draws.Result.stretches(events)),
                         [(0, 0, 1, 7), (1, 0, 5, 7), (1, 1, 1, 4), (1, 2, 9.5, 12), (1, 3, 13, 15)])

    def test_says_in_one_line_that_a_file_has_lost_its_model(self):
        file = self.sample("eight_schools", chains=1, sampler={"draws": 20})
        with h5py.File(file, "r+") as opened:
            del opened["model"]
        result = self.report(file.name)
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (3, 1), result.stderr)
        self.assertIn("eight_schools.h5: cannot read the model in it", result.stderr)

    def test_says_in_one_line_what_is_wrong(self):
        (self.folder / "junk.h5").write_text("junk")
        for arguments, code, reason in ((["absent.h5"], 3, "absent.h5"), (["junk.h5"], 3, "cannot read it as HDF5"),
                                        ([], 2, "usage:"), (["a", "b", "c"], 2, "usage:"), (["--json", "a"], 2, "usage:")):
            result = self.report(*arguments)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn(reason, result.stderr)
        self.assertEqual(list(self.folder.glob("*.html")), [])

    def test_has_help(self):
        result = self.report("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertTrue(result.stdout.startswith("jobs/report.sh FILE [OUT.html]: "))


if __name__ == "__main__":
    ranks.main()
