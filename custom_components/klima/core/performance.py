"""How a unit performs: COP, capacity and power against temperature.

A first model, honest about what it knows. The COP is a second-law efficiency
times Carnot's limit between the refrigerant's temperatures, which lie an
approach beyond those of the rooms and of the source. The efficiency runs
straight between the rated points and stays constant beyond them, so that the
COP never exceeds what physics allows, whatever the temperature.
"""

from bisect import bisect_left
from dataclasses import dataclass

from .activity import COOLING_ACTIVITIES, Activity
from .family import Family
from .ratings import BTU_PER_WH, HEATING_POINTS, KELVIN, RATED_INDOOR_HEATING, Ratings

APPROACH = 8.0
"""K between the refrigerant and the air or water (an engineering assumption)."""

MINIMUM_LIFT = 15.0
"""K that a compressor lifts heat by at the least (an engineering assumption)."""

RATED_INDOOR_COOLING = 26.7
"""°C indoors (80 °F) at which AHRI 210/240 rates cooling."""

RATED_OUTDOOR_COOLING = 35.0
"""°C outdoors (95 °F) at which capacity and EER2 are rated."""

COLD_CLIMATE_COP = 1.75
"""COP at -15 °C that ENERGY STAR's cold-climate specification asks for (version 6.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalFigures:
    """What a unit of a family has where nothing better is known.

    Capacities in kW, `heating` a map of °C at the source to COP, `cooling` the
    COP at 35 °C outdoors, `source` the °C of a source that is not outdoor air,
    `fan` and `standby` in W. Middle values of units on the market: engineering
    assumptions, always shown as typical.
    """

    heating_capacity: float
    cooling_capacity: float
    heating: dict[float, float]
    cooling: float | None
    fan: float
    standby: float
    source: float | None = None


TYPICAL: dict[Family, TypicalFigures] = {
    Family.MINI_SPLIT: TypicalFigures(
        heating_capacity=4.0,
        cooling_capacity=3.5,
        heating={-15.0: 2.0, -8.3: 2.5, 8.3: 3.8},
        cooling=3.6,
        fan=25.0,
        standby=5.0,
    ),
    Family.DUCTED_AIR_SOURCE: TypicalFigures(
        heating_capacity=10.5,
        cooling_capacity=10.5,
        heating={-15.0: 1.8, -8.3: 2.3, 8.3: 3.5},
        cooling=3.4,
        fan=300.0,
        standby=15.0,
    ),
    Family.GROUND_SOURCE: TypicalFigures(
        heating_capacity=10.5,
        cooling_capacity=10.5,
        heating={0.0: 3.6},
        cooling=5.0,
        fan=300.0,
        standby=15.0,
        source=5.0,
    ),
    Family.WATER_SOURCE: TypicalFigures(
        heating_capacity=10.5,
        cooling_capacity=10.5,
        heating={10.0: 4.2},
        cooling=5.0,
        fan=300.0,
        standby=15.0,
        source=12.0,
    ),
    Family.HEAT_PUMP_WATER_HEATER: TypicalFigures(
        heating_capacity=1.6,
        cooling_capacity=1.6,
        heating={19.7: 3.3},
        cooling=None,
        fan=0.0,
        standby=3.0,
        source=19.7,
    ),
    Family.AIR_CONDITIONER: TypicalFigures(
        heating_capacity=3.5,
        cooling_capacity=3.5,
        heating={},
        cooling=3.3,
        fan=40.0,
        standby=3.0,
    ),
}

COMPRESSOR_MARGIN = 60.0
"""W that any compressor draws above its fans (an engineering assumption)."""

TANK_TEMPERATURE = 51.7
"""°C (125 °F) at which the DOE's test of water heaters holds the tank."""

DEFAULT_OUTDOOR = {"heating": 5.0, "cooling": 29.0}
"""°C outdoors that is assumed where none is measured."""


def _lift(sink: float, source: float) -> float:
    """Return the K between the refrigerant's temperatures."""
    return max(sink - source + 2 * APPROACH, MINIMUM_LIFT)


def _carnot(sink: float, source: float) -> float:
    """Return Carnot's COP of heating between a sink and a source in °C."""
    return (sink + APPROACH + KELVIN) / _lift(sink, source)


def _carnot_cooling(sink: float, source: float) -> float:
    """Return Carnot's COP of cooling between a sink and a source in °C."""
    return (source - APPROACH + KELVIN) / _lift(sink, source)


