"""What draws are worth: effective sample size and R-hat of the worst scalar parameter (ArviZ, rank-normalised), and how far
posterior means are from a reference."""

import json
import math
import pathlib
import warnings

import arviz
import numpy
from harness import ROOT

MAX_RHAT = 1.01  # Vehtari et al. (2021), section 4: beyond it an effective sample size means nothing
MAX_ERROR = 5.0  # of a mean, in Monte Carlo standard errors of both: beyond it the answer is wrong

warnings.filterwarnings("ignore", module="arviz")  # about few draws, in quick runs


def _posteriordb(name):
    """A reference of tests/posteriordb; its scalars are called mu[1], indices from one, in order."""
    scalars = json.loads((ROOT / "tests" / "posteriordb" / "references" / f"{name}.json").read_text())["parameters"]
    found = {}
    for scalar, moments in scalars.items():
        entry = found.setdefault(scalar.partition("[")[0], {"mean": [], "mcse_mean": []})
        for key, values in entry.items():
            values.append(moments[key])
    return found


def references():
    """model -> parameter -> {"mean": [...], "mcse_mean": [...]}; not every parameter of every model has one."""
    found = json.loads((ROOT / "tests" / "data" / "race" / "references.json").read_text())
    found |= json.loads((pathlib.Path(__file__).parent / "references.json").read_text())
    found |= {"earnings": _posteriordb("earnings-logearn_interaction")}
    return found | {"gauss_mix": _posteriordb("low_dim_gauss_mix-low_dim_gauss_mix")}


def _moving(draws):
    """(parameter, element, chain x draw) of every scalar that is not a constant (a Cholesky factor has some)."""
    for name, values in draws.items():
        for element in range(values.shape[2]):
            if numpy.ptp(values[:, :, element]) > 0:
                yield name, element, values[:, :, element]


def _rhat(chains):
    """A single chain is held against itself: its halves."""
    return float(arviz.rhat(chains if len(chains) > 1 else chains.reshape(2, -1)))


def _error(chains, reference, element):
    error = abs(chains.mean() - reference["mean"][element])
    return error / math.hypot(float(arviz.mcse(chains)), reference["mcse_mean"][element])


def judged(draws, reference):
    """`draws`: parameter -> (chain, draw, element). A figure that is not finite stands for a chain that stood still."""
    scalars = list(_moving(draws))
    finite = lambda value, otherwise: value if math.isfinite(value) else otherwise
    worst_error = [_error(chains, reference[name], element) for name, element, chains in scalars if name in reference]
    return {
        "bulk": min(finite(float(arviz.ess(chains, method="bulk")), 0.0) for *_, chains in scalars),
        "tail": min(finite(float(arviz.ess(chains, method="tail")), 0.0) for *_, chains in scalars),
        "rhat": max(finite(_rhat(chains), 99.0) for *_, chains in scalars),
        "error": max(worst_error, default=None),
    }


def converged(run):
    return "failed" not in run and run["rhat"] <= MAX_RHAT


def wrong(run):
    """Only who says that it converged can be wrong."""
    return converged(run) and run["error"] is not None and run["error"] > MAX_ERROR


def ess(run):
    """The lesser of bulk and tail; nothing where the chains did not converge or to something else."""
    return min(run["bulk"], run["tail"]) if converged(run) and not wrong(run) else 0.0
