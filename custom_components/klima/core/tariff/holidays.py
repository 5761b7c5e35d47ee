"""The holidays that electricity plans name.

Utilities have lists of their own, which are no country's official ones: each
is written here by its rules, with where it was seen. The `holidays` library
would take half a second and 50 MB for this.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6

type Rule = Callable[[int], date]


def fixed(month: int, day: int) -> Rule:
    """Return the rule of a day of the year."""
    return lambda year: date(year, month, day)


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden = year % 19
    century, within = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon + 15) % 30
    quarter, left = divmod(within, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - left) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def from_easter(days: int) -> Rule:
    """Return the rule of a day counted from Easter Sunday."""
    return lambda year: easter(year) + timedelta(days=days)


def nth(weekday: int, number: int, month: int) -> Rule:
    """Return the rule of the nth weekday of a month; -1 is the last."""

    def rule(year: int) -> date:
        if number > 0:
            first = date(year, month, 1)
            ahead = (weekday - first.weekday()) % 7
            return first + timedelta(days=ahead + 7 * (number - 1))
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        back = (last.weekday() - weekday) % 7
        return last - timedelta(days=back + 7 * (-number - 1))

    return rule


def before(weekday: int, month: int, day: int) -> Rule:
    """Return the rule of the last weekday before a day of the year."""

    def rule(year: int) -> date:
        end = date(year, month, day)
        back = (end.weekday() - weekday - 1) % 7 + 1
        return end - timedelta(days=back)

    return rule


def _weekday_after(day: date, taken: set[date]) -> date:
    """Return the next weekday that is no holiday yet."""
    while day.weekday() >= SATURDAY or day in taken:
        day += timedelta(days=1)
    return day


_ONTARIO: tuple[Rule, ...] = (
    fixed(1, 1),
    nth(MONDAY, 3, 2),
    from_easter(-2),
    before(MONDAY, 5, 25),
    fixed(7, 1),
    nth(MONDAY, 1, 8),
    nth(MONDAY, 1, 9),
    nth(MONDAY, 2, 10),
    fixed(12, 25),
    fixed(12, 26),
)
"""Ontario Energy Board, holiday schedule for time-of-use prices. One that falls
on a weekend is kept on the next weekday."""

_UNITED_STATES: tuple[Rule, ...] = (
    fixed(1, 1),
    nth(MONDAY, 3, 2),
    nth(MONDAY, -1, 5),
    fixed(7, 4),
    nth(MONDAY, 1, 9),
    fixed(11, 11),
    nth(THURSDAY, 4, 11),
    fixed(12, 25),
)
"""Pacific Gas and Electric, Schedule E-TOU-D: New Year's, Presidents', Memorial,
Independence, Labor, Veterans, Thanksgiving and Christmas Day. One that falls on a Sunday
is kept on the Monday after; one on a Saturday stays (Southern California Edison, TOU-EV
rate fact sheet, by mykwhnow.com's list of 15 April 2025)."""

_QUEBEC: tuple[Rule, ...] = (
    fixed(1, 1),
    from_easter(-2),
    from_easter(1),
    before(MONDAY, 5, 25),
    fixed(6, 24),
    fixed(7, 1),
    nth(MONDAY, 1, 9),
    nth(MONDAY, 2, 10),
    fixed(12, 25),
)
"""The public holidays of Québec."""

_ITALY: tuple[Rule, ...] = (
    fixed(1, 1),
    fixed(1, 6),
    from_easter(1),
    fixed(4, 25),
    fixed(5, 1),
    fixed(6, 2),
    fixed(8, 15),
    fixed(11, 1),
    fixed(12, 8),
    fixed(12, 25),
    fixed(12, 26),
)
"""ARERA, resolution 181/06: the holidays that are hours F3."""

_SPAIN: tuple[Rule, ...] = (
    fixed(1, 1),
    fixed(1, 6),
    fixed(5, 1),
    fixed(8, 15),
    fixed(10, 12),
    fixed(11, 1),
    fixed(12, 6),
    fixed(12, 8),
    fixed(12, 25),
)
"""CNMC, circular 3/2020: 6 January, and the national holidays that have a fixed date and
cannot be replaced, are hours of the valley of the 2.0TD."""

_NORWAY: tuple[Rule, ...] = (
    fixed(1, 1),
    from_easter(-3),
    from_easter(-2),
    from_easter(0),
    from_easter(1),
    fixed(5, 1),
    fixed(5, 17),
    from_easter(39),
    from_easter(49),
    from_easter(50),
    fixed(12, 25),
    fixed(12, 26),
)
"""The public holidays of Norway, on which grid companies such as Elvia charge as on weekends
(github.com/kraftsystemet/fri-nettleie: a "virkedag" is neither on a weekend nor a holiday)."""

HOLIDAYS: dict[str, tuple[tuple[Rule, ...], tuple[int, ...]]] = {
    "none": ((), ()),
    "italy": (_ITALY, ()),
    "norway": (_NORWAY, ()),
    "ontario": (_ONTARIO, (SATURDAY, SUNDAY)),
    "quebec": (_QUEBEC, ()),
    "spain": (_SPAIN, ()),
    "united_states": (_UNITED_STATES, (SUNDAY,)),
}
"""The rules of each list, and the days of a weekend from which a holiday moves on."""


@lru_cache(maxsize=256)
def holidays(name: str, year: int) -> frozenset[date]:
    """Return the holidays of a year; raises KeyError for a list that is not known."""
    rules, moves = HOLIDAYS[name]
    days: set[date] = set()
    for rule in rules:
        day = rule(year)
        # Christmas that moves takes the day of the holiday after it.
        is_moved = day.weekday() in moves or (bool(moves) and day in days)
        days.add(_weekday_after(day, days) if is_moved else day)
    return frozenset(days)
