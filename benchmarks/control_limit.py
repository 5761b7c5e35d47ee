"""The least that the rooms of benchmarks/control.py can cost, for who knows the future.

    .venv/bin/python -m benchmarks.control_limit [--seeds 11 12]

Dynamic programming over the room's temperature in quarters of an hour, with what no
control has: the room's true figures, the week's weather and sun, and the unit's true
power at any load that it may choose itself. What no control of a setpoint can go below,
for the same week, room and unit; by how narrow the occupied hours are kept.
"""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import math
from pathlib import Path
import sys

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.control import (
    COMFORT,
    PRICES,
    SEASONS,
    START,
    WEEK,
    Fronts,
    Season,
    seeded,
)
from tests.simulator.compressor import Direction
from tests.simulator.physics import FAN_MODES, mini_split

STEP = 900.0
STEPS = 7 * 96
GRID = 0.04
WIDE = 50.0
"""Money for a K outside of what is asked, for a step: more than any heat costs."""


def loads(season: Season, outdoor: float, indoor: float) -> list[tuple[float, float]]:
    """Return what the unit can do: W moved to the room (signed) and W drawn."""
    plate = mini_split().outdoor.nameplate
    direction = Direction.HEATING if season.sign > 0 else Direction.COOLING
    fan = FAN_MODES["auto"][1]
    full = plate.capacity(direction, outdoor)
    rest = (0.4 * fan, plate.standby_power + 0.4 * fan)
    found = [rest]
    for fraction in np.linspace(plate.minimum_fraction, 1.0, 18):
        heat = full * fraction
        power = plate.standby_power + heat / plate.cop(
            direction, outdoor, indoor, fraction
        )
        if direction is Direction.HEATING and outdoor <= 6:
            wet = max(0.25, 1 - abs(outdoor - 1) / 12)
            frosting = 2400 / (fraction * wet)
            share = plate.defrost_s / (plate.defrost_s + frosting)
            heat = (1 - share) * heat - share * 1.8 * plate.defrost_power
            power = (1 - share) * power + share * (
                plate.standby_power + plate.defrost_power
            )
        found.append((season.sign * heat + fan, power + fan))
    # Below its least speed it works for a part of the time, and is off else.
    least, off = found[1], (0.0, plate.standby_power)
    found += [
        (
            off[0] + share * (least[0] - off[0]),
            off[1] + share * (least[1] - off[1]),
        )
        for share in np.linspace(0.0, 0.9, 10)
    ]
    return found


def limit(
    season: Season,
    price: Callable[[datetime], float],
    band: float,
    *,
    is_fixed: bool = False,
) -> tuple[float, float]:
    """Return what the week costs at the least, and the kWh.

    Occupied hours are kept within `band` K of the target, but where the sun
    alone carries the room out of it; the others at or beyond the schedule's
    target, within the same band. With `is_fixed` every hour is occupied.
    """
    comfort = season.targets["comfort"]
    room = mini_split().heads[0].room
    decay = math.exp(-STEP / (room.resistance * room.capacity))
    highest = max(season.targets.values()) + 3
    grid = np.arange(min(season.targets.values()) - 2, highest, GRID)
    # The measured week of the benchmark is the second one.
    begin = START + timedelta(days=7)
    steps = []
    for number in range(STEPS):
        at = begin + timedelta(seconds=STEP * number)
        middle = at + timedelta(seconds=STEP / 2)
        hour = middle.hour + middle.minute / 60
        sun = season.sun * max(0.0, math.sin(math.pi * (hour - 7) / 11))
        if isinstance(season.weather, Fronts):
            sun *= season.weather.sunshine(middle.timestamp())
        outdoor = season.weather.temperature(middle.timestamp())
        after = at + timedelta(seconds=STEP)
        entry = COMFORT if is_fixed else WEEK.at(after)
        assert entry.preset is not None
        steps.append(
            (
                outdoor,
                120 + (sun if 7 <= hour <= 18 else 0.0),
                season.targets[entry.preset],
                entry == COMFORT,
                price(middle.astimezone(UTC)),
            )
        )
    # What is left in the room is worth what it costs to put there.
    worth = np.mean([s[4] for s in steps]) / 3.5 * room.capacity / 3.6e6
    value = -worth * season.sign * (grid - comfort)
    used = np.zeros_like(grid, dtype=complex)
    for outdoor, gains, target, occupied, rate in reversed(steps):
        best = np.full_like(grid, np.inf)
        best_used = np.zeros_like(used)
        for heat, power in loads(season, outdoor, comfort):
            settled = outdoor + room.resistance * (heat + gains)
            after = settled + (grid - settled) * decay
            kwh = power * STEP / 3.6e6
            off = (target - after) * season.sign
            outside = np.maximum(off - band, 0.0)
            if occupied:
                outside += np.maximum(-off - band, 0.0)
            total = rate * kwh + WIDE * outside + np.interp(after, grid, value)
            better = total < best
            best = np.where(better, total, best)
            best_used = np.where(
                better, rate * kwh + 1j * kwh + np.interp(after, grid, used), best_used
            )
        value, used = best, best_used
    found = np.interp(comfort if is_fixed else season.targets["sleep"], grid, used)
    return float(found.real), float(found.imag)


def main() -> None:
    """Print the least cost of every week."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12])
    seeds = parser.parse_args().seeds
    print(f"{'week':9}{'price':12}{'way':30}{'cost':>8}{'kWh':>8}")
    for season in SEASONS:
        for name, price in PRICES.items():
            for way, band, is_fixed in (
                ("held at the target", 0.02, True),
                ("schedule, at the target", 0.02, False),
                ("schedule, anywhere in ±0.5 K", 0.5, False),
            ):
                found = [
                    limit(seeded(season, seed), price, band, is_fixed=is_fixed)
                    for seed in seeds
                ]
                cost, kwh = np.mean(found, axis=0)
                print(
                    f"{season.name:9}{name:12}{way:30}{cost:8.2f}{kwh:8.1f}", flush=True
                )


if __name__ == "__main__":
    main()
