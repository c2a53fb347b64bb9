"""PyMC models as IR (docs/ir.md) and data."""

from __future__ import annotations

from typing import Any

from exmc.convert.conversion import Conversion, Row

__all__ = ["Conversion", "Row", "convert"]


def convert(model: Any) -> Conversion:
    """A pm.Model as IR; `Conversion.obstacles` lists what is missing."""
    from exmc.convert.walk import Walk

    return Walk(model).convert()
