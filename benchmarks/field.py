"""The model against a year of heat pumps in homes, each with a heat and a power meter.

    git clone https://github.com/openenergymonitor/heatpumpmonitor.org
    git clone https://github.com/RE-Lab-Projects/hplib
    benchmarks/field.py heatpumpmonitor.org/analysis/performance_prediction/\
heatpumpmonitor_all_fields_last365_2026-07-15.csv hplib/hplib/hplib_database.csv

The file holds what heatpumpmonitor.org's systems (to water, nearly all in Great
Britain) measured in 365 days: electricity, heat, and the mean temperatures of the
flow and of the air outdoors, for space heating and for hot water by themselves.
Nothing of it is in this repository. The level of `WATER_HEATING`, `TANK_FLOW`,
`WATER_WORKING_LOAD` and `TANK_LOAD` are of the homes of air source with an even id:
parts 1 and 3 tell of those with an odd one.

1. The COP of space heating and of hot water with no figure given: as Klima does it,
   which knows the room or the tank, and the air outdoors ("Klima"), and as it did
   before it told heat by water apart ("by air").
2. The COP of hot water from the same system's space heating, and the other way
   round: the one is the only figure that is given. Of all homes.
3. The power while the system heats its home or its tank, with no meter: from the
   capacity that its owner states and the temperature outdoors.

Beside it a constant: the rated COP of the family's ducted unit ("constant"), the
middle of the homes that Klima's figures are of ("fitted"; in 3 the middle power of a
kW of stated capacity), in 2 the given COP; and hplib's generic heat pump (COP straight
in the temperatures; in 2 scaled by the given figure).
"""

import argparse
from collections import defaultdict
import csv
from pathlib import Path
from statistics import median
import sys

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.measured import MeasuredCop, through
from custom_components.klima.core.activity import Activity
from custom_components.klima.core.calibration import COP_TYPICAL, TYPICAL
from custom_components.klima.core.estimate import Operation, estimate
from custom_components.klima.core.family import Family
from custom_components.klima.core.performance import Performance, performance
from custom_components.klima.core.ratings import Ratings

FAMILIES = {
    "Air Source": Family.DUCTED_AIR_SOURCE,
    "Ground Source": Family.GROUND_SOURCE,
    "Water Source": Family.WATER_SOURCE,
}
GROUPS = {
    Family.DUCTED_AIR_SOURCE: "1",
    Family.GROUND_SOURCE: "2",
    Family.WATER_SOURCE: "3",
}
"""hplib's groups: its generic heat pump of the kind, regulated where it has one."""

SOURCES = {Family.GROUND_SOURCE: 5.0, Family.WATER_SOURCE: 12.0}
ROOM = 20.0
TANK, REHEAT = 48.0, 8.0
"""°C of a tank where no target is stated, and K below it in the mean of a reheat."""
LEAST = 100.0
"""kWh of electricity in the year below which a use is left out."""

type Row = dict[str, str]
type Errors = dict[str, dict[str, list[float]]]


def figure(row: Row, key: str) -> float | None:
    """Return a figure of the file, None where there is none."""
    try:
        return float(row[key])
    except ValueError:
        return None


def measured(row: Row, family: Family, use: str) -> tuple[MeasuredCop, float] | None:
    """Return what a use measured in the year, and the °C outdoors."""
    names = ("cop", "flowT_mean", "outsideT_mean", "heat_mean", "elec_kwh")
    cop, flow, outdoor, heat, used = (figure(row, f"{use}_{name}") for name in names)
    output = figure(row, "hp_output")
    if not (cop and flow and outdoor is not None and heat and output and used):
        return None
    if used < LEAST or not 1 < cop < 10:
        return None
    load = min(heat / 1000 / output, 1.0)
    return MeasuredCop(SOURCES.get(family, outdoor), flow, cop, load), outdoor


def plane(generic: Row, at: MeasuredCop, outdoor: float) -> float:
    """Return the COP of a generic heat pump of hplib."""
    p1, p2, p3, p4 = (float(generic[f"p{i}_COP [-]"]) for i in range(1, 5))
    return p1 * at.source + p2 * at.sink + p3 + p4 * outdoor


def is_fitted(row: Row) -> bool:
    """Return whether Klima's figures are of this home."""
    return int(row["id"]) % 2 == 0


def model_of(row: Row, ratings: Ratings) -> Performance:
    """Return Klima's model of a home: it sees whether there is a tank."""
    heats_tank = row["dhw_method"] not in ("", "None")
    return performance(FAMILIES[row["hp_type"]], ratings, heats_tank=heats_tank)


