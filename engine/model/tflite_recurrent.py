"""TFLite rules for LSTM, GRU and RNN: every time step is written out.

TFLite's own sequence operators keep their state from one inference to the next, so the second answer would differ from
the first; written out, a sequence always starts from where the graph says. The projections of all inputs are one linear
layer, what is left for each step are some ten small operators.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .tflite_conversion import Conversion, Rule, Weight, refused

if TYPE_CHECKING:
    from onnx import NodeProto

MOST_STEPS = 256
_GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
_ACTIVATIONS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}


def recurrent(c: Conversion, node: NodeProto, values: dict[str, Any]) -> None:
    """One layer, forwards, backwards or both."""
    kind = node.op_type
    steps, _, width = c.shape(node.input[0])
    directions = 2 if values.get("direction", "forward") == "bidirectional" else 1
    wanted = _ACTIVATIONS[kind] * directions
    given = [*node.input, *[""] * 8]
    named = [item.decode() if isinstance(item, bytes) else item for item in values.get("activations", wanted)]
    if named != wanted or any(values.get(name) for name in ("clip", "layout", "input_forget")):
        raise refused(f"a {kind} with other activations, a clip or another layout")
    if given[4] or given[7]:
        raise refused(f"a {kind} with sequences of unequal length or peepholes")
    if steps > MOST_STEPS:
        raise refused(f"a {kind} over {steps} steps; {MOST_STEPS} are written out at most")
    sequence = c.out.tensor(f"{node.name}_steps", (steps, width))
    c.reshape(c.plain(c.value(node.input[0])).number, sequence, (steps, width))
    ends: list[list[int]] = []
    rows: list[list[int]] = []
    for direction in range(directions):
        cell = _Cell(c, node, values, direction)
        backwards = direction == 1 or values.get("direction") == "reverse"
        states = cell.run(sequence, steps, backwards=backwards)
        rows.append([state[0] for state in (states[::-1] if backwards else states)])
        ends.append(states[-1])
    _write(c, node, rows, ends)


def _write(c: Conversion, node: NodeProto, rows: Sequence[Sequence[int]], ends: Sequence[Sequence[int]]) -> None:
    """The outputs: all hidden states ``[steps, directions, 1, hidden]``, and the last states ``[directions, 1, hidden]``."""
    for place, name in enumerate(node.output):
        if not name:
            continue
        shape = c.shape(name)
        if place == 0:
            parts = [number for step in zip(*rows, strict=True) for number in step]
        else:
            parts = [end[place - 1] for end in ends]
        joined = parts[0]
        if len(parts) > 1:
            joined = c.step("CONCATENATION", parts, (len(parts), shape[-1]), axis=0)
        number, _ = c.result(node, place=place)
        c.reshape(joined, number, shape)


class _Cell:
    """The weights of one direction and the arithmetic of one step; gates are in the order of ONNX."""

    def __init__(self, c: Conversion, node: NodeProto, values: dict[str, Any], direction: int) -> None:
        self._c, self._node, self._kind = c, node, node.op_type
        inputs, self._repeat = (_of_direction(c.constant(name), direction) for name in node.input[1:3])
        gates = _GATES[self._kind]
        self._hidden = self._repeat.values.shape[1]
        bias = np.zeros(2 * gates * self._hidden, np.float32)
        if len(node.input) > 3 and node.input[3]:
            bias = c.constant(node.input[3]).values[direction].astype(np.float32)
        own, self._bias = bias[: gates * self._hidden], bias[gates * self._hidden :]
        self._inputs, self._own = c.weight(f"{node.input[1]}_{direction}", inputs), c.out.constant("bias", own)
        self._before_reset = self._kind == "GRU" and not values.get("linear_before_reset", 0)
        self._direction = direction
        rows = gates * self._hidden
        if self._before_reset:
            rows -= self._hidden
            self._new = self._layer(self._repeat.part(0, rows, rows + self._hidden), self._bias[rows:])
        self._again = self._layer(self._repeat.part(0, 0, rows), self._bias[:rows])
        self._rows = rows

    def run(self, sequence: int, steps: int, *, backwards: bool) -> list[list[int]]:
        """The states after each step (hidden, and the cell's for LSTM), in the order in which they are computed."""
        c, gates = self._c, _GATES[self._kind]
        width = gates * self._hidden
        projected = c.step("FULLY_CONNECTED", [sequence, self._inputs, self._own], (steps, width))
        parts = [c.out.tensor(f"{self._node.name}_step_{step}", (1, width)) for step in range(steps)]
        c.operator("SPLIT", [c.whole(0), projected], parts, numSplits=steps)
        state = [self._start(5), *([self._start(6)] if self._kind == "LSTM" else [])]
        states = []
        for part in parts[::-1] if backwards else parts:
            state = getattr(self, f"_{self._kind.lower()}")(part, state)
            states.append(state)
        return states

    def _start(self, place: int) -> int:
        """The initial state: zeros, weights, or computed."""
        c = self._c
        name = self._node.input[place] if len(self._node.input) > place else ""
        if not name:
            return c.out.constant("zeros", np.zeros((1, self._hidden), np.float32))
        known = c.constants.get(name)
        if known is not None:
            return c.out.constant(
                name, known.values.astype(np.float32).reshape(-1, self._hidden)[self._direction][None]
            )
        value = c.plain(c.value(name))
        row = c.step("STRIDED_SLICE", [value.number, *(c.whole(*item) for item in self._row())], (1, 1, self._hidden))
        start = c.out.tensor(f"{name}_{self._direction}", (1, self._hidden))
        c.reshape(row, start, (1, self._hidden))
        return start

    def _row(self) -> tuple[tuple[int, ...], ...]:
        first = self._direction
        return (first, 0, 0), (first + 1, 1, self._hidden), (1, 1, 1)

    def _layer(self, weight: Weight, bias: np.ndarray) -> list[int]:
        name = f"{self._node.input[2]}_{self._direction}_{weight.values.shape[0]}"
        return [self._c.weight(name, weight), self._c.out.constant("bias", bias)]

    def _product(self, state: int, layer: list[int], width: int) -> int:
        return self._c.step("FULLY_CONNECTED", [state, *layer], (1, width))

    def _of(self, kind: str, *inputs: int) -> int:
        return self._c.step(kind, inputs, (1, self._hidden))

    def _parts(self, number: int, count: int) -> list[int]:
        if count == 1:
            return [number]
        parts = [self._c.out.tensor(f"gate_{number}_{gate}", (1, self._hidden)) for gate in range(count)]
        self._c.operator("SPLIT", [self._c.whole(1), number], parts, numSplits=count)
        return parts

    def _rnn(self, x: int, state: list[int]) -> list[int]:
        return [self._of("TANH", self._of("ADD", x, self._product(state[0], self._again, self._hidden)))]

    def _lstm(self, x: int, state: list[int]) -> list[int]:
        hidden, cell = state
        width = 4 * self._hidden
        total = self._c.step("ADD", [x, self._product(hidden, self._again, width)], (1, width))
        enter, leave, forget, new = self._parts(total, 4)
        kept = self._of("MUL", self._of("LOGISTIC", forget), cell)
        cell = self._of("ADD", kept, self._of("MUL", self._of("LOGISTIC", enter), self._of("TANH", new)))
        return [self._of("MUL", self._of("LOGISTIC", leave), self._of("TANH", cell)), cell]

    def _gru(self, x: int, state: list[int]) -> list[int]:
        (hidden,) = state
        update, reset, new = self._parts(x, 3)
        again = self._parts(self._product(hidden, self._again, self._rows), 2 if self._before_reset else 3)
        update = self._of("LOGISTIC", self._of("ADD", update, again[0]))
        reset = self._of("LOGISTIC", self._of("ADD", reset, again[1]))
        if self._before_reset:
            repeated = self._product(self._of("MUL", reset, hidden), self._new, self._hidden)
        else:
            repeated = self._of("MUL", reset, again[2])
        new = self._of("TANH", self._of("ADD", new, repeated))
        return [self._of("ADD", new, self._of("MUL", update, self._of("SUB", hidden, new)))]


def _of_direction(weight: Weight, direction: int) -> Weight:
    """``[directions, rows, columns]`` -> ``[rows, columns]``."""
    part = weight.part(0, direction, direction + 1)
    return Weight(
        part.values[0],
        None if part.codes is None else part.codes[0],
        None if part.scale is None else part.scale[0],
    )


RULES: dict[str, Rule] = dict.fromkeys(_GATES, recurrent)
