"""Klima's heat and COP against the truth of simulated units, on a real Home Assistant.

    python benchmarks/cop_truth.py [--hours 6] [--step 10] [--folder FOLDER]

Three of each of the six types run side by side, all alike: one whose system has a
power meter and a heat meter, one with a power meter alone, one with no meter at all.
All that heat do so for some hours, then all that cool. The meters report on change, as
the simulator's do. Home Assistant follows the simulation's clock, which goes on only
when Home Assistant has heard everything: a slow machine takes longer, and tells the
same. Told are the states of `thermal_energy`, `seasonal_cop` and `cop` against what the
units truly moved and used, and the `uncertainty` that each states.
"""

import argparse
import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import shutil
import signal
from statistics import median, quantiles
import sys
import time
from typing import Any, override

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from benchmarks.real_week import FastHome  # noqa: E402 # After the path.
from tests.e2e.test_efficiency import SYSTEMS  # noqa: E402
from tests.simulator.bridge import Bridge  # noqa: E402
from tests.simulator.broker import broker  # noqa: E402
from tests.simulator.fast_home import Lead  # noqa: E402
from tests.simulator.physics import Simulation, Unit, WaterHeater, all_units  # noqa: E402
from tests.simulator.weather import Weather  # noqa: E402

SOURCES: dict[str, tuple[str, ...]] = {
    "power and heat": ("power", "heat_output"),
    "power": ("power",),
    "none": (),
}
"""What each of the three is metered by."""

SEASONS = {"heat": (2.0, 21.0, 19.5), "cool": (31.0, 23.0, 25.0)}
"""°C outdoors in the mean, of the target indoors, and of the rooms at the start."""

COOL_TYPES = [key for key in SYSTEMS if "heater" not in key]
HEAT_TYPES = [key for key, (_, _, mode) in SYSTEMS.items() if mode != "cool"]

COLD_TANK = 42.0
"""°C of the tank's water at the start at the most: it has to be heated."""

SETTLING_H = 0.5
"""h from a change of weather until it is counted."""

METERED_WITHIN = 3.0
"""% of the truth within which a figure is to be that is metered."""

SAMPLED_S = 600.0
"""s from one look at the COP of the moment to the next."""

MOMENT_S = 70.0
"""s in which a state of the moment may have been told: once a minute."""


@dataclass(slots=True)
class LedHome(FastHome):
    """A Home Assistant whose clock goes on only when it is told to."""

    lead: Lead | None = None

    @override
    def _environment(self) -> dict[str, str]:
        # `super()` knows nothing of the class that slots made anew.
        return FastHome._environment(self) | {"KLIMA_LEAD": str(self.folder / "lead")}


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


@dataclass(slots=True)
class Moments:
    """How far the COP of the moment was off, in %, and what it stated."""

    off: list[float] = field(default_factory=list)
    stated: float = METERED_WITHIN


@dataclass(slots=True)
class World:
    """The home, its units, and the clock that they share."""

    home: LedHome
    bridge: Bridge
    entries: dict[str, str]
    step: float
    past: deque[dict[str, float | None]] = field(default_factory=deque)
    moments: dict[str, Moments] = field(default_factory=dict)
    cops: dict[str, str] = field(default_factory=dict)

    async def let_pass(self, hours: float, *, sampled: bool = False) -> None:
        """Let time pass, as fast as Home Assistant follows."""
        home, bridge = self.home, self.bridge
        assert home.lead is not None
        await home.client.disconnect()
        bridge.set_both_speeds(0.0)
        bridge.home_speed = 1.0
        home.send(signal.SIGUSR1)
        for number in range(round(hours * 3600 / self.step)):
            home.lead.advance(self.step)
            bridge.let_pass(self.step)
            await self._heard()
            self._look()
            if sampled and (number * self.step) % SAMPLED_S < self.step:
                await self._sample()
        bridge.set_both_speeds(1.0)
        home.send(signal.SIGUSR2)
        await asyncio.sleep(2)
        await home.client.connect()

    async def _heard(self) -> None:
        """Wait until Home Assistant has heard of the time."""
        now = f"{self.bridge.simulation.time_s:.0f}"
        async with asyncio.timeout(60):
            while True:
                state = await self.home.client.state("sensor.simulated_time")
                if state is not None and state["state"] == now:
                    return
                await asyncio.sleep(0.005)

    def _look(self) -> None:
        """Remember the true COPs of the last minute."""
        self.past.append(
            {
                unit.key: abs(unit.heat) / unit.power if unit.action_is_steady else None
                for unit in map(Seen, self.bridge.simulation.units)
            }
        )
        while len(self.past) * self.step > MOMENT_S:
            self.past.popleft()

    async def _sample(self) -> None:
        """Compare the COPs of the moment with the nearest truth of its minute."""
        for key, entity_id in self.cops.items():
            true = [cops[key] for cops in self.past]
            state = await self.home.client.state(entity_id)
            if state is None or state["state"] in ("unknown", "unavailable"):
                continue
            known = [cop for cop in true if cop]
            if len(known) < len(true):
                # It started, stopped or defrosted in this minute.
                continue
            cop = float(state["state"])
            off = min((100 * (cop / is_ - 1) for is_ in known), key=abs)
            seen = self.moments.setdefault(key, Moments())
            seen.off.append(off)
            seen.stated = state["attributes"]["uncertainty"] or METERED_WITHIN


