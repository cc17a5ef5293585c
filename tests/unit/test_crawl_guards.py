"""Links into the operator's own network are not followed."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from scrapy import Request
from scrapy.http import Response

from crawlers.guards import PrivateAddress, PrivateAddressGuard
from crawlers.hosts import host_of, place_of
from crawlers.retry import retry_after

PUBLIC = "https://news.example.cn/a"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "[::1]",
        "localhost",
        "db.internal",
        "rabbit",
        "0.0.0.0",  # noqa: S104 (an address to refuse, not to bind)
        "[::ffff:127.0.0.1]",  # mapped
        "[::ffff:a9fe:a9fe]",
        "[::127.0.0.1]",  # compatible
        "[64:ff9b::a00:1]",  # NAT64 to 10.0.0.1
        "[2002:a00:1::]",  # 6to4 to 10.0.0.1
        "[fe80::1]",
        "[fc00::1]",
        "224.0.0.1",
        "100.64.0.1",
    ],
)
def test_private_hosts_are_refused_unless_configured(host: str) -> None:
    url = f"http://{host}/a"
    with pytest.raises(PrivateAddress):
        PrivateAddressGuard("news.example.cn:80").process_request(Request(url))
    PrivateAddressGuard(place_of(url)).process_request(Request(url))
    with pytest.raises(PrivateAddress):  # another port of the same machine
        PrivateAddressGuard(f"{host_of(url)}:6379").process_request(Request(url))


@pytest.mark.parametrize(
    "host", ["news.example.cn", "8.8.8.8", "198.18.0.7", "[2400:3200::1]", "[64:ff9b::808:808]"]
)
def test_public_hosts_pass(host: str) -> None:
    PrivateAddressGuard("forum.example.cn:443").process_request(Request(f"http://{host}/a"))


def test_a_public_name_that_points_inside_is_refused_by_its_address() -> None:
    guard = PrivateAddressGuard("forum.example.cn:443")
    inside = Response(PUBLIC, ip_address=ip_address("192.168.1.1"))
    outside = Response(PUBLIC, ip_address=ip_address("8.8.8.8"))
    with pytest.raises(PrivateAddress):
        guard.process_response(Request(PUBLIC), inside)
    assert guard.process_response(Request(PUBLIC), outside) is outside
    through_proxy = Request(PUBLIC, meta={"proxy": "http://192.168.1.1:3128"})
    assert guard.process_response(through_proxy, inside) is inside


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "30"}, 30.0),
        (
            503,
            {
                "Retry-After": "Sun, 22 Nov 2026 02:01:00 GMT",
                "Date": "Sun, 22 Nov 2026 02:00:00 GMT",
            },
            60.0,
        ),
        (503, {"Retry-After": "Sun, 22 Nov 2026 02:01:00 GMT"}, None),
        (429, {"Retry-After": "bald"}, None),
        (429, {}, None),
        (500, {"Retry-After": "30"}, None),
    ],
)
def test_retry_after_is_read_in_both_forms(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(Response(PUBLIC, status=status, headers=headers)) == seconds
