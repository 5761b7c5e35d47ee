"""How a unit performs: within physics, without jumps, honest of what is typical."""

import itertools

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.family import Family
from custom_components.klima.core.performance import (
    COLD_CLIMATE_COP,
    RATED_INDOOR_COOLING,
    TANK_TEMPERATURE,
    TYPICAL,
    performance,
)
from custom_components.klima.core.ratings import (
    BTU_PER_WH,
    KELVIN,
    RATED_INDOOR_HEATING,
    Ratings,
    validate,
)

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


def test_typical_figures_are_ordered() -> None:
    """Every family has them, and their COPs fall in the cold."""
    assert set(TYPICAL) == set(Family)
    for figures in TYPICAL.values():
        cops = [figures.heating[at] for at in sorted(figures.heating)]
        assert all(cold <= mild for cold, mild in itertools.pairwise(cops))
