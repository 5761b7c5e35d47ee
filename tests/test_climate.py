"""A zone's thermostat is the unit's own, whole."""

from typing import Any

from homeassistant.components.climate import HVACAction, HVACMode
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from .common import add_system, mirrored, remove_unit
from .units import FullClimate, PlainClimate, async_add_units

UNIT = "climate.living_room"
ZONE = "climate.living_room_2"


@pytest.mark.parametrize("fahrenheit", [False, True])
async def test_shows_all_that_the_unit_shows(
    hass: HomeAssistant, fahrenheit: bool
) -> None:
    """Every mode, limit, step, name and figure is the unit's own."""
    if fahrenheit:
        hass.config.units = US_CUSTOMARY_SYSTEM
    unit = FullClimate()
    await async_add_units(hass, unit)
    await add_system(hass, UNIT)

    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)

    unit.set(
        hvac_mode=HVACMode.HEAT_COOL,
        hvac_action=HVACAction.DEFROSTING,
        current_temperature=17.2,
        target_temperature_low=18.5,
        target_temperature_high=25.5,
        fan_mode="Turbo",
        preset_mode="Économie+",
        swing_mode="up/down",
        swing_horizontal_mode="wide",
        current_humidity=63,
        target_humidity=55,
    )
    await hass.async_block_till_done()
    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)


async def test_offers_nothing_that_the_unit_cannot(hass: HomeAssistant) -> None:
    """A plain thermostat stays plain."""
    await async_add_units(hass, PlainClimate())
    await add_system(hass, "climate.plain")

    state, attributes = mirrored(hass, "climate.plain_2")
    assert state == "off"
    # Since Home Assistant 2026.11 it adds the scale itself.
    assert set(attributes) - {"temperature_unit"} == {
        "hvac_modes",
        "min_temp",
        "max_temp",
        "target_temp_step",
        "current_temperature",
        "temperature",
        "supported_features",
    }
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            "climate",
            "set_fan_mode",
            {ATTR_ENTITY_ID: "climate.plain_2", "fan_mode": "Turbo"},
            blocking=True,
        )


@pytest.mark.parametrize(
    ("action", "data", "command"),
    [
        ("set_hvac_mode", {"hvac_mode": "heat"}, ("set_hvac_mode", HVACMode.HEAT)),
        (
            "set_temperature",
            {"temperature": 22.5},
            ("set_temperature", {"temperature": 22.5}),
        ),
        (
            "set_temperature",
            {"temperature": 22.5, "hvac_mode": "cool"},
            ("set_temperature", {"temperature": 22.5, "hvac_mode": HVACMode.COOL}),
        ),
        (
            "set_temperature",
            {"target_temp_low": 19, "target_temp_high": 23},
            ("set_temperature", {"target_temp_low": 19, "target_temp_high": 23}),
        ),
        ("set_humidity", {"humidity": 60}, ("set_humidity", 60)),
        ("set_fan_mode", {"fan_mode": "Turbo"}, ("set_fan_mode", "Turbo")),
        (
            "set_preset_mode",
            {"preset_mode": "Économie+"},
            ("set_preset_mode", "Économie+"),
        ),
        ("set_swing_mode", {"swing_mode": "up/down"}, ("set_swing_mode", "up/down")),
        (
            "set_swing_horizontal_mode",
            {"swing_horizontal_mode": "wide"},
            ("set_swing_horizontal_mode", "wide"),
        ),
        ("turn_on", {}, ("turn_on", None)),
        ("turn_off", {}, ("turn_off", None)),
    ],
)
async def test_forwards_every_action(
    hass: HomeAssistant,
    action: str,
    data: dict[str, Any],
    command: tuple[str, Any],
) -> None:
    """Each action reaches the unit once, as it was given, and its answer comes back."""
    unit = FullClimate()
    await async_add_units(hass, unit)
    await add_system(hass, UNIT)

    await hass.services.async_call(
        "climate", action, {ATTR_ENTITY_ID: ZONE, **data}, blocking=True
    )
    await hass.async_block_till_done()

    assert unit.commands == [command]
    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)


