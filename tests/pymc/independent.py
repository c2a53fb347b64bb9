"""A second opinion on converted models: PyMC's log density as PyTensor compiles it, without anything of the package's own evaluation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from exmc.density import as_array, evaluate
from pymc.logprob.basic import transformed_conditional_logp
from pytensor.graph.replace import clone_replace


def spread_of_differences(source: Any, positions: np.ndarray) -> tuple[float, float]:
    """How far log densities and deterministics are apart at unconstrained positions: the spread of the differences of the former, and the
    largest difference of the latter, both relative to 1 + size."""
    model, names = source.pymc_model, source.conversion.names
    values = {rv: rv.type(rv.name) for rv in model.free_RVs}
    data = {rv: model.rvs_to_values[rv] for rv in model.observed_RVs}
    terms = transformed_conditional_logp(
        rvs=model.basic_RVs, rvs_to_values=values | data, rvs_to_transforms=dict.fromkeys(model.basic_RVs), jacobian=False
    )
    others = clone_replace([*model.potentials, *model.deterministics], replace=values | data)
    total = pt.add(*[term.sum() for term in [*terms, *others[: len(model.potentials)]]])
    outputs = [total, *others[len(model.potentials) :]]
    function = pytensor.function(list(values.values()), outputs, mode="FAST_COMPILE", on_unused_input="ignore")
    differences, worst, size = [], 0.0, 1.0
    for at in evaluate(source, [{"unconstrained": position} for position in positions]):
        ours = {name: as_array(value) for name, value in at["values"].items()}
        expected, *deterministics = function(*(ours[names[rv.name]] for rv in values))
        correction = sum(correct(ours) for correct in source.conversion.corrections)
        differences.append(float(as_array(at["without_jacobian"])) - float(expected) - correction)
        size = max(size, 1 + abs(float(expected)))
        for variable, value in zip(model.deterministics, deterministics, strict=True):
            apart = np.abs(ours[names[variable.name]] - value) / (1 + np.abs(value))
            worst = max(worst, float(np.max(apart, initial=0)))
    return float(np.ptp(differences)) / size, worst
