"""For every technique: knobs that make it do something on a tiny network, and the network where it is not the ResNet."""

TRAINED = {"epochs": 1, "batch_size": 80, "holdout": 0.0}

KNOBS = {
    "channel-pruning": {"round_to": 2},
    "magnitude-pruning": {"min_weights": 16},
    "gradient-pruning": {"min_weights": 16, "samples": 64},
    "n-m-sparsity": {},
    "dead-unit-removal": {"zeros": 0.3},
    "entropy-pruning": {"round_to": 2, "samples": 64},
    "connectivity-pruning": {"round_to": 2},
    "manual-pruning": {"channels": ["a1: 0, 2-3"], "connections": ["head: 0,1; 2,3"]},
    "svd-factorization": {"ratio": 0.3},
    "tensor-factorization": {"ratio": 0.5},
    "pca-factorization": {"ratio": 0.3, "samples": 64},
    "soft-label-distillation": TRAINED,
    "hard-label-distillation": TRAINED,
    "feature-distillation": TRAINED,
    "attention-transfer": TRAINED,
    "activation-replacement": {**TRAINED, "replace": "hardswish", "by": "relu"},
    "lasso-training": {**TRAINED, "strength": 0.01},
    "reweighted-sparsity": {**TRAINED, "strength": 0.01, "threshold": 0.05},
    "layer-pruning": {"samples": 64},
    "static-quantization": {},
    "dynamic-quantization": {},
    "affine-quantization": {"bits": 4},
    "fixed-point-quantization": {},
    "half-precision": {},
    "weight-only-quantization": {"block": 16},
    "weight-clustering": {"min_weights": 16},
    "low-bit-weights": TRAINED,
    "mixed-precision": {"samples": 8},
    "quantization-aware-training": {**TRAINED, "samples": 16},
}

NETWORKS = {
    "low-bit-weights": "dense",
    "activation-replacement": "mobile",
    "lasso-training": "dense",
    "reweighted-sparsity": "dense",
    "layer-pruning": "deep-residual",
    "svd-factorization": "dense",
    "dead-unit-removal": "dense",
    "dynamic-quantization": "dense",
    "weight-only-quantization": "dense",
    "graph-fusion": "mobile",
}
