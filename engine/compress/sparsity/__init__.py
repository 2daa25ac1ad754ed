"""Sparsity training: weights are driven to zero while the network learns."""
