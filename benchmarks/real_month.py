"""A month of a real Home Assistant at high clock speed, and its bill reckoned a second time.

    python benchmarks/real_month.py [--speed 2000] [--days 30] [--folder FOLDER]

Home Assistant, its recorder, the broker and the simulated mini-split are real
processes; their clocks run alike, `speed` times as fast as the wall's. It is
November 2026 in Toronto: its first day has 25 hours. The plan has two tiers by the
month, hours, a charge a day and two taxes. Home Assistant is stopped and killed, the
unit's counter falls to zero, and the unit is away for hours.

Afterwards the bill is worked out as plainly as a utility does, from what Home
Assistant's recorder has of the unit's own counter, and again of its power: each
amount at the price of its local hour, the tiers by what the month came to so far.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import itertools
from pathlib import Path
import shutil
import sys
import time
from typing import Any

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from benchmarks.real_week import HOME, KEY, UNIT, FastHome, Week, recorded  # noqa: E402
from tests.simulator.bridge import Bridge  # noqa: E402
from tests.simulator.broker import broker  # noqa: E402
from tests.simulator.physics import Simulation, all_units  # noqa: E402
from tests.simulator.weather import Weather  # noqa: E402

METER, POWER = "sensor.mini_split_energy", "sensor.mini_split_power"
FIRST = datetime(2026, 11, 1, tzinfo=HOME)

TIER, CHEAP, DEAR = 200.0, 0.08, 0.13
ON_PEAK, OVERNIGHT = 0.05, -0.03
FIXED, TAXES = 0.40, (5.0, 9.975)


class MonthHome(FastHome):
    """A Home Assistant that keeps all that it recorded, for longer than ten days."""

    def _write_configuration(self) -> None:
        FastHome._write_configuration(self)
        path = self.folder / "configuration.yaml"
        text = path.read_text()
        path.write_text(text.replace("recorder:\n", "recorder:\n  auto_purge: false\n"))


type Use = tuple[float, float, float]
"""From, to (epoch s), and the kWh in between."""


def plan_answers(first: str) -> dict[str, Any]:
    """Return what is filled in of the plan."""
    hours = (
        ("overnight", OVERNIGHT, "23:00:00", "07:00:00"),
        ("off_peak", 0, "07:00:00", "16:00:00"),
        ("on_peak", ON_PEAK, "16:00:00", "21:00:00"),
        ("off_peak", 0, "21:00:00", "23:00:00"),
    )
    return {
        "plan": "bc_hydro_tiered_time_of_day",
        "name": "Month",
        "edit_prices": True,
        "hours": [
            {"period": period, "price": price, "start": start, "end": end}
            for period, price, start, end in hours
        ],
        "tiers_per": "month",
        "tiers": [{"price": CHEAP, "up_to": TIER}, {"price": DEAR}],
        "effective_from": first,
        "valid_until": "2027-12-31",
        "fixed": [{"name": "Basic", "amount": FIXED, "per": "day"}],
        "taxes": [{"name": "GST", "percent": TAXES[0]}, {"percent": TAXES[1]}],
        "billing_day": 1,
        "billing_months": "1",
    }


def counted(database: Path) -> Iterator[Use]:
    """Yield what the unit's counter counted; after a fall, what it shows is new.

    A device that comes back shows its old figure first, which is no reading: what
    it used meanwhile is spread over all the time since it was last read.
    """
    last: tuple[float, float] | None = None
    for at, state in zip(*recorded(database, METER), strict=True):
        with suppress(TypeError, ValueError):
            kwh = float(state)
            if last is not None:
                if kwh == last[1]:
                    continue
                yield last[0], at, kwh - last[1] if kwh > last[1] else kwh
            last = at, kwh


def held(database: Path) -> Iterator[Use]:
    """Yield what the power amounts to, each held to the next."""
    last: tuple[float, float] | None = None
    for at, state in zip(*recorded(database, POWER), strict=True):
        if last is not None:
            yield last[0], at, last[1] * (at - last[0]) / 3.6e6
        last = None
        with suppress(TypeError, ValueError):
            last = at, float(state)


def slices(uses: Iterable[Use]) -> Iterator[tuple[datetime, float]]:
    """Yield amounts cut at each quarter of an hour, with the local time of each."""
    for start, end, kwh in uses:
        at = start
        while at < end:
            until = min((at // 900 + 1) * 900, end)
            local = datetime.fromtimestamp(at, UTC).astimezone(HOME)
            yield local, kwh * (until - at) / (end - start)
            at = until


def reckon(uses: Iterable[Use], days: int) -> dict[str, float]:
    """Return the month's kWh and what they cost, as plainly as a utility does it."""
    month = cost = 0.0
    for local, kwh in slices(uses):
        if not FIRST <= local < FIRST + timedelta(days=days):
            continue
        if local.hour >= 23 or local.hour < 7:
            extra = OVERNIGHT
        else:
            extra = ON_PEAK if 16 <= local.hour < 21 else 0.0
        cheap = min(kwh, max(TIER - month, 0.0))
        cost += cheap * (CHEAP + extra) + (kwh - cheap) * (DEAR + extra)
        month += kwh
    fixed = FIXED * days
    taxes = (cost + fixed) * sum(TAXES) / 100
    return {
        "kwh": month,
        "energy": cost,
        "fixed": fixed,
        "taxes": taxes,
        "total": cost + fixed + taxes,
    }


