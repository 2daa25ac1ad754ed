"""A2: operator fusion and clean-up. The function stays, the graph gets simpler."""

from dataclasses import dataclass, replace

from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes, knob


@dataclass(frozen=True)
class GraphFusion:
    """Knobs of graph fusion."""

    simplify: bool = knob(True, "Also fold constants and remove dead and doubled nodes.")


@technique(
    "graph-fusion",
    name="Operator fusion and clean-up",
    family="graph",
    covers=("A2",),
    summary="Folds batch normalisation into convolutions, constants into one, and removes dead nodes; outputs stay equal.",
    paper="Jacob et al. 2018 (arXiv:1712.05877), section 3.2: folding of batch normalisation",
    config=GraphFusion,
    takes=Takes.ONNX,
    changes=(Effect.STRUCTURE,),
    destroys=(Effect.TRAINABLE,),
    idempotent=True,
)
def graph_fusion(state: ModelState, config: GraphFusion, context: Context) -> ModelState:
    """Fold and clean; says how many nodes that removed."""
    import contextlib
    import io

    import onnxslim

    from ...model.save import finished

    assert state.onnx is not None
    before = len(state.onnx.graph.node)
    graph = state.onnx
    if config.simplify:
        with contextlib.redirect_stdout(io.StringIO()):
            graph = onnxslim.slim(graph, no_shape_infer=False)
    graph = finished(graph)
    note = f"{before - len(graph.graph.node)} of {before} nodes removed"
    return replace(state, onnx=graph, notes=(*state.notes, note))
