"""The triggers of Klima, a module for each subject in `triggers/`."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .triggers.control import CONTROL_TRIGGERS
from .triggers.energy import ENERGY_TRIGGERS

TRIGGERS: dict[str, type[Trigger]] = {**CONTROL_TRIGGERS, **ENERGY_TRIGGERS}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
