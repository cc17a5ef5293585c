"""The one protobuf message that is written and read by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.ears.lark_frame import CONTROL, DATA, Frame, read, write


@given(
    st.builds(
        Frame,
        method=st.sampled_from([CONTROL, DATA]),
        service=st.integers(0, 2**31 - 1),
        headers=st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=5),
        payload=st.binary(max_size=300),
        seq=st.integers(0, 2**64 - 1),
        log=st.integers(0, 2**64 - 1),
        log_new=st.text(max_size=20),
    )
)
def test_what_is_written_is_read_again(frame: Frame) -> None:
    assert read(write(frame)) == frame


def test_the_bytes_are_those_of_the_documented_message() -> None:
    """By the proto2 definition: fields 1 to 4 numbers, 5 headers, 8 payload."""
    ping = Frame(CONTROL, 33, {"type": "ping"})
    assert write(ping) == bytes.fromhex("0800100018212000") + (
        b"\x2a\x0c" + b"\x0a\x04type" + b"\x12\x04ping"
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_a_value_error(content: bytes) -> None:
    try:
        read(content)
    except ValueError:
        return


@pytest.mark.parametrize("content", [b"\x08", b"\x42\x05ab", b"\xff" * 12, b"\x0d\x01\x02\x03\x04"])
def test_a_broken_frame_is_named_as_one(content: bytes) -> None:
    with pytest.raises(ValueError, match="not a"):
        read(content)
