"""Rooms that keep themselves comfortable, through Home Assistant's own surfaces."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
import math
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction, HVACMode
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import flush_store

from custom_components.klima import zone_unit
from custom_components.klima.core.foresight import advise
from custom_components.klima.zone_kept import goal_from

from .comfort_zone import (
    AUTOMATION,
    DAY,
    MONDAY_7,
    OURS,
    REASON,
    add_schedule,
    add_zone,
    begin_week,
    call,
    heating,
    later,
    reason,
    sensor,
)
from .common import set_up, state_of, zones_entry
from .plans import add_plan
from .units import CoolingClimate, FullClimate, PlainClimate, async_add_units


def drying(**attributes: Any) -> PlainClimate:
    """Return a unit that also dries, and turns on and off by modes alone."""
    modes = [
        HVACMode.OFF,
        HVACMode.HEAT,
        HVACMode.COOL,
        HVACMode.DRY,
        HVACMode.FAN_ONLY,
    ]
    return PlainClimate(hvac_modes=modes, **attributes)


async def test_an_end_of_its_range_that_a_unit_does_not_take(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """31 °C are shown as 88 °F, which it refuses: it is asked for what lies within."""
    freezer.move_to(MONDAY_7)
    hass.config.units = US_CUSTOMARY_SYSTEM
    sensor(hass, 20.0)
    # It measures more than the room has, and so has to be set to more than is wished.
    unit = PlainClimate(current_temperature=24.0)
    await add_zone(hass, unit, temperature="sensor.room")
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    caplog.clear()
    await call(hass, "climate.set_temperature", temperature=87)
    await later(hass, freezer, minutes=30)
    state = state_of(hass, "climate.plain")
    assert state.attributes["temperature"] == 87
    assert "did not take" not in caplog.text


async def test_what_was_set_at_a_unit_that_takes_less_since(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Its owner's hand is held as far as it goes."""
    freezer.move_to(MONDAY_7)
    sensor(hass, 20.0)
    _, unit = await add_zone(hass, temperature="sensor.room")
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await later(hass, freezer, minutes=5)
    unit.set(target_temperature=30.0)
    await later(hass, freezer, minutes=5)
    assert reason(hass) == "hold"
    unit.commands.clear()
    unit.set(max_temp=25)
    await later(hass, freezer, minutes=5)
    assert unit.target_temperature == 25


