"""The very moment at which a schedule's block ends."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACMode
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.klima.const import DOMAIN

from .comfort_zone import (
    DAY,
    MONDAY_7,
    OURS,
    add_zone,
    begin_week,
    call,
    later,
    reason,
    sensor,
)
from .common import state_of
from .units import PlainClimate


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_later_block_that_is_changed_is_known_when_it_begins(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Of a later block, a schedule's state says nothing: it is only reported once more."""
    for component in (DOMAIN, "schedule"):
        assert await async_setup_component(hass, component, {})
    # Its token is of today.
    client = await hass_ws_client(hass)
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(MONDAY_7)
    morning, *_ = DAY
    await client.send_json_auto_id(
        {"type": "schedule/create", "name": "Week", "monday": [morning]}
    )
    schedule = (await client.receive_json())["result"]
    unit = PlainClimate(hvac_mode=HVACMode.HEAT, target_temperature=20.0)
    sensor(hass, 20.0)
    await add_zone(hass, unit, temperature="sensor.room", schedule="schedule.week")
    await later(hass, freezer, minutes=15)
    forenoon = {"from": "09:00:00", "to": "12:00:00", "data": {"temperature": 23}}
    await client.send_json_auto_id(
        {
            "type": "schedule/update",
            "schedule_id": schedule["id"],
            "name": "Week",
            "monday": [morning, forenoon],
        }
    )
    assert (await client.receive_json())["success"]
    await later(hass, freezer, hours=1, minutes=44)
    freezer.move_to("2026-11-23T09:00:00+00:00")
    sensor(hass, 20.5)
    await hass.async_block_till_done()
    shown = state_of(hass, OURS)
    assert shown.attributes["temperature"] == 23


@pytest.mark.parametrize("expected_lingering_timers", [True])
@pytest.mark.parametrize("by_hand", [False, True])
async def test_what_happens_as_a_block_ends_is_not_taken_by_the_block(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, by_hand: bool
) -> None:
    """An event may come before the schedule's own timer: the block that it shows is over."""
    unit = await begin_week(hass, freezer)
    sensor(hass, 19.0)
    await add_zone(
        hass, unit, temperature="sensor.room", schedule="schedule.week", heat_eco=17.5
    )
    await call(hass, "climate.set_temperature", temperature=23)
    await later(hass, freezer, hours=1, minutes=59)
    assert reason(hass) == "hold"
    freezer.move_to("2026-11-23T09:00:00+00:00")
    del unit.commands[:]
    if by_hand:
        # That is of the time after, and stands until that ends.
        await call(hass, "klima.hold", temperature=25)
    else:
        sensor(hass, 20.0)
        await hass.async_block_till_done()
    assert hass.states.get("schedule.week").attributes["preset"] == "comfort"
    await later(hass, freezer, minutes=2)
    assert reason(hass) == ("hold" if by_hand else "schedule")
    shown = state_of(hass, OURS)
    assert shown.attributes["temperature"] == (25 if by_hand else 17.5)
    # The room was heated to 23 °C, and is asked for less or more at once.
    asked = [sent["temperature"] for _, sent in unit.commands]
    assert len(asked) == 1
