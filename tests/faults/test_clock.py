"""The clock is set, by hand or by the season: no hour is used that did not pass, none lost."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from tests.comfort_zone import add_zone, call, later, reason, sensor
from tests.plans import add_plan
from tests.units import PlainClimate

from .common import (
    COUNTER,
    GROWING,
    POWER,
    Watch,
    add_home,
    figure,
    pass_seconds,
    set_sensor,
)

HOUR = 3600.0


@pytest.mark.parametrize("step", [HOUR, -HOUR])
@pytest.mark.parametrize("every", [10, 600])
@pytest.mark.parametrize("source", [POWER, COUNTER])
async def test_a_clock_that_is_set(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    set_clock: list[float],
    source: str,
    every: int,
    step: float,
) -> None:
    """A kilowatt for an hour is a kilowatt-hour, whatever the clock says in its midst."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    await add_home(
        hass,
        **{"energy": None} if source == POWER else {"power": None},
        price_entity=None,
        price=0.25,
    )
    watch = Watch(hass)
    for second in range(10, 2 * 3600 + 1, 10):
        if second == 3600:
            set_clock.append(step)
            freezer.tick(step)
        freezer.tick(10)
        if second % every == 0:
            # One that reports on change says something new each time.
            kwh = f"{100 + second / 3600:.4f}"
            watts = 1000 + second / every % 2
            set_sensor(hass, source, watts if source == POWER else kwh)
        if second % 60 == 0:
            async_fire_time_changed(hass)
            await hass.async_block_till_done()
            watch.look()
    energy, cost = figure(hass, GROWING[0]), figure(hass, "sensor.heat_pump_cost")
    assert energy == pytest.approx(2, abs=every / 3600 + 1 / 60)
    assert cost == pytest.approx(0.25 * (energy or 0), abs=1e-3)


@pytest.mark.parametrize("step", [HOUR / 2, -HOUR / 2])
@pytest.mark.parametrize("pays", ["plan", "price_entity"])
async def test_what_is_used_after_the_clock_was_set_has_its_price(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    set_clock: list[float],
    pays: str,
    step: float,
) -> None:
    """Before the first hour that a price was known of, none would be."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    plan = await add_plan(hass, {"tiers": [{"price": 0.25}]})
    source = {"plan": plan.entry_id, "price_entity": None} if pays == "plan" else {}
    await add_home(hass, energy=None, **source)
    for minute in range(80):
        if minute == 20:
            set_clock.append(step)
            freezer.tick(step)
        set_sensor(hass, POWER, 1000 + minute % 2)
        await pass_seconds(hass, freezer, 60)
    energy, cost = figure(hass, GROWING[0]), figure(hass, "sensor.heat_pump_cost")
    assert energy == pytest.approx(4 / 3, abs=0.05)
    assert cost == pytest.approx(0.25 * (energy or 0), abs=0.01)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("source", [POWER, COUNTER])
async def test_a_clock_that_is_set_back_over_midnight(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    set_clock: list[float],
    source: str,
    restarted: bool,
) -> None:
    """The day's cost goes on, and is that of all since it began, at the second midnight too."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24T23:00:00+00:00")
    entry = await add_home(
        hass,
        **{"energy": None} if source == POWER else {"power": None},
        price_entity=None,
        price=1.0,
    )
    at_midnight, least = 0.0, 0.0
    for minute in range(1, 4 * 60 + 1):
        if minute == 90:
            # Half past midnight, it is half past eleven.
            if restarted:
                assert await hass.config_entries.async_unload(entry.entry_id)
            else:
                set_clock.append(-HOUR)
            freezer.tick(-HOUR)
            if restarted:
                assert await hass.config_entries.async_setup(entry.entry_id)
        freezer.tick(60)
        watts = 1000 + minute % 2
        kwh = f"{100 + minute / 60:.4f}"
        set_sensor(hass, source, watts if source == POWER else kwh)
        # What is due by the clock that runs on is due, whatever the other one says.
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=1))
        await hass.async_block_till_done()
        today = figure(hass, "sensor.heat_pump_cost_today")
        assert today is not None
        if minute == 60:
            at_midnight = figure(hass, "sensor.heat_pump_cost") or 0.0
        if minute > 61:
            assert today >= least - 0.001, minute
            least = today
    cost = figure(hass, "sensor.heat_pump_cost")
    assert cost is not None
    # By a restart, nobody knows that the hour was set: what is used in it, was yesterday.
    missing = 0.5 if restarted else 0
    assert least == pytest.approx(cost - at_midnight - missing, abs=0.05)
    state = hass.states.get("sensor.heat_pump_cost_today")
    assert state is not None
    assert state.attributes["last_reset"] == "2026-11-25T00:00:00+00:00"


