import gc
import io
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import Artifact, Log, Metric, Progress, Stage
from engine.worker import PART_BYTES, serve
from engine.worker import PROTOCOL_VERSION as WORKER_VERSION
from gui.protocol import PROTOCOL_VERSION, Accepted, Conversation, Crash, Lines, Outcome, WorkerState, request_line


def line(event: str, **fields: object) -> bytes:
    return json.dumps({"v": 1, "seq": 0, "t": 0.0, "event": event, **fields}).encode() + b"\n"


def test_that_window_and_worker_speak_the_same_version():
    assert PROTOCOL_VERSION == WORKER_VERSION


@pytest.mark.parametrize(
    "event",
    [Stage("measure", "5 variants"), Progress(1, 4, "steps", 2.5), Metric("loss", 0.5, 3), Log("hello", "warning")],
)
def test_that_events_of_the_engine_come_back_as_they_were(event):
    read = Conversation().feed(line(event.kind, **{k: v for k, v in event.to_json().items() if k != "event"}))
    assert [{**e.to_json(), "t": 0} for e in read] == [{**event.to_json(), "t": 0}]


def test_that_an_artifact_without_a_path_has_none():
    (read,) = Conversation().feed(line("artifact", what="variant", id="ab", path=None))
    assert isinstance(read, Artifact)
    assert read.path is None


def test_that_lines_may_arrive_in_any_pieces():
    data = line("stage", name="a") + line("stage", name="b") + line("result", result={"x": 1})
    for size in (1, 2, 7, len(data)):
        talk = Conversation()
        read = [m for i in range(0, len(data), size) for m in talk.feed(data[i : i + size])]
        assert [m.name for m in read] == ["a", "b"]
        assert talk.ended(0) == Outcome(WorkerState.SUCCEEDED, result={"x": 1})


def test_that_nothing_counts_after_the_closing_line():
    talk = Conversation()
    assert talk.feed(line("cancelled") + line("result", result={}) + line("stage", name="late")) == []
    assert talk.ended(0).state is WorkerState.CANCELLED


def test_that_an_end_without_a_closing_line_is_a_crash_with_its_reason():
    assert Conversation().ended(11, 11) == Outcome(WorkerState.CRASHED, crash=Crash(11, 11))
    assert Crash(11, 11).signal_name == "SIGSEGV"
    assert Conversation().ended(7).crash == Crash(7, None)


def test_that_an_end_that_was_asked_for_is_a_cancel():
    assert Conversation().ended(9, 9, asked_to_stop=True) == Outcome(WorkerState.CANCELLED)


def test_that_a_worker_of_another_version_is_refused_with_a_remedy():
    talk = Conversation()
    talk.feed(b'{"v": 2, "event": "stage", "name": "x"}\n')
    outcome = talk.ended(0)
    assert outcome.state is WorkerState.FAILED
    assert outcome.failure.code == "worker-version"
    assert outcome.failure.remedy


def test_that_control_characters_of_foreign_text_are_replaced():
    (read,) = Conversation().feed(line("log", message="\x1b[31mred\x07", level="info"))
    assert read.message == "�[31mred�"


def test_that_an_error_without_a_remedy_still_gets_one():
    talk = Conversation()
    talk.feed(line("error", error={"message": "no"}))
    failure = talk.ended(1).failure
    assert (failure.code, failure.message) == ("unknown", "no")
    assert failure.remedy


def test_that_a_line_beyond_the_limit_is_dropped_and_the_next_is_read():
    lines = Lines(limit_bytes=10)
    read = [*lines.feed(b"x" * 25), *lines.feed(b"y" * 25 + b"\nnext\n" + b"z" * 11 + b"\nlast\n")]
    assert read == [b"next", b"last"]
    assert lines.dropped == 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.binary(max_size=60)
        | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(
            lambda v: json.dumps({"v": 1, "event": "progress", "done": v, "total": v, "name": v, "error": v}).encode()
        ),
        max_size=8,
    )
)
def test_that_no_line_breaks_the_conversation(pieces: list[bytes]):
    talk = Conversation()
    for piece in pieces:
        talk.feed(piece + b"\n")
    assert talk.ended(1).state.over


def test_that_the_request_is_one_line():
    assert request_line("demo", {"quick": True, "text": "a\nb"}).count(b"\n") == 1


def test_that_nothing_is_collected_while_a_large_document_is_read():
    generations: list[int] = []

    def collected(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            generations.append(info["generation"])

    document = line("result", result={"variants": [{"name": str(n), "score": [n]} for n in range(20_000)]})
    talk = Conversation()
    gc.callbacks.append(collected)
    try:
        talk.feed(document)
    finally:
        gc.callbacks.remove(collected)
    assert len(generations) <= 1, "the one that was due, once it was read"
    assert gc.isenabled()
    assert len(talk.ended(0).result["variants"]) == 20_000


def test_that_the_window_puts_the_portions_of_a_result_together_again():
    document = {"rows": [{"n": n, "text": "x" * 200} for n in range(3000)], "few": [1], "name": "net"}

    class Answer:
        def to_json(self) -> dict[str, object]:
            return document

    told = io.BytesIO()
    assert serve({"many": Answer}, io.BytesIO(b'{"verb": "many"}\n'), told) == 0
    said = told.getvalue()
    assert max(map(len, said.splitlines())) < 2 * PART_BYTES < len(said)
    talk = Conversation()
    gc.unfreeze()
    try:
        assert talk.feed(said) == [Accepted("many", os.getpid())]
        assert gc.get_freeze_count() > 3000, "the collector does not go through it"
    finally:
        gc.unfreeze()
    assert talk.ended(0).result == document


def test_that_a_portion_that_is_none_is_ignored():
    talk = Conversation()
    talk.feed(line("part", name=3, items=[1]) + line("part", name="rows", items="all") + line("part"))
    talk.feed(line("result", result={"rows": [1]}))
    assert talk.ended(0).result == {"rows": [1]}
