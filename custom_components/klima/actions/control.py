"""Actions about comfort: hold, resume, boost, explain."""

from datetime import timedelta
from typing import Any, Final

from homeassistant.components.climate import (
    ATTR_HVAC_MODE,
    ATTR_PRESET_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    DOMAIN as CLIMATE_DOMAIN,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE
from homeassistant.core import HomeAssistant, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_platform_entity_service
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..const import DOMAIN
from . import figure

ATTR_DURATION: Final = "duration"

BOOST_DURATION = timedelta(minutes=30)
"""How long a boost lasts that says nothing of it."""

SERVICE_HOLD: Final = "hold"
SERVICE_RESUME: Final = "resume"
SERVICE_BOOST: Final = "boost"
SERVICE_EXPLAIN: Final = "explain"

LONGEST = timedelta(days=366)
"""How long anything may be held; what was meant to be for good has no duration."""


def _duration(value: Any) -> timedelta:
    """Return a duration; raises vol.Invalid for what is none, or longer than a year.

    Home Assistant's own raises OverflowError for one that no calendar has.
    """
    try:
        duration = cv.positive_time_period(value)
    except OverflowError as err:
        raise vol.Invalid("not a duration") from err
    if duration > LONGEST:
        raise vol.Invalid("longer than a year")
    return duration


_TEMPERATURE = figure(-100, 200)
"""In the home's degrees; what the unit can have is said when it is asked."""

HOLD_FIELDS: VolDictType = {
    vol.Optional(ATTR_HVAC_MODE): vol.Coerce(HVACMode),
    vol.Optional(ATTR_TEMPERATURE): _TEMPERATURE,
    vol.Optional(ATTR_TARGET_TEMP_LOW): _TEMPERATURE,
    vol.Optional(ATTR_TARGET_TEMP_HIGH): _TEMPERATURE,
    vol.Optional(ATTR_PRESET_MODE): cv.string,
    vol.Optional(ATTR_DURATION): _duration,
}

BOOST_FIELDS: VolDictType = {
    vol.Optional(ATTR_DURATION, default=BOOST_DURATION): _duration,
    vol.Optional(ATTR_TEMPERATURE): _TEMPERATURE,
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the actions, for the thermostats of Klima."""
    for name, schema, response in (
        (SERVICE_HOLD, HOLD_FIELDS, SupportsResponse.NONE),
        (SERVICE_RESUME, {}, SupportsResponse.NONE),
        (SERVICE_BOOST, BOOST_FIELDS, SupportsResponse.NONE),
        (SERVICE_EXPLAIN, {}, SupportsResponse.ONLY),
    ):
        async_register_platform_entity_service(
            hass,
            DOMAIN,
            name,
            entity_domain=CLIMATE_DOMAIN,
            schema=schema,
            func=f"async_{name}",
            supports_response=response,
        )
