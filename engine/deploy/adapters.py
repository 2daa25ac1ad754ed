"""Runtime adapters a user puts on a board: one Python file each, checked here, signed, and described by the board itself."""

import ast
import sys
from collections.abc import Sequence
from pathlib import Path

from device_agent.contract.errors import AgentError
from device_agent.contract.messages import ActivateRequest, Adapter

from ..errors import RejectedError, UsageError
from ..package.keys import signing_key
from ..records import canonical_json, sha256_hex
from .agent_client import AgentClient
from .run_on import SINCE

MAX_BYTES = 256_000
GRAMMAR = (3, 8)
"""Of the oldest Python that agents run on."""


def read(path: Path) -> bytes:
    """The content of an adapter's file, if it can be one (see docs/adapters.md).

    Raises:
        UsageError: it cannot be read, is no Python 3.8, has no ADAPTER, or imports at its top what a board may lack.
    """
    try:
        content = path.read_bytes()
        tree = ast.parse(content, str(path), feature_version=GRAMMAR)
    except OSError as error:
        raise UsageError("file-unreadable", f"{path}: {error.strerror}", "name the adapter's file") from None
    except (SyntaxError, ValueError) as error:
        raise UsageError("no-adapter", f"{path} is no Python 3.8: {error}", "see docs/adapters.md") from None
    if len(content) > MAX_BYTES:
        raise UsageError("too-large", f"{path} has {len(content):,} bytes", f"an adapter has at most {MAX_BYTES:,}")
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    if not any(isinstance(target, ast.Name) and target.id == "ADAPTER" for target in targets):
        raise UsageError("no-adapter", f"{path} sets no ADAPTER", "end it with: ADAPTER = YourSession")
    foreign = sorted(_imports(tree.body) - sys.stdlib_module_names)
    if foreign:
        raise UsageError(
            "early-import",
            f"{path} imports {', '.join(foreign)} at its top, which a board may lack",
            "import it inside the functions, so that a board without it can say so",
        )
    return content


def _imports(body: Sequence[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.Import):
            found |= {item.name.partition(".")[0] for item in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


def listed(client: AgentClient) -> tuple[int, tuple[Adapter, ...]]:
    """Counter and adapters of a board; RejectedError when its agent is too old to have any."""
    if client.hello.minor < SINCE:
        raise RejectedError(
            "old-agent",
            f"the agent there speaks protocol {client.hello.major}.{client.hello.minor} and takes no adapters",
            "update it: flyweight device add NAME ADDRESS",
        )
    return client.adapters()


def change(client: AgentClient, *, add: bytes | None = None, remove: str | None = None) -> tuple[Adapter, ...]:
    """Add a file, or take an adapter away, by signed order; returns those that are there then.

    Raises:
        UsageError: there is no such adapter. AgentError: the board cannot load the file, or does not trust this desktop.
    """
    counter, before = listed(client)
    if remove is not None and remove not in {item.id for item in before}:
        known = ", ".join(item.id for item in before) or "none"
        raise UsageError("unknown-adapter", f"the board has no adapter '{remove[:40]}'", f"it has: {known}")
    digests = [] if add is None else [sha256_hex(add)]
    for digest in digests:
        client.put_blob(add or b"", digest)
    key = signing_key()
    for attempt in range(3):
        value = {"schema": 1, "kind": "adapters", "device": client.hello.device_id, "counter": counter + 1 + attempt}
        order = canonical_json({**value, "add": digests, "remove": [] if remove is None else [remove]})
        try:
            return client.change_adapters(ActivateRequest(order.decode(), key.sign(order), key.id))
        except AgentError as error:
            if error.code != "old-order" or attempt == 2:
                raise
    raise AssertionError("unreachable")
