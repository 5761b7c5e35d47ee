"""Units of prices, and prices over time."""

from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.klima.core.price import PriceSeries, PriceUnitError, price_factor


@pytest.mark.parametrize(
    ("unit", "currency", "factor"),
    [
        ("CAD/kWh", "CAD", 1),
        ("cad / kwh", "CAD", 1),
        ("$/kWh", "CAD", 1),
        ("$/kWh", "USD", 1),
        ("€/kWh", "EUR", 1),
        ("EUR/MWh", "EUR", 0.001),
        ("EUR/Wh", "EUR", 1000),
        ("¢/kWh", "CAD", 0.01),
        ("c/kWh", "EUR", 0.01),
        ("cents/kWh", "USD", 0.01),
        ("p/kWh", "GBP", 0.01),
        ("øre/kWh", "NOK", 0.01),
        ("öre/kWh", "SEK", 0.01),
        ("kr/kWh", "SEK", 1),
        ("R$/kWh", "BRL", 1),
        ("円/kWh", "JPY", 1),
        ("Rs/kWh", "INR", 1),
        ("Rs./kWh", "PKR", 1),
        ("paise/kWh", "INR", 0.01),
        ("₩/kWh", "KRW", 1),
        ("kr./kWh", "DKK", 1),
        ("Ft/kWh", "HUF", 1),
        ("lei/MWh", "RON", 0.001),
        ("A$/kWh", "AUD", 1),
        ("c€/kWh", "EUR", 0.01),
        ("Rappen/kWh", "CHF", 0.01),
    ],
)
def test_units_are_recognised_and_scaled(
    unit: str, currency: str, factor: float
) -> None:
    """Currencies, their symbols and hundredths, for any size of energy."""
    assert price_factor(unit, currency) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("unit", "currency", "reason"),
    [
        ("USD/kWh", "CAD", "other_currency"),
        ("€/kWh", "CAD", "other_currency"),
        ("p/kWh", "CAD", "other_currency"),
        ("øre/kWh", "SEK", "other_currency"),
        ("W", "CAD", "not_price"),
        ("CAD", "CAD", "not_price"),
        ("CAD/day", "CAD", "not_price"),
        ("", "CAD", "not_price"),
        (None, "CAD", "not_price"),
    ],
)
def test_other_units_are_refused(unit: str | None, currency: str, reason: str) -> None:
    """Another currency is never taken for the home's, nor a number for a price."""
    with pytest.raises(PriceUnitError) as refused:
        price_factor(unit, currency)
    assert refused.value.reason == reason


def test_a_price_holds_until_the_next() -> None:
    """Prices are steps; before the first none is known."""
    series = PriceSeries().set(100, 0.1).set(200, None).set(300, -0.05)
    assert series.at(99) is None
    assert series.at(100) == 0.1
    assert series.at(250) is None
    assert series.at(1e12) == -0.05
    assert list(series.pieces(50, 350)) == [
        (50, 100, None),
        (100, 200, 0.1),
        (200, 300, None),
        (300, 350, -0.05),
    ]
    assert list(series.pieces(120, 150)) == [(120, 150, 0.1)]


def test_a_later_word_replaces_what_followed() -> None:
    """A price that is set again, or at the same time, does not pile up."""
    series = PriceSeries().set(0, 0.1).set(10, 0.2)
    assert series.set(10, 0.3) == PriceSeries((0, 10), (0.1, 0.3))
    assert series.set(5, 0.1) == PriceSeries((0,), (0.1,))
    assert series.set(20, 0.2) == series


def test_old_prices_can_be_forgotten() -> None:
    """What is kept still tells every price from then on."""
    series = PriceSeries((0, 10, 20), (1.0, 2.0, 3.0))
    assert series.since(15) == PriceSeries((10, 20), (2.0, 3.0))
    assert series.since(10) == PriceSeries((10, 20), (2.0, 3.0))
    assert series.since(-5) == series
    assert PriceSeries().since(3) == PriceSeries()


@given(
    changes=st.dictionaries(
        st.integers(0, 1000), st.one_of(st.none(), st.floats(-1, 1))
    ),
    start=st.integers(0, 1000),
    length=st.integers(1, 500),
)
def test_pieces_cover_a_time_exactly(
    changes: dict[int, float | None], start: int, length: int
) -> None:
    """The pieces follow one another without gap, each at the price of its time."""
    series = PriceSeries()
    for at in sorted(changes):
        series = series.set(at, changes[at])
    pieces = list(series.pieces(start, start + length))
    assert pieces[0][0] == start
    assert pieces[-1][1] == start + length
    for (_, end, _), (begin, _, _) in pairwise(pieces):
        assert end == begin
    for begin, end, price in pieces:
        assert begin < end
        assert price == series.at(begin)