async def set_up(home: FastHome, port: int) -> dict[str, Any]:
    """Make the home: a plan and the unit, which heats; return its entry and entities."""
    await home.add_mqtt(port)
    client = home.client
    await client.wait_for(UNIT, timeout=60)
    plan = await client.add("klima", menu="plan", **plan_answers("2026-10-01"))
    entry = await client.add(
        "klima",
        menu="entity",
        unit=UNIT,
        name="Living room",
        power=POWER,
        energy=METER,
        plan=plan["entry_id"],
        fixed_charges=True,
    )
    found = {"entry": entry["entry_id"]}
    for key in ("energy", "cost", "bill"):
        found[key] = await client.entity_id(entry["entry_id"], key, "sensor")
    await client.call("climate.set_temperature", UNIT, hvac_mode="heat", temperature=22)
    return found


async def live(month: Week, days: int) -> None:
    """Let a month pass, with what happens in it."""
    meter, faults = month.bridge.meters[KEY], month.bridge.faults[KEY]

    async def outage(*, kill: bool) -> None:
        """Stop or kill Home Assistant, and let time go by until it starts again."""
        await month.go_fast(fast=False)
        await (month.home.kill() if kill else month.home.stop())
        month.bridge.set_both_speeds(month.speed)
        await asyncio.sleep(2)
        month.bridge.set_both_speeds(1.0)
        await month.home.start()
        await month.home.client.disconnect()

    def away(*, is_away: bool) -> Callable[[], None]:
        return lambda: setattr(faults, "unavailable", is_away)

    for share, what, do in (
        (0.17, "Home Assistant is stopped", lambda: outage(kill=False)),
        (0.30, "the counter falls to zero", meter.reset),
        (0.40, "the power is cut", lambda: outage(kill=True)),
        (0.55, "the unit is away", away(is_away=True)),
        (0.56, "and comes back", away(is_away=False)),
        (0.70, "the counter falls to zero", meter.reset),
        (0.85, "the power is cut", lambda: outage(kill=True)),
    ):
        await month.act(share * days * 24, what, do)
    # The month's one hour more, and what is late.
    await month.until(days * 24 + 1.5)


async def run(speed: float, days: int, folder: Path) -> None:
    """Live the month, and tell of it."""
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    start = FIRST.timestamp()
    simulation = Simulation(
        weather=Weather(mean=-3, daily_swing=6, utc_offset_h=-5),
        units=[unit for unit in all_units() if unit.key == KEY],
        time_s=start - 600,
    )
    async with broker(0) as port:
        bridge = Bridge(simulation, port, interval=0.15, echo_delay=0.002)
        await bridge.start()
        home = MonthHome(folder, clock=lambda: simulation.time_s, speed=speed)
        await home.start()
        entities = await set_up(home, port)
        await home.client.disconnect()
        month = Week(home, bridge, speed, start)
        begun = time.monotonic()
        await month.until(0)
        before = bridge.meters[KEY].true_kwh
        await live(month, days)
        await month.go_fast(fast=False)
        used = bridge.meters[KEY].true_kwh - before
        await asyncio.sleep(3)
        answer = await home.client.request(
            "POST",
            "/api/services/klima/get_bill?return_response",
            {
                "config_entry_id": entities["entry"],
                "period": "last" if days >= 30 else "current",
            },
        )
        bill = answer["service_response"]
        shown = {
            key: await home.client.state(entities[key])
            for key in ("energy", "cost", "bill")
        }
        took = time.monotonic() - begun
        await home.stop()
        await bridge.stop()

    database = folder / "home-assistant_v2.db"
    print(f"\n{days} days in {took / 60:.1f} min, {speed:g} times the wall's clock")
    print(f"used by the unit's own meter in about that time {used:.3f} kWh")
    for name, uses in (("counter", counted), ("power", held)):
        found = reckon(uses(database), days)
        row = "  ".join(f"{key} {value:.3f}" for key, value in found.items())
        print(f"reckoned from the recorded {name:8} {row}")
    row = "  ".join(
        f"{key} {bill[key]}" for key in ("kwh", "energy", "fixed", "taxes", "total")
    )
    print(f"klima's bill                        {row}")
    print("klima's periods", bill["periods"], bill["start"], bill["end"])
    for key, state in shown.items():
        print(key, state and (state["state"], state["attributes"].get("last_bill")))
    faults = [
        line
        for line in home.faults_logged("custom_components.klima")
        if "Updating state for" not in line
    ]
    print("lines of errors and warnings of Klima:", len(faults))
    for line in itertools.islice(faults, 20):
        print("  ", line[:200])


def main() -> None:
    """Read the arguments, and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--speed", type=float, default=2000.0)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument(
        "--folder", type=Path, default=REPOSITORY / ".artifacts/real-month"
    )
    given = parser.parse_args()
    asyncio.run(run(given.speed, given.days, given.folder))


if __name__ == "__main__":
    main()
