"""The binary sensors of a system."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import KlimaSystemEntity
from .system import KlimaConfigEntry

PARALLEL_UPDATES = 0

RUNNING = BinarySensorEntityDescription(
    key="running", device_class=BinarySensorDeviceClass.RUNNING
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: KlimaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of a system."""
    async_add_entities([RunningSensor(entry, RUNNING)])


class RunningSensor(KlimaSystemEntity, BinarySensorEntity):
    """Whether the compressor works now."""

    def __init__(
        self, entry: KlimaConfigEntry, description: BinarySensorEntityDescription
    ) -> None:
        """Show what is known now."""
        super().__init__(entry, description)
        self._update()

    @override
    def _update(self) -> bool:
        before = (self._attr_available, self._attr_is_on)
        running = self.system.running
        self._attr_available = running is not None
        self._attr_is_on = running
        return (self._attr_available, self._attr_is_on) != before
