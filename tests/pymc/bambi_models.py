"""Formulas: MODELS maps names to functions that make bmb.Models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bambi as bmb
import numpy as np
import pandas as pd


def data() -> pd.DataFrame:
    """One table for all formulas."""
    rng = np.random.default_rng(7)
    table = pd.DataFrame(
        {
            "x": rng.normal(size=60),
            "z": rng.normal(size=60),
            "g": rng.choice(list("abcdef"), 60),
            "c": rng.choice(["u", "v", "w"], 60),
            "count": rng.poisson(2, 60),
            "yes": rng.integers(0, 2, 60),
            "positive": rng.gamma(2, 1, 60),
            "share": rng.beta(2, 2, 60),
            "angle": rng.vonmises(0, 2, 60),
            "level": pd.Categorical(rng.integers(0, 4, 60), ordered=True),
            "kind": rng.choice(["r", "s", "t"], 60),
            "status": rng.choice(["none", "right"], 60),
        }
    )
    return table.assign(y=table.x + rng.normal(size=60))


_FORMULAS: dict[str, tuple[str, dict[str, str]]] = {
    "varying_slopes": ("y ~ x + c + (1 + x|g)", {}),
    "bernoulli": ("yes ~ x*z", {"family": "bernoulli"}),
    "negative_binomial": ("count ~ x", {"family": "negativebinomial"}),
    "beta": ("share ~ x", {"family": "beta"}),
    "wald": ("positive ~ x", {"family": "wald", "link": "log"}),
    "cumulative": ("level ~ x", {"family": "cumulative"}),
    "categorical": ("kind ~ x", {"family": "categorical"}),
    "hurdle": ("count ~ x", {"family": "hurdle_poisson"}),
    "hsgp": ("y ~ 0 + hsgp(x, m=10, c=2)", {}),
    "censored": ("censored(positive, status) ~ x", {"family": "weibull", "link": "log"}),
    "von_mises": ("angle ~ x", {"family": "vonmises"}),
    "student": ("y ~ x", {"family": "t"}),
    "zero_inflated": ("count ~ x", {"family": "zero_inflated_poisson"}),
    "gamma": ("positive ~ x", {"family": "gamma", "link": "log"}),
}


def _maker(formula: str, options: dict[str, str]) -> Callable[[], Any]:
    return lambda: bmb.Model(formula, data(), **options)


MODELS: dict[str, Callable[[], Any]] = {f"bambi_{name}": _maker(*formula) for name, formula in _FORMULAS.items()}
