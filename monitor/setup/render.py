"""Writes a configuration as commented YAML, and the list of secrets still to be filled in."""

from __future__ import annotations

from typing import Any

import yaml

HEAD = """\
# 烽燧的配置，由{origin}写成。可以直接改；改完运行 fengsui check。
# 每个键的说明：docs/configuration.md；来源怎么写：docs/sources.md。
# 密钥不在这里：${{名字}} 指同名的环境变量，名单和填法在 fengsui.env 里。
"""
_TITLES = {
    "brands": ("看谁", "aliases 是别人会怎么叫它；exclude 是看着像、其实不是它的词。"),
    "watch": ("留意什么", "规则用 AND、OR、NOT、NEAR/n（两词相隔不超过 n 个字）和括号。"),
    "sources": ("从哪里看", "没有写的键用这种来源的默认值，见 fengsui sources kinds。"),
    "channels": ("怎么通知", "渠道的地址；密钥写成 ${名字}。"),
    "groups": ("收群消息的渠道", "群消息不引用原文。"),
    "operator_channels": ("收系统消息的渠道", "来源沉默、发送失败发到这里。"),
    "people": ("通知谁", "os_user 是他在这台机器上的登录名；channels 先用的写前面。"),
    "oncall": ("先叫谁、后叫谁", "过了时限没人确认，就叫下一级。"),
    "trial": ("试运行", "消息只发给 owner 一人，直到运行 fengsui trial end --go-live。"),
    "tiers": ("什么时候响", "夜里只响真正要紧的。"),
    "watchdog": ("谁来看守烽燧", "一切正常时不断给这个网址发心跳；收不到时由它通知你们。"),
}
_END = """
# ── 放在哪里（相对路径从本文件所在的文件夹算起）────────────────────────
timezone: Asia/Shanghai
data_dir: fengsui-data
report:
  out: reports
"""
ENV_HEAD = """\
# 密钥和手机号，只给运行烽燧的人看（不要放进邮件、群和代码库）。
# 把等号后面填上，不要加空格；填完这样用：
#   set -a; . ./fengsui.env; set +a
#   fengsui check
"""


def to_yaml(tree: dict[str, Any], origin: str) -> str:
    """Return the file; sections in the order of the table above, each with what it is for."""
    parts = [HEAD.format(origin=origin)]
    for key, (title, about) in _TITLES.items():
        if key in tree:
            line = "─" * max(4, 66 - 2 * len(title))
            parts.append(f"\n# ── {title} {line}\n# {about}\n" + _dump({key: tree[key]}))
    return "".join(parts) + _END


class _Dumper(yaml.SafeDumper):
    """Writes a list of words in one line, and indents a list of records, as the example does."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:  # noqa: ANN401 - the library's
        """Put words between brackets."""
        flat = all(isinstance(one, str) for one in sequence)
        return super().represent_sequence(tag, sequence, flow_style=flat or flow_style)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists too."""
        super().increase_indent(flow, indentless=False)


def _dump(section: dict[str, Any]) -> str:
    return yaml.dump(section, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def to_env(variables: dict[str, tuple[str, str]]) -> str:
    """Return the list of secrets, each with where it is found; known ones are filled in."""
    lines = (f"# {_one_line(hint)}\n{name}={value}\n" for name, (hint, value) in variables.items())
    return ENV_HEAD + "\n" + "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())
