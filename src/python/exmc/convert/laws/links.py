"""What PyMC makes of parametrisations, told by its form, so that the parameters which the user wrote are found again."""

from __future__ import annotations

import numpy as np
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.elemwise import DimShuffle

from exmc.convert.laws.registry import applied, is_constant, without_new_axes


def mean_of(alpha: Variable, p: Variable) -> tuple[Variable, bool] | None:
    """The mean of a negative binomial distribution, or its logarithm (then True), where p is made of it: alpha / (mu + alpha) in PyMC 5,
    sigmoid(log(alpha) - log(mu)) in PyMC 6."""
    sigmoid = applied(p, "Sigmoid")
    difference = applied(sigmoid[0], "Sub") if sigmoid else None
    if difference is not None and _is_log_of(difference[0], alpha):
        inner = applied(difference[1], "Log")
        return (inner[0], False) if inner else (difference[1], True)
    quotient = applied(p, "TrueDiv")
    terms = applied(quotient[1], "Add") if quotient and _same(quotient[0], alpha) else None
    others = [term for term in terms if not _same(term, alpha)] if terms else []
    return (others[0], False) if len(others) == 1 and terms is not None and len(terms) == 2 else None


def _is_log_of(logarithm: Variable, x: Variable) -> bool:
    logarithm, x = without_new_axes(logarithm), without_new_axes(x)
    if isinstance(logarithm, Constant) and isinstance(x, Constant):
        # Taken in single precision by some versions.
        return bool(np.allclose(np.exp(np.float64(logarithm.data)), x.data, rtol=1e-6))
    inner = applied(logarithm, "Log")
    return inner is not None and _same(inner[0], x)


def _same(a: Variable, b: Variable) -> bool:
    a, b = without_new_axes(a), without_new_axes(b)
    if isinstance(a, Constant) and isinstance(b, Constant) and b.data.size:
        return is_constant(a, b.data.flat[0]) and is_constant(b, b.data.flat[0])
    return a is b


def logits_of(p: Variable) -> Variable | None:
    """The x of p = softmax(x) over the last axis: as an Op (PyTensor 2), or written out with the largest element taken off (PyTensor 3)."""
    if p.owner is not None and type(p.owner.op).__name__ == "Softmax":
        return p.owner.inputs[0] if p.owner.op.axis in (-1, p.type.ndim - 1, (p.type.ndim - 1,)) else None
    quotient = applied(p, "TrueDiv")
    if quotient is None:
        return None
    powers, total = applied(quotient[0], "Exp"), without_new_axes(quotient[1])
    if powers is None or not _is_over_last_axis(total, "Sum") or total.owner.inputs[0] is not quotient[0]:
        return None
    shifted = applied(powers[0], "Sub")
    if shifted is not None:
        largest = without_new_axes(shifted[1])
        if _is_over_last_axis(largest, "Max") and largest.owner.inputs[0] is shifted[0]:
            return shifted[0]
    return powers[0]


def _is_over_last_axis(variable: Variable, reduction: str) -> bool:
    owner = variable.owner
    if owner is None or type(owner.op).__name__ != reduction:
        return False
    last = owner.inputs[0].type.ndim - 1
    return owner.op.axis in (last, (last,)) or (owner.op.axis is None and last == 0)


def ordered_logistic(p: Variable) -> tuple[Variable, Variable] | None:
    """Eta and cut points of p_k = F(c_k - eta) - F(c_(k-1) - eta), as pm.OrderedLogistic writes it: a step of 0, sigmoids, 1."""
    difference = applied(p, "Sub")
    if difference is None or any(v.owner is None or type(v.owner.op).__name__ != "Subtensor" for v in difference):
        return None
    steps = difference[0].owner.inputs[0]
    if steps is not difference[1].owner.inputs[0] or steps.owner is None or type(steps.owner.op).__name__ != "Join":
        return None
    parts = [v for v in steps.owner.inputs if v.type.ndim == steps.type.ndim]
    if len(parts) != 3 or not is_constant(parts[0], 0) or not is_constant(parts[2], 1):
        return None
    sigmoid = applied(parts[1], "Sigmoid")
    distance = applied(sigmoid[0], "Sub") if sigmoid else None
    if distance is None:
        return None
    cutpoints, eta = without_new_axes(distance[0]), distance[1]
    return (_without_last_axis(eta), cutpoints) if cutpoints.type.ndim == 1 and eta.type.shape[-1:] == (1,) else None


def _without_last_axis(eta: Variable) -> Variable:
    if eta.owner is not None and isinstance(eta.owner.op, DimShuffle) and eta.owner.op.new_order[-1] == "x":
        rank = eta.owner.inputs[0].type.ndim
        if list(eta.owner.op.new_order) == [*range(rank), "x"]:
            return eta.owner.inputs[0]
    return eta[..., 0]
