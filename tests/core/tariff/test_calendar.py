"""Seasons, days, hours, holidays and billing periods."""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.tariff import (
    Cycle,
    PlanError,
    Tariff,
    flat,
    following,
    tariff_from,
)
from custom_components.klima.core.tariff.calendar import (
    Period,
    Season,
    calendar_from,
    minute_of,
)
from custom_components.klima.core.tariff.cycle import BillingPeriod, cycle_from
from custom_components.klima.core.tariff.holidays import easter, holidays
from custom_components.klima.plans import read_known_plans

from .utility import HOLIDAYS, ONTARIO, with_prices

ROME = ZoneInfo("Europe/Rome")
TORONTO = ZoneInfo("America/Toronto")
ONTARIO_PLAN = {"versions": list(read_known_plans()["ontario_time_of_use"].versions)}


def at(text: str, zone: ZoneInfo = TORONTO) -> float:
    """Return a time of the home."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2024, "03-31"),
        (2025, "04-20"),
        (2026, "04-05"),
        (2027, "03-28"),
        (2038, "04-25"),
    ],
)
def test_easter(year: int, day: str) -> None:
    """As the almanacs have it."""
    assert easter(year) == date.fromisoformat(f"{year}-{day}")


def test_ontarios_holidays() -> None:
    """As the Ontario Energy Board lists them; one on a weekend is kept after it."""
    listed = {day for day in ONTARIO if day.startswith("2026")}
    assert {day.isoformat() for day in holidays("ontario", 2026)} == listed
    # Christmas 2027 is a Saturday, Boxing Day a Sunday.
    assert {date(2027, 12, 27), date(2027, 12, 28)} <= holidays("ontario", 2027)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("quebec", "2026-05-18"),
        ("quebec", "2026-06-24"),
        ("quebec", "2026-04-06"),
        ("united_states", "2026-05-25"),
        ("united_states", "2026-11-26"),
        ("united_states", "2026-02-16"),
        ("italy", "2026-04-06"),
        ("italy", "2026-06-02"),
        ("spain", "2026-10-12"),
    ],
)
def test_other_holidays(name: str, day: str) -> None:
    """Each list has its own."""
    assert date.fromisoformat(day) in holidays(name, 2026)


def test_a_holiday_of_the_united_states_on_a_weekend() -> None:
    """Utilities keep that of a Sunday on the Monday after, and none of a Saturday."""
    assert date(2027, 7, 5) in holidays("united_states", 2027)
    assert not {date(2026, 7, 3), date(2026, 7, 6)} & holidays("united_states", 2026)


@pytest.mark.parametrize("name", ["italy", "norway", "spain"])
def test_europes_holidays(name: str) -> None:
    """They are those of the year's calendar, all of them."""
    assert {day.isoformat() for day in holidays(name, 2026)} == HOLIDAYS[name]


@pytest.mark.parametrize(
    ("when", "period", "price"),
    [
        ("2026-01-05T06:59", Period.OFF_PEAK, 0.098),
        ("2026-01-05T07:00", Period.ON_PEAK, 0.203),
        ("2026-01-05T12:00", Period.MID_PEAK, 0.157),
        ("2026-01-05T19:00", Period.OFF_PEAK, 0.098),
        ("2026-01-04T12:00", Period.OFF_PEAK, 0.098),
        ("2026-07-06T12:00", Period.ON_PEAK, 0.203),
        ("2026-07-01T12:00", Period.OFF_PEAK, 0.098),
        ("2026-04-30T12:00", Period.MID_PEAK, 0.157),
        ("2026-05-01T12:00", Period.ON_PEAK, 0.203),
        ("2026-10-31T12:00", Period.OFF_PEAK, 0.098),
    ],
)
def test_ontarios_periods(when: str, period: Period, price: float) -> None:
    """Winter and summer swap their peaks; weekends and holidays have none."""
    span = tariff_from(ONTARIO_PLAN, TORONTO).span(at(when))
    assert span.window.period is period
    assert span.window.price == price


