"""A signal: durations in µs with a modulation, as infrared entities send and hear it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

DEFAULT_MODULATION = 38_000
"""Hz; what nearly every handset uses, and what is meant where none is told."""

MIN_MODULATION = 10_000
MAX_MODULATION = 500_000

MAX_TIMINGS = 6000
"""More than any handset sends in a press: the longest known, repeats baked in, has 2,400."""

MAX_DURATION = 1_995_772
"""µs: 65,535 ticks, the most that a Broadlink packet can hold; a longer pause stands between two signals."""


class CodeError(ValueError):
    """A code is not what it should be.

    `reason` is a stable word for it, the message says it in plain English.
    """

    def __init__(self, reason: str, message: str) -> None:
        """Keep the reason beside the message."""
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Signal:
    """Durations in µs, a mark first and then in turn, and the modulation in Hz."""

    timings: tuple[int, ...]
    modulation: int = DEFAULT_MODULATION

    @classmethod
    def of(
        cls, durations: Iterable[int], modulation: int | None = DEFAULT_MODULATION
    ) -> Self:
        """Make a signal of signed durations, as they are found in the wild.

        Neighbours of the same sign are one duration, zeros are none, and what is
        silent before the first mark is no part of the signal. Raises CodeError
        where nothing, too much, or an impossible modulation is left.
        """
        if not modulation:
            modulation = DEFAULT_MODULATION
        if not MIN_MODULATION <= modulation <= MAX_MODULATION:
            raise CodeError(
                "modulation", f"No remote control uses a carrier of {modulation} Hz"
            )
        timings = tuple(durations)
        if not _is_in_turn(timings):
            timings = _put_in_turn(timings)
        if not timings:
            raise CodeError("empty", "It contains no pulse")
        if len(timings) > MAX_TIMINGS:
            raise CodeError("long", f"More than {MAX_TIMINGS} durations")
        if max(timings) > MAX_DURATION or min(timings) < -MAX_DURATION:
            raise CodeError("duration", f"A duration over {MAX_DURATION} µs")
        return cls(timings, modulation)

    @property
    def duration(self) -> int:
        """How long it takes to send, in µs."""
        return sum(map(abs, self.timings))


def _is_in_turn(durations: tuple[int, ...]) -> bool:
    """Return whether marks and spaces take turns, as they nearly always do."""
    return (
        bool(durations)
        and min(durations[::2]) > 0
        and max(durations[1::2], default=-1) < 0
    )


def _put_in_turn(durations: tuple[int, ...]) -> tuple[int, ...]:
    timings: list[int] = []
    for duration in durations:
        if duration == 0:
            continue
        if timings and (duration > 0) == (timings[-1] > 0):
            timings[-1] += duration
        elif duration > 0 or timings:
            timings.append(duration)
    return tuple(timings)
