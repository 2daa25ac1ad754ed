"""Turns at one uplink: so many at a time, a sign of life for who waits, and no time of the board's spent on it."""

import threading
import time
from contextlib import contextmanager

import pytest

from engine.deploy import uplink
from engine.deploy.agent_client import AgentClient
from engine.deploy.transport import Deadline
from engine.deploy.uplink import SMALL_BYTES, Uplink
from engine.errors import Cancelled
from engine.events import Cancel

from .test_agent_client import Liar, Line, frame, hello


def test_that_no_more_than_so_many_have_their_turn_at_once():
    link, lock, most, now = Uplink(2), threading.Lock(), [0], [0]

    def board() -> None:
        with link.turn(lambda: None):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.01)
            with lock:
                now[0] -= 1

    boards = [threading.Thread(target=board) for _ in range(8)]
    for thread in boards:
        thread.start()
    for thread in boards:
        thread.join()
    assert most == [2]


def test_that_who_waits_gives_signs_and_loses_no_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uplink, "LOOK_S", 0.01)
    monkeypatch.setattr(uplink, "SIGN_S", 0.05)
    link, limit, signs, enough = Uplink(1), Deadline(0.1), list[float](), threading.Event()

    def sign() -> None:
        signs.append(limit.check("a sign"))
        if len(signs) == 4:
            enough.set()

    def first() -> None:
        with link.turn(lambda: None):
            taken.set()
            enough.wait(10)

    taken = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    taken.wait(10)
    with link.turn(sign, limit):
        assert limit.left > 0.05, "0.2 s of waiting, which are not the board's"
    thread.join()
    assert len(signs) == 4
    assert len(set(signs)) == 1, "the clock stood still"


def test_that_a_cancel_ends_the_wait_for_a_turn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uplink, "LOOK_S", 0.01)
    link, cancel = Uplink(1), Cancel()
    cancel.set()
    with link.turn(lambda: None), pytest.raises(Cancelled), link.turn(lambda: None, Deadline(10, cancel)):
        raise AssertionError("it had no turn")
    with link.turn(lambda: None):
        pass


def test_that_only_what_takes_the_link_waits_for_a_turn():
    place = lambda i: frame({"id": i, "reply": {"offset": 0, "complete": False}})  # noqa: E731
    done = lambda i: frame({"id": i, "reply": {}})  # noqa: E731
    channel, turns = Liar(hello, place, done, place, done), []

    class Counting(Uplink):
        @contextmanager
        def turn(self, sign, limit=None):
            turns.append(1)
            with super().turn(sign, limit):
                yield

    session = AgentClient(Line(channel), channel, timeout_s=2)
    session.uplink = Counting(1)
    assert session.put_blob(b"x" * (SMALL_BYTES - 1), "0" * 64) == SMALL_BYTES - 1
    assert turns == []
    assert session.put_blob(b"x" * SMALL_BYTES, "0" * 64) == SMALL_BYTES
    assert turns == [1]
