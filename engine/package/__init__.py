"""Signed bundles: manifest, I/O contract, golden samples, runner."""
