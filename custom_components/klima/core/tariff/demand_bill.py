"""What demand charges cost in a billing period, by the peaks that were found in it."""

from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
import math
from typing import NamedTuple

from . import BillingPeriod, Day, Tariff
from .demand import Demand
from .peaks import Highest, Past, Peak, month_of
from .version import Version


@dataclass(frozen=True, slots=True)
class DemandCharge:
    """What a demand charge is of: the kW that the home pays for, the unit's share, its costs.

    They are the mean of `months`. `peaks` are those of the time that it is for, and
    `costs` what each version asks for its days.
    """

    kw: float
    share: float
    months: int
    peaks: tuple[Peak, ...]
    costs: Mapping[int, float]

    @property
    def cost(self) -> float:
        """What the unit pays."""
        return math.fsum(self.costs.values())

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
    """Days whose peaks are counted alike: of a billing period, or of one of its months.

    `demands` are the charges for them, each with its version, and which part of that month
    or period its days are.
    """

    month: int | None
    demands: tuple[tuple[int, Demand, float], ...]


def slots_of(
    period: BillingPeriod,
    days: tuple[Day, ...],
    versions: list[Version],
    version_of: list[int],
) -> tuple[tuple[Slot, ...], tuple[int, ...]]:
    """Return the slots of a billing period, and which of these each day is of.

    A price that changes in the middle of a month changes none of its peaks. Days without a
    demand charge are of no slot: -1.
    """
    places: dict[object, int] = {}
    months: list[int | None] = []
    slot_of: list[int] = []
    for day, number in zip(days, version_of, strict=True):
        if (demand := versions[number].demand) is None:
            slot_of.append(-1)
            continue
        month = month_of(day.date) if demand.by_month else None
        place = places.setdefault((demand.counting, month), len(places))
        if place == len(months):
            months.append(month)
        slot_of.append(place)
    demands: list[list[tuple[int, Demand, float]]] = [[] for _ in months]
    for (place, number), count in Counter(
        zip(slot_of, version_of, strict=True)
    ).items():
        if (demand := versions[number].demand) is not None:
            part = count / _days_in(months[place], period)
            demands[place].append((number, demand, part))
    return tuple(map(Slot, months, map(tuple, demands))), tuple(slot_of)


def _days_in(month: int | None, period: BillingPeriod) -> int:
    """Return how many days a month has, or else a billing period."""
    return period.days if month is None else monthrange(month // 12, month % 12 + 1)[1]


type Charges = tuple[tuple[DemandCharge, ...], dict[int, tuple[Peak, ...]]]
"""What is paid for power, and the peaks of each month."""


class DemandBill:
    """Tells what the peaks of a billing period's slots cost; `past` has those before them."""

    def __init__(self, tariff: Tariff, slots: tuple[Slot, ...], past: Past) -> None:
        """Take the slots of a billing period."""
        self._tariff = tariff
        self._slots = slots
        self._past = past
        self._told: Charges = (), {}
        self._told_of: object = None
        self._remembered: dict[int, tuple[Peak, ...]] = {}

    def charges(self, highest: Mapping[int, Highest], since: float) -> Charges:
        """Return what is paid for power, and the peaks of each month.

        By the peaks that were found in the days of each slot; `since` is when (epoch s)
        those are of, as far as the period is known. In most minutes none is another.
        """
        tops = since, {place: each.top for place, each in highest.items() if each.top}
        if tops != self._told_of or any(
            self._past(month) != peaks for month, peaks in self._remembered.items()
        ):
            self._told_of, self._remembered = tops, {}
            self._told = self._reckon(highest, since)
        return self._told

    def _before(self, month: int) -> tuple[Peak, ...]:
        """Return what is remembered of a month."""
        if (peaks := self._remembered.get(month)) is None:
            peaks = self._remembered[month] = self._past(month)
        return peaks

    def _reckon(self, highest: Mapping[int, Highest], since: float) -> Charges:
        found: list[tuple[Slot, tuple[Peak, ...]]] = []
        months: dict[int, tuple[Peak, ...]] = {}
        for place, top in sorted(highest.items()):
            if not top.top:
                continue
            slot = self._slots[place]
            demand = slot.demands[0][1]
            peaks = top.found(demand.minutes)
            if (month := slot.month) is not None:
                if (had := months.get(month)) is None:
                    # What was before anything is known of the period.
                    early = [peak for peak in self._before(month) if peak.at < since]
                    peaks = months[month] = self._best(early, peaks, demand)
                else:
                    months[month] = self._best(had, peaks, demand)
            found.append((slot, peaks))
        charges = [
            charge
            for slot, peaks in found
            for charge in self._charges(slot, peaks, months)
        ]
        return tuple(charges), months

    def _charges(
        self,
        slot: Slot,
        peaks: tuple[Peak, ...],
        months: Mapping[int, tuple[Peak, ...]],
    ) -> Iterable[DemandCharge]:
        """Return the charges of a slot: one, but where versions differ in the power they are for."""
        found: dict[tuple[float, float, int], DemandCharge] = {}
        for number, demand, part in slot.demands:
            averaged = [peaks]
            if (month := slot.month) is not None:
                averaged += [
                    months[before] if before in months else self._before(before)
                    for before in range(month - demand.months + 1, month)
                ]
            kw, share = demand.basis(averaged)
            known = sum(1 for each in averaged if each)
            cost = demand.charge(kw) * share * part
            costs = found[key].costs if (key := (kw, share, known)) in found else {}
            found[key] = DemandCharge(*key, peaks, {**costs, number: cost})
        return found.values()

    def _best(
        self, before: Collection[Peak], peaks: tuple[Peak, ...], demand: Demand
    ) -> tuple[Peak, ...]:
        """Return the highest of some peaks and those after them, as many as count."""
        if not before:
            return peaks
        best: list[Peak] = []
        days: set[date] = set()
        for peak in sorted((*before, *peaks), key=lambda peak: (-peak.kw, peak.at)):
            day = self._tariff.date_of(peak.at)
            if len(best) < demand.peaks and not (demand.one_a_day and day in days):
                best.append(peak)
                days.add(day)
        return tuple(sorted(best, key=lambda peak: peak.at))
