"""The curves of a system's COP against the outdoor temperature, for a picture.

Each is of heating or of cooling: what it is rated, what the model expects, and
Carnot's limit, which no machine between these temperatures can exceed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .activity import Activity
from .carnot import carnot_cooling, carnot_heating
from .family import Family
from .performance import (
    RATED_INDOOR_COOLING,
    RATED_OUTDOOR_COOLING,
    TANK_TEMPERATURE,
    Performance,
)
from .ratings import RATED_INDOOR_HEATING

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

TANK_ROOM = (2.0, 38.0)
"""°C of the air around a water heater, which is what its curve runs along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How well a system heats or cools: rated, as modelled, and at the most.

    `indoor` is the °C indoors (of water, of a tank) that it is reckoned with,
    `capacity` the W at full load, `full` the model's COP there, and `least` at
    `least_load`, the share of it that the unit can go down to without a pause.
    Of a system that uses no air, `limit` is empty and the rated points stand at
    its own source's °C.
    """

    indoor: float
    capacity: float
    least_load: float
    rated: Points
    full: Points
    least: Points
    limit: Points


def curves(model: Performance) -> dict[str, Curve]:
    """Return the curves of `heating` and `cooling`, of what the family can do."""
    is_tank = model.family is Family.HEAT_PUMP_WATER_HEATER
    uses_air = is_tank or model.typical.source is None
    found: dict[str, Curve] = {}
    if model.heats:
        start, end = TANK_ROOM
        if not is_tank:
            coldest = (
                COLDEST if model.minimum_outdoor is None else model.minimum_outdoor
            )
            start, end = min(coldest, HEATING_ENDS - 1), HEATING_ENDS
        sink = TANK_TEMPERATURE if is_tank else RATED_INDOOR_HEATING
        found["heating"] = _curve(
            model,
            Activity.HEATING,
            indoor=sink,
            capacity=model.heating_capacity,
            rated=tuple(sorted(model.rated_cop_map().items())),
            steps=tuple(_steps(start, end)),
            limit=carnot_heating if uses_air else None,
        )
    if model.cools:
        rated = model.cop(Activity.COOLING, RATED_OUTDOOR_COOLING, RATED_INDOOR_COOLING)
        found["cooling"] = _curve(
            model,
            Activity.COOLING,
            indoor=RATED_INDOOR_COOLING,
            capacity=model.cooling_capacity,
            rated=((RATED_OUTDOOR_COOLING, round(rated, 2)),),
            steps=tuple(_steps(COOLING_BEGINS, HOTTEST)),
            limit=carnot_cooling if uses_air else None,
        )
    return found


def _curve(
    model: Performance,
    activity: Activity,
    *,
    indoor: float,
    capacity: float,
    rated: Points,
    steps: tuple[float, ...],
    limit: Callable[[float, float], float] | None,
) -> Curve:
    least = model.typical.least_load

    def modelled(load: float) -> Points:
        return tuple(
            (at, round(model.cop(activity, at, indoor, load=load), 3)) for at in steps
        )

    return Curve(
        indoor=indoor,
        capacity=capacity,
        least_load=least,
        rated=rated,
        full=modelled(1.0),
        least=modelled(least),
        # Where no lift is left, there is no limit.
        limit=tuple(
            (at, round(most, 2))
            for at in steps
            if limit is not None and (most := limit(at, indoor)) < 1000
        ),
    )


def _steps(start: float, end: float) -> Iterator[float]:
    """Yield every whole degree from one temperature to another, both included."""
    yield start
    at = float(int(start // 1) + 1)
    while at < end:
        yield at
        at += 1
    yield end
