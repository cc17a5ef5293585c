"""Takes a person's word on what a mention says: kept for training, and what counts from now on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.normalise import normalise, says_nothing
from monitor.app import App
from monitor.stations.obey import RefusedError
from monitor.stations.reading import LastWords
from monitor.store.labels import standing
from monitor.store.lookup import chunks
from monitor.store.schema import BrandMentionRow, CorrectionRow, MentionRow, TopicRow


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says of a mention; without a polarity they take back what was said before.

    `risk` and `stance` are as in `monitor.store.labels.Correction`.
    """

    polarity: str | None
    risk: tuple[str, ...] | None = None
    stance: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of it: whose words they were, and how many mentions say the same."""

    brand: str
    mentions: int


def correct(app: App, number: int, brand: str | None, word: Word, actor: str) -> Corrected:
    """Keep a correction and count by it at once; raises RefusedError with a Chinese sentence.

    It holds for every mention that says the same words of the same brand. Their topics are looked
    at anew; what was decided stays decided, and a tier falls no sooner than its quiet hours allow.
    """

    def work(session: Session) -> Corrected:
        now = app.clock()
        part = _part(session, number, brand)
        if word.polarity is None and not standing(session, [part]):
            raise RefusedError(f"提及 {number} 没有人工更正，没有可撤回的")
        session.add(_row(part, word, actor, now))
        session.flush()
        return Corrected(part.brand, _count_by_it(session, part, now))

    return app.database.repeat(work)


def _part(session: Session, number: int, brand: str | None) -> BrandMentionRow:
    """The one part that is meant; refuses what cannot be meant."""
    row = session.get(MentionRow, number)
    if row is None:
        raise RefusedError(f"没有编号为 {number} 的提及；运行 fengsui mentions list 查看")
    if row.private:
        raise RefusedError(f"提及 {number} 来自非公开渠道：不更正，也不用于训练")
    found = select(BrandMentionRow).where(BrandMentionRow.mention_id == number)
    parts = {part.brand: part for part in session.scalars(found.order_by(BrandMentionRow.brand))}
    if brand is None and len(parts) > 1:
        raise RefusedError(f"这条提及说到 {'、'.join(parts)}：请用 --brand 写明更正的是哪一个")
    part = parts.get(brand) if brand else next(iter(parts.values()), None)
    if part is None:
        named = "、".join(parts) or "任何品牌（还在等原帖）"
        raise RefusedError(f"提及 {number} 没有说到「{brand or '我们'}」；它说到的是：{named}")
    if says_nothing(normalise(part.own_words)):
        raise RefusedError(f"提及 {number} 只是转发，没有自己的话：请更正它转发的原帖")
    return part


def _row(part: BrandMentionRow, word: Word, actor: str, now: datetime) -> CorrectionRow:
    return CorrectionRow(
        brand=part.brand,
        words_hash=part.words_hash,
        text=part.own_words,
        mention_id=part.mention_id,
        polarity=word.polarity,
        risk=None if word.risk is None else list(word.risk),
        stance=word.stance,
        note=word.note,
        actor=actor,
        at=now,
    )


def _count_by_it(session: Session, part: BrandMentionRow, now: datetime) -> int:
    """Write the last word onto all who say the same, and let the engine look at their topics."""
    found = (
        select(BrandMentionRow, MentionRow)
        .join(MentionRow, MentionRow.id == BrandMentionRow.mention_id)
        .where(BrandMentionRow.words_hash == part.words_hash, BrandMentionRow.brand == part.brand)
        .order_by(BrandMentionRow.mention_id)
        .with_for_update(of=BrandMentionRow)
        # Read again under the lock: what was loaded before it may be old by now.
        .execution_options(populate_existing=True)
    )
    same = [(row[0], row[1]) for row in session.execute(found)]
    for model in {one.model for one, _ in same if one.model is not None}:
        of_model = [(one, mention) for one, mention in same if one.model == model]
        _note(session, model, of_model)
    _wake(session, {one.topic_id for one, _ in same if one.topic_id is not None}, now)
    return len(same)


def _note(session: Session, model: str, same: list[tuple[BrandMentionRow, MentionRow]]) -> None:
    last = LastWords(session, model, [one for one, _ in same])
    for one, mention in same:
        if last.spoken(one):
            last.note(one, mention.authority)
        else:
            mention.state = "new"  # nobody's word is left on it: the model is asked again


def _wake(session: Session, topics: set[int], now: datetime) -> None:
    for chunk in chunks(topics):
        due = update(TopicRow).where(TopicRow.id.in_(chunk), TopicRow.merged_into.is_(None))
        session.execute(due.values(check_at=now))
