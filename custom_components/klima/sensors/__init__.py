"""The sensors of Klima, a module for each subject; `sensor.py` adds them all.

A sensor is a description and a function of what it tells of: no decision is
made here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.helpers.typing import StateType

from ..core.provenance import ESTIMATED, METERED, Provenance
from ..entity import KlimaSystemEntity
from ..system import System

ENERGY_SHOWN = 3
"""Digits after the point of which one must change for a total to be written: Wh."""

_WHOLE = frozenset(
    {
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
        "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    }
)  # fmt: skip
"""Currencies without hundredths (ISO 4217)."""


def money_shown(currency: str) -> int:
    """Return the digits after the point of an amount: cents, of what has them."""
    return 0 if currency in _WHOLE else 2


@dataclass(frozen=True, kw_only=True)
class KlimaSensorDescription(SensorEntityDescription):
    """A sensor of a system.

    `deadband` is the share of its figure that must change for it to be written;
    `shown` the digits after the point of which one must. `value` gives the
    state, None where there is none yet. `available` tells whether its source can
    be read, where it has one that may not; `attributes` gives what goes with it.
    """

    value: Callable[[System], StateType]
    available: Callable[[System], bool] | None = None
    attributes: Callable[[System], Mapping[str, Any] | None] | None = None
    deadband: float = 0.0
    shown: int | None = None
    last_reset_at: Callable[[System], datetime | None] | None = None


def rounded(value: float | None, digits: int) -> float | None:
    """Round a figure that may be missing; what is about nothing has no sign."""
    return None if value is None else round(value, digits) + 0.0


def is_alike(value: Any, written: Any, digits: int | None) -> bool:
    """Return whether a figure shows as the one that is written.

    The rest of it is not lost: it is written with the next that shows.
    """
    if value == written:
        return True
    return (
        digits is not None
        and isinstance(value, int | float)
        and isinstance(written, int | float)
        and round(value, digits) == round(written, digits)
    )


def _is_near(value: Any, shown: Any, deadband: float) -> bool:
    """Return whether a figure is so near to what is shown that it need not be."""
    return (
        deadband > 0
        and isinstance(value, int | float)
        and isinstance(shown, int | float)
        and abs(value - shown) < deadband * abs(shown)
    )


_BASIS = {basis: {"basis": basis} for basis in (METERED, ESTIMATED)}


def energy_basis(system: System) -> Mapping[str, Any]:
    """Tell whether a system's energy is metered or estimated."""
    return _BASIS[system.energy_basis]


def marked(
    told: Callable[[Provenance], tuple[str, float | None]],
) -> Callable[[System], Mapping[str, Any]]:
    """Return what marks a figure: its basis and its uncertainty, as they are told.

    One for all systems alike: it is asked for each minute, and seldom another.
    """

    @lru_cache
    def mark(provenance: Provenance) -> Mapping[str, Any]:
        basis, uncertainty = told(provenance)
        return {"basis": basis, "uncertainty": uncertainty}

    return lambda system: mark(system.efficiency.provenance)


class SystemSensor(KlimaSystemEntity, SensorEntity):
    """A sensor of a system."""

    entity_description: KlimaSensorDescription
    # What changes with every state would fill the recorder for nothing.
    _unrecorded_attributes = frozenset({"saved_energy", "saved_co2"})
    _attributes: Mapping[str, Any] | None = None
    _value: StateType = None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """What goes with the figure: as it is given, and never changed."""
        return self._attributes

    @override
    def _update(self) -> bool:
        # Home Assistant caches each of what it reads until it is set, and to read
        # one costs a call: only what is another is set, and the figure kept here too.
        description, system = self.entity_description, self.system
        value = description.value(system)
        changed = value != self._value and self._shows(value)
        if description.available is not None:
            available = description.available(system)
            if available is not self._attr_available:
                self._attr_available = available
                changed = True
        if description.last_reset_at is not None:
            last_reset = description.last_reset_at(system)
            if last_reset != self.last_reset:
                self._attr_last_reset = last_reset
                changed = True
        if description.attributes is not None:
            attributes = description.attributes(system)
            if attributes is not self._attributes and attributes != self._attributes:
                self._attributes = attributes
                changed = True
        if changed and value != self._value:
            self._attr_native_value = self._value = value
        return changed

    def _shows(self, value: StateType) -> bool:
        """Return whether another figure than what is written shows as another."""
        written, description = self._value, self.entity_description
        return self.system.tells_exactly or not (
            is_alike(value, written, description.shown)
            or _is_near(value, written, description.deadband)
        )


class StaticSensor(SystemSensor):
    """A sensor of what is known of the equipment."""

    is_static = True
