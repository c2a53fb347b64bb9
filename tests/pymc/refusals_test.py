"""What the IR cannot say is refused as a whole, by name, with what to write instead."""

from __future__ import annotations

import exmc
import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest

ONES = np.ones(20)


def discrete_parameter():
    pm.Poisson("y", pm.math.switch(pm.DiscreteUniform("when", 0, 19) >= np.arange(20), 1.0, pm.Exponential("rate", 1)), observed=ONES)


def minibatch():
    x, y = pm.Minibatch(ONES, ONES, batch_size=10)
    pm.Normal("y", pm.Normal("b") * x, 1, observed=y, total_size=20)


def total_size():
    pm.Normal("y", pm.Normal("b"), 1, observed=ONES, total_size=100)


def recurrence():
    b = pm.HalfNormal("b")
    out = pytensor.scan(lambda level: b * level, outputs_info=[pt.as_tensor(np.float64(1))], n_steps=2000, return_updates=False)
    pm.Normal("y", out[-1], 1, observed=ONES)


def simulator():
    pm.Simulator("y", lambda rng, b, size: rng.normal(b, 1, size=20), pm.Normal("b"), observed=ONES)


def inverse():
    pm.Deterministic("y", pt.linalg.inv(pt.eye(2) * pm.HalfNormal("b")))


def argmax():
    pm.Deterministic("y", pt.argmax(pm.Normal("b", shape=3)))


def spline():
    pm.Interpolated("y", np.linspace(0, 1, 20), ONES)


CASES = {
    discrete_parameter: ("when: DiscreteUniform", "pm.Mixture"),
    minibatch: ("y: total_size|y: observed", "the data itself"),
    total_size: ("y: total_size", "the data itself"),
    recurrence: ("y: Scan", "pm.AR"),
    simulator: ("y: Simulator", "pm.sample_smc"),
    inverse: ("y: MatrixInverse", "solve_triangular"),
    argmax: ("y: argmax", "afterwards"),
    spline: ("y: SplineWrapper", "pm.Potential"),
}


@pytest.mark.parametrize("fill", CASES, ids=lambda fill: fill.__name__)
def test_is_refused(fill):
    with pm.Model() as model:
        fill()
    what, instead = CASES[fill]
    with pytest.raises(exmc.NotExpressible, match=what) as caught:
        exmc.write(model, "never")
    assert instead in str(caught.value)


def test_every_obstacle_is_listed():
    with pm.Model() as model:
        argmax()
        pm.Poisson("count", 2)
        pm.Potential("worst", pt.sort(model["b"]).sum())
    with pytest.raises(exmc.NotExpressible) as caught:
        exmc.sample(model)
    assert [obstacle.variable for obstacle in caught.value.obstacles] == ["count", "y", "worst"]


def test_explanation_names_each_variable():
    with pm.Model() as model:
        pm.Normal("a", transform=pm.distributions.transforms.log)
        pm.Normal("b", shape=3)
        pm.Deterministic("y", pt.argmax(model["b"]))
        pm.Normal("seen", model["b"], 1, observed=np.ones(3))
    explanation = exmc.explain(model)
    assert not explanation.expressible
    assert {row.variable: row.becomes for row in explanation.rows} == {"a": "density", "b": "normal", "seen": "normal", "y": "-"}
    assert "afterwards" in str(explanation)
    assert "<td>seen</td>" in explanation._repr_html_()


def test_what_is_no_model_is_told_so():
    with pytest.raises(TypeError, match="not a list"):
        exmc.sample([1])
    with pytest.raises(FileNotFoundError):
        exmc.sample("nowhere.json")
