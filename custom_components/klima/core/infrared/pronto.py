"""Pronto hex: the durations counted in periods of the modulation.

`0000 006D 0022 0002 ...`: the kind (0000 is a learned code), the period in
units of 0.241246 µs, the count of pairs that are sent once and of those that
are repeated, then the pairs of mark and space.
"""

import re
import struct

from .raw import MAX_TEXT
from .signal import MAX_DURATION, MAX_MODULATION, MIN_MODULATION, CodeError, Signal

_UNIT = 0.241246
"""µs: one tick of the clock that the first remotes with a display had."""

_WORDS = re.compile(r"(?:[0-9a-fA-F]{4}\s+){5,}[0-9a-fA-F]{4}")

LEAD_OUT = 10_000
"""µs of silence after a signal that ends with a mark: the format has pairs only."""


def parse_pronto(text: str) -> Signal:
    """Read a learned Pronto code; what it would repeat is sent once."""
    if len(text) > MAX_TEXT:
        raise CodeError("long", f"More than {MAX_TEXT} characters")
    if not _WORDS.fullmatch(text.strip()):
        raise CodeError("not_pronto", "Not words of four hexadecimal digits")
    data = bytes.fromhex(text)
    words = struct.unpack(f">{len(data) // 2}H", data)
    kind, period, once, repeated = words[:4]
    if kind != 0:
        raise CodeError("not_pronto", f"Pronto code of kind {kind:04X}, not 0000")
    low, high = _period(MAX_MODULATION), _period(MIN_MODULATION)
    if not low <= period <= high:
        raise CodeError("modulation", f"No remote control uses a period of {period}")
    expected = 4 + 2 * (once + repeated)
    if len(words) < expected:
        raise CodeError(
            "truncated", f"{len(words)} words instead of the {expected} in its header"
        )
    if len(words) > expected:
        raise CodeError("not_pronto", "More words than its header states")
    unit = period * _UNIT
    durations = [round(word * unit) for word in words[4:]]
    durations[1::2] = [-duration for duration in durations[1::2]]
    return Signal.of(durations, round(1e6 / unit))


def format_pronto(signal: Signal) -> str:
    """Write a signal as a learned Pronto code that is sent once."""
    period = _period(signal.modulation)
    unit = period * _UNIT
    timings = signal.timings
    if len(timings) % 2:
        timings = (*timings, -LEAD_OUT)
    most = min(0xFFFF, int(MAX_DURATION / unit))
    counts = [min(round(abs(timing) / unit) or 1, most) for timing in timings]
    data = struct.pack(f">{4 + len(counts)}H", 0, period, len(counts) // 2, 0, *counts)
    return data.hex(" ", 2).upper()


def _period(modulation: int) -> int:
    return round(1e6 / (modulation * _UNIT))
