"""Says in Chinese why the database refused; the drivers' own words are English."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

_PRIMARY = 0xFF  # SQLite's extended codes hold the primary one in their last byte
_WORDS = {
    sqlite3.SQLITE_PERM: "没有权限",
    sqlite3.SQLITE_BUSY: "正被别的程序占用",
    sqlite3.SQLITE_LOCKED: "正被别的程序占用",
    sqlite3.SQLITE_NOMEM: "内存不够",
    sqlite3.SQLITE_READONLY: "是只读的",
    sqlite3.SQLITE_IOERR: "磁盘读写出错",
    sqlite3.SQLITE_CORRUPT: "文件已损坏",
    sqlite3.SQLITE_FULL: "磁盘满了",
    sqlite3.SQLITE_CANTOPEN: "打不开文件",
    sqlite3.SQLITE_NOTADB: "文件不是数据库",
}


def reason(error: DBAPIError | sqlite3.Error) -> str:
    """Why it refused, without an address or anybody's words; the bare number for what has none."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _WORDS.get(code & _PRIMARY, f"SQLite 错误 {code}")
    state = getattr(cause, "sqlstate", None)
    return f"PostgreSQL 错误 {state}" if state else "数据库没有说原因"
