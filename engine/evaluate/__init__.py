"""What a model is worth: metrics with intervals, fidelity, theoretical cost."""
