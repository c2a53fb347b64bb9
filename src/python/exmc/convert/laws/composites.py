"""Distributions made of others: truncated, censored, mixed, inflated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.random.type import RandomType

from exmc.convert.arrays import constant_value
from exmc.convert.expression import subscript
from exmc.convert.laws.continuous import bounds
from exmc.convert.laws.registry import Entry, NoLaw, distribution_name, each, is_constant, law, law_of, whole

if TYPE_CHECKING:
    from exmc.convert.translator import Translator

_FAR = 1e300
_INFLATED = ("poisson", "binomial", "negative_binomial")


@law("TruncatedRV")
def truncated(translate: Translator, rv: Variable) -> Entry:
    """The distribution between bounds."""
    *inputs, lower, upper = rv.owner.inputs
    base = rv.owner.op.base_rv_op.make_node(*inputs).default_output()
    return law_of(translate, base) | bounds(translate, lower, upper)


@law("CensoredRV")
def censored(translate: Translator, rv: Variable) -> Entry:
    """Bounds are data."""
    base, lower, upper = rv.owner.inputs[:3]
    entry: Entry = {"dist": "censored", "base": law_of(translate, base)}
    for key, bound in (("lower", lower), ("upper", upper)):
        value = constant_value(bound, "a bound of pm.Censored")
        if np.isinf(value).all():
            continue
        # Where only some elements are without a bound theirs is farther than any number that is observed.
        entry[key] = translate.operand(Constant(bound.type, np.clip(value, -_FAR, _FAR))).text
    return entry


@law("MixtureRV", "_HurdleRV", "MarginalMixtureRV")
def mixture(translate: Translator, rv: Variable) -> Entry:
    """Weights and components; a point mass with counts is an inflated distribution, or a uniform one on one value."""
    weights, *components = (v for v in rv.owner.inputs if not isinstance(v.type, RandomType))
    if any(component.owner.op.ndim_supp for component in components):
        raise NoLaw("Mixture", "its components are vectors")
    if len(components) == 1:
        return {"dist": "mixture", "w": whole(translate, weights), "components": law_of(translate, components[0])}
    inflated = _inflated(translate, weights, components)
    if inflated is not None:
        return inflated
    return {"dist": "mixture", "w": whole(translate, weights), "components": [_component(translate, c) for c in components]}


def _inflated(translate: Translator, weights: Variable, components: list[Variable]) -> Entry | None:
    mass, other = components[0], components[-1]
    if len(components) != 2 or not _is_mass(mass) or not is_constant(mass.owner.inputs[-1], 0):
        return None
    entry = law_of(translate, other)
    if entry["dist"] not in _INFLATED or "lower" in entry or "upper" in entry:
        return None
    if "log_mu" in entry:
        entry["mu"] = f"exp({entry.pop('log_mu')})"
    if "logit_p" in entry:
        entry["p"] = f"sigmoid({entry.pop('logit_p')})"
    share = subscript(translate(weights), [":"] * (weights.type.ndim - 1) + ["1"])
    return entry | {"dist": f"zero_inflated_{entry['dist']}", "psi": share.text}


def _component(translate: Translator, component: Variable) -> Entry:
    if not _is_mass(component):
        return law_of(translate, component)
    if component.type.dtype.startswith("float"):
        raise NoLaw("Mixture", "a point mass beside a density has no log density of its own")
    value = each(translate, component.owner.inputs[-1])
    return {"dist": "discrete_uniform", "lower": value, "upper": value}


def _is_mass(component: Variable) -> bool:
    return distribution_name(component) == "DiracDelta"
