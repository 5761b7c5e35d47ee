"""Where a bill will end, and what use is abnormal."""

from datetime import date, datetime, timedelta
import math
import random
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.abnormal_use import excess
from custom_components.klima.core.degree_days import DayUse, Method, Model, fit
from custom_components.klima.core.history import Use, ledger_of, price_hours
from custom_components.klima.core.ledger import Ledger
from custom_components.klima.core.projection import (
    Outlook,
    ahead,
    days_of,
    profile_of,
    project,
)
from custom_components.klima.core.tariff import flat, tariff_from
from custom_components.klima.core.tariff.cycle import BillingPeriod

TORONTO = ZoneInfo("America/Toronto")
FIRST = date(2026, 1, 1)


def season(
    seed: int,
    days: int = 62,
    *,
    start: float = -8.0,
    end: float = 4.0,
    noise: float = 1.5,
) -> list[DayUse]:
    """Return days of a heat pump: it warms up outdoors, with spells of cold."""
    chance = random.Random(seed)
    spell, found = 0.0, []
    for index in range(days):
        spell = 0.75 * spell + chance.gauss(0, 2.5)
        outdoor = start + (end - start) * index / days + spell
        kwh = 3 + 0.9 * max(15 - outdoor, 0) + chance.gauss(0, noise)
        found.append(DayUse(FIRST + timedelta(days=index), max(kwh, 0), outdoor))
    return found


def test_a_season_is_found_in_its_days() -> None:
    """The line that made them, and how far they lie from it."""
    model = fit(season(1))
    assert model is not None
    assert model.method is Method.DEGREE_DAYS
    for outdoor in (-10, 0, 5):
        assert model.expected(outdoor) == pytest.approx(
            3 + 0.9 * (15 - outdoor), rel=0.06
        )
    assert model.deviation == pytest.approx(1.5, rel=0.4)
    assert model.slope(-10) == pytest.approx(0.9, rel=0.15)
    assert model.slope(30) == model.cooling


def test_cooling_and_heating_together() -> None:
    """A year has both, each from a temperature of its own."""
    days = [
        DayUse(
            FIRST + timedelta(days=index),
            1 + 0.8 * max(14 - t, 0) + 1.2 * max(t - 22, 0),
            t,
        )
        for index, t in enumerate(float(step) for step in range(-10, 35))
    ]
    model = fit(days)
    assert model is not None
    assert model.heating == pytest.approx(0.8, rel=0.02)
    assert model.cooling == pytest.approx(1.2, rel=0.02)
    assert (model.heat_below, model.cool_above) == (14, 22)
    assert model.slope(18) == 0


@pytest.mark.parametrize(
    "days",
    [
        [DayUse(FIRST, 5)],
        [DayUse(FIRST + timedelta(days=i), 5 + i % 2) for i in range(20)],
        [DayUse(FIRST + timedelta(days=i), 5 + i % 2, 3.0) for i in range(20)],
        [
            DayUse(FIRST + timedelta(days=i), random.Random(i).uniform(0, 9), float(i))
            for i in range(20)
        ],
    ],
    ids=["one day", "no temperature", "no spread", "no relation"],
)
def test_where_the_weather_tells_nothing_the_mean_does(days: list[DayUse]) -> None:
    """It says so."""
    model = fit(days)
    assert model is not None
    assert model.method is Method.DAILY_MEAN
    assert model.expected(None) == model.expected(-20) == model.base
    assert fit([]) is None


def test_a_line_that_would_use_less_than_nothing() -> None:
    """It goes through the origin instead."""
    days = [
        DayUse(FIRST + timedelta(days=i), max(2 * (4 - t), 0), t)
        for i, t in enumerate(float(step) for step in range(-6, 20))
    ]
    model = fit(days)
    assert model is not None
    assert model.base >= 0
    assert min(model.expected(t / 2) for t in range(-40, 80)) >= 0


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(-40, 45)), min_size=1, max_size=40)
)
@settings(deadline=None)
def test_no_day_is_expected_to_use_less_than_nothing(
    rows: list[tuple[float, float]],
) -> None:
    """Whatever the days were; and the deviation is a figure."""
    days = [
        DayUse(FIRST + timedelta(days=i), kwh, t) for i, (kwh, t) in enumerate(rows)
    ]
    model = fit(days)
    assert model is not None
    assert math.isfinite(model.deviation)
    outlooks = [
        Outlook(FIRST + timedelta(days=i), float(t)) for i, t in enumerate((-30, 40))
    ]
    coming = ahead(model, outlooks)
    assert all(kwh >= 0 for kwh in coming.by_day.values())
    assert coming.deviation >= 0


PERIOD = BillingPeriod(FIRST, FIRST + timedelta(days=62), 2)


