"""Renders the weekly report as one self-contained HTML file: no script, nothing from outside."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alerts.text import safe_link, tame
from monitor import files
from monitor.domain.mention import RISK_LABELS
from monitor.reports import charts, words
from monitor.reports.timeline import Track
from monitor.reports.weekly import WeeklyReport

SHOWN = 200  # ids listed under a number; the count is exact and --json lists them all
QUOTE_CHARACTERS = 120  # enough to recognise a post, too little to spread it

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    clock=words.day_clock,
    duration=words.duration,
    percent=words.percent,
    rate=words.rate,
    link=safe_link,
    tame=lambda text: tame(text, QUOTE_CHARACTERS),
    risk=lambda code: RISK_LABELS.get(code, code),
)


def environment() -> Environment:
    """The templates of all pages: escaping, and strict about what they name."""
    return _ENVIRONMENT


def render(report: WeeklyReport, *, banner: str = "") -> str:
    """The whole page; `banner` marks drills and demos at the top."""
    template = _ENVIRONMENT.get_template("weekly.html.j2")
    tracks = [line.track for line in report.response.incidents if line.track.segments]
    since, until = _span(report, tracks)
    return template.render(
        report=report,
        sections=report.brands if len(report.brands) == 1 else (report.overall, *report.brands),
        summary=words.summary(report),
        banner=banner,
        charts=charts,
        tracks=tracks,
        since=since,
        until=until,
        shown=SHOWN,
    )


def _span(report: WeeklyReport, tracks: list[Track]) -> tuple[datetime, datetime]:
    """The stretch of the week in which anything was lit, with a margin of a twentieth."""
    segments = [segment for track in tracks for segment in track.segments]
    if not segments:
        return report.week.start, report.until
    start = min(one.start for one in segments)
    end = max(one.end for one in segments)
    margin = (end - start) / 20
    return max(report.week.start, start - margin), min(report.until, end + margin)


def write(report: WeeklyReport, folder: Path, *, banner: str = "") -> Path:
    """Write the page into `folder` at once or not at all; returns its path."""
    path = folder / f"weekly-{report.week.label}.html"
    files.put(path, render(report, banner=banner).encode(), private=False)
    return path
