"""`fengsui mentions label`: a person's word on what a mention says, kept for the next training."""

from __future__ import annotations

from typing import Annotated

import typer

from models.prediction import POLARITIES, RISK_CODES
from monitor.cli import show
from monitor.cli.context import (
    DEFAULT_CONFIG,
    ActorOption,
    ConfigOption,
    Refusal,
    actor,
    opened,
)
from monitor.cli.mention_page import POLARITY_WORDS, STANCES, spoken
from monitor.cli.options import brand_of
from monitor.domain.mention import RISK_LABELS
from monitor.stations.correct import Word, correct
from monitor.text.pii import mask

NOTE_LIMIT = 500  # characters: a reason, no report


def label(
    number: Annotated[
        str, typer.Argument(metavar="编号", help="提及编号，见 mentions list", show_default=False)
    ],
    polarity: Annotated[
        str | None,
        typer.Argument(
            metavar="极性", help="negative 负面、neutral 中性、positive 正面", show_default=False
        ),
    ] = None,
    *,
    risk: Annotated[
        str | None,
        typer.Option(
            "--risk", metavar="代码", help="风险代码，逗号隔开；没有写 none", show_default=False
        ),
    ] = None,
    stance: Annotated[
        str | None,
        typer.Option(
            "--stance",
            metavar="立场",
            help="alleged 指称、denied 否认、general 泛谈、none 不涉及风险",
            show_default=False,
        ),
    ] = None,
    brand: Annotated[
        str | None,
        typer.Option(
            "--brand", metavar="品牌", help="说到几个品牌时写明更正哪一个", show_default=False
        ),
    ] = None,
    note: Annotated[
        str, typer.Option("--note", metavar="文字", help="备注，会留在记录里", show_default=False)
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="撤回更正，重新按模型的判断")] = False,
    who: ActorOption = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """更正模型的判断：马上按更正后的算，下次训练也会用上。"""
    wanted = show.number(number, "用 fengsui mentions list 查看")
    if undo and (polarity or risk or stance):
        raise Refusal("--undo 是撤回，不要再写极性、--risk 或 --stance")
    word = Word(None, note=_note(note)) if undo else word_of(polarity, risk, stance, _note(note))
    with opened(config) as app:
        person = actor(app, who)
        named = brand_of(app, brand) if brand is not None else None
        done = correct(app, wanted, named, word, person)
    said = "已撤回更正，重新按模型的判断" if undo else f"按「{spoken(word)}」算，下次训练会用上"
    show.say(f"✓ 提及 {wanted}（{done.brand}）：{said}。", style="green")
    if done.mentions > 1:
        show.say(f"  同样的话共有 {done.mentions} 条提及，都一样算。")
    show.say("  话题会重新看一遍；已经作出的判定、事件和消息不变。", style="dim")


def word_of(polarity: str | None, risk: str | None, stance: str | None, note: str) -> Word:
    """What was typed as a word on a text; refuses what is unknown or contradicts itself."""
    labels = {name: name for name in POLARITIES} | {zh: en for en, zh in POLARITY_WORDS.items()}
    if polarity is None or polarity.strip() not in labels:
        given = f"看不懂极性「{show.line(polarity, 30)}」" if polarity else "没有写极性"
        raise Refusal(f"{given}：写 negative（负面）、neutral（中性）或 positive（正面）")
    if stance is not None and stance not in STANCES:
        known = "、".join(f"{name}（{zh}）" for name, zh in STANCES.items())
        raise Refusal(f"看不懂立场「{show.line(stance, 30)}」：写 {known}")
    codes = () if risk is None and stance == "none" else _codes(risk)
    if codes is not None and (stance == "none") != (not codes) and stance is not None:
        raise Refusal("风险和立场对不上：没有风险时立场是 none，有风险时立场不能是 none")
    if stance == "alleged" and labels[polarity.strip()] != "negative":
        raise Refusal("指称是说了坏事，应按 negative（负面）算；不是指称请写 denied 或 general")
    return Word(labels[polarity.strip()], codes, stance, note)


def _codes(risk: str | None) -> tuple[str, ...] | None:
    if risk is None:
        return None
    given = [one.strip() for one in risk.replace("，", ",").split(",") if one.strip()]
    if given == ["none"]:
        return ()
    unknown = next((one for one in given if one not in RISK_CODES), None)
    if unknown or not given:
        known = "、".join(f"{code}（{zh}）" for code, zh in RISK_LABELS.items())
        what = f"看不懂风险代码「{show.line(unknown, 30)}」" if unknown else "--risk 是空的"
        raise Refusal(f"{what}：没有风险写 none，有就写 {known}，几个用逗号隔开")
    return tuple(dict.fromkeys(given))


def _note(text: str) -> str:
    """A note as it is kept: no personal numbers, no more than a reason needs."""
    return mask(show.wording(text))[:NOTE_LIMIT]
