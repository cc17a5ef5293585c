"""The words and shapes of Chinese dates; see crawlers.dates for what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

HANZI = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "○": 0}
A_FEW = 3  # 几: nobody says it of one, or of ten

UNITS = {
    **dict.fromkeys(("秒", "秒钟", "second", "seconds", "sec", "s"), timedelta(seconds=1)),
    **dict.fromkeys(("分", "分钟", "minute", "minutes", "min", "mins", "m"), timedelta(minutes=1)),
    **dict.fromkeys(("小时", "钟头", "时", "hour", "hours", "h"), timedelta(hours=1)),
    **dict.fromkeys(("天", "日", "day", "days", "d"), timedelta(days=1)),
    **dict.fromkeys(("周", "星期", "礼拜", "week", "weeks", "w"), timedelta(weeks=1)),
    **dict.fromkeys(("月", "month", "months"), timedelta(days=30)),
    **dict.fromkeys(("年", "year", "years", "y"), timedelta(days=365)),
}
DAYS_AGO = {"今": 0, "today": 0, "昨": 1, "yesterday": 1, "前": 2, "大前": 3}
YEARS_AGO = {"今年": 0, "去年": 1, "前年": 2}
WEEKDAYS = {c: n for n, c in enumerate("一二三四五六")} | {"日": 6, "天": 6}

_MORNING = "凌晨|早上|早晨|清晨|上午|早|am"
_NOON = "中午|正午"
_AFTERNOON = "下午|午后|傍晚|pm"
_EVENING = "晚上|晚间|夜里|深夜|夜间|半夜|晚|夜"
PARTS_OF_DAY = {
    name: part
    for part, names in {
        "morning": _MORNING,
        "noon": _NOON,
        "afternoon": _AFTERNOON,
        "evening": _EVENING,
    }.items()
    for name in names.split("|")
}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_HANZI_NUMBER = "[零〇○一二三四五六七八九十两]{1,3}"
_NUMBER = rf"(?:\d{{1,4}}|{_HANZI_NUMBER})"
_GAP = r"[\s·,，|T()（）]*"
_OF_DAY = "|".join(sorted(PARTS_OF_DAY, key=len, reverse=True))
_AROUND = r"[\s·,，|:]*"

NOW = re.compile(r"(?:刚刚|刚才|刚|just now|now)", re.IGNORECASE)
AGO = re.compile(
    rf"(?P<count>{_NUMBER}|半|几|an?)\s*个?(?P<and_half>半)?\s*(?P<unit>{_any_of(UNITS)})"
    r"(?P<half_more>半)?(?:以|之)?\s*(?:前|ago)",
    re.IGNORECASE,
)
DAY = re.compile(
    r"(?P<day>大?前(?=[天日])|昨|今(?=[天日早晚夜晨])|today|yesterday)[天日]?", re.IGNORECASE
)
WEEKDAY = re.compile(r"(?P<which>上上?个?|本|这)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])")
FULL_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*[年./-]\s*(?P<month>\d{1,2})\s*[月./-]\s*"
    r"(?P<date>\d{1,2})(?!\d)\s*日?"
)
HANZI_DATE = re.compile(
    rf"(?P<year>[二一][零〇○一二三四五六七八九]{{3}})年(?P<month>{_HANZI_NUMBER})月"
    rf"(?P<date>{_HANZI_NUMBER})日"
)
SHORT_DATE = re.compile(
    r"(?P<year>\d\d)(?:[/.-]|年)(?P<month>\d{1,2})(?:[/.-]|月)(?P<date>\d{1,2})(?!\d)日?"
)
MONTH_AND_DATE = re.compile(
    rf"(?P<year>{_any_of(YEARS_AGO)})?(?P<month>\d{{1,2}})\s*(?:[-/]|\.(?=\d\d(?!\d))|月)\s*"
    r"(?P<date>\d{1,2})(?!\d)\s*[日号]?"
)
CLOCK = re.compile(
    rf"{_GAP}(?:(?:周|星期)[一二三四五六日天]{_GAP})?(?P<part>{_OF_DAY})?\s*"
    rf"(?:(?P<hour>\d{{1,2}})\s*[:：]\s*(?P<minute>\d\d)(?:[:：](?P<second>\d\d)(?:\.\d+)?)?"
    rf"|(?P<oclock>\d{{1,2}}|{_HANZI_NUMBER})[点时]钟?"
    r"(?:(?P<half>半)|(?P<past>\d{1,2})分?(?:(?P<sec>\d{1,2})秒)?)?)"
    r"(?!\d)(?:\s*(?P<suffix>am|pm))?",
    re.IGNORECASE,
)
OFFSET = re.compile(
    r"\s*(?:(?P<utc>Z|UTC|GMT)(?![A-Za-z+-])|(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d))"
)
DIGITS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
EPOCHS = {10: 1, 13: 1000}
LABEL = re.compile(
    r"^(?:最后|最近|首次|已|本文|文章|帖子|消息)*\s*(?:(?:编辑|发布|发表|更新|修改|回复|评论|提问|创建"
    r"|采集|投诉|上传|投稿|录入|来稿|刊发)(?:时间|日期|于|在)?|时间|日期|posted|published|updated"
    rf"|edited|on){_AROUND}",
    re.IGNORECASE,
)
PLACE = re.compile(
    rf"{_AROUND}(?:\(?已?(?:编辑|发布|发表|更新|修改|回复)过?\)?)?"
    r"(?:[\s·,，|]*(?:来自|来源|IP|属地|发布于|发自|发表于|via\b|from\b).*|[\s·,，|]+[一-鿿]{2,8})?",
    re.IGNORECASE | re.DOTALL,
)
