"""How a unit performs: COP, capacity and power against temperature and load.

The COP runs straight between the rated points. Beyond them, at other room
temperatures and at part load it follows Carnot's limit between the
refrigerant's temperatures, which lie an approach beyond those of the rooms and
of the source: the share of that limit which the nearest point reaches is kept.
It never exceeds what physics allows, whatever the temperature. Rated COPs
include the fans (AHRI 210/240), so that nothing is added for them while the
compressor works.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache

from .activity import COOLING_ACTIVITIES, Activity
from .carnot import carnot_cooling, carnot_heating
from .family import Family
from .operating import (
    PHYSICS,
    Line,
    Point,
    lift_factor,
    refrigerant_cooling,
    refrigerant_heating,
)
from .ratings import BTU_PER_WH, HEATING_POINTS, RATED_INDOOR_HEATING, Ratings
from .season import seasonal_cop
from .typical import (
    HEAD_COOLING,
    HEAD_HEATING,
    TYPICAL,
    WATER_FLOW,
    WATER_HEATING,
    WATER_WORKING_LOAD,
    TypicalFigures,
)

FROST_POINT = 1.7
"""°C (35 °F) outdoors at which most frost grows: AHRI 210/240's test H2."""

FROST_COP = 0.90 / 0.985
"""COP left by defrost at 1.7 °C, where no test tells: 10 CFR 430 M's default.

It takes 0.90 of the capacity and 0.985 of the power that lie between those at
8.3 and at -8.3 °C; defrost's part fades to nothing towards both.
"""

HEATING_SLOPE = 0.015
"""Share of its capacity at 8.3 °C that an air-source unit loses a K in the cold.

A middle figure of inverter units, which hold 75 % at -8.3 °C (an assumption).
"""

COOLING_SLOPE = 0.010
"""Share of its capacity at 35 °C that a unit loses a K in the heat (an assumption)."""

RATED_INDOOR_COOLING = 26.7
"""°C indoors (80 °F) at which AHRI 210/240 rates cooling."""

RATED_OUTDOOR_COOLING = 35.0
"""°C outdoors (95 °F) at which capacity and EER2 are rated."""

COLD_CLIMATE_COP = 1.75
"""COP at -15 °C that ENERGY STAR's cold-climate specification asks for (version 6.1)."""

FLOW_ROOM = 20.0
"""°C of rooms that need no flow warmer than they are."""

FLOW_SLOPE = 0.95
"""K of flow above the rooms for each K that it is colder outdoors.

What weather compensation comes to in the homes of benchmarks/field.py: 32.4 °C
at 6.7 °C outdoors, in the middle.
"""

TANK_FLOW = 6.0
"""K of the flow above the tank that it heats: the middle of the same homes."""

COMPRESSOR_MARGIN = 60.0
"""W that any compressor draws above its fans (an engineering assumption)."""

TANK_TEMPERATURE = 51.7
"""°C (125 °F) at which the DOE's test of water heaters holds the tank."""

COLDEST_TANK = 35.0
"""°C below which a tank's own temperature says nothing of what it is heated to."""

DEFAULT_OUTDOOR = {"heating": 5.0, "cooling": 29.0}
"""°C outdoors that is assumed where none is measured."""

_LARGEST = {
    Family.MINI_SPLIT: 6000.0,
    Family.AIR_CONDITIONER: 6000.0,
    Family.HEAT_PUMP_WATER_HEATER: 5000.0,
    Family.DUCTED_AIR_SOURCE: 15_000.0,
    Family.GROUND_SOURCE: 15_000.0,
    Family.WATER_SOURCE: 15_000.0,
}
"""W that a system of a family draws at the most, about, where its ratings do not say more
(assumptions): a multi-split for a whole house; a 4.5 kW element beside the compressor;
a compressor with a back-up of 10 to 20 kW."""

LARGEST_HOME = 19.0
"""kW of the largest unit that AHRI 210/240 rates (65,000 Btu/h): what draws more than
its compressor has strips."""

NO_HEATING = 18.0
"""°C outdoors above which a home is rather cooled than heated (an assumption)."""


