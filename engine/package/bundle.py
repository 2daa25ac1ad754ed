"""Make, read and check bundles: a flat folder of model files, golden samples and a runner, bound by a signed manifest.

``manifest.json`` (schema in ``device_agent.contract.manifest``) names every file with its SHA-256; ``manifest.sig`` holds
the hex ed25519 signature of its bytes. A bundle is made in a temporary folder and renamed when it is whole. The same files
and data give the same bundle, so its id (16 hex digits of the manifest's hash) names its content.
"""

import os
import re
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import numpy as np

from device_agent.contract.io import InputContract, IoContract, OutputContract, preprocess
from device_agent.contract.manifest import (
    FORMAT,
    GOLDEN,
    MANIFEST,
    SIGNATURE,
    BundleFile,
    GoldenSet,
    Manifest,
    ModelFile,
    RawGolden,
    Tolerance,
    parse,
    to_bytes,
)

from ..errors import BundleError, ContractError
from ..events import Cancel
from ..model.save import MAX_IR, MAX_OPSET
from ..records import Bundle, Format, Recipe, sha256_hex
from .golden import SAMPLES, GoldenInputs, GoldenRun, RawFile, choose_inputs, run_golden, to_npz
from .keys import SigningKey, trusted_keys, verify
from .runner_files import runner_files

if TYPE_CHECKING:
    from ..model.data import DataSet

MAX_MANIFEST_BYTES = 1 << 20
ATTACHED_SHARE = 0.05
"""Of an output's range: how far a vendor's conversion may be from the file it was made from, unless the user says otherwise."""
NOTICE = """This folder is a Flyweight bundle. The model and the samples are the property of who made them.
run.py, loader.py and board.zip are part of Flyweight, under the Apache License, Version 2.0.
Try it: python3 run.py
"""
_SUFFIX = {Format.ONNX: "onnx", Format.TFLITE: "tflite"}


def make_bundle(
    files: Mapping[Format, Path],
    *,
    data: "DataSet | None",
    recipe: Recipe,
    name: str,
    out_dir: Path,
    signing_key: SigningKey,
    variant: str | None = None,
    model: str | None = None,
    attached: Mapping[str, Path] | None = None,
    allowed: float = ATTACHED_SHARE,
    cancel: Cancel | None = None,
) -> Bundle:
    """Pack model files of one variant, run them on golden inputs, write the manifest and sign it.

    Args:
        files: ONNX and/or TFLite file of the same model; the first is what boards prefer.
        data: source of the golden samples and the I/O contract; None = seeded random inputs, plain tensors.
        recipe: how the variant was made.
        name: of the bundle; what boards do not allow in names becomes ``-``.
        out_dir: the bundle becomes ``<out_dir>/<name>-<id>/``.
        signing_key: of this user.
        variant: id of the variant.
        model: name of the original.
        attached: files of vendors' formats that boards with the adapter for it run instead; the same model, converted.
        allowed: how far their outputs may be from the first file's, as a share of the range of each output.
        cancel: ends the work.

    Raises:
        BundleError: a file needs newer runtimes than boards have, or does not fit the data or its twin.
        ModelError: a file cannot be run here.
    """
    if not files:
        raise BundleError("no-model", "a bundle needs a model file", "give an ONNX or a TFLite file")
    given = None if data is None else choose_inputs(data)
    contents: dict[str, bytes] = {}
    runs: dict[str, GoldenRun] = {}
    for format_, path in files.items():
        if format_ not in _SUFFIX:
            raise BundleError("not-deployable", f"{path} is {format_}; boards run ONNX and TFLite", "convert it first")
        file = f"model.{_SUFFIX[format_]}"
        contents[file] = _read_model(path)
        runs[file] = run_golden(path, format_, given, cancel=cancel)
        _check_runnable(path, runs[file])
        if given is None:  # a twin gets the same inputs
            made = runs[file]
            given = GoldenInputs(tuple(item["name"] for item in made.inputs), made.arrays)
    first = next(iter(runs.values()))
    for file, run in runs.items():
        _check_twins(file, first, run)
    contract = _contract(first, data)
    raw = [] if given is None else [item for item in given.raw if _reproduced(contract.inputs[0], item, first)]
    contents |= {item.name: item.content for item in raw}
    contents |= runner_files()
    contents["NOTICE.txt"] = NOTICE.encode()
    vendors = {format_: (f"model.{format_}", _attached(format_, path)) for format_, path in (attached or {}).items()}
    contents |= dict(vendors.values())
    outputs: dict[str, Sequence[np.ndarray]] = {file: run.outputs for file, run in runs.items()}
    outputs |= {file: first.outputs for file, _ in vendors.values()}
    contents[GOLDEN] = to_npz(first.arrays, outputs)
    models = [
        ModelFile(file, file.partition(".")[2], run.precision, run.tolerance, run.opset, run.ir)
        for file, run in runs.items()
    ]
    tolerance = Tolerance("float", allowed * max(float(np.ptp(item.astype(float))) for item in first.outputs))
    models += [ModelFile(file, format_, "mixed", tolerance) for format_, (file, _) in vendors.items()]
    manifest = Manifest(
        name=board_name(name),
        files=[BundleFile(key, sha256_hex(value), len(value), _role(key)) for key, value in contents.items()],
        models=models,
        io=contract,
        golden=GoldenSet(GOLDEN, SAMPLES, [RawGolden(item.name, item.kind, item.index) for item in raw]),
        variant=variant,
        model=model,
        recipe_sha256=recipe.sha256,
        recipe=[step.to_json() for step in recipe.steps],
    )
    return _write(manifest, contents, out_dir, signing_key)


