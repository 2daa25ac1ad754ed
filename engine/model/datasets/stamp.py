"""What tells the data of today from that of yesterday under the same name: a step's result is kept for the same data alone."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..data import DataSet
from ..source import is_factory


def data_stamp(spec: str, data: DataSet) -> dict[str, Any]:
    """How samples are prepared, and the size and time of change (ns) of every file that ``spec`` names.

    Of ``module:factory`` that is the file of the module; what the module itself reads is not seen.
    """
    return {"contract": asdict(data.contract), "files": list(_files(spec))}


def _files(spec: str) -> Iterator[tuple[str, int, int]]:
    path = Path(spec).expanduser()
    if is_factory(spec) and not path.exists():
        name = spec.rpartition(":")[0]
        path = Path(getattr(sys.modules.get(name), "__file__", None) or name)
    elif spec.startswith("fashion-mnist:"):
        path = Path(spec.partition(":")[2]).expanduser()
    for item in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if item.is_file():
            facts = item.stat()
            yield item.relative_to(path.parent).as_posix(), facts.st_size, facts.st_mtime_ns
