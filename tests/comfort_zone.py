"""A zone that keeps itself comfortable: its unit, its room, its week."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACMode
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from .common import set_up, state_of, zones_entry
from .units import FullClimate, PlainClimate, async_add_units

UNIT = "climate.plain"
OURS = "climate.den"
REASON = "sensor.den_control_reason"
AUTOMATION = "switch.den_automation"
MONDAY_7 = "2026-11-23 07:00:00+00:00"
DAY = [
    {"from": "06:00:00", "to": "09:00:00", "data": {"preset": "comfort"}},
    {"from": "17:00:00", "to": "22:00:00", "data": {"temperature": 22}},
]


def heating(**attributes: Any) -> PlainClimate:
    """Return a cheap unit that heats, in a state."""
    return PlainClimate(hvac_mode=HVACMode.HEAT, **attributes)


async def add_zone(
    hass: HomeAssistant,
    unit: FullClimate | None = None,
    system: dict[str, Any] | None = None,
    **comfort: Any,
) -> tuple[MockConfigEntry, FullClimate]:
    """Set a system up whose zone `Den` has these comfort settings."""
    unit = unit or PlainClimate()
    if UNIT not in hass.states.async_entity_ids():
        await async_add_units(hass, unit)
    (entity_id,) = hass.states.async_entity_ids("climate")
    den = {"driver": "entity", "unit": entity_id, **comfort}
    return await set_up(hass, zones_entry([("Den", den)], system)), unit


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **delta: float
) -> None:
    """Let time pass: by the minute, or by five of them if it is long."""
    end = dt_util.utcnow() + timedelta(**delta)
    step = timedelta(minutes=5 if timedelta(**delta) > timedelta(hours=2) else 1)
    while dt_util.utcnow() < end:
        freezer.tick(min(step, end - dt_util.utcnow()))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()


def reason(hass: HomeAssistant) -> str:
    """Return why the unit does what it does."""
    return state_of(hass, REASON).state


async def call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Perform an action on the zone's thermostat."""
    domain, name = action.split(".")
    answer = await hass.services.async_call(
        domain,
        name,
        {ATTR_ENTITY_ID: OURS, **data},
        blocking=True,
        return_response=name == "explain",
    )
    # What the unit answers is taken in, too.
    await hass.async_block_till_done()
    return answer


def sensor(hass: HomeAssistant, value: Any, entity_id: str = "sensor.room") -> None:
    """Let a temperature sensor say something."""
    hass.states.async_set(
        entity_id,
        str(value),
        {"device_class": "temperature", "unit_of_measurement": "°C"},
    )


async def add_schedule(hass: HomeAssistant, **days: list[dict[str, Any]]) -> None:
    """Set up a schedule helper."""
    assert await async_setup_component(
        hass, "schedule", {"schedule": {"week": {"name": "Week", **days}}}
    )
    await hass.async_block_till_done()


async def begin_week(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> PlainClimate:
    """Begin a Monday morning that has a schedule; return a unit that heats."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(MONDAY_7)
    await add_schedule(hass, monday=DAY)
    return heating(target_temperature=20.0)
