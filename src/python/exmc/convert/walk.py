"""A walk over the variables of a PyMC model, which converts each, and goes on where one cannot be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from pytensor.graph.basic import Constant, Variable
from pytensor.tensor.type import TensorType

from exmc.convert.blocked import Blocked
from exmc.convert.builder import SHORT, Builder
from exmc.convert.conversion import Conversion, Correction, Row
from exmc.convert.density import add_log_density, add_transformed, flat, full_shape
from exmc.convert.fold import Folder, constant, shape_of
from exmc.convert.labels import add_labels
from exmc.convert.laws import Entry, NoLaw, law_of
from exmc.convert.laws.registry import distribution_name
from exmc.convert.names import log_density_names, node_names
from exmc.convert.special import convert_special
from exmc.convert.supports import own_support, support_of
from exmc.convert.translator import Translator
from exmc.errors import Obstacle

_DEEPEST_GRAPH = 20_000


class Walk:
    """The state of a conversion: the graph folded so far, the IR made so far, and what was in the way."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.fold = Folder()
        self.builder = Builder()
        self.translate = Translator(self.builder)
        # The model's own names first: they are to stay as they are.
        self.names = node_names(model, self.builder.names)
        self.log_densities = log_density_names(model, self.builder.names)
        self.rows: list[Row] = []
        self.obstacles: list[Obstacle] = []
        self.corrections: list[Correction] = []
        self.init: dict[str, Any] = {}
        self.observed_densities: list[str] = []

    def convert(self) -> Conversion:
        """The whole model."""
        for data in self.model.data_vars:
            self.builder.suggest(np.asarray(self.fold([data])[0].data), data.name)
        with _deep_recursion():
            variables = self._random_variables()
            definitions = self._definitions()
            for rv, folded, observed in variables:
                self._attempt(rv.name, lambda rv=rv, new=folded, data=observed: self._random_variable(rv, new, data))
            for variable, folded in definitions:
                self._attempt(variable.name, lambda variable=variable, new=folded: self._definition(variable, new))
            self._initial_values()
        ir = {"exmc_ir": 1, "name": self.model.name or "model", "nodes": self.builder.nodes}
        add_labels(ir, self.model, self._shapes(definitions), self.names)
        return Conversion(
            ir, self.builder.data, self.names, self.rows, self.obstacles, self.corrections, self.init, self.observed_densities
        )

    def _shapes(self, definitions: list[tuple[Variable, Variable]]) -> dict[str, tuple[int, ...]]:
        """The shapes of what has dims, by its name in the IR."""
        dims = self.model.named_vars_to_dims
        shapes = {name: array.shape for name, array in self.builder.data.items() if name in dims}
        shapes |= {name: tuple(node["shape"]) for name, node in self.builder.nodes.items() if "shape" in node}
        return shapes | {self.names[old.name]: shape_of(new) for old, new in definitions if old.name in dims}

    def _attempt(self, name: str, action: Any) -> None:
        try:
            action()
        except Blocked as blocked:
            self._refuse(name, blocked)

    def _refuse(self, name: str, blocked: Blocked) -> None:
        self.obstacles.append(blocked.at(name))
        self.rows.append(Row(name, self._kind(name), blocked.operation, "-", str(self.obstacles[-1])))

    def _kind(self, name: str) -> str:
        variable = self.model[name]
        kinds = {"observed": self.model.observed_RVs, "deterministic": self.model.deterministics, "potential": self.model.potentials}
        return next((kind for kind, variables in kinds.items() if variable in variables), "parameter")

    def _random_variables(self) -> list[tuple[Variable, Variable, np.ndarray | None]]:
        """Every random variable, its folded node, and its data. From then on a name or the data takes its place in all graphs."""
        found = []
        for rv in self.model.basic_RVs:
            # Others may name a variable that cannot be converted.
            value = TensorType(rv.type.dtype, rv.type.shape)(rv.name)
            try:
                folded = self.fold.rebuild_variable(rv)
                observed = self._data_of(rv) if rv in self.model.observed_RVs else None
                shape = full_shape(folded, observed)
                value = TensorType(rv.type.dtype, shape)(rv.name) if observed is None else constant(observed)
                self.translate.expect(folded.owner.inputs)
                found.append((rv, folded, observed))
            except Blocked as blocked:
                self._refuse(rv.name, blocked)
            if not isinstance(value, Constant):
                self.translate.names[value] = self.names[rv.name]
            self.fold.replace(rv, value)
        return found

    def _data_of(self, rv: Variable) -> np.ndarray:
        value = self.fold([self.model.rvs_to_values[rv]])[0]
        if type(rv.owner.op).__name__ == "MinibatchRandomVariable":
            raise Blocked("total_size", "the sampler takes all data in every gradient", "the data itself, without total_size")
        if not isinstance(value, Constant):
            raise Blocked("observed", "its value is not data (pm.Minibatch?)", "the data itself, without pm.Minibatch")
        return np.asarray(value.data)

    def _definitions(self) -> list[tuple[Variable, Variable]]:
        """Deterministics and potentials, folded. What is a deterministic goes by its name wherever else it is used."""
        found = []
        for variable in [*self.model.deterministics, *self.model.potentials]:
            try:
                folded = self.fold([variable])[0]
            except Blocked as blocked:
                self._refuse(variable.name, blocked)
                continue
            found.append((variable, folded))
            if variable in self.model.deterministics and folded.owner is not None:
                self.translate.expect(folded.owner.inputs)
                self.translate.names.setdefault(folded, self.names[variable.name])
            else:
                self.translate.expect([folded])
        return found

    def _random_variable(self, rv: Variable, folded: Variable, observed: np.ndarray | None) -> None:
        name, operation = self.names[rv.name], distribution_name(folded)
        if observed is None and not rv.type.dtype.startswith("float"):
            raise Blocked(operation, "a free variable that is discrete", "sum it out: pm.Mixture, or a weight for each of its values")
        if operation == "SimulatorRV" or "Simulator" in type(folded.owner.op).__name__:
            raise Blocked(operation, "it has no log density", "pm.sample_smc")
        special = convert_special(self, folded, name) if observed is None else None
        if special is not None:
            self.rows.append(Row(rv.name, "parameter", operation, special, "packed by an expression"))
            return
        shape = full_shape(folded, observed)
        note, entry = "", None
        try:
            entry = self._law(rv, folded, observed)
        except NoLaw as reason:
            note = reason.reason
        if entry is not None:
            entry["shape"] = list(shape)
            if observed is not None:
                entry["observed"] = (
                    self.builder.store(observed, f"{name}_data" if observed.size > SHORT else None).text
                    if observed.ndim
                    else observed.item()
                )
            self.builder.node(name, entry)
        else:
            self._as_density(rv, folded, observed, shape)
        becomes = entry["dist"] if entry is not None else "density"
        self.rows.append(Row(rv.name, "parameter" if observed is None else "observed", operation, becomes, note))

    def _law(self, rv: Variable, folded: Variable, observed: np.ndarray | None) -> Entry:
        if observed is None and not own_support(folded, self.model.rvs_to_transforms.get(rv)):
            raise NoLaw(distribution_name(folded), f"its transform is {type(self.model.rvs_to_transforms[rv]).__name__}")
        return law_of(self.translate, folded)

    def _as_density(self, rv: Variable, folded: Variable, observed: np.ndarray | None, shape: tuple[int, ...]) -> None:
        name = self.names[rv.name]
        if observed is None:
            transform = self.model.rvs_to_transforms.get(rv)
            support = support_of(folded, transform)
            if support is None:
                add_transformed(self, folded, transform, name)
            else:
                self.builder.node(name, flat(self, support, shape))
        add_log_density(self, folded, self.fold([rv])[0], self.log_densities[rv.name])
        if observed is not None:
            self.observed_densities.append(self.log_densities[rv.name])

    def _definition(self, variable: Variable, folded: Variable) -> None:
        name = self.names[variable.name]
        if variable in self.model.potentials:
            self.builder.node(name, {"potential": self.translate(folded).text})
            self.rows.append(Row(variable.name, "potential", _operation(folded), "potential"))
            return
        mine = self.translate.names.get(folded) == name
        text = (self.translate.definition(folded) if mine else self.translate(folded)).text
        self.builder.node(name, {"expr": text})
        self.rows.append(Row(variable.name, "deterministic", _operation(folded), "expr"))

    def _initial_values(self) -> None:
        """Numbers that a model gives as initial values; strategies ("prior", "support_point") are the sampler's own."""
        for rv, initial in self.model.rvs_to_initial_values.items():
            name = self.names[rv.name]
            if initial is None or isinstance(initial, str) or "dist" not in self.builder.nodes.get(name, {}):
                continue
            value = self.fold([initial])[0] if isinstance(initial, Variable) else constant(np.asarray(initial, dtype=float))
            if isinstance(value, Constant):
                shape = tuple(self.builder.nodes[name]["shape"])
                self.init[name] = np.broadcast_to(np.asarray(value.data, dtype=float), shape).tolist()


def _operation(variable: Variable) -> str:
    return type(variable.owner.op).__name__ if variable.owner is not None else "constant"


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Graphs are as deep as a model's longest chain of operations."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEPEST_GRAPH))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
