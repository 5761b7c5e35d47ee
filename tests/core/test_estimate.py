"""The estimated power of a system that has no meter."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.activity import COMPRESSOR_ACTIVITIES, Activity
from custom_components.klima.core.estimate import MINIMUM_LOAD, Operation, estimate
from custom_components.klima.core.family import Family
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
    """At the design temperature it gives all that it has."""
    result = estimate(
        MINI_SPLIT, [Operation(activity=Activity.HEATING, outdoor=-15, room=21.1)]
    )
    assert result.heat == 4000
    compressor = result.watts - MINI_SPLIT.typical.standby - MINI_SPLIT.typical.fan
    assert compressor == pytest.approx(4000 / 2.0)


def test_cooling_takes_heat_away() -> None:
    """The heat that it moves is negative, its power is not."""
    result = estimate(
        MINI_SPLIT, [Operation(activity=Activity.COOLING, outdoor=40, room=26.7)]
    )
    assert result.heat == -3500
    assert result.watts > 3500 / 3.6


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
    assert result.heat == pytest.approx(MINIMUM_LOAD * 4000)


def test_units_share_one_compressor() -> None:
    """Three units at full load draw what one does."""
    one = Operation(activity=Activity.HEATING, outdoor=-15, room=21)
    assert watts(one, one, one) == pytest.approx(watts(one))
    assert watts(one, Operation(activity=Activity.OFF)) < watts(one)


def test_a_tank_is_on_or_off() -> None:
    """Its small compressor does not modulate, and a tank's heat counts as heat."""
    model = performance(Family.HEAT_PUMP_WATER_HEATER, Ratings())
    result = estimate(
        model, [Operation(activity=Activity.HEATING, room=45, target=50, outdoor=-20)]
    )
    assert result.heat == 1600
    assert result.watts == pytest.approx(1600 / 3.3 + 3)


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
    assert abs(result.heat) <= max(model.heating_capacity, model.cooling_capacity) + 1
    if not COMPRESSOR_ACTIVITIES & {operation.activity for operation in operations}:
        assert result.heat == 0
