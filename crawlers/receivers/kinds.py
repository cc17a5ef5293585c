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
SEEN = "同事在群里、视频号里看到的截图、视频、链接；立候选，等人判断"
ALLOW = Option(
    "写谁可以上报：邮箱地址，或整个域名如 @hospital.example.cn；people 里写了 mail 的人不用再写",
    many=True,
)
STAFF_MAIL = About(
    kind="staff_mail",
    title="员工上报邮箱",
    grade=Grade.OWN,
    platform="staff",
    gives=SEEN,
    risk="发件人可以伪造（不查 SPF、DKIM），所以最好约定口令；密码改了就读不到",
    waits=True,
    needs={"user": "邮箱的用户名", "password": "邮箱的密码，或邮箱后台给的授权码"},
    optional={"word": "口令，上报的人写在标题里"},
    options={
        "host": Option("写收信服务器，如 imap.example.cn（IMAP，TLS）", required=True),
        "port": Option("写端口；默认 993"),
        "mailbox": Option("写邮箱里的文件夹；默认 INBOX"),
        "ca": Option("写内部服务器的根证书文件；公网邮箱不用写", path=True),
        "allow": ALLOW,
        "brand": BRAND,
    },
    every=timedelta(minutes=1),
    silent_after=timedelta(hours=1),
    quiet=True,
)
STAFF_FOLDER = About(
    kind="staff_folder",
    title="员工上报文件夹",
    grade=Grade.OWN,
    platform="staff",
    gives=SEEN,
    risk="转信停了就没有新内容；发件人可以伪造",
    waits=True,
    optional={"word": "口令，上报的人写在标题里"},
    options={
        "folder": Option("写放 .eml 文件的文件夹，或一个 Maildir", required=True, path=True),
        "allow": ALLOW,
        "brand": BRAND,
    },
    every=timedelta(minutes=1),
    silent_after=timedelta(hours=1),
    quiet=True,
)
RECEIVERS: dict[str, About] = {
    one.kind: one for one in (CALLS_FOLDER, CALLS_HOOK, STAFF_FOLDER, STAFF_MAIL)
}
LAST_PORT = 65_535
LISTEN = "127.0.0.1:8790"


def listen_address(text: str) -> tuple[str, int]:
    """Return host and port of «127.0.0.1:8790»; raise ValueError with a Chinese sentence."""
    host, _, port = (text or LISTEN).rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or int(port) > LAST_PORT:
        raise ValueError("写成「地址:端口」，如 127.0.0.1:8790")
    return host.strip("[]"), int(port)
