"""Telling one heard frame from another: long and short, not microseconds.

A receiver stretches marks and shortens spaces, and no two presses have the same
durations. What stays is which durations are long and which are short. Where the
borders between them are is found in the frames themselves, for marks and spaces
apart; a frame is then a word of few letters, and looked up as such.
"""

from bisect import bisect
from collections.abc import Iterable
from itertools import groupby, pairwise

from .signal import Signal

GAP = 6_000
"""µs: a longer space parts a press into frames. Some receivers end a capture there."""

_PARTED = 1.25
"""The ratio between neighbouring durations that are of two kinds."""

type Word = tuple[bytes, ...]


class Alphabet:
    """The borders between short and long, learned from a set of signals."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        """Find the borders."""
        marks: set[int] = set()
        spaces: set[int] = set()
        for signal in signals:
            marks.update(signal.timings[::2])
            spaces.update(signal.timings[1::2])
        self._marks = _borders(marks)
        self._spaces = _borders(-space for space in spaces if -space < GAP)

    def word(self, signal: Signal) -> Word:
        """Return a signal as its frames, each of letters; a repeated frame counts once."""
        marks, spaces = self._marks, self._spaces
        frames: list[bytes] = []
        letters = bytearray()
        for index, timing in enumerate(signal.timings):
            if index % 2 == 0:
                letters.append(bisect(marks, timing))
            elif -timing < GAP:
                letters.append(bisect(spaces, -timing))
            else:
                frames.append(bytes(letters))
                letters.clear()
        if letters:
            # The space after the last mark says nothing, however short it is.
            if len(signal.timings) % 2 == 0:
                letters.pop()
            frames.append(bytes(letters))
        return tuple(frame for frame, _ in groupby(frames))


def _borders(durations: Iterable[int]) -> list[int]:
    """Return the geometric middles of the wide gaps between sorted durations."""
    ordered = sorted(set(durations))
    return [
        round((low * high) ** 0.5)
        for low, high in pairwise(ordered)
        if high >= low * _PARTED
    ]
