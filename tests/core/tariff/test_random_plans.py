"""Random plans and random days: the bill beside a utility's own calculation.

What is drawn: 1 to 3 versions, from any day of the period on; windows of any quarter
of an hour, by weekdays and weekends, seasons that go over the year's end; 1 to 4
tiers by day, month or period, by season; adders with factors, charges and credits,
demand of a period and of months, in steps and averaged, taxes and rebates on each base, minimum bills, critical peaks in part of a
quarter, spot prices; periods by day, months, days, listed and read dates; a home's
meter, and what it feeds into the grid; zones whose clocks change by half an hour, at midnight, or by two hours.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
import random
from typing import Any, override
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings, strategies as st
import pytest

from custom_components.klima.core.ledger import QUARTER, Ledger
from custom_components.klima.core.tariff import Tariff, tariff_from
from custom_components.klima.core.tariff.bill import Biller
from custom_components.klima.core.tariff.cycle import BillingPeriod, cycle_from
from custom_components.klima.core.tariff.peaks import Peak
from tests.chance import many

from .utility import Peaks, reading_days, utility_bill

ZONES = (
    "America/Toronto", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Apia", "Pacific/Chatham", "America/Havana", "Africa/Cairo",
    "America/Santiago", "Asia/Beirut", "Antarctica/Troll", "Africa/Casablanca",
    "Europe/Dublin", "Pacific/Kiritimati", "Asia/Kolkata", "UTC",
)  # fmt: skip
"""Half an hour of summer time; 5:45 and 12:45 ahead; clocks changed at midnight, both ways;
by two hours; in winter; for Ramadan."""

PERIODS = ("off_peak", "mid_peak", "on_peak", "overnight")
BASES = ("energy", "fixed", "demand", "subtotal", "total")

prices = st.integers(-50_000, 900_000).map(lambda price: price / 1_000_000)
amounts = st.integers(-3000, 9000).map(lambda amount: amount / 100)
month_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(
    lambda day: f"{day:%m-%d}"
)


def clock(quarter: int) -> str:
    """Return a quarter of the day as a clock shows it."""
    return f"{quarter % 96 // 4:02}:{quarter % 4 * 15:02}"


@st.composite
def day_of_windows(draw: st.DrawFn, **which: str) -> list[dict[str, Any]]:
    """Cut a day into windows; the last may go on over midnight."""
    edges = sorted(draw(st.sets(st.integers(0, 95), min_size=1, max_size=5)))
    return [
        {
            "period": draw(st.sampled_from(PERIODS)),
            "price": draw(prices),
            "start": clock(edge),
            "end": clock(edges[(index + 1) % len(edges)]),
            **which,
        }
        for index, edge in enumerate(edges)
    ]


@st.composite
def hours(draw: st.DrawFn, *, has_summer: bool) -> list[dict[str, Any]]:
    """Windows for all days, or others by the day of the week, the season, or both."""
    kind = draw(st.sampled_from(["none", "same", "week", "season", "both"]))
    if kind == "none":
        return []
    if not has_summer and kind in ("season", "both"):
        kind = "week"
    rows: list[dict[str, Any]] = []
    seasons = ("summer", "winter") if kind in ("season", "both") else ("all_year",)
    for season in seasons:
        days: tuple[str, ...] = ("every_day",)
        if kind in ("week", "both"):
            apart = ("saturdays", "sundays")
            days = ("weekdays", *draw(st.sampled_from([("weekends",), apart])))
        for day in days:
            rows += draw(day_of_windows(days=day, season=season))
    return rows


@st.composite
def tiers(draw: st.DrawFn, *, has_summer: bool) -> list[dict[str, Any]]:
    """One to four tiers, alike all the year or by the season; or all but a season's own."""
    kinds = ["none", "all_year"]
    if has_summer:
        kinds += ["seasons", "summer and all_year"]
    kind = draw(st.sampled_from(kinds))
    if kind == "none":
        return []
    rows: list[dict[str, Any]] = []
    seasons = {
        "all_year": ("all_year",),
        "seasons": ("summer", "winter"),
        "summer and all_year": ("summer", "all_year"),
    }[kind]
    for season in seasons:
        ends = sorted(draw(st.sets(st.integers(1, 4000), max_size=3)))
        for end in (*ends, None):
            row: dict[str, Any] = {"price": draw(prices), "season": season}
            if end is not None:
                row["up_to"] = end / 10
            rows.append(row)
    return rows


