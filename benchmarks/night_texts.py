"""A year of what people ordinarily say of a hospital, written by us: worry, waiting, fees, thanks.

Sentences with slots, filled by a fixed seed. Nobody is harmed in any of them. `WORRIES` speak of
patient safety and allege nothing: fear of a misdiagnosis, a second opinion, talk of it in general,
somebody else's hospital, a rumour denied. The figures of the night budget rest on these texts.
"""

from __future__ import annotations

import random
from itertools import cycle

BRAND = "清河医院"
WORRY_COUNT = 340  # the bar asks for 300 at least
OTHER_COUNT = 320

_WHO = ("我妈", "我爸", "孩子", "我自己", "老公", "奶奶", "室友", "同事", "表姐", "邻居阿姨")
_SIGN = (
    "头晕",
    "胃疼",
    "咳嗽",
    "膝盖疼",
    "心慌",
    "睡不着",
    "出疹子",
    "耳鸣",
    "腰疼",
    "乏力",
    "低烧",
    "手麻",
    "胸闷",
    "眼睛干",
    "牙疼",
    "拉肚子",
    "脖子僵",
    "脱发",
    "嗓子疼",
    "肚子胀",
)
_WARD = (
    "内科",
    "骨科",
    "消化科",
    "心内科",
    "皮肤科",
    "耳鼻喉科",
    "神经内科",
    "眼科",
    "儿科",
    "妇科",
    "呼吸科",
    "口腔科",
)
_WHEN = ("今天", "昨天", "上周", "前几天", "周一", "周末", "这个月", "刚才")
_WORRIES = (
    "{who}{sign}好几天了，{when}去清河医院{ward}看，医生说没什么，我还是怕误诊，要不要换一家再看看？",
    "有没有人在清河医院{ward}看过{sign}？网上说容易误诊，心里没底。",
    "清河医院{ward}的片子我拿给别的医生也看了，两家说得一样，放心了，不是误诊。",
    "看到新闻说外地有医院误诊，想起{who}在清河医院{ward}查过{sign}，要不要复查一下？",
    "{when}清河医院讲座讲怎样减少误诊，{ward}主任说{sign}要多问病史，讲得很实在。",
    "请问{sign}在清河医院{ward}一般做哪些检查？担心漏诊，想查全一点。",
    "{who}怕吃错药，{when}特意回清河医院药房问了一遍，药师把{sign}的药一样样讲清楚了。",
    "都说清河医院{ward}误诊，其实是谣言，我{who}{sign}就是在那里看好的。",
    "清河医院{ward}的医生让{who}再观察一周，我有点急，又怕是{sign}拖成大病。",
    "不敢一个人做决定：清河医院{ward}建议手术，{who}想先听第二家的意见，怕误诊。",
    "{sign}到底会不会误诊成别的？清河医院的科普文章写得挺明白。",
    "如果在清河医院{ward}遇到误诊该怎么办？先问一下流程，以防万一。",
    "{who}{when}在清河医院{ward}做了胃镜，报告还没出来，一晚上都在担心{sign}是大病。",
    "清河医院{ward}的{sign}门诊号太难挂，怕耽误病情，有没有别的办法？",
    "医生说{who}的{sign}和情绪有关，清河医院{ward}开了三天药，先吃吃看，希望不是误诊。",
    "在清河医院{ward}等结果，{sign}的指标有个箭头，百度一查吓死人，还是等医生说吧。",
    "清河医院的护士打针前核对了三遍名字，{who}说这样不怕打错。",
    "昨晚梦见清河医院给{who}开错药，醒来翻了翻药盒，没错，虚惊一场。",
    "{ward}医生说误诊率和样本有关，清河医院的数据在年报里能查到，{sign}那一页值得看。",
    "怎么判断{sign}是不是误诊？清河医院{ward}的直播说三种情况要复诊。",
    "{who}担心麻醉有风险，清河医院麻醉科{when}专门打电话解释了一遍{sign}的注意事项。",
    "听说东山医院有人误诊，还好{who}{when}是在清河医院{ward}看的{sign}。",
    "清河医院{ward}复查说{sign}好多了，之前一直怕是误诊，白担心了。",
    "药品说明书写着可能{sign}，清河医院药师说是常见反应，不用怕，观察两天。",
)
_OTHERS = (
    "清河医院{ward}排队排了一上午，{who}{sign}坐都坐不住，叫号能不能快点。",
    "{when}去清河医院，停车转了四十分钟，比看病还累。",
    "清河医院{ward}挂号费又涨了，{who}说看个{sign}快两百块，有点贵。",
    "清河医院窗口态度一般，问{ward}在几楼都懒得抬头。",
    "{when}在清河医院{ward}等了三个小时，轮到我五分钟就看完了，{sign}的事都没问清楚。",
    "清河医院的报告要两天才能取，{who}{sign}急得很，打电话也没人接。",
    "清河医院食堂的面条不错，陪{who}看{ward}的时候吃过两次。",
    "感谢清河医院{ward}的护士，{who}{sign}住院这几天照顾得很细心。",
    "清河医院{ward}的检查单开了一堆，{sign}也要查这么多吗，钱包疼。",
    "清河医院的小程序{when}又登不上，{ward}的号约了三次没约成，气人。",
    "{who}说清河医院{ward}比以前干净多了，厕所也有纸了。",
    "清河医院门口黄牛真多，{ward}的号转手加两百，没人管吗。",
    "{when}清河医院{ward}空调太冷，{who}{sign}还没好又冻感冒了。",
    "清河医院退费要跑三个窗口，{ward}退一张检查单折腾一上午。",
    "清河医院{ward}有网上复诊了，{who}看{sign}不用跑一趟，方便。",
    "清河医院的电梯{when}又排长队，{ward}在九楼，爬上去的。",
    "陪{who}来清河医院{ward}，停车一小时八块，看{sign}看了半天停车费三十多。",
    "清河医院{ward}周末能看吗？{who}{sign}只有周末有空。",
    "清河医院{ward}的医生很年轻，不过{sign}讲得挺仔细。",
    "清河医院医保报销问了一圈，{ward}说{sign}的药不在目录里，自费有点肉疼。",
)


def _filled(patterns: tuple[str, ...], count: int, seed: int) -> list[str]:
    """`count` different texts, the patterns in turn."""
    chance = random.Random(seed)  # noqa: S311 - a fixed seed, so that everybody gets the same year
    texts: dict[str, None] = {}
    for pattern in cycle(patterns):  # one with few slots gives what it has; the others go on
        if len(texts) == count:
            break
        words = {"who": _WHO, "sign": _SIGN, "ward": _WARD, "when": _WHEN}
        texts[pattern.format(**{key: chance.choice(some) for key, some in words.items()})] = None
    return list(texts)


WORRIES = _filled(_WORRIES, WORRY_COUNT, 1)
OTHERS = _filled(_OTHERS, OTHER_COUNT, 2)
