"""A module that does not state its input takes that of the data it is given with."""

import wave

import numpy as np
import pytest

from engine.errors import DataError, ModelError
from engine.model.with_data import open_with_data
from engine.verbs import evaluate, inspect

NETS = """
import torch
from torch import nn

class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.cells, self.head = nn.GRU(8, 4, batch_first=True), nn.Linear(4, 10)
    def forward(self, x):
        return self.head(self.cells(x[:, 0])[0][:, -1])

def reader():
    return Reader()

def images():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 10))

def stated():
    return images(), torch.zeros(1, 1, 28, 28)
"""


@pytest.fixture
def nets(tmp_path):
    (tmp_path / "nets.py").write_text(NETS)
    return str(tmp_path / "nets.py")


@pytest.mark.parametrize("name", ["reader", "images"])
def test_that_the_data_says_what_no_guess_finds_or_what_was_guessed_wrongly(nets, name):
    opened, data = open_with_data(f"{nets}:{name}", "digits")
    assert opened.inputs[0].shape == (None, 1, 8, 8)
    assert data.name == "digits"
    assert not opened.guessed


def test_that_without_data_or_with_a_folder_the_model_is_asked(nets, tmp_path):
    assert open_with_data(f"{nets}:images", None)[0].guessed
    with pytest.raises(ModelError, match="does not say the shape"):
        open_with_data(f"{nets}:reader", None)
    with pytest.raises(ModelError, match="does not say the shape"):
        open_with_data(f"{nets}:reader", str(tmp_path))


def test_that_what_a_model_states_is_not_overruled(nets):
    with pytest.raises(DataError, match=r"1 x 8 x 8 .* 1 x 28 x 28"):
        open_with_data(f"{nets}:stated", "digits")


def test_that_arrays_tell_and_the_model_is_evaluated(nets, tmp_path):
    x = np.random.default_rng(0).normal(size=(12, 1, 5, 8)).astype(np.float32)
    np.savez(tmp_path / "steps.npz", x=x, y=np.arange(12) % 10)
    found = evaluate(f"{nets}:reader", data=str(tmp_path / "steps.npz"), project=tmp_path)
    assert found.score.metrics["accuracy"].n == 12


def test_that_recordings_are_read_at_their_own_length_and_not_at_a_guessed_one(tmp_path):
    (tmp_path / "hears.py").write_text(
        "import torch\nfrom torch import nn\n"
        "class Ear(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.first, self.head = nn.Conv1d(1, 4, 16, 4), nn.Linear(4, 2)\n"
        "    def forward(self, x):\n"
        "        return self.head(self.first(x).mean(-1))\n"
        "class Fixed(Ear):\n"
        "    def forward(self, x):\n"
        "        return super().forward(x.reshape(-1, 1, 128))\n"
    )
    for label in ("a", "b"):
        (tmp_path / "sounds" / label).mkdir(parents=True)
        with wave.open(str(tmp_path / "sounds" / label / "1.wav"), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(np.zeros(4000, "<i2").tobytes())
    opened, data = open_with_data(f"{tmp_path}/hears.py:Ear", str(tmp_path / "sounds"))
    assert opened.inputs[0].shape == (None, 1, 4000)
    assert data.contract.inputs[0].shape == [1, 4000]
    assert not opened.guessed
    fixed, _ = open_with_data(f"{tmp_path}/hears.py:Fixed", str(tmp_path / "sounds"))
    assert fixed.guessed


def test_that_inspect_takes_the_shape_from_the_data(nets):
    assert inspect(f"{nets}:reader", data="digits").inputs[0].shape == (None, 1, 8, 8)
    with pytest.raises(ModelError, match="does not say the shape"):
        inspect(f"{nets}:reader")