@st.composite
def exports(draw: st.DrawFn, version: dict[str, Any]) -> dict[str, Any]:
    """Draw what is paid for a kWh fed in: one rate, some by period and season, a spot price's."""
    export: dict[str, Any] = {"price": draw(prices)}
    periods = sorted({row["period"] for row in version["hours"]} or {"all_day"})
    seasons = ["all_year", "summer", "winter"] if "summer" in version else ["all_year"]
    keys = st.tuples(st.sampled_from(periods), st.sampled_from(seasons))
    export["rates"] = [
        {"period": period, "season": season, "price": draw(prices)}
        for period, season in sorted(draw(st.sets(keys, max_size=3)))
    ]
    if "spot" in version and draw(st.booleans()):
        export["factor"] = draw(st.sampled_from([1, 0.9, 0.5]))
    return export


@st.composite
def demand_rules(draw: st.DrawFn, periods: list[str]) -> dict[str, Any]:
    """Draw how peaks are counted: of a bill as in North America, of months as elsewhere."""
    if draw(st.booleans()):
        return {}
    rules: dict[str, Any] = {"per": draw(st.sampled_from(["cycle", "month", "year"]))}
    # No sum of readings is just as high as a step.
    ends = sorted(draw(st.sets(st.integers(1, 60), max_size=3)))
    if ends or draw(st.booleans()):
        rules["steps"] = [
            {"amount": draw(amounts), "up_to": end / 3 + 0.0000037} for end in ends
        ] + [{"amount": draw(amounts)}]
    rules["peaks"] = draw(st.sampled_from([1, 1, 2, 3, 5]))
    rules["one_a_day"] = draw(st.booleans())
    weighted = st.sampled_from(periods or ["all_day"])
    rules["weights"] = [
        {"period": period, "factor": draw(st.sampled_from([0, 0.5, 2]))}
        for period in sorted(draw(st.sets(weighted, max_size=2)))
    ]
    rules["least"] = draw(st.sampled_from([0, 0, 2.5, 9]))
    if rules["per"] != "cycle":
        rules["months"] = draw(st.sampled_from([1, 1, 3, 12]))
        rules["usual"] = draw(st.sampled_from([None, 4.2]))
    return rules


@st.composite
def versions(draw: st.DrawFn) -> dict[str, Any]:
    """All that a version may have."""
    version: dict[str, Any] = {}
    if has_summer := draw(st.booleans()):
        version["summer"] = [draw(month_days), draw(month_days)]
        # From a day to the one before it is all year: no winter is left.
    version["hours"] = draw(hours(has_summer=has_summer))
    if draw(st.booleans()):
        version["holidays"] = "ontario"
    version["tiers"] = draw(tiers(has_summer=has_summer))
    version["tiers_per"] = draw(st.sampled_from(["day", "month", "cycle"]))
    version["adders"] = draw(
        st.lists(
            st.fixed_dictionaries(
                {"price": prices},
                optional={"factor": st.sampled_from([0.5, 1, 1.05, -1])},
            ),
            max_size=3,
        )
    )
    version["fixed"] = draw(
        st.lists(
            st.fixed_dictionaries(
                {"amount": amounts, "per": st.sampled_from(["day", "month", "cycle"])}
            ),
            max_size=4,
        )
    )
    if draw(st.booleans()):
        version["demand"] = {
            "price": draw(prices) * 20,
            "minutes": draw(st.sampled_from([15, 30, 60])),
            "periods": draw(st.lists(st.sampled_from(PERIODS), max_size=2, unique=True))
            if version["hours"]
            else [],
            **draw(demand_rules(sorted({row["period"] for row in version["hours"]}))),
        }
    version["taxes"] = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "percent": st.sampled_from([5, 9.975, 14.975, -23.5, 0, 100, 1.5]),
                    "on": st.sampled_from(BASES),
                }
            ),
            max_size=4,
        )
    )
    if draw(st.booleans()):
        version["minimum"] = draw(st.integers(0, 30_000)) / 100
    if draw(st.booleans()):
        version["event"] = {
            "price": draw(prices),
            "kind": draw(st.sampled_from(["instead", "added"])),
        }
    if draw(st.booleans()):
        version["spot"] = {"factor": draw(st.sampled_from([1, 1.05, 0.5, 0]))}
    if draw(st.sampled_from([True, True, False])):
        version["export"] = draw(exports(version))
    return version


