"""The wizard made ready for a step."""

from gui.viewmodels.wizard import WizardStep

FINE = {"recipe": {}, "problems": [], "repaired": None}
"""What the chain checker says of a recipe without faults."""


def ready(qtbot, page, step: WizardStep) -> None:
    page.begin("sample:fashion-resnet")
    qtbot.waitUntil(lambda: page.model.models.facts is not None, timeout=5000)
    page.model.set(data="fashion-mnist")
    if step > WizardStep.METHODS:
        page.model.use_preset("accuracy")
        qtbot.waitUntil(lambda: not page.model.checking, timeout=5000)
    page.model.go(step)
