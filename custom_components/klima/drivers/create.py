"""Choosing the driver of a zone."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from ..const import CONF_UNIT
from . import Driver
from .entity import EntityDriver


def create_driver(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry
) -> Driver:
    """Return the driver that a zone's subentry names."""
    return EntityDriver(hass, subentry.data[CONF_UNIT])
