"""Telling one heard frame from another: long and short, not microseconds.

A receiver stretches marks and shortens spaces, and no two presses have the same
durations. What stays is which durations are long and which are short. Where the
borders between them are is found in the frames themselves, for marks and spaces
apart; a frame is then a word of few letters, and looked up as such.
"""

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from .signal import Signal

GAP = 6_000
"""µs: a longer space parts a press into frames. Some receivers end a capture there."""

_PARTED = 1.25
"""The ratio between neighbouring durations that are of two kinds."""

_NEAR = 0.25
_NEAR_ENOUGH = 225
"""Durations are the same within a quarter, or so many µs: what a receiver does to them."""

PAUSE = 30_000
"""µs that stand for the pause at which a receiver cut a press."""

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


def alike(one: Signal, other: Signal) -> bool:
    """Return whether two signals say the same, but for what a receiver does to them.

    How long the pauses are says nothing, nor how often a frame is repeated.
    """
    return one == other or _same(_frames(one), _frames(other))


def blended(signals: Sequence[Signal]) -> Signal:
    """Return the mean of signals that are alike: nearer to what was sent than each."""
    first = signals[0]
    same = [s.timings for s in signals if len(s.timings) == len(first.timings)]
    return Signal(
        tuple(round(sum(some) / len(some)) for some in zip(*same, strict=True)),
        first.modulation,
    )


def join(parts: Sequence[Signal]) -> Signal:
    """Put the parts of a press together, a pause where the receiver cut it."""
    timings: list[int] = []
    for part in parts:
        if timings:
            if timings[-1] > 0:
                timings.append(-PAUSE)
            else:
                timings[-1] = min(timings[-1], -PAUSE)
        timings.extend(part.timings)
    return Signal.of(timings, parts[-1].modulation)


type _Frame = tuple[int, ...]


def _frames(signal: Signal) -> list[_Frame]:
    """Return a signal's frames without the pauses; repeated ones count once."""
    frames: list[_Frame] = []
    start = 0
    for index, timing in enumerate((*signal.timings, -GAP)):
        if timing > -GAP:
            continue
        frame = signal.timings[start:index]
        # The space after the last mark says nothing, however short it is.
        frame = frame if len(frame) % 2 else frame[:-1]
        if frame and not (frames and _near(frames[-1], frame)):
            frames.append(frame)
        start = index + 1
    return frames


def _same(one: list[_Frame], other: list[_Frame]) -> bool:
    return len(one) == len(other) and all(map(_near, one, other))


def _near(one: _Frame, other: _Frame) -> bool:
    return len(one) == len(other) and all(
        abs(a - b) <= max(_NEAR * max(abs(a), abs(b)), _NEAR_ENOUGH)
        for a, b in zip(one, other, strict=True)
    )
