"""The model against a year of heat pumps in homes, each with a heat and a power meter.

    git clone https://github.com/openenergymonitor/heatpumpmonitor.org
    git clone https://github.com/RE-Lab-Projects/hplib
    benchmarks/field.py heatpumpmonitor.org/analysis/performance_prediction/\
heatpumpmonitor_all_fields_last365_2026-07-15.csv hplib/hplib/hplib_database.csv

The file holds what heatpumpmonitor.org's systems (to water, nearly all in Great
Britain) measured in 365 days: electricity, heat, and the mean temperatures of the
flow and of the air outdoors, for space heating and for hot water by themselves.
Nothing of it is in this repository. Nothing of Klima's was fitted to it.

1. The COP of space heating and of hot water, from the typical figures of the family
   alone: as Klima does it, which knows the room and the air outdoors ("Klima"), and
   with the measured temperature of the flow told to its model ("with flow").
2. The COP of hot water from the same system's space heating, and the other way
   round: the one is the only figure that is given.
3. The power while the system heats its home, with no meter: from the capacity that
   its owner states and the temperature outdoors.

Beside it a constant COP (the family's rated one; in 2 the given one) and hplib's
generic heat pump (COP straight in the temperatures; in 2 scaled by the given figure).
"""

import argparse
from collections import defaultdict
import csv
from pathlib import Path
from statistics import median
import sys

sys.path.insert(0, str(Path(__file__).parents[1]))

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.calibration import COP_TYPICAL, TYPICAL
from custom_components.klima.core.estimate import Operation, estimate
from custom_components.klima.core.family import Family
from custom_components.klima.core.performance import MeasuredCop, performance, through
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
    within = [0, 0]
    for row in rows:
        family = FAMILIES[row["hp_type"]]
        systems[family.value] += 1
        generic = generics[GROUPS[family]]
        typical = performance(family, Ratings())
        uses = {use: measured(row, family, use) for use in ("space", "water")}
        for use, point in uses.items():
            if point is None:
                continue
            at, outdoor = point
            table = found[f"1 {family.value}, {use}, nothing given"]
            cop = typical.cop(Activity.HEATING, outdoor, ROOM, load=at.load)
            table["Klima"].append(cop / at.cop - 1)
            at_flow = typical.cop_between(at.source, at.sink, at.load)
            table["with flow"].append(at_flow / at.cop - 1)
            table["constant"].append(typical.rated_cop / at.cop - 1)
            table["hplib"].append(plane(generic, at, outdoor) / at.cop - 1)
            if use == "space":
                within[0] += abs(cop / at.cop - 1) <= COP_TYPICAL
                within[1] += 1
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
        heats = uses["space"]
        watts, output = figure(row, "space_elec_mean"), figure(row, "hp_output")
        if heats is None or not watts or not output:
            continue
        sized = performance(family, Ratings(heating_capacity=output))
        operation = Operation(
            activity=Activity.HEATING, room=ROOM, target=ROOM, outdoor=heats[1]
        )
        guess = estimate(sized, [operation])
        table = found[f"3 {family.value}, power of space heating, no meter"]
        table["Klima"].append(guess.watts / watts - 1)
        table["constant"].append(guess.heat / sized.rated_cop / watts - 1)

    print("systems:", dict(systems))
    for name, table in sorted(found.items()):
        print(f"{name} ({len(table['Klima'])})")
        for way, errors in table.items():
            print(f"    {way:12} {told(errors)}")
    print(
        f"within {COP_TYPICAL:.0%} of the measured COP with nothing given:"
        f" {within[0]} of {within[1]} (space heating)"
    )
    powers = [
        error
        for name, table in found.items()
        if name.startswith("3")
        for error in table["Klima"]
    ]
    inside = sum(abs(error) <= TYPICAL for error in powers)
    print(
        f"within {TYPICAL:.0%} of the measured power with no meter:"
        f" {inside} of {len(powers)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
