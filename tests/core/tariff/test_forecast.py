"""Prices ahead, in the forms that price entities tell them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.klima.core.tariff.forecast import (
    MOST_POINTS,
    Forecast,
    read_forecast,
)

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ONE = datetime(2026, 11, 25, 13, tzinfo=UTC)
TWO = datetime(2026, 11, 25, 14, tzinfo=UTC)


def rows(time: str, price: str, *, text: bool = False) -> list[dict[str, Any]]:
    """Return three hours, by the names that an integration has for them."""
    return [
        {time: at.isoformat() if text else at, price: value, "unit": "¢"}
        for at, value in ((NOON, 10), (ONE, 10.0), (TWO, -3))
    ]


@pytest.mark.parametrize(
    "attributes",
    [
        {"raw_today": rows("start", "value")},
        {"prices": rows("time", "price", text=True)},
        {"data": rows("start_time", "price_per_kwh", text=True)},
        {"forecasts": rows("start_time", "per_kwh", text=True)},
        {"today": rows("startsAt", "total", text=True)[:2]}
        | {"tomorrow": rows("startsAt", "total", text=True)[2:]},
        {"rates": rows("start", "value_inc_vat")},
        {"prices": {NOON.isoformat(): 10, ONE.isoformat(): 10, TWO.isoformat(): -3}},
    ],
    ids=lambda attributes: next(iter(attributes)),
)
def test_forms_of_forecasts(attributes: dict[str, Any]) -> None:
    """Whatever it is called: a time with a price holds until the next."""
    forecast = read_forecast(
        {"unit_of_measurement": "¢/kWh", "friendly_name": "Price", **attributes}, 0.01
    )
    assert forecast.at(NOON.timestamp() - 1) is None
    assert forecast.at(NOON.timestamp()) == pytest.approx(0.10)
    assert forecast.at(ONE.timestamp() + 1800) == pytest.approx(0.10)
    assert forecast.at(TWO.timestamp() + 9000) == pytest.approx(-0.03)
    # An hour at the same price is no change.
    assert forecast.next_after(NOON.timestamp(), 0.10) == TWO.timestamp()
    assert forecast.next_after(NOON.timestamp(), None) == ONE.timestamp()
    assert forecast.next_after(TWO.timestamp(), -0.03) is None


@pytest.mark.parametrize(
    "attributes",
    [
        {"prices": [1, 2, 3]},
        {"prices": rows("moment", "price")},
        {"prices": [{"start": "soon", "price": 1}]},
        {"prices": [{"start": "2026-11-25T12:00:00", "price": 1}]},
        {"prices": [{"start": NOON, "price": "cheap"}]},
        {"prices": [{"start": NOON, "price": float("nan")}]},
        {"prices": [{"start": NOON, "price": True}]},
        {"prices": "none"},
        {},
    ],
)
def test_what_is_no_forecast(attributes: dict[str, Any]) -> None:
    """Nothing is made of it."""
    assert read_forecast(attributes, 1) == Forecast()


def test_never_is_no_time() -> None:
    """The years 1 and 9999 are said for no time at all, and no day follows that."""
    for year in ("0001", "9999"):
        rows = [{"start": f"{year}-12-31T23:59:59+00:00", "price": 1.0}]
        assert read_forecast({"prices": rows}, 1.0).times == ()


def test_a_forecast_without_end() -> None:
    """Only so much of it is taken."""
    endless = [
        {"start": datetime.fromtimestamp(NOON.timestamp() + 300 * i, UTC), "price": i}
        for i in range(2 * MOST_POINTS)
    ]
    assert len(read_forecast({"prices": endless}, 1).times) == MOST_POINTS
