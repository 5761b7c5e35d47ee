"""What energy costs, as it is used."""

import math

from hypothesis import given, strategies as st
import pytest

from custom_components.klima.core.cost import (
    MOST_UNPRICED,
    Costs,
    add_cost,
    begin_day,
    costs_as_dict,
    costs_from_dict,
    set_clock,
    settle,
)
from custom_components.klima.core.energy import Delta, Source
from custom_components.klima.core.price import PriceSeries

HOUR = 3600.0


def used(start: float, end: float, kwh: float) -> Delta:
    """Return energy used between two times."""
    return Delta(start, end, kwh, Source.COUNTER)


def test_an_amount_is_split_where_the_price_changed() -> None:
    """An hour's delta of a slow meter pays each price for its share of the hour."""
    prices = PriceSeries().set(0, 0.10).set(55 * 60, 0.40)
    costs = add_cost(Costs(), used(0, HOUR, 2.0), prices)
    assert costs.lifetime == pytest.approx(2 * (55 * 0.10 + 5 * 0.40) / 60)


def test_energy_without_a_price_is_not_free() -> None:
    """It waits, and is priced when the price arrives."""
    prices = PriceSeries().set(0, 0.10).set(HOUR, None)
    costs = add_cost(Costs(), used(0, 2 * HOUR, 2.0), prices)
    costs = add_cost(costs, used(2 * HOUR, 3 * HOUR, 3.0), prices)
    assert costs.lifetime == pytest.approx(0.10)
    assert costs.unpriced_kwh == pytest.approx(4.0)
    assert settle(costs, prices) == costs

    costs = settle(costs, prices.set(3 * HOUR, 0.50))
    assert costs.unpriced == ()
    assert costs.lifetime == pytest.approx(0.10 + 4 * 0.50)


def test_a_day_gets_what_was_used_in_it() -> None:
    """An amount over midnight is split there, a day begun twice is begun once."""
    prices = PriceSeries().set(0, 0.20)
    day = 24 * HOUR
    costs = begin_day(Costs(), 0, day)
    costs = add_cost(costs, used(0, HOUR, 1), prices)
    assert costs.day == pytest.approx(0.20)
    assert begin_day(costs, 0, day) == costs

    costs = begin_day(costs, day, 2 * day)
    assert costs.day == 0
    costs = add_cost(costs, used(23 * HOUR, 25 * HOUR, 2), prices)
    assert costs.day == pytest.approx(0.20)
    assert costs.lifetime == pytest.approx(0.60)
    # What comes late for the day before is no cost of today.
    costs = add_cost(costs, used(22 * HOUR, 23 * HOUR, 1), prices)
    assert costs.day == pytest.approx(0.20)


def test_a_day_that_is_begun_late_has_what_was_used_since_midnight() -> None:
    """Samples past midnight come before the minute that begins the day."""
    prices = PriceSeries().set(0, 0.20)
    costs = begin_day(Costs(), 0, 24 * HOUR)
    costs = add_cost(costs, used(23 * HOUR, 25 * HOUR, 2), prices)
    costs = add_cost(costs, used(25 * HOUR, 26 * HOUR, 1), prices)
    assert costs.day == pytest.approx(0.20)
    kept = costs_from_dict(costs_as_dict(costs))
    assert begin_day(kept, 24 * HOUR, 48 * HOUR).day == pytest.approx(0.40)
    # The day after next has nothing of it.
    assert begin_day(kept, 48 * HOUR, 72 * HOUR).day == 0
    # A time zone that was set moves the midnight to come.
    assert begin_day(kept, 0, 25 * HOUR).day_end == 25 * HOUR
    assert begin_day(kept, 0, 25 * HOUR).day == costs.day


