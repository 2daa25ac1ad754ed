"""How many boards confirmed the descriptions, counted in the committed fixtures: ``make docs``."""

import json
from pathlib import Path

from profiles.verified import count

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "sensors"
TABLE = ROOT / "profiles" / "verified.json"


def text() -> str:
    """What the fixtures say."""
    return json.dumps(count([json.loads(path.read_text()) for path in sorted(CASES.glob("*.json"))]), indent=2) + "\n"


if __name__ == "__main__":
    TABLE.write_text(text(), encoding="utf-8")
