"""The steps that set a unit with an infrared handset up: emitter, codes, try-out.

The same for a system's first zone and for a further one. Nothing is sent before
the user says so, and each frame that is tried is shown before it leaves.
"""

from homeassistant.components import infrared
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ...const import (
    CONF_ACTION,
    CONF_CHECKLIST,
    CONF_CODE_FILE,
    CONF_DRIVER,
    CONF_EMITTER,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_PAYLOAD,
    CONF_PROTOCOL,
    CONF_RECEIVER,
    CONF_TOPIC,
    CONF_UNIT,
    CONF_VENDOR,
    CONF_VENDOR_MODEL,
    SUBENTRY_ZONE,
    DriverKind,
)
from .transport import TransportSteps as InfraredSteps

__all__ = ["DRIVER_FIELDS", "InfraredSteps", "uses_infrared"]

DRIVER_FIELDS = frozenset(
    {
        CONF_ACTION,
        CONF_CHECKLIST,
        CONF_CODE_FILE,
        CONF_DRIVER,
        CONF_EMITTER,
        CONF_MANUFACTURER,
        CONF_MODEL,
        CONF_PAYLOAD,
        CONF_PROTOCOL,
        CONF_RECEIVER,
        CONF_TOPIC,
        CONF_UNIT,
        CONF_VENDOR,
        CONF_VENDOR_MODEL,
    }
)


@callback
def uses_infrared(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether a further zone of a system may well be one by infrared.

    Many homes have remotes that send none: they are no reason to ask.
    """
    return bool(infrared.async_get_emitters(hass)) or any(
        zone.data.get(CONF_DRIVER) == DriverKind.INFRARED
        for zone in entry.get_subentries_of_type(SUBENTRY_ZONE)
    )
