"""Rooms with comfort settings, whose sources say something, or nothing of sense."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import set_up, zones_entry

from .common import pass_seconds

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
