"""Finds where a text names an institution, and whether the name is ours or somebody else's."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.text.span import Cover, Span

_KIND = (
    "医院|卫生院|卫生服务中心|保健院|诊所|门诊部|疗养院|体检中心|医疗中心|医学中心|美容院"
    "|公司|集团|药业|药房|大药房|养老院|月子中心"
)
_CARE = "(?:医院|诊所|门诊部|卫生院)"
# Places whose hospitals people praise or blame as one: «去北京的医院才确诊».
_ELSEWHERE = (
    "北京|上海|广州|深圳|杭州|武汉|成都|南京|西安|天津|重庆|香港|国外|外地|省城|省里|市里|大城市"
)
# Short names that everybody knows and that mean nothing else; others are found by their kind.
_FAMOUS = (
    r"协和|湘雅|华西(?!村|都市)|北医三院|阜外|宣武(?!区|门)|积水潭|和睦家|好大夫(?!们)|春雨医生|丁香(?:医生|园)"
    r"|平安好医生|微医(?!生)|京东健康|阿里健康|美年大?健康|爱康国宾"
)
_LATIN_WORD = r"(?!(?:the|an?|this|that|our|my|your|any|every|in|to|at|of|and)\b)[A-Za-z'.&]{1,20} "
_NAMED = re.compile(
    # Both at once: «两家都不退钱»; and the two that were named last.
    rf"(?P<both>(?:这?两家|两个){_CARE}|这?两家(?=[都均全也的])|两院(?!院士))"
    r"|(?P<you>你们(?!医院))|(?P<former>前者)|(?P<latter>后者)|(?P<ours>还是(?:这家|这里|这边))"
    # Somebody else without a name.
    rf"|(?P<other>(?:另外?一|别|其[他它])家(?:{_CARE}|(?!人))|(?:别?人家的?|别的|其[他它]的?|外){_CARE}"
    rf"|(?:隔壁|对面)(?:新?开?的?那家)?的?{_CARE}|(?:隔壁|对面)(?:新?开?的?)那家"
    rf"|换(?:了一?|一)家{_CARE}?|(?:{_ELSEWHERE})的?(?:大|三甲)?{_CARE})"
    # The writer's own hospital: a stranger only beside ours.
    r"|(?P<mine>(?:我们|咱们?|俺们?)医?院(?![子长士里内])|我院|本院(?!长))"
    rf"|(?P<kind>{_KIND})"
    r"|(?P<short>(?:[省市县区][一二三]?|(?<![同第这那院住])[一二三四五六七八九]|附[一二三])院"
    r"(?![子长士区内校线墙方])|[省市]妇幼(?!保健))"
    rf"|(?P<famous>{_FAMOUS})"
    rf"|(?P<latin>\b(?:{_LATIN_WORD}){{1,3}}"
    r"(?:[Hh]ospital|[Cc]linic|[Mm]edical [Cc]ent(?:er|re))\b)"
)
# Before the kind these make it nobody in particular («一家医院», «去医院», «保险公司») ...
_NOBODY = re.compile(
    r"(?:[一二两三几多各这那该某哪贵此每本]\s?[家所个些座间]?"
    r"|[去到在进住出送回来跑找看从离给让叫是说当对由被把向跟和与及或的了吧呢吗啊都就还没不有过等大小好坏老新们]"
    r"|任何|当地|附近|所谓|正规|公立|民营|私立|私人|三甲|二甲|三级|专科|综合|国内|互联网|线上|自己|单位"
    r"|良心|垃圾|无良|破|烂|骗子|坑人|网红|知名|著名|定点|重点|大型|顶级|一流|百强|这样|什么"
    r"|[县省市]级|乡镇|社区|基层|黑|保险|快递|物流|网络|科技|上市|[^\u4e00-\u9fffa-z0-9×*]|^)$",
    re.IGNORECASE,
)
# ... but these are the ends of names, although they end like that.
_NAME_END = re.compile(
    r"(?:[协仁同天永太德康人祥平怡瑞泰安]和|[成新首]都|[北浙山厦川武吉南]大|同心|永新|立新|友好)$"
)
_LONGEST_NAME = 4
# Between a name of ours and a kind these make a part of ours («清河医院体检中心»).
_PART_OF_OURS = re.compile(
    r"(?:附属|下属|旗下|第?[一二三四五六\d]|[东西南北新老分总]|互联网|健康|国际|医疗|管理|有限|股份|科技)*"
)
# Between a place and a kind these make another institution («清河», «清河县人民医院»).
_QUALIFIED = re.compile(
    r"[省市县区镇]?(?:第[一二三四五六七八九十]|人民|中西?医?结?合?|妇幼|妇产|儿童|肿瘤|口腔|眼科|精神|康复|骨科|社区)+"
)
_HAS_KIND = re.compile(rf"(?:{_KIND})$")
# What half of all hospitals have before the kind: it tells no names apart.
_COMMON = frozenset(
    ["人民", "中心", "中医", "妇幼", "妇产", "儿童", "肿瘤", "附属", "大学", "专科", "口腔", "眼科"]
)
# Behind the first half of a name these show that the institution is meant («东山那边»).
_SPEAKS_TO = re.compile(r"(?:感谢|谢谢|多亏|多谢|请问|致|@)\s?$")
_IS_NAME = re.compile(rf"(?!{_ELSEWHERE})[\u4e00-\u9fff]{{2}}")
_MEANT = r"(?=[那这]边|[那这]儿|就|却|才|也|都|的|医生|护士|大夫|服务|收费|态度|客服|价格|水平)"


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A place that names an institution, text[start:end]: ours or another's."""

    start: int
    end: int
    ours: bool
    beside: bool = False
    """Counts only in a clause that names us too («我们医院»)."""


