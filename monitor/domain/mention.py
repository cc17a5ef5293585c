"""Mention: a checked post of ours as the rules see it, and what it claims of a brand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has one zone and no summer time since 1991, so a fixed offset is exact."""

CRITICAL = frozenset({"patient_safety", "privacy_leak", "product_safety"})
SERIOUS = frozenset(
    {"false_advertising", "staff_misconduct", "fees_fraud", "conflict", "regulatory"}
)
ORDINARY = frozenset({"service_complaint"})

RISK_LABELS = {
    "patient_safety": "患者安全",
    "privacy_leak": "隐私泄露",
    "product_safety": "药械食品安全",
    "false_advertising": "虚假宣传",
    "staff_misconduct": "人员失范",
    "fees_fraud": "收费与欺诈",
    "conflict": "冲突事件",
    "regulatory": "监管处置",
    "service_complaint": "服务投诉",
}


def severity(code: str | None) -> str:
    """Name the severity class of a risk code: critical, serious, ordinary or none (DESIGN §7)."""
    if code in CRITICAL:
        return "critical"
    if code in SERIOUS:
        return "serious"
    return "ordinary" if code in ORDINARY else "none"


@dataclass(frozen=True, slots=True)
class Counters:
    """Engagement as last read; None means that the source does not say, which is not zero."""

    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    reposts: int | None = None
    heat: float | None = None
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One mention that alleges something of the brand, with what speaks for it."""

    mention_id: int
    code: str
    score: float
    """Probability of the risk code, 0 to 1."""
    at: datetime
    signs: frozenset[str] = frozenset()
    """date_or_place, consequence, document_or_photo, named_department_or_person."""
    floors: frozenset[str] = frozenset()
    """death, minor, official_notice, national_media, on_premises."""
    attributed: bool = True
    """The text names this brand by its own words, not through the post it reposts."""
    blamed: bool = True
    """The text lays a harm at this brand's door; somebody's death alone does not."""
    platform: str = ""
    """Where it stands; empty where nobody said."""
