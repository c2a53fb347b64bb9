"""Models sampled: at once, in the background, under mpirun, from PyMC and from Bambi; what comes back is what pm.sample gives."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import arviz as az
import exmc
import made
import numpy as np
import pymc as pm
import pytest
import whole_models
from exmc.progress import read_progress

HANG = 60


def slow_model():
    """An IR that takes a minute and more for the draws asked of it below, on any machine: a gradient is 20,000 terms."""
    y = np.random.default_rng(3).standard_t(4, 20_000).tolist()
    nodes = {"m": {"dist": "normal", "mu": 0, "sigma": 1},
             "y": {"dist": "student_t", "nu": 4, "mu": "m", "sigma": 1, "shape": [20_000], "observed": "obs"}}
    return {"exmc_ir": 1, "data": {"obs": y}, "nodes": nodes}


def until(condition):
    """Waits for a condition, which a hang limit ends."""
    limit = time.monotonic() + HANG
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.05)


def test_result_has_the_names_of_the_model():
    model = whole_models.MODELS["radon"]()
    idata = exmc.sample(model, draws=200, chains=3, seed=1, log_likelihood=True, progress=False)
    posterior = idata["posterior"]
    names = ["z_a", "mu_a", "sigma_a", "beta", "mu_b", "sigma_b", "sigma", "alpha"]
    assert set(posterior.data_vars) == set(names)
    assert list(posterior.data_vars)[-1] == "alpha"
    assert posterior["alpha"].dims == ("chain", "draw", "county")
    assert list(posterior["county"].values) == [f"c{i}" for i in range(8)]
    assert dict(posterior.sizes) == {"chain": 3, "draw": 200, "county": 8}
    assert set(idata["constant_data"].data_vars) == {"g", "floor"}
    assert idata["observed_data"]["y"].dims == ("obs",)
    assert idata["log_likelihood"]["y"].shape == (3, 200, 60)
    assert {"diverging", "lp", "energy", "tree_depth", "n_steps", "step_size", "acceptance_rate"} <= set(idata["sample_stats"].data_vars)
    assert idata["sample_stats"]["diverging"].dtype == bool
    assert posterior.attrs["inference_library"] == "exmc_mpi"
    assert float(az.rhat(idata, var_names=["mu_a"])["mu_a"]) < 1.1


def test_log_likelihood_of_a_distribution_that_is_written_out():
    model = whole_models.MODELS["custom_distribution"]()
    idata = exmc.sample(model, draws=20, chains=2, seed=1, log_likelihood=True, progress=False)
    found = idata["log_likelihood"]["y"]
    assert found.dims == ("chain", "draw", "y_dim_0")
    assert set(idata["posterior"].data_vars) == {"a", "b"}
    a, b = (idata["posterior"][name].values[..., None] for name in "ab")
    y = idata["observed_data"]["y"].values
    expected = -((np.log(y) - a) ** 2) / (2 * b**2) - np.log(b * y * np.sqrt(2 * np.pi))
    assert np.allclose(found.values, expected)


def test_packed_and_masked_variables_come_back_as_in_pymc():
    idata = exmc.sample(whole_models.MODELS["correlated_slopes"](), draws=50, chains=2, seed=1, progress=False)
    assert idata["posterior"]["chol"].shape == (2, 50, 3)
    assert not {"chol_sd", "chol_corr_chol"} & set(idata["posterior"].data_vars)
    model = whole_models.MODELS["missing_values"]()
    idata = exmc.sample(model, draws=50, chains=2, seed=1, progress=False)
    assert idata["posterior"]["y_unobserved"].shape == (2, 50, 3)
    assert idata["posterior"]["y"].shape == (2, 50, 20)
    assert np.allclose(idata["posterior"]["y"].values[..., 3:], idata["observed_data"]["y_observed"].values)


def test_posterior_predictive_of_the_result():
    model = whole_models.MODELS["linear_regression"]()
    idata = exmc.sample(model, draws=200, chains=2, seed=1, progress=False)
    with model:
        drawn = pm.sample_posterior_predictive(idata, random_seed=1, progressbar=False)
    y = drawn["posterior_predictive"]["y"]
    assert y.shape == (2, 200, 50)
    assert abs(float(y.mean()) - float(idata["observed_data"]["y"].mean())) < 0.2


def test_posterior_is_the_exact_one():
    y = np.random.default_rng(2).normal(1, 2, 25)
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("m", 0, 3), 2, observed=y)
    draws = exmc.sample(model, draws=4000, chains=4, seed=1, progress=False)
    precision = 1 / 9 + len(y) / 4
    mean, sd = y.sum() / 4 / precision, precision**-0.5
    error = float(az.mcse(draws, var_names=["m"])["m"])
    assert abs(float(draws["posterior"]["m"].mean()) - mean) < 4 * error
    assert abs(float(draws["posterior"]["m"].std()) / sd - 1) < 0.05


def test_run_is_watched_stopped_and_resumed():
    run = exmc.start(slow_model(), draws=200_000, chains=2, seed=1)
    assert run.progress().planned == 200_000
    until(lambda: min(chain.draws for chain in run.progress().chains) > 1000)
    progress = run.progress()
    assert all(chain.step_size > 0 and chain.gradients_per_draw > 1 for chain in progress.chains)
    assert run.diagnostics().rhat < 1.1
    assert run.idata()["posterior"].sizes["draw"] > 1000
    assert run.stop().running is False
    stopped_at = run.progress().draws
    assert 2000 < stopped_at < 400_000
    run.resume()
    until(lambda: run.progress().draws > stopped_at)
    run.stop()


def test_run_that_reaches_its_goal_is_finished(tmp_path):
    run = exmc.start(whole_models.MODELS["radon"](), draws=100_000, chains=2, seed=1, config={"stop": {"ess": 400}}, folder=tmp_path)
    idata = run.wait()
    progress = run.progress()
    assert progress.finished and progress.planned == idata["posterior"].sizes["draw"] < 100_000
    assert progress.goal.startswith("ESS ")
    assert min(float(az.ess(idata)[name].min()) for name in idata["posterior"]) > 350


def test_ctrl_c_gives_the_draws_so_far(tmp_path):
    script = """
