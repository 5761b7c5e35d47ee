"""Systems that count the same electricity are told, by one entity or by two that say the same."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    flush_store,
)

from custom_components.klima.const import DOMAIN
from custom_components.klima.same_meter import SAME_READINGS, async_watch_meters

from .common import add_system
from .units import FullClimate, async_add_units

UNITS = ("climate.living_room", "climate.room_1")


def issue(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return what is told of a system's meter."""
    return ir.async_get(hass).async_get_issue(DOMAIN, f"same_meter_{entry.entry_id}")


def count(hass: HomeAssistant, meter: str, kwh: float, unit: str = "kWh") -> None:
    """Let a counter say what it counted."""
    figure = kwh * 1000 if unit == "Wh" else kwh
    attributes = {"unit_of_measurement": unit, "device_class": "energy"}
    hass.states.async_set(meter, f"{figure:g}", attributes)


async def two(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    first: dict[str, Any],
    second: dict[str, Any],
) -> tuple[MockConfigEntry, MockConfigEntry]:
    """Set two systems up, one after the other."""
    await async_add_units(hass, FullClimate(), FullClimate("1", "Room 1"))
    older = await add_system(hass, UNITS[0], data=first, title="Downstairs")
    freezer.tick(1)
    return older, await add_system(hass, UNITS[1], data=second, title="Upstairs")


@pytest.mark.parametrize("field", ["energy", "power"])
async def test_one_entity_that_two_systems_read(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, field: str
) -> None:
    """The younger is told, by the older's name, until one of them reads it no more."""
    meter = {field: "sensor.meter"}
    first, second = await two(hass, freezer, meter, meter)
    assert issue(hass, first) is None
    assert (told := issue(hass, second)) is not None
    assert told.translation_placeholders == {
        "name": "Upstairs",
        "other": "Downstairs",
        "meter": "sensor.meter",
        "other_meter": "sensor.meter",
    }

    # It is the older that changes, is disabled, or goes.
    plain = {"kind": "system", "family": "mini_split"}
    for changed, is_told in ((plain, False), ({**plain, **meter}, True)):
        hass.config_entries.async_update_entry(first, data=changed)
        await hass.async_block_till_done()
        assert (issue(hass, second) is not None) is is_told
    for disabled, is_told in ((ConfigEntryDisabler.USER, False), (None, True)):
        await hass.config_entries.async_set_disabled_by(first.entry_id, disabled)
        await hass.async_block_till_done()
        assert (issue(hass, second) is not None) is is_told
    await hass.config_entries.async_remove(first.entry_id)
    await hass.async_block_till_done()
    assert issue(hass, second) is None


async def test_two_counters_that_say_the_same(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Both heads of a multi-split report the outdoor unit's, the one in Wh."""
    first, second = await two(
        hass, freezer, {"energy": "sensor.head_1"}, {"energy": "sensor.head_2"}
    )

    async def hours(kwh: list[float], apart: float = 0.0) -> None:
        for each in kwh:
            count(hass, "sensor.head_1", each)
            count(hass, "sensor.head_2", each + apart, "Wh")
            freezer.tick(timedelta(hours=1, minutes=1))
            async_fire_time_changed(hass)
            await hass.async_block_till_done()

    rising = [round(100 + 0.3 * hour, 1) for hour in range(SAME_READINGS + 1)]
    # Counters that rest say nothing, and a reading of its own begins anew.
    await hours([0.0] * 30)
    await hours([100.0] * 30)
    await hours(rising[:-2])
    await hours([rising[-2]], apart=0.1)
    await hours(rising[:-2])
    assert issue(hass, second) is None

    await hours(rising)
    assert issue(hass, first) is None
    assert (told := issue(hass, second)) is not None
    assert told.translation_placeholders is not None
    assert told.translation_placeholders["meter"] == "sensor.head_2"
    assert told.translation_placeholders["other_meter"] == "sensor.head_1"
    # A reading that comes a moment later takes nothing back.
    await hours([110.0], apart=0.1)
    assert issue(hass, second) is not None

    hass.config_entries.async_update_entry(
        second, data={"kind": "system", "family": "mini_split"}
    )
    await hass.async_block_till_done()
    assert issue(hass, second) is None


async def test_twins_that_were_ignored_stay_so_over_a_restart(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    issue_registry: ir.IssueRegistry,
) -> None:
    """It takes twelve hours to see anew that they say the same."""
    _, second = await two(
        hass, freezer, {"energy": "sensor.head_1"}, {"energy": "sensor.head_2"}
    )

    async def hours(first: float) -> None:
        for hour in range(SAME_READINGS + 1):
            for meter in ("sensor.head_1", "sensor.head_2"):
                count(hass, meter, round(first + 0.3 * hour, 1))
            freezer.tick(timedelta(hours=1, minutes=1))
            async_fire_time_changed(hass)
            await hass.async_block_till_done()

    await hours(100)
    told = issue(hass, second)
    assert told is not None
    ir.async_ignore_issue(hass, DOMAIN, told.issue_id, True)

    await flush_store(issue_registry._store)
    await ir.async_load(hass)
    async_watch_meters(hass)
    await hass.async_block_till_done()
    told = issue(hass, second)
    assert told is not None
    assert not told.active
    await hours(200)
    told = issue(hass, second)
    assert told is not None
    assert told.active
    assert told.dismissed_version is not None
