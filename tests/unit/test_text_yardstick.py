"""A brand that others are measured by is not what a text is about."""

from __future__ import annotations

import pytest

from monitor.text.yardstick import is_yardstick

NAME = "清河医院"


def measures(text: str) -> bool:
    start = text.index(NAME)
    return is_yardstick(text, start, start + len(NAME))


@pytest.mark.parametrize(
    "text",
    [
        "新开的诊所自称设备堪比清河医院",
        "这家体检中心对标清河医院,价格翻倍",
        "小诊所广告说要与清河医院平起平坐",
        "网红门诊吹牛和「清河医院」齐名",
    ],
)
def test_whoever_is_measured_by_it_is_the_subject(text: str) -> None:
    assert measures(text)


@pytest.mark.parametrize(
    "text",
    [
        "和清河医院一样黑心的没几家",
        "清河医院要与名院看齐",
        "跟清河医院打官司三年",
        "清河医院对标名院,先把误诊的事说清楚",
        "比清河医院便宜",
    ],
)
def test_whoever_is_named_otherwise_is_spoken_of(text: str) -> None:
    assert not measures(text)