async def test_a_start_before_the_clock_is_set(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, set_clock: list[float]
) -> None:
    """A machine with no clock of its own starts in the past: the night's use is not lost."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    entry = await add_home(hass, power=None)
    await pass_seconds(hass, freezer, 60)
    await hass.config_entries.async_unload(entry.entry_id)
    # Ten hours later, by a clock that was kept half an hour before the end.
    set_sensor(hass, COUNTER, 106)
    freezer.tick(-HOUR / 2)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    freezer.tick(20)
    set_sensor(hass, COUNTER, 106.001)
    set_clock.append(10.5 * HOUR)
    freezer.tick(10.5 * HOUR)
    await pass_seconds(hass, freezer, 60)
    set_sensor(hass, COUNTER, 106.01)
    await pass_seconds(hass, freezer, 60)
    assert figure(hass, GROWING[0]) == pytest.approx(6.01, abs=1e-3)


@pytest.mark.parametrize(
    ("evening", "hours"),
    [("2026-03-08T04:00:00+00:00", 23), ("2026-11-01T03:00:00+00:00", 25)],
)
async def test_the_nights_on_which_clocks_change(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, evening: str, hours: int
) -> None:
    """The day has 23 or 25 hours; every one is counted once, and costs what it costs."""
    await hass.config.async_set_time_zone("America/Toronto")
    freezer.move_to(evening)
    await add_home(hass, energy=None, price_entity=None, price=0.25)
    watch = Watch(hass)
    started = figure(hass, GROWING[0]) or 0.0
    midnight = None
    days = 0
    for minute in range(5, 27 * 60 + 5, 5):
        set_sensor(hass, POWER, 1000 + minute % 2)
        await pass_seconds(hass, freezer, 300)
        watch.look()
        today = hass.states.get("sensor.heat_pump_cost_today")
        assert today is not None
        if today.attributes["last_reset"] != midnight:
            midnight, at_midnight = today.attributes["last_reset"], minute
            since = figure(hass, GROWING[0])
        if minute - at_midnight == hours * 60 - 5 and minute > hours * 60 - 5:
            # Five more minutes, and the day is over.
            days += 1
            assert since is not None
            assert float(today.state) == pytest.approx(0.25 * hours, rel=0.01)
    assert days == 1
    used = (figure(hass, GROWING[0]) or 0.0) - started
    assert used == pytest.approx(27.0135, abs=0.05)


@pytest.mark.parametrize("step", [HOUR, -HOUR])
async def test_a_compressor_is_timed_by_what_passed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    set_clock: list[float],
    step: float,
) -> None:
    """An hour on the clock starts no compressor early, nor keeps it off for an hour."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    sensor(hass, 19.0)
    hass.states.async_set("binary_sensor.window", "off")
    _, unit = await add_zone(
        hass,
        PlainClimate(),
        temperature="sensor.room",
        windows=["binary_sensor.window"],
        window_delay=30,
        minimum_on=300,
        minimum_off=600,
    )
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await call(hass, "climate.set_temperature", temperature=22)
    unit.set(hvac_action=HVACAction.HEATING)
    await later(hass, freezer, minutes=20)
    hass.states.async_set("binary_sensor.window", "on")
    await later(hass, freezer, minutes=2)
    assert reason(hass) == "window"
    unit.set(hvac_action=HVACAction.OFF)
    await hass.async_block_till_done()
    unit.commands.clear()
    await later(hass, freezer, minutes=1)

    # The clock is set, and the first to notice is the room's own sensor.
    set_clock.append(step)
    freezer.tick(step)
    hass.states.async_set("binary_sensor.window", "off")
    sensor(hass, 18.9)
    await hass.async_block_till_done()
    await later(hass, freezer, minutes=5)
    assert unit.commands == []
    assert reason(hass) == "protection"
    await later(hass, freezer, minutes=6)
    assert ("set_hvac_mode", "heat") in unit.commands
