"""Result files as InferenceData (ArviZ 0) or DataTree (ArviZ 1), with the names, dims and coords of the PyMC model."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from exmc.labels import FileLabels, Labels, PymcLabels
from exmc.source import as_pymc

_GROUPS = (
    "posterior", "posterior_predictive", "log_likelihood", "log_prior", "sample_stats", "prior", "prior_predictive", "warmup_posterior",
    "warmup_sample_stats", "observed_data", "constant_data",
)  # fmt: skip
_OF_DRAWS = ("posterior", "posterior_predictive", "log_likelihood", "log_prior", "sample_stats")
_OF_DATA = ("observed_data", "constant_data")
_STATISTICS = ("sample_stats", "warmup_sample_stats")


def read(file: str | os.PathLike[str], model: Any = None) -> Any:
    """The draws in a result file. Of a run that is not over those chains, and as many draws of each, that are the most draws in all;
    chains that failed are left out.

    With the pm.Model or bmb.Model that was sampled its variables have their own names, dims and coords, nodes that only helped are
    left out, and the data are the model's.
    """
    return read_source(Path(file), None if model is None else as_pymc(model))


def read_source(file: Path, pymc_model: Any = None) -> Any:
    """The same with a PyMC model."""
    import h5py

    labels: Labels = FileLabels() if pymc_model is None else PymcLabels(pymc_model)
    with h5py.File(file, "r") as data:
        failed = data["run/chains/failure"][:] != b""
        chains, draws = largest_rectangle(np.where(failed, 0, data["run/progress"][:]))
        groups = {
            name: _group(data[name], name, chains, draws, FileLabels() if name in _STATISTICS else labels)
            for name in _GROUPS
            if name in data
        }
        written_out = _log_densities(data["posterior"], chains, draws, labels)
        attributes = _attributes(data)
    if written_out.data_vars:
        groups["log_likelihood"] = groups["log_likelihood"].merge(written_out) if "log_likelihood" in groups else written_out
    if pymc_model is not None:
        groups |= {name: _model_data(pymc_model, name, labels) for name in _OF_DATA}
    groups = {name: group for name, group in groups.items() if group.data_vars}
    for group in groups.values():
        group.attrs.update(attributes)
    return _assembled(groups)


def largest_rectangle(draws: np.ndarray) -> tuple[np.ndarray, int]:
    """Of chains with so many draws each those, and the number of draws which all of these have, that are the most in all."""
    order = np.argsort(-draws, kind="stable")
    totals = draws[order] * np.arange(1, len(draws) + 1)
    count = int(np.argmax(totals)) + 1
    return np.sort(order[:count]), int(draws[order[count - 1]])


def _group(group: Any, name: str, chains: np.ndarray, draws: int, labels: Labels) -> Any:
    """The variables of a group: what is no dimension scale."""
    axes = () if name in _OF_DATA else ("chain", "draw")
    found: dict[str, tuple[list[str], np.ndarray]] = {}
    for key, dataset in group.items():
        dims = [] if dataset.is_scale else [scale[0].name.rsplit("/", 1)[-1] for scale in dataset.dims]
        variable = labels.name(key)
        if dataset.is_scale or variable is None or tuple(dims[: len(axes)]) != axes:
            continue
        found[variable] = (dims[len(axes) :], _values(dataset, name, chains, draws))
    own = {key: _texts(dataset[()]) for key, dataset in group.items() if dataset.is_scale}
    if name in _OF_DRAWS:
        own["chain"] = chains
    return _dataset({key: found[key] for key in labels.order(list(found))}, axes, own, labels)


def _log_densities(posterior: Any, chains: np.ndarray, draws: int, labels: Labels) -> Any:
    """Log densities of observations that are expressions among the draws."""
    found = {
        name: ([f"{name}_dim_{axis}" for axis in range(posterior[node].ndim - 2)], _values(posterior[node], "posterior", chains, draws))
        for node, name in labels.log_densities.items()
        if node in posterior
    }
    return _dataset(found, ("chain", "draw"), {"chain": chains}, labels)


def _values(dataset: Any, group: str, chains: np.ndarray, draws: int) -> np.ndarray:
    values = dataset[()]
    if group in _OF_DRAWS:
        values = dataset[:, :draws]
        values = values if len(chains) == len(values) else values[chains]
    return values.astype(bool) if dataset.attrs.get("dtype") in ("bool", b"bool") else values


def _texts(values: np.ndarray) -> np.ndarray:
    return np.array([value.decode() for value in values]) if values.dtype.kind in "SO" else values


def _model_data(pymc_model: Any, group: str, labels: Labels) -> Any:
    """The model's data, as PyMC stores it."""
    from pymc.backends.arviz import find_constants, find_observations

    arrays = find_observations(pymc_model) if group == "observed_data" else find_constants(pymc_model)
    return _dataset({name: ([], np.asarray(value)) for name, value in arrays.items()}, (), {}, labels)


def _dataset(arrays: dict[str, tuple[list[str], np.ndarray]], axes: tuple[str, ...], own: dict[str, np.ndarray], labels: Labels) -> Any:
    """A Dataset of arrays with their dims in the file, whose values `own` has."""
    import xarray as xr

    variables: dict[str, Any] = {}
    coords: dict[str, Any] = {}
    for name, (in_file, array) in arrays.items():
        shape = array.shape[len(axes) :]
        dims = labels.dims(name, shape, in_file)
        variables[name] = ((*axes, *dims), array)
        coords |= {dim: labels.coord(dim, length, own) for dim, length in zip(dims, shape, strict=True)}
        coords |= {axis: own.get(axis, np.arange(length))[:length] for axis, length in zip(axes, array.shape, strict=False)}
    return xr.Dataset(variables, coords)


def _attributes(data: Any) -> dict[str, Any]:
    """What PyMC notes of a run."""
    sampling = json.loads(data["model/sampling"][()])
    began, ended = data["run/chains/began"][:], data["run/chains/ended"][:]
    return {
        "created_at": data["run/created_at"][()].decode(),
        "inference_library": "exmc_mpi",
        "sampling_time": float(np.max(ended) - np.min(began)),
        "tuning_steps": sampling.get("warmup", {}).get("iterations", "auto"),
    }


def with_variables(result: Any, names: Sequence[str]) -> Any:
    """A result whose posterior has these variables alone."""
    from xarray import DataTree

    posterior = result["posterior"]
    dataset = posterior.to_dataset() if isinstance(posterior, DataTree) else posterior
    chosen = dataset[[name for name in dataset.data_vars if name in set(names)]]
    result["posterior"] = DataTree(chosen) if isinstance(posterior, DataTree) else chosen
    return result


def _assembled(groups: dict[str, Any]) -> Any:
    """InferenceData where the ArviZ at hand has it as a class of its own: ArviZ 1 calls xarray's DataTree so."""
    from xarray import DataTree

    try:
        import arviz
    except ImportError:
        return DataTree.from_dict(groups)
    container = getattr(arviz, "InferenceData", DataTree)
    return DataTree.from_dict(groups) if container is DataTree else container(**groups)
