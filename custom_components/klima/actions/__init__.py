"""The actions of Klima, a module for each subject; `services.py` registers them all."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..const import DOMAIN
from ..errors import refused
from ..own_entities import own_sensor
from ..permissions import async_check
from ..system import System

ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"
ATTR_ENERGY: Final = "energy"
ATTR_PERIOD: Final = "period"

SYSTEM_FIELD: Final[VolDictType] = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
"""The field that names a system; where there is only one, it may be left out."""

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
    energy = own_sensor(hass, system.entry_id, ATTR_ENERGY)
    await async_check(hass, call.context, energy, policy)
    return system


@callback
def _called_system(hass: HomeAssistant, call: ServiceCall) -> System:
    """Return the system that an action is for: the one that is named, or the only one."""
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is not None:
        entry = async_get_config_entry(hass, DOMAIN, entry_id)
        if isinstance(entry.runtime_data, System):
            return entry.runtime_data
        raise refused("not_a_system", name=entry.title)
    systems = [
        entry.runtime_data
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
        and isinstance(entry.runtime_data, System)
    ]
    if len(systems) != 1:
        raise refused("name_the_system" if systems else "no_system")
    return systems[0]
