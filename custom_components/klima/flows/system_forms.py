"""The forms of a system's steps: what is asked of its equipment and of its energy."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from homeassistant.const import PERCENTAGE, UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    TextSelector,
)
from homeassistant.util.unit_conversion import TemperatureConverter
import voluptuous as vol

from ..const import (
    CONF_AFUE,
    CONF_DUCT_LOSS,
    CONF_ENERGY,
    CONF_FAMILY,
    CONF_FIXED_CHARGES,
    CONF_FUEL_PRICE,
    CONF_FUEL_UNIT,
    CONF_GRID_CO2,
    CONF_GRID_CO2_ENTITY,
    CONF_HEAT_OUTPUT,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PLAN,
    CONF_POWER,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_RATINGS,
    CONF_REFERENCE,
    CONF_SAVINGS,
    CONF_THERMAL_ENERGY,
)
from ..core.family import Family
from ..core.ratings import fitting
from ..core.savings import FuelUnit, Reference
from .selectors import OpenSection, OpenSelector, dropdown, fields_of_others, number
from .sources import SOURCE_SELECTORS
from .validate import plans

CELSIUS = UnitOfTemperature.CELSIUS

LOWEST_OUTDOOR = "minimum_outdoor_temperature"
"""The rating that is a temperature: kept in °C, asked for in the home's unit."""

_RATING_UNITS: dict[str, str | None] = {
    "heating_capacity": UnitOfPower.KILO_WATT,
    "cooling_capacity": UnitOfPower.KILO_WATT,
    "cop_8": None,
    "cop_minus_8": None,
    "cop_minus_15": None,
    "eer2": None,
    "seer2": None,
    "hspf2": None,
    "scop": None,
    "seer": None,
    "uef": None,
    LOWEST_OUTDOOR: CELSIUS,
    CONF_DUCT_LOSS: PERCENTAGE,
}

SAVINGS_LIMITS: dict[str, tuple[float, float]] = {
    CONF_FUEL_PRICE: (0, 1000),
    CONF_AFUE: (30, 110),
    CONF_GRID_CO2: (0, 2000),
}
"""Between what the figures of the savings lie; beyond is a slip of the keyboard."""

SAVINGS_DEFAULTS = {
    CONF_REFERENCE: Reference.RESISTANCE.value,
    CONF_FUEL_UNIT: FuelUnit.KWH.value,
}
"""What is chosen where the user chose nothing: it is not kept."""

MAX_DUCT_LOSS = 50
"""% above which a duct loss is taken for a slip of the keyboard."""


def _select(field: str, options: type[StrEnum]) -> SelectSelector:
    return dropdown([option.value for option in options], field)


def _savings_schema(hass: HomeAssistant) -> vol.Schema:
    currency = hass.config.currency
    fields = {
        vol.Optional(CONF_REFERENCE, default=SAVINGS_DEFAULTS[CONF_REFERENCE]): _select(
            CONF_REFERENCE, Reference
        ),
        vol.Optional(CONF_FUEL_PRICE): number(currency),
        vol.Optional(CONF_FUEL_UNIT, default=SAVINGS_DEFAULTS[CONF_FUEL_UNIT]): _select(
            CONF_FUEL_UNIT, FuelUnit
        ),
        vol.Optional(CONF_AFUE): number(PERCENTAGE),
        vol.Optional(CONF_GRID_CO2): number("g/kWh"),
        vol.Optional(CONF_GRID_CO2_ENTITY): SOURCE_SELECTORS[CONF_GRID_CO2_ENTITY],
    }
    return vol.Schema(fields_of_others(hass, fields))


def ratings_of_form(
    hass: HomeAssistant, ratings: Mapping[str, Any]
) -> dict[str, float]:
    """Return ratings as they are kept, of those that were asked for in the home's unit."""
    kept = _converted(ratings, hass.config.units.temperature_unit, CELSIUS)
    if 0 < kept.get(CONF_DUCT_LOSS, 0) < 1:
        # No ducts are that good: it is the share that the sensor shows.
        kept[CONF_DUCT_LOSS] = round(kept[CONF_DUCT_LOSS] * 100, 2)
    return kept


