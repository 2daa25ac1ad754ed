"""Small files travel in one go: nobody waits for the way there and back of each, and an error leaves the session in step."""

import hashlib
import itertools
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError, ContractError
from engine.deploy import release
from engine.deploy.agent_client import AgentClient
from engine.deploy.connect import connect
from engine.deploy.uplink import Uplink
from engine.errors import Cancelled, UnreachableError
from engine.events import Cancel, Event, Progress

from .boards import Board
from .test_agent_client import Liar, Line, frame, hello

FILES = {hashlib.sha256(data).hexdigest(): data for data in (bytes([n]) * (900 * n + 5) for n in range(12))}


def trips(client: AgentClient, act) -> int:
    """How often the desktop waits for the board: it begins to read after it has written."""
    channel, seen = client._channel, []
    read, write = channel.read, channel.write

    def reading(*arguments):
        seen.append("r")
        return read(*arguments)

    def writing(*arguments):
        seen.append("w")
        return write(*arguments)

    channel.read, channel.write = reading, writing
    try:
        act()
    finally:
        channel.read, channel.write = read, write
    return sum(before == "w" and now == "r" for before, now in itertools.pairwise(seen))


@pytest.mark.device
def test_that_many_small_files_take_two_ways_there_and_back(board: Board):
    blobs = board.home / ".flyweight" / "blobs"
    known, cut, *_ = FILES
    told: dict[str, int] = {}
    with connect("board") as client:
        client.put_blob(FILES[known], known)
        (board.home / ".flyweight" / "staging" / f"{cut}.part").write_bytes(FILES[cut][:300])
        one_by_one = trips(client, lambda: [client.put_blob(data, name) for name, data in list(FILES.items())[2:4]])
        assert one_by_one == 4
        for name in list(FILES)[2:4]:
            (blobs / name).unlink()
        took = trips(client, lambda: client.put_small(FILES, on_blob=lambda name, sent, s: told.update({name: sent})))
        assert took == 2
        assert client.put_small(FILES) == 0
    assert told == {name: {known: 0, cut: len(data) - 300}.get(name, len(data)) for name, data in FILES.items()}
    assert {name: (blobs / name).read_bytes() for name in FILES} == FILES


@pytest.mark.device
def test_that_a_file_that_is_refused_stops_no_other_and_leaves_the_session_in_step(board: Board):
    wrong = "0" * 64
    names = list(FILES)
    with connect("board") as client:
        with pytest.raises(AgentError, match="announced content"):
            client.put_small({names[3]: FILES[names[3]], wrong: b"something else", names[5]: FILES[names[5]]})
        client.ping()
        assert [client.blob_place(name, len(FILES[name]))[1] for name in (names[3], names[5])] == [True, True]
        assert client.blob_place(wrong, 14) == (0, False)


def lying(*answers, **options) -> AgentClient:
    channel = Liar(hello, *answers, **options)
    return AgentClient(Line(channel), channel, timeout_s=2)


def test_that_answers_out_of_order_end_the_session():
    first, second, *_ = FILES
    swapped = lambda i: frame({"id": i.rpartition("-")[0] + "-3", "reply": {"offset": 0}})  # noqa: E731
    client = lying(swapped, swapped)
    with pytest.raises(ContractError, match="another request"):
        client.put_small({first: FILES[first], second: FILES[second]})
    assert client._channel.closed  # type: ignore[attr-defined]


def test_that_silence_in_the_middle_ends_at_the_deadline():
    first, second, *_ = FILES
    client = lying(lambda i: frame({"id": i, "reply": {"offset": 0}}), silent=True)
    with pytest.raises(UnreachableError):
        client.put_small({first: FILES[first], second: FILES[second]}, timeout_s=0.2)


@pytest.mark.parametrize("offset", [-1, 10**9, True, "0", None])
def test_that_a_board_cannot_make_it_go_on_outside_a_file(offset: object):
    name = list(FILES)[4]
    with pytest.raises(ContractError, match="go on at"):
        lying(lambda i: frame({"id": i, "reply": {"offset": offset}})).put_small({name: FILES[name]})


def test_that_a_cancel_while_it_is_told_of_a_file_ends_the_session():
    name, cancel = list(FILES)[4], Cancel()

    def stop(*arguments: object) -> None:
        cancel.set()
        cancel.check()

    client = lying(lambda i: frame({"id": i, "reply": {"complete": True}}))
    with pytest.raises(Cancelled):
        client.put_small({name: FILES[name]}, on_blob=stop)
    assert client._channel.closed  # type: ignore[attr-defined]


@pytest.mark.device
@pytest.mark.parametrize("shared", [False, True])
def test_that_a_board_of_a_fleet_uploads_before_it_looks_for_its_runtimes(board: Board, bundles, shared: bool):
    """So the next board has the link meanwhile; one alone is told first that it cannot run a bundle."""
    asked: list[str] = []
    with connect("board") as client:
        client.uplink = Uplink(1) if shared else None
        exchange = client._exchange

        def listening(op, *arguments, **named):
            asked.append(op)
            return exchange(op, *arguments, **named)

        client._exchange = listening  # type: ignore[method-assign]
        seen: list[Event] = []
        sent, _, result = release.stage(client, bundles["int8"], emit=seen.append)
    progress = [event for event in seen if isinstance(event, Progress)]
    assert progress[-1].done == progress[-1].total == sent
    assert [event.done for event in progress] == sorted(event.done for event in progress)
    assert result.state == "verified"
    assert sent == sum(path.stat().st_size for path in Path(bundles["int8"].path).iterdir() if path.suffix != ".sig")
    assert (asked.index("runtimes") > asked.index("blob.put")) is shared
