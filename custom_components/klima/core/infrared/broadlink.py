"""Broadlink packets: what its devices send and learn.

A byte 0x26 for infrared, a byte of repeats, the length as two bytes, the least
first, and the durations in ticks of 8192/269 µs: one byte each, or a zero and
two bytes, the most first. (Old libraries count 32.84 µs to the tick, which is
7 % too long.) What follows the length is padding.
"""

import base64
import binascii

from .raw import MAX_TEXT
from .signal import MAX_TIMINGS, CodeError, Signal

_INFRARED = 0x26
_RADIO = (0xB2, 0xD7)

_MICROSECONDS = tuple(round(tick * 8192 / 269) for tick in range(256))
"""The durations of one byte: made once, and shared by all signals."""


def parse_broadlink(text: str) -> Signal:
    """Read a packet that is written in base64."""
    if len(text) > MAX_TEXT:
        raise CodeError("long", f"More than {MAX_TEXT} characters")
    text = text.removeprefix("b64:")
    text = text.strip()
    try:
        # Some files have lost the padding on their way.
        packet = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as err:
        raise CodeError("bad_base64", f"Not base64: {err}") from err
    return decode_packet(packet)


def parse_broadlink_hex(text: str) -> Signal:
    """Read a packet that is written in hexadecimal digits."""
    if len(text) > MAX_TEXT:
        raise CodeError("long", f"More than {MAX_TEXT} characters")
    try:
        packet = bytes.fromhex(text)
    except ValueError as err:
        raise CodeError("bad_hex", f"Not hexadecimal: {err}") from err
    return decode_packet(packet)


def decode_packet(packet: bytes) -> Signal:
    """Read a packet; its repeats become part of the signal."""
    if len(packet) < 4:
        raise CodeError("empty" if not packet else "truncated", "Incomplete packet")
    if packet[0] in _RADIO:
        raise CodeError("radio", "A radio code, not an infrared one")
    if packet[0] != _INFRARED:
        raise CodeError(
            "not_broadlink", f"Starts with {packet[0]:#04x}, not with 0x26 (infrared)"
        )
    length = packet[2] | packet[3] << 8
    if length == 0:
        raise CodeError("empty", "A packet without a pulse")
    if len(packet) < 4 + length:
        raise CodeError(
            "truncated",
            f"{len(packet) - 4} bytes instead of the {length} in its header",
        )
    durations: list[int] = []
    at, end = 4, 4 + length
    # Most are one byte each: look no further than needed for them.
    while at < end:
        tick = packet[at]
        at += 1
        if tick:
            durations.append(_MICROSECONDS[tick])
        elif at + 2 > end:
            # Some learned packets end within a long gap: it says nothing.
            break
        else:
            tick = packet[at] << 8 | packet[at + 1]
            durations.append(round(tick * 8192 / 269))
            at += 2
    durations[1::2] = [-duration for duration in durations[1::2]]
    repeats = packet[1] + 1
    if repeats * len(durations) > MAX_TIMINGS:
        raise CodeError("long", f"{repeats} times {len(durations)} durations")
    if repeats > 1 and len(durations) % 2:
        raise CodeError("not_broadlink", "It repeats, but has no pause at its end")
    return Signal.of(durations * repeats)


def encode_packet(signal: Signal) -> bytes:
    """Write a signal as a packet that is sent once."""
    payload = bytearray()
    for timing in signal.timings:
        # Round to the nearest tick; nothing shorter than one can be told.
        tick = (abs(timing) * 538 + 8192) // 16384 or 1
        if tick < 256:
            payload.append(tick)
        else:
            payload += bytes((0, tick >> 8 & 0xFF, tick & 0xFF))
    return bytes((_INFRARED, 0, len(payload) & 0xFF, len(payload) >> 8)) + bytes(
        payload
    )


def format_broadlink(signal: Signal) -> str:
    """Write a signal as a packet in base64."""
    return base64.b64encode(encode_packet(signal)).decode()
