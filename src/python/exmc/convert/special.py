"""Random variables that become several nodes: PyMC packs triangles of matrices into vectors, the IR keeps matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from pytensor.graph.basic import Variable

from exmc.convert.arrays import constant_value
from exmc.convert.blocked import Blocked
from exmc.convert.laws import law_of
from exmc.convert.laws.registry import parameters

if TYPE_CHECKING:
    from exmc.convert.walk import Walk


def convert_special(walk: Walk, rv: Variable, name: str) -> str | None:
    """Adds the nodes of such a variable and says what they are; None where it is none."""
    operation = type(rv.owner.op).__name__
    if operation == "_LKJCholeskyCovRV":
        return _lkj_cholesky_cov(walk, rv, name)
    if operation == "LKJCorrRV" and rv.type.ndim == 1:
        return _packed_lkj_corr(walk, rv, name)
    return None


def _lkj_cholesky_cov(walk: Walk, rv: Variable, name: str) -> str:
    """The packed Cholesky factor of a covariance: standard deviations times the factor of a correlation matrix.

    PyMC's density is that of the packed factor A = diag(sd) L, ours that of (sd, L). The Jacobian from one to the other is, for row
    j (from 0) with its j elements below the diagonal and sd_j = |A_j|, sd_j^j / L_jj (pm.LKJCholeskyCov's documentation).
    """
    inputs = [v for v in rv.owner.inputs if hasattr(v.type, "dtype")]
    n_variable, eta, sd = inputs[:3]
    n = int(constant_value(n_variable, "n of LKJCholeskyCov"))
    if rv.type.ndim != 1:
        raise Blocked("LKJCholeskyCov", "several at once cannot be written", "one variable for each")
    factor, deviations = walk.builder.names(f"{name}_corr_chol"), walk.builder.names(f"{name}_sd")
    walk.builder.node(deviations, law_of(walk.translate, sd) | {"shape": [n]})
    walk.builder.node(factor, {"dist": "lkj_corr_cholesky", "n": n, "eta": walk.translate.text(eta), "shape": [n, n]})
    rows, columns = (walk.builder.store(positions).text for positions in np.tril_indices(n))
    walk.builder.node(name, {"expr": f"({deviations}[:, None] * {factor})[{rows}, {columns}]"})

    def correction(values: Mapping[str, np.ndarray]) -> float:
        row = np.arange(n)
        return float(np.sum(row[1:] * np.log(values[deviations][1:]) - np.log(np.diag(values[factor])[1:])))

    walk.corrections.append(correction)
    return "lkj_corr_cholesky"


def _packed_lkj_corr(walk: Walk, rv: Variable, name: str) -> str:
    """PyMC 5's correlation matrix, as the vector of what is above its diagonal."""
    n_variable, eta = parameters(rv)[-2:]
    n = int(constant_value(n_variable, "n of LKJCorr"))
    matrix = walk.builder.names(f"{name}_matrix")
    walk.builder.node(matrix, {"dist": "lkj_corr", "n": n, "eta": walk.translate.text(eta), "shape": [n, n]})
    rows, columns = (walk.builder.store(positions).text for positions in np.triu_indices(n, 1))
    walk.builder.node(name, {"expr": f"{matrix}[{rows}, {columns}]"})
    return "lkj_corr"
