"""What a billing period costs so far: a function of a ledger and a plan."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import lru_cache
from itertools import repeat
import math

from ..export import own_use
from ..ledger import QUARTER, Ledger
from . import BillingPeriod, Day, Tariff
from .calendar import Period, Window
from .demand_bill import DemandBill, DemandCharge, Slot, slots_of
from .peaks import Highest, Past, Peak, no_past
from .tiers import tier_pools
from .version import Fixed, Step, Version

UNSETTLED = 1
"""Buckets before the end of a bill that are added up anew each time."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill, or the part of one up to a time, in the home's currency.

    `unpriced` is the energy in kWh that a price entity had no price for. `own_kwh`
    is what came from the home itself, and `forgone` what the grid would have paid
    for it; it is in the `total`, without a tax. `demands` are what `demand` is of.
    """

    kwh: float = 0.0
    energy: float = 0.0
    demand: float = 0.0
    fixed: float = 0.0
    taxes: float = 0.0
    total: float = 0.0
    unpriced: float = 0.0
    by_period: dict[str, tuple[float, float]] = field(default_factory=dict)
    own_kwh: float = 0.0
    forgone: float = 0.0
    demands: tuple[DemandCharge, ...] = ()

    def as_dict(self, zone: tzinfo = UTC) -> dict[str, object]:
        """Return it as a user reads it, to the cent and the Wh."""
        own: dict[str, object] = {}
        if self.own_kwh:
            own["export_forgone"] = {
                "kwh": round(self.own_kwh, 3),
                "cost": round(self.forgone, 2),
            }
        if self.demands:
            own["demand_charges"] = [each.as_dict(zone) for each in self.demands]
        return own | {
            "kwh": round(self.kwh, 3),
            "energy": round(self.energy, 2),
            "demand": round(self.demand, 2),
            "fixed": round(self.fixed, 2),
            "taxes": round(self.taxes, 2),
            "total": round(self.total, 2),
            "unpriced_kwh": round(self.unpriced, 3),
            "periods": {
                name: {"kwh": round(kwh, 3), "cost": round(cost, 2)}
                for name, (kwh, cost) in self.by_period.items()
            },
        }


@dataclass(slots=True)
class _Sum:
    """What was added up over the buckets up to one, without it."""

    bucket: int
    position: float = 0.0
    pool: int = -1
    kwh: float = 0.0
    unpriced: float = 0.0
    energy: dict[int, float] = field(default_factory=dict)
    periods: dict[Period, tuple[float, float]] = field(default_factory=dict)
    peaks: dict[int, Highest] = field(default_factory=dict)
    own_kwh: float = 0.0
    forgone: float = 0.0

    def copy(self) -> _Sum:
        return _Sum(
            self.bucket,
            self.position,
            self.pool,
            self.kwh,
            self.unpriced,
            dict(self.energy),
            dict(self.periods),
            {key: peak.copy() for key, peak in self.peaks.items()},
            self.own_kwh,
            self.forgone,
        )


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is the same for all who are billed by a plan in a period.

    `first` and `end` are buckets, `limits` the tiers' of each pool, `pools` the pool
    of each day, `version_of` the place of each day's version in `versions`, `slot_of`
    that of its peaks in `slots`, `starts` when each day begins, `begun` how many days of each version have begun with it.
    """

    first: int
    end: int
    days: tuple[Day, ...]
    limits: tuple[tuple[float, ...], ...]
    pools: tuple[int, ...]
    versions: tuple[Version, ...]
    version_of: tuple[int, ...]
    slots: tuple[Slot, ...]
    slot_of: tuple[int, ...]
    starts: tuple[float, ...]
    begun: tuple[tuple[int, ...], ...]


