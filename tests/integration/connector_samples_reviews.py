"""Samples of reviews: App Store, App Store Connect, 华为应用市场."""

from __future__ import annotations

from typing import Any

from connector_sample import TEXT, Sample, said
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

APP = {"app_id": "1000000001", "name": "清河互联网医院"}
KEY = ec.generate_private_key(ec.SECP256R1())
PRIVATE_KEY = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def label(**parts: str) -> dict[str, dict[str, str]]:
    return {name: {"label": value} for name, value in parts.items()}


def apple_review(n: int, text: str) -> dict[str, Any]:
    return {
        **label(
            id=f"1100000000{n}", title="排队", content=text, updated="2026-11-21T18:05:00-07:00"
        ),
        "author": label(name=f"张某{n}", uri="https://itunes.example/1"),
        "im:rating": {"label": "1"},
        "im:version": {"label": "3.2.1"},
    }


def apple(*texts: str) -> str:
    reviews = [apple_review(n, text) for n, text in enumerate(texts, start=1)]
    return said({"feed": {"author": {}, **({"entry": reviews} if reviews else {})}})


def connect(*texts: str) -> str:
    reviews = [
        {
            "type": "customerReviews",
            "id": f"00000028-b08c-0014-729e-fbd50000000{n}",
            "attributes": {
                "rating": 1,
                "title": "排队",
                "body": text,
                "reviewerNickname": f"张某{n}",
                "createdDate": "2026-11-21T18:05:34-08:00",
                "territory": "CHN",
            },
        }
        for n, text in enumerate(texts, start=1)
    ]
    return said({"data": reviews, "links": {"self": "https://api.example/v1"}})


def huawei_reviews(*texts: str) -> list[dict[str, Any]]:
    return [
        {
            "reviewId": f"r{n}",
            "content": text,
            "rating": 1,
            "operTime": 1795310000000 + n,
            "nickName": f"张某{n}",
            "country": "CN",
        }
        for n, text in enumerate(texts, start=1)
    ]


def huawei(*texts: str) -> dict[str, Any]:
    return {"rtnCode": 0, "rtnDesc": "success", "data": huawei_reviews(*texts), "total": len(texts)}


HUAWEI_TOKEN = {"access_token": "not-a-token", "expires_in": 172800}
HUAWEI_LIST = (
    "/api/reviews/v1/manage/dev/reviews?appId=1000000001&countries=CN&beginTime=1792720800000"
    "&endTime=1795312800000&sort=0&page=1&limit=100"
)
REVIEWS: dict[str, Sample] = {
    "appstore_connect": Sample(
        ok=connect(TEXT, TEXT),
        items=2,
        empty=connect(),
        secrets={"issuer_id": "i", "key_id": "k", "private_key": PRIVATE_KEY},
        options=APP,
    ),
    "appstore_reviews": Sample(ok=apple(TEXT, TEXT), items=2, empty=apple(), options=APP),
    "huawei_reviews": Sample(
        ok=said(HUAWEI_TOKEN),
        items=2,
        empty=said({**HUAWEI_TOKEN, **huawei()}),
        secrets={"client_id": "1", "client_secret": "not-a-secret"},
        options=APP,
        pages={HUAWEI_LIST: said(huawei(TEXT, TEXT))},
    ),
}
