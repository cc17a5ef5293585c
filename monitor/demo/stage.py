"""The stage: a folder with a real configuration, the site, the sinks and the running daemon."""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

from alerts.sinks import BotSink, MailSink
from crawlers.protocol import CrawlOutcome, CrawlRequest
from models.labels import ModelError
from monitor import bootstrap
from monitor.app import App
from monitor.clock import Clock
from monitor.config import load
from monitor.daemon import LOOPS, Daemon
from monitor.demo.clock import DemoClock
from monitor.demo.site import Site
from monitor.demo.story import Story, load_story
from monitor.domain.mention import SHANGHAI
from monitor.system_user import user_name

MARK = ".fengsui-demo"
LOG = "fengsui.log"
# The demo jumps some hundred times; half a second of sleep after each would be a minute of waiting.
IDLE_SECONDS = 0.05
STOP_SECONDS = 150.0  # a crawl in hand ends by its own deadline of 120 s


class DemoError(RuntimeError):
    """The demo cannot go on; the message says why in Chinese."""


@dataclass
class Stage:
    """Everything the director and the people work with."""

    folder: Path
    config: Path
    story: Story
    clock: DemoClock
    site: Site
    bots: BotSink
    mail: MailSink
    app: App
    daemon: Daemon

    @property
    def awake(self) -> bool:
        """Whether every loop of the daemon has woken to the present instant."""
        return self.clock.read_by(LOOPS)


@contextmanager
def set_up(folder: Path, real: Clock) -> Iterator[Stage]:
    """Build the stage in a fresh folder and run the daemon on it; all of it ends with the block."""
    _clear(folder)
    # Yesterday: whoever tries the commands afterwards sees a day that is over.
    story = load_story((real().astimezone(SHANGHAI) - timedelta(days=1)).date())
    clock = DemoClock(story.begins)
    with ExitStack() as stack:
        stack.enter_context(_logged(folder / LOG))
        site = stack.enter_context(Site(story, clock))
        bots, mail = stack.enter_context(BotSink()), stack.enter_context(MailSink())
        config = _write_config(folder, site, bots, mail)
        app = bootstrap.build(load(config, os.environ), clock)
        stack.callback(app.database.close)
        app.crawl = _without_pause(app)
        _load_model(app)
        daemon = Daemon(app, idle_seconds=IDLE_SECONDS)
        stack.enter_context(_running(daemon))
        yield Stage(folder, config, story, clock, site, bots, mail, app, daemon)


def _load_model(app: App) -> None:
    """Load the model now: that it is missing must not come out in the middle of the story."""
    try:
        app.classifier()
    except ModelError as error:
        raise DemoError(str(error)) from error


def _clear(folder: Path) -> None:
    """Replace the folder of an earlier demo, and nothing else."""
    if folder.exists():
        if not (folder / MARK).is_file():
            raise DemoError(f"{folder} 里有别的东西，演示不会动它；请改个名字，或换个目录再运行")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("本文件夹由 fengsui demo 生成，下次运行会整个替换。\n", "utf-8")


def _write_config(folder: Path, site: Site, bots: BotSink, mail: MailSink) -> Path:
    text = files(__package__).joinpath("config.yaml").read_text("utf-8")
    sender = f"mailto://127.0.0.1:{mail.port}?from=fengsui@example.org&mode=insecure&to="
    # Whoever plays the demo may type on as 李某, the commander.
    me = json.dumps(user_name(os.getuid()))
    places = {"@SITE@": site.base, "@BOTS@": bots.base, "@MAIL@": sender, "@ME@": me}
    for name, place in places.items():
        text = text.replace(name, place)
    path = folder / "fengsui.yaml"
    path.write_text(text, "utf-8")
    return path


def _without_pause(app: App) -> Callable[[CrawlRequest], CrawlOutcome]:
    """Crawl as always, but without the pause between two pages that spares other people's sites."""
    crawl = app.crawl

    def crawl_own_site(request: CrawlRequest) -> CrawlOutcome:
        return crawl(replace(request, delay_seconds=0.0))

    return crawl_own_site


@contextmanager
def _running(daemon: Daemon) -> Iterator[None]:
    thread = threading.Thread(target=daemon.run, name="daemon", daemon=True)
    thread.start()
    try:
        yield
    finally:
        daemon.stop()
        thread.join(STOP_SECONDS)


@contextmanager
def _logged(path: Path) -> Iterator[None]:
    """Send every log line to a file; the terminal belongs to the story."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        handler.close()
