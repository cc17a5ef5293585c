"""Reads a clause that names us and somebody else: which of its words are said of us.

The words are those of the text, with «别家» in place of the other's name. Where praise of another
is what is said of us, a plain sentence says so («清河医院差,不如别家»), because no model that reads
one clause can know whose side we are on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from monitor.text.institutions import Named

OTHERS = "别家"
# Plain enough for any model: the shipped one reads «不如别家» alone as no opinion at all.
WORSE, BETTER = f"差,不如{OTHERS}", f"好,比{OTHERS}强"
# Between a connective and the name behind it stands at most the beginning of that name.
_NAME = r"[^,。;\s]{0,8}"

_THAN = r"(?<![对相])比(?![较如方赛例不起])"
_NOT_AS = r"不如|远?不及|比不[上了过]|赶不上|没法[跟和与同]|不能[跟和与同]|输给|不敌"
_LESS = r"没有?"
_UNLIKE = r"[不没]像|不似"
_BEATS = r"甩[开了]?|吊打|碾压|完胜|秒杀|[强好胜]过|优于|[强好]于"
_MOVE = (
    r"(?:后来|最后|只好|赶紧|连夜|马上|又|再)?"
    r"(?:转[到去往至院诊入]|换[到去了]|改去|又去|再去|跑[去到]|后来去|去了|送[到往去至]|来到)"
)
_CONTRAST = r"但是?|可是|不过|然而|而(?!且)|反观|结果|都怪"
_VERDICT = (
    r"(?:误诊|漏诊|没看好|没治好|没查出来?|没确诊|[治看]不好|服务[好差]|态度[好差]|[太很真]差"
    r"|差劲|垃圾|[太很]贵|[很真]好|不错)了?"
)
_GOOD = (
    "强|好|快|便宜|靠谱|专业|负责|干净|方便|舒服|先进|厉害|正规|放心|耐心|细心|热情|实惠|公道|透明|优秀"
    "|认真|温柔|省心|人性化|良心|划算|权威|敬业|温暖|给力"
)
_BAD = (
    "差|贵|慢|乱|黑|坑|脏|挤|烂|累|糟|垃圾|恶心|冷漠|敷衍|坏|弱|麻烦|离谱|难|久|破|吵|恶劣"
    "|不(?:靠谱|负责|专业|好)"
)
_WORTH = re.compile(rf"(?P<bad>{_BAD})|(?P<good>{_GOOD})")
# «A 和 B 没法比»: the first is the worse; «A 和 B 比…» goes on to say in what.
_NO_MATCH = re.compile(
    r"(?:真的?|完全|根本|还是)*(?:没法比|不能比|没得比|比不了|不在一个|不是一个|差[远得太了])"
)
_BESIDE = re.compile(r"(?:真的?)?(?:相比(?:较|之下|起来)?|比(?:起来|较)?)[,:]?")
_AS_MUCH = re.compile(r"(?:那么|这么|那样|这样|一样|似的)")
# «才确诊» elsewhere says that we had not found it. What was saved elsewhere claims no death here.
_ONLY_THERE = re.compile(
    r"[^,。;]{0,4}?(?:才|终于)(?:给)?(?P<done>确诊|治好|看好|查出来?|查清|查明|好转|好起来|控制住|退烧|见效)"
)
# «比起 A,B 强多了»: the standard stands alone before the comma, the next clause compares.
_LEAD = re.compile(
    r"(?:比起来?|相比(?:于|之下)?|对比|较之)A\W*$|[和跟与同]A(?:相比|比起来|比较|比)\W*$"
)
_UNLIKE_LEAD = re.compile(r"(?:[不没]像|不似)$")
_SAID = re.compile(r"[误漏没不差坏错拒]")
# What became of the patient, told of the place where it was seen, is what the first place is
# charged with; not so where the second one is blamed, or nothing happened.
_OUTCOME = re.compile(
    r"抢救|死亡|身亡|去世|离世|不治|没救|没了|ICU|重症|病危|病重|昏迷|截肢|切除|摘除|流产|瘫痪|大出血|没命|二次手术"
    r"|再晚|来晚|送晚|晚了|耽误|延误|感染|坏死",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"误诊|漏诊|失误|事故|[治害医打弄整看]死|[治弄整看]坏|[搞弄打用发]错|见死不救|黑心"
)
_UNHARMED = re.compile(r"要是|如果|万一|差点|也许|成功|没事")
_SENDS = re.compile(r"[把将让叫劝]|要求|建议|安排|通知")
_FROM = re.compile(r"(?:先?在|从|由|打)$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with one name of ours and one of another's, in either order."""

    text: str
    first: Named
    second: Named
    """Places are places in `text`."""

    @property
    def before(self) -> str:
        """What stands before the first name."""
        return self.text[: self.first.start]

    @property
    def between(self) -> str:
        """What stands between the names."""
        return self.text[self.first.end : self.second.start]

    @property
    def after(self) -> str:
        """What stands behind the second name."""
        return self.text[self.second.end :]

    @property
    def us(self) -> str:
        """Our name as it is written."""
        mine = self.first if self.first.ours else self.second
        return self.text[mine.start : mine.end]


