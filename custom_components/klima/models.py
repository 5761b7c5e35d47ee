"""The rated figures of models, from open data: read when the flow asks, and let go."""

import json
from pathlib import Path

from homeassistant.core import HomeAssistant

from .core.family import Family
from .core.models import Model, find_model

PATH = Path(__file__).parent / "data" / "models" / "hplib.json"

SOURCE = "hplib 1.9 (CC BY 4.0)"
"""What is told of where the figures are from."""


async def async_find_model(
    hass: HomeAssistant, family: Family, manufacturer: str | None, model: str | None
) -> Model | None:
    """Return what the data has of a model, None where it has nothing to trust."""
    if not manufacturer or not model:
        return None
    return await hass.async_add_executor_job(_find, family, manufacturer, model)


def _find(family: Family, manufacturer: str, model: str) -> Model | None:
    data = json.loads(PATH.read_text(encoding="utf-8"))
    return find_model(data["makers"], family, manufacturer, model)
