"""D4: a student of its own shape. A narrower or shallower copy, the user's network, or a light one sized to a budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ...errors import RecipeError, TechniqueError
from ...model.cost import count_macs
from ...model.save import example_inputs, to_onnx
from ...records import TensorSpec
from ..channel_axis import channels_are_last
from ..channel_choice import choose
from ..channel_removal import prune
from ..losses import SOFT_LOSSES, SoftLabels, suited
from ..registry import technique
from ..residual import removable_blocks, without_blocks
from ..teacher import first_output, required_teacher
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import AUGMENTATIONS, TrainingKnobs

if TYPE_CHECKING:
    from torch import nn

NETWORKS = ("copy", "residual", "plain", "mobilenet", "shufflenet", "factory")
STEP = 8
LARGEST = 1024


@dataclass(frozen=True)
class Student(TrainingKnobs):
    """Knobs of the student and its distillation."""

    network: str = knob(
        "residual",
        "copy: the model itself, narrower and shallower; residual: residual blocks after an early stride; plain: plain "
        "convolutions, smaller still; both convolve over time where the model reads a signal, recurrent ones too; for "
        "vectors both are a perceptron, for tokens a bag of words; mobilenet, shufflenet: for images; factory: a network "
        "of yours.",
        choices=NETWORKS,
    )
    factory: str = knob("", "Your network as module:function or file.py:function; it is imported and called.")
    width: float = knob(0.5, "Share of the channels a copy keeps, where no limit is given.", min=0.05, max=1)
    depth: float = knob(1.0, "Share of the residual blocks or transformer layers a copy keeps.", min=0.05, max=1)
    inherit: bool = knob(True, "A copy begins with the weights of the channels and blocks it keeps.")
    share: float = knob(
        0.25,
        "A light network has at most this share of the original's multiply-accumulates, where no limit is given.",
        min=0.001,
        max=1,
    )
    max_parameters: int = knob(0, "Largest number of parameters; 0 = no limit.", unit="parameters", min=0, max=10**11)
    max_macs: int = knob(
        0, "Largest number of multiply-accumulates of one inference; 0 = no limit.", unit="MACs", min=0, max=10**14
    )
    temperature: float = knob(4.0, "Softens both distributions.", min=0.1, max=100)
    alpha: float = knob(0.9, "Weight of the teacher; the rest goes to the labels.", min=0, max=1)
    loss: str = knob("kl", "How outputs are compared.", choices=SOFT_LOSSES)
    epochs: int = knob(12, "Passes over the training data.", unit="epochs", min=0, max=10_000)
    augment: str = knob("shift-flip", "Random shifts, crops and flips of images.", choices=AUGMENTATIONS)

    def needs(self) -> tuple[Need, ...]:
        """Labels, unless the teacher alone is followed or nothing is trained."""
        if self.epochs == 0:
            return ()
        return (Need.DATA,) if self.alpha == 1 else (Need.LABELS,)

    @property
    def idempotent(self) -> bool:
        """The same network is built and learns the same from the same teacher, unless its size is a share of what it gets."""
        return self.network == "factory" or (self.afresh and bool(self.max_parameters or self.max_macs))

    @property
    def afresh(self) -> bool:
        """All but a copy are networks of their own, taught by the original and not by what earlier steps made of it."""
        return self.network != "copy"


@technique(
    "student",
    name="Student network",
    family="distillation",
    covers=("D4", "D1"),
    summary="Trains another, lighter network to answer like the original: smaller and faster, sized to a budget.",
    paper="Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network, 2015 (arXiv:1503.02531); "
    "Turc et al.: Well-Read Students Learn Better, 2019 (arXiv:1908.08962); Sanh et al.: DistilBERT, 2019 "
    "(arXiv:1910.01108): every second layer; MobileNet 2017, ShuffleNet V2 2018",
    config=Student,
    takes=Takes.TORCH,
    needs=(Need.LABELS,),
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.MASKS, Effect.PATTERN),
)
def student(state: ModelState, config: Student, context: Context) -> ModelState:
    """Build the network, then minimise ``alpha * T^2 * KL + (1 - alpha) * CE`` against the original's cached outputs."""
    from ..training import train

    teacher = required_teacher(context)
    assert state.module is not None
    context.cancel.check()
    built = _built(state.module, state.inputs, config, context.seed)
    _check_outputs(built, state.module, state.inputs)
    soft = suited(SoftLabels(config.temperature, config.alpha, config.loss), context, "student")
    module = train(built, config, context, what="distillation of a student", soft=soft, teacher=teacher)
    note = f"student ({config.network}): {parameters(module):,} parameters instead of {parameters(state.module):,}"
    return replace(state, module=module, masks={}, notes=(*state.notes, note))


