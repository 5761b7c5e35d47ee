"""How a unit performs: within physics, without jumps, honest of what is typical."""

import itertools

from hypothesis import example, given, settings, strategies as st
import pytest

from benchmarks.measured import MeasuredCop, through
from custom_components.klima.core.activity import Activity
from custom_components.klima.core.carnot import KELVIN, carnot_cooling, carnot_heating
from custom_components.klima.core.family import Family
from custom_components.klima.core.metering import Meter
from custom_components.klima.core.performance import (
    COLD_CLIMATE_COP,
    RATED_INDOOR_COOLING,
    RATED_OUTDOOR_COOLING,
    TANK_TEMPERATURE,
    performance,
)
from custom_components.klima.core.rating_faults import validate
from custom_components.klima.core.ratings import (
    BTU_PER_WH,
    RATED_INDOOR_HEATING,
    Ratings,
)
from custom_components.klima.core.typical import TYPICAL, WATER_FLOW, WATER_HEATING

OUTDOORS = [degrees / 4 for degrees in range(-160, 201)]
HEATING = [family for family in Family if family is not Family.AIR_CONDITIONER]
COOLING = [family for family in Family if family is not Family.HEAT_PUMP_WATER_HEATER]
OUTDOOR_AIR = [Family.MINI_SPLIT, Family.DUCTED_AIR_SOURCE]

RATED = st.builds(
    Ratings,
    cop_8=st.none() | st.floats(1.5, 6),
    cop_minus_8=st.none() | st.floats(1.2, 4.5),
    cop_minus_15=st.none() | st.floats(1, 4),
    eer2=st.none() | st.floats(5, 25),
    uef=st.none() | st.floats(1, 4.5),
)


def sink(family: Family) -> float:
    """Return what a family heats to, in °C."""
    tank = family is Family.HEAT_PUMP_WATER_HEATER
    return TANK_TEMPERATURE if tank else RATED_INDOOR_HEATING


@pytest.mark.parametrize("family", HEATING)
def test_heating_stays_below_carnot(family: Family) -> None:
    """At every temperature, of the source that there is."""
    model = performance(family, Ratings())
    for outdoor in OUTDOORS:
        cop = model.cop(Activity.HEATING, outdoor, RATED_INDOOR_HEATING)
        source = outdoor if model.typical.source is None else model.typical.source
        lift = sink(family) - source
        assert cop >= 1
        if lift > 0:
            assert cop < (sink(family) + KELVIN) / lift


@pytest.mark.parametrize("family", COOLING)
def test_cooling_stays_below_carnot(family: Family) -> None:
    """At every temperature, and it falls as it gets hotter."""
    model = performance(family, Ratings())
    cops = [
        model.cop(Activity.COOLING, outdoor, RATED_INDOOR_COOLING)
        for outdoor in OUTDOORS
    ]
    for outdoor, cop in zip(OUTDOORS, cops, strict=True):
        lift = outdoor - RATED_INDOOR_COOLING
        assert cop >= 1
        if lift > 0:
            assert cop < (RATED_INDOOR_COOLING + KELVIN) / lift
    assert cops == sorted(cops, reverse=True)


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("activity", [Activity.HEATING, Activity.COOLING])
def test_no_jumps(family: Family, activity: Activity) -> None:
    """A tenth of a degree changes no COP by a tenth."""
    model = performance(family, Ratings())
    for tenth in range(-400, 500):
        here = model.cop(activity, tenth / 10, 21)
        there = model.cop(activity, (tenth + 1) / 10, 21)
        assert abs(here - there) < 0.1


@pytest.mark.parametrize("family", OUTDOOR_AIR)
def test_heating_falls_in_the_cold(family: Family) -> None:
    """And runs through the typical points."""
    model = performance(family, Ratings())
    cops = [model.cop(Activity.HEATING, outdoor, 21.1) for outdoor in OUTDOORS]
    assert cops == sorted(cops)
    for outdoor, cop in TYPICAL[family].heating.items():
        assert model.cop(Activity.HEATING, outdoor, 21.1) == pytest.approx(cop)


@pytest.mark.parametrize("family", [Family.GROUND_SOURCE, Family.WATER_SOURCE])
def test_ground_and_water_do_not_feel_the_air(family: Family) -> None:
    """Their source keeps its temperature."""
    model = performance(family, Ratings())
    assert model.cop(Activity.HEATING, -30, 21) == model.cop(Activity.HEATING, 10, 21)
    assert model.cold_climate is None


