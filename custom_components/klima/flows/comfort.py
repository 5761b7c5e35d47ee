"""The step `comfort`: what keeps a zone comfortable, and what is wrong with it.

Durations are kept in s, temperatures in °C; the form shows them as durations
and in the home's unit.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.climate import (
    ATTR_MAX_TEMP,
    ATTR_MIN_TEMP,
    DEFAULT_MAX_TEMP,
    DEFAULT_MIN_TEMP,
)
from homeassistant.components.device_tracker import DOMAIN as DEVICE_TRACKER_DOMAIN
from homeassistant.components.group import DOMAIN as GROUP_DOMAIN
from homeassistant.components.input_boolean import DOMAIN as INPUT_BOOLEAN_DOMAIN
from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.components.schedule.const import DOMAIN as SCHEDULE_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.components.zone import DOMAIN as ZONE_DOMAIN
from homeassistant.const import DEGREE, UnitOfTemperature, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    DurationSelector,
    DurationSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
)
from homeassistant.util.unit_conversion import (
    TemperatureConverter,
    TemperatureDeltaConverter,
)
import voluptuous as vol

from ..comfort import DEFAULTS, PRESET_FIELDS, default_presets
from ..const import (
    CONF_HOLD_MINUTES,
    CONF_HUMIDITY,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_OFFSET_LIMIT,
    CONF_PRESENCE,
    CONF_PRIORITY,
    CONF_SCHEDULE,
    CONF_TEMPERATURE,
    CONF_WINDOW_DELAY,
    CONF_WINDOWS,
)
from ..core.control.model import PRESETS
from ..figures import figure
from ..source_watch import is_there
from ..sources import finite
from .selectors import fields_of_others, number
from .validate import is_own, source_error

DURATIONS = {
    CONF_WINDOW_DELAY: timedelta(hours=1),
    CONF_MINIMUM_ON: timedelta(hours=1),
    CONF_MINIMUM_OFF: timedelta(hours=1),
}
"""The fields that are durations, with the longest that each may be."""

MAX_HOLD_MINUTES = 7 * 24 * 60
MAX_OFFSET = 8.0
MAX_PRIORITY = 100

_AS_GIVEN = (
    CONF_TEMPERATURE,
    CONF_HUMIDITY,
    CONF_SCHEDULE,
    CONF_WINDOWS,
    CONF_PRESENCE,
    CONF_HOLD_MINUTES,
    CONF_OFFSET_LIMIT,
    CONF_PRIORITY,
)
"""The fields that are kept as they are filled in; the limit is converted then."""


class AnyDurationSelector(DurationSelector):
    """A duration as Home Assistant takes it anywhere: also `00:05:00`, or s."""

    def __call__(self, data: Any) -> dict[str, float]:
        """Return the duration as a form shows it: it is shown again if another is wrong."""
        return _shown_duration(_seconds(data))


COMFORT_SELECTORS: Mapping[str, EntitySelector] = {
    CONF_TEMPERATURE: EntitySelector(
        EntitySelectorConfig(
            domain=SENSOR_DOMAIN, device_class=SensorDeviceClass.TEMPERATURE
        )
    ),
    CONF_HUMIDITY: EntitySelector(
        EntitySelectorConfig(
            domain=SENSOR_DOMAIN, device_class=SensorDeviceClass.HUMIDITY
        )
    ),
    CONF_WINDOWS: EntitySelector(
        EntitySelectorConfig(
            domain=[BINARY_SENSOR_DOMAIN, INPUT_BOOLEAN_DOMAIN, GROUP_DOMAIN],
            multiple=True,
        )
    ),
    CONF_PRESENCE: EntitySelector(
        EntitySelectorConfig(
            domain=[
                PERSON_DOMAIN,
                ZONE_DOMAIN,
                BINARY_SENSOR_DOMAIN,
                DEVICE_TRACKER_DOMAIN,
                GROUP_DOMAIN,
                INPUT_BOOLEAN_DOMAIN,
            ],
            multiple=True,
        )
    ),
    CONF_SCHEDULE: EntitySelector(EntitySelectorConfig(domain=SCHEDULE_DOMAIN)),
}
"""What may be chosen for each field that names entities."""


def comfort_schema(hass: HomeAssistant) -> vol.Schema:
    """Return the form."""
    degrees = hass.config.units.temperature_unit
    fields = fields_of_others(
        hass,
        {vol.Optional(field): choice for field, choice in COMFORT_SELECTORS.items()},
    )
    fields |= {vol.Optional(field): number(degrees, 0.5) for field in PRESET_FIELDS}
    fields |= {
        vol.Optional(field): AnyDurationSelector(
            DurationSelectorConfig(enable_second=True)
        )
        for field in DURATIONS
    }
    fields[vol.Optional(CONF_HOLD_MINUTES)] = number(UnitOfTime.MINUTES, 1)
    fields[vol.Optional(CONF_OFFSET_LIMIT)] = number(DEGREE, 0.5)
    fields[vol.Optional(CONF_PRIORITY)] = number(None, 1)
    return vol.Schema(fields)


def comfort_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what holds where a field is left empty, in the home's unit."""
    degrees = hass.config.units.temperature_unit
    presets = default_presets(fahrenheit=degrees == UnitOfTemperature.FAHRENHEIT)
    empty = {
        field: f"{figure(hass, _shown(hass, presets[preset][kind == 'cool']))} {degrees}"
        for field, (kind, preset) in PRESET_FIELDS.items()
    }
    offset = _shown_interval(hass, DEFAULTS.offset_limit)
    return empty | {CONF_OFFSET_LIMIT: f"{figure(hass, offset)} {degrees}"}


