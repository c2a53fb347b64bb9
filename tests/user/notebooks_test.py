"""The notebooks of docs/notebooks run from top to bottom, against files that the program makes in that very run. What they
claim they assert themselves."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

NOTEBOOKS = ranks.ROOT / "docs/notebooks"
LIMIT = 300  # seconds, for hangs; a notebook takes twenty on two quiet cores


class Notebooks(ranks.TestCase):
    def execute(self, name):
        """The cells of the notebook after a run of it in a folder of its own."""
        shutil.copy(NOTEBOOKS / name, self.folder)
        programs = [pathlib.Path(path).parent for path in (sys.executable, ranks.programs.exmc, ranks.programs.mpiexec)]
        environment = ranks.launcher_environment(
            self.folder, PATH=os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
            IPYTHONDIR=str(self.folder / "ipython"), JUPYTER_RUNTIME_DIR=str(self.folder / "runtime"))
        result = subprocess.run(
            [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "executed.ipynb",
             f"--ExecutePreprocessor.timeout={LIMIT}", name],
            cwd=self.folder, env=environment, capture_output=True, text=True, timeout=2 * LIMIT)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr[-4000:])
        return json.loads((self.folder / "executed.ipynb").read_text())["cells"]

    def check(self, name, figures):
        outputs = [output for cell in self.execute(name) for output in cell.get("outputs", [])]
        self.assertEqual([output for output in outputs if output["output_type"] == "error"], [])
        drawn = sum("image/png" in output.get("data", {}) for output in outputs)
        self.assertEqual(drawn, figures)

    def test_first_run(self):
        self.check("first_run.ipynb", 2)

    def test_centered_eight_schools(self):
        self.check("centered_eight_schools.ipynb", 2)

    def test_loo(self):
        self.check("loo.ipynb", 1)

    def test_timeline(self):
        if "(with ULFM)" not in subprocess.run([ranks.programs.exmc, "--version"], capture_output=True, text=True).stdout:
            self.skipTest("this MPI has no ULFM: no death is survived")
        self.check("timeline.ipynb", 1)

    def test_live(self):
        self.check("live.ipynb", 1)

    def test_none_is_left_out_and_none_has_outputs(self):
        for path in NOTEBOOKS.glob("*.ipynb"):
            self.assertTrue(hasattr(self, f"test_{path.stem}"), path.name)
            cells = json.loads(path.read_text())["cells"]
            self.assertFalse(any(cell.get("outputs") for cell in cells), f"{path.name}: clear all outputs before a commit")


if __name__ == "__main__":
    ranks.main()
