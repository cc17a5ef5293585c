"""Puts what a run of `detection.py` printed between the markers of the manual."""

from __future__ import annotations

from pathlib import Path

BEGIN, END = "<!-- detection:begin -->", "<!-- detection:end -->"


def write(page: Path, command: str, date: str, printed: str) -> None:
    """Keep the output as it was printed, with the command and the date in front."""
    page.write_text(placed(page.read_text("utf-8"), command, date, printed), encoding="utf-8")


def placed(document: str, command: str, date: str, printed: str) -> str:
    """The document with the output between its markers; `ValueError` where it has none."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} … {END}")
    said = f"{date}，命令 `{command}`，原样输出：\n\n```text\n{printed.strip()}\n```"
    return f"{before}{BEGIN}\n{said}\n{END}{after}"