@dataclass(frozen=True, slots=True)
class Performance:
    """The model of one system, made by `performance`.

    `rated_cop` is the COP at the family's standard rating point, `cop_basis`
    whether it was given. `heating` holds (°C at the source, COP) and `eta`
    the second-law efficiency at each, coldest first. Capacities are in W.
    """

    family: Family
    rated_cop: float
    cop_basis: str
    cold_climate: bool | None
    heating: tuple[tuple[float, float], ...]
    cooling_cop: float | None
    heating_capacity: float
    cooling_capacity: float
    typical: TypicalFigures

    @property
    def nameplate_power(self) -> float:
        """W that the system draws at the most, about: its meter is held against it.

        Resistance back-up (of water heaters, of ducted systems) is within the
        allowance: it may draw as much as the heat that it replaces.
        """
        return max(self.heating_capacity, self.cooling_capacity, 3000.0)

    @property
    def compressor_power(self) -> float:
        """W above which the compressor works, and not only the fans."""
        return self.typical.standby + self.typical.fan + COMPRESSOR_MARGIN

    def rated_cop_map(self) -> dict[float, float]:
        """Return the COP by °C, at the points that the curve runs through."""
        if not self.heating:
            return {RATED_OUTDOOR_COOLING: self.rated_cop}
        return dict(self.heating)

    def cop(self, activity: Activity, outdoor: float | None, indoor: float) -> float:
        """Return the COP of heating or cooling at full load; temperatures in °C."""
        if activity in COOLING_ACTIVITIES:
            return self._cop_cooling(outdoor, indoor)
        source = self.typical.source
        if source is None:
            source = DEFAULT_OUTDOOR["heating"] if outdoor is None else outdoor
        sink = self._sink(indoor)
        return max(1.0, self._eta(source) * _carnot(sink, source))

    def _cop_cooling(self, outdoor: float | None, indoor: float) -> float:
        rated = self.cooling_cop or self.rated_cop
        eta = rated / _carnot_cooling(RATED_OUTDOOR_COOLING, RATED_INDOOR_COOLING)
        rejection = DEFAULT_OUTDOOR["cooling"] if outdoor is None else outdoor
        return max(1.0, eta * _carnot_cooling(rejection, indoor))

    def _sink(self, indoor: float) -> float:
        if self.family is Family.HEAT_PUMP_WATER_HEATER:
            return TANK_TEMPERATURE
        return indoor

    def _eta(self, source: float) -> float:
        """Return the second-law efficiency, straight between the rated points."""
        rated = self._sink(RATED_INDOOR_HEATING)
        points = self.heating or ((8.3, self.rated_cop),)
        etas = [cop / _carnot(rated, at) for at, cop in points]
        index = bisect_left([at for at, _ in points], source)
        if index == 0:
            return etas[0]
        if index == len(points):
            return etas[-1]
        (cold, _), (mild, _) = points[index - 1], points[index]
        share = (source - cold) / (mild - cold)
        return etas[index - 1] + share * (etas[index] - etas[index - 1])


def performance(family: Family, ratings: Ratings) -> Performance:
    """Make the model of a system from what is known of it.

    A rated COP that is missing is the typical one, scaled as the given ones
    lie above or below what is typical.
    """
    typical = TYPICAL[family]
    cooling = ratings.eer2 / BTU_PER_WH if ratings.eer2 else typical.cooling
    heating = _heating_points(family, ratings, typical)
    given = bool(_given_heating(family, ratings))
    if family is Family.AIR_CONDITIONER:
        assert cooling is not None
        rated_cop, given = cooling, ratings.eer2 is not None
    else:
        rated_cop = heating[-1][1]
    cold_climate = None
    if typical.source is None and ratings.cop_minus_15 is not None:
        cold_climate = ratings.cop_minus_15 >= COLD_CLIMATE_COP
    return Performance(
        family=family,
        rated_cop=round(rated_cop, 2),
        cop_basis="rated" if given else "typical",
        cold_climate=cold_climate,
        heating=heating,
        cooling_cop=cooling,
        heating_capacity=1000 * (ratings.heating_capacity or typical.heating_capacity),
        cooling_capacity=1000 * (ratings.cooling_capacity or typical.cooling_capacity),
        typical=typical,
    )


def _given_heating(family: Family, ratings: Ratings) -> dict[float, float]:
    """Return the COPs that the user gave, by °C at the source."""
    if family is Family.AIR_CONDITIONER:
        return {}
    source = TYPICAL[family].source
    if family is Family.HEAT_PUMP_WATER_HEATER and ratings.uef is not None:
        assert source is not None
        return {source: ratings.uef}
    given = {
        outdoor: cop
        for name, outdoor in HEATING_POINTS.items()
        if (cop := getattr(ratings, name)) is not None
    }
    if source is None or not given:
        return given
    # Ground and water are rated at one temperature of their own.
    return {next(iter(TYPICAL[family].heating)): max(given.values())}


def _heating_points(
    family: Family, ratings: Ratings, typical: TypicalFigures
) -> tuple[tuple[float, float], ...]:
    given = _given_heating(family, ratings)
    if not given:
        return tuple(sorted(typical.heating.items()))
    points = dict(given)
    for at, cop in typical.heating.items():
        if at not in points:
            nearest = min(given, key=lambda point: abs(point - at))
            points[at] = round(cop * given[nearest] / typical.heating[nearest], 2)
    ordered = sorted(points.items())
    # A scaled point must not break what the given ones say: COP falls in the cold.
    return tuple(
        (at, min(cop, *(points[mild] for mild in points if mild >= at)))
        if at not in given
        else (at, cop)
        for at, cop in ordered
    )
