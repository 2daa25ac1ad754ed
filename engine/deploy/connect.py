"""The one way to a board: open the transport, start the agent that fits this desktop, hand out a client."""

from collections.abc import Iterator
from contextlib import contextmanager

from device_agent.contract.errors import AgentError

from ..errors import HostKeyError
from ..events import Cancel, Emit, Log, Stage, ignore
from .agent_client import AgentClient, NoAgentError
from .enrol import install_agent, open_agent
from .inventory import Device, Inventory
from .loopback import Loopback
from .own_lease import alone
from .ssh import SshTransport
from .transport import Deadline, Transport

CONNECT_TIMEOUT_S = 30.0


def open_transport(device: Device, *, timeout_s: float = CONNECT_TIMEOUT_S, emit: Emit = ignore) -> Transport:
    """A connection to a device of the inventory; its host key must be the pinned one."""
    if device.loopback:
        return Loopback(timeout_s)
    if device.host_key is None:
        raise HostKeyError(
            "host-key-unknown",
            f"no host key is pinned for {device.name}",
            f"flyweight device add {device.name} {device.address}",
        )
    return SshTransport(device, timeout_s=timeout_s, emit=emit)


@contextmanager
def connect(
    name: str, *, emit: Emit = ignore, cancel: Cancel | None = None, timeout_s: float = CONNECT_TIMEOUT_S
) -> Iterator[AgentClient]:
    """A session with the agent of a device; an agent that is missing or of another version is installed first.

    Args:
        name: of the inventory, or ``loopback``.
        timeout_s: for connecting; requests have their own deadlines.
    """
    inventory = Inventory.load()
    device = inventory.get(name)
    deadline = Deadline(min(timeout_s, CONNECT_TIMEOUT_S), cancel)
    with open_transport(device, timeout_s=deadline.left, emit=emit) as transport:
        python = (transport.device.python if isinstance(transport, Loopback) else device.python) or "python3"
        try:
            client = open_agent(transport, python, deadline.check("starting the agent"))
        except NoAgentError:
            emit(Stage("install the agent", name))
            left_s = deadline.check("installing the agent")
            install_agent(transport, python, left_s, restricted=device.restricted)
            client = open_agent(transport, python, deadline.check("starting the agent"))
        if cancel is not None:
            client.cancel = cancel
        client.alone = alone
        if not device.loopback:  # which is this computer: there is no link to lose
            client.renew = lambda seconds: _renewed(name, python, seconds)
        if not device.loopback and device.device_id != client.hello.device_id:
            _remember(inventory, device, client.hello.device_id, emit)
        try:
            yield client
        except AgentError as error:
            if error.code != "busy":
                raise
            remedy = f"{error.remedy}. From here by force: flyweight device unlock {name}"
            raise AgentError(error.code, error.message, remedy) from None
        finally:
            client.close()


def _renewed(name: str, python: str, timeout_s: float) -> AgentClient:
    """A new session with a board whose agent is installed."""
    deadline = Deadline(timeout_s)
    transport = open_transport(Inventory.load().get(name), timeout_s=timeout_s)
    try:
        return open_agent(transport, python, deadline.check("starting the agent"))
    except BaseException:
        transport.close()
        raise


def _remember(inventory: Inventory, device: Device, device_id: str, emit: Emit) -> None:
    if device.device_id is not None:
        text = f"behind {device.name} is another board than before: {device_id}, it was {device.device_id}"
        emit(Log(text, "warning"))
    inventory.update(device.name, device_id=device_id)
