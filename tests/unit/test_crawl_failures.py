"""The sentences for pages that could not be had."""

from __future__ import annotations

import pytest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawlers.failures import describe

URL = "https://api.example.cn/s"


@pytest.mark.parametrize(("keyed", "advice"), [(True, "请核对密钥"), (False, "请换一个公开的地址")])
def test_a_401_blames_the_key_where_there_is_one(keyed: bool, advice: str) -> None:
    problem = describe(HttpError(Response(URL, status=401)), URL, "百度搜索", keyed=keyed)
    assert problem.kind == "forbidden"
    assert advice in problem.message_zh


def test_a_key_changes_no_other_sentence() -> None:
    error = HttpError(Response(URL, status=403))
    assert describe(error, URL, "百度搜索", keyed=True) == describe(error, URL, "百度搜索")
