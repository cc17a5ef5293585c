"""`fengsui mentions show`: one mention with its hits, prediction, claim, topic and counters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.text import count, safe_link
from crawlers.importers.platforms import platform_label
from models.prediction import UNSURE_BELOW
from monitor.app import App
from monitor.cli import show as paint
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    Refusal,
    opened,
    print_json,
)
from monitor.domain.mention import RISK_LABELS
from monitor.stations.correct import Word
from monitor.store.labels import history
from monitor.store.schema import (
    BrandMentionRow,
    CorrectionRow,
    MentionRow,
    PredictionRow,
    SnapshotRow,
    TopicRow,
)

SIGNS = {
    "date_or_place": "日期或地点",
    "consequence": "后果",
    "document_or_photo": "单据或照片",
    "named_department_or_person": "点名科室或人员",
}
FLOORS = {
    "death": "死亡",
    "minor": "未成年人",
    "official_notice": "官方通报",
    "national_media": "全国性媒体",
    "on_premises": "院内",
}
POLARITY_WORDS = {"negative": "负面", "neutral": "中性", "positive": "正面"}
STANCES = {"alleged": "指称", "denied": "否认", "general": "泛谈", "none": "不涉及风险"}
COUNTERS = {"views": "阅读", "likes": "点赞", "comments": "评论", "reposts": "转发"}


@dataclass(frozen=True, slots=True)
class Part:
    """A mention as it concerns one brand, with what the model and people said, and the topic."""

    row: BrandMentionRow
    prediction: PredictionRow | None
    topic: TopicRow | None
    corrections: list[CorrectionRow]


def show(
    number: Annotated[
        str, typer.Argument(metavar="编号", help="提及编号，见 mentions list", show_default=False)
    ],
    *,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """显示一条提及：原文、命中的词、模型的判断、话题和互动数的变化。"""
    wanted = paint.number(number, "用 fengsui mentions list 查看")
    with opened(config) as app, app.database.reading() as session:
        row = session.get(MentionRow, wanted)
        if row is None:
            raise Refusal(f"没有编号为 {wanted} 的提及；运行 fengsui mentions list 查看")
        if row.private:
            raise Refusal(f"提及 {wanted} 来自非公开渠道，只在客服系统里查看")
        parts, readings = _parts(session, row), _readings(session, row)
        if as_json:
            print_json(_plain(app, row, parts, readings))
        else:
            _print(app, row, parts, readings)


def _parts(session: Session, row: MentionRow) -> list[Part]:
    found = select(BrandMentionRow).where(BrandMentionRow.mention_id == row.id)
    return [
        Part(
            one,
            session.get(PredictionRow, (one.words_hash, one.model)) if one.model else None,
            session.get(TopicRow, one.topic_id) if one.topic_id else None,
            history(session, one),
        )
        for one in session.scalars(found.order_by(BrandMentionRow.brand))
    ]


def _readings(session: Session, row: MentionRow) -> list[SnapshotRow]:
    found = select(SnapshotRow).where(SnapshotRow.mention_id == row.id)
    return list(session.scalars(found.order_by(SnapshotRow.observed_at)))


def _plain(
    app: App, row: MentionRow, parts: list[Part], readings: list[SnapshotRow]
) -> dict[str, Any]:
    zone = app.settings.zone
    return {
        "mention": row.id,
        "platform": row.platform,
        "id": row.native_id,
        "source": row.source,
        "authority": row.authority,
        "url": row.url,
        "title": paint.safe(row.title),
        "text": paint.safe(row.text),
        "parent_id": row.parent_id,
        "published_at": paint.stamp(row.published_at, zone),
        "observed_at": paint.stamp(row.observed_at, zone),
        "edited_at": row.edited_at and paint.stamp(row.edited_at, zone),
        "gone_at": row.gone_at and paint.stamp(row.gone_at, zone),
        "state": row.state,
        "brands": [_part(app, one) for one in parts],
        "counters": [
            {"at": paint.stamp(one.observed_at, zone), "heat": one.heat}
            | {name: getattr(one, name) for name in COUNTERS}
            for one in readings
        ],
    }


def _part(app: App, one: Part) -> dict[str, Any]:
    said = one.prediction
    return {
        "brand": one.row.brand,
        "hits": one.row.hits,
        "own_words": paint.safe(one.row.own_words),
        "prediction": said
        and {
            "negative": said.negative,
            "neutral": said.neutral,
            "positive": said.positive,
            "risk": [{"code": code, "score": score} for code, score in said.risk],
            "stance": said.stance,
            "model": said.model,
        },
        "own": one.row.own,
        "unread": one.row.unread,
        "negative": one.row.negative,
        "corrections": [_correction(app, row) for row in one.corrections],
        "claim": one.row.risk
        and {
            "code": one.row.risk,
            "score": one.row.risk_score,
            "attributed": one.row.attributed,
            "signs": one.row.signs,
            "floors": one.row.floors,
        },
        "topic": one.topic and {"id": one.topic.id, "name": paint.line(one.topic.name)},
    }


def _correction(app: App, row: CorrectionRow) -> dict[str, Any]:
    return {
        "polarity": row.polarity,
        "risk": row.risk,
        "stance": row.stance,
        "note": paint.safe(row.note),
        "by": row.actor,
        "at": paint.stamp(row.at, app.settings.zone),
    }


def _print(app: App, row: MentionRow, parts: list[Part], readings: list[SnapshotRow]) -> None:
    zone, now = app.settings.zone, app.clock()
    where = paint.line(platform_label(row.platform))
    paint.say(f"提及 {row.id}｜{where}｜{paint.when(row.published_at, zone, now)}")
    paint.say(
        f"来源 {paint.line(row.source)}｜读取 {paint.when(row.observed_at, zone, now)}", style="dim"
    )
    for at, said in (
        (row.edited_at, "原文改过，存的是改后的"),
        (row.gone_at, "原帖已删，存的是我们的副本"),
    ):
        if at is not None:
            paint.say(f"{paint.when(at, zone, now)} 发现{said}", style="yellow")
    if link := safe_link(row.url or ""):
        paint.say(link)
    paint.heading("网帖称（未核实）")
    paint.bullet(paint.safe(row.text), lead="│ ", again="│ ")
    for one in parts:
        _brand(app, one, now)
    paint.heading("互动数")
    for reading in readings:
        paint.bullet(_reading(app, reading, now))


def _brand(app: App, one: Part, now: datetime) -> None:
    paint.heading(one.row.brand)
    for hit in one.row.hits:
        what = f"规则「{hit['rule']}」" if hit["rule"] else "名称"
        paint.bullet(f"命中{what}：{_places(hit)}")
    if not one.row.hits:
        paint.bullet("命中：转发了提到这个品牌的帖子")
    if one.row.own:
        denies = one.prediction is not None and one.prediction.stance == "denied"
        said = "本方的否认声明" if denies else "本方发布"
        paint.bullet(f"{said}：不算独立来源，也不算指控和热度")
    paint.bullet(f"模型：{_heard(one)}")
    for row in one.corrections:
        paint.bullet(f"人工：{_told(app, row, now)}")
    paint.bullet(f"指控：{_claim(one.row)}")
    if one.topic:
        paint.bullet(f"话题 {one.topic.id}：{paint.line(one.topic.name)}")


def _places(hit: dict[str, Any]) -> str:
    return "、".join(
        f"「{paint.line(term)}」第 {start + 1}—{end} 字" for term, start, end in hit["terms"]
    )


def _heard(one: Part) -> str:
    if one.prediction:
        return _said(one.prediction)
    if one.row.unread:
        return f"读不了（{one.row.unread}）；请人工看，用 fengsui mentions label 标上"
    return "还没有判断"


def _told(app: App, row: CorrectionRow, now: datetime) -> str:
    """A correction with who and when; the last one counts."""
    names = {person.id: person.name for person in app.settings.people}
    at = paint.when(row.at, app.settings.zone, now)
    note = f"；备注：{paint.line(row.note, 200)}" if row.note else ""
    return f"{spoken(row)}（{names.get(row.actor, row.actor)}，{at}）{note}"


def spoken(word: Word | CorrectionRow) -> str:
    """What a person said of a text, in Chinese."""
    parts = [POLARITY_WORDS.get(word.polarity or "", "撤回更正")]
    if word.risk is not None:
        parts.append("、".join(RISK_LABELS.get(code, code) for code in word.risk) or "没有风险")
    if word.stance and word.stance != "none":
        parts.append(STANCES[word.stance])
    return "，".join(parts)


def _said(said: PredictionRow) -> str:
    risks = "、".join(f"{RISK_LABELS.get(code, code)} {score:.2f}" for code, score in said.risk)
    unsure = max(said.negative, said.neutral, said.positive) < UNSURE_BELOW
    return (
        f"{'拿不准，' * unsure}负面 {said.negative:.0%}，中性 {said.neutral:.0%}，"
        f"正面 {said.positive:.0%}；"
        f"风险：{risks or '无'}；{STANCES.get(said.stance, said.stance)}（{said.model}）"
    )


def _claim(row: BrandMentionRow) -> str:
    if row.risk is None:
        return "没有指控"
    signs = "、".join(SIGNS.get(one, one) for one in row.signs) or "无"
    floors = "、".join(FLOORS.get(one, one) for one in row.floors) or "无"
    whose = "算在本品牌头上" if row.attributed else "没有说是本品牌做的"
    label = RISK_LABELS.get(row.risk, row.risk)
    return f"{label} {row.risk_score:.2f}，{whose}；佐证：{signs}；严重情形：{floors}"


def _reading(app: App, one: SnapshotRow, now: datetime) -> str:
    known = ((label, getattr(one, name)) for name, label in COUNTERS.items())
    words = "，".join(f"{label} {count(value)}" for label, value in known if value is not None)
    heat = "" if one.heat is None else f"，平台热度 {one.heat:g}"
    at = paint.when(one.observed_at, app.settings.zone, now)
    return f"{at}　{words or '没有读到'}{heat}"
