"""The curves of a system's COP keep to physics, whatever its ratings."""

import itertools

from hypothesis import given, strategies as st
import pytest

from custom_components.klima.core.curves import curves
from custom_components.klima.core.family import Family
from custom_components.klima.core.performance import performance
from custom_components.klima.core.ratings import Ratings

coldest = st.none() | st.floats(-50, 20)


@given(family=st.sampled_from(Family), coldest=coldest)
def test_curves_run_from_cold_to_hot_and_below_carnot(
    family: Family, coldest: float | None
) -> None:
    model = performance(family, Ratings(minimum_outdoor_temperature=coldest))
    for curve in curves(model).values():
        outdoors = [at for at, _ in curve.full]
        assert outdoors == sorted(set(outdoors))
        assert all(b - a <= 1 for a, b in itertools.pairwise(outdoors))
        limits = dict(curve.limit)
        for (at, full), (also_at, least) in zip(curve.full, curve.least, strict=True):
            assert at == also_at
            # Both are rounded: to the third and to the second decimal.
            assert 1 <= full <= limits.get(at, full) + 0.01
            assert 1 <= least <= limits.get(at, least) + 0.01
        assert curve.rated and curve.capacity > 0 and 0 < curve.least_load <= 1


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
    assert set(curves(performance(family, Ratings()))) == found


def test_only_air_has_a_limit_that_depends_on_its_temperature() -> None:
    limits = {
        family: curves(performance(family, Ratings()))["heating"].limit
        for family in Family
        if family is not Family.AIR_CONDITIONER
    }
    assert {family for family, limit in limits.items() if limit} == {
        Family.MINI_SPLIT,
        Family.DUCTED_AIR_SOURCE,
        Family.HEAT_PUMP_WATER_HEATER,
    }


def test_the_curve_of_heating_ends_where_the_unit_stops() -> None:
    def start(ratings: Ratings) -> float:
        curve = curves(performance(Family.MINI_SPLIT, ratings))["heating"]
        return curve.full[0][0]

    assert start(Ratings(minimum_outdoor_temperature=-18.5)) == -18.5
    assert start(Ratings()) == -30


def test_an_inverter_does_better_at_its_least_load() -> None:
    curve = curves(performance(Family.MINI_SPLIT, Ratings()))["heating"]
    for (_, full), (_, least) in zip(curve.full, curve.least, strict=True):
        assert least >= full