async def test_a_unit_that_can_not_be_turned_off(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With neither a mode nor an action for it, it is not asked in vain."""
    freezer.move_to(MONDAY_7)
    hass.states.async_set("binary_sensor.window", "off")
    unit = PlainClimate(hvac_modes=[HVACMode.HEAT], hvac_mode=HVACMode.HEAT)
    await add_zone(hass, unit, windows=["binary_sensor.window"], window_delay=30)
    hass.states.async_set("binary_sensor.window", "on")
    await later(hass, freezer, minutes=10)
    assert ("turn_off", None) not in unit.commands
    assert "did not take" not in caplog.text


async def test_a_zone_without_comfort_never_sends_a_command_by_itself(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry, unit = await add_zone(hass)
    assert reason(hass) == "pass_through"
    assert state_of(hass, AUTOMATION).state == "off"
    assert hass.states.get("binary_sensor.den_window_open") is None
    unit.set(hvac_mode=HVACMode.HEAT, target_temperature=19.0)
    await later(hass, freezer, hours=3)
    assert unit.commands == []
    await call(hass, "climate.set_temperature", temperature=23)
    assert unit.commands == [("set_temperature", {"temperature": 23.0})]
    assert "preset_modes" not in state_of(hass, OURS).attributes
    with pytest.raises(ServiceValidationError) as error:
        await call(hass, "klima.hold", temperature=20)
    assert error.value.translation_key == "automation_off"
    answer = await call(hass, "klima.explain")
    assert answer[OURS]["reason"] == "pass_through"
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_schedule_steers_and_a_hold_stands_until_its_next_change(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    unit = await begin_week(hass, freezer)
    await add_zone(hass, unit, schedule="schedule.week", heat_eco=17.5)
    assert unit.commands == [("set_temperature", {"temperature": 21.0})]
    assert reason(hass) == "schedule"
    state = state_of(hass, OURS)
    assert state.attributes["preset_mode"] == "comfort"

    # By hand, until nine.
    await call(hass, "climate.set_temperature", temperature=23)
    assert unit.commands[-1] == ("set_temperature", {"temperature": 23.0})
    assert reason(hass) == "hold"
    await later(hass, freezer, hours=1)
    assert reason(hass) == "hold"
    answer = (await call(hass, "klima.explain"))[OURS]
    assert answer["next"] == {
        "what": "hold_ends",
        "when": "2026-11-23T09:00:00+00:00",
    }
    await later(hass, freezer, hours=1, minutes=1)
    assert reason(hass) == "schedule"
    assert unit.commands[-1] == ("set_temperature", {"temperature": 17.5})

    # Off by hand is off, and the schedule's next change turns on again.
    await call(hass, "climate.turn_off")
    assert unit.commands[-1] == ("set_hvac_mode", HVACMode.OFF)
    await later(hass, freezer, hours=8)
    assert unit.commands[-2:] == [
        ("set_hvac_mode", HVACMode.HEAT),
        ("set_temperature", {"temperature": 22.0}),
    ]
    # No command was repeated.
    assert len(unit.commands) == 6
    # The compressor's minimum time on is over, at whichever of its looks it began.
    await later(hass, freezer, minutes=15)

    # Resume gives the say back before that.
    await call(hass, "klima.hold", temperature=25)
    assert reason(hass) == "hold"
    await call(hass, "klima.resume")
    assert reason(hass) == "schedule"
    assert unit.commands[-1] == ("set_temperature", {"temperature": 22.0})


async def test_a_change_at_the_unit_is_a_hold_and_not_fought(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    sensor(hass, 19.0)
    _, unit = await add_zone(
        hass, heating(), temperature="sensor.room", hold_minutes=60
    )
    # 19.5 at the unit, 19.0 in the room: the setpoint is offset by 0.5.
    assert unit.commands == [("set_temperature", {"temperature": 21.5})]
    assert state_of(hass, OURS).attributes["temperature"] == 21.0
    assert state_of(hass, OURS).attributes["current_temperature"] == 19.0
    unit.set(target_temperature=24.0)
    await hass.async_block_till_done()
    assert reason(hass) == "hold"
    assert state_of(hass, OURS).attributes["temperature"] == 24.0
    await later(hass, freezer, minutes=59)
    assert len(unit.commands) == 1
    await later(hass, freezer, minutes=2)
    assert reason(hass) == "preset"
    assert unit.commands[-1][0] == "set_temperature"


async def test_an_open_window_pauses_and_what_stood_is_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("binary_sensor.window", "off")
    hass.states.async_set("binary_sensor.door", "unavailable")
    _, unit = await add_zone(
        hass,
        heating(),
        windows=["binary_sensor.window", "binary_sensor.door"],
        window_delay=60,
        minimum_off=0,
    )
    pause = "binary_sensor.den_window_open"
    hass.states.async_set("binary_sensor.window", "on")
    await later(hass, freezer, seconds=50)
    assert unit.commands == []
    assert state_of(hass, pause).state == "off"
    await later(hass, freezer, seconds=20)
    assert unit.commands == [("set_hvac_mode", HVACMode.OFF)]
    assert state_of(hass, pause).state == "on"
    assert reason(hass) == "window"
    # What is wished is shown still.
    assert state_of(hass, OURS).state == "heat"
    hass.states.async_set("binary_sensor.window", "off")
    await hass.async_block_till_done()
    assert unit.commands[1:] == [
        ("set_hvac_mode", HVACMode.HEAT),
        ("set_temperature", {"temperature": 21.0}),
    ]
    assert state_of(hass, pause).state == "off"


async def test_nobody_there_is_away_and_who_vanished_does_not_count(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("person.ana", "home")
    hass.states.async_set("zone.home", "1")
    _, unit = await add_zone(
        hass,
        heating(),
        presence=["person.ana", "zone.home", "person.ben"],
        heat_away=15.5,
        minimum_off=0,
    )
    hass.states.async_set("person.ana", "not_home")
    await hass.async_block_till_done()
    assert unit.commands == []
    hass.states.async_set("zone.home", "0")
    await hass.async_block_till_done()
    # The unit cannot have less than 16.
    assert unit.commands == [("set_temperature", {"temperature": 16.0})]
    assert reason(hass) == "away"
    assert state_of(hass, OURS).attributes["preset_mode"] == "away"
    hass.states.async_set("person.ana", "unavailable")
    hass.states.async_set("zone.home", "unknown")
    await hass.async_block_till_done()
    assert reason(hass) == "preset"


async def test_a_hold_survives_a_restart_and_nothing_is_sent_for_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry, unit = await add_zone(hass, heating(), presence=["person.ana"])
    await call(hass, "climate.set_temperature", temperature=24)
    unit.commands.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert reason(hass) == "hold"
    assert unit.commands == []

    # What was changed while we were away stands.
    assert await hass.config_entries.async_unload(entry.entry_id)
    unit.set(hvac_mode=HVACMode.OFF)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await later(hass, freezer, hours=1)
    assert unit.commands == []
    assert state_of(hass, OURS).state == "off"


async def test_what_was_only_learned_waits_to_be_kept(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    """No memory card is written to each minute for it; a hold is kept at once."""
    freezer.move_to(MONDAY_7)
    sensor(hass, 21.0)
    unit = heating(current_temperature=26.0)
    entry, _ = await add_zone(hass, unit, temperature="sensor.room")
    (zone_id,) = entry.subentries

    def kept(key: str) -> Any:
        data = hass_storage["klima.counted"]["data"][entry.entry_id]["control"]
        return data["zones"][zone_id]["memory"][key]

    async def go_on(minutes: int) -> None:
        for minute in range(minutes):
            sensor(hass, 21.0 + minute % 2 / 10)
            await later(hass, freezer, minutes=1)

    await go_on(17)
    before = kept("steering")["difference"]
    unit.set(current_temperature=24.0)
    await go_on(9)
    assert kept("steering")["difference"] == before
    await go_on(9)
    after = kept("steering")["difference"]
    assert after < before - 0.3
    assert kept("hold") is None

    await go_on(5)
    assert kept("steering")["difference"] == after
    await call(hass, "climate.set_temperature", temperature=22)
    await go_on(2)
    assert kept("hold")["wish"]["target"] == 22
    held = kept("steering")["difference"]
    assert held < after

    await go_on(5)
    assert kept("steering")["difference"] == held
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert kept("steering")["difference"] < held


async def test_an_unavailable_unit_gets_nothing_and_is_told_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("person.ana", "home")
    _, unit = await add_zone(hass, heating(), presence=["person.ana"])
    unit._attr_available = False
    unit.async_write_ha_state()
    await hass.async_block_till_done()
    assert state_of(hass, OURS).state == STATE_UNAVAILABLE
    assert reason(hass) == "unit_unavailable"
    hass.states.async_set("person.ana", "not_home")
    await later(hass, freezer, hours=1)
    assert unit.commands == []
    unit._attr_available = True
    unit.set(hvac_mode=HVACMode.OFF)
    await later(hass, freezer, minutes=10)
    assert unit.commands == [
        ("set_hvac_mode", HVACMode.HEAT),
        ("set_temperature", {"temperature": 16.0}),
    ]


async def test_a_slight_change_of_the_room_waits_for_the_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The thermostat shows it within a minute; a change that matters, at once."""

    def shown() -> float | None:
        celsius: float | None = state_of(hass, OURS).attributes["current_temperature"]
        return celsius

    sensor(hass, 20.0)
    await add_zone(hass, temperature="sensor.room")
    assert shown() == 20.0
    # As floats, the second is less than a tenth from the first.
    for known, celsius in ((20.0, 20.1), (20.1, 20.2)):
        sensor(hass, celsius)
        await hass.async_block_till_done()
        assert shown() == known
        await later(hass, freezer, seconds=61)
        assert shown() == celsius
    sensor(hass, 20.5)
    await hass.async_block_till_done()
    assert shown() == 20.5


async def test_a_slight_change_of_humidity_waits_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What is less than it is told in waits for the next look, a little for the minute."""

    def shown() -> float | None:
        percent: float | None = state_of(hass, OURS).attributes.get("current_humidity")
        return percent

    hass.states.async_set("sensor.humid", "50")
    await add_zone(hass, heating(), humidity="sensor.humid", heat_comfort=20.5)
    # The least first, its look is at once: from then on nothing else is due.
    for percent, wait, expected in (
        ("50.4", {"minutes": 1}, 50),
        ("52", {"seconds": 0}, 50),
        ("52", {"minutes": 1}, 52),
        ("58", {"seconds": 0}, 58),
        ("58.4", {"minutes": 5}, 58.4),
        ("none of it", {"seconds": 0}, None),
    ):
        hass.states.async_set("sensor.humid", percent)
        await later(hass, freezer, **wait)
        await hass.async_block_till_done()
        assert shown() == expected, percent


async def test_a_new_price_is_reckoned_with_within_the_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Though nothing moves in the room."""
    unit = {"unit_of_measurement": "EUR/kWh"}
    hass.states.async_set("sensor.price", "0.10", unit)
    sensor(hass, 20.0)
    sensor(hass, 2.0, "sensor.outdoor")
    await add_zone(
        hass,
        heating(current_temperature=20.0),
        {"outdoor_temperature": "sensor.outdoor", "price_entity": "sensor.price"},
        temperature="sensor.room",
    )
    await later(hass, freezer, minutes=22)
    with patch(
        "custom_components.klima.zone_foresight.advise", wraps=advise
    ) as looked_ahead:
        await later(hass, freezer, minutes=3)
        assert looked_ahead.call_count == 0
        hass.states.async_set("sensor.price", "0.30", unit)
        await later(hass, freezer, minutes=1)
        assert looked_ahead.call_count == 1


async def test_a_compressor_whose_power_tells_of_it_is_followed_by_the_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A unit that does not say what it does, in a room that stands still."""
    watts = {"device_class": "power", "unit_of_measurement": "W"}
    hass.states.async_set("sensor.power", "900", watts)
    sensor(hass, 20.0)
    entry, _ = await add_zone(
        hass, heating(), {"power": "sensor.power"}, temperature="sensor.room"
    )

    def running() -> bool | None:
        known: bool | None = entry.runtime_data.control.as_dict(exactly=True)[
            "compressor"
        ]["running"]
        return known

    await later(hass, freezer, minutes=1)
    for power, works in (("5", False), ("900", True)):
        hass.states.async_set("sensor.power", power, watts)
        await later(hass, freezer, minutes=1)
        assert running() is works


async def test_hundredths_of_a_degree_write_no_state(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A thermostat shows tenths: a reading that shows as the last is not told anew."""
    sensor(hass, 20.51)
    await add_zone(hass, temperature="sensor.room")
    await later(hass, freezer, minutes=2)
    state = state_of(hass, OURS)
    # Of a state that is reported anew, this alone is another.
    reported = state.last_reported
    for celsius in (20.53, 20.48, 20.51):
        sensor(hass, celsius)
        await later(hass, freezer, minutes=1)
    state = state_of(hass, OURS)
    assert state.attributes["current_temperature"] == 20.5
    assert state.last_reported == reported

    # Less than a tenth waits for the next look.
    sensor(hass, 20.56)
    await later(hass, freezer, minutes=5)
    assert state_of(hass, OURS).attributes["current_temperature"] == 20.6


async def test_a_lost_sensor_is_told_and_the_unit_steers_until_it_is_back(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    sensor(hass, 19.0)
    entry, unit = await add_zone(hass, heating(), temperature="sensor.room")
    (zone_id,) = entry.subentries
    sensor(hass, STATE_UNAVAILABLE)
    await later(hass, freezer, minutes=25)
    assert state_of(hass, OURS).attributes["current_temperature"] == 19.0
    await later(hass, freezer, minutes=10)
    assert state_of(hass, OURS).attributes["current_temperature"] == 19.5
    assert state_of(hass, REASON).attributes["temperature_basis"] == "unit"
    assert issue_registry.async_get_issue("klima", f"room_sensor_lost_{zone_id}")
    await later(hass, freezer, minutes=15)
    assert unit.commands[-1] == ("set_temperature", {"temperature": 21.0})
    sensor(hass, 19.2)
    await hass.async_block_till_done()
    assert not issue_registry.async_get_issue("klima", f"room_sensor_lost_{zone_id}")
    assert state_of(hass, REASON).attributes["temperature_basis"] == "sensor"

    sensor(hass, 40.0)
    await hass.async_block_till_done()
    assert issue_registry.async_get_issue("klima", f"room_sensor_disagrees_{zone_id}")
    sensor(hass, 18.9)
    unit.set(hvac_action=HVACAction.HEATING)
    # A room that is held shows the same for hours; its unit's own air, too.
    await later(hass, freezer, hours=4)
    assert state_of(hass, REASON).attributes["temperature_basis"] == "sensor"
    unit.set(current_temperature=22.0)
    await hass.async_block_till_done()
    assert issue_registry.async_get_issue("klima", f"room_sensor_stuck_{zone_id}")
    assert state_of(hass, REASON).attributes["temperature_basis"] == "unit"


async def test_a_repair_that_was_ignored_stays_so_over_a_restart(
    hass: HomeAssistant, hass_storage: dict[str, Any], issue_registry: ir.IssueRegistry
) -> None:
    """A sensor that hangs in another place is no news at each start."""
    sensor(hass, 40.0)
    entry, unit = await add_zone(hass, heating(), temperature="sensor.room")
    (zone_id,) = entry.subentries
    issue_id = f"room_sensor_disagrees_{zone_id}"
    ir.async_ignore_issue(hass, "klima", issue_id, True)
    await flush_store(issue_registry._store)
    assert await hass.config_entries.async_unload(entry.entry_id)

    await ir.async_load(hass)
    # The unit's own integration takes its time.
    unit.set(available=False)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    unit.set(available=True)
    await hass.async_block_till_done()
    issue = issue_registry.async_get_issue("klima", issue_id)
    assert issue is not None
    assert issue.active
    assert issue.dismissed_version is not None

    # Once it was seen to be well again, it would be.
    for value in (20.0, 40.0):
        sensor(hass, value)
        await hass.async_block_till_done()
    issue = issue_registry.async_get_issue("klima", issue_id)
    assert issue is not None
    assert issue.dismissed_version is None


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_schedule_that_asks_for_what_there_is_not_is_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(MONDAY_7)
    await add_schedule(
        hass,
        monday=[
            {"from": "06:00", "to": "08:00", "data": {"preset": "cosy"}},
            {"from": "08:00", "to": "09:00", "data": {"hvac_mode": "sideways"}},
            {"from": "09:00", "to": "10:00", "data": {"temperature": "warm"}},
        ],
    )
    entry, unit = await add_zone(hass, heating(), schedule="schedule.week")
    (zone_id,) = entry.subentries
    issue_id = f"schedule_unknown_{zone_id}"
    for hour, what in ((7, "cosy"), (8, "sideways"), (9, "warm")):
        issue = issue_registry.async_get_issue("klima", issue_id)
        assert issue is not None, hour
        # One repair, which names what it is now; each is comfort.
        assert issue.translation_placeholders is not None
        assert issue.translation_placeholders["what"] == what
        assert state_of(hass, OURS).attributes["temperature"] == 21.0
        await later(hass, freezer, hours=1)
    await later(hass, freezer, minutes=2)
    assert issue_registry.async_get_issue("klima", issue_id) is None
    assert unit.commands[-1] == ("set_temperature", {"temperature": 18.0})


async def test_what_the_unit_lacks_is_added_in_software(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("sensor.humid", "70")
    unit = drying(current_temperature=20.0)
    await add_zone(
        hass, unit, humidity="sensor.humid", heat_comfort=20.5, minimum_off=0
    )
    state = state_of(hass, OURS)
    assert state.state == "off"
    assert state.attributes["hvac_modes"] == [
        "off",
        "heat",
        "cool",
        "dry",
        "fan_only",
        "heat_cool",
    ]
    assert state.attributes["preset_modes"] == [
        "none",
        "comfort",
        "eco",
        "sleep",
        "away",
        "boost",
    ]
    assert state.attributes["current_humidity"] == 70

    # A preset, for a room that was never told a mode.
    await call(hass, "climate.set_preset_mode", preset_mode="comfort")
    assert unit.commands == [
        ("set_hvac_mode", HVACMode.HEAT),
        ("set_temperature", {"temperature": 20.5}),
    ]
    assert reason(hass) == "preset"
    await call(hass, "climate.set_preset_mode", preset_mode="none")
    assert state_of(hass, OURS).attributes["preset_mode"] == "none"
    assert state_of(hass, OURS).attributes["temperature"] == 20.5

    # Changeover over a range.
    await call(
        hass,
        "climate.set_temperature",
        hvac_mode="heat_cool",
        target_temp_low=20,
        target_temp_high=24,
    )
    state = state_of(hass, OURS)
    assert state.state == "heat_cool"
    assert state.attributes["target_temp_low"] == 20
    assert unit.hvac_mode == HVACMode.HEAT
    await later(hass, freezer, minutes=40)
    unit.set(current_temperature=25.5)
    await later(hass, freezer, minutes=1)
    assert unit.hvac_mode == HVACMode.COOL
    assert unit.target_temperature == 24.0

    # And a target humidity by drying.
    await call(hass, "climate.set_humidity", humidity=55)
    assert state_of(hass, OURS).attributes["humidity"] == 55
    assert unit.hvac_mode == HVACMode.DRY
    await call(hass, "climate.set_hvac_mode", hvac_mode="fan_only")
    assert unit.hvac_mode == HVACMode.FAN_ONLY
    await call(hass, "climate.set_preset_mode", preset_mode="boost")
    assert state_of(hass, OURS).attributes["preset_mode"] == "boost"
    assert reason(hass) == "boost"
    await later(hass, freezer, minutes=31)
    assert reason(hass) == "hold"
    await call(hass, "climate.turn_off")
    await later(hass, freezer, minutes=5)
    await call(hass, "climate.turn_on")
    assert unit.hvac_mode == HVACMode.FAN_ONLY


async def test_what_the_unit_has_is_the_units_own(hass: HomeAssistant) -> None:
    unit = FullClimate("plain", "Plain")
    await add_zone(hass, unit, priority=1, heat_sleep=17)
    state = state_of(hass, OURS)
    # The unit's own `eco` is the unit's; presets of ours come after.
    assert state.attributes["preset_modes"] == [
        "none",
        "eco",
        "Économie+",
        "comfort",
        "sleep",
        "away",
        "boost",
    ]
    await call(hass, "climate.set_preset_mode", preset_mode="eco")
    assert unit.commands == [("set_preset_mode", "eco")]
    assert state_of(hass, OURS).attributes["preset_mode"] == "eco"
    await call(hass, "climate.set_fan_mode", fan_mode="Turbo")
    await call(hass, "climate.set_humidity", humidity=45)
    await call(hass, "climate.set_preset_mode", preset_mode="none")
    assert unit.commands[1:] == [
        ("set_fan_mode", "Turbo"),
        ("set_humidity", 45),
        ("set_preset_mode", "none"),
    ]
    await call(
        hass,
        "climate.set_temperature",
        hvac_mode="heat_cool",
        target_temp_low=19,
        target_temp_high=25,
    )
    assert unit.commands[-2:] == [
        ("set_hvac_mode", HVACMode.HEAT_COOL),
        ("set_temperature", {"target_temp_low": 19.0, "target_temp_high": 25.0}),
    ]
    assert state_of(hass, OURS).attributes["target_temp_low"] == 19
    await call(hass, "climate.set_hvac_mode", hvac_mode="auto")
    assert unit.commands[-1] == ("set_hvac_mode", HVACMode.AUTO)


async def test_the_units_own_changeover_takes_one_target(hass: HomeAssistant) -> None:
    unit = PlainClimate(
        hvac_modes=[
            HVACMode.OFF,
            HVACMode.HEAT,
            HVACMode.COOL,
            HVACMode.HEAT_COOL,
        ],
        hvac_mode=HVACMode.HEAT,
    )
    await add_zone(hass, unit, priority=1)
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat_cool")
    assert unit.commands == [
        ("set_hvac_mode", HVACMode.HEAT_COOL),
        ("set_temperature", {"temperature": 21.0}),
    ]
    # From heating to cooling the winter's target does not follow.
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await call(hass, "climate.set_hvac_mode", hvac_mode="cool")
    assert unit.commands[-2:] == [
        ("set_hvac_mode", HVACMode.COOL),
        ("set_temperature", {"temperature": 25.0}),
    ]


async def test_the_actions_hold_boost_and_explain(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    _, unit = await add_zone(hass, heating(), priority=1)
    await call(hass, "klima.hold", temperature=23, duration={"minutes": 10})
    assert unit.commands == [("set_temperature", {"temperature": 23.0})]
    await call(hass, "klima.boost", duration={"minutes": 5})
    assert unit.commands[-1] == ("set_temperature", {"temperature": 25.0})
    answer = (await call(hass, "klima.explain"))[OURS]
    assert answer["reason"] == "boost"
    assert answer["next"]["what"] == "boost_ends"
    assert answer["wish"] == {"mode": "heat", "target": 25.0}
    assert answer["setting"] == {"mode": "heat", "target": 25.0}
    assert answer["inputs"]["unit"]["temperature"] == 25.0
    await later(hass, freezer, minutes=6)
    assert reason(hass) == "hold"
    assert unit.commands[-1] == ("set_temperature", {"temperature": 23.0})
    await later(hass, freezer, minutes=5)
    assert reason(hass) == "preset"
    assert unit.commands[-1] == ("set_temperature", {"temperature": 21.0})
    assert (await call(hass, "klima.explain"))[OURS]["next"] is None

    await call(hass, "klima.hold", preset_mode="sleep", duration={"minutes": 10})
    assert unit.commands[-1] == ("set_temperature", {"temperature": 19.0})
    assert reason(hass) == "hold"
    await call(hass, "klima.hold", hvac_mode="off")
    assert unit.commands[-1] == ("set_hvac_mode", HVACMode.OFF)


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("klima.hold", {"temperature": 40}, "temperature_out_of_range"),
        (
            "klima.hold",
            {"target_temp_low": 5, "target_temp_high": 24},
            "temperature_out_of_range",
        ),
        ("klima.hold", {"target_temp_low": 20}, "half_a_range"),
        ("klima.hold", {"target_temp_high": 20}, "half_a_range"),
        (
            "klima.hold",
            {"target_temp_low": 24, "target_temp_high": 20},
            "range_reversed",
        ),
        ("klima.hold", {"preset_mode": "eco", "temperature": 20}, "preset_alone"),
        ("klima.hold", {"preset_mode": "eco", "hvac_mode": "heat"}, "preset_alone"),
        ("klima.boost", {"temperature": 40}, "temperature_out_of_range"),
        ("klima.hold", {"preset_mode": "cosy"}, "unknown_preset"),
        ("klima.hold", {"hvac_mode": "dry"}, "unknown_mode"),
    ],
)
async def test_what_cannot_be_is_refused(
    hass: HomeAssistant, action: str, data: dict[str, Any], key: str
) -> None:
    _, unit = await add_zone(hass, priority=1)
    with pytest.raises(ServiceValidationError) as error:
        await call(hass, action, **data)
    assert error.value.translation_key == key
    assert unit.commands == []


@pytest.mark.parametrize("action", ["klima.hold", "climate.set_temperature"])
@pytest.mark.parametrize(("mode", "target"), [("heat", 20.0), ("cool", 24.0)])
async def test_a_range_for_a_room_that_is_only_heated_or_cooled(
    hass: HomeAssistant, action: str, mode: str, target: float
) -> None:
    """Of the two ends, the one that its mode keeps to."""
    _, unit = await add_zone(hass, PlainClimate(hvac_mode=HVACMode(mode)), priority=1)
    await call(hass, action, target_temp_low=20, target_temp_high=24)
    state = state_of(hass, OURS)
    assert (state.state, state.attributes["temperature"]) == (mode, target)
    assert unit.commands == [("set_temperature", {"temperature": target})]


async def test_a_command_that_the_unit_refuses_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, caplog: Any
) -> None:
    hass.states.async_set("person.ana", "home")
    _, unit = await add_zone(hass, heating(), presence=["person.ana"])
    unit.refuses = HomeAssistantError("The gateway is busy")  # type: ignore[attr-defined]
    with pytest.raises(HomeAssistantError, match="busy"):
        await call(hass, "climate.set_temperature", temperature=24)
    assert reason(hass) == "preset"
    assert state_of(hass, OURS).attributes["temperature"] == 21.0
    # What automation wants is tried again, ever less often: it said that it took nothing.
    unit.commands.clear()
    hass.states.async_set("person.ana", "not_home")
    await later(hass, freezer, hours=2)
    assert len(unit.commands) == 7
    assert state_of(hass, REASON).attributes["rule"] == "no_answer"


async def test_who_asked_is_named_to_the_unit(hass: HomeAssistant) -> None:
    _, unit = await add_zone(hass, heating(), priority=1)
    context = Context(user_id=None)
    await hass.services.async_call(
        "climate",
        "set_temperature",
        {ATTR_ENTITY_ID: OURS, "temperature": 23},
        blocking=True,
        context=context,
    )
    assert unit._context is not None
    assert unit._context.id == context.id


async def test_automation_off_is_a_plain_pass_through_and_is_remembered(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("person.ana", "home")
    entry, unit = await add_zone(hass, heating(), presence=["person.ana"])
    switch = {ATTR_ENTITY_ID: AUTOMATION}
    for _ in range(2):
        await hass.services.async_call("switch", "turn_off", switch, blocking=True)
    assert reason(hass) == "automation_off"
    hass.states.async_set("person.ana", "not_home")
    await later(hass, freezer, hours=1)
    assert unit.commands == []
    assert "preset_modes" not in state_of(hass, OURS).attributes
    for action, data in (
        ("set_temperature", {"temperature": 22}),
        ("set_hvac_mode", {"hvac_mode": "cool"}),
    ):
        await call(hass, f"climate.{action}", **data)
    assert len(unit.commands) == 2
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, AUTOMATION).state == "off"
    await hass.services.async_call("switch", "turn_on", switch, blocking=True)
    await hass.async_block_till_done()
    assert reason(hass) == "away"
    assert unit.commands[-1] == ("set_temperature", {"temperature": 29.0})


async def test_a_full_unit_is_passed_through_with_automation_off(
    hass: HomeAssistant,
) -> None:
    unit = FullClimate("plain", "Plain")
    await add_zone(hass, unit)
    await call(hass, "climate.turn_on")
    await call(hass, "climate.turn_off")
    await call(hass, "climate.set_preset_mode", preset_mode="eco")
    await call(hass, "climate.set_humidity", humidity=40)
    assert [name for name, _ in unit.commands] == [
        "turn_on",
        "turn_off",
        "set_preset_mode",
        "set_humidity",
    ]


async def test_a_compressor_is_not_short_cycled_by_automation(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    unit = FullClimate("plain", "Plain")
    hass.states.async_set("binary_sensor.window", "off")
    await add_zone(
        hass,
        unit,
        windows=["binary_sensor.window"],
        window_delay=0,
        minimum_on=300,
        minimum_off=300,
    )
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await hass.async_block_till_done()
    hass.states.async_set("binary_sensor.window", "on")
    await later(hass, freezer, minutes=4)
    assert reason(hass) == "protection"
    assert state_of(hass, REASON).attributes["rule"] == "minimum_on"
    assert unit.hvac_mode == HVACMode.HEAT
    await later(hass, freezer, minutes=2)
    assert unit.hvac_mode == HVACMode.OFF
    hass.states.async_set("binary_sensor.window", "off")
    await later(hass, freezer, minutes=3)
    assert state_of(hass, REASON).attributes["rule"] == "minimum_off"
    await later(hass, freezer, minutes=3)
    assert unit.hvac_mode == HVACMode.HEAT
    # Off by hand is off at once.
    await call(hass, "climate.set_hvac_mode", hvac_mode="off")
    assert unit.hvac_mode == HVACMode.OFF


async def test_two_zones_never_heat_and_cool_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    bedroom = PlainClimate("a", "Bedroom", current_temperature=17.0)
    office = PlainClimate("b", "Office", current_temperature=28.0)
    await async_add_units(hass, bedroom, office)
    zones = {
        f"Zone {name}": {
            "driver": "entity",
            "unit": f"climate.{name}",
            "priority": priority,
            "minimum_off": 0,
            "minimum_on": 0,
        }
        for name, priority in (("bedroom", 1), ("office", 0))
    }
    await set_up(hass, zones_entry(zones.items(), title="Multi"))

    async def set_mode(zone: str, mode: str) -> None:
        await hass.services.async_call(
            "climate",
            "set_hvac_mode",
            {ATTR_ENTITY_ID: f"climate.zone_{zone}", "hvac_mode": mode},
            blocking=True,
        )

    await set_mode("bedroom", "heat")
    await set_mode("office", "cool")
    state = state_of(hass, "sensor.zone_office_control_reason")
    assert state.state == "conflict"
    assert office.commands == []
    assert state_of(hass, "climate.zone_office").state == "cool"
    # Once the bedroom is warm, the office has its turn.
    bedroom.set(current_temperature=21.5)
    await later(hass, freezer, minutes=20)
    assert office.hvac_mode == HVACMode.COOL
    assert bedroom.hvac_mode == HVACMode.OFF


async def test_a_unit_without_an_off_mode_is_turned_off_its_own_way(
    hass: HomeAssistant,
) -> None:
    unit = CoolingClimate(
        "plain",
        "Plain",
        hvac_modes=[HVACMode.COOL, HVACMode.FAN_ONLY],
        hvac_mode=HVACMode.COOL,
    )
    await add_zone(hass, unit, priority=1)
    await call(hass, "klima.hold", hvac_mode="fan_only")
    await call(hass, "climate.turn_off")
    assert unit.commands[-1] == ("turn_off", None)


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_degrees_fahrenheit_from_end_to_end(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(MONDAY_7)
    await add_schedule(
        hass, monday=[{"from": "06:00", "to": "09:00", "data": {"temperature": 68}}]
    )
    unit = PlainClimate(
        temperature_unit="°F",
        target_temperature_step=1,
        min_temp=60,
        max_temp=88,
        current_temperature=66,
        target_temperature=70,
        hvac_mode=HVACMode.HEAT,
    )
    await add_zone(hass, unit, schedule="schedule.week", heat_eco=18.33)
    assert unit.commands == [("set_temperature", {"temperature": 68.0})]
    assert state_of(hass, OURS).attributes["temperature"] == 68
    await call(hass, "klima.hold", temperature=72)
    assert unit.commands[-1] == ("set_temperature", {"temperature": 72.0})
    # What is explained is in the degrees of the home, as what is asked for.
    explained = (await call(hass, "klima.explain"))[OURS]
    assert explained["temperature_unit"] == "°F"
    assert explained["inputs"]["room"] == 66
    assert explained["inputs"]["schedule"]["temperature"] == 68
    assert explained["inputs"]["unit"]["temperature"] == 72
    assert explained["wish"] == {"mode": "heat", "target": 72}
    assert explained["setting"]["target"] == 72
    assert explained["offset"] == 0
    assert explained["room_model"]["heating_rate"] == 3.6
    await later(hass, freezer, hours=2, minutes=1)
    assert unit.commands[-1] == ("set_temperature", {"temperature": 65.0})
    # A preset that nobody gave a temperature is of whole degrees.
    await call(hass, "klima.hold", preset_mode="comfort")
    assert state_of(hass, OURS).attributes["temperature"] == 70
    with pytest.raises(ServiceValidationError, match="60"):
        await call(hass, "klima.hold", temperature=21)


async def begin_cold_night(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> PlainClimate:
    """Add a cold room that is to be comfortable at 6 h; it is 2 h."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-23 02:00:00+00:00")
    await add_schedule(
        hass, monday=[{"from": "06:00", "to": "09:00", "data": {"preset": "comfort"}}]
    )
    return await add_cold_room(hass)


async def add_cold_room(hass: HomeAssistant) -> PlainClimate:
    """Add a zone at 18 °C with a week, in the cold; its unit heats."""
    sensor(hass, 18.0)
    sensor(hass, 2.0, "sensor.outdoor")
    unit = heating(current_temperature=18.0)
    await add_zone(
        hass,
        unit,
        {"outdoor_temperature": "sensor.outdoor"},
        temperature="sensor.room",
        schedule="schedule.week",
    )
    return unit


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_room_that_is_known_is_started_early(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    unit = await begin_cold_night(hass, freezer)
    assert unit.commands == [("set_temperature", {"temperature": 18.0})]
    started = None
    while dt_util.utcnow().hour < 6:
        await later(hass, freezer, minutes=5)
        if reason(hass) == "optimal_start":
            started = dt_util.utcnow()
            break
    assert started is not None
    assert 3 <= started.hour < 6
    assert unit.target_temperature is not None
    assert unit.target_temperature >= 21.0


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_restart_does_not_end_an_early_start(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """While nothing of the room is known, and it cannot be looked ahead, it goes on."""
    unit = await begin_cold_night(hass, freezer)
    while reason(hass) != "optimal_start":
        assert dt_util.utcnow().hour < 6
        await later(hass, freezer, minutes=5)
    (entry,) = hass.config_entries.async_entries("klima")
    await later(hass, freezer, minutes=2)
    unit.set(current_temperature=19.0)
    sensor(hass, 19.0)
    await later(hass, freezer, minutes=4)
    assert await hass.config_entries.async_unload(entry.entry_id)
    unit.commands.clear()
    unit.set(_attr_available=False)
    hass.states.async_set("sensor.room", STATE_UNAVAILABLE)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await later(hass, freezer, minutes=2)
    unit.set(_attr_available=True)
    await hass.async_block_till_done()
    sensor(hass, 19.0)
    await later(hass, freezer, minutes=3)
    assert reason(hass) == "optimal_start"
    assert state_of(hass, OURS).attributes["temperature"] == 21
    assert unit.commands == []


DEAR_EVENING = [
    {"period": "off_peak", "price": 0.1, "start": "20:00", "end": "16:00"},
    {"period": "on_peak", "price": 0.5, "start": "16:00", "end": "20:00"},
]


@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.parametrize(
    ("version", "bought"),
    [
        ({"hours": DEAR_EVENING}, True),
        # One price, and one that nobody knows yet: there is nothing to buy it for.
        ({"tiers": [{"price": 0.1}]}, False),
        ({"spot": {"factor": 1.0, "adder": 0.0}}, False),
    ],
)
async def test_heat_is_bought_before_a_dear_hour(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    version: dict[str, Any],
    bought: bool,
) -> None:
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-23 14:00:00+00:00")
    day = [{"from": "00:00", "to": "24:00", "data": {"preset": "comfort"}}]
    await add_schedule(hass, monday=day, tuesday=day)
    plan = await add_plan(hass, version)
    sensor(hass, 21.0)
    sensor(hass, -2.0, "sensor.outdoor")
    entry, unit = await add_zone(
        hass,
        heating(current_temperature=21.0, target_temperature=21.0),
        {"outdoor_temperature": "sensor.outdoor", "plan": plan.entry_id},
        temperature="sensor.room",
        schedule="schedule.week",
    )
    (control,) = entry.runtime_data.control.zones.values()
    control.foresight.model = replace(
        control.foresight.model, drift_hours=20.0, heating_hours=5.0, heating=4.0
    )
    told = dict[int, set[float | None]]()
    while (now := dt_util.utcnow()).hour < 18:
        await later(hass, freezer, minutes=5)
        if reason(hass) == "price":
            told.setdefault(now.hour, set()).add(unit.target_temperature)
    if bought:
        # Warmer in the hour before, and let drift once it is dear.
        assert max(told[15]) > 21
        assert min(told[16]) < 21
    else:
        assert told == {}


GOAL = {"direction": "heating", "target": 21.0, "reason": "price"}


@pytest.mark.parametrize(
    "damage",
    [
        *({"target": bad} for bad in (None, "21", "nan", math.nan, math.inf, [])),
        *({"direction": bad} for bad in (None, "up", 1)),
        {"reason": "because"},
        {"falls": "fast"},
        {"more": 1},
    ],
)
def test_advice_that_is_damaged_is_none(damage: dict[str, Any]) -> None:
    goal = goal_from(GOAL)
    assert goal is not None and goal.target == 21
    assert goal_from({**GOAL, **damage}) is None
    for other in (None, [], "x", {}, 3):
        assert goal_from(other) is None


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_unit_that_rests_is_not_woken_for_what_is_reckoned_with_in_a_moment(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A block that ends is no cause to turn it on, and off again once that is known."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-23 08:30:00+00:00")
    await add_schedule(hass, monday=DAY[:1])
    sensor(hass, 22.0)
    sensor(hass, 24.0, "sensor.outdoor")
    unit = PlainClimate(hvac_mode=HVACMode.COOL)
    entry, _ = await add_zone(
        hass,
        unit,
        {"outdoor_temperature": "sensor.outdoor"},
        temperature="sensor.room",
        schedule="schedule.week",
    )
    (control,) = entry.runtime_data.control.zones.values()
    # A room that was seen for long enough to be known.
    control.foresight.model = replace(
        control.foresight.model, drift_hours=20.0, cooling_hours=5.0, cooling=4.0
    )
    await later(hass, freezer, minutes=16)
    assert unit.commands[-1] == ("set_hvac_mode", HVACMode.OFF)
    state = state_of(hass, REASON)
    assert state.attributes["rule"] == "rests"
    state = state_of(hass, OURS)
    assert state.state == "cool"
    # The block ends at nine: what was advised stands until the next is worked out.
    sent, advised = len(unit.commands), control.foresight.goal
    freezer.move_to("2026-11-23 09:00:01+00:00")
    assert control.must_look_ahead(dt_util.utcnow().timestamp())
    assert control.foresight.goal is advised
    for tenths in (1, 2, 1):
        sensor(hass, 22 + tenths / 10)
        await later(hass, freezer, minutes=20)
    assert len(unit.commands) == sent
    # Somebody's word is not waited with.
    await call(hass, "climate.set_temperature", temperature=20)
    assert unit.hvac_mode is HVACMode.COOL


@pytest.mark.parametrize(("short", "learns"), [(3.0, True), (0.5, False)])
async def test_a_unit_near_its_own_target_teaches_no_full_load(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, short: float, learns: bool
) -> None:
    """Its room may be far off: how hard it works is decided by what it measures."""
    sensor(hass, 0.0, "sensor.outdoor")
    sensor(hass, 17.0)
    unit = heating(hvac_action=HVACAction.HEATING)
    await add_zone(
        hass,
        unit,
        {"outdoor_temperature": "sensor.outdoor"},
        temperature="sensor.room",
    )

    async def rate() -> float:
        model = (await call(hass, "klima.explain"))[OURS]["room_model"]
        return float(model["heating_rate"])

    before = await rate()
    for minute in range(150):
        sensor(hass, 17.0 + minute / 500)
        assert unit.target_temperature is not None
        unit.set(current_temperature=unit.target_temperature - short)
        await later(hass, freezer, minutes=1)
    assert (await rate() != before) is learns


@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.parametrize(
    ("midnight", "hours"),
    [
        # The hour from one o'clock comes twice, and the one from two not at all.
        ("2026-11-01 04:00:00+00:00", 7),
        ("2027-03-14 05:00:00+00:00", 5),
    ],
)
async def test_a_night_in_which_clocks_change_is_what_the_wall_says(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    midnight: str,
    hours: int,
) -> None:
    await hass.config.async_set_time_zone("America/Toronto")
    freezer.move_to(midnight)
    six = dt_util.utcnow() + timedelta(hours=hours)
    assert dt_util.as_local(six).hour == 6
    await add_schedule(
        hass, sunday=[{"from": "06:00", "to": "09:00", "data": {"preset": "comfort"}}]
    )
    _, unit = await add_zone(hass, heating(), schedule="schedule.week", heat_eco=17.5)
    assert unit.commands == [("set_temperature", {"temperature": 17.5})]

    # What is held before the change ends with the schedule's, after it.
    await call(hass, "klima.hold", temperature=20)
    answer = (await call(hass, "klima.explain"))[OURS]
    assert answer["next"] == {"what": "hold_ends", "when": six.isoformat()}
    await later(hass, freezer, hours=hours, minutes=-10)
    assert reason(hass) == "hold"
    await later(hass, freezer, minutes=12)
    assert reason(hass) == "schedule"
    await later(hass, freezer, hours=2, minutes=50)
    assert unit.commands[1:] == [
        ("set_temperature", {"temperature": 20.0}),
        ("set_temperature", {"temperature": 21.0}),
    ]
    await later(hass, freezer, minutes=12)
    assert unit.commands[3:] == [("set_temperature", {"temperature": 17.5})]


@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.parametrize(
    ("midnight", "hours"),
    [
        ("2026-11-08 05:00:00+00:00", 6),
        ("2026-11-01 04:00:00+00:00", 7),
        ("2027-03-14 05:00:00+00:00", 5),
    ],
)
async def test_an_early_start_knows_of_the_hour_that_clocks_skip_or_repeat(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    midnight: str,
    hours: int,
) -> None:
    await hass.config.async_set_time_zone("America/Toronto")
    freezer.move_to(midnight)
    six = dt_util.utcnow() + timedelta(hours=hours)
    await add_schedule(
        hass, sunday=[{"from": "06:00", "to": "09:00", "data": {"preset": "comfort"}}]
    )
    await add_cold_room(hass)
    while reason(hass) != "optimal_start":
        assert dt_util.utcnow() < six
        await later(hass, freezer, minutes=5)
    # It takes from 18 to 21 °C what it takes on any other night.
    assert timedelta(hours=2.2) < six - dt_util.utcnow() < timedelta(hours=3.2)


async def test_what_cannot_be_read_of_the_store_begins_anew(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    entry, unit = await add_zone(hass, heating(), priority=1)
    await call(hass, "climate.set_temperature", temperature=24)
    assert await hass.config_entries.async_unload(entry.entry_id)
    (zone_id,) = entry.subentries
    data = hass_storage["klima.counted"]["data"][entry.entry_id]
    data["control"]["zones"][zone_id]["memory"]["hold"] = {"wish": 3}
    data["control"]["turns"] = None
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert reason(hass) == "preset"
    assert await hass.config_entries.async_unload(entry.entry_id)
    data = hass_storage["klima.counted"]["data"][entry.entry_id]
    data["control"] = "nothing"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert reason(hass) == "preset"


class LateClimate(PlainClimate):
    """A unit that tells of its mode some s after it was told, by the wall's clock."""

    late = 0.0

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Take a mode, and tell of it later."""
        self.note("set_hvac_mode", hvac_mode)
        self.hass.loop.call_later(self.late, partial(self.set, hvac_mode=hvac_mode))


@pytest.mark.parametrize(
    ("late", "known"), [(0.02, {}), (0.3, {"hvac_mode": HVACMode.HEAT})]
)
async def test_a_mode_is_told_once_to_a_unit_that_answers_within_a_moment(
    hass: HomeAssistant, late: float, known: dict[str, Any]
) -> None:
    """It may beep each time. Who answers later gets it with the target once more."""
    unit = LateClimate()
    unit.late = late
    _, unit_ = await add_zone(hass, unit, heat_comfort=22)
    assert unit_ is unit
    with patch.object(zone_unit, "MOMENT", 0.15):
        await call(hass, "climate.set_temperature", temperature=23, hvac_mode="heat")
    assert unit.commands == [
        ("set_hvac_mode", HVACMode.HEAT),
        ("set_temperature", {"temperature": 23.0, **known}),
    ]
    await asyncio.sleep(0.3)
    await hass.async_block_till_done()
    assert len(unit.commands) == 2
    assert reason(hass) == "hold"


@pytest.mark.parametrize(
    ("family", "mode", "why"),
    [
        ("mini_split", HVACMode.OFF, "protection"),
        ("ducted_air_source", HVACMode.HEAT, "preset"),
        ("ground_source", HVACMode.HEAT, "preset"),
    ],
)
async def test_only_what_has_no_other_heat_is_locked_out_by_the_cold(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    family: str,
    mode: HVACMode,
    why: str,
) -> None:
    """Strips or a furnace heat below the compressor's limit, if their thermostat is on."""
    freezer.move_to(MONDAY_7)
    sensor(hass, 18.0)
    sensor(hass, -24.0, "sensor.outdoor")
    unit = heating(target_temperature=20.0)
    await add_zone(
        hass,
        unit,
        {
            "family": family,
            "outdoor_temperature": "sensor.outdoor",
            "ratings": {"minimum_outdoor_temperature": -15.0},
        },
        temperature="sensor.room",
    )
    await later(hass, freezer, minutes=30)
    assert (unit.hvac_mode, reason(hass)) == (mode, why)


@pytest.mark.parametrize(
    ("room", "outdoor", "mode", "why"),
    [
        (18.0, -24.0, HVACMode.OFF, "protection"),
        (18.0, -12.0, HVACMode.HEAT, "schedule"),
        # The sun, or a stove.
        (27.0, -12.0, HVACMode.OFF, "protection"),
        (27.0, 12.0, HVACMode.COOL, "schedule"),
    ],
)
@pytest.mark.parametrize("has_range", [False, True])
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_room_that_may_be_heated_and_cooled_is_locked_out_as_well(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    room: float,
    outdoor: float,
    mode: HVACMode,
    why: str,
    has_range: bool,
) -> None:
    block = {"preset": "comfort", "hvac_mode": "heat_cool"}
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(MONDAY_7)
    await add_schedule(
        hass, monday=[{"from": "00:00:00", "to": "24:00:00", "data": block}]
    )
    sensor(hass, room)
    sensor(hass, outdoor, "sensor.outdoor")
    await add_zone(
        hass,
        FullClimate(hvac_mode=HVACMode.OFF) if has_range else PlainClimate(),
        {
            "family": "mini_split",
            "outdoor_temperature": "sensor.outdoor",
            "ratings": {"minimum_outdoor_temperature": -15.0},
        },
        temperature="sensor.room",
        schedule="schedule.week",
    )
    await later(hass, freezer, minutes=30)
    if has_range and mode is not HVACMode.OFF:
        mode = HVACMode.HEAT_COOL
    (unit,) = (
        each for each in hass.states.async_all("climate") if each.entity_id != OURS
    )
    assert (unit.state, reason(hass)) == (mode, why)


@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.parametrize(
    ("intake", "room", "mode", "outcome"),
    [
        # Of what they do not measure, units tell 0, -25 or, for a moment, 59 °C.
        (0.0, 27.0, "cool", HVACMode.COOL),
        (-25.0, 27.0, "heat_cool", HVACMode.COOL),
        (59.0, 19.0, "heat_cool", HVACMode.HEAT),
        # Where a unit may be right, its sensor hangs elsewhere.
        (20.0, 33.0, "heat_cool", HVACMode.HEAT),
        (3.0, -20.0, "cool", HVACMode.HEAT),
    ],
)
async def test_a_unit_that_tells_what_no_room_has_is_not_believed_against_its_sensor(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    intake: float,
    room: float,
    mode: str,
    outcome: HVACMode,
) -> None:
    """It heated a room of 27 °C in summer, as one in which frost is."""
    block = {"preset": "comfort", "hvac_mode": mode}
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(MONDAY_7)
    await add_schedule(
        hass, monday=[{"from": "00:00:00", "to": "24:00:00", "data": block}]
    )
    sensor(hass, room)
    unit = PlainClimate(current_temperature=intake)
    await add_zone(hass, unit, temperature="sensor.room", schedule="schedule.week")
    await later(hass, freezer, minutes=30)
    assert unit.hvac_mode == outcome


@pytest.mark.parametrize(
    ("outdoor", "mode"), [(24.0, HVACMode.COOL), (-5.0, HVACMode.HEAT)]
)
async def test_no_room_freezes_while_it_is_warm_outdoors(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    outdoor: float,
    mode: HVACMode,
) -> None:
    """A unit that cools tells 0 °C for some minutes, as its bridge starts anew."""
    freezer.move_to(MONDAY_7)
    sensor(hass, outdoor, "sensor.outdoor")
    hass.states.async_set("person.one", "home")
    unit = PlainClimate(hvac_mode=HVACMode.COOL, target_temperature=24.0)
    await add_zone(
        hass,
        unit,
        {"outdoor_temperature": "sensor.outdoor"},
        presence=["person.one"],
    )
    unit.set(current_temperature=0.0)
    await later(hass, freezer, minutes=30)
    assert unit.hvac_mode == mode


@pytest.mark.parametrize("mode", [HVACMode.COOL, HVACMode.HEAT])
@pytest.mark.parametrize("told", [0.0, 2.0, 97.0])
async def test_a_target_that_nobody_can_have_set_is_no_hold(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, mode: HVACMode, told: float
) -> None:
    """A bridge tells 2 °C of 21 for some minutes: the least that the unit has was held."""
    freezer.move_to(MONDAY_7)
    unit = PlainClimate(hvac_mode=mode, target_temperature=21.0)
    hass.states.async_set("person.one", "home")
    await add_zone(hass, unit, presence=["person.one"])
    await later(hass, freezer, minutes=5)
    unit.set(target_temperature=told)
    await later(hass, freezer, minutes=5)
    # What it is at is not known then: it is told once what it is to be at.
    assert unit.commands == [("set_temperature", {"temperature": 21.0})]
    unit.set(target_temperature=told)
    await later(hass, freezer, minutes=5)
    assert (reason(hass), len(unit.commands)) == ("preset", 1)
    # A hand is seen all the same.
    unit.set(target_temperature=23.0)
    await later(hass, freezer, minutes=5)
    assert (reason(hass), unit.target_temperature) == ("hold", 23.0)


async def test_a_room_is_dried_on_over_a_start_and_while_its_sensor_does_not_tell(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Each start had it cooled in place of dried, and it stayed so within the band."""
    freezer.move_to(MONDAY_7)
    hass.states.async_set("sensor.humid", "60")
    sensor(hass, 27.0)
    unit = drying(current_temperature=27.0)
    entry, _ = await add_zone(
        hass, unit, temperature="sensor.room", humidity="sensor.humid"
    )
    await call(hass, "climate.set_temperature", hvac_mode="cool", temperature=25)
    await call(hass, "climate.set_humidity", humidity=55)
    await later(hass, freezer, minutes=30)
    assert unit.hvac_mode == HVACMode.DRY
    unit.commands.clear()
    hass.states.async_set("sensor.humid", STATE_UNAVAILABLE)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await later(hass, freezer, minutes=5)
    hass.states.async_set("sensor.humid", "56")
    await later(hass, freezer, minutes=5)
    hass.states.async_set("sensor.humid", STATE_UNAVAILABLE)
    await later(hass, freezer, minutes=20)
    assert (unit.hvac_mode, unit.commands) == (HVACMode.DRY, [])
    # One that is lost dries nothing.
    await later(hass, freezer, minutes=20)
    assert unit.hvac_mode == HVACMode.COOL


async def test_a_start_before_the_weather_is_told_starts_nothing_in_the_cold(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MONDAY_7)
    sensor(hass, 18.0)
    sensor(hass, -24.0, "sensor.outdoor")
    unit = heating(target_temperature=20.0)
    entry, _ = await add_zone(
        hass,
        unit,
        {
            "family": "mini_split",
            "outdoor_temperature": "sensor.outdoor",
            "ratings": {"minimum_outdoor_temperature": -15.0},
        },
        temperature="sensor.room",
    )
    await later(hass, freezer, minutes=30)
    assert (unit.hvac_mode, reason(hass)) == (HVACMode.OFF, "protection")
    unit.commands.clear()
    hass.states.async_set("sensor.outdoor", STATE_UNAVAILABLE)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await later(hass, freezer, minutes=10)
    sensor(hass, -24.0, "sensor.outdoor")
    await later(hass, freezer, minutes=10)
    hass.states.async_set("sensor.outdoor", STATE_UNAVAILABLE)
    await later(hass, freezer, minutes=20)
    assert (unit.commands, reason(hass)) == ([], "protection")
    # Nobody tells it any more: a room is rather warm than locked out for good.
    await later(hass, freezer, minutes=20)
    assert unit.hvac_mode == HVACMode.HEAT


@pytest.mark.parametrize(
    ("restarts", "is_ours"), [(False, True), (True, True), (False, False)]
)
async def test_a_unit_that_is_away_for_a_moment_keeps_its_turn(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    restarts: bool,
    is_ours: bool,
) -> None:
    """It still heats, and the outdoor unit with it: another that is to cool waits."""
    freezer.move_to(MONDAY_7)
    bedroom = PlainClimate("a", "Bedroom", current_temperature=17.0)
    office = PlainClimate("b", "Office", current_temperature=28.0)
    await async_add_units(hass, bedroom, office)
    zones = {
        f"Zone {name}": {
            "driver": "entity",
            "unit": f"climate.{name}",
            **({"minimum_on": 0} if is_ours or name == "office" else {}),
        }
        for name in ("bedroom", "office")
    }
    entry = await set_up(hass, zones_entry(zones.items(), title="Multi"))
    for zone, mode in (("bedroom", "heat"), ("office", "cool")):
        await hass.services.async_call(
            "climate",
            "set_hvac_mode",
            {ATTR_ENTITY_ID: f"climate.zone_{zone}", "hvac_mode": mode},
            blocking=True,
        )
        await later(hass, freezer, minutes=10)
    for unit in (bedroom, office):
        unit.commands.clear()
    bedroom.set(available=False)
    if restarts:
        assert await hass.config_entries.async_reload(entry.entry_id)
    await later(hass, freezer, minutes=10)
    bedroom.set(available=True)
    await later(hass, freezer, minutes=10)
    assert (bedroom.commands, office.commands) == ([], [])
    assert (bedroom.hvac_mode, office.hvac_mode) == (HVACMode.HEAT, HVACMode.OFF)
    # One that is gone for good keeps nobody waiting.
    bedroom.set(available=False)
    await later(hass, freezer, minutes=45)
    assert office.hvac_mode == HVACMode.COOL
