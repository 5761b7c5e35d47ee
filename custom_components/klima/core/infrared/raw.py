"""Raw durations as text: ESPHome's and LOOKin's lists, signed or in turn."""

from collections.abc import Sequence
import re

from .signal import DEFAULT_MODULATION, CodeError, Signal

MAX_TEXT = 100_000
"""Characters; a text that is longer holds no code, whatever it holds."""

_STRANGE = re.compile(r"[^0-9\s,;+-]")
_BLANKS = str.maketrans(",;", "  ")
_AROUND = " \t\r\n,;[]`\"'"
"""What stands around the numbers; some files have a slip of the keyboard there."""


def parse_raw(text: str) -> Signal:
    """Read durations in µs, separated by commas or blanks, in brackets or not.

    All positive, they are marks and spaces in turn; otherwise a mark is positive.
    """
    if len(text) > MAX_TEXT:
        raise CodeError("long", f"More than {MAX_TEXT} characters")
    if "[" in text and "]" not in text:
        raise CodeError("truncated", "It ends within its brackets")
    text = text.strip(_AROUND)
    if strange := _STRANGE.search(text):
        at = strange.start()
        raise CodeError("not_raw", f"Not a duration: {text[at : at + 12]!r}")
    try:
        durations = list(map(int, text.translate(_BLANKS).split()))
    except ValueError as err:
        raise CodeError("not_raw", f"Not a duration: {str(err)[:80]}") from err
    return from_durations(durations)


def from_durations(
    durations: Sequence[int], modulation: int | None = DEFAULT_MODULATION
) -> Signal:
    """Make a signal of numbers that are signed, or in turn where all are positive."""
    if len(durations) > 1 and min(durations) >= 0:
        durations = list(durations)
        durations[1::2] = [-duration for duration in durations[1::2]]
    return Signal.of(durations, modulation)


def format_raw(signal: Signal) -> str:
    """Write a signal as a list of signed durations in µs."""
    return f"[{', '.join(map(str, signal.timings))}]"
