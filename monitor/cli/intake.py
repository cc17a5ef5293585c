"""`ingest` and `watch`: what comes in from files."""

from __future__ import annotations

import typer

from monitor.cli import watch
from monitor.cli.ingest import ingest


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ingest")(ingest)
    watch.register(app)
