"""The sensors of Klima, a module for each subject; `sensor.py` adds them all.

A sensor is a description and a function of what it tells of: no decision is
made here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.helpers.typing import StateType

from ..entity import KlimaSystemEntity
from ..system import System


@dataclass(frozen=True, kw_only=True)
class KlimaSensorDescription(SensorEntityDescription):
    """A sensor of a system.

    `deadband` is the share of its figure that must change for it to be written.
    `value` gives the state, None where there is none yet. `available` tells
    whether its source can be read; `attributes` gives what goes with it.
    """

    value: Callable[[System], StateType]
    available: Callable[[System], bool] = lambda system: True
    attributes: Callable[[System], Mapping[str, Any]] | None = None
    deadband: float = 0.0
    last_reset_at: Callable[[System], datetime | None] | None = None


def rounded(value: float | None, digits: int) -> float | None:
    """Round a figure that may be missing."""
    return None if value is None else round(value, digits)


def _is_near(value: Any, shown: Any, deadband: float) -> bool:
    """Return whether a figure is so near to what is shown that it need not be."""
    return (
        deadband > 0
        and isinstance(value, int | float)
        and isinstance(shown, int | float)
        and abs(value - shown) < deadband * abs(shown)
    )


def energy_basis(system: System) -> Mapping[str, Any]:
    """Tell whether a system's energy is metered or estimated."""
    return {"basis": system.energy_basis}


class SystemSensor(KlimaSystemEntity, SensorEntity):
    """A sensor of a system."""

    entity_description: KlimaSensorDescription
    # What changes with every state would fill the recorder for nothing.
    _unrecorded_attributes = frozenset({"saved_energy", "saved_co2"})
    _shown: tuple[Any, ...] = ()

    @override
    def _update(self) -> bool:
        description, system = self.entity_description, self.system
        before = self._shown
        self._attr_available = description.available(system)
        value = description.value(system)
        if not _is_near(value, self._attr_native_value, description.deadband):
            self._attr_native_value = value
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