def interpolate(points: tuple[tuple[float, float], ...], at: float) -> float:
    """Return what lies straight between points, and flat beyond them."""
    index = bisect_left(points, at, key=lambda point: point[0])
    if index == 0:
        return points[0][1]
    if index == len(points):
        return points[-1][1]
    (low, low_value), (high, high_value) = points[index - 1], points[index]
    return low_value + (high_value - low_value) * (at - low) / (high - low)


@lru_cache(maxsize=256)
def _best_share(points: tuple[tuple[float, float], ...], sink: float) -> float:
    """Return the highest share of Carnot's limit that any point reaches."""
    return max(cop / refrigerant_heating(sink, at) for at, cop in points)


@dataclass(frozen=True, slots=True)
class Performance:
    """The model of one system, made by `performance`.

    `rated_cop` is the COP at the family's standard rating point, `cop_basis`
    whether it was given. `heating` holds (°C at the source, COP) at the points
    that are known, coldest first, `curve` the same with what defrost takes
    between them. Capacities are in W. `backup` is beyond how many times full load
    resistance heats, None where none does. `hydronic` is one that heats a tank
    beside rooms: water carries its heat, and its COPs are at `WATER_FLOW`.
    """

    family: Family
    rated_cop: float
    cop_basis: str
    cold_climate: bool | None
    heating: tuple[tuple[float, float], ...]
    curve: tuple[tuple[float, float], ...]
    cooling_cop: float | None
    heating_capacity: float
    cooling_capacity: float
    minimum_outdoor: float | None
    backup: float | None
    typical: TypicalFigures
    hydronic: bool = False

    @property
    def nameplate_power(self) -> float:
        """W that the system draws at the most, about: its meter is held against it.

        A typical unit's capacity limits nothing: a reading that is refused is lost.
        """
        largest = _LARGEST[self.family]
        return max(self.heating_capacity, self.cooling_capacity, largest)

    @property
    def compressor_power(self) -> float:
        """W above which the compressor works, and not only the fans."""
        return self.typical.standby + self.typical.fan + COMPRESSOR_MARGIN

    @property
    def heats(self) -> bool:
        """Whether it can heat."""
        return self.family is not Family.AIR_CONDITIONER

    @property
    def cools(self) -> bool:
        """Whether it can cool."""
        return self.family is not Family.HEAT_PUMP_WATER_HEATER

    def rated_cop_map(self) -> dict[float, float]:
        """Return the COP by °C, at the points that the curve runs through."""
        if not self.heating:
            return {RATED_OUTDOOR_COOLING: self.rated_cop}
        return dict(self.heating)

    def cop(
        self,
        activity: Activity,
        outdoor: float | None,
        indoor: float,
        *,
        load: float = 1.0,
    ) -> float:
        """Return the COP of heating or cooling; temperatures in °C.

        `indoor` is the room's temperature, or the water's of a tank; `load`
        the share of full load. Below its least load a unit cycles.
        """
        return self.at(activity, outdoor, indoor).cop(load)

    def at(
        self,
        activity: Activity,
        outdoor: float | None,
        indoor: float,
        *,
        resistance: bool = False,
    ) -> Point:
        """Return what holds at a pair of temperatures, as of `cop`, at any load.

        `resistance` is whether that heats in place of the compressor.
        """
        heats = activity not in COOLING_ACTIVITIES
        if heats and (resistance or not self.heats):
            # What warms a room with an air conditioner is resistance as well.
            line = Line(1.0, indoor, indoor, 1.0, refrigerant_heating)
        else:
            line = self._line(activity, outdoor, indoor)
        return Point(
            capacity=self.capacity(activity, outdoor),
            line=line,
            standby=self.typical.standby,
            least_load=self.typical.least_load,
            backup=self.backup,
            is_heating=heats,
        )

    def capacity(self, activity: Activity, outdoor: float | None) -> float:
        """Return the heat in W that it moves at full load, 0 where it does not work."""
        source = DEFAULT_OUTDOOR["heating"] if outdoor is None else outdoor
        if (
            activity not in COOLING_ACTIVITIES
            and self.typical.source is None
            and self.minimum_outdoor is not None
            and source < self.minimum_outdoor
        ):
            return 0.0
        return self.size(activity, outdoor)

    def size(self, activity: Activity, outdoor: float | None) -> float:
        """Return the heat in W that it would move at full load if no cold stopped it."""
        if activity in COOLING_ACTIVITIES:
            sink = DEFAULT_OUTDOOR["cooling"] if outdoor is None else outdoor
            if self.typical.source is not None:
                return self.cooling_capacity
            factor = 1 - COOLING_SLOPE * (sink - RATED_OUTDOOR_COOLING)
            return self.cooling_capacity * min(max(factor, 0.5), 1.15)
        if self.typical.source is not None:
            return self.heating_capacity
        source = DEFAULT_OUTDOOR["heating"] if outdoor is None else outdoor
        factor = 1 + HEATING_SLOPE * (source - HEATING_POINTS["cop_8"])
        return self.heating_capacity * min(max(factor, 0.35), 1.15)

    def _line(self, activity: Activity, outdoor: float | None, indoor: float) -> Line:
        """Return what the COP follows at any load in these conditions."""
        if activity in COOLING_ACTIVITIES:
            return self._line_of_cooling(outdoor, indoor)
        source = self.typical.source
        if source is None:
            source = DEFAULT_OUTDOOR["heating"] if outdoor is None else outdoor
        elif self.family is Family.HEAT_PUMP_WATER_HEATER and outdoor is not None:
            # What is given for a tank is the room that it stands in.
            source = min(max(outdoor, -10.0), 45.0)
        if self.hydronic:
            return self._line_between(source, self._flow(outdoor, indoor))
        return self._line_between(source, indoor)

    def cop_between(self, source: float, indoor: float, load: float = 1.0) -> float:
        """Return the COP of heating between a source and a sink in °C."""
        return self._line_between(source, indoor).cop(load)

    def _line_between(self, source: float, indoor: float) -> Line:
        rated = WATER_FLOW if self.hydronic else self._sink(RATED_INDOOR_HEATING)
        sink = self._sink(indoor)
        points = self.curve or ((HEATING_POINTS["cop_8"], self.rated_cop),)
        at = min(max(source, points[0][0]), points[-1][0])
        of_rated = refrigerant_heating(rated, at)
        # A chord may lie above Carnot's limit, which is convex between the points.
        cop = min(interpolate(points, at), _best_share(points, rated) * of_rated)
        share = cop / of_rated
        if self.family is not Family.HEAT_PUMP_WATER_HEATER:
            # Milder than the last point the share is kept: at the least lift it
            # would fall else, as the rated sink's own lift goes on to shrink.
            known = min(source, points[-1][0])
            share *= lift_factor(sink, known) / lift_factor(
                WATER_FLOW if self.hydronic else RATED_INDOOR_HEATING, known
            )
        return Line(
            share,
            sink,
            source,
            PHYSICS * carnot_heating(source, sink),
            refrigerant_heating,
        )

    def _line_of_cooling(self, outdoor: float | None, indoor: float) -> Line:
        rated = self.cooling_cop or self.rated_cop
        rejection = DEFAULT_OUTDOOR["cooling"] if outdoor is None else outdoor
        if self.typical.source is not None:
            # Ground and water are rated by what they are, not by the air.
            rejection = RATED_OUTDOOR_COOLING
        return Line(
            rated / refrigerant_cooling(RATED_OUTDOOR_COOLING, RATED_INDOOR_COOLING),
            rejection,
            indoor,
            PHYSICS * carnot_cooling(rejection, indoor),
            refrigerant_cooling,
        )

    @staticmethod
    def _flow(outdoor: float | None, indoor: float) -> float:
        """Return the °C of the water that heats rooms, or a tank of `indoor` °C."""
        outdoor = DEFAULT_OUTDOOR["heating"] if outdoor is None else outdoor
        rooms = FLOW_ROOM + FLOW_SLOPE * max(FLOW_ROOM - outdoor, 0.0)
        return max(rooms, indoor + TANK_FLOW)

    def _sink(self, indoor: float) -> float:
        if self.family is Family.HEAT_PUMP_WATER_HEATER:
            return indoor if indoor >= COLDEST_TANK else TANK_TEMPERATURE
        return indoor


