"""Q10: weight clustering. A codebook per tensor and packed indices; non-uniform where affine quantization is uniform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    from onnx import ModelProto


@dataclass(frozen=True)
class WeightClustering(TrainingKnobs):
    """Knobs of weight clustering; those of training are for fine-tuning the codebooks."""

    clusters: int = knob(16, "Different values a tensor may have.", unit="values", min=2, max=256)
    levels: str = knob("k-means", "Values where the weights are, or powers of two.", choices=("k-means", "log2"))
    epochs: int = knob(
        0, "Passes of fine-tuning with the assignments held; 0 = none.", unit="epochs", min=0, max=10_000
    )
    learning_rate: float = knob(0.002, "Peak learning rate of fine-tuning.", min=0, max=10)
    optimizer: str = knob(
        "adam", "Algorithm of the updates.", choices=("sgd", "momentum", "adam", "adamw"), advanced=True
    )
    distill: bool = knob(True, "Fine-tune towards the original's outputs, where it is a module.")
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    min_weights: int = knob(
        256, "Tensors with fewer weights are left alone.", unit="weights", min=0, max=10**9, advanced=True
    )

    def needs(self) -> tuple[Need, ...]:
        """Data only for fine-tuning."""
        return (Need.LABELS,) if self.epochs else ()


@technique(
    "weight-clustering",
    name="Weight clustering (codebooks)",
    family="quantization",
    covers=("Q10",),
    summary="Few shared values per tensor as codebook and packed indices: 8x smaller with 16 values, not faster.",
    paper="Han, Mao, Dally: Deep Compression, 2016 (arXiv:1510.00149); Miyashita et al. 2016 (arXiv:1603.01025)",
    config=WeightClustering,
    takes=Takes.EITHER,
    needs=(Need.LABELS,),
    changes=(Effect.WEIGHTS, Effect.INTEGERS),
    destroys=(Effect.TRAINABLE,),
)
def weight_clustering(state: ModelState, config: WeightClustering, context: Context) -> ModelState:
    """Cluster every tensor, fine-tune the shared values, store codebook and indices."""
    from .codebook import k_means, powers_of_two
    from .stored import store_codebook
    from .straight_through import graph_of
    from .weights import copied, float_weights

    cluster = k_means if config.levels == "k-means" else powers_of_two
    if config.epochs:
        state = state.as_module()  # what comes out of training is named as a module is
    graph = graph_of(state)
    weights, skipped = float_weights(graph, "weight-clustering", exclude=config.exclude, min_weights=config.min_weights)
    chosen = {item.layer for item in weights}
    if config.epochs:
        graph = _fine_tuned(state, config, context, chosen)
    graph = copied(graph)
    for weight in float_weights(graph, "weight-clustering", min_weights=config.min_weights)[0]:
        context.cancel.check()
        if weight.layer in chosen:
            indices, table = cluster(weight.values, config.clusters)
            store_codebook(graph, weight.name, indices, table)
    note = f"{len(weights)} weight tensors hold at most {config.clusters} values; they run as float, so nothing gets faster"
    return state.as_graph(graph, skipped, (note,))


def _fine_tuned(state: ModelState, config: WeightClustering, context: Context, chosen: set[str]) -> ModelProto:
    """Train tables (k-means) or weights through the rounding to powers of two."""
    import torch
    from torch import nn

    from ...model.save import to_onnx
    from .codebook import k_means, powers_of_two
    from .straight_through import Shared, Through, folded, trained_through, weighted

    module = folded(state)

    def project(weight: torch.Tensor) -> torch.Tensor:
        indices, table = powers_of_two(weight.detach().numpy(), config.clusters)
        return torch.from_numpy(table[indices])

    rounding: dict[str, nn.Module] = {}
    for name, layer in weighted(module).items():
        if name not in chosen:
            continue
        if config.levels == "log2":
            rounding[name] = Through(project, f"log2 {config.clusters}")
            continue
        weight = layer.weight
        assert isinstance(weight, torch.Tensor)
        indices, table = k_means(weight.detach().numpy(), config.clusters)
        held = torch.from_numpy(table == 0)
        rounding[name] = Shared(torch.from_numpy(indices), torch.from_numpy(table), held)
    trained = trained_through(
        module,
        rounding,
        config,
        context,
        what="codebooks",
        distill=config.distill,
        keep_zeros=bool(state.masks) and config.levels == "log2",
    )
    return to_onnx(trained, state.inputs)
