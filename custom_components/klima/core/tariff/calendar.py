"""The calendar of a plan: which of its periods a moment falls in.

Everything here is in the home's own time: days of the year, weekdays, and
minutes after midnight.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from .faults import Fault, PlanError
from .holidays import HOLIDAYS, SATURDAY, SUNDAY, holidays

DAY = 24 * 60
"""Minutes of a day."""

STEP = 15
"""Minutes that every window begins and ends on: the ledger's buckets."""


class Period(StrEnum):
    """What utilities call a part of the week that has a price of its own."""

    ALL_DAY = "all_day"
    OVERNIGHT = "overnight"
    SUPER_OFF_PEAK = "super_off_peak"
    OFF_PEAK = "off_peak"
    WEEKEND_OFF_PEAK = "weekend_off_peak"
    MID_PEAK = "mid_peak"
    ON_PEAK = "on_peak"
    CRITICAL_PEAK = "critical_peak"


class Days(StrEnum):
    """The days that a window applies on; a holiday is as a Sunday."""

    EVERY_DAY = "every_day"
    WEEKDAYS = "weekdays"
    WEEKENDS = "weekends"
    SATURDAYS = "saturdays"
    SUNDAYS = "sundays"


class Season(StrEnum):
    """A part of the year that has prices of its own."""

    ALL_YEAR = "all_year"
    SUMMER = "summer"
    WINTER = "winter"


_APPLY = {
    Days.WEEKDAYS: {Days.EVERY_DAY, Days.WEEKDAYS},
    Days.WEEKENDS: {Days.EVERY_DAY, Days.WEEKENDS},
    Days.SATURDAYS: {Days.EVERY_DAY, Days.WEEKENDS, Days.SATURDAYS},
    Days.SUNDAYS: {Days.EVERY_DAY, Days.WEEKENDS, Days.SUNDAYS},
}
"""Which windows apply on days of a kind; weekends are where Saturdays are as Sundays."""

type MonthDay = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """A part of some days, with what a kWh costs in it.

    `start` and `end` are minutes after midnight; one that ends no later than
    it starts goes on over midnight, and from 0 to 0 it is the whole day.
    """

    period: Period
    price: float
    days: Days = Days.EVERY_DAY
    season: Season = Season.ALL_YEAR
    start: int = 0
    end: int = 0

    def minutes(self) -> Iterator[tuple[int, int]]:
        """Yield its parts of a day, from minute to minute."""
        if self.start < self.end:
            yield self.start, self.end
            return
        if self.end > 0:
            yield 0, self.end
        yield self.start, DAY

    def applies(self, season: Season, kind: Days) -> bool:
        """Return whether it applies in a season, on days of a kind."""
        return self.season in (Season.ALL_YEAR, season) and self.days in _APPLY[kind]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Windows that cover every minute of the year once.

    `summer` has the first and the last day of the summer; the rest of the
    year is winter. Without it, all of the year is winter.
    """

    windows: tuple[Window, ...]
    summer: tuple[MonthDay, MonthDay] | None = None
    holidays: str = "none"

    def season(self, day: date) -> Season:
        """Return the season of a day."""
        if self.summer is None:
            return Season.WINTER
        first, last = self.summer
        # A summer that ends on 28 February, as in the south, has the 29th as well.
        is_leap_day = (day.month, day.day) == (2, 29)
        today = (2, 28) if is_leap_day else (day.month, day.day)
        if first <= last:
            is_summer = first <= today <= last
        else:
            is_summer = today >= first or today <= last
        return Season.SUMMER if is_summer else Season.WINTER

    def kind(self, day: date) -> Days:
        """Return whether a day has the prices of weekdays, Saturdays or Sundays."""
        if day.weekday() == SUNDAY or day in holidays(self.holidays, day.year):
            return Days.SUNDAYS
        return Days.SATURDAYS if day.weekday() == SATURDAY else Days.WEEKDAYS

    def table(self, season: Season, kind: Days) -> tuple[tuple[int, Window], ...]:
        """Return the windows of a day, each with the minute that it begins at."""
        return tuple(
            sorted(
                (
                    (start, window)
                    for window in self.windows
                    if window.applies(season, kind)
                    for start, _ in window.minutes()
                ),
                key=lambda row: row[0],
            )
        )

    def faults(self) -> Iterator[Fault]:
        """Yield the holes and overlaps of the windows."""
        seasons = (
            (Season.ALL_YEAR,)
            if self.summer is None
            else (Season.SUMMER, Season.WINTER)
        )
        apart = {Days.SATURDAYS, Days.SUNDAYS}
        is_apart = any(window.days in apart for window in self.windows)
        kinds = sorted(apart) if is_apart else [Days.WEEKENDS]
        for season in seasons:
            for kind in (Days.WEEKDAYS, *kinds):
                yield from self._faults(season, kind)

    def _faults(self, season: Season, kind: Days) -> Iterator[Fault]:
        parts = sorted(
            part
            for window in self.windows
            if window.applies(season, kind)
            for part in window.minutes()
        )
        covered = 0
        for start, end in (*parts, (DAY, DAY)):
            if start > covered:
                yield _fault("hole", season, kind, covered, start)
            elif start < covered:
                until = min(covered, end)
                yield _fault("overlap", season, kind, start, until)
            covered = max(covered, end)


def clock(minute: int) -> str:
    """Return a minute of the day as a clock shows it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _fault(reason: str, season: Season, kind: Days, start: int, end: int) -> Fault:
    return Fault(
        "hours",
        reason,
        {
            "season": season.value,
            "days": kind.value,
            "start": clock(start),
            "end": clock(end),
        },
    )


