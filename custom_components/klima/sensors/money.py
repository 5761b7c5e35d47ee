"""What the electricity of a system costs."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass

from ..system import KlimaConfigEntry
from . import KlimaSensorDescription, SystemSensor, energy_basis, money_shown, rounded

MONEY: tuple[KlimaSensorDescription, ...] = (
    KlimaSensorDescription(
        key="price",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=4,
        value=lambda system: rounded(system.price, 6),
        attributes=lambda system: system.price_attributes,
        available=lambda system: system.price is not None,
    ),
    KlimaSensorDescription(
        key="cost_rate",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        shown=3,
        value=lambda system: rounded(system.cost_rate, 4),
        available=lambda system: system.cost_rate is not None,
    ),
    KlimaSensorDescription(
        key="cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        value=lambda system: round(system.account.costs.lifetime, 4),
        attributes=energy_basis,
    ),
    KlimaSensorDescription(
        key="cost_today",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        value=lambda system: round(system.account.costs.day, 4),
        last_reset_at=lambda system: system.today,
        attributes=energy_basis,
    ),
    KlimaSensorDescription(
        key="bill",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        value=lambda system: round(system.billing.bill.total, 2),
        last_reset_at=lambda system: system.billing.period_start,
        attributes=lambda system: {
            **energy_basis(system),
            **system.billing.attributes,
        },
    ),
    # No state class: it is no amount that was paid, and goes up and down.
    KlimaSensorDescription(
        key="projected_bill",
        device_class=SensorDeviceClass.MONETARY,
        value=lambda system: rounded(system.projector.total, 2),
        attributes=lambda system: system.projector.attributes,
    ),
)
"""The sensors of a system whose electricity has a price."""

_PER = {"price": "/kWh", "cost_rate": "/h"}
"""What the unit of a sensor of money has after the currency."""


@cache
def _in(currency: str) -> tuple[KlimaSensorDescription, ...]:
    """Return the sensors in a currency: the same ones for every system."""
    digits = money_shown(currency)
    return tuple(
        replace(description, native_unit_of_measurement=currency + per)
        if (per := _PER.get(description.key)) is not None
        else replace(
            description,
            native_unit_of_measurement=currency,
            suggested_display_precision=digits,
            shown=digits,
        )
        for description in MONEY
    )


def money_sensors(entry: KlimaConfigEntry, currency: str) -> Iterator[SystemSensor]:
    """Yield the sensors of a system whose electricity has a price."""
    if not entry.runtime_data.is_priced:
        return
    for description in _in(currency):
        yield SystemSensor(entry, description)
