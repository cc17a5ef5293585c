"""Finds the words that tell one story from another: names, places, things, turns of phrase.

A word's weight is its rarity in general Chinese, read from the segmenter's own dictionary, so it
is the same for every brand, on every machine and in any order of arrival.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from types import ModuleType

from monitor.text.features import HAPPENINGS, PARTY_KINDS

# The dictionary counts 60 million words; the rarest in it, and whatever is not in it, weigh most.
_WORDS = 6e7
# Words at or above the frequency of «手机» (natural log of 60 million by 4,790 is 9.4) say little.
_TOO_COMMON, _ZERO, _MOST = 9.0, 8.5, 6.0
# A Weibo post fits whole; of a page the beginning says what it is about.
_READ, _MOST_WORDS = 600, 24
_KEPT = frozenset("nveijlz")  # nouns and names, verbs, foreign words, idioms, abbreviations
_JOINED = frozenset("nvagijlzsbte")  # single characters of these classes side by side are a name
# What every report and every question says, and what every post on any hospital says.
_COMMON_WORDS = """
看待 评价 关注 值得 网友 网民 爆料 曝光 热议 引发 发文 回应 信息 消息
情况 具体 目前 如何 真相 事情 事件 知乎 微博 微信 抖音 头条 提问 圆桌
话题 讨论 链接 分享 转发 扩散 点击 搜索 原文 全文 公众 公众号 账号 客户端
记者 媒体 新闻 报道 快讯 视频 图片 截图 栏目 发起 参与 邀请 带来 影响
意味着 疑似 网传 导致 造成 显示 表示 发布 通报 警方 依法 工作人员 相关
进行 认为 觉得 知道 希望 可以 需要 实际意义 日起 近日 来源 编辑 用户 患者
病人 家属 家人 医生 大夫 医护 医疗 治疗 检查 住院 门诊 挂号 科室 病情
服务 态度 投诉 看病 就诊 就医 医院 家长 朋友 大家 真的 吓人 可怕 离谱
无语 太惨 求助 帮忙 谢谢 曾经 后来 结果 竟然 居然
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_IS_HAN = re.compile(r"[\u4e00-\u9fff]")
_IS_WORD = re.compile(r"[^\W\d_]")


def telling_words(text: str) -> tuple[str, ...]:
    """Return up to 24 telling words in the order of the text, each once.

    Words of the happening and party tables are left out: they are features of their own. Single
    characters side by side are a name that the dictionary does not know; they count as one word.
    """
    found: dict[str, None] = {}
    run = ""
    for word, kind in (*_segmenter().tag(text[:_READ]), ("", "x")):
        if _is_piece(word, kind):
            run += word.casefold()
            continue
        if len(run) > 1 and _IS_HAN.search(run):
            found[run] = None
        run = ""
        if kind[0] in _KEPT and _tells(word):
            found[word.casefold()] = None
    return tuple(found)[:_MOST_WORDS]


def without_names(words: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Leave out words that are part of a name, or have one in them: all mentions share those."""
    own = [name.casefold() for name in names]
    return tuple(word for word in words if not any(word in name or name in word for name in own))


@cache
def _segmenter() -> ModuleType:
    """Loaded at first use: its dictionary takes half a second, and most commands need none."""
    import rjieba

    return rjieba


@lru_cache(maxsize=65536)
def rarity(word: str) -> float:
    """Return the weight of a telling word, above 0 and at most 6."""
    frequency = max(1, _segmenter().suggest_freq(word))
    return min(_MOST, max(0.5, math.log(_WORDS / frequency) - _ZERO))


def _is_piece(word: str, kind: str) -> bool:
    """Whether a single character may be part of a name that the dictionary does not know."""
    if len(word) != 1:
        return False
    return (word.isascii() and word.isalpha()) or bool(_IS_HAN.match(word) and kind[0] in _JOINED)


def _tells(word: str) -> bool:
    return (
        len(word) > 1
        and word not in _COMMON
        and word not in HAPPENINGS
        and word not in PARTY_KINDS
        and _IS_WORD.search(word) is not None
        and rarity(word.casefold()) > _TOO_COMMON - _ZERO
    )
