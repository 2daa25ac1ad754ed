"""Typed requests to an agent over a channel: op-ids, deadlines, bounded answers.

Above 500 lines because every operation of the protocol has its short method here, and none is of use elsewhere.
"""

import io
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from device_agent.contract import codec
from device_agent.contract.errors import AgentError, ContractError
from device_agent.contract.measuring import ENGINE_BUILD_S, TENSORRT, AnswersRequest
from device_agent.contract.messages import (
    ActivateRequest,
    Adapter,
    Claim,
    Hello,
    HelloRequest,
    MeasurePlan,
    MeasureResult,
    Op,
    PredictRequest,
    Right,
    Runtime,
    Sample,
    ScenarioPlan,
    ScenarioResult,
    SlotList,
    StageRequest,
    StageResult,
    Wheel,
    decode,
    encode,
)
from device_agent.contract.releasing import UnpackRequest
from device_agent.contract.version import MAJOR, MARKER, MARKER_SEARCH_BYTES, MINOR

from ..errors import Cancelled, FlyweightError, RejectedError, UnreachableError
from ..events import Cancel
from .detached import InterruptedOnBoardError, Ticket, run_detached
from .own_lease import who
from .transport import Channel, Deadline, Transport, Watchdog
from .uplink import SMALL_BYTES, Uplink

CHUNK_BYTES = 256 * 1024
SHORT_S = 30.0
CLOSE_S = 3.0
MAX_REPLY_CHUNKS = 256 << 20
MAX_EVENTS = 100_000
DETACHED_SINCE = 2
"""Minor version of the first agent whose measuring outlives the link."""

MAX_SAMPLES = 1000
LOOK_S = 15.0
LOOKED_S = 300.0
"""For a board that imports every runtime of every environment it has."""

TOLD_EVERY_S = 8.0
"""Whoever waits for a greeting hears of it this often."""

LEASES_SINCE = 4
"""Minor version of the first agent that keeps other desktops away for a whole deploy."""

Wanted = tuple[dict[str, Any], Callable[[Deadline], None] | None]
"""Arguments of a request, and what is sent behind it."""

OnEvent = Callable[[dict[str, Any]], None]


class NoAgentError(UnreachableError):
    """The program on the board ended before it said it was an agent: it is not installed, or Python is missing."""


