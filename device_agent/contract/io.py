"""The I/O contract of a bundle: how a raw sample becomes the model's input, and outputs become an answer.

One numpy reference of it runs on desktop and board alike; numpy is imported inside the functions because the agent
itself never loads it. Plain ``tensor`` contracts (arrays in, arrays out) are legal for models without a data set.
"""

from dataclasses import dataclass, field
from typing import List, Optional


@dataclass(frozen=True)
class InputContract:
    """One input of the model.

    Attributes:
        name: name of the tensor in the model file.
        kind: ``image`` or ``tensor``.
        shape: without the batch axis, as the model wants it (``[1, 28, 28]``).
        dtype: numpy name of what the model takes (``float32``, ``uint8``, ``int8``).
        layout: ``CHW`` or ``HWC``; images only.
        colour: ``gray``, ``rgb`` or ``bgr``; images only.
        resize: ``stretch`` (bilinear, aspect not kept) or ``center-crop`` (shorter side fits, then cut); images only.
        mean, std: per channel, applied to values of 0..1: ``(x / 255 - mean) / std``.
        scale, zero_point: quantization of an integer input, applied after normalisation.
    """

    name: str
    kind: str
    shape: List[int]
    dtype: str = "float32"
    layout: str = "CHW"
    colour: str = "rgb"
    resize: str = "stretch"
    mean: List[float] = field(default_factory=list)
    std: List[float] = field(default_factory=list)
    scale: Optional[float] = None
    zero_point: Optional[int] = None


@dataclass(frozen=True)
class OutputContract:
    """What the outputs mean: ``classification`` (labels, softmax, top-k) or ``none`` (raw arrays)."""

    kind: str = "none"
    labels: List[str] = field(default_factory=list)
    activation: str = "softmax"  # softmax | none: what turns the model's output into probabilities


@dataclass(frozen=True)
class IoContract:
    """Inputs and outputs together, as they stand in a manifest."""

    inputs: List[InputContract]
    output: OutputContract = field(default_factory=OutputContract)
    version: int = 1
