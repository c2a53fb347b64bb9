"""The JSON Schemas of docs/schema: every config and model of the project passes, and of the bad inputs in tests/data/bad
those that a schema can see are refused. schema_test.py --root ROOT [unittest arguments]"""

import argparse
import json
import pathlib
import re
import sys
import unittest

import jsonschema
import referencing

options = argparse.Namespace(root=None)

# Why a schema lets a bad input pass, by the message that the program has for it.
UNSEEN = {
    "text that is not JSON, or not as UTF-8, or nested too deep":
        r"line \d+, column \d+: |is empty, expected a JSON object|: the byte .* is not UTF-8|nested more than",
    "memory": r"does not fit",
    "duplicate keys, which are gone once it is parsed": r"duplicate key",
    "the grammar of expressions, whose brackets no regular pattern follows":
        r": column \d+ of |is given \"\w+\" twice|takes a list such as",
    "what names stand for: whether there is one, and who depends on whom":
        r"unknown name|nothing has the dimension|there is no data of that name|defined by itself|the density cannot depend|only data can be observed|an observed node is data|output\.save: no variable is called|output\.save: found \"none\"|"
        r"depends? on parameters|must be data: |takes the name of an observed node|is taken by the (node|data) of that name|must be data where|several outputs|does not compute|"
        r"by its name alone|has no value before|changes from step to step|lacks \"\w+\", the next|is taken by \"(carry|step)\"",
    "a number that something else has to agree with: lengths, shapes, sums, order, components":
        r"found a list of \d+, expected|has length|an axis of length|found shape|of shape|shapes? \(|has shape \(|is outside an axis|"
        r"no axis|for (each of )?\d+ (elements|components|states)|takes whole numbers|takes (counts|lengths)|takes at most one length -1|takes all \d+ axes|is given the axis|"
        r"weights whose sum|numbers that sum|counts that sum|increasing numbers|categories from|a number from 0|no (component of the mixture|state of the hmm)|lengths up to|"
        r"no negative number on|whose last \d|takes (as many|points|positive numbers|at least one function|a length|positions)|do not broadcast|cannot be drawn|the base cannot be|lower below upper|nothing lies between|the last axis has|joins arrays|"
        r"a matrix of data is|expected (a positive d|zeros above|a symmetric|a positive definite|rows of length|ones on)|"
        r"one for each axis|axis of its own|expected another \"separator\"|but there are \d+|a scalar in a product|\d+ dimensions|"
        r"expected (sigma\^2 below mu|\w+ up to \w+|another label)|another label for each",
    "whether double precision has a number": r"a whole number beyond",
    "a key that needs another beside it": r"beside it",
    "what an expression or data turns out to be":
        r"expected (a finite number( or -?inf)?, found|0 or 1, found|a number that is not negative|a positive number, found|"
        r"a whole number( from 0 on)?, found)|not finite|an index must|is no index|one number, found",
    "what calls of distributions within an expression say":
        r"is a distribution: |column \d+: \w+: \w+ lacks|asked for a probability|as in normal\(mu, sigma\)|of vectors or matrices|"
        r"arguments without a name",
    "what a differential equation turns out to be":
        r"the derivative of that state|which is no state|taken by a state|is before the|a vector of times|\.start: found shape|"
        r"within the right-hand side|changes with time|but the state|has no solution",
    "missing values, which a node may ask for": r"has missing values|found (null|\"NA\"), expected a number",
    "whether a label is taken, or in composed form": r"the label .* (is taken by|is not in Unicode)",
    "whether a support is another than the distribution's": r"either a support or bounds",
    "what parameters a model has": r": init(\[|\.|: found \d+ entries)",
    "files, and what is in them": r"\.csv|\.h5|\.hdf5|there is no file|is a directory|data set",
}


def parse(path):
    return json.loads(path.read_text(encoding="utf-8-sig"))


def loose_parse(path):
    """The value, or none where the text is not JSON."""
    try:
        return parse(path)
    except (ValueError, RecursionError):
        return None


