"""Commands of the user's become a signed order, and the board of this computer follows it."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from device_agent.contract.messages import Hello, StopRule
from engine.deploy.connect import connect
from engine.deploy.release import stage
from engine.errors import RejectedError, UsageError
from engine.events import Cancel, ignore
from engine.measure.plan import Subject, measure_on
from engine.measure.service import Service
from engine.model.samples import sample
from engine.package.keys import signing_key

from .test_on_loopback import bundle

QUICK = StopRule(min_n=30, min_s=0.05, max_s=0.5, half_width=0.1)


def board(minor: int) -> Hello:
    return SimpleNamespace(device_id="board-1", minor=minor)  # type: ignore[return-value]


def test_that_the_order_names_board_and_words_and_is_signed(home: Path):
    service = Service.of("systemctl stop 'my app'", "systemctl start 'my app'")
    assert service is not None
    order = service.order(board(3))
    Ed25519PublicKey.from_public_bytes(signing_key().public).verify(
        bytes.fromhex(order.signature), order.order.encode()
    )
    assert json.loads(order.order) == {
        "schema": 1,
        "kind": "service",
        "device": "board-1",
        "pause": ["systemctl", "stop", "my app"],
        "resume": ["systemctl", "start", "my app"],
    }
    assert service.order(board(3)) == order  # so that a killed command finds its run again


def test_that_an_older_agent_is_not_asked(home: Path):
    service = Service(("a",), ("b",))
    with pytest.raises(RejectedError, match="cannot pause"):
        service.order(board(2))


@pytest.mark.parametrize(("pause", "resume"), [("stop", None), (None, "start"), ("stop", " "), ("'stop", "start")])
def test_that_a_pause_without_a_way_back_is_refused(pause: str | None, resume: str | None):
    with pytest.raises(UsageError):
        Service.of(pause, resume)


def test_that_no_commands_are_no_service():
    assert Service.of(None, "") is None


@pytest.mark.device
@pytest.mark.usefixtures("short_warmup")
def test_that_a_board_pauses_and_resumes_around_a_run_and_a_failure_is_remarked(home: Path, tmp_path: Path):
    log = tmp_path / "log"
    note = [sys.executable, "-I", "-S", "-c", "import sys; open(sys.argv[1], 'a').write(sys.argv[2])", str(log)]
    made = bundle("fp32", sample("fashion-resnet").onnx, tmp_path)
    with connect("loopback") as client:
        stage(client, made, emit=ignore, cancel=Cancel())
        run = [client, "loopback", [Subject.of(made)]]
        good = measure_on(*run, baselines=[None], stop=QUICK, service=Service((*note, "-"), (*note, "+")))
        assert log.read_text() == "-+"
        bad = measure_on(*run, baselines=[None], stop=QUICK, service=Service((*note, "-"), ("false",)))
        assert log.read_text() == "-+-"
    assert not any("service" in item for item in good.readings[0].reasons)
    assert any("the service failed" in item for item in bad.readings[0].reasons)
