"""Models travel packed where that is quicker than the link, or where the user says so."""

from pathlib import Path

import pytest

from engine.deploy import packed_upload, release
from engine.deploy.connect import connect
from engine.deploy.packed_upload import LEAST_BYTES, Link, Packed, restoring_s
from engine.errors import UsageError
from engine.events import Log
from engine.verbs import deploy

BYTES = 198_296


def test_that_a_link_is_judged_by_the_file_that_travelled_fastest_of_those_that_can_tell():
    link = Link()
    link.saw(LEAST_BYTES - 1, 0.001)
    assert link.takes_s(10**6) == 0.0, "a small file tells nothing"
    link.saw(20_000, 2.0)
    link.saw(50_000, 1.0)
    link.saw(30_000, 3.0)
    assert link.takes_s(100_000) == pytest.approx(2.0)


@pytest.mark.device
@pytest.mark.parametrize(("when", "packed"), [(Packed.ALWAYS, True), (Packed.AUTO, False), (Packed.NEVER, False)])
def test_that_a_user_decides_and_a_fast_link_needs_no_packing(board, bundles, when, packed):
    placed = release.deploy(bundles["int8"], "board", packed=when)
    assert (placed.state, placed.verified) == ("committed", True)
    model = next(item for item in release.parse((Path(bundles["int8"].path) / "manifest.json").read_bytes()).files
                 if item.name.endswith(".onnx"))  # fmt: skip
    with connect("board") as client:
        assert client.blob_place(model.sha256, model.size) == (model.size, True)
    saved = bundles["int8"].size_bytes - placed.upload["bytes"]
    assert (saved > 0.3 * model.size) is packed


@pytest.mark.device
def test_that_a_slow_link_has_models_packed_without_being_asked(board, bundles, monkeypatch):
    seen = []
    monkeypatch.setattr(Link, "takes_s", lambda self, size: size / 10_000)  # as behind 80 kbit/s
    assert restoring_s(BYTES) < (BYTES - 130_000) / 10_000
    placed = release.deploy(bundles["int8"], "board", emit=seen.append)
    assert placed.state == "committed"
    assert any("travelled packed" in event.message for event in seen if isinstance(event, Log))


@pytest.mark.device
def test_that_a_model_the_board_cannot_restore_is_sent_as_it_is(board, bundles, monkeypatch):
    seen = []
    whole = packed_upload.packed_form
    monkeypatch.setattr(packed_upload, "packed_form", lambda *args: whole(*args)[:-1])
    placed = release.deploy(bundles["int8"], "board", packed=Packed.ALWAYS, emit=seen.append)
    assert (placed.state, placed.verified) == ("committed", True)
    (warning,) = [event for event in seen if isinstance(event, Log) and event.level == "warning"]
    assert "is sent as it is" in warning.message


def test_that_another_word_is_refused_with_the_choices():
    with pytest.raises(UsageError, match="'sometimes' does not say") as refused:
        deploy("x", "nowhere", packed="sometimes")
    assert "auto, always, never" in refused.value.remedy
