"""What a database said, as an error of ours: which store, why it did not go, and what helps.

SQLite tells by number. A server that refuses a connection tells in words only: the driver passes no code on then.
"""

import re
import shutil
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from .errors import ProfileError, StoreLoginError

LEFT_BYTES = 1 << 20
"""A disk with less room than this is called full: a journal alone needs as much."""
SALVAGE = "save what is whole: flyweight profile check --salvage"
WRITABLE = "make the file and its folder writable (chmod u+w), or name another store in FLYWEIGHT_PROFILES"


def shown(url: sa.URL) -> str:
    """A URL for people: without a password, wherever it stands."""
    hidden = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


def shown_text(text: str) -> str:
    """What was given as a URL and is none, without what may be a login."""
    start, at, rest = text.rpartition("@")
    scheme = re.match(r"[a-z+0-9]{1,40}:/{0,2}", start)
    return f"{scheme[0] if scheme else ''}***@{rest[:80]}" if at else text[:80]


def explained(error: sa.exc.DBAPIError | sqlite3.Error, url: sa.URL) -> ProfileError:
    """The error to raise instead of the driver's."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, shown(url), Path(url.database or ""))
    return _of_a_server(cause, shown(url))


def read_only(where: str) -> ProfileError:
    """A store that this user may read only."""
    return ProfileError("store-read-only", f"{where} may be read and not written here", WRITABLE)


def _of_sqlite(cause: sqlite3.Error, where: str, path: Path) -> ProfileError:
    name, said = getattr(cause, "sqlite_errorname", ""), _line(cause)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return ProfileError("store-busy", f"{where} is held by another program", "try again when it has finished")
    if name.startswith("SQLITE_FULL") or (name.startswith("SQLITE_IOERR") and _full(path.parent)):
        return ProfileError(
            "store-disk-full",
            f"{where}: the disk of {path.parent} is full",
            "make room there, or name another store in FLYWEIGHT_PROFILES",
        )
    if name.startswith("SQLITE_READONLY"):
        return read_only(where)
    if name.startswith("SQLITE_CANTOPEN"):
        return ProfileError(
            "store-failed",
            f"{where} cannot be opened: {_why_not(path)}",
            "mend that, or name another store in FLYWEIGHT_PROFILES",
        )
    if name == "SQLITE_NOTADB":
        remedy = (
            "name another store in FLYWEIGHT_PROFILES; if this was your store, save what is whole: "
            "flyweight profile check --salvage"
        )
        return ProfileError("store-damaged", f"{where} is no database of SQLite", remedy)
    if isinstance(cause, sqlite3.OperationalError) and "malformed" not in said:
        return ProfileError("store-failed", f"{where}: {said}", "check the disk, the folder and its rights")
    return ProfileError("store-damaged", f"{where} cannot be used: {said}", SALVAGE)


def _full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < LEFT_BYTES
    except OSError:
        return False


def _why_not(path: Path) -> str:
    if path.is_dir():
        return "it is a folder"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if path.with_name(f"{path.name}-wal").exists():
        return f"rows wait in {path.name}-wal, and to take them in {path.parent} has to be writable"
    return f"the rights of {path.name} or of {path.parent} do not allow it"


def _of_a_server(cause: BaseException, where: str) -> ProfileError:
    state, said = str(getattr(cause, "sqlstate", None) or ""), _line(cause)
    if state.startswith("28") or "authentication failed" in said or re.search(r'role "[^"]*" does not exist', said):
        return StoreLoginError(
            "store-login", f"{where} refuses the login: {said}", "check user and password in FLYWEIGHT_PROFILES"
        )
    if state == "3D000" or re.search(r'database "[^"]*" does not exist', said):
        return ProfileError(
            "store-failed",
            f"{where}: there is no such database",
            "create it with createdb, or name another one in FLYWEIGHT_PROFILES",
        )
    if state == "42501":
        return ProfileError("store-read-only", f"{where}: {said}", "grant the user CREATE, SELECT, INSERT and UPDATE")
    if state in ("53100", "53200"):
        return ProfileError("store-disk-full", f"{where}: {said}", "make room on the server")
    if state.startswith(("08", "57")) or not state:
        return ProfileError(
            "store-unreachable", f"{where} cannot be reached: {said}", "start the server, and check host and port"
        )
    return ProfileError("store-failed", f"{where}: {said}", "look at the server's log")


def _line(cause: BaseException) -> str:
    return " ".join(str(cause).split())[:200]
