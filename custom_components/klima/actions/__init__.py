"""The actions of Klima, a module for each subject; `services.py` registers them all."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_get_config_entry

from ..const import DOMAIN
from ..system import System

ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"


@callback
def called_system(hass: HomeAssistant, call: ServiceCall) -> System:
    """Return the system that an action is for: the one that is named, or the only one."""
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is not None:
        entry = async_get_config_entry(hass, DOMAIN, entry_id)
        if isinstance(entry.runtime_data, System):
            return entry.runtime_data
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_system",
            translation_placeholders={"name": entry.title},
        )
    systems = [
        entry.runtime_data
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
        and isinstance(entry.runtime_data, System)
    ]
    if len(systems) != 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="name_the_system" if systems else "no_system",
        )
    return systems[0]