import json, sys, exmc
idata = exmc.sample(json.load(sys.stdin), draws=200_000, chains=1, seed=1, progress=False, folder=sys.argv[1])
print(idata["posterior"].sizes["draw"])
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], **pipes, text=True, env=environment)
    json.dump(slow_model(), process.stdin)
    process.stdin.close()
    process.stdin = None
    until(lambda: read_progress(tmp_path / "run.h5", 1, 200_000).draws > 0)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=HANG)
    assert process.returncode == 0
    assert 0 < int(output) < 200_000


def test_draws_are_those_of_any_number_of_ranks(tmp_path):
    mpirun = os.environ.get("EXMC_TEST_MPIRUN") or shutil.which("mpirun")
    if mpirun is None:
        pytest.skip("no mpirun on PATH")
    settings = {"draws": 100, "chains": 3, "seed": 4, "progress": False}
    alone = exmc.sample(whole_models.MODELS["eight_schools"](), **settings)
    ranks = exmc.sample(whole_models.MODELS["eight_schools"](), ranks=2, launcher=[mpirun], folder=tmp_path / "run", **settings)
    assert np.array_equal(alone["posterior"]["theta"].values, ranks["posterior"]["theta"].values)
    assert "on 2 ranks" in (tmp_path / "run" / "run.log").read_text()


def test_failure_is_told_in_the_words_of_the_program():
    with pm.Model() as model:
        pm.Normal("x", 0, 1)
    with pytest.raises(exmc.ProgramFailed, match="max_tree_depth") as caught:
        exmc.sample(model, config={"sampler": {"max_tree_depth": 99}}, progress=False, check=False)
    assert caught.value.code == 2


def test_program_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("EXMC_MPI_PROGRAM", "/nowhere/exmc_mpi")
    with pytest.raises(exmc.ProgramNotFound, match="/nowhere/exmc_mpi"):
        exmc.log_density({"exmc_ir": 1, "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1}}}, {"x": 0})


def test_pm_sample_takes_exmc():
    exmc.enable_pymc()
    exmc.enable_pymc()
    with whole_models.MODELS["eight_schools"]():
        idata = pm.sample(100, tune=200, chains=2, random_seed=3, nuts_sampler="exmc", progressbar=False, var_names=["mu", "theta"])
    assert set(idata["posterior"].data_vars) == {"mu", "theta"}
    assert dict(idata["posterior"].sizes) == {"chain": 2, "draw": 100, "school": 8}
    assert idata["posterior"].attrs["tuning_steps"] == 200


@pytest.mark.skipif(not made.formulas(), reason="Bambi is not installed")
def test_bambi_takes_exmc():
    exmc.enable_pymc()
    model = made.formulas()["bambi_varying_slopes"]()
    idata = model.fit(inference_method="exmc", draws=100, chains=2, random_seed=1, progressbar=False)
    assert {"Intercept", "x", "c", "1|g", "x|g_sigma"} <= set(idata["posterior"].data_vars)
    assert list(idata["posterior"]["g__factor_dim"].values) == list("abcdef")
    model.predict(idata, kind="response")
    assert idata["posterior_predictive"]["y"].shape == (2, 100, 60)
