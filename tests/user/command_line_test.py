"""The commands around a run: what they print, for people and for programs, and what they say of files that are none."""

import csv
import hashlib
import io
import json
import math
import os
import pathlib
import pty
import re
import subprocess
import sys

import h5py
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

MODEL = {"exmc_ir": 1, "name": "m", "data": {"y": [1, 2, 3]},
         "nodes": {"mu": {"dist": "normal", "mu": 0, "sigma": 5},
                   "tau": {"dist": "half_normal", "sigma": 1, "shape": [2, 2]},
                   "obs": {"dist": "normal", "mu": "mu", "sigma": "tau[0, 0]", "shape": [3], "observed": "y"}}}
COLUMNS = ["name", "mean", "sd", "mcse_mean", "q5", "q50", "q95", "ess_bulk", "ess_tail", "rhat", "missing"]


class Commands(ranks.TestCase):
    def setUp(self):
        super().setUp()
        self.config = ranks.write_config(self.folder, "m", model=MODEL, chains=2, warmup={"iterations": 200},
                                         sampler={"draws": 100})
        self.file = self.folder / "m.h5"

    def command(self, *args):
        return subprocess.run([ranks.programs.exmc, *map(str, args)], cwd=self.folder, capture_output=True, text=True,
                              timeout=ranks.HANG_LIMIT)

    def sample(self, *args):
        result = self.command("--quiet", "--overwrite", *args, self.config.name)
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)

    def on_a_terminal(self, *args, **environment):
        """What the command writes to a terminal."""
        primary, secondary = pty.openpty()
        with subprocess.Popen([ranks.programs.exmc, *map(str, args)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              stdout=secondary, stderr=secondary, env=dict(os.environ, **{"TERM": "xterm", **environment})):
            os.close(secondary)
            text = b""
            try:
                while piece := os.read(primary, 65536):
                    text += piece
            except OSError:  # the other side is closed
                pass
        os.close(primary)
        return text.decode()


class Help(Commands):
    def test_has_an_example_of_every_option(self):
        text = self.command("--help").stdout
        options, examples = text.split("Examples:")
        named = set(re.findall(r"--[a-z]+", options)) - {"--help"}
        self.assertGreaterEqual(len(named), 11)
        self.assertEqual(named - set(re.findall(r"--[a-z]+", examples)), set())


class Beginning(Commands):
    def test_says_how_many_sample_at_a_time(self):
        one_chain = ["--set", "chains=1", "--overwrite", self.config.name]
        self.assertIn(": 1 chain on 1 thread, seed 1, output m.h5", self.command(*one_chain).stderr)
        launched = ranks.run(self.folder, 2, *one_chain)
        self.assert_codes(launched, 0)
        self.assertIn(": 1 chain on 2 ranks, seed 1, output m.h5", launched.err)


class ModelsAlone(Commands):
    def test_run_as_a_config_that_only_names_them(self):
        (self.folder / "alone.json").write_text(json.dumps(MODEL))
        ranks.write_config(self.folder, "named", model="alone.json")
        for name in ["alone", "named"]:
            result = self.command("--quiet", "--set", "seed=3", "--set", "sampler.draws=50", f"{name}.json")
            self.assertEqual((result.returncode, result.stderr.count("error")), (0, 0), result.stderr)
        with h5py.File(self.folder / "alone.h5") as one, h5py.File(self.folder / "named.h5") as other:
            numpy.testing.assert_array_equal(one["posterior/mu"], other["posterior/mu"])


class Summaries(Commands):
    def test_labels_stand_in_the_table(self):
        model = {"exmc_ir": 1, "coords": {"town": ["Bergen", "Zürich"], "year": [2010, 2020.5]},
                 "nodes": {"t": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2], "dims": ["town"]},
                           "r": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2, 2], "dims": ["year", "kind"]}}}
        config = ranks.write_config(self.folder, "labels", model=model, chains=2, sampler={"draws": 50})
        run = self.command(config.name)
        text = self.command("--summary", "labels.h5").stdout
        table = json.loads(self.command("--summary", "--json", "labels.h5").stdout)["variables"]
        self.assertEqual([row["name"] for row in table], ["t[0]", "t[1]", "r[0, 0]", "r[0, 1]", "r[1, 0]", "r[1, 1]"])
        labels = ["t[Bergen]", "t[Zürich]", "r[2010, 0]", "r[2010, 1]", "r[2020.5, 0]", "r[2020.5, 1]"]
        self.assertEqual([row["label"] for row in table], labels)
        for shown in (run.stdout, text):
            for label in labels:
                self.assertIn(f"\n{label} ", shown)
            self.assertNotIn("t[0]", shown)

    def test_json_and_csv_say_what_the_table_says(self):
        self.sample()
        text = self.command("--summary", self.file.name)
        table = json.loads(self.command("--summary", "--json", self.file.name).stdout)
        rows = list(csv.DictReader(io.StringIO(self.command("--summary", "--csv", self.file.name).stdout)))
        self.assertEqual([row["name"] for row in rows],
                         ["mu", "tau[0, 0]", "tau[0, 1]", "tau[1, 0]", "tau[1, 1]"])
        for row, variable in zip(rows, table["variables"], strict=True):
            self.assertEqual(list(row), COLUMNS)
            self.assertEqual(list(variable), COLUMNS)
            self.assertEqual([float(row[key]) for key in COLUMNS[1:]], [variable[key] for key in COLUMNS[1:]])
            line = next(line for line in text.stdout.splitlines() if line.startswith(row["name"] + " "))
            self.assertAlmostEqual(float(line.split()[-1]), variable["rhat"], delta=0.00051)
        with h5py.File(self.file) as opened:
            self.assertAlmostEqual(table["variables"][0]["mean"], opened["posterior/mu"][:].mean(), delta=1e-12)
            self.assertEqual(table["divergences"], int((opened["sample_stats/diverging"][:] == 1).sum()))
        self.assertEqual((table["chains"], table["draws"], table["planned_draws"]), (2, 100, 100))
        self.assertEqual(len(table["bfmi"]), 2)
        warnings = re.findall("^warning: (.*)$", text.stdout, re.MULTILINE)
        self.assertEqual(table["warnings"], warnings)
        self.assertTrue(warnings, "a hundred draws are too few")

    def test_what_is_no_number_is_null_and_nan(self):
        self.sample("--set", "chains=1", "--set", "sampler.draws=3")
        table = json.loads(self.command("--summary", "--json", self.file.name).stdout)
        self.assertIsNone(table["variables"][0]["rhat"])
        rows = list(csv.DictReader(io.StringIO(self.command("--summary", "--csv", self.file.name).stdout)))
        self.assertTrue(math.isnan(float(rows[0]["rhat"])))

    def test_what_is_no_number_has_no_sign_in_the_table(self):
        model = {"exmc_ir": 1, "name": "odd", "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1}, "k": {"expr": "3"},
                                                        "g": {"expr": "log(x)"}}}
        config = ranks.write_config(self.folder, "odd", model=model, chains=1, sampler={"draws": 150})
        self.assertEqual(self.command("--quiet", config.name).returncode, 0)
        text = self.command("--summary", "odd.h5").stdout
        self.assertNotIn("-nan", text)
        self.assertRegex(text, r"(?m)^g +nan +nan")
        self.assertNotIn("k (", text, "no warning of what is constant")

    def test_an_incomplete_file_is_called_so(self):
        self.sample()
        with h5py.File(self.file, "r+") as opened:
            opened["run/progress"][:] = [100, 60]
        self.assertIn("60 of 100 draws: the run is not complete\n", self.command("--summary", self.file.name).stdout)
        table = json.loads(self.command("--summary", "--json", self.file.name).stdout)
        self.assertEqual((table["draws"], table["planned_draws"]), (60, 100))


