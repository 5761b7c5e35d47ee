"""Figures in texts, as the language of the home writes them.

The frontend formats states and charts in the language of who looks. What is put into a
text as a placeholder, it shows as it is given.
"""

import re

from homeassistant.core import HomeAssistant

_DECIMAL_COMMA = ("de", "fr")
"""The languages of Klima's texts whose figures have a comma."""
_FIGURE = re.compile(r"[-−]?\d+\.\d+")


def figure(hass: HomeAssistant, value: float) -> str:
    """Return a figure as the language of the home writes it."""
    return written(hass, f"{value:g}")


def written(hass: HomeAssistant, text: str) -> str:
    """Return a text as the language of the home writes it, if it is a plain figure."""
    if hass.config.language.split("-")[0] in _DECIMAL_COMMA and _FIGURE.fullmatch(text):
        return text.replace(".", ",")
    return text
