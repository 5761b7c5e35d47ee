"""Klima's power, heat and COP against the truth of simulated units, for days on a real Home Assistant.

    python benchmarks/cop_truth.py [--speed 120] [--hours 24] [--folder FOLDER]

Three of each of the six types run side by side, all alike: one whose system has a
power meter and a heat meter, one with a power meter alone, one with no meter at all.
They heat for some hours, then cool. The meters report on change, as the simulator's
do; Home Assistant and the simulation run by one fast clock. Told are Klima's own
states against what the units truly used and moved.
"""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
import os
from pathlib import Path
import shutil
import signal
import sys
import time
from typing import Any

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from benchmarks.real_week import FastHome  # noqa: E402 # After the path.
from tests.e2e.test_efficiency import SYSTEMS, sensor  # noqa: E402
from tests.simulator.bridge import Bridge  # noqa: E402
from tests.simulator.broker import broker  # noqa: E402
from tests.simulator.physics import Simulation, Unit, WaterHeater, all_units  # noqa: E402
from tests.simulator.weather import Weather  # noqa: E402

SOURCES: dict[str, tuple[str, ...]] = {
    "power and heat": ("power", "heat_output"),
    "power": ("power",),
    "no meter": (),
}
"""What each of the three is metered by."""

SEASONS = {"heat": (2.0, 21.0), "cool": (31.0, 23.0)}
"""°C outdoors in the mean, and of the target indoors."""

SETTLING_H = 1.0
"""h from a change of weather until it is counted."""


def key_of(key: str, index: int) -> str:
    """Return the key of a type's unit by the number of its sources."""
    return f"{key}_{index}"


def units() -> Iterator[Unit]:
    """Yield three of each type."""
    for index in range(len(SOURCES)):
        for unit in all_units():
            if unit.key not in SYSTEMS:
                continue
            key = key_of(unit.key, index)
            if not isinstance(unit, WaterHeater):
                (head,) = unit.heads
                head.key = key
            unit.key, unit.name = key, key.replace("_", " ")
            yield unit


def of_season(season: str) -> list[str]:
    """Return the types that run in a season."""
    return [
        key
        for key, (_, _, mode) in SYSTEMS.items()
        if season == "cool" or mode != "cool"
    ]


async def set_up(home: FastHome, index: int, sources: Sequence[str]) -> dict[str, str]:
    """Wrap one of each type; return the entries by their units' keys."""
    entries = {}
    for plain, (family, ratings, _) in SYSTEMS.items():
        key = key_of(plain, index)
        domain = "water_heater" if "heater" in key else "climate"
        answers: dict[str, Any] = dict.fromkeys(
            ("power", "energy", "thermal_energy", "heat_output")
        )
        answers |= {source: f"sensor.{key}_{source}" for source in sources}
        await home.client.wait_for(f"{domain}.{key}")
        entry = await home.client.add(
            "klima",
            "entity",
            unit=f"{domain}.{key}",
            family=family,
            outdoor_temperature=f"sensor.{key}_room_temperature"
            if domain == "water_heater"
            else "sensor.outdoor_temperature",
            ratings=ratings,
            **answers,
        )
        entries[key] = entry["entry_id"]
    return entries


async def told(home: FastHome, entry_id: str) -> dict[str, Any]:
    """Return the states of a system's own figures, unknown or not."""
    states = await home.client.states()
    return {
        key: states[entity["entity_id"]]
        for entity in await home.client.registry(entry_id)
        if entity["unique_id"].startswith(f"{entry_id}_")
        for key in (entity["unique_id"].removeprefix(f"{entry_id}_"),)
        if entity["entity_id"] in states
    }


