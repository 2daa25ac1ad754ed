"""The one training loop: every technique that trains uses it.

Deterministic by seed, resumes after a kill at the last finished epoch with bit-identical weights, keeps masks in force after
every step, reports progress with the remaining time, and stops between steps when asked.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError, TechniqueError
from ..events import Eta, Metric, Progress, Stage
from ..model.data import TRAIN, DataSet
from .technique import Context

if TYPE_CHECKING:
    import torch
    from torch import nn

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
SCHEDULES = ("one-cycle", "cosine", "step", "constant")
AUGMENTATIONS = ("none", "flip-shift", "shift")


@dataclass(frozen=True)
class TrainingPlan:
    """How to train.

    Attributes:
        epochs: passes over the data. batch_size: samples per step.
        learning_rate: the peak of the schedule.
        views: number of different augmentations of the whole set that epochs cycle through; teacher outputs are cached
            per view.
        mixup: share of the second image is drawn from Beta(mixup, mixup); 0 switches it off (Zhang et al. 2018).
    """

    epochs: int = 8
    batch_size: int = 128
    learning_rate: float = 0.01
    optimizer: str = "momentum"
    schedule: str = "one-cycle"
    weight_decay: float = 1e-4
    augmentation: str = "flip-shift"
    views: int = 4
    mixup: float = 0.0
    clip: float = 5.0
    limit: int | None = None


Loss = Callable[["torch.Tensor", "torch.Tensor", "torch.Tensor | None"], "torch.Tensor"]
"""``loss(outputs, labels, teacher_outputs)``; labels are class indices, or one-hot rows under mixup."""


def train(
    module: nn.Module,
    plan: TrainingPlan,
    loss: Loss,
    context: Context,
    *,
    tag: str,
    masks: Mapping[str, torch.Tensor] | None = None,
    teacher: nn.Module | None = None,
) -> nn.Module:
    """Train a copy of ``module`` and return it in evaluation mode.

    Args:
        module: not changed.
        plan: how.
        loss: what to minimise.
        context: data, seed, progress, cancel; checkpoints go into its scratch folder.
        tag: says in checkpoints and progress what is trained.
        masks: parameter name to boolean tensor; masked weights stay zero.
        teacher: its outputs are computed once per view and given to ``loss``.

    Raises:
        DataError: there is no labelled training data.
        TechniqueError: the loss became infinite or not a number.
        Cancelled: asked to stop; the last finished epoch is kept.
    """
    import torch

    if context.data is None or context.data.count(TRAIN) == 0:
        raise DataError("no-training-data", f"{tag} needs training data with labels", "give --data with a train part")
    student = copy.deepcopy(module)
    if plan.epochs == 0:
        return student.eval()
    if context.threads is not None:
        torch.set_num_threads(context.threads)
    keep = _Checkpoint(context, tag, student, plan, teacher)
    if keep.load_finished(student):
        return student.eval()
    images, labels = _in_memory(context.data, plan.limit)
    views = _Views(images, plan, context, teacher, keep.folder)
    run = _Run(student, plan, loss, context, masks or {}, labels)
    start = keep.load_epoch(student, run.optimizer, run.scheduler)
    context.emit(Stage("train", f"{tag}, {plan.epochs} epochs of {len(labels):,} samples"))
    eta = Eta((plan.epochs - start) * run.steps)
    for epoch in range(start, plan.epochs):
        view, outputs = views.get(epoch % max(plan.views, 1))
        run.epoch(epoch, start, view, outputs, eta)
        keep.save_epoch(student, run.optimizer, run.scheduler, epoch + 1)
    keep.save_finished(student)
    return student.eval()


class _Run:
    """State of one training: optimizer, schedule, masks."""

    def __init__(
        self,
        student: nn.Module,
        plan: TrainingPlan,
        loss: Loss,
        context: Context,
        masks: Mapping[str, torch.Tensor],
        labels: torch.Tensor,
    ) -> None:
        import torch

        self._student = student.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._plan, self._loss, self._context, self._labels = plan, loss, context, labels
        self.steps = max(len(labels) // plan.batch_size, 1)
        self.optimizer = _optimizer(student, plan)
        self.scheduler = _scheduler(self.optimizer, plan, plan.epochs * self.steps)
        parameters = dict(student.named_parameters())
        self._masked = [(parameters[name], mask) for name, mask in masks.items()]

    def epoch(self, epoch: int, start: int, images: torch.Tensor, outputs: torch.Tensor | None, eta: Eta) -> None:
        import torch

        generator = torch.Generator().manual_seed(self._context.seed * 100_003 + epoch)
        order = torch.randperm(len(self._labels), generator=generator)
        self._student.train()
        total, right, seen = 0.0, 0, 0
        for step in range(self.steps):
            self._context.cancel.check()
            rows = order[step * self._plan.batch_size : (step + 1) * self._plan.batch_size]
            loss, hits = self._step(
                images[rows], self._labels[rows], None if outputs is None else outputs[rows], generator
            )
            total, right, seen = total + loss, right + hits, seen + len(rows)
            done = (epoch - start) * self.steps + step + 1
            if step % 8 == 7 or step == self.steps - 1:
                whole = (self._plan.epochs - start) * self.steps
                self._context.emit(Progress(done, whole, "steps", eta.at(done)))
        if not np.isfinite(total):
            raise TechniqueError("diverged", f"the loss became {total} in epoch {epoch + 1}", "lower the learning rate")
        self._context.emit(Metric("loss", total / self.steps, epoch + 1))
        self._context.emit(Metric("train accuracy", right / max(seen, 1), epoch + 1))

    def _step(
        self, images: torch.Tensor, labels: torch.Tensor, outputs: torch.Tensor | None, generator: torch.Generator
    ) -> tuple[float, int]:
        import torch

        targets = labels
        if self._plan.mixup > 0:
            images, targets, outputs = _mixed(images, labels, outputs, self._plan.mixup, generator)
        predicted = self._student(images.contiguous(memory_format=torch.channels_last) if images.dim() == 4 else images)
        loss = self._loss(predicted, targets, outputs)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if self._plan.clip > 0:
            torch.nn.utils.clip_grad_norm_(self._student.parameters(), self._plan.clip)
        self.optimizer.step()
        self.scheduler.step()
        with torch.no_grad():
            for parameter, mask in self._masked:
                parameter.mul_(mask)
            hits = int((predicted.argmax(dim=1) == labels).sum()) if predicted.dim() == 2 else 0
        return float(loss.detach()), hits


def _mixed(
    images: torch.Tensor, labels: torch.Tensor, outputs: torch.Tensor | None, alpha: float, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]:
    """Mixup of images, one-hot labels and teacher outputs with one partner per image."""
    import torch
    from torch.nn.functional import one_hot

    seed = int(torch.randint(0, 2**31 - 1, (1,), generator=generator))
    share = float(np.random.default_rng(seed).beta(alpha, alpha))
    partner = torch.randperm(len(images), generator=generator)
    classes = int(outputs.shape[1]) if outputs is not None else int(labels.max()) + 1
    hot = one_hot(labels, classes).to(images.dtype)
    mixed = share * images + (1 - share) * images[partner]
    soft = None if outputs is None else share * outputs + (1 - share) * outputs[partner]
    return mixed, share * hot + (1 - share) * hot[partner], soft


def _optimizer(student: nn.Module, plan: TrainingPlan) -> torch.optim.Optimizer:
    import torch

    decayed = [p for p in student.parameters() if p.requires_grad and p.dim() > 1]
    plain = [p for p in student.parameters() if p.requires_grad and p.dim() <= 1]
    groups = [{"params": decayed, "weight_decay": plan.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    if plan.optimizer == "adam":
        return torch.optim.Adam(groups, lr=plan.learning_rate)
    if plan.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=plan.learning_rate)
    momentum = 0.9 if plan.optimizer == "momentum" else 0.0
    return torch.optim.SGD(groups, lr=plan.learning_rate, momentum=momentum, nesterov=momentum > 0)


def _scheduler(
    optimizer: torch.optim.Optimizer, plan: TrainingPlan, steps: int
) -> torch.optim.lr_scheduler.LRScheduler:
    from torch.optim import lr_scheduler

    if plan.schedule == "one-cycle":
        return lr_scheduler.OneCycleLR(optimizer, plan.learning_rate, total_steps=max(steps, 4) + 1, pct_start=0.2)
    if plan.schedule == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimizer, max(steps, 1))
    if plan.schedule == "step":
        return lr_scheduler.StepLR(optimizer, max(steps // 3, 1), 0.1)
    return lr_scheduler.ConstantLR(optimizer, 1.0)


def _in_memory(data: DataSet, limit: int | None) -> tuple[torch.Tensor, torch.Tensor]:
    """The training part as tensors; single-input models only."""
    import torch

    inputs, labels = [], []
    for batch in data.batches(TRAIN, 1000, limit=limit):
        if batch.labels is None or len(batch.inputs) != 1:
            raise DataError("no-labels", f"{data.name} has no labels for one input", "give labelled data")
        inputs.append(batch.inputs[0])
        labels.append(batch.labels)
    return torch.from_numpy(np.concatenate(inputs)), torch.from_numpy(np.concatenate(labels).astype(np.int64))


class _Views:
    """Augmented copies of the training set and the teacher's outputs on each, made once and kept on disk."""

    def __init__(
        self, images: torch.Tensor, plan: TrainingPlan, context: Context, teacher: nn.Module | None, folder: Path | None
    ) -> None:
        self._images, self._plan, self._context, self._teacher, self._folder = images, plan, context, teacher, folder

    def get(self, number: int) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Images and teacher outputs of one view."""
        view = augment(self._images, self._plan.augmentation, self._context.seed * 1009 + number)
        return view, None if self._teacher is None else self._outputs(number, view)

    def _outputs(self, number: int, view: torch.Tensor) -> torch.Tensor:
        import torch

        assert self._teacher is not None
        path = None
        if self._folder is not None:
            key = [self._plan.augmentation, self._context.seed, number, len(view), _weights_hash(self._teacher)]
            path = self._folder / f"teacher-{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]}.npy"
            if path.exists():
                return torch.from_numpy(np.load(path, allow_pickle=False))
        self._context.emit(Stage("teacher", f"view {number + 1} of {self._plan.views}"))
        outputs = teacher_outputs(self._teacher, view, self._context)
        if path is not None:
            temporary = path.with_suffix(".new.npy")
            np.save(temporary, outputs.numpy())
            temporary.replace(path)
        return outputs


def teacher_outputs(teacher: nn.Module, images: torch.Tensor, context: Context, batch: int = 500) -> torch.Tensor:
    """Outputs of the teacher, which is not trained: ``[n, classes]``."""
    import torch

    frozen = copy.deepcopy(teacher).eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    parts = []
    eta = Eta(len(images))
    with torch.no_grad():
        for start in range(0, len(images), batch):
            context.cancel.check()
            parts.append(frozen(images[start : start + batch].contiguous(memory_format=torch.channels_last)).float())
            context.emit(Progress(start + batch, len(images), "samples", eta.at(start + batch)))
    return torch.cat(parts)


def augment(images: torch.Tensor, kind: str, seed: int) -> torch.Tensor:
    """Flip half of the images and shift each by up to two pixels; the same for the same seed.

    Args:
        images: ``[n, c, h, w]``; other shapes are returned as they are.
        kind: see :data:`AUGMENTATIONS`.
        seed: of this view.
    """
    import torch

    if kind == "none" or images.dim() != 4:
        return images
    generator = torch.Generator().manual_seed(seed)
    count, _, height, width = images.shape
    out = images.clone()
    if kind == "flip-shift":
        flipped = torch.rand(count, generator=generator) < 0.5
        out[flipped] = out[flipped].flip(3)
    shifts = torch.randint(-2, 3, (count, 2), generator=generator)
    rows = (torch.arange(height)[None, :] - shifts[:, :1]).clamp(0, height - 1)
    columns = (torch.arange(width)[None, :] - shifts[:, 1:]).clamp(0, width - 1)
    index = torch.arange(count)[:, None, None]
    shifted: torch.Tensor = out.permute(0, 2, 3, 1)[index, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    return shifted.contiguous()


def _weights_hash(module: nn.Module) -> str:
    digest = hashlib.sha256()
    for name, tensor in module.state_dict().items():
        digest.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


class _Checkpoint:
    """Files of one training in the scratch folder: the finished weights, or the state after an epoch."""

    def __init__(
        self, context: Context, tag: str, student: nn.Module, plan: TrainingPlan, teacher: nn.Module | None
    ) -> None:
        self.folder = context.scratch
        taught = "" if teacher is None else _weights_hash(teacher)
        key = [tag, asdict(plan), context.seed, str(student), _weights_hash(student), taught]
        self._name = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)

    def _path(self, what: str) -> Path | None:
        return None if self.folder is None else self.folder / f"train-{self._name}-{what}"

    def load_finished(self, student: nn.Module) -> bool:
        """Take over the finished weights, where there are some."""
        path = self._path("done.safetensors")
        if path is None or not path.exists():
            return False
        from safetensors.torch import load_file

        student.load_state_dict(load_file(path))
        return True

    def save_finished(self, student: nn.Module) -> None:
        """Keep the finished weights; the epoch's state is no longer needed."""
        path, epoch = self._path("done.safetensors"), self._path("epoch.pt")
        if path is None or epoch is None:
            return
        from safetensors.torch import save_file

        temporary = path.with_suffix(".new")
        save_file({name: tensor.contiguous() for name, tensor in student.state_dict().items()}, temporary)
        temporary.replace(path)
        epoch.unlink(missing_ok=True)

    def save_epoch(
        self,
        student: nn.Module,
        optimizer: torch.optim.Optimizer,
        scheduler: torch.optim.lr_scheduler.LRScheduler,
        done: int,
    ) -> None:
        """Keep everything an epoch needs to go on."""
        path = self._path("epoch.pt")
        if path is None:
            return
        import torch

        state = {"student": student.state_dict(), "optimizer": optimizer.state_dict(), "done": done}
        state["scheduler"] = {k: v for k, v in scheduler.state_dict().items() if isinstance(v, (int, float, list, str))}
        temporary = path.with_suffix(".new")
        torch.save(state, temporary)
        temporary.replace(path)

    def load_epoch(
        self,
        student: nn.Module,
        optimizer: torch.optim.Optimizer,
        scheduler: torch.optim.lr_scheduler.LRScheduler,
    ) -> int:
        """Go on after the last finished epoch; returns how many are done."""
        path = self._path("epoch.pt")
        if path is None or not path.exists():
            return 0
        import torch

        state = torch.load(path, weights_only=True)
        student.load_state_dict(state["student"])
        optimizer.load_state_dict(state["optimizer"])
        scheduler.load_state_dict(state["scheduler"])
        return int(state["done"])


