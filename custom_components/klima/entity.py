"""What all entities of Klima share."""

from collections.abc import Callable, Mapping
from functools import partial
import math
from operator import is_
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import DOMAIN
from .errors import refused
from .system import KlimaConfigEntry, System
from .zone import Zone
from .zone_control import ZoneControl


class KlimaEntity(Entity):
    """An entity that is told of what changed, and never asks."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def _follow(
        self, listeners: list[Callable[[], None]], listener: Callable[[], None]
    ) -> None:
        """Be told with others, for as long as the entity is there."""
        listeners.append(listener)
        self.async_on_remove(partial(listeners.remove, listener))


class KlimaDescribedEntity(KlimaEntity):
    """An entity that its description makes; it writes only what changed."""

    def __init__(
        self, owner_id: str, description: EntityDescription, device_info: DeviceInfo
    ) -> None:
        """Belong to an owner's device, under the key's name."""
        self.entity_description = description
        self._attr_unique_id = f"{owner_id}_{description.key}"
        self._attr_translation_key = description.key
        self._attr_device_info = device_info

    @callback
    def _async_changed(self) -> None:
        if self._update():
            self.async_write_ha_state()

    def _update(self) -> bool:
        """Take over what it shows; return whether that changed."""
        raise NotImplementedError


class KlimaPublishedEntity(KlimaDescribedEntity):
    """An entity of what a system publishes.

    One that `is_static` changes with the configuration only, and its entry is
    loaded anew with that.
    """

    is_static = False
    system: System

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._update()
        if not self.is_static:
            self._follow(self.system.listeners, self._async_changed)


class KlimaSystemEntity(KlimaPublishedEntity):
    """An entity of a system."""

    def __init__(self, entry: KlimaConfigEntry, description: EntityDescription) -> None:
        """Belong to the system's device."""
        self.system = entry.runtime_data
        super().__init__(entry.entry_id, description, self.system.device_info)


def zone_device(entry: KlimaConfigEntry, zone: Zone) -> DeviceInfo:
    """Return the device of a zone, reached through its system's: one for its entities."""
    if zone.device_info is None:
        zone.device_info = DeviceInfo(
            identifiers={(DOMAIN, zone.subentry_id)},
            name=zone.name,
            # A system and its first zone are often called the same.
            model=entry.runtime_data.zone_model,
            via_device_id=entry.runtime_data.device_id,
        )
    return zone.device_info


class KlimaControlEntity(KlimaDescribedEntity):
    """An entity of a zone's control."""

    def __init__(
        self,
        entry: KlimaConfigEntry,
        control: ZoneControl,
        description: EntityDescription,
    ) -> None:
        """Belong to the zone's device."""
        zone = control.zone
        super().__init__(zone.subentry_id, description, zone_device(entry, zone))
        self.control = control

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._update()
        self._follow(self.control.listeners, self._async_changed)


class KlimaZoneEntity(KlimaEntity):
    """An entity of a zone."""

    def __init__(self, entry: KlimaConfigEntry, zone: Zone, key: str) -> None:
        """Belong to the zone's device, reached through its system."""
        self.zone = zone
        self._attr_unique_id = f"{zone.subentry_id}_{key}"
        self._attr_translation_key = key
        self._attr_device_info = zone_device(entry, zone)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._seen = self._sight()
        self._update()
        self._follow(self.zone.listeners, self._async_unit_changed)

    @callback
    def _async_unit_changed(self) -> None:
        # It may be told twice of one change: by the unit, and by what that led to.
        if all(map(is_, sight := self._sight(), self._seen)):
            return
        self._seen = sight
        self._update()
        self.async_write_ha_state()

    def _sight(self) -> tuple[object, ...]:
        """Return what it shows, each the same again while it did not change."""
        return (self.zone.driver.capabilities, self.zone.driver.reading)

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
                raise refused("not_a_temperature", field=field, value=str(value))
        return given

    async def _async_command(self, action: str, data: Mapping[str, Any]) -> None:
        """Pass an action on, in the name of whoever asked for it."""
        await self.zone.async_command(action, data, self._context)
