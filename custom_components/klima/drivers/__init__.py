"""Drivers: how a zone's indoor unit is commanded and read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, Context

from ..core.activity import Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a unit can do, in its own names, limits and steps.

    Temperatures are in `temperature_unit`. `features` are the flags of the
    platform that the unit belongs to (climate or water heater).
    """

    features: int
    modes: tuple[str, ...]
    temperature_unit: str
    min_temp: float | None = None
    max_temp: float | None = None
    temperature_step: float | None = None
    min_humidity: float | None = None
    max_humidity: float | None = None
    humidity_step: int | None = None
    fan_modes: tuple[str, ...] | None = None
    preset_modes: tuple[str, ...] | None = None
    swing_modes: tuple[str, ...] | None = None
    swing_horizontal_modes: tuple[str, ...] | None = None


class StateSource(StrEnum):
    """Where what is known of a unit comes from, best first."""

    REPORTED = "reported"
    """The unit says so itself."""

    HEARD = "heard"
    """A receiver heard the handset."""

    INFERRED = "inferred"
    """The power that the system uses says on or off."""

    ASSUMED = "assumed"
    """It was asked for; nothing says that it was done."""


SLIGHT = 0.25
"""Degrees of a measured temperature that nothing hangs on: they wait for the minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a unit says of itself now; temperatures in its capabilities' unit.

    `action` is what the unit itself reports to be doing, None where it does
    not say; `activity` is the same where it does, and inferred where it does
    not; `working` is what it does if its compressor works. `is_undone` if it is what it was
    before something that could not be sent to it. `is_blind` if nothing
    tells what it does: it is taken for idle where one of several. `source` is None
    while nothing is known.
    """

    available: bool
    mode: str | None = None
    action: Activity | None = None
    activity: Activity = Activity.OFF
    is_undone: bool = False
    is_blind: bool = False
    working: Activity | None = None
    current_temperature: float | None = None
    target_temperature: float | None = None
    target_temperature_low: float | None = None
    target_temperature_high: float | None = None
    current_humidity: float | None = None
    target_humidity: float | None = None
    fan_mode: str | None = None
    preset_mode: str | None = None
    swing_mode: str | None = None
    swing_horizontal_mode: str | None = None
    is_away: bool | None = None
    source: StateSource | None = None

    def is_about(self, other: Reading) -> bool:
        """Return whether it tells the same as another, but for what is measured, slightly."""
        mine, theirs = self.current_temperature, other.current_temperature
        if mine is None or theirs is None or abs(mine - theirs) >= SLIGHT:
            return False
        return self == replace(
            other, current_temperature=mine, current_humidity=self.current_humidity
        )


UNAVAILABLE = Reading(available=False)


class Driver(Protocol):
    """One indoor unit, thermostat or tank, whatever it speaks."""

    platform: Platform
    """The platform of the zone's entity: climate or water heater."""

    capabilities: Capabilities
    reading: Reading

    async def async_load(self, data: Mapping[str, Any]) -> None:
        """Get ready before the entities are added; take up what was kept.

        `data` is what `as_dict` gave before the last stop, empty at first.
        """

    def as_dict(self) -> dict[str, Any]:
        """Return what must be known again after a restart, as JSON."""

    def diagnostics(self) -> dict[str, Any]:
        """Return what helps to understand the unit, without what tells who or where."""

    def async_start(self, on_reading: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow the unit; call `on_reading` whenever a reading changed."""

    async def async_command(
        self, action: str, data: Mapping[str, Any], context: Context | None
    ) -> None:
        """Carry out an action of the unit's platform, such as set_temperature.

        Raises HomeAssistantError when the unit refuses or cannot be reached.
        """