def comfort_source_error(hass: HomeAssistant, field: str, entity_id: str) -> str | None:
    """Return why an entity cannot be read for a field of comfort, if it cannot."""
    if field == CONF_TEMPERATURE:
        return source_error(hass, field, entity_id)
    if not is_there(hass, entity_id):
        return "entity_not_found"
    if is_own(hass, entity_id):
        return "own_entity"
    return None


def comfort_errors(
    hass: HomeAssistant,
    unit: str | None,
    user_input: Mapping[str, Any],
    placeholders: dict[str, str],
) -> dict[str, str]:
    """Return what is wrong, by field."""
    errors: dict[str, str] = {}
    for field in COMFORT_SELECTORS:
        named = user_input.get(field) or []
        for entity_id in [named] if isinstance(named, str) else named:
            if error := comfort_source_error(hass, field, entity_id):
                errors[field] = error
    low, high = _limits(hass, unit)
    degrees = hass.config.units.temperature_unit
    for field in PRESET_FIELDS:
        value = user_input.get(field)
        if value is not None and not low <= value <= high:
            errors[field] = "temperature_out_of_range"
            placeholders |= {
                "low": figure(hass, low),
                "high": figure(hass, high),
                "unit": degrees,
            }
    for preset in PRESETS:
        heat = user_input.get(f"heat_{preset}")
        cool = user_input.get(f"cool_{preset}")
        if heat is not None and cool is not None and heat >= cool:
            errors.setdefault(f"cool_{preset}", "cooler_than_heated")
    for field, most in DURATIONS.items():
        duration = user_input.get(field)
        if duration is not None and _seconds(duration) > most.total_seconds():
            errors[field] = "too_long"
    for field, least, most_ in (
        (CONF_HOLD_MINUTES, 1, MAX_HOLD_MINUTES),
        (CONF_OFFSET_LIMIT, 0, _shown_interval(hass, MAX_OFFSET)),
        (CONF_PRIORITY, 0, MAX_PRIORITY),
    ):
        value = user_input.get(field)
        if value is not None and not least <= value <= most_:
            errors[field] = f"{field}_out_of_range"
            placeholders |= {f"{field}_most": figure(hass, most_), "unit": degrees}
    return errors


def comfort_data(hass: HomeAssistant, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of the form: what was left empty is not."""
    data: dict[str, Any] = {
        field: value
        for field in _AS_GIVEN
        if (value := user_input.get(field)) not in (None, "", [])
    }
    degrees = hass.config.units.temperature_unit
    for field in PRESET_FIELDS:
        if (value := user_input.get(field)) is not None:
            data[field] = round(
                TemperatureConverter.convert(value, degrees, UnitOfTemperature.CELSIUS),
                3,
            )
    if CONF_OFFSET_LIMIT in data:
        data[CONF_OFFSET_LIMIT] = round(
            TemperatureDeltaConverter.convert(
                data[CONF_OFFSET_LIMIT], degrees, UnitOfTemperature.CELSIUS
            ),
            3,
        )
    for field in DURATIONS:
        if (value := user_input.get(field)) is not None:
            data[field] = _seconds(value)
    return data


def suggested_comfort(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form as it was filled in, from what is kept."""
    suggested = {field: data[field] for field in _AS_GIVEN if field in data}
    for field in PRESET_FIELDS:
        if field in data:
            suggested[field] = _shown(hass, data[field])
    if CONF_OFFSET_LIMIT in data:
        suggested[CONF_OFFSET_LIMIT] = _shown_interval(hass, data[CONF_OFFSET_LIMIT])
    for field in DURATIONS:
        if field in data:
            suggested[field] = _shown_duration(data[field])
    return suggested


def _shown(hass: HomeAssistant, celsius: float) -> float:
    """Return a temperature in the home's unit, as a form shows it."""
    degrees = hass.config.units.temperature_unit
    return round(
        TemperatureConverter.convert(celsius, UnitOfTemperature.CELSIUS, degrees), 1
    )


def _shown_interval(hass: HomeAssistant, kelvin: float) -> float:
    """Return a difference of temperatures in the home's degrees, as a form shows it."""
    degrees = hass.config.units.temperature_unit
    return round(
        TemperatureDeltaConverter.convert(kelvin, UnitOfTemperature.CELSIUS, degrees),
        1,
    )


def _shown_duration(seconds: float) -> dict[str, float]:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return {"hours": hours, "minutes": minutes, "seconds": seconds}


def _seconds(duration: Any) -> float:
    return float(cv.positive_time_period(duration).total_seconds())


def _limits(hass: HomeAssistant, unit: str | None) -> tuple[float, float]:
    """Return the temperatures that a unit can have, in the home's unit."""
    state = None if unit is None else hass.states.get(unit)
    attributes: Mapping[str, Any] = {} if state is None else state.attributes
    given_low = finite(attributes.get(ATTR_MIN_TEMP))
    given_high = finite(attributes.get(ATTR_MAX_TEMP))
    return (
        _shown(hass, DEFAULT_MIN_TEMP) if given_low is None else given_low,
        _shown(hass, DEFAULT_MAX_TEMP) if given_high is None else given_high,
    )
