"""A real responder on the loopback interface announces boards; only those that can be one are taken over."""

import socket
import sys
import threading
from pathlib import Path

import pytest
from zeroconf import ServiceInfo, Zeroconf

from engine.deploy import discovery, mdns
from engine.deploy.enrol import add_device
from engine.deploy.inventory import HostKey, Inventory
from engine.errors import HostKeyError

from .boards import Board, Proxy


@pytest.fixture
def responder(monkeypatch: pytest.MonkeyPatch):
    """Announces on 127.0.0.1 alone, where the browser asks."""
    monkeypatch.setattr(mdns, "INTERFACES", ["127.0.0.1"])
    try:
        link = Zeroconf(interfaces=["127.0.0.1"])
    except OSError as error:
        pytest.skip(f"NOT RUN: no multicast on the loopback interface: {error}")
    yield link
    link.close()


@pytest.fixture
def server():
    """Greets like an SSH server."""
    listening = socket.create_server(("127.0.0.1", 0))

    def greet() -> None:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            with link:
                link.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")

    thread = threading.Thread(target=greet)
    thread.start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def announce(link: Zeroconf, name: str, host: str, port: int, kind: str = "_ssh._tcp.local.") -> None:
    info = ServiceInfo(kind, f"{name}.{kind}", port, addresses=[socket.inet_aton("127.0.0.1")], server=host)
    link.register_service(info, cooperating_responders=True)


def heard_of(count: int) -> tuple[mdns.Announced, ...]:
    """Who answers, once that many did: on a busy computer a question or an answer may be lost, as multicast may."""
    for _ in range(5):
        announced = mdns.browse(3.0)
        if len(announced) >= count:
            break
    return announced


def test_that_boards_that_announce_themselves_are_found_and_others_are_not(
    responder: Zeroconf, server: int, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(discovery, "USUAL_NAMES", ())
    monkeypatch.setattr(discovery, "GADGET_LINKS", ())
    announce(responder, "garden cam", "garden.local.", server)
    announce(responder, "shed", "shed.local.", 9, "_workstation._tcp.local.")
    announce(responder, "odd", "-rf x.local.", server)
    announce(responder, "far", "board.example.", server)
    announced = heard_of(2)
    assert announced == (
        mdns.Announced("garden.local", "127.0.0.1", server),
        mdns.Announced("shed.local", "127.0.0.1", 22),
    )
    monkeypatch.setattr(discovery, "browse", lambda timeout_s: announced[:1])
    (found,) = discovery.discover(1.0)
    assert (found.source, found.ssh, found.banner) == ("announced as garden.local", True, "SSH-2.0-OpenSSH_9.2p1")
    assert (found.host, found.port) == ("127.0.0.1", server)  # nothing here resolves garden.local


@pytest.mark.device
def test_that_a_board_with_a_new_address_is_known_by_its_key_and_moved_without_a_question(
    board: Board, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
):
    inventory = Inventory.load()
    inventory.remove("far")
    before = inventory.update("board", groups=("hall",))
    monkeypatch.setattr(discovery, "USUAL_NAMES", ())
    monkeypatch.setattr(discovery, "GADGET_LINKS", ())
    here = mdns.Announced("board.local", "127.0.0.1", proxy.port)
    monkeypatch.setattr(discovery, "browse", lambda timeout_s: (here,))
    (found,) = discovery.discover(5.0)
    assert (found.device, found.moved) == ("board", True)
    address = f"{board.user}@127.0.0.1:{proxy.port}"
    added = add_device("board", address, identity=board.identity, python=sys.executable, timeout_s=30)
    assert (added.port, added.device_id, added.groups) == (proxy.port, before.device_id, ("hall",))
    (found,) = discovery.discover(5.0)
    assert (found.device, found.moved) == ("board", False)
    stranger = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43)
    inventory.update("board", port=board.port, host_key=stranger)
    with pytest.raises(HostKeyError):
        add_device("board", address, identity=board.identity, python=sys.executable, timeout_s=30)


def test_that_a_computer_without_a_network_finds_nobody(monkeypatch: pytest.MonkeyPatch):
    def refuse(**options: object) -> Zeroconf:
        raise OSError(19, "No such device")

    monkeypatch.setattr("zeroconf.Zeroconf", refuse)
    assert mdns.browse(0.1) == ()
