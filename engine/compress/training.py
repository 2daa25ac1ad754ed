"""The one training loop: every technique that trains uses it.

Deterministic by seed; resumes after a kill at the last finished epoch with bit-identical weights; keeps masks in force after
every update; reports progress with the remaining time; stops between updates when asked. The epoch is chosen on samples
kept apart from the training data, never on test data.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from ..errors import DataError, RecipeError, TechniqueError
from ..events import Eta, Log, Metric, Progress, Stage
from ..model.data import TRAIN
from ..records import TensorSpec
from .losses import SoftLabels, combined_loss, require_labels
from .memory_order import bears_channels_last, channels_first, channels_last
from .module_state import module_sha256
from .objectives import Objective, penalty_of
from .processor import this_processor
from .quality import Quality
from .teacher import TeacherOutputs, first_output, teacher_outputs
from .technique import Context
from .training_checkpoint import Checkpoint, Progressed, masks_hash
from .training_data import HeldSamples, Minibatch, Samples, View, mixed, training_samples
from .training_knobs import LEARNING_RATES, TrainingKnobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import torch
    from torch import Tensor, nn

WARM_UP = 0.2
REPORT_EVERY = 8


def train(
    module: nn.Module,
    knobs: TrainingKnobs,
    context: Context,
    *,
    what: str,
    soft: SoftLabels | None = None,
    masks: Mapping[str, Tensor] | None = None,
    teacher: nn.Module | None = None,
    objectives: Sequence[Objective] = (),
) -> nn.Module:
    """Train a copy of ``module`` and return it in evaluation mode.

    Args:
        module: not changed.
        knobs: how; a technique's config may be given as it is.
        context: data, seed, progress, cancel, scratch folder for checkpoints.
        what: what is trained, for progress and messages (``"fine-tuning"``).
        soft: how much and in which way the teacher counts; None trains on labels alone.
        masks: parameter name to boolean tensor; what is False stays zero.
        teacher: never trained; its outputs are computed once per view and kept.
        objectives: further terms of the loss, attached to the copy that is trained.

    Raises:
        DataError: there are no training data.
        RecipeError: the optimizer does not work in that precision.
        TechniqueError: the loss is no longer a number, or there are neither labels nor a teacher to learn from.
        Cancelled: asked to stop; the last finished epoch is kept.
    """
    import torch

    knobs = TrainingKnobs(**{item.name: getattr(knobs, item.name) for item in fields(TrainingKnobs)})
    student = copy.deepcopy(module)
    if knobs.epochs == 0:
        return student.eval()
    data = context.data
    if data is None or data.count(TRAIN) == 0:
        raise DataError("no-training-data", f"{what} needs training data", "give --data with a training part")
    if soft is None or soft.alpha == 0:
        soft = teacher = None
    objectives = [*penalty_of(knobs), *objectives]
    kept = Checkpoint(context.scratch, _key(module, knobs, context, soft, masks or {}, teacher, objectives))
    if kept.finished(student, objectives):
        return student.eval()
    _check_precision(knobs, context, what)
    samples = training_samples(data, limit=knobs.max_samples, holdout=knobs.holdout, seed=context.seed)
    if isinstance(samples, HeldSamples):  # before a teacher answers them all
        require_labels(samples.labels is not None, 0.0 if soft is None or teacher is None else soft.alpha)
    with _threads(context.threads):
        run = _Run(student, knobs, context, samples, masks or {}, what, kept, objectives)
        if teacher is not None and soft is not None:
            run.taught_by(teacher, soft)
        try:
            run.all_epochs()
        finally:
            for objective in objectives:
                objective.detach()
    student.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    if not run.cut_short:
        kept.finish(student, objectives)
    return student.eval()


def _key(
    module: nn.Module,
    knobs: TrainingKnobs,
    context: Context,
    soft: SoftLabels | None,
    masks: Mapping[str, Tensor],
    teacher: nn.Module | None,
    objectives: Sequence[Objective],
) -> list[Any]:
    """Everything that decides what a training ends with."""
    assert context.data is not None
    data = f"{context.data.name}:{context.data.count(TRAIN)}"
    taught = None if soft is None or teacher is None else [asdict(soft), module_sha256(teacher)]
    terms = [[type(objective).__name__, objective.key] for objective in objectives]
    return [asdict(knobs), context.seed, data, str(module), module_sha256(module), masks_hash(masks), taught, terms]


class _Run:
    """One training from its first or next epoch to the last."""

    def __init__(
        self,
        student: nn.Module,
        knobs: TrainingKnobs,
        context: Context,
        samples: Samples,
        masks: Mapping[str, Tensor],
        what: str,
        kept: Checkpoint,
        objectives: Sequence[Objective],
    ) -> None:
        import torch

        self._images_end_in_channels = knobs.augment != "none" and _images_end_in_channels(student, context)
        self._last = knobs.optimizer != "lbfgs" and bears_channels_last(
            student
        )  # L-BFGS reads gradients as flat vectors
        self._student: nn.Module = student
        if self._last:
            self._student = student.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._knobs, self._context, self._samples, self._what, self._kept = knobs, context, samples, what, kept
        self._teach: Callable[[tuple[Tensor, ...], np.ndarray | None, View], Tensor] | None = None
        self._soft: SoftLabels | None = None
        parameters = dict(student.named_parameters())
        self._masked = [(parameters[name], mask) for name, mask in masks.items()]
        self._objectives = objectives
        own = [parameter for objective in objectives for parameter in objective.attach(student)]
        self._optimizer = make_optimizer(student, knobs, own)
        self._peak = knobs.learning_rate or LEARNING_RATES[knobs.optimizer]
        self._steps = max(1, math.ceil(samples.count / knobs.batch_size))
        self._at = Progressed()
        self.cut_short = False

    def taught_by(self, teacher: nn.Module, soft: SoftLabels) -> None:
        """Let a teacher count: its outputs are kept per view where all samples are in memory."""
        self._soft = soft
        samples, context = self._samples, self._context
        if isinstance(samples, HeldSamples):
            outputs = TeacherOutputs(teacher, samples, context.cache or context.scratch, context.cancel, context.emit)
            self._teach = lambda inputs, rows, view: outputs.of(view)[rows]
        else:
            self._teach = lambda inputs, rows, view: teacher_outputs(teacher, inputs)

    def all_epochs(self) -> None:
        """Train what is left, and end with the chosen epoch."""
        knobs = self._knobs
        self._at = self._kept.load(self._student, self._objectives)
        if self._at.optimizer is not None:
            self._optimizer.load_state_dict(self._at.optimizer)
        samples = f"{self._samples.count:,}"
        once, often = (
            f"{self._what}: 1 epoch of {samples} samples",
            f"{self._what}: {knobs.epochs} epochs of {samples} samples",
        )
        self._context.emit(Stage("train", once if knobs.epochs == 1 else often))
        eta = Eta((knobs.epochs - self._at.done) * self._steps)
        first = self._at.done
        for epoch in range(first, knobs.epochs):
            self._epoch(epoch, first, eta)
            self._judge(epoch)
            self._at.done, self._at.optimizer = epoch + 1, self._optimizer.state_dict()
            self._kept.save(self._student, self._at, self._objectives)
            if self._context.cancel.finishing and epoch + 1 < knobs.epochs:
                self.cut_short = True
                said = f"{self._what}: ended after {epoch + 1} of {knobs.epochs} epochs, as asked; the best is kept"
                self._context.emit(Log(said, "warning"))
                break
        if self._at.best is not None:
            self._student.load_state_dict(self._at.best)

    def _epoch(self, epoch: int, first: int, eta: Eta) -> None:
        import torch

        knobs, seed = self._knobs, self._context.seed
        number = epoch % knobs.views if knobs.views else epoch
        view = View(knobs.augment, knobs.shift, seed, number, self._images_end_in_channels)
        generator = torch.Generator().manual_seed(seed * 100_003 + epoch)
        torch.manual_seed(seed * 100_003 + epoch)  # dropout and the like draw from here
        self._student.train()
        total, seen, answers = 0.0, 0, Quality()
        for step, batch in enumerate(self._samples.epoch(epoch, knobs.batch_size, seed)):
            self._context.cancel.check()
            loss, outputs = self._update(batch, view, generator)
            _count(answers, outputs, batch.labels)
            if not math.isfinite(loss):
                raise TechniqueError(
                    "diverged", f"{self._what}: the loss became {loss} in epoch {epoch + 1}", "lower learning_rate"
                )
            count = len(batch.inputs[0])
            total, seen = total + loss * count, seen + count
            done = (epoch - first) * self._steps + step + 1
            if step % REPORT_EVERY == 0 or step + 1 == self._steps:
                whole = (knobs.epochs - first) * self._steps
                self._context.emit(Progress(done, whole, "updates", eta.at(done)))
        self._context.emit(Metric("loss", total / max(seen, 1), epoch + 1))
        if answers.count:
            self._context.emit(Metric(f"training {answers.name}", answers.value, epoch + 1))

    def _update(self, batch: Minibatch, view: View, generator: torch.Generator) -> tuple[float, Tensor]:
        """One update; its loss and what the network answered before it."""
        import torch

        rows = batch.rows
        seen = (_augmented(batch, view, generator), *batch.inputs[1:])
        batch = Minibatch(seen, batch.labels, rows)
        said = None if self._teach is None else self._teach(seen, rows, view)
        share, other = 1.0, None
        if self._knobs.mixup > 0:
            batch, other, share = mixed(batch, self._knobs.mixup, generator)
            said = None if said is None else share * said + (1 - share) * said[other]
        self._set_rate()
        kept: list[Tensor] = []

        def closure() -> Tensor:
            self._optimizer.zero_grad(set_to_none=True)
            outputs = self._answer(batch.inputs)
            loss = self._loss(outputs, batch.labels, said, other, share)
            for objective in self._objectives:
                term = objective.loss(batch.inputs, outputs)
                loss = loss if term is None else loss + term
            loss.backward()  # type: ignore[no-untyped-call]
            if self._knobs.gradient_clip > 0 and self._knobs.optimizer != "lbfgs":  # its line search needs true slopes
                torch.nn.utils.clip_grad_norm_(self._student.parameters(), self._knobs.gradient_clip)
            kept.append(outputs.detach())
            return loss.detach()

        loss = float(self._optimizer.step(closure))  # type: ignore[arg-type]
        with torch.no_grad():
            for objective in self._objectives:
                objective.updated(self._optimizer.param_groups[0]["lr"])
            for parameter, mask in self._masked:
                parameter.masked_fill_(~mask, 0.0)
        return loss, kept[0]

    def _loss(
        self, outputs: Tensor, labels: Tensor | None, said: Tensor | None, other: Tensor | None, share: float
    ) -> Tensor:
        smoothing = self._knobs.label_smoothing
        loss = combined_loss(outputs, labels, said, self._soft, smoothing)
        if other is None or labels is None:
            return loss
        return share * loss + (1 - share) * combined_loss(outputs, labels[other], said, self._soft, smoothing)

    def _set_rate(self) -> None:
        rate = self._peak * schedule(self._knobs.schedule, self._at.updates / (self._steps * self._knobs.epochs))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._at.updates += 1

    def _judge(self, epoch: int) -> None:
        """Remember the best epoch; a difference below one standard error is noise, then the later epoch is taken."""
        if not self._knobs.keep_best:
            return
        found = self._held_out()
        if found.count == 0:
            return
        score, noise = found.value, found.error
        self._context.emit(Metric(f"held-out {found.name}", score, epoch + 1))
        if score >= self._at.best_score - noise:
            self._at.best_score = max(score, self._at.best_score)
            self._at.best = {name: tensor.clone() for name, tensor in self._student.state_dict().items()}

    def _answer(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """Float32 whatever it was computed in: losses and penalties are too fine for bfloat16's eight bits."""
        import torch

        with torch.autocast("cpu", torch.bfloat16, enabled=self._knobs.precision == "bfloat16"):
            outputs = first_output(self._student(*(channels_last(inputs) if self._last else channels_first(inputs))))
        return outputs.float()

    def _held_out(self) -> Quality:
        import torch

        self._student.eval()
        found = Quality()
        with torch.no_grad():
            for batch in self._samples.held_out(500):
                if batch.labels is not None:
                    _count(found, self._answer(batch.inputs), batch.labels)
        return found


