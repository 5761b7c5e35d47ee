"""Amounts of energy: how much was used, when, what for, and how it is known.

Times are epoch seconds (UTC), energy is in kWh.
"""

from enum import StrEnum
from typing import NamedTuple

JOULES_PER_KWH = 3.6e6

JOINED_WITHIN = 900.0
"""s, a quarter of an hour, within which amounts that follow each other are one."""

type Span = tuple[float, float]
"""A time in epoch s, from and to."""


class Source(StrEnum):
    """Where an amount of energy was read, best first."""

    COUNTER = "counter"
    POWER = "power"
    ESTIMATE = "estimate"


class Delta(NamedTuple):
    """An amount of energy used between two times, and what for."""

    start: float
    end: float
    kwh: float
    source: Source
    heating_kwh: float = 0.0
    cooling_kwh: float = 0.0

    def part(self, start: float, end: float, share: float) -> Delta:
        """Return a share of it, as used between two times."""
        return Delta(
            start,
            end,
            self.kwh * share,
            self.source,
            self.heating_kwh * share,
            self.cooling_kwh * share,
        )

    def joined(self, after: Delta) -> Delta | None:
        """Return this amount and the one right after it as one; None if they are two.

        They stay two where a quarter of an hour ends in them: so far apart, use
        is told apart.
        """
        if (
            self.end != after.start
            or self.source is not after.source
            or after.end > (self.start // JOINED_WITHIN + 1) * JOINED_WITHIN
        ):
            return None
        return Delta(
            self.start,
            after.end,
            self.kwh + after.kwh,
            self.source,
            self.heating_kwh + after.heating_kwh,
            self.cooling_kwh + after.cooling_kwh,
        )
