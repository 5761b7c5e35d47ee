"""A zone's share of what its system uses, and of what that costs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.util import slugify

from ..core.account import ZoneShare
from ..entity import KlimaPublishedEntity, zone_device
from ..own_entities import async_enable
from ..system import KlimaConfigEntry
from ..zone import Zone
from . import ENERGY_SHOWN, is_alike, money_shown


@dataclass(frozen=True, kw_only=True)
class ZoneShareDescription(SensorEntityDescription):
    """A zone's share of something that its system counts.

    `shown` are the digits after the point of which one must change to be written.
    """

    value: Callable[[ZoneShare], float]
    shown: int = ENERGY_SHOWN


ZONE_SHARES: tuple[ZoneShareDescription, ...] = (
    ZoneShareDescription(
        key="energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value=lambda share: round(share.energy, 4),
    ),
    ZoneShareDescription(
        key="cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        value=lambda share: round(share.cost, 4),
    ),
)


@cache
def _share(
    description: ZoneShareDescription, unit: str, enabled: bool
) -> ZoneShareDescription:
    """Return a description as all zones alike have it."""
    description = replace(
        description,
        native_unit_of_measurement=unit,
        entity_registry_enabled_default=enabled,
    )
    if description.device_class is not SensorDeviceClass.MONETARY:
        return description
    digits = money_shown(unit)
    return replace(description, suggested_display_precision=digits, shown=digits)


def zone_sensors(
    hass: HomeAssistant, entry: KlimaConfigEntry, zone: Zone
) -> Iterator[SensorEntity]:
    """Yield the sensors of a zone."""
    system = entry.runtime_data
    for description in ZONE_SHARES:
        if len(system.zones) > 1:
            async_enable(hass, zone.subentry_id, description.key)
        if description.key == "cost" and not system.is_priced:
            continue
        yield ZoneShareSensor(
            entry,
            zone,
            # A single zone's share is the whole: there for who wants it.
            _share(
                description,
                description.native_unit_of_measurement or hass.config.currency,
                enabled=len(system.zones) > 1,
            ),
        )


class ZoneShareSensor(KlimaPublishedEntity, SensorEntity):
    """A zone's share of its system."""

    entity_description: ZoneShareDescription

    def __init__(
        self, entry: KlimaConfigEntry, zone: Zone, description: ZoneShareDescription
    ) -> None:
        """Belong to the zone's device."""
        super().__init__(zone.subentry_id, description, zone_device(entry, zone))
        self.system = entry.runtime_data
        self._share = self.system.account.shares[zone.subentry_id]
        self._attr_extra_state_attributes = {"basis": self.system.energy_basis}
        self._is_namesake = slugify(zone.name) == slugify(entry.title)

    @property
    @override
    def suggested_object_id(self) -> str | None:
        """Return what a new one is called by: of a zone named as its system, a zone's.

        The system has sensors of the same keys, and `_2` says nothing. One that is
        registered keeps the id that it has.
        """
        name = super().suggested_object_id
        return f"zone {name}" if self._is_namesake and name else name

    @override
    def _update(self) -> bool:
        value, written = (
            self.entity_description.value(self._share),
            self._attr_native_value,
        )
        digits = None if self.system.tells_exactly else self.entity_description.shown
        if is_alike(value, written, digits):
            return False
        self._attr_native_value = value
        return True
