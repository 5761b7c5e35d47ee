"""Reading the states of source entities as SI figures.

A state that is no usable figure (unavailable, text, not a number, infinite,
an unknown unit) reads as None: the caller then has no reading, never a zero.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
import math
from typing import Any

from homeassistant.components.sensor import ATTR_LAST_RESET
from homeassistant.components.weather import (
    ATTR_WEATHER_TEMPERATURE,
    ATTR_WEATHER_TEMPERATURE_UNIT,
    DOMAIN as WEATHER_DOMAIN,
)
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    EnergyConverter,
    PowerConverter,
    TemperatureConverter,
)

from .const import (
    CONF_ENERGY,
    CONF_HEAT_OUTPUT,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_POWER,
    CONF_TEMPERATURE,
    CONF_THERMAL_ENERGY,
)

NO_READING = (STATE_UNAVAILABLE, STATE_UNKNOWN)

type Reader = Callable[[float, State | None], None]
"""Takes what a source tells at a time (epoch s)."""


def told_at(event: Event[EventStateChangedData]) -> float:
    """Return when a source told what it tells (epoch s), or that it went."""
    state = event.data["new_state"]
    return event.time_fired_timestamp if state is None else state.last_updated_timestamp


def finite(value: Any) -> float | None:
    """Return a value as a finite number, or None."""
    if value is None:
        return None
    try:
        number = float(value)
    except TypeError, ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def _converted(
    converter: type[BaseUnitConverter], value: float | None, unit: Any, to_unit: str
) -> float | None:
    """Return a value in another unit; None without one, or in a unit that is not known."""
    # A source may call its own what it likes: a list, which is no unit, has no hash.
    if value is None or not isinstance(unit, str) or unit not in converter.VALID_UNITS:
        return None
    return converter.converter_factory(unit, to_unit)(value)


def _read(
    state: State | None, converter: type[BaseUnitConverter], to_unit: str
) -> float | None:
    if state is None or state.state in NO_READING:
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return _converted(converter, finite(state.state), unit, to_unit)


def read_power(state: State | None) -> float | None:
    """Return a power sensor's state in W."""
    return _read(state, PowerConverter, UnitOfPower.WATT)


def read_energy(state: State | None) -> float | None:
    """Return an energy sensor's state in kWh."""
    return _read(state, EnergyConverter, UnitOfEnergy.KILO_WATT_HOUR)


class CounterReader:
    """Reads the states of one counter of energy, and tells which say nothing of it."""

    __slots__ = ("_figure", "_unit")

    def __init__(self) -> None:
        """Start with nothing read."""
        self._figure = ""
        self._unit: Any = None

    def read(self, state: State | None) -> float | None:
        """Return the state in kWh, None for a counter that is unavailable.

        Raises ValueError for what is no reading: text, an unknown unit, or a figure
        that is still the one of the unit before. MQTT shows that for a moment when
        a counter is announced anew; it would look like a reset.
        """
        kwh = read_energy(state)
        if kwh is None:
            if state is not None and state.state not in NO_READING:
                raise ValueError(f"no reading: {state.state}")
            return None
        assert state is not None
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if state.state == self._figure and unit != self._unit:
            raise ValueError(f"still the figure in {self._unit}: {state.state}")
        self._figure, self._unit = state.state, unit
        return kwh


REGISTRY_IDS = "registry_ids"
"""Where what is kept has the `registry_ids` of its sources."""

_ALL_FLAGS = 0xFFFF_FFFF


def feature_flags(value: Any) -> int:
    """Return an entity's feature flags; none for what is no such thing."""
    return value & _ALL_FLAGS if isinstance(value, int) else 0


def registry_ids(hass: HomeAssistant, *named: str | None) -> dict[str, str]:
    """Return what sources are to the registry, whatever they are called."""
    registry = er.async_get(hass)
    return {
        entity_id: entry.id
        for entity_id in named
        if entity_id and (entry := registry.async_get(entity_id)) is not None
    }


def is_same_source(
    hass: HomeAssistant, kept: Mapping[str, Any], key: str, source: str | None
) -> bool:
    """Return whether what was kept is of a source, by its name or what was renamed to it.

    `kept` has the name of then under `key`, and `registry_ids` of then.
    """
    before = kept.get(key)
    if before == source:
        return True
    ids = kept.get(REGISTRY_IDS)
    if source is None or not isinstance(before, str) or not isinstance(ids, Mapping):
        return False
    known = ids.get(before)
    return known is not None and known == registry_ids(hass, source).get(source)


def read_last_reset(state: State | None) -> float | None:
    """Return when a counter says that it was reset, None where it does not."""
    return None if state is None else read_time(state.attributes.get(ATTR_LAST_RESET))


def read_time(value: Any) -> float | None:
    """Return a time that an attribute tells (epoch s), None for what is none."""
    try:
        when = dt_util.parse_datetime(value) if isinstance(value, str) else value
        return when.timestamp() if isinstance(when, datetime) else None
    except ValueError, OverflowError, OSError:
        # It has the form of a time, and is none: the 45th, the year 1.
        return None


def read_temperature(state: State | None) -> float | None:
    """Return the temperature of a sensor or weather entity in °C."""
    if state is None or state.domain != WEATHER_DOMAIN:
        return _read(state, TemperatureConverter, UnitOfTemperature.CELSIUS)
    if state.state in NO_READING:
        return None
    return _converted(
        TemperatureConverter,
        finite(state.attributes.get(ATTR_WEATHER_TEMPERATURE)),
        state.attributes.get(ATTR_WEATHER_TEMPERATURE_UNIT),
        UnitOfTemperature.CELSIUS,
    )


_CONVERTERS: dict[str, type[BaseUnitConverter]] = {
    CONF_POWER: PowerConverter,
    CONF_ENERGY: EnergyConverter,
    CONF_HOME_ENERGY: EnergyConverter,
    CONF_HOME_EXPORT: EnergyConverter,
    CONF_HEAT_OUTPUT: PowerConverter,
    CONF_THERMAL_ENERGY: EnergyConverter,
    CONF_OUTDOOR_TEMPERATURE: TemperatureConverter,
    CONF_TEMPERATURE: TemperatureConverter,
}
"""What converts the units that a source of a field may have."""


def has_unit_for(field: str, state: State | None) -> bool:
    """Return whether a state has a unit that a field reads; True where it has none yet."""
    if (converter := _CONVERTERS.get(field)) is None:
        return True
    if state is not None and state.domain == WEATHER_DOMAIN:
        return True
    return is_unit_of(state, converter.VALID_UNITS)


def is_unit_of(state: State | None, units: Iterable[str | None]) -> bool:
    """Return whether a state has one of the units; True where it has none yet."""
    if state is None or state.state in NO_READING:
        return True
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return (unit is None or isinstance(unit, str)) and unit in units
