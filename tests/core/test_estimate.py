"""The estimated power of a system that has no meter."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.activity import COMPRESSOR_ACTIVITIES, Activity
from custom_components.klima.core.estimate import (
    ELEMENT,
    MINIMUM_LOAD,
    TANK_LOAD,
    Operation,
    estimate,
    fan_of,
    load_of,
)
from custom_components.klima.core.family import Family
from custom_components.klima.core.metering import Meter
from custom_components.klima.core.performance import performance
from custom_components.klima.core.ratings import Ratings

MINI_SPLIT = performance(Family.MINI_SPLIT, Ratings())


def watts(*operations: Operation, family: Family = Family.MINI_SPLIT) -> float:
    """Return the power of a typical system."""
    return estimate(performance(family, Ratings()), operations).watts


@pytest.mark.parametrize("activity", [Activity.OFF, Activity.IDLE])
@pytest.mark.parametrize("family", list(Family))
def test_at_rest_it_draws_its_standby(family: Family, activity: Activity) -> None:
    """No more, however many units rest."""
    standby = performance(family, Ratings()).typical.standby
    rest = Operation(activity=activity)
    assert watts(rest, rest, family=family) == standby
    assert watts(family=family) == standby


def test_a_fan_is_no_compressor() -> None:
    """Blowing costs a fan, and moves no heat."""
    result = estimate(MINI_SPLIT, [Operation(activity=Activity.FAN)])
    assert result.watts == MINI_SPLIT.typical.standby + MINI_SPLIT.typical.fan
    assert result.heat == 0
    assert result.watts < MINI_SPLIT.compressor_power


def test_power_is_heat_over_cop() -> None:
    """Far from its target it gives all that it still has in the cold.

    Rated COPs include the fan: nothing is added for it.
    """
    far = Operation(activity=Activity.HEATING, outdoor=-15, room=21.1, target=25)
    result = estimate(MINI_SPLIT, [far])
    capacity = MINI_SPLIT.capacity(Activity.HEATING, -15)
    assert 0.6 * 4000 < capacity < 0.7 * 4000
    assert result.heat == pytest.approx(capacity)
    compressor = result.watts - MINI_SPLIT.typical.standby
    assert compressor == pytest.approx(capacity / 2.0)


def test_cooling_takes_heat_away() -> None:
    """The heat that it moves is negative, its power is not."""
    hot = Operation(activity=Activity.COOLING, outdoor=40, room=26.7, target=23)
    result = estimate(MINI_SPLIT, [hot])
    assert result.heat == pytest.approx(-MINI_SPLIT.capacity(Activity.COOLING, 40))
    assert result.watts > -result.heat / 3.6


def test_it_works_harder_in_the_cold_and_far_from_its_target() -> None:
    """Both raise the power, neither beyond what the unit can."""
    mild = watts(Operation(activity=Activity.HEATING, outdoor=12))
    cold = watts(Operation(activity=Activity.HEATING, outdoor=-5))
    colder = watts(Operation(activity=Activity.HEATING, outdoor=-15))
    assert mild < cold < colder
    near = Operation(activity=Activity.HEATING, outdoor=5, room=20.9, target=21)
    far = Operation(activity=Activity.HEATING, outdoor=5, room=19, target=21)
    assert watts(near) < watts(far)
    hot = Operation(activity=Activity.COOLING, outdoor=30, room=27, target=24)
    cool = Operation(activity=Activity.COOLING, outdoor=30, room=24.1, target=24)
    assert watts(cool) < watts(hot)


def test_an_inverter_has_a_least_load() -> None:
    """On a warm day it still gives a quarter."""
    result = estimate(MINI_SPLIT, [Operation(activity=Activity.HEATING, outdoor=25)])
    capacity = MINI_SPLIT.capacity(Activity.HEATING, 25)
    assert result.heat == pytest.approx(MINIMUM_LOAD * capacity)


def test_a_whole_home_works_in_spells() -> None:
    """In mild weather it rests rather than creep: its power is that while it works."""
    mild = Operation(activity=Activity.HEATING, outdoor=12, room=21, target=21)
    for family in (Family.DUCTED_AIR_SOURCE, Family.GROUND_SOURCE):
        model = performance(family, Ratings())
        share = estimate(model, [mild]).heat / model.capacity(Activity.HEATING, 12)
        assert share == pytest.approx(model.typical.working_load)
    model = performance(Family.DUCTED_AIR_SOURCE, Ratings())
    cold = Operation(activity=Activity.HEATING, outdoor=-12, room=21, target=21)
    share = estimate(model, [cold]).heat / model.capacity(Activity.HEATING, -12)
    assert model.typical.working_load < share < 1


def test_a_tank_beside_rooms_has_the_compressor_to_itself() -> None:
    """While rooms rest, whatever their number; its water takes more power than a room."""
    model = performance(Family.DUCTED_AIR_SOURCE, Ratings(), heats_tank=True)
    tank = Operation(activity=Activity.HEATING, outdoor=7, room=42, target=50)
    room = Operation(activity=Activity.HEATING, outdoor=7, room=20, target=20)
    rests = Operation(activity=Activity.IDLE, outdoor=7, room=20, target=20)
    capacity = model.capacity(Activity.HEATING, 7)
    alone = estimate(model, [tank])
    assert alone.heat == pytest.approx(TANK_LOAD * capacity)
    assert estimate(model, [tank, rests]) == alone
    assert alone.watts > estimate(model, [room, rests]).watts
    both = estimate(model, [tank, room])
    assert both.heat < capacity


def test_units_share_one_compressor() -> None:
    """Three units at full load draw what one does."""
    one = Operation(activity=Activity.HEATING, outdoor=-15, room=21)
    assert watts(one, one, one) == pytest.approx(watts(one))
    assert watts(one, Operation(activity=Activity.OFF)) < watts(one)


def test_a_tank_is_on_or_off() -> None:
    """Its small compressor does not modulate, and a tank's heat counts as heat."""
    model = performance(Family.HEAT_PUMP_WATER_HEATER, Ratings())
    result = estimate(
        model, [Operation(activity=Activity.HEATING, room=51.7, target=55)]
    )
    assert result.heat == 1600
    assert result.watts == pytest.approx(1600 / 3.3 + 3)
    # Its element helps by its mode, from as cold as the water was.
    for mode, lowest, expected in (
        ("heat_pump", 30, 1600),
        ("eco", 45, 1600),
        ("eco", 35, 6100),
        ("high_demand", None, 6100),
        ("electric", None, 4500),
    ):
        operation = Operation(
            activity=Activity.HEATING,
            room=51.7,
            target=55,
            mode=mode,
            lowest=lowest,
        )
        assert estimate(model, [operation]).heat == pytest.approx(expected)
    blind = Operation(activity=Activity.HEATING, mode="electric")
    assert estimate(model, [blind]).watts == pytest.approx(4503)
    # Cooler water is easier to heat.
    cool = Operation(activity=Activity.HEATING, room=40, target=55)
    assert estimate(model, [cool]).watts < result.watts


