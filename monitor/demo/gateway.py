"""The micro-blog gateway: every few minutes a file of mention JSON Lines to take in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crawlers.importers.jsonl import Rejected, read_items
from monitor.demo.scene import Place
from monitor.demo.stage import DemoError
from monitor.demo.story import Post, batches
from monitor.stations.take_in import Intake, take_in

SOURCE = "清河微博转接"
EVERY = timedelta(minutes=3)


class Gateway:
    """Hands over what has been posted or read anew since its last file."""

    def __init__(self, stage: Place) -> None:
        """Prepare the day's files; none is written before its time."""
        self._stage = stage
        self._files = batches(stage.story, "weibo", EVERY)
        self._folder = stage.folder / "weibo"
        self._folder.mkdir(exist_ok=True)

    def next(self) -> datetime | None:
        """When the next file comes."""
        return next(iter(self._files), None)

    def hand_over(self, now: datetime) -> Intake | None:
        """Write and take in the file that is due; None when none is."""
        due = self.next()
        if due is None or due > now:
            return None
        posts = {post.id: post for post in self._files.pop(due)}.values()
        path = self._folder / f"{due:%H%M}.jsonl"
        lines = (json.dumps(_record(post, now), ensure_ascii=False) for post in posts)
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        items = list(read_items(path, now))
        good = [item for item in items if not isinstance(item, Rejected)]
        if len(good) < len(items):
            raise DemoError(f"{path} 里有读不懂的行")
        with self._stage.app.database.transaction() as session:
            return take_in(self._stage.app, session, good, now, source=SOURCE)


def _record(post: Post, now: datetime) -> Mapping[str, Any]:
    record: dict[str, Any] = {
        "platform": "微博",
        "id": post.id,
        "text": post.text,
        "author": post.author,
        "url": f"https://weibo.example/{post.id}",
        "published_at": post.at.isoformat(),
        "observed_at": now.isoformat(),
        **post.counters(now),
    }
    if post.parent:
        record["parent_id"] = post.parent
    return record
