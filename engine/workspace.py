"""Where things live on the desktop.

A project is a folder with ``.flyweight/`` in it: content-addressed blobs, variants, bundles, jobs. What belongs to the
user rather than to a project (devices, keys, profiles, the loopback board) lives in the XDG folders.
"""

import json
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .errors import DamagedRecordWarning, UsageError, WorkspaceError
from .records import Bundle, Estimate, Fidelity, Format, Recipe, RecipeStep, Score, Skip, Variant, sha256_hex

FOLDER = ".flyweight"


def user_data_dir() -> Path:
    """Devices, host keys, signing keys, profiles, the loopback board (``$XDG_DATA_HOME/flyweight``)."""
    from platformdirs import user_data_path

    return _private(user_data_path("flyweight", appauthor=False), "XDG_DATA_HOME")


def user_cache_dir() -> Path:
    """What can be made again: the agent archive, downloaded wheels (``$XDG_CACHE_HOME/flyweight``)."""
    from platformdirs import user_cache_path

    return _private(user_cache_path("flyweight", appauthor=False), "XDG_CACHE_HOME")


def _private(path: Path, variable: str) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            "not-writable", f"cannot create {path}: {error.strerror}", f"make the folder writable or set {variable}"
        ) from None
    return path


def write_atomic(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that readers see the old or the new content, never a part; survives a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class BlobStore:
    """Content-addressed files: ``blobs/ab/cdef...``; the name is the SHA-256 of the content."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, sha256: str) -> Path:
        """Where the blob of this hash is (or would be)."""
        return self._root / sha256[:2] / sha256[2:]

    def put_bytes(self, content: bytes) -> str:
        """Store bytes; returns their SHA-256. Storing the same content again costs nothing."""
        sha256 = sha256_hex(content)
        target = self.path(sha256)
        if not target.exists():
            write_atomic(target, content, 0o444)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The content of a blob, checked against its name.

        Raises:
            WorkspaceError: the blob is missing or damaged.
        """
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise WorkspaceError(
                "blob-missing", f"the blob {sha256[:16]} is not in {self._root}", "make the variant again"
            ) from None
        if sha256_hex(content) != sha256:
            raise WorkspaceError(
                "blob-damaged",
                f"the blob {self.path(sha256)} does not have the content its name promises",
                "delete that file and make the variant again",
            )
        return content


class Workspace:
    """One project folder. Created on disk by the first verb that writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / FOLDER
        self.blobs = BlobStore(self.root / "blobs")

    @classmethod
    def find(cls, project: str | Path | None = None, start: Path | None = None) -> "Workspace":
        """``project``, else ``$FLYWEIGHT_PROJECT``, else the nearest parent with ``.flyweight/``, else ``start``."""
        here = (start or Path.cwd()).resolve()
        if project is None and os.environ.get("FLYWEIGHT_PROJECT"):
            project = Path(os.environ["FLYWEIGHT_PROJECT"])
        if project is not None:
            project = Path(project)
            if project.exists() and not project.is_dir():
                raise UsageError("project-not-a-folder", f"{project} is not a folder", "give a folder to --project")
            return cls(project.resolve())
        for folder in (here, *here.parents):
            if (folder / FOLDER).is_dir():
                return cls(folder)
        return cls(here)

    @property
    def jobs_dir(self) -> Path:
        """One folder per job: journal, checkpoints."""
        return self._made("jobs")

    @property
    def bundles_dir(self) -> Path:
        """Signed bundles made in this project."""
        return self._made("bundles")

    @property
    def reports_dir(self) -> Path:
        """Reports made in this project."""
        return self._made("reports")

    @property
    def steps_dir(self) -> Path:
        """Results of finished steps of recipes, by model and data; whatever is missing is worked out again."""
        return self._made("steps")

    def _made(self, name: str) -> Path:
        path = self.root / name
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(
                "not-writable", f"cannot write to {self.root}: {error.strerror}", "choose a folder with --project DIR"
            ) from None
        return path

    def save_variant(self, variant: Variant, files: Mapping[Format, bytes]) -> Variant:
        """Keep a variant and its model files under ``variants/<id>/``; returns it with its paths filled in."""
        folder = self._made("variants") / variant.id
        paths = {}
        for format_, content in files.items():
            paths[format_] = folder / f"model.{format_}"
            write_atomic(paths[format_], content)
        twins = {str(f): str(p) for f, p in paths.items() if f != variant.format}
        saved = replace(variant, path=str(paths[variant.format]), twins=twins)
        write_atomic(folder / "variant.json", json.dumps(_to_stored(saved), indent=1).encode())
        return saved

    def update_variant(self, variant: Variant) -> None:
        """Write the record of a variant again (a score was added); its files stay."""
        write_atomic(
            self.root / "variants" / variant.id / "variant.json", json.dumps(_to_stored(variant), indent=1).encode()
        )

    def variants(self) -> tuple[Variant, ...]:
        """The variants, in order of their making; one that cannot be read is left out with a warning."""
        known, damaged = self.read_variants()
        warn_of(damaged.values())
        return known

    def read_variants(self) -> tuple[tuple[Variant, ...], Mapping[str, WorkspaceError]]:
        """The variants, in order of their making, and by id why others cannot be read."""
        known: list[Variant] = []
        damaged: dict[str, WorkspaceError] = {}
        files = sorted((self.root / "variants").glob("*/variant.json"), key=lambda p: p.stat().st_mtime_ns)
        for path in files:
            try:
                known.append(_read_variant(path))
            except WorkspaceError as error:
                damaged[path.parent.name] = error
        return tuple(known), damaged

    def bundles(self) -> tuple[Bundle, ...]:
        """The bundles that are still there, in order of their making; what cannot be read is left out with a warning."""
        known, damaged = self.read_bundles()
        warn_of(damaged.values())
        return known

    def read_bundles(self) -> tuple[tuple[Bundle, ...], Mapping[str, WorkspaceError]]:
        """The bundles whose folders are still there, in order of their making, and by id why others cannot be read."""
        known: list[Bundle] = []
        damaged: dict[str, WorkspaceError] = {}
        for index in sorted((self.root / "bundles").glob("*.json"), key=lambda p: p.stat().st_mtime_ns):
            try:
                record = Bundle(**json.loads(index.read_text()))
                beside = index.parent / Path(record.path).name
                if beside.is_dir():  # the project may have been moved or copied since
                    record = replace(record, path=str(beside))
                there = Path(record.path).is_dir()
            except (OSError, ValueError, TypeError) as error:
                damaged[index.stem] = WorkspaceError(
                    "bundle-record-damaged",
                    f"{index} cannot be read: {error}",
                    "delete that file and bundle the variant again",
                )
                continue
            if there:
                known.append(record)
        return tuple(known), damaged

    def load_variant(self, key: str) -> Variant:
        """A variant by id, unique prefix of at least 4 digits, or name (the newest of that name).

        Raises:
            UsageError: no variant, or several, answer to ``key``.
            WorkspaceError: the variant of this id, or the only one of this name, cannot be read, or its model file is gone.
        """
        known, damaged = self.read_variants()
        exact = [v for v in known if key in (v.id, v.name)]
        if exact:
            return _whole(exact[-1])
        ids = [id_ for id_ in (*(v.id for v in known), *damaged) if len(key) >= 4 and id_.startswith(key)]
        if len(ids) == 1:
            if ids[0] in damaged:
                raise damaged[ids[0]]
            return _whole(next(v for v in known if v.id == ids[0]))
        for id_, error in damaged.items():
            if key in (id_, _name_in(self.root / "variants" / id_ / "variant.json")):
                raise error
        warn_of(damaged.values())
        what = "matches several variants" if ids else "is no variant of this project"
        names = ", ".join(v.name or v.id for v in known[-8:]) or "none yet: flyweight compress MODEL ..."
        raise UsageError("unknown-variant", f"'{key}' {what} ({self.folder})", f"known: {names}")

    def remove(self) -> None:
        """Delete the project's ``.flyweight`` folder with everything in it."""
        shutil.rmtree(self.root, ignore_errors=True)


def warn_of(damaged: Iterable[WorkspaceError]) -> None:
    """Warn of records that are left out of a list."""
    for error in damaged:
        warnings.warn(f"{error.message}; {error.remedy}", DamagedRecordWarning, stacklevel=3)


def _whole(variant: Variant) -> Variant:
    """The variant, if its model file is there."""
    if Path(variant.path).is_file():
        return variant
    raise WorkspaceError(
        "variant-without-file",
        f"the model file of variant '{variant.name}' is gone: {variant.path}",
        "put it back, or make it again with the same recipe: flyweight compress",
    )


def _name_in(path: Path) -> str | None:
    """The name of a variant whose record cannot be read, where that much of it is left."""
    try:
        found = re.search(rb'"name": ("(?:[^"\\\\]|\\\\.)*")', path.read_bytes())
        return None if found is None else str(json.loads(found[1]))
    except (OSError, ValueError):
        return None


def _to_stored(variant: Variant) -> dict[str, Any]:
    value = variant.to_json()
    value["recipe"] = variant.recipe.to_json()
    value["score_data"] = None if variant.score is None else variant.score.data
    value["confusion"] = None if variant.score is None else variant.score.confusion
    return value


def _read_variant(path: Path) -> Variant:
    try:
        found = variant_from_json(json.loads(path.read_text()))
        return replace(
            found, path=_beside(path, found.path), twins={f: _beside(path, p) for f, p in found.twins.items()}
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise WorkspaceError(
            "variant-damaged",
            f"{path} cannot be read: {what}",
            f"move the folder {path.parent} away (its model file may still be good) and compress again",
        ) from None


def _beside(record: Path, name: str) -> str:
    """A file of a variant, where its record is now: the project may have been moved or copied since it was written."""
    moved = record.parent / Path(name).name
    return str(moved) if name and moved.is_file() else name


def variant_from_json(value: Mapping[str, Any]) -> Variant:
    """The inverse of what :meth:`Workspace.save_variant` stores."""
    recipe = value["recipe"]
    return Variant(
        id=value["id"],
        name=value["name"],
        model=value["model"],
        baseline=value["baseline"],
        path=value["path"],
        format=Format(value["format"]),
        recipe=Recipe(
            tuple(RecipeStep(s["technique"], s["knobs"]) for s in recipe["steps"]), recipe["name"], recipe["version"]
        ),
        parameters=value["parameters"],
        nonzero_parameters=value["nonzero_parameters"],
        macs=value["macs"],
        size_bytes=value["size_bytes"],
        packed_bytes=value["packed_bytes"],
        sha256=value["sha256"],
        score=_score(value),
        loss_points=_estimate(value["loss_points"]),
        fidelity=None if value["fidelity"] is None else Fidelity(**value["fidelity"]),
        skipped=tuple(Skip(**item) for item in value["skipped"]),
        notes=tuple(value["notes"]),
        twins=value["twins"],
        cost=value["cost"],
        losses={
            name: found for name, item in value.get("losses", {}).items() if (found := _estimate(item)) is not None
        },
    )


def _score(value: Mapping[str, Any]) -> Score | None:
    if value["score"] is None:
        return None
    confusion = value.get("confusion")
    metrics = {name: estimate for name, item in value["score"].items() if (estimate := _estimate(item)) is not None}
    return Score(metrics, value["score_data"], None if confusion is None else tuple(tuple(row) for row in confusion))


def _estimate(value: Mapping[str, Any] | None) -> Estimate | None:
    if value is None:
        return None
    return Estimate(value["value"], None if value["ci95"] is None else (value["ci95"][0], value["ci95"][1]), value["n"])
