"""Integer steps of values that an ONNX graph computes in float, noted in the file for runtimes that hold them in integers.

onnxruntime's integer matrix products can write floats, LiteRT's write int8 of a scale that has to be known. Where a quantizer
leaves such a value in float, what it would have been rounded to stands in the model's ``metadata_props``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnx import ModelProto

KEY = "steps"
Steps = tuple[float, int]
"""Scale and int8 zero point."""


def note_steps(model: ModelProto, steps: Mapping[str, Steps]) -> None:
    """Write down the steps of values, beside what is noted already; changes ``model``."""
    known = {**noted_steps(model), **steps}
    kept = [item for item in model.metadata_props if item.key != KEY]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    if known:
        model.metadata_props.add(key=KEY, value=json.dumps(known, separators=(",", ":")))


def noted_steps(model: ModelProto) -> dict[str, Steps]:
    """Steps by the names of values; nothing where the file has none, or what stands there are no steps."""
    text = next((item.value for item in model.metadata_props if item.key == KEY), "{}")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: (float(value[0]), value[1]) for name, value in found.items() if _are_steps(value)}


def _are_steps(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    scale, zero = value
    fits = isinstance(scale, float) and math.isfinite(scale) and scale > 0
    return fits and isinstance(zero, int) and not isinstance(zero, bool) and -128 <= zero <= 127
