"""All models of these tests by name: functions that make a pm.Model or a bmb.Model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymc as pm
import small_models
import whole_models


def all_models() -> dict[str, Callable[[], Any]]:
    """Every model there is; those of Bambi where it is installed."""
    return whole_models.MODELS | formulas() | small()


def formulas() -> dict[str, Callable[[], Any]]:
    """The models of Bambi."""
    try:
        import bambi_models
    except ImportError:
        return {}
    return dict(bambi_models.MODELS)


def small() -> dict[str, Callable[[], Any]]:
    """The models of one idea each."""
    laws = {f"law_{name}": _filled(fill) for name, fill in small_models.LAWS.items()}
    transforms = {f"transform_{name}": _filled(fill) for name, fill in small_models.TRANSFORMS.items()}
    operations = {f"operation_{name}": _filled(_saved(fill)) for name, fill in small_models.OPERATIONS.items()}
    return laws | transforms | operations


def _filled(fill: Callable[[], Any]) -> Callable[[], Any]:
    def make() -> Any:
        with pm.Model() as model:
            fill()
        return model

    return make


def _saved(expression: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: pm.Deterministic("d", expression())