def ledger_until(days: list[DayUse], until: float) -> Ledger:
    """Return the ledger of some days up to a time, with a profile of the day."""
    ledger = Ledger()
    for day in days:
        midnight = datetime(day.day.year, day.day.month, day.day.day, tzinfo=TORONTO)
        for hour in range(24):
            at = midnight.timestamp() + hour * 3600
            if at < until:
                ledger.add(
                    at, at + 3600, day.kwh * (1.5 if 6 <= hour < 18 else 0.5) / 24
                )
    return ledger


def project_at(
    days: list[DayUse], share: float, *, weather: bool = True, forecast: int = 7
) -> tuple[float, float, float]:
    """Return the projected, the low and the high bill of a season at a part of it."""
    tariff = flat(0.1, TORONTO)
    done = int(62 * share)
    now = tariff.midnight(FIRST + timedelta(days=done))
    outdoor = {day.day: day.outdoor for day in days[:done] if day.outdoor is not None}
    ledger = ledger_until(days, now)
    known = days_of(ledger, tariff, now, outdoor if weather else {})
    model = fit(known)
    assert model is not None
    outlooks = [
        Outlook(
            day.day,
            day.outdoor if index < forecast else -8 + 12 * (done + index) / 62,
            is_forecast=index < forecast,
        )
        for index, day in enumerate(days[done:])
    ]
    found = project(
        tariff, PERIOD, ledger, None, now, model, outlooks, with_fixed=False
    )
    return found.total, found.low, found.high


def test_projections_of_simulated_seasons() -> None:
    """Nearer than the daily mean at each part of a period, and honest of how near."""
    for share in (0.25, 0.5, 0.75):
        ours, mean, inside, low_to_high = [], [], 0, []
        for seed in range(8):
            days = season(seed)
            truth = sum(day.kwh for day in days) * 0.1
            total, low, high = project_at(days, share)
            ours.append(abs(total - truth) / truth)
            mean.append(abs(project_at(days, share, weather=False)[0] - truth) / truth)
            inside += low <= truth <= high
            low_to_high.append((high - low) / truth)
            assert low <= total <= high
        assert sum(ours) < 0.8 * sum(mean)
        assert sum(ours) / len(ours) < 0.05
        assert inside >= 4
        assert sum(low_to_high) / len(low_to_high) < 0.4


def test_a_projection_of_a_finished_period_is_its_bill() -> None:
    """Nothing is left to guess."""
    days = season(3)
    total, low, high = project_at(days, 1.0)
    assert total == pytest.approx(sum(day.kwh for day in days) * 0.1)
    assert low == high == total


def test_tiers_of_a_home_and_a_market_price_to_the_end() -> None:
    """What is to come falls into the tier that the home will be in by then."""
    days = season(4, noise=0)
    plan = {
        "versions": [
            {"tiers": [{"price": 0.1, "up_to": 40}, {"price": 0.2}], "tiers_per": "day"}
        ]
    }
    tariff = tariff_from(plan, TORONTO)
    now = tariff.midnight(FIRST + timedelta(days=31))
    unit = ledger_until(days, now)
    home = Ledger()
    for bucket, kwh in unit.kwh.items():
        home.kwh[bucket] = 4 * kwh
    outdoor = {day.day: day.outdoor for day in days[:31] if day.outdoor is not None}
    model = fit(days_of(unit, tariff, now, outdoor))
    assert model is not None
    outlooks = [Outlook(day.day, day.outdoor, is_forecast=True) for day in days[31:]]
    alone = project(tariff, PERIOD, unit, None, now, model, outlooks, with_fixed=False)
    within = project(tariff, PERIOD, unit, home, now, model, outlooks, with_fixed=False)
    assert within.kwh == pytest.approx(alone.kwh)
    assert alone.total == pytest.approx(alone.kwh * 0.1)
    assert within.total > alone.total * 1.3

    market = tariff_from({"versions": [{"spot": {}}]}, TORONTO)
    for bucket, kwh in unit.kwh.items():
        unit.spot[bucket], unit.spot_kwh[bucket] = 0.15 * kwh, kwh
    paid = project(market, PERIOD, unit, None, now, model, outlooks, with_fixed=False)
    assert paid.total == pytest.approx(0.15 * paid.kwh)


def test_peaks_to_come_are_as_high_as_those_of_the_last_days() -> None:
    """Each day uses its 3 kWh in an hour of its own: spread over all of them, none has a peak."""
    plan = {"versions": [{"demand": {"price": 10, "per": "month"}}]}
    tariff = tariff_from(plan, TORONTO)
    unit = Ledger()
    for index in range(10):
        start = tariff.midnight(FIRST - timedelta(days=index + 1)) + 3600 * 2 * index
        unit.add(start, start + 3600, 3)
    now = tariff.midnight(FIRST) + 60
    month = BillingPeriod(FIRST, date(2026, 2, 1), 1)
    outlooks = [Outlook(FIRST + timedelta(days=index), None) for index in range(31)]
    for kwh, kw in ((3, 3), (1.5, 1.5), (6, 3.3)):
        found = project(
            *(tariff, month, unit, unit.copy(), now, Model(base=kwh), outlooks),
            with_fixed=False,
        )
        assert found.kwh == pytest.approx(31 * kwh, rel=0.01)
        # What is more than on the last days has no peak of its own.
        assert found.total == pytest.approx(10 * kw, rel=0.01)


