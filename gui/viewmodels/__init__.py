"""What the window shows, without widgets: QtCore only."""
