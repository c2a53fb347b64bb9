"""Names of a PyMC model as names of the IR (docs/ir.md, "Names")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

# The functions of the IR, its reserved names, and `None`.
_TAKEN = frozenset(
    (
        "abs acos add_diag arange asin atan atan2 ceil chain cholesky clip concat cos cosh cumsum diag digamma dot draw eigvalsh erf "
        "erfc exp expm expm1 eye floor full gp_dot_prod_cov gp_exp_quad_cov gp_matern12_cov gp_matern32_cov gp_matern52_cov "
        "gp_periodic_cov hmm_marginal hmm_smoothed hmm_viterbi hsgp_basis hsgp_sqrt_spd_exp_quad hsgp_sqrt_spd_matern32 "
        "hsgp_sqrt_spd_matern52 inv kron lbeta len lgamma linspace log log10 log1p log2 log_ccdf log_cdf log_density log_softmax "
        "logdet logit logsumexp matmul max maximum mean min minimum ones outer Phi prod quadratic_form repeat reshape round "
        "scatter_add sd shape sigmoid sign sin sinh softmax softplus solve solve_triangular sqrt square stack std sum tan tanh "
        "transpose var where zeros None"
    ).split(" ")
)
_LONGEST = 200


class Names:
    """Hands out names that are legal in the IR and in use once only."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._used = set(taken)
        self._count = 0

    def __call__(self, wish: str) -> str:
        """The name nearest to `wish` that is still free."""
        name = re.sub(r"\W", "_", wish, flags=re.ASCII)[:_LONGEST]
        name = name.replace("_dim_", "_dims_")
        if not re.match(r"[A-Za-z_]", name):
            name = f"v_{name}"
        free, count = name, 1
        while free in _TAKEN or free in self._used:
            count += 1
            free = f"{name}_{count}"
        self._used.add(free)
        return free

    def fresh(self, prefix: str) -> str:
        """The next of a row of names: `t1`, `t2`, ..."""
        self._count += 1
        return self(f"{prefix}{self._count}")


def node_names(model: Any, names: Names | None = None) -> dict[str, str]:
    """The nodes of a PyMC model's variables, by name: they depend on the names alone, which a file can therefore be read with."""
    names = names or Names()
    return {variable.name: names(variable.name) for variable in [*model.basic_RVs, *model.deterministics, *model.potentials]}


def log_density_names(model: Any, names: Names) -> dict[str, str]:
    """The nodes that hold the log densities of observations, where a variable's is written out; `names` are those after `node_names`."""
    return {variable.name: names(f"{variable.name}_logp") for variable in model.basic_RVs}
