"""Tasmota's raw forms: a list of durations, and its compact one with letters.

`IRsend` takes a frequency in Hz (0 for 38 kHz) and the durations, marks and
spaces in turn. In the compact form each of the first 26 different durations is
written once, and then by its letter: `0,+9000-4500+560-560C-1690...`; a capital
is a mark, a small one a space.
"""

import re

from .raw import MAX_TEXT, from_durations
from .signal import DEFAULT_MODULATION, CodeError, Signal

_TOKENS = re.compile(r"[+-]\d{1,7}|[A-Za-z]")
_LETTERS = 26
_LONGEST = 0xFFFF


def parse_tasmota(text: str) -> Signal:
    """Read a compact or a plain code, with its frequency before it or not."""
    if len(text) > MAX_TEXT:
        raise CodeError("long", f"More than {MAX_TEXT} characters")
    text = text.strip()
    frequency = DEFAULT_MODULATION
    head, comma, rest = text.partition(",")
    if "+" not in text:
        return _parse_plain(text)
    if comma:
        if not re.fullmatch(r"\d{1,6}", head):
            raise CodeError("not_tasmota", f"Not a frequency: {head[:12]!r}")
        frequency, text = _hertz(int(head)), rest
    words = _TOKENS.findall(text)
    if sum(map(len, words)) != len(text):
        raise CodeError("not_tasmota", "Not durations and letters only")
    letters: dict[str, int] = {}
    durations: list[int] = []
    for word in words:
        duration = letters.get(word)
        if duration is None:
            try:
                duration = int(word)
            except ValueError as err:
                raise CodeError(
                    "not_tasmota", f"Letter {word} is used before it is defined"
                ) from err
            if duration and len(letters) < 2 * _LETTERS:
                letter = chr(ord("A") + len(letters) // 2)
                letters[letter] = abs(duration)
                letters[letter.lower()] = -abs(duration)
        durations.append(duration)
    return Signal.of(durations, frequency)


def format_tasmota(signal: Signal) -> str:
    """Write a signal in the compact form; a duration has at most 65,535 µs."""
    letters: dict[int, str] = {}
    parts: list[str] = [f"{signal.modulation},"]
    for timing in signal.timings:
        magnitude = min(abs(timing), _LONGEST)
        letter = letters.get(magnitude)
        if letter is not None:
            parts.append(letter if timing > 0 else letter.lower())
            continue
        parts.append(f"{'+' if timing > 0 else '-'}{magnitude}")
        if len(letters) < _LETTERS:
            letters[magnitude] = chr(ord("A") + len(letters))
    return "".join(parts)


def _parse_plain(text: str) -> Signal:
    """Read `frequency,duration,duration,...`."""
    parts = text.split(",")
    if not all(re.fullmatch(r"[ \t\r\n]*[0-9]{1,7}[ \t\r\n]*", part) for part in parts):
        raise CodeError("not_tasmota", "Not a list of durations")
    numbers = [int(part) for part in parts]
    if len(numbers) < 2:
        raise CodeError("empty", "It contains no pulse")
    return Signal.of(from_durations(numbers[1:]).timings, _hertz(numbers[0]))


def _hertz(frequency: int) -> int:
    """Return a frequency in Hz: Tasmota takes kHz as well, and 0 for the usual one."""
    if frequency == 0:
        return DEFAULT_MODULATION
    return frequency * 1000 if frequency < 1000 else frequency
