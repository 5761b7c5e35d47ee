"""Demand charges: what a home pays for its highest power, and a unit's part of it.

Power is in kW, times are epoch seconds (UTC), a month is known by its number: twelve
times the year, and the month from 0. Where rules of countries were seen, on 29
November 2026:

- Norway: an amount a month by the step that the mean of the three highest hours of
  the calendar month, each of another day, falls in; a step begins with its lower end
  (elvia.no/nettleie/alt-om-nettleiepriser/priser-ny-nettleiemodell,
  glitrenett.no/kunde/nettleie-og-priser/nettleiepriser-privatkunde, and griug.no's
  prices of 2024, which say that 5.00 kW is in the step from 5 to 9.99). Of 205
  tariffs in github.com/kraftsystemet/fri-nettleie, 192 are so.
- Sweden: a price per kW and month for the mean of the highest hours of the month. Each
  grid company has its own: the three highest of weekdays from 7 to 19, dearer from
  November to March (seom.se/elnat/villkor/effektavgift); one hour (partilleenergi.se/
  effektavgiften); hours from 22 to 6 counted half at Ellevio, here by its customers'
  word (github.com/perosb/power_max_tracker/issues/9).
- Flanders: a price per kW and year, for the mean of the highest quarters of an hour of
  the last twelve months, this one with them, of 2.5 kW at least. It is worked out anew
  each month, and at first of the months that there are
  (mijnenergie.be/blog/waarom-het-piekverbruik-van-januari-2023-het-zwaarste-zal-doorwegen;
  fluvius.be/nl/veelgestelde-vragen/capaciteitstarief-gezinnen-kleine-ondernemingen).
  The highest amount that there is for homes that use little is not reckoned.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
import math
from typing import Any, NamedTuple

from .calendar import Period
from .faults import Fault

MOST_PEAKS = 31
"""Peaks that a mean may be of: one a day."""

MOST_MONTHS = 12
"""Months that a mean may be of."""

_DIGITS = 6
"""Digits of a kW that decide on a step: a sum of readings is no rounder than that."""


class DemandPer(StrEnum):
    """What a demand charge is for: a billing period, a calendar month, or a year of twelve."""

    CYCLE = "cycle"
    MONTH = "month"
    YEAR = "year"


class DemandStep(NamedTuple):
    """An amount, and the kW below which it is paid (None: without end)."""

    amount: float
    up_to: float | None = None


class Peak(NamedTuple):
    """A high mean power: when it began, the home's and the unit's (None: not known)."""

    at: int
    kw: float
    own: float | None


type Past = Callable[[int], tuple[Peak, ...]]
"""The peaks of a month, as far as they are remembered."""


type Counting = tuple[
    bool, int, int, bool, frozenset[Period], frozenset[tuple[Period, float]]
]
"""How peaks are counted: those of demand charges for which it is the same are the same."""


def month_of(day: date) -> int:
    """Return the number of the month of a day."""
    return day.year * 12 + day.month - 1


def no_past(_month: int) -> tuple[Peak, ...]:
    """Remember nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class Demand:
    """A price for the highest mean power in kW over some minutes.

    Of a billing period, or `per` month or year: then of each calendar month. It is the
    mean of the highest `peaks`, or of as many as there are, each of another day if they
    are `one_a_day`. With `periods`, only what is drawn in those counts, and what is drawn
    in one of `weights` that many times. `least` is what it counts for at least. With
    `months`, it is the mean of that many months, this one the last; those that are not
    known are `usual`, or left out. `steps` are amounts that are paid by it, beside the
    price.
    """

    price: float
    minutes: int = 60
    periods: frozenset[Period] = frozenset()
    per: DemandPer = DemandPer.CYCLE
    steps: tuple[DemandStep, ...] = ()
    peaks: int = 1
    one_a_day: bool = False
    weights: Mapping[Period, float] = field(default_factory=dict)
    least: float = 0.0
    months: int = 1
    usual: float | None = None

    @property
    def by_month(self) -> bool:
        """Whether its peaks are those of calendar months."""
        return self.per is not DemandPer.CYCLE

    @property
    def counting(self) -> Counting:
        """How its peaks are counted, whatever is paid for them."""
        return (
            self.by_month,
            self.minutes,
            self.peaks,
            self.one_a_day,
            self.periods,
            frozenset(self.weights.items()),
        )

    def weight(self, period: Period) -> float:
        """Return how many times what is drawn in a period counts."""
        if self.periods and period not in self.periods:
            return 0.0
        return self.weights.get(period, 1.0)

    def charge(self, kw: float) -> float:
        """Return what is paid for a power, for a billing period or a month."""
        amount = self.price * kw
        if self.steps:
            kw = round(kw, _DIGITS)
            # A step begins with its lower end.
            amount += next(
                step.amount
                for step in self.steps
                if step.up_to is None or kw < step.up_to
            )
        return amount / 12 if self.per is DemandPer.YEAR else amount

    def basis(self, peaks: Iterable[tuple[Peak, ...]]) -> tuple[float, float]:
        """Return the kW that is paid for, and the unit's share, by the peaks of months.

        The share is that of the months of which the unit's part is known. An empty
        month is one that is not known.
        """
        counted: list[float] = []
        own = known = 0.0
        for month in peaks:
            if month:
                kw = math.fsum(peak.kw for peak in month) / len(month)
                counted.append(max(kw, self.least))
                if whole := math.fsum(p.kw for p in month if p.own is not None):
                    part = math.fsum(peak.own or 0.0 for peak in month)
                    own += counted[-1] * part / whole
                    known += counted[-1]
            elif self.usual is not None:
                counted.append(max(self.usual, self.least))
        mean = math.fsum(counted) / len(counted) if counted else 0.0
        return mean, own / known if known else 0.0


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
        """Return what must survive a restart."""
        return {
            system: {
                str(month): [
                    [
                        at,
                        round(kw, _DIGITS),
                        None if own is None else round(own, _DIGITS),
                    ]
                    for at, kw, own in peaks
                ]
                for month, peaks in months.items()
            }
            for system, months in self._of.items()
        }

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


