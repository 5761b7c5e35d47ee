"""Electricity plans: what a kWh costs and when, and what a billing period costs.

A plan is pure data (`version.py`: prices, in dated versions; `calendar.py`:
seasons, days, hours; `cycle.py`: when the meter is read). `Tariff` answers
what a kWh costs at a time; `bill.py` prices a ledger.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from ..daylight import Place
from ..ledger import QUARTER
from .calendar import DAY, Season, Window
from .cycle import BillingPeriod, Cycle, cycle_from
from .faults import Fault, PlanError
from .version import Step, Version, version_from

__all__ = [
    "BillingPeriod",
    "Cycle",
    "Day",
    "Fault",
    "PlanError",
    "Span",
    "Tariff",
    "flat",
    "following",
    "tariff_from",
]

_MOST_DAYS = 1500
"""Days whose hours are remembered; with more, they are worked out anew."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a plan: its version, and what window each of its buckets has.

    `first` is the bucket that it begins with, `starts` the bucket that each
    run of buckets in one window begins with, and `windows` those windows. A
    day has 96 buckets, or four less or more where clocks are changed. `offset` is how
    many s its clock is ahead of UTC, and `turn` from which bucket on another one is.
    """

    date: date
    version: Version
    season: Season
    first: int
    end: int
    starts: tuple[int, ...]
    windows: tuple[Window, ...]
    offset: int
    turn: tuple[int, int] | None = None

    def window(self, bucket: int) -> tuple[Window, int, int]:
        """Return the window of one of its buckets, its first, and the one that it ends before."""
        after = bisect_right(self.starts, bucket)
        end = self.starts[after] if after < len(self.starts) else self.end
        return self.windows[after - 1], self.starts[after - 1], end

    def interval(self, bucket: int, minutes: int) -> int:
        """Return when, in epoch s, the minutes on its clock began that a bucket is in."""
        offset = self.offset
        if self.turn is not None and bucket >= self.turn[0]:
            offset = self.turn[1]
        at = bucket * QUARTER
        return at - (at + offset) % (minutes * 60)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The tiers that it has."""
        return self.version.steps(self.season)


@dataclass(frozen=True, slots=True)
class Span:
    """A time with one window: from a time to another (epoch seconds)."""

    start: float
    end: float
    day: Day
    window: Window