def performance(
    family: Family, ratings: Ratings, *, heats_tank: bool = False, units: int = 1
) -> Performance:
    """Make the model of a system from what is known of it.

    `heats_tank` is whether it heats a tank: if it is no water heater, water
    then carries its heat to the rooms as well. `units` are the rooms that it
    serves: the outdoor unit of a multi-split is the larger for them.

    A rated COP that is missing is the typical one, scaled as the given ones
    lie above or below what is typical; with none given, as a rating of the
    season (HSPF2, SCOP) lies above or below the typical unit's season.
    """
    typical = TYPICAL[family]
    if family is Family.MINI_SPLIT and units > 1:
        typical = replace(
            typical,
            heating_capacity=max(typical.heating_capacity, HEAD_HEATING * units),
            cooling_capacity=max(typical.cooling_capacity, HEAD_COOLING * units),
        )
    hydronic = heats_tank and family in WATER_HEATING
    if hydronic:
        typical = replace(typical, heating=WATER_HEATING[family])
        if typical.source is None:
            typical = replace(typical, working_load=WATER_WORKING_LOAD)
    cooling = ratings.eer2 / BTU_PER_WH if ratings.eer2 else typical.cooling
    heating = _heating_points(family, ratings, typical)
    given = bool(_given_heating(family, ratings))
    if family is Family.AIR_CONDITIONER:
        assert cooling is not None
        rated_cop, given = cooling, ratings.eer2 is not None
    else:
        rated_cop = heating[-1][1]
    cold_climate = None
    is_of_air = typical.source is None and heating
    if is_of_air and ratings.cop_minus_15 is not None:
        cold_climate = ratings.cop_minus_15 >= COLD_CLIMATE_COP
    model = Performance(
        family=family,
        rated_cop=round(rated_cop, 2),
        cop_basis="rated" if given else "typical",
        cold_climate=cold_climate,
        heating=heating,
        curve=_with_frost(heating) if typical.source is None else heating,
        cooling_cop=cooling,
        heating_capacity=1000 * (ratings.heating_capacity or typical.heating_capacity),
        cooling_capacity=1000 * (ratings.cooling_capacity or typical.cooling_capacity),
        minimum_outdoor=ratings.minimum_outdoor_temperature,
        backup=_backup(family, ratings, typical),
        typical=typical,
        hydronic=hydronic,
    )
    if given or typical.source is not None or not heating:
        return model
    return _to_season(model, ratings)