def parameters(module: nn.Module) -> int:
    """Number of trained values."""
    return sum(parameter.numel() for parameter in module.parameters())


def macs(module: nn.Module, inputs: Sequence[TensorSpec]) -> int:
    """Multiply-accumulates of one inference.

    Raises:
        TechniqueError: an operator of unknown shape keeps them from being counted.
    """
    found = count_macs(to_onnx(module, inputs))
    if found is None:
        raise TechniqueError(
            "macs-unknown",
            "the multiply-accumulates of this network cannot be counted",
            "set max_parameters instead of share and max_macs",
        )
    return found


def _built(module: nn.Module, inputs: Sequence[TensorSpec], config: Student, seed: int) -> nn.Module:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if config.network == "factory":
            return _fitting(_from_factory(config.factory), inputs, config)
        if config.network == "copy":
            return _copy(module, inputs, config, seed)
        return _light(module, inputs, config, seed)


def _from_factory(spec: str) -> nn.Module:
    import torch

    from ...model.source import call_factory

    if not spec:
        raise RecipeError(
            "bad-knob", "student: network=factory needs a factory", "write factory: package.module:function"
        )
    made = call_factory(spec)
    if isinstance(made, (tuple, list)) and made:
        made = made[0]
    if not isinstance(made, torch.nn.Module):
        raise RecipeError(
            "not-a-module", f"{spec} returned {type(made).__name__}, not a torch module", "return a torch.nn.Module"
        )
    return made.eval()


def _check_outputs(built: nn.Module, module: nn.Module, inputs: Sequence[TensorSpec]) -> None:
    import torch

    examples = example_inputs(inputs, batch=2)
    with torch.no_grad():
        try:
            mine = first_output(built.eval()(*examples)).shape
        except (RuntimeError, TypeError, IndexError, ValueError) as error:
            raise TechniqueError(
                "student-does-not-fit",
                f"the student cannot compute the model's inputs: {str(error).splitlines()[0][:200]}",
                "give a network with the inputs of the original",
            ) from error
        its = first_output(module.eval()(*examples)).shape
    if mine != its:
        raise TechniqueError(
            "outputs-differ",
            f"the student gives outputs of shape {list(mine[1:])}, the original {list(its[1:])}",
            "give a network with the outputs of the original",
        )


def _too_large(module: nn.Module, inputs: Sequence[TensorSpec], config: Student, most_macs: int) -> str | None:
    """What is over a limit, or None."""
    if config.max_parameters and parameters(module) > config.max_parameters:
        return f"{parameters(module):,} parameters, more than max_parameters = {config.max_parameters:,}"
    if most_macs and (found := macs(module, inputs)) > most_macs:
        return f"{found:,} multiply-accumulates, more than {most_macs:,}"
    return None


def _fitting(module: nn.Module, inputs: Sequence[TensorSpec], config: Student) -> nn.Module:
    why = _too_large(module, inputs, config, config.max_macs)
    if why is not None:
        raise TechniqueError("over-budget", f"the student has {why}", "raise the limit, or give a smaller network")
    return module


