"""The curves of a system's COP keep to physics, whatever its ratings."""

import itertools

from hypothesis import given, strategies as st
import pytest

from custom_components.klima.core.curves import carnot_cooling, curves
from custom_components.klima.core.family import Family
from custom_components.klima.core.performance import performance
from custom_components.klima.core.ratings import Ratings

coldest = st.none() | st.floats(-50, 20)


@given(family=st.sampled_from(Family), coldest=coldest)
def test_curves_run_from_cold_to_hot_and_below_carnot(
    family: Family, coldest: float | None
) -> None:
    for curve in curves(performance(family, Ratings()), coldest).values():
        outdoors = [at for at, _ in curve.model]
        assert outdoors == sorted(set(outdoors))
        assert all(b - a <= 1 for a, b in itertools.pairwise(outdoors))
        limits = dict(curve.limit)
        assert all(1 <= cop < limits.get(at, cop + 1) for at, cop in curve.model)
        assert curve.rated and curve.capacity > 0


@pytest.mark.parametrize(
    ("family", "found"),
    [
        (Family.MINI_SPLIT, {"heating", "cooling"}),
        (Family.AIR_CONDITIONER, {"cooling"}),
        (Family.HEAT_PUMP_WATER_HEATER, {"heating"}),
    ],
)
def test_a_family_has_the_curves_of_what_it_can_do(
    family: Family, found: set[str]
) -> None:
    assert set(curves(performance(family, Ratings()), None)) == found


def test_only_outdoor_air_has_a_limit_that_depends_on_the_outdoor_temperature() -> None:
    limits = {
        family: curves(performance(family, Ratings()), None)["heating"].limit
        for family in (Family.MINI_SPLIT, Family.GROUND_SOURCE)
    }
    assert limits[Family.MINI_SPLIT] and not limits[Family.GROUND_SOURCE]


def test_the_curve_of_heating_ends_where_the_unit_stops() -> None:
    model = performance(Family.MINI_SPLIT, Ratings())
    assert curves(model, -18.5)["heating"].model[0][0] == -18.5
    assert curves(model, None)["heating"].model[0][0] == -30


def test_carnots_limit_of_cooling() -> None:
    # 26.7 °C indoors is 299.85 K; 10 K of lift.
    assert carnot_cooling(36.7) == pytest.approx(29.985)
