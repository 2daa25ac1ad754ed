"""What a dialog can choose from: the variants of the project, those that are packed already, the devices."""

from PySide6.QtCore import QObject, Signal

from . import documents
from .devices import DeviceRow, read_devices
from .query import Query
from .saying import trouble
from .session import Session
from .variants import VariantRow, read_variants


class AtHand(QObject):
    """Asks for both when it is made."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project, self._devices = (Query(session, verb, self) for verb in ("project_show", "device_list"))
        for query in (self._project, self._devices):
            query.changed.connect(self.changed)
            query.load()

    @property
    def variants(self) -> list[VariantRow]:
        """Variants of the project."""
        return read_variants(self._project.document or {})

    @property
    def names(self) -> dict[str, str]:
        """Their names for a command, by id; a name that several have stands for none of them."""
        rows = self.variants
        many = [row.name for row in rows]
        return {row.id: row.name if many.count(row.name) == 1 else row.id for row in rows}

    @property
    def packed(self) -> frozenset[str]:
        """Ids of the variants that have a bundle."""
        bundles = documents.objects((self._project.document or {}).get("bundles"))
        return frozenset(filter(None, (documents.text(item.get("variant")) for item in bundles)))

    @property
    def devices(self) -> list[DeviceRow]:
        """The inventory."""
        return read_devices(self._devices.document)

    @property
    def trouble(self) -> str:
        """Why something could not be read."""
        for query in (self._project, self._devices):
            if query.failure is not None and not query.loading:
                return trouble(query.failure)
        return ""

    @property
    def loading(self) -> bool:
        """True until both answered."""
        return self._project.loading or self._devices.loading

    def cancel(self) -> None:
        """Nobody waits for the answers any more."""
        self._project.cancel()
        self._devices.cancel()
