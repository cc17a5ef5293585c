"""Says in Chinese what the system answered; its own words are English."""

from __future__ import annotations

import errno
import socket
import ssl

_KINDS: tuple[tuple[type[OSError], str], ...] = (
    # Their numbers are not the system's, so that they come before the table.
    (ssl.SSLError, "证书或加密连接不对"),
    (socket.gaierror, "查不到这个主机名"),
    (TimeoutError, "等了太久没有回应"),
)
_WORDS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "系统不允许",
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "磁盘配额用完了",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中间有一段不是文件夹",
    errno.EROFS: "这个盘是只读的",
    errno.ENAMETOOLONG: "名字太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EMLINK: "链接太多",
    errno.EEXIST: "已经存在",
    errno.EFBIG: "文件太大",
    errno.EIO: "磁盘读写出错",
    errno.EBUSY: "正被别的程序占用",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENOMEM: "内存不够",
    errno.EINVAL: "系统不认这个名字或地址",
    errno.EADDRINUSE: "这个端口已被占用",
    errno.EADDRNOTAVAIL: "这台机器没有这个地址",
    errno.ECONNREFUSED: "对方拒绝连接",
    errno.ECONNRESET: "连接被断开",
    errno.ENETUNREACH: "网络不通",
    errno.EHOSTUNREACH: "到不了那台机器",
}


def reason(error: OSError) -> str:
    """Why a file or an address could not be had; the bare number for what has no words here."""
    for kind, said in _KINDS:
        if isinstance(error, kind):
            return said
    if error.errno is None:
        return "系统没有说原因"
    return _WORDS.get(error.errno, f"系统错误 {error.errno}")
