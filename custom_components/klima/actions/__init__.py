"""The actions of Klima, a module for each subject; `services.py` registers them all."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service import async_get_config_entry
import voluptuous as vol

from ..const import DOMAIN
from ..permissions import async_check
from ..system import System

ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"

MOST_MONEY = 1e6
"""The highest price of anything, in any currency."""

MOST_ENERGY = 1e6
"""kWh that no meter of a home counts in a period."""


def figure(least: float, most: float) -> Callable[[Any], float]:
    """Return what validates a figure of an action: finite, and from `least` to `most`.

    `vol.Coerce(float)` takes text that says "nan", and raises OverflowError for a
    number that no float can hold.
    """

    def validate(value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError) as err:
            raise vol.Invalid("not a number") from err
        # A figure that is none lies between none.
        if not least <= number <= most:
            raise vol.Invalid(f"not from {least:g} to {most:g}")
        return number

    return validate


async def async_called_system(call: ServiceCall, policy: str = POLICY_READ) -> System:
    """Return the system that an action is for, if the caller may do that with it.

    What is asked is what the caller may do with the system's energy: it is what
    all of these actions read or change.
    """
    hass = call.hass
    system = _called_system(hass, call)
    energy = er.async_get(hass).async_get_entity_id(
        "sensor", DOMAIN, f"{system.entry_id}_energy"
    )
    await async_check(hass, call.context, energy, policy)
    return system


@callback
def _called_system(hass: HomeAssistant, call: ServiceCall) -> System:
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