class Tariff:
    """A plan in a time zone: what a kWh costs at a time, and when that changes."""

    def __init__(
        self,
        versions: tuple[Version, ...],
        cycle: Cycle,
        zone: tzinfo,
        place: Place | None = None,
    ) -> None:
        """Sort the versions by the day that each holds from."""
        if not versions:
            raise PlanError(Fault("base", "no_version"))
        self.versions = tuple(
            sorted(versions, key=lambda version: version.effective_from or date.min)
        )
        self.cycle = cycle
        self.zone = zone
        self.place = place
        self._from = [version.effective_from or date.min for version in self.versions]
        self._days: dict[date, Day] = {}

    def version(self, day: date) -> Version:
        """Return the version of a day; the first holds for the time before it too."""
        return self.versions[max(bisect_right(self._from, day) - 1, 0)]

    def valid_until(self, day: date) -> date | None:
        """Return the last day that the prices of a day are known to hold on."""
        return self.version(day).valid_until

    @property
    def has_export(self) -> bool:
        """Whether some of its versions has a rate for what is fed into the grid."""
        return any(version.export is not None for version in self.versions)

    def is_light(self, bucket: int) -> bool:
        """Return whether the sun is up in the middle of a bucket, for all that is known."""
        return self.place is None or self.place.is_light((bucket + 0.5) * QUARTER)

    def date_of(self, when: float) -> date:
        """Return the home's day of a time."""
        return datetime.fromtimestamp(when, self.zone).date()

    def midnight(self, day: date) -> float:
        """Return when a day of the home begins."""
        return datetime.combine(day, time(), self.zone).timestamp()

    def day(self, day: date) -> Day:
        """Return a day of the plan."""
        if (found := self._days.get(day)) is not None:
            return found
        if len(self._days) >= _MOST_DAYS:
            # Not one by one: it is asked from several threads.
            self._days.clear()
        made = self._days[day] = self._make_day(day)
        return made

    def _make_day(self, day: date) -> Day:
        version = self.version(day)
        season = version.calendar.season(day)
        table = version.calendar.table(season, version.calendar.kind(day))
        first = round(self.midnight(day) / QUARTER)
        end = round(self.midnight(day + timedelta(days=1)) / QUARTER)
        offset = self._offset(first)
        turn = self._turn(first, end, offset)
        # By the clock on the wall: an hour that comes twice is priced twice.
        clocks = (
            ((first, end, offset),)
            if turn is None
            else ((first, turn[0], offset), (turn[0], end, turn[1]))
        )
        midnight = int(datetime.combine(day, time(), UTC).timestamp())
        ends = (*(minute for minute, _ in table[1:]), DAY)
        starts: list[int] = []
        windows: list[Window] = []
        for since, until, ahead in clocks:
            for (start, window), stop in zip(table, ends, strict=True):
                begins = max((midnight + start * 60 - ahead) // QUARTER, since)
                stops = min((midnight + stop * 60 - ahead) // QUARTER, until)
                if begins < stops and (not windows or windows[-1] is not window):
                    starts.append(begins)
                    windows.append(window)
        return Day(
            day,
            version,
            season,
            first,
            end,
            tuple(starts),
            tuple(windows),
            offset,
            turn,
        )

    def _offset(self, bucket: int) -> int:
        """Return how many s the home's clock is ahead of UTC as a bucket begins."""
        local = datetime.fromtimestamp(bucket * QUARTER, self.zone)
        return int((local.utcoffset() or timedelta()).total_seconds())

    def _turn(self, first: int, end: int, before: int) -> tuple[int, int] | None:
        """Return from which bucket of a day on another offset holds, and that."""
        after = self._offset(end - 1)
        if after == before:
            return None
        turned = (b for b in range(first, end) if self._offset(b) != before)
        # Of a day that a calendar leaves out, nothing is there to turn in.
        return next(((bucket, after) for bucket in turned), None)

    def day_at(self, when: float) -> Day:
        """Return the day of the plan that a time falls on."""
        return self.day(self.date_of(when))

    def span(self, when: float) -> Span:
        """Return the time around a time that has one window, within its day."""
        day = self.day_at(when)
        window, first, end = day.window(int(when // QUARTER))
        return Span(float(first * QUARTER), float(end * QUARTER), day, window)

    def spans(self, start: float, end: float) -> Iterator[Span]:
        """Yield a time cut where the window, or the day, changes."""
        while start < end:
            span = self.span(start)
            yield Span(start, min(span.end, end), span.day, span.window)
            start = span.end

    def next_change(self, when: float, *, within_days: int = 370) -> Span | None:
        """Return the next time that has another period, or another price before tax.

        None where nothing changes for so long.
        """
        now = self.span(when)
        last = when + within_days * 86_400
        span = now
        while span.end < last:
            span = self.span(span.end)
            if _differs(now, span):
                return span
        return None

    def billing_period(self, when: float) -> BillingPeriod:
        """Return the billing period that a time falls in."""
        return self.cycle.period(self.date_of(when))

    def bounds(self, period: BillingPeriod) -> tuple[float, float]:
        """Return when a billing period begins and ends."""
        return self.midnight(period.start), self.midnight(period.end)

    def days(self, period: BillingPeriod) -> Iterator[Day]:
        """Yield the days of a billing period."""
        day = period.start
        while day < period.end:
            yield self.day(day)
            day += timedelta(days=1)


def _differs(now: Span, then: Span) -> bool:
    if now.window.period is not then.window.period:
        return True
    if now.window is then.window and now.day.version is then.day.version:
        return now.day.steps != then.day.steps
    return (now.window.price, now.day.version.adder, now.day.steps) != (
        then.window.price,
        then.day.version.adder,
        then.day.steps,
    )


def tariff_from(
    data: Mapping[str, Any], zone: tzinfo, place: Place | None = None
) -> Tariff:
    """Return the tariff of a plan's data: `versions` and `cycle`; raises PlanError."""
    versions = tuple(version_from(version) for version in data.get("versions", ()))
    return Tariff(versions, cycle_from(data.get("cycle", {})), zone, place)


# A tariff does not change, and works each of its days out once: systems share it.
@lru_cache(maxsize=32)
def flat(price: float, zone: tzinfo = UTC) -> Tariff:
    """Return a plan of one price, billed by the calendar's month."""
    return Tariff((version_from({"tiers": [{"price": price}]}),), Cycle(), zone)


@lru_cache(maxsize=4)
def following(zone: tzinfo = UTC) -> Tariff:
    """Return a plan that follows a price entity, billed by the calendar's month."""
    return Tariff((version_from({"spot": {}}),), Cycle(), zone)
