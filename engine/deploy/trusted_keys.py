"""The signing keys boards trust: replaced on all of them before the new one is used, so that no board is left behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from device_agent.contract.messages import ActivateRequest

from ..errors import FlyweightError
from ..events import Cancel, Emit, Stage, ignore
from ..package.keys import SigningKey, next_key, replace_key, signing_key
from ..records import canonical_json
from .connect import connect
from .transport import Deadline

Outcome = tuple[dict[str, tuple[str, ...]], dict[str, FlyweightError]]
"""Keys by board, and what went wrong by board."""


@dataclass(frozen=True)
class KeyChange:
    """A change for some boards.

    Args:
        names: of the boards.
        timeout_s: for each.
    """

    names: tuple[str, ...]
    timeout_s: float = 60.0
    emit: Emit = ignore
    cancel: Cancel | None = None

    def apply(
        self, *, add: Sequence[SigningKey] = (), revoke: Sequence[str] = (), signer: SigningKey | None = None
    ) -> Outcome:
        """Order the change on every board; one that fails does not stop the others. No change only lists."""
        boards: dict[str, tuple[str, ...]] = {}
        errors: dict[str, FlyweightError] = {}
        for name in self.names:
            self.emit(Stage("keys", name))
            try:
                boards[name] = self._one(name, add, revoke, signer or signing_key())
            except FlyweightError as error:
                if error.code == "cancelled":
                    raise
                errors[name] = error
        return boards, errors

    def _one(self, name: str, add: Sequence[SigningKey], revoke: Sequence[str], signer: SigningKey) -> tuple[str, ...]:
        with connect(name, cancel=self.cancel, timeout_s=self.timeout_s) as client:
            client.limit = Deadline(self.timeout_s, self.cancel)
            new = [key.public.hex() for key in add if key.id not in client.hello.keys]
            if not new and not revoke:
                return tuple(client.hello.keys)
            value = {"schema": 1, "kind": "keys", "device": client.hello.device_id, "add": new, "revoke": list(revoke)}
            order = canonical_json(value)
            return tuple(client.change_keys(ActivateRequest(order.decode(), signer.sign(order), signer.id)))

    def rotate(self) -> Outcome:
        """Have every board trust the next key; only when all do, use it and revoke the old one."""
        fresh = next_key()
        boards, errors = self.apply(add=[fresh])
        if errors:
            return boards, errors
        old = replace_key()
        return self.apply(revoke=[old.id], signer=fresh)
