"""Pages of the techniques, made from the registry and ``docs/techniques/facts.toml``: ``make docs``.

A technique that the facts do not know (yet) gets a page from its declaration alone.
"""

import tomllib
from pathlib import Path
from typing import Any

import yaml

from engine.compress.chain import again
from engine.compress.registry import techniques
from engine.compress.technique import Again, Effect, KnobSpec, Technique

FOLDER = Path(__file__).parents[2] / "docs" / "techniques"
_HELPS = {
    "size": ("a smaller file", "文件更小"),
    "packed": ("a smaller packed file", "打包后更小"),
    "speed": ("speed on common kernels", "在常见内核上更快"),
    "accuracy": ("accuracy after other steps", "恢复其他步骤损失的精度"),
}
_WORDS = {
    Effect.WEIGHTS: "values of weights",
    Effect.MASKS: "zeros placed on purpose",
    Effect.PATTERN: "the regular pattern of zeros",
    Effect.STRUCTURE: "shapes of the tensors",
    Effect.INTEGERS: "weights as integers or codes",
    Effect.TRAINABLE: "the possibility to train afterwards",
    Effect.FORMAT: "the kind of file",
}
_NEEDS = {
    "labels": "labelled training data",
    "data": "training inputs",
    "calibration": "a few representative inputs",
    "gradients": "gradients (a PyTorch form of the model)",
    "device": "a device to time candidates on",
}

_AGAIN = {
    Again.UNCHANGED: "changes nothing",
    Again.FURTHER: "goes further: it works on what is left, or trains on",
    Again.REFUSED: "is refused within one recipe",
}


def facts() -> dict[str, Any]:
    """The hand-written part, and as ``rows`` what :mod:`tests.documents.measured` wrote."""
    rows = tomllib.loads((FOLDER / "measured.toml").read_text(encoding="utf-8"))
    return tomllib.loads((FOLDER / "facts.toml").read_text(encoding="utf-8")) | {"rows": rows}


def built_in() -> list[Technique]:
    """The techniques of this product; what plug-ins bring is documented by them."""
    return [item for item in techniques() if item.apply.__module__.startswith("engine.")]


def example(technique: Technique, fact: dict[str, Any]) -> str:
    """A recipe of one step."""
    step: dict[str, Any] = {"technique": technique.id}
    if fact.get("knobs"):
        step["knobs"] = fact["knobs"]
    return yaml.safe_dump([step], sort_keys=False, allow_unicode=True)


def page(technique: Technique, known: dict[str, Any]) -> str:
    """The page of one technique."""
    fact = known["technique"].get(technique.id, {})
    lines = [f"# {technique.name}", ""]
    if "zh" in fact:
        lines += [f"*{fact['zh'][0]}*", ""]
    lines += [technique.summary, ""]
    if "zh" in fact:
        lines += [fact["zh"][1], ""]
    lines += [f"- id: `{technique.id}`, family {technique.family}"]
    lines += [f"- works on: {_takes(technique)}"]
    needs = ", ".join(_NEEDS[str(need)] for need in technique.needs) or "nothing beside the model"
    lines += [f"- needs (with its defaults): {needs}"]
    lines += [f"- changes: {', '.join(_WORDS[effect] for effect in technique.changes) or 'nothing'}"]
    if technique.destroys:
        lines += [f"- gives up: {', '.join(_WORDS[effect] for effect in technique.destroys)}"]
    lines += [f"- a second time with the same knobs (here its defaults): {_again(technique)}"]
    lines += [f"- source: {technique.paper}", ""]
    lines += ["## When", ""]
    if "helps" in fact:
        not_helped = [word for word in ("size", "packed", "speed") if word not in fact["helps"]]
        lines += [f"Helps: {', '.join(_HELPS[word][0] for word in fact['helps'])}."]
        if "size" in fact["helps"] and "packed" in not_helped:
            not_helped.remove("packed")  # a smaller file packs smaller
        if not_helped:
            lines += [f"Does not help by itself: {', '.join(_HELPS[word][0] for word in not_helped)}."]
        lines += ["", fact["when"], ""]
    else:
        lines += [technique.summary, ""]
    lines += ["## In a recipe", "", "```yaml", example(technique, fact).rstrip(), "```", ""]
    lines += ["## Knobs", ""]
    if technique.knobs:
        lines += ["| knob | default | limits | what it does |", "|---|---|---|---|"]
        lines += [
            f"| `{spec.name}` | {_default(spec)} | {_limits(spec)} | {_cell(spec.help)} |" for spec in technique.knobs
        ]
    else:
        lines += ["None."]
    row = known["rows"].get(technique.id)
    lines += ["", "## Measured", "", _measured(fact, known["measured"]) if row is None else _tuned(row), ""]
    return "\n".join(lines)


