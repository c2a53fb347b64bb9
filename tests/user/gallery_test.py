"""Models of the gallery converge with default settings and find the parameters that their data was made with. Some of them here;
all: bench/gallery/run.py."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import gallery  # noqa: E402
import ranks  # noqa: E402

QUICK = ["radon", "bradley_terry", "pharmacokinetics", "changepoint", "survival", "basis_functions", "spatial", "animal", "epidemic"]


class Gallery(ranks.TestCase):
    def test_quick_models(self):
        for name in QUICK:
            with self.subTest(name):
                summary, _, _ = gallery.run(ranks.programs.exmc, name, self.folder, limit=ranks.HANG_LIMIT)
                self.assertEqual(gallery.faults(summary, gallery.TRUTH[name]), [])

    def test_every_model_has_a_truth(self):
        self.assertEqual(gallery.names(), sorted(gallery.TRUTH))

    def test_a_wrong_answer_is_found(self):
        """Of a posterior that is somewhere else than the truth."""
        summary = {"divergences": 0, "variables": [
            {"name": "b", "mean": 1.0, "sd": 0.1, "rhat": 1.0, "ess_bulk": 2000, "ess_tail": 2000}]}
        self.assertEqual(gallery.faults(summary, {"b": 1.3}), [])
        self.assertEqual(len(gallery.faults(summary, {"b": 1.5})), 1)
        self.assertEqual(len(gallery.faults(summary, {"a": 1.0})), 1)


if __name__ == "__main__":
    ranks.main()
