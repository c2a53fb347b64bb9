"""Posteriors of posteriordb (tests/data/posteriordb): what the program draws against references from long runs of
another sampler, ten chains of 1000 draws that are close to independent."""

import json
import pathlib
import re
import sys
import warnings

import arviz
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks

FOLDER = ranks.ROOT / "tests/data/posteriordb"
# Only their densities are compared: one takes minutes to sample, the other does not converge in these coordinates.
NOT_SAMPLED = {"mcycle_gp-accel_gp", "eight_schools-eight_schools_centered"}
NAMES = sorted({path.stem for path in (FOLDER / "models").glob("*.json")} - NOT_SAMPLED)
MOST_ERRORS = 4.5  # Monte Carlo standard errors, the worst of some 150 moments of all posteriors


def read(kind, name):
    return json.loads((FOLDER / kind / f"{name}.json").read_text())


class PosteriorDb(ranks.TestCase):
    def sample(self, name, change=lambda model: model):
        model = change((FOLDER / "models" / f"{name}.json").read_text())
        (self.folder / "model.json").write_text(model)
        config = ranks.write_config(self.folder, name, model="model.json", data=read("data", name.split("-")[0]), chains=4)
        self.assert_codes(ranks.run(self.folder, None, "--quiet", "--overwrite", config.name), 0)
        return arviz.from_netcdf(config.with_suffix(".h5"))

    def disagreements(self, name, drawn):
        """What of the summary of `drawn` is not the reference's: a list of words, empty where all is well."""
        with warnings.catch_warnings(action="ignore"):
            table = arviz.summary(drawn, kind="all", round_to="none")
        wrong = []
        for label, expected in read("references", name)["parameters"].items():
            row = table.loc[re.sub(r"(\d+)\]", lambda match: f"{int(match[1]) - 1}]", label)]
            for moment in ("mean", "sd"):
                error = numpy.hypot(row[f"mcse_{moment}"], expected[f"mcse_{moment}"])
                distance = abs(row[moment] - expected[moment]) / error
                if distance > MOST_ERRORS:
                    wrong.append(f"{name}: {moment} of {label} is {distance:.1f} errors off")
            if row["r_hat"] > 1.02:
                wrong.append(f"{name}: R-hat of {label} is {row['r_hat']:.3f}")
        return wrong

    def test_draws_have_the_moments_of_the_references(self):
        self.assertGreaterEqual(len(NAMES), 25)
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(self.disagreements(name, self.sample(name)), [])

    def test_a_wrong_model_is_caught(self):
        name = "kidiq-kidscore_momhs"
        drawn = self.sample(name, lambda model: model.replace("X @ beta[1:]", "0.9 * X @ beta[1:]"))
        self.assertTrue(any("beta[2]" in wrong for wrong in self.disagreements(name, drawn)))


if __name__ == "__main__":
    ranks.main()
