"""The window over the real engine shows, sets and runs a technique that another installed package brings."""

import os

import onnx
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from engine.model.save import to_onnx
from engine.records import TensorSpec
from gui.operations import OperationState
from gui.viewmodels.session import Session
from gui.viewmodels.wizard import WizardStep
from tests.engine.compress.tiny_package import ROOT, install

pytestmark = [pytest.mark.ui, pytest.mark.slow]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(tmp_path, monkeypatch, qtbot):
    """A session whose workers are the real ones, in an environment that has the package."""
    source, target = tmp_path / "source", tmp_path / "installed"
    source.mkdir()
    install(source, target)
    monkeypatch.setenv("PYTHONPATH", f"{target}{os.pathsep}{ROOT}")
    made = Session(tmp_path / "project")
    yield made
    if made.busy:
        made.shut_down()
        qtbot.waitUntil(lambda: not made.busy, timeout=30_000)


def test_that_a_foreign_technique_has_a_card_and_a_form_and_is_run_by_its_entry_point_alone(qtbot, window, tmp_path):
    network = torch.nn.Linear(4, 3)
    path = tmp_path / "net.onnx"
    path.write_bytes(to_onnx(network, (TensorSpec("x", (None, 4), "float32"),)).SerializeToString())
    window.go("compress")
    page = window.page("compress")
    page.begin(str(path))
    model, methods = page.model, page.steps[WizardStep.METHODS]
    qtbot.waitUntil(lambda: model.models.facts is not None and model.catalogue is not None, timeout=120_000)
    model.go(WizardStep.METHODS)
    qtbot.keyClicks(methods.search, "shift of")
    qtbot.waitUntil(lambda: methods.techniques.count() == 1, timeout=5000)
    assert methods.techniques.item(0).text() == "Shift of biases\ngraph · needs no data"
    methods.techniques.setCurrentRow(0)
    assert methods._about.text() == "Adds a number to every bias."
    qtbot.mouseClick(methods.add_button, LEFT)
    field = methods.form.editors["amount"]
    assert isinstance(field, QLineEdit)
    assert (field.text(), field.accessibleDescription()) == ("0.5", "What is added to every bias.")
    for typed, wrong in (("11", True), ("2", False)):
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert methods.form.errors["amount"].isVisible() is wrong
    qtbot.waitUntil(lambda: page.next_button.isEnabled(), timeout=60_000)
    qtbot.mouseClick(page.next_button, LEFT)
    assert model.step is WizardStep.REVIEW
    qtbot.mouseClick(page.next_button, LEFT)
    qtbot.waitUntil(lambda: not model.run.state.busy, timeout=120_000)
    assert model.run.state is OperationState.SUCCEEDED, model.run.notice
    original, made = model.variants
    assert (original.recipe, made.recipe) == ((), ("bias-shift",))
    arrays = [onnx.numpy_helper.to_array(item) for item in onnx.load(made.path).graph.initializer]
    wanted = network.bias.detach().numpy() + 2
    assert any(array.shape == wanted.shape and abs(array - wanted).max() < 1e-6 for array in arrays)
