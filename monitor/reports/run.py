"""Makes the weekly report of an application: gather, build, write."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from monitor.app import App
from monitor.reports.gather import gather
from monitor.reports.html import write
from monitor.reports.week import Week
from monitor.reports.weekly import WeeklyReport, build


def run_weekly(
    app: App, week: Week, now: datetime, folder: Path, *, banner: str = ""
) -> tuple[WeeklyReport, Path]:
    """Write the report of `week` as known at `now` into `folder`; returns it and its path."""
    # a search for one brand may well find nothing new for days
    loud = [one for one in app.settings.sources if not one.about.quiet]
    silent_after = {one.name: one.silent_after for one in loud}
    brands = [one.name for one in app.settings.brands]
    with app.database.reading() as session:
        data = gather(session, week, now, brands, silent_after)
    report = build(data, week, now)
    return report, write(report, folder, banner=banner)
