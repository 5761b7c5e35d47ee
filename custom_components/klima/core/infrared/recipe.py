"""How a protocol's commands are built and read: what is found of them, tried out."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from .signal import CodeError, Signal

NO_PRESET = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A protocol that can be chosen: its id is kept in configurations."""

    id: str
    brand: str
    model: str
    toggles_power: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How commands of a class are built, and read."""

    build: Callable[..., Any]
    read: Callable[..., Any] | None
    off: Callable[[dict[str, Any]], Any]
    modes: Mapping[str, Any]
    mode_field: str
    temperature_field: str
    temperature_needed: bool
    fan_field: str | None
    fans: Mapping[str, Any]
    default_fan: str | None
    swing_field: str | None
    swing_values: Mapping[str, Any]
    swing_needed: bool
    swing_h_field: str | None
    swing_h_values: Mapping[str, Any]
    presets: Mapping[str, tuple[str, Any]]
    """What a preset sets: a parameter, to a value."""
    fixed: Mapping[str, Any]
    toggle: bool = False
    """`power` is turned over by a bit, not said."""
    starts: bool = False
    """`power` starts a unit; that it is not set says nothing."""
    fahrenheit: bool = False
    leader: int | None = None
    """µs of the first mark, where nothing else tells the protocol from another."""


def works(recipe: Recipe, *, fans_too: bool = False) -> bool:
    """Return whether a recipe cooks: a frame to run, another for off."""
    temperature = 75 if recipe.fahrenheit else 24
    for mode in recipe.modes:
        for fan in recipe.fans if fans_too else (None, *recipe.fans):
            # One that does not cook is none, whatever the library raises for it.
            with suppress(Exception):
                settings = settings_of(recipe, mode, temperature, fan, None, None)
                runs = recipe.build(**settings).get_raw_timings()
                off = recipe.off(settings).get_raw_timings()
                Signal.of(off)
                Signal.of(runs)
                return recipe.toggle or bool(runs != off)
    return False


def as_fahrenheit(recipe: Recipe) -> Recipe:
    """Return a recipe for a handset that has only °F."""
    if "is_fahrenheit" not in recipe.fixed:
        return recipe
    return replace(
        recipe, fahrenheit=True, fixed={**recipe.fixed, "is_fahrenheit": True}
    )


def settings_of(
    recipe: Recipe,
    mode: str,
    temperature: float | None,
    fan: str | None,
    swing: str | None,
    swing_horizontal: str | None,
    preset: str | None = None,
) -> dict[str, Any]:
    """Return what a command is built with."""
    settings = dict(recipe.fixed)
    settings[recipe.mode_field] = recipe.modes[mode]
    if temperature is not None:
        whole = round(temperature)
        settings[recipe.temperature_field] = (
            whole if whole == temperature else temperature
        )
    elif recipe.temperature_needed:
        settings[recipe.temperature_field] = None
    if (
        recipe.fan_field
        and fan is not None
        and fan in recipe.fans
        and fan != recipe.default_fan
    ):
        settings[recipe.fan_field] = recipe.fans[fan]
    if recipe.swing_field and swing is not None and swing in recipe.swing_values:
        settings[recipe.swing_field] = recipe.swing_values[swing]
    elif recipe.swing_field and recipe.swing_needed:
        settings[recipe.swing_field] = next(iter(recipe.swing_values.values()))
    if (
        recipe.swing_h_field
        and swing_horizontal is not None
        and swing_horizontal in recipe.swing_h_values
    ):
        settings[recipe.swing_h_field] = recipe.swing_h_values[swing_horizontal]
    if preset is not None and preset in recipe.presets:
        field, value = recipe.presets[preset]
        settings[field] = value
    return settings


def signal_of(command: Any) -> Signal:
    """Make a signal of a command; what it would repeat is not its state."""
    try:
        return Signal.of(command.get_raw_timings(), command.modulation)
    except CodeError as err:
        raise ValueError(str(err)) from err


def name_of(values: Mapping[str, Any], value: Any) -> str | None:
    """Return the name of a value, None where it has none."""
    if value is None:
        return None
    return next((name for name, known in values.items() if known == value), None)
