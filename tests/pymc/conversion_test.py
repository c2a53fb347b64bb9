"""Converted models are the ones that they were made of."""

from __future__ import annotations

import json
from pathlib import Path

import independent
import made
import numpy as np
import pymc as pm
import pytest
import whole_models
from exmc.check import check, compare, free_size
from exmc.convert import convert
from exmc.errors import WrongConversion
from exmc.source import source

DENSITY, VALUES = 1e-8, 1e-9
# Compiled, PyMC computes with literals in single precision.
SINGLE = 1e-7
SMALL = made.small()
FORMULAS = made.formulas()


def assert_equal(model):
    result = compare(source(model))
    assert result.points > 0
    assert result.log_density < DENSITY
    assert result.values < VALUES, result.worst


@pytest.mark.parametrize("name", SMALL)
def test_model_of_one_idea(name):
    assert_equal(SMALL[name]())


@pytest.mark.parametrize("name", whole_models.MODELS)
def test_whole_model(name):
    assert_equal(whole_models.MODELS[name]())


@pytest.mark.parametrize("name", ["radon", "correlated_slopes", "ordered_mixture", "ordinal_probit", "hilbert_space_gp", "areas"])
def test_whole_model_against_compiled_functions(name):
    prepared = source(whole_models.MODELS[name]())
    size = sum(free_size(node) for node in prepared.ir["nodes"].values())
    positions = np.random.default_rng(5).uniform(-1, 1, (4, size))
    density, values = independent.spread_of_differences(prepared, positions)
    assert density < SINGLE
    assert values < SINGLE


@pytest.mark.skipif(not FORMULAS, reason="Bambi is not installed")
@pytest.mark.parametrize("name", FORMULAS or ["none"])
def test_formula(name):
    assert_equal(FORMULAS[name]())


def test_simple_model_is_written_as_people_write_it():
    with pm.Model() as model:
        x = pm.Data("x", np.arange(4.0))
        a, b = pm.Normal("a", 0, 10), pm.Normal("b", 0, 10)
        pm.Normal("y", a + b * x, pm.Exponential("s", 1), observed=[1.0, 2, 3, 4])
    nodes = convert(model).ir["nodes"]
    assert nodes == {
        "a": {"dist": "normal", "mu": "0", "sigma": "10", "shape": []},
        "b": {"dist": "normal", "mu": "0", "sigma": "10", "shape": []},
        "s": {"dist": "exponential", "scale": "1", "shape": []},
        "y": {"dist": "normal", "mu": "a + b * x", "sigma": "s", "shape": [4], "observed": "[1, 2, 3, 4]"},
    }


@pytest.mark.parametrize(
    ("law", "keys"),
    [
        ("poisson_log", {"log_mu"}),
        ("negative_binomial", {"log_mu", "alpha"}),
        ("categorical_logit", {"logit_p"}),
        ("mv_normal_tau", {"mu", "tau"}),
        ("gamma", {"alpha", "beta"}),
        ("truncated_poisson", {"mu", "lower"}),
    ],
)
def test_form_that_keeps_digits_is_chosen(law, keys):
    node = convert(SMALL[f"law_{law}"]()).ir["nodes"]["y"]
    assert set(node) - {"dist", "shape", "observed"} == keys


def test_product_of_matrix_and_vector_is_written_as_one():
    nodes = convert(SMALL["operation_vector_matrix"]()).ir["nodes"]
    assert nodes["d"]["expr"].split() == ["x", "@", "c1", "+", "c2", "@", "z"]


def test_ordered_logistic_is_recognised():
    assert convert(whole_models.MODELS["ordinal_regression"]()).ir["nodes"]["y"]["dist"] == "ordered_logistic"


def test_initial_values_dims_and_coords_come_along():
    conversion = convert(whole_models.MODELS["ordered_mixture"]())
    assert conversion.init == {"mu": [-2.0, 0.0, 2.0]}
    ir = convert(whole_models.MODELS["eight_schools"]()).ir
    assert ir["nodes"]["theta"]["dims"] == ["school"]
    assert ir["coords"] == {"school": list("ABCDEFGH")}


def test_large_data_take_no_loop():
    rng = np.random.default_rng(1)
    with pm.Model() as model:
        pm.Normal("y", rng.normal(size=(200_000, 3)) @ pm.Normal("b", shape=3), 1, observed=rng.normal(size=200_000))
    conversion = convert(model)
    assert {array.shape for array in conversion.data.values()} == {(200_000, 3), (200_000,)}
    assert len(json.dumps(conversion.ir)) < 1000


def test_conversion_that_is_wrong_is_an_error(tmp_path: Path):
    prepared = source(whole_models.MODELS["eight_schools"]())
    prepared.ir["nodes"]["tau"]["dist"] = "half_normal"
    prepared.ir["nodes"]["tau"]["sigma"] = prepared.ir["nodes"]["tau"].pop("beta")
    with pytest.raises(WrongConversion, match="log densities"):
        check(prepared)
    prepared = source(whole_models.MODELS["eight_schools"]())
    prepared.ir["nodes"]["theta"]["expr"] += " + 1e-5 * mu"
    with pytest.raises(WrongConversion, match=r"theta|log densities"):
        check(prepared)


def test_model_is_left_as_it_was():
    model = whole_models.MODELS["ordered_mixture"]()
    before = [variable.owner for variable in model.basic_RVs]
    initial = dict(model.rvs_to_initial_values)
    convert(model)
    assert [variable.owner for variable in model.basic_RVs] == before
    assert model.rvs_to_initial_values == initial
