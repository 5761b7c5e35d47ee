"""What forms say of a unit's settings, and of what went wrong, in the user's words.

Texts that are put into a form's placeholders come from here, and not from the
frontend: they follow the language of the home, as Home Assistant's own names do.
"""

from collections.abc import Mapping

from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.unit_conversion import TemperatureConverter

from ..const import DOMAIN
from ..core.infrared.state import OFF, Envelope, UnitState
from ..figures import async_text, figure

_CLIMATE = "component.climate.entity_component._"


async def climate_words(hass: HomeAssistant) -> dict[str, str]:
    """Return what Home Assistant calls the modes and fan speeds of a thermostat."""
    return await async_get_translations(
        hass, hass.config.language, "entity_component", ["climate"]
    )


async def fault_words(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """Return what an error says, without its full stop.

    Home Assistant has no words for ours before the first system is set up, and then in
    English.
    """
    text = None
    if err.translation_domain == DOMAIN and err.translation_key is not None:
        text = await async_text(
            hass,
            "exceptions",
            f"{err.translation_key}.message",
            err.translation_placeholders or {},
        )
    return str(err) if text is None else text


def said(
    hass: HomeAssistant,
    state: UnitState,
    envelope: Envelope,
    words: Mapping[str, str],
    *,
    of_home: bool = False,
) -> str:
    """Return a state in a few words.

    Its temperature is in the scale of its codes, which its handset shows; with
    `of_home`, in °F in a home that measures in °F.
    """
    mode = state.mode or ""
    parts = [words.get(f"{_CLIMATE}.state.{mode}", mode.replace("_", " ").capitalize())]
    if mode != OFF:
        if state.temperature is not None:
            parts.append(_temperature(hass, state.temperature, envelope, of_home))
        if (fan := state.fan) is not None:
            parts.append(
                words.get(f"{_CLIMATE}.state_attributes.fan_mode.state.{fan}", fan)
            )
    return ", ".join(part for part in parts if part)


def _temperature(
    hass: HomeAssistant, value: float, envelope: Envelope, of_home: bool
) -> str:
    own = UnitOfTemperature.CELSIUS
    fahrenheit = UnitOfTemperature.FAHRENHEIT
    if envelope.fahrenheit:
        own = fahrenheit
    elif of_home and hass.config.units.temperature_unit == fahrenheit:
        # Set in whole degrees.
        value = round(TemperatureConverter.convert(value, own, fahrenheit))
        own = fahrenheit
    return f"{figure(hass, value)} {own}"
