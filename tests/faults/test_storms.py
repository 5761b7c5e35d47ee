"""Bad events by the thousand: nothing falls, nothing is logged by the sample, all recovers."""

import random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from .common import (
    COUNTER,
    GROWING,
    OUTDOOR,
    POWER,
    PRICE,
    UNIT,
    Watch,
    add_home,
    begin,
    complaints,
    figure,
    pass_seconds,
    set_all,
    set_sensor,
)
from .storms import EVENTS, STATES, VALUES

ATTRIBUTES: tuple[str, ...] = (
    "unit_of_measurement", "device_class", "state_class", "last_reset", "hvac_action",
    "hvac_modes", "temperature", "current_temperature", "target_temp_low",
    "target_temp_high", "target_temp_step", "min_temp", "max_temp", "fan_mode",
    "fan_modes", "preset_mode", "preset_modes", "swing_mode", "swing_modes",
    "swing_horizontal_mode", "swing_horizontal_modes", "humidity", "current_humidity",
    "min_humidity", "max_humidity", "target_humidity_step", "supported_features",
    "assumed_state", "restored", "temperature_unit", "away_mode", "operation_mode",
    "raw_today", "raw_tomorrow", "forecast", "prices_today",
)  # fmt: skip

SOURCES = (UNIT, POWER, COUNTER, OUTDOOR, PRICE, "weather.home")


def bad_event(rng: random.Random) -> tuple[str, str | None, dict[str, Any]]:
    """Return a source, what it says (None: it is removed), and what goes with it."""
    entity_id = rng.choice(SOURCES)
    if rng.random() < 0.02:
        return entity_id, None, {}
    units = {POWER: "W", COUNTER: "kWh", OUTDOOR: "°C", PRICE: "EUR/kWh"}
    attributes: dict[str, Any] = {}
    if entity_id in units and rng.random() < 0.7:
        attributes["unit_of_measurement"] = units[entity_id]
    for _ in range(rng.randrange(4)):
        attributes[rng.choice(ATTRIBUTES)] = rng.choice(VALUES)
    if rng.random() < 0.1:
        return entity_id, f"{rng.uniform(-1e6, 1e6):.3f}", attributes
    return entity_id, rng.choice(STATES), attributes


@pytest.mark.parametrize("seed", [1, 2])
async def test_thousands_of_bad_events(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    seed: int,
) -> None:
    freezer.move_to("2026-11-24T12:00:00+00:00")
    entry = await add_home(hass)
    # Prices below zero are real: of the money, it is asked that it stays a figure.
    watch = Watch(hass, but_not="sensor.heat_pump_cost")
    rng = random.Random(seed)
    caplog.clear()
    for number in range(EVENTS // 2):
        entity_id, state, attributes = bad_event(rng)
        if state is None:
            hass.states.async_remove(entity_id)
        else:
            hass.states.async_set(entity_id, state, attributes)
        if number % 25 == 24:
            await pass_seconds(hass, freezer, rng.choice((0.1, 1, 10, 61)))
            watch.look()
    assert complaints(caplog) == []

    # It goes on by itself as soon as its sources do.
    hass.states.async_remove("weather.home")
    set_all(hass, kwh=5000)
    await pass_seconds(hass, freezer, 60)
    set_all(hass, kwh=5000.02)
    await pass_seconds(hass, freezer, 60)
    watch.look()
    before = figure(hass, GROWING[0])
    cost = figure(hass, "sensor.heat_pump_cost")
    assert before is not None and cost is not None
    assert abs(cost) <= 1000 * before
    set_all(hass, kwh=5000.12)
    await pass_seconds(hass, freezer, 60)
    assert figure(hass, GROWING[0]) == pytest.approx(before + 0.1, abs=1e-3)
    # It is told once its cent is another one.
    assert figure(hass, "sensor.heat_pump_cost") == pytest.approx(
        cost + 0.025, abs=0.01
    )
    state = hass.states.get("sensor.heat_pump_power")
    assert state is not None and float(state.state) == 1200
    state = hass.states.get("climate.unit_2")
    assert state is not None and state.state == "heat"
    assert entry.state.recoverable


async def test_a_source_that_flaps_at_ten_hertz(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> None:
    """Everything flaps for four minutes: what is used is counted, and kept, meanwhile."""
    entry, start = await begin(hass, freezer, energy=None)
    watch = Watch(hass)
    caplog.clear()
    for number in range(2400):
        for entity_id in (POWER, PRICE, OUTDOOR):
            usual = {POWER: 1200, PRICE: 0.25, OUTDOOR: 3}[entity_id]
            set_sensor(hass, entity_id, usual if number % 2 else "unavailable")
        freezer.tick(0.1)
        if number % 10 == 9:
            await pass_seconds(hass, freezer, 0)
            watch.look()
        if number == 1800:
            # A power cut now would cost a minute and a half at most.
            counted = hass_storage["klima.counted"]["data"][entry.entry_id]
            kept = counted["meter"]["energy"]
            assert kept > start + 0.5 * 1.2 * 90 / 3600
    # It is there for half of the time: no more than that can be told.
    used = figure(hass, GROWING[0])
    assert used is not None
    assert 0.9 * 0.5 <= (used - start) / (1.2 * 240 / 3600) <= 1.01
    assert complaints(caplog) == []


async def test_a_counter_that_flaps_between_two_readings(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A counter that shows another's figure every other time makes no energy of it."""
    _, start = await begin(hass, freezer)
    for _ in range(600):
        for kwh in (0.15, 100):
            set_sensor(hass, COUNTER, kwh)
            freezer.tick(0.1)
    await pass_seconds(hass, freezer, 60)
    end = figure(hass, GROWING[0])
    assert end is not None and end - start < 0.4


async def test_readings_doubled_and_out_of_order(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Each comes twice, and an old one after a new one: the total is the counter's."""
    _, start = await begin(hass, freezer)
    rng = random.Random(3)
    readings = [100 + step * 0.02 for step in range(1, 201)]
    for index in range(0, len(readings), 5):
        group = readings[index : index + 5] * 2
        rng.shuffle(group)
        for kwh in group:
            set_sensor(hass, COUNTER, f"{kwh:.2f}")
            await pass_seconds(hass, freezer, 30)
    set_sensor(hass, COUNTER, "104.02")
    await pass_seconds(hass, freezer, 60)
    end = figure(hass, GROWING[0])
    assert end is not None and end - start == pytest.approx(4.02, abs=1e-3)
