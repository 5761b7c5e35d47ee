"""The binary sensors of a system and of its zones."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import KlimaControlEntity, KlimaSystemEntity
from .system import KlimaConfigEntry

PARALLEL_UPDATES = 0

RUNNING = BinarySensorEntityDescription(
    key="running", device_class=BinarySensorDeviceClass.RUNNING
)

WINDOW_OPEN = BinarySensorEntityDescription(
    key="window_open", device_class=BinarySensorDeviceClass.WINDOW
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: KlimaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of a system and of its zones."""
    async_add_entities([RunningSensor(entry, RUNNING)])
    for zone_id, control in entry.runtime_data.control.zones.items():
        if control.config.windows:
            async_add_entities(
                [WindowSensor(entry, control, WINDOW_OPEN)], config_subentry_id=zone_id
            )


class RunningSensor(KlimaSystemEntity, BinarySensorEntity):
    """Whether the compressor works now."""

    @override
    def _update(self) -> bool:
        before = (self._attr_available, self._attr_is_on)
        running = self.system.operations.running
        self._attr_available = running is not None
        self._attr_is_on = running
        return (self._attr_available, self._attr_is_on) != before


class WindowSensor(KlimaControlEntity, BinarySensorEntity):
    """Whether an open window pauses the zone."""

    @override
    def _update(self) -> bool:
        before = self._attr_is_on
        self._attr_is_on = self.control.window_open
        return self._attr_is_on != before
