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

# What no schema can see of a bad input, by the message that the program has for it.
UNSEEN = {
    "text that is not JSON, or not as UTF-8": r"line \d+, column \d+: |is empty, expected a JSON object|not UTF-8",
    "duplicate keys": r"duplicate key",
    "nesting": r"nested more than|levels of nesting",
    "the syntax of expressions": r": column \d+ of ",
    "functions and what they take": r"function \"|unknown function|: column \d+: ",
    "names that nothing has, cycles, and who may depend on whom":
        r"unknown name|no node has the dimension|defined by itself|the density cannot depend|only data can be observed|depend on parameters",
    "a name that is taken by another entry": r"is taken by the node of that name",
    "shapes": r"shape|an axis of length|last axis|needs a length|square matrix|found a list of \d+, expected|"
              r"dimensions|is too long|expected a matrix|found a list, expected a number, as before|expected a list of|"
              r"weights for|one more axis|has length|expected a vector",
    "values outside a domain":
        r"expected (an? )?(positive|number that is not|number between|number above|finite|whole number|0 or 1|weights|"
        r"numbers that sum|increasing|categories|counts|zeros|symmetric|ones on|rows of length|lower (up to|below)|"
        r"number (from|up to)|angle)|cannot be|not finite|can be -?\d|not positive definite|nothing lies between|"
        r"expected a positive",
    "which parameters a distribution function has derivatives in": r"must be data where",
    "that components belong together": r"components that live on|some components|only a distribution that is neither|"
                                       r"is discrete and the node is not observed",
    "files, and what is in them": r"\.csv|\.hdf5|there is no file|is a directory|outside the model's folder|data set",
    "memory": r"does not fit",
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

    def test_what_a_schema_can_see_is_refused(self):
        seen = 0
        for folder, name in (("model", "ir"), ("config", "config")):
            for path in sorted((self.root / "tests/data/bad" / folder).glob("*.json")):
                if path.stem == "good":
                    continue
                message = path.with_suffix(".txt").read_text().removeprefix(path.name)
                if any(re.search(pattern, message) for pattern in UNSEEN.values()):
                    continue
                value = loose_parse(path)
                with self.subTest(path=str(path)):
                    self.assertIsNotNone(value, message)
                    self.assertFalse(self.validators[name].is_valid(value), message)
                    seen += 1
        self.assertGreater(seen, 60)

    def test_no_category_of_the_unseen_is_idle(self):
        messages = [path.read_text() for path in (self.root / "tests/data/bad").glob("*/*.txt")]
        for category, pattern in UNSEEN.items():
            self.assertTrue(any(re.search(pattern, message) for message in messages), category)

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
