"""The set-up form: which sheets and columns there are, how they are filled in, and an example.

The workbook is written and read by it, and the wizard's answers become its rows, so both end in
one place (blueprint.py). A form never holds a secret; those go into environment variables.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crawlers.connectors.base import Grade
from crawlers.connectors.registry import ABOUT
from monitor.setup import channels

BRANDS, WATCH, PEOPLE, ROTA = "品牌", "留意的词", "人员", "值班"
SWAPS, CHANNELS, SOURCES, OTHERS = "换班", "渠道", "来源", "其他"
YES, NO = "是", "否"
ROLES = {
    "值班": "oncall",
    "总指挥": "commander",
    "发言人": "spokesperson",
    "医务": "medical",
    "法务": "legal",
    "客服": "service",
    "监测员": "monitor",
    "运维": "operator",
}
ROTATIONS = {"不轮换": "none", "每天": "daily", "每周": "weekly"}
SOURCE_KINDS = {one.title: kind for kind, one in ABOUT.items() if one.grade is not Grade.SESSION}
# What stands in the first column of the sheet 「其他」.
SERVER, ACCOUNT, OWNER, UNTIL = "发信的邮件服务器", "发信的账号", "试运行负责人", "试运行到哪天"
NIGHT_FROM, NIGHT_TO = "夜里从几点", "夜里到几点"
WATCHDOG = "外部看守"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, how to fill it in, and the choices where there are only some."""

    title: str
    hint: str
    required: bool = False
    choices: tuple[str, ...] = ()
    width: int = 22


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: what it is for, its columns, and the rows of the example."""

    title: str
    about: str
    columns: tuple[Column, ...]
    example: tuple[tuple[str, ...], ...]
    fixed: tuple[str, ...] = ()
    """Names of the rows, where there are only these."""

    @property
    def names(self) -> tuple[str, ...]:
        """The headings."""
        return tuple(one.title for one in self.columns)


@dataclass(frozen=True, slots=True)
class Entry:
    """One filled row: the text of each column that holds any, and where each stands."""

    values: dict[str, str]
    places: dict[str, str] = field(default_factory=dict)
    """By column, such as 表「人员」C5."""

    def __getitem__(self, column: str) -> str:
        """The text of a column; empty when nothing was written."""
        return self.values.get(column, "")

    def place(self, column: str) -> str:
        """Where a column of this row stands, for a sentence about it."""
        return self.places.get(column, column)


Form = dict[str, list[Entry]]
"""The filled rows by sheet; a sheet without rows may be missing."""

SHEETS: tuple[Sheet, ...] = (
    Sheet(
        BRANDS,
        "看哪些品牌。别名要写全：网上很少有人打全称。",
        (
            Column("全称", "医院或品牌的正式名字", required=True),
            Column("别名", "简称、外号、曾用名，用顿号隔开；每个至少两个字", width=40),
            Column("排除词", "看着像、其实不是它的词，如「清河医院路」", width=40),
        ),
        (("清河互联网医院", "清河医院、清河在线", "清河医院路、清河镇卫生院"),),
    ),
    Sheet(
        WATCH,
        "出现这些词就特别留意。规则用 AND、OR、NOT、NEAR/n（两词相隔不超过 n 个字）和括号。",
        (
            Column("名称", "给这条规则起个名字，如「医疗安全」", required=True),
            Column("规则", "如：误诊 OR 漏诊 OR (用药 NEAR/10 出事)", required=True, width=60),
            Column("只看哪个品牌", "不写就看全部品牌"),
        ),
        (
            ("医疗安全", "误诊 OR 漏诊 OR 开错药 OR (用药 NEAR/10 出事)", ""),
            ("隐私泄露", "(病历 OR 隐私 OR 信息) NEAR/8 (泄露 OR 外传 OR 倒卖)", "清河互联网医院"),
        ),
    ),
    Sheet(
        CHANNELS,
        "消息发到哪里。只写种类和名字，不写密钥：密钥放进环境变量，名字会写在 fengsui.env 里。",
        (
            Column("名称", "自己起，如「公关群」", required=True),
            Column("种类", "从下拉里选", required=True, choices=channels.TITLES),
            Column("收群消息", "事件的群消息发到这里（不引原文）", choices=(YES, NO)),
            Column("收系统消息", "来源沉默、发送失败这些发到这里", choices=(YES, NO)),
            Column(
                "收件地址",
                "邮件写收件邮箱；「其他地址」写 Apprise 地址，密钥写成 ${名字}",
                width=40,
            ),
        ),
        (
            ("公关群", "企业微信群机器人", YES, NO, ""),
            ("运维群", "钉钉群机器人", NO, YES, ""),
        ),
    ),
    Sheet(
        PEOPLE,
        "要通知的人。写了邮箱，就自动有一个「某某的邮箱」渠道。",
        (
            Column("姓名", "真实姓名", required=True),
            Column("编号", "小写字母和数字，不写就用拼音，如 zhang-san"),
            Column("角色", "可写几个，用顿号隔开：" + "、".join(ROLES), width=30),
            Column("登录名", "他在这台机器上的登录名，用来认出是谁在确认告警"),
            Column("手机号", "只写数字；在群里 @ 他用"),
            Column("邮箱", "收告警的邮箱", width=28),
            Column("其他渠道", "「渠道」表里的名称，先用的写前面"),
        ),
        (
            (
                "张某",
                "zhang",
                "值班、监测员、总指挥、医务",
                "zhang",
                "13800000000",
                "zhang@example.cn",
                "",
            ),
            ("李某", "li", "值班、发言人、法务、客服、运维", "li", "", "li@example.cn", ""),
        ),
    ),
    Sheet(
        ROTA,
        "先叫第一级；过了时限没人确认，叫下一级。",
        (
            Column("级别", "这一级的名字，如「值班」「备班」", required=True),
            Column("人员", "姓名或编号，用顿号隔开，按轮班的顺序", required=True, width=30),
            Column("轮换", "不轮换就一起叫", choices=tuple(ROTATIONS)),
            Column("从哪天起", "轮换时写，如 2026-11-30：那天由第一位值班"),
            Column("交接时刻", "不写就是 09:00"),
        ),
        (
            ("值班", "张某、李某", "每周", "2026-11-30", "09:00"),
            ("备班", "李某、张某", "不轮换", "", ""),
        ),
    ),
    Sheet(
        SWAPS,
        "临时换班；没有就空着。",
        (
            Column("级别", "「值班」表里的级别", required=True),
            Column("谁来顶", "姓名或编号", required=True),
            Column("从", "如 2026-12-25 09:00", required=True),
            Column("到", "如 2026-12-26 09:00", required=True),
        ),
        (("值班", "李某", "2026-12-25 09:00", "2026-12-26 09:00"),),
    ),
    Sheet(
        SOURCES,
        "从哪里看。各种类能看到什么、要什么密钥，见 docs/sources.md。",
        (
            Column("种类", "从下拉里选", required=True, choices=tuple(SOURCE_KINDS), width=28),
            Column("名称", "不写就用种类的名字"),
            Column("网址", "订阅源、网页要写完整地址", width=44),
            Column("查询词", "搜索类的来源用；不写就查品牌名和全部别名", width=30),
            Column("选项", "写成 名字=值，用分号隔开，如 app_id=1234567；name=清河医院", width=36),
            Column("多久看一次", "如 5m、30m、6h；不写用默认"),
        ),
        (
            (
                "订阅源",
                "清河新闻网健康频道",
                "https://news.example.cn/health/feed.xml",
                "",
                "",
                "5m",
            ),
            ("知乎搜索", "知乎", "", "", "", ""),
        ),
    ),
    Sheet(
        OTHERS,
        "其余几项；不用的空着。",
        (
            Column("项目", "不要改这一列", required=True, width=20),
            Column("填写", "", width=30),
            Column("说明", "不用填", width=60),
        ),
        (
            (SERVER, "smtp.example.cn", "有人写了邮箱就要填"),
            (ACCOUNT, "fengsui@example.cn", "登录邮件服务器的账号；密码放进环境变量，不写在这里"),
            (OWNER, "张某", "试运行期间消息只发给他一人；要试运行才填"),
            (UNTIL, "2026-12-06", "一般一周；到期不会自己转正"),
            (NIGHT_FROM, "22:00", "夜里只响真正要紧的；不填就是 22:00"),
            (NIGHT_TO, "08:00", "不填就是 08:00"),
            (
                WATCHDOG,
                YES,
                "用别处的心跳监控看守这台机器就写「是」；它给的网址填在 fengsui.env 里",
            ),
        ),
        fixed=(SERVER, ACCOUNT, OWNER, UNTIL, NIGHT_FROM, NIGHT_TO, WATCHDOG),
    ),
)
BY_TITLE = {one.title: one for one in SHEETS}
