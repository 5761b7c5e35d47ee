"""What the cards of the dashboard ask for beside states and statistics."""

from typing import Any

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.weather import DOMAIN as WEATHER_DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import config_validation as cv, entity_registry as er
import voluptuous as vol

from .const import DOMAIN
from .core.curves import curves
from .core.family import Family
from .own_entities import own_sensor
from .system import System

SOURCES = (
    "cop",
    "cooling_energy",
    "energy",
    "expected_cop",
    "heating_energy",
    "power",
    "thermal_energy",
)
"""The keys of a system's sensors that a card reads statistics of."""


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands; Home Assistant keeps them until it stops."""
    websocket_api.async_register_command(hass, websocket_system)


@websocket_api.websocket_command(
    {vol.Required("type"): f"{DOMAIN}/system", vol.Required("entity_id"): cv.entity_id}
)
@callback
def websocket_system(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
) -> None:
    """Tell of the system that an entity belongs to: its curves, and what to read.

    `entity_id` is any entity of the system or of its zones. `sources` maps keys
    to the entity ids that they have now, and `outdoor` to the one that the
    system reads; what is missing or disabled is left out.
    """
    entity_id = msg["entity_id"]
    if not connection.user.permissions.check_entity(entity_id, POLICY_READ):
        raise Unauthorized(entity_id=entity_id, permission=POLICY_READ)
    registry = er.async_get(hass)
    entity = registry.async_get(entity_id)
    entry = (
        None
        if entity is None or entity.config_entry_id is None
        else hass.config_entries.async_get_entry(entity.config_entry_id)
    )
    if entry is None or entry.domain != DOMAIN:
        connection.send_error(
            msg["id"],
            websocket_api.ERR_NOT_FOUND,
            f"{entity_id} is not an entity of a Klima system",
        )
        return
    system = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
    if not isinstance(system, System):
        connection.send_error(
            msg["id"],
            websocket_api.ERR_NOT_FOUND,
            f"{entry.title} is not a system, or is not set up",
        )
        return
    sources = {
        key: found
        for key in SOURCES
        if (found := own_sensor(hass, entry.entry_id, key)) is not None
        and (registered := registry.async_get(found)) is not None
        and registered.disabled_by is None
    }
    if (outdoor := _outdoor_source(hass, system)) is not None:
        sources["outdoor"] = outdoor
    connection.send_result(
        msg["id"],
        {
            "entry_id": entry.entry_id,
            "name": entry.title,
            "family": system.config.family,
            "cop_basis": system.performance.cop_basis,
            "energy_basis": system.energy_basis,
            "sources": sources,
            "curves": curves(system.performance),
        },
    )


def _outdoor_source(hass: HomeAssistant, system: System) -> str | None:
    """Return the entity that tells the temperature outdoors: the system's own, or the weather.

    A water heater stands indoors: the weather says nothing of the air around it.
    """
    if system.config.outdoor_temperature:
        return system.config.outdoor_temperature
    if system.config.family is Family.HEAT_PUMP_WATER_HEATER:
        return None
    return next(iter(sorted(hass.states.async_entity_ids(WEATHER_DOMAIN))), None)
