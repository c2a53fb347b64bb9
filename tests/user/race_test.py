"""What the race (bench/race) makes of runs: whose ESS counts, which bars are met, what the page and the pictures hold:
race_test.py --root ROOT. No contender is run here."""

import argparse
import pathlib
import sys
import unittest
import xml.etree.ElementTree

options = argparse.Namespace(root=None)
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[2] / "bench" / folder) for folder in ("race", "")]

import bars  # noqa: E402
import contenders  # noqa: E402
import measures  # noqa: E402
import models  # noqa: E402
import numpy  # noqa: E402
import pictures  # noqa: E402
import scoreboard  # noqa: E402
import stan_programs  # noqa: E402
import summary  # noqa: E402

LABELS = {name: name for name in ["exmc", "exmc-5", "exmc-1", "stan", "nutpie", "nutpie_low_rank", "walnutpie", "pymc"]}
RECORD = {"vectors": "AVX2", "level": "", "cores": 2, "processor": "P", "date": "2026-01-01T00:00", "versions": {"stan": "2.35"},
          "revision": "r", "compiler": "c", "flags": "f", "mpi": "m", "load_before": 0.1, "missing": {"walnutpie": "no wheel"}}


def run(model, contender, seed=1, **more):
    return {"model": model, "contender": contender, "seed": seed, "first": seed == 1000, "end_to_end": 1.0, "wall": 0.5, "cpu": 1.0,
            "warmup_gradients": 1000, "draw_gradients": 4000, "divergences": 0, "bulk": 2000.0, "tail": 1500.0, "rhat": 1.001,
            "error": 1.0} | more


def board(*runs):
    return summary.Board(list(runs), list(LABELS))


class Race(unittest.TestCase):
    def test_an_ess_counts_only_if_converged_and_right(self):
        self.assertEqual(measures.ess(run("simple", "exmc")), 1500)
        self.assertEqual(measures.ess(run("simple", "exmc", rhat=1.02)), 0)
        self.assertEqual(measures.ess(run("simple", "exmc", error=6.0)), 0)
        self.assertFalse(measures.wrong(run("simple", "exmc", rhat=1.02, error=6.0)), "it does not say that it converged")

    def test_half_of_the_seeds_do_not_make_a_figure(self):
        bad = board(run("simple", "exmc", 1), run("simple", "exmc", 2, rhat=1.3))
        self.assertIsNone(bad.of("simple", "exmc").rate())
        good = board(*(run("simple", "exmc", seed) for seed in (1, 2)), run("simple", "exmc", 3, rhat=1.3))
        self.assertEqual(good.of("simple", "exmc").rate(), summary.Range(3000, 0, 3000))

    def test_draws_are_judged_by_their_worst_scalar(self):
        random = numpy.random.default_rng(1)
        draws = {"a": random.normal(size=(4, 500, 2)), "L": numpy.ones((4, 500, 1))}
        known = {"a": {"mean": [0.0, 0.0], "mcse_mean": [0.0, 0.0]}}
        fine = measures.judged(draws, known)
        self.assertLess(fine["rhat"], 1.01)
        self.assertLess(fine["error"], 4)
        draws["a"][:, :, 1] += 0.3 * numpy.arange(4)[:, None]
        apart = measures.judged(draws, known)
        self.assertGreater(apart["rhat"], 1.01)
        self.assertLess(apart["bulk"], fine["bulk"] / 4)

    def test_the_best_peer_is_one_that_converges(self):
        found = board(run("sv", "exmc"), run("sv", "stan", wall=0.1, rhat=1.2), run("sv", "nutpie", wall=2.0))
        self.assertEqual(found.best_peer("sv"), "nutpie")
        self.assertAlmostEqual(found.advantage("sv", "nutpie"), 4)
        alone = board(run("sv", "exmc"), run("sv", "stan", wall=1.0, rhat=1.2))
        self.assertEqual(alone.time_advantage("sv"), (2.0, "stan"))

    def test_a_missed_bar_says_by_how_much_and_why(self):
        found = board(run("sv", "exmc"), run("sv", "stan"), run("sv", "exmc", 1000), run("sv", "stan", 1000, end_to_end=40.0))
        over = {bar.title.partition(":")[0]: bar for bar in bars.bars(found)}
        peers = next(bar for title, bar in over.items() if title.startswith("ESS/s at least 3"))
        self.assertEqual([model for model, _ in peers.missed()], ["sv"])
        self.assertIn("1x stan (gradients a second 1x, ESS per gradient 1x", peers.missed()[0][1])
        start = next(bar for title, bar in over.items() if title.startswith("Start to end"))
        self.assertEqual((start.met, start.missed()), (1, []))
        ranks = bars.bars(found, {"model": "sv", "ratio": 1.2})[-1]
        self.assertEqual(ranks.missed(), [("sv", "1.200x")])

    def test_the_page_and_the_pictures(self):
        found = board(*(run(model, name, seed) for model in ("simple", "sv") for name in ("exmc", "exmc-5", "exmc-1", "stan")
                        for seed in (1000, 1, 2)), run("sv", "pymc", rhat=1.3), {"model": "sv", "contender": "nutpie", "seed": 1000,
                                                                                "first": True, "failed": "exit code 1: why"})
        page = scoreboard.page(found, RECORD, LABELS)
        for part in ("2 seeds", "P (AVX2), 2026-01-01", "### sv", "measured elsewhere", "0.73", "not here, no wheel", "sv, nutpie: exit code 1"):
            self.assertIn(part, page)
        for picture in (pictures.effective_draws, pictures.start_to_end):
            svg = picture(found, LABELS, "here")
            xml.etree.ElementTree.fromstring(svg)
            self.assertIn("sv", svg)

    def test_a_model_without_a_reference_is_named(self):
        found = board(run("simple", "exmc"), run("sv", "exmc", error=None))
        self.assertIn("held against: sv.", scoreboard.page(found, RECORD, LABELS))

    def test_a_page_without_runs_says_so(self):
        self.assertIn("No race has been run", scoreboard.page(board(), RECORD, LABELS))

    def test_stan_columns_in_the_order_of_rows(self):
        columns = ["lp__", "L.1.1", "L.2.1", "L.1.2", "L.2.2", "Lx"]
        model = models.Model("m", {}, {}, ("L",))
        values = numpy.arange(6.0)[None, None, :]
        self.assertEqual(contenders.by_parameter(model, columns, values)["L"].tolist(), [[[1, 3, 2, 4]]])

    def test_every_model_has_all_that_the_race_needs(self):
        root = pathlib.Path(options.root)
        for name in models.NAMES:
            model = models.model(name)
            self.assertTrue((root / "bench" / "stan_models" / f"{name}.stan").exists(), name)
            self.assertIn(f"def {name}(data)", (root / "bench" / "race" / "peers" / "pymc_models.py").read_text())
            self.assertTrue(stan_programs.stan_data(name, model.data), name)
            known = measures.references().get(name, {})
            self.assertTrue(set(known) <= set(model.parameters), name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    _, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
