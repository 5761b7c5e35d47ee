"""Why a zone's unit does what it does."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)

from ..core.control import Reason
from ..entity import KlimaControlEntity
from ..system import KlimaConfigEntry
from ..zone import Zone

CONTROL_REASON = SensorEntityDescription(
    key="control_reason",
    device_class=SensorDeviceClass.ENUM,
    options=[reason.value for reason in Reason],
)


def control_sensors(entry: KlimaConfigEntry, zone: Zone) -> Iterator[SensorEntity]:
    """Yield the sensors of a zone's control, where it has one."""
    control = entry.runtime_data.control.zones.get(zone.subentry_id)
    if control is not None:
        yield ReasonSensor(entry, control, CONTROL_REASON)


class ReasonSensor(KlimaControlEntity, SensorEntity):
    """The rule that won: why the unit does what it does now."""

    @override
    def _update(self) -> bool:
        before = (self._attr_native_value, self.extra_state_attributes)
        self._attr_native_value = self.control.reason.value
        attributes = {"temperature_basis": self.control.senses.temperature_basis}
        if (rule := self.control.rule) is not None:
            attributes["rule"] = rule
        self._attr_extra_state_attributes = attributes
        return before != (self._attr_native_value, attributes)
