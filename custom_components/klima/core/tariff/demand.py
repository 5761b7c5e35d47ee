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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
import math
from typing import Any, NamedTuple

from .calendar import Period
from .faults import Fault
from .peaks import DIGITS, MOST_MONTHS, Peak

MOST_PEAKS = 31
"""Peaks that a mean may be of: one a day."""


class DemandPer(StrEnum):
    """What a demand charge is for: a billing period, a calendar month, or a year of twelve."""

    CYCLE = "cycle"
    MONTH = "month"
    YEAR = "year"


class DemandStep(NamedTuple):
    """An amount, and the kW below which it is paid (None: without end)."""

    amount: float
    up_to: float | None = None


type Counting = tuple[
    bool, int, int, bool, frozenset[Period], frozenset[tuple[Period, float]]
]
"""How peaks are counted: those of demand charges for which it is the same are the same."""


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
            kw = round(kw, DIGITS)
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
