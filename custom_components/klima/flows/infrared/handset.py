"""The form that asks what a handset can be set to, before it is learned."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ...const import CONF_MANUFACTURER, CONF_MODEL
from ...core.infrared.learning import MODES, OFF_CELL, Handset, Lesson, Lessons
from ...core.infrared.state import Code, Envelope
from ...core.infrared.table import Setting
from ..said import said
from .base import choice

CONF_AGAIN = "again"
CONF_FANS = "fan_modes"
CONF_HIGHEST = "max_temperature"
CONF_LOWEST = "min_temperature"
CONF_MODES = "modes"
CONF_TEMPERATURE_UNIT = "temperature_unit"

_LIMITS = {False: (5, 40), True: (40, 104)}
"""Between what a handset's temperatures lie, in °C and in °F."""

_USUAL = {False: (16, 30), True: (60, 86)}

_MOST_FANS = 10


def suggested_handset(known: Lessons | None, *, fahrenheit: bool) -> dict[str, Any]:
    """Return what the form is prefilled with: what is known, else what is usual."""
    if known is None:
        lowest, highest = _USUAL[fahrenheit]
        return {
            CONF_MODES: ["cool", "heat", "dry", "fan_only"],
            CONF_TEMPERATURE_UNIT: "f" if fahrenheit else "c",
            CONF_LOWEST: lowest,
            CONF_HIGHEST: highest,
            CONF_FANS: ["auto", "low", "medium", "high"],
        }
    handset = known.lesson.handset
    return {
        CONF_MANUFACTURER: known.manufacturer,
        CONF_MODEL: known.model,
        CONF_MODES: list(handset.modes),
        CONF_LOWEST: handset.min_temperature,
        CONF_HIGHEST: handset.max_temperature,
        CONF_FANS: list(handset.fans),
    }


def handset_schema(
    hass: HomeAssistant, known: Lessons | None, labels: Mapping[str, str]
) -> vol.Schema:
    """Return the form; of a handset that is known already, its unit stays."""
    temperature = NumberSelector(
        NumberSelectorConfig(mode=NumberSelectorMode.BOX, min=0, max=110, step=1)
    )
    fields: dict[Any, Any] = {
        vol.Required(CONF_MANUFACTURER): TextSelector(),
        vol.Optional(CONF_MODEL): TextSelector(),
        vol.Required(CONF_MODES): SelectSelector(
            SelectSelectorConfig(
                options=list(MODES),
                translation_key=CONF_MODES,
                multiple=True,
                mode=SelectSelectorMode.LIST,
            )
        ),
    }
    if known is None:
        fields[vol.Required(CONF_TEMPERATURE_UNIT)] = choice(
            CONF_TEMPERATURE_UNIT, ["c", "f"]
        )
    fields |= {
        vol.Required(CONF_LOWEST): temperature,
        vol.Required(CONF_HIGHEST): temperature,
        vol.Optional(CONF_FANS): TextSelector(TextSelectorConfig(multiple=True)),
    }
    if known is not None:
        handset = known.lesson.handset
        envelope = Envelope(modes=handset.modes, fahrenheit=handset.fahrenheit)
        fields[vol.Optional(CONF_AGAIN)] = SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(
                        value=str(cell),
                        label=said(hass, cell.state(), envelope, labels),
                    )
                    for cell in known.lesson.learned
                ],
                multiple=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        )
    return vol.Schema(fields)


def handset_errors(user_input: dict[str, Any], known: Lessons | None) -> dict[str, str]:
    """Return what of the form cannot be, by its field."""
    errors: dict[str, str] = {}
    if not user_input[CONF_MANUFACTURER].strip():
        errors[CONF_MANUFACTURER] = "no_brand"
    if not user_input[CONF_MODES]:
        errors[CONF_MODES] = "no_mode"
    low, high = _LIMITS[_is_fahrenheit(user_input, known)]
    for field in (CONF_LOWEST, CONF_HIGHEST):
        if not low <= user_input[field] <= high or user_input[field] % 1:
            errors[field] = "not_of_a_handset"
    if not errors and user_input[CONF_LOWEST] > user_input[CONF_HIGHEST]:
        errors[CONF_HIGHEST] = "highest_below_lowest"
    fans = _fans(user_input)
    if len(fans) > _MOST_FANS or any(
        len(fan) > 30 or fan.startswith(("_", "$", "-")) or "/" in fan for fan in fans
    ):
        errors[CONF_FANS] = "bad_fan_mode"
    return errors


def _fans(user_input: dict[str, Any]) -> tuple[str, ...]:
    given = (fan.strip() for fan in user_input.get(CONF_FANS) or ())
    return tuple(dict.fromkeys(fan for fan in given if fan))


def _is_fahrenheit(user_input: dict[str, Any], known: Lessons | None) -> bool:
    if known is not None:
        return known.lesson.handset.fahrenheit
    return bool(user_input[CONF_TEMPERATURE_UNIT] == "f")


def lessons_of(user_input: dict[str, Any], path: str, known: Lessons | None) -> Lessons:
    """Return lessons for a handset, with what is known of it and shall stay."""
    handset = Handset(
        modes=tuple(mode for mode in MODES if mode in user_input[CONF_MODES]),
        min_temperature=float(user_input[CONF_LOWEST]),
        max_temperature=float(user_input[CONF_HIGHEST]),
        fahrenheit=_is_fahrenheit(user_input, known),
        fans=_fans(user_input),
    )
    learned: dict[Setting, tuple[Code, ...]] = {}
    again: dict[Setting, tuple[Code, ...]] = {}
    for cell, codes in (known.lesson.learned if known else {}).items():
        place = again if str(cell) in user_input.get(CONF_AGAIN, ()) else learned
        if cell.fan is None and handset.fans and cell != OFF_CELL:
            cell = replace(cell, fan=handset.fans[0])
        if cell == OFF_CELL or (
            cell.mode in handset.modes and cell.fan in (handset.fans or (None,))
        ):
            place.setdefault(cell, codes)
    return Lessons(
        lesson=Lesson(handset=handset, learned=learned, again=again),
        manufacturer=user_input[CONF_MANUFACTURER].strip(),
        model=user_input.get(CONF_MODEL, "").strip(),
        device=(known.device if known else "") or f"klima_{Path(path).stem}",
    )
