"""Version of the desktop-agent protocol: same major required, unknown fields of a newer minor are ignored."""

MAJOR = 1
MINOR = 8

MARKER = b"FLYWEIGHT-AGENT 1\n"
"""Printed once by the agent before its first frame, so that whatever a login shell prints first can be skipped."""

MARKER_SEARCH_BYTES = 65536
"""How much noise before the marker is tolerated."""