@given(st.sampled_from(OUTDOOR_AIR), RATED)
@settings(max_examples=80, deadline=None)
def test_whatever_is_rated_is_met_within_physics(
    family: Family, ratings: Ratings
) -> None:
    """Given points are the curve's, it falls in the cold, and Carnot's limit stands."""
    if validate(family, ratings):
        return
    model = performance(family, ratings)
    for name, outdoor in (("cop_8", 8.3), ("cop_minus_8", -8.3), ("cop_minus_15", -15)):
        if (cop := getattr(ratings, name)) is not None:
            assert model.cop(Activity.HEATING, outdoor, 21.1) == pytest.approx(cop)
    points = [cop for _, cop in model.heating]
    assert points == sorted(points)
    for outdoor in OUTDOORS:
        lift = RATED_INDOOR_HEATING - outdoor
        cop = model.cop(Activity.HEATING, outdoor, RATED_INDOOR_HEATING)
        if lift > 0:
            assert cop < (RATED_INDOOR_HEATING + KELVIN) / lift


@pytest.mark.parametrize(
    ("family", "ratings", "cop", "basis"),
    [
        (Family.MINI_SPLIT, Ratings(), 3.8, "typical"),
        (Family.MINI_SPLIT, Ratings(cop_8=4.4), 4.4, "rated"),
        (Family.MINI_SPLIT, Ratings(eer2=12), 3.8, "typical"),
        (Family.DUCTED_AIR_SOURCE, Ratings(), 3.5, "typical"),
        (Family.GROUND_SOURCE, Ratings(), 3.6, "typical"),
        (Family.GROUND_SOURCE, Ratings(cop_8=4.1), 4.1, "rated"),
        (Family.WATER_SOURCE, Ratings(), 4.2, "typical"),
        (Family.HEAT_PUMP_WATER_HEATER, Ratings(), 3.3, "typical"),
        (Family.HEAT_PUMP_WATER_HEATER, Ratings(uef=3.7), 3.7, "rated"),
        (Family.AIR_CONDITIONER, Ratings(), 3.3, "typical"),
        (Family.AIR_CONDITIONER, Ratings(eer2=12), 3.52, "rated"),
        (Family.AIR_CONDITIONER, Ratings(cop_8=4), 3.3, "typical"),
    ],
)
def test_says_what_is_rated_and_what_is_typical(
    family: Family, ratings: Ratings, cop: float, basis: str
) -> None:
    """No typical figure is passed off as this unit's."""
    model = performance(family, ratings)
    assert (model.rated_cop, model.cop_basis) == (cop, basis)


def test_missing_points_are_scaled() -> None:
    """A unit better than typical at one point is so at the others."""
    model = performance(Family.MINI_SPLIT, Ratings(cop_8=4.56))
    assert model.rated_cop_map() == pytest.approx({-15: 2.4, -8.3: 3.0, 8.3: 4.56})


def test_scaled_points_do_not_contradict_given_ones() -> None:
    """A good figure at −15 °C lifts the milder ones at least to itself."""
    model = performance(Family.MINI_SPLIT, Ratings(cop_8=3.0, cop_minus_15=2.9))
    cops = model.rated_cop_map()
    assert cops[-15] <= cops[-8.3] <= cops[8.3]


@pytest.mark.parametrize(
    ("cop", "expected"),
    [(None, None), (COLD_CLIMATE_COP, True), (COLD_CLIMATE_COP - 0.01, False)],
)
def test_a_cold_climate_unit_must_be_rated_so(
    cop: float | None, expected: bool | None
) -> None:
    """Nothing is claimed of a unit whose COP at −15 °C is not known."""
    model = performance(Family.MINI_SPLIT, Ratings(cop_minus_15=cop))
    assert model.cold_climate is expected


@pytest.mark.parametrize(
    "family", [Family.AIR_CONDITIONER, Family.GROUND_SOURCE, Family.WATER_SOURCE]
)
def test_only_what_heats_by_outdoor_air_is_for_a_cold_climate(family: Family) -> None:
    """A figure that is left from another type says nothing of this one."""
    assert performance(family, Ratings(cop_minus_15=2.5)).cold_climate is None


def test_cooling_meets_its_rating() -> None:
    """EER2 is the COP at 35 °C in BTU/Wh."""
    model = performance(Family.AIR_CONDITIONER, Ratings(eer2=12))
    assert model.cop(Activity.COOLING, 35, RATED_INDOOR_COOLING) == pytest.approx(
        12 / BTU_PER_WH
    )
    assert model.rated_cop_map() == {35: 3.52}


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("activity", [Activity.HEATING, Activity.COOLING])
def test_an_unknown_outdoor_temperature_has_an_answer(
    family: Family, activity: Activity
) -> None:
    """A usual day is assumed."""
    assert 1 <= performance(family, Ratings()).cop(activity, None, 22) <= 15


