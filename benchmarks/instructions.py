"""How many instructions an update takes, through Klima and through what stands beside it.

    .venv/bin/python benchmarks/instructions.py [--powercalc FOLDER] [--only LINE ...]

The lines are those of `all.py` (a, b and f), with the same set-ups and samples. Time
hangs on what else the machine does at that moment, and on its caches; the number
of instructions does not, and two runs come to the same within a percent. It is not the
same question either: those of all threads are counted, also what a thread of the
executor does beside the loop, and what the operating system does for a write, or to wake
a thread, is not.

Needs Debian's `valgrind`. Each kind runs twice in a process of its own, once with few
updates and once with many: the difference is what an update takes, without start
and set-up.
"""

import argparse
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
import logging
import os
from pathlib import Path
import re
import subprocess
import sys
from typing import NamedTuple

import all as all_lines
from homes import run_alone, stay_here
import power_update
import unit_without_meter

COUNTER = ("valgrind", "--tool=cachegrind", "--cache-sim=no")

FEW, MANY = 360, 1440
"""Updates: between both are whole hours, and so as much of what is done each hour."""


class Kind(NamedTuple):
    """What is run so many times; `per` is how many updates one of those times has."""

    run: Callable[[int], object]
    few: int = FEW
    many: int = MANY
    per: int = 1


def _power(kind: str) -> Kind:
    """Return a power sample's."""
    set_up = power_update.KINDS[kind]
    return Kind(lambda times: run_alone(power_update.measure(set_up, times)))


def _room(kind: str) -> Kind:
    """Return a room's temperature's."""
    return Kind(lambda times: run_alone(all_lines.thermostat(kind, times)))


def _grown(zones: int, *, is_bare: bool = False) -> Kind:
    """Return a power sample's of many zones."""
    work = all_lines.source_only if is_bare else all_lines.grown

    def run(times: int) -> object:
        return run_alone(work(zones, times))

    return Kind(run, 6, 366, zones)


def _unit(
    folder: Path, kind: str, every: timedelta = timedelta(seconds=10), units: int = 1
) -> Kind:
    """Return those of the report of a unit without a meter."""
    run = partial(unit_without_meter.run, kind, folder, every=every, units=units)
    return Kind(run, per=units)


ZONES = 10, 100, 500


def kinds(powercalc: Path | None) -> dict[str, Kind]:
    """Return all that is run, by its name."""
    found = {f"power, {kind}": _power(kind) for kind in power_update.KINDS}
    found |= {
        f"room, {kind}": _room(kind) for kind in ("none", "idle", "klima", "generic")
    }
    for zones in ZONES:
        found[f"{zones} zones"] = _grown(zones)
        found[f"{zones} zones, bare"] = _grown(zones, is_bare=True)
    if powercalc is not None:
        minute = timedelta(minutes=1)
        for kind in unit_without_meter.KINDS:
            found[f"unit, {kind}"] = _unit(powercalc, kind)
        for kind in ("none", "same, Klima", "same, template"):
            found[f"unit by the minute, {kind}"] = _unit(powercalc, kind, minute)
            found[f"ten units, {kind}"] = _unit(powercalc, kind, units=10)
    return found


class Line(NamedTuple):
    """A line: of what two differences the ratio is, and what it should be at most."""

    ours: str
    ours_bare: str
    theirs: str
    theirs_bare: str
    target: float | None = 0.5


def lines(powercalc: Path | None) -> dict[str, Line]:
    """Return the lines of the table."""
    bare = "power, bare"
    found = {
        "a": Line("power, same, Klima", bare, "power, same, stock", bare),
        "a_few": Line("power, few, Klima", bare, "power, few, stock", bare),
        "b": Line("room, klima", "room, idle", "room, generic", "room, none"),
    }
    if powercalc is not None:
        none, ours = "unit, none", "unit, same, Klima"
        found |= {
            "b_powercalc": Line("unit, Klima", none, "unit, default", none),
            "b_powercalc_minute": Line(
                "unit, Klima", none, "unit, by the minute", none
            ),
            "b_powercalc_same": Line(ours, none, "unit, same, template", none),
            "b_powercalc_same_power": Line(ours, none, "unit, same, power", none),
        }
        for key, name in (("slow", "unit by the minute"), ("ten", "ten units")):
            found[f"b_powercalc_same_{key}"] = Line(
                f"{name}, same, Klima",
                f"{name}, none",
                f"{name}, same, template",
                f"{name}, none",
            )
    few = f"{ZONES[0]} zones"
    for zones in ZONES[1:]:
        many = f"{zones} zones"
        target = 1.2 if zones == ZONES[-1] else None
        found[f"f_{zones}"] = Line(many, f"{many}, bare", few, f"{few}, bare", target)
    return found


def _count(name: str, times: int, powercalc: Path | None) -> int:
    """Return the instructions of a process that runs a kind so many times."""
    given = () if powercalc is None else ("--powercalc", str(powercalc))
    counted = subprocess.run(
        (
            *COUNTER,
            "--cachegrind-out-file=/dev/null",
            sys.executable,
            __file__,
            *given,
            "--run",
            name,
            str(times),
        ),
        capture_output=True,
        text=True,
        check=True,
        # The order of sets, and with it what is compared, is that of each run.
        env={**os.environ, "PYTHONHASHSEED": "0"},
    ).stderr
    found = re.search(r"I +refs: +([\d,]+)", counted)
    assert found is not None, counted
    return int(found[1].replace(",", ""))


class Counts:
    """The instructions of an update of each kind; two processes count at a time."""

    def __init__(
        self, names: Iterable[str], known: dict[str, Kind], powercalc: Path | None
    ) -> None:
        """Begin to count, in the order of the names."""
        pool = ThreadPoolExecutor(2)
        self._known = known
        self._counted = {
            name: [
                pool.submit(_count, name, times, powercalc)
                for times in (known[name].few, known[name].many)
            ]
            for name in names
        }

    def of(self, name: str, bare: str) -> float:
        """Return what an update of a kind takes beyond one of another, once it is known."""
        return self._of(name) - self._of(bare)

    def _of(self, name: str) -> float:
        less, more = (each.result() for each in self._counted[name])
        kind = self._known[name]
        return (more - less) / ((kind.many - kind.few) * kind.per)


def main() -> None:
    """Count in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--powercalc", type=Path, help="a checkout of PowerCalc")
    parser.add_argument("--only", nargs="+", metavar="LINE", help="of these lines")
    parser.add_argument(
        "--run", nargs=2, metavar=("KIND", "TIMES"), help="run this, uncounted"
    )
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    known = kinds(arguments.powercalc)
    if arguments.run is not None:
        name, times = arguments.run
        stay_here()
        known[name].run(int(times))
        return
    wanted = lines(arguments.powercalc)
    if arguments.only:
        wanted = {name: wanted[name] for name in arguments.only}
    needed = dict.fromkeys(name for line in wanted.values() for name in line[:4])
    counts = Counts(needed, known, arguments.powercalc)
    for name, line in wanted.items():
        ours = counts.of(line.ours, line.ours_bare)
        theirs = counts.of(line.theirs, line.theirs_bare)
        ratio = ours / theirs
        verdict = {True: "met", False: "MISSED", None: ""}[
            None if line.target is None else ratio <= line.target
        ]
        print(
            f"{name:24} {ours / 1000:8.0f}k / {theirs / 1000:8.0f}k"
            f" = {ratio:5.2f} {verdict}",
            flush=True,
        )


if __name__ == "__main__":
    main()