class MissingIntegers(Commands):
    """Whole numbers that are missing are no legal value, in no reader."""

    def run_model(self, name, model, **config):
        ranks.write_config(self.folder, name, model={"exmc_ir": 1, "name": name, **model}, **config)
        result = self.command("--quiet", f"{name}.json")
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.folder / f"{name}.h5"

    def test_a_count_beyond_64_bits_is_missing_and_counted(self):
        file = self.run_model("pp", {"data": {"y": [3, 0, 7]}, "nodes": {
            "eta": {"dist": "normal", "mu": 0, "sigma": 20}, "phi": {"dist": "half_cauchy", "beta": 5},
            "obs": {"dist": "negative_binomial", "mu": "exp(eta)", "alpha": "phi", "shape": [3], "observed": "y"},
            "obs2": {"dist": "poisson", "log_mu": "eta", "shape": [3], "observed": "y"}}},
            seed=5, chains=2, sampler={"draws": 100}, output={"prior": 1000})
        warnings = json.loads(self.command("--summary", "--json", file.name).stdout)["warnings"]
        with h5py.File(file) as opened:
            for name in ("obs", "obs2"):
                data = opened["prior_predictive"][name]
                values, missing = data[:], data.attrs["_FillValue"]
                self.assertEqual(missing, -1, "counts are never that")
                self.assertGreaterEqual(values[values != missing].min(), 0)
                count = int((values == missing).sum())
                self.assertGreater(count, 0)
                said = [text for text in warnings if text.startswith(f"{name} of /prior_predictive: {count} of 3000 whole")]
                self.assertEqual(len(said), 1, warnings)

    def test_minus_one_is_a_value_where_it_can_be_drawn(self):
        file = self.run_model("hurdle", {"data": {"seen": [1, 1, 2, 1]}, "nodes": {
            "eta": {"dist": "normal", "mu": -12, "sigma": 1},
            "y": {"dist": "poisson", "log_mu": "eta", "lower": 1, "shape": [4], "observed": "seen"},
            "du": {"generated": {"dist": "discrete_uniform", "lower": -3, "upper": 3}}}},
            seed=1, chains=4, sampler={"draws": 200}, output={"predictive": True})
        with h5py.File(file) as opened:
            self.assertGreater((opened["posterior_predictive/y"][:] == 1).mean(), 0.999)
            du = opened["posterior/du"]
            self.assertEqual(du.attrs["_FillValue"], numpy.iinfo(numpy.int64).min)
            self.assertEqual(set(numpy.unique(du[:])), set(range(-3, 4)))
        table = json.loads(self.command("--summary", "--json", file.name).stdout)
        row = next(row for row in table["variables"] if row["name"] == "du")
        self.assertEqual(row["missing"], 0)
        self.assertLess(abs(row["mean"]), 4 * row["mcse_mean"])