@st.composite
def cycles(draw: st.DrawFn) -> dict[str, Any]:
    """When the meter is read."""
    kind = draw(st.sampled_from(["day", "day", "months", "days", "dates"]))
    some_day = st.dates(date(2023, 1, 1), date(2029, 12, 31)).map(date.isoformat)
    if kind == "day":
        return {"day": draw(st.integers(1, 31))}
    if kind == "months":
        return {
            "day": draw(st.integers(1, 31)),
            "months": draw(st.sampled_from([2, 3, 4])),
            "anchor": draw(some_day),
        }
    if kind == "days":
        return {"days": draw(st.integers(7, 95)), "anchor": draw(some_day)}
    day = date(2025, 12, 1) + timedelta(days=draw(st.integers(0, 40)))
    listed = []
    for _ in range(draw(st.integers(1, 14))):
        listed.append(day.isoformat())
        day += timedelta(days=draw(st.integers(20, 70)))
    return {"dates": listed}


def read_by_hand(cycle: dict[str, Any], today: date) -> tuple[date, date]:
    """Return the two readings around a day, as a calendar on a wall has them."""
    edges = reading_days(cycle, 2022, 2030)
    assume(edges[0] <= today)
    start = max(edge for edge in edges if edge <= today)
    return start, min(edge for edge in edges if edge > today)


days_of_tests = st.dates(date(2026, 1, 1), date(2028, 12, 1)) | st.sampled_from(
    # Clocks are changed here and there, a leap day, ends of months and of years.
    [date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4),
     date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 24), date(2028, 2, 29),
     date(2027, 2, 28), date(2026, 12, 31), date(2026, 9, 6), date(2027, 4, 4)]
)  # fmt: skip


@given(cycles(), days_of_tests)
@settings(max_examples=many(400), deadline=None)
def test_a_meter_is_read_when_the_calendar_says(
    cycle: dict[str, Any], today: date
) -> None:
    """Every way to tell when a meter is read, beside a list that is written by hand."""
    start, end = read_by_hand(cycle, today)
    period = cycle_from(cycle).period(today)
    assert (period.start, period.end) == (start, end)
    listed = cycle.get("dates", ())
    if "days" in cycle or {start.isoformat(), end.isoformat()} & set(listed):
        assert period.months is None
    else:
        assert period.months == cycle.get("months", 1)


