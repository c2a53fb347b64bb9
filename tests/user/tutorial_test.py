"""docs/tutorial.md does what it says: its commands run, in its order, in a copy of its folder; and what it shows is what its
files hold."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import h5py
import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

DOCS = ranks.ROOT / "docs"
TRUTH = {"intercept": 1.4, "slope_uranium": 0.7, "slope_upstairs": -0.65, "sigma_county": 0.25, "sigma": 0.75}
LIMIT = 300  # seconds, for hangs; a command takes at most ten on two quiet cores


class Tutorial(ranks.TestCase):
    def setUp(self):
        super().setUp()
        # As in a clone: the folder, and what is two levels above it.
        self.place = self.folder / "docs/tutorial"
        shutil.copytree(DOCS / "tutorial", self.place)
        shutil.copytree(ranks.ROOT / "jobs", self.folder / "jobs")
        exmc = pathlib.Path(ranks.programs.exmc).parent
        mpi = pathlib.Path(ranks.programs.mpiexec).parent
        python = pathlib.Path(sys.executable).parent
        (self.folder / "build").mkdir()
        (self.folder / "build/env.sh").write_text(f'export PATH="{python}:{exmc}:{mpi}:$PATH" EXMC_PYTHON={sys.executable}\n')

    def test_its_commands_run_and_find_the_truth(self):
        tables = {name: (self.place / name).read_text() for name in ("radon.csv", "counties.csv")}
        environment = ranks.launcher_environment(self.folder, MPLBACKEND="Agg")
        blocks = re.findall(r"```(sh|python)\n(.*?)```", (DOCS / "tutorial.md").read_text(), re.DOTALL)
        self.assertGreaterEqual(len(blocks), 7)
        for kind, code in blocks:
            shell = code if kind == "sh" else f"python3 - <<'END'\n{code}END\n"
            result = subprocess.run(["bash", "-euc", f". ../../build/env.sh\n{shell}"], cwd=self.place, text=True,
                                    env=environment, capture_output=True, timeout=LIMIT)
            self.assertEqual(result.returncode, 0, f"{code}\n{result.stdout}{result.stderr}")
            self.assertNotIn("warning:", result.stdout, code)
        self.assertEqual({name: (self.place / name).read_text() for name in tables}, tables, "made anew, as committed")
        self.check_draws()
        self.assertGreater((self.place / "radon.png").stat().st_size, 10000)
        self.assertIn("<h2>Summary</h2>", (self.place / "radon.html").read_text())
        self.assertEqual(len((self.place / "radon_summary.csv").read_text().splitlines()), 1 + 5 + 40 + 40)

    def check_draws(self):
        with h5py.File(self.place / "radon.h5") as long, h5py.File(self.place / "ranks.h5") as short:
            for name, truth in TRUTH.items():
                draws = long[f"posterior/{name}"][:]
                self.assertEqual(draws.shape, (4, 2000))
                self.assertTrue(numpy.array_equal(draws[:, :1000], short[f"posterior/{name}"][:]), name)
                self.assertLess(abs(draws.mean() - truth), 3 * draws.std(), name)

    def test_it_shows_what_its_files_hold(self):
        shown = re.findall(r"```json\n(.*?)```", (DOCS / "tutorial.md").read_text(), re.DOTALL)
        held = [(DOCS / "tutorial" / name).read_text() for name in ("radon_model.json", "radon.json")]
        self.assertEqual(shown, held)


if __name__ == "__main__":
    ranks.main()
