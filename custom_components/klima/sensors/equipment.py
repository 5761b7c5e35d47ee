"""What a system is, and what it uses."""

from collections.abc import Iterator
from dataclasses import replace

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfPower

from ..core.family import Family
from ..core.provenance import basis
from ..system import KlimaConfigEntry
from . import (
    ENERGY_SHOWN,
    KlimaSensorDescription,
    StaticSensor,
    SystemSensor,
    energy_basis,
    marked,
    rounded,
)

KNOWN: tuple[KlimaSensorDescription, ...] = (
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
        # Without one or a unit, the frontend takes its state for a text: "3.8" in German.
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value=lambda system: system.performance.rated_cop,
        attributes=lambda system: {"cop_basis": system.performance.cop_basis},
    ),
)
"""What a system is."""

USED: tuple[KlimaSensorDescription, ...] = (
    KlimaSensorDescription(
        key="power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        shown=0,
        value=lambda system: rounded(system.power, 1),
        available=lambda system: system.power is not None,
        attributes=marked(
            lambda told: (basis(metered=told.power), told.power_uncertainty)
        ),
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
            shown=ENERGY_SHOWN,
            value=value,
            attributes=energy_basis,
        )
        for key, value in (
            ("energy", lambda system: round(system.energy, 4)),
            ("heating_energy", lambda system: round(system.heating_energy, 4)),
            ("cooling_energy", lambda system: round(system.cooling_energy, 4)),
        )
    ),
)
"""What it uses."""

_NEVER = {
    Family.AIR_CONDITIONER: "heating_energy",
    Family.HEAT_PUMP_WATER_HEATER: "cooling_energy",
}
"""What stays zero for ever in a family: there for who wants it, disabled."""


def equipment_sensors(entry: KlimaConfigEntry) -> Iterator[SystemSensor]:
    """Yield the sensors that every system has."""
    unused = _NEVER.get(entry.runtime_data.config.family)
    for description in KNOWN:
        yield StaticSensor(entry, description)
    for description in USED:
        yield SystemSensor(
            entry,
            replace(description, entity_registry_enabled_default=False)
            if description.key == unused
            else description,
        )