class AgentClient:
    """One session with an agent. Not for several threads at once.

    Args:
        transport: kept open as long as the client.
        channel: to the running agent.
        timeout_s: from the start of the agent to its hello.
        cancel: ends every wait.
        on_wait: told again and again, with the seconds since the start, while the agent has not answered.

    Raises:
        NoAgentError: there is none. UnreachableError: it did not answer in time, or the link was lost.
    """

    def __init__(
        self,
        transport: Transport,
        channel: Channel,
        *,
        timeout_s: float = SHORT_S,
        cancel: Cancel | None = None,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        self._transport, self._channel = transport, channel
        self._pending = b""
        self._session = secrets.token_hex(6)
        self._count = 0
        self.cancel = cancel or Cancel()
        self.limit: Deadline | None = None
        """Of a whole piece of work: no request waits longer than this, whatever its own deadline is."""
        self.renew: Callable[[float], AgentClient] | None = None
        """Makes a new session with this board when the link was lost; without it nothing outlives the link."""
        self.alone: Callable[[str], AbstractContextManager[str]] | None = None
        """Keeps other processes of this desktop from the board of an id, and gives the name of the desktop for it."""
        self.uplink: Uplink | None = None
        """Where uploads wait for their turn; None = they do not."""
        self._turn: Callable[[int], None] | None = None
        """The turn that is taken for several uploads."""
        self._ticket: Ticket | None = None
        self._on_wait, self._opened, deadline = on_wait, time.monotonic(), Deadline(timeout_s, cancel)
        try:
            with self._watched(deadline):
                self._find_marker(deadline)
            greeting = encode(HelloRequest(MAJOR, MINOR))
            self.hello = decode(Hello, self._request(Op.HELLO, greeting, deadline.check("greeting")))
        except UnreachableError as error:
            if error.code != "deadline":
                raise
            raise UnreachableError(
                "deadline",
                f"the board let us in, then its agent did not answer within {timeout_s:g} s",
                "it is very busy, its card fails, or the link broke: see what runs there (ssh, then top), and try again",
            ) from None
        finally:
            self._on_wait = None

    @contextmanager
    def _watched(self, deadline: Deadline) -> Iterator[None]:
        with Watchdog(self._transport, deadline) as dog:
            try:
                yield
            except UnreachableError:
                if deadline.cancel is not None:
                    deadline.cancel.check()
                if dog.fired:
                    raise UnreachableError(
                        "deadline",
                        f"the board did not answer within {deadline.seconds:g} s",
                        "check the link, then try again",
                    ) from None
                raise

    def _find_marker(self, deadline: Deadline) -> None:
        noise = b""
        while MARKER not in noise:
            data = self._arriving(4096, deadline)
            noise += data
            if not data or len(noise) > MARKER_SEARCH_BYTES:
                said = (self._channel.stderr_tail or noise[-200:].decode("utf-8", "replace")).strip().splitlines()[-1:]
                raise NoAgentError(
                    "no-agent",
                    f"no agent answered: {said[0][:200] if said else 'it ended at once'}",
                    "flyweight device add NAME USER@HOST",
                )
        self._pending = noise[noise.index(MARKER) + len(MARKER) :]

    def _read(self, count: int, deadline: Deadline) -> bytes:
        if self._pending:
            part, self._pending = self._pending[:count], self._pending[count:]
            return part
        return self._arriving(count, deadline)

    def _arriving(self, count: int, deadline: Deadline) -> bytes:
        """What comes next from the board; before the greeting whoever waits for it is told."""
        while self._on_wait is not None and deadline.left > TOLD_EVERY_S:
            try:
                return self._channel.read(count, Deadline(TOLD_EVERY_S, deadline.cancel))
            except UnreachableError as error:
                if error.code != "deadline":
                    raise
            self._on_wait(time.monotonic() - self._opened)
        return self._channel.read(count, deadline)

    def _request(
        self,
        op: str,
        arguments: dict[str, Any],
        timeout_s: float,
        *,
        upload: Callable[[Deadline], None] | None = None,
        on_event: OnEvent | None = None,
    ) -> dict[str, Any]:
        return self._exchange(op, arguments, timeout_s, upload=upload, on_event=on_event)[0]

    def _exchange(
        self,
        op: str,
        arguments: dict[str, Any],
        timeout_s: float,
        *,
        upload: Callable[[Deadline], None] | None = None,
        on_event: OnEvent | None = None,
        cancellable: bool = True,
    ) -> tuple[dict[str, Any], bytes]:
        self._count += 1
        operation = f"{self._session}-{self._count}"
        if cancellable:
            self.cancel.check()
        left = timeout_s if self.limit is None else self.limit.check(op)
        deadline = Deadline(min(timeout_s, left), self.cancel if cancellable else None)
        request = codec.dumps({"id": operation, "op": op, "deadline_s": deadline.seconds, "args": arguments})
        with self._watched(deadline):
            try:
                self._channel.write(codec.HEADER.pack(codec.JSON_KIND, len(request)) + request, deadline)
                if upload is not None:
                    upload(deadline)
                return self._answer(operation, deadline, on_event)
            except EOFError:
                raise self._ended() from None
            except (ContractError, Cancelled):
                # What is still under way on this link belongs to nobody.
                self._transport.close()
                raise

    def _in_flight(
        self,
        op: str,
        wanted: Sequence[Wanted],
        timeout_s: float,
        on_reply: Callable[[int, dict[str, Any]], None],
    ) -> None:
        """Requests that do not wait for one another's answers, which come in the same order.

        On a link with a long way each one would else cost the way there and back.

        Args:
            op: of all of them.
            wanted: one or more.
            timeout_s: for all of them.
            on_reply: told the place of a request and its reply.

        Raises:
            AgentError: one was refused; the others were answered all the same, so that the session stays in step.
        """
        self.cancel.check()
        left = timeout_s if self.limit is None else self.limit.check(op)
        deadline = Deadline(min(timeout_s, left), self.cancel)
        refused: AgentError | None = None
        with self._watched(deadline):
            try:
                first = self._count + 1
                for arguments, upload in wanted:
                    self._count += 1
                    name = f"{self._session}-{self._count}"
                    request = codec.dumps({"id": name, "op": op, "deadline_s": deadline.seconds, "args": arguments})
                    self._channel.write(codec.HEADER.pack(codec.JSON_KIND, len(request)) + request, deadline)
                    if upload is not None:
                        upload(deadline)
                for place in range(len(wanted)):
                    try:
                        reply = self._answer(f"{self._session}-{first + place}", deadline, None)[0]
                    except AgentError as error:
                        refused = refused or error
                        continue
                    on_reply(place, reply)
            except EOFError:
                raise refused or self._ended() from None
            except (ContractError, Cancelled):
                self._transport.close()
                raise
        if refused is not None:
            raise refused

    def _ended(self) -> UnreachableError:
        said = self._channel.stderr_tail.splitlines()[-1:]
        return UnreachableError(
            "agent-ended",
            f"the agent ended{': ' + said[0][:200] if said else ''}",
            "try again; if it stays: flyweight device doctor NAME",
        )

    def _answer(self, operation: str, deadline: Deadline, on_event: OnEvent | None) -> tuple[dict[str, Any], bytes]:
        for _ in range(MAX_EVENTS):
            message = codec.read_json(lambda count: self._read(count, deadline))
            if message.get("id") not in (operation, ""):
                raise ContractError("the answer belongs to another request")
            if isinstance(message.get("event"), dict):
                if on_event is not None:
                    on_event(message["event"])
                continue
            if isinstance(message.get("error"), dict):
                error = message["error"]
                raise AgentError(*(str(error.get(key, ""))[:2000] for key in ("code", "message", "remedy")))
            if not isinstance(message.get("reply"), dict):
                raise ContractError("the answer is neither event, reply nor error")
            return message["reply"], self._chunks(message.get("chunks", 0), deadline)
        raise ContractError("the board floods this desktop with events")

    def _chunks(self, total: object, deadline: Deadline) -> bytes:
        if not isinstance(total, int) or not 0 <= total <= MAX_REPLY_CHUNKS:
            raise ContractError(f"the answer announces {total!r} bytes of data")
        collected = bytearray()
        while len(collected) < total:
            kind, payload = codec.read_frame(lambda count: self._read(count, deadline))
            if kind != codec.CHUNK_KIND or len(collected) + len(payload) > total:
                raise ContractError("the data of the answer is out of step")
            collected += payload
        return bytes(collected)

    def ping(self, timeout_s: float = SHORT_S) -> None:
        """Ask for a sign of life."""
        self._request(Op.PING, {}, timeout_s)

    def clock_ns(self) -> int:
        """The board's raw monotonic clock, as its sensors' samples are stamped."""
        told = self._request(Op.PING, {}, SHORT_S).get("t_ns")
        if not isinstance(told, int):
            raise ContractError("the board does not tell its clock")
        return told

    def written_bytes(self) -> int | None:
        """What this session made the board write to its disks; None where the board does not tell, or is gone."""
        try:
            told = self._request(Op.PING, {}, CLOSE_S).get("written")
        except FlyweightError:
            return None
        return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 1 << 60 else None

    def selftest(self) -> dict[str, Any]:
        """Texts of all sensors, their samples, and which of them did not come out again from the texts alone."""
        reply = self._request(Op.SELFTEST, {}, 60.0)
        raw, samples, differs = (reply.get(key) for key in ("raw", "samples", "differs"))
        if not isinstance(raw, dict) or not all(isinstance(item, str) for item in raw.values()):
            raise ContractError("the board's selftest holds no texts")
        if not isinstance(samples, list) or not isinstance(differs, list):
            raise ContractError("the board's selftest holds no samples")
        return {"raw": raw, "samples": tuple(decode(Sample, item) for item in samples), "differs": map(str, differs)}

    def samples(self, timeout_s: float = SHORT_S) -> tuple[Sample, ...]:
        """Every sensor once; an agent from 1.4 on also tells load and memory."""
        found = self._request(Op.SENSORS, {}, timeout_s).get("samples")
        if not isinstance(found, list) or len(found) > MAX_SAMPLES:
            raise ContractError("the board does not list its sensors")
        return tuple(decode(Sample, item) for item in found)

    def read_log(self, limit: int, cursor: str = "") -> tuple[dict[str, Any], bytes]:
        """The newest lines of the board's log, or those after ``cursor``: the reply with the next cursor, and the lines."""
        reply, lines = self._exchange(Op.LOG_READ, {"limit": limit, "cursor": cursor}, SHORT_S)
        if not isinstance(reply.get("cursor"), str) or len(lines) > limit:
            raise ContractError("the board does not say how far its log was read")
        return reply, lines

    def rights(self) -> tuple[Right, ...]:
        """What the agent's user may do beyond the usual."""
        found = self._request(Op.RIGHTS, {}, SHORT_S).get("rights")
        if not isinstance(found, list):
            raise ContractError("the board does not list its rights")
        return tuple(decode(Right, item) for item in found)

    def runtimes(self) -> tuple[Runtime, ...]:
        """Runtimes of the board, with those the agent keeps itself."""
        reply = self._request(Op.RUNTIMES, {}, LOOKED_S)
        return _runtimes(reply)

    def put_blob(
        self,
        content: bytes | Path,
        sha256: str,
        *,
        timeout_s: float = 600.0,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Upload content unless the board has it; goes on after a cut. Returns the bytes that travelled."""
        size = content.stat().st_size if isinstance(content, Path) else len(content)
        start, complete = self.blob_place(sha256, size)
        if complete:
            return 0
        if self.uplink is None or size - start < SMALL_BYTES or self._turn is not None:
            sent = self._upload(content, sha256, start, size, timeout_s, on_progress)
            if self._turn is not None:
                self._turn(sent)
            return sent
        with self.uplink.turn(lambda: self.blob_place(sha256, size), self.limit) as told:
            sent = self._upload(content, sha256, start, size, timeout_s, on_progress)
            told(sent)
            return sent

    @contextmanager
    def uploading(self, contents: Mapping[str, int]) -> Iterator[None]:
        """One turn at the uplink for all of these, where the board lacks the largest: it is done early, and can verify.

        Args:
            contents: bytes by hash.
        """
        largest = max(contents.items(), key=lambda item: item[1])
        missing = 0 if self.uplink is None else largest[1] - self.blob_place(*largest)[0]
        if self.uplink is None or missing < SMALL_BYTES:
            yield
            return
        with self.uplink.turn(lambda: self.blob_place(*largest), self.limit) as told:
            self._turn = told
            try:
                yield
            finally:
                self._turn = None

    def _upload(
        self,
        content: bytes | Path,
        sha256: str,
        start: int,
        size: int,
        timeout_s: float,
        on_progress: Callable[[int, int], None] | None,
    ) -> int:
        def upload(deadline: Deadline) -> None:
            with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as stream:
                self._send_chunks(stream, start, size, deadline, on_progress)

        arguments = {"sha256": sha256, "size": size, "offset": start}
        self._request(Op.BLOB_PUT, arguments, timeout_s, upload=upload)
        return size - start

    def blob_place(self, sha256: str, size: int) -> tuple[int, bool]:
        """How much of a blob the board has, and whether that is all of it."""
        return _place(self._request(Op.BLOB_OPEN, {"sha256": sha256, "size": size}, 120.0), size)

    def put_small(
        self,
        contents: Mapping[str, bytes],
        *,
        timeout_s: float = 600.0,
        on_blob: Callable[[str, int, float], None] = lambda sha256, sent, seconds: None,
    ) -> int:
        """Upload many small blobs, those that the board has not, without waiting for each; returns the bytes that travelled.

        Args:
            contents: by hash.
            timeout_s: for all of them.
            on_blob: told hash, bytes that travelled, and seconds since the answer before.
        """
        names, missing = list(contents), list[tuple[str, int]]()

        def placed(place: int, reply: dict[str, Any]) -> None:
            start, complete = _place(reply, len(contents[names[place]]))
            if complete:
                on_blob(names[place], 0, 0.0)
            else:
                missing.append((names[place], start))

        if names:
            asked: list[Wanted] = [({"sha256": name, "size": len(contents[name])}, None) for name in names]
            self._in_flight(Op.BLOB_OPEN, asked, timeout_s, placed)
        began, sent = time.monotonic(), 0

        def arrived(place: int, reply: dict[str, Any]) -> None:
            nonlocal began, sent
            name, start = missing[place]
            went, now = len(contents[name]) - start, time.monotonic()
            on_blob(name, went, now - began)
            began, sent = now, sent + went

        if missing:
            puts: list[Wanted] = []
            for name, start in missing:
                arguments = {"sha256": name, "size": len(contents[name]), "offset": start}
                puts.append((arguments, partial(self._send_bytes, contents[name], start)))
            self._in_flight(Op.BLOB_PUT, puts, timeout_s, arrived)
        if self._turn is not None:
            self._turn(sent)
        return sent

    def _send_bytes(self, content: bytes, offset: int, deadline: Deadline) -> None:
        self._send_chunks(io.BytesIO(content), offset, len(content), deadline, None)

    def unpack(self, request: UnpackRequest, timeout_s: float) -> None:
        """Have a blob restored that was sent packed."""
        self._request(Op.BLOB_UNPACK, encode(request), timeout_s)

    def _send_chunks(
        self,
        stream: BinaryIO,
        offset: int,
        size: int,
        deadline: Deadline,
        on_progress: Callable[[int, int], None] | None,
    ) -> None:
        stream.seek(offset)
        done = offset
        while done < size:
            part = stream.read(min(CHUNK_BYTES, size - done))
            if not part:
                raise ContractError("the file became shorter while it was sent", "try again")
            self._channel.write(codec.chunk_header(len(part)) + part, deadline)
            done += len(part)
            if on_progress is not None:
                on_progress(done, size)

    def install_environment(self, environment: str, wheels: list[Wheel]) -> tuple[Runtime, ...]:
        """Unzip pushed wheels into an environment of the agent's own."""
        arguments = {"env": environment, "wheels": [encode(item) for item in wheels]}
        reply = self._request(Op.ENV_INSTALL, arguments, 600.0)
        return _runtimes(reply)

    def stage(self, request: StageRequest) -> StageResult:
        """Verify a pushed bundle on the board."""
        return decode(StageResult, self._request(Op.BUNDLE_STAGE, encode(request), request.timeout_s * 4 + SHORT_S))

    def activate(self, request: ActivateRequest) -> dict[str, int]:
        """Switch slots; returns their release numbers."""
        reply = self._request(Op.SLOT_ACTIVATE, encode(request), 120.0)
        placements = reply.get("placements")
        if not isinstance(placements, dict) or not all(isinstance(item, int) for item in placements.values()):
            raise ContractError(f"the board answered an order with {placements!r}")
        return placements

    def check_trial(self, order: str, timeout_s: float) -> tuple[bool, str]:
        """Run hook and health command of an order on trial; an unhealthy one went back when this returns."""
        reply = self._request(Op.SLOT_CHECK, {"order": order}, timeout_s)
        if not isinstance(reply.get("healthy"), bool):
            raise ContractError("the board does not say whether the trial is well")
        return reply["healthy"], str(reply.get("detail", ""))[:500]

    def commit(self, order: str) -> None:
        """End a trial: its releases stay."""
        self._request(Op.SLOT_COMMIT, {"order": order}, SHORT_S)

    def change_keys(self, request: ActivateRequest) -> list[str]:
        """Change the keys a board trusts; returns the ids of those it trusts now."""
        keys = self._request(Op.KEYS_CHANGE, encode(request), SHORT_S).get("keys")
        if not isinstance(keys, list) or not all(isinstance(item, str) for item in keys):
            raise ContractError("the board does not list the keys it trusts")
        return keys

    def adapters(self) -> tuple[int, tuple[Adapter, ...]]:
        """Counter of the last order about adapters, and those the user added."""
        return _adapters(self._request(Op.ADAPTERS, {}, 120.0))

    def change_adapters(self, request: ActivateRequest) -> tuple[Adapter, ...]:
        """Add and remove adapters; returns those that are there now."""
        return _adapters(self._request(Op.ADAPTERS_CHANGE, encode(request), 120.0))[1]

    def slots(self) -> SlotList:
        """Slots and verified bundles."""
        return decode(SlotList, self._request(Op.SLOT_LIST, {}, SHORT_S))

    def predict(self, request: PredictRequest) -> list[dict[str, Any]]:
        """Predict on pushed files; one answer each."""
        reply = self._request(Op.PREDICT, encode(request), 180.0)
        answers = reply.get("predictions")
        if not isinstance(answers, list) or len(answers) != len(request.inputs):
            raise ContractError(f"the board answered {len(request.inputs)} files with {type(answers).__name__}")
        if not all(isinstance(item, dict) for item in answers):
            raise ContractError("an answer of the board is no prediction")
        return answers

    def answers(self, request: AnswersRequest, timeout_s: float) -> tuple[list[Any], bytes]:
        """What a verified model file answers to pushed samples: type and shape of each output, and their bytes."""
        reply, raw = self._exchange(Op.ANSWERS, encode(request), timeout_s)
        described = reply.get("outputs")
        if not isinstance(described, list):
            raise ContractError("the board does not say what its answers are")
        return described, raw

    @contextmanager
    def lease(self, what: str) -> Iterator[None]:
        """Keep other desktops from changing the board meanwhile; an agent that is older does so for each operation only.

        Raises:
            AgentError: another desktop has the board; the message says which, since when and until when.
        """
        if self.hello.minor < LEASES_SINCE:
            yield
            return
        with nullcontext("") if self.alone is None else self.alone(self.hello.device_id) as desktop:
            self._request(Op.LEASE_TAKE, {"who": who(), "what": what, "desktop": desktop}, SHORT_S)
            try:
                yield
            except FlyweightError:
                self._drop_lease()
                raise
            self._drop_lease()

    def _drop_lease(self) -> None:
        with suppress(FlyweightError):  # when the link is lost the session ends, and its claim with it
            self._exchange(Op.LEASE_DROP, {}, CLOSE_S, cancellable=False)

    def lease_state(self, *, end: bool = False) -> tuple[Claim | None, str | None]:
        """Which other desktop has the board, and who is at it right now; with ``end`` both are ended by force."""
        reply = self._request(Op.LEASE_BREAK if end else Op.LEASE_SHOW, {}, SHORT_S)
        claim, holder = reply.get("lease"), reply.get("holder")
        return None if claim is None else decode(Claim, claim), None if holder is None else str(holder)[:500]

    def job_start(self, job: str, op: str, arguments: dict[str, Any], deadline_s: float) -> str:
        """Start work that outlives this session; asked again it answers with its state."""
        wanted = {"job": job, "op": op, "args": arguments, "deadline_s": deadline_s}
        return _state(self._exchange(Op.JOB_START, wanted, SHORT_S, cancellable=False)[0])

    def job_read(self, job: str, offset: int, wait_s: float) -> tuple[str, bytes]:
        """State of such work, and what its log holds from ``offset`` on."""
        wanted = {"job": job, "offset": offset, "wait_s": wait_s}
        reply, data = self._exchange(Op.JOB_READ, wanted, LOOK_S, cancellable=False)
        return _state(reply), data

    def job_cancel(self, job: str) -> str:
        """Stop such work; its state then."""
        return _state(self._exchange(Op.JOB_CANCEL, {"job": job}, LOOK_S, cancellable=False)[0])

    def job_drop(self, job: str) -> None:
        """Have the board forget such work."""
        self._exchange(Op.JOB_DROP, {"job": job}, LOOK_S, cancellable=False)

    def reopen(self, timeout_s: float) -> None:
        """Go on in a new session with the same board after the link was lost.

        Raises:
            DeviceError: it cannot be reached, or behind the name is another board now.
        """
        if self.renew is None:
            raise UnreachableError("link-lost", "the connection to the board was lost", "try again")
        self._transport.close()
        fresh = self.renew(timeout_s)
        if fresh.hello.device_id != self.hello.device_id:
            fresh.close()
            raise RejectedError("other-board", "behind this address is another board now", "flyweight device list")
        self._transport, self._channel, self._pending = fresh._transport, fresh._channel, fresh._pending
        self._session, self.hello = fresh._session, fresh.hello

    @property
    def _outlives(self) -> bool:
        return self.renew is not None and self.hello.minor >= DETACHED_SINCE

    def claim(self, plan: MeasurePlan) -> MeasurePlan:
        """The plan, or the equal one this board is at already for a command of this desktop that was killed."""
        if not self._outlives or plan.shared_child:
            return plan
        self._ticket = Ticket.take(self.hello.device_id, Op.MEASURE, encode(plan), self)
        return replace(plan, nonce=self._ticket.job)

    def _run(
        self, op: str, plan: MeasurePlan | ScenarioPlan, limit_s: float, on_event: OnEvent | None, detached: bool
    ) -> tuple[dict[str, Any], bytes]:
        """Measure: detached where the link may be lost, else within this session."""
        ticket, self._ticket = self._ticket, None
        if not detached or not self._outlives:
            return self._exchange(op, encode(plan), limit_s, on_event=on_event)
        if ticket is None or ticket.job != plan.nonce:
            ticket = Ticket.take(self.hello.device_id, op, encode(plan), self)
            if ticket.job != plan.nonce:  # of a run whose asker is gone, and which nobody claimed
                self.job_cancel(ticket.job)
                ticket.job = plan.nonce
        return run_detached(
            self, ticket, op, encode(plan), limit_s, on_event=on_event or (lambda event: None), cancel=self.cancel
        )

    def measure(self, plan: MeasurePlan, on_event: OnEvent | None = None) -> tuple[MeasureResult, bytes]:
        """Run a plan; returns its result and the compressed raw samples.

        Raises:
            InterruptedOnBoardError: the board started anew meanwhile.
        """
        entries = len(plan.entries)
        extra = 0.0 if plan.energy is None else plan.energy.window_s + 2 * plan.energy.idle_s
        limit = SHORT_S + entries * (plan.stop.max_s + plan.warmup_max_s + extra + 30.0) * 2
        limit += 0.0 if plan.service is None else 4 * SHORT_S
        limit += ENGINE_BUILD_S * sum(entry.runtime.provider == TENSORRT for entry in plan.entries)
        # Candidates share a process and take seconds: asking again is quicker than fetching.
        reply, raw = self._run(Op.MEASURE, plan, limit, on_event, not plan.shared_child)
        result = decode(MeasureResult, reply)
        if result.nonce != plan.nonce:
            raise RejectedError("wrong-nonce", "the board answered with the result of another run", "measure again")
        return result, raw

    def scenario(self, plan: ScenarioPlan, on_event: OnEvent | None = None) -> tuple[ScenarioResult, bytes]:
        """Run a model as a service; returns the result and the compressed table of its queries."""
        limit = 4 * SHORT_S + plan.seconds * 6
        limit += 0.0 if plan.service is None else 4 * SHORT_S
        limit += ENGINE_BUILD_S if plan.entry.runtime.provider == TENSORRT else 0
        reply, table = self._run(Op.SCENARIO, plan, limit, on_event, True)
        result = decode(ScenarioResult, reply)
        if result.nonce != plan.nonce:
            raise RejectedError("wrong-nonce", "the board answered with the result of another run", "measure again")
        return result, table

    def finish(self) -> None:
        """End the session but not the connection it came over."""
        with Watchdog(self._transport, Deadline(CLOSE_S)):
            self._channel.finish_writing()
            self._channel.close()

    def close(self) -> None:
        """End the session; the agent ends when its stdin closes."""
        if self._ticket is not None:  # claimed and never run
            self._ticket.settle()
            self._ticket = None
        self.finish()
        self._transport.close()


def _place(reply: dict[str, Any], size: int) -> tuple[int, bool]:
    """Where an upload of so many bytes goes on, and whether the board has all of it."""
    if reply.get("complete") is True:
        return size, True
    offset = reply.get("offset")
    if not isinstance(offset, int) or isinstance(offset, bool) or not 0 <= offset <= size:
        raise ContractError(f"the board wants to go on at {offset!r} of {size} bytes")
    return offset, False


def _state(reply: dict[str, Any]) -> str:
    state = reply.get("state")
    if state not in ("running", "done", "interrupted"):
        raise ContractError(f"the board says that its work is {str(state)[:40]!r}")
    return str(state)


def _adapters(reply: dict[str, Any]) -> tuple[int, tuple[Adapter, ...]]:
    counter, found = reply.get("counter"), reply.get("adapters")
    if not isinstance(counter, int) or not isinstance(found, list):
        raise ContractError("the board does not list its adapters")
    return counter, tuple(decode(Adapter, item) for item in found)


def _runtimes(reply: dict[str, Any]) -> tuple[Runtime, ...]:
    found = reply.get("runtimes")
    if not isinstance(found, list):
        raise ContractError("the board does not list its runtimes")
    return tuple(_completed(decode(Runtime, item)) for item in found)


def _completed(runtime: Runtime) -> Runtime:
    """What agents before 1.4 leave out: there were three runtimes then."""
    if runtime.formats:
        return runtime
    onnx = runtime.id == "onnxruntime"
    default = "CPUExecutionProvider" if onnx else "CPU"
    return replace(runtime, formats=["onnx" if onnx else "tflite"], default=default)


__all__ = ["AgentClient", "InterruptedOnBoardError", "NoAgentError"]
