"""Reads how somebody knows what they tell: seen themselves, heard from others, doubted, denied."""

from __future__ import annotations

import re

# «我妈», «我家孩子», «本人»: who tells of themselves or their own people was there.
_FIRST_HAND = re.compile(
    r"我(?:们)?(?:家)?(?:的)?(?:孩子|宝宝|女儿|儿子|娃|妈|爸|母亲|父亲|老公|老婆|丈夫|妻子|爷爷|奶奶|外公|外婆|姥|哥|姐|弟|妹|亲戚)"
    r"|本人|亲身|亲历|亲眼|我是(?:患者|家属|当事人|病人)|我(?:今天|昨天|前天|当时|上周|刚才|就)?在[^,。!?]{0,12}"
    r"(?:医院|急诊|住院|看病|就诊|输液|手术|挂号)|(?:给|把)我(?!们院)[^,。!?]{0,8}(?:开|打|输|做|误诊|治)|我要(?:讨|维权|投诉|举报)"
)
_HEARSAY = re.compile(
    r"听(?:说|闻|讲|人说)|据说|据传|网传|传言|传闻|有传|(?:朋友|同事|邻居|亲戚|群里|别人|有人|网友)"
    r"(?:在?[^,。!?]{0,4})?(?:说|讲|爆料|发的|转的)|(?:朋友圈|群)里?(?:都)?(?:在)?[传转]|转自|不知真假|不知道真假"
)
_DOUBT = re.compile(
    r"真的?假的?|真假|是真的吗|是不是真的|求(?:证实?|真相|辟谣|官方|回应|说明)|有没有(?:官方|证据|实锤)|等(?:通报|官方|反转)"
    r"|谣言吧|不会是谣言|别又是谣言"
)
_DENIAL = re.compile(
    r"辟谣|(?<!不)(?:系|是|为|属)(?:谣言|假消息|误传|造谣|不实)|不属实|与事实不符|不实(?:信息|消息|传言|言论)"
    r"|未(?:发生|出现|收治)(?:此|该|这|过)|并未发生|没有(?:此|这回)事|请勿(?:信谣|传谣|轻信)|不信谣|不传谣"
)


def first_hand(text: str) -> bool:
    """Whether the author tells of what happened to them or their own people."""
    return _FIRST_HAND.search(text) is not None


def hearsay(text: str) -> bool:
    """Whether the author passes on what others have told."""
    return _HEARSAY.search(text) is not None


def doubts(text: str) -> bool:
    """Whether the author asks if it is true."""
    return _DOUBT.search(text) is not None


def denies(text: str) -> bool:
    """Whether the text says that a story is not true; who asks for a denial denies nothing."""
    return _DENIAL.search(_DOUBT.sub("", text)) is not None
