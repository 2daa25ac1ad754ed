"""At a Python prompt: records are lines with their figures, errors end with what to do, the door lists its verbs."""

import traceback
from dataclasses import replace

import engine.verbs
from engine.errors import RecipeError
from engine.records import Estimate, Format, ModelInfo, Placement, Recipe, RecipeStep, Score, TensorSpec, Variant
from engine.showing import macs, several
from engine.verbs import data_preview
from engine.verbs.compression import Compressed

SCORE = Score(
    {"accuracy": Estimate(0.94833, (0.9276, 0.96337), 600), "f1_macro": Estimate(0.9, None, 600)}, "mine:data"
)
BASE = Variant(
    "41cc027ea0f86a3a", "baseline", "net", None, "/p/model.onnx", Format.ONNX, Recipe((), "baseline"), 63_251, 63_251,
    1_536_192, 258_895, 213_656, "e1c1", SCORE,
)  # fmt: skip
THIN = replace(BASE, name="thin", nonzero_parameters=12_925, loss_points=Estimate(0.5, (-0.2, 1.2), 600))


def test_that_a_variant_is_one_line_with_its_figures():
    assert repr(THIN) == (
        "Variant('thin' 41cc027e: onnx, accuracy 0.9483 [0.9276, 0.9634], 0.50 [-0.20, 1.20] points lost, "
        "63,251 parameters, 80% zeros, 1.54 M MACs, 259 kB, packed 214 kB)"
    )
    assert repr(replace(BASE, score=None, macs=None)) == (
        "Variant('baseline' 41cc027e: onnx, 63,251 parameters, 259 kB, packed 214 kB)"
    )
    assert repr(SCORE) == "Score('mine:data': accuracy 0.9483 [0.9276, 0.9634], 1 more in .metrics)"
    assert repr(Recipe((RecipeStep("graph-fusion"), RecipeStep("tflite-file")), "small")) == (
        "Recipe('small': graph-fusion -> tflite-file)"
    )


def test_that_a_placement_says_what_became_of_a_bundle():
    placed = Placement("pi5", "main", "6a609529569985b3", 2, "committed", verified=True)
    assert repr(placed) == "Placement('6a609529' on pi5, slot main: committed, release 2, verified)"
    failed = replace(placed, release=None, state="failed", verified=False, reason="no space")
    assert repr(failed) == "Placement('6a609529' on pi5, slot main: failed, no space)"


def test_that_what_compress_gives_is_a_line_for_each_variant():
    assert repr(Compressed(BASE, (THIN,))) == f"Compressed(\n  {BASE!r},\n  {THIN!r},\n)"
    assert several("List", [1] * 30, "'here'").splitlines()[-2:] == ["  ... and 10 more,", ")"]
    assert several("List", [], "'here'") == "List('here')"


def test_that_a_model_shows_its_inputs_and_its_count_of_layers():
    info = ModelInfo(
        Format.ONNX, (TensorSpec("x", (None, 1, 8, 8), "float32"),), (TensorSpec("y", (None, 3), "float32"),),
        650, 650, None, 2858, quantized=False, layers=(),
    )  # fmt: skip
    assert "TensorSpec('x': float32[N, 1, 8, 8])" in repr(info)
    assert "MACs" not in repr(info)
    assert macs(999_999) == "1 M MACs"
    assert macs(640) == "640 MACs"


def test_that_a_traceback_ends_with_what_to_do_next():
    error = RecipeError("unknown-technique", "there is no technique 'x'", "flyweight techniques lists them")
    assert traceback.format_exception(error)[-1].strip() == "flyweight techniques lists them"
    assert str(error) == "there is no technique 'x'"


def test_that_the_door_lists_its_verbs():
    assert {"compress", "evaluate", "measure"} < set(dir(engine.verbs))
    assert set(dir(engine.verbs)) >= set(engine.verbs.VERBS)


def test_that_a_preview_of_data_shows_its_samples_without_their_values():
    found = data_preview("digits")
    assert repr(found).startswith("DataPreview('digits': ")
    assert len(repr(found)) < 2000
    assert f"; {len(found.classes or ())} classes" in repr(found)
