"""Where a bill will end: what is still to be used, from the days so far and the weather.

The use of a day is taken to go with how much colder or warmer it is outdoors
than the temperature at which the home needs nothing (degree-days). Where the
days tell nothing of that, each day to come is taken to be as the last ones
were. Energy is in kWh, temperatures in °C.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
import math

from .ledger import QUARTER, Ledger
from .tariff import BillingPeriod, Tariff
from .tariff.bill import Biller

FEWEST_DAYS = 7
"""Complete days without which nothing can be told of the weather."""

MEAN_DAYS = 14
"""Last days that are averaged where the weather tells nothing."""

GAIN = 0.85
"""Share of the mean's deviation below which degree-days must come, to be believed."""

SPREAD = 1.5
"""Standard deviations within which four bills out of five end.

More than the 1.28 of a normal distribution: the days are few, and not independent.
"""

WEATHER_DEVIATION = 4.0
"""K by which a day that no forecast reaches lies from what is usual (an assumption)."""

WEATHER_MEMORY = 3.0
"""Days for which the weather stays alike (an assumption)."""

UNKNOWN_DAY = 0.5
"""Share of a day's use by which a day may be another, where one day only is known."""

_HEATING_BASES = (10.0, 12.0, 14.0, 16.0, 18.0)
_COOLING_BASES = (18.0, 20.0, 22.0, 24.0)

ABNORMAL = 1.5
"""Times the expected use at which a unit uses too much."""

NORMAL_AGAIN = 1.2
"""Times the expected use at which it does no more."""

ABNORMAL_DAYS = 3
"""Days that are judged together."""

ABNORMAL_HISTORY = 14
"""Days that must be known before them."""

ABNORMAL_LEAST = 3.0
"""kWh above the expected below which no use is abnormal."""


class Method(StrEnum):
    """How the days to come were reckoned."""

    DEGREE_DAYS = "degree_days"
    DAILY_MEAN = "daily_mean"


@dataclass(frozen=True, slots=True)
class DayUse:
    """What was used on a day, and how warm it was outdoors on average."""

    day: date
    kwh: float
    outdoor: float | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """What a day uses: a base, and more for each degree of cold or heat.

    `deviation` is that of the days from it, `count` how many they were.
    `centre` are their mean degree-days of heating and of cooling, `spread` the
    sums of squares around it: far from its days a line is less sure.
    """

    base: float
    heating: float = 0.0
    cooling: float = 0.0
    heat_below: float = 0.0
    cool_above: float = 0.0
    deviation: float = 0.0
    count: int = 1
    method: Method = Method.DAILY_MEAN
    centre: tuple[float, float] = (0.0, 0.0)
    spread: tuple[float, float] = (0.0, 0.0)

    def degrees(self, outdoor: float) -> tuple[float, float]:
        """Return a day's degree-days of heating and of cooling."""
        return (
            max(self.heat_below - outdoor, 0.0),
            max(outdoor - self.cool_above, 0.0),
        )

    def expected(self, outdoor: float | None) -> float:
        """Return what a day of a temperature uses."""
        if outdoor is None:
            return self.base
        cold, warm = self.degrees(outdoor)
        return self.base + self.heating * cold + self.cooling * warm

    def slope(self, outdoor: float) -> float:
        """Return by how much a degree changes a day's use."""
        if outdoor < self.heat_below:
            return self.heating
        return self.cooling if outdoor > self.cool_above else 0.0


def fit(days: Sequence[DayUse]) -> Model | None:
    """Return the model of some complete days, None without any."""
    if not days:
        return None
    mean = _mean_of(days)
    known = [day for day in days if day.outdoor is not None]
    if len(known) < FEWEST_DAYS:
        return mean
    best: Model | None = None
    for heat_below in _HEATING_BASES:
        for cool_above in _COOLING_BASES:
            found = _regress(known, heat_below, cool_above)
            if best is None or found.deviation < best.deviation:
                best = found
    flat = _deviation([day.kwh for day in known], 1)
    if best is None or not best.deviation < GAIN * flat:
        return mean
    return best


def _mean_of(days: Sequence[DayUse]) -> Model:
    last = [day.kwh for day in days[-MEAN_DAYS:]]
    mean = math.fsum(last) / len(last)
    deviation = _deviation(last, 1) if len(last) > 1 else UNKNOWN_DAY * mean
    return Model(base=mean, deviation=deviation, count=len(last))


