"""How long a person waits for the help: ``flyweight --help`` and that of one command, whole processes.

    python -m tests.benchmarks.bench_cli

A bare ``python -c pass`` runs beside it, in turn, because the interpreter's own start is the floor and tells how busy the
machine is. Compiled files are allowed, as they are where the product is installed.
"""

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 25
GOAL_MS = 150
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "flyweight --help": ["-m", "engine.cli.entry", "--help"],
    "flyweight compress --help": ["-m", "engine.cli.entry", "compress", "--help"],
}


def main() -> None:
    """Run the commands in turn and print the median and the fastest of each."""
    waited: dict[str, list[float]] = {name: [] for name in COMMANDS}
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(ROUNDS):
        for name, arguments in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True, env=env)
            waited[name].append(1000 * (time.perf_counter() - start))
    for name, values in waited.items():
        print(f"{name:<28} median {statistics.median(values):6.0f} ms   fastest {min(values):6.0f} ms")
    reached = statistics.median(waited["flyweight --help"]) <= GOAL_MS
    print(f"goal: flyweight --help <= {GOAL_MS} ms: {'reached' if reached else 'missed in this run'}")


if __name__ == "__main__":
    main()
