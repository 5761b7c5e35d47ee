"""Klima on a real Home Assistant: units wrapped, commanded, metered and kept."""

import asyncio
from collections.abc import AsyncIterator
import math
from typing import Any

import pytest

from tests.simulator.bridge import Bridge

from .home_assistant import CommandError, HomeAssistant

OUTDOOR = "sensor.outdoor_temperature"


def sources(key: str) -> dict[str, Any]:
    """Return what a user fills in for a simulated unit's energy."""
    return {
        "outdoor_temperature": OUTDOOR,
        "power": f"sensor.{key}_power",
        "energy": f"sensor.{key}_energy",
        "price": 0.12,
    }


@pytest.fixture(scope="module")
async def living_room(home: HomeAssistant) -> dict[str, Any]:
    """Set the mini-split up with three submits, and return its entry."""
    return await home.client.add(
        "klima",
        menu="entity",
        unit="climate.mini_split",
        name="Living room",
        **sources("mini_split"),
    )


@pytest.fixture(scope="module")
async def upstairs(home: HomeAssistant) -> dict[str, Any]:
    """Set the multi-split up with its three zones."""
    entry = await home.client.add(
        "klima",
        menu="entity",
        unit="climate.multi_split_bedroom",
        name="Upstairs",
        **sources("multi_split"),
    )
    for unit in ("climate.multi_split_office", "climate.multi_split_nursery"):
        await home.client.add_subentry(entry["entry_id"], "zone", unit=unit)
    async with asyncio.timeout(60):
        # Adding a zone reloads the system.
        while len(await thermostats(home, entry)) < 3:
            await asyncio.sleep(0.2)
    for zone in await thermostats(home, entry):
        await home.client.wait_for(zone)
    return entry


@pytest.fixture(autouse=True)
async def quiet_after(home: HomeAssistant) -> AsyncIterator[None]:
    """Leave every unit switched off."""
    yield
    units = [e for e in await home.client.states() if e.startswith("climate.")]
    await home.client.call("climate.turn_off", units)
    # What the next test does to a unit must not come before it was told.
    for unit in units:
        await home.client.wait_for(
            unit, lambda state: state["state"] in ("off", "unavailable")
        )


def number(state: dict[str, Any]) -> float:
    """Return a state as a number, not-a-number for none: no comparison holds for it."""
    try:
        return float(state["state"])
    except ValueError:
        return math.nan


async def thermostats(home: HomeAssistant, entry: dict[str, Any]) -> list[str]:
    """Return the thermostats that Klima made for a system's zones."""
    return sorted(
        entity["entity_id"]
        for entity in await home.client.registry(entry["entry_id"])
        if entity["entity_id"].startswith("climate.")
    )


async def figure(home: HomeAssistant, entry: dict[str, Any], key: str) -> float:
    """Return the state of a system's sensor as a number."""
    entity_id = await home.client.entity_id(entry["entry_id"], key, "sensor")
    return float((await home.client.wait_for(entity_id))["state"])


async def test_the_flow_reads_the_unit_and_refuses_what_cannot_be(
    home: HomeAssistant,
) -> None:
    """The forms are prefilled; a bad figure is told at its field; nothing is made before."""
    client = home.client
    before = await client.entries("klima")
    step = await client.start_flow("klima")
    assert step["type"] == "menu"
    step = await client.flow(step["flow_id"], {"next_step_id": "entity"})
    step = await client.flow(step["flow_id"], {"unit": "climate.air_conditioner"})
    assert step["step_id"] == "equipment"
    offered = {
        field["name"]: (field.get("description") or {}).get("suggested_value")
        for field in step["data_schema"]
    }
    assert offered["family"] == "air_conditioner"
    assert offered["manufacturer"] == "Simulated"
    assert offered["outdoor_temperature"] == OUTDOOR

    step = await client.flow(
        step["flow_id"], {"family": "mini_split", "ratings": {"cop_minus_15": 9.5}}
    )
    assert step["errors"]["cop_minus_15"] == "above_carnot"
    with pytest.raises(CommandError) as refused:
        await client.flow(
            step["flow_id"], {"family": "mini_split", "ratings": {"cop_8": "good"}}
        )
    assert refused.value.code == 400
    assert await client.entries("klima") == before


