"""A teacher's outputs: those of the module, whichever kernels compute them, kept by content."""

import numpy as np
import pytest
import torch
from torch import nn

from engine.compress import teacher as teachers
from engine.compress.teacher import TeacherOutputs, teacher_outputs
from engine.compress.training_data import HeldSamples, View
from engine.events import Cancel

VIEW = View("shift-flip", 2, 0, 1)


def network() -> nn.Module:
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 4)]
    module = nn.Sequential(*layers)
    module.train()
    module(torch.randn(32, 1, 6, 6))  # running statistics of its own
    return module.eval()


def samples(count: int = 230) -> HeldSamples:
    images = np.random.default_rng(0).normal(size=(count, 1, 6, 6)).astype(np.float32)
    return HeldSamples((images,), np.zeros(count, np.int64), 0.0, 0)


def test_that_the_runtime_gives_the_modules_outputs_for_every_row_of_a_view():
    module, held = network(), samples()
    rows = np.arange(230)
    expected = teacher_outputs(module, (VIEW.apply(held.inputs[0], rows),))
    found = TeacherOutputs(module, held, None, Cancel()).of(VIEW)
    assert found.shape == (230, 4)
    assert found.numpy() == pytest.approx(expected.numpy(), abs=1e-5)


class NotExportable(nn.Module):
    """Looks at values while it runs, which a traced graph cannot hold."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = network()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if images.numpy().size == 0:
            return images
        return self.inner(torch.from_numpy(np.ascontiguousarray(images.numpy())))


def test_that_a_module_without_a_graph_answers_by_itself(monkeypatch):
    monkeypatch.setattr(teachers, "_session", lambda teacher, inputs: None)
    module, held = NotExportable().eval(), samples(40)
    found = TeacherOutputs(module, held, None, Cancel()).of(View("none", 0, 0, 0))
    assert found.numpy() == pytest.approx(teacher_outputs(network(), held.inputs).numpy(), abs=1e-5)


def test_that_outputs_are_computed_once_and_found_again_by_content(tmp_path, monkeypatch):
    first = TeacherOutputs(network(), samples(), tmp_path, Cancel()).of(VIEW)
    monkeypatch.setattr(TeacherOutputs, "_computed", lambda self, view: pytest.fail("computed again"))
    assert torch.equal(TeacherOutputs(network(), samples(), tmp_path, Cancel()).of(VIEW), first)


def test_that_a_cut_file_is_computed_again(tmp_path):
    first = TeacherOutputs(network(), samples(), tmp_path, Cancel()).of(VIEW)
    kept = next((tmp_path / "teacher").glob("*.npy"))
    kept.write_bytes(kept.read_bytes()[:100])
    assert torch.equal(TeacherOutputs(network(), samples(), tmp_path, Cancel()).of(VIEW), first)
