"""PyMC's own log density and deterministics at given values, which a conversion is compared with.

Evaluated node by node as constants are, which takes no compilation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from exmc.convert.fold import Folder, constant


class Reference:
    """The log density of a PyMC model on the variables' own scale, without Jacobians."""

    def __init__(self, model: Any) -> None:
        from pymc.logprob.basic import transformed_conditional_logp

        self._model = model
        self._values = {rv: rv.type(rv.name) for rv in model.free_RVs}
        values = self._values | {rv: model.rvs_to_values[rv] for rv in model.observed_RVs}
        self._terms = transformed_conditional_logp(
            rvs=model.basic_RVs, rvs_to_values=values, rvs_to_transforms=dict.fromkeys(model.basic_RVs), jacobian=False
        )

    def __call__(self, point: Mapping[str, np.ndarray]) -> tuple[float, dict[str, np.ndarray]]:
        """Log density and deterministics where the free variables have these values, by name; -inf where a parameter is outside."""
        from pymc.logprob.utils import ParameterValueError

        fold = Folder()
        for rv, placeholder in self._values.items():
            value = constant(np.asarray(point[rv.name], dtype=rv.type.dtype))
            fold.replace(placeholder, value)
            fold.replace(rv, value)
        for rv in self._model.observed_RVs:
            fold.replace(rv, fold([self._model.rvs_to_values[rv]])[0])
        deterministics = fold(self._model.deterministics)
        try:
            terms = fold([*self._terms, *self._model.potentials])
        except ParameterValueError:
            return -np.inf, {}
        total = float(sum(np.sum(term.data) for term in terms))
        return total, {old.name: np.asarray(new.data) for old, new in zip(self._model.deterministics, deterministics, strict=True)}

    def as_compiled(self, point: Mapping[str, np.ndarray]) -> float:
        """The log density alone, as PyMC compiles it: with rewrites that keep digits where the expressions as they stand lose all."""
        import pytensor.tensor as pt
        from pymc.pytensorf import compile as compile_pymc
        from pytensor.compile.mode import get_mode
        from pytensor.graph.replace import clone_replace

        terms = [*self._terms, *clone_replace(self._model.potentials, replace=self._values)]
        total = pt.add(*[term.sum() for term in Folder()(terms)])
        mode = get_mode("FAST_COMPILE").including("canonicalize", "stabilize")
        function = compile_pymc(list(self._values.values()), total, mode=mode, on_unused_input="ignore")
        return float(function(*(point[rv.name] for rv in self._values)))
