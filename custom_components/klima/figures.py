"""Figures and dates in texts, as the language of the home writes them.

The frontend formats states and charts in the language of who looks. What is put into a
text as a placeholder, it shows as it is given.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

_DECIMAL_COMMA = ("de", "es", "fr", "it")
"""The languages of Klima's texts whose figures have a comma."""
_LATIN_AMERICAN = "es-419"
"""It has a point there, as the frontend writes it."""
_FIGURE = re.compile(r"[-−]?\d+\.\d+")
_DAYS = {"de": "%d.%m.%Y", "es": "%d/%m/%Y", "fr": "%d/%m/%Y", "it": "%d/%m/%Y"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def figure(hass: HomeAssistant, value: float) -> str:
    """Return a figure as the language of the home writes it."""
    return written(hass, f"{value:g}")


def written(hass: HomeAssistant, text: str) -> str:
    """Return a text as the language of the home writes it, if it is a plain figure or day."""
    if _DAY.fullmatch(text):
        with suppress(ValueError):
            return _day(hass.config.language, date.fromisoformat(text))
    language = hass.config.language
    if (
        language != _LATIN_AMERICAN
        and language.split("-")[0] in _DECIMAL_COMMA
        and _FIGURE.fullmatch(text)
    ):
        return text.replace(".", ",")
    return text


def all_written(hass: HomeAssistant, texts: Mapping[str, str]) -> dict[str, str]:
    """Return placeholders as the language of the home writes them."""
    return {key: written(hass, text) for key, text in texts.items()}


async def async_text(
    hass: HomeAssistant, category: str, key: str, placeholders: Mapping[str, str]
) -> str | None:
    """Return a text of Klima's own, without its full stop; None where there is none.

    `key` is what follows the category in the translations.
    """
    texts = await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    text = texts.get(f"component.{DOMAIN}.{category}.{key}")
    return None if text is None else text.format(**placeholders).rstrip(".")


def _day(language: str, day: date) -> str:
    """Return a day as a language writes it; in English, where 4/5 is ambiguous, in words."""
    if (pattern := _DAYS.get(language.split("-", maxsplit=1)[0])) is not None:
        return day.strftime(pattern)
    # Not by strftime, which would ask the locale of the machine.
    month = _MONTHS[day.month - 1]
    if language == "en-GB":
        return f"{day.day} {month} {day.year}"
    return f"{month} {day.day}, {day.year}"
