"""Fashion-MNIST with the two networks the demo compresses, at a budget of training the demo does not have."""

from .peers import nncf, pruned, static
from .task import Claim, Task

DATA = "fashion-mnist"
INT8 = {"technique": "static-quantization"}
TFLITE = {"technique": "tflite-file", "knobs": {"bits": 7}}
PEERS = (
    static(per_channel=True),
    static(per_channel=False),
    *nncf(),
    pruned(0.5, quantized=False),
    pruned(0.5, quantized=True),
)


def _taught(epochs: int) -> dict:
    """The original's answers to eight augmented copies of the data."""
    knobs = {"epochs": epochs, "views": 8, "learning_rate": 0.1, "augment": "shift-flip"}
    return {"technique": "soft-label-distillation", "knobs": knobs}


def _narrow(*ratios: float, epochs: int = 24) -> list[dict]:
    """The original with fewer channels, taught by itself after each cut, then 70 % zeros, taught again, and integers."""
    steps = []
    for ratio in ratios:
        steps += [{"technique": "channel-pruning", "knobs": {"ratio": ratio}}, _taught(epochs)]
    return [
        *steps,
        {"technique": "magnitude-pruning", "knobs": {"sparsity": 0.7, "epochs": 0}},
        _taught(epochs // 3),
        TFLITE,
    ]


RESNET = Task(
    "Fashion-MNIST, ResNet",
    (
        Claim("ResNet, pruned + quantized: -2 points, inference time -50 %", 2.0, faster=2.0),
        Claim("constrained device: 2x faster, >= 95 % kept, storage -80 %", 4.69, smaller=5.0, faster=2.0),
        Claim("own goal: 6x faster and 25x smaller packed at 0.5 points", 0.5, packed=25.0, faster=6.0),
    ),
    lambda _: "sample:fashion-resnet",
    lambda _: DATA,
    {
        "int8": [INT8],
        "half-sparse": _narrow(0.5),
        "third-sparse": _narrow(0.5, 0.3),
        "quarter-sparse": _narrow(0.5, 0.3, 0.3),
    },
    PEERS,
    goal=0.56,
)
MOBILENET = Task(
    "Fashion-MNIST, MobileNetV2-like",
    (
        Claim("MobileNet, quantized + pruned: size -90 %, < 1 point, +60 % speed", 1.0, smaller=10.0, faster=1.6),
        Claim("constrained device: 2x faster, >= 95 % kept, storage -80 %", 4.64, smaller=5.0, faster=2.0),
        Claim("own goal: 4.5x faster and 16x smaller packed at 0.5 points", 0.5, packed=16.0, faster=4.5),
    ),
    lambda _: "sample:fashion-mobilenet",
    lambda _: DATA,
    {
        "int8": [INT8],
        "tflite-int8": [TFLITE],
        "half-sparse": _narrow(0.5),
        "third-sparse": _narrow(0.5, 0.3),
    },
    PEERS,
    goal=0.36,
)
