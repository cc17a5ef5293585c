"""What the system answers is said in Chinese, and nowhere in its own English."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
from pathlib import Path

import pytest

from crawlers.system_errors import reason

ROOT = Path(__file__).parents[2]
OURS = ("alerts", "crawlers", "monitor")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "没有这个文件或文件夹"),
        (errno.EACCES, "没有权限"),
        (errno.ENOSPC, "磁盘满了"),
        (errno.EISDIR, "是文件夹，不是文件"),
        (errno.EROFS, "这个盘是只读的"),
        (errno.ENAMETOOLONG, "名字太长"),
        (errno.ELOOP, "链接绕成了圈"),
        (errno.EADDRINUSE, "这个端口已被占用"),
        (errno.ETIMEDOUT, "等了太久没有回应"),
        (errno.EXDEV, f"系统错误 {errno.EXDEV}"),
    ],
)
def test_an_answer_of_the_system_is_said_in_chinese(number: int, said: str) -> None:
    assert reason(OSError(number, os.strerror(number))) == said


def test_errors_with_numbers_of_their_own_are_not_taken_for_the_systems() -> None:
    assert reason(ssl.SSLError(1, "certificate verify failed")) == "证书或加密连接不对"
    assert reason(socket.gaierror(-2, "Name or service not known")) == "查不到这个主机名"
    assert reason(OSError("no address")) == "系统没有说原因"


def test_no_sentence_shows_the_english_of_the_system() -> None:
    shown = [
        f"{file.relative_to(ROOT)}:{number}"
        for folder in OURS
        for file in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if re.search(r"\.strerror\b", line)
    ]

    assert shown == []
