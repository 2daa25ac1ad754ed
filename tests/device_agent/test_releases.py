"""Slots: signed orders, one switch for all, rollback, what is kept and what is cleaned up."""

import os
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device_agent.contract.errors import AgentError
from device_agent.contract.manifest import Needs

from .session import Agent, Made, bundle, classifier, order, sha256


@pytest.fixture
def agent(pyz: Path, prepared: Path, disk: Path):
    with Agent(pyz, Path(shutil.copytree(prepared, disk / "store"))) as session:
        yield session


def current(agent: Agent, slot: str = "main") -> str:
    """What a user's program sees."""
    return Path(os.path.realpath(agent.home / "slots" / slot / "current")).name


def test_that_an_order_switches_the_slot_that_users_follow(agent: Agent, tiny: Made):
    assert agent.activate({"main": tiny.id}, 1) == {"main": 1}
    assert current(agent) == tiny.id
    assert (agent.home / "slots/main/current/model.onnx").read_bytes() == tiny.files["model.onnx"]
    release = {"release": 1, "bundle": tiny.id, "state": "committed", "name": "tiny", "run": {}}
    assert agent.slots() == {"main": {"current": 1, "releases": [release]}}


def test_that_a_rollback_is_a_new_order_and_marks_what_it_left(agent: Agent, tiny: Made, other: Made):
    for counter, made in enumerate((tiny, other, tiny), start=1):
        agent.activate({"main": made.id}, counter)
    state = agent.slots()["main"]
    assert state["current"] == 3
    assert current(agent) == tiny.id
    assert [(item["release"], item["state"]) for item in state["releases"]] == [
        (3, "committed"),
        (2, "rolled-back"),
        (1, "committed"),
    ]


def test_that_several_slots_switch_with_one_rename(agent: Agent, tiny: Made, other: Made):
    agent.activate({"eye": tiny.id, "ear": other.id}, 1)
    agent.activate({"eye": other.id, "ear": tiny.id}, 2)
    assert (current(agent, "eye"), current(agent, "ear")) == (other.id, tiny.id)
    numbers = sorted(path.name for path in (agent.home / "generations").iterdir())
    assert numbers == ["1", "2"], "one for each order; the one before stays as a record"


def test_that_models_that_do_not_fit_into_memory_together_are_not_put_into_service(
    agent: Agent, tiny: Made, other: Made
):
    most = agent.hello["machine"]["ram_bytes"] * 6 // 10
    large = [made.changed(needs=Needs([], most), purpose="release") for made in (tiny, other)]
    assert [agent.stage(item)["state"] for item in large] == ["verified", "verified"], "each of them fits alone"
    assert agent.activate({"eye": large[0].id, "ear": large[0].id}, 1), "one model in two slots is in memory once"
    for slots in ({"ear": large[1].id}, {"third": tiny.id, "ear": large[1].id}):
        with pytest.raises(AgentError, match=r"need \d+ MB together") as caught:
            agent.activate(slots, 2)
        assert caught.value.code == "no-memory"
    assert {name: state["current"] for name, state in agent.slots().items()} == {"eye": 1, "ear": 1}
    assert agent.activate({"eye": tiny.id, "ear": large[1].id}, 3) == {"eye": 3, "ear": 3}


def test_that_an_order_leaves_other_slots_alone(agent: Agent, tiny: Made, other: Made):
    agent.activate({"eye": tiny.id}, 5)
    agent.activate({"ear": other.id}, 1)
    assert current(agent, "eye") == tiny.id
    assert {name: item["current"] for name, item in agent.slots().items()} == {"eye": 5, "ear": 1}


def test_that_an_old_order_is_refused(agent: Agent, tiny: Made, other: Made):
    agent.activate({"main": tiny.id}, 7)
    agent.activate({"main": other.id}, 8)
    for counter in (0, 1, 7, 8):
        with pytest.raises(AgentError) as caught:
            agent.activate({"main": tiny.id}, counter)
        assert caught.value.code in ("old-order", "bad-order")
    assert current(agent) == other.id


def test_that_the_counter_outlives_the_session(agent: Agent, pyz: Path, tiny: Made):
    agent.activate({"main": tiny.id}, 9)
    with Agent(pyz, agent.home) as again:
        assert again.hello["counters"] == {"main": 9}
        with pytest.raises(AgentError, match="has seen order 9"):
            again.activate({"main": tiny.id}, 9, note="another order with the same number")


def test_that_the_same_order_asked_again_in_a_new_session_is_answered_without_effect(
    agent: Agent, pyz: Path, tiny: Made
):
    signed = order(agent.hello["device_id"], {"main": tiny.id}, 3)
    assert agent.request("slot.activate", signed)["placements"] == {"main": 3}
    before = agent.slots()
    agent.kill()
    with Agent(pyz, agent.home) as again:
        assert again.request("slot.activate", signed)["placements"] == {"main": 3}
        assert again.slots() == before


def test_that_an_order_for_another_board_is_refused(agent: Agent, tiny: Made):
    with pytest.raises(AgentError) as caught:
        agent.request("slot.activate", order("someone-else", {"main": tiny.id}, 1))
    assert caught.value.code == "other-device"


