"""The table at the end of a run and of --summary, its warnings, and what --quiet and --strict make of them."""

import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

SCREEN = 50  # lines
LARGE = {"exmc_ir": 1, "name": "large", "coords": {"site": [f"s{i}" for i in range(5000)]},
         "nodes": {"b": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [5000], "dims": ["site"]},
                   "L": {"dist": "lkj_corr_cholesky", "n": 3, "eta": 2},
                   "mu": {"dist": "normal", "mu": 0, "sigma": 5},
                   "k": {"expr": "3"}}}
SMALL = {"exmc_ir": 1, "name": "small", "nodes": {"mu": {"dist": "normal", "mu": 0, "sigma": 5}}}


class Commands(ranks.TestCase):
    def command(self, *args):
        return subprocess.run([ranks.programs.exmc, *map(str, args)], cwd=self.folder, capture_output=True, text=True,
                              timeout=ranks.HANG_LIMIT)


class Table(Commands):
    def test_of_five_thousand_parameters_fits_a_screen_and_shows_the_worst(self):
        config = ranks.write_config(self.folder, "large", model=LARGE, chains=2, sampler={"draws": 150})
        run = self.command(config.name)
        self.assertEqual(run.returncode, 0, run.stderr)
        lines = run.stdout.splitlines()
        self.assertLess(len(lines), SCREEN)
        self.assertRegex(lines[1], r"^mu +-?[\d.]+ ")
        folded = next(line for line in lines if line.startswith("b[0:5000] "))
        numbers = re.search(r"means from (\S+) to (\S+) +(\d+) +(\d+) +([\d.]+)$", folded)
        summary = json.loads(self.command("--summary", "--json", "large.h5").stdout)
        table = summary["variables"]
        self.assertEqual(len(table), 5000 + 9 + 2)
        b = [row for row in table if row["name"].startswith("b[")]
        for text, value in zip(numbers.groups(), (min(row["mean"] for row in b), max(row["mean"] for row in b),
                                                  min(row["ess_bulk"] for row in b), min(row["ess_tail"] for row in b),
                                                  max(row["rhat"] for row in b)), strict=True):
            self.assertAlmostEqual(float(text), value, delta=max(0.51 if "." not in text else 0.00051, 1e-3 * abs(value)))
        worst = lines[lines.index("the worst of what is not shown one by one:") + 1:][:5]
        suspicious = {*summary["suspicious"]["rhat"], *summary["suspicious"]["ess"]}
        self.assertTrue(suspicious, "two times 150 draws are few for 5000 parameters")
        first = max((row for row in table if row["name"] in suspicious and "[" in row["name"]), key=lambda row: row["rhat"])
        self.assertTrue(worst[0].startswith(first.get("label", first["name"]) + " "), worst)
        self.assertIn("constant: 4 of 9 elements of L, k = 3", lines)
        self.assertNotIn("L[0, 2]", run.stdout)
        self.assertEqual(self.command("--summary", "large.h5").stdout, run.stdout)

        with self.subTest("some elements"):
            shown = self.command("--summary", "--vars", "k, b[s7],b[-2:],L[1]", "large.h5").stdout.splitlines()
            self.assertEqual([re.split(r"  +", line)[0] for line in shown[1:8]],
                             ["k", "b[s7]", "b[s4998]", "b[s4999]", "L[1, 0]", "L[1, 1]", "L[1, 2]"])
            some = json.loads(self.command("--summary", "--json", "--vars", "b[0:3]", "large.h5").stdout)
            self.assertEqual(some["variables"], table[:3])
            self.assertEqual(len(self.command("--summary", "--csv", "--vars", "b,mu", "large.h5").stdout.splitlines()), 5002)
            self.assertGreater(len(self.command("--summary", "--vars", "all", "large.h5").stdout.splitlines()), 5011)
        with self.subTest("the end of a run"):
            named = self.command("--overwrite", "--set", 'output.summary=["mu", "b[0:2]"]', config.name)
            self.assertEqual([line.split()[0] for line in named.stdout.splitlines()[1:4]], ["mu", "b[s0]", "b[s1]"])
            none = self.command("--overwrite", "--set", "output.summary=none", config.name)
            self.assertNotIn("ess_bulk", none.stdout)
            self.assertIn("warning: ", none.stdout)

    def test_of_what_is_not_there_is_refused(self):
        config = ranks.write_config(self.folder, "small", model=SMALL)
        for number in (None, 2):
            result = ranks.run(self.folder, number, "--set", "output.summary=mo", config.name)
            self.assert_codes(result, 2)
            self.assertIn('small.json: output.summary: no variable is called "mo" (did you mean "mu"?)', result.err)
            self.assertFalse((self.folder / "small.h5").exists())
        self.assertEqual(self.command("--quiet", config.name).returncode, 0)
        result = self.command("--summary", "--vars", "mu[0]", "small.h5")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("--vars: found too many indices", result.stderr)


class Strict(Commands):
    def setUp(self):
        super().setUp()
        self.config = ranks.write_config(self.folder, "small", model=SMALL, chains=2, sampler={"draws": 60})

    def assert_refused(self, codes, err):
        self.assertEqual(set(codes), {7}, err)
        self.assertIn("a warning says that these draws are not to be used (--strict)", err)

    def test_quiet_leaves_warnings(self):
        for number in (None, 2):
            result = ranks.run(self.folder, number, "--quiet", "--overwrite", self.config.name)
            self.assert_codes(result, 0)
            self.assertEqual(result.out, "")
            self.assertTrue(all(" warning: " in line for line in result.err.splitlines()), result.err)
            self.assertRegex(result.err, r" warning: Effective sample size is below 200 \(100 per chain\) for mu \(")

    def test_too_few_draws_are_not_to_be_used(self):
        for number in (None, 2):
            result = ranks.run(self.folder, number, "--strict", "--overwrite", self.config.name)
            self.assert_refused(result.codes.values(), result.err)
            self.assertIn("\nwarning: Effective sample size", result.out, "the table is there as usual")
            self.assertIn("120 of 120 draws are in small.h5", result.err)
            self.assertEqual(self.command("--status", "small.h5").returncode, 0, "the file is complete")
            again = ranks.run(self.folder, number, "--strict", "--resume", self.config.name)
            self.assert_refused(again.codes.values(), again.err)
        for shape in ([], ["--json"], ["--csv"], ["--quiet"]):
            result = self.command("--summary", "--strict", *shape, "small.h5")
            self.assert_refused([result.returncode], result.stderr)
            self.assertEqual(bool(result.stdout), shape != ["--quiet"])
        self.assertFalse(json.loads(self.command("--summary", "--json", "small.h5").stdout)["usable"])
        script = ranks.ROOT / "jobs/until-complete.sh"
        (self.folder / "small.h5").unlink()
        path = f"{pathlib.Path(ranks.programs.exmc).parent}:/usr/bin:/bin"
        attended = subprocess.run([script, "small.h5", "exmc_mpi", "--resume", "--strict", self.config.name], cwd=self.folder,
                                  env={"PATH": path}, capture_output=True, text=True, timeout=ranks.HANG_LIMIT)
        self.assert_refused([attended.returncode], attended.stderr)

    def test_enough_draws_are_fine(self):
        for number in (None, 2):
            result = ranks.run(self.folder, number, "--strict", "--overwrite", "--set", "sampler.draws=1000", self.config.name)
            self.assert_codes(result, 0)
        self.assertEqual(self.command("--summary", "--strict", "small.h5").returncode, 0)
        self.assertTrue(json.loads(self.command("--summary", "--json", "small.h5").stdout)["usable"])


if __name__ == "__main__":
    ranks.main()
