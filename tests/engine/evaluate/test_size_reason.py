"""A file that grew says by how much and why."""

from itertools import pairwise

import torch
from torch import nn

from engine.compress.technique import ModelState
from engine.evaluate.size_reason import size_notes
from engine.model.save import to_onnx
from engine.records import TensorSpec
from tests.engine.compress.quantization.apply import apply


def graph_of(*widths):
    torch.manual_seed(0)
    return to_onnx(nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(widths))), SPEC)


SPEC = (TensorSpec("x", (None, 8), "float32"),)


def said(before, after):
    return size_notes(before, after, (before.ByteSize(), after.ByteSize()))


def test_that_a_file_that_grew_says_why_and_one_that_shrank_says_nothing():
    small, large = graph_of(8, 4), graph_of(8, 64, 64, 4)
    assert "4,996 parameters instead of 36" in said(small, large)[0]
    assert said(large, small) == said(small, small) == ()
    longer = type(small).FromString(small.SerializeToString())
    longer.doc_string = "x" * 1000
    assert said(small, longer)[0].endswith("what describes its operators takes more than was saved")
    narrow = apply("dynamic-quantization", ModelState(SPEC, onnx=small))
    assert "so small that scales" in said(small, narrow.onnx)[0]
    narrow = apply("dynamic-quantization", ModelState(SPEC, onnx=large))
    assert (said(large, narrow.onnx), narrow.skipped) == ((), ())