def test_a_new_system_has_a_flat_day_and_no_complete_ones() -> None:
    """The first day is a part of one."""
    tariff = flat(0.1, TORONTO)
    now = tariff.midnight(FIRST) + 6 * 3600
    ledger = Ledger()
    assert days_of(ledger, tariff, now, {}) == []
    ledger.add(now - 3600, now, 2)
    assert days_of(ledger, tariff, now, {}) == []
    assert profile_of(ledger, tariff, now) == (1 / 96,) * 96


def test_abnormal_use() -> None:
    """Half as much again as the weather explains, in three days together."""
    days = season(5, 30)
    found = excess(days)
    assert found is not None
    assert not found.is_abnormal
    dirty = [
        *days[:-3],
        *(DayUse(day.day, day.kwh * 1.7, day.outdoor) for day in days[-3:]),
    ]
    found = excess(dirty)
    assert found is not None
    assert found.is_abnormal
    assert found.ratio == pytest.approx(1.7, rel=0.15)
    # It takes enough days, and weather that explains them.
    assert excess(dirty[-10:]) is None
    assert excess([DayUse(day.day, day.kwh) for day in dirty]) is None
    assert excess([DayUse(day.day, 5, day.outdoor) for day in dirty]) is None


@pytest.mark.parametrize(
    ("outdoor", "heat", "kwh"),
    [
        # The first hot days after a spring of heating, and the first cold ones after a summer.
        ([2 + index % 14 for index in range(40)] + [27, 29, 30], True, 9.0),
        ([19 + index % 12 for index in range(40)] + [4, 3, 2], False, 12.0),
    ],
)
def test_the_first_days_of_a_season_are_no_excess(
    outdoor: list[float], heat: bool, kwh: float
) -> None:
    """What was never seen to cool has no usual use of hot days, nor the other way round."""
    days = [
        DayUse(
            FIRST + timedelta(days=index),
            kwh
            if index >= 40
            else 0.3 + max(16 - mean if heat else mean - 22, 0.0) * 0.8,
            mean,
        )
        for index, mean in enumerate(outdoor)
    ]
    assert excess(days) is None
    # Once it was seen, it is judged again.
    seen = days + [
        DayUse(day.day + timedelta(days=3 * turn), day.kwh * scale, day.outdoor)
        for turn, scale in ((1, 1.0), (2, 1.0), (3, 1.0), (4, 3.0))
        for day in days[-3:]
    ]
    found = excess(seen)
    assert found is not None
    assert found.is_abnormal


def test_a_model_of_one_day_is_not_sure_of_itself() -> None:
    """One day tells little of the next."""
    model = fit([DayUse(FIRST, 10)])
    assert model == Model(base=10, deviation=5, count=1)


# The past of a meter


def test_the_past_is_priced_hour_by_hour() -> None:
    """In the tier, and by the version, of its time."""
    plan = {
        "versions": [
            {
                "effective_from": "2026-01-01",
                "tiers": [{"price": 0.1, "up_to": 100}, {"price": 0.2}],
                "tiers_per": "month",
                "taxes": [{"percent": 10}],
            },
            {"effective_from": "2026-02-10", "tiers": [{"price": 0.5}]},
        ]
    }
    tariff = tariff_from(plan, TORONTO)
    start = int(tariff.midnight(date(2025, 12, 31)))
    uses = [Use(start + hour * 3600, 1.0) for hour in range(24 * 60)]
    hours = price_hours(tariff, uses)
    assert [hour.cost for hour in hours[:24]] == [None] * 24
    january = hours[24 : 24 * 32]
    assert january[0].cost == pytest.approx(0.11)
    assert january[99].cost == pytest.approx(0.11)
    assert january[100].cost == pytest.approx(0.22)
    assert hours[24 * 32].cost == pytest.approx(0.11)
    assert hours[-1].cost == pytest.approx(0.5)
    assert price_hours(None, uses[:2])[0].cost is None

    home = [Use(use.start, 10.0) for use in uses]
    assert price_hours(tariff, uses, home)[24 + 20].cost == pytest.approx(0.22)


def test_the_past_of_a_market_price() -> None:
    """Hours whose price is not known have no cost."""
    tariff = tariff_from({"versions": [{"spot": {}}]}, TORONTO)
    start = int(tariff.midnight(FIRST))
    uses = [Use(start, 2.0), Use(start + 3600, 3.0)]
    hours = price_hours(tariff, uses, spots={start: 0.2})
    assert hours[0].cost == pytest.approx(0.4)
    assert hours[1].cost is None
    assert ledger_of([]).kwh == {}