def test_that_an_order_signed_by_a_stranger_or_changed_is_refused(agent: Agent, tiny: Made):
    device = agent.hello["device_id"]
    forged = order(device, {"main": tiny.id}, 1, Ed25519PrivateKey.generate())
    signed = order(device, {"main": tiny.id}, 1)
    for request in (forged, {**signed, "order": signed["order"].replace('"counter": 1', '"counter": 2')}):
        with pytest.raises(AgentError) as caught:
            agent.request("slot.activate", request)
        assert caught.value.code == "signature-wrong"
    assert agent.slots() == {}


@pytest.mark.parametrize("slot", ["../x", "", ".hidden", "a/b", "state.json", "x.new", "-rf\n", "a" * 65])
def test_that_a_name_that_is_no_slot_is_refused(agent: Agent, tiny: Made, slot: str):
    with pytest.raises(AgentError) as caught:
        agent.activate({slot: tiny.id}, 1)
    assert caught.value.code == "bad-order"
    assert sorted(path.name for path in (agent.home / "slots").iterdir()) == []


@pytest.mark.parametrize("name", ["../../..", "", "0" * 63, 5, None])
def test_that_a_name_that_is_no_bundle_is_refused(agent: Agent, name: object):
    with pytest.raises(AgentError) as caught:
        agent.activate({"main": name}, 1)  # type: ignore[dict-item]
    assert caught.value.code == "bad-order"


@pytest.mark.parametrize("file", ["model.onnx", "golden.npz", "manifest.json"])
def test_that_every_activation_hashes_the_bundle_again(agent: Agent, tiny: Made, other: Made, file: str):
    agent.activate({"main": other.id}, 1)
    path = agent.home / "bundles" / tiny.id / file
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(AgentError, match=file) as caught:
        agent.activate({"main": tiny.id}, 2)
    assert caught.value.code == "bundle-damaged"
    assert current(agent) == other.id


def test_that_a_damaged_bundle_that_runs_is_repaired_in_place_by_a_new_deploy(agent: Agent, tiny: Made):
    agent.activate({"main": tiny.id}, 1)
    path = agent.home / "bundles" / tiny.id / "model.onnx"
    (agent.home / "blobs" / sha256(tiny.files["model.onnx"])).unlink()
    os.link(path, agent.home / "blobs" / sha256(tiny.files["model.onnx"]))
    path.write_bytes(b"broken")
    with pytest.raises(AgentError, match="damaged"):
        agent.activate({"main": tiny.id}, 2)
    with pytest.raises(AgentError, match="damaged"):
        agent.stage(tiny)  # the blob is the same file on the disk: it is dropped, so that the next deploy sends it
    assert agent.stage(tiny)["state"] == "verified"
    assert path.read_bytes() == tiny.files["model.onnx"]
    assert agent.activate({"main": tiny.id}, 2) == {"main": 2}


def test_that_current_and_previous_are_kept_and_what_nothing_needs_goes(agent: Agent, pyz: Path):
    made = [bundle(classifier(seed=seed), name=f"n{seed}") for seed in range(4)]
    stray = agent.put(b"sent for a prediction, long ago")
    for counter, item in enumerate(made, start=1):
        agent.stage(item)
        agent.activate({"main": item.id}, counter)
    agent.close()
    for path in [*agent.home.glob("blobs/*"), *agent.home.glob("bundles/*/verified.json")]:
        os.utime(path, (1, 1))
    with Agent(pyz, agent.home) as later:
        later.activate({"main": made[3].id}, 5)
        kept = {path.name for path in later.home.glob("bundles/*")}
        assert kept == {made[3].id, made[2].id}
        blobs = {path.name for path in later.home.glob("blobs/*")}
        assert stray not in blobs
        assert later.stage(made[2])["state"] == "verified"
        assert later.activate({"main": made[2].id}, 6) == {"main": 6}


def test_that_what_another_desktop_has_just_sent_is_not_cleaned_up(agent: Agent, tiny: Made):
    fresh = agent.put(b"for a bundle of another desktop")
    agent.activate({"main": tiny.id}, 1)
    assert (agent.home / "blobs" / fresh).exists()


def test_that_predictions_come_from_the_current_bundle(agent: Agent, tiny: Made):
    with pytest.raises(AgentError, match="nothing runs in slot main"):
        agent.request("predict", {"slot": "main", "inputs": [{"sha256": "0" * 64, "kind": "png"}]})
    agent.activate({"main": tiny.id}, 1)
    image = agent.put(tiny.files["first.png"])
    request = {"slot": "main", "inputs": [{"sha256": image, "kind": "png", "name": "a"}], "top_k": 2}
    (answer,) = agent.request("predict", request)["predictions"]
    assert answer["name"] == "a"
    assert answer["classes"][0]["label"] in ("ant", "bee", "cat", "dog")
    assert len(answer["classes"]) == 2
    assert answer["classes"][0]["probability"] >= answer["classes"][1]["probability"]


def test_that_a_file_that_is_no_picture_is_refused_by_name(agent: Agent, tiny: Made):
    agent.activate({"main": tiny.id}, 1)
    text = agent.put(b"hello")
    with pytest.raises(AgentError, match="PNG"):
        agent.request("predict", {"slot": "main", "inputs": [{"sha256": text, "kind": "png", "name": "a.png"}]})
    assert agent.request("ping")
