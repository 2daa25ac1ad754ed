"""The one way to a board: open the transport, start the agent that fits this desktop, hand out a client."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from device_agent.contract.errors import AgentError

from ..errors import HostKeyError, RejectedError
from ..events import Cancel, Emit, Log, Stage, ignore
from .agent_client import AgentClient
from .enrol import install_agent, open_agent
from .inventory import Device, Inventory, keep_loopback_id
from .loopback import Loopback
from .own_lease import alone
from .seen import note
from .session import NoAgentError
from .ssh import SshTransport
from .transport import Deadline, Transport

CONNECT_TIMEOUT_S = 30.0
"""For reaching a board: its SSH server lets us in by then, or it is as good as gone."""

GREETING_S = 120.0
"""For all until its agent has answered: a Pi Zero with something to do takes half a minute to start a Python."""


def open_transport(device: Device, *, timeout_s: float = CONNECT_TIMEOUT_S, emit: Emit = ignore) -> Transport:
    """A connection to a device of the inventory; its host key must be the pinned one."""
    if device.loopback:
        return Loopback(timeout_s)
    if device.host_key is None:
        raise HostKeyError(
            "host-key-unknown",
            f"no host key is pinned for {device.name}",
            f"add it: flyweight device add {device.name} {device.address}",
        )
    return SshTransport(device, timeout_s=timeout_s, emit=emit)


@contextmanager
def connect(
    name: str,
    *,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
    timeout_s: float = GREETING_S,
    install: bool = True,
) -> Iterator[AgentClient]:
    """A session with the agent of a device; an agent that is missing or of another version is installed first.

    Args:
        name: of the inventory, or ``loopback``.
        timeout_s: until the agent has answered, at most ``GREETING_S``; requests have their own deadlines.
        install: False leaves a board as it is (this computer's own gets its agent all the same).

    Raises:
        NoAgentError: nothing was to be installed, and there is no agent of this version.
    """
    inventory = Inventory.load()
    device = inventory.get(name)
    deadline = Deadline(min(timeout_s, GREETING_S), cancel)

    def opened(transport: Transport, python: str) -> AgentClient:
        left_s = deadline.check("starting the agent")
        return open_agent(transport, python, left_s, cancel=cancel, on_wait=lambda seconds: _slow(name, seconds, emit))

    with open_transport(device, timeout_s=min(deadline.left, CONNECT_TIMEOUT_S), emit=emit) as transport:
        python = (transport.device.python if isinstance(transport, Loopback) else device.python) or "python3"
        try:
            client = opened(transport, python)
        except NoAgentError:
            if not install and not device.loopback:
                raise NoAgentError(
                    "no-agent", f"{name} has no agent of this version", f"bring it: flyweight device probe {name}"
                ) from None
            if install:  # else it is this computer's own, which is not told as if a board were changed
                emit(Stage("install the agent", name))
            left_s = deadline.check("installing the agent")
            install_agent(transport, python, left_s, restricted=device.restricted)
            client = opened(transport, python)
        client.alone, client.name = alone, name
        if device.loopback:  # which is this computer: there is no link to lose
            keep_loopback_id(client.hello.device_id)
        else:
            client.renew = lambda seconds: _renewed(name, python, seconds, cancel)
        if not device.loopback and device.device_id != client.hello.device_id:
            try:
                _remember(inventory, device, client.hello.device_id, emit)
            except RejectedError:
                client.close()
                raise
        note(client.hello)
        try:
            yield client
        except AgentError as error:
            if error.code != "busy":
                raise
            remedy = f"{error.remedy}. From here by force: flyweight device unlock {name}"
            raise AgentError(error.code, error.message, remedy) from None
        finally:
            if client.told_runtimes is not None:
                note(client.hello, client.told_runtimes)
            client.close()


def _slow(name: str, seconds: float, emit: Emit) -> None:
    emit(Stage("agent", f"{name} let us in and is slow: its agent has been starting for {seconds:.0f} s"))


def _renewed(name: str, python: str, timeout_s: float, cancel: Cancel | None) -> AgentClient:
    """A new session with a board whose agent is installed; it has to be reached in time, and is then waited for."""
    transport = open_transport(Inventory.load().get(name), timeout_s=timeout_s)
    try:
        return open_agent(transport, python, GREETING_S, cancel=cancel)
    except BaseException:
        transport.close()
        raise


def _remember(inventory: Inventory, device: Device, device_id: str, emit: Emit) -> None:
    """Keep who answered."""
    inventory.check_identity(replace(device, device_id=device_id))
    if device.device_id is not None:
        text = f"behind {device.name} is another board than before: {device_id}, it was {device.device_id}"
        emit(Log(text, "warning"))
    inventory.update(device.name, device_id=device_id)
