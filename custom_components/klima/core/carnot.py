"""Carnot: where physics ends."""

import math

from .ratings import RATED_INDOOR_HEATING

KELVIN = 273.15
"""K at 0 °C."""


def carnot_heating(outdoor: float, indoor: float = RATED_INDOOR_HEATING) -> float:
    """Return the highest COP of heating that physics allows between two °C."""
    lift = indoor - outdoor
    return math.inf if lift <= 0 else (indoor + KELVIN) / lift


def carnot_cooling(outdoor: float, indoor: float) -> float:
    """Return the highest COP of cooling that physics allows between two °C."""
    lift = outdoor - indoor
    return math.inf if lift <= 0 else (indoor + KELVIN) / lift