async def test_commands_reach_the_unit_and_its_answer_comes_back(
    home: HomeAssistant, simulator: Bridge, living_room: dict[str, Any]
) -> None:
    """Through Klima's own thermostat, with every setting that the unit has."""
    client = home.client
    (zone,) = await thermostats(home, living_room)
    head = simulator.simulation.head("mini_split")

    await client.call(
        "climate.set_temperature", zone, hvac_mode="heat", temperature=24.5
    )
    await client.call("climate.set_fan_mode", zone, fan_mode="high")
    await client.call("climate.set_preset_mode", zone, preset_mode="boost")
    await client.wait_for(
        zone, "heat", temperature=24.5, fan_mode="high", preset_mode="boost"
    )
    assert (head.mode, head.target, head.fan_mode, head.preset_mode) == (
        "heat",
        24.5,
        "high",
        "boost",
    )
    await client.wait_for(zone, hvac_action="heating", timeout=60)
    running = await client.entity_id(living_room["entry_id"], "running")
    await client.wait_for(running, "on")
    kind = await client.entity_id(living_room["entry_id"], "heat_pump_type", "sensor")
    state = await client.wait_for(kind, "mini_split")
    assert state["attributes"]["heat_source"] == "outdoor_air"
    assert state["attributes"]["ductwork"] == "none"

    # The handset is obeyed by the unit, and Klima shows it.
    await client.call("climate.set_temperature", "climate.mini_split", temperature=22)
    await client.wait_for(zone, temperature=22)


async def test_what_it_counts_is_what_the_unit_used(
    home: HomeAssistant, simulator: Bridge, living_room: dict[str, Any]
) -> None:
    """Lifetime energy follows the unit's own counter, whatever happens to that."""
    client = home.client
    (zone,) = await thermostats(home, living_room)
    meter = simulator.meters["mini_split"]
    await client.call("climate.set_temperature", zone, hvac_mode="heat", temperature=28)
    await client.wait_for("sensor.mini_split_power", lambda s: number(s) > 300, 60)
    entity = await client.entity_id(living_room["entry_id"], "energy", "sensor")
    start, true_start = await figure(home, living_room, "energy"), meter.true_kwh
    await asyncio.sleep(10)
    meter.reset()
    await client.wait_for(entity, lambda s: number(s) > start, 130)
    await client.call("climate.turn_off", zone)
    await client.wait_for("sensor.mini_split_power", lambda s: number(s) < 50, 60)
    used = meter.true_kwh - true_start
    await client.wait_for(entity, lambda s: abs(number(s) - start - used) < 0.003, 130)


async def test_a_stop_and_a_power_cut_in_mid_run_lose_nothing(
    home: HomeAssistant, simulator: Bridge, living_room: dict[str, Any]
) -> None:
    """The total goes on from where it was, and takes what the counter saw meanwhile."""
    (zone,) = await thermostats(home, living_room)
    meter = simulator.meters["mini_split"]
    await home.client.call(
        "climate.set_temperature", zone, hvac_mode="heat", temperature=28
    )
    await home.client.wait_for("sensor.mini_split_power", lambda s: number(s) > 300, 60)
    start, true_start = await figure(home, living_room, "energy"), meter.true_kwh
    for kill in (False, True):
        before = await figure(home, living_room, "energy")
        await home.restart(kill=kill)
        # Home Assistant must not have told the unit anything by starting.
        assert simulator.simulation.head("mini_split").mode == "heat"
        await home.client.wait_for(zone, "heat", 60)
        assert await figure(home, living_room, "energy") >= before - 1e-9
    entity = await home.client.entity_id(living_room["entry_id"], "energy", "sensor")
    await home.client.wait_for(
        entity,
        lambda s: abs(number(s) - start - (meter.true_kwh - true_start)) < 0.02,
        130,
    )


async def test_a_unit_that_is_gone_or_refuses_tells_its_caller(
    home: HomeAssistant, simulator: Bridge, living_room: dict[str, Any]
) -> None:
    """Nothing is sent to it; the error says so in the caller's language."""
    (zone,) = await thermostats(home, living_room)
    faults = simulator.faults["mini_split"]
    faults.unavailable = True
    await home.client.wait_for(zone, "unavailable")
    power = await home.client.entity_id(living_room["entry_id"], "power", "sensor")
    await home.client.wait_for(power, "unavailable")
    commands = len(simulator.commands)
    # Home Assistant itself passes over entities that are unavailable.
    await home.client.call("climate.set_hvac_mode", zone, hvac_mode="cool")
    with pytest.raises(CommandError) as refused:
        await home.client.call("climate.set_hvac_mode", zone, hvac_mode="tepid")
    assert refused.value.code in ("invalid_format", "service_validation_error")
    assert len(simulator.commands) == commands
    faults.unavailable = False
    await home.client.wait_for(zone, "off")


