"""The verb ``bundle``, and how a bundle is found again."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import UsageError
from ..events import Cancel, Emit, Stage, ignore
from ..model.open import inspect
from ..package.bundle import ATTACHED_SHARE, make_bundle, open_bundle
from ..package.keys import signing_key
from ..records import Bundle, Format, Recipe, Variant
from ..workspace import Workspace, warn_of, write_atomic
from .evaluation import open_as_judged
from .workbench import Workbench


def bundle(
    variant: str,
    *,
    data: str | None = None,
    out: str | Path | None = None,
    name: str | None = None,
    twin: bool = False,
    attached: Mapping[str, Path] | None = None,
    allowed: float = ATTACHED_SHARE,
    task: str | None = None,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Bundle:
    """Pack a variant (or an ONNX/TFLite file) into one signed folder.

    Args:
        variant: id or name of a variant of the project, or a model file.
        data: data set for the golden samples and the I/O contract; without it golden inputs are seeded random arrays.
        out: folder to put the bundle folder in (default: the project's bundles).
        name: of the bundle; default: the variant's.
        twin: put the TFLite form of an ONNX file beside it, for boards that onnxruntime does not run on (32-bit Arm).
        attached: files of vendors' formats by format, made from this variant; boards with the adapter for it run them.
        task: what the labels mean, where the data does not say it.
        allowed: how far their outputs may be from this variant's, as a share of the range of each output.

    Raises:
        BundleError: the model cannot run on the boards' runtimes, or nothing can be written.
        ModelError: ``twin`` of a network that cannot be written as TFLite.
    """
    workspace = Workspace.find(project)
    emit(Stage("bundle", variant))
    files, record = _files(variant, workspace)
    info = inspect(str(next(iter(files.values()))))
    judged_by = None if record is None or record.score is None else record.score.main
    with ExitStack() as stack:
        if twin and Format.TFLITE not in files:
            files |= _twin(files[Format.ONNX], Path(stack.enter_context(TemporaryDirectory())))
        made = make_bundle(
            files,
            data=None if data is None else open_as_judged(data, info.inputs, task, judged_by),
            recipe=Recipe(()) if record is None else record.recipe,
            name=name or (Path(variant).stem if record is None else record.name),
            variant=None if record is None else record.id,
            model=Path(variant).name if record is None else record.model,
            out_dir=Path(out) if out else workspace.bundles_dir,
            signing_key=signing_key(),
            attached=attached,
            allowed=allowed,
        )
    remember(made, workspace)
    return made


def _files(variant: str, workspace: Workspace) -> tuple[dict[Format, Path], Variant | None]:
    path = Path(variant)
    if path.is_file():
        format_ = inspect(variant).format
        if format_ not in (Format.ONNX, Format.TFLITE):
            raise UsageError(
                "not-deployable",
                f"{variant} is {format_}; boards run ONNX and TFLite",
                f"make a variant of it: flyweight compress {variant}",
            )
        return {format_: path}, None
    record = workspace.load_variant(variant)
    files = {record.format: Path(record.path)}
    files.update({Format(key): Path(value) for key, value in record.twins.items()})
    return files, record


def _twin(onnx_file: Path, folder: Path) -> dict[Format, Path]:
    """The TFLite form of an ONNX file."""
    import onnx

    from ..model.onnx_to_tflite import to_tflite

    path = folder / "model.tflite"
    path.write_bytes(to_tflite(onnx.load(onnx_file)))
    return {Format.TFLITE: path}


def pack_variant(bench: Workbench, variant: Variant) -> Bundle:
    """Pack what a bench made, with golden samples of its data, into the project."""
    made = make_bundle(
        {variant.format: Path(variant.path)},
        data=bench.data,
        recipe=variant.recipe,
        name=f"{bench.opened.name.removeprefix('sample:')}.{variant.name}",
        variant=variant.id,
        model=variant.model,
        out_dir=bench.workspace.bundles_dir,
        signing_key=signing_key(),
    )
    remember(made, bench.workspace)
    return made


def remember(made: Bundle, workspace: Workspace) -> None:
    """Let ``find_bundle`` find a bundle that was written outside the project, too."""
    index = workspace.bundles_dir / f"{made.id}.json"
    write_atomic(index, json.dumps(made.to_json()).encode())


def find_bundle(key: str, workspace: Workspace) -> Bundle:
    """A bundle by folder, id, unique prefix of an id, or name (the newest of that name); its signature is checked.

    Raises:
        UsageError: no bundle, or several, answer to ``key``.
        BundleError: the bundle is damaged.
    """
    if Path(key).is_dir():
        return open_bundle(Path(key))
    records, damaged = workspace.read_bundles()
    exact = [item for item in records if key in (item.id, item.name, item.variant)]
    matches = exact[-1:] or [item for item in records if len(key) >= 4 and item.id.startswith(key)]
    if len(matches) == 1:
        return open_bundle(Path(matches[0].path))
    if not matches and len(key) >= 4:
        for id_, error in damaged.items():
            if id_.startswith(key):
                raise error
    warn_of(damaged.values())
    known = ", ".join(f"{item.name} ({item.id[:8]})" for item in records[-8:])
    raise UsageError(
        "unknown-bundle",
        f"'{key}' {'matches several bundles' if matches else 'is no bundle'} of {workspace.folder}",
        f"{f'known: {known}; ' if known else ''}make one of a variant: flyweight bundle {key}",
    )
