"""What others call our techniques: a recipe that uses such a word is told the id.

>>> close_ids("QAT", ["quantization-aware-training", "static-quantization"])
['quantization-aware-training']
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_OTHER_NAMES = {
    "fine-tuning finetuning finetune retraining training train": ("soft-label-distillation", "hard-label-distillation"),
    "knowledge-distillation distillation kd": ("soft-label-distillation", "student"),
    "teacher-student student-teacher": ("student",),
    "ptq post-training-quantization int8 int8-quantization quantization quantize": (
        "static-quantization",
        "dynamic-quantization",
    ),
    "qat fake-quantization": ("quantization-aware-training",),
    "int4 gptq awq rtn weight-only 4-bit": ("weight-only-quantization",),
    "fp16 float16 half bf16 bfloat16": ("half-precision",),
    "binarization binary-weights ternary-weights ternarization bnn twn xnor xnor-net 1-bit 2-bit": ("low-bit-weights",),
    "clustering weight-sharing codebook k-means kmeans palettization": ("weight-clustering",),
    "pruning prune": ("channel-pruning", "magnitude-pruning"),
    "structured-pruning filter-pruning": ("channel-pruning",),
    "unstructured-pruning weight-pruning sparsity": ("magnitude-pruning",),
    "nm-sparsity n:m n:m-sparsity 2:4 2:4-sparsity 2-4-sparsity semi-structured-sparsity": ("n-m-sparsity",),
    "taylor-pruning snip": ("gradient-pruning",),
    "block-pruning depth-pruning layer-dropping": ("layer-pruning",),
    "attention-head-pruning": ("head-pruning",),
    "low-rank low-rank-factorization lowrank svd": ("svd-factorization", "tensor-factorization"),
    "tucker tucker-decomposition cp cp-decomposition tensor-train": ("tensor-factorization",),
    "pca": ("pca-factorization", "pca-input-reduction"),
    "lasso l1 group-lasso": ("lasso-training",),
    "l0": ("l0-training",),
    "dropout": ("dropout-sparsity",),
    "fusion operator-fusion bn-folding batchnorm-folding batch-norm-folding": ("graph-fusion",),
    "tflite litert": ("tflite-file",),
}
_BY_NAME = {name: ids for names, ids in _OTHER_NAMES.items() for name in names.split()}
_ALIKE = 0.6
"""Of two words, from which on the one may be the other mistyped."""


def close_ids(asked: str, known: Iterable[str]) -> list[str]:
    """The ids that may be meant, at most three: what others call so, else what is written alike."""
    ids = list(known)
    word = asked.strip().lower().replace("_", "-").replace(" ", "-")
    called = [id for id in _BY_NAME.get(word, ()) if id in ids]
    return called or get_close_matches(word, ids, n=3, cutoff=_ALIKE)