def indoor_of(row: Row, use: str) -> float:
    """Return the °C of the room, or of the tank in the mean of a reheat."""
    if use == "space":
        return ROOM
    return (figure(row, "dhw_target_temperature") or TANK) - REHEAT


def middles(rows: list[Row]) -> dict[tuple[str, str], float]:
    """Return the middle COP, and W of a W stated, of the homes that figures are of."""
    seen: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        family = FAMILIES[row["hp_type"]]
        if family is not Family.DUCTED_AIR_SOURCE or not is_fitted(row):
            continue
        for use in ("space", "water"):
            point, watts = measured(row, family, use), figure(row, f"{use}_elec_mean")
            output = figure(row, "hp_output")
            if point and watts and output:
                seen[use, "cop"].append(point[0].cop)
                seen[use, "power"].append(watts / 1000 / output)
    return {what: median(figures) for what, figures in seen.items()}


def told(errors: list[float]) -> str:
    """Return the bias, the median and the 90th percentile of the absolute errors."""
    sizes = sorted(map(abs, errors))
    return (
        f"{median(errors):+6.1%} {median(sizes):6.1%}"
        f" ({sizes[int(0.9 * (len(sizes) - 1))]:6.1%})"
    )


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("field", type=Path, help="heatpumpmonitor.org's file")
    parser.add_argument("hplib", type=Path, help="hplib's hplib_database.csv")
    arguments = parser.parse_args()
    with arguments.hplib.open(encoding="utf-8", newline="") as file:
        generics = {
            row["Group"].removesuffix(".0"): row
            for row in csv.DictReader(file)
            if row["Model"] == "Generic"
        }
    with arguments.field.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    found: Errors = defaultdict(lambda: defaultdict(list))
    systems: dict[str, int] = defaultdict(int)
    within = {"space": [0, 0], "water": [0, 0], "power": [0, 0]}
    middle = middles(rows)

    def count(what: str, error: float, limit: float) -> None:
        within[what][0] += abs(error) <= limit
        within[what][1] += 1

    for row in rows:
        family = FAMILIES[row["hp_type"]]
        systems[family.value] += 1
        generic = generics[GROUPS[family]]
        by_air = performance(family, Ratings())
        typical = model_of(row, Ratings())
        output = figure(row, "hp_output")
        uses = {use: measured(row, family, use) for use in ("space", "water")}
        for use, point in uses.items():
            if point is None:
                continue
            at, outdoor = point
            indoor = indoor_of(row, use)
            if not is_fitted(row):
                table = found[f"1 {family.value}, {use}, nothing given"]
                cop = typical.cop(Activity.HEATING, outdoor, indoor, load=at.load)
                table["Klima"].append(cop / at.cop - 1)
                cop = by_air.cop(Activity.HEATING, outdoor, ROOM, load=at.load)
                table["by air"].append(cop / at.cop - 1)
                table["constant"].append(by_air.rated_cop / at.cop - 1)
                table["fitted"].append(middle[use, "cop"] / at.cop - 1)
                table["hplib"].append(plane(generic, at, outdoor) / at.cop - 1)
                count(use, table["Klima"][-1], COP_TYPICAL)
                watts = figure(row, f"{use}_elec_mean")
                if watts and output:
                    operation = Operation(
                        activity=Activity.HEATING,
                        room=indoor,
                        target=ROOM if use == "space" else indoor + REHEAT,
                        outdoor=outdoor,
                    )
                    sized = Ratings(heating_capacity=output)
                    guess = estimate(model_of(row, sized), [operation]).watts
                    table = found[f"3 {family.value}, power of {use}, no meter"]
                    table["Klima"].append(guess / watts - 1)
                    table["fitted"].append(
                        1000 * output * middle[use, "power"] / watts - 1
                    )
                    count("power", table["Klima"][-1], TYPICAL)
            given = uses["water" if use == "space" else "space"]
            if given is None:
                continue
            table = found[f"2 {family.value}, {use} from the other use"]
            model = through(family, [given[0]])
            cop = model.cop_between(at.source, at.sink, at.load)
            table["Klima"].append(cop / at.cop - 1)
            table["constant"].append(given[0].cop / at.cop - 1)
            scale = given[0].cop / plane(generic, *given)
            table["hplib"].append(scale * plane(generic, at, outdoor) / at.cop - 1)

    print("systems:", dict(systems))
    for name, table in sorted(found.items()):
        print(f"{name} ({len(table['Klima'])})")
        for way, errors in table.items():
            print(f"    {way:12} {told(errors)}")
    for what, (inside, of) in within.items():
        limit = TYPICAL if what == "power" else COP_TYPICAL
        print(f"{what} within {limit:.0%} with nothing given: {inside} of {of}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
