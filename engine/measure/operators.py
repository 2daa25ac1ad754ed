"""Times of a runtime's operators, put back on the layers of the model they were made from.

A runtime fuses and renames: ``/layer1/conv1/Conv_nchwc`` and ``/layer1/conv1/Conv_quant`` both come from
``/layer1/conv1/Conv``. An operator belongs to the layer whose name is the longest beginning of its own; a convolution that took a
ReLU in is called by the ReLU's output, and belongs to the convolution all the same. What the runtime added itself (layout
changes, casts) is shown under its own name. A traced run is slower than a bare one, so shares are shown, and
the times only beside them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LayerTime:
    """One layer (or an operator the runtime added): its operators and its share of the traced time."""

    layer: str
    operators: tuple[str, ...]
    microseconds: float
    share: float
    added: bool
    ci95_us: tuple[float, float] | None = None
    """Where it is the difference of two cuts of the model."""
    note: str | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "layer": self.layer,
            "operators": list(self.operators),
            "microseconds": self.microseconds,
            "share": self.share,
            "added_by_runtime": self.added,
            "ci95_us": None if self.ci95_us is None else list(self.ci95_us),
            "note": self.note,
        }


def by_layer(
    operators: Iterable[Mapping[str, Any]], layers: Sequence[str], folded: Mapping[str, str] | None = None
) -> tuple[LayerTime, ...]:
    """Operator times summed per layer, the slowest first.

    Args:
        operators: of a reading.
        layers: names of the model's nodes.
        folded: names of nodes and values that a runtime takes into a layer (:func:`engine.measure.features.parts`), and that
            layer; a node that ran under its own name was not taken in.

    >>> told = [{"name": "a_nchwc", "op": "Conv", "median_us": 3.0}, {"name": "r", "op": "Cast", "median_us": 1.0}]
    >>> [(item.layer, item.share, item.added) for item in by_layer(told, ["a"])]
    [('a', 0.75, False), ('r', 0.25, True)]
    """
    taken = folded or {}
    ordered = sorted({*filter(None, layers), *taken}, key=len, reverse=True)
    sums: dict[str, tuple[list[str], float, bool]] = {}
    for item in operators:
        name = str(item["name"])
        home = next((layer for layer in ordered if _begins(name, layer)), None)
        if home is not None and home != name:
            home = taken.get(home, home)
        kinds, spent, _ = sums.get(home or name, ([], 0.0, False))
        kind = str(item["op"])
        sums[home or name] = (
            kinds if kind in kinds else [*kinds, kind],
            spent + float(item["median_us"]),
            home is None,
        )
    total = sum(spent for _, spent, _ in sums.values()) or 1.0
    found = [LayerTime(name, tuple(kinds), spent, spent / total, added) for name, (kinds, spent, added) in sums.items()]
    return tuple(sorted(found, key=lambda row: -row.microseconds))


def _begins(name: str, layer: str) -> bool:
    """Whether an operator's name is a layer's, perhaps with something behind it that is no longer name."""
    return name == layer or (name.startswith(layer) and not name[len(layer)].isalnum())
