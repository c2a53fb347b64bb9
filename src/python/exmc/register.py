"""exmc as a sampler of PyMC and Bambi. Neither lets others register one yet, so that their lists are extended here."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from exmc.result import with_variables
from exmc.run import sample

NAME = "exmc"
# PyMC 5's pm.sample says this where nobody chose.
_PYMC_TARGET_ACCEPT = 0.8
_PYMC_TUNE = 1000


def enable_pymc() -> None:
    """From here on `pm.sample(nuts_sampler="exmc")` and Bambi's `fit(inference_method="exmc")` sample with exmc_mpi.

    What `pm.sample` has beyond draws, tune, chains, random_seed, initvals, var_names and target_accept goes in
    `nuts_sampler_kwargs` (PyMC 5) or `nuts` (PyMC 6), with the names of `exmc.start`. Calling it twice does no harm.
    """
    from pymc.sampling import mcmc

    original = mcmc._sample_external_nuts
    if not hasattr(original, "exmc_original"):
        mcmc._sample_external_nuts = _with_exmc(original)
    _enable_bambi()


def _enable_bambi() -> None:
    try:
        from bambi.backend import pymc as backend
    except ImportError:
        return
    backend._SUPPORTED_METHODS.add(NAME)


def _with_exmc(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def dispatch(sampler: str, *args: Any, **kwargs: Any) -> Any:
        if sampler != NAME:
            return original(sampler, *args, **kwargs)
        return _sample(*args, **kwargs)

    dispatch.exmc_original = original  # type: ignore[attr-defined]
    return dispatch


def _sample(
    draws: int,
    tune: int | None = None,
    *,
    chains: int,
    model: Any,
    random_seed: Any = None,
    target_accept: float | None = None,
    initvals: Any = None,
    var_names: Sequence[str] | None = None,
    progressbar: Any = True,
    quiet: bool = False,
    idata_kwargs: dict[str, Any] | None = None,
    nuts_sampler_kwargs: dict[str, Any] | None = None,
    nuts_kwargs: dict[str, Any] | None = None,
    **others: Any,
) -> Any:
    """What `_sample_external_nuts` of either PyMC is called with, as `exmc.sample` has it."""
    options = {**(nuts_kwargs or {}), **(nuts_sampler_kwargs or {})}
    asked = options.pop("target_accept", target_accept)
    if asked != _PYMC_TARGET_ACCEPT:
        options["target_accept"] = asked
    # pm.sample asks for 1000 where nobody chose; the program ends its warm-up when it has learned enough, at 1000 at the latest.
    if tune is not None and tune != _PYMC_TUNE:
        options["tune"] = tune
    if initvals is not None:
        options["init"] = initvals
    options.setdefault("log_likelihood", bool((idata_kwargs or {}).get("log_likelihood", False)))
    result = sample(model, draws=draws, chains=chains, seed=_seed(random_seed), progress=bool(progressbar) and not quiet, **options)
    if var_names is not None:
        return with_variables(result, var_names)
    return result


def _seed(random_seed: Any) -> int | None:
    """One number of what PyMC takes for a seed: None, a number, several, or a generator."""
    if random_seed is None:
        return None
    if isinstance(random_seed, np.random.Generator):
        return int(random_seed.integers(2**32))
    return int(np.ravel(np.asarray(random_seed))[0])
