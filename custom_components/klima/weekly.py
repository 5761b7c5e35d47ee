"""Home Assistant's schedule helper as the core's week."""

from collections.abc import Mapping
from datetime import time
import logging
from typing import Any

from homeassistant.components.schedule.const import DOMAIN as SCHEDULE_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, STATE_ON, UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import TemperatureConverter

from .core.control.model import PRESETS, Mode
from .core.week import WEEKDAYS, Block, Entry, Week
from .sources import NO_READING, finite, read_time

_LOGGER = logging.getLogger(__name__)

OUTSIDE = Entry(preset="eco")
"""What holds between a schedule's blocks."""

_MODES = frozenset(mode.value for mode in Mode)


def read_entry(data: Mapping[str, Any] | None, *, fahrenheit: bool = False) -> Entry:
    """Return what a block's data asks for: `preset` or `temperature`, `hvac_mode`.

    Its temperature is in °F where it is `fahrenheit`, else in °C as the entry's. A
    block with none of them is one of comfort. What is not known is named.
    """
    if not data:
        return Entry(preset="comfort")
    # Of a schedule that is none, anything may come: a list has no hash.
    preset, mode = (
        value if value is None or isinstance(value, str) else str(value)
        for value in (data.get("preset"), data.get("hvac_mode"))
    )
    temperature = finite(data.get("temperature"))
    unknown = None
    if preset is not None and preset not in PRESETS:
        unknown, preset = str(preset), "comfort"
    if mode is not None and mode not in _MODES:
        unknown, mode = str(mode), None
    if data.get("temperature") is not None and (
        temperature is None or not -30 <= temperature <= 120
    ):
        unknown, temperature = str(data["temperature"]), None
    if temperature is not None and fahrenheit:
        temperature = TemperatureConverter.convert(
            temperature, UnitOfTemperature.FAHRENHEIT, UnitOfTemperature.CELSIUS
        )
    if preset is None and temperature is None:
        preset = "comfort"
    return Entry(
        preset=None if temperature is not None else preset,
        temperature=temperature,
        mode=mode,
        unknown=unknown,
    )


def read_state(state: State | None, *, fahrenheit: bool) -> Entry | None:
    """Return what a schedule says now; None while it cannot be read."""
    if state is None or state.state in NO_READING:
        return None
    if state.state != STATE_ON:
        return OUTSIDE
    return read_entry(state.attributes, fahrenheit=fahrenheit)


def read_next(state: State | None) -> float | None:
    """Return when a schedule changes next, by its own word."""
    return None if state is None else read_time(state.attributes.get("next_event"))


async def async_read_week(
    hass: HomeAssistant, entity_id: str, *, fahrenheit: bool
) -> Week | None:
    """Ask a schedule for all its blocks; None where it cannot tell."""
    try:
        answer = await hass.services.async_call(
            SCHEDULE_DOMAIN,
            "get_schedule",
            {ATTR_ENTITY_ID: entity_id},
            blocking=True,
            return_response=True,
        )
    except HomeAssistantError as err:
        _LOGGER.debug("%s does not tell its blocks: %s", entity_id, err)
        return None
    days: Any = (answer or {}).get(entity_id)
    if not isinstance(days, Mapping):
        return None
    return Week.of(
        {
            day: [
                Block(
                    block["from"],
                    block["to"],
                    read_entry(block.get("data"), fahrenheit=fahrenheit),
                )
                for block in days.get(day, ())
                if isinstance(block.get("from"), time)
                and isinstance(block.get("to"), time)
            ]
            for day in WEEKDAYS
        },
        OUTSIDE,
    )