def _deviation(values: Sequence[float], parameters: int) -> float:
    mean = math.fsum(values) / len(values)
    return _root([value - mean for value in values], parameters)


def _root(residuals: Sequence[float], parameters: int) -> float:
    free = max(len(residuals) - parameters, 1)
    return math.sqrt(math.fsum(error * error for error in residuals) / free)


def _regress(days: Sequence[DayUse], heat_below: float, cool_above: float) -> Model:
    """Fit a line to degree-days; a slope below zero is none."""
    heat = [max(heat_below - (day.outdoor or 0.0), 0.0) for day in days]
    cool = [max((day.outdoor or 0.0) - cool_above, 0.0) for day in days]
    use = [day.kwh for day in days]
    columns = {"heating": heat, "cooling": cool}
    while True:
        base, slopes = _least_squares(use, list(columns.values()))
        negative = [
            key
            for key, slope in zip(columns, slopes, strict=True)
            if slope <= 0 or max(columns[key]) == 0
        ]
        if not negative:
            break
        for key in negative:
            del columns[key]
    found = dict(zip(columns, slopes, strict=True))
    model = Model(
        base=base,
        heating=found.get("heating", 0.0),
        cooling=found.get("cooling", 0.0),
        heat_below=heat_below,
        cool_above=cool_above,
        count=len(days),
        method=Method.DEGREE_DAYS,
    )
    if base < 0:
        # A day uses no less than nothing: the line goes through the origin.
        base = 0.0
        model = _scaled(model, days)
    residuals = [day.kwh - model.expected(day.outdoor) for day in days]
    return Model(
        base=base,
        heating=model.heating,
        cooling=model.cooling,
        heat_below=heat_below,
        cool_above=cool_above,
        deviation=_root(residuals, 1 + len(columns)),
        count=len(days),
        method=Method.DEGREE_DAYS,
        centre=(math.fsum(heat) / len(days), math.fsum(cool) / len(days)),
        spread=(
            _squares(heat) if model.heating else 0.0,
            _squares(cool) if model.cooling else 0.0,
        ),
    )


def _squares(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values)


def _scaled(model: Model, days: Sequence[DayUse]) -> Model:
    free = Model(
        base=0.0,
        heating=model.heating,
        cooling=model.cooling,
        heat_below=model.heat_below,
        cool_above=model.cool_above,
    )
    expected = [free.expected(day.outdoor) for day in days]
    square = math.fsum(value * value for value in expected)
    scale = (
        math.fsum(value * day.kwh for value, day in zip(expected, days, strict=True))
        / square
        if square
        else 0.0
    )
    return Model(
        base=0.0,
        heating=model.heating * scale,
        cooling=model.cooling * scale,
        heat_below=model.heat_below,
        cool_above=model.cool_above,
    )


def _least_squares(
    values: Sequence[float], columns: Sequence[Sequence[float]]
) -> tuple[float, tuple[float, ...]]:
    """Return the base and the slopes of the line nearest to the values."""
    count = len(values)
    mean = math.fsum(values) / count
    centred = [
        [value - math.fsum(column) / count for value in column] for column in columns
    ]
    own = [value - mean for value in values]
    if not columns:
        return mean, ()
    products = [
        math.fsum(a * b for a, b in zip(column, own, strict=True)) for column in centred
    ]
    squares = [math.fsum(a * a for a in column) for column in centred]
    slopes: tuple[float, ...]
    if len(columns) == 1:
        slopes = (products[0] / squares[0] if squares[0] else 0.0,)
    else:
        cross = math.fsum(a * b for a, b in zip(*centred, strict=True))
        determinant = squares[0] * squares[1] - cross * cross
        if determinant <= 1e-9 * max(squares[0] * squares[1], 1e-9):
            slopes = tuple(
                product / square if square else 0.0
                for product, square in zip(products, squares, strict=True)
            )
        else:
            slopes = (
                (products[0] * squares[1] - products[1] * cross) / determinant,
                (products[1] * squares[0] - products[0] * cross) / determinant,
            )
    base = mean - math.fsum(
        slope * math.fsum(column) / count
        for slope, column in zip(slopes, columns, strict=True)
    )
    return base, slopes


