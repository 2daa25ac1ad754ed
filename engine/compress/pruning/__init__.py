"""Pruning: weights that become zero, structures that leave."""
