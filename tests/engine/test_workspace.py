"""A project keeps blobs and variants whole."""

import json
import re
import shutil
import warnings
from pathlib import Path

import pytest

from engine.errors import DamagedRecordWarning, UsageError, WorkspaceError
from engine.events import Event, Log, warnings_told
from engine.records import Estimate, Fidelity, Format, Recipe, RecipeStep, Score, Skip, Variant
from engine.verbs import project_show
from engine.verbs.bundling import find_bundle
from engine.workspace import Workspace, write_atomic


def _variant(id: str = "0123456789abcdef", name: str = "int8") -> Variant:
    return Variant(
        id=id,
        name=name,
        model="sample:fashion-resnet",
        baseline="ffff",
        path="",
        format=Format.ONNX,
        recipe=Recipe((RecipeStep("static-quantization", {"samples": 100}),), "int8"),
        parameters=100,
        nonzero_parameters=80,
        macs=1000,
        size_bytes=400,
        packed_bytes=300,
        sha256="0" * 64,
        score=Score({"accuracy": Estimate(0.9, (0.88, 0.92), 1000)}, "fashion-mnist", ((1, 2), (3, 4))),
        loss_points=Estimate(0.2, (-0.1, 0.5), 1000),
        fidelity=Fidelity(0.99, None, 20.0),
        skipped=(Skip("conv1", "shape"),),
        notes=("a note",),
        cost={"cpu_s": 1.5},
    )


def test_that_a_saved_variant_loads_equal_by_id_prefix_and_name(tmp_path: Path):
    workspace = Workspace(tmp_path)
    saved = workspace.save_variant(_variant(), {Format.ONNX: b"onnx", Format.TFLITE: b"tflite"})
    for key in ("0123456789abcdef", "0123", "int8"):
        assert workspace.load_variant(key) == saved
    assert Path(saved.path).read_bytes() == b"onnx"
    assert Path(saved.twins["tflite"]).read_bytes() == b"tflite"


def test_that_a_variant_whose_model_file_is_gone_says_so_and_stays_in_the_list(tmp_path: Path):
    workspace = Workspace(tmp_path)
    saved = workspace.save_variant(_variant(), {Format.ONNX: b"onnx"})
    Path(saved.path).unlink()
    for key in ("0123456789abcdef", "0123", "int8"):
        with pytest.raises(WorkspaceError) as error:
            workspace.load_variant(key)
        assert error.value.code == "variant-without-file"
        assert saved.path in error.value.message
    assert [variant.id for variant in workspace.variants()] == [saved.id]


def test_that_a_project_that_was_moved_or_copied_uses_its_own_files(tmp_path: Path):
    first = Workspace(tmp_path / "-one 'project'")
    saved = first.save_variant(_variant(), {Format.ONNX: b"onnx", Format.TFLITE: b"tflite"})
    bundled = first.bundles_dir / "int8-0123"
    bundled.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name, folder in (("a", bundled), ("b", elsewhere)):
        record = {"id": name, "name": name, "path": str(folder), "size_bytes": 1, "sha256": name, "signed_by": "k"}
        (first.bundles_dir / f"{name}.json").write_text(json.dumps({**record, "variant": saved.id, "model": "m"}))
    shutil.copytree(first.folder, tmp_path / "项目")
    for place in ("项目", "-one 'project'"):
        found = Workspace(tmp_path / place)
        variant = found.load_variant("int8")
        assert Path(variant.path) == found.root / "variants" / saved.id / "model.onnx"
        assert Path(variant.twins["tflite"]).parent == Path(variant.path).parent
        assert [Path(item.path) for item in found.bundles()] == [found.bundles_dir / "int8-0123", elsewhere]


def test_that_an_ambiguous_or_unknown_variant_names_what_is_known(tmp_path: Path):
    workspace = Workspace(tmp_path)
    workspace.save_variant(_variant("0123aaaaaaaaaaaa", "a"), {Format.ONNX: b""})
    workspace.save_variant(_variant("0123bbbbbbbbbbbb", "b"), {Format.ONNX: b""})
    with pytest.raises(UsageError, match="several"):
        workspace.load_variant("0123")
    with pytest.raises(UsageError) as raised:
        workspace.load_variant("nothing")
    assert "a, b" in raised.value.remedy


def _damage(workspace: Workspace, saved: Variant, keep: int) -> Path:
    record = workspace.root / "variants" / saved.id / "variant.json"
    record.write_text(record.read_text()[:keep])
    return record


