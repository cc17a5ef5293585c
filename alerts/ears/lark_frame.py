"""The one protobuf message that 飞书's long connection speaks, written and read by hand.

Fields (proto2): 1 SeqID, 2 LogID, 3 service, 4 method as numbers; 5 headers, each with 1 key and
2 value; 6 payload_encoding, 7 payload_type; 8 payload; 9 LogIDNew. One message of nine fields is
not worth a code generator and its runtime.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

CONTROL, DATA = 0, 1
_NUMBER, _BYTES = 0, 2  # wire types; the others do not occur
_SEQ, _LOG, _SERVICE, _METHOD, _HEADER, _ENCODING, _TYPE, _PAYLOAD, _LOG_NEW = range(1, 10)
_KEY, _VALUE = 1, 2
_MOST_BITS = 64


@dataclass(slots=True)
class Frame:
    """One frame; what the platform sent goes back with the answer."""

    method: int
    service: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    payload: bytes = b""
    seq: int = 0
    log: int = 0
    log_new: str = ""


def write(frame: Frame) -> bytes:
    """Return the frame as bytes."""
    headers = (
        _bytes(_HEADER, _bytes(_KEY, key.encode()) + _bytes(_VALUE, value.encode()))
        for key, value in frame.headers.items()
    )
    return b"".join(
        (
            _number(_SEQ, frame.seq),
            _number(_LOG, frame.log),
            _number(_SERVICE, frame.service),
            _number(_METHOD, frame.method),
            *headers,
            _bytes(_PAYLOAD, frame.payload) if frame.payload else b"",
            _bytes(_LOG_NEW, frame.log_new.encode()) if frame.log_new else b"",
        )
    )


def read(content: bytes) -> Frame:
    """Return the frame that these bytes are; raises ValueError for anything else."""
    frame = Frame(method=CONTROL)
    for number, value in _fields(content):
        if isinstance(value, int):
            _take_number(frame, number, value)
        elif number == _HEADER:
            pair = {key: one for key, one in _fields(value) if isinstance(one, bytes)}
            frame.headers[_text(pair, _KEY)] = _text(pair, _VALUE)
        elif number == _PAYLOAD:
            frame.payload = value
        elif number == _LOG_NEW:
            frame.log_new = value.decode("utf-8", "replace")
    return frame


def _take_number(frame: Frame, number: int, value: int) -> None:
    name = {_SEQ: "seq", _LOG: "log", _SERVICE: "service", _METHOD: "method"}.get(number)
    if name is not None:
        setattr(frame, name, value)


def _text(pair: dict[int, bytes], number: int) -> str:
    return pair.get(number, b"").decode("utf-8", "replace")


def _fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    place = 0
    while place < len(content):
        tag, place = _varint(content, place)
        number, kind = tag >> 3, tag & 7
        value, place = _varint(content, place)
        if kind == _NUMBER:
            yield number, value
        elif kind == _BYTES and place + value <= len(content):
            yield number, content[place : place + value]
            place += value
        else:
            raise ValueError("not a frame")


def _varint(content: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(content) and shift < _MOST_BITS:
        byte = content[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            return value, place
    raise ValueError("not a number")


def _number(field_number: int, value: int) -> bytes:
    return _encoded(field_number << 3 | _NUMBER) + _encoded(value)


def _bytes(field_number: int, value: bytes) -> bytes:
    return _encoded(field_number << 3 | _BYTES) + _encoded(len(value)) + value


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
