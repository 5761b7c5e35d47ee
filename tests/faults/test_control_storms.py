"""Bad events for rooms that keep themselves comfortable; bad settings of these and of infrared."""

import random

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
import pytest

from tests.infrared_units import async_add_infrared
from tests.units import PlainClimate, async_add_units

from .common import complaints, pass_seconds
from .rooms import (
    ATTRIBUTES,
    COMFORT,
    INFRARED,
    ROOM,
    SOURCES,
    WRAPPED,
    entry_of,
    heat_a_room,
    say_all,
)
from .spoilt import BAD, spoilt
from .storms import EVENTS, STATES, VALUES


@pytest.mark.parametrize("seed", [1, 2])
async def test_thousands_of_bad_events_of_rooms(
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
