"""Runtimes of the agent's own, from wheels; and archives that want more than that."""

import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from device_agent import environments
from device_agent.contract.errors import AgentError
from device_agent.probed import Probed
from device_agent.releases import Releases
from device_agent.store import Store

from .session import Agent, Made, sha256

ENV = "e" * 64
FAKE_RUNTIME = {
    "onnxruntime/__init__.py": "__version__ = '9.9'\ndef get_available_providers():\n    return ['CPUExecutionProvider']\n",
    "numpy/__init__.py": "__version__ = '8.8'\n",
}


def wheel(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def install(agent: Agent, *wheels: bytes, env: str = ENV) -> list[dict[str, object]]:
    named = [{"name": f"w{i}.whl", "sha256": agent.put(item)} for i, item in enumerate(wheels)]
    return agent.request("env.install", {"env": env, "wheels": named})["runtimes"]


def test_that_wheels_become_an_environment_that_is_probed(agent: Agent):
    runtimes = install(agent, wheel(FAKE_RUNTIME))
    assert [(item["id"], item["version"], item["numpy"], item["env"]) for item in runtimes] == [
        ("onnxruntime", "9.9", "8.8", ENV)
    ]
    assert (agent.home / "env" / ENV / "onnxruntime" / "__init__.py").exists()
    assert any(item["env"] == ENV for item in agent.request("runtimes")["runtimes"])


def test_that_an_environment_without_numpy_takes_the_boards(agent: Agent):
    """As on 32-bit Raspberry Pis, for which no numpy is published."""
    own = [item for item in agent.request("runtimes")["runtimes"] if item["id"] == "onnxruntime"]
    (found,) = [item for item in install(agent, wheel({"onnxruntime/__init__.py": FAKE_RUNTIME["onnxruntime/__init__.py"]}))
                if item["id"] == "onnxruntime"]  # fmt: skip
    assert (found["version"], found["numpy"]) == ("9.9", own[0]["numpy"])


COUNTED = {
    **FAKE_RUNTIME,
    "onnxruntime/__init__.py": FAKE_RUNTIME["onnxruntime/__init__.py"]
    + "import os\nwith open(os.path.join(os.path.dirname(__file__), '..', 'imports'), 'a') as s:\n    s.write('x')\n",
}


def test_that_later_sessions_import_nothing_until_something_changed(agent: Agent, pyz: Path):
    def looked() -> tuple[list[object], int]:
        with Agent(pyz, agent.home) as session:
            found = session.request("runtimes", {"env": ENV})["runtimes"]
        return found, len((folder / "imports").read_text())

    folder = agent.home / "env" / ENV
    first = install(agent, wheel(COUNTED))
    looked()  # the first import left its compiled files beside the package, which is a change
    found, count = looked()
    assert found == first
    assert looked() == (found, count), "nothing changed, nothing was imported"
    source = folder / "onnxruntime" / "__init__.py"
    source.write_text(source.read_text().replace("9.9", "9.10"))
    changed, more = looked()
    assert (changed[0]["version"], more) == ("9.10", count + 1)
    source.write_text("raise ImportError('broken')\n")
    assert looked()[0] == []
    source.write_text(COUNTED["onnxruntime/__init__.py"])
    assert looked()[0] == first, "what was not found is looked for again"


def test_that_what_was_found_holds_for_one_start_of_the_board_and_one_agent(disk: Path):
    store = Store(str(disk / "s"))
    Probed(store, None, "boot-1", "a" * 64).keep("mark", [{"id": "onnxruntime"}])
    kept = Probed(store, None, "boot-1", "a" * 64)
    assert (kept.mark, kept.runtimes) == ("mark", [{"id": "onnxruntime"}])
    others = Probed(store, None, "boot-2", "a" * 64), Probed(store, None, "boot-1", "b" * 64)
    assert [item.mark for item in (*others, Probed(store, ENV, "boot-1", "a" * 64))] == [None, None, None]
    (disk / "s" / "probed" / "own.json").write_text("damaged")
    assert Probed(store, None, "boot-1", "a" * 64).mark is None


def test_that_an_installed_environment_is_not_unpacked_again(agent: Agent):
    install(agent, wheel(FAKE_RUNTIME))
    marker = agent.home / "env" / ENV / "marker"
    marker.touch()
    assert install(agent, wheel(FAKE_RUNTIME))
    assert marker.exists()


def test_that_wheels_without_a_runtime_are_refused_and_removed(agent: Agent):
    with pytest.raises(AgentError) as caught:
        install(agent, wheel({"x.py": "", "numpy/__init__.py": "raise ImportError('broken')"}))
    assert caught.value.code == "env-unusable"
    assert list((agent.home / "env").iterdir()) == []


def linked() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc")
    return stream.getvalue()


def device_node() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        entry = zipfile.ZipInfo("node")
        entry.external_attr = (stat.S_IFCHR | 0o666) << 16
        archive.writestr(entry, "")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (wheel({"../outside.py": "x"}), "wheel-refused"),
        (wheel({"/tmp/outside.py": "x"}), "wheel-refused"),
        (wheel({"a/../../outside.py": "x"}), "wheel-refused"),
        (linked(), "wheel-refused"),
        (device_node(), "wheel-refused"),
        (wheel({"bomb.bin": bytes(50_000_000)}), "wheel-refused"),
        (b"PK\x03\x04 this is no archive", "wheel-damaged"),
        (wheel({"a.py": "x" * 1000})[:-30], "wheel-damaged"),
    ],
    # Archives hold the time of their making: as names of tests they would differ between two workers.
    ids=["parent", "absolute", "winding", "link", "device", "bomb", "noise", "cut"],
)
def test_that_a_hostile_or_damaged_wheel_is_refused_and_leaves_nothing(agent: Agent, content: bytes, code: str):
    with pytest.raises(AgentError) as caught:
        install(agent, content)
    assert caught.value.code == code
    assert list((agent.home / "env").iterdir()) == []
    assert not (agent.home.parent / "outside.py").exists()
    assert not Path("/tmp/outside.py").exists()
    assert agent.request("ping")


