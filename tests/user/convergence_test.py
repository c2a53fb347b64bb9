"""Hierarchies converge with default settings, however they are written: the smallest part of bench/convergence that a mistake
in coordinates, metric or warm-up does not pass."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/mpi"), str(ROOT / "bench/convergence")]
import hierarchies  # noqa: E402
import ranks  # noqa: E402
import structures  # noqa: E402

MOST_RHAT, LEAST_ESS = 1.01, 400


class Convergence(ranks.TestCase):
    def faults(self, model, seed, **keys):
        """What is not well with a run of five chains; nothing where it converged."""
        config = ranks.write_config(self.folder, "run", model=model, seed=seed, chains=5,
                                    output={"log_likelihood": False, "predictive": False}, **keys)
        subprocess.run([ranks.programs.exmc, "--quiet", "--overwrite", config], check=True, stderr=subprocess.PIPE,
                       timeout=ranks.HANG_LIMIT)
        printed = subprocess.run([ranks.programs.exmc, "--summary", "--json", config.with_suffix(".h5")], check=True,
                                 capture_output=True).stdout
        summary = json.loads(printed)
        moving = [row for row in summary["variables"] if row["sd"] > 0]
        found = [f"{row['name']}: R-hat {row['rhat']:.4f}" for row in moving if row["rhat"] > MOST_RHAT]
        found += [f"{row['name']}: {kind} {row[kind]:.0f}" for row in moving for kind in ("ess_bulk", "ess_tail")
                  if row[kind] < LEAST_ESS]
        if summary["divergences"]:
            found.append(f"{summary['divergences']} divergences")
        return found

    def test_of_models_as_they_are_written(self):
        for name in ("eight_schools", "funnel"):
            for seed in (1, 2, 3):
                with self.subTest(name, seed=seed):
                    self.assertEqual(self.faults(str(ROOT / f"configs/models/{name}.json"), seed), [])

    def test_whether_written_centred_or_not(self):
        for model in (hierarchies.radon_slopes, hierarchies.measurement_error, structures.survival, structures.horseshoe):
            for centred in (True, False):
                with self.subTest(model.__name__, centred=centred):
                    self.assertEqual(self.faults(model(centred), 1), [])

    def test_finds_a_funnel_in_its_own_coordinates(self):
        """What the tests above would say without learned coordinates."""
        self.assertNotEqual(self.faults(str(ROOT / "configs/models/funnel.json"), 1, sampler={"coordinates": "model"}), [])


if __name__ == "__main__":
    ranks.main()