class LogDensity(Commands):
    POINT = {"mu": 1.5, "tau": [[1, 2], [0.5, 3]]}

    def evaluate(self, points, *args):
        (self.folder / "points.json").write_text(json.dumps(points))
        return self.command("--log-density", *args, self.config.name, "points.json")

    def test_is_that_of_the_formula_with_and_without_the_jacobian(self):
        result = self.evaluate(self.POINT, "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        found = json.loads(result.stdout)
        half_log_two_pi = 0.5 * math.log(2 * math.pi)

        def normal(x, mu, sigma):
            return -0.5 * ((x - mu) / sigma) ** 2 - math.log(sigma) - half_log_two_pi
        tau = [1, 2, 0.5, 3]
        nodes = {"mu": normal(1.5, 0, 5), "tau": sum(math.log(2) + normal(x, 0, 1) for x in tau),
                 "obs": sum(normal(y, 1.5, 1) for y in (1, 2, 3))}
        jacobian = sum(map(math.log, tau))
        self.assertEqual(list(found["nodes"]), list(nodes))
        for name, value in nodes.items():
            self.assertAlmostEqual(found["nodes"][name], value, delta=1e-12)
        self.assertAlmostEqual(found["without_jacobian"], sum(nodes.values()), delta=1e-12)
        self.assertAlmostEqual(found["log_density"], sum(nodes.values()) + jacobian, delta=1e-12)
        self.assertAlmostEqual(found["log_jacobians"]["tau"], jacobian, delta=1e-14)
        self.assertAlmostEqual(found["gradient"]["mu"][0], 1.5 - 1.5 / 25, delta=1e-12)
        self.assertEqual(len(found["gradient"]["tau"]), 4)
        self.assertEqual(found["values"]["tau"], self.POINT["tau"])
        again = json.loads(self.evaluate([{"unconstrained": found["unconstrained"]}], "--json").stdout)
        self.assertEqual(len(again), 1)
        self.assertAlmostEqual(again[0]["log_density"], found["log_density"], delta=1e-12)

    def test_a_table_has_all_of_it(self):
        text = self.evaluate([self.POINT, {"mu": 0, "tau": [[1, 1], [0, 1]]}]).stdout
        self.assertRegex(text, r"points\.json: \[0\]\nlog density +-\d")
        self.assertRegex(text, r"(?m)^obs +-\d")
        self.assertRegex(text, r"(?m)^tau\[1, 0\] +0\.5 +-0\.69\d+ +-?\d")
        self.assertIn("points.json: [1]\nlog density  -inf: outside the support, tau[1, 0]: expected a positive number, found 0\n",
                      text)

    def test_what_is_no_point_is_refused(self):
        for points, message in ((3, "points.json: found the number 3, expected a point"),
                                ([{"mu": 1}], 'points.json: [0]: lacks a value of "tau"'),
                                ({"mu": [1, 2], "tau": 1}, "points.json: mu: expected shape (), found (2)"),
                                ({"mu": 1, "tau": "x"}, 'points.json: tau: found the string "x"'),
                                ({"mo": 1}, 'no parameter is called "mo" (did you mean "mu"?)'),
                                ({"unconstrained": [1, 2]}, "points.json: unconstrained: found 2 numbers, expected 5"),
                                ({"unconstrained": [1], "mu": 2}, 'unknown key "mu"')):
            with self.subTest(points=points):
                result = self.evaluate(points)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(message, result.stderr)


class Check(Commands):
    def test_says_all_there_is_to_know_before_a_run(self):
        result = self.command("--check", self.config.name)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = [re.split(r" {2,}", line) for line in result.stdout.splitlines()]
        self.assertEqual(lines[:3], [["parameter", "distribution", "shape", "support", "unconstrained", "sampled"],
                                     ["mu", "normal", "()", "real", "1", "as it is"],
                                     ["tau", "half_normal", "(2, 2)", "positive", "4", "as it is"]])
        facts = dict(line[:2] for line in lines[3:])
        self.assertEqual(facts["unconstrained dimension"], "5")
        self.assertTrue(math.isfinite(float(facts["initial log density"])))
        self.assertLess(float(facts["gradient vs differences"].split()[0]), 1e-6)
        self.assertGreater(float(facts["time per gradient"].split()[0]), 0)
        self.assertFalse(self.file.exists())
        self.sample()
        size, unit = facts["expected file size"].split()[:2]
        expected = float(size) * {"kB": 1e3, "MB": 1e6}[unit]
        self.assertAlmostEqual(expected, self.file.stat().st_size, delta=0.02 * expected + 8192)


    def test_under_the_launcher_counts_a_chain_for_each_rank(self):
        """As the run would, where the config does not say."""
        config = ranks.write_config(self.folder, "eight_schools")
        for number, chains in ((None, 5), (3, 3)):
            with self.subTest(ranks=number):
                result = ranks.run(self.folder, number, "--check", config.name)
                self.assertEqual(set(result.codes.values()), {0}, result.err)
                self.assertIn(f"({chains} chains of 1000 draws)", result.out)


class Learned(Commands):
    """What the warm-up learned is said before, in the log, in the table and in the file."""

    def test_of_a_hierarchy(self):
        config = ranks.write_config(self.folder, "eight_schools", chains=2, sampler={"draws": 100})
        checked = self.command("--check", config.name).stdout
        self.assertRegex(checked, r"theta +normal .* in units of its prior, with what normal observations say\n")
        self.assertRegex(checked, r"tau .* as a softplus or a logarithm\n")
        result = self.command(config.name)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stderr, r"chain 0 is warm: step size [\d.]+, \w+ metric, target acceptance 0.8\n")
        self.assertIn("  theta is sampled in units of its prior", result.stderr)
        table = json.loads(self.command("--summary", "--json", "eight_schools.h5").stdout)
        self.assertEqual([sentence.split()[0] for sentence in table["learned"]], ["step", "mu", "tau", "theta"])
        for sentence in table["learned"]:
            self.assertIn(sentence, result.stdout)
        with h5py.File(self.folder / "eight_schools.h5") as file:
            events = file["run/events"]
            learned = events["kind"][:] == b"learned"
            self.assertEqual([text.decode() for text in events["action"][:][learned]], table["learned"])
            self.assertEqual(set(events["chain"][:][learned]), {0})

    def test_of_the_models_own_coordinates(self):
        config = ranks.write_config(self.folder, "eight_schools", chains=2, sampler={"draws": 100, "coordinates": "model"})
        self.assertNotIn("units", self.command("--check", config.name).stdout)
        self.assertEqual(self.command("--quiet", config.name).returncode, 0)
        table = json.loads(self.command("--summary", "--json", "eight_schools.h5").stdout)
        self.assertEqual([sentence.split()[0] for sentence in table["learned"]], ["step"])