def cross_entropy(label_smoothing: float = 0.0) -> Loss:
    """Plain training on labels."""
    from torch.nn import functional

    def loss(outputs: torch.Tensor, labels: torch.Tensor, teacher: torch.Tensor | None) -> torch.Tensor:
        return functional.cross_entropy(outputs, labels, label_smoothing=label_smoothing)

    return loss


def distillation(temperature: float, alpha: float, kind: str) -> Loss:
    """``alpha * T^2 * KL(teacher/T || student/T) + (1 - alpha) * CE`` (Hinton, Vinyals, Dean 2015); or CE or MSE on logits."""
    from torch.nn import functional

    def loss(outputs: torch.Tensor, labels: torch.Tensor, teacher: torch.Tensor | None) -> torch.Tensor:
        if teacher is None:
            raise TechniqueError("no-teacher", "distillation needs the teacher's outputs", "distil from a torch model")
        if kind == "mse":
            soft = functional.mse_loss(outputs, teacher)
        elif kind == "ce":
            soft = (
                functional.cross_entropy(outputs / temperature, (teacher / temperature).softmax(dim=1)) * temperature**2
            )
        else:
            soft = functional.kl_div(
                functional.log_softmax(outputs / temperature, dim=1),
                functional.log_softmax(teacher / temperature, dim=1),
                reduction="batchmean",
                log_target=True,
            ) * (temperature**2)
        hard = functional.cross_entropy(outputs, labels)
        return alpha * soft + (1 - alpha) * hard

    return loss
