"""System health: how much there is, and what it is read from."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .system import System


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is told."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    systems = [
        entry.runtime_data
        for entry in entries
        if isinstance(entry.runtime_data, System)
    ]
    return {
        "plans": len(entries) - len(systems),
        "systems": len(systems),
        "zones": sum(len(system.zones) for system in systems),
        "metered": sum(system.energy_basis == "metered" for system in systems),
        "estimated": sum(system.energy_basis == "estimated" for system in systems),
    }