class EarlierWarmup(Commands):
    """warmup.from: an earlier run's coordinates in place of a warm-up."""

    def setUp(self):
        super().setUp()
        self.old = ranks.write_config(self.folder, "eight_schools", chains=2, sampler={"draws": 100})
        self.assertEqual(self.command("--quiet", self.old.name).returncode, 0)
        self.model = json.loads((self.folder / "eight_schools.json").read_text())["model"]

    def begin(self, name, *args, **keys):
        config = self.folder / f"{name}.json"
        config.write_text(json.dumps({"model": self.model, "seed": 1, "chains": 3, "warmup": {"from": "eight_schools.h5"},
                                      "sampler": {"draws": 200}, **keys}))
        return self.command(*args, config.name)

    def draws(self, name):
        with h5py.File(self.folder / f"{name}.h5") as file:
            return file["posterior/theta"][:], file["sample_stats/step_size"][:]

    def test_is_taken_and_kept(self):
        result = self.begin("new")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("from an earlier run: step size", result.stderr)
        old = self.draws("eight_schools")[1]
        self.assertEqual(set(self.draws("new")[1].ravel()), set(old.ravel()), "the step size of then")
        with h5py.File(self.folder / "new.h5") as file:
            self.assertEqual(file["run/progress"][:].min(), 200)
            self.assertEqual(set(file["run/events/chain"][:][file["run/events/kind"][:] == b"learned"]), {-1})

    def test_goes_on_with_it(self):
        self.assertEqual(self.begin("whole").returncode, 0)
        self.assertEqual(self.begin("part", sampler={"draws": 50}).returncode, 0)
        result = self.begin("part", "--resume")
        self.assertEqual(result.returncode, 0, result.stderr)
        for whole, part in zip(self.draws("whole"), self.draws("part"), strict=True):
            numpy.testing.assert_array_equal(whole, part)

    def test_is_refused_where_it_does_not_fit(self):
        other = ranks.write_config(self.folder, "m", model=MODEL, chains=2, warmup={"iterations": 50}, sampler={"draws": 10})
        self.assertEqual(self.command("--quiet", other.name).returncode, 0)
        for warmup, message in (({"from": "m.h5"}, "m.h5 has coordinates of other parameters"),
                                ({"from": "eight_schools.h5", "mode": "independent"}, "each chain warms itself up"),
                                ({"from": "none.h5"}, "none.h5")):
            with self.subTest(warmup):
                result = self.begin("refused", warmup=warmup)
                self.assertIn(result.returncode, (2, 3), result.stderr)
                self.assertIn(message, result.stderr)
                self.assertFalse((self.folder / "refused.h5").exists())

    def test_says_that_the_level_of_other_data_is_not_known(self):
        result = self.begin("others", data={"y": [1, 2, 3, 4, 5, 6, 7, 8]})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("how high the log density should be is not known", result.stderr)


