"""What Klima costs a home, beside Home Assistant's own parts: one run, one table.

    .venv/bin/python benchmarks/all.py

Everything is measured in this one process, in turns, so that the ratios hold on
any machine, busy ones too; the seconds and µs are this machine's. CPU is that of
the event loop's thread, of the rounds the least: what disturbs only adds. What each
line is:

a  a power sample through all of Klima's outputs, beside those of them that
   `integration`, `utility_meter` and templates can make too, and beside a few helpers
   as people put them together (power_update.py says which); what is published
   once a minute is in it
b  a room's temperature, every ten seconds, through a zone that keeps itself
   comfortable, beside `generic_thermostat`, timers included (less what the system
   does each minute without it: it also meters and bills); and, with
   `--powercalc FOLDER` (of a checkout of it), what a unit without a meter tells of itself, through the estimate and all that follows,
   beside PowerCalc's power, energy, two meters and their cost: as it is by default
   (energy at one power is told every ten minutes), and each minute, as Klima tells it;
   and beside PowerCalc, templates and meters that are set up for the same job, in two
   ways, with a report a minute in place of six, and with ten units
   (unit_without_meter.py says how)
c  set-up of 1, 100 and 500 systems of one zone each, in a process of its own: time,
   and memory beyond that of as many plain entities of Home Assistant's own
d  the loop's load with 500 zones, one power sample each in ten seconds, timers
   and publishing included
e  rows that the recorder would write for a zone in a day, less the source's own
f  a power sample at 10, 100 and 500 zones, and how much one of `integration`
   grows in the same run

Beside set-up and memory stand as many plain entities, in as many entries and
devices, that do nothing: what Home Assistant itself takes for them. A
`generic_thermostat` reads a room and switches. A zone of Klima's also looks for
open windows, people and the schedule, keeps a compressor's times, learns the
room, decides with all zones of its outdoor unit, says why, and shows the room's
temperature at its thermostat: the line counts all of it.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from datetime import timedelta
import gc
import json
import logging
import math
from pathlib import Path
import subprocess
import sys
import time
import tracemalloc
from typing import Any
from unittest.mock import patch

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
)
from homeassistant.components.climate import (
    DATA_COMPONENT as CLIMATE,
    ClimateEntity,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import HANDLERS, ConfigEntry, ConfigFlow
from homeassistant.const import (
    ATTR_TEMPERATURE,
    EVENT_HOMEASSISTANT_STARTED,
    EVENT_STATE_CHANGED,
    Platform,
)
from homeassistant.core import CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homes import (
    DEGREES,
    WATTS,
    be_elsewhere,
    heat_pump,
    home,
    room_temperature,
    run_alone,
)
import power_update
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)
import unit_without_meter

type SetUpEntry = Callable[
    [HomeAssistant, ConfigEntry, AddConfigEntryEntitiesCallback], Awaitable[None]
]

UNIT_STATE = {
    "hvac_action": "heating",
    "hvac_modes": ["off", "heat", "cool"],
    "current_temperature": 20.5,
    "temperature": 21.0,
    "supported_features": 385,
}
TARGET = 20.2
"""°C of a room that a thermostat keeps, which it swings about."""
PER_UPDATE = timedelta(seconds=10)

BEFORE = 222
"""Samples of each zone, 37 minutes, before those that are timed."""

ENABLED, DISABLED = 23, 2
"""Entities of a system with one zone, a power sensor and a price."""


def entry(number: int, **zone: object) -> MockConfigEntry:
    """Return a system of one zone on a power sensor of its own."""
    return heat_pump(
        f"Heat pump {number}",
        {"unit": f"climate.unit_{number}", **zone},
        power=f"sensor.power_{number}",
        price=0.12,
    )


class PlainSensor(SensorEntity):
    """A sensor that tells a figure, and does nothing else."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_native_unit_of_measurement = "kWh"
    _attr_device_class = SensorDeviceClass.ENERGY
    _attr_state_class = SensorStateClass.TOTAL


