"""Every kind of slip in fengsui.yaml is refused with line, place and what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.config import ConfigError, load

if TYPE_CHECKING:
    from pathlib import Path

_BRAND = "brands:\n  - name: 清河互联网医院\n"


def _refused(folder: Path, text: str) -> list[str]:
    """Return the lines of the refusal."""
    path = folder / "fengsui.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    return str(caught.value).splitlines()


# Each slip stands below the two lines of the brand, so its first line is line 3.
_SLIPS = [
    ("    aliase: [清河医院]", 3, "brands[0].aliase", "没有这个键；是不是 aliases？"),
    ("    aliases: [清河医院, 清]", 3, "brands[0].aliases[1]", "至少写两个字"),
    ("    aliases: 清河医院", 3, "brands[0].aliases", "要写成列表"),
    ("    aliases: ['']", 3, "brands[0].aliases[0]", "空着"),
    ("    aliases: [清河医院]\n    exclude: [清河医院]", 4, "brands[0].exclude[0]", "漏掉"),
    ("  - name: 青山医院\n    aliases: [清河互联网医院]", 4, "brands[1].aliases[0]", "第 2 行"),
    ("  - aliases: [青山医院]", 3, "brands[1].name", "没有写；补上这一行"),
    ("  - name:", 3, "brands[1].name", "空着；写上内容"),
    ("  - 青山医院", 3, "brands[1]", "这里可以写 name、aliases、exclude"),
    ("brands: []", 3, "brands", "这个键在第 1 行已经写过"),
    ("timezone: Asia/Beijing", 3, "timezone", "没有这个时区"),
    ("quiet_hours: {from: 22:00}", 3, "quiet_hours", "要写在 tiers 下面"),
    ("data_dir: [a]", 3, "data_dir", "要写一个路径"),
    ("database: mysql://127.0.0.1/f", 3, "database", "只支持 sqlite"),
    ("database: postgresql+psycopg://u:pw@db.example.cn/f", 3, "database", "密码不能写在文件里"),
    ("watch:\n  - {name: 甲, rule: '误诊 OR'}", 4, "watch[0].rule", "规则第"),
    (
        "watch:\n  - {name: 甲, rule: 误诊, brand: 清河医院}",
        4,
        "watch[0].brand",
        "是不是「清河互联",
    ),
    ("watch:\n  - name: '${甲}'\n    rule: 误诊", 4, "watch[0].name", "这里不能用 ${…}"),
    ("sources:\n  - {name: 甲, url: ftp://x.cn/}", 4, "sources[0].url", "不是网址"),
    ("sources:\n  - name: 甲\n    url: http://x.cn\n    every: 5 分", 6, "sources[0].every", "90s"),
    (
        "sources:\n  - {name: 甲, url: http://x.cn, robots: false}",
        4,
        "sources[0].robots",
        "本机地址",
    ),
    (
        "sources:\n  - {name: 甲, url: http://x.cn, articles: 也许}",
        4,
        "sources[0].articles",
        "true",
    ),
    (
        "sources:\n  - {name: 甲, url: http://x.cn, authority: medai}",
        4,
        "sources[0].authority",
        "是不是 media？",
    ),
    (
        "sources:\n  - {name: 甲, url: http://x.cn}\n  - {name: 甲, url: http://y.cn}",
        5,
        "sources[1].name",
        "在第 4 行已经用过",
    ),
    ("sources:\n  - {name: 甲, kind: zhihu}", 4, "sources[0].kind", "zhihu_hot、zhihu_search"),
    ("sources:\n  - {name: 甲, kind: rss}", 4, "sources[0].kind", "是不是 feed？"),
    ("sources:\n  - {name: 甲, kind: 报纸}", 4, "sources[0].kind", "可以写 feed、"),
    ("sources:\n  - {name: 甲}", 4, "sources[0].url", "补上这一行"),
    (
        "sources:\n  - {name: 甲, url: 'http://x.cn', query: 词}",
        4,
        "sources[0].query",
        "不按词查询",
    ),
    (
        "sources:\n  - {name: 甲, kind: zhihu_search}",
        4,
        "sources[0].credentials",
        "Access Secret）；写成 access_secret: ${ZHIHU_ACCESS_SECRET}",
    ),
    (
        "sources:\n  - name: 甲\n    kind: zhihu_search\n    credentials:\n      access_secret: a",
        7,
        "sources[0].credentials.access_secret",
        "密钥不能写在文件里；写成 ${ZHIHU_ACCESS_SECRET}",
    ),
    (
        "sources:\n  - name: 甲\n    kind: zhihu_search\n    credentials: {access_secret: '${K}'}",
        6,
        "sources[0].credentials.access_secret",
        "环境变量 K 没有设置",
    ),
    (
        "sources:\n  - {name: 甲, url: 'http://x.cn', credentials: {cookie: x}}",
        4,
        "sources[0].credentials.cookie",
        "订阅源没有这个凭据；删掉这一行",
    ),
    (
        "sources:\n  - {name: 甲, kind: newsnow, url: 'http://x.cn'}",
        4,
        "sources[0].options",
        "list",
    ),
    (
        "sources:\n  - {name: 甲, kind: newsnow, url: 'http://x.cn', options: {list: [a, b]}}",
        4,
        "sources[0].options.list",
        "只能写一个",
    ),
    (
        "sources:\n  - {name: 甲, kind: newsnow, url: 'http://x.cn', options: {list: a, lst: b}}",
        4,
        "sources[0].options.lst",
        "热榜（NewsNow）没有这个选项；可以写 list",
    ),
    ("people:\n  - {id: 张, name: 张某}", 4, "people[0].id", "小写字母"),
    ("people:\n  - {id: a, name: 张某, mobile: 138-1}", 4, "people[0].mobile", "只写数字"),
    ("people:\n  - {id: a, name: 张某, roles: [leagl]}", 4, "people[0].roles[0]", "是不是 legal？"),
    (
        "people:\n  - {id: a, name: 张某, channels: [群]}",
        4,
        "people[0].channels[0]",
        "没有这个渠道",
    ),
    ("oncall: {}", 3, "oncall.levels", "至少写一级"),
    (
        "oncall:\n  levels:\n    - {name: 甲, people: []}",
        5,
        "oncall.levels[0].people",
        "至少写一项",
    ),
    (
        "oncall:\n  levels:\n    - {name: 甲, people: [zhang]}",
        5,
        "oncall.levels[0].people[0]",
        "「zhang」：people 里没有这个 id",
    ),
    (
        (
            "people: [{id: a, name: 张某}]\n"
            "oncall:\n  levels:\n    - {name: 甲, people: [a], rotate: weekly}"
        ),
        6,
        "oncall.levels[0].start",
        "从哪天起排",
    ),
    (
        (
            "people: [{id: a, name: 张某}]\noncall:\n  levels: [{name: 甲, people: [a]}]\n"
            "  overrides:\n    - level: 乙\n      person: a\n"
            "      from: 2026-01-05 09:00\n      to: 2026-01-06 09:00"
        ),
        7,
        "oncall.overrides[0].level",
        "没有这一级",
    ),
    (
        (
            "people: [{id: a, name: 张某}]\noncall:\n  levels: [{name: 甲, people: [a]}]\n"
            "  overrides:\n    - level: 甲\n      person: a\n"
            "      from: 2026-01-05 09:00\n      to: 2026-01-05 09:00"
        ),
        10,
        "oncall.overrides[0].to",
        "对调",
    ),
    ("channels:\n  - {name: 群, url: 某群}", 4, "channels[0].url", "不是渠道地址"),
    (
        "channels:\n  - name: 群\n    url: wecombot://k",
        5,
        "channels[0].url",
        "wecombot://${WECOM_KEY}",
    ),
    (
        "channels:\n  - name: 群\n    url: wecombot://${WECOM_KEY}",
        5,
        "channels[0].url",
        "环境变量 WECOM_KEY 没有设置",
    ),
    ("channels:\n  - {name: 群, url: 'feishu://${a-b}'}", 4, "channels[0].url", "写法不对"),
    (
        "channels:\n  - {name: 群, url: 'json://[::1]/', per_minute: 0}",
        4,
        "channels[0].per_minute",
        "最小写 1",
    ),
    (
        "channels:\n  - {name: 群, url: 'json://[::1]/', per_minute: 999}",
        4,
        "channels[0].per_minute",
        "最大写 100",
    ),
    (
        "channels:\n  - {name: 群, url: 'json://[::1]/', per_minute: 多}",
        4,
        "channels[0].per_minute",
        "整数",
    ),
    ("groups: [群]", 3, "groups[0]", "没有这个渠道"),
    ("operator_channels: [群]", 3, "operator_channels[0]", "没有这个渠道"),
    ("tiers:\n  quiet_hours: {from: 25:00}", 4, "tiers.quiet_hours.from", "09:00"),
    ("tiers:\n  ack_minutes: 5", 4, "tiers.ack_minutes", "red、orange、yellow"),
    ("model:\n  path: ./m", 3, "model.labels", "标签对照"),
    ("model:\n  path: ./m\n  labels: {A: bad}", 5, "model.labels.A", "negative、neutral、positive"),
    ("model:\n  labels: [A]", 4, "model.labels", "「键: 值」"),
    ("retention: !!map {raw_days: 9999}", 3, "retention.raw_days", "最大写 3650"),
    ("report: !reports x", 3, "report", "不支持「!」标签"),
]


@pytest.mark.parametrize(("slip", "line", "where", "advice"), _SLIPS)
def test_a_slip_is_answered_with_line_place_and_advice(
    tmp_path: Path, slip: str, line: int, where: str, advice: str
) -> None:
    refused = _refused(tmp_path, f"{_BRAND}{slip}\n")

    assert len(refused) == 1, refused
    assert refused[0].startswith(f"fengsui.yaml 第 {line} 行 {where}：")
    assert advice in refused[0]
