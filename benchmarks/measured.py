"""The performance model of a unit whose COPs were measured, at whatever water and load."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from custom_components.klima.core.family import Family
from custom_components.klima.core.operating import (
    approach_at,
    lift_factor,
    refrigerant_heating,
)
from custom_components.klima.core.performance import (
    TANK_TEMPERATURE,
    Performance,
    performance,
)
from custom_components.klima.core.ratings import RATED_INDOOR_HEATING, Ratings


@dataclass(frozen=True, slots=True)
class MeasuredCop:
    """A COP that was measured: °C of source and sink, share of full load."""

    source: float
    sink: float
    cop: float
    load: float = 1.0


def through(
    family: Family, points: Iterable[MeasuredCop], base: Ratings | None = None
) -> Performance:
    """Return the model that runs through measured points, wherever their sinks are.

    Each point is taken to the rated sink and to full load along Carnot's limit.
    Several points of one source are averaged: the model has one curve.
    """
    is_tank = family is Family.HEAT_PUMP_WATER_HEATER
    rated_sink = TANK_TEMPERATURE if is_tank else RATED_INDOOR_HEATING
    taken: dict[float, list[float]] = {}
    for point in points:
        rated = refrigerant_heating(rated_sink, point.source)
        here = refrigerant_heating(point.sink, point.source, approach_at(point.load))
        if not is_tank:
            here *= lift_factor(point.sink, point.source)
        taken.setdefault(point.source, []).append(point.cop * rated / here)
    curve = tuple(
        (source, sum(cops) / len(cops)) for source, cops in sorted(taken.items())
    )
    return replace(
        performance(family, base or Ratings()),
        rated_cop=curve[-1][1],
        cop_basis="rated",
        heating=curve,
        curve=curve,
    )
