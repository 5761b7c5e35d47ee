"""How near metered energy and projected bills come to the truth.

    .venv/bin/python benchmarks/energy_accuracy.py

First, sampled power beside the exact integral of simulated units, for Klima's
metering and for Home Assistant's three ways to integrate (left, trapezoid,
right, as `integration` reckons them from the same samples). Then where a
period's bill is projected to end, at a quarter, half and three quarters of it,
beside the mean of the days so far. Printed: the mean error of some days or
seasons, and the worst.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
import math
from pathlib import Path
import random
import sys

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from custom_components.klima.core.degree_days import DayUse, fit  # noqa: E402
from custom_components.klima.core.metering import Meter  # noqa: E402
from custom_components.klima.core.projection import SPREAD, Outlook, ahead  # noqa: E402

DAY = 86_400
JOULES_PER_KWH = 3.6e6
START = 1_764_000_000.0
WARM_UP = 3 * 3600

type Samples = list[tuple[float, float]]
type Trace = list[float]


def inverter(seed: int) -> Trace:
    """Return a mini-split's W at every second of a day: it modulates, and rests."""
    chance = random.Random(seed)
    trace: Trace = []
    power, target = 0.0, 600.0
    while len(trace) < DAY:
        hour = len(trace) / 3600
        wanted = 700 + 400 * math.cos((hour - 4) * math.pi / 12) + chance.gauss(0, 180)
        target = 0.0 if chance.random() < 0.08 else max(wanted, 220.0)
        for _ in range(chance.randint(120, 900)):
            power += (target - power) * 0.02
            trace.append(round(power if power > 15 else 4.0))
    return trace[:DAY]


def on_off(seed: int) -> Trace:
    """Return an old air conditioner's W: all or nothing."""
    chance = random.Random(seed)
    trace: Trace = []
    while len(trace) < DAY:
        trace += [1450.0 + chance.randint(-20, 20)] * chance.randint(300, 900)
        trace += [3.0] * chance.randint(400, 2400)
    return trace[:DAY]


def polled(every: int) -> Callable[[Trace], Samples]:
    """Return a sampling at an interval."""
    return lambda trace: [(START + at, trace[at]) for at in range(0, len(trace), every)]


def on_change(least: float) -> Callable[[Trace], Samples]:
    """Return a sampling that reports when the power changed by so much, and only then."""

    def sample(trace: Trace) -> Samples:
        samples = [(START, trace[0])]
        for at, watts in enumerate(trace):
            if abs(watts - samples[-1][1]) >= least:
                samples.append((START + at, watts))
        return samples

    return sample


def klima(samples: Samples, end: float) -> float:
    """Return the kWh that Klima's meter makes of samples."""
    meter = Meter(has_counter=False, has_power=True, nameplate=5000)
    for at, watts in samples:
        meter.read_power(at, watts)
    meter.read_power(end, samples[-1][1])
    return meter.totals.energy


def riemann(method: str) -> Callable[[Samples, float], float]:
    """Return one of Home Assistant's ways to integrate."""

    def integrate(samples: Samples, end: float) -> float:
        closed = [*samples, (end, samples[-1][1])]
        total = 0.0
        for (start, before), (until, after) in pairwise(closed):
            watts = {"left": before, "right": after}.get(method, (before + after) / 2)
            total += watts * (until - start)
        return total / JOULES_PER_KWH

    return integrate


WAYS: dict[str, Callable[[Samples, float], float]] = {
    "klima": klima,
    "left": riemann("left"),
    "trapezoid": riemann("trapezoid"),
    "right": riemann("right"),
}
SAMPLINGS = {
    "every 1 s": polled(1),
    "every 10 s": polled(10),
    "every 60 s": polled(60),
    "every 5 min": polled(300),
    "on change of 5 W": on_change(5),
    "on change of 100 W": on_change(100),
}
UNITS = {"inverter mini-split": inverter, "on-off air conditioner": on_off}


def metering(
    days: int = 12,
) -> Iterator[tuple[str, str, dict[str, tuple[float, float]]]]:
    """Yield the mean and the worst error in % of each way, by unit and sampling."""
    for unit, simulate in UNITS.items():
        traces = [simulate(seed) for seed in range(days)]
        for sampling, sample in SAMPLINGS.items():
            errors: dict[str, list[float]] = {way: [] for way in WAYS}
            for trace in traces:
                truth = sum(trace) / JOULES_PER_KWH
                samples = sample(trace)
                for way, integrate in WAYS.items():
                    found = integrate(samples, START + DAY)
                    errors[way].append(100 * abs(found - truth) / truth)
            yield (
                unit,
                sampling,
                {way: (sum(found) / days, max(found)) for way, found in errors.items()},
            )


def season(seed: int, first: date, days: int = 62) -> list[DayUse]:
    """Return days of a heat pump from autumn on: it gets colder, by spells."""
    chance = random.Random(seed)
    spell, found = 0.0, []
    for index in range(days):
        spell = 0.75 * spell + chance.gauss(0, 2.5)
        outdoor = 9 - 14 * index / days + spell
        kwh = 3 + 0.9 * max(15 - outdoor, 0) + chance.gauss(0, 1.5)
        found.append(DayUse(first + timedelta(days=index), max(kwh, 0), outdoor))
    return found


def projection(seasons: int = 40) -> Iterator[tuple[str, float, float, float]]:
    """Yield at a part of a period the errors in % of us and the mean, and our hits.

    Of the days to come seven are foreseen, the others only as they usually are.
    """
    for share in (0.25, 0.5, 0.75):
        ours, mean, hits = [], [], 0
        for seed in range(seasons):
            days = season(seed, date(2026, 10, 12))
            done = int(len(days) * share)
            truth = sum(day.kwh for day in days)
            so_far = sum(day.kwh for day in days[:done])
            model = fit(days[:done])
            assert model is not None
            outlooks = [
                Outlook(
                    day.day,
                    day.outdoor if index < 7 else 9 - 14 * (done + index) / 62,
                    is_forecast=index < 7,
                )
                for index, day in enumerate(days[done:])
            ]
            coming = ahead(model, outlooks)
            total = so_far + sum(coming.by_day.values())
            hits += abs(total - truth) <= SPREAD * coming.deviation
            ours.append(100 * abs(total - truth) / truth)
            mean.append(100 * abs(so_far / done * len(days) - truth) / truth)
        yield (
            f"{share:.0%}",
            sum(ours) / seasons,
            sum(mean) / seasons,
            100 * hits / seasons,
        )


def main() -> None:
    """Print both tables."""
    print("Error of a day's energy in %, mean / worst of 12 days\n")
    print(f"{'unit':24}{'sampling':20}" + "".join(f"{way:>15}" for way in WAYS))
    for unit, sampling, errors in metering():
        print(
            f"{unit:24}{sampling:20}"
            + "".join(f"{m:8.2f} /{w:5.1f}" for m, w in errors.values())
        )
    print("\nError of a projected bill in %, mean of 40 autumns of two months\n")
    print(f"{'of the period':16}{'klima':>8}{'daily mean':>12}{'within low..high':>18}")
    for share, ours, mean, hits in projection():
        print(f"{share:16}{ours:8.1f}{mean:12.1f}{hits:16.0f} %")


if __name__ == "__main__":
    main()
