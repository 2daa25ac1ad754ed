"""Graph clean-up: fusion and folding."""
