"""The sensors of a system: thin, each a description and a function."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .core.family import Family
from .entity import KlimaPublishedEntity, KlimaSystemEntity, zone_device
from .system import KlimaConfigEntry, System, ZoneShare
from .zone import Zone

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class KlimaSensorDescription(SensorEntityDescription):
    """A sensor of a system.

    `value` gives the state, None where there is none yet. `available` tells
    whether its source can be read; `attributes` gives what goes with it.
    """

    value: Callable[[System], StateType]
    available: Callable[[System], bool] = lambda system: True
    attributes: Callable[[System], Mapping[str, Any]] | None = None
    last_reset_at: Callable[[System], datetime] | None = None


@dataclass(frozen=True, kw_only=True)
class ZoneShareDescription(SensorEntityDescription):
    """A zone's share of something that its system counts."""

    value: Callable[[ZoneShare], float]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _energy_basis(system: System) -> Mapping[str, Any]:
    return {"basis": system.energy_basis}


SENSORS: tuple[KlimaSensorDescription, ...] = (
    KlimaSensorDescription(
        key="heat_pump_type",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[family.value for family in Family],
        value=lambda system: system.config.family.value,
        attributes=lambda system: system.heat_pump_attributes,
    ),
    KlimaSensorDescription(
        key="rated_cop",
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=2,
        value=lambda system: system.rated_cop,
        attributes=lambda system: {"cop_basis": system.cop_basis},
    ),
    KlimaSensorDescription(
        key="power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        value=lambda system: _rounded(system.power, 1),
        available=lambda system: system.power_available,
        attributes=lambda system: {"basis": system.power_basis},
    ),
    # Lifetime totals are `total` without last_reset: were one ever restored a
    # little lower after a power cut, statistics must not take it for a reset.
    *(
        KlimaSensorDescription(
            key=key,
            device_class=SensorDeviceClass.ENERGY,
            state_class=SensorStateClass.TOTAL,
            native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
            suggested_display_precision=2,
            value=value,
            attributes=_energy_basis,
        )
        for key, value in (
            ("energy", lambda system: round(system.energy, 4)),
            ("heating_energy", lambda system: round(system.heating_energy, 4)),
            ("cooling_energy", lambda system: round(system.cooling_energy, 4)),
        )
    ),
)


MONEY: tuple[KlimaSensorDescription, ...] = (
    KlimaSensorDescription(
        key="price",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=4,
        value=lambda system: _rounded(system.price, 6),
        available=lambda system: system.price is not None,
    ),
    KlimaSensorDescription(
        key="cost_rate",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        value=lambda system: _rounded(system.cost_rate, 4),
        available=lambda system: system.cost_rate is not None,
    ),
    KlimaSensorDescription(
        key="cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value=lambda system: round(system.cost, 4),
        attributes=_energy_basis,
    ),
    KlimaSensorDescription(
        key="cost_today",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value=lambda system: round(system.cost_today, 4),
        last_reset_at=lambda system: system.today,
        attributes=_energy_basis,
    ),
)
"""The sensors of a system whose electricity has a price."""

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
        suggested_display_precision=2,
        value=lambda share: round(share.cost, 4),
    ),
)
"""What each zone has of its system's energy, and of its cost."""

_PER = {"price": "/kWh", "cost_rate": "/h"}
"""What the unit of a sensor of money has after the currency."""


_NEVER = {
    Family.AIR_CONDITIONER: "heating_energy",
    Family.HEAT_PUMP_WATER_HEATER: "cooling_energy",
}
"""What stays zero for ever in a family: there for who wants it, disabled."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: KlimaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a system."""
    unused = _NEVER.get(entry.runtime_data.config.family)
    async_add_entities(
        SystemSensor(
            entry,
            replace(description, entity_registry_enabled_default=False)
            if description.key == unused
            else description,
        )
        for description in SENSORS
    )
    system = entry.runtime_data
    priced = system.price_source is not None
    currency = hass.config.currency
    if priced:
        async_add_entities(
            SystemSensor(
                entry,
                replace(
                    description,
                    native_unit_of_measurement=currency + _PER.get(description.key, ""),
                ),
            )
            for description in MONEY
        )
    for zone in system.zones.values():
        async_add_entities(
            [
                ZoneShareSensor(
                    entry,
                    zone,
                    # A single zone's share is the whole: there for who wants it.
                    replace(
                        description,
                        native_unit_of_measurement=description.native_unit_of_measurement
                        or currency,
                        entity_registry_enabled_default=len(system.zones) > 1,
                    ),
                )
                for description in ZONE_SHARES
                if priced or description.key != "cost"
            ],
            config_subentry_id=zone.subentry_id,
        )


class SystemSensor(KlimaSystemEntity, SensorEntity):
    """A sensor of a system."""

    entity_description: KlimaSensorDescription
    _shown: tuple[Any, ...] = ()

    def __init__(
        self, entry: KlimaConfigEntry, description: KlimaSensorDescription
    ) -> None:
        """Show what is known now."""
        super().__init__(entry, description)
        self._update()

    @override
    def _update(self) -> bool:
        description, system = self.entity_description, self.system
        before = self._shown
        self._attr_available = description.available(system)
        self._attr_native_value = description.value(system)
        if description.last_reset_at is not None:
            self._attr_last_reset = description.last_reset_at(system)
        if description.attributes is not None:
            self._attr_extra_state_attributes = dict(description.attributes(system))
        self._shown = (
            self._attr_available,
            self._attr_native_value,
            self.last_reset,
            self.extra_state_attributes,
        )
        return before != self._shown


class ZoneShareSensor(KlimaPublishedEntity, SensorEntity):
    """A zone's share of its system."""

    entity_description: ZoneShareDescription

    def __init__(
        self, entry: KlimaConfigEntry, zone: Zone, description: ZoneShareDescription
    ) -> None:
        """Belong to the zone's device."""
        self.entity_description = description
        self.system = entry.runtime_data
        self._share = self.system.shares[zone.subentry_id]
        self._attr_unique_id = f"{zone.subentry_id}_{description.key}"
        self._attr_translation_key = f"zone_{description.key}"
        self._attr_device_info = zone_device(entry, zone)
        self._attr_extra_state_attributes = {"basis": self.system.energy_basis}
        self._update()

    @override
    def _update(self) -> bool:
        before = self._attr_native_value
        self._attr_native_value = self.entity_description.value(self._share)
        return before != self._attr_native_value
