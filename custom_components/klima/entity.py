"""What all entities of Klima share."""

from collections.abc import Mapping
import math
from typing import Any, override

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import DOMAIN
from .system import KlimaConfigEntry, System
from .zone import Zone
from .zone_control import ZoneControl


class KlimaPublishedEntity(Entity):
    """An entity of what a system publishes; it writes only what changed."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    system: System

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the system."""
        await super().async_added_to_hass()
        self._update()
        self.system.listeners.append(self)

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Follow the system no more."""
        self.system.listeners.remove(self)
        await super().async_will_remove_from_hass()

    @callback
    def async_published(self) -> None:
        """Write a state if what the system publishes changed it."""
        if self._update():
            self.async_write_ha_state()

    def _update(self) -> bool:
        """Take over what the system publishes; return whether it changed."""
        raise NotImplementedError


class KlimaSystemEntity(KlimaPublishedEntity):
    """An entity of a system."""

    def __init__(self, entry: KlimaConfigEntry, description: EntityDescription) -> None:
        """Belong to the system's device, under the key's name."""
        self.entity_description = description
        self.system = entry.runtime_data
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_translation_key = description.key
        self._attr_device_info = self.system.device_info


def zone_device(entry: KlimaConfigEntry, zone: Zone) -> DeviceInfo:
    """Return the device of a zone, reached through its system's: one for its entities."""
    if zone.device_info is None:
        zone.device_info = DeviceInfo(
            identifiers={(DOMAIN, zone.subentry_id)},
            name=zone.name,
            via_device_id=entry.runtime_data.device_id,
        )
    return zone.device_info


class KlimaControlEntity(Entity):
    """An entity of a zone's control; it writes only what changed."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        entry: KlimaConfigEntry,
        control: ZoneControl,
        description: EntityDescription,
    ) -> None:
        """Belong to the zone's device, under the key's name."""
        self.entity_description = description
        self.control = control
        self._attr_unique_id = f"{control.zone.subentry_id}_{description.key}"
        self._attr_translation_key = description.key
        self._attr_device_info = zone_device(entry, control.zone)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the control."""
        await super().async_added_to_hass()
        self._update()
        self.async_on_remove(self.control.async_add_listener(self._async_decided))

    @callback
    def _async_decided(self) -> None:
        if self._update():
            self.async_write_ha_state()

    def _update(self) -> bool:
        """Take over what the control shows; return whether it changed."""
        raise NotImplementedError


class KlimaZoneEntity(Entity):
    """An entity of a zone."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: KlimaConfigEntry, zone: Zone, key: str) -> None:
        """Belong to the zone's device, reached through its system."""
        self.zone = zone
        self._attr_unique_id = f"{zone.subentry_id}_{key}"
        self._attr_device_info = zone_device(entry, zone)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the zone's unit."""
        await super().async_added_to_hass()
        self._update()
        self.async_on_remove(self.zone.async_add_listener(self._async_unit_changed))

    @callback
    def _async_unit_changed(self) -> None:
        self._update()
        self.async_write_ha_state()

    def _update(self) -> None:
        """Take over the unit's reading."""
        raise NotImplementedError

    def _given(
        self, data: Mapping[str, Any], fields: tuple[str, ...]
    ) -> dict[str, Any]:
        """Return those of an action's fields that are given.

        Raises ServiceValidationError for a temperature that is none: between the
        least and the most that a unit can have, Home Assistant lets "nan" through.
        """
        given = {field: data[field] for field in fields if field in data}
        for field, value in given.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise ServiceValidationError(
                    translation_domain=DOMAIN,
                    translation_key="not_a_temperature",
                    translation_placeholders={"field": field, "value": str(value)},
                )
        return given

    async def _async_command(self, action: str, data: Mapping[str, Any]) -> None:
        """Pass an action on, in the name of whoever asked for it."""
        await self.zone.async_command(action, data, self._context)
