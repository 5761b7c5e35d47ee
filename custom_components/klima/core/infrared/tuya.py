"""Tuya's form, as its Zigbee blasters take and give it (TS1201, ZS06, UFO-R11).

The durations as two bytes each, the least first, marks and spaces in turn;
compressed by a relative of LZ4's, written in base64. A block's first byte has
in its upper three bits zero for bytes that follow as they are (the lower five
and one tell how many), or how many are copied from what was written before:
two more than that, where seven are continued in the next byte; from how far
back, less one, are the lower five bits and the last byte.
"""

import base64
import binascii
import struct

from .raw import MAX_TEXT
from .signal import MAX_TIMINGS, CodeError, Signal

_MOST_COPIED = 264
_FARTHEST = 8192
_LONGEST = 0xFFFF


def parse_tuya(text: str) -> Signal:
    """Read a code that is written in base64."""
    if len(text) > MAX_TEXT:
        raise CodeError("long", f"More than {MAX_TEXT} characters")
    text = text.strip()
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as err:
        raise CodeError("bad_base64", f"Not base64: {err}") from err
    data = _expand(packed)
    if len(data) % 2:
        raise CodeError("truncated", "It ends with half a duration")
    durations = list(struct.unpack(f"<{len(data) // 2}H", data))
    durations[1::2] = [-duration for duration in durations[1::2]]
    return Signal.of(durations)


def format_tuya(signal: Signal) -> str:
    """Write a signal; a gap over 65,535 µs is cut to that, the format has no more."""
    return base64.b64encode(
        _pack([min(abs(timing), _LONGEST) for timing in signal.timings])
    ).decode()


def _expand(packed: bytes) -> bytes:
    """Undo the compression; raises CodeError for what nothing can have written."""
    data = bytearray()
    at, end = 0, len(packed)
    while at < end:
        head = packed[at]
        at += 1
        length = head >> 5
        if length == 0:
            length = (head & 0x1F) + 1
            if at + length > end:
                raise CodeError("truncated", "It ends within a block")
            data += packed[at : at + length]
            at += length
        else:
            if at + (2 if length == 7 else 1) > end:
                raise CodeError("truncated", "It ends within a block")
            if length == 7:
                length += packed[at]
                at += 1
            length += 2
            back = ((head & 0x1F) << 8 | packed[at]) + 1
            at += 1
            if back > len(data):
                raise CodeError("not_tuya", "It copies from before its start")
            start = len(data) - back
            if back >= length:
                data += data[start : start + length]
            else:
                piece = bytes(data[start:])
                data += (piece * (length // back + 1))[:length]
        if len(data) > 2 * MAX_TIMINGS:
            raise CodeError("long", f"More than {MAX_TIMINGS} durations")
    return bytes(data)


def _pack(words: list[int]) -> bytes:
    """Compress: whole durations only, each copied from the last such pair."""
    data = struct.pack(f"<{len(words)}H", *words)
    out = bytearray()
    seen: dict[tuple[int, int], int] = {}
    at = literal = 0
    count = len(words)
    while at + 1 < count:
        pair = (words[at], words[at + 1])
        before = seen.get(pair)
        seen[pair] = at
        if before is None or 2 * (at - before) > _FARTHEST:
            at += 1
            continue
        length = 2
        most = min(count - at, _MOST_COPIED // 2)
        while length < most and words[before + length] == words[at + length]:
            length += 1
        _put_literals(out, data[2 * literal : 2 * at])
        coded = 2 * length - 2
        back = 2 * (at - before) - 1
        if coded < 7:
            out += bytes((coded << 5 | back >> 8, back & 0xFF))
        else:
            out += bytes((0xE0 | back >> 8, coded - 7, back & 0xFF))
        at += length
        literal = at
    _put_literals(out, data[2 * literal :])
    return bytes(out)


def _put_literals(out: bytearray, data: bytes) -> None:
    for at in range(0, len(data), 32):
        piece = data[at : at + 32]
        out.append(len(piece) - 1)
        out += piece
