"""Training: the same by seed, cancelled, killed and resumed, with every optimizer, schedule and penalty."""

import copy
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from engine.compress.losses import SoftLabels
from engine.compress.memory_order import bears_channels_last, channels_first
from engine.compress.objectives import Objective, jacobian_norm, weight_penalty
from engine.compress.processor import Processor
from engine.compress.technique import Context
from engine.compress.training import schedule, train
from engine.compress.training_data import HeldSamples, StreamedSamples, View, training_samples
from engine.compress.training_knobs import AUGMENTATIONS, OPTIMIZERS, PENALTIES, SCHEDULES, TrainingKnobs
from engine.errors import Cancelled, DataError, RecipeError, TechniqueError
from engine.events import Cancel, Log, Metric, Progress
from engine.model.data import DataView
from tests.engine.compress.toys import context_for, state_of, toy_data

KNOBS = TrainingKnobs(epochs=2, batch_size=40, holdout=0.0, keep_best=False)


def weights(module):
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def same(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


def trained(name="dense", context=None, module=None, knobs=KNOBS, **options):
    return weights(
        train(module or state_of(name).module, knobs, context or context_for(name), what="training", **options)
    )


def test_that_a_network_learns_and_the_given_one_stays():
    module = state_of("dense").module
    before = weights(module)
    metrics = []
    context = replace(context_for("dense"), emit=lambda e: metrics.append(e) if isinstance(e, Metric) else None)
    train(module, replace(KNOBS, epochs=8), context, what="training")
    assert same(before, weights(module))
    accuracy = [metric.value for metric in metrics if metric.name == "training accuracy"]
    assert len(accuracy) == 8
    assert accuracy[-1] > 0.95 > accuracy[0]


def test_that_the_seed_alone_decides_the_result():
    assert same(trained(), trained())
    assert not same(trained(), trained(context=context_for("dense", seed=1)))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_that_every_optimizer_lowers_the_loss(optimizer):
    losses = []
    context = replace(
        context_for("dense"),
        emit=lambda e: losses.append(e.value) if isinstance(e, Metric) and e.name == "loss" else None,
    )
    trained(context=context, knobs=replace(KNOBS, optimizer=optimizer, epochs=10))
    assert losses[-1] < 0.8 * losses[0]


def test_that_l_bfgs_trains_a_network_whose_gradients_others_keep_in_another_memory_order():
    assert bears_channels_last(state_of("mobile").module)
    losses = []
    context = replace(
        context_for("mobile"),
        emit=lambda e: losses.append(e.value) if isinstance(e, Metric) and e.name == "loss" else None,
    )
    trained("mobile", context, knobs=replace(KNOBS, optimizer="lbfgs", epochs=2))
    assert losses[1] < losses[0]


def test_that_bfloat16_learns_as_well_and_keeps_its_weights_in_float32():
    metrics = []
    context = replace(context_for("dense"), emit=lambda e: metrics.append(e) if isinstance(e, Metric) else None)
    rough = trained(context=context, knobs=replace(KNOBS, epochs=8, precision="bfloat16"))
    assert [m.value for m in metrics if m.name == "training accuracy"][-1] > 0.95
    assert {tensor.dtype for tensor in rough.values() if tensor.is_floating_point()} == {torch.float32}
    exact = trained(knobs=replace(KNOBS, epochs=8))
    assert not same(rough, exact)


@pytest.mark.parametrize(("isa", "warnings"), [({"avx2"}, 1), ({"amx_bf16"}, 0), ({"bf16"}, 0)])
def test_that_bfloat16_without_instructions_for_it_is_warned_about(isa, warnings, monkeypatch):
    monkeypatch.setattr("engine.compress.training.this_processor", lambda: Processor("x86_64", frozenset(isa)))
    said = []
    context = replace(context_for("dense"), emit=lambda e: said.append(e) if isinstance(e, Log) else None)
    trained(context=context, knobs=replace(KNOBS, epochs=1, precision="bfloat16"))
    assert len([log for log in said if "bfloat16" in log.message]) == warnings


def test_that_bfloat16_and_lbfgs_are_refused_together():
    with pytest.raises(RecipeError, match="bfloat16") as caught:
        trained(knobs=replace(KNOBS, optimizer="lbfgs", precision="bfloat16"))
    assert "precision" in caught.value.remedy


def test_that_plain_sgd_makes_the_step_of_its_formula():
    state, context = state_of("logistic"), context_for("logistic")
    knobs = replace(
        KNOBS, epochs=1, optimizer="sgd", schedule="constant", learning_rate=0.3, batch_size=160, weight_decay=0.0
    )
    batch = next(context.data.batches("train", 160))
    x, y = batch.inputs[0].astype(np.float64), batch.labels
    w, b = (p.detach().numpy().astype(np.float64) for p in state.module.parameters())
    p = np.exp(x @ w.T + b)
    p /= p.sum(1, keepdims=True)
    slope = (p - np.eye(4)[y]) / len(y)
    after = trained("logistic", context, state.module, replace(knobs, gradient_clip=0.0))
    assert np.allclose(after["linear.weight"], w - 0.3 * slope.T @ x, atol=1e-5)
    assert np.allclose(after["linear.bias"], b - 0.3 * slope.sum(0), atol=1e-5)


def test_that_l_bfgs_reaches_the_minimum_that_newton_finds():
    context = context_for("logistic")
    knobs = replace(
        KNOBS, epochs=30, optimizer="lbfgs", schedule="constant", batch_size=160, gradient_clip=0.0, weight_decay=0.0
    )
    module = train(state_of("logistic").module, knobs, context, what="training")
    batch = next(context.data.batches("train", 160))
    with torch.no_grad():
        loss = float(
            nn.functional.cross_entropy(module(torch.from_numpy(batch.inputs[0])), torch.from_numpy(batch.labels))
        )
    assert loss < 0.01  # the classes can be told apart, so the minimum is 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("constant", [1, 1, 1, 1]),
        ("cosine", [1, 0.5 * (1 + math.cos(math.pi * 0.1)), 0.5, 0.5 * (1 + math.cos(0.9 * math.pi))]),
        ("step", [1, 1, 0.1, 0.01]),
        ("one-cycle", [0.04, 0.52, 0.5 * (1 + math.cos(math.pi * 0.375)), 0.5 * (1 + math.cos(math.pi * 0.875))]),
    ],
)
def test_that_schedules_follow_their_formulas(kind, expected):
    assert [schedule(kind, done) for done in (0, 0.1, 0.5, 0.9)] == pytest.approx(expected)


