"""How ``--help`` of a command reads: values by what they are (``N``, ``MS``, ``FILE``), their limits in words.

The parser would write ``<int range>``, ``{MODEL}`` and ``1<=x<=64``.
"""

import re
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand

_NUMBER = r"-?[\d.]+"
_WORDS: tuple[tuple[str, str], ...] = (
    (rf"({_NUMBER})<=x<=({_NUMBER})(?=[;\]])", r"\1 to \2"),
    (rf"x>=({_NUMBER})(?=[;\]])", r"at least \1"),
    (rf"x<=({_NUMBER})(?=[;\]])", r"at most \1"),
    (r"\[default: (-?\d+)\.0(?=[;\]])", r"[default: \1"),
)


class Command(TyperCommand):
    """A command whose help says what a person types."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """``[OPTIONS] BUNDLE TARGET...``."""
        return [
            re.sub(r"\{(.+?)\}|\[(\[.+\])\]", r"\1\2", piece).replace("......", "...")
            for piece in super().collect_usage_pieces(ctx)
        ]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, then options."""
        rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                rows[parameter.param_type_name].append((_plain_name(record[0]), _in_words(record[1])))
        for kind, records in rows.items():
            if records:
                with formatter.section(f"{kind.capitalize()}s"):
                    formatter.write_dl(records)


def _plain_name(name: str) -> str:
    """``--split train|all`` of ``--split <train|all>``; an argument has its name alone."""
    shown, _, kind = name.partition(" <")
    return f"{shown} {kind.rstrip('>')}" if shown.startswith("-") and kind else shown


def _in_words(text: str) -> str:
    for pattern, words in _WORDS:
        text = re.sub(pattern, words, text)
    return text


class Application(typer.Typer):
    """A group of commands: shows its help when called alone, and each command's as above."""

    def __init__(self, name: str, help: str, **settings: Any) -> None:
        super().__init__(
            name=name,
            help=help,
            no_args_is_help=True,
            rich_markup_mode=None,
            **settings,
        )

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Add the decorated function as a command."""
        return super().command(name, **{"cls": Command, **settings})