@pytest.fixture
def one_damaged(tmp_path: Path) -> tuple[Workspace, Variant, Path]:
    """A project with a good variant and one whose record is cut after its name."""
    workspace = Workspace(tmp_path)
    good = workspace.save_variant(_variant("0123aaaaaaaaaaaa", "good"), {Format.ONNX: b"x"})
    bad = workspace.save_variant(_variant("4567bbbbbbbbbbbb", "bad"), {Format.ONNX: b"y"})
    return workspace, good, _damage(workspace, bad, 70)


def test_that_a_damaged_variant_is_left_out_of_the_list_with_a_warning(one_damaged: tuple[Workspace, Variant, Path]):
    workspace, good, record = one_damaged
    with pytest.warns(DamagedRecordWarning, match=re.escape(f"{record} cannot be read")) as told:
        assert workspace.variants() == (good,)
    assert f"move the folder {record.parent} away" in str(told[0].message)
    known, damaged = workspace.read_variants()
    assert known == (good,)
    assert list(damaged) == ["4567bbbbbbbbbbbb"]


@pytest.mark.parametrize("key", ["4567", "4567bbbbbbbbbbbb", "bad"])
def test_that_asking_for_a_damaged_variant_names_its_file(one_damaged: tuple[Workspace, Variant, Path], key: str):
    workspace, good, record = one_damaged
    with pytest.raises(WorkspaceError, match=re.escape(str(record))) as caught:
        workspace.load_variant(key)
    assert caught.value.code == "variant-damaged"
    assert workspace.load_variant("good") == good  # without a warning, which would fail this test


def test_that_an_unknown_variant_is_told_beside_the_damaged_one(one_damaged: tuple[Workspace, Variant, Path]):
    workspace, _, record = one_damaged
    with pytest.warns(DamagedRecordWarning, match=re.escape(str(record))), pytest.raises(UsageError, match="'other'"):
        workspace.load_variant("other")


def test_that_a_project_shows_what_is_left_and_names_what_is_damaged(one_damaged: tuple[Workspace, Variant, Path]):
    workspace, good, record = one_damaged
    index = workspace.bundles_dir / "89abcdef.json"
    index.write_text("{")
    shown = project_show(project=workspace.folder).to_json()
    assert [item["id"] for item in shown["variants"]] == [good.id]
    assert [item["code"] for item in shown["damaged"]] == ["variant-damaged", "bundle-record-damaged"]
    assert str(record) in shown["damaged"][0]["message"]
    with pytest.raises(WorkspaceError, match=re.escape(str(index))):
        find_bundle("89abcdef", workspace)


def test_that_a_warning_of_a_verb_becomes_a_line_of_its_log_once(one_damaged: tuple[Workspace, Variant, Path]):
    workspace, _, record = one_damaged
    lines: list[Event] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with warnings_told(lines.append):
            workspace.variants()
            workspace.variants()
    (line,) = lines
    assert isinstance(line, Log)
    assert line.level == "warning"
    assert str(record) in line.message


def test_that_a_variant_record_without_a_field_says_which(tmp_path: Path):
    workspace = Workspace(tmp_path)
    saved = workspace.save_variant(_variant(), {Format.ONNX: b"model"})
    record = workspace.root / "variants" / saved.id / "variant.json"
    stored = json.loads(record.read_text())
    del stored["macs"]
    record.write_text(json.dumps(stored))
    with pytest.raises(WorkspaceError, match="cannot be read: 'macs' is missing") as caught:
        workspace.load_variant(saved.id)
    assert str(record.parent) in caught.value.remedy


def test_that_a_blob_whose_content_changed_is_refused(tmp_path: Path):
    blobs = Workspace(tmp_path).blobs
    sha = blobs.put_bytes(b"content")
    assert blobs.get(sha) == b"content"
    path = blobs.path(sha)
    path.chmod(0o644)
    path.write_bytes(b"tampered")
    with pytest.raises(WorkspaceError, match="does not have the content"):
        blobs.get(sha)


def test_that_the_nearest_parent_with_a_project_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("FLYWEIGHT_PROJECT", raising=False)
    (tmp_path / ".flyweight").mkdir()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert Workspace.find(start=deep).folder == tmp_path
    assert Workspace.find(deep).folder == deep
    monkeypatch.setenv("FLYWEIGHT_PROJECT", str(deep))
    assert Workspace.find(start=tmp_path).folder == deep


def test_that_nothing_is_written_before_a_verb_writes(tmp_path: Path):
    Workspace.find(start=tmp_path).variants()
    assert list(tmp_path.iterdir()) == []


def test_that_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    target = tmp_path / "file"
    write_atomic(target, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomic(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