def _backup(family: Family, ratings: Ratings, typical: TypicalFigures) -> float | None:
    """Return beyond how many times full load resistance heats, None where none does."""
    match family:
        case Family.HEAT_PUMP_WATER_HEATER:
            return 1.0
        case Family.DUCTED_AIR_SOURCE if ratings.heating_capacity is not None:
            return 1.0
        case Family.DUCTED_AIR_SOURCE | Family.GROUND_SOURCE:
            # One of the ground is often rated at a middle speed.
            return LARGEST_HOME / typical.heating_capacity
        case _:
            return None


def _to_season(model: Performance, ratings: Ratings) -> Performance:
    """Scale a typical curve until its season is the rated one."""
    for metric, rated in (
        ("hspf2", ratings.hspf2 and ratings.hspf2 / BTU_PER_WH),
        ("scop", ratings.scop),
    ):
        if not rated:
            continue
        scale = rated / seasonal_cop(
            metric,
            lambda outdoor, load: model.cop(
                Activity.HEATING, outdoor, RATED_INDOOR_HEATING, load=load
            ),
        )
        # A season far off the typical one says more of its test than of the unit.
        scale = min(max(scale, 0.6), 1.6)
        heating = tuple((at, round(cop * scale, 2)) for at, cop in model.heating)
        return replace(
            model,
            rated_cop=heating[-1][1],
            heating=heating,
            curve=_with_frost(heating),
        )
    return model


def _with_frost(
    heating: tuple[tuple[float, float], ...],
) -> tuple[tuple[float, float], ...]:
    """Return the points of an air-source unit with what defrost takes between them."""
    points = dict(heating)
    cold, mild = HEATING_POINTS["cop_minus_8"], HEATING_POINTS["cop_8"]
    if cold not in points or mild not in points:
        return heating
    dry = interpolate(heating, FROST_POINT)
    # It falls in the cold all the same, as the given points say.
    points[FROST_POINT] = max(dry * FROST_COP, points[cold])
    return tuple(sorted(points.items()))


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