ITALIAN_HOURS = [
    ("on_peak", 0.3, "weekdays", "08:00", "19:00"),
    ("mid_peak", 0.2, "weekdays", "07:00", "08:00"),
    ("mid_peak", 0.2, "weekdays", "19:00", "23:00"),
    ("off_peak", 0.1, "weekdays", "23:00", "07:00"),
    ("mid_peak", 0.2, "saturdays", "07:00", "23:00"),
    ("off_peak", 0.1, "saturdays", "23:00", "07:00"),
    ("off_peak", 0.1, "sundays", "00:00", "00:00"),
]
"""The hours F1, F2 and F3 of ARERA's resolution 181/06."""


def italian_plan(*rows: tuple[str, float, str, str, str]) -> dict[str, Any]:
    """Return a plan of some hours."""
    names = ("period", "price", "days", "start", "end")
    hours = [dict(zip(names, row, strict=True)) for row in rows]
    return {"versions": [{"hours": hours, "holidays": "italy"}]}


@pytest.mark.parametrize(
    ("when", "period"),
    [
        ("2026-04-03T12:00", Period.ON_PEAK),
        ("2026-04-03T22:45", Period.MID_PEAK),
        ("2026-04-03T23:00", Period.OFF_PEAK),
        ("2026-04-04T12:00", Period.MID_PEAK),
        ("2026-04-04T23:00", Period.OFF_PEAK),
        ("2026-04-05T12:00", Period.OFF_PEAK),
        ("2026-04-06T12:00", Period.OFF_PEAK),
        # A holiday on a Saturday is as a Sunday.
        ("2026-12-26T12:00", Period.OFF_PEAK),
    ],
)
def test_saturdays_have_prices_of_their_own(when: str, period: Period) -> None:
    """In Italy they are neither as weekdays nor as Sundays."""
    tariff = tariff_from(italian_plan(*ITALIAN_HOURS), ROME)
    assert tariff.span(at(when, ROME)).window.period is period


@pytest.mark.parametrize("missing", ["saturdays", "sundays"])
def test_a_hole_is_told_of_the_day_that_it_is_on(missing: str) -> None:
    rows = [row for row in ITALIAN_HOURS if row[2] != missing]
    with pytest.raises(PlanError) as error:
        tariff_from(italian_plan(*rows), ROME)
    assert {fault.placeholders["days"] for fault in error.value.faults} == {missing}


def test_the_next_change() -> None:
    """From the evening before a holiday, it is the morning after it."""
    tariff = tariff_from(ONTARIO_PLAN, TORONTO)
    change = tariff.next_change(at("2026-12-24T20:00"))
    assert change is not None
    # Christmas is a Friday, Boxing Day kept on Monday.
    assert change.start == at("2026-12-29T07:00")
    assert change.window.period is Period.ON_PEAK
    assert flat(0.1, TORONTO).next_change(at("2026-12-24T20:00")) is None


def test_a_change_of_prices_is_a_change() -> None:
    """So is a season whose tiers are others, but not a day like the last."""
    plan = {
        "versions": [
            {"tiers": [{"price": 0.1}]},
            {"tiers": [{"price": 0.2}], "effective_from": "2026-04-01"},
        ]
    }
    change = tariff_from(plan, TORONTO).next_change(at("2026-01-01T12:00"))
    assert change is not None
    assert change.start == at("2026-04-01T00:00")


@pytest.mark.parametrize(
    ("day", "hours", "buckets"),
    [("2026-03-08", 23, 92), ("2026-11-01", 25, 100), ("2026-11-02", 24, 96)],
)
def test_days_with_other_hours(day: str, hours: int, buckets: int) -> None:
    """A day in which clocks are changed has 23 or 25 hours, all of them priced."""
    tariff = tariff_from(ONTARIO_PLAN, TORONTO)
    made = tariff.day(date.fromisoformat(day))
    assert made.end - made.first == buckets == hours * 4
    assert made is tariff.day(date.fromisoformat(day))


