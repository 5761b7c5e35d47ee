"""What a command of the library takes, read from its constructor, and our names for it."""

from collections.abc import Callable, Mapping
from enum import Enum, Flag
import inspect
import re
import typing
from typing import Any

from .recipe import NO_PRESET

MODES = {
    "AUTO": "auto",
    "COOL": "cool",
    "DRY": "dry",
    "HEAT": "heat",
    "FAN_ONLY": "fan_only",
    "FAN": "fan_only",
    "HEAT_COOL": "heat_cool",
}

SWINGS = ("swing_v", "swing", "swing_mode", "direction", "blade", "swing_axis1")
SWINGS_HORIZONTAL = ("swing_h", "swing_axis2")
_SWING_ON = ("VERTICAL", "SWING", "FULL_SWING")
_SWING_OFF = ("OFF", "STOP")

_PRESETS = {
    "turbo": "boost",
    "boost": "boost",
    "powerful": "boost",
    "econo": "eco",
    "economy": "eco",
    "quiet": "quiet",
    "sleep": "sleep",
}
"""Switches that a command can have, and Home Assistant's names of what they do."""

_PRESET_NAMES = {"powerful": "boost", "econo_cool": "eco", "night": "sleep"}
"""Those of a command that has one choice of several."""


def parameters_of(
    function: Callable[..., Any],
) -> tuple[Mapping[str, inspect.Parameter], Mapping[str, Any]]:
    """Return what a function takes, and of which types."""
    parameters = inspect.signature(function).parameters
    raw = inspect.unwrap(getattr(function, "__func__", function))
    try:
        hints = typing.get_type_hints(raw)
    except NameError:
        hints = {name: p.annotation for name, p in parameters.items()}
    return parameters, hints


def one_of(parameters: Mapping[str, Any], *names: str) -> str | None:
    """Return the first of some names that a parameter has."""
    return next((name for name in names if name in parameters), None)


def members_of(hint: Any) -> tuple[Any, ...]:
    """Return the members of the enumeration that a parameter takes."""
    options = typing.get_args(hint) or (hint,)
    return tuple(
        member
        for option in options
        if inspect.isclass(option)
        and issubclass(option, Enum)
        and not issubclass(option, Flag)
        for member in option
    )


def fans_of(hint: Any) -> list[dict[str, Any]]:
    """Return the fan speeds by name, for each enumeration that a parameter takes."""
    return [
        {
            member.name.lower(): member
            for member in members
            if not member.name.endswith("_ALT")
            and member.name not in ("ZONE_FOLLOW", "FIXED")
        }
        for option in typing.get_args(hint) or (hint,)
        if (members := members_of(option))
    ]


def default_fan(parameter: inspect.Parameter) -> str | None:
    """Return the name of the fan speed that is taken where none is given."""
    default = parameter.default
    return default.name.lower() if isinstance(default, Enum) else None


def swing_values_of(
    field: str | None,
    parameters: Mapping[str, inspect.Parameter],
    hints: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the swings that a parameter takes: off and on, or its default, come first."""
    if field is None:
        return {}
    hint = hints.get(field)
    if hint is bool or bool in typing.get_args(hint):
        return {"off": False, "on": True}
    members = {member.name: member for member in members_of(hint)}
    on = next((name for name in _SWING_ON if name in members), None)
    off = next((name for name in _SWING_OFF if name in members), None)
    values: dict[str, Any] = {}
    if on is not None and off is not None:
        values = {"off": members.pop(off), "on": members.pop(on)}
    elif isinstance(default := parameters[field].default, Enum):
        values = {default.name.lower(): default}
    return values | {name.lower(): member for name, member in members.items()}


def presets_of(
    parameters: Mapping[str, inspect.Parameter], hints: Mapping[str, Any]
) -> dict[str, tuple[str, Any]]:
    """Return what each preset sets, by its name."""
    presets = {
        preset: (field, True)
        for field, preset in _PRESETS.items()
        if field in parameters and parameters[field].default is False
    }
    for member in members_of(hints.get("preset")):
        name = member.name.lower()
        if name != NO_PRESET:
            presets[_PRESET_NAMES.get(name, name)] = ("preset", member)
    return presets


def words_of(name: str) -> str:
    """Return a class's name as words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", re.sub(r"(Ac|AC)?Command$", "", name))