def test_a_day_whose_clock_is_set_back_goes_on() -> None:
    """What is used by times that were before its start is its own, until that is undone."""
    prices, day = PriceSeries().set(0, 0.20), 24 * HOUR
    costs = begin_day(Costs(), day, 2 * day)
    costs = set_clock(add_cost(costs, used(day, day + HOUR, 1), prices), -HOUR)
    costs = add_cost(costs, used(23.5 * HOUR, 24.5 * HOUR, 1), prices)
    assert costs.day == pytest.approx(0.40)
    costs = set_clock(costs, 2 * HOUR)
    assert add_cost(costs, used(22 * HOUR, 24 * HOUR, 1), prices).day == costs.day
    # The next day begins when it does.
    after = begin_day(set_clock(costs, -HOUR), 2 * day, 3 * day)
    assert add_cost(after, used(47 * HOUR, 49 * HOUR, 2), prices).day == pytest.approx(
        0.20
    )


def test_costs_of_the_first_version_are_taken_up() -> None:
    """They kept no end of their day."""
    first = {"lifetime": 5, "day": 1, "day_start": 0, "unpriced": []}
    assert costs_from_dict(first).day_end == math.inf
    assert costs_as_dict(costs_from_dict(first))["day_end"] is None


def test_a_price_below_zero_lowers_the_cost() -> None:
    """Negative prices are real."""
    costs = add_cost(Costs(), used(0, HOUR, 2), PriceSeries().set(0, -0.05))
    assert costs.lifetime == pytest.approx(-0.10)


def test_an_amount_of_a_moment_is_priced_too() -> None:
    """A delta without a duration has the price of its moment."""
    prices = PriceSeries().set(0, 0.3)
    assert add_cost(Costs(), used(5, 5, 1), prices).lifetime == pytest.approx(0.3)
    late = begin_day(Costs(), 10, 20)
    assert add_cost(late, used(5, 5, 1), prices).day == 0


def test_waiting_is_bounded() -> None:
    """However long a price is missing, what waits stays small and nothing is lost."""
    costs = Costs()
    for index in range(0, 2 * (MOST_UNPRICED + 5), 2):
        costs = add_cost(costs, used(index, index + 1, 1), PriceSeries())
    assert len(costs.unpriced) == MOST_UNPRICED
    assert costs.unpriced_kwh == MOST_UNPRICED + 5


@given(
    amounts=st.lists(
        st.tuples(
            st.floats(0, 1e5), st.floats(1, 1e4), st.floats(0, 50, allow_nan=False)
        ),
        max_size=8,
    ),
    changes=st.dictionaries(st.floats(0, 1e5), st.floats(0, 2), min_size=1),
)
def test_the_order_of_amounts_does_not_matter(
    amounts: list[tuple[float, float, float]], changes: dict[float, float]
) -> None:
    """Late or early, the same energy costs the same, and never less than nothing."""
    prices = PriceSeries().set(0, 0.1)
    for at in sorted(changes):
        prices = prices.set(at, changes[at])
    one = other = Costs()
    for start, length, kwh in amounts:
        before = one.lifetime
        one = add_cost(one, used(start, start + length, kwh), prices)
        assert one.lifetime >= before
    for start, length, kwh in reversed(amounts):
        other = add_cost(other, used(start, start + length, kwh), prices)
    assert one.lifetime == pytest.approx(other.lifetime)


def test_costs_survive_a_restart() -> None:
    """What is stored is read back as it was; anything else is refused."""
    costs = add_cost(
        begin_day(Costs(), 50, 90), used(0, 100, 3), PriceSeries().set(60, 1)
    )
    assert costs_from_dict(costs_as_dict(costs)) == costs
    for bad in (
        {},
        {**costs_as_dict(costs), "lifetime": "nan"},
        {**costs_as_dict(costs), "unpriced": [[1, 2]]},
        {**costs_as_dict(costs), "day": "dear"},
        {**costs_as_dict(costs), "day_end": "nan"},
        {**costs_as_dict(costs), "next_day": "inf"},
    ):
        with pytest.raises((KeyError, TypeError, ValueError)):
            costs_from_dict(bad)