async def test_fahrenheit_command_reaches_a_celsius_unit(hass: HomeAssistant) -> None:
    """A target in the home's unit is converted once, at the unit."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    unit = FullClimate()
    await async_add_units(hass, unit)
    await add_system(hass, UNIT)

    await hass.services.async_call(
        "climate",
        "set_temperature",
        {ATTR_ENTITY_ID: ZONE, "temperature": 68},
        blocking=True,
    )

    assert unit.commands == [("set_temperature", {"temperature": 20.0})]
    assert hass.states.get(ZONE).attributes["temperature"] == 68


async def test_refusals_reach_the_caller(hass: HomeAssistant) -> None:
    """A unit's own refusal comes as it is, any other fault as one of ours."""
    unit = FullClimate()
    await async_add_units(hass, unit)
    await add_system(hass, UNIT)
    call = {ATTR_ENTITY_ID: ZONE, "temperature": 22}

    unit.refuses = ServiceValidationError("locked by the landlord")
    with pytest.raises(ServiceValidationError, match="locked by the landlord"):
        await hass.services.async_call("climate", "set_temperature", call, True)

    unit.refuses = OSError("connection reset")
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call("climate", "set_temperature", call, True)
    assert refused.value.translation_key == "unit_refused"
    assert str(refused.value) == (
        "climate.living_room refused the command: connection reset"
    )


async def test_follows_the_unit_into_and_out_of_unavailability(
    hass: HomeAssistant,
) -> None:
    """An unavailable unit makes its thermostat unavailable; nothing is sent to it."""
    unit = FullClimate()
    await async_add_units(hass, unit)
    entry = await add_system(hass, UNIT)
    (zone,) = entry.runtime_data.zones.values()

    unit.set(available=False)
    await hass.async_block_till_done()
    state = hass.states.get(ZONE)
    assert state.state == STATE_UNAVAILABLE
    assert state.attributes["hvac_modes"] == list(HVACMode)

    with pytest.raises(HomeAssistantError) as refused:
        await zone.async_command("turn_on", {}, None)
    assert refused.value.translation_key == "unit_unavailable"
    assert unit.commands == []

    unit.set(available=True)
    await hass.async_block_till_done()
    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)


async def test_waits_for_a_unit_that_appears_late(hass: HomeAssistant) -> None:
    """A zone whose unit is not there yet is unavailable, then just works."""
    units = await async_add_units(hass, FullClimate())
    entry = await add_system(hass, UNIT)
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_unload(units.entry_id)
    hass.states.async_remove(UNIT)

    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    state = hass.states.get(ZONE)
    assert state.state == STATE_UNAVAILABLE
    # What it can do is remembered from the registry.
    assert state.attributes["fan_modes"] == ["Quiet", "1", "2", "Turbo"]

    await async_add_units(hass, FullClimate())
    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)


async def test_writes_nothing_when_nothing_changed(hass: HomeAssistant) -> None:
    """An attribute that the thermostat does not show costs no state write."""
    unit = FullClimate()
    await async_add_units(hass, unit)
    await add_system(hass, UNIT)
    before = hass.states.get(ZONE)

    unit._attr_extra_state_attributes = {"wifi_signal": -67}
    unit.async_write_ha_state()
    await hass.async_block_till_done()

    after = hass.states.get(ZONE)
    assert after is before
    assert after.last_reported == before.last_reported


async def test_moves_only_what_the_caller_may_move(
    hass: HomeAssistant, hass_read_only_user: MockUser
) -> None:
    """Who may not control the unit cannot move it through its zone."""
    unit = FullClimate()
    await async_add_units(hass, unit)
    await add_system(hass, UNIT)
    hass_read_only_user.mock_policy({"entities": {"entity_ids": {ZONE: True}}})

    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            "climate",
            "turn_on",
            {ATTR_ENTITY_ID: ZONE},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert unit.commands == []


async def test_removed_unit_leaves_the_thermostat_unavailable(
    hass: HomeAssistant,
) -> None:
    """A unit that vanishes while Home Assistant runs is not shown as off."""
    await async_add_units(hass, FullClimate())
    await add_system(hass, UNIT)

    await remove_unit(hass, UNIT)

    assert hass.states.get(ZONE).state == STATE_UNAVAILABLE
