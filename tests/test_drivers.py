"""What drivers share, seen at the thermostat."""

from homeassistant.core import HomeAssistant

from .common import add_system, state_of


async def test_says_that_a_unit_is_assumed_where_its_entity_does(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("climate.unit", "cool", {"assumed_state": True})

    await add_system(hass, "climate.unit", title="Assumed")

    state = state_of(hass, "climate.unit_2")
    assert state.state == "cool"
    assert state.attributes["assumed_state"] is True
    assert state.attributes["state_source"] == "assumed"

    hass.states.async_set("climate.unit", "heat", {})
    await hass.async_block_till_done()

    state = state_of(hass, "climate.unit_2")
    assert state.state == "heat"
    assert "assumed_state" not in state.attributes
    assert state.attributes["state_source"] == "reported"

    hass.states.async_set("climate.unit", "unavailable", {})
    await hass.async_block_till_done()

    assert "state_source" not in state_of(hass, "climate.unit_2").attributes


async def test_a_tank_that_is_assumed_is_shown_so(hass: HomeAssistant) -> None:
    hass.states.async_set("water_heater.tank", "eco", {"assumed_state": True})

    await add_system(
        hass, "water_heater.tank", data={"family": "heat_pump_water_heater"}
    )

    state = state_of(hass, "water_heater.tank_2")
    assert state.attributes["assumed_state"] is True

    hass.states.async_set("water_heater.tank", "eco", {})
    await hass.async_block_till_done()

    assert "assumed_state" not in state_of(hass, "water_heater.tank_2").attributes
