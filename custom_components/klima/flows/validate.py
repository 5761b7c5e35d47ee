"""What is wrong with what the user chose, said at its field."""

import re

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

from ..const import (
    CONF_ENERGY,
    CONF_EVENT_ENTITY,
    CONF_GRID_CO2_ENTITY,
    CONF_HEAT_OUTPUT,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_KIND,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_POWER,
    CONF_PRICE_ENTITY,
    CONF_TEMPERATURE,
    CONF_THERMAL_ENERGY,
    CONF_UNIT,
    DOMAIN,
    SUBENTRY_ZONE,
    EntryKind,
)
from ..core.price import PriceUnitError, most_price, price_factor
from ..source_watch import is_there
from ..sources import NO_READING, has_unit_for

_DEAR = frozenset({"AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "SGD", "USD"})

MOST_DEAR_PRICE = 5
"""Currency/kWh above which a price is a slip of the keyboard where a kWh costs a
part of one: 12 is meant in cents."""

_NOT_READABLE = {
    CONF_POWER: "not_power",
    CONF_ENERGY: "not_energy",
    CONF_HOME_ENERGY: "not_energy",
    CONF_HOME_EXPORT: "not_energy",
    CONF_HEAT_OUTPUT: "not_power",
    CONF_THERMAL_ENERGY: "not_energy",
    CONF_OUTDOOR_TEMPERATURE: "not_temperature",
    CONF_TEMPERATURE: "not_temperature",
}


LONGEST_NAME = 150
"""Characters of an entity id that a name may make: of 255, what is left for the rest."""


def name_error(name: str | None) -> str | None:
    """Return why a name cannot be one, if it cannot.

    Home Assistant makes entity ids of it, and of some that it has to cut it makes
    none that are valid: those entities would be missing.
    """
    return "name_too_long" if len(slugify(name or "")) > LONGEST_NAME else None


def fitting_name(name: str) -> str:
    """Return as much of a name as can be one, for one that nobody typed as a name."""
    while name_error(name) is not None:
        name = name[: len(name) * 3 // 4].rstrip()
    return name


@callback
def is_own(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity is one of ours."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform == DOMAIN


@callback
def wrapped_units(
    hass: HomeAssistant, *, but_not: str | None = None
) -> dict[str, ConfigEntry]:
    """Return the units that zones wrap, each with the entry that does.

    `but_not` is a subentry that does not count: the one being changed.
    """
    return {
        subentry.data[CONF_UNIT]: entry
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_ZONE)
        if subentry.subentry_id != but_not and CONF_UNIT in subentry.data
    }


@callback
def unit_error(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return why a unit cannot be wrapped, if it cannot."""
    if is_own(hass, entity_id):
        return "own_entity"
    if not is_there(hass, entity_id):
        return "entity_not_found"
    return None


@callback
def source_error(hass: HomeAssistant, field: str, entity_id: str) -> str | None:
    """Return why an entity cannot be the source of a field, if it cannot."""
    if is_own(hass, entity_id):
        return "own_entity"
    if not is_there(hass, entity_id):
        return "entity_not_found"
    state = hass.states.get(entity_id)
    if field == CONF_EVENT_ENTITY:
        return None
    if field == CONF_PRICE_ENTITY:
        return _price_error(hass, state)
    if field == CONF_GRID_CO2_ENTITY:
        return _grid_co2_error(state)
    return None if has_unit_for(field, state) else _NOT_READABLE[field]


@callback
def is_price(hass: HomeAssistant, price: float) -> bool:
    """Return whether a kWh may cost that, in the home's currency."""
    currency = hass.config.currency
    return abs(price) <= (
        MOST_DEAR_PRICE if currency in _DEAR else most_price(currency)
    )


def is_only_price(hass: HomeAssistant, price: float) -> bool:
    """Return whether every kWh may cost that: nobody is paid for all that they use."""
    return price >= 0 and is_price(hass, price)


@callback
def plan_error(hass: HomeAssistant, entry_id: str) -> str | None:
    """Return why an entry cannot be a system's plan, if it cannot."""
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.data.get(CONF_KIND) != EntryKind.PLAN:
        return "not_a_plan"
    return None


@callback
def plans(hass: HomeAssistant) -> list[str]:
    """Return the entries of the plans that there are."""
    return [
        entry.entry_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.data.get(CONF_KIND) == EntryKind.PLAN
    ]


def _price_error(hass: HomeAssistant, state: State | None) -> str | None:
    if state is None or state.state in NO_READING:
        return None
    try:
        price_factor(
            state.attributes.get(ATTR_UNIT_OF_MEASUREMENT), hass.config.currency
        )
    except PriceUnitError as err:
        return err.reason
    return None


def _grid_co2_error(state: State | None) -> str | None:
    if state is None or state.state in NO_READING:
        return None
    unit = str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, "")).lower()
    # Electricity Maps says gCO2eq/kWh, others g/kWh or kgCO2/kWh.
    return None if _GRID_CO2_UNIT.fullmatch(unit) else "not_grid_co2"


_GRID_CO2_UNIT = re.compile(r"k?g[^/]*/kwh")
