"""What becomes of each variable of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from exmc.convert import Row, convert
from exmc.source import as_pymc

_HEADINGS = ("variable", "kind", "operation", "becomes", "note")


@dataclass(frozen=True)
class Explanation:
    """A table, as text and in notebooks; `rows` for programs, `expressible` whether the model can be sampled."""

    rows: Sequence[Row]
    expressible: bool

    def __str__(self) -> str:
        lines = [_HEADINGS, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS) - 1)]
        return "\n".join(
            "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]).rstrip() for line in lines
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells(row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def explain(model: Any) -> Explanation:
    """A row for each variable of a pm.Model or a bmb.Model: the distribution of the IR that it becomes, "density" where its log density
    is written out, or "-" where it cannot be written, with the reason and what to write instead."""
    pymc_model = as_pymc(model)
    if pymc_model is None:
        raise TypeError(f"only a pm.Model or a bmb.Model is explained, not a {type(model).__name__}")
    conversion = convert(pymc_model)
    return Explanation(conversion.rows, not conversion.obstacles)


def _cells(row: Row) -> tuple[str, ...]:
    return (row.variable, row.kind, row.operation, row.becomes, row.note)