class Terminals(Commands):
    def test_colours_are_for_terminals_only(self):
        shown = self.on_a_terminal("--overwrite", self.config.name)
        self.assertIn("\033[33mwarning:\033[0m", shown)
        piped = self.command("--overwrite", self.config.name)
        self.assertNotIn("\033", piped.stdout + piped.stderr)
        self.assertNotIn("\r", piped.stdout + piped.stderr)
        for quieting in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\033", self.on_a_terminal("--summary", self.file.name, **quieting))
        self.assertIn("\033[31mexmc_mpi:\033[0m absent.h5: ", self.on_a_terminal("--summary", "absent.h5"))


class Status(Commands):
    def test_of_several_files_and_of_configs(self):
        self.sample()
        both = self.command("--status", "m.h5", self.config.name)
        self.assertEqual((both.returncode, len(both.stdout.splitlines())), (0, 2), both.stderr)
        self.assertEqual(len(set(both.stdout.splitlines())), 1)
        with h5py.File(self.file, "r+") as opened:
            opened["run/progress"][:] = [100, 60]
        for files, code in ((["m.h5"], 5), (["m.h5", "absent.h5"], 3)):
            result = self.command("--status", "--json", *files)
            self.assertEqual(result.returncode, code)
            found = json.loads(result.stdout)
            self.assertEqual([entry["file"] for entry in found], files)
            self.assertEqual((found[0]["status"], found[0]["draws"], found[0]["planned_draws"]), ("resumable", [100, 60], 100))

    def test_watches_a_run_to_its_end(self):
        model = {"exmc_ir": 1, "nodes": {"mu": {"dist": "normal", "mu": 0, "sigma": 1}, "y": {
            "dist": "student_t", "nu": 3, "mu": "mu", "sigma": 1, "shape": [210000], "observed": "repeat([-1, 0, 2], 70000)"}}}
        config = ranks.write_config(self.folder, "slow", model=model, chains=1, warmup={"iterations": 20}, sampler={"draws": 10**5},
                                    runtime={"time_limit": "00:00:06"})
        run = self.start_alone(config)
        ranks.wait_for(lambda: (self.folder / "slow.h5").exists())
        watched = self.command("--status", "--watch", "slow.json")
        self.assertEqual(watched.returncode, 5, watched.stderr)
        self.assertRegex(watched.stdout, r"being written by .*, \d+ of 100000 draws in each of 1 chains, \d+ draws/s, \d+ (s|min|h) left\n")
        self.assertRegex(watched.stdout.splitlines()[-1], r"^slow.h5: resumable, \d+ of 100000 draws")
        self.assertEqual(run.wait(ranks.HANG_LIMIT), 5)