def _attached(format_: str, path: Path) -> bytes:
    if not FORMAT.match(format_) or format_ in _SUFFIX.values():
        raise BundleError(
            "bad-format",
            f"'{format_[:40]}' is no format of a vendor's runtime",
            "write a short name in small letters, as its adapter has it: --attach rknn=model.rknn",
        )
    return _read_model(path)


def make_trial_bundle(
    models: Sequence[bytes], *, out_dir: Path, signing_key: SigningKey, name: str = "trial", format_: str = "onnx"
) -> Bundle:
    """A bundle of candidates ``candidate-<i>.onnx`` that a board times on random inputs, but never activates."""
    contents = {f"candidate-{index}.{format_}": content for index, content in enumerate(models)}
    manifest = Manifest(
        name=board_name(name),
        files=[BundleFile(key, sha256_hex(value), len(value), "trial") for key, value in contents.items()],
        models=[ModelFile(key, format_, "mixed", Tolerance("float", 0.0)) for key in contents],
        io=IoContract([]),
        golden=GoldenSet("", 0),
        purpose="trial",
    )
    return _write(manifest, contents, out_dir, signing_key)


def board_name(name: str) -> str:
    """A name boards accept (letters, digits, ``. _ -``), at most 40 long."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:40] or "bundle"


def _read_model(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError("unreadable", f"{path}: {error.strerror}", "give a file that exists") from None


def _role(name: str) -> str:
    if name.startswith("model."):
        return "model"
    if name.startswith("golden-"):
        return "sample"
    return {GOLDEN: "golden", "loader.py": "loader", "NOTICE.txt": "notice"}.get(name, "runner")


def _check_runnable(path: Path, run: GoldenRun) -> None:
    for what, value, limit in (("opset", run.opset, MAX_OPSET), ("IR version", run.ir, MAX_IR)):
        if value is not None and value > limit:
            raise BundleError(
                "too-new",
                f"{path.name} has {what} {value}; runtimes of older boards read up to {limit}",
                f"export the model again with opset {MAX_OPSET} or lower",
            )


def _check_twins(file: str, first: GoldenRun, other: GoldenRun) -> None:
    """Files beside each other answer for one contract: they take the same arrays in the same order, and give alike."""
    keys = ("shape", "dtype", "scale", "zero_point")
    if [[item[key] for key in keys] for item in first.inputs] != [[item[key] for key in keys] for item in other.inputs]:
        raise BundleError(
            "twins-differ", f"{file} takes other inputs than the file beside it", "make one bundle of each file"
        )
    if [first.result[key] for key in keys] != [other.result[key] for key in keys]:
        raise BundleError(
            "twins-differ", f"{file} gives other outputs than the file beside it", "make one bundle of each file"
        )
    if first.order != other.order and len(first.inputs) > 1:
        raise BundleError("twins-differ", f"{file} takes its inputs in another order", "make one bundle of each file")


def _contract(run: GoldenRun, data: "DataSet | None") -> IoContract:
    """The data's contract in the order, names and types of the model file."""
    inputs = []
    for place, item in enumerate(run.inputs):
        own = InputContract(item["name"], "tensor", item["shape"])
        if data is not None:
            own = data.contract.inputs[place if run.order is None else run.order[place]]
        inputs.append(
            replace(
                own,
                name=item["name"],
                shape=list(item["shape"]),
                dtype=item["dtype"],
                scale=item["scale"],
                zero_point=item["zero_point"],
            )
        )
    output = OutputContract() if data is None else data.contract.output
    return IoContract(inputs, replace(output, scale=run.result["scale"], zero_point=run.result["zero_point"]))