@pytest.mark.parametrize("family", list(Family))
def test_limits_of_power_are_apart(family: Family) -> None:
    """What tells a compressor from its fans lies far below what it may draw."""
    model = performance(family, Ratings())
    assert model.typical.standby + model.typical.fan < model.compressor_power
    assert model.compressor_power < model.nameplate_power / 4
    bigger = performance(family, Ratings(heating_capacity=20))
    assert bigger.nameplate_power == 20_000


@pytest.mark.parametrize(
    ("family", "watts"),
    [
        # Outdoor units of five heads, and of a whole house.
        (Family.MINI_SPLIT, 7500),
        (Family.AIR_CONDITIONER, 7500),
        # An element of 4.5 kW, at 250 V, beside the compressor.
        (Family.HEAT_PUMP_WATER_HEATER, 4500 * (250 / 240) ** 2 + 500),
        (Family.DUCTED_AIR_SOURCE, 15_000 + 3000),
        (Family.GROUND_SOURCE, 15_000 + 2500),
        (Family.WATER_SOURCE, 15_000 + 2500),
    ],
)
def test_what_a_large_unit_draws_is_no_error_of_the_meter(
    family: Family, watts: float
) -> None:
    """Nor is its resistance: it is what costs most, and must not be refused."""
    meter = Meter(
        has_counter=False,
        has_power=True,
        nameplate=performance(family, Ratings()).nameplate_power,
    )
    meter.read_power(0.0, watts)
    meter.read_power(60.0, watts)
    assert meter.refused == 0
    assert meter.totals.energy == pytest.approx(watts / 60_000)


def test_typical_figures_are_ordered() -> None:
    """Every family has them, and their COPs fall in the cold."""
    assert set(TYPICAL) == set(Family)
    for figures in TYPICAL.values():
        cops = [figures.heating[at] for at in sorted(figures.heating)]
        assert all(cold <= mild for cold, mild in itertools.pairwise(cops))


LOADS = st.floats(0, 1)


