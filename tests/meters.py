"""Meters that tests read: what they tell, and the time in which they do."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .common import state_of

POWER = "sensor.meter_power"
ENERGY = "sensor.meter_energy"


def set_power(hass: HomeAssistant, value: Any, unit: str = "W") -> None:
    """Let the power meter report."""
    hass.states.async_set(
        POWER,
        str(value),
        {ATTR_UNIT_OF_MEASUREMENT: unit, ATTR_DEVICE_CLASS: "power"},
    )


def set_energy(
    hass: HomeAssistant, value: Any, unit: str = "kWh", **attributes: Any
) -> None:
    """Let the energy meter report."""
    hass.states.async_set(
        ENERGY,
        str(value),
        {ATTR_UNIT_OF_MEASUREMENT: unit, ATTR_DEVICE_CLASS: "energy", **attributes},
    )


def number(hass: HomeAssistant, entity_id: str) -> float:
    """Return a sensor's state as a number."""
    state = state_of(hass, entity_id)
    return float(state.state)


async def pass_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **duration: float
) -> None:
    """Let time pass, a minute at a time."""
    left = timedelta(**duration)
    while left > timedelta(0):
        step = min(left, timedelta(minutes=1))
        freezer.tick(step)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        left -= step
