"""The temperatures of a thermostat or a tank, under the names by which each Home Assistant asks.

Since 2026.11 those have `native_` before them, and the others go in 2027.11.
"""

from homeassistant.helpers.entity import Entity


class NativeTemperatures(Entity):
    """An entity that shows temperatures in its unit's own scale."""

    _unit: str
    _current: float | None = None
    _target: float | None = None
    _low: float | None = None
    _high: float | None = None

    @property
    def native_temperature_unit(self) -> str:
        """The scale of all the others."""
        return self._unit

    @property
    def temperature_unit(self) -> str:
        """The same, before 2026.11."""
        return self._unit

    @property
    def native_current_temperature(self) -> float | None:
        """The temperature of the room, or of the tank."""
        return self._current

    @property
    def current_temperature(self) -> float | None:
        """The same, before 2026.11."""
        return self._current

    @property
    def native_target_temperature(self) -> float | None:
        """The temperature to reach."""
        return self._target

    @property
    def target_temperature(self) -> float | None:
        """The same, before 2026.11."""
        return self._target

    @property
    def native_target_temperature_low(self) -> float | None:
        """The lower end of a range."""
        return self._low

    @property
    def target_temperature_low(self) -> float | None:
        """The same, before 2026.11."""
        return self._low

    @property
    def native_target_temperature_high(self) -> float | None:
        """The upper end of a range."""
        return self._high

    @property
    def target_temperature_high(self) -> float | None:
        """The same, before 2026.11."""
        return self._high
