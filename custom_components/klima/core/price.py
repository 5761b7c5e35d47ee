"""What a kWh costs: units of prices, and prices over time.

Prices are in the home's currency for a kWh, times epoch seconds (UTC).
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
import re

_ENERGIES = {"wh": 0.001, "kwh": 1.0, "mwh": 1000.0}
"""kWh in each unit of energy that prices are told for."""

_SYMBOLS: dict[str, frozenset[str]] = {
    "$": frozenset(
        {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "CLP", "COP", "ARS", "TWD"}
    ),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "円": frozenset({"JPY"}),
    "₩": frozenset({"KRW"}),
    "₹": frozenset({"INR"}),
    "rs": frozenset({"INR", "PKR", "LKR"}),
    "rs.": frozenset({"INR", "PKR", "LKR"}),
    "zł": frozenset({"PLN"}),
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "kr.": frozenset({"DKK", "ISK"}),
    "kč": frozenset({"CZK"}),
    "fr.": frozenset({"CHF"}),
    "r$": frozenset({"BRL"}),
    "r": frozenset({"ZAR"}),
    "ft": frozenset({"HUF"}),
    "lei": frozenset({"RON", "MDL"}),
    "leu": frozenset({"RON", "MDL"}),
    "₺": frozenset({"TRY"}),
    "tl": frozenset({"TRY"}),
    "₴": frozenset({"UAH"}),
    "₽": frozenset({"RUB"}),
    "₱": frozenset({"PHP"}),
    "฿": frozenset({"THB"}),
    "₪": frozenset({"ILS"}),
    "₫": frozenset({"VND"}),
    "rm": frozenset({"MYR"}),
    "a$": frozenset({"AUD"}),
    "au$": frozenset({"AUD"}),
    "c$": frozenset({"CAD"}),
    "ca$": frozenset({"CAD"}),
    "hk$": frozenset({"HKD"}),
    "nt$": frozenset({"TWD"}),
    "nz$": frozenset({"NZD"}),
    "s$": frozenset({"SGD"}),
    "us$": frozenset({"USD"}),
}
"""The currencies that a symbol may stand for."""

_HUNDREDTHS: dict[str, frozenset[str] | None] = {
    "¢": None,
    "c": None,
    "ct": None,
    "cts": None,
    "cent": None,
    "cents": None,
    "c€": frozenset({"EUR"}),
    "€c": frozenset({"EUR"}),
    "ct€": frozenset({"EUR"}),
    "€ct": frozenset({"EUR"}),
    "€cent": frozenset({"EUR"}),
    "eurocent": frozenset({"EUR"}),
    "rappen": frozenset({"CHF"}),
    "p": frozenset({"GBP"}),
    "øre": frozenset({"NOK", "DKK"}),
    "öre": frozenset({"SEK"}),
    "ore": frozenset({"NOK", "DKK", "SEK"}),
    "gr": frozenset({"PLN"}),
    "rp": frozenset({"CHF"}),
    "paise": frozenset({"INR"}),
}
"""The hundredths of a currency, and which have them by that name (None: any)."""

_SMALL_CURRENCIES = frozenset(
    {
        "BIF", "COP", "GNF", "IDR", "IQD", "IRR", "KHR", "KRW", "LAK", "LBP", "MGA",
        "MMK", "MNT", "PYG", "RWF", "SLE", "SLL", "STN", "TZS", "UGX", "UZS", "VND",
    }
)  # fmt: skip
"""Currencies in which a kWh costs hundreds or thousands (an assumption)."""

MOST_PRICE = 1000.0
"""Currency/kWh above which a price is an error of its source, or of the keyboard."""

MOST_PRICE_SMALL = 1_000_000.0
"""The same in a currency whose unit is small."""

MOST_CREDIT = 0.01
"""Share of the most that a price may lie below zero: spot markets' floors are near."""

MOST_CHANGES = 4096
"""Prices of a series that are remembered: 35 days of quarters of an hour, and more."""

