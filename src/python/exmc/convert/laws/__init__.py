"""Distributions of PyMC as distributions of the IR, by the class of the random variable's Op."""

from exmc.convert.laws import composites, continuous, counts, series, vectors  # noqa: F401 (they register what they translate)
from exmc.convert.laws.registry import Entry, NoLaw, law_of

__all__ = ["Entry", "NoLaw", "law_of"]