class PlainThermostat(ClimateEntity):
    """A thermostat that tells a temperature, and does nothing else."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_name = None
    _attr_temperature_unit = "°C"
    _attr_hvac_modes = [HVACMode.OFF, HVACMode.HEAT]
    _attr_hvac_mode = HVACMode.HEAT
    _attr_current_temperature = 20.5


class Unit(PlainThermostat):
    """A unit that heats, and does as it is told."""

    _attr_name = "Unit"
    _attr_supported_features = ClimateEntityFeature.TARGET_TEMPERATURE
    _attr_target_temperature = TARGET
    _attr_target_temperature_step = 0.5
    _attr_hvac_action = HVACAction.HEATING

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Take a target."""
        self._attr_target_temperature = kwargs[ATTR_TEMPERATURE]
        self.async_write_ha_state()

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Take a mode."""
        self._attr_hvac_mode = hvac_mode
        self.async_write_ha_state()


class PlainBinarySensor(BinarySensorEntity):
    """A binary sensor that is on, and does nothing else."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_device_class = BinarySensorDeviceClass.RUNNING
    _attr_is_on = True


class PlainSwitch(SwitchEntity):
    """A switch that is on, and does nothing else."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_is_on = True


def add_plain(hass: HomeAssistant, enabled: int, disabled: int) -> None:
    """Add an integration of as many plain entities as Klima's, over two devices.

    A thermostat, a binary sensor, a switch and sensors, with a device class, a unit
    and a name of their own, in config entries: what Home Assistant itself takes for
    them, whoever has them.
    """
    kinds: dict[Platform, type[Entity]] = {
        Platform.BINARY_SENSOR: PlainBinarySensor,
        Platform.CLIMATE: PlainThermostat,
        Platform.SWITCH: PlainSwitch,
        Platform.SENSOR: PlainSensor,
    }
    single = len(kinds) - 1

    async def forward(hass: HomeAssistant, found: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(found, kinds)
        return True

    def made(kind: type[Entity], found: ConfigEntry, number: int) -> Entity:
        entity = kind()
        entity._attr_unique_id = f"{found.entry_id}_{number}"
        device = f"{found.entry_id}_{number % 2}"
        entity._attr_device_info = DeviceInfo(
            identifiers={("plain", device)}, name=f"{found.title} {number % 2}"
        )
        if kind is not PlainThermostat:
            entity._attr_name = f"Figure {number}"
        if isinstance(entity, PlainSensor):
            entity._attr_native_value = number
            entity._attr_entity_registry_enabled_default = number < enabled
        return entity

    def adder(platform: Platform, numbers: Iterable[int]) -> SetUpEntry:
        async def add_entities(
            _hass: HomeAssistant,
            found: ConfigEntry,
            add: AddConfigEntryEntitiesCallback,
        ) -> None:
            add([made(kinds[platform], found, number) for number in numbers])

        return add_entities

    mock_integration(hass, MockModule("plain", async_setup_entry=forward))
    for index, platform in enumerate(kinds):
        numbers = [index] if index < single else range(single, enabled + disabled)
        mock_platform(
            hass,
            f"plain.{platform}",
            MockPlatform(async_setup_entry=adder(platform, numbers)),
        )
    mock_platform(hass, "plain.config_flow")
    HANDLERS["plain"] = ConfigFlow


def entry_of(domain: str, number: int) -> MockConfigEntry:
    """Return an entry of Klima's, or of the plain integration."""
    if domain == "klima":
        return entry(number)
    return MockConfigEntry(domain=domain, title=f"Plain {number}")


