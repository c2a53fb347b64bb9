"""A run as a folder: model.json, data.h5, config.json and job.sbatch, which need no Python where they run."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from exmc.settings import OUTPUT, Settings
from exmc.source import Source, source

MODEL, DATA, CONFIG, JOB = "model.json", "data.h5", "config.json", "job.sbatch"
# Longer arrays stand in data.h5.
_SHORT = 32

_SBATCH = """#!/usr/bin/env bash
#SBATCH --job-name={name}
#SBATCH --ntasks={ranks}
#SBATCH --time=04:00:00
#SBATCH --signal=B:USR1@120
#SBATCH --open-mode=append
# sbatch {job}, from this folder: samples {config} into {output}. 120 s before the time limit the run writes what it has and ends;
# submitted again it goes on from there. jobs/exmc.sbatch of exmc_mpi's source does so by itself.
cd "${{SLURM_SUBMIT_DIR:-.}}" || exit 3
exec mpirun --bind-to none exmc_mpi --resume {config}
"""


def write(model: Any, folder: str | os.PathLike[str], *, ranks: int | None = None, **settings: Any) -> Path:
    """Writes a model and a config that samples it into a folder, which is made, and returns the folder.

    `model` is a pm.Model, a bmb.Model, IR or its path; `settings` are those of `sample` (draws, chains, tune, seed, target_accept, init,
    log_likelihood, config). `ranks` is for job.sbatch: as many as there are chains.
    """
    return write_source(source(model), Path(folder), Settings(**settings), ranks)


def write_source(model: Source, folder: Path, settings: Settings, ranks: int | None = None) -> Path:
    """The same of a model that was converted."""
    folder.mkdir(parents=True, exist_ok=True)
    named = MODEL
    if model.path is not None:
        named = str(model.path)
    else:
        _write_model(with_log_densities(model) if settings.log_likelihood else model, folder)
    init = model.conversion.init if model.conversion is not None else {}
    _write_json(folder / CONFIG, settings.as_config(named, init))
    name = re.sub(r"\W", "_", folder.resolve().name) or "exmc"
    job = _SBATCH.format(name=name, ranks=ranks or settings.chains, job=JOB, config=CONFIG, output=OUTPUT)
    (folder / JOB).write_text(job, encoding="utf-8")
    return folder


def with_log_densities(model: Source) -> Source:
    """The model with what `read` makes a log likelihood of, where the program has none of its own."""
    if model.conversion is None or model.ir is None:
        return model
    saved = {name: {**model.ir["nodes"][name], "save": True} for name in model.conversion.observed_densities}
    return replace(model, ir={**model.ir, "nodes": model.ir["nodes"] | saved})


def _write_model(model: Source, folder: Path) -> None:
    ir = dict(model.ir or {})
    entries, arrays = dict(ir.get("data", {})), dict(model.data or {})
    long = {name: array for name, array in arrays.items() if array.size > _SHORT}
    for name, array in arrays.items():
        entries[name] = {"file": DATA, "dataset": name} if name in long else array.tolist()
    if entries:
        head = {key: ir.pop(key) for key in ("exmc_ir", "name") if key in ir}
        ir = head | {"data": entries} | {key: value for key, value in ir.items() if key != "data"}
    _write_json(folder / MODEL, ir)
    _write_arrays(folder / DATA, long)


def _write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    path.unlink(missing_ok=True)
    if not arrays:
        return
    import h5py

    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array.astype(np.int64) if array.dtype == bool else array)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(_layout(value) + "\n", encoding="utf-8")


def _layout(value: dict[str, Any], indent: str = "") -> str:
    """JSON with an entry of each object of objects a line, as people write it."""
    lines = []
    for key, entry in value.items():
        nested = isinstance(entry, dict) and any(isinstance(part, dict) for part in entry.values()) and key in ("nodes", "data")
        text = _layout(entry, indent + "  ") if nested else json.dumps(entry, allow_nan=False)
        lines.append(f"{indent}  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