@dataclass(frozen=True, slots=True)
class Said:
    """What a clause says of us, and of whom the next clause speaks if it names nobody."""

    words: str
    ours_next: bool
    moved: bool = False
    """The patient has left us for another."""


def read(clause: Clause) -> Said:
    """Return what is said of us; all of it where no turn of phrase is known."""
    for rule in _RULES:
        said = rule(clause)
        if said is not None:
            return said
    return Said(clause.text, ours_next=True)


def overtaken(us: str, predicate: str) -> str | None:
    """Say what «B is more `predicate` than we» says of us; None where its worth is unknown."""
    worth = _WORTH.search(predicate)
    if worth is None:
        return None
    return f"{us}{WORSE}" if worth["good"] else f"{us}{BETTER}"


def elided(text: str, name: Named) -> Said | None:
    """Read a clause that compares its one name with whom the last clause spoke of."""
    unsaid = Named(0, 0, ours=not name.ours)
    clause = Clause(text, unsaid, name)
    return next((said for rule in _COMPARING if (said := rule(clause)) is not None), None)


def moves(text: str, name: Named) -> bool:
    """Say whether a clause takes the patient to the other's name («连夜送到东山医院»)."""
    return _linking(_MOVE, named=True).search(text[: name.start]) is not None


def blames(text: str) -> bool:
    """Say whether a clause finds fault with whomever it speaks of."""
    return _FAULT.search(text) is not None


def tells_outcome(text: str) -> bool:
    """Say whether a clause tells what became of the patient, and blames nobody for it."""
    told = _OUTCOME.search(text) is not None and _UNHARMED.search(text) is None
    return told and not blames(text)


def lead(text: str, name: Named, following: str) -> Said | None:
    """Read «比起 A,» or «不像 A 那么黑,» of ours, before a clause that speaks of another."""
    us = text[name.start : name.end]
    if _UNLIKE_LEAD.search(text[: name.start]):
        return Said(f"{us}{text[name.end :]}", ours_next=False)
    if not _LEAD.search(f"{text[: name.start]}A{text[name.end :]}"):
        return None
    words = overtaken(us, following)
    return Said(text if words is None else f"{words},", ours_next=False)


@cache
def _linking(pattern: str, *, named: bool) -> re.Pattern[str]:
    return re.compile(rf"(?P<link>{pattern}){_NAME if named else ''}$")


def _link(pattern: str, clause: Clause) -> re.Match[str] | None:
    """Find a connective before the second name; ours begins where it is marked."""
    return _linking(pattern, named=not clause.second.ours).search(clause.between)


def _kept(clause: Clause, link: re.Match[str]) -> str:
    """Give the clause with the second name, which is not ours, left out."""
    return f"{clause.text[: clause.first.end + link.end('link')]}{OTHERS}{clause.after}"


def _with(clause: Clause) -> Said | None:
    """«A 跟 B 没法比»，«A 和 B 比，贵多了»."""
    link = _link("[和跟与同]", clause)
    if link is None:
        return None
    first = clause.first.ours
    if _NO_MATCH.match(clause.after):
        return Said(f"{clause.us}{WORSE if first else BETTER}", first)
    beside = _BESIDE.match(clause.after)
    if beside is None:
        return None
    predicate = clause.after[beside.end() :]
    words = _kept(clause, link) if first else overtaken(clause.us, predicate)
    return Said(clause.text if words is None else words, first)