_UNIT = re.compile(r"^\s*(?P<money>[^\s/]+)\s*/\s*(?P<energy>[a-zA-Z]+)\s*$")


class PriceUnitError(ValueError):
    """A unit that no price in the home's currency has.

    `reason` is `not_price` for what is no price for energy, `other_currency`
    for the price in a currency that is not the home's.
    """

    def __init__(self, reason: str) -> None:
        """Remember the reason."""
        super().__init__(reason)
        self.reason = reason


def most_price(currency: str) -> float:
    """Return the price per kWh above which a price is no price."""
    return MOST_PRICE_SMALL if currency in _SMALL_CURRENCIES else MOST_PRICE


def is_plausible(price: float, currency: str) -> bool:
    """Return whether electricity may have a price, in currency/kWh.

    A source that shows -99999 or 1e20 in place of a price would else be in the
    lifetime cost for ever.
    """
    most = most_price(currency)
    return -MOST_CREDIT * most <= price <= most


def price_factor(unit: object, currency: str) -> float:
    """Return what a price in a unit is multiplied with, to be per kWh.

    Hundredths (¢, p, øre, ...) and prices for a Wh or a MWh are scaled.
    Raises PriceUnitError for any other unit, and for another currency.
    """
    match = _UNIT.match(unit) if isinstance(unit, str) else None
    if match is None or match["energy"].lower() not in _ENERGIES:
        raise PriceUnitError("not_price")
    factor = 1 / _ENERGIES[match["energy"].lower()]
    money = match["money"].casefold()
    if money == currency.casefold() or currency in _SYMBOLS.get(money, ()):
        return factor
    if money in _HUNDREDTHS:
        currencies = _HUNDREDTHS[money]
        if currencies is None or currency in currencies:
            return factor / 100
    raise PriceUnitError("other_currency")


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """A price that changes in steps: each holds from its time to the next.

    `prices` has None for a time without a known price. Before the first time
    no price is known.
    """

    times: tuple[float, ...] = ()
    prices: tuple[float | None, ...] = ()

    @property
    def last(self) -> float | None:
        """The price that holds now."""
        return self.prices[-1] if self.prices else None

    def set(self, at: float, price: float | None) -> PriceSeries:
        """Return the series with a price from a time on; what followed is gone."""
        index = bisect_right(self.times, at)
        if index and self.times[index - 1] == at:
            index -= 1
        if index and self.prices[index - 1] == price:
            return PriceSeries(self.times[:index], self.prices[:index])
        first = max(index + 1 - MOST_CHANGES, 0)
        return PriceSeries(
            (*self.times[first:index], at), (*self.prices[first:index], price)
        )

    def moved(self, by: float) -> PriceSeries:
        """Return the series by a clock that was set by so many s."""
        return PriceSeries(tuple(at + by for at in self.times), self.prices)

    def since(self, at: float) -> PriceSeries:
        """Return the series without the prices that ended by a time."""
        first = max(bisect_right(self.times, at) - 1, 0)
        return PriceSeries(self.times[first:], self.prices[first:])

    def at(self, when: float) -> float | None:
        """Return the price at a time."""
        index = bisect_right(self.times, when)
        return self.prices[index - 1] if index else None

    def known_from(self, when: float) -> float | None:
        """Return the price at a time, or else the first that is known after it."""
        first = max(bisect_right(self.times, when) - 1, 0)
        return next((p for p in self.prices[first:] if p is not None), None)

    def pieces(
        self, start: float, end: float
    ) -> Iterator[tuple[float, float, float | None]]:
        """Yield a time cut at each change of price, each piece with its price."""
        index = bisect_right(self.times, start)
        while True:
            price = self.prices[index - 1] if index else None
            if index >= len(self.times) or self.times[index] >= end:
                yield start, end, price
                return
            yield start, self.times[index], price
            start = self.times[index]
            index += 1
