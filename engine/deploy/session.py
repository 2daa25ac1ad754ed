"""One session with an agent: frames over a channel, op-ids, deadlines, bounded answers."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from device_agent.contract import codec
from device_agent.contract.errors import AgentError, ContractError
from device_agent.contract.messages import Hello, HelloRequest, Op, decode, encode
from device_agent.contract.version import MAJOR, MARKER, MARKER_SEARCH_BYTES, MINOR

from ..errors import Cancelled, RejectedError, UnreachableError
from ..events import Cancel
from .transport import Channel, Deadline, Transport, Watchdog

SHORT_S = 30.0
CLOSE_S = 3.0
MAX_REPLY_CHUNKS = 256 << 20
MAX_EVENTS = 100_000
TOLD_EVERY_S = 8.0
"""Whoever waits for a greeting hears of it this often."""

Wanted = tuple[dict[str, Any], Callable[[Deadline], None] | None]
"""Arguments of a request, and what is sent behind it."""

OnEvent = Callable[[dict[str, Any]], None]


class NoAgentError(UnreachableError):
    """The program on the board ended before it said it was an agent: it is not installed, or Python is missing."""


class AgentSession:
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
        self.name = "NAME"
        """Of the device, where it has one."""
        self.renew: Callable[[float], Self] | None = None
        """Makes a new session with this board when the link was lost; without it nothing outlives the link."""
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
                    "install it: flyweight device add NAME ADDRESS",
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
            f"try again; if it stays: flyweight device doctor {self.name}",
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
            raise RejectedError(
                "other-board",
                "behind this address is another board now",
                "see which one was added: flyweight device list",
            )
        self._transport, self._channel, self._pending = fresh._transport, fresh._channel, fresh._pending
        self._session, self.hello = fresh._session, fresh.hello

    def finish(self) -> None:
        """End the session but not the connection it came over."""
        with Watchdog(self._transport, Deadline(CLOSE_S)):
            self._channel.finish_writing()
            self._channel.close()

    def close(self) -> None:
        """End the session; the agent ends when its stdin closes."""
        self.finish()
        self._transport.close()
