"""Quantization: integers instead of floats."""
