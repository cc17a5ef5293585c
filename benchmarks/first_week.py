"""Plays a newcomer's set-up, by dialogue and by workbook, from nothing to the end of the trial.

    .venv/bin/python benchmarks/first_week.py

Everything runs on loopback: a site with one feed, and a web hook in the place of bots and mail. It
prints the seconds that each command took, and how many answers, cells and secrets a person gives;
how long people think and how long platforms take to hand out keys cannot be measured here.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parent.parent
BRAND = "青石口腔医院"
# A child's death does not wait for the morning, so the measurement may be made at any hour.
CLAIM = f"{BRAND}今天给急诊的孩子打错针，孩子没救回来，护士长说在查，有病历照片为证。"
USER = getpass.getuser()
ANSWERS = (
    *(BRAND, "", "", "", "", "青石误诊"),  # the brand, its names, words to watch for
    *("1", "{feed}"),  # one feed
    *("", "", "smtp.example.cn:465", "fengsui@example.cn"),  # a group, the mail server
    *("周某", "1,2,4", "zhou@example.cn", "-", USER, "y"),
    *("吴某", "1,3,5", "wu@example.cn", "-", "-", "n"),
    *("", "", "", "周某、吴某", "", "y"),  # the rota, the trial, write
)
CELLS = {
    "品牌": ((BRAND, "青石口腔", "青石口腔医院路"),),
    "留意的词": (("医疗安全", "误诊 OR 漏诊 OR 开错药 OR 打错针"),),
    "渠道": (("公关群", "企业微信群机器人", "是", "否"), ("运维群", "钉钉群机器人", "否", "是")),
    "人员": (
        ("周某", "", "值班、总指挥、医务", USER, "", "zhou@example.cn"),
        ("吴某", "", "值班、发言人、法务", "", "", "wu@example.cn"),
    ),
    "值班": (("值班", "周某、吴某", "每周", "{monday}"), ("备班", "周某、吴某")),
    "来源": (("订阅源", "青石论坛", "{feed}"),),
}
OTHERS = {
    "发信的邮件服务器": "smtp.example.cn:465",
    "发信的账号": "fengsui@example.cn",
    "试运行负责人": "周某",
    "试运行到哪天": "{until}",
}
PATIENCE = 180.0  # seconds until the first trial message; ten to twenty on an idle machine


class Site(BaseHTTPRequestHandler):
    """Serves the feed and takes messages."""

    told: list[str] = []  # noqa: RUF012 - one run, one list

    def do_GET(self) -> None:
        """Answer with the feed; there is no robots.txt."""
        self._answer(200 if self.path == "/feed.xml" else 404, feed())

    def do_POST(self) -> None:
        """Take a message."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.told.append(str(body.get("title", "")) + str(body.get("message", "")))
        self._answer(200, b"ok")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def feed() -> bytes:
    """One post of a few minutes ago."""
    when = format_datetime(datetime.now(UTC) - timedelta(minutes=3))
    post = f"<item><guid>p1</guid><title>求助</title><description>{CLAIM}</description>"
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>论坛</title>'
        f"{post}<pubDate>{when}</pubDate></item></channel></rss>"
    ).encode()


def main() -> None:
    """Play both ways."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    for title, way in (("init --wizard", by_wizard), ("init --template", by_workbook)):
        with tempfile.TemporaryDirectory() as folder:
            Site.told.clear()
            print(f"\n{title}", flush=True)
            began = time.monotonic()
            way(Path(folder), site)
            walk(Path(folder), site)
            print(f"  {time.monotonic() - began:6.1f} s  all together")
    server.shutdown()


def by_wizard(folder: Path, site: str) -> None:
    """By dialogue."""
    lines = [line.format(feed=f"{site}/feed.xml") for line in ANSWERS]
    timed(folder, "init", "--wizard", typed="\n".join(lines) + "\n")
    blank = sum(not line for line in lines)
    print(f"  {len(lines)} answers, {blank} of them the proposed one by Enter")


def by_workbook(folder: Path, site: str) -> None:
    """By workbook: written, filled in, read."""
    timed(folder, "init", "--template", "form.xlsx")
    today = datetime.now(UTC).date()
    filled = {
        "feed": f"{site}/feed.xml",
        "monday": f"{today - timedelta(days=today.weekday())}",
        "until": f"{today + timedelta(days=7)}",
    }
    print(f"  {fill(folder / 'form.xlsx', filled)} cells")
    timed(folder, "init", "--from", "form.xlsx")


def fill(form: Path, filled: dict[str, str]) -> int:
    """Fill the workbook in as a person does; returns the number of cells."""
    book, cells = load_workbook(form), 0
    for title, rows in CELLS.items():
        for number, row in enumerate(rows, 3):
            for column, text in enumerate(row, 1):
                book[title].cell(number, column, text.format(**filled) or None)
                cells += bool(text)
    for name, value, *_ in book["其他"].iter_rows(min_row=3):
        if name.value in OTHERS:
            value.value = OTHERS[name.value].format(**filled)
            cells += 1
    book.save(form)
    return cells


def walk(folder: Path, site: str) -> None:
    """From the written configuration through the trial to real duty."""
    listed = (folder / "fengsui.env").read_text("utf-8")
    print(f"  {len(re.findall(r'^[A-Z_0-9]+=$', listed, re.MULTILINE))} secrets to fill in")
    on_loopback(folder / "fengsui.yaml", site)
    for command in (("check",), ("sources", "check"), ("alerts", "test")):
        timed(folder, *command)
    Site.told.clear()
    began = time.monotonic()
    daemon = subprocess.Popen(  # noqa: S603 - our own program
        program("run"),
        cwd=folder,
        env=surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        code = waited(began)
        timed(folder, "incidents", "ack", code)
        timed(folder, "trial", "status")
        timed(folder, "rehearse", "--since", "30d")
        timed(folder, "trial", "end", "--go-live", "--without-drill", "只量时间，没有人可叫")
    finally:
        daemon.terminate()
        daemon.wait()


def waited(began: float) -> str:
    """Wait for the first trial message; returns the code of its incident, leaves if none comes."""
    while True:
        for one in list(Site.told):
            code = re.search(r"编号 (\w+)", one)
            if "试运行" in one and code:
                seconds = time.monotonic() - began
                print(f"  {seconds:6.1f} s  run, until the first 【试运行】 message", flush=True)
                return code[1]
        if time.monotonic() - began > PATIENCE:
            sys.exit("no trial message came")
        time.sleep(0.2)


def on_loopback(config: Path, site: str) -> None:
    """Send to this machine what would go to bots and mail; secrets are not needed then."""
    hook = site.replace("http://", "json://")
    text = re.sub(r"(?:wecombot|dingtalk|mailtos)://\S+", hook, config.read_text("utf-8"))
    config.write_text(text, encoding="utf-8")


def program(*arguments: str) -> list[str]:
    """The command line of this checkout."""
    return [sys.executable, "-m", "monitor", *arguments]


def surroundings() -> dict[str, str]:
    """The environment, with this checkout before any other."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def timed(folder: Path, *arguments: str, typed: str = "") -> None:
    """Run one command and print how long it took; leave when it fails."""
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own program
        program(*arguments),
        cwd=folder,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        env=surroundings(),
    )
    if done.returncode:
        sys.exit(f"fengsui {' '.join(arguments)} failed:\n{done.stdout[-800:]}{done.stderr}")
    print(f"  {time.monotonic() - began:6.1f} s  {' '.join(arguments)}", flush=True)


if __name__ == "__main__":
    main()
