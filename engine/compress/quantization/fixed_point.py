"""Q2: fixed-point numbers Qm.n. Scales are powers of two: a microcontroller or FPGA shifts instead of multiplying."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes, knob

if TYPE_CHECKING:
    import numpy as np
    from onnx import ModelProto

    from .affine import Grid

TECHNIQUE = "fixed-point-quantization"


@dataclass(frozen=True)
class FixedPoint:
    """Knobs of fixed-point quantization."""

    bits: int = knob(8, "Bits of a word, the sign included.", unit="bits", min=2, max=16)
    fraction_bits: int = knob(
        -1, "Bits behind the binary point (n of Qm.n); -1 takes as many as the largest weight leaves.", min=-1, max=15
    )
    rounding: str = knob(
        "nearest-even",
        "How a value between two codes is rounded.",
        choices=("nearest-even", "floor", "truncate"),
        advanced=True,
    )
    exclude: list[str] = knob([], "Layers that stay float, by name or pattern (stem*).", advanced=True)


@technique(
    TECHNIQUE,
    name="Fixed-point quantization (Qm.n)",
    family="quantization",
    covers=("Q2",),
    summary="Weights as integers with a power-of-two scale; --out also writes the integers and formats for C.",
    paper="Oberstar: Fixed-Point Representation and Fractional Math, 2007; Lin, Talathi, Annapureddy 2016 (arXiv:1511.06393)",
    config=FixedPoint,
    takes=Takes.ONNX,
    changes=(Effect.INTEGERS,),
    destroys=(Effect.TRAINABLE,),
)
def fixed_point(state: ModelState, config: FixedPoint, context: Context) -> ModelState:
    """Store every weight as a word of Qm.n; says where the range clipped weights."""
    import numpy as np

    from .affine import Grid
    from .stored import store_affine
    from .weights import copied, float_weights

    assert state.onnx is not None
    graph = copied(state.onnx)
    weights, skipped = float_weights(graph, TECHNIQUE, exclude=config.exclude)
    formats, clipped = [], 0
    top = 2 ** (config.bits - 1)
    for weight in weights:
        context.cancel.check()
        n = config.fraction_bits if config.fraction_bits >= 0 else fraction_bits(weight.values, config.bits)
        grid = Grid(config.bits, np.array(2.0**-n), np.array(0.0), -top, top - 1)
        clipped += beyond(weight.values, grid, config.rounding)
        store_affine(graph, weight.name, grid.codes(weight.values, config.rounding), grid)
        formats.append(f"{weight.layer} {format_name(config.bits, n)}")
    notes = [f"fixed point: {', '.join(formats)}"] if formats else []
    if clipped == 1:
        notes.append("1 weight lies outside its format and was clipped; lower fraction_bits")
    elif clipped:
        notes.append(f"{clipped:,} weights lie outside their format and were clipped; lower fraction_bits")
    return state.as_graph(graph, skipped, notes)


def beyond(values: np.ndarray, grid: Grid, rounding: str) -> int:
    """How many values the range changes by more than rounding to a step of it does.

    >>> import numpy as np
    >>> from .affine import Grid
    >>> grid = Grid(8, np.array(1.0), np.array(0.0), -128, 127)
    >>> [beyond(np.array([x]), grid, "nearest-even") for x in (127.4, 127.6, -128.4, -128.6)]
    [0, 1, 0, 1]
    """
    import numpy as np

    steps = values / grid.scale
    whole = np.rint(steps) if rounding == "nearest-even" else np.trunc(steps)  # others are off by up to a step
    return int(((whole < grid.low) | (whole > grid.high)).sum())


def fraction_bits(values: np.ndarray, bits: int) -> int:
    """The largest n of Qm.n in which the largest weight still fits.

    >>> import numpy as np
    >>> [fraction_bits(np.array([x]), 8) for x in (0.99, 1.0, -1.0, 3.0, 0.2)]
    [7, 6, 7, 5, 9]
    """
    import numpy as np

    low, high = float(np.min(values)), float(np.max(values))
    largest = max(abs(low), abs(high))
    if largest == 0:
        return bits - 1
    n = bits - 1 - math.floor(math.log2(largest)) + 1
    while round(high * 2.0**n) > 2 ** (bits - 1) - 1 or round(low * 2.0**n) < -(2 ** (bits - 1)):
        n -= 1
    return n


def format_name(bits: int, n: int) -> str:
    """Such as ``Q1.6``: m bits before and n behind the binary point, beside the sign bit."""
    return f"Q{bits - 1 - n}.{n}"


def export_integers(graph: ModelProto, stem: Path) -> list[Path]:
    """Write the integers of a fixed-point graph for other tool chains: ``STEM.json`` (formats) and ``STEM.h`` (C arrays).

    Args:
        graph: made by this technique.
        stem: path without suffix.

    Returns:
        The files; none where the graph holds no fixed-point weight.
    """
    from ...workspace import write_atomic

    found = list(fixed_point_weights(graph))
    if not found:
        return []
    about, lines = (
        [],
        ["/* Weights as fixed-point integers: value = code * 2^-FRACTION_BITS. */", "#include <stdint.h>", ""],
    )
    for name, codes, n in found:
        symbol = "".join(c if c.isalnum() else "_" for c in name)
        word = 8 if codes.dtype.itemsize == 1 else 16
        numbers = ",".join(str(int(code)) for code in codes.reshape(-1))
        lines += [f"#define {symbol.upper()}_FRACTION_BITS {n}"]
        lines += [f"static const int{word}_t {symbol}[{codes.size}] = {{{numbers}}};", ""]
        about.append(
            {"name": name, "symbol": symbol, "shape": list(codes.shape), "word_bits": word, "fraction_bits": n}
        )
    files = [stem.with_name(stem.name + suffix) for suffix in (".json", ".h")]
    write_atomic(files[0], json.dumps({"version": 1, "weights": about}, indent=1).encode())
    write_atomic(files[1], "\n".join(lines).encode())
    return files


def fixed_point_weights(graph: ModelProto) -> list[tuple[str, np.ndarray, int]]:
    """Name, integers and fraction bits of every weight stored with a power-of-two scale and zero point 0."""
    import numpy as np
    from onnx import numpy_helper

    from .stored import unpack_codes

    tensors = {item.name: numpy_helper.to_array(item) for item in graph.graph.initializer}
    outputs = {name for node in graph.graph.node if node.op_type == "Mul" for name in node.output}
    found = []
    for name in outputs:
        scale, codes = tensors.get(f"{name}_scale"), tensors.get(f"{name}_codes")
        if scale is None or codes is None or scale.size != 1:
            continue
        exponent = math.log2(float(scale.reshape(-1)[0]))
        if exponent != int(exponent):
            continue
        if f"{name}_shape" in tensors:
            shape = tensors[f"{name}_shape"]
            bits = 8 // tensors[f"{name}_shifts"].size
            offset = tensors.get(f"{name}_zero", np.float32(0))
            plain = unpack_codes(codes, bits, int(np.prod(shape))).astype(np.int8) - np.int8(offset)
            codes = plain.reshape(tuple(int(size) for size in shape))
        elif f"{name}_zero" in tensors:
            continue
        found.append((name, codes, -int(exponent)))
    return sorted(found, key=lambda item: item[0])
