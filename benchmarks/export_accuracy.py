"""How near the bill of a unit comes to what it costs in a home that feeds into the grid.

    .venv/bin/python benchmarks/export_accuracy.py

Twelve simulated days of a home in Toronto: a roof of 5 kW under clouds that pass,
other use with a kettle now and then, and a unit that modulates or goes on and off.
The truth is an integral in steps of ten seconds: of the unit's power, what the home
drew at that moment at the price, the rest at the export rate. Beside it: the bill by
Klima's core from what counters of several kinds would have told, and the bill without a
counter of what is fed in, all of it bought.
"""

from collections.abc import Callable
from datetime import datetime
import math
from pathlib import Path
import random
import sys
from zoneinfo import ZoneInfo

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from custom_components.klima.core.daylight import Place  # noqa: E402
from custom_components.klima.core.ledger import Ledger  # noqa: E402
from custom_components.klima.core.metering import Meter  # noqa: E402
from custom_components.klima.core.tariff import tariff_from  # noqa: E402
from custom_components.klima.core.tariff.bill import Biller  # noqa: E402

IMPORT, EXPORT = 0.30, 0.08
STEP = 10
ZONE = ZoneInfo("America/Toronto")
PLACE = Place(43.65, -79.38)
START = datetime(2026, 4, 1, tzinfo=ZONE).timestamp()
DAYS = 12
COUNTERS = {
    "each minute, 0.001 kWh": (60, 0.001),
    "each minute, 0.01 kWh": (60, 0.01),
    "each minute, 0.1 kWh": (60, 0.1),
    "each minute, 1 kWh": (60, 1.0),
    "every quarter of an hour, 0.001 kWh": (900, 0.001),
    "every hour, 0.001 kWh": (3600, 0.001),
}

type Power = Callable[[float], float]


def inverter(rng: random.Random) -> Power:
    """Return the kW of a unit that modulates, by the time of the day."""
    phase = rng.uniform(0, 6)

    def power(at: float) -> float:
        hours = at / 3600
        return (
            0.9
            + 0.5 * math.cos(hours / 24 * 2 * math.pi)
            + 0.2 * math.sin(hours * 3 + phase)
        )

    return power


def on_off(rng: random.Random) -> Power:
    """Return the kW of a unit that is on for ten minutes of twenty-five."""
    phase = rng.uniform(0, 1500)
    return lambda at: 2.2 if (at + phase) % 1500 < 600 else 0.0


def run(unit: Power, rng: random.Random) -> tuple[float, float, dict[str, float]]:
    """Return the truth, all of it bought, and the bill by the counters of each kind."""
    truth = used = drawn = fed = 0.0
    clouds = kettle = 0.0
    own = Ledger()
    homes, meters = {}, {}
    for name in COUNTERS:
        homes[name] = Ledger()
        homes[name].has_fed = True
        meters[name] = [
            Meter(has_counter=True, has_power=False, nameplate=60_000.0)
            for _ in range(2)
        ]
    minute = 0.0
    for step in range(DAYS * 86_400 // STEP):
        after = step * STEP
        at = START + after
        # Low-pass noise of some minutes, as clouds are.
        clouds += (rng.gauss(0, 1) * 0.25 - clouds) * 0.03
        shade = min(max(0.6 + 6 * clouds, 0.1), 1.0)
        sun = max(math.sin((after % 86_400 / 3600 - 6.5) / 13 * math.pi), 0.0)
        if not 6.5 < after % 86_400 / 3600 < 19.5:
            sun = 0.0
        if rng.random() < 0.0004:
            kettle = 240
        kettle = max(kettle - STEP, 0.0)
        watts = unit(after)
        net = 0.3 + (2.0 if kettle else 0.0) + watts - 5 * sun * shade
        hours = STEP / 3600
        drawn += max(net, 0.0) * hours
        fed += max(-net, 0.0) * hours
        used += watts * hours
        minute += watts * hours
        bought = min(watts, max(net, 0.0))
        truth += (bought * IMPORT + (watts - bought) * EXPORT) * hours
        end = at + STEP
        if (after + STEP) % 60 == 0:
            own.add(end - 60, end, minute)
            minute = 0.0
        for name, (every, kwh) in COUNTERS.items():
            if (after + STEP) % every:
                continue
            home, (first, second) = homes[name], meters[name]
            told = [math.floor(total / kwh + 1e-9) * kwh for total in (drawn, fed)]
            # As Home Assistant has it: a counter that stands still says nothing.
            if first.counter is None or told[0] != first.counter.kwh:
                if delta := first.read_counter(end, told[0]):
                    home.add(delta.start, delta.end, delta.kwh)
            if second.counter is None or told[1] != second.counter.kwh:
                if delta := second.read_counter(end, told[1]):
                    home.add_fed(delta.start, delta.end, delta.kwh)
    tariff = tariff_from(
        {
            "versions": [
                {"tiers": [{"price": IMPORT}], "export": {"price": EXPORT}},
            ]
        },
        ZONE,
        PLACE,
    )
    period = tariff.billing_period(START)
    end = tariff.bounds(period)[1]
    bills = {
        name: Biller(tariff, period, own, home).bill(end).total
        for name, home in homes.items()
    }
    return truth, used * IMPORT, bills


def main() -> None:
    """Print the table."""
    rng = random.Random(1)
    found = {"inverter": run(inverter(rng), rng), "on-off": run(on_off(rng), rng)}
    print("| counters | " + " | ".join(found) + " |")
    print("|---" * (len(found) + 1) + "|")
    for name in COUNTERS:
        errors = [
            f"{100 * (bills[name] / truth - 1):+.1f} %"
            for truth, _, bills in found.values()
        ]
        print(f"| {name} | " + " | ".join(errors) + " |")
    errors = [
        f"{100 * (bought / truth - 1):+.1f} %" for truth, bought, _ in found.values()
    ]
    print("| none of what is fed in | " + " | ".join(errors) + " |")
    print({name: round(truth, 2) for name, (truth, _, _) in found.items()})


if __name__ == "__main__":
    main()
