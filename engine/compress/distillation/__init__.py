"""Distillation: a small model taught by a large one."""
