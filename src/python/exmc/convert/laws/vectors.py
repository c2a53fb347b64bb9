"""Distributions of vectors and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytensor.graph.basic import Variable
from pytensor.tensor.elemwise import DimShuffle

from exmc.convert.laws.registry import Entry, NoLaw, each, law, parameters, whole, without_batch_of_one

if TYPE_CHECKING:
    from exmc.convert.translator import Translator


@law("DirichletRV")
def dirichlet(translate: Translator, rv: Variable) -> Entry:
    """Concentrations."""
    return {"dist": "dirichlet", "a": whole(translate, parameters(rv)[0])}


@law("MultinomialRV")
def multinomial(translate: Translator, rv: Variable) -> Entry:
    """Trials and shares."""
    n, p = parameters(rv)
    return {"dist": "multinomial", "n": each(translate, n), "p": whole(translate, p)}


@law("MvNormalRV", "MultivariateNormalRV")
def mv_normal(translate: Translator, rv: Variable) -> Entry:
    """By `chol` where the covariance is L L', as PyMC writes it, by `tau` where it is an inverse."""
    mu, cov = parameters(rv)[:2]
    return {"dist": "mv_normal", "mu": whole(translate, mu)} | _matrix(translate, cov, "cov")


@law("MvStudentTRV")
def mv_student_t(translate: Translator, rv: Variable) -> Entry:
    """The same with degrees of freedom."""
    nu, mu, scale = parameters(rv)[:3]
    return {"dist": "mv_student_t", "nu": each(translate, nu), "mu": whole(translate, mu)} | _matrix(translate, scale, "scale")


def _matrix(translate: Translator, matrix: Variable, key: str) -> Entry:
    matrix = without_batch_of_one(matrix, 2)
    owner = matrix.owner
    core = getattr(owner.op, "core_op", owner.op) if owner is not None else None
    if type(core).__name__ == "MatrixInverse":
        return {"tau": whole(translate, owner.inputs[0], 2)}
    if type(core).__name__ in ("Dot", "MatMul"):
        left, right = owner.inputs
        if _is_transpose(right, left) and _is_lower(left):
            return {"chol": whole(translate, left, 2)}
    return {key: whole(translate, matrix, 2)}


def _is_transpose(right: Variable, left: Variable) -> bool:
    node = right.owner
    if node is None or not isinstance(node.op, DimShuffle) or node.inputs[0] is not left:
        return False
    rank = left.type.ndim
    return list(node.op.new_order) == [*range(rank - 2), rank - 1, rank - 2]


def _is_lower(matrix: Variable) -> bool:
    """Whether a matrix is sure to be a Cholesky factor: made by one, or unpacked from the lower triangle (pm.LKJCholeskyCov)."""
    if matrix.owner is None:
        return False
    return type(getattr(matrix.owner.op, "core_op", matrix.owner.op)).__name__ in ("Cholesky", "AdvancedIncSubtensor")


@law("LKJCorrRV")
def lkj_corr(translate: Translator, rv: Variable) -> Entry:
    """The Cholesky factor of a correlation matrix (PyMC 6); PyMC 5's packed vector is made elsewhere (special.py)."""
    if rv.type.ndim < 2:
        raise NoLaw("LKJCorr", "it is packed")
    n, eta = parameters(rv)[-2:]
    return {"dist": "lkj_corr_cholesky", "n": each(translate, n), "eta": each(translate, eta)}
