"""Recurrences (PyTensor's Scan) as their steps, one after the other: today's IR has no loops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytensor.tensor as pt
from pytensor.graph.basic import Constant, Variable

Fold = Callable[[Sequence[Variable]], list[Variable]]

MOST_STEPS = 500


def unrolled(node: Any, inputs: list[Variable], fold: Fold) -> list[Variable] | None:
    """The outputs of a Scan of few steps, whose number is data; None of any other. `inputs` are those of the node, folded.

    A state's output holds its initial values, then that of each step, as Scan's does.
    """
    op = node.op
    steps = inputs[0]
    if not isinstance(steps, Constant) or not 0 < int(steps.data) <= MOST_STEPS or not _is_plain(op, inputs):
        return None
    inner = op.fgraph.unfreeze() if hasattr(op.fgraph, "unfreeze") else op.fgraph
    taps = [list(map(abs, slices)) for slices in op.info.mit_sot_in_slices] + [[1] for _ in op.outer_sitsot(inputs)]
    states = [_initial(buffer, max(lags), fold) for buffer, lags in zip(_buffers(op, inputs), taps, strict=True)]
    traces: list[list[Variable]] = [[] for _ in range(op.info.n_nit_sot)]
    sequences, constants = op.outer_seqs(inputs), op.outer_non_seqs(inputs)
    for step in range(int(steps.data)):
        values = [sequence[step] for sequence in sequences]
        values += [state[len(state) - lag] for state, lags in zip(states, taps, strict=True) for lag in lags]
        values += constants
        found = fold(inlined(inner, values))
        for trace, value in zip([*states, *traces], found, strict=True):
            trace.append(value)
    return fold([pt.stack(trace) for trace in [*states, *traces]])


def inlined(inner: Any, values: Sequence[Variable]) -> list[Variable]:
    """The outputs of a graph, with other variables in place of its inputs."""
    known = dict(zip(inner.inputs, values, strict=True))
    for node in inner.toposort():
        made = node.clone_with_new_inputs([known.get(i, i) for i in node.inputs], strict=False)
        known.update(zip(node.outputs, made.outputs, strict=True))
    return [known.get(output, output) for output in inner.outputs]


def _is_plain(op: Any, inputs: list[Variable]) -> bool:
    """Whether all that a Scan does is to go from states to states: no end before its time, no generators, nothing in place."""
    count = 1 + len(op.outer_seqs(inputs)) + len(_buffers(op, inputs)) + op.info.n_nit_sot + len(op.outer_non_seqs(inputs))
    return not op.info.as_while and count == len(inputs) and op.info.n_mit_mot == 0


def _buffers(op: Any, inputs: list[Variable]) -> list[Variable]:
    return [*op.outer_mitsot(inputs), *op.outer_sitsot(inputs)]


def _initial(buffer: Variable, length: int, fold: Fold) -> list[Variable]:
    """The initial values of a state: what was set at the beginning of the array that its values go to."""
    owner = buffer.owner
    if owner is not None and type(owner.op).__name__ == "IncSubtensor" and owner.op.set_instead_of_inc:
        buffer = owner.inputs[1]
    return fold([buffer[position] if buffer.type.ndim else buffer for position in range(length)])
