"""What demand charges cost in a billing period, by the peaks that were found in it."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from . import BillingPeriod, Day, Tariff
from .demand import Demand, Highest, Past, Peak
from .version import Version


@dataclass(frozen=True, slots=True)
class DemandCharge:
    """What a demand charge is of: the kW that the home pays for, the unit's share, its cost.

    They are the mean of `months`. `peaks` are those of the time that it is for.
    """

    kw: float
    share: float
    cost: float
    months: int
    peaks: tuple[Peak, ...]

    def as_dict(self, zone: tzinfo) -> dict[str, object]:
        """Return it as a user reads it."""
        return {
            "kw": round(self.kw, 3),
            "share": round(self.share, 3),
            "cost": round(self.cost, 2),
            "months": self.months,
            "peaks": [
                {
                    "start": datetime.fromtimestamp(peak.at, zone).isoformat(),
                    "kw": round(peak.kw, 3),
                    "own_kw": None if peak.own is None else round(peak.own, 3),
                }
                for peak in self.peaks
            ],
        }


class Slot(NamedTuple):
    """Days with one demand charge: of a version, and of a month if it is by that.

    `part` is which part of that month, or of the billing period, they are.
    """

    version: int
    month: int | None
    part: float


def slots_of(
    period: BillingPeriod,
    days: tuple[Day, ...],
    versions: list[Version],
    version_of: list[int],
) -> tuple[tuple[Slot, ...], tuple[int, ...]]:
    """Return the days of each demand charge, and which of these each day is of."""
    keys: list[tuple[int, int | None]] = []
    for day, number in zip(days, version_of, strict=True):
        demand = versions[number].demand
        by_month = demand is not None and demand.by_month
        keys.append((number, _month_of(day.date) if by_month else None))
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    slots = []
    for number, month in places:
        whole = period.days
        if month is not None:
            whole = monthrange(month // 12, month % 12 + 1)[1]
        slots.append(Slot(number, month, keys.count((number, month)) / whole))
    return tuple(slots), tuple(places[key] for key in keys)


def _month_of(day: date) -> int:
    """Return the number of the month of a day."""
    return day.year * 12 + day.month - 1


class DemandBill:
    """Tells the peaks of a billing period's demand charges, and what they cost.

    `first` is the place of the version that the period begins with, `past` has the peaks
    of the months before. What is asked takes the peaks that were found in the days of
    each slot, and `since` when (epoch s) those are of, as far as the period is known.
    """

    def __init__(
        self,
        tariff: Tariff,
        slots: tuple[Slot, ...],
        versions: tuple[Version, ...],
        first: int,
        past: Past,
    ) -> None:
        """Take the slots of a billing period, and the versions that they are of."""
        self._tariff = tariff
        self._slots = slots
        self._versions = versions
        self._first = first
        self._past = past

    def charges(
        self, peaks: Mapping[int, Highest], since: float
    ) -> list[tuple[int, DemandCharge]]:
        """Return what is paid for power, each with the version that it is of."""
        found: list[tuple[int, DemandCharge]] = []
        by_month = self.by_month(peaks, since)
        for slot, demand, own in self._found(peaks, since):
            if not own:
                continue
            months = [own]
            if slot.month is not None:
                months += [
                    by_month[month] if month in by_month else self._past(month)
                    for month in range(slot.month - demand.months + 1, slot.month)
                ]
            kw, share = demand.basis(months)
            cost = demand.charge(kw) * share * slot.part
            known = len([month for month in months if month])
            found.append((slot.version, DemandCharge(kw, share, cost, known, own)))
        return found

    def by_month(
        self, peaks: Mapping[int, Highest], since: float
    ) -> dict[int, tuple[Peak, ...]]:
        """Return the peaks of each month, whichever versions it has."""
        found: dict[int, tuple[Peak, ...]] = {}
        for slot, demand, own in self._found(peaks, since):
            if slot.month is not None:
                had = found.get(slot.month, ())
                found[slot.month] = self._best((*had, *own), demand) if had else own
        return found

    def _found(
        self, peaks: Mapping[int, Highest], since: float
    ) -> Iterator[tuple[Slot, Demand, tuple[Peak, ...]]]:
        """Yield each slot that has peaks, in the order of time."""
        for place, highest in sorted(peaks.items()):
            slot = self._slots[place]
            demand = self._versions[slot.version].demand
            assert demand is not None
            yield slot, demand, self._of(slot, demand, highest, since)

    def _of(
        self, slot: Slot, demand: Demand, highest: Highest, since: float
    ) -> tuple[Peak, ...]:
        """Return the peaks of a slot, and of its month before anything is known of the period.

        Of prices that hold from a later day, those before it are not.
        """
        found = highest.found(demand.minutes)
        if slot.month is None or slot.version != self._first:
            return found
        begins = self._versions[slot.version].effective_from
        holds = 0.0 if begins is None else self._tariff.midnight(begins)
        before = [p for p in self._past(slot.month) if holds <= p.at < since]
        return self._best((*before, *found), demand) if before else found

    def _best(self, peaks: Iterable[Peak], demand: Demand) -> tuple[Peak, ...]:
        """Return the highest of some peaks, as many as count."""
        best: list[Peak] = []
        days: set[date] = set()
        for peak in sorted(peaks, key=lambda peak: (-peak.kw, peak.at)):
            day = self._tariff.date_of(peak.at)
            if len(best) < demand.peaks and not (demand.one_a_day and day in days):
                best.append(peak)
                days.add(day)
        return tuple(sorted(best, key=lambda peak: peak.at))
