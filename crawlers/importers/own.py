"""Our own mention JSON Lines, as docs/interchange.md says (T3: files that people bring)."""

from __future__ import annotations

from dataclasses import fields

from crawlers.importers.plan import Plan
from crawlers.importers.rows import Table
from crawlers.items import Item

NAME = "jsonl"
TITLE = "提及 JSON Lines"
OURS = {field.name for field in fields(Item)}
TELLING = {"platform", "text", "published_at", "observed_at", "parent_id"}


def plan(keys: frozenset[str], table: Table) -> Plan | None:
    """Take objects as they are; a grid's cells are all text and go the way of tables."""
    if table.grid or not keys & TELLING:
        return None
    return Plan({name: (name,) for name in sorted(OURS & keys)}, verbatim=True)