@pytest.mark.parametrize("kind", SCHEDULES)
def test_that_every_schedule_trains(kind):
    assert not same(trained(knobs=replace(KNOBS, schedule=kind)), weights(state_of("dense").module))


@pytest.mark.parametrize("augment", AUGMENTATIONS)
def test_that_every_augmentation_trains_images(augment):
    knobs = replace(KNOBS, epochs=1, augment=augment, mixup=0.2, label_smoothing=0.1)
    assert all(tensor.isfinite().all() for tensor in trained("residual", knobs=knobs).values())


def test_that_a_view_shifts_and_flips_by_its_seed_and_repeats_the_border():
    images = torch.arange(2 * 5 * 5, dtype=torch.float32).reshape(2, 1, 5, 5)
    rows = np.arange(2)
    view = View("shift-flip", 1, 4, 2)
    draw = np.random.default_rng([4, 2, 77]).random((2, 3))
    for row in rows:
        dy, dx = np.floor(draw[row, :2] * 3).astype(int) - 1
        image = images[row, 0].numpy()
        x = np.arange(5) if draw[row, 2] < 0.5 else np.arange(5)[::-1]
        expected = image[np.clip(np.arange(5) + dy, 0, 4)][:, np.clip(x + dx, 0, 4)]
        assert np.array_equal(view.apply(images, rows)[row, 0], expected)