def ratings_for_form(
    hass: HomeAssistant, ratings: Mapping[str, Any]
) -> dict[str, float]:
    """Return ratings that are kept as the form shows them."""
    return _converted(ratings, CELSIUS, hass.config.units.temperature_unit)


def shown_temperature(hass: HomeAssistant, celsius: str) -> str:
    """Return a temperature of a fault of a rating in the home's unit."""
    degrees = hass.config.units.temperature_unit
    return f"{TemperatureConverter.convert(float(celsius), CELSIUS, degrees):g}"


def _converted(
    ratings: Mapping[str, Any], from_unit: str, to_unit: str
) -> dict[str, float]:
    converted = dict(ratings)
    if from_unit != to_unit and (value := ratings.get(LOWEST_OUTDOOR)) is not None:
        converted[LOWEST_OUTDOOR] = round(
            TemperatureConverter.convert(value, from_unit, to_unit), 2
        )
    return converted


def _ratings_section(
    hass: HomeAssistant, suggested: Mapping[str, Any], *, is_open: bool
) -> OpenSection:
    """Return the section: the figures that the suggested family has, and those given."""
    units = {**_RATING_UNITS, LOWEST_OUTDOOR: hass.config.units.temperature_unit}
    fields = {
        field: (vol.Optional(field), number(unit)) for field, unit in units.items()
    }
    shown = {
        *fitting(Family(suggested[CONF_FAMILY])),
        *suggested.get(CONF_RATINGS, ()),
    }
    return OpenSection(
        vol.Schema(dict(pair for field, pair in fields.items() if field in shown)),
        # The family can be chosen anew in the same form.
        vol.Schema(dict(fields.values())),
        {"collapsed": not is_open},
    )


def equipment_schema(
    hass: HomeAssistant,
    suggested: Mapping[str, Any],
    *,
    ratings_open: bool,
    savings_open: bool,
) -> vol.Schema:
    """Return the form of the step `equipment`; a section that is wrong is open."""
    fields = {
        vol.Required(CONF_FAMILY): _select(CONF_FAMILY, Family),
        vol.Optional(CONF_MANUFACTURER): TextSelector(),
        vol.Optional(CONF_MODEL): TextSelector(),
        vol.Optional(CONF_OUTDOOR_TEMPERATURE): SOURCE_SELECTORS[
            CONF_OUTDOOR_TEMPERATURE
        ],
        # No default: the frontend would show that, and not what is suggested inside.
        vol.Optional(CONF_RATINGS): _ratings_section(
            hass, suggested, is_open=ratings_open
        ),
        vol.Optional(CONF_SAVINGS): section(
            _savings_schema(hass), {"collapsed": not savings_open}
        ),
    }
    return vol.Schema(fields_of_others(hass, fields))


def _plan_selector(hass: HomeAssistant) -> SelectSelector:
    """Return a choice of the plans that there are, and not of all that Klima has."""
    entries = map(hass.config_entries.async_get_known_entry, plans(hass))
    return dropdown(
        [
            SelectOptionDict(value=entry.entry_id, label=entry.title)
            for entry in sorted(entries, key=lambda entry: entry.title.casefold())
        ],
        kind=OpenSelector,
    )


def energy_schema(hass: HomeAssistant) -> vol.Schema:
    """Return the form of the step `energy`."""
    currency = hass.config.currency
    fields = {
        vol.Optional(CONF_POWER): SOURCE_SELECTORS[CONF_POWER],
        vol.Optional(CONF_ENERGY): SOURCE_SELECTORS[CONF_ENERGY],
        vol.Optional(CONF_PLAN): _plan_selector(hass),
        vol.Optional(CONF_PRICE): number(f"{currency}/kWh"),
        vol.Optional(CONF_PRICE_ENTITY): SOURCE_SELECTORS[CONF_PRICE_ENTITY],
        vol.Optional(CONF_FIXED_CHARGES): BooleanSelector(),
        vol.Optional(CONF_HEAT_OUTPUT): SOURCE_SELECTORS[CONF_HEAT_OUTPUT],
        vol.Optional(CONF_THERMAL_ENERGY): SOURCE_SELECTORS[CONF_THERMAL_ENERGY],
    }
    return vol.Schema(fields_of_others(hass, fields))
