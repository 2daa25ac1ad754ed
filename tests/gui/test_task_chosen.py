"""The window over the real worker: data that does not say what its labels mean, and a person who does."""

import numpy as np
import pytest
import torch

from engine.errors import DataError
from engine.model.datasets import open_data
from engine.model.save import to_onnx
from engine.records import TensorSpec
from engine.verbs import bundle, evaluate
from gui.operations import OperationState
from gui.viewmodels.session import Session
from gui.viewmodels.wizard import WizardModel, WizardStep

pytestmark = [pytest.mark.ui, pytest.mark.slow]


def test_that_a_chosen_task_goes_the_whole_way_to_a_judged_and_packed_variant(qtbot, tmp_path, monkeypatch):
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1)).eval()
    model, data = tmp_path / "net.onnx", str(tmp_path / "heights.npz")
    model.write_bytes(to_onnx(network, (TensorSpec("x", (None, 4), "float32"),)).SerializeToString())
    x = torch.randn(60, 4)
    with torch.no_grad():
        np.savez(data, x=x.numpy(), y=network(x)[:, 0].numpy() + 0.01)
    with pytest.raises(DataError, match="not one class number"):
        open_data(data)
    session = Session(tmp_path / "project")
    wizard = WizardModel(session)
    wizard.set(model=str(model))
    qtbot.waitUntil(lambda: wizard.models.facts is not None, timeout=120_000)
    wizard.go(WizardStep.DATA)
    wizard.set(data=data, task="regression")
    qtbot.waitUntil(lambda: bool(wizard.metrics), timeout=60_000)
    assert wizard.metric == "r2"
    wizard.add("graph-fusion")
    wizard.start()
    qtbot.waitUntil(lambda: not wizard.run.state.busy, timeout=180_000)
    assert wizard.run.state is OperationState.SUCCEEDED, wizard.run.notice
    made = wizard.variants[-1].id
    found = evaluate(made, data=data, project=session.project)
    assert found.score.metrics["r2"].value > 0.9, "what the labels mean is known from the variant"
    assert bundle(made, data=data, project=session.project).variant == made
