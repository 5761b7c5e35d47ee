"""A zone's water heater is the tank's own, whole."""

from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from .common import add_system, mirrored
from .units import FullWaterHeater, async_add_units

UNIT = "water_heater.tank"
ZONE = "water_heater.tank_2"


@pytest.mark.parametrize("fahrenheit", [False, True])
async def test_shows_all_that_the_tank_shows(
    hass: HomeAssistant, fahrenheit: bool
) -> None:
    """Every mode, limit, step, name and figure is the tank's own."""
    if fahrenheit:
        hass.config.units = US_CUSTOMARY_SYSTEM
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    await add_system(hass, UNIT, data={"family": "heat_pump_water_heater"})

    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)

    tank.set(current_operation="Boost!", current_temperature=41.5, is_away_mode_on=True)
    await hass.async_block_till_done()
    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)

    tank.set(available=False)
    await hass.async_block_till_done()
    assert hass.states.get(ZONE).state == STATE_UNAVAILABLE


@pytest.mark.parametrize(
    ("action", "data", "command"),
    [
        (
            "set_temperature",
            {"temperature": 55},
            ("set_temperature", {"temperature": 55}),
        ),
        (
            "set_operation_mode",
            {"operation_mode": "Boost!"},
            ("set_operation_mode", "Boost!"),
        ),
        ("set_away_mode", {"away_mode": True}, ("set_away_mode", True)),
        ("set_away_mode", {"away_mode": False}, ("set_away_mode", False)),
        ("turn_on", {}, ("turn_on", None)),
        ("turn_off", {}, ("turn_off", None)),
    ],
)
async def test_forwards_every_action(
    hass: HomeAssistant, action: str, data: dict[str, Any], command: tuple[str, Any]
) -> None:
    """Each action reaches the tank once, as it was given, and its answer comes back."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    await add_system(hass, UNIT, data={"family": "heat_pump_water_heater"})

    await hass.services.async_call(
        "water_heater", action, {ATTR_ENTITY_ID: ZONE, **data}, blocking=True
    )
    await hass.async_block_till_done()

    assert tank.commands == [command]
    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)
