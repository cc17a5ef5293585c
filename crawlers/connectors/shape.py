"""Takes JSON apart and says which part is not what it should be; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

from crawlers.connectors.base import Reading, WrongShapeError

Row = Mapping[str, Any]
Record = dict[str, Any]
T = TypeVar("T")


def at(document: object, path: str, kind: type[T]) -> T:
    """Return the part at a dotted path, such as Data.Items; raise WrongShapeError otherwise."""
    part: object = document
    for name in path.split(".") if path else ():
        part = part.get(name) if isinstance(part, Mapping) else None
    if not isinstance(part, kind):
        raise WrongShapeError(f"的返回里没有应有的 {path or kind.__name__}")
    return part


def rows(document: object, path: str) -> list[Any]:
    """Return the list at a path."""
    return at(document, path, list)


def word(row: Row, *names: str) -> str:
    """Return the first of the fields that holds text or a number; empty when none does."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def read_rows(found: Iterable[object], record: Callable[[Row], Record | None]) -> Reading:
    """Read each row; what is no object, lacks a field or is judged None only counts."""
    total, good = 0, []
    for one in found:
        total += 1
        try:
            made = record(one) if isinstance(one, Mapping) else None
        except (KeyError, TypeError, ValueError, AttributeError):
            made = None
        if made is not None:
            good.append({name: value for name, value in made.items() if value not in (None, "")})
    if total and not good:
        raise WrongShapeError(f"的返回有 {total} 行，一行也读不懂")
    return Reading(good, total)


def address(base: str, path: str, **query: object) -> str:
    """Return base + path with the query; empty values stay out."""
    said = urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return f"{base.rstrip('/')}{path}" + (f"?{said}" if said else "")
