"""Kinds of source that are told instead of asked: a folder, a signed webhook."""

from __future__ import annotations

from datetime import timedelta

from crawlers.connectors.base import About, Grade, Option

BRAND = Option("写是哪个品牌的来电，要和 brands 里的 name 一样；只有一个品牌时不用写")
HOTLINE = "来电人说的话（打码、加密，不进舆情库）、时间、坐席组"
SILENCE = timedelta(days=1)  # a hot line that nobody called for a day is more likely cut off

CALLS_FOLDER = About(
    kind="calls_folder",
    title="来电文件夹",
    grade=Grade.OWN,
    platform="hotline",
    gives=HOTLINE,
    risk="导出停了、文件写了一半、编码不对；读不了的文件会点名",
    waits=True,
    options={
        "folder": Option("写客服系统把转写文件放在哪个文件夹", required=True, path=True),
        "after": Option("写 delete，读完入库后删掉文件；不写就留着"),
        "brand": BRAND,
    },
    every=timedelta(minutes=1),
    silent_after=SILENCE,
)
CALLS_HOOK = About(
    kind="calls_hook",
    title="来电推送",
    grade=Grade.OWN,
    platform="hotline",
    gives=HOTLINE,
    risk="端口被占用、密钥或时钟不一致；没收下的对方会得到原因，要由对方重发",
    waits=True,
    needs={"secret": "和客服系统约定的签名密钥，至少 16 个字符"},
    options={
        "listen": Option("写在哪里听，如 127.0.0.1:8790；默认就是它"),
        "brand": BRAND,
    },
    every=timedelta(minutes=1),
    silent_after=SILENCE,
)
RECEIVERS: dict[str, About] = {one.kind: one for one in (CALLS_FOLDER, CALLS_HOOK)}
LAST_PORT = 65_535
LISTEN = "127.0.0.1:8790"


def listen_address(text: str) -> tuple[str, int]:
    """Return host and port of «127.0.0.1:8790»; raise ValueError with a Chinese sentence."""
    host, _, port = (text or LISTEN).rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or int(port) > LAST_PORT:
        raise ValueError("写成「地址:端口」，如 127.0.0.1:8790")
    return host.strip("[]"), int(port)
