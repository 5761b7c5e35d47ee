"""The comfort settings of a zone, read from its subentry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .config import LARGEST, check_entity_id
from .const import (
    CONF_DRIVER,
    CONF_HOLD_MINUTES,
    CONF_HUMIDITY,
    CONF_MINIMUM_OFF,
    CONF_MINIMUM_ON,
    CONF_OFFSET_LIMIT,
    CONF_PRESENCE,
    CONF_PRIORITY,
    CONF_SCHEDULE,
    CONF_TEMPERATURE,
    CONF_WINDOW_DELAY,
    CONF_WINDOWS,
    DriverKind,
)
from .core.control import Comfort
from .core.control.model import PRESETS

PRESET_FIELDS: Mapping[str, tuple[str, str]] = {
    f"{kind}_{preset}": (kind, preset)
    for preset in PRESETS
    for kind in ("heat", "cool")
}
"""The fields of the presets' temperatures: `heat_comfort`, `cool_comfort`, ..."""

COMFORT_FIELDS = (
    CONF_TEMPERATURE,
    CONF_HUMIDITY,
    CONF_WINDOWS,
    CONF_PRESENCE,
    CONF_SCHEDULE,
    CONF_WINDOW_DELAY,
    CONF_MINIMUM_ON,
    CONF_MINIMUM_OFF,
    CONF_HOLD_MINUTES,
    CONF_OFFSET_LIMIT,
    CONF_PRIORITY,
    *PRESET_FIELDS,
)
"""All fields of the comfort step."""

DEFAULTS = Comfort()

BEEPS = 1200.0
"""s between corrections of a unit that is told by infrared: it beeps at each."""


def default_presets(*, fahrenheit: bool) -> dict[str, tuple[float, float]]:
    """Return the °C of the presets where none are given: whole degrees of the home."""
    if not fahrenheit:
        return dict(PRESETS)
    return {
        name: (_whole_fahrenheit(heat), _whole_fahrenheit(cool))
        for name, (heat, cool) in PRESETS.items()
    }


def _whole_fahrenheit(celsius: float) -> float:
    return (round(celsius * 1.8 + 32) - 32) / 1.8


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfortConfig:
    """What the user asked of a zone, and with which entities.

    `given` are the presets that the user gave a temperature. `is_set` is
    False for a zone that has no comfort settings at all.
    """

    is_set: bool
    temperature: str | None
    humidity: str | None
    windows: tuple[str, ...]
    presence: tuple[str, ...]
    schedule: str | None
    given: frozenset[str]
    comfort: Comfort

    @classmethod
    def from_data(
        cls,
        data: Mapping[str, Any],
        minimum_outdoor: float | None,
        *,
        fahrenheit: bool = False,
    ) -> Self:
        """Read a subentry's data: temperatures in °C, times in s but `hold_minutes`.

        `fahrenheit` is whether the home counts in °F.
        """
        _check(data)
        defaults = default_presets(fahrenheit=fahrenheit)
        presets = {name: list(pair) for name, pair in defaults.items()}
        given = set()
        for field, (kind, preset) in PRESET_FIELDS.items():
            if (value := data.get(field)) is not None:
                presets[preset][kind == "cool"] = float(value)
                given.add(preset)
        hold = data.get(CONF_HOLD_MINUTES)
        return cls(
            is_set=any(
                data.get(field) not in (None, [], "") for field in COMFORT_FIELDS
            ),
            temperature=data.get(CONF_TEMPERATURE),
            humidity=data.get(CONF_HUMIDITY),
            windows=tuple(data.get(CONF_WINDOWS, ())),
            presence=tuple(data.get(CONF_PRESENCE, ())),
            schedule=data.get(CONF_SCHEDULE),
            given=frozenset(given),
            comfort=Comfort(
                presets={name: (pair[0], pair[1]) for name, pair in presets.items()},
                window_delay=data.get(CONF_WINDOW_DELAY, DEFAULTS.window_delay),
                minimum_on=data.get(CONF_MINIMUM_ON, DEFAULTS.minimum_on),
                minimum_off=data.get(CONF_MINIMUM_OFF, DEFAULTS.minimum_off),
                hold_s=None if hold is None else hold * 60.0,
                priority=int(data.get(CONF_PRIORITY, DEFAULTS.priority)),
                offset_limit=data.get(CONF_OFFSET_LIMIT, DEFAULTS.offset_limit),
                minimum_outdoor=minimum_outdoor,
                correction=(
                    BEEPS
                    if data.get(CONF_DRIVER) == DriverKind.INFRARED
                    else DEFAULTS.correction
                ),
            ),
        )


def _check(data: Mapping[str, Any]) -> None:
    """See that what a zone names can be names, and its figures figures.

    Raises ValueError or TypeError, with the field, for what no flow lets through.
    """
    for field in (CONF_TEMPERATURE, CONF_HUMIDITY, CONF_SCHEDULE):
        check_entity_id(field, data.get(field))
    for field in (CONF_WINDOWS, CONF_PRESENCE):
        if not isinstance(names := data.get(field, ()), list | tuple):
            raise TypeError(f"{field}: {str(names)[:50]!r} is no list")
        for name in names:
            check_entity_id(field, name or "")
    for field in (
        CONF_WINDOW_DELAY,
        CONF_MINIMUM_ON,
        CONF_MINIMUM_OFF,
        CONF_HOLD_MINUTES,
        CONF_OFFSET_LIMIT,
        CONF_PRIORITY,
        *PRESET_FIELDS,
    ):
        value = data.get(field)
        if value is not None and (
            not isinstance(value, int | float) or not abs(value) < LARGEST
        ):
            raise ValueError(f"{field}: {str(value)[:50]!r} is no such figure")
