"""A list of boards as a file: CSV with a heading, or JSON; one row per board.

    name,address,identity,python,fingerprint,groups,tag:site
    cam1,pi@10.0.0.11,~/.ssh/fleet,,SHA256:...,cameras;outdoor,hall

Only name and address are needed. Several groups are separated by ``;``; a column ``tag:KEY`` gives a tag.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .inventory import check_name, parse_address

MAX_BYTES = 16_000_000
TAG = "tag:"
COLUMNS = {"name", "address", "identity", "python", "fingerprint", "groups"}


@dataclass(frozen=True)
class Row:
    """One board to enrol."""

    name: str
    address: str
    identity: str | None = None
    python: str | None = None
    fingerprint: str | None = None
    groups: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)


def read_fleet(path: Path) -> tuple[Row, ...]:
    """Read and check all rows before the first board is touched.

    Raises:
        UsageError: names the line and what is wrong with it.
    """
    try:
        content = path.read_bytes()[: MAX_BYTES + 1]
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("fleet-unreadable", f"{path}: {error}", "give a CSV or JSON file in UTF-8") from None
    if len(content) > MAX_BYTES:
        raise UsageError("fleet-too-large", f"{path} has more than {MAX_BYTES:,} bytes", "split it")
    records = _json(path, text) if path.suffix.lower() == ".json" else _csv(path, text)
    rows = tuple(_row(f"{path}, {place}", record) for place, record in records)
    names = [row.name for row in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if not rows or twice is not None:
        what = f"names {twice} twice" if twice else "names no board"
        raise UsageError("fleet-rows", f"{path} {what}", "give every board one row with a name of its own")
    return rows


def _csv(path: Path, text: str) -> list[tuple[str, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        columns = {name.strip() for name in reader.fieldnames or ()}
        unknown = sorted(name for name in columns if name not in COLUMNS and not name.startswith(TAG))
        if unknown or not {"name", "address"} <= columns:
            raise UsageError(
                "fleet-columns",
                f"{path}: {'unknown column ' + unknown[0] if unknown else 'the columns name and address are needed'}",
                f"columns are {', '.join(sorted(COLUMNS))} and {TAG}KEY, as in {TAG}site",
            )
        rows = []
        for record in reader:
            if None in record or None in record.values():
                raise csv.Error("another number of fields than the heading has")
            rows.append((f"line {reader.line_num}", {k.strip(): v.strip() for k, v in record.items()}))
    except csv.Error as error:
        raise UsageError(
            "fleet-rows", f"{path}, line {reader.line_num}: {error}", "write it as CSV with commas and quotes"
        ) from None
    return rows


def _json(path: Path, text: str) -> list[tuple[str, dict[str, Any]]]:
    try:
        value = json.loads(text)
        items = value["devices"] if isinstance(value, dict) else value
        if not all(isinstance(item, dict) for item in items):
            raise TypeError("a board is an object")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError("fleet-rows", f"{path}: {error}", 'write [{"name": ..., "address": ...}, ...]') from None
    rows = []
    for number, item in enumerate(items, start=1):
        tags = {TAG + str(key): value for key, value in dict(item.get("tags") or {}).items()}
        groups = item.get("groups") or []
        record = {**{k: v for k, v in item.items() if k in COLUMNS}, **tags}
        record["groups"] = groups if isinstance(groups, str) else ";".join(map(str, groups))
        rows.append((f"entry {number}", {k: "" if v is None else str(v) for k, v in record.items()}))
    return rows


def _row(place: str, record: Mapping[str, str]) -> Row:
    groups = tuple(part.strip() for part in record.get("groups", "").split(";") if part.strip())
    try:
        for name in (record.get("name", ""), *groups):
            check_name(name)
        parse_address(record.get("address", ""))
    except UsageError as error:
        raise UsageError(error.code, f"{place}: {error.message}", error.remedy) from None
    return Row(
        record["name"],
        record["address"],
        record.get("identity") or None,
        record.get("python") or None,
        record.get("fingerprint") or None,
        groups,
        {key[len(TAG) :]: value for key, value in record.items() if key.startswith(TAG) and value},
    )
