"""The quick third of the posteriors passes, the log densities of all are right, and a wrong prior is noticed. All posteriors:
corpus.py."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import corpus  # noqa: E402
from corpus import ranks  # noqa: E402

# One prior's scale 1.2 times what it is.
WRONG = {"name": "eight_schools-eight_schools_noncentered", "node": "mu", "key": "sigma", "factor": 1.2}


class Corpus(ranks.TestCase):
    def sample(self, config):
        return corpus.sample(config, self.folder).scalars

    def test_log_densities(self):
        self.assertGreaterEqual(len(corpus.names()), 32)
        for name in corpus.names():
            with self.subTest(name):
                differences, _ = corpus.evaluate(name, corpus.config_file(name), self.folder)
                self.assertEqual(corpus.density_faults(name, differences), [])

    def test_quick_posteriors(self):
        for name in corpus.QUICK:
            with self.subTest(name):
                self.assertEqual(corpus.judge(name, self.sample(corpus.config_file(name))).faults, [])

    def test_a_wrong_prior_is_noticed(self):
        name = WRONG["name"]
        config = self.wrong_config(name)
        differences, _ = corpus.evaluate(name, config, self.folder)
        self.assertEqual(len(corpus.density_faults(name, differences)), 3)
        faults = corpus.judge(name, self.sample(config)).faults
        self.assertTrue(any(fault.startswith("mean of mu") for fault in faults), faults)

    def wrong_config(self, name):
        config = json.loads(corpus.config_file(name).read_text())
        config["model"] = json.loads((corpus.config_file(name).parent / config["model"]).read_text())
        config["model"]["nodes"][WRONG["node"]][WRONG["key"]] *= WRONG["factor"]
        file = self.folder / "wrong.json"
        file.write_text(json.dumps(config))
        return file


if __name__ == "__main__":
    ranks.main()
