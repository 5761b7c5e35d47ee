"""What a home has, and then has no more: zones, schedules, peaks, sources of other owners."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.comfort_zone import add_zone, call, later, reason, sensor
from tests.common import set_up, zones_entry
from tests.plans import add_plan
from tests.units import PlainClimate, async_add_units

from .common import POWER, add_home, complaints, figure, pass_seconds, set_sensor


async def add_two(
    hass: HomeAssistant,
) -> tuple[MockConfigEntry, PlainClimate, PlainClimate]:
    """Set up one outdoor unit with two rooms."""
    units = PlainClimate("one", "One"), PlainClimate("two", "Two")
    await async_add_units(hass, *units)
    sensor(hass, 18.0, "sensor.one")
    sensor(hass, 28.0, "sensor.two")
    zones = {
        name: {
            "driver": "entity",
            "unit": f"climate.{name}",
            "temperature": f"sensor.{name}",
            "minimum_on": 60,
            "minimum_off": 60,
        }
        for name in ("one", "two")
    }
    entry = await set_up(hass, zones_entry(zones.items()))
    for name, mode, target in (("one_2", "heat", 22), ("two_2", "cool", 23)):
        await hass.services.async_call(
            "climate",
            "set_temperature",
            {
                "entity_id": f"climate.{name}",
                "hvac_mode": mode,
                "temperature": target,
            },
            blocking=True,
        )
    units[0].set(hvac_action=HVACAction.HEATING)
    await later(hass, freezer=FREEZER[0], minutes=10)
    return entry, *units


FREEZER: list[Any] = []


@pytest.mark.parametrize("gone", [0, 1])
async def test_a_zone_that_is_removed_amid_a_conflict(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    gone: int,
) -> None:
    """The one that waited goes on; the one that is removed is left as it is."""
    FREEZER[:] = [freezer]
    freezer.move_to("2026-05-20T12:00:00+00:00")
    entry, one, two = await add_two(hass)
    assert one.hvac_mode == "heat" and two.hvac_mode == "off"
    waits = hass.states.get("sensor.two_control_reason")
    assert waits is not None and waits.state == "conflict"
    for unit in (one, two):
        unit.commands.clear()
    caplog.clear()
    left = (one, two)[gone]
    zone_id = list(entry.subentries)[gone]
    hass.config_entries.async_remove_subentry(entry, zone_id)
    await hass.async_block_till_done()
    await later(hass, freezer, minutes=20)
    # Nobody asked for anything of the one that is no zone any more.
    assert left.commands == []
    if gone == 0:
        assert ("set_hvac_mode", "cool") in two.commands
    else:
        assert one.hvac_mode == "heat"
        assert all(name == "set_temperature" for name, _ in one.commands)
    assert complaints(caplog) == []


async def test_a_schedule_that_is_deleted_and_made_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its last word holds until there is another: no unit is turned off for the moment."""
    freezer.move_to("2026-11-23 07:00:00+00:00")

    def week(state: str, **attributes: Any) -> None:
        hass.states.async_set("schedule.week", state, attributes)

    week("on", preset="comfort")
    sensor(hass, 20.0)
    entry, unit = await add_zone(
        hass, temperature="sensor.room", schedule="schedule.week", hold_minutes=10
    )
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await later(hass, freezer, minutes=15)
    assert reason(hass) == "schedule"
    caplog.clear()
    for _ in range(3):
        hass.states.async_remove("schedule.week")
        await later(hass, freezer, minutes=5)
        assert reason(hass) == "schedule"
        week("unavailable")
        await later(hass, freezer, minutes=1)
        # A start of Home Assistant, before its schedules are there.
        await hass.config_entries.async_reload(entry.entry_id)
        await later(hass, freezer, minutes=5)
        assert reason(hass) == "schedule"
        week("on", preset="comfort")
        await later(hass, freezer, minutes=5)
        assert reason(hass) == "schedule"
    assert unit.hvac_mode == "heat"
    modes = [value for name, value in unit.commands if name == "set_hvac_mode"]
    assert modes == ["heat"]
    # What it says then holds at once.
    week("off")
    await later(hass, freezer, minutes=5)
    state = hass.states.get("climate.den")
    assert state is not None and state.attributes["temperature"] == 18
    assert len(unit.commands) <= 12
    assert complaints(caplog) == []


async def test_peaks_of_a_calendar_that_overlap(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Two events at once are one peak; it is paid from the first's start to the last's end."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    calendar = "calendar.peaks"

    def now(state: str, message: str = "") -> None:
        hass.states.async_set(
            calendar,
            state,
            {"message": message, "start_time": "x", "end_time": None, "all_day": 1},
        )

    now("off")
    plan = await add_plan(
        hass,
        {"tiers": [{"price": 0.1}], "event": {"price": 0.5, "kind": "instead"}},
        event_entity=calendar,
    )
    await add_home(hass, energy=None, price_entity=None, plan=plan.entry_id)
    await pass_seconds(hass, freezer, 60)
    start = figure(hass, "sensor.heat_pump_cost")
    assert start is not None
    expected = 0.0
    for minute in range(60):
        # The first from 10 to 30, the second from 20 to 45; each is told several times.
        if minute in (10, 20, 25, 30, 40):
            now("on", f"peak {minute // 20}")
        if minute == 45:
            now("off", "next one")
            now("off", "next one")
        set_sensor(hass, POWER, 1200 + minute % 2)
        await pass_seconds(hass, freezer, 60)
        expected += (1200 + minute % 2) / 60_000 * (0.5 if 10 <= minute < 45 else 0.1)
    cost = figure(hass, "sensor.heat_pump_cost")
    assert cost is not None
    assert cost - start == pytest.approx(expected, abs=0.011)
    bill = figure(hass, "sensor.heat_pump_bill")
    assert bill == pytest.approx(cost, abs=0.011)