@given(cycles(), days_of_tests, st.lists(st.integers(-9, 9), max_size=4))
@settings(max_examples=many(200), deadline=None)
def test_periods_follow_each_other_whenever_it_is_read(
    cycle: dict[str, Any], today: date, offsets: list[int]
) -> None:
    """Read early or late: each day is in one period, and none is empty."""
    edges = [edge for edge in reading_days(cycle, 2022, 2030) if edge >= today]
    reads = [
        (edge + timedelta(days=offset)).isoformat()
        for edge, offset in zip(edges[1::2], offsets, strict=False)
    ]
    made = cycle_from({**cycle, "reads": reads})
    day = today
    period = made.period(day)
    for _ in range(8):
        assert period.start <= day < period.end
        assert made.period(period.start) == period
        assert made.period(period.end - timedelta(days=1)) == period
        day = period.end
        after = made.period(day)
        assert after.start == period.end
        period = after


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a plan, a zone, a period of it and what was used in that."""
    cycle = draw(cycles())
    start, end = read_by_hand(cycle, draw(days_of_tests))
    listed = {start.isoformat(), end.isoformat()} & set(cycle.get("dates", ()))
    months = None if "days" in cycle or listed else cycle.get("months", 1)
    found = draw(st.lists(versions(), min_size=1, max_size=3))
    # From any day around the period on; each once.
    since = sorted(
        draw(
            st.sets(
                st.integers(-3, (end - start).days + 3),
                min_size=len(found) - 1,
                max_size=len(found) - 1,
            )
        )
    )
    for version, offset in zip(found[1:], since, strict=True):
        version["effective_from"] = (start + timedelta(days=offset)).isoformat()
    for before, version in pairwise(found):
        # Another price of energy, or of power, whose peaks are counted as they were.
        if "demand" in before and draw(st.booleans()):
            version["demand"] = dict(before["demand"])
            if draw(st.booleans()):
                version["demand"]["price"] = draw(prices) * 20
    return {
        "plan": {"versions": found, "cycle": cycle},
        "start": start,
        "end": end,
        "months": months,
        "zone": ZoneInfo(draw(st.sampled_from(ZONES))),
        "seed": draw(st.integers(0, 10**6)),
        "share": draw(st.sampled_from([0.01, 0.1, 0.5])),
        "most": draw(st.sampled_from([0.05, 0.9, 20])),
        "has_home": draw(st.sampled_from([True, True, False])),
        "has_fed": draw(st.sampled_from([True, True, False])),
        "has_past": draw(st.booleans()),
        "nights": draw(st.booleans()),
        "until": draw(st.none() | st.floats(0, 1)),
    }


def quarters(start: date, end: date, zone: ZoneInfo) -> list[datetime]:
    """Return the quarters of an hour of a period, one after the other."""
    at = datetime(start.year, start.month, start.day, tzinfo=zone).astimezone(UTC)
    last = datetime(end.year, end.month, end.day, tzinfo=zone).astimezone(UTC)
    return [
        at + timedelta(minutes=15 * index)
        for index in range(int((last - at) / timedelta(minutes=15)))
    ]


def past_of(start: date, zone: ZoneInfo, chance: random.Random) -> dict[str, Peaks]:
    """Return the peaks of some months before a day, and of its own before it."""
    past: dict[str, Peaks] = {}
    for back in range(14):
        index = start.year * 12 + start.month - 1 - back
        days = start.day - 1 if back == 0 else 28
        if not days or chance.random() < 0.2:
            continue
        month = date(index // 12, index % 12 + 1, 1)
        peaks: Peaks = []
        for day in chance.sample(range(days), min(days, chance.choice([1, 1, 3, 5]))):
            at = datetime(month.year, month.month, day + 1, 12, tzinfo=zone)
            kw = Decimal(chance.randrange(1, 12_000)) / 1000
            own = kw * chance.randrange(11) / 10
            peaks.append(
                (at.astimezone(UTC), kw, None if chance.random() < 0.2 else own)
            )
        past[f"{month:%Y-%m}"] = peaks
    return past


def remembered(past: dict[str, Peaks]) -> Callable[[int], tuple[Peak, ...]]:
    """Return what Klima would remember of them."""

    def of(month: int) -> tuple[Peak, ...]:
        return tuple(
            Peak(int(at.timestamp()), float(kw), None if own is None else float(own))
            for at, kw, own in past.get(f"{month // 12}-{month % 12 + 1:02}", ())
        )

    return of


class Nights(Tariff):
    """A tariff whose nights are drawn."""

    def __init__(self, tariff: Tariff, is_light: Callable[[datetime], bool]) -> None:
        """Take a tariff's prices."""
        super().__init__(tariff.versions, tariff.cycle, tariff.zone)
        self._is_light = is_light

    @override
    def is_light(self, bucket: int) -> bool:
        """Return what was drawn."""
        return self._is_light(datetime.fromtimestamp(bucket * QUARTER, UTC))


