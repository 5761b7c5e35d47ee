"""The step in which a unit is chosen that Home Assistant already controls."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.climate import DOMAIN as CLIMATE_DOMAIN
from homeassistant.components.water_heater import DOMAIN as WATER_HEATER_DOMAIN
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    TextSelector,
)
import voluptuous as vol

from ..const import CONF_UNIT
from .guess import unit_name
from .selectors import OpenEntitySelector, of_others
from .validate import fitting_name, name_error, unit_error, wrapped_units

UNIT_SELECTOR = EntitySelector(
    EntitySelectorConfig(domain=[CLIMATE_DOMAIN, WATER_HEATER_DOMAIN])
)


def unit_schema(hass: HomeAssistant, zone: ConfigSubentry | None) -> vol.Schema:
    """Return the form: the units that nothing of ours wraps, but for the one being changed."""
    return vol.Schema(
        {
            vol.Required(CONF_UNIT): unit_selector(
                hass, None if zone is None else zone.subentry_id
            ),
            vol.Optional(CONF_NAME): TextSelector(),
        }
    )


def unit_selector(hass: HomeAssistant, but_not: str | None) -> OpenEntitySelector:
    """Return a choice of the units that no zone wraps, but for the subentry `but_not`."""
    return of_others(hass, UNIT_SELECTOR, but=wrapped_units(hass, but_not=but_not))


def unit_errors(hass: HomeAssistant, user_input: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the unit and the name, by the field."""
    found = {
        CONF_UNIT: unit_error(hass, user_input[CONF_UNIT]),
        CONF_NAME: name_error(user_input.get(CONF_NAME)),
    }
    return {field: error for field, error in found.items() if error is not None}


@callback
def abort_if_wrapped(
    hass: HomeAssistant, unit: str, zone: ConfigSubentry | None
) -> None:
    """Raise AbortFlow if a zone wraps the unit already, but for the one being changed."""
    but_not = None if zone is None else zone.subentry_id
    if other := wrapped_units(hass, but_not=but_not).get(unit):
        raise AbortFlow("already_configured", {"unit": unit, "system": other.title})


def chosen_name(hass: HomeAssistant, user_input: Mapping[str, Any]) -> str:
    """Return the name that the user gave, or the unit's own."""
    given: str = user_input.get(CONF_NAME, "").strip()
    return given or fitting_name(unit_name(hass, user_input[CONF_UNIT]))