class FilesThatAreNone(Commands):
    """Each command that reads a result file says in one line what is wrong with it, and leaves it as it is."""

    def setUp(self):
        super().setUp()
        self.sample()
        self.good = self.file.read_bytes()

    def write_foreign(self):
        self.file.unlink()
        with h5py.File(self.file, "w") as opened:
            opened["posterior/mu"] = numpy.zeros((2, 100))

    def write_older(self):
        with h5py.File(self.file, "r+") as opened:
            opened.attrs["exmc_format"] = numpy.int64(1)

    def write_newer(self):
        with h5py.File(self.file, "r+") as opened:
            opened.attrs["exmc_format"] = numpy.int64(99)

    def remove_a_dataset(self):
        with h5py.File(self.file, "r+") as opened:
            del opened["run/progress"]

    def count_too_many(self):
        with h5py.File(self.file, "r+") as opened:
            opened["run/progress"][:] = 101

    def make_a_folder(self):
        self.file.unlink()
        self.file.mkdir()

    def make_a_pipe(self):
        if self.file.is_dir():
            self.file.rmdir()
        self.file.unlink(missing_ok=True)
        os.mkfifo(self.file)

    def spoil(self):
        return {
            "empty": (lambda: self.file.write_bytes(b""), "cannot read it as HDF5"),
            "text": (lambda: self.file.write_text("draws\n" * 1000), "cannot read it as HDF5"),
            "cut short": (lambda: self.file.write_bytes(self.good[:len(self.good) // 2]), "truncated"),
            "nearly whole": (lambda: self.file.write_bytes(self.good[:-1]), "truncated"),
            "foreign": (self.write_foreign, "is not a file of exmc_mpi"),
            "older": (self.write_older, "has format 1, this program knows"),
            "newer": (self.write_newer, "has format 99, this program knows"),
            "damaged": (self.remove_a_dataset, "progress"),
            "impossible": (self.count_too_many, "counts more draws than there is room for"),
            "a folder": (self.make_a_folder, "Is a directory"),
            "a pipe": (self.make_a_pipe, "is a pipe, expected a file"),
        }

    def test_are_refused_in_one_line(self):
        commands = {"--status": ["m.h5"], "--summary": ["m.h5"], "--trim": ["m.h5", "out.h5"],
                    "--resume": [self.config.name]}
        for kind, (spoil, reason) in self.spoil().items():
            if self.file.is_file():
                self.file.write_bytes(self.good)
            spoil()
            before = self.content()
            for flag, arguments in commands.items():
                with self.subTest(kind=kind, command=flag):
                    result = self.command(flag, *arguments)
                    self.assertEqual(result.returncode, 3, result.stdout + result.stderr)
                    lines = (result.stdout if flag == "--status" else result.stderr).splitlines()
                    self.assertEqual(len(lines), 1, lines)
                    self.assertIn("m.h5", lines[0])
                    self.assertIn(reason, lines[0])
                    self.assertEqual(self.content(), before)
                    self.assertFalse((self.folder / "out.h5").exists())

    def content(self):
        return hashlib.sha256(self.file.read_bytes()).digest() if self.file.is_file() else None


class Version(Commands):
    def test_names_the_program_its_libraries_and_its_build(self):
        result = self.command("--version")
        self.assertEqual(result.returncode, 0)
        for pattern in (r"^exmc_mpi \d+\.\d+\.\d+$", r"^MPI: .* \((with|without) ULFM\)$", r"^HDF5: \d+\.\d+\.\d+",
                        r"^Eigen: 3\.\d+\.\d+$", r"^Compiler: \w+ \d+", r"^Build: \w+, .*-O"):
            self.assertRegex(result.stdout, re.compile(pattern, re.MULTILINE))


if __name__ == "__main__":
    ranks.main()