CLOCKS = (
    *("America/Toronto", "America/Santiago", "America/Havana", "Europe/Dublin"),
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "Africa/Cairo"),
    *("Africa/Casablanca", "Atlantic/Azores", "Asia/Beirut", "UTC"),
)


@settings(max_examples=20)
@given(
    zone=st.sampled_from(CLOCKS).map(ZoneInfo),
    year=st.integers(2024, 2030),
    borders=st.sets(st.integers(0, 95), min_size=2, max_size=5).map(sorted),
)
def test_the_clock_on_the_wall_says_what_a_quarter_hour_costs(
    zone: ZoneInfo, year: int, borders: list[int]
) -> None:
    """On each day of a year, whatever is done to the clocks, at midnight or by half hours."""

    def clock(quarter: int) -> str:
        return f"{quarter // 4:02}:{quarter % 4 * 15:02}"

    tariff = tariff_from(
        {
            "versions": [
                {
                    "hours": [
                        {
                            "period": "on_peak",
                            "price": index,
                            "start": clock(start),
                            "end": clock(end),
                        }
                        for index, (start, end) in enumerate(
                            zip(borders, [*borders[1:], borders[0]], strict=True)
                        )
                    ]
                }
            ]
        },
        zone,
    )
    when = int(datetime(year, 1, 1, tzinfo=zone).timestamp())
    last = int(datetime(year + 1, 1, 1, tzinfo=zone).timestamp())
    while when < last:
        span = tariff.span(when)
        assert span.start == when or tariff.date_of(when - 1) == span.day.date
        for at_ in range(when, int(span.end), 900):
            local = datetime.fromtimestamp(at_, zone)
            row = bisect_right(borders, local.hour * 4 + local.minute // 15) - 1
            assert span.window.price == row % len(borders)
            assert span.day.date == local.date()
            assert span.day.interval(at_ // 900, 60) == at_ - local.minute * 60
        when = int(span.end)


def test_the_hour_that_comes_twice_has_one_price() -> None:
    """A period from 1 to 2 lasts two hours on that day, and none in spring."""
    plan = {
        "versions": [
            {
                "hours": [
                    {"period": "on_peak", "price": 1, "start": "01:00", "end": "02:00"},
                    {
                        "period": "off_peak",
                        "price": 0,
                        "start": "02:00",
                        "end": "01:00",
                    },
                ]
            }
        ]
    }
    tariff = tariff_from(plan, TORONTO)

    def dear(day: str) -> float:
        first = at(f"{day}T00:00")
        return sum(
            span.end - span.start
            for span in tariff.spans(first, at(f"{day}T12:00"))
            if span.window.period is Period.ON_PEAK
        )

    assert dear("2026-11-01") == 7200
    assert dear("2026-11-02") == 3600
    assert dear("2026-03-09") == 3600


@pytest.mark.parametrize(
    ("text", "minute"), [("07:00", 420), ("07:15:00", 435), ("24:00", 0), ("0:00", 0)]
)
def test_times_of_day(text: str, minute: int) -> None:
    """With seconds or without."""
    assert minute_of(text) == minute


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("7", "not_a_time"),
        ("seven", "not_a_time"),
        ("25:00", "not_a_time"),
        ("07:10", "not_a_quarter"),
        ("07:00:30", "not_a_quarter"),
    ],
)
def test_what_is_no_time_of_day(text: str, reason: str) -> None:
    """It is named, not guessed."""
    with pytest.raises(PlanError) as refused:
        minute_of(text)
    assert refused.value.faults[0].reason == reason
    assert refused.value.faults[0].placeholders == {"time": text}


windows = st.lists(
    st.tuples(st.integers(0, 95), st.integers(0, 95)).map(
        lambda pair: {
            "period": "off_peak",
            "price": 0.1,
            "start": f"{pair[0] // 4:02}:{pair[0] % 4 * 15:02}",
            "end": f"{pair[1] // 4:02}:{pair[1] % 4 * 15:02}",
        }
    ),
    min_size=1,
    max_size=5,
)


