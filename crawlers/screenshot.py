"""Takes a picture of a page with Chromium, if there is one, kept on a short lead."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Container
from contextlib import suppress
from pathlib import Path

from crawlers.doorman import doorman

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
SECONDS = 45.0  # a slow Chinese portal paints within some 15 s on two cores
PAINT_MS = 10_000  # of the page's own time: late scripts and pictures
MAX_BYTES = 20 * 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
WIDTH, HEIGHT = 1280, 4000  # a desktop's width; five screens deep, what a person would scroll
FLAGS = (
    "--headless=new",
    "--incognito",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",  # nothing goes past the proxy
    "--proxy-bypass-list=<-loopback>",  # not even to this machine
    "--hide-scrollbars",
    "--mute-audio",
    "--lang=zh-CN",
    "--disable-dev-shm-usage",
    f"--virtual-time-budget={PAINT_MS}",
    f"--window-size={WIDTH},{HEIGHT}",
)


class NoPicture(Exception):  # noqa: N818 - it is an answer, not a fault
    """There is no picture of the page; the message says why in Chinese."""


def find_browser(wanted: Path | None = None) -> Path | None:
    """The browser that the operator named, else one that is installed."""
    if wanted is not None:
        return wanted if wanted.is_file() else None
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def take(
    url: str, browser: Path | None, *, trusted: Container[str] = (), seconds: float = SECONDS
) -> bytes:
    """The page as a PNG; raises NoPicture. The sandbox stays on, so root takes no pictures."""
    if browser is None:
        raise NoPicture("没有找到 Chromium，没有截图；需要的话先安装 chromium")
    if os.geteuid() == 0:
        raise NoPicture("不以 root 身份打开浏览器，没有截图；请用普通用户运行")
    with tempfile.TemporaryDirectory(prefix="fengsui-browser-") as folder:
        with doorman(trusted, seconds) as door:
            _run(_command(url, browser, Path(folder), door.port), Path(folder), seconds)
        return _picture(Path(folder) / "page.png")


def _command(url: str, browser: Path, folder: Path, port: int) -> list[str]:
    return [
        str(browser),
        *FLAGS,
        f"--proxy-server=http://127.0.0.1:{port}",
        f"--user-data-dir={folder / 'profile'}",
        f"--screenshot={folder / 'page.png'}",
        "--",
        url,
    ]


def _run(command: list[str], folder: Path, seconds: float) -> None:
    """Let the browser work in a folder and a process group of its own, until the time is up."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    child = subprocess.Popen(  # noqa: S603 (the operator's browser, no shell)
        command,
        cwd=folder,
        env={**kept, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        raise NoPicture(f"浏览器 {seconds:g} 秒内没有画完，没有截图") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _picture(file: Path) -> bytes:
    if not file.is_file() or file.stat().st_size > MAX_BYTES:
        raise NoPicture("浏览器没有交出截图（或图太大），只保存了网页本身")
    picture = file.read_bytes()
    if not picture.startswith(PNG):
        raise NoPicture("浏览器交出的不是 PNG 图，只保存了网页本身")
    return picture