async def set_up(hass: HomeAssistant, zones: int, domain: str = "klima") -> float:
    """Set up as many systems of one zone, as a start does; return the s that it took."""
    if domain == "plain":
        add_plain(hass, ENABLED, DISABLED)
    for number in range(zones):
        hass.states.async_set(f"climate.unit_{number}", "heat", UNIT_STATE)
        hass.states.async_set(f"sensor.power_{number}", "500", WATTS)
    entries = [entry_of(domain, number) for number in range(zones)]
    for found in entries:
        found.add_to_hass(hass)
    begun = time.perf_counter()
    # All entries of an integration are set up together with it, and what is for the
    # end of the start waits for that.
    hass.set_state(CoreState.not_running)
    assert await async_setup_component(hass, domain, {})
    await hass.async_block_till_done()
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    spent = time.perf_counter() - begun
    assert all(found.state.name == "LOADED" for found in entries)
    known = er.async_entries_for_config_entry(er.async_get(hass), entries[0].entry_id)
    assert len(known) == ENABLED + DISABLED
    assert sum(each.disabled for each in known) == DISABLED
    return spent


async def samples(hass: HomeAssistant, zones: int, rounds: int) -> float:
    """Report a power sample of each zone in turn; return the s of CPU for a sample.

    What goes before is not timed: in its first half hour a system projects its bill
    more often, which few samples of many zones would have more of than many of few.
    """
    spent = 0.0
    now = dt_util.utcnow()
    timers = power_update.Timers(hass, now)
    for number in range(-BEFORE, rounds):
        now += PER_UPDATE
        if number == 0:
            await hass.async_block_till_done()
            # Where all is looked through is chance, and as dear as all that a home has:
            # half a second with 500 zones, in what is timed or not.
            gc.collect()
            spent = 0.0
        for zone in range(zones):
            value = str(400 + (number * 7 + zone) % 300)
            if number >= 0:
                be_elsewhere()
            begun = time.thread_time()
            hass.states.async_set(
                f"sensor.power_{zone}", value, WATTS, timestamp=now.timestamp()
            )
            spent += time.thread_time() - begun
        if number % 6 == 5:
            spent += timers.fire(now)
        begun = time.thread_time()
        if number >= 0:
            await power_update.settle(hass)
        else:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        spent += time.thread_time() - begun
    return spent / (rounds * zones)


async def grown(zones: int, rounds: int) -> float:
    """Return the s of CPU for a sample of zones."""
    async with home() as hass:
        await set_up(hass, zones)
        return await samples(hass, zones, rounds)


async def stock_grown(zones: int, rounds: int) -> float:
    """Return the s of CPU for a sample through Home Assistant's own `integration`."""
    async with home() as hass:
        for number in range(zones):
            hass.states.async_set(f"sensor.power_{number}", "500", WATTS)
        sensors = [
            {
                "platform": "integration",
                "source": f"sensor.power_{number}",
                "name": f"energy {number}",
                "unit_prefix": "k",
                "method": "left",
            }
            for number in range(zones)
        ]
        assert await async_setup_component(hass, "sensor", {"sensor": sensors})
        await hass.async_block_till_done()
        return await samples(hass, zones, rounds)


async def source_only(zones: int, rounds: int) -> float:
    """Return the s of CPU that the source's own write takes."""
    async with home() as hass:
        for number in range(zones):
            hass.states.async_set(f"sensor.power_{number}", "500", WATTS)
        return await samples(hass, zones, rounds)


async def set_up_alone(zones: int, domain: str) -> float:
    """Return the s of set-up of zones, in a Home Assistant of their own."""
    async with home() as hass:
        return await set_up(hass, zones, domain)


