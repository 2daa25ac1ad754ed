"""Published claims against this product and plain peers, on real data, each task in one run.

    python -m tests.benchmarks.claims [--only digits,audio] [--work DIR] [--write docs/claims.md]

Every task has an original (trained here or shipped), recipes of this product and plain scripts of peers that see the same file
and data. Accuracy is on samples that neither training nor recipe saw; losses are paired, with 95 % intervals. All files of a
task are deployed to the loopback board and timed there in one interleaved plan. With --work, finished tasks and finished
steps of an interrupted run are kept; packages with data come from $FLYWEIGHT_CLAIM_PACKAGES or from pip and apt.
"""

import argparse
import pickle
import tempfile
from pathlib import Path

from .audio import TASK as AUDIO
from .digits import TASK as DIGITS
from .fashion import MOBILENET, RESNET
from .page import page
from .resnet50 import TASK as RESNET50
from .task import Outcome, run
from .text import TASK as TEXT
from .watch import CONVOLUTIONS, LSTM

TASKS = {
    "digits": DIGITS,
    "fashion-resnet": RESNET,
    "fashion-mobilenet": MOBILENET,
    "watch-convolutions": CONVOLUTIONS,
    "watch-lstm": LSTM,
    "audio": AUDIO,
    "text": TEXT,
    "resnet50": RESNET50,
}


def main() -> None:
    """Run the tasks that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(TASKS), help=f"tasks, of {','.join(TASKS)}")
    parser.add_argument("--work", type=Path, help="folder that keeps what is finished")
    parser.add_argument("--write", type=Path, help="file for the page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (arguments.work or Path(temporary)).resolve()
        outcomes = []
        for name in arguments.only.split(","):
            print(f"== {name}", flush=True)
            outcomes.append(_finished(name, work))
            print(page(outcomes[-1:]), flush=True)
        if arguments.write:
            arguments.write.write_text(page(outcomes), encoding="utf-8")


def _finished(name: str, work: Path) -> Outcome:
    """The outcome of a task, run now unless the folder holds it."""
    kept = work / name / "outcome.pickle"
    if not kept.exists():
        outcome = run(TASKS[name], work / name)
        kept.write_bytes(pickle.dumps((outcome.original, outcome.entries, outcome.latency_ms)))
    return Outcome(TASKS[name], *pickle.loads(kept.read_bytes()))


if __name__ == "__main__":
    main()