def institutions(text: str, spans: Sequence[Span], rivals: Sequence[Span] = ()) -> list[Named]:
    """Return every named institution in reading order; ours are the spans, rivals are others."""
    finder = _Finder(text, spans)
    found = [*finder.found(), *(Named(one.start, one.end, ours=False) for one in rivals)]
    if all(one.ours for one in found):
        return []
    found += finder.shortened()
    ours = (Named(one.start, one.end, ours=True) for one in finder.left())
    apart = _apart(sorted({*found, *ours}, key=lambda one: (one.start, -one.end)))
    return list(_resolved(text, apart))


def _apart(names: list[Named]) -> list[Named]:
    """Keep one where two names share a place: ours, else the first."""
    kept: list[Named] = []
    for name in names:
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
        elif name.ours and not kept[-1].ours:
            kept[-1] = name
    return kept


def _resolved(text: str, names: list[Named]) -> Iterator[Named]:
    """Say whom «前者» and «后者» mean: the two that were named last; nobody else, nothing."""
    last: list[bool] = []
    for name in names:
        word = text[name.start : name.end]
        if word not in {"前者", "后者"}:
            last = [*last[-1:], name.ours]
            yield name
        elif len(set(last)) == 2:  # noqa: PLR2004 - us and another
            yield replace(name, ours=last[word == "后者"])


