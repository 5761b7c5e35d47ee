"""Bad events for rooms that keep themselves comfortable; bad settings of these and of infrared."""

import random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import set_up, zones_entry
from tests.infrared_units import async_add_infrared
from tests.units import PlainClimate, async_add_units

from .common import complaints, pass_seconds
from .test_configurations import BAD, spoilt
from .test_storms import EVENTS, STATES, VALUES

ROOM, HUMIDITY, WINDOW = "sensor.room", "sensor.humidity", "binary_sensor.window"
PERSON, ZONE, SCHEDULE = "person.somebody", "zone.work", "schedule.week"
UNIT, EMITTER, RECEIVER = "climate.plain", "infrared.emitter", "infrared.receiver"

COMFORT: dict[str, Any] = {
    "temperature": ROOM,
    "humidity": HUMIDITY,
    "windows": [WINDOW],
    "presence": [PERSON, ZONE],
    "schedule": SCHEDULE,
    "window_delay": 30,
    "minimum_on": 180,
    "minimum_off": 180,
    "hold_minutes": 60,
    "offset_limit": 3,
    "priority": 1,
    "heat_comfort": 21,
    "cool_comfort": 25,
    "heat_eco": 18,
}
WRAPPED: dict[str, Any] = {"driver": "entity", "unit": UNIT, **COMFORT}
INFRARED: dict[str, Any] = {
    "driver": "infrared",
    "emitter": EMITTER,
    "receiver": RECEIVER,
    "protocol": "GreeAc",
    **COMFORT,
}

ATTRIBUTES = (
    "unit_of_measurement", "device_class", "next_event", "preset", "temperature",
    "hvac_mode", "target_temp_low", "target_temp_high", "persons", "latitude",
    "restored", "friendly_name", "icon", "hvac_modes", "supported_features",
    "min_temp", "max_temp", "target_temp_step", "current_temperature", "hvac_action",
)  # fmt: skip

SOURCES = (ROOM, HUMIDITY, WINDOW, PERSON, ZONE, SCHEDULE)


def say_all(hass: HomeAssistant) -> None:
    """Let all sources report what they usually do."""
    for entity_id, state, attributes in (
        (ROOM, "20.5", {"unit_of_measurement": "°C"}),
        (HUMIDITY, "45", {"unit_of_measurement": "%"}),
        (WINDOW, "off", {}),
        (PERSON, "home", {}),
        (ZONE, "1", {}),
        (SCHEDULE, "on", {"preset": "comfort"}),
    ):
        hass.states.async_set(entity_id, state, attributes)


def entry_of(*zones: dict[str, Any]) -> MockConfigEntry:
    """Return a system with these zones."""
    named = {f"Zone {number}": zone for number, zone in enumerate(zones)}
    return zones_entry(named.items(), {"price": 0.25})


async def heat_a_room(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Set up a zone with all its sources on a unit that is there, and let it heat."""
    say_all(hass)
    await set_up(hass, entry_of(WRAPPED))
    await hass.services.async_call(
        "climate",
        "set_hvac_mode",
        {"entity_id": "climate.zone_0", "hvac_mode": "heat"},
        blocking=True,
    )
    await pass_seconds(hass, freezer, 60)


@pytest.mark.parametrize("seed", [1, 2])
async def test_ten_thousand_bad_events_of_rooms(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    seed: int,
) -> None:
    """Nothing is logged by the sample, commands stay few, and the rooms are kept after."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    unit = PlainClimate()
    await async_add_units(hass, unit)
    await heat_a_room(hass, freezer)
    rng = random.Random(seed)
    caplog.clear()
    unit.commands.clear()
    seconds = 0.0
    for number in range(EVENTS // 2):
        entity_id = rng.choice(SOURCES)
        if rng.random() < 0.02:
            hass.states.async_remove(entity_id)
        else:
            attributes = {
                rng.choice(ATTRIBUTES): rng.choice(VALUES)
                for _ in range(rng.randrange(4))
            }
            hass.states.async_set(entity_id, rng.choice(STATES), attributes)
        if number % 25 == 24:
            passed = rng.choice((0.1, 1, 10, 61))
            seconds += passed
            await pass_seconds(hass, freezer, passed)
    assert complaints(caplog) == []
    # What the sources say changes what is wished by the minute, not by the event.
    minutes = seconds / 60
    assert len(unit.commands) <= 2 * minutes + 10
    # The automation never asked one outdoor unit for both.
    modes = {value for name, value in unit.commands if name == "set_hvac_mode"}
    assert "cool" not in modes

    say_all(hass)
    for _ in range(40):
        await pass_seconds(hass, freezer, 60)
    assert hass.states.get("sensor.zone_0_control_reason").state in (  # type: ignore[union-attr]
        "hold",
        "schedule",
    )
    assert unit.hvac_mode == "heat"


async def test_two_hundred_damaged_rooms(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Comfort settings and infrared fields that no flow wrote: refused, or harmless."""
    await async_add_infrared(hass)
    await async_add_units(hass, PlainClimate())
    say_all(hass)
    rng = random.Random(11)
    refused = 0
    for number in range(200):
        zone = spoilt(INFRARED if number % 2 else WRAPPED, rng)
        if number % 10 == 0:
            zone[rng.choice(list(COMFORT))] = rng.choice(BAD)
        entry = entry_of(zone)
        caplog.clear()
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        say_all(hass)
        hass.states.async_set(ROOM, "20.4", {"unit_of_measurement": "°C"})
        await hass.async_block_till_done()
        tracebacks = [
            r.exc_text or r.getMessage()
            for r in caplog.records
            if r.exc_info and not isinstance(r.exc_info[1], ConfigEntryError)
        ]
        assert tracebacks == [], zone
        if entry.state is ConfigEntryState.SETUP_ERROR:
            refused += 1
            assert entry.error_reason_translation_key, zone
        else:
            assert entry.state is ConfigEntryState.LOADED, zone
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    assert refused > 10
