"""Choosing the driver of a zone."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, valid_entity_id

from ..config import check_entity_id, check_text
from ..const import (
    CONF_CODE_FILE,
    CONF_DRIVER,
    CONF_EMITTER,
    CONF_PAYLOAD,
    CONF_PROTOCOL,
    CONF_RECEIVER,
    CONF_TOPIC,
    CONF_UNIT,
    CONF_VENDOR,
    DriverKind,
)
from . import Driver
from .entity import EntityDriver
from .infrared import InfraredDriver
from .transports import EMITTER_ACTION, EMITTER_MQTT, EMITTER_TASMOTA

_TEXTS = (
    CONF_CODE_FILE,
    CONF_EMITTER,
    CONF_PAYLOAD,
    CONF_PROTOCOL,
    CONF_RECEIVER,
    CONF_TOPIC,
    CONF_UNIT,
    CONF_VENDOR,
)

_NO_ENTITIES = (EMITTER_ACTION, EMITTER_MQTT, EMITTER_TASMOTA)


def create_driver(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry
) -> Driver:
    """Return the driver that a zone's subentry names.

    Raises ValueError or TypeError, with the field, for what no flow lets through.
    """
    for field in _TEXTS:
        check_text(field, subentry.data.get(field))
    for field in (CONF_UNIT, CONF_RECEIVER):
        check_entity_id(field, subentry.data.get(field))
    if subentry.data.get(CONF_DRIVER) == DriverKind.INFRARED:
        emitter = subentry.data.get(CONF_EMITTER) or ""
        if emitter not in _NO_ENTITIES and not valid_entity_id(emitter):
            raise ValueError(f"{CONF_EMITTER}: {emitter[:50]!r} sends to no unit")
        needs = [CONF_CODE_FILE]
        if emitter == EMITTER_TASMOTA:
            needs = [CONF_VENDOR, CONF_TOPIC]
        elif subentry.data.get(CONF_PROTOCOL):
            needs = []
        for field in needs:
            if not subentry.data.get(field):
                raise ValueError(f"{field}: what the unit understands is not known")
        return InfraredDriver(hass, entry, subentry)
    return EntityDriver(hass, subentry.data[CONF_UNIT])