async def test_zones_share_what_the_outdoor_unit_uses(
    home: HomeAssistant, simulator: Bridge, upstairs: dict[str, Any]
) -> None:
    """Each is controlled by itself; their shares add up to the system's energy."""
    client = home.client
    zones = await thermostats(home, upstairs)
    bedroom = next(z for z in zones if "bedroom" in z)
    await client.call(
        "climate.set_temperature", bedroom, hvac_mode="heat", temperature=27
    )
    await client.wait_for(bedroom, "heat", temperature=27)
    assert simulator.simulation.head("multi_split_bedroom").mode == "heat"
    assert simulator.simulation.head("multi_split_office").mode == "off"

    system = await client.entity_id(upstairs["entry_id"], "energy", "sensor")
    shares = [
        entity["entity_id"]
        for entity in await client.registry(upstairs["entry_id"])
        if entity["unique_id"].endswith("_energy")
        and entity["entity_id"] != system
        and entity["translation_key"] == "energy"
    ]
    assert len(shares) == 3
    await client.wait_for(system, lambda s: number(s) > 0.002, 130)
    async with asyncio.timeout(130):
        # Enabling the first zone's share makes Home Assistant reload once more.
        while True:
            states = await client.states()
            parts = [number(states[share]) for share in shares if share in states]
            if len(parts) == 3 and abs(sum(parts) - number(states[system])) < 1e-3:
                break
            await asyncio.sleep(0.5)
    devices = {d["name"]: d for d in await client.devices(upstairs["entry_id"])}
    assert devices.keys() >= {"Upstairs"}
    assert [
        d["name"]
        for d in devices.values()
        if d["via_device_id"] == devices["Upstairs"]["id"]
    ]


async def test_a_lost_source_is_told_and_replaced(
    home: HomeAssistant, living_room: dict[str, Any]
) -> None:
    """A renamed source is followed without a word."""
    client = home.client
    await client.command(
        "config/entity_registry/update",
        entity_id="sensor.mini_split_power",
        new_entity_id="sensor.renamed_power",
    )
    power = await client.entity_id(living_room["entry_id"], "power", "sensor")
    await client.wait_for(power)
    assert [i for i in await client.issues() if i["domain"] == "klima"] == []
    await client.command(
        "config/entity_registry/update",
        entity_id="sensor.renamed_power",
        new_entity_id="sensor.mini_split_power",
    )
    await client.wait_for(power)


async def test_removal_leaves_nothing_behind(home: HomeAssistant) -> None:
    """No entity, no device, no stored total; and the unit may be wrapped again."""
    client = home.client
    for _ in range(2):
        entry = await client.add(
            "klima",
            menu="entity",
            unit="water_heater.heat_pump_water_heater",
            **sources("heat_pump_water_heater"),
        )
        entry_id = entry["entry_id"]
        tank = await client.entity_id(entry_id, "water_heater")
        await client.wait_for(tank)
        await client.delete(entry_id)
        assert await client.registry(entry_id) == []
        assert await client.devices(entry_id) == []
        assert tank not in await client.states()
        storage = home.folder / ".storage"
        assert not list(storage.glob(f"klima.{entry_id}*"))
        # What others counted may be there.
        counted = storage / "klima.counted"
        assert not counted.exists() or entry_id not in counted.read_text()


@pytest.mark.compiled
async def test_the_energy_dashboard_takes_what_it_counts(
    home: HomeAssistant, living_room: dict[str, Any], upstairs: dict[str, Any]
) -> None:
    """Its own validation finds nothing wrong, and long-term statistics are compiled."""
    client = home.client
    energy = [
        await client.entity_id(entry["entry_id"], "energy", "sensor")
        for entry in (living_room, upstairs)
    ]
    await client.use_in_energy_dashboard("sensor.mini_split_energy", *energy)
    for entity in ("sensor.mini_split_energy", *energy):
        await client.wait_for_statistics(entity)
    assert await client.energy_problems() == []
    problems = await client.statistics_problems()
    assert [p for p in problems if "klima" in p or p in energy] == []
    for metadata in await client.statistics_metadata(*energy):
        assert metadata["has_sum"]
        assert metadata["unit_class"] == "energy"
