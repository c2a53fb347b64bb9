"""Compares log densities and gradients of random models with other answers (laws.py):
differential_test.py --evaluate PROGRAM [--comparisons N] [--seed S] [--pymc N]

A model has one observed or free variable, of a random distribution, parametrisation, form and shape, whose parameters are
data or expressions of a flat vector `t`. It is evaluated at central, extreme and forbidden points. A comparison is one
model at one point: its log density is the right one, -inf at forbidden points, and where it is finite so is its gradient,
which is that of the right one. Mistakes of each kind, planted as hand-written potentials, have to be found.

With --pymc N so many comparisons are made with PyMC's logp too (pymc_answers.py), where this Python has PyMC. Where the two
disagree mpmath decides whose answer it is, and the disagreements are listed by distribution, form and kind."""
import argparse
import importlib.util
import random
import sys
import unittest

import laws
from campaigns import Program, campaign, pymc_campaign
from judgement import UNDECIDED, fault
from questions import Question

options = argparse.Namespace(evaluate=None, comparisons=500, seed=1, pymc=0)


class PyMC(unittest.TestCase):
    def test_disagreements_are_not_ours(self):
        if options.pymc == 0:
            self.skipTest("by hand: --pymc N")
        if importlib.util.find_spec("pymc") is None:
            self.skipTest("PyMC is not installed in this Python")
        import pymc_answers
        answers, program = pymc_answers.Answers(), Program(options.evaluate)
        self.addCleanup(program.end)
        made, found = pymc_campaign(program, answers, options.pymc, options.seed)
        lines = [f"PyMC {answers.version}: {made} comparisons, {sum(map(len, found.values()))} disagreements"]
        lines += [f"{len(examples):6} {' | '.join(key)}\n       {examples[0]}" for key, examples in sorted(found.items())]
        lines += [f"PyMC has not: {what}" for what in sorted(answers.unavailable)]
        print("\n".join(lines), file=sys.stderr)
        self.assertEqual([key for key in found if key[0] == "ours"], [])


class Differential(unittest.TestCase):
    def setUp(self):
        self.program = Program(options.evaluate)
        self.addCleanup(self.program.end)

    def test_random_models_agree(self):
        counts, undecided, faults = campaign(self.program, options.comparisons, options.seed)
        print(counts, "and undecided", undecided, file=sys.stderr)
        self.assertGreaterEqual(min(counts.values()), options.comparisons // 6)
        self.assertEqual(faults, [], "\n".join(faults[:40]))

    def assert_found(self, distribution, names, form, potential, how):
        """A potential in place of the variable: its mistakes have to be found at some point."""
        law = next(law for law in laws.all_laws() if law.distribution == distribution and law.names == names.split())
        rng = random.Random(7)
        for _ in range(60):
            question = Question(rng, law, form)
            question.add_point(rng, how)
            node = question.model["nodes"].pop("x")
            if any(q.link is None or q.count > 1 for q in question.parts[0].quantities.values()) or question.elements > 1:
                continue
            text = potential
            for name in sorted(law.names, key=len, reverse=True):
                text = text.replace("{" + name + "}", f"({node[name]})")
            for key in ("observed", "lower", "upper"):
                text = text.replace("{" + key + "}", str(node.get(key, 0)))
            question.model["nodes"]["x"] = {"potential": text.replace("{u}", "u")}
            if form == "free":
                question.model["nodes"] = {"t": question.model["nodes"]["t"], "u": {"dist": "flat"}, "x": {"potential": text}}
            answer = self.program.ask(question.model, [question.position(t) for t in question.points])
            self.assertNotIn("refused", answer)
            gradient = [float(slope) for slope in answer["gradient"][0]]
            if fault(question, question.points[0], float(answer["log_density"][0]), gradient) not in ("", UNDECIDED):
                return
        self.fail(f"nothing found of {potential}")

    def test_a_domain_that_is_not_enforced_is_found(self):
        self.assert_found("poisson", "mu", "plain", "{observed} * log(abs({mu})) - {mu} - lgamma({observed} + 1)", "forbidden")

    def test_a_constant_that_is_left_out_is_found(self):
        self.assert_found("normal", "mu sigma", "plain", "-0.5 * (({observed} - {mu}) / {sigma}) ** 2 - log({sigma})", "central")

    def test_a_complement_that_is_computed_is_found(self):
        self.assert_found("beta", "alpha beta", "free",
                          "{alpha} * log(sigmoid(u)) + {beta} * log(1 - 1 / (1 + 1 * exp(-u))) - lbeta({alpha}, {beta})", "extreme")

    def test_a_truncation_that_is_not_normalised_is_found(self):
        self.assert_found("exponential", "scale", "truncated", "-{observed} / {scale} - log({scale})", "central")

    def test_a_gradient_that_is_not_finite_is_found(self):
        self.assert_found("geometric", "p", "plain", "({observed} - 1) * log1p(-{p}) + log({p}) + sqrt(square({p} - {p}))", "central")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluate", required=True)
    parser.add_argument("--comparisons", type=int, default=options.comparisons)
    parser.add_argument("--pymc", type=int, default=options.pymc)
    parser.add_argument("--seed", type=int, default=options.seed)
    _, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=[sys.argv[0], *rest])
