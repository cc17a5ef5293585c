"""Recognises pages that nobody wrote: spun copies of other texts, and betting sites' search bait.

Such a page repeats somebody's words in a disguise that no similarity sees through; it is a trace of
its original and no second voice. Pure.
"""

from __future__ import annotations

import re

from ahocorasick_rs import AhoCorasick

LEAST = 100  # characters; nobody spins what is shorter
# Different words of the spinner's: the page that shaped this has 67. None of 164,865 ordinary
# posts and articles has a tell-tale, and 4 leave room for somebody who likes old words.
SPUN_WORDS = 4
SPUN_PER_THOUSAND = 1.5  # per 1,000 characters, so that a long novel with a few old words is none
HEAD = 300  # characters: where search bait puts the site that it baits for


def _words(block: str) -> list[str]:
    return block.split()


# What spinning tools write for 大, 通过, 不能, 能够, 关注, 公告, 失去, 非常, 方向: no person does.
_TELLTALES = _words("""
年夜部门 年夜量 年夜型 年夜幅 年夜众 年夜学 年夜厂 年夜数据 庞年夜 壮年夜 扩年夜 强年夜 绝年夜
最年夜 不年夜 太年夜 更年夜 年夜健康 通知布告 鼓动勉励 去失落 掉败 掉去 掉踪 掉误 掉业 存眷
经由过程 标的目的 长短常 可以或许 不克不及 进步前辈 设置装备摆设 黉舍 揭橥 有悖在 得益在 练习营
双降落 功德情 本站编纂 时下比力 比力好 比力年夜 根基上 特殊是 手刺 糊口类 严厉类
""")
# Old or rare words that people do write; they only count beside a tell-tale.
_OLD = _words("""
毗连 今朝 先容 若何 甚么 伴侣 采办 主顾 感化 机能 搜刮 堆集 曩昔 极可能 糊口 文娱 勾当 触及 摄生
歹意 清算 零丁 归正 方针 病院 仍是 现实上 扶植 起首 强逼 最先 增进 包罗 界说 缘由 良多 体例 情势
法则 自认为 贯串 编纂 来历 诚恳 打消 用度 功效 全数 奇迹 逗留 晋升 顿时 降落 很是 没法 素质 一向
致使 产物 申明 首要 动静
""")
_BETTING = _words("""
雷竞技 华体会 华体网 hth华体 亚新体育 江南体育 江南.体育 半岛体育 半岛综合体育 半岛app 爱游戏体育
爱游戏app 爱游戏官网 乐鱼体育 乐鱼app 开云体育 开云app 云开体育 米兰体育 星空体育 九游体育
必一体育 b体育 博鱼体育 亚博体育 亚博app 万博体育 万博app 欧宝体育 ob体育 ob欧宝 皇冠体育 金沙娱乐
太阳城娱乐 新葡京娱乐 澳门葡京 威尼斯人娱乐 银河娱乐 金宝搏 bet365 betway manbetx 威廉希尔
火狐体育 天博体育 杏彩体育 南宫体育 ng体育 kok体育 环球体育app 必威体育 伟德体育 bv伟德 立博体育
德赢体育 安博体育 华体育 时时彩平台 pk10平台 真人百家乐 电子游艺
""")
_SPUN = AhoCorasick([*_TELLTALES, *_OLD])
_BETS = AhoCorasick([word.casefold() for word in _BETTING])
# How the bait goes on: a sport's «official site» for every kind of telephone.
_BAIT = re.compile(
    r"体育[.·]?\(中国\)[.·]?官方|官方网站\s?-\s?(?:ios|安卓)|ios/安卓(?:通用|手机)?版|全站app下载"
    r"|最新首页登录|(?:注册|首存)送(?:彩金|\d+)|(?:真人|棋牌|彩票)[/、](?:真人|棋牌|彩票|电子)",
    re.IGNORECASE,
)


def spam_signs(text: str, title: str = "") -> frozenset[str]:
    """Return which of «spun» and «gambling» a cleaned text is; empty for what people write."""
    signs = {"spun"} if is_spun(text) else set()
    return frozenset(signs | ({"gambling"} if is_search_bait(text, title) else set()))


def is_spun(text: str) -> bool:
    """Tell whether a tool replaced the words of somebody's text by others."""
    if len(text) < LEAST:
        return False
    words = _SPUN.find_matches_as_strings(text)
    kinds = set(words)
    dense = len(words) * 1000 >= SPUN_PER_THOUSAND * len(text)
    return len(kinds) >= SPUN_WORDS and dense and not kinds.isdisjoint(_TELLTALES)


def is_search_bait(text: str, title: str = "") -> bool:
    """Tell whether a page is there to lead searchers to a betting site.

    A report on betting names one such site; bait names it first of all, or several, or sells it.
    """
    names = set(_BETS.find_matches_as_strings(f"{title}\n{text}".casefold()))
    leads = (title.casefold(), text[:HEAD].casefold())
    first = any(
        re.match(rf"\W*{re.escape(name)}\S{{0,8}}\s?[-_|—]", lead)
        for name in names
        for lead in leads
    )
    return first or len(names) >= 3 or (bool(names) and _BAIT.search(text) is not None)  # noqa: PLR2004
