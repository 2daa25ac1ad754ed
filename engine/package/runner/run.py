"""Predict with this bundle's model: images, .wav, .npy or .csv files, or one of them on stdin.

python3 run.py photo.png
python3 run.py --json --top-k 3 a.png b.npy
cat photo.png | python3 run.py -
python3 run.py                  (the sample in the bundle)
"""

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Dict, List, Optional

if TYPE_CHECKING:
    from .loader import HERE, ContractError, load
else:
    from loader import HERE, ContractError, load


def main(arguments: Optional[List[str]] = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="run.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="- reads stdin; default: the sample in the bundle")
    parser.add_argument("--top-k", type=int, default=5, metavar="N", help="how many classes (default 5)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads of the runtime (default 1)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    options = parser.parse_args(arguments)
    try:
        model = load(HERE, options.threads)
        files = options.files or [os.path.join(HERE, raw.file) for raw in model.manifest.golden.raw[:1]]
        if not files:
            parser.error("the bundle carries no sample: name a file")
        answers = []
        for name in files:
            found = model.predict(sys.stdin.buffer.read() if name == "-" else name, options.top_k)
            answers.append(_answer(name, found))
    except (ContractError, OSError) as error:
        remedy = getattr(error, "remedy", "name a file that exists")
        sys.stderr.write("run.py: %s\n  %s\n" % (error, remedy))
        return 1
    sys.stdout.write(json.dumps({"predictions": answers}) + "\n" if options.json else "".join(map(_text, answers)))
    return 0


def _answer(name: str, found: List[Any]) -> Dict[str, Any]:
    if found and isinstance(found[0], dict):
        return {"file": name, "classes": found, "outputs": []}
    return {"file": name, "classes": [], "outputs": [item.reshape(-1).astype(float).tolist() for item in found]}


def _text(answer: Dict[str, Any]) -> str:
    lines = ["%-24s %6.2f %%\n" % (item["label"], 100 * item["probability"]) for item in answer["classes"]]
    lines += ["%s\n" % json.dumps(values[:20]) for values in answer["outputs"]]
    return "%s\n" % answer["file"] + "".join("  " + line for line in lines)


if __name__ == "__main__":
    sys.exit(main())
