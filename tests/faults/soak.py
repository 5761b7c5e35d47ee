"""Weeks with faults on: what is counted stays right, and nothing is done that nobody asked for.

Two systems live through a late winter in a small world of rooms and machines: a
multi-split of two rooms that keep themselves comfortable, with a counter; and a
unit that is passed through, with power samples alone. Every few hours something
goes wrong, by a seed. What the machines really used is added up beside, and
compared at the end. Home Assistant's own code writes to a real disk.

It is no part of the usual tests: `scripts/soak` runs it.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import gc
import logging
import math
import os
from pathlib import Path
import random
import resource
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction, HVACMode
from homeassistant.const import ATTR_ENTITY_ID, EVENT_STATE_CHANGED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.klima import store
from tests.units import PlainClimate, async_add_units

from .common import real_disk
from .damage import DAMAGE
from .storms import STATES

DAYS = int(os.environ.get("KLIMA_SOAK_DAYS", "30"))
SEED = int(os.environ.get("KLIMA_SOAK_SEED", "1"))
START = os.environ.get("KLIMA_SOAK_START", "2026-02-21")

STEP = 20
"""s of a step: the machines report their power in each."""

PAUSE = (3600, 4 * 3600)
"""s of peace between two faults."""

PRICE = 0.25
KEPT = 75 / 3600
"""h of use that a crash may cost."""

_LOGGER = logging.getLogger(__name__)


class Machine(PlainClimate):
    """An indoor unit in its room, that can be deaf, late, or away."""

    def __init__(self, name: str, watts: float) -> None:
        """Start by heating a room of 20 °C."""
        super().__init__(name, name)
        self._attr_hvac_mode = HVACMode.HEAT
        self._attr_hvac_action = HVACAction.IDLE
        self.name_, self.watts = name, watts
        self.room = 20.0
        self.heat = 0.0
        self.deaf = False
        self.delay = 0.0
        self.pending: list[tuple[float, dict[str, Any]]] = []
        self.now = 0.0
        self.obeyed: list[tuple[float, str, Any]] = []

    def note(self, command: str, value: Any) -> None:
        """Note what was asked, and when."""
        assert self.available, "a command to a unit that is away"
        self.obeyed.append((self.now, command, value))

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Take a target, at once, late, or not at all."""
        kwargs.pop("entity_id", None)
        self.note("set_temperature", kwargs)
        took = {"target_temperature": kwargs.get("temperature")}
        if (mode := kwargs.get("hvac_mode")) is not None:
            took["hvac_mode"] = mode
        self.take(took)

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Take a mode, at once, late, or not at all."""
        self.note("set_hvac_mode", hvac_mode)
        self.take({"hvac_mode": hvac_mode})

    def take(self, took: dict[str, Any]) -> None:
        """Obey, if it does."""
        if self.deaf:
            return
        self.pending.append((self.now + self.delay, took))
        self.obey()

    def obey(self) -> None:
        """Do what is due."""
        due = [took for at, took in self.pending if at <= self.now]
        self.pending = [(at, took) for at, took in self.pending if at > self.now]
        for took in due:
            self.set(**{name: value for name, value in took.items() if value})

    def live(self, outdoor: float, *, window: bool) -> float:
        """Live for a step; return the kWh of electricity that it took."""
        loss = (0.6 if window else 0.12) * (self.room - outdoor)
        # A machine measures near its own coil: a degree too warm.
        error = (self._attr_target_temperature or 20) - self.room - 1.0
        if self._attr_hvac_mode is not HVACMode.HEAT:
            self.heat = 0.0
        elif self.heat or error > 0.5:
            self.heat = min(max(2.5 + 3.0 * error, 1.0), 5.0) if error > -0.7 else 0.0
        self.room += (self.heat - loss) * STEP / 8000
        kilowatts = 0.01 + self.heat / 3.0
        self.watts = 1000 * kilowatts
        action = HVACAction.HEATING if self.heat else HVACAction.IDLE
        if self._attr_hvac_mode is HVACMode.OFF:
            action = HVACAction.OFF
        shown = round(self.room + 1.0, 1)
        if (shown, action) != (self._attr_current_temperature, self._attr_hvac_action):
            self._attr_current_temperature = shown
            self._attr_hvac_action = action
            if self.hass is not None and self.available:
                self.async_write_ha_state()
        return kilowatts * STEP / 3600


@dataclass
class World:
    """The home, its weather, and what is wrong with it now."""

    hass: HomeAssistant
    freezer: FrozenDateTimeFactory
    rng: random.Random
    machines: dict[str, Machine]
    steps: list[float]
    elapsed: float = 0.0
    outdoor: float = -3.0
    used: dict[str, float] = field(default_factory=lambda: {"split": 0.0, "loft": 0.0})
    lost: float = 0.0
    silent: set[str] = field(default_factory=set)
    window: bool = False

    def report(self, name: str, value: Any, unit: str | None) -> None:
        """Let a sensor report, unless it is silent."""
        if name not in self.silent:
            attributes = {} if unit is None else {"unit_of_measurement": unit}
            self.hass.states.async_set(name, str(value), attributes)

    async def step(self, *, busy: bool = False) -> None:
        """Live for a step; a busy loop runs no timer meanwhile."""
        self.elapsed += STEP
        self.freezer.tick(STEP)
        day = self.elapsed / 86_400
        self.outdoor = -4 + 6 * math.sin(2 * math.pi * (day - 0.4)) + 5 * math.sin(day)
        for name, machine in self.machines.items():
            machine.now = self.elapsed
            machine.obey()
            kwh = machine.live(self.outdoor, window=self.window and name == "den")
            self.used["loft" if name == "loft" else "split"] += kwh
            if name == "loft" and "sensor.loft_meter" in self.silent:
                self.lost += kwh
        split = self.machines["den"].watts + self.machines["hall"].watts
        self.report("sensor.meter_power", f"{split:.0f}", "W")
        self.report("sensor.loft_meter", f"{self.machines['loft'].watts:.1f}", "W")
        if self.elapsed % 60 == 0:
            self.report("sensor.outdoor", f"{self.outdoor:.1f}", "°C")
            self.report("sensor.meter_energy", f"{100 + self.used['split']:.3f}", "kWh")
            for name in ("den", "hall"):
                room = self.machines[name].room
                self.report(f"sensor.{name}_room", f"{room:.2f}", "°C")
            if not busy:
                async_fire_time_changed(self.hass)
                await self.hass.async_block_till_done()

    async def steps_of(self, seconds: float, *, busy: bool = False) -> None:
        """Live for some time."""
        for _ in range(max(int(seconds / STEP), 1)):
            await self.step(busy=busy)


SILENT = (
    "sensor.meter_power", "sensor.meter_energy", "sensor.loft_meter",
    "sensor.outdoor", "sensor.den_room", "sensor.hall_room",
)  # fmt: skip


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no write come to the disk."""

    def write(*_args: object, **_kwargs: object) -> None:
        raise WriteError("[Errno 28] No space left on device")

    with patch.object(store, "write_utf8_file_atomic", write):
        yield


