"""Programs that travel in every bundle and run on the board: Python 3.8, numpy and one runtime."""