def minute_of(text: str) -> int:
    """Return the minute of the day of a time as "07:00" or "07:00:00".

    Raises PlanError for another text, and for a minute that no window can
    begin at.
    """
    parts = text.split(":")
    try:
        hour, minute = int(parts[0]), int(parts[1])
        second = int(parts[2]) if len(parts) > 2 else 0
    except ValueError, IndexError:
        raise PlanError(Fault("hours", "not_a_time", {"time": text})) from None
    is_end = (hour, minute) == (24, 0)
    if not ((0 <= hour < 24 and 0 <= minute < 60) or is_end):
        raise PlanError(Fault("hours", "not_a_time", {"time": text}))
    if second or minute % STEP:
        raise PlanError(Fault("hours", "not_a_quarter", {"time": text}))
    return (hour * 60 + minute) % DAY


def month_day(text: str) -> MonthDay:
    """Return a day of the year as "05-01" says it; raises PlanError."""
    try:
        month, day = (int(part) for part in text.split("-"))
        date(2024, month, day)
    except ValueError:
        raise PlanError(Fault("seasons", "not_a_day", {"day": text})) from None
    return month, day


def calendar_from(
    hours: Iterable[Mapping[str, Any]],
    *,
    summer: tuple[str, str] | list[str] | None = None,
    holiday_list: str = "none",
) -> Calendar:
    """Return the calendar of what a plan's data says; raises PlanError.

    Without hours it is one window of every day, at no price of its own.
    """
    if holiday_list not in HOLIDAYS:
        raise PlanError(Fault("holidays", "unknown_holidays", {"name": holiday_list}))
    windows = tuple(
        Window(
            period=Period(row["period"]),
            price=float(row["price"]),
            days=Days(row.get("days", Days.EVERY_DAY)),
            season=Season(row.get("season", Season.ALL_YEAR)),
            start=minute_of(row.get("start", "00:00")),
            end=minute_of(row.get("end", "00:00")),
        )
        for row in hours
    ) or (Window(Period.ALL_DAY, 0.0),)
    calendar = Calendar(
        windows,
        None if summer is None else (month_day(summer[0]), month_day(summer[1])),
        holiday_list,
    )
    if summer is None and any(
        window.season is not Season.ALL_YEAR for window in windows
    ):
        raise PlanError(Fault("seasons", "no_summer"))
    if faults := tuple(calendar.faults()):
        raise PlanError(*faults)
    return calendar