def _copy(module: nn.Module, inputs: Sequence[TensorSpec], config: Student, seed: int) -> nn.Module:
    """Blocks evenly spread over the depth leave, then the channels of lowest L2 norm."""
    blocks = removable_blocks(module, inputs)
    keep = max(1, round(config.depth * len(blocks))) if blocks else 0
    stay = {blocks[(2 * place + 1) * len(blocks) // (2 * keep)] for place in range(keep)}
    shallow = without_blocks(module, [name for name in blocks if name not in stay])

    def narrowed(width: float) -> nn.Module:
        if width >= 1:
            return shallow
        return prune(shallow, inputs, "l2", partial(choose, ratio=1 - width, round_to=STEP), seed=seed).module

    if not (config.max_parameters or config.max_macs):
        made = narrowed(config.width)
    else:
        shares = [step / 20 for step in range(1, 21)]
        made = _largest(lambda place: narrowed(shares[place]), len(shares), inputs, config, config.max_macs)
    if not config.inherit:
        for layer in made.modules():
            reset = getattr(layer, "reset_parameters", None)
            if callable(reset):
                reset()
    return made


def _light(module: nn.Module, inputs: Sequence[TensorSpec], config: Student, seed: int) -> nn.Module:
    import torch

    most = config.max_macs
    if not (config.max_macs or config.max_parameters):
        most = max(1, int(config.share * macs(module, inputs)))
    build = _builder(module, inputs, config.network)

    def of_width(place: int) -> nn.Module:
        torch.manual_seed(seed)
        return build((place + 1) * STEP)

    return _largest(of_width, LARGEST // STEP, inputs, config, most)


def _builder(module: nn.Module, inputs: Sequence[TensorSpec], network: str) -> Callable[[int], nn.Module]:
    """From a width to a light network with the model's input and number of scores."""
    import torch

    from .student_networks import ChannelsFirst

    shape = [size or 1 for size in inputs[0].shape[1:]]
    with torch.no_grad():
        scores = first_output(module.eval()(*example_inputs(inputs, batch=2)))
    tokens = not inputs[0].dtype.startswith("float")
    of_images = network in ("mobilenet", "shufflenet")
    fits = len(shape) == 1 if tokens else len(shape) == 3 or (not of_images and 1 <= len(shape) <= 3)
    if len(inputs) != 1 or scores.ndim != 2 or not fits or (tokens and of_images):
        raise TechniqueError(
            "no-such-student",
            f"no light network ({network}) reads {len(inputs)} input(s) of shape {shape} ({inputs[0].dtype}) and gives "
            f"outputs of shape {list(scores.shape[1:])}",
            "use network: copy, or network: factory with a network of yours",
        )
    classes = int(scores.shape[1])
    if len(shape) > 1 and channels_are_last(module, inputs):
        build = _of_shape(module, [shape[-1], *shape[:-1]], classes, network, tokens=False)
        return lambda width: ChannelsFirst(build(width))
    return _of_shape(module, shape, classes, network, tokens=tokens)


def _of_shape(
    module: nn.Module, shape: Sequence[int], classes: int, network: str, *, tokens: bool
) -> Callable[[int], nn.Module]:
    from .student_networks import MobileNetwork, ResidualNetwork, ShuffleNetwork, plain_network

    if network == "mobilenet":
        return lambda width: MobileNetwork(shape, classes, width)
    if network == "shufflenet":
        return lambda width: ShuffleNetwork(shape, classes, width)
    if network == "residual" and not tokens and len(shape) > 1:
        return lambda width: ResidualNetwork(shape, classes, width // 2)  # its later stages are wide
    words = _vocabulary(module) if tokens else None
    return lambda width: plain_network(shape, classes, width, words)


def _vocabulary(module: nn.Module) -> int:
    """Rows of the first table of word vectors."""
    from torch import nn

    for layer in module.modules():
        if isinstance(layer, nn.Embedding):
            return layer.num_embeddings
    raise TechniqueError(
        "no-vocabulary",
        "the model has no layer that tells how many words there are",
        "use network: copy, or network: factory with a network of yours",
    )


def _largest(
    build: Callable[[int], nn.Module], count: int, inputs: Sequence[TensorSpec], config: Student, most_macs: int
) -> nn.Module:
    """The last of ``build(0), build(1), ...`` within the limits, found by doubling, then halving."""
    smallest = build(0)
    why = _too_large(smallest, inputs, config, most_macs)
    if why is not None:
        limits = [name for name in ("max_parameters", "max_macs") if getattr(config, name)] or ["share"]
        raise TechniqueError(
            "over-budget",
            f"the smallest student ({config.network}) has {why}",
            f"raise {' and '.join(limits)}, or choose another network",
        )
    low, high, best = 0, 1, smallest
    while high < count:  # doubled first, so that nothing far above the limits is ever built
        made = build(high)
        if _too_large(made, inputs, config, most_macs) is not None:
            break
        low, high, best = high, 2 * high + 1, made
    high = min(high, count)
    while high - low > 1:
        middle = (low + high) // 2
        made = build(middle)
        if _too_large(made, inputs, config, most_macs) is None:
            low, best = middle, made
        else:
            high = middle
    return best
