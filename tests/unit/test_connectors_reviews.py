"""Reviews of one's own app: App Store, App Store Connect, 华为应用市场."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from connector_answers import NOW, a_task, read
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from crawlers.connectors.appstore_connect import AppStoreConnect
from crawlers.connectors.appstore_reviews import AGAIN, AppStoreReviews
from crawlers.connectors.base import Ask, RefusedError, WrongShapeError
from crawlers.connectors.huawei_reviews import HuaweiReviews

APP = {"app_id": "1000000001", "name": "清河互联网医院"}


def a_review(**changes: Any) -> dict[str, Any]:
    said = {
        "id": "11",
        "title": "排队",
        "content": "两个小时",
        "updated": "2026-11-21T18:05:00-07:00",
    }
    labels = {**said, "im:rating": "1", "im:version": "3.2", **changes}
    review: dict[str, Any] = {name: {"label": value} for name, value in labels.items()}
    return {**review, "author": {"name": {"label": "张某"}}}


def test_a_public_review_carries_the_name_of_the_app_so_that_it_counts_as_ours() -> None:
    (record,) = read(AppStoreReviews(), {"feed": {"entry": [a_review()]}}, options=APP).records
    assert record == {
        "id": "11",
        "title": "清河互联网医院：排队",
        "text": "两个小时",
        "author": "张某",
        "published_at": "2026-11-21T18:05:00-07:00",
        "rating": 1.0,
        "raw": {"kind": "review", "version": "3.2"},
    }


def test_one_review_may_come_as_an_object_and_the_app_itself_is_no_review() -> None:
    assert read(AppStoreReviews(), {"feed": {"entry": a_review()}}, options=APP).total == 1
    app = {"id": {"label": "1000000001"}, "title": {"label": "清河"}}
    assert read(AppStoreReviews(), {"feed": {"entry": [app, a_review()]}}, options=APP).total == 1


def test_an_empty_feed_is_asked_once_more_in_another_order() -> None:
    reading = read(AppStoreReviews(), {"feed": {}}, options=APP)
    (again,) = reading.more
    assert (reading.total, again.step, bool(again.key)) == (0, AGAIN, True)
    assert again.url.endswith("/cn/rss/customerreviews/id=1000000001/sortBy=mostRecent/page=1/json")
    assert read(AppStoreReviews(), {"feed": {}}, again, options=APP).more == ()


def test_reviews_without_a_rating_show_as_another_shape() -> None:
    rows = [{"id": {"label": str(n)}, "title": {"label": "x"}} for n in (1, 2)]
    with pytest.raises(WrongShapeError):
        read(AppStoreReviews(), {"feed": {"entry": rows}}, options=APP)


KEY = ec.generate_private_key(ec.SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SECRETS = {"issuer_id": "issuer", "key_id": "K1", "private_key": PEM}


def plain(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_the_token_for_apple_is_signed_with_the_key_and_short_lived() -> None:
    ask = AppStoreConnect().first(a_task(secrets=SECRETS, options=APP))
    header, claims, signature = ask.headers["Authorization"].removeprefix("Bearer ").split(".")
    assert json.loads(plain(header)) == {"kid": "K1", "alg": "ES256", "typ": "JWT"}
    start = int(NOW.timestamp())
    assert json.loads(plain(claims)) == {
        "iss": "issuer",
        "iat": start,
        "exp": start + 900,
        "aud": "appstoreconnect-v1",
    }
    numbers = plain(signature)
    der = utils.encode_dss_signature(
        int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big")
    )
    KEY.public_key().verify(der, f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))


def test_a_key_that_is_none_is_refused_before_apple_is_asked() -> None:
    task = a_task(secrets={**SECRETS, "private_key": "不是密钥"}, options=APP)
    with pytest.raises(RefusedError, match=r"private_key 不是 \.p8 密钥"):
        AppStoreConnect().first(task)


def test_the_next_page_is_asked_at_our_address_whatever_the_answer_says() -> None:
    said = {"rating": 2, "title": "排队", "body": "久", "createdDate": "2026-11-21T18:05:34-08:00"}
    document = {
        "data": [{"id": "a", "attributes": said}],
        "links": {"next": "https://elsewhere.example/v1?cursor=AAA&limit=200"},
    }
    reading = read(AppStoreConnect(), document, secrets=SECRETS, options=APP)
    (further,) = reading.more
    assert further.url.startswith("https://api.example/v1/apps/1000000001/customerReviews?")
    assert (further.page, "cursor=AAA" in further.url) == (2, True)
    assert reading.records[0]["rating"] == 2.0


HUAWEI = {"client_id": "1", "client_secret": "not-a-secret"}
LIST = Ask("https://api.example/", state={"token": "t"})


def huawei(**task: Any) -> Ask:
    given = {"secrets": HUAWEI, "options": APP, **task}
    (ask,) = read(
        HuaweiReviews(), {"access_token": "t"}, HuaweiReviews().first(a_task(**given)), **given
    ).more
    return ask


def test_reviews_of_huawei_are_asked_since_the_last_reading_and_for_a_month_at_first() -> None:
    month = int((NOW - timedelta(days=30)).timestamp() * 1000)
    assert f"beginTime={month}&" in huawei().url
    hour = NOW - timedelta(hours=1)
    assert f"beginTime={int(hour.timestamp() * 1000)}&" in huawei(since=hour).url
    assert "/marketing-api/v2/" in huawei(options={**APP, "system": "harmonyos"}).url


def test_a_review_of_huawei_is_read_and_a_further_page_asked_while_there_is_more() -> None:
    row = {"reviewId": 7, "content": "排队", "rating": 2, "operTime": 1795310000000}
    document = {"rtnCode": 0, "data": [row], "total": 101}
    reading = read(HuaweiReviews(), document, LIST, secrets=HUAWEI, options=APP)
    (record,), (further,) = reading.records, reading.more
    assert (record["id"], record["rating"], further.page) == ("7", 2.0, 2)
    assert record["published_at"] == "2026-11-22T01:13:20+00:00"


@pytest.mark.parametrize("document", [{"rtnCode": 50010028}, {"ret": {"code": 205524993}}])
def test_a_code_of_huawei_is_told_in_words(document: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="拒绝了请求"):
        read(HuaweiReviews(), document, LIST, secrets=HUAWEI, options=APP)