@given(
    st.sampled_from(list(Family)),
    RATED,
    st.floats(-40, 50),
    st.floats(5, 32),
    LOADS,
    st.sampled_from([Activity.HEATING, Activity.COOLING]),
    st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_no_curve_ever_exceeds_carnot(
    family: Family,
    ratings: Ratings,
    outdoor: float,
    indoor: float,
    load: float,
    activity: Activity,
    heats_tank: bool,
) -> None:
    """At any load, in any room, whatever was rated and heats what."""
    if validate(family, ratings):
        return
    model = performance(family, ratings, heats_tank=heats_tank)
    cop = model.cop(activity, outdoor, indoor, load=load)
    assert cop >= 1
    # Ground and water have a temperature of their own, and a tank's room is a room's.
    source, hot = outdoor, indoor
    if family is Family.HEAT_PUMP_WATER_HEATER:
        source = min(max(outdoor, -10.0), 45.0)
        hot = TANK_TEMPERATURE
    elif model.typical.source is not None:
        source = model.typical.source
    if activity is Activity.HEATING:
        limit = carnot_heating(source, hot)
    elif model.typical.source is not None:
        limit = carnot_cooling(RATED_OUTDOOR_COOLING, indoor)
    else:
        limit = carnot_cooling(outdoor, indoor)
    assert cop < limit or cop == 1


@given(st.sampled_from(OUTDOOR_AIR), RATED, st.floats(-40, 49), LOADS, st.booleans())
@example(Family.DUCTED_AIR_SOURCE, Ratings(), 21.0, 0.0, True)
@settings(max_examples=300, deadline=None)
def test_curves_are_monotone_and_continuous(
    family: Family, ratings: Ratings, outdoor: float, load: float, heats_tank: bool
) -> None:
    """Milder is better for heating and worse for cooling, without a step."""
    if validate(family, ratings):
        return
    model = performance(family, ratings, heats_tank=heats_tank)
    for activity, sign in ((Activity.HEATING, 1), (Activity.COOLING, -1)):
        here = model.cop(activity, outdoor, 21, load=load)
        near = model.cop(activity, outdoor + 0.001, 21, load=load)
        there = model.cop(activity, outdoor + 1, 21, load=load)
        assert sign * (there - here) >= -1e-9
        # A lift without bottom has no slope: only below the floor is it steep.
        assert abs(near - here) < 0.05


@given(
    st.sampled_from(list(Family)),
    st.floats(0, 20_000),
    st.floats(-35, 48),
    st.sampled_from([Activity.HEATING, Activity.COOLING]),
)
@settings(max_examples=300, deadline=None)
def test_more_power_moves_more_heat(
    family: Family, watts: float, outdoor: float, activity: Activity
) -> None:
    """And what power a load takes tells that load's heat again."""
    model = performance(family, Ratings())
    heat = model.at(activity, outdoor, 22).heat_of(watts)
    more = model.at(activity, outdoor, 22).heat_of(watts + 50)
    assert 0 <= heat <= more + 1e-6
    for load in (0.1, 0.5, 1.0):
        if model.typical.least_load >= 1 and load < 1:
            continue
        power = model.at(activity, outdoor, 22).power(load)
        found = model.at(activity, outdoor, 22).heat_of(power + model.typical.standby)
        assert found == pytest.approx(
            load * model.capacity(activity, outdoor), rel=0.02
        )


def test_part_load_is_better_until_it_cycles() -> None:
    """An inverter's COP rises as its load falls, and below its least it falls."""
    model = performance(Family.MINI_SPLIT, Ratings())
    cops = [model.cop(Activity.HEATING, 2, 21, load=load) for load in (1, 0.6, 0.25)]
    assert cops == sorted(cops)
    assert model.cop(Activity.HEATING, 2, 21, load=0.05) < cops[-1]


def test_defrost_takes_its_part() -> None:
    """Around freezing the curve hangs below the chord, as 10 CFR 430 M has it."""
    model = performance(Family.MINI_SPLIT, Ratings(cop_8=4, cop_minus_8=2.6))
    chord = 2.6 + 1.4 * (1.7 + 8.3) / 16.6
    assert model.cop(Activity.HEATING, 1.7, 21.1) == pytest.approx(
        chord * 0.90 / 0.985, rel=0.01
    )


def test_capacity_falls_in_the_cold_and_ends() -> None:
    """Below its limit a unit gives nothing; the ground keeps what it has."""
    model = performance(
        Family.MINI_SPLIT, Ratings(heating_capacity=4, minimum_outdoor_temperature=-20)
    )
    assert model.capacity(Activity.HEATING, 8.3) == 4000
    assert model.capacity(Activity.HEATING, -10) < 3500
    assert model.capacity(Activity.HEATING, -21) == 0
    assert model.at(Activity.HEATING, -21, 21).heat_of(5000) == pytest.approx(4995)
    assert model.capacity(Activity.COOLING, 45) < model.capacity(Activity.COOLING, 35)
    ground = performance(Family.GROUND_SOURCE, Ratings())
    assert ground.capacity(Activity.HEATING, -30) == 10_500
    assert ground.capacity(Activity.COOLING, 45) == 10_500


@given(
    st.sampled_from(list(WATER_HEATING)), RATED, st.floats(-40, 20), st.floats(20, 60)
)
@settings(max_examples=200, deadline=None)
def test_a_tank_beside_rooms_takes_a_hotter_flow(
    family: Family, ratings: Ratings, outdoor: float, water: float
) -> None:
    """The hotter the water the lower the COP, without a step; in the cold, so is the flow."""
    if validate(family, ratings):
        return
    model = performance(family, ratings, heats_tank=True)
    here, near, hotter = (
        model.cop(Activity.HEATING, outdoor, at)
        for at in (water, water + 0.001, water + 5)
    )
    assert hotter <= here + 1e-9
    assert abs(near - here) < 0.05
    source = outdoor if model.typical.source is None else model.typical.source
    assert here < carnot_heating(source, water) or here == 1
    # What a flat rating at one flow says of the cold at another is its own.
    typical = performance(family, Ratings(), heats_tank=True)
    colder = typical.cop(Activity.HEATING, outdoor - 5, water)
    assert colder <= typical.cop(Activity.HEATING, outdoor, water) + 1e-9


def test_heat_by_water_is_rated_at_its_flow() -> None:
    """Of the families whose heat water may carry; others stay what they are."""
    model = performance(Family.DUCTED_AIR_SOURCE, Ratings(cop_8=4.6), heats_tank=True)
    assert model.hydronic
    assert model.cop_between(8.3, WATER_FLOW) == pytest.approx(4.6)
    room = model.cop(Activity.HEATING, 6.7, 20)
    assert room > model.cop(Activity.HEATING, 6.7, 45) > 2
    # Underfloor and radiators, less hot than what it is rated at in such weather.
    assert model.cop(Activity.HEATING, 8.3, 20) > 4.6
    for family in (Family.MINI_SPLIT, Family.HEAT_PUMP_WATER_HEATER):
        assert performance(family, Ratings(), heats_tank=True) == performance(
            family, Ratings()
        )


def test_a_tank_s_room_is_its_source() -> None:
    """A warmer basement and cooler water are easier; resistance gives only itself."""
    model = performance(Family.HEAT_PUMP_WATER_HEATER, Ratings())
    assert model.cop(Activity.HEATING, 10, 50) < model.cop(Activity.HEATING, 25, 50)
    assert model.cop(Activity.HEATING, 20, 55) < model.cop(Activity.HEATING, 20, 45)
    assert model.cop(Activity.HEATING, 20, 12) == pytest.approx(
        model.cop(Activity.HEATING, 20, TANK_TEMPERATURE)
    )
    alone = model.at(Activity.HEATING, None, 50).heat_of(600)
    helped = model.at(Activity.HEATING, None, 50).heat_of(600 + 4500)
    assert helped - alone == pytest.approx(4500, rel=0.1)


def test_runs_through_what_was_measured() -> None:
    """Whatever the sink and the load of each; hotter water costs more of the COP."""
    points = [
        MeasuredCop(-7, 34, 2.7, 0.88),
        MeasuredCop(2, 30, 3.8, 0.54),
        MeasuredCop(7, 27, 4.9),
    ]
    model = through(Family.DUCTED_AIR_SOURCE, points)
    for point in points:
        found = model.cop_between(point.source, point.sink, point.load)
        assert found == pytest.approx(point.cop)
    assert model.cop_basis == "rated"
    by_carnot = model.cop_between(-7, 34) * (52 + 281.15) / (34 + 281.15) * 57 / 75
    assert 1 < model.cop_between(-7, 52) < by_carnot
    twice = through(
        Family.GROUND_SOURCE, [MeasuredCop(0, 35, 4), MeasuredCop(0, 35, 5)]
    )
    assert twice.cop_between(0, 35) == pytest.approx(4.5)


def test_a_tank_runs_through_what_was_measured() -> None:
    """Its rated sink is its own: hot water, and not a room."""
    points = [MeasuredCop(7, 55, 2.4), MeasuredCop(20, 55, 3.1)]
    model = through(Family.HEAT_PUMP_WATER_HEATER, points)
    for point in points:
        assert model.cop_between(point.source, point.sink) == pytest.approx(point.cop)
    assert 2.4 < model.cop_between(14, 55) < 3.1
    assert model.cop_between(20, 45) > 3.1


def test_what_is_no_heat_pump_heats_by_resistance() -> None:
    """A window unit with a heater gives what it takes, and no more."""
    model = performance(Family.AIR_CONDITIONER, Ratings(eer2=12))
    for outdoor in (-10.0, 5.0, 25.0):
        assert model.cop(Activity.HEATING, outdoor, 20) == 1
        assert model.at(Activity.HEATING, outdoor, 20).heat_of(1503) == 1500


def test_an_element_alone_gives_what_it_takes() -> None:
    """A tank in its mode of resistance, whatever its heat pump could."""
    model = performance(Family.HEAT_PUMP_WATER_HEATER, Ratings(uef=3.5))
    element = model.at(Activity.HEATING, 20, 50, resistance=True)
    assert element.heat_of(4503) == 4500
    assert element.cop(1.0) == 1
    assert model.at(Activity.HEATING, 20, 50).heat_of(4503) > 5000


@pytest.mark.parametrize(
    ("family", "ratings"),
    [
        (Family.DUCTED_AIR_SOURCE, Ratings()),
        (Family.GROUND_SOURCE, Ratings()),
        (Family.GROUND_SOURCE, Ratings(heating_capacity=10.5)),
    ],
)
def test_strips_are_no_larger_compressor(family: Family, ratings: Ratings) -> None:
    """What no home's compressor draws is resistance, though no capacity is known."""
    point = performance(family, ratings).at(Activity.HEATING, 0, 21)
    full = point.power(1.0)
    # It may be larger than is typical.
    larger = point.heat_of(1.5 * full + point.standby)
    assert larger == pytest.approx(1.5 * point.capacity)
    most = point.heat_of(2.0 * full + point.standby)
    assert point.heat_of(2.0 * full + point.standby + 9000) == pytest.approx(
        most + 9000
    )
    # A mini-split has none: it is just larger.
    split = performance(Family.MINI_SPLIT, Ratings()).at(Activity.HEATING, 0, 21)
    assert split.heat_of(3 * split.power(1.0) + split.standby) == pytest.approx(
        3 * split.capacity
    )
