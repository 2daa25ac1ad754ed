"""A worker that answers every verb with a captured document: ``python answering_worker.py FOLDER``. For tests only.

``FOLDER/<verb>.json`` holds the document, or ``{"error": {...}}``; ``cases/`` has what the real verbs said of the demo.
What was asked is appended to ``FOLDER/asked.jsonl``.
"""

import json
import sys
import threading
import time
from pathlib import Path

CASES = Path(__file__).with_name("cases")
SEQ = 0


def say(event: str, **fields: object) -> None:
    global SEQ
    sys.stdout.write(json.dumps({"v": 1, "seq": SEQ, "t": time.time(), "event": event, **fields}) + "\n")
    sys.stdout.flush()
    SEQ += 1


def recording(folder: Path, verb: str) -> dict:
    """What is answered to a verb.

    Raises:
        FileNotFoundError: nothing was recorded; a worker ends without an answer then.
    """
    own = folder / f"{verb}.json"
    return json.loads((own if own.exists() else CASES / own.name).read_text())


def main() -> None:
    folder = Path(sys.argv[1])
    request = json.loads(sys.stdin.readline())
    with (folder / "asked.jsonl").open("a") as asked:
        asked.write(json.dumps(request) + "\n")
    say("accepted", verb=request["verb"], pid=4_000_000)
    document = recording(folder, request["verb"])
    for event in document.pop("events_before", []):
        say(**event)
    if document.pop("wait", False) and told_to() != "finish":
        say("cancelled", error={"code": "cancelled", "message": "cancelled", "remedy": "run it again"})
    elif "error" in document:
        say("error", error=document["error"])
    else:
        say("result", result=document)


def told_to() -> str:
    """Wait for a word of the window; its end counts as one."""
    words: list[str] = []

    def listen() -> None:
        words.append(json.loads(sys.stdin.readline() or "{}").get("control", "cancel"))

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    listener.join(60)
    return words[0] if words else "cancel"


if __name__ == "__main__":
    main()
