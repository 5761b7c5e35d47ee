"""The curves of a system's COP against the outdoor temperature, for a picture.

Each is of heating or of cooling: what it is rated, what the model expects, and
Carnot's limit, which no machine between these temperatures can exceed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .activity import COOLING_ACTIVITIES, Activity
from .family import TRAITS, Family, HeatSource
from .performance import RATED_INDOOR_COOLING, RATED_OUTDOOR_COOLING, Performance
from .ratings import KELVIN, RATED_INDOOR_HEATING, carnot_heating

type Points = tuple[tuple[float, float], ...]
"""Pairs of °C outdoors and COP, coldest first."""

COLDEST = -30.0
"""°C outdoors where the curve of heating begins, unless the unit stops sooner."""

HEATING_ENDS = 18.0
"""°C outdoors where homes need no more heat."""

COOLING_BEGINS = 20.0
"""°C outdoors where homes begin to need cooling."""

HOTTEST = 46.0
"""°C outdoors (115 °F) where the curve of cooling ends: AHRI's hottest point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How well a system heats or cools: rated, as modelled, and at the most.

    `indoor` is the °C indoors that it is reckoned with, `capacity` the W at
    full load. Of a system that does not use outdoor air, `limit` is empty and
    the rated points stand at its own source's °C.
    """

    indoor: float
    capacity: float
    rated: Points
    model: Points
    limit: Points


def curves(model: Performance, coldest: float | None) -> dict[str, Curve]:
    """Return the curves of `heating` and `cooling`, of what the family can do.

    `coldest` is the lowest °C outdoors at which the unit heats, where known.
    """
    found: dict[str, Curve] = {}
    outdoor_air = TRAITS[model.family].heat_source in (HeatSource.OUTDOOR_AIR, None)
    if model.family is not Family.AIR_CONDITIONER:
        start = COLDEST if coldest is None else min(coldest, HEATING_ENDS - 1)
        found["heating"] = Curve(
            indoor=RATED_INDOOR_HEATING,
            capacity=model.heating_capacity,
            rated=tuple(sorted(model.rated_cop_map().items())),
            model=_modelled(
                model, Activity.HEATING, start, HEATING_ENDS, RATED_INDOOR_HEATING
            ),
            limit=tuple(
                (at, round(carnot_heating(at), 2))
                for at in _steps(start, HEATING_ENDS)
                if outdoor_air
            ),
        )
    if model.family is not Family.HEAT_PUMP_WATER_HEATER:
        cooling = model.cop(
            Activity.COOLING, RATED_OUTDOOR_COOLING, RATED_INDOOR_COOLING
        )
        found["cooling"] = Curve(
            indoor=RATED_INDOOR_COOLING,
            capacity=model.cooling_capacity,
            rated=((RATED_OUTDOOR_COOLING, round(cooling, 2)),),
            model=_modelled(
                model, Activity.COOLING, COOLING_BEGINS, HOTTEST, RATED_INDOOR_COOLING
            ),
            limit=tuple(
                (at, round(carnot_cooling(at), 2))
                for at in _steps(COOLING_BEGINS, HOTTEST)
                if outdoor_air and at > RATED_INDOOR_COOLING
            ),
        )
    return found


def carnot_cooling(outdoor: float, indoor: float = RATED_INDOOR_COOLING) -> float:
    """Return the highest COP of cooling that physics allows between two °C."""
    return (indoor + KELVIN) / (outdoor - indoor)


def _modelled(
    model: Performance, activity: Activity, start: float, end: float, indoor: float
) -> Points:
    assert activity is Activity.HEATING or activity in COOLING_ACTIVITIES
    return tuple(
        (at, round(model.cop(activity, at, indoor), 3)) for at in _steps(start, end)
    )


def _steps(start: float, end: float) -> Iterator[float]:
    """Yield every whole degree from one temperature to another, both included."""
    yield start
    at = float(int(start // 1) + 1)
    while at < end:
        yield at
        at += 1
    yield end
