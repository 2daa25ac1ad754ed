"""What the desktop makes of a board that lies, floods, or stops talking."""

import json
import struct
import threading
import time

import pytest

from device_agent.contract import codec
from device_agent.contract.errors import AgentError, ContractError
from device_agent.contract.measuring import Isolation
from device_agent.contract.messages import Hello, HelloRequest, Machine, PredictInput, PredictRequest, decode, encode
from device_agent.contract.version import MARKER
from engine.deploy.agent_client import AgentClient
from engine.deploy.release import activate
from engine.deploy.session import MAX_EVENTS, NoAgentError
from engine.deploy.transport import Channel, Deadline, Transport, late
from engine.errors import Cancelled, UnreachableError
from engine.events import Cancel

MACHINE = Machine("aarch64", "Cortex-A76", 4, [], 8 << 30, 1 << 30, "Debian", "6.6", "glibc 2.36", "pi", "boot")
HELLO = {
    "major": 1, "minor": 0, "agent_id": "a" * 64, "device_id": "d", "device_id_source": "serial", "board": {}, "python": "3.11.2",
    "store": "/home/pi/.flyweight", "machine": encode(MACHINE),
}  # fmt: skip


def frame(value) -> bytes:
    payload = json.dumps(value).encode() if not isinstance(value, bytes) else value
    return codec.HEADER.pack(b"J", len(payload)) + payload


class Liar(Channel):
    """Answers each request with the next prepared bytes; ``{id}`` becomes the request's id."""

    def __init__(self, *answers, noise: bytes = b"", silent: bool = False) -> None:
        self._out = noise + MARKER
        self._answers = list(answers)
        self.read_total = 0
        self.closed = False
        self._silent = silent

    def read(self, count: int, deadline: Deadline) -> bytes:
        if self.closed:
            raise UnreachableError("link-lost", "closed", "connect again")
        if not self._out:
            if self._silent:
                while deadline.left > 0 and not self.closed:
                    time.sleep(0.01)
                raise late("reading", deadline.seconds)
            return b""
        part, self._out = self._out[:count], self._out[count:]
        self.read_total += len(part)
        return part

    def write(self, data: bytes, deadline: Deadline) -> None:
        if data[:1] != b"J" or not self._answers:
            return
        request = json.loads(data[codec.HEADER.size :])
        answer = self._answers.pop(0)
        self._out += answer(request["id"]) if callable(answer) else answer

    def finish_writing(self) -> None:
        return

    def close(self) -> None:
        self.closed = True

    @property
    def stderr_tail(self) -> str:
        return ""


class Line(Transport):
    def __init__(self, channel: Liar) -> None:
        self.channel = channel

    def run(self, command: str, deadline: Deadline) -> Channel:
        return self.channel

    def close(self) -> None:
        self.channel.close()


def hello(operation: str) -> bytes:
    return frame({"id": operation, "reply": HELLO})


def client(*answers, **options) -> AgentClient:
    channel = Liar(hello, *answers, **options)
    return AgentClient(Line(channel), channel, timeout_s=2)


def test_that_noise_of_a_login_shell_is_skipped():
    assert client(noise=b"Welcome!\nLast login: today\n" * 50).hello.device_id == "d"


def test_that_endless_noise_is_no_agent():
    channel = Liar(noise=b"x" * 200_000)
    with pytest.raises(NoAgentError):
        AgentClient(Line(channel), channel, timeout_s=2)
    assert channel.read_total < 100_000


class Slow(Liar):
    """Needs so many looks before its first byte, and as many again before its hello."""

    def __init__(self, looks: int) -> None:
        super().__init__(hello)
        self._looks = self._left = looks

    def read(self, count: int, deadline: Deadline) -> bytes:
        if self._left:
            self._left -= 1
            time.sleep(deadline.left)
            raise late("reading", deadline.seconds)
        if self._out == MARKER:
            self._left = self._looks
        return super().read(count, deadline)


def test_that_a_board_slow_to_greet_is_waited_for_and_whoever_waits_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.deploy.session.TOLD_EVERY_S", 0.02)
    channel, told = Slow(3), list[float]()
    session = AgentClient(Line(channel), channel, timeout_s=5, on_wait=told.append)
    assert session.hello.device_id == "d"
    assert len(told) == 6
    assert told == sorted(told)
    assert told[-1] > 0.1