class Seen:
    """A unit as one looks at it."""

    def __init__(self, unit: Unit) -> None:
        """Look."""
        self.key, self.heat, self.power = unit.key, unit.heat, unit.power
        action = unit.action if isinstance(unit, WaterHeater) else unit.heads[0].action
        self.action_is_steady = action in ("heating", "cooling")


async def begin(world: World, season: str) -> list[str]:
    """Have all that can do so heat or cool; return their units' keys."""
    home, simulation = world.home, world.bridge.simulation
    mean, target, room = SEASONS[season]
    types = HEAT_TYPES if season == "heat" else COOL_TYPES
    running = [key_of(key, index) for index in range(len(SOURCES)) for key in types]
    # A leap of the weather would be taken for the sun on the sensor.
    steps = (mean,) if season == "heat" else (16.0, mean)
    for unit in simulation.units:
        key = unit.key
        if isinstance(unit, WaterHeater):
            await home.client.call(
                "water_heater.set_operation_mode",
                f"water_heater.{key}",
                operation_mode="heat_pump" if key in running else "off",
            )
            unit.tank.temperature = min(unit.tank.temperature, COLD_TANK)
            continue
        await home.client.call(
            "climate.set_hvac_mode",
            f"climate.{key}",
            hvac_mode=season if key in running else "off",
        )
        if key in running:
            unit.heads[0].room.temperature = room
            await home.client.call(
                "climate.set_temperature", f"climate.{key}", temperature=target
            )
    for step in steps:
        simulation.weather.mean = step
        await world.let_pass(SETTLING_H)
    return running


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one system against the truth."""

    type: str
    meters: str
    true: str
    told: str
    off: float | None
    stated: float | None
    more: str = ""

    @property
    def verdict(self) -> str:
        """Whether it is within what it states, or within 3 % where it is metered."""
        if self.off is None:
            return "nothing told"
        limit = METERED_WITHIN if self.stated is None else self.stated
        return "within" if abs(self.off) <= limit else "OUTSIDE"


async def live(world: World, season: str, hours: float) -> list[tuple[str, Row]]:
    """Let a season pass; return what was told of it, each figure with its name."""
    home, bridge = world.home, world.bridge
    running = await begin(world, season)
    world.moments.clear()
    before = {}
    for key in running:
        entry_id = world.entries[key]
        await home.client.call("klima.reset_season", config_entry_id=entry_id)
        states = await told(home, entry_id)
        world.cops[key] = states["cop"]["entity_id"]
        before[key] = (
            bridge.meters[key].true_kwh,
            bridge.heat_meters[key].true_kwh,
            *(float(states[name]["state"]) for name in ("energy", "thermal_energy")),
        )
    world.cops = {key: world.cops[key] for key in running}
    await world.let_pass(hours, sampled=True)
    rows = []
    for plain in HEAT_TYPES if season == "heat" else COOL_TYPES:
        for index, meters in enumerate(SOURCES):
            key = key_of(plain, index)
            states = await told(home, world.entries[key])
            used, moved, own_used, own_moved = before[key]
            used = bridge.meters[key].true_kwh - used
            moved = bridge.heat_meters[key].true_kwh - moved
            own_used = float(states["energy"]["state"]) - own_used
            own_moved = float(states["thermal_energy"]["state"]) - own_moved
            rows.append(
                (
                    "energy",
                    Row(
                        plain,
                        meters,
                        f"{used:.3f} kWh",
                        f"{own_used:.3f} kWh",
                        100 * (own_used / used - 1),
                        states["power"]["attributes"].get("uncertainty"),
                    ),
                )
            )
            rows.append(
                (
                    "thermal_energy",
                    Row(
                        plain,
                        meters,
                        f"{moved:.3f} kWh",
                        f"{own_moved:.3f} kWh",
                        100 * (own_moved / moved - 1) if moved else None,
                        states["thermal_energy"]["attributes"]["uncertainty"],
                    ),
                )
            )
            season_cop = states["seasonal_cop"]
            rows.append(
                (
                    "seasonal_cop",
                    Row(
                        plain,
                        meters,
                        f"{moved / used:.2f}",
                        season_cop["state"],
                        100 * (float(season_cop["state"]) * used / moved - 1)
                        if season_cop["state"] != "unknown" and moved
                        else None,
                        season_cop["attributes"]["uncertainty"],
                    ),
                )
            )
            seen = world.moments.get(key, Moments())
            middle = median(seen.off) if seen.off else None
            worst = (
                quantiles(map(abs, seen.off), n=10)[-1] if len(seen.off) > 1 else 0.0
            )
            rows.append(
                (
                    "cop",
                    Row(
                        plain,
                        meters,
                        f"{len(seen.off)} moments",
                        f"90 %: {worst:.1f} %",
                        middle,
                        None if "heat" in meters else seen.stated,
                    ),
                )
            )
    return rows


def show(season: str, hours: float, rows: Sequence[tuple[str, Row]]) -> None:
    """Print a season's table."""
    mean = SEASONS[season][0]
    print(f"\n{season}, {hours:g} h at {mean:g} °C in the mean")
    print(
        f"{'type':24}{'meters':16}{'figure':16}{'true':>14}{'Klima':>14}"
        f"{'off by':>10}{'stated':>8}  verdict",
        flush=True,
    )
    for name, row in rows:
        off = "" if row.off is None else f"{row.off:+.1f} %"
        stated = "3 %" if row.stated is None else f"{row.stated:g} %"
        print(
            f"{row.type:24}{row.meters:16}{name:16}{row.true:>14}{row.told:>14}"
            f"{off:>10}{stated:>8}  {row.verdict}",
            flush=True,
        )