class _Finder:
    """One pass over a text; learns which of our names only begin somebody else's."""

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        self._text = text
        self._ours = sorted(spans, key=lambda span: span.start)
        self._starts = [span.start for span in self._ours]
        self._cover = Cover(self._ours)
        self._terms = {text[span.start : span.end].casefold() for span in self._ours}
        self._swallowed: set[int] = set()
        self._pairs: set[str] = set()
        self._spoken_to = any(
            _SPEAKS_TO.search(text[max(0, span.start - 3) : span.start]) for span in self._ours
        )

    def left(self) -> Iterator[Span]:
        """Our names without those that were swallowed; all, should none be left."""
        kept = [span for span in self._ours if span.start not in self._swallowed]
        return iter(kept or self._ours)

    def found(self) -> Iterator[Named]:
        """Yield what the pattern finds outside of our names."""
        for match in _NAMED.finditer(self._text):
            if not self._cover.holds(Span("", *match.span())):
                yield from _READ.get(str(match.lastgroup), _Finder.stranger)(self, match)

    def shortened(self) -> Iterator[Named]:
        """Yield where the first half of a name that was found stands for all of it."""
        mine = {term[:2] for term in self._terms}
        for pairs, ours in ((self._pairs - mine, False), (mine, True)):
            known = sorted(pair for pair in pairs - _COMMON if _IS_NAME.fullmatch(pair))
            if known:
                for match in re.finditer(f"(?:{'|'.join(known)}){_MEANT}", self._text):
                    yield Named(*match.span(), ours=ours)

    def both(self, match: re.Match[str]) -> Iterator[Named]:
        """«两家都»: us and somebody else."""
        middle = match.start() + 1
        yield Named(match.start(), middle, ours=True)
        yield Named(middle, match.end(), ours=False)

    def stranger(self, match: re.Match[str]) -> Iterator[Named]:
        """Somebody else, whatever stands around."""
        yield Named(*match.span(), ours=False, beside=match.lastgroup == "mine")

    def ourselves(self, match: re.Match[str]) -> Iterator[Named]:
        """«还是这家好»: where the writer ends up."""
        yield Named(*match.span(), ours=True)

    def famous(self, match: re.Match[str]) -> Iterator[Named]:
        """A short name; inside a name of ours the same letters mean us."""
        word = match[0].casefold()
        yield Named(*match.span(), ours=any(word in term for term in self._terms))

    def addressed(self, match: re.Match[str]) -> Iterator[Named]:
        """«你们» is us where the text speaks to us («感谢清河医院»)."""
        if self._spoken_to:
            yield Named(*match.span(), ours=True)

    def kind(self, match: re.Match[str]) -> Iterator[Named]:
        """A kind of institution: part of our name, a longer name, ours for short, or a name."""
        start, end = match.span()
        before = self._before(start)
        gap = self._text[before.end : start] if before else None
        if before and gap is not None and self._belongs(before, gap):
            return
        if before and gap and _QUALIFIED.fullmatch(gap):
            self._swallowed.add(before.start)
            yield Named(before.start, end, ours=False)
            return
        floor = before.end if before else 0
        prefix = self._text[max(floor, start - _LONGEST_NAME) : start]
        if _NAME_END.search(prefix) or not _NOBODY.search(prefix):
            ours = self._short_for_us(prefix, match[0])
            if not ours:
                self._pairs.add(prefix[-2:])
            yield Named(start, end, ours=ours)

    def _before(self, place: int) -> Span | None:
        """Return our last name that ends at or before a place."""
        number = bisect_right(self._starts, place) - 1
        return self._ours[number] if number >= 0 and self._ours[number].end <= place else None

    def _belongs(self, before: Span, gap: str) -> bool:
        """Say whether a kind behind our name and the gap is still our name."""
        whole = _HAS_KIND.search(self._text[before.start : before.end]) is not None
        return not gap or (whole and _PART_OF_OURS.fullmatch(gap) is not None)

    def _short_for_us(self, prefix: str, kind: str) -> bool:
        """Say whether «清河医院» is us, where the text has called us 清河互联网医院."""
        pair = prefix[-2:]
        known = len(pair) == 2 and pair not in _COMMON  # noqa: PLR2004 - a name has two
        return known and any(pair in term and term.endswith(kind) for term in self._terms)


_READ: dict[str, Callable[[_Finder, re.Match[str]], Iterator[Named]]] = {
    "both": _Finder.both,
    "ours": _Finder.ourselves,
    "you": _Finder.addressed,
    "kind": _Finder.kind,
    "famous": _Finder.famous,
}