@lru_cache(maxsize=64)
def _layout(tariff: Tariff, period: BillingPeriod) -> _Layout:
    """Lay a period of a plan out."""
    start, end = tariff.bounds(period)
    days = tuple(tariff.days(period))
    limits, pools = tier_pools(period, days)
    versions: list[Version] = []
    version_of: list[int] = []
    for day in days:
        if day.version not in versions:
            versions.append(day.version)
        version_of.append(versions.index(day.version))
    count = [0] * len(versions)
    begun: list[tuple[int, ...]] = []
    for number in version_of:
        count[number] += 1
        begun.append(tuple(count))
    slots, slot_of = slots_of(period, days, versions, version_of)
    return _Layout(
        first=round(start / QUARTER),
        end=round(end / QUARTER),
        days=days,
        limits=tuple(limits),
        pools=tuple(pools),
        versions=tuple(versions),
        version_of=tuple(version_of),
        slots=slots,
        slot_of=slot_of,
        starts=tuple(day.first * QUARTER for day in days),
        begun=tuple(begun),
    )


class Biller:
    """Prices a ledger over one billing period, again and again, as it grows.

    `home` is the ledger whose use decides the tier and the demand's peak: the
    whole home's, of which the unit pays its part, each kWh the price of the
    tier that the home was in when it was used. Without it the unit's own use
    decides. If what the home feeds into the grid is metered too, and the plan pays
    for it, what the unit used beyond what was drawn costs what was not paid. `past` has
    the peaks of the months before. What the buckets up to the last few add up to is
    remembered until one of them changes.
    """

    def __init__(
        self,
        tariff: Tariff,
        period: BillingPeriod,
        ledger: Ledger,
        home: Ledger | None = None,
        past: Past = no_past,
    ) -> None:
        """Lay the period out: days, tiers, versions."""
        self.tariff = tariff
        self.period = period
        self.ledger = ledger
        self.home = home
        self._known_from: int | None = None
        layout = self._layout = _layout(tariff, period)
        self._demand = DemandBill(tariff, layout.slots, past)
        self.peaks: dict[int, tuple[Peak, ...]] = {}
        """The peaks of each month as last billed, for charges that are by month."""
        self.first, self.end = self._layout.first, self._layout.end
        self._sum = _Sum(self.first)
        self._watches = [ledger.watch()] + ([home.watch()] if home else [])

    def close(self) -> None:
        """Watch the ledgers no more."""
        self.ledger.unwatch(self._watches[0])
        if self.home is not None:
            self.home.unwatch(self._watches[1])

    def bill(self, until: float, *, with_fixed: bool = True) -> Bill:
        """Return the bill of what was used up to a time.

        The fixed charges are those of the days that have begun.
        """
        if any(watch.is_stale for watch in self._watches):
            self._sum = _Sum(self.first)
            self._known_from = None
            self._settle(self.first)
        last = min(max(math.ceil(until / QUARTER), self.first), self.end)
        # The last bucket still grows: it is added up each time.
        settled = last - UNSETTLED
        if settled > self._sum.bucket:
            self._run(self._sum, settled)
            self._settle(settled)
        total = self._sum
        if last > total.bucket:
            total = total.copy()
            self._run(total, last)
        elif last < total.bucket:
            total = _Sum(self.first)
            self._run(total, last)
        return self._close(total, until, with_fixed=with_fixed)

    def charge(self, until: int) -> tuple[float, float]:
        """Return what the energy up to a bucket costs since this was last asked.

        With the taxes on it, without demand and fixed charges; and the kWh of
        it that has no price. For walking through the past, from its start.
        """
        before = self._charges()
        self._run(self._sum, min(until, self.end))
        energy, unpriced = self._charges()
        return energy - before[0], unpriced - before[1]

    def _charges(self) -> tuple[float, float]:
        energy = math.fsum(
            charge * self._layout.versions[index].energy_factor
            for index, charge in self._sum.energy.items()
        )
        return energy + self._sum.forgone, self._sum.unpriced

    def _settle(self, below: int) -> None:
        self.ledger.settle(self._watches[0], below)
        if self.home is not None:
            self.home.settle(self._watches[1], below)

    def _day_of(self, bucket: int) -> int:
        """Return the index of the day that a bucket is in."""
        days = self._layout.days
        index = min((bucket - self.first) // 96, len(days) - 1)
        while days[index].first > bucket:
            index -= 1
        while days[index].end <= bucket:
            index += 1
        return index

    def _run(self, total: _Sum, until: int) -> None:
        """Add the buckets up to one to a sum."""
        own, home = self.ledger, self.home
        if not own.kwh and (home is None or not home.kwh):
            total.bucket = until
            return
        bucket, days = total.bucket, self._layout.days
        while bucket < until:
            index = self._day_of(bucket)
            window, _, end = days[index].window(bucket)
            stop = min(until, end)
            self._add(total, index, window, range(bucket, stop))
            bucket = stop
        total.bucket = until

    def _add(
        self, total: _Sum, index: int, window: Window, buckets: Iterable[int]
    ) -> None:
        """Add buckets of one window of a day to a sum."""
        own, home, layout = self.ledger, self.home, self._layout
        day, version = layout.days[index], layout.version_of[index]
        if total.pool != layout.pools[index]:
            total.pool, total.position = layout.pools[index], 0.0
        limits, steps = layout.limits[total.pool], day.steps
        demand, weight, highest = day.version.demand, 0.0, None
        if demand and (weight := demand.weight(window.period)):
            if (highest := total.peaks.get(slot := layout.slot_of[index])) is None:
                highest = total.peaks[slot] = Highest(demand.peaks, demand.one_a_day)
        if (
            home is None
            and highest is None
            and not limits
            and day.version.spot is None
            and not (day.version.event and own.events)
        ):
            self._add_at_one_price(total, day, version, window, buckets)
            return
        has_fed = home is not None and home.has_fed and day.version.export is not None
        for number in buckets:
            kwh = bought = own.kwh.get(number, 0.0)
            whole = kwh if home is None else max(home.kwh.get(number, 0.0), kwh)
            if whole == 0:
                continue
            if has_fed and home is not None:
                bought = self._bought(home, number, kwh)
                whole = max(home.kwh.get(number, 0.0), bought)
            if kwh > 0:
                step = _mean_step(steps, limits, total.position, whole)
                cost, unpriced = self._cost(day.version, window, number, kwh, step)
                forgone = 0.0
                if bought < kwh:
                    cost *= bought / kwh
                    forgone, unpriced = self._forgone(
                        day, window, number, kwh, bought, unpriced
                    )
                    total.own_kwh += kwh - bought
                    total.forgone += forgone
                total.kwh += kwh
                total.unpriced += unpriced
                total.energy[version] = total.energy.get(version, 0.0) + cost
                is_event = day.version.event and own.events.get(number, 0.0) > 0
                name = Period.CRITICAL_PEAK if is_event else window.period
                had = total.periods.get(name, (0.0, 0.0))
                total.periods[name] = (had[0] + kwh, had[1] + cost + forgone)
            total.position += whole
            if highest is not None and demand is not None:
                interval = day.interval(number, demand.minutes)
                highest.add(interval, index, weight * whole, weight * bought)

    def _add_at_one_price(
        self,
        total: _Sum,
        day: Day,
        version: int,
        window: Window,
        buckets: Iterable[int],
    ) -> None:
        """Add buckets whose price hangs on nothing but their window, as most plans' does.

        The same as one by one, but for a rounding; a projection has thousands of them.
        """
        kwh = math.fsum(map(self.ledger.kwh.get, buckets, repeat(0.0)))
        if kwh <= 0:
            return
        cost = kwh * (day.version.rate(window, day.steps[0]) or 0.0)
        total.kwh += kwh
        total.energy[version] = total.energy.get(version, 0.0) + cost
        had = total.periods.get(window.period, (0.0, 0.0))
        total.periods[window.period] = (had[0] + kwh, had[1] + cost)

    def _bought(self, home: Ledger, bucket: int, kwh: float) -> float:
        """Return what of a bucket's use was drawn from the grid, of which it is the last.

        All of it where nothing is known of the home in that time.
        """
        drawn = home.kwh.get(bucket)
        if drawn is None or kwh <= drawn:
            return kwh
        light = self.tariff.is_light(bucket)
        own = own_use(kwh, drawn, home.fed.get(bucket, 0.0), is_light=light)
        return kwh - own

    def _forgone(
        self,
        day: Day,
        window: Window,
        bucket: int,
        kwh: float,
        bought: float,
        unpriced: float,
    ) -> tuple[float, float]:
        """Return what was not paid for the rest, and what has no price of the whole."""
        export = day.version.export
        assert export is not None
        priced = self.ledger.spot_kwh.get(bucket, 0.0)
        spot = self.ledger.spot.get(bucket, 0.0) / priced if priced > 0 else None
        rate = export.rate(window.period, day.season, spot=spot)
        own = kwh - bought
        if not export.factor:
            return own * (rate or 0.0), unpriced * bought / kwh
        return own * (1 - unpriced / kwh) * (rate or 0.0), unpriced

    def _cost(
        self, version: Version, window: Window, bucket: int, kwh: float, step: Step
    ) -> tuple[float, float]:
        """Return what a bucket's energy costs before tax, and what has no price."""
        spot, unpriced = None, 0.0
        if version.spot is not None:
            priced = self.ledger.spot_kwh.get(bucket, 0.0)
            unpriced = max(kwh - priced, 0.0)
            if unpriced < 1e-9:
                unpriced = 0.0
            if priced <= 0:
                return 0.0, kwh
            spot = self.ledger.spot.get(bucket, 0.0) / priced
        peak = min(self.ledger.events.get(bucket, 0.0), kwh) if version.event else 0.0
        usual = version.rate(window, step, spot=spot) or 0.0
        cost = (kwh - unpriced) * usual
        if peak:
            dear = version.rate(window, step, spot=spot, is_event=True) or 0.0
            cost += peak * (dear - usual)
        return cost, unpriced

    def _close(self, total: _Sum, until: float, *, with_fixed: bool) -> Bill:
        """Add demand, fixed charges and taxes to the energy of a sum."""
        layout = self._layout
        begun = layout.begun[max(bisect_left(layout.starts, until) - 1, 0)]
        demands: tuple[DemandCharge, ...] = ()
        self.peaks = {}
        if total.peaks:
            demands, self.peaks = self._demand.charges(total.peaks, self._since())
        powers = [0.0] * len(layout.versions)
        for charge in demands:
            for index, cost in charge.costs.items():
                powers[index] += cost
        energy = demand = fixed = taxes = minimum = 0.0
        for index, version in enumerate(layout.versions):
            used, power = total.energy.get(index, 0.0), powers[index]
            standing = (
                sum(self._standing(item, begun[index]) for item in version.fixed)
                if with_fixed
                else 0.0
            )
            energy += used
            demand += power
            fixed += standing
            taxes += version.taxed(used, standing, power)
            if with_fixed and version.minimum:
                minimum += version.minimum * begun[index] / self.period.days
        return Bill(
            kwh=total.kwh,
            energy=energy,
            demand=demand,
            fixed=fixed,
            taxes=taxes,
            # No minimum is on what the home did not earn.
            total=total.forgone
            + (
                max(energy + demand + fixed + taxes, minimum)
                if minimum
                else energy + demand + fixed + taxes
            ),
            unpriced=total.unpriced,
            by_period={
                period.value: figures for period, figures in total.periods.items()
            },
            own_kwh=total.own_kwh,
            forgone=total.forgone,
            demands=demands,
        )

    def _since(self) -> float:
        """Return when (epoch s) the ledgers know of the period from."""
        if self._known_from is None:
            ledgers = (self.ledger, self.home or self.ledger)
            self._known_from = min(min(each.kwh) for each in ledgers if each.kwh)
        return max(self.first, self._known_from) * QUARTER

    def _standing(self, charge: Fixed, days: int) -> float:
        return charge.amount * charge.per.times(self.period, days)


def _mean_step(
    steps: tuple[Step, ...], limits: tuple[float, ...], position: float, kwh: float
) -> Step:
    """Return the tier of some energy; one of the mean price where it crosses an end."""
    if not limits:
        return steps[0]
    index = 0
    while index < len(limits) and limits[index] <= position:
        index += 1
    if index == len(limits) or position + kwh <= limits[index]:
        return steps[index]
    cost, left, at = 0.0, kwh, position
    while left > 0:
        room = left if index >= len(limits) else min(left, limits[index] - at)
        cost += room * steps[index].price
        left -= room
        at += room
        index += 1
    return Step(cost / kwh)
