"""What a kind of source decides for itself, and which variables it proposes for its keys."""

from __future__ import annotations

import pytest

from monitor.config_source_checks import check_source
from monitor.config_sources import SourceConfig

FEED = {"name": "清河健康说", "kind": "wechat_feed", "url": "https://rss.example.cn/q.xml"}


def test_articles_behind_a_bridge_are_left_alone_unless_the_file_asks_for_them() -> None:
    assert not SourceConfig.model_validate(FEED).articles
    assert SourceConfig.model_validate({**FEED, "articles": True}).articles
    assert SourceConfig.model_validate({**FEED, "kind": "feed"}).articles


@pytest.mark.parametrize(
    ("kind", "variable"),
    [
        ("baidu_search", "${BAIDU_API_KEY}"),
        ("aliyun_search", "${ALIYUN_API_KEY}"),
        ("zhihu_web", "${ZHIHU_ACCESS_SECRET}"),
    ],
)
def test_two_search_engines_are_not_told_to_share_a_variable(kind: str, variable: str) -> None:
    said = [text for _, text in check_source({"kind": kind}, ("sources", 0))]
    assert any(variable in one for one in said)