async def run(step: float, hours: float, folder: Path) -> None:
    """Live both seasons."""
    lead = Lead(folder / "lead", fresh=True)
    # Morning: showers are of the morning and of the evening.
    morning = datetime.now(UTC).replace(hour=5, minute=30, second=0, microsecond=0)
    simulation = Simulation(
        weather=Weather(mean=SEASONS["heat"][0], daily_swing=4, yearly_swing=0.0),
        units=list(units()),
        time_s=(morning - timedelta(days=4)).timestamp(),
    )
    begun = time.monotonic()
    async with broker(0) as port:
        bridge = Bridge(
            simulation, port, interval=0.1, echo_delay=0.002, tells_time=True
        )
        await bridge.start()
        home = LedHome(folder, clock=lambda: simulation.time_s, lead=lead)
        await home.start()
        try:
            await home.add_mqtt(port)
            entries: dict[str, str] = {}
            for index, sources in enumerate(SOURCES.values()):
                entries |= await set_up(home, index, sources)
            world = World(home, bridge, entries, step)
            for season in SEASONS:
                show(season, hours, await live(world, season, hours))
        finally:
            await home.stop()
            await bridge.stop()
    print(f"\n{(time.monotonic() - begun) / 60:.1f} min by the wall's clock")
    for line in home.faults_logged("custom_components.klima")[:20]:
        if "Updating state for" not in line:
            print("  ", line[:200])


def main() -> None:
    """Read the arguments, and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument(
        "--step", type=float, default=10.0, help="s of the clock's step"
    )
    parser.add_argument(
        "--folder", type=Path, default=REPOSITORY / ".artifacts/cop-truth"
    )
    given = parser.parse_args()
    os.nice(5)
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    asyncio.run(run(given.step, given.hours, given.folder))


if __name__ == "__main__":
    main()