def test_time_and_fan_change_the_load() -> None:
    """What stays away from its target works harder; a quiet fan holds it back."""
    soon = Operation(
        activity=Activity.HEATING, outdoor=5, room=20, target=21, started=0
    )
    late = Operation(
        activity=Activity.HEATING, outdoor=5, room=20, target=21, started=1800
    )
    quiet = Operation(
        activity=Activity.HEATING, outdoor=-5, room=19, target=21, fan="quiet"
    )
    loud = Operation(activity=Activity.HEATING, outdoor=-5, room=19, target=21)
    assert watts(soon) < watts(late)
    assert watts(quiet) < watts(loud)
    assert fan_of("Silence") == fan_of("quiet") == "quiet"
    assert fan_of("auto") is fan_of(None) is None


def test_below_its_limit_only_resistance_heats() -> None:
    """A ducted system has back-up; a mini-split below its limit moves nothing."""
    cold = Operation(activity=Activity.HEATING, outdoor=-30, room=21)
    ratings = Ratings(heating_capacity=8, minimum_outdoor_temperature=-20)
    ducted = estimate(performance(Family.DUCTED_AIR_SOURCE, ratings), [cold])
    assert ducted.heat == 8000
    assert ducted.watts == pytest.approx(8015)
    assert estimate(performance(Family.MINI_SPLIT, ratings), [cold]).heat == 0