@dataclass(frozen=True, slots=True)
class Outlook:
    """The mean temperature that a day to come is expected to have."""

    day: date
    outdoor: float | None
    is_forecast: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is still to be used in the period: by day, and how sure that is."""

    by_day: Mapping[date, float]
    deviation: float


def ahead(model: Model, days: Sequence[Outlook], today_left: float = 1.0) -> Ahead:
    """Return what some days will use; of the first only a share is left."""
    by_day: dict[date, float] = {}
    variance = 0.0
    weather = 0.0
    shares = 0.0
    far = [0.0, 0.0]
    for index, outlook in enumerate(days):
        share = today_left if index == 0 else 1.0
        by_day[outlook.day] = share * max(model.expected(outlook.outdoor), 0.0)
        variance += (share * model.deviation) ** 2
        shares += share
        if outlook.outdoor is not None:
            for which, degrees in enumerate(model.degrees(outlook.outdoor)):
                far[which] += share * (degrees - model.centre[which])
        if outlook.outdoor is not None and not outlook.is_forecast:
            slope = share * model.slope(outlook.outdoor)
            weather += (slope * WEATHER_DEVIATION) ** 2 * WEATHER_MEMORY
    # The model itself is only as sure as the days that it was made of.
    variance += (shares * model.deviation) ** 2 / model.count
    for distance, spread in zip(far, model.spread, strict=True):
        if spread > 0:
            variance += (distance * model.deviation) ** 2 / spread
    return Ahead(by_day, math.sqrt(variance + weather))


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a bill will end, and between what four out of five do."""

    total: float
    low: float
    high: float
    kwh: float
    method: Method


