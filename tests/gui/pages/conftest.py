"""The page that two files of tests are about."""

import pytest

from .wizard import FINE


@pytest.fixture
def wizard(qtbot, window, engine):
    """The page of the wizard, with what it asks for at first; the checker finds nothing wrong."""
    engine.answers("recipe_check", FINE)
    window.go("compress")
    made = window.page("compress")
    qtbot.waitUntil(lambda: made.model.catalogue is not None and bool(made.model.device_names), timeout=8000)
    return made
