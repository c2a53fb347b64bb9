"""The models of the race: the seven, and eight hierarchical models and regressions of the field (those of bench/convergence
written non-centred, as the peers want them, and two of posteriordb). All contenders get the same program and data."""

import csv
import dataclasses
import functools
import json
import pathlib
import sys

import harness
from harness import ROOT

sys.path.append(str(ROOT / "bench" / "convergence"))
import hierarchies  # noqa: E402
import structures  # noqa: E402

SEVEN = harness.MODELS
OF_THE_FIELD = {  # name: where its IR comes from
    "radon_slopes": hierarchies.radon_slopes,
    "crossed_lkj": hierarchies.crossed_lkj,
    "item_response": hierarchies.item_response,
    "poisson_groups": hierarchies.poisson_groups,
    "survival": structures.survival,
    "horseshoe": structures.horseshoe,
    "earnings": "earnings-logearn_interaction",
    "gauss_mix": "low_dim_gauss_mix-low_dim_gauss_mix",
}
NAMES = [*SEVEN, *OF_THE_FIELD]
QUICK = ["simple", "eight_schools"]


@dataclasses.dataclass(frozen=True)
class Model:
    name: str
    ir: dict
    data: dict  # by the names of the IR, as lists and numbers
    parameters: tuple  # names of the free ones: what the figures are of

    @property
    def config(self):
        """Of exmc_mpi, but for seed, chains and output."""
        if self.name in SEVEN:
            return {"model": str(ROOT / "configs" / "models" / f"{self.name}.json")}
        return {"model": self.ir | {"data": self.data}}


def _column(table, name):
    return [float(row[name]) for row in table]


def _resolved(entry):
    """An entry of the IR's data; what stands in a CSV file is read from there."""
    if not isinstance(entry, dict):
        return entry
    with open(ROOT / "configs" / "models" / entry["file"], newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    if "column" in entry:
        return _column(table, entry["column"])
    return [list(row) for row in zip(*(_column(table, name) for name in entry["columns"]))]


def _ir(name):
    if name in SEVEN:
        return json.loads((ROOT / "configs" / "models" / f"{name}.json").read_text())
    source = OF_THE_FIELD[name]
    if callable(source):
        return source(False)
    config = harness.posteriordb(source)
    return json.loads(pathlib.Path(config["model"]).read_text()) | {"data": config["data"]}


@functools.cache
def model(name):
    ir = _ir(name)
    data = {key: _resolved(entry) for key, entry in ir.get("data", {}).items()}
    free = tuple(key for key, node in ir["nodes"].items() if "dist" in node and "observed" not in node)
    return Model(name, ir, data, free)