def project(
    tariff: Tariff,
    period: BillingPeriod,
    ledger: Ledger,
    home: Ledger | None,
    now: float,
    model: Model,
    outlooks: Sequence[Outlook],
    *,
    with_fixed: bool,
) -> Projection:
    """Return where a period's bill will end.

    What is to come is spread over each day as the last days were, and priced
    by the plan: so tiers, hours and taxes are those that it will have. A price
    entity's price is taken to stay at its mean so far.
    """
    profile = profile_of(ledger, tariff, now)
    today = tariff.day_at(now)
    done = (int(now // QUARTER) + 1 - today.first) / (today.end - today.first)
    left = math.fsum(profile[int(min(done, 1.0) * len(profile)) :])
    coming = ahead(model, outlooks, left)
    expected = math.fsum(coming.by_day.values())
    totals: list[float] = []
    kwh = 0.0
    for spread in (0.0, -SPREAD, SPREAD):
        wanted = max(expected + spread * coming.deviation, 0.0)
        scale = wanted / expected if expected > 0 else 0.0
        filled = _filled(tariff, ledger, now, coming.by_day, profile, scale)
        whole = None
        if home is not None:
            whole = _filled_home(tariff, home, ledger, filled, now, outlooks)
        bill = Biller(tariff, period, filled, whole).bill(
            tariff.bounds(period)[1], with_fixed=with_fixed
        )
        totals.append(bill.total)
        kwh = kwh or bill.kwh
    return Projection(
        totals[0],
        min(totals),
        max(totals),
        kwh,
        model.method,
    )


def profile_of(ledger: Ledger, tariff: Tariff, now: float) -> tuple[float, ...]:
    """Return the share of a day's use in each quarter of an hour, of the last days."""
    today = tariff.day_at(now)
    sums = [0.0] * 96
    for bucket in range(today.first - MEAN_DAYS * 96, today.first):
        if kwh := ledger.kwh.get(bucket, 0.0):
            sums[(bucket - today.first) % 96] += kwh
    if (total := math.fsum(sums)) > 0:
        return tuple(value / total for value in sums)
    return (1 / 96,) * 96


def _filled(
    tariff: Tariff,
    ledger: Ledger,
    now: float,
    by_day: Mapping[date, float],
    profile: Sequence[float],
    scale: float,
) -> Ledger:
    """Return a ledger with the days to come filled in."""
    filled = ledger.copy()
    priced = math.fsum(filled.spot_kwh.values())
    spot = math.fsum(filled.spot.values()) / priced if priced > 0 else None
    current = int(now // QUARTER)
    for day_of, kwh in by_day.items():
        if kwh * scale == 0:
            continue
        day = tariff.day(day_of)
        first = max(day.first, current + 1)
        shares = [
            profile[(bucket - day.first) % 96] for bucket in range(first, day.end)
        ]
        total = math.fsum(shares) or 1.0
        for bucket, share in zip(range(first, day.end), shares, strict=True):
            amount = kwh * scale * share / total
            filled.kwh[bucket] = amount
            if spot is not None:
                filled.spot[bucket] = amount * spot
                filled.spot_kwh[bucket] = amount
    return filled


def _filled_home(
    tariff: Tariff,
    home: Ledger,
    unit: Ledger,
    filled: Ledger,
    now: float,
    outlooks: Sequence[Outlook],
) -> Ledger:
    """Return the home's ledger with the days to come: the rest stays as it was."""
    if home.has_fed:
        return _filled_feeding_home(tariff, home, unit, filled, now, outlooks)
    rest = [0.0] * 96
    known = _known_days(tariff, home, now)
    for first in reversed(known):
        amounts = [
            max(home.kwh.get(bucket, 0.0) - unit.kwh.get(bucket, 0.0), 0.0)
            for bucket in range(first, first + 96)
        ]
        rest = [a + b for a, b in zip(rest, amounts, strict=True)]
    whole = home.copy()
    for _, bucket, place in _to_come(tariff, now, outlooks):
        other = rest[place] / len(known) if known else 0.0
        whole.kwh[bucket] = other + filled.kwh.get(bucket, 0.0)
    return whole


def _filled_feeding_home(
    tariff: Tariff,
    home: Ledger,
    unit: Ledger,
    filled: Ledger,
    now: float,
    outlooks: Sequence[Outlook],
) -> Ledger:
    """Return the ledger of a home that feeds into the grid, with the days to come.

    The rest of the home, and what it makes, is in each of them as on one of the last
    days, in turn: the mean of them draws less than they do, and feeds less in.
    """
    known = _known_days(tariff, home, now)
    whole = home.copy()
    for index, bucket, place in _to_come(tariff, now, outlooks):
        drawn = filled.kwh.get(bucket, 0.0)
        if known:
            like = known[index % len(known)] + place
            drawn += home.kwh.get(like, 0.0) - home.fed.get(like, 0.0)
            drawn -= unit.kwh.get(like, 0.0)
        whole.kwh[bucket] = max(drawn, 0.0)
        if drawn < 0:
            whole.fed[bucket] = -drawn
    return whole


def _known_days(tariff: Tariff, home: Ledger, now: float) -> list[int]:
    """Return the first buckets of the last days of which something is known."""
    today = tariff.day_at(now)
    return [
        first
        for first in range(today.first - MEAN_DAYS * 96, today.first, 96)
        if any(bucket in home.kwh for bucket in range(first, first + 96))
    ]


def _to_come(
    tariff: Tariff, now: float, outlooks: Sequence[Outlook]
) -> Iterator[tuple[int, int, int]]:
    """Yield the buckets to come: the index of their day, they, and their place in a day."""
    current = int(now // QUARTER)
    for index, outlook in enumerate(outlooks):
        day = tariff.day(outlook.day)
        for bucket in range(max(day.first, current + 1), day.end):
            yield index, bucket, (bucket - day.first) % 96


def days_of(
    ledger: Ledger, tariff: Tariff, now: float, outdoor: Mapping[date, float]
) -> list[DayUse]:
    """Return the complete days that the ledger knows, the oldest first.

    The first day that something was counted on is left out: it is a part.
    """
    if not ledger.kwh:
        return []
    first = tariff.date_of(min(ledger.kwh) * QUARTER) + timedelta(days=1)
    today = tariff.date_of(now)
    found: list[DayUse] = []
    while first < today:
        day = tariff.day(first)
        found.append(
            DayUse(first, ledger.total(day.first, day.end), outdoor.get(first))
        )
        first += timedelta(days=1)
    return found


@dataclass(frozen=True, slots=True)
class Excess:
    """What a unit used in its last days, and what it was expected to."""

    kwh: float
    expected: float

    @property
    def ratio(self) -> float:
        """How many times the expected."""
        return self.kwh / self.expected if self.expected > 0 else 0.0

    @property
    def is_abnormal(self) -> bool:
        """Whether that is so much more that its owner should know."""
        return self.ratio >= ABNORMAL and self.kwh - self.expected >= ABNORMAL_LEAST


def excess(days: Sequence[DayUse]) -> Excess | None:
    """Compare the last days with what those before them tell of the weather.

    None where that is not enough: too few days, or none that the weather
    explains.
    """
    last = days[-ABNORMAL_DAYS:]
    before = days[:-ABNORMAL_DAYS]
    if len(before) < ABNORMAL_HISTORY or any(day.outdoor is None for day in last):
        return None
    model = fit(before)
    if model is None or model.method is not Method.DEGREE_DAYS:
        return None
    return Excess(
        math.fsum(day.kwh for day in last),
        math.fsum(max(model.expected(day.outdoor), 0.0) for day in last),
    )
