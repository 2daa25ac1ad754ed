"""The quick part of tampering; ``make faults`` flips every byte."""

from pathlib import Path

import pytest

from tests.device_agent.conftest import agent, disk, pyz, store
from tests.device_agent.session import Agent, bundle

from . import tampering

__all__ = ["agent", "disk", "pyz", "store"]


def test_that_a_manifest_or_signature_with_a_changed_byte_is_refused(agent: Agent):
    made = bundle()
    for content in made.files.values():
        agent.put(content)
    assert tampering.flip_manifest(agent, made, iter(range(0, len(made.manifest), 41))).keys() == {"signature-wrong"}
    assert tampering.flip_signature(agent, made, iter(range(0, 64, 3))).keys() == {"signature-wrong"}
    assert tampering.stage_raw(agent, made.manifest, made.signature) == "verified", "the control: unchanged it is fine"


def test_that_a_file_that_was_changed_on_the_board_is_refused(agent: Agent):
    made = bundle()
    assert tampering.flip_files(agent, made).keys() == {"blob-damaged"}


def test_that_every_attack_with_a_name_is_refused_and_the_release_stays(agent: Agent):
    good, newer = tampering.board_with_two_releases(agent)
    answers = tampering.attacks(agent, good, newer)
    assert len(answers) >= 12
    assert not [name for name, answer in answers.items() if answer.startswith("accepted")], answers
    assert tampering.runs(agent.home) == newer.id


def test_that_a_board_that_checks_no_signature_would_be_found(
    pyz: Path, store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    import zipfile

    careless = tmp_path / "careless.pyz"
    with zipfile.ZipFile(pyz) as source, zipfile.ZipFile(careless, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "device_agent/ed25519.py":
                content += b"\n\ndef verify(*arguments):\n    return True\n"
            target.writestr(name, content)
    with Agent(careless, store) as session:
        good, newer = tampering.board_with_two_releases(session)
        answers = tampering.attacks(session, good, newer)
        assert answers["unsigned"].startswith("accepted")
