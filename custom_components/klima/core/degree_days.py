"""What a day uses, by how cold or warm it is outdoors: degree-days.

The use of a day is taken to go with how much colder or warmer it is outdoors than
the temperature at which the home needs nothing: the variable-base degree-day model
of ASHRAE's inverse modelling toolkit (RP-1050), fitted by least squares for each
pair of base temperatures, of which the best is taken. Where the days tell nothing
of the weather, a day is taken to be as the last ones were. Energy is in kWh,
temperatures in °C.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
import math

FEWEST_DAYS = 7
"""Complete days without which nothing can be told of the weather."""

MEAN_DAYS = 14
"""Last days that are averaged where the weather tells nothing."""

GAIN = 0.85
"""Share of the mean's deviation below which degree-days must come, to be believed."""

UNKNOWN_DAY = 0.5
"""Share of a day's use by which a day may be another, where one day only is known."""

_HEATING_BASES = (10.0, 12.0, 14.0, 16.0, 18.0)
"""°C outdoors below which a home may need heat: each is tried."""

_COOLING_BASES = (18.0, 20.0, 22.0, 24.0)
"""°C outdoors above which a home may need cooling: each is tried."""


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
    """Return the model that knows no weather: a day is as the last ones were."""
    last = [day.kwh for day in days[-MEAN_DAYS:]]
    mean = math.fsum(last) / len(last)
    deviation = _deviation(last, 1) if len(last) > 1 else UNKNOWN_DAY * mean
    return Model(base=mean, deviation=deviation, count=len(last))


def _deviation(values: Sequence[float], parameters: int) -> float:
    """Return the standard deviation from the mean."""
    mean = math.fsum(values) / len(values)
    return _root([value - mean for value in values], parameters)


def _root(residuals: Sequence[float], parameters: int) -> float:
    """Return the standard deviation that a fit of some parameters leaves."""
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
        model = _through_origin(model, days)
    residuals = [day.kwh - model.expected(day.outdoor) for day in days]
    return replace(
        model,
        deviation=_root(residuals, 1 + len(columns)),
        centre=(math.fsum(heat) / len(days), math.fsum(cool) / len(days)),
        spread=(
            _squares(heat) if model.heating else 0.0,
            _squares(cool) if model.cooling else 0.0,
        ),
    )


def _squares(values: Sequence[float]) -> float:
    """Return the sum of squares around the mean."""
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values)


def _through_origin(model: Model, days: Sequence[DayUse]) -> Model:
    """Return the model with no base, its slopes scaled to what the days used."""
    free = replace(model, base=0.0)
    expected = [free.expected(day.outdoor) for day in days]
    used = math.fsum(value * day.kwh for value, day in zip(expected, days, strict=True))
    square = math.fsum(value * value for value in expected)
    scale = used / square if square else 0.0
    return replace(free, heating=free.heating * scale, cooling=free.cooling * scale)


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
