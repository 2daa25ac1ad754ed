"""Turns at one uplink: so many at a time, a sign of life for who waits, and no time of the board's spent on it."""

import threading
import time
from contextlib import ExitStack, contextmanager

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
    link._limit = 2

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


class Clock:
    """Time that passes when it is told to."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


def uploads(link: Uplink, clock: Clock, count: int, seconds: float, size: int) -> None:
    """So many uploads of the same size that begin and end together."""
    with ExitStack() as stack:
        told = [stack.enter_context(link.turn(lambda: None)) for _ in range(count)]
        clock.now += seconds
        for tell in told:
            tell(size)


def test_that_a_slow_link_is_shared_by_two_and_a_fast_one_by_as_many_as_bring_more(monkeypatch: pytest.MonkeyPatch):
    clock = Clock()
    monkeypatch.setattr(uplink, "time", clock)
    slow, fast = Uplink(8), Uplink(8)
    uploads(slow, clock, 1, 10, 1000)
    for _ in range(5):
        assert slow.limit == 2, "one fills the gaps of the other"
        uploads(slow, clock, 2, 20 / 1.2, 1000)
    for limit in (1, 2, 4, 8, 8):
        assert fast.limit == limit
        uploads(fast, clock, limit, 10, 1000)


def test_that_an_upload_that_went_alone_says_nothing_of_more_at_once(monkeypatch: pytest.MonkeyPatch):
    clock = Clock()
    monkeypatch.setattr(uplink, "time", clock)
    link = Uplink(8)
    for size in (1000, 10_000, 100_000):
        uploads(link, clock, 1, 10, size)
    assert link.limit == 2
    uploads(link, clock, 2, 10, 0)
    assert link.limit == 2, "nothing travelled"


def test_that_who_waits_gives_signs_and_loses_no_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uplink, "LOOK_S", 0.01)
    monkeypatch.setattr(uplink, "SIGN_S", 0.05)
    link, limit, signs, enough = Uplink(1), Deadline(5.0), list[float](), threading.Event()

    def sign() -> None:
        signs.append(limit.check("a sign"))
        if len(signs) == 8:
            enough.set()

    def first() -> None:
        with link.turn(lambda: None):
            taken.set()
            enough.wait(10)

    taken = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    taken.wait(10)
    start = time.monotonic()
    with link.turn(sign, limit):
        left, waited = limit.left, time.monotonic() - start
    thread.join()
    assert waited > 0.3
    assert signs[0] - left < waited / 2, "waiting is not the board's time"
    assert len(signs) == 8
    assert len(set(signs)) == 1, "the clock stood still"


def test_that_a_board_that_does_not_answer_while_it_waits_keeps_no_other_from_its_turn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uplink, "LOOK_S", 0.01)
    monkeypatch.setattr(uplink, "SIGN_S", 0.02)
    link, signing, answered, had = Uplink(1), threading.Event(), threading.Event(), threading.Event()

    def silent() -> None:
        signing.set()
        answered.wait(10)

    def board(sign, told: threading.Event) -> None:
        with link.turn(sign):
            told.set()

    late = threading.Event()
    with link.turn(lambda: None):
        first = threading.Thread(target=board, args=(silent, late))
        first.start()
        assert signing.wait(10)
        second = threading.Thread(target=board, args=(lambda: None, had))
        second.start()
    assert had.wait(10), "it passed the silent one"
    assert not late.is_set()
    answered.set()
    first.join(10)
    second.join(10)
    assert late.is_set()


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
            with super().turn(sign, limit) as told:
                yield told

    session = AgentClient(Line(channel), channel, timeout_s=2)
    session.uplink = Counting(1)
    assert session.put_blob(b"x" * (SMALL_BYTES - 1), "0" * 64) == SMALL_BYTES - 1
    assert turns == []
    assert session.put_blob(b"x" * SMALL_BYTES, "0" * 64) == SMALL_BYTES
    assert turns == [1]
