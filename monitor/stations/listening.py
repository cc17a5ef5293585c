"""Keeps the connections that bring answers in step with the configuration, one thread each."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from alerts.ears import dingtalk, lark, wecom
from alerts.ears.ding_app import DingApp
from alerts.ears.ear import Ear
from alerts.ears.heard import Heard, Once, Told
from alerts.ears.lark_app import LarkApp
from monitor.app import App, Listening
from monitor.config_answers import AnswersConfig, LarkConfig
from monitor.stations import hearing, mail_replies
from monitor.stations.ways import PLATFORMS
from monitor.store.database import ConflictError

log = logging.getLogger("fengsui")

MAIL = "回信邮箱"
LARKS = {"feishu": "https://open.feishu.cn", "lark": "https://open.larksuite.com"}
DINGTALK = "https://api.dingtalk.com"
STUMBLED = "没有记下：系统出了点问题。请在终端应答，或给同事打电话。"
WECOM = "wss://openws.work.weixin.qq.com"
Listen = Callable[[Ear], None]


def tend_listening(app: App, now: datetime) -> int:  # noqa: ARG001 - a step
    """Open what the configuration names and close what it no longer does; returns how many."""
    listening, wanted = app.listening, _wanted(app.listening, app.settings.answers)
    listening.app = app
    old = [name for name, (terms, _) in listening.ears.items() if _terms(wanted, name) != terms]
    for name in old:
        _, ear = listening.ears.pop(name)
        ear.close()
    fresh = wanted.keys() - listening.ears.keys()
    for name in fresh:
        terms, listen = wanted[name]
        listening.ears[name] = (terms, Ear(name, listen))
        log.info("「%s」开始等应答", name)
    return len(old) + len(fresh)


def _hear(app: App, heard: Heard) -> Told:
    """Hear it; what we stumble over must not be delivered again for ever, nor break the line."""
    try:
        return hearing.hear(app, heard)
    except (SQLAlchemyError, ConflictError, OSError):
        raise  # the store is at fault, not the message: it is delivered again
    except Exception as error:  # noqa: BLE001 - the edge of a message
        log.error("an answer could not be taken: %s", type(error).__name__)  # noqa: TRY400 - no texts
        return Told(STUMBLED)


def _terms(wanted: dict[str, tuple[object, Listen]], name: str) -> object:
    return wanted[name][0] if name in wanted else None


def _wanted(listening: Listening, said: AnswersConfig) -> dict[str, tuple[object, Listen]]:
    def newest() -> App:
        if listening.app is None:
            raise RuntimeError("not ready")
        return listening.app

    def once() -> Once:
        return Once(lambda heard: _hear(newest(), heard))

    wanted: dict[str, tuple[object, Listen]] = {}
    if said.mail is not None:
        wanted[MAIL] = (said.mail, partial(mail_replies.listen, newest, said.mail))
    for platform, home in LARKS.items():
        one: LarkConfig | None = getattr(said, platform)
        if one is not None:
            app = LarkApp(one.host or home, one.app_id, one.app_secret)
            listen = partial(lark.listen, platform, app, once())
            wanted[PLATFORMS[platform]] = (one, listen)
    if said.dingtalk is not None:
        ding = said.dingtalk
        client = DingApp(ding.host or DINGTALK, ding.client_id, ding.client_secret)
        wanted[PLATFORMS["dingtalk"]] = (ding, partial(dingtalk.listen, client, once()))
    if said.wecombot is not None:
        bot = said.wecombot
        robot = wecom.WecomBot(bot.host or WECOM, bot.bot_id, bot.secret)
        wanted[PLATFORMS["wecombot"]] = (bot, partial(wecom.listen, robot, once()))
    return wanted