class Faults:
    """What goes wrong; each comes back to peace by itself."""

    def __init__(self, world: World, entries: dict[str, MockConfigEntry]) -> None:
        """Know the home."""
        self.world = world
        self.entries = entries
        self.hass = world.hass
        self.crashes = 0

    async def silence(self) -> None:
        """Let sources be unavailable, or say what is no figure, for up to an hour."""
        rng, world = self.world.rng, self.world
        names = rng.sample(SILENT, rng.randint(1, len(SILENT)))
        world.silent |= set(names)
        words = rng.choice((("unavailable",), ("unknown",), STATES))
        for _ in range(rng.randint(3, 60)):
            for name in names:
                self.hass.states.async_set(name, rng.choice(words), {})
            await world.steps_of(60)
        world.silent -= set(names)

    async def flap(self) -> None:
        """Let every source come and go at 10 Hz for a minute."""
        for number in range(600):
            for name in SILENT:
                state = self.hass.states.get(name)
                value = "unavailable" if number % 2 else "0"
                if state is not None and number % 2 == 0:
                    continue
                self.hass.states.async_set(name, value, {})
            self.world.freezer.tick(0.1)
        self.world.lost += 2 * 60 / 3600 * self.world.machines["loft"].watts / 1000

    async def away(self) -> None:
        """Let the units be unavailable for up to an hour."""
        for machine in self.world.machines.values():
            machine.set(available=False)
        await self.world.steps_of(self.world.rng.randint(60, 3600))
        for machine in self.world.machines.values():
            machine.set(available=True)

    async def deaf(self) -> None:
        """Let the units take commands and do nothing, while somebody asks for more."""
        for machine in self.world.machines.values():
            machine.deaf = True
        await self.ask()
        await self.world.steps_of(self.world.rng.randint(600, 5400))
        for machine in self.world.machines.values():
            machine.deaf = False

    async def late(self) -> None:
        """Let the units answer after up to three minutes."""
        for machine in self.world.machines.values():
            machine.delay = self.world.rng.choice((20.0, 60.0, 180.0))
        await self.ask()
        await self.world.steps_of(3600)
        for machine in self.world.machines.values():
            machine.delay = 0.0

    async def ask(self) -> None:
        """Ask for another temperature at the thermostat."""
        rng = self.world.rng
        await self.hass.services.async_call(
            "climate",
            "set_temperature",
            {
                ATTR_ENTITY_ID: f"climate.{rng.choice(('our_den', 'our_hall'))}",
                "temperature": rng.choice((19, 20, 21, 22)),
            },
            blocking=True,
        )

    async def remote(self) -> None:
        """Let somebody use the unit's own remote."""
        rng = self.world.rng
        machine = self.world.machines[rng.choice(("den", "hall"))]
        machine.set(target_temperature=rng.choice((18.0, 20.5, 23.0)))
        await self.world.steps_of(600)

    async def open(self) -> None:
        """Open the window for up to an hour."""
        self.world.window = True
        self.hass.states.async_set("binary_sensor.window", "on")
        await self.world.steps_of(self.world.rng.randint(60, 3600))
        self.world.window = False
        self.hass.states.async_set("binary_sensor.window", "off")

    async def reload(self) -> None:
        """Reload both, five times."""
        for _ in range(5):
            for entry in self.entries.values():
                assert await self.hass.config_entries.async_reload(entry.entry_id)
            await self.world.step()

    async def crash(self, damage: str | None = None) -> None:
        """Cut the power: what is on the disk now is what there is at the next start."""
        world = self.world
        folder = Path(self.hass.config.path(".storage"))
        self.crashes += 1
        kept = {file: file.read_bytes() for file in folder.glob("klima.*")}
        for entry in self.entries.values():
            assert await self.hass.config_entries.async_unload(entry.entry_id)
        for file in folder.glob("klima.*"):
            file.unlink()
        for file, data in kept.items():
            file.write_bytes(data)
        if damage is not None:
            file = folder / "klima.counted"
            file.write_bytes(DAMAGE[damage](file.read_bytes()))
        world.lost += KEPT * 1.7
        await world.steps_of(world.rng.randint(20, 300), busy=True)
        # Nobody looked at the machine without a counter meanwhile.
        world.lost += 320 / 3600 * 1.7
        for entry in self.entries.values():
            assert await self.hass.config_entries.async_setup(entry.entry_id)
        await self.hass.async_block_till_done()

    async def damaged(self) -> None:
        """Cut the power, and with it a file."""
        await self.crash(self.world.rng.choice(list(DAMAGE)))

    async def full(self) -> None:
        """Let the disk be full for ten minutes."""
        with full_disk():
            await self.world.steps_of(600)

    async def busy(self) -> None:
        """Let something block the event loop for up to five minutes."""
        await self.world.steps_of(self.world.rng.randint(20, 300), busy=True)
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done()

    async def clock_set(self) -> None:
        """Set the clock by an hour, and back some hours later."""
        step = self.world.rng.choice((3600.0, -3600.0))
        for by in (step, -step):
            self.world.steps.append(by)
            self.world.freezer.tick(by)
            async_fire_time_changed(self.hass)
            await self.hass.async_block_till_done()
            await self.world.steps_of(7200)


