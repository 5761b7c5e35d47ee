"""Zones whose clocks no other's are like: each hour has its price, each day its cost.

Beside what is shown, the same is added up here by the clock on the wall alone.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from tests.plans import add_plan

from .common import (
    COUNTER,
    GROWING,
    POWER,
    Watch,
    add_home,
    complaints,
    figure,
    pass_seconds,
    set_sensor,
)

HOURS = [
    {"period": "overnight", "price": 0.05, "start": "00:00", "end": "02:00"},
    {"period": "off_peak", "price": 0.1, "start": "02:00", "end": "07:15"},
    {"period": "on_peak", "price": 0.4, "start": "07:15", "end": "23:00"},
    {"period": "mid_peak", "price": 0.2, "start": "23:00", "end": "00:00"},
]


def price_at(local: datetime) -> float:
    """Return the price by the clock on the wall."""
    now = local.strftime("%H:%M")
    return next(
        float(str(row["price"]))
        for row in HOURS
        if str(row["start"]) <= now and (now < str(row["end"]) or row["end"] == "00:00")
    )


@pytest.mark.parametrize(
    ("zone", "evening", "hours"),
    [
        ("Australia/Lord_Howe", "2026-04-04T10:00", 24.5),
        ("Australia/Lord_Howe", "2026-10-03T10:00", 23.5),
        ("America/Havana", "2026-03-08T02:00", 23),
        ("America/Havana", "2026-11-01T01:00", 25),
        ("America/Santiago", "2026-04-04T01:00", 25),
        ("America/Santiago", "2026-09-06T01:00", 23),
        ("Africa/Cairo", "2026-04-23T19:00", 23),
        ("Africa/Cairo", "2026-10-28T18:00", 25),
        ("Asia/Beirut", "2026-03-28T19:00", 23),
        ("Antarctica/Troll", "2026-03-28T21:00", 22),
        ("Antarctica/Troll", "2026-10-24T19:00", 26),
        ("Pacific/Chatham", "2026-09-26T09:00", 23),
        ("Asia/Kathmandu", "2026-11-24T15:00", 24),
        ("Pacific/Apia", "2026-11-24T08:00", 24),
        ("Pacific/Apia", "2011-12-29T06:00", 24),
    ],
)
async def test_a_day_of_an_odd_zone(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    zone: str,
    evening: str,
    hours: float,
) -> None:
    """Clocks changed by half an hour, by two, at midnight, and a day that never was."""
    here = ZoneInfo(zone)
    await hass.config.async_set_time_zone(zone)
    freezer.move_to(f"{evening}:00+00:00")
    plan = await add_plan(
        hass, {"hours": HOURS, "fixed": [{"amount": 0.5, "per": "day"}]}
    )
    set_sensor(hass, POWER, 0)
    await add_home(hass, energy=None, price_entity=None, plan=plan.entry_id)
    set_sensor(hass, POWER, 0)
    await pass_seconds(hass, freezer, 60)
    watch = Watch(hass)
    caplog.clear()
    start = figure(hass, "sensor.heat_pump_cost")
    assert start is not None
    days: dict[date, tuple[float, float]] = {}
    total = 0.0
    at = dt_util.utcnow().replace(tzinfo=UTC)
    at += timedelta(minutes=15) - timedelta(seconds=at.timestamp() % 900)
    await pass_seconds(hass, freezer, (at - dt_util.utcnow()).total_seconds())
    first = at.astimezone(here).date()
    for step in range(4 * 31):
        set_sensor(hass, POWER, 1200 + step % 2)
        local = at.astimezone(here)
        today = local.date()
        cost = (1200 + step % 2) / 4_000 * price_at(local)
        total += cost
        had = days.get(today, (0.0, 0.0))
        days[today] = (had[0] + cost, had[1] + 1 / 4)
        at += timedelta(minutes=15)
        await pass_seconds(hass, freezer, 900)
        watch.look()
        if today != first and at.astimezone(here).date() == today:
            state = hass.states.get("sensor.heat_pump_cost_today")
            assert state is not None
            since = dt_util.parse_datetime(state.attributes["last_reset"])
            assert since is not None
            assert since.astimezone(here).date() == today, local
            assert float(state.state) == pytest.approx(days[today][0], abs=0.025), local
    assert any(length == pytest.approx(hours) for _, length in days.values()), days
    set_sensor(hass, POWER, 0)
    await pass_seconds(hass, freezer, 60)
    lifetime = figure(hass, "sensor.heat_pump_cost")
    assert lifetime is not None
    # A minute at the price of the evening, before it began to be added up.
    assert lifetime - start == pytest.approx(total, abs=0.03)
    # A bill is of the month that it is.
    before = [cost for day, (cost, _) in days.items() if day.month != today.month]
    if before:
        lifetime -= start
    bill = figure(hass, "sensor.heat_pump_bill")
    assert bill == pytest.approx(lifetime - sum(before), abs=0.011)
    energy = figure(hass, GROWING[0])
    assert energy == pytest.approx(31 * 1.2, rel=0.002)
    assert complaints(caplog) == []


async def test_a_machine_that_slept_over_prices(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What a counter tells of six hours of sleep costs what it did in each of them."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24T20:00:00+00:00")
    plan = await add_plan(hass, {"hours": HOURS})
    await add_home(hass, power=None, price_entity=None, plan=plan.entry_id)
    await pass_seconds(hass, freezer, 60)
    cost = figure(hass, "sensor.heat_pump_cost")
    freezer.move_to("2026-11-25T02:00:00+00:00")
    await pass_seconds(hass, freezer, 0.5)
    set_sensor(hass, COUNTER, 106)
    await pass_seconds(hass, freezer, 60)
    # From 20:00 to 23:00, to midnight, and to 02:00.
    slept = 3 * 0.4 + 0.2 + 2 * 0.05
    lifetime = figure(hass, "sensor.heat_pump_cost")
    assert cost is not None and lifetime is not None
    assert lifetime - cost == pytest.approx(slept, abs=0.01)
    assert figure(hass, "sensor.heat_pump_bill") == pytest.approx(lifetime, abs=0.01)