async def live(
    home: FastHome, bridge: Bridge, entries: dict[str, str], season: str, hours: float
) -> None:
    """Let a season pass, and tell of it."""
    mean, target = SEASONS[season]
    simulation = bridge.simulation

    async def pass_hours(hours: float) -> None:
        await home.client.disconnect()
        until = simulation.time_s + hours * 3600
        home.send(signal.SIGUSR1)
        bridge.set_both_speeds(home.speed)
        while (left := until - simulation.time_s) > 0:
            await asyncio.sleep(min(max(left / home.speed, 0.01), 1.0))
        bridge.set_both_speeds(1.0)
        home.send(signal.SIGUSR2)
        await asyncio.sleep(3)
        await home.client.connect()

    # A leap of the weather would be taken for the sun on the sensor.
    steps = (mean,) if season == "heat" else (16.0, 23.0, mean)
    running = []
    for index in range(len(SOURCES)):
        for plain in SYSTEMS:
            key = key_of(plain, index)
            runs = plain in of_season(season)
            if "heater" in plain:
                await home.client.call(
                    "water_heater.set_operation_mode",
                    f"water_heater.{key}",
                    operation_mode="heat_pump",
                )
            else:
                unit = f"climate.{key}"
                await home.client.call(
                    "climate.set_hvac_mode",
                    unit,
                    hvac_mode=season if runs else "off",
                )
                if runs:
                    await home.client.call(
                        "climate.set_temperature", unit, temperature=target
                    )
            if runs:
                running.append(key)
    for step in steps:
        simulation.weather.mean = step
        await pass_hours(SETTLING_H)
    before = {}
    for key in running:
        await home.client.call("klima.reset_season", config_entry_id=entries[key])
        heat = await sensor(home, entries[key], "thermal_energy")
        energy = await sensor(home, entries[key], "energy")
        bridge.step()
        before[key] = (
            bridge.meters[key].true_kwh,
            bridge.heat_meters[key].true_kwh,
            float(energy["state"]),
            float(heat["state"]),
        )
    await pass_hours(hours)
    print(
        f"\n{season}, {hours:g} h at {mean:g} °C in the mean: true / Klima's\n"
        f"{'type':24}{'metered by':16}{'electricity kWh':>22}{'heat kWh':>22}"
        f"{'COP':>14}{'off by':>8}{'stated':>8}",
        flush=True,
    )
    for plain in of_season(season):
        for index, name in enumerate(SOURCES):
            key = key_of(plain, index)
            states = await told(home, entries[key])
            bridge.step()
            used, moved, own_used, own_moved = before[key]
            used = bridge.meters[key].true_kwh - used
            moved = bridge.heat_meters[key].true_kwh - moved
            own_used = float(states["energy"]["state"]) - own_used
            own_moved = float(states["thermal_energy"]["state"]) - own_moved
            cop = states["seasonal_cop"]["state"]
            off = (
                ""
                if cop == "unknown" or not moved
                else f"{float(cop) * used / moved - 1:+.1%}"
            )
            stated = states["seasonal_cop"]["attributes"]["uncertainty"]
            cops = f"{moved / used:.2f} / {cop}"
            print(
                f"{plain:24}{name:16}"
                f"{f'{used:.3f} / {own_used:.3f} ({own_used / used - 1:+.0%})':>22}"
                f"{f'{moved:.2f} / {own_moved:.2f} ({own_moved / max(moved, 1e-3) - 1:+.0%})':>22}"
                f"{cops:>14}{off:>8}{stated or '':>8}",
                flush=True,
            )


async def run(speed: float, hours: float, folder: Path) -> None:
    """Live both seasons."""
    shutil.rmtree(folder, ignore_errors=True)
    start = time.time() - 4 * 86_400
    simulation = Simulation(
        weather=Weather(mean=SEASONS["heat"][0], daily_swing=4, yearly_swing=0.0),
        units=list(units()),
        time_s=start,
    )
    async with broker(0) as port:
        bridge = Bridge(simulation, port, interval=0.1, echo_delay=0.002)
        await bridge.start()
        home = FastHome(folder, clock=lambda: simulation.time_s, speed=speed)
        await home.start()
        try:
            await home.add_mqtt(port)
            entries: dict[str, str] = {}
            for index, sources in enumerate(SOURCES.values()):
                entries |= await set_up(home, index, sources)
            for season in SEASONS:
                await live(home, bridge, entries, season, hours)
        finally:
            await home.stop()
            await bridge.stop()
    for line in home.faults_logged("custom_components.klima")[:20]:
        if "Updating state for" not in line:
            print("  ", line[:200])


def main() -> None:
    """Read the arguments, and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--speed", type=float, default=120.0)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument(
        "--folder", type=Path, default=REPOSITORY / ".artifacts/cop-truth"
    )
    given = parser.parse_args()
    os.nice(5)
    asyncio.run(run(given.speed, given.hours, given.folder))


if __name__ == "__main__":
    main()