FAULTS = (
    "silence", "flap", "away", "deaf", "late", "ask", "remote", "open", "reload",
    "crash", "damaged", "full", "busy", "clock_set",
)  # fmt: skip


def system(
    title: str, zones: dict[str, dict[str, Any]], **data: Any
) -> MockConfigEntry:
    """Return a system's entry."""
    return MockConfigEntry(
        domain="klima",
        title=title,
        data={
            "kind": "system",
            "family": "mini_split",
            "outdoor_temperature": "sensor.outdoor",
            "price": PRICE,
            **data,
        },
        subentries_data=[
            {
                "subentry_type": "zone",
                "title": f"Our {name}",
                "data": {"driver": "entity", "unit": f"climate.{name}", **comfort},
                "unique_id": None,
            }
            for name, comfort in zones.items()
        ],
    )


def figure(hass: HomeAssistant, entity_id: str) -> float:
    """Return a figure that must be there."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return float(state.state)


def kinds() -> Counter[str]:
    """Return how many objects of each kind there are."""
    return Counter(
        f"{type(each).__module__}.{type(each).__name__}" for each in gc.get_objects()
    )


TOTALS = tuple(
    f"sensor.{name}_{key}"
    for name in ("split", "single")
    for key in ("energy", "heating_energy", "cost", "thermal_energy")
)


async def test_soak(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    set_clock: list[float],
    pytestconfig: pytest.Config,
) -> None:
    """Live through it, and print the figures."""
    report = pytestconfig.pluginmanager.getplugin("logging-plugin").report_handler
    caplog.set_level(logging.WARNING)
    # By a clock that is moved, each step takes long.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    hass.loop.set_debug(False)
    await hass.config.async_set_time_zone("America/Toronto")
    freezer.move_to(f"{START}T05:00:00+00:00")
    said: Counter[str] = Counter()
    by_fault: Counter[str] = Counter()
    written = 0

    @callback
    def count(_event: Event) -> None:
        nonlocal written
        written += 1

    def listen() -> Iterator[str]:
        for record in caplog.records:
            if record.levelno >= logging.WARNING and (
                "klima" in record.name or "klima" in record.getMessage()
            ):
                yield f"{record.name}: {record.getMessage()}"
            if record.exc_info and "klima" in str(record.exc_info[2]):
                yield f"traceback: {record.exc_info[1]!r}"
        caplog.clear()
        # Pytest keeps each record for its report as well, tracebacks and all they hold.
        report.reset()

    with real_disk(hass, tmp_path):
        machines = {name: Machine(name, 500) for name in ("den", "hall", "loft")}
        world = World(hass, freezer, random.Random(SEED), machines, set_clock)
        await async_add_units(hass, *machines.values())
        hass.states.async_set("binary_sensor.window", "off")
        await world.steps_of(60)
        entries = {
            "split": system(
                "Split",
                {
                    "den": {
                        "temperature": "sensor.den_room",
                        "windows": ["binary_sensor.window"],
                    },
                    "hall": {"temperature": "sensor.hall_room"},
                },
                power="sensor.meter_power",
                energy="sensor.meter_energy",
            ),
            "single": system("Single", {"loft": {}}, power="sensor.loft_meter"),
        }
        for entry in entries.values():
            entry.add_to_hass(hass)
            assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        list(listen())
        hass.bus.async_listen(EVENT_STATE_CHANGED, count)
        faults = Faults(world, entries)
        at_start = dict(world.used)
        least: dict[str, float] = {}
        after_two_days: tuple[Counter[str], int] | None = None
        error = seconds = 0.0
        while world.elapsed < DAYS * 86_400:
            peace = world.rng.randint(*PAUSE)
            await world.steps_of(peace)
            for name in ("den", "hall"):
                error += peace * abs(
                    machines[name].room
                    - hass.states.get(f"climate.our_{name}").attributes["temperature"]
                )
                seconds += peace
            if after_two_days is None and world.elapsed > 2 * 86_400:
                gc.collect()
                after_two_days = (
                    kinds(),
                    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                )
            kind = world.rng.choice(FAULTS)
            by_fault[kind] += 1
            await getattr(faults, kind)()
            await world.steps_of(300)
            for line in listen():
                said[f"{kind}: {line}"] += 1
            if "KLIMA_SOAK_TRACE" in os.environ:
                print(
                    f"{world.elapsed / 3600:7.1f} h {kind:9}",
                    *(
                        f"{figure(hass, f'sensor.{name}_energy') - world.used[machine] + at_start[machine]:+.3f}"
                        for name, machine in (("split", "split"), ("single", "loft"))
                    ),
                )
            # Nothing is lower, but by what a crash may cost; all of it is there again.
            for entity_id in TOTALS:
                value = figure(hass, entity_id)
                slack = 2 * KEPT * 10 if kind in ("crash", "damaged") else 1e-6
                assert value >= least.get(entity_id, 0) - slack, (kind, entity_id)
                least[entity_id] = value
            for name in ("our_den", "our_hall", "our_loft"):
                state = hass.states.get(f"climate.{name}")
                assert state is not None and state.state != "unavailable", (kind, name)
        gc.collect()
        objects = kinds()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    used = {name: world.used[name] - at_start[name] for name in world.used}
    found = {name: figure(hass, f"sensor.{name}_energy") for name in entries}
    cost = {name: figure(hass, f"sensor.{name}_cost") for name in entries}
    commands = [entry for machine in machines.values() for entry in machine.obeyed]
    assert after_two_days is not None
    print(f"\n{DAYS} days from {START}, seed {SEED}")
    print(f"faults {sum(by_fault.values())}: {dict(sorted(by_fault.items()))}")
    print(f"split, counter: used {used['split']:.3f}, counted {found['split']:.3f} kWh")
    print(
        f"single, power: used {used['loft']:.3f}, counted {found['single']:.3f} kWh; "
        f"no figure was there for at most {world.lost:.3f}"
    )
    print(f"cost {cost}, by the energy {[PRICE * each for each in found.values()]}")
    print(
        f"commands a zone and day: {len(commands) / DAYS / 2:.1f}; "
        f"room off its target by {error / seconds:.2f} K in the mean"
    )
    print(f"state writes a zone and day: {written / DAYS / 3:.0f}")
    print(
        f"objects after two days {after_two_days[0].total()}, at the end {objects.total()}; more of:"
    )
    for kind, more in (objects - after_two_days[0]).most_common(12):
        print(f"  {more} {kind}")
    print(
        f"memory at its highest: {after_two_days[1] / 1024:.0f}, {memory / 1024:.0f} MiB"
    )
    print(f"log lines of Klima's: {sum(said.values())}")
    for line, times in said.most_common(40):
        print(f"  {times} x {line}")

    assert found["split"] == pytest.approx(used["split"], abs=0.05)
    assert used["loft"] - world.lost - 0.5 <= found["single"] <= 1.005 * used["loft"]
    for name in entries:
        assert cost[name] == pytest.approx(PRICE * found[name], rel=1e-3)
    # Nobody asked for cooling, and nothing beyond what the units can.
    for _, command, value in commands:
        mode = value.get("hvac_mode") if isinstance(value, dict) else value
        assert mode in (None, HVACMode.HEAT, HVACMode.OFF), (command, value)
        if isinstance(value, dict) and "temperature" in value:
            assert 16 <= value["temperature"] <= 31
    assert not machines["loft"].obeyed
    assert len(commands) / DAYS / 2 < 60
    assert objects.total() < 1.1 * after_two_days[0].total()
    assert sum(said.values()) <= sum(by_fault.values())