def index(known: dict[str, Any]) -> str:
    """Which technique for which purpose."""
    every = built_in()
    lines = ["# Techniques", "", "Made by `make docs` from the registry; `flyweight techniques` prints the same.", ""]
    lines += ["## Which one should I use? 该用哪一种？", ""]
    lines += [
        "Start with a preset (`--preset size`, `latency` or `accuracy`), look with `flyweight explain` at what was lost, and",
        "let `flyweight measure` on the board decide about speed: it differs from processor to processor. The lists below say",
        "what each technique is for; a recipe is several of them in a row.",
        "",
    ]
    for word, (english, chinese) in _HELPS.items():
        fitting = [item for item in every if word in known["technique"].get(item.id, {}).get("helps", [])]
        lines += [f"### For {english} · {chinese}", ""]
        lines += [f"- [{item.name}]({item.id}.md): {known['technique'][item.id]['when']}" for item in fitting] + [""]
    lines += [
        "## All",
        "",
        "| technique | 名称 | what it does | 说明 |",
        "|---|---|---|---|",
    ]
    for item in every:
        name, summary = known["technique"].get(item.id, {}).get("zh", ("", ""))
        lines += [f"| [{item.name}]({item.id}.md) | {name} | {_cell(item.summary)} | {summary} |"]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name -> text of everything that is generated."""
    known = facts()
    made = {f"{item.id}.md": page(item, known) for item in built_in()}
    return made | {"README.md": index(known)}


def write() -> None:
    """Write all pages; those of techniques that are gone are removed."""
    made = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _takes(technique: Technique) -> str:
    forms = {
        "torch": "PyTorch modules; an ONNX file becomes one by itself where its operators are known layers",
        "onnx": "ONNX graphs; a PyTorch module is exported by itself",
        "either": "PyTorch modules and ONNX graphs",
    }
    return forms[str(technique.takes)]


def _again(technique: Technique) -> str:
    said = again(technique, technique.config())
    words = _AGAIN[said]
    trains = said is Again.UNCHANGED and any(spec.name == "epochs" for spec in technique.knobs)
    if trains and again(technique, technique.configure({"epochs": 1})) is not said:
        words += ", as long as nothing is trained"
    own = getattr(technique.config, "idempotent", None)
    return words if own is None else f"{words}. {own.__doc__}"


def _default(spec: KnobSpec) -> str:
    return "none" if spec.default is None else f"`{_cell(str(spec.default))}`"


def _limits(spec: KnobSpec) -> str:
    if spec.choices:
        return " ".join(f"`{choice}`" for choice in spec.choices)
    if spec.min is None and spec.max is None:
        return spec.type
    low = "" if spec.min is None else f"{spec.min:g}"
    high = "" if spec.max is None else f"{spec.max:g}"
    return f"{spec.type} {low} .. {high}{' ' + spec.unit if spec.unit else ''}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _measured(fact: dict[str, Any], about: dict[str, str]) -> str:
    row = fact.get("row")
    if row is None:
        return "No row here: what it brings depends on the fine-tuning that follows. `flyweight compress` and `measure` tell."
    return (
        f"{row['size']:.2f}x smaller, {row['packed']:.2f}x packed, {row['loss']:+.2f} points lost "
        f"[{row['low']:+.2f}, {row['high']:+.2f}] ({about['what']}; {about['date']})."
    )


def _tuned(row: dict[str, Any]) -> str:
    """A row of a technique in its recipe, beside what the recipe loses without it where something stands before it."""
    macs = f", {row['macs']:.2f}x fewer MACs" if row["macs"] > 1 else ""
    without = f"; without it {row['without']:+.2f}" if "without" in row else ""
    return (
        f"{row['size']:.2f}x smaller, {row['packed']:.2f}x packed{macs}, {row['loss']:+.2f} points lost "
        f"[{row['low']:+.2f}, {row['high']:+.2f}]{without} (`{row['recipe']}` on {row['what']}; size and packed against the "
        f"original, loss paired with 95 % interval; {row['date']})."
    )


if __name__ == "__main__":
    write()