def demand_from(data: Mapping[str, Any] | None) -> Demand | None:
    """Return the demand charge of what a version's data says."""
    if data is None:
        return None
    usual = data.get("usual")
    return Demand(
        float(data["price"]) if not data.get("steps") else float(data.get("price", 0)),
        int(data.get("minutes", 60)),
        frozenset(Period(name) for name in data.get("periods", ())),
        DemandPer(data.get("per", DemandPer.CYCLE)),
        tuple(
            DemandStep(
                float(row["amount"]),
                None if row.get("up_to") is None else float(row["up_to"]),
            )
            for row in data.get("steps", ())
        ),
        int(data.get("peaks", 1)),
        bool(data.get("one_a_day")),
        {
            Period(row["period"]): float(row["factor"])
            for row in data.get("weights", ())
        },
        float(data.get("least", 0)),
        int(data.get("months", 1)),
        None if usual is None else float(usual),
    )


def demand_faults(demand: Demand) -> Iterable[Fault]:
    """Yield what no demand charge has."""
    if demand.minutes not in (15, 30, 60):
        yield Fault("demand", "demand_minutes")
    ends = [step.up_to for step in demand.steps]
    if ends:
        last = ends.pop()
        rising = [0.0, *(math.nan if end is None else end for end in ends)]
        if last is not None or not all(a < b for a, b in pairwise(rising)):
            yield Fault("demand", "demand_steps")
    if not 1 <= demand.peaks <= MOST_PEAKS:
        yield Fault("demand", "demand_peaks")
    if not 1 <= demand.months <= MOST_MONTHS or (
        demand.months > 1 and not demand.by_month
    ):
        yield Fault("demand", "demand_months")
    if min([demand.least, demand.usual or 0.0, *demand.weights.values()]) < 0:
        yield Fault("demand", "demand_below_zero")


def demand_figures(demand: Demand) -> list[float]:
    """Return its figures, which must be finite."""
    return [
        demand.price,
        demand.least,
        demand.usual or 0.0,
        *demand.weights.values(),
        *(step.amount for step in demand.steps),
        *(step.up_to or 0.0 for step in demand.steps),
    ]
