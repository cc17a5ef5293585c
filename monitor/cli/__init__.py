"""The command line `fengsui`: Chinese help, `--json` on every read command, exit 0, 1 or 2."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from monitor.cli import chinese
from monitor.cli.context import Refusal, fail

app = typer.Typer(
    name="fengsui",
    help="烽燧：医院与健康品牌的舆情预警和危机应对。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
GROUPS = (
    "setup",
    "service",
    "trial",
    "drill",
    "intake",
    "backfill",
    "sources",
    "score",
    "model",
    "replay",
    "policy",
    "rehearse",
    "mentions",
    "incidents",
    "playbook",
    "statement",
    "oncall",
    "silence",
    "people",
    "alerts",
    "report",
    "db",
    "evidence",
    "private",
    "tip",
    "demo",
)
for name in GROUPS:
    import_module(f"monitor.cli.{name}").register(app)


def main() -> None:
    """Run the command; what a user did wrong ends in one Chinese sentence and exit code 2."""
    try:
        chinese.run(app)
    except Refusal as refusal:
        fail(str(refusal))
    except BrokenPipeError:
        # The reader of our output (head, less) has left; that is no error of ours.
        sys.stderr.close()
        sys.exit(0)
