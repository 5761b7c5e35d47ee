"""What an electricity plan tells: its price now, the next, its period and tier."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.typing import StateType

from ..const import DOMAIN
from ..core.tariff.calendar import Period
from ..entity import KlimaDescribedEntity
from ..plan import Plan, PlanConfigEntry
from . import rounded


@dataclass(frozen=True, kw_only=True)
class PlanSensorDescription(SensorEntityDescription):
    """A sensor of a plan; `exists` tells whether the plan has such a thing."""

    value: Callable[[Plan], StateType | datetime]
    exists: Callable[[Plan], bool] = lambda plan: True
    available: Callable[[Plan], bool] = lambda plan: True
    attributes: Callable[[Plan], Mapping[str, Any]] | None = None


def _has_periods(plan: Plan) -> bool:
    return (
        len(
            {
                window.period
                for version in plan.tariff.versions
                for window in version.calendar.windows
            }
        )
        > 1
        or plan.told.event_entity is not None
    )


def _changes(plan: Plan) -> bool:
    return (
        _has_periods(plan)
        or plan.told.price_entity is not None
        or plan.next is not None
    )


PLAN_SENSORS: tuple[PlanSensorDescription, ...] = (
    PlanSensorDescription(
        key="price",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=4,
        value=lambda plan: rounded(plan.price, 6),
        available=lambda plan: plan.price is not None,
    ),
    PlanSensorDescription(
        key="next_price",
        suggested_display_precision=4,
        value=lambda plan: rounded(plan.next_price, 6),
        exists=_changes,
    ),
    PlanSensorDescription(
        key="next_change",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda plan: plan.next_change,
        exists=_changes,
    ),
    PlanSensorDescription(
        key="period",
        device_class=SensorDeviceClass.ENUM,
        options=[period.value for period in Period],
        value=lambda plan: plan.period.value,
        exists=_has_periods,
    ),
    PlanSensorDescription(
        key="tier",
        value=lambda plan: plan.tier + 1,
        exists=lambda plan: plan.has_tiers,
        attributes=lambda plan: {"tier_basis": plan.tier_basis},
    ),
    PlanSensorDescription(
        key="tier_remaining",
        # An amount that is left, not one that was used: no class of energy.
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value=lambda plan: rounded(plan.tier_remaining, 1),
        exists=lambda plan: plan.has_tiers,
        attributes=lambda plan: {"tier_basis": plan.tier_basis},
    ),
)


def plan_sensors(entry: PlanConfigEntry, currency: str) -> Iterator[SensorEntity]:
    """Yield the sensors of a plan."""
    for description in PLAN_SENSORS:
        if description.exists(entry.runtime_data):
            unit = description.native_unit_of_measurement
            if description.key.endswith("price"):
                unit = f"{currency}/kWh"
            yield PlanSensor(
                entry, replace(description, native_unit_of_measurement=unit)
            )


class PlanSensor(KlimaDescribedEntity, SensorEntity):
    """A sensor of a plan."""

    entity_description: PlanSensorDescription

    def __init__(
        self, entry: PlanConfigEntry, description: PlanSensorDescription
    ) -> None:
        """Belong to the plan's device."""
        device = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            name=entry.title,
            model=entry.runtime_data.device_model,
            entry_type=DeviceEntryType.SERVICE,
        )
        super().__init__(entry.entry_id, description, device)
        self._plan = entry.runtime_data
        self._update()

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._update()
        self.async_on_remove(self._plan.async_add_listener(self._plan_changed))

    @callback
    def _plan_changed(self, _at: float) -> None:
        self._async_changed()

    @override
    def _update(self) -> bool:
        description, plan = self.entity_description, self._plan
        before = (self._attr_available, self._attr_native_value)
        self._attr_available = description.available(plan)
        self._attr_native_value = description.value(plan)
        if description.attributes is not None:
            self._attr_extra_state_attributes = dict(description.attributes(plan))
        return before != (self._attr_available, self._attr_native_value)
