"""Billing periods: from one reading of the meter to the next.

All in the home's own days; a period begins with a day and ends before one.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .faults import Fault, PlanError

MONTH = 365.25 / 12
"""Days in a mean month, for a period that is no whole number of months."""


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """A billing period: from a day up to, without, another.

    `months` is how many it has where it goes from a day of a month to the
    same of another; None where it has another length.
    """

    start: date
    end: date
    months: int | None = None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def month_count(self) -> float:
        """How many months it counts for."""
        return self.days / MONTH if self.months is None else float(self.months)


@dataclass(frozen=True, slots=True)
class Cycle:
    """When the meter is read.

    On `day` of every `months`th month (the last day of a month that is
    shorter), beginning with the month of `anchor`; or every `days` days from
    `anchor`; or on the listed `dates`, and monthly after the last. A date of
    `reads`, on which it was truly read, takes the place of the nearest that
    was due.
    """

    day: int = 1
    months: int = 1
    anchor: date | None = None
    days: int | None = None
    dates: tuple[date, ...] = ()
    reads: tuple[date, ...] = ()

    def period(self, today: date) -> BillingPeriod:
        """Return the billing period of a day."""
        # What is read early or late moves an edge by less than a period.
        due: list[date] = []
        edge = self._due_before(today)
        for _ in range(2):
            edge = self._due_before(edge - timedelta(days=1))
        for _ in range(6):
            due.append(edge)
            edge = self._due_after(edge)
        moved: dict[date, date] = {}
        for read in self.reads:
            if due[0] <= read <= due[-1]:
                nearest = min(due, key=lambda edge: abs((edge - read).days))
                moved[nearest] = read
        edges = sorted({moved.get(edge, edge) for edge in due})
        index = bisect_right(edges, today)
        start, end = edges[index - 1], edges[index]
        regular = not ({start, end} & set(moved.values())) and self.days is None
        if self.dates and (start in self.dates or end in self.dates):
            regular = False
        # After the listed dates it is monthly, whatever was said of the time before.
        months = 1 if self.dates and start > self.dates[-1] else self.months
        return BillingPeriod(start, end, months if regular else None)

    def _due_before(self, today: date) -> date:
        """Return the last day that a reading was due on, up to a day."""
        if self.dates and today >= self.dates[0]:
            index = bisect_right(self.dates, today)
            if index < len(self.dates):
                return self.dates[index - 1]
            return self._monthly_from(self.dates[-1], today)
        if self.days is not None:
            anchor = self.anchor or date(2000, 1, 1)
            return today - timedelta(days=(today - anchor).days % self.days)
        index = today.year * 12 + today.month - 1
        index -= (index - self._phase) % self.months
        if self._in_month(index) > today:
            index -= self.months
        return self._in_month(index)

    def _due_after(self, edge: date) -> date:
        """Return the next day that a reading is due on, after one of them."""
        if self.dates:
            later = bisect_right(self.dates, edge)
            if edge < self.dates[0]:
                return min(self.dates[0], self._regularly_after(edge))
            if later < len(self.dates):
                return self.dates[later]
            return _monthly(self.dates[-1], _months_between(self.dates[-1], edge) + 1)
        return self._regularly_after(edge)

    def _regularly_after(self, edge: date) -> date:
        """Return the next day that a reading is due on, without the listed dates."""
        if self.days is not None:
            return edge + timedelta(days=self.days)
        return self._in_month(edge.year * 12 + edge.month - 1 + self.months)

    def _monthly_from(self, first: date, today: date) -> date:
        months = _months_between(first, today)
        edge = _monthly(first, months)
        return edge if edge <= today else _monthly(first, months - 1)

    @property
    def _phase(self) -> int:
        anchor = self.anchor
        return 0 if anchor is None else anchor.year * 12 + anchor.month - 1

    def _in_month(self, index: int) -> date:
        year, month = divmod(index, 12)
        return date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))


def _months_between(first: date, today: date) -> int:
    return (today.year - first.year) * 12 + today.month - first.month


def _monthly(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _days_of(data: Mapping[str, Any], field: str) -> tuple[date, ...]:
    """Return the days of a list, in order; raises PlanError, at the field."""
    try:
        return tuple(sorted(date.fromisoformat(text) for text in data.get(field, ())))
    except (TypeError, ValueError) as err:
        raise PlanError(Fault(field, "not_a_date", {"error": str(err)})) from None


def cycle_from(data: dict[str, Any]) -> Cycle:
    """Return the cycle of what a plan's data says; raises PlanError."""
    dates, reads = _days_of(data, "dates"), _days_of(data, "reads")
    try:
        anchor = data.get("anchor")
        cycle = Cycle(
            day=int(data.get("day", 1)),
            months=int(data.get("months", 1)),
            anchor=None if not anchor else date.fromisoformat(anchor),
            days=int(data["days"]) if data.get("days") else None,
            dates=dates,
            reads=reads,
        )
    except (TypeError, ValueError) as err:
        raise PlanError(Fault("dates", "not_a_date", {"error": str(err)})) from None
    if not 1 <= cycle.day <= 31:
        raise PlanError(Fault("day", "day_out_of_range"))
    if cycle.months not in (1, 2, 3, 4, 6, 12):
        raise PlanError(Fault("months", "months_out_of_range"))
    if cycle.days is not None and not 7 <= cycle.days <= 400:
        raise PlanError(Fault("days", "days_out_of_range"))
    return cycle
