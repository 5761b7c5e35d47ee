"""The highest powers of a time, and what is remembered of those of months.

Power is in kW, times are epoch seconds (UTC), a month is known by its number: twelve
times the year, and the month from 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

MOST_MONTHS = 12
"""Months that a mean may be of."""

DIGITS = 6
"""Digits of a kW that decide on a step: a sum of readings is no rounder than that."""


class Peak(NamedTuple):
    """A high mean power: when it began, the home's and the unit's (None: not known)."""

    at: int
    kw: float
    own: float | None


type Past = Callable[[int], tuple[Peak, ...]]
"""The peaks of a month, as far as they are remembered."""


def month_of(day: date) -> int:
    """Return the number of the month of a day."""
    return day.year * 12 + day.month - 1


def no_past(_month: int) -> tuple[Peak, ...]:
    """Remember nothing."""
    return ()


@dataclass(slots=True)
class Highest:
    """The highest peaks so far, of readings that come one after the other.

    `top` has of each its kWh, the unit's, when it began and the day; `lowest` is what
    another must be above to be one of them.
    """

    count: int
    one_a_day: bool
    at: int = -1
    kwh: float = 0.0
    own: float = 0.0
    lowest: float = 0.0
    top: tuple[tuple[float, float, int, int], ...] = ()

    def add(self, at: int, day: int, kwh: float, own: float) -> None:
        """Add what was drawn in an interval, of which there may be more to come."""
        if at != self.at:
            self.at, self.kwh, self.own = at, 0.0, 0.0
        self.kwh += kwh
        self.own += own
        if self.kwh > self.lowest:
            self._take((self.kwh, self.own, at, day))

    def _take(self, new: tuple[float, float, int, int]) -> None:
        top = list(self.top)
        for index, had in enumerate(top):
            if had[2] == new[2] or (self.one_a_day and had[3] == new[3]):
                if had[2] != new[2] and new[0] <= had[0]:
                    return
                top[index] = new
                break
        else:
            if len(top) == self.count:
                # The last of equal ones makes room.
                top.remove(min(top, key=lambda had: (had[0], -had[2])))
            top.append(new)
        self.top = tuple(top)
        if len(top) == self.count:
            self.lowest = min(top)[0]

    def copy(self) -> Highest:
        """Return a copy."""
        return Highest(
            self.count,
            self.one_a_day,
            self.at,
            self.kwh,
            self.own,
            self.lowest,
            self.top,
        )

    def found(self, minutes: int) -> tuple[Peak, ...]:
        """Return the peaks, of so many minutes each, in the order of time."""
        hours = minutes / 60
        return tuple(
            Peak(at, kwh / hours, own / hours)
            for kwh, own, at, _ in sorted(self.top, key=lambda had: had[2])
        )


class PastPeaks:
    """The peaks of the last months, of the systems on a plan.

    A system's are the home's, with its own part of each; of a month that it does not
    know, another system's say what the home's were.
    """

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._of: dict[str, dict[int, tuple[Peak, ...]]] = {}
        self._told: dict[str, dict[str, list[list[float | None]]]] = {}
        self._told_of = self._of

    def of(self, system_id: str, month: int) -> tuple[Peak, ...]:
        """Return the peaks of a month."""
        if found := self._of.get(system_id, {}).get(month):
            return found
        for months in self._of.values():
            if found := months.get(month):
                return tuple(Peak(peak.at, peak.kw, None) for peak in found)
        return ()

    def take(self, system_id: str, months: Mapping[int, tuple[Peak, ...]]) -> None:
        """Remember the peaks of a system's months."""
        had = self._of.get(system_id, {})
        if any(had.get(month) != peaks for month, peaks in months.items()):
            # Not within: it is read by another thread.
            self._of = {**self._of, system_id: {**had, **months}}

    def forget(self, start: date) -> None:
        """Forget what no bill that begins with a day, or later, is a mean of."""
        oldest = month_of(start) - MOST_MONTHS
        kept = {
            system: {month: peaks for month, peaks in months.items() if month > oldest}
            for system, months in self._of.items()
        }
        self._of = {system: months for system, months in kept.items() if months}

    def as_dict(self) -> dict[str, dict[str, list[list[float | None]]]]:
        """Return what must survive a restart: asked each minute, and seldom another."""
        if self._told_of is not self._of:
            self._told_of = self._of
            self._told = {
                system: {
                    str(month): [
                        [
                            at,
                            round(kw, DIGITS),
                            None if own is None else round(own, DIGITS),
                        ]
                        for at, kw, own in peaks
                    ]
                    for month, peaks in months.items()
                }
                for system, months in self._of.items()
            }
        return self._told

    def restore(self, data: Any) -> None:
        """Take up what was kept; what is none is left out."""
        try:
            self._of = _peaks_of(data or {})
        except AttributeError, TypeError, ValueError:
            self._of = {}


def _peaks_of(data: Mapping[str, Any]) -> dict[str, dict[int, tuple[Peak, ...]]]:
    return {
        str(system): {
            int(month): tuple(
                Peak(int(at), float(kw), None if own is None else float(own))
                for at, kw, own in peaks
            )
            for month, peaks in months.items()
        }
        for system, months in data.items()
    }
