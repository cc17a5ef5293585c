"""Asks who is told, by which way; and makes rows of the form of the answers."""

from __future__ import annotations

from monitor.setup import channels, form
from monitor.setup.answers import (
    NONE,
    Answers,
    Asking,
    Filled,
    Question,
    anything,
    chosen,
    counted,
    listed,
    mailbox,
    needed,
    one_of,
    server_name,
    some_of,
    yes_or_no,
)

GROUP_KINDS = ("企业微信群机器人", "钉钉群机器人", "飞书群机器人")


def ask_channels() -> Asking:
    """Ask for the groups and the mail server."""
    kinds = [*GROUP_KINDS, "没有群"]
    for key, text, hint in (
        ("group", "事件的消息发到哪个工作群？", "群消息不引原文、不写医生患者的名字：截图会外传。"),
        (
            "ops",
            "来源沉默、发送失败这些系统消息发到哪个群？",
            "给运维看；没有就发给试运行负责人的邮箱。",
        ),
    ):
        default = "1" if key == "group" else str(len(kinds))
        yield Question(key, f"{text}\n{listed(kinds)}", hint, default, one_of(len(kinds)))
    yield Question(
        "server",
        "用哪个邮件服务器发告警邮件？",
        "问管邮箱的人；如 smtp.exmail.qq.com:465。每个人都靠邮件收告警，所以必填。",
        "",
        server_name,
    )
    yield Question(
        "account",
        "用哪个邮箱账号发？",
        "如 fengsui@example.cn；密码以后填在 fengsui.env 里。",
        "",
        needed,
    )


def channel_rows(answers: Answers) -> Filled:
    """The channels of the answers."""
    for key, name, column in (("group", "公关群", "收群消息"), ("ops", "运维群", "收系统消息")):
        kinds = chosen(answers.get(key, ""), [*GROUP_KINDS, NONE])
        if kinds and kinds[0] != NONE:
            yield form.CHANNELS, {"名称": name, "种类": kinds[0], column: form.YES}
    first = answers.get("person1.mail", "")
    if chosen(answers.get("ops", ""), [*GROUP_KINDS, NONE]) == [NONE] and first:
        said = {"名称": "系统消息邮箱", "种类": channels.MAIL, "收系统消息": form.YES}
        yield form.CHANNELS, {**said, "收件地址": first}
    for key, item in (("server", form.SERVER), ("account", form.ACCOUNT)):
        yield form.OTHERS, {"项目": item, "填写": answers.get(key, "")}


def ask_people(answers: Answers) -> Asking:
    """Ask for the people, one after the other."""
    roles = list(form.ROLES)
    for n in counted(answers, "person"):
        whom = (
            "现在说人。第一位（试运行时消息只发给他）叫什么？" if n == 1 else f"第 {n} 位叫什么？"
        )
        yield Question(f"person{n}.name", whom, "写姓名；编号自动用拼音。", "", needed)
        name = answers.get(f"person{n}.name", "这个人")
        yield Question(
            f"person{n}.roles",
            f"{name}担任什么？（写号，用逗号隔开）\n{listed(roles)}",
            "一个人可以担几样；总指挥、发言人、医务、法务各要有人。",
            "1",
            some_of(len(roles)),
        )
        hint = "告警发到这里。" + ("" if n > 1 else "第一位必须有。")
        check = mailbox if n > 1 else lambda text: mailbox(needed(text))
        yield Question(f"person{n}.mail", f"{name}的邮箱？", hint, "", check)
        yield Question(
            f"person{n}.mobile",
            f"{name}的手机号？",
            "在群里 @ 他用；只写进本人能读的 fengsui.env。",
            NONE,
            anything,
        )
        yield Question(
            f"person{n}.user",
            f"{name}在这台机器上的登录名？",
            "认出是谁在认领告警用（他运行 whoami 看到的）；没有就写 -，以后发动态码。",
            NONE,
            anything,
        )
        yield Question(
            f"person{n}.more",
            "还有别人吗？",
            "值班最好不止一个人。",
            "y" if n == 1 else "n",
            yes_or_no,
        )


def people_rows(answers: Answers) -> Filled:
    """The people of the answers."""
    for n in counted(answers, "person"):
        name = answers.get(f"person{n}.name")
        if not name:
            continue
        roles = chosen(answers.get(f"person{n}.roles", ""), list(form.ROLES))
        mobile, mail = answers.get(f"person{n}.mobile", ""), answers.get(f"person{n}.mail", "")
        yield (
            form.PEOPLE,
            {
                "姓名": name,
                "角色": "、".join(roles),
                "登录名": answers.get(f"person{n}.user", ""),
                "手机号": mobile,
                "邮箱": mail,
            },
        )