def _more(clause: Clause) -> Said | None:
    """«A 比 B 强», «A 不比 B 差»."""
    link = _link(_THAN, clause)
    if link is None:
        return None
    if clause.first.ours:
        return Said(_kept(clause, link), ours_next=True)
    denied = clause.between[: link.start()].endswith("不")
    words = f"{clause.us}不比{OTHERS}差" if denied else overtaken(clause.us, clause.after)
    return Said(clause.text if words is None else words, ours_next=False)


def _short_of(clause: Clause) -> Said | None:
    """«A 不如 B»."""
    link = _link(_NOT_AS, clause)
    if link is None:
        return None
    first = clause.first.ours
    return Said(_kept(clause, link) if first else f"{clause.us}{BETTER}", first)


def _lacks(clause: Clause) -> Said | None:
    """«A 没有 B 好»."""
    link = _link(_LESS, clause)
    if link is None or _WORTH.search(clause.after) is None:
        return None
    first = clause.first.ours
    return Said(_kept(clause, link) if first else f"{clause.us}{clause.after}", first)


def _unlike(clause: Clause) -> Said | None:
    """«A 不像 B 那么黑»."""
    link = _link(_UNLIKE, clause)
    if link is None or _AS_MUCH.match(clause.after) is None:
        return None
    first = clause.first.ours
    if first and clause.first.start == clause.first.end:
        return Said("", ours_next=True)  # what only another does is said of the other
    begun = clause.text[: clause.first.end + link.start()]
    return Said(f"{begun}没有{clause.after}" if first else f"{clause.us}{clause.after}", first)


def _not_them(clause: Clause) -> Said | None:
    """«误诊的不是 B», before a clause that says who it is."""
    link = _link("不是", clause)
    if link is None or clause.first.start < clause.first.end or not clause.between[: link.start()]:
        return None
    return Said(
        clause.between[: link.start()] if clause.first.ours else clause.text, clause.first.ours
    )


def _beats(clause: Clause) -> Said | None:
    """«A 吊打 B»."""
    link = _link(_BEATS, clause)
    if link is None:
        return None
    first = clause.first.ours
    return Said(_kept(clause, link) if first else f"{clause.us}{WORSE}", first)


def _moved(clause: Clause) -> Said | None:
    """«从 A 转到 B 才确诊»; not «A 把病人转到 B», which is said of both."""
    link = _link(rf"{_MOVE}|后?[来去到]" if clause.second.ours else _MOVE, clause)
    if link is None or _SENDS.search(clause.between[: link.start()]):
        return None
    if clause.first.ours and tells_outcome(clause.after):
        return Said(clause.text, ours_next=False, moved=True)
    said = replace(_cut(clause, link.start()), moved=clause.first.ours)
    only_there = _ONLY_THERE.match(clause.after) if clause.first.ours else None
    done_here = clause.between[: link.start()]
    if only_there is None or _SAID.search(done_here):
        return said
    begun = _FROM.sub("", clause.before)
    return Said(
        f"{begun}在{clause.us}{done_here}没{only_there['done']}", ours_next=False, moved=True
    )


def _contrasted(clause: Clause) -> Said | None:
    """«A 贵但 B 便宜»."""
    link = _link(_CONTRAST, clause)
    return _cut(clause, link.start()) if link else None


def _judged(clause: Clause) -> Said | None:
    """«A 误诊 B 确诊», without so much as a comma."""
    link = _link(_VERDICT, clause)
    return _cut(clause, link.end("link")) if link else None


def _cut(clause: Clause, place: int) -> Said:
    """Give each name its side of a place between the names."""
    at = clause.first.end + place
    return Said(clause.text[:at] if clause.first.ours else clause.text[at:], clause.second.ours)


Rule = Callable[[Clause], Said | None]
_COMPARING: tuple[Rule, ...] = (_with, _more, _short_of, _lacks, _unlike, _not_them, _beats)
_RULES: tuple[Rule, ...] = (*_COMPARING, _moved, _contrasted, _judged)
