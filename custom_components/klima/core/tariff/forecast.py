"""The prices that a price entity knows ahead, in whatever form it tells them.

Integrations of dynamic prices have no form in common: some have a list of
times and prices in an attribute, some one for each day. What has a time and a
price is taken, whatever it is called.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
import math
from typing import Any

_TIMES = (
    "start",
    "start_time",
    "from",
    "time",
    "datetime",
    "date_time",
    "valid_from",
    "startsAt",
    "hour",
    "timestamp",
)
_PRICES = (
    "price",
    "value",
    "per_kwh",
    "price_per_kwh",
    "value_inc_vat",
    "total",
    "rate",
    "price_ct_per_kwh",
)

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Years that a price may be of: some say the year 9999 for never, which has no morrow."""

MOST_POINTS = 3 * 24 * 12
"""Points that are taken: three days of five minutes."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Prices before tax that hold from a time (epoch seconds) each."""

    times: tuple[float, ...] = ()
    prices: tuple[float, ...] = ()

    def at(self, when: float) -> float | None:
        """Return the price at a time, None where none is known."""
        index = bisect_right(self.times, when)
        return self.prices[index - 1] if index else None

    def next_after(self, now: float, price: float | None) -> float | None:
        """Return the first time after now that has another price than this."""
        index = bisect_right(self.times, now)
        for at, value in zip(self.times[index:], self.prices[index:], strict=True):
            if price is None or not math.isclose(value, price, abs_tol=1e-9):
                return at
        return None


def read_forecast(attributes: Mapping[str, Any], factor: float) -> Forecast:
    """Return what an entity's attributes tell of prices ahead.

    `factor` is what its prices are multiplied with, to be per kWh.
    """
    points: dict[float, float] = {}
    for value in attributes.values():
        for at, price in _points(value):
            if len(points) < MOST_POINTS:
                points[at] = price * factor
    times = sorted(points)
    return Forecast(tuple(times), tuple(points[at] for at in times))


def _points(value: Any) -> Iterator[tuple[float, float]]:
    """Yield the times and prices of an attribute."""
    if isinstance(value, Mapping):
        for at, price in value.items():
            if (point := _point(at, price)) is not None:
                yield point
        return
    if not isinstance(value, list | tuple):
        return
    for row in value:
        if not isinstance(row, Mapping):
            return
        at = next((row[key] for key in _TIMES if key in row), None)
        price = next((row[key] for key in _PRICES if key in row), None)
        if (point := _point(at, price)) is not None:
            yield point


def _point(at: Any, price: Any) -> tuple[float, float] | None:
    if isinstance(price, bool) or not isinstance(price, int | float):
        return None
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            return None
    if not isinstance(at, datetime) or at.tzinfo is None or not math.isfinite(price):
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return None
    return at.timestamp(), float(price)
