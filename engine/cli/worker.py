"""``flyweight worker``: runs one verb for the window; reads requests on stdin, writes JSON lines on stdout."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command; hidden because people have the other ones."""
    app.command("worker", hidden=True)(worker)


def worker() -> None:
    """Run one verb for another program: JSON lines in, JSON lines out."""
    from ..worker import main

    raise SystemExit(main())
