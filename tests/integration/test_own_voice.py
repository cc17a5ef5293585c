"""What the brand says of itself is shown, and is no source, no claim and no noise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from world import BRAND, HARM, NOON, World, base, item

from monitor.config_watch import BrandConfig
from monitor.domain.tier import Tier
from monitor.stations.measure import measure
from monitor.stations.own_voice import OwnVoice
from monitor.store.schema import BrandMentionRow, MentionRow, TopicRow
from monitor.text.pii import author_key

SITE = "https://www.qinghe.example.cn/news"
STATEMENT = (
    "清河互联网医院声明：11月18日急诊的孩子输错液、进了抢救室，护士长已停职，我们向家属致歉。"
)
DENIAL = "清河互联网医院辟谣：网传急诊的孩子输错液、进了抢救室是谣言。"
AGAIN = "我家孩子也在清河互联网医院急诊被输错液，昨天夜里在抢救室躺了一晚，到现在没有人管。"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    brands = [{**base()["brands"][0], "own_accounts": ["weibo:清河官微", SITE]}]
    world = World(tmp_path, brands=brands)
    yield world
    world.app.database.close()


def parts(world: World) -> dict[str, BrandMentionRow]:
    with world.app.database.reading() as session:
        found = select(MentionRow.native_id, BrandMentionRow).join(
            BrandMentionRow, BrandMentionRow.mention_id == MentionRow.id
        )
        return {row[0]: row[1] for row in session.execute(found)}


@pytest.mark.parametrize(
    "how",
    [
        {"author": "清河官微"},
        {"url": f"{SITE}/1.html"},
        {"raw": {"kind": "own_article"}},
    ],
    ids=["by account", "by site", "an article of the own 公众号"],
)
@pytest.mark.parametrize("text", [STATEMENT, DENIAL])
def test_the_brand_alone_lights_nothing(world: World, how: dict[str, Any], text: str) -> None:
    world.post(item(1, text, likes=90_000, reposts=50_000, **how))
    world.later(minutes=1)

    (part,) = parts(world).values()
    assert part.own
    assert (part.risk, part.negative, part.blamed, part.attention) == (None, False, False, 0.0)
    with world.app.database.reading() as session:
        topic = session.scalars(select(TopicRow)).one()
        seen = measure(session, topic, world.app.policy, world.now)
    assert (topic.tier, seen.mentions, seen.sources, seen.claims) == (Tier.NONE, 0, 0, ())
    assert world.bots.to("group") == []


def test_the_brands_own_statement_is_no_second_source_and_a_second_parent_is(world: World) -> None:
    world.post(item(1, HARM), item(2, STATEMENT, author="清河官微"))
    world.later(minutes=1)
    assert sources(world) == 1

    world.post(item(3, AGAIN))
    world.later(minutes=1)
    assert sources(world) == 2


def sources(world: World) -> int:
    with world.app.database.reading() as session:
        topics = session.scalars(select(TopicRow)).all()
        return max(measure(session, one, world.app.policy, world.now).sources for one in topics)


def test_an_edit_and_new_counters_do_not_make_it_a_claim(world: World) -> None:
    world.post(item(1, "清河互联网医院新年放假通知", author="清河官微", likes=1))
    world.later(minutes=1)
    later = NOON + timedelta(minutes=5)
    world.post(item(1, STATEMENT, author="清河官微", likes=70_000, observed_at=later))
    world.later(minutes=1)
    (part,) = parts(world).values()
    assert (part.own, part.risk, part.attention) == (True, None, 0.0)


SECRET = b"0123456789abcdef"


def a_row(author: str, url: str, platform: str = "weibo") -> MentionRow:
    return MentionRow(
        platform=platform,
        native_id="1",
        source="",
        text="",
        signature="",
        published_at=NOON,
        observed_at=NOON,
        stored_at=NOON,
        url=url,
        author_key=author_key(author, SECRET),
    )


@pytest.mark.parametrize(
    ("author", "url", "own"),
    [
        ("清河官微", "", True),
        (" 清河官微 ", "", True),
        ("清河官微粉丝", "", False),
        ("路人", "https://www.qinghe.example.cn/news/1.html", True),
        ("路人", "https://m.qinghe.example.cn/news/1.html", True),
        ("路人", "https://www.qinghe.example.cn/newspaper", False),
        ("路人", "https://www.qinghe.example.cn/forum/1", False),
        ("路人", "https://evilqinghe.example.cn/news/1.html", False),
        ("路人", "https://a.example/?u=https://www.qinghe.example.cn/news/", False),
        ("路人", "不是网址", False),
    ],
)
def test_accounts_are_whole_names_and_sites_are_whole_hosts(
    author: str, url: str, *, own: bool
) -> None:
    brand = BrandConfig(name=BRAND, own_accounts=("weibo:清河官微", SITE))
    row = a_row(author, url)
    assert OwnVoice([brand], SECRET).brands(row) == (frozenset({BRAND}) if own else frozenset())


def test_the_same_name_on_another_platform_is_somebody_else() -> None:
    brand = BrandConfig(name=BRAND, own_accounts=("weibo:清河官微",))
    assert OwnVoice([brand], SECRET).brands(a_row("清河官微", "", "forum")) == frozenset()


@pytest.mark.parametrize("account", ["ftp://qinghe.example.cn", "清河官微", "weibo:", ":清河"])
def test_an_account_names_its_platform_or_is_an_address(account: str) -> None:
    with pytest.raises(ValueError, match=r"不是网址|要写明平台"):
        BrandConfig(name=BRAND, own_accounts=(account,))
