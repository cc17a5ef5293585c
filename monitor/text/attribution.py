"""Finds the words of a text that speak of one institution when it may name several."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from monitor.text.span import Cover, Span

_CLAUSE = re.compile(r"[^,，。!！?？;；…\n]*[,，。!！?？;；…\n]*")
_HEAD = (
    "医院|卫生院|卫生服务中心|保健院|诊所|门诊部|疗养院|体检中心|医疗中心|美容院"
    "|公司|集团|药业|药房|大药房|养老院|月子中心"
)
_INSTITUTION = re.compile(_HEAD)
# Before the head these make it nobody in particular («一家医院», «去医院», «保险公司»).
_NOBODY = re.compile(
    r"(?:[一二两三几多各这那该某哪本贵此每]\s?[家所个些座间]?"
    r"|[去到在进住出送回来跑找看从离给让叫是说当对由被把向跟和与及或的了吧呢吗啊都就还没不有过等大小好坏老新]"
    r"|任何|当地|附近|其[他它]|别的|所谓|正规|外地|公立|民营|私立|私人|三甲|二甲|三级|专科|综合|国内|国外|互联网|线上"
    r"|[县省市]级|乡镇|社区|基层|黑|保险|快递|物流|网络|科技|上市|[Xx×*]|[^\u4e00-\u9fff]|^)$"
)
_LONGEST_NAME = 4


def sentences_about(text: str, spans: Sequence[Span]) -> str:
    """Return the clauses that speak of the institution whose names stand at the spans.

    A clause that names nobody goes with the institution named last before it, and the opening
    goes with the first one named; a clause that names several goes with each of them.
    """
    spans = sorted(spans, key=lambda span: span.start)
    starts = [span.start for span in spans]
    clauses = [match.span() for match in _CLAUSE.finditer(text) if match[0]]
    named = [spans[bisect_left(starts, a) : bisect_left(starts, z)] for a, z in clauses]
    others = [_names_another(text, *c, ours) for c, ours in zip(clauses, named, strict=True)]
    if not any(others):
        return text
    owned = _owned([bool(ours) for ours in named], others)
    kept = (text[a:z] for (a, z), own in zip(clauses, owned, strict=True) if own)
    return "".join(kept).strip()


def _owned(ours: Sequence[bool], others: Sequence[bool]) -> Iterator[bool]:
    """Say of each clause whether it goes with us."""
    naming = [own for own, other in zip(ours, others, strict=True) if own or other]
    current = naming[0]
    for own, other in zip(ours, others, strict=True):
        current = own if own or other else current
        yield current


def _names_another(text: str, start: int, end: int, ours: Sequence[Span]) -> bool:
    """Say whether text[start:end] names an institution at a place that is none of our names."""
    cover = Cover(ours)
    ends = {span.end for span in ours}
    for head in _INSTITUTION.finditer(text, start, end):
        place = Span(head[0], head.start(), head.end())
        before = text[max(start, head.start() - _LONGEST_NAME) : head.start()]
        if not cover.holds(place) and head.start() not in ends and not _NOBODY.search(before):
            return True
    return False