def set_up_anew(zones: int, domain: str) -> float:
    """Return the s of set-up of zones in a process of its own, as a start has one.

    What is left of other measurements would be gone through by each collection of
    garbage, of which a set-up causes many.
    """
    command = [sys.executable, __file__, "--set-up", domain, str(zones)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(answer.stdout)


async def memory(zones: int, domain: str) -> float:
    """Return the KiB that a zone, or as many plain entities in an entry, takes."""
    async with home() as hass:
        # What is loaded once for all is no zone's.
        await set_up(hass, 1, domain)
        gc.collect()
        tracemalloc.start()
        entries = [entry_of(domain, number) for number in range(1, zones + 1)]
        for number, found in enumerate(entries, 1):
            hass.states.async_set(f"climate.unit_{number}", "heat", UNIT_STATE)
            hass.states.async_set(f"sensor.power_{number}", "500", WATTS)
            found.add_to_hass(hass)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for found in entries:
            assert await hass.config_entries.async_setup(found.entry_id)
        await hass.async_block_till_done()
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return (after - before) / zones / 1024


async def rows(set_up_: power_update.SetUp, hours: int) -> tuple[float, float]:
    """Return the state rows and attribute rows a day, without the source's own."""
    async with home() as hass:
        hass.states.async_set(power_update.POWER, "500", WATTS)
        await set_up_(hass)
        states, attributes = 0, set[tuple[str, str]]()

        @callback
        def written(event: Event) -> None:
            nonlocal states
            state = event.data["new_state"]
            if state is None or state.entity_id == power_update.POWER:
                return
            states += 1
            unrecorded = set[str]()
            if (info := state.state_info) is not None:
                unrecorded = set(info["unrecorded_attributes"])
            kept = {k: v for k, v in state.attributes.items() if k not in unrecorded}
            attributes.add(
                (state.entity_id, json.dumps(kept, default=str, sort_keys=True))
            )

        hass.bus.async_listen(EVENT_STATE_CHANGED, written)
        await power_update.run(hass, hours * 360)
        return states * 24 / hours, len(attributes) * 24 / hours


async def add_unit(hass: HomeAssistant) -> None:
    """Add `climate.unit_0`, a thermostat that heats and does as it is told."""
    await async_setup_component(hass, "climate", {})
    unit = Unit()
    unit.entity_id = "climate.unit_0"
    await hass.data[CLIMATE].async_add_entities([unit])


async def thermostat(kind: str, updates: int) -> float:
    """Return the s of CPU for a change of a room's temperature.

    `none`: nobody reads it; `idle`: Klima does not, whose own room stands still.
    """
    room = "sensor.room"
    async with home() as hass, AsyncExitStack() as clock:
        hass.states.async_set(room, "20.0", DEGREES)
        # What either commands answers: one that does not is commanded again.
        if kind == "generic":
            assert await async_setup_component(hass, "homeassistant", {})
            heater: dict[str, object] = {"input_boolean": {"heater": {}}}
            assert await async_setup_component(hass, "input_boolean", heater)
            assert await async_setup_component(
                hass,
                "climate",
                {
                    "climate": {
                        "platform": "generic_thermostat",
                        "name": "room",
                        "heater": "input_boolean.heater",
                        "target_sensor": room,
                        "initial_hvac_mode": "heat",
                        "target_temp": TARGET,
                    }
                },
            )
        elif kind in ("idle", "klima"):
            await add_unit(hass)
            hass.states.async_set("sensor.power_0", "500", WATTS)
            still = "sensor.still"
            hass.states.async_set(still, "20.0", DEGREES)
            found = entry(0, temperature=room if kind == "klima" else still)
            found.add_to_hass(hass)
            assert await hass.config_entries.async_setup(found.entry_id)
        await hass.async_block_till_done()
        spent = 0.0
        now = dt_util.utcnow()
        timers = power_update.Timers(hass, now)
        # What is armed must be armed for a time of the samples' clock.
        clock.enter_context(patch.object(dt_util, "utcnow", lambda: now))
        for number in range(updates):
            now += PER_UPDATE
            be_elsewhere()
            begun = time.thread_time()
            value = f"{room_temperature(number, PER_UPDATE, TARGET):.2f}"
            hass.states.async_set(room, value, DEGREES, timestamp=now.timestamp())
            spent += time.thread_time() - begun
            if number % 6 == 5:
                spent += timers.fire(now)
            begun = time.thread_time()
            await power_update.settle(hass)
            spent += time.thread_time() - begun
        await hass.async_block_till_done()
        return spent / updates


def line(name: str, figure: str, target: str, met: bool | None) -> None:
    """Print a line of the table."""
    verdict = {True: "met", False: "MISSED", None: "-"}[met]
    print(f"{name:58} {figure:>28} {target:>12} {verdict:>7}", flush=True)


def beside(name: str, none: float, ours: float, theirs: float) -> float:
    """Print what Klima takes beside another, in µs less what the source takes."""
    ratio = (ours - none) / (theirs - none)
    line(
        name,
        f"{ours - none:.0f} / {theirs - none:.0f} µs = {ratio:.2f}",
        "<= 0.5",
        ratio <= 0.5,
    )
    return ratio


def without_meter(powercalc: Path, rounds: int) -> dict[str, float]:
    """Print what a unit without a meter takes, beside PowerCalc; return the ratios."""
    kinds = unit_without_meter.KINDS
    least = dict.fromkeys(kinds, math.inf)
    # The two that do the same, where units speak less often, and where there are more.
    ways = {"none": "none", "ours": "same, Klima", "theirs": "same, template"}
    slow, ten = dict.fromkeys(ways, math.inf), dict.fromkeys(ways, math.inf)
    for _ in range(rounds):
        for kind in kinds:
            taken = unit_without_meter.run(kind, powercalc, 1200)[0]
            least[kind] = min(least[kind], taken)
        for way, kind in ways.items():
            minute = timedelta(minutes=1)
            taken = unit_without_meter.run(kind, powercalc, 300, every=minute)[0]
            slow[way] = min(slow[way], taken)
            taken = unit_without_meter.run(kind, powercalc, 300, units=10)[0]
            ten[way] = min(ten[way], taken)
    none, ours = least["none"], least["same, Klima"]
    return {
        "b_powercalc": beside(
            "b  a unit without a meter: Klima / PowerCalc",
            none,
            least["Klima"],
            least["default"],
        ),
        "b_powercalc_minute": beside(
            "b  the same, PowerCalc by the minute as well",
            none,
            least["Klima"],
            least["by the minute"],
        ),
        "b_powercalc_same": beside(
            "b  the same job: Klima / template, PowerCalc, meters",
            none,
            ours,
            least["same, template"],
        ),
        "b_powercalc_same_power": beside(
            "b  the same job: Klima / PowerCalc's power, meters",
            none,
            ours,
            least["same, power"],
        ),
        "b_powercalc_same_slow": beside(
            "b  the same job (template), a report a minute", **slow
        ),
        "b_powercalc_same_ten": beside(
            "b  the same job (template), ten units, of each", **ten
        ),
    }


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--powercalc", type=Path, help="a checkout of PowerCalc")
    parser.add_argument("--json", type=Path, help="write the figures to a file too")
    parser.add_argument(
        "--set-up", nargs=2, metavar=("DOMAIN", "ZONES"), help="measure this alone"
    )
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else 5
    logging.disable(logging.CRITICAL)
    if arguments.set_up is not None:
        domain, zones = arguments.set_up
        print(run_alone(set_up_alone(int(zones), domain)))
        return
    figures: dict[str, float] = {}
    line("", "measured", "target", None)

    spent: dict[str, list[float]] = {kind: [] for kind in power_update.KINDS}
    for _ in range(rounds):
        for kind, set_up_ in power_update.KINDS.items():
            spent[kind].append(run_alone(power_update.measure(set_up_, 1500))[0])
    bare, *pairs = map(min, spent.values())
    figures["a_few"] = beside(
        "a  power sample: Klima / a few helpers", bare, *pairs[:2]
    )
    figures["a"] = beside(
        "a  power sample: Klima / helpers for the same", bare, *pairs[2:]
    )

    room: dict[str, list[float]] = {"none": [], "idle": [], "klima": [], "generic": []}
    for _ in range(rounds):
        for kind, found in room.items():
            found.append(1e6 * run_alone(thermostat(kind, 1200)))
    none, idle, ours, theirs = map(min, room.values())
    # What the system meters and bills each minute is another job.
    figures["b"] = beside(
        "b  room temperature: Klima / generic_thermostat", 0, ours - idle, theirs - none
    )
    if arguments.powercalc is None:
        line("b  beside PowerCalc", "not measured: no --powercalc", "<= 0.5", None)
    else:
        figures |= without_meter(arguments.powercalc, rounds)

    per_sample: dict[int, list[float]] = {10: [], 100: [], 500: []}
    stock_samples: dict[int, list[float]] = {10: [], 100: [], 500: []}
    for _ in range((rounds + 1) // 2):
        for zones, found in per_sample.items():
            # As many samples of each: what is timed must be as long.
            cost = run_alone(grown(zones, max(12, 6000 // zones // 6 * 6)))
            base = run_alone(source_only(zones, max(12, 6000 // zones // 6 * 6)))
            found.append(1e6 * (cost - base))
            stock_cost = run_alone(stock_grown(zones, max(12, 6000 // zones // 6 * 6)))
            stock_samples[zones].append(1e6 * (stock_cost - base))
    set_ups = [(1, "klima"), (100, "klima"), (500, "klima"), (500, "plain")]
    set_up_times = dict.fromkeys(set_ups, math.inf)
    for _ in range((rounds + 1) // 2):
        for each in set_ups:
            set_up_times[each] = min(set_up_times[each], set_up_anew(*each))
    floor = figures["c_floor"] = set_up_times.pop((500, "plain"))
    for (zones, _), taken in set_up_times.items():
        figures[f"c_{zones}"] = taken
        is_target = zones == 500
        line(
            f"c  set-up of {zones} zones",
            f"{taken:.2f} s",
            "<= 5 s" if is_target else "",
            taken <= 5 if is_target else None,
        )
    line(
        "c  set-up of 500 entries of as many plain entities",
        f"{floor:.2f} s",
        "",
        None,
    )
    took = run_alone(memory(100, "klima"))
    plain = run_alone(memory(100, "plain"))
    beyond = figures["c_memory"] = took - plain
    line(
        f"c  memory of a zone beyond its {ENABLED + DISABLED} plain entities",
        f"{took:.0f} - {plain:.0f} = {beyond:.0f} KiB",
        "<= 40 KiB",
        beyond <= 40,
    )
    flat = {zones: min(found) for zones, found in per_sample.items()}
    load = figures["d"] = 500 * flat[500] / 10e6
    line("d  loop load, 500 zones", f"{100 * load:.2f} %", "<= 5 %", load <= 0.05)

    hours = 2 if arguments.quick else 6
    own = run_alone(rows(power_update.klima, hours))
    stock = run_alone(rows(power_update.stock, hours))
    ratio = figures["e"] = sum(own) / sum(stock)
    line(
        "e  rows a zone and day: states + attributes",
        f"{own[0]:.0f}+{own[1]:.0f} / {stock[0]:.0f}+{stock[1]:.0f} = {ratio:.2f}",
        "<= 0.5",
        ratio <= 0.5,
    )
    ratio = figures["f"] = flat[500] / flat[10]
    line(
        "f  power sample at 10, 100, 500 zones",
        " ".join(f"{flat[zones]:.1f}" for zones in flat) + f" µs = {ratio:.2f}",
        "<= 1.2",
        ratio <= 1.2,
    )
    stock_flat = [min(found) for found in stock_samples.values()]
    line(
        "f  the same through `integration` alone",
        " ".join(f"{each:.1f}" for each in stock_flat)
        + f" µs = {stock_flat[-1] / stock_flat[0]:.2f}",
        "",
        None,
    )
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
