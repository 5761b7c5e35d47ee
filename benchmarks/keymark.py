"""The model at every published test point of the European Heat Pump Keymark.

    git clone https://github.com/FZJ-IEK3-VSA/hplib
    benchmarks/keymark.py hplib/input/csv

The folder holds what the Keymark publishes of each machine: heat and COP at the
tests of EN 14825 (-7, 2, 7 and 12 °C, average climate; water at low and at medium
temperature, or a room's air), cooling at 35, 30, 25 and 20 °C, and the COP of hot
water by climate (EN 16147). Nothing of it is in this repository.

Each point of heating is predicted from the machine's other points alone. Of
electricity, the power is told that the published heat takes. Of cooling, the points
at part load are predicted from that at 35 °C; of hot water, those of the warmer and
the colder climate from that of the average one.

Beside it: a constant COP (the mean of the same points), and the model that hplib
has (COP straight in the temperatures of source and water), fitted to the same
points. One that is sold under many names is counted once.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
import csv
from pathlib import Path
from statistics import mean, median
import sys
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measured import MeasuredCop, through
from custom_components.klima.core.activity import Activity
from custom_components.klima.core.family import Family
from custom_components.klima.core.performance import HEATING_SLOPE, performance
from custom_components.klima.core.ratings import HEATING_POINTS, Ratings

# °C outdoors, the variables of heat and of COP, °C water at low and medium temperature.
TESTS = (
    (-7.0, "EN14825_008", "EN14825_009", 34.0, 52.0),
    (2.0, "EN14825_010", "EN14825_011", 30.0, 42.0),
    (7.0, "EN14825_012", "EN14825_013", 27.0, 36.0),
    (12.0, "EN14825_014", "EN14825_015", 24.0, 30.0),
)
COOLING = (
    (35.0, "EN14825_032", "EN14825_033"),
    (30.0, "EN14825_034", "EN14825_035"),
    (25.0, "EN14825_036", "EN14825_037"),
    (20.0, "EN14825_038", "EN14825_039"),
)
AVERAGE, LOW, MEDIUM, AIR = "3", "4", "5", "9"
HOT_WATER = {"3": 7.0, "1": 14.0, "2": 2.0}
"""°C of the air by climate: average, warmer, colder."""

FAMILIES = {
    "Air/Air Single Split": Family.MINI_SPLIT,
    "Air/Air Multi Split": Family.MINI_SPLIT,
    "Outdoor Air/Water": Family.DUCTED_AIR_SOURCE,
    "Hybrid Air/Water": Family.DUCTED_AIR_SOURCE,
    "Brine/Water": Family.GROUND_SOURCE,
    "Water/Water": Family.WATER_SOURCE,
}
BOTH = "Brine/Water and Water/Water"
OF_BOTH = {"2": Family.GROUND_SOURCE, "3": Family.WATER_SOURCE}
SOURCES = {Family.GROUND_SOURCE: 0.0, Family.WATER_SOURCE: 10.0}

ROOM = 20.0

type Values = dict[tuple[str, str, str, str], float]


class Point(NamedTuple):
    """A test: the day's °C, and what was measured; `heat` in W."""

    outdoor: float
    cop: MeasuredCop
    heat: float


class Errors(NamedTuple):
    """Relative errors at the same points: of the COP by each way, and of the power."""

    klima: list[float]
    constant: list[float]
    hplib: list[float]
    power: list[float]
    constant_power: list[float]


def machines(folder: Path) -> Iterator[tuple[str, Values]]:
    """Yield each machine's type, and its values by name, temperature, climate and kind."""
    csv.field_size_limit(10**8)
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            rows = list(csv.DictReader(file))
        if not rows or "varName" not in rows[0]:
            continue
        kind = next((row["value"] for row in rows if row["varName"] == "Type"), "")
        by_model: dict[str, Values] = defaultdict(dict)
        for row in rows:
            if not (row["varName"] or "").startswith(("EN14825", "EN16147")):
                continue
            try:
                value = float(row["value"])
            except TypeError, ValueError:
                continue
            key = (row["varName"], row["temperature"], row["climate"], row["hpType"])
            by_model[row["modelID"]][key] = value
        for values in by_model.values():
            yield kind, values