def test_that_a_wheel_whose_content_does_not_fit_its_checksum_is_refused(agent: Agent):
    content = bytearray(wheel({"a.py": b"x" * 5}))
    place = content.index(b"a.py") + 6
    content[place] ^= 0xFF
    with pytest.raises(AgentError) as caught:
        install(agent, bytes(content))
    assert caught.value.code == "wheel-damaged"


def test_that_a_wheel_that_was_not_sent_is_named(agent: Agent):
    wheels = [{"name": "numpy.whl", "sha256": sha256(b"never sent")}]
    with pytest.raises(AgentError, match=r"numpy\.whl is not on the board"):
        agent.request("env.install", {"env": ENV, "wheels": wheels})


def test_that_a_missing_environment_is_named(agent: Agent):
    with pytest.raises(AgentError, match="not on the board"):
        agent.request("runtimes", {"env": ENV})


USED, LOOSE = "a" * 64, "b" * 64


@pytest.fixture
def board(disk: Path) -> Store:
    """Two runtimes from long ago; the bundle in the slot was verified in one of them."""
    found = Store(str(disk / "board"))
    for name in (USED, LOOSE):
        Path(found.path("env", name)).mkdir()
        os.utime(found.path("env", name), (1, 1))
        Probed(found, name, "boot", "agent").keep("mark", [])
    bundle = Path(found.path("bundles", "c" * 64))
    bundle.mkdir()
    (bundle / "verified.json").write_text(json.dumps({"on": [{}, {"threads": "2"}], "env": [USED, None]}))
    return found


def test_that_runtimes_that_nothing_refers_to_are_deleted_with_what_was_noted_of_them(board: Store):
    for left in ("d" * 64 + ".new", "d" * 64 + ".gone"):
        Path(board.path("env", left)).mkdir()
    Releases(board).collect()
    assert [item.name for item in Path(board.path("env")).iterdir()] == [USED]
    assert [item.name for item in Path(board.path("probed")).iterdir()] == [f"{USED}.json"]


@pytest.mark.parametrize("note", [{}, {"on": [{}, {}], "env": [USED]}, None], ids=["before 1.4", "one of two", "none"])
def test_that_all_runtimes_stay_while_it_is_unknown_what_a_bundle_needs(board: Store, note: object):
    path = Path(board.path("bundles", "c" * 64, "verified.json"))
    path.write_text(json.dumps(note)) if note is not None else path.write_text("damaged")
    Releases(board).collect()
    assert board.environments() == [USED, LOOSE]


def test_that_a_runtime_that_was_just_installed_stays(board: Store):
    os.utime(board.path("env", LOOSE))
    Releases(board).collect()
    assert board.environments() == [USED, LOOSE]


@pytest.mark.parametrize("looked", [True, False])
def test_that_a_runtime_stays_as_long_as_a_process_runs_from_it(
    board: Store, looked: bool, monkeypatch: pytest.MonkeyPatch
):
    if not looked:  # the control: it is the look at the processes that saves it
        monkeypatch.setattr(environments, "running", lambda store: set())
    words = [sys.executable, "-S", "-c", "input()", board.path("env", LOOSE)]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as process:
        Releases(board).collect()
        assert board.environments() == ([USED, LOOSE] if looked else [USED])
        process.communicate(b"\n")
    Releases(board).collect()
    assert board.environments() == [USED]


def test_that_a_bundle_notes_the_environment_it_was_verified_in(agent: Agent, tiny: Made):
    assert [item["id"] for item in install(agent, wheel(FAKE_RUNTIME))] == ["onnxruntime"]
    trial = tiny.changed(purpose="trial")  # it is not run, and the runtime of this test cannot run anything
    for env in (None, ENV):
        assert agent.stage(trial, env=env)["state"] == "verified"
        note = json.loads((agent.home / "bundles" / trial.id / "verified.json").read_text())
        assert (note["on"], note["env"]) == ([{}], [env])