@given(windows)
def test_holes_and_overlaps_are_found_as_counted(hours: list[dict[str, Any]]) -> None:
    """Whatever the windows, they are refused unless each minute has just one."""
    covered = [0] * 96
    for row in hours:
        start, end = (minute_of(row[key]) // 15 for key in ("start", "end"))
        length = (end - start) % 96 or 96
        for index in range(length):
            covered[(start + index) % 96] += 1
    if all(count == 1 for count in covered):
        assert calendar_from(hours).windows
        return
    with pytest.raises(PlanError) as refused:
        calendar_from(hours)
    reasons = {fault.reason for fault in refused.value.faults}
    assert ("hole" in reasons) == (0 in covered)
    assert ("overlap" in reasons) == (max(covered) > 1)


def test_a_summer_over_the_new_year() -> None:
    """South of the equator it begins in one year and ends in the next."""
    calendar = calendar_from([], summer=("12-01", "02-28"))
    assert calendar.season(date(2026, 1, 15)) is Season.SUMMER
    assert calendar.season(date(2026, 12, 1)) is Season.SUMMER
    assert calendar.season(date(2026, 6, 15)) is Season.WINTER
    assert calendar.season(date(2028, 2, 29)) is Season.SUMMER
    assert calendar.season(date(2028, 3, 1)) is Season.WINTER
    from_march = calendar_from([], summer=("03-01", "08-31"))
    assert from_march.season(date(2028, 2, 29)) is Season.WINTER


@pytest.mark.parametrize(
    ("data", "field", "reason"),
    [
        ({"versions": []}, "base", "no_version"),
        ({"versions": [{"hours": [{"price": 1}]}]}, "base", "not_a_plan"),
        (
            {"versions": [{"tiers": [{"price": float("nan")}]}]},
            "base",
            "not_finite",
        ),
        ({"versions": [{"holidays": "mars"}]}, "holidays", "unknown_holidays"),
        (
            {"versions": [{"demand": {"price": 1, "minutes": 7}}]},
            "demand",
            "demand_minutes",
        ),
        (
            {
                "versions": [
                    {
                        "summer": ["05-01", "10-31"],
                        "tiers": [{"price": 1, "season": "summer"}],
                    }
                ]
            },
            "tiers",
            "no_tiers",
        ),
        (
            {"versions": [{"tiers": [{"price": 1, "season": "summer"}]}]},
            "seasons",
            "no_summer",
        ),
        ({"versions": [{}], "cycle": {"day": 40}}, "day", "day_out_of_range"),
        ({"versions": [{}], "cycle": {"months": 5}}, "months", "months_out_of_range"),
    ],
)
def test_plans_that_are_none(data: dict[str, Any], field: str, reason: str) -> None:
    """The field and the reason are told."""
    with pytest.raises(PlanError) as refused:
        tariff_from(data, TORONTO)
    assert (refused.value.faults[0].field, refused.value.faults[0].reason) == (
        field,
        reason,
    )
    assert reason in str(refused.value)


def test_every_known_plan_is_one() -> None:
    """Each has a source, the day that it was seen on, and hours without a hole."""
    plans = read_known_plans()
    assert len(plans) >= 10
    for plan in plans.values():
        tariff = tariff_from(
            {
                "versions": list(map(with_prices, plan.versions)),
                "cycle": plan.cycle,
            },
            TORONTO,
        )
        assert tariff.span(at("2026-11-25T12:00")).window is not None
        assert plan.source
        assert date.fromisoformat(plan.seen) <= date(2026, 11, 29)


def test_prices_past_their_validity() -> None:
    """They are used on, but it is known that they have ended."""
    tariff = tariff_from(ONTARIO_PLAN, TORONTO)
    assert tariff.valid_until(date(2026, 11, 25)) == date(2026, 10, 31)
    assert following(TORONTO).valid_until(date(2026, 11, 25)) is None


# Billing periods


@pytest.mark.parametrize(
    ("cycle", "today", "start", "end", "months"),
    [
        ({}, "2026-02-14", "2026-02-01", "2026-03-01", 1),
        ({"day": 31}, "2026-02-28", "2026-02-28", "2026-03-31", 1),
        ({"day": 30}, "2028-02-29", "2028-02-29", "2028-03-30", 1),
        ({"day": 12}, "2026-01-11", "2025-12-12", "2026-01-12", 1),
        (
            {"day": 12, "months": 2, "anchor": "2025-12-12"},
            "2026-11-25",
            "2026-10-12",
            "2026-12-12",
            2,
        ),
        (
            {"day": 12, "months": 2, "anchor": "2026-11-12"},
            "2026-11-05",
            "2026-09-12",
            "2026-11-12",
            2,
        ),
        (
            {"days": 30, "anchor": "2026-01-01"},
            "2026-02-05",
            "2026-01-31",
            "2026-03-02",
            None,
        ),
        (
            {"dates": ["2026-10-17", "2026-12-17"]},
            "2026-11-25",
            "2026-10-17",
            "2026-12-17",
            None,
        ),
        (
            {"dates": ["2026-10-17", "2026-12-17"]},
            "2027-02-20",
            "2027-02-17",
            "2027-03-17",
            1,
        ),
        (
            {"dates": ["2026-10-17", "2026-12-17"], "months": 2},
            "2027-02-20",
            "2027-02-17",
            "2027-03-17",
            1,
        ),
        ({"reads": ["2026-11-04"]}, "2026-11-25", "2026-11-04", "2026-12-01", None),
        ({"reads": ["2026-11-28"]}, "2026-11-25", "2026-11-01", "2026-11-28", None),
        ({"reads": ["2026-11-28"]}, "2026-11-29", "2026-11-28", "2027-01-01", None),
    ],
)
def test_billing_periods(
    cycle: dict[str, Any], today: str, start: str, end: str, months: int | None
) -> None:
    """By the day of a month, a length, a list, or as the meter was truly read."""
    assert cycle_from(cycle).period(date.fromisoformat(today)) == BillingPeriod(
        date.fromisoformat(start), date.fromisoformat(end), months
    )


cycles = st.one_of(
    st.builds(
        Cycle,
        day=st.integers(1, 31),
        months=st.sampled_from([1, 2, 3, 4, 6, 12]),
        anchor=st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1))),
        reads=st.lists(st.dates(date(2025, 1, 1), date(2027, 1, 1)), max_size=3).map(
            lambda days: tuple(sorted(set(days)))
        ),
    ),
    st.builds(Cycle, days=st.integers(7, 90), anchor=st.just(date(2026, 1, 5))),
    st.builds(
        Cycle,
        day=st.integers(1, 28),
        dates=st.lists(
            st.dates(date(2026, 1, 1), date(2026, 12, 31)), min_size=1, max_size=6
        ).map(lambda days: tuple(sorted(set(days)))),
        # Before the first of the dates it is by the days.
        months=st.sampled_from([1, 2, 12]),
        days=st.one_of(st.none(), st.integers(7, 90)),
    ),
)


@given(cycles, st.dates(date(2025, 6, 1), date(2027, 6, 1)))
def test_periods_follow_one_another(cycle: Cycle, today: date) -> None:
    """Each day is in one period, and the next begins where it ends."""
    period = cycle.period(today)
    assert period.start <= today < period.end
    assert cycle.period(period.start) == period
    assert cycle.period(period.end - timedelta(days=1)) == period
    assert cycle.period(period.end).start == period.end


def test_a_tariff_forgets_the_oldest_days() -> None:
    """It holds a few years at most."""
    tariff: Tariff = flat(0.1, TORONTO)
    first = date(2020, 1, 1)
    for index in range(1600):
        tariff.day(first + timedelta(days=index))
    assert len(tariff._days) <= 1500