def _reproduced(contract: InputContract, file: RawFile, run: GoldenRun) -> bool:
    """Whether pre-processing gives the golden tensor; a quantized input may be a step off where it lies between two."""
    found = preprocess(contract, file.content, file.kind)
    return bool(np.allclose(found, run.arrays[0][file.index], rtol=1e-4, atol=1e-4))


def _write(manifest: Manifest, contents: Mapping[str, bytes], out_dir: Path, key: SigningKey) -> Bundle:
    content = to_bytes(manifest)
    _parsed(content, "the manifest")
    sha256 = sha256_hex(content)
    folder = out_dir / f"{manifest.name}-{sha256[:16]}"
    temporary = out_dir / f".{token_hex(8)}.new"
    everything = {**contents, MANIFEST: content, SIGNATURE: key.sign(content).encode() + b"\n"}
    size_bytes = sum(map(len, everything.values()))
    try:
        if not _is_whole(folder, everything):
            # No fsync: hashes are checked whenever a bundle is opened, and it can be made again.
            temporary.mkdir(parents=True)
            for name, value in everything.items():
                (temporary / name).write_bytes(value)
            shutil.rmtree(folder, ignore_errors=True)
            temporary.rename(folder)
    except OSError as error:
        raise BundleError(
            "not-writable", f"cannot write {folder}: {error.strerror}", "choose another folder: --out"
        ) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return _record(manifest, folder, sha256, key.id, size_bytes)


def _is_whole(folder: Path, everything: Mapping[str, bytes]) -> bool:
    try:
        return all(_regular(folder, name, len(value)) == value for name, value in everything.items())
    except BundleError:
        return False


def _record(manifest: Manifest, folder: Path, sha256: str, signed_by: str, size_bytes: int) -> Bundle:
    return Bundle(
        id=sha256[:16],
        name=manifest.name,
        path=str(folder),
        size_bytes=size_bytes,
        sha256=sha256,
        signed_by=signed_by,
        variant=manifest.variant,
        model=manifest.model,
    )


def open_bundle(path: Path, keys: Mapping[str, bytes] | None = None) -> Bundle:
    """The record of a bundle on disk, after its signature and every file were checked.

    Args:
        path: its folder.
        keys: public keys by id whose bundles are accepted; None = the user's own and those put beside it.

    Raises:
        BundleError: it is damaged, or signed by nobody who is known.
    """
    content, signature = _signed(path)
    known = trusted_keys() if keys is None else keys
    signer = next((key for key, public in known.items() if verify(public, content, signature)), None)
    if signer is None:
        raise BundleError(
            "bad-signature",
            f"the manifest of {path} is not signed by a known key; it was changed, or made by someone else",
            "make the bundle again; to accept another desktop's, put its public key into the keys folder as NAME.pub",
        )
    manifest, files = _checked(path, content)
    size = sum(file.stat().st_size for file in files.values()) + len(content) + len(signature) + 1
    return _record(manifest, path, sha256_hex(content), signer, size)


def read_bundle(path: Path) -> tuple[Manifest, dict[str, Path]]:
    """The manifest of a bundle and its files by name, hashes checked; for the signature see :func:`open_bundle`.

    Raises:
        BundleError: it is no bundle, or damaged.
    """
    return _checked(path, _signed(path)[0])


def _signed(path: Path) -> tuple[bytes, str]:
    content = _regular(path, MANIFEST, MAX_MANIFEST_BYTES)
    try:
        signature = _regular(path, SIGNATURE, 1024).decode("ascii").strip()
    except UnicodeDecodeError:
        signature = ""
    return content, signature


def _parsed(content: bytes, where: str) -> Manifest:
    try:
        return parse(content)
    except ContractError as error:
        raise BundleError("bad-manifest", f"{where}: {error.message}", "make the bundle again") from error


def _checked(path: Path, content: bytes) -> tuple[Manifest, dict[str, Path]]:
    manifest = _parsed(content, f"the manifest of {path}")
    files = {}
    for item in manifest.files:
        found = _regular(path, item.name, item.size)
        if len(found) != item.size or sha256_hex(found) != item.sha256:
            raise BundleError(
                "damaged", f"{path / item.name} is not the file the manifest names", "make the bundle again"
            )
        files[item.name] = path / item.name
    return manifest, files


def _regular(folder: Path, name: str, limit: int) -> bytes:
    """Content of a plain file of at most ``limit`` bytes; links, pipes and devices are refused."""
    path = folder / name
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
                raise BundleError(
                    "damaged", f"{path} is no plain file of at most {limit:,} bytes", "make the bundle again"
                )
            return stream.read(limit + 1)
    except OSError as error:
        raise BundleError(
            "no-bundle", f"{path} cannot be read: {error.strerror}", "name a bundle folder; make one: flyweight bundle"
        ) from None
