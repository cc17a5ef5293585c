"""Tells talk of harm from harm: another place's, a rate, a lesson, a commonplace, a mere fear.

Each rule reads the words around one word of blame, so whoever adds «我妈就被你们误诊了» to talk of
rates still accuses: that second word stands by itself. Texts come cleaned, with half-width commas.
"""

from __future__ import annotations

import re

_REACH = 40  # characters before: a clause or two; every pattern ends at the word itself
_AFTER = 28  # characters after: what became of the fear is said at once or in the next clause

# «外地有医院误诊»; never «别的医院说是误诊», «另一家医院发现误诊»: there another speaks of ours.
_ELSEWHERE = re.compile(
    r"(?:(?:外地|外省|外市|国外|国内|别处|别的|别家|其他|其它|另外?一[个家]|某[省市地县])"
    r"(?:的|有|一|几|家|些|个|所|大|小|城市|省份|地方|那边){0,4}(?:医院|诊所|卫生院|机构)"
    r"|(?:外地|外省|外市|国外|别处)有(?:个)?人)"
    r"(?:也|又|都|竟|被|曝|爆|出现|出|发生|曾|有|过|因|了|的|一起"
    r"|[把给][^,。!?;\n在]{1,4}){0,4}$"
)
# «怕是误诊», «会不会误诊»; no fear is «恐怕误诊了», «哪怕», nor what those fear who tell.
_FEARED = re.compile(
    r"(?:(?:(?<![哪恐])怕|担心|忧心)(?!被?(?:打击|报复|得罪|威胁|删|封|起诉))|会不会|会否|可不可能)"
    r"[^,。!?;\n果真竟却]{0,8}$"
)
_CAME_TRUE = re.compile(
    r"^[^。!?;\n]{0,8}?(?:果然|果真|果不其然|成真|应验|说中|一语成谶"
    r"|偏偏[就还]?(?:让我|让我们|给我)?[遇碰赶摊]上|没能?[躲逃]过(?=去|了|[,。!?;\n]|$)|还是(?:在[^,。!?;\n]{2,12})?发生"
    r"|真的?(?:发生|出事|来)|(?:真|就)是(?:这样|如此|他们))"
)
# «误诊率», «误诊的可能性»: how often, not when; «误诊的概率极大» is a verdict on one case.
_RATE = re.compile(r"^的?(?:率|比例|风险|(?:几率|机率|概率|可能性)(?!(?:很|极|极其|更|非常)?大))")
# «清河医院误诊率高得吓人»: a rate that somebody is reproached with; not «现在医院», all of them.
_OURS = re.compile(r"(?:(?<![说在的些多])医院|诊所|卫生院|他们|你们|这里)的?$")
_REPROACH = re.compile(r"^的?(?:率|几率|机率|概率|比例)(?:实在)?(?:太高|[这那]么高|高[得到])")
# «减少误诊», «容易误诊»: what teachers and illnesses do; «怎么误诊了» asks for an account.
_LESSON = re.compile(
    r"(?:减少|降低|避免|防范|规避|预防|杜绝|容易|(?<!轻)易|常见的)(?:被|发生|出现|各种|这类|任何|的){0,2}$"
    r"|(?:讲座|科普|公开课|培训|宣教|课程|论文|指南|研讨会|教科书)[^。!?;\n我你他她被给不没未]{0,12}"
    r"(?:讲|谈|教|介绍|分享|分析|总结|写|提到|说)[^,。!?;\n我你他她被给却竟害致]{0,12}$"
)
# «误诊哪里都有», «哪家医院没有误诊»: a commonplace has no victim; «误诊哪都没人管» has one.
_COMMONPLACE = re.compile(
    r"^(?:这种|这类|这个)?(?:事情?|问题|现象|话题)?(?:也|其实|都|总|是)?"
    r"(?:(?:哪里?|到处)都(?:会)?(?:有|是|会|可能|能|发生|出现|难免|一样|碰|遇)|难免|在所难免|不可避免|很?常见|谁都怕)"
)
_EVERYWHERE = re.compile(
    r"哪(?:家|个|里)(?:的)?(?:医院|医生|大夫)?(?:都|也)?(?:没有?|不会|会|有)过?$"
)
# «误诊难免?难免就可以不赔吗», «误诊谁都怕,我们家碰上了»: thrown back, or come home.
_THROWN_BACK = re.compile(
    r"^[^。!;\n]{0,14}?(?:就可以|就能|就不用|就该|打发|搪塞|敷衍|不赔|不道歉|不认账|算什么)"
)
_CAME_HOME = re.compile(
    r"^[^。!;\n]{0,14}?[我咱俺](?:们|家|[爸妈]){0,2}(?:全家|都|也|在[^,。!?;\n]{2,8}|就|真)*"
    r"(?:[碰遇赶摊]上|[碰遇]到)过?了?(?=[,。!?;\n]|$)"
)
# «那个专家很容易误诊»: said of people, with a degree; «医生容易误诊的十种病» is a lesson.
_PRONE = re.compile(
    r"(?:专家|医生|大夫|主任|医院|科室|他们)们?(?:真的|实在|就是|也)?(?:很|太|特别|非常|最|老是|总是)容?易$"
)
# «某市医院误诊了我爸,坐标清河医院»: the coy «某» is ours after all.
_COY = re.compile(r"某[^,。!?;\n]{0,12}$")
_OWNED_UP = re.compile(r"^[^。!?;\n]{0,12}(?:坐标|(?:说的)?就是|不装了|点名)(?!怕|想)")

_BEFORE_RULES = (_ELSEWHERE, _FEARED, _LESSON, _EVERYWHERE)
_AFTER_RULES = (_RATE, _COMMONPLACE)


def is_harmless(text: str, start: int, end: int) -> bool:
    """Say whether the word of blame at `text[start:end]` is talk that accuses nobody here."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _AFTER]
    if _accuses(before, after):
        return False
    if any(rule.search(before) for rule in _BEFORE_RULES):
        return True
    reproached = _OURS.search(before) and _REPROACH.search(after)
    return not reproached and any(rule.search(after) for rule in _AFTER_RULES)


def _accuses(before: str, after: str) -> bool:
    """Say whether talk of this kind is held against somebody after all."""
    coy = _COY.search(before) and _OWNED_UP.search(after)
    held_against = _THROWN_BACK.search(after) or _CAME_HOME.search(after)
    return bool(coy or held_against or _PRONE.search(before))


def came_true(text: str, start: int, end: int) -> bool:
    """Say whether the word at `text[start:end]` was feared, and what follows says that it came."""
    feared = _FEARED.search(text[max(0, start - _REACH) : start])
    return bool(feared and _CAME_TRUE.search(text[end : end + _AFTER]))


def is_elsewhere(text: str, start: int) -> bool:
    """Say whether the words before `start` put what follows at another place than ours."""
    return _ELSEWHERE.search(text[max(0, start - _REACH) : start]) is not None
