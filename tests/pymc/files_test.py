"""Models as folders, and result files read again."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import exmc
import h5py
import numpy as np
import pymc as pm
import pytest
import whole_models
from exmc.convert.names import Names
from exmc.program import find_program

ROOT = Path(__file__).resolve().parents[2]

SCHOOLS = {
    "exmc_ir": 1,
    "name": "schools",
    "data": {"y": np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), "sd": [15, 10, 16, 11, 9, 11, 10, 18]},
    "nodes": {
        "mu": {"dist": "normal", "mu": 0, "sigma": 5},
        "tau": {"dist": "half_normal", "sigma": 5},
        "theta": {"dist": "normal", "mu": "mu", "sigma": "tau", "shape": [8]},
        "obs": {"dist": "normal", "mu": "theta", "sigma": "sd", "observed": "y"},
    },
}


def test_folder_needs_no_python(tmp_path):
    model = whole_models.MODELS["radon"]()
    folder = exmc.write(model, tmp_path / "radon", draws=60, chains=2, seed=3, config={"warmup": {"settle": 50}})
    assert {path.name for path in folder.iterdir()} == {"model.json", "data.h5", "config.json", "job.sbatch"}
    config = json.loads((folder / "config.json").read_text())
    assert config["warmup"] == {"settle": 50}
    with h5py.File(folder / "data.h5") as data:
        assert np.array_equal(data["g"], model["g"].get_value())
    subprocess.run(["bash", "-n", folder / "job.sbatch"], check=True)
    subprocess.run([find_program(), "--quiet", "config.json"], cwd=folder, check=True)
    read = exmc.read(folder / "run.h5", model)
    assert read["posterior"]["alpha"].dims == ("chain", "draw", "county")
    assert dict(read["posterior"].sizes) == {"chain": 2, "draw": 60, "county": 8}
    direct = exmc.sample(model, draws=60, chains=2, seed=3, config={"warmup": {"settle": 50}}, progress=False)
    assert np.array_equal(read["posterior"]["beta"].values, direct["posterior"]["beta"].values)


def test_names_that_the_ir_does_not_take_come_back(tmp_path):
    model = whole_models.MODELS["awkward_names"]()
    idata = exmc.sample(model, draws=20, chains=2, seed=1, progress=False, folder=tmp_path)
    assert list(idata["posterior"].data_vars) == ["mean", "a b", "a.b", "θ", "1x", "x|g"]
    assert set(exmc.read(tmp_path / "run.h5")["posterior"].data_vars) == {"mean_2", "a_b", "a_b_2", "_", "v_1x", "x_g"}


def test_ir_and_paths_are_models_too(tmp_path):
    idata = exmc.sample(SCHOOLS, draws=50, chains=2, seed=1, progress=False, folder=tmp_path / "a")
    assert idata["posterior"]["theta"].shape == (2, 50, 8)
    again = exmc.sample(tmp_path / "a" / "model.json", draws=50, chains=2, seed=1, progress=False)
    assert np.array_equal(idata["posterior"]["theta"].values, again["posterior"]["theta"].values)
    assert isinstance(SCHOOLS["data"]["y"], np.ndarray)


def test_log_density_at_points():
    at = exmc.log_density(SCHOOLS, {"mu": 4.4, "tau": 3.1, "theta": np.ones(8)})
    assert at["without_jacobian"] == pytest.approx(sum(at["nodes"].values()))
    with pm.Model() as model:
        pm.Normal("a b", 0, 2)
    several = exmc.log_density(model, [{"a b": 0.0}, {"a b": 1.0}])
    assert several[0]["log_density"] - several[1]["log_density"] == pytest.approx(1 / 8)


def test_names_of_all_functions_are_taken():
    text = (ROOT / "docs" / "ir.md").read_text()
    tables = text[text.index("### Functions") : text.index("### Subscripts")]
    functions = set(re.findall(r"`(\w+)\(", tables))
    assert len(functions) > 40
    for name in sorted(functions):
        assert Names()(name) == f"{name}_2"


def test_version_is_that_of_the_program():
    assert re.search(r"project\(exmc_mpi VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1) == exmc.__version__


def test_package_is_imported_without_anything_else():
    command = "import sys, exmc; assert not {'numpy', 'pymc', 'xarray', 'h5py'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", command], check=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src" / "python")})


def test_chains_that_have_not_begun_are_left_out():
    from exmc.result import largest_rectangle

    for draws, chains, length in [([5, 5, 5], [0, 1, 2], 5), ([90, 0, 100], [0, 2], 90), ([1, 100], [1], 100), ([0, 0], [0], 0)]:
        found, kept = largest_rectangle(np.array(draws))
        assert (list(found), kept) == (chains, length)
