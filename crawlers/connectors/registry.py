"""The table of all kinds of source; pure and quick to import, as the configuration reads it."""

from __future__ import annotations

from crawlers.connectors.appstore_connect import AppStoreConnect
from crawlers.connectors.appstore_reviews import AppStoreReviews
from crawlers.connectors.base import About, Connector
from crawlers.connectors.bridges import RSSHUB, WECHAT_FEED
from crawlers.connectors.douyin_hot import DouyinHot
from crawlers.connectors.douyin_search import DouyinSearch
from crawlers.connectors.feed import FEED
from crawlers.connectors.haodf import Haodf
from crawlers.connectors.huawei_reviews import HuaweiReviews
from crawlers.connectors.newsnow import NewsNow
from crawlers.connectors.page import Page
from crawlers.connectors.search import WebSearch
from crawlers.connectors.search_aliyun import AliyunSearch
from crawlers.connectors.search_baidu import BaiduSearch
from crawlers.connectors.search_tencent import TencentSearch
from crawlers.connectors.search_zhihu import ZhihuWebSearch
from crawlers.connectors.sitemap import SITEMAP
from crawlers.connectors.wechat_account import WechatAccount
from crawlers.connectors.weibo_search import WeiboSearch
from crawlers.connectors.weibo_session import WeiboSession
from crawlers.connectors.zhihu import ZhihuSearch
from crawlers.connectors.zhihu_hot import ZhihuHot
from crawlers.receivers.kinds import RECEIVERS

CONNECTORS: dict[str, Connector] = {
    one.about.kind: one
    for one in (
        AppStoreConnect(),
        AppStoreReviews(),
        DouyinHot(),
        DouyinSearch(),
        Haodf(),
        HuaweiReviews(),
        NewsNow(),
        Page(),
        WebSearch(AliyunSearch()),
        WebSearch(BaiduSearch()),
        WebSearch(TencentSearch()),
        WebSearch(ZhihuWebSearch()),
        WechatAccount(),
        WeiboSearch(),
        WeiboSession(),
        ZhihuHot(),
        ZhihuSearch(),
    )
}
"""What crawlers/spiders/connector.py runs, by kind."""

FEEDS: dict[str, About] = {one.kind: one for one in (FEED, RSSHUB, SITEMAP, WECHAT_FEED)}
"""Kinds that are feeds and that crawlers/spiders/feed.py reads."""

ABOUT: dict[str, About] = {
    **FEEDS,
    **RECEIVERS,
    **{kind: connector.about for kind, connector in CONNECTORS.items()},
}
"""Every kind that `sources:` may name."""