def test_what_dries_all_day_works_a_part_of_it() -> None:
    """A window unit of one speed: at full load its room would grow ever colder."""
    model = performance(Family.AIR_CONDITIONER, Ratings())

    def used(activity: Activity, outdoor: float) -> float:
        operation = Operation(activity=activity, room=25, target=24, outdoor=outdoor)
        return estimate(model, [operation]).watts - model.typical.standby

    for outdoor in (24.0, 28.0, 33.0):
        share = used(Activity.DRYING, outdoor) / used(Activity.COOLING, outdoor)
        assert share == pytest.approx(0.85 * (outdoor - 20) / 20, rel=0.2)
    assert used(Activity.DRYING, 18.0) == 0
    assert used(Activity.DRYING, 50.0) == used(Activity.COOLING, 50.0)


OPERATIONS = st.lists(
    st.builds(
        Operation,
        activity=st.sampled_from(list(Activity)),
        room=st.none() | st.floats(-10, 40),
        target=st.none() | st.floats(5, 35),
        outdoor=st.none() | st.floats(-40, 50),
    ),
    max_size=5,
)


@given(st.sampled_from(list(Family)), OPERATIONS)
@settings(max_examples=100, deadline=None)
def test_never_less_than_standby_nor_more_than_it_can(
    family: Family, operations: list[Operation]
) -> None:
    """At every temperature; and a meter would believe it."""
    model = performance(family, Ratings())
    result = estimate(model, operations)
    assert model.typical.standby <= result.watts <= 1.5 * model.nameplate_power
    most = 1.15 * max(model.heating_capacity, model.cooling_capacity)
    if operations and family is Family.DUCTED_AIR_SOURCE:
        most = max(most, model.heating_capacity)
    assert abs(result.heat) <= most + 1
    if not COMPRESSOR_ACTIVITIES & {operation.activity for operation in operations}:
        assert result.heat == 0


@pytest.mark.parametrize("minimum", [-20.0, -15.0, -10.0, -7.0])
def test_the_cold_that_stops_a_unit_says_nothing_of_a_milder_day(
    minimum: float,
) -> None:
    """A home needs as much heat at -5 °C, whatever its unit does at -15 °C."""
    cold = Operation(activity=Activity.HEATING, outdoor=-5.0)
    plain = performance(Family.MINI_SPLIT, Ratings())
    model = performance(Family.MINI_SPLIT, Ratings(minimum_outdoor_temperature=minimum))
    assert load_of(model, cold) == load_of(plain, cold) > 0.4
    assert estimate(model, [cold]) == estimate(plain, [cold])
    # Where it does not work, it moves nothing.
    too_cold = Operation(activity=Activity.HEATING, outdoor=minimum - 1)
    assert estimate(model, [too_cold]).heat == 0


@pytest.mark.parametrize("factor", [1.0, 3.0])
def test_an_estimate_is_never_refused_as_a_reading(factor: float) -> None:
    """A tank's element draws more than its heat pump could; and it may be calibrated."""
    model = performance(Family.HEAT_PUMP_WATER_HEATER, Ratings())
    tank = Operation(
        activity=Activity.HEATING, room=30, target=55, mode="high_demand", outdoor=20
    )
    power = factor * estimate(model, [tank]).watts
    assert power > factor * ELEMENT
    meter = Meter(has_counter=False, has_power=False, nameplate=model.nameplate_power)
    meter.read_power(0.0, power)
    meter.read_power(60.0, power)
    assert meter.refused == 0
    assert meter.totals.energy == pytest.approx(power / 60_000)