def points(values: Values, family: Family, kind: str) -> list[Point]:
    """Return the tests of heating in the average climate."""
    found = []
    levels = (AIR,) if family is Family.MINI_SPLIT else (LOW, MEDIUM)
    for level in levels:
        full = values.get((TESTS[0][1], level, AVERAGE, kind), 0.0)
        for outdoor, of_heat, of_cop, low, medium in TESTS:
            heat = values.get((of_heat, level, AVERAGE, kind), 0.0)
            cop = values.get((of_cop, level, AVERAGE, kind), 0.0)
            if not (heat > 0 and full > 0 and 1.0 < cop < 15.0):
                continue
            capacity = full
            if family not in SOURCES:
                slope = HEATING_SLOPE
                rated = HEATING_POINTS["cop_8"]
                capacity *= 1 + slope * (outdoor - rated)
                capacity /= 1 + slope * (-7.0 - rated)
            sink = {AIR: ROOM, LOW: low, MEDIUM: medium}[level]
            load = min(heat / capacity, 1.0)
            source = SOURCES.get(family, outdoor)
            measured = MeasuredCop(source, sink, cop, load)
            found.append(Point(outdoor, measured, 1000 * heat))
    return found


def straight(given: list[Point], at: Point, *, with_sink: bool) -> float:
    """Return the COP of a plane through points by least squares, hplib's model."""

    def terms(point: Point) -> list[float]:
        found = [1.0, point.outdoor]
        return [*found, point.cop.sink] if with_sink else found

    size = len(terms(at))
    matrix = [
        [sum(terms(p)[i] * terms(p)[j] for p in given) for j in range(size)]
        + [sum(terms(p)[i] * p.cop.cop for p in given)]
        for i in range(size)
    ]
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(matrix[row][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        for row in range(size):
            if row != i:
                factor = matrix[row][i] / matrix[i][i]
                matrix[row] = [
                    a - factor * b for a, b in zip(matrix[row], matrix[i], strict=True)
                ]
    return sum(term * matrix[i][-1] / matrix[i][i] for i, term in enumerate(terms(at)))


def heating(family: Family, tests: list[Point], errors: Errors) -> None:
    """Predict each test from the others of the machine."""
    for at in tests:
        given = [point for point in tests if point is not at]
        model = through(family, [point.cop for point in given])
        truth = at.cop.cop
        cop = model.cop_between(at.cop.source, at.cop.sink, at.cop.load)
        constant = mean(point.cop.cop for point in given)
        errors.klima.append(cop / truth - 1)
        errors.constant.append(constant / truth - 1)
        plane = straight(given, at, with_sink=family is not Family.MINI_SPLIT)
        errors.hplib.append(plane / truth - 1)
        watts = at.heat / truth
        errors.power.append(at.heat / cop / watts - 1)
        errors.constant_power.append(at.heat / constant / watts - 1)


def cooling(
    family: Family, values: Values, level: str
) -> Iterator[tuple[float, float]]:
    """Yield the error of the model and of a constant COP at part load."""
    sought = [
        (outdoor, values.get((c, level, "4", "0")), values.get((e, level, "4", "0")))
        for outdoor, c, e in COOLING
    ]
    _, full, rated = sought[0]
    if not full or not rated or rated <= 1:
        return
    model = performance(family, Ratings())
    # Water leaves at 7 or 18 °C, and comes back 5 K warmer.
    indoor = {"6": 9.5, "7": 20.5, "10": 27.0}[level]
    most = model.cop(Activity.COOLING, 35.0, indoor)
    for outdoor, moved, truth in sought[1:]:
        if not moved or not truth or not 1 < truth < 25:
            continue
        cop = model.cop(Activity.COOLING, outdoor, indoor, load=min(moved / full, 1.0))
        yield rated * cop / most / truth - 1, rated / truth - 1


def hot_water(values: Values) -> Iterator[tuple[float, float]]:
    """Yield the error of the model and of a constant COP in the other climates."""

    def told(name: str, climate: str) -> float | None:
        return next(
            (
                value
                for (key, _, at, _), value in values.items()
                if (key, at) == (name, climate)
            ),
            None,
        )

    given = told("EN16147_003", AVERAGE)
    if given is None or not 1 < given < 8:
        return
    model = performance(Family.HEAT_PUMP_WATER_HEATER, Ratings())
    sink = told("EN16147_005", AVERAGE) or 52.0
    base = model.cop(Activity.HEATING, HOT_WATER[AVERAGE], sink)
    for climate, air in HOT_WATER.items():
        truth = told("EN16147_003", climate)
        if climate == AVERAGE or truth is None or not 1 < truth < 8:
            continue
        cop = model.cop(Activity.HEATING, air, sink)
        yield given * cop / base / truth - 1, given / truth - 1


def told(errors: list[float]) -> str:
    """Return the median and the 90th percentile of the absolute errors."""
    sizes = sorted(map(abs, errors))
    return f"{median(sizes):7.1%} ({sizes[int(0.9 * (len(sizes) - 1))]:6.1%})"


def main() -> int:
    """Print the tables; fail where the median error of all COPs exceeds 10 %."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="hplib's folder input/csv")
    folder = parser.parse_args().folder
    found: dict[str, Errors] = {}
    cools: dict[str, list[tuple[float, float]]] = defaultdict(list)
    tanks: list[tuple[float, float]] = []
    seen: set[object] = set()
    count: dict[str, int] = defaultdict(int)
    for kind, values in machines(folder):
        mark = (kind, tuple(sorted(values.items())))
        if mark in seen:
            continue
        seen.add(mark)
        kinds = (
            [(family, key) for key, family in OF_BOTH.items()]
            if kind == BOTH
            else [(FAMILIES[kind], "0")]
            if kind in FAMILIES
            else []
        )
        for family, key in kinds:
            tests = points(values, family, key)
            same = (family, tuple((p.outdoor, p.cop, p.heat) for p in tests))
            if len(tests) >= 4 and same not in seen:
                seen.add(same)
                count[family.value] += 1
                empty = Errors([], [], [], [], [])
                heating(family, tests, found.setdefault(family.value, empty))
            if family in SOURCES:
                continue
            for level in ("6", "7", "10"):
                errors = tuple(cooling(family, values, level))
                if errors and (family, level, errors) not in seen:
                    seen.add((family, level, errors))
                    cools[f"{family.value}, {'water' if level != '10' else 'air'}"] += (
                        errors
                    )
        if kind == "Heat Pump for Domestic Hot Water (DHW)" or kind in FAMILIES:
            errors = tuple(hot_water(values))
            if errors and kind.startswith("Heat Pump") and ("hw", errors) not in seen:
                seen.add(("hw", errors))
                tanks += errors
    everything = Errors(
        *(
            [error for errors in lists for error in errors]
            for lists in zip(*found.values(), strict=True)
        )
    )
    print("Heating, absolute errors: median (90th percentile)")
    columns = ("COP: Klima", "constant", "hplib's form", "power: Klima", "constant")
    print(
        f"{'family':20} {'machines':>8} {'points':>7}  "
        + "".join(f"{c:>19}" for c in columns)
    )
    for name, errors in [*found.items(), ("all", everything)]:
        machines_ = count.get(name, sum(count.values()))
        cells = "".join(f"{told(list(column)):>19}" for column in errors)
        print(f"{name:20} {machines_:8} {len(errors.klima):7}  {cells}")
    print("\nCooling at part load from that at 35 °C: Klima, constant COP")
    for name, pairs in cools.items():
        cells = "".join(
            f"{told(list(column)):>19}" for column in zip(*pairs, strict=True)
        )
        print(f"{name:36} {len(pairs):6}  {cells}")
    print("\nHot water in a warmer and a colder climate: Klima, constant COP")
    cells = "".join(f"{told(list(column)):>19}" for column in zip(*tanks, strict=True))
    print(f"{'heat_pump_water_heater':36} {len(tanks):6}  {cells}")
    return int(median(map(abs, everything.klima)) > 0.10)


if __name__ == "__main__":
    raise SystemExit(main())
