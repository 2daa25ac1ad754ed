"""One self-contained report."""
