"""Faults against a real Home Assistant process: killed, cut off, with odd units.

All moments are seeded: what fails once, fails again. `KLIMA_KILLS` makes it longer.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
import os
import random
import time
from typing import Any

import pytest

from tests.simulator.bridge import Bridge, Faults
from tests.simulator.broker import broker, free_port
from tests.simulator.physics import Simulation, ducted, mini_split
from tests.simulator.weather import Weather

from .fixtures import _keep_log
from .home_assistant import HomeAssistant

KILLS = int(os.environ.get("KLIMA_KILLS", "2"))
OUTDOOR = "sensor.outdoor_temperature"
METERED = "climate.mini_split"


@dataclass(slots=True)
class World:
    """A home, its units, and a broker that can be taken away."""

    home: HomeAssistant
    bridge: Bridge
    broker: AsyncExitStack
    port: int
    counted: dict[str, Any]
    sampled: dict[str, Any]

    async def at_once(self, *figures: tuple[dict[str, Any], str]) -> list[float]:
        """Return figures of systems as they are at one moment."""
        client = self.home.client
        ids = [
            await client.entity_id(entry["entry_id"], key, "sensor")
            for entry, key in figures
        ]
        states = await client.states()
        return [float(states[entity_id]["state"]) for entity_id in ids]

    async def energy(self, entry: dict[str, Any], key: str = "energy") -> float:
        """Return a system's energy, or another of its figures."""
        entity_id = await self.home.client.entity_id(entry["entry_id"], key, "sensor")
        return float((await self.home.client.wait_for(entity_id, timeout=60))["state"])

    async def energy_from(self, entry: dict[str, Any], least: float) -> None:
        """Wait until a system's energy is as much: its counter may speak a moment later."""
        entity_id = await self.home.client.entity_id(
            entry["entry_id"], "energy", "sensor"
        )
        # Unavailable for a moment, it is text.
        await self.home.client.wait_for(entity_id, timeout=60)
        await self.home.client.wait_for(
            entity_id, lambda state: float(state["state"]) >= least, timeout=30
        )

    async def zone(self, entry: dict[str, Any]) -> str:
        """Return the thermostat that Klima made of a system's unit."""
        entities = await self.home.client.registry(entry["entry_id"])
        found = (str(entity["entity_id"]) for entity in entities)
        return next(e for e in found if e.startswith("climate."))


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Run a home of two units: one with a counter, one with nothing but its power."""
    simulation = Simulation(
        weather=Weather(mean=-5, daily_swing=0),
        units=[mini_split(), ducted()],
        time_s=time.time(),
    )
    port = free_port()
    stack = AsyncExitStack()
    await stack.enter_async_context(broker(port))
    bridge = Bridge(simulation, port, speed=5, interval=0.5, echo_delay=0.2)
    await bridge.start()
    home = HomeAssistant(tmp_path_factory.mktemp("faults"))
    await home.start()
    try:
        await home.add_mqtt(port)
        await home.client.wait_for("sensor.ducted_heat_pump_power", timeout=60)
        await home.client.wait_for("sensor.mini_split_energy", timeout=60)
        entries = [
            await home.client.add(
                "klima",
                menu="entity",
                unit=unit,
                name=name,
                outdoor_temperature=OUTDOOR,
                price=0.25,
                **sources,
            )
            for unit, name, sources in (
                (METERED, "Counted", {"energy": "sensor.mini_split_energy"}),
                (
                    "climate.ducted_heat_pump",
                    "Sampled",
                    {"power": "sensor.ducted_heat_pump_power", "energy": None},
                ),
            )
        ]
        world = World(home, bridge, stack, port, *entries)
        for entry in entries:
            await home.client.wait_for(await world.zone(entry), timeout=60)
        for unit in (METERED, "climate.ducted_heat_pump"):
            await home.client.call(
                "climate.set_temperature", unit, hvac_mode="heat", temperature=28
            )
        yield world
    finally:
        await home.stop()
        _keep_log(home, "faults")
        await bridge.stop()
        await stack.aclose()


async def test_killed_at_random_moments(world: World) -> None:
    """Nothing falls but a minute at most, the units run on, and nothing is sent to them."""
    rng = random.Random(20261125)
    client = world.home.client
    await client.wait_for(
        "sensor.ducted_heat_pump_power", lambda s: float(s["state"]) > 300, 90
    )
    meter = world.bridge.meters["mini_split"]
    for _ in range(KILLS):
        await asyncio.sleep(rng.uniform(0.5, 15))
        counted, sampled, costs = await world.at_once(
            (world.counted, "energy"),
            (world.sampled, "energy"),
            (world.counted, "cost"),
        )
        commands = len(world.bridge.commands)
        settings = [entry["title"] for entry in await world.home.client.entries()]
        started = time.monotonic()
        await world.home.restart(kill=True)
        # The counter told meanwhile what was used; nothing tells of the other's time.
        watts = 8000 * (75 + time.monotonic() - started) / 3.6e6
        await world.energy_from(world.counted, counted - 1e-4)
        assert await world.energy(world.counted, "cost") >= costs - 1e-4
        assert await world.energy(world.sampled) >= sampled - watts
        assert [e["title"] for e in await world.home.client.entries()] == settings
        assert len(world.bridge.commands) == commands
        assert world.bridge.simulation.head("mini_split").mode == "heat"
    used = meter.true_kwh
    entity = await world.home.client.entity_id(
        world.counted["entry_id"], "energy", "sensor"
    )
    # All that the unit used since its meter was first read, killed or not.
    state = await world.home.client.wait_for(entity, timeout=60)
    assert float(state["state"]) <= used + 0.001


async def test_a_broker_that_is_gone(world: World) -> None:
    """Nothing is told of what cannot be known; all is back by itself, and nothing is sent."""
    zone = await world.zone(world.counted)
    before = await world.energy(world.counted)
    await world.broker.aclose()
    await world.home.client.wait_for(zone, "unavailable", 60)
    commands = list(world.bridge.commands)
    await asyncio.sleep(5)
    assert await world.energy(world.counted) >= before - 1e-9
    await world.broker.enter_async_context(broker(world.port))
    await world.home.client.wait_for(zone, "heat", 90)
    meter = world.bridge.meters["mini_split"]
    entity = await world.home.client.entity_id(
        world.counted["entry_id"], "energy", "sensor"
    )
    await world.home.client.wait_for(
        entity, lambda s: float(s["state"]) >= before - 1e-9, 90
    )
    assert meter.true_kwh > 0
    await asyncio.sleep(3)
    assert world.bridge.commands == commands


async def test_a_unit_that_is_deaf_and_one_that_is_late(world: World) -> None:
    """What was asked is asked a few times at most, and what the unit says is shown."""
    zone = await world.zone(world.counted)
    faults = world.bridge.faults["mini_split"]
    faults.deaf = True
    commands = len(world.bridge.commands)
    await world.home.client.call("climate.set_temperature", zone, temperature=19)
    await asyncio.sleep(8)
    assert 1 <= len(world.bridge.commands) - commands <= 3
    state = await world.home.client.wait_for(zone, "heat")
    assert world.bridge.simulation.head("mini_split").target == 28
    assert state["state"] == "heat"

    world.bridge.faults["mini_split"] = Faults(echo_delay=3)
    await asyncio.sleep(1)
    commands = len(world.bridge.commands)
    await world.home.client.call("climate.set_temperature", zone, temperature=24)
    await world.home.client.wait_for(zone, temperature=24, timeout=60)
    await asyncio.sleep(4)
    assert len(world.bridge.commands) - commands <= 3
    assert world.bridge.simulation.head("mini_split").target == 24
    world.bridge.faults["mini_split"] = Faults()


async def test_the_log_was_quiet(world: World) -> None:
    """No traceback, and not a line of Klima's own."""
    lines = world.home.faults_logged()
    assert [line for line in lines if "custom_components" in line] == []