def test_that_a_greeting_that_never_comes_ends_in_time_and_says_that_ssh_answered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.deploy.session.TOLD_EVERY_S", 0.02)
    channel, told = Slow(1000), list[float]()
    start = time.monotonic()
    with pytest.raises(UnreachableError, match="let us in") as caught:
        AgentClient(Line(channel), channel, timeout_s=0.3, on_wait=told.append)
    assert time.monotonic() - start < 2
    assert told
    assert "busy" in caught.value.remedy


def test_that_a_cancel_ends_the_wait_for_a_greeting():
    channel, cancel = Liar(silent=True), Cancel()
    channel._out = b""
    threading.Timer(0.3, cancel.set).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        AgentClient(Line(channel), channel, timeout_s=30, cancel=cancel)
    assert time.monotonic() - start < 2


LIES = {
    "no json": lambda i: frame(b"not json"),
    "a list": lambda i: frame([1, 2]),
    "nan": lambda i: frame(b'{"id": "%s", "reply": {"t": NaN}}' % i.encode()),
    "a key twice": lambda i: frame(b'{"id": "%s", "id": "x"}' % i.encode()),
    "too deep": lambda i: frame(b'{"a":' * 40 + b"1" + b"}" * 40),
    "an integer beyond 64 bits": lambda i: frame({"id": i, "reply": {"n": 2**70}}),
    "another id": lambda i: frame({"id": "other", "reply": {}}),
    "no reply": lambda i: frame({"id": i}),
    "a reply that is no object": lambda i: frame({"id": i, "reply": 7}),
    "a chunk instead": lambda i: codec.HEADER.pack(b"C", 3) + b"abc",
    "an unknown kind": lambda i: struct.pack(">cI", b"Z", 4) + b"abcd",
    "four gigabytes announced": lambda i: struct.pack(">cI", b"J", 0xFFFFFFFF),
    "negative chunks": lambda i: frame({"id": i, "reply": {}, "chunks": -5}),
    "huge chunks": lambda i: frame({"id": i, "reply": {}, "chunks": 1 << 40}),
    "more chunks than announced": lambda i: (
        frame({"id": i, "reply": {}, "chunks": 2}) + codec.HEADER.pack(b"C", 9) + b"x" * 9
    ),
    "json where chunks were announced": lambda i: frame({"id": i, "reply": {}, "chunks": 2}) + frame({"id": i}),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_that_a_lying_board_is_a_contract_error_and_the_link_is_closed(lie):
    session = client(lie)
    with pytest.raises(ContractError):
        session.ping(2)
    assert session._channel.closed


def test_that_the_words_of_a_refusal_are_passed_on_but_bounded():
    session = client(lambda i: frame({"id": i, "error": {"code": "busy", "message": "x" * 50_000, "remedy": "wait"}}))
    with pytest.raises(AgentError) as raised:
        session.ping(2)
    assert raised.value.code == "busy"
    assert len(raised.value.message) <= 2000


def test_that_a_flood_of_events_ends(monkeypatch: pytest.MonkeyPatch):
    assert MAX_EVENTS <= 100_000
    monkeypatch.setattr("engine.deploy.session.MAX_EVENTS", MAX_EVENTS // 20)

    class Flood(Liar):
        def read(self, count: int, deadline: Deadline) -> bytes:
            if len(self._out) < 1 << 16 and self.flooding:
                self._out += frame({"id": self.flooding, "event": {"stage": "x"}}) * 2000
            return super().read(count, deadline)

        flooding = ""

    channel = Flood(hello)
    session = AgentClient(Line(channel), channel, timeout_s=5)
    channel.flooding = f"{session._session}-{session._count + 1}"
    with pytest.raises(ContractError, match="floods"):
        session.ping(60)


def test_that_silence_ends_at_the_deadline():
    session = client(silent=True)
    start = time.monotonic()
    with pytest.raises(UnreachableError):
        session.ping(0.5)
    assert time.monotonic() - start < 2


def test_that_a_board_that_ends_in_the_middle_is_unreachable():
    session = client(lambda i: frame({"id": i, "reply": {}})[:-2])
    with pytest.raises(UnreachableError):
        session.ping(2)


@pytest.mark.parametrize("offset", [-1, 1 << 50])
def test_that_a_board_cannot_make_the_upload_go_on_outside_the_file(offset: int):
    session = client(lambda i: frame({"id": i, "reply": {"offset": offset, "complete": False}}))
    with pytest.raises(ContractError):
        session.put_blob(b"content", "0" * 64)


@pytest.mark.parametrize("reply", [{}, {"offset": "0"}, {"offset": None}, {"complete": "yes"}, {"offset": 1.5}])
def test_that_an_upload_needs_to_know_where_to_go_on(reply):
    session = client(lambda i: frame({"id": i, "reply": reply}))
    with pytest.raises(ContractError):
        session.put_blob(b"content", "0" * 64)


@pytest.mark.parametrize(
    "reply", [{}, {"runtimes": None}, {"runtimes": {}}, {"runtimes": [3]}, {"runtimes": [{"id": 1}]}]
)
def test_that_runtimes_are_a_list_of_runtimes(reply):
    with pytest.raises(ContractError):
        client(lambda i: frame({"id": i, "reply": reply})).runtimes()


@pytest.mark.parametrize(
    "told", [[], {"network": 1}, {"memory_bytes": -1}, {"cpu_s": 10**400}, {"file_bytes": 1.5}, {"network": "x" * 41}]
)
def test_that_limits_of_a_process_are_limits(told):
    with pytest.raises(ContractError):
        client(lambda i: frame({"id": i, "reply": {"runtimes": [], "isolation": told}})).isolation()


def test_that_an_older_agent_tells_no_isolation_and_a_newer_one_does():
    assert client(lambda i: frame({"id": i, "reply": {"runtimes": []}})).isolation() is None
    told = {"network": "filter", "memory_bytes": None, "cpu_s": 9, "a_newer_field": 1}
    found = client(lambda i: frame({"id": i, "reply": {"runtimes": [], "isolation": told}})).isolation()
    assert found == Isolation("filter", None, 9)


@pytest.mark.parametrize("answers", [None, [], [1], ["text"], {"0": {}}])
def test_that_every_file_gets_an_answer(answers):
    with pytest.raises(ContractError):
        client(lambda i: frame({"id": i, "reply": {"predictions": answers}})).predict(
            PredictRequest("main", [PredictInput("0" * 64, "png", "a.png")], 3)
        )


@pytest.mark.parametrize("placements", [None, {}, {"other": 1}, {"main": "1"}, {"main": 1, "other": 2}])
def test_that_an_order_is_answered_for_its_slots(placements):
    session = client(
        lambda i: frame({"id": i, "reply": {"slots": {}}}),
        lambda i: frame({"id": i, "reply": {"placements": placements}}),
    )
    with pytest.raises(ContractError):
        activate(session, {"main": "0" * 64})


def test_that_the_deadline_of_the_whole_work_holds_for_every_request():
    session = client(silent=True)
    session.limit = Deadline(0.5)
    start = time.monotonic()
    for _ in range(3):
        with pytest.raises(UnreachableError):
            session.ping(30)
    assert time.monotonic() - start < 2


def test_that_a_cancel_ends_the_wait_and_the_session():
    session = client(silent=True)
    threading.Timer(0.3, session.cancel.set).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        session.ping(30)
    assert time.monotonic() - start < 2
    assert session._channel.closed


@pytest.mark.parametrize("field", ["machine", "device_id", "major"])
def test_that_a_hello_with_a_missing_or_wrong_field_names_it(field: str):
    broken = {key: value for key, value in HELLO.items() if key != field}
    channel = Liar(lambda i: frame({"id": i, "reply": broken}))
    with pytest.raises(ContractError, match=field):
        AgentClient(Line(channel), channel, timeout_s=2)


def test_that_unknown_fields_of_a_newer_minor_version_are_ignored():
    newer = HELLO | {"minor": 9, "colour": "green"}
    assert decode(Hello, newer).minor == 9
    assert encode(HelloRequest(1, 0)) == {"major": 1, "minor": 0, "desktop": ""}