class ChannelsLast(DataView):
    """Images as Keras' networks read them."""

    def __init__(self, data):
        super().__init__(data)
        first = data.contract.inputs[0]
        self.contract = replace(data.contract, inputs=[replace(first, shape=[*first.shape[1:], first.shape[0]])])

    def seen(self, batch):
        return replace(batch, inputs=(np.ascontiguousarray(batch.inputs[0].transpose(0, 2, 3, 1)),))


class Turned(nn.Module):
    """Reads such images and hands them on with channels first."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x.permute(0, 3, 1, 2))


@pytest.mark.parametrize("augment", [name for name in AUGMENTATIONS if name != "none"])
def test_that_images_with_channels_last_are_augmented_like_those_with_channels_first(augment):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 6 * 6, 3))
    data = toy_data((3, 8, 8), 3, count=80)
    knobs = replace(KNOBS, epochs=1, augment=augment)
    first = trained(context=Context(data, 0, threads=1), module=network, knobs=knobs)
    last = trained(context=Context(ChannelsLast(data), 0, threads=1), module=Turned(network), knobs=knobs)
    for name, tensor in first.items():
        torch.testing.assert_close(last[f"network.{name}"], tensor)


@pytest.mark.parametrize("name", ["residual", "dense"])
def test_that_a_killed_training_resumes_to_the_same_weights(tmp_path, name):
    knobs = replace(KNOBS, epochs=3, optimizer="adamw", augment="shift", penalty="jacobian")
    whole = trained(name, knobs=knobs)
    context = context_for(name, scratch=tmp_path)
    cancel, seen = Cancel(), []

    def stop(event):
        if isinstance(event, Metric) and event.name == "loss":
            seen.append(event)
        if len(seen) == 2 and isinstance(event, Progress):
            cancel.set()

    with pytest.raises(Cancelled):
        trained(name, replace(context, emit=stop, cancel=cancel), knobs=knobs)
    resumed = []
    final = trained(
        name,
        replace(context, emit=lambda e: resumed.append(e) if isinstance(e, Metric) and e.name == "loss" else None),
        knobs=knobs,
    )
    assert [metric.step for metric in resumed] == [3]
    assert same(whole, final)
    assert same(whole, trained(name, replace(context, emit=lambda e: pytest.fail("trained again")), knobs=knobs))


def test_that_a_training_asked_to_finish_ends_with_its_epoch_and_is_not_taken_for_a_whole_one(tmp_path):
    knobs = replace(KNOBS, epochs=3)
    whole = trained(knobs=knobs)
    context, cancel, seen = context_for("dense", scratch=tmp_path), Cancel(), []

    def finish(event):
        if isinstance(event, Metric) and event.name == "loss":
            seen.append(event.step)
            cancel.finish()

    short = trained(context=replace(context, emit=finish, cancel=cancel), knobs=knobs)
    assert seen == [1]
    assert not same(short, whole)
    assert same(whole, trained(context=context, knobs=knobs)), "run again, it goes on where it was left"


def test_that_a_damaged_checkpoint_is_trained_again(tmp_path):
    context = context_for("dense", scratch=tmp_path)
    whole = trained(context=context)
    (path,) = tmp_path.glob("train-*")
    path.write_bytes(path.read_bytes()[:-3])
    assert same(whole, trained(context=context))


def test_that_another_mask_teacher_or_knob_is_another_checkpoint(tmp_path):
    context = context_for("dense", scratch=tmp_path)
    state = state_of("dense")
    masks = {"head.weight": torch.ones_like(state.module.head.weight, dtype=torch.bool)}
    for options in ({}, {"masks": masks}, {"soft": SoftLabels(), "teacher": state.module}):
        trained(context=context, **options)
    trained(context=context, knobs=replace(KNOBS, penalty="l1"))
    assert len(list(tmp_path.glob("*done.pt"))) == 4


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_that_a_loss_that_is_no_number_is_told_with_its_remedy():
    with pytest.raises(TechniqueError, match="loss became") as caught:
        trained(knobs=replace(KNOBS, learning_rate=10.0, epochs=40, gradient_clip=0.0, optimizer="momentum"))
    assert "learning_rate" in caught.value.remedy


def test_that_training_without_data_or_labels_is_refused():
    with pytest.raises(DataError, match="training data"):
        trained(context=replace(context_for("dense"), data=None))
    with pytest.raises(TechniqueError, match="no labels"):
        trained(context=replace(context_for("dense"), data=toy_data((20,), 4, labels=False)))


def test_that_a_label_no_class_has_is_refused():
    with pytest.raises(TechniqueError, match="label 6"):
        trained(context=replace(context_for("dense"), data=toy_data((20,), 7)))


def test_that_masked_weights_stay_zero_under_momentum_and_decay():
    module = state_of("dense").module
    mask = torch.rand(module.head.weight.shape) > 0.5
    with torch.no_grad():
        module.head.weight.masked_fill_(~mask, 0)
    after = trained(module=module, masks={"head.weight": mask}, knobs=replace(KNOBS, optimizer="momentum"))
    assert torch.equal(after["head.weight"] != 0, mask)


def test_that_the_teacher_is_not_changed_and_a_student_that_equals_it_has_nothing_to_learn():
    teacher = state_of("dense").module
    before = weights(teacher)
    knobs = replace(KNOBS, optimizer="sgd", weight_decay=0.0)
    after = trained(knobs=knobs, soft=SoftLabels(alpha=1.0), teacher=teacher)
    assert same(before, weights(teacher))
    assert all(torch.allclose(after[name], before[name], atol=1e-5) for name in before)


def test_that_teacher_outputs_are_kept_in_the_cache_and_read_again(tmp_path):
    context = context_for("residual", cache=tmp_path)
    options = {"soft": SoftLabels(), "teacher": state_of("residual").module, "knobs": replace(KNOBS, augment="shift")}
    first = trained("residual", context, **options)
    files = sorted((tmp_path / "teacher").iterdir())
    assert len(files) == 2  # one view per epoch
    stamps = [path.stat().st_mtime_ns for path in files]
    files[0].write_bytes(files[0].read_bytes()[:100])  # cut by a crash
    assert same(first, trained("residual", context, **options))
    assert [path.stat().st_mtime_ns for path in files][1] == stamps[1]


def test_that_the_best_epoch_on_samples_kept_apart_is_chosen():
    scores, context = [], context_for("dense")
    context = replace(
        context,
        emit=lambda e: scores.append(e.value) if isinstance(e, Metric) and e.name == "held-out accuracy" else None,
    )
    knobs = replace(KNOBS, epochs=4, holdout=0.25, keep_best=True)
    module = train(state_of("dense").module, knobs, context, what="training")
    samples = training_samples(context.data, holdout=0.25, seed=0)
    (batch,) = samples.held_out(500)
    with torch.no_grad():
        accuracy = float((module(*batch.inputs).argmax(1) == batch.labels).float().mean())
    assert accuracy >= max(scores) - math.sqrt(0.25 / len(batch.labels))
    assert set(samples._held) & set(samples.rows) == set()


def test_that_data_too_large_for_memory_is_streamed():
    data = toy_data((20,), 4)
    assert isinstance(training_samples(data), HeldSamples)
    samples = training_samples(data, in_memory_bytes=1000)
    assert isinstance(samples, StreamedSamples)
    assert sum(len(batch.labels) for batch in samples.epoch(0, 33, 1)) == 160


def test_that_training_strided_pointwise_convolutions_of_few_channels_avoids_the_order_that_breaks_memory():
    def net(inputs):
        return nn.Sequential(nn.Conv2d(3, inputs, 3), nn.Conv2d(inputs, 8, 1, stride=2))

    assert not bears_channels_last(net(6))
    assert not bears_channels_last(net(8))
    assert bears_channels_last(net(16))
    assert bears_channels_last(nn.Sequential(nn.Conv2d(6, 8, 3, stride=2)))


def test_that_images_of_one_channel_do_not_bring_the_other_memory_order():
    images = torch.zeros(3, 4, 5, 1).permute(0, 3, 1, 2)
    assert images.is_contiguous()
    assert nn.Conv2d(1, 2, 3)(images).is_contiguous(memory_format=torch.channels_last)  # what torch makes of them
    (first,) = channels_first((images,))
    assert nn.Conv2d(1, 2, 3)(first).is_contiguous()


def test_that_a_network_over_volumes_is_trained():
    network = nn.Sequential(
        nn.Conv3d(1, 4, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(4, 3)
    )
    context = replace(context_for("dense"), data=toy_data((1, 4, 4, 4), 3))
    after = train(network, KNOBS, context, what="training")
    assert not torch.equal(after[0].weight, network[0].weight)


@pytest.mark.parametrize("kind", [kind for kind in PENALTIES if kind not in ("none", "jacobian")])
def test_that_penalties_of_weights_equal_their_formulas(kind):
    torch.manual_seed(0)
    weight = torch.randn(6, 3, 3, 3, dtype=torch.float64)
    matrix = weight.numpy().reshape(6, -1)
    values = np.linalg.svd(matrix, compute_uv=False)
    expected = {
        "l1": np.abs(matrix).sum(), "nuclear": values.sum(), "spectral": values[0] ** 2, "frobenius": np.linalg.norm(matrix),
    }  # fmt: skip
    assert float(weight_penalty(kind, weight)) == pytest.approx(expected[kind], rel=2e-2)


def test_that_the_jacobian_penalty_of_a_linear_map_is_the_norm_of_its_matrix():
    torch.manual_seed(0)
    linear = nn.Linear(5, 3)
    inputs = torch.randn(4000, 5)
    assert float(jacobian_norm(linear, (inputs,)).detach()) == pytest.approx(
        float(linear.weight.detach().pow(2).sum()), rel=0.05
    )


@pytest.mark.parametrize("kind", PENALTIES[1:])
def test_that_a_penalty_shrinks_what_it_measures(kind):
    def measured(module):
        if kind == "jacobian":
            torch.manual_seed(0)
            return float(jacobian_norm(module, (torch.randn(500, 20),)).detach())
        return float(sum(weight_penalty(kind, layer.weight.detach()) for layer in (module.head, module.layers[0])))

    knobs, weight = replace(KNOBS, epochs=3), 1.0 if kind in ("jacobian", "frobenius") else 0.05
    plain = train(state_of("dense").module, knobs, context_for("dense"), what="training")
    held = train(
        state_of("dense").module,
        replace(knobs, penalty=kind, penalty_weight=weight),
        context_for("dense"),
        what="training",
    )
    assert measured(held) < 0.9 * measured(plain)


class Pull(Objective):
    """Draws the classifier's bias to a learned value of its own; counts its calls."""

    def __init__(self):
        self.key = "pull"
        self.goal = nn.Parameter(torch.full((4,), 3.0))
        self.updates, self.detached = 0, 0

    def attach(self, student):
        self.student = student
        return [self.goal]

    def loss(self, inputs, outputs):
        return 10 * (self.student.head.bias - self.goal).pow(2).sum()

    def updated(self, rate):
        assert rate >= 0
        self.updates += 1

    def state(self):
        return {"goal": self.goal}

    def detach(self):
        self.detached += 1


def test_that_an_objective_trains_its_own_parameters_and_they_come_back_from_the_checkpoint(tmp_path):
    context = context_for("dense", scratch=tmp_path)
    first, again = Pull(), Pull()
    after = trained(context=context, objectives=[first])
    assert first.updates == 2 * 4
    assert first.detached == 1
    assert not torch.equal(first.goal, torch.full((4,), 3.0))
    assert torch.allclose(after["head.bias"], first.goal, atol=0.5)
    trained(context=context, objectives=[again])
    assert again.updates == 0
    assert torch.equal(first.goal, again.goal)


def test_that_no_epochs_train_nothing():
    module = state_of("dense").module
    untouched = copy.deepcopy(module.state_dict())
    assert same(untouched, trained(module=module, knobs=replace(KNOBS, epochs=0)))
