"""Choosing the driver of a zone."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant

from ..const import CONF_DRIVER, CONF_UNIT, DriverKind
from . import Driver
from .entity import EntityDriver
from .infrared import InfraredDriver


def create_driver(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry
) -> Driver:
    """Return the driver that a zone's subentry names."""
    if subentry.data.get(CONF_DRIVER) == DriverKind.INFRARED:
        return InfraredDriver(hass, entry, subentry)
    return EntityDriver(hass, subentry.data[CONF_UNIT])
