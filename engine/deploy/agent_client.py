"""Typed requests to an agent, one short method for each operation of the protocol."""

import io
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from device_agent.contract import codec
from device_agent.contract.errors import ContractError
from device_agent.contract.measuring import ENGINE_BUILD_S, TENSORRT, AnswersRequest, Isolation
from device_agent.contract.messages import (
    ActivateRequest,
    Adapter,
    Claim,
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

from ..errors import FlyweightError, RejectedError
from .detached import InterruptedOnBoardError, Ticket, run_detached
from .isolation import believable
from .own_lease import who
from .session import CLOSE_S, SHORT_S, AgentSession, OnEvent, Wanted
from .transport import Deadline
from .uplink import SMALL_BYTES, Uplink

CHUNK_BYTES = 256 * 1024
DETACHED_SINCE = 2
"""Minor version of the first agent whose measuring outlives the link."""

MAX_SAMPLES = 1000
LOOK_S = 15.0
LOOKED_S = 300.0
"""For a board that imports every runtime of every environment it has."""

LEASES_SINCE = 4
"""Minor version of the first agent that keeps other desktops away for a whole deploy."""


class AgentClient(AgentSession):
    """The operations of one session with an agent. Not for several threads at once."""

    alone: Callable[[str], AbstractContextManager[str]] | None = None
    """Keeps other processes of this desktop from the board of an id, and gives the name of the desktop for it."""
    uplink: Uplink | None = None
    """Where uploads wait for their turn; None = they do not."""
    told_runtimes: tuple[Runtime, ...] | None = None
    """The runtimes of the board, once it was asked for them."""
    _turn: Callable[[int], None] | None = None
    """The turn that is taken for several uploads."""
    _ticket: Ticket | None = None

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
        self.told_runtimes = _runtimes(self._request(Op.RUNTIMES, {}, LOOKED_S))
        return self.told_runtimes

    def isolation(self) -> Isolation | None:
        """What keeps a model's process in on this board, as one found by trying; None where the agent is too old to tell."""
        found = self._request(Op.RUNTIMES, {}, LOOKED_S).get("isolation")
        return None if found is None else believable(decode(Isolation, found))

    def put_blob(
        self,
        content: bytes | Path,
        sha256: str,
        *,
        timeout_s: float = 600.0,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Upload content unless the board has it; goes on after a cut. Returns the bytes that travelled.

        ``on_progress`` gets the bytes that are there and all of them, first when something is about to travel.
        """
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
        if on_progress is not None:
            on_progress(start, size)

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

    def close(self) -> None:
        """End the session; the agent ends when its stdin closes."""
        if self._ticket is not None:  # claimed and never run
            self._ticket.settle()
            self._ticket = None
        super().close()


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


__all__ = ["AgentClient", "InterruptedOnBoardError"]