@given(worlds())
@settings(max_examples=many(150), deadline=None)
def test_the_bill_of_any_plan_is_the_utilitys(world: dict[str, Any]) -> None:
    """To a hundredth of a cent, at the end of the period and within it."""
    plan, zone, chance = world["plan"], world["zone"], random.Random(world["seed"])
    start, end = world["start"], world["end"]
    times = quarters(start, end, zone)
    # Around where clocks change, and where prices do, more than elsewhere.
    some = [at for at in times if chance.random() < world["share"]]
    unit = {
        at: Decimal(chance.randrange(int(1000 * world["most"]))) / 1000 for at in some
    }
    home = None
    if world["has_home"]:
        home = {
            at: unit.get(at, Decimal(0)) + Decimal(chance.randrange(2000)) / 1000
            for at in times
            if at in unit or chance.random() < world["share"]
        }
    fed = None
    if home is not None and world["has_fed"]:
        # A home that makes some of its own: now and then it draws less than the unit.
        for at in unit:
            if chance.random() < 0.5:
                home[at] = Decimal(chance.randrange(1000)) / 1000
            elif chance.random() < 0.3:
                del home[at]
        fed = {
            at: Decimal(chance.randrange(1500)) / 1000
            for at in times
            if chance.random() < world["share"]
        }

    def is_light(at: datetime) -> bool:
        return not (world["nights"] and at.timestamp() // QUARTER % 3)

    events = {
        at: Decimal(chance.choice([0, 1, 1, 4, 10])) / 10
        for at in unit
        if chance.random() < 0.2
    }
    spot = {at: Decimal(chance.randrange(-200, 900)) / 1000 for at in times}
    ledger, whole = Ledger(), None
    for at, kwh in unit.items():
        when = at.timestamp()
        ledger.add(when, when + QUARTER, float(kwh))
        ledger.add_spot(when, when + QUARTER, float(kwh), float(spot[at]))
        if part := events.get(at):
            ledger.events[int(when // QUARTER)] = float(part * kwh)
    if home is not None:
        whole = Ledger()
        for at, kwh in home.items():
            whole.add(at.timestamp(), at.timestamp() + QUARTER, float(kwh))
        if fed is not None:
            whole.has_fed = True
            for at, kwh in fed.items():
                whole.add_fed(at.timestamp(), at.timestamp() + QUARTER, float(kwh))
    past = past_of(start, zone, chance) if world["has_past"] else {}
    until = None
    if world["until"] is not None:
        until = times[int(world["until"] * (len(times) - 1))]
    tariff = Nights(tariff_from(plan, zone), is_light)
    period = BillingPeriod(start, end, world["months"])
    biller = Biller(tariff, period, ledger, whole, remembered(past))
    last = times[-1].timestamp() + QUARTER if until is None else until.timestamp()
    if until is not None:
        # It was asked before: what is remembered changes nothing.
        biller.bill(times[len(times) // 2].timestamp())
    ours = biller.bill(last)
    theirs = utility_bill(
        plan,
        unit,
        start,
        end,
        zone=zone,
        months=world["months"],
        home=home,
        events=events,
        spot=spot,
        until=until,
        fed=fed,
        is_light=is_light,
        past=past,
    )
    assert ours.total == pytest.approx(float(theirs), abs=1e-4, rel=1e-9)
    assert ours.unpriced == pytest.approx(0, abs=1e-6)