class Schemas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        root = pathlib.Path(options.root)
        cls.root = root
        schemas = {name: parse(root / "docs/schema" / f"{name}.schema.json") for name in ("config", "ir")}
        registry = referencing.Registry().with_resources(
            (f"{name}.schema.json", referencing.Resource.from_contents(schema)) for name, schema in schemas.items())
        cls.validators = {name: jsonschema.Draft202012Validator(schema, registry=registry)
                          for name, schema in schemas.items()}
        for schema in schemas.values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def assert_accepted(self, name, value, place):
        errors = [f"{error.json_path}: {error.message[:300]}" for error in self.validators[name].iter_errors(value)]
        self.assertEqual(errors, [], place)

    def test_every_config_and_model_of_the_project_passes(self):
        models = [*self.root.glob("configs/models/*.json"), *self.root.glob("tests/data/bad/*/good.json"),
                  *self.root.glob("docs/tutorial/*_model.json")]
        configs = [*self.root.glob("configs/*.json"), *self.root.glob("docs/tutorial/radon.json")]
        self.assertGreaterEqual(len(models), 7)
        self.assertGreaterEqual(len(configs), 7)
        for name, paths in (("ir", models), ("config", configs)):
            for path in paths:
                with self.subTest(path=str(path)):
                    self.assert_accepted(name, parse(path), path)

    def test_the_models_that_distributions_are_tried_with_pass(self):
        tables = sorted((self.root / "tests/data/exact_model").glob("*.json"))
        self.assertTrue(tables)
        for path in tables:
            for case in parse(path)["cases"]:
                with self.subTest(path=path.name):
                    self.assert_accepted("ir", {"exmc_ir": 1, "nodes": case["nodes"]}, path)

    def test_the_examples_of_the_reference_pass(self):
        text = (self.root / "docs/ir.md").read_text()
        examples = re.findall(r"```jsonc\n(.*?)```", text, re.DOTALL)
        self.assertGreater(len(examples), 4)
        for example in examples:
            model = example if "exmc_ir" in example else f'{{"exmc_ir": 1, "nodes": {{{example}}}}}'
            with self.subTest(example=example[:60]):
                self.assert_accepted("ir", json.loads(model), example)

    def test_the_points_of_every_distribution_pass(self):
        tables = sorted((self.root / "tests/data/exact").glob("*.json"))
        self.assertGreater(len(tables), 40)
        for path in tables:
            table = parse(path)
            for case in table["cases"]:
                for point in case["points"][:2]:
                    if not isinstance(point["log_density"], float):  # -inf: the data cannot be
                        continue
                    node = {"dist": table["distribution"], **dict(zip(case["parameters"], point["at"], strict=True)),
                            "observed": point["x"]}
                    with self.subTest(node=node):
                        self.assert_accepted("ir", {"exmc_ir": 1, "nodes": {"x": node}}, node)

    def test_the_expressions_that_are_compared_with_numpy_pass(self):
        cases = parse(self.root / "tests/data/expressions/numpy.json")["cases"]
        self.assertGreater(len(cases), 100)
        for case in cases:
            with self.subTest(expression=case["expression"]):
                self.assert_accepted("ir", {"exmc_ir": 1, "nodes": {"x": {"expr": case["expression"]}}}, case)

    def bad_inputs(self):
        """(path, message, whether the schema lets it pass)"""
        for folder, name in (("model", "ir"), ("config", "config")):
            for path in sorted((self.root / "tests/data/bad" / folder).glob("*.json")):
                if path.stem != "good":
                    value = loose_parse(path)
                    message = path.with_suffix(".txt").read_text().removeprefix(path.name)
                    yield path, message, value is None or self.validators[name].is_valid(value)

    def test_a_bad_input_is_refused_or_has_a_reason_why_not(self):
        refused, reasons = 0, set()
        for path, message, passes in self.bad_inputs():
            if not passes:
                refused += 1
                continue
            found = [reason for reason, pattern in UNSEEN.items() if re.search(pattern, message)]
            reasons.update(found[:1])
            with self.subTest(path=path.name):
                self.assertTrue(found, message)
        self.assertEqual(reasons, set(UNSEEN), "reasons that nothing has")
        self.assertGreaterEqual(refused, 160)

    def test_what_a_schema_has_to_see(self):
        """Of each kind one, so that no reason hides what a schema can tell."""
        normal = {"dist": "normal", "mu": 0, "sigma": 1}
        seen = {
            "unknown function": {"expr": "exq(1)"}, "arity": {"expr": "exp(1, 2)"}, "too few": {"expr": "where(1, 2)"},
            "keyword": {"expr": "sum([1], axs=0)"}, "character": {"expr": "1 % 2"}, "function as a value": {"expr": "exp"},
            "chain": {"expr": "0 < 1 < 2"}, "half a bracket": {"expr": "(1 + 2"}, "uneven lists": {"expr": [[1], [[2]]]},
            "17 axes": {"expr": json.loads("[" * 17 + "1" + "]" * 17)},
            "no shape": {"dist": "dirichlet", "a": 1}, "scalar simplex": {"dist": "flat", "support": "simplex"},
            "a vector for a matrix": {"dist": "mv_normal", "mu": 0, "cov": [1, 2]},
            "list outside a domain": {**normal, "sigma": [1, -1]}, "half a count": {"dist": "poisson", "mu": 1, "observed": 0.5},
            "half a bound": {"dist": "poisson", "mu": 1, "lower": 0.5, "observed": 1},
            "components of two kinds": {"dist": "mixture", "w": [0.5, 0.5], "observed": 1,
                                        "components": [normal, {"dist": "poisson", "mu": 1}]},
            "a free mixture of counts": {"dist": "mixture", "w": [1], "components": [{"dist": "poisson", "mu": 1}]},
            "a free mixture of two supports": {"dist": "mixture", "w": [0.5, 0.5],
                                               "components": [normal, {"dist": "exponential", "lam": 1}]},
            "a truncated base": {"dist": "censored", "base": {**normal, "lower": 0}, "upper": 2, "observed": 1}}
        for kind, node in seen.items():
            with self.subTest(kind=kind):
                self.assertFalse(self.validators["ir"].is_valid({"exmc_ir": 1, "nodes": {"x": node}}))
        for name, entry, expected in (("ir", "../y.csv", False), ("ir", "/y.csv", False), ("ir", "a/..y/y.csv", True),
                                      ("config", "../y.csv", True), ("config", "folder/", False)):
            data = {"y": {"file": entry, "column": "y"}}
            value = {"exmc_ir": 1, "nodes": {"x": normal}, "data": data} if name == "ir" else {"model": "m.json", "data": data}
            with self.subTest(file=entry, of=name):
                self.assertEqual(self.validators[name].is_valid(value), expected)

    def test_a_number_outside_its_parameters_domain_is_refused(self):
        for node, good, bad in (({"dist": "half_normal"}, {"sigma": 1}, {"sigma": -1}),
                                ({"dist": "bernoulli", "observed": 1}, {"p": 0.5}, {"p": 1.5}),
                                ({"dist": "binomial", "p": 0.5, "observed": 1}, {"n": 4}, {"n": 4.5})):
            for parameter, accepted in ((good, True), (bad, False)):
                model = {"exmc_ir": 1, "nodes": {"x": {**node, **parameter}}}
                self.assertEqual(self.validators["ir"].is_valid(model), accepted, model)

    def test_an_editor_may_name_the_schema(self):
        self.assert_accepted("config", {"$schema": "schema/config.schema.json", "model": "m.json"}, "$schema")
        self.assert_accepted("ir", {"$schema": "ir.schema.json", "exmc_ir": 1, "nodes": {"a": {"expr": 1}}}, "$schema")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    _, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
