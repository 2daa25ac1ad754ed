"""Intermediate outputs of teacher and student side by side, while the student trains."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import RecipeError, TechniqueError
from ...model.save import example_inputs
from ...records import TensorSpec
from ..objectives import Objective

if TYPE_CHECKING:
    from torch import Tensor, nn

Distance = Callable[["Tensor", "Tensor"], "Tensor"]


class Matching(Objective):
    """Adds the distance between pairs of layers to the loss.

    Args:
        teacher: never trained; its hooks are removed at the end.
        pairs: names of a layer of the student and one of the teacher.
        distance: of the two outputs.
        weight: of the term.
        project: a learned 1x1 map brings the student's channels to the teacher's number where they differ.
        seed: of the maps' first weights.
        examples: inputs that tell the shapes.
    """

    def __init__(
        self,
        teacher: nn.Module,
        pairs: Sequence[tuple[str, str]],
        distance: Distance,
        weight: float,
        *,
        project: bool,
        seed: int,
        examples: Sequence[Tensor],
        key: Any,
    ) -> None:
        self.key = [list(pair) for pair in pairs] + [weight, project, key]
        self._teacher = copy.deepcopy(teacher).eval()
        self._pairs, self._distance, self._weight = pairs, distance, weight
        self._project, self._seed, self._examples = project, seed, examples
        self._maps: list[nn.Module | None] = []
        self._hooks: list[Any] = []
        self._seen: dict[tuple[str, str], Tensor] = {}

    def attach(self, student: nn.Module) -> list[nn.Parameter]:
        """Watch both; the maps are trained with the student."""
        import torch

        for side, module, names in (
            ("student", student, [pair[0] for pair in self._pairs]),
            ("teacher", self._teacher, [pair[1] for pair in self._pairs]),
        ):
            for name in dict.fromkeys(names):
                self._hooks.append(module.get_submodule(name).register_forward_hook(self._note(side, name)))
        was_training = student.training
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._seed)
            student.eval()(*self._examples)
            self._teacher(*self._examples)
            student.train(was_training)
            self._maps = [self._map(mine, its) for mine, its in self._pairs] if self._project else []
        return [parameter for item in self._maps if item is not None for parameter in item.parameters()]

    def loss(self, inputs: tuple[Tensor, ...], outputs: Tensor) -> Tensor | None:
        """Weight times the mean distance over the pairs."""
        import torch

        with torch.no_grad():
            self._teacher(*inputs)
        terms = []
        for number, (mine, its) in enumerate(self._pairs):
            value = self._seen["student", mine]
            shaper = self._maps[number] if self._maps else None
            terms.append(self._distance(value if shaper is None else shaper(value), self._seen["teacher", its]))
        return self._weight * sum(terms[1:], terms[0]) / len(terms)

    def state(self) -> dict[str, Tensor]:
        """The maps."""
        return {
            f"{number}.{name}": tensor
            for number, item in enumerate(self._maps)
            if item is not None
            for name, tensor in item.named_parameters()
        }

    def detach(self) -> None:
        """Stop watching."""
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def _note(self, side: str, name: str) -> Any:
        def hook(layer: nn.Module, inputs: Any, output: Any) -> None:
            self._seen[side, name] = output[0] if isinstance(output, (tuple, list)) else output

        return hook

    def _map(self, mine: str, its: str) -> nn.Module | None:
        from torch import nn

        here, there = self._seen["student", mine], self._seen["teacher", its]
        if here.shape == there.shape:
            return None
        if here.ndim != there.ndim:
            raise TechniqueError(
                "layers-differ",
                f"the outputs of {mine} and {its} have {here.ndim} and {there.ndim} axes",
                "name pairs of layers of one kind",
            )
        if here.ndim == 4:
            return nn.Conv2d(here.shape[1], there.shape[1], 1, bias=False)
        return nn.Linear(here.shape[-1], there.shape[-1], bias=False)


def layer_pairs(
    student: nn.Module,
    teacher: nn.Module,
    layers: Sequence[object],
    inputs: Sequence[TensorSpec],
    axes: tuple[int, ...],
) -> list[tuple[str, str]]:
    """Pairs named by the user (``layer`` or ``student=teacher``), or those of one name in both.

    Without names: layers made of weights whose outputs have one of these numbers of axes in both networks, at the
    places a quarter, a half, three quarters and all the way through.
    """
    if layers:
        pairs = []
        for item in layers:
            mine, _, its = str(item).partition("=")
            pairs.append((mine.strip(), its.strip() or mine.strip()))
        for side, module, index in (("student", student, 0), ("teacher", teacher, 1)):
            names = dict(module.named_modules())
            for pair in pairs:
                if pair[index] not in names:
                    raise RecipeError(
                        "no-such-layer", f"the {side} has no layer '{pair[index]}'", "name pairs as 'student=teacher'"
                    )
        return pairs
    shapes = [_shapes(module, inputs) for module in (student, teacher)]
    both = [
        name
        for name, shape in shapes[0].items()
        if len(shape) in axes and name in shapes[1] and len(shapes[1][name]) == len(shape)
        and (len(shape) != 4 or shapes[1][name][2:] == shape[2:])
    ]  # fmt: skip
    if not both:
        raise TechniqueError(
            "nothing-to-match",
            "student and teacher have no layers of one name whose outputs could be matched",
            "name them: layers: ['student layer=teacher layer']",
        )
    places = [round(share * (len(both) - 1)) for share in (0.25, 0.5, 0.75, 1.0)]
    return [(both[place], both[place]) for place in dict.fromkeys(places)]


def _shapes(module: nn.Module, inputs: Sequence[TensorSpec]) -> dict[str, tuple[int, ...]]:
    import torch

    from ..weighted_layers import weighted_layers

    shapes: dict[str, tuple[int, ...]] = {}

    def note(name: str) -> Any:
        def hook(layer: nn.Module, args: Any, output: Tensor) -> None:
            shapes[name] = tuple(output.shape)

        return hook

    copied = copy.deepcopy(module).eval()
    for name, layer in weighted_layers(copied):
        layer.register_forward_hook(note(name))
    with torch.no_grad():
        copied(*example_inputs(inputs, batch=2))
    return shapes