def _check_precision(knobs: TrainingKnobs, context: Context, what: str) -> None:
    if knobs.precision == "float32":
        return
    if knobs.optimizer == "lbfgs":
        raise RecipeError(
            "bad-knob", f"{what}: lbfgs compares losses closer than bfloat16 tells apart", "set precision: float32"
        )
    if not this_processor().multiplies_bfloat16:
        said = f"{what}: this processor has no instructions for bfloat16; precision float32 is faster here"
        context.emit(Log(said, "warning"))


def schedule(kind: str, done: float) -> float:
    """Factor on the peak learning rate when a share ``done`` (0..1) of all updates is over."""
    if kind == "one-cycle":
        if done < WARM_UP:
            return 0.04 + 0.96 * done / WARM_UP
        return 0.5 * (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP)))
    if kind == "cosine":
        return 0.5 * (1 + math.cos(math.pi * done))
    if kind == "step":
        return float(0.1 ** int(3 * done))
    return 1.0


def make_optimizer(
    module: nn.Module, knobs: TrainingKnobs, extra: Sequence[nn.Parameter] = ()
) -> torch.optim.Optimizer:
    """The optimizer; biases, normalisation and ``extra`` parameters are not decayed."""
    import torch

    rate = knobs.learning_rate or LEARNING_RATES[knobs.optimizer]
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    free = [p for p in trained if p.ndim <= 1] + list(extra)
    if knobs.optimizer == "lbfgs":
        return torch.optim.LBFGS([*trained, *extra], lr=rate, max_iter=4, line_search_fn="strong_wolfe")
    groups: list[dict[str, Any]] = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": knobs.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    if knobs.optimizer == "adam":
        return torch.optim.Adam(groups, lr=rate)
    if knobs.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=rate)
    momentum = 0.9 if knobs.optimizer == "momentum" else 0.0
    return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=momentum > 0)


def _images_end_in_channels(module: nn.Module, context: Context) -> bool:
    """Whether it reads ``[n, h, w, c]``, as Keras' networks do."""
    from .channel_axis import channels_are_last

    assert context.data is not None
    first, *rest = [TensorSpec(i.name, (None, *i.shape), i.dtype) for i in context.data.contract.inputs]
    return len(first.shape) == 4 and channels_are_last(module, [first, *rest])


def _augmented(batch: Minibatch, view: View, generator: torch.Generator) -> Tensor:
    import numpy as np
    import torch

    rows = batch.rows
    if rows is None:
        drawn = int(torch.randint(2**31, (1,), generator=generator))
        view, rows = replace(view, seed=drawn), np.arange(len(batch.inputs[0]))
    return view.apply(batch.inputs[0], rows)


def _count(found: Quality, outputs: Tensor, labels: Tensor | None) -> None:
    """Count answers that labels can judge; a teacher alone may train outputs of another kind."""
    if labels is None:
        return
    if labels.is_floating_point():
        fits = outputs.numel() == labels.numel()
    else:
        fits = outputs.ndim == labels.ndim + 1 and outputs.shape[2:] == labels.shape[1:]
    if fits:
        found.add(outputs, labels)


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
