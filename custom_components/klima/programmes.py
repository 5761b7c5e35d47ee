"""The programmes of the data file, read once, off the event loop."""

from dataclasses import dataclass
from datetime import date
import json
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .core.rebates import Programme

PATH = Path(__file__).parent / "data" / "programmes" / "programmes.json"


@dataclass(frozen=True, slots=True)
class Programmes:
    """All programmes, and the day on which the file was compiled."""

    compiled: date
    all: tuple[Programme, ...]


_PROGRAMMES: HassKey[Programmes] = HassKey("klima_programmes")


@singleton(_PROGRAMMES, async_=True)
async def async_programmes(hass: HomeAssistant) -> Programmes:
    """Return the programmes."""
    return await hass.async_add_executor_job(_read)


def _read() -> Programmes:
    data = json.loads(PATH.read_text(encoding="utf-8"))
    return Programmes(
        date.fromisoformat(data["compiled"]),
        tuple(Programme.from_dict(programme) for programme in data["programmes"]),
    )
