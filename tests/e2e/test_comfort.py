"""A room that keeps itself comfortable, on a real Home Assistant and a simulated unit."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.klima.core.week import WEEKDAYS
from tests.simulator.bridge import Bridge

from .home_assistant import HomeAssistant

UNIT = "climate.air_conditioner"
KEY = "air_conditioner"
_BLUEPRINT = (
    Path(__file__).parents[2]
    / "blueprints"
    / "automation"
    / "klima"
    / "resume_when_leaving.yaml"
)


def sent(simulator: Bridge) -> list[tuple[str, str]]:
    """Return what the unit was told so far."""
    return [command for command in simulator.commands if command[0].startswith(KEY)]


@pytest.fixture(scope="module")
async def den(home: HomeAssistant, simulator: Bridge) -> dict[str, str]:
    """Set a zone up with a schedule, a window, a person and a room sensor."""
    client = home.client
    for name in ("Window", "At home"):
        await client.command("input_boolean/create", name=name)
    await client.call("input_boolean.turn_on", "input_boolean.at_home")
    block = {
        "from": "00:00:00",
        "to": "24:00:00",
        "data": {"preset": "comfort", "hvac_mode": "cool"},
    }
    await client.command(
        "schedule/create", name="Week", **{day: [block] for day in WEEKDAYS}
    )
    entry = await client.add(
        "klima",
        menu="entity",
        unit=UNIT,
        name="Studio",
        outdoor_temperature="sensor.outdoor_temperature",
    )
    before = len(sent(simulator))
    await asyncio.sleep(2)
    # Nothing was asked of it, and nothing was sent.
    assert len(sent(simulator)) == before
    found = {
        e["unique_id"]: e["entity_id"] for e in await client.registry(entry["entry_id"])
    }
    reason = next(e for u, e in found.items() if u.endswith("_control_reason"))
    await client.wait_for(reason, "pass_through")
    zone_id = next(u for u in found if u.endswith("_control_reason")).removesuffix(
        "_control_reason"
    )
    result = await client.walk_subentry(
        entry["entry_id"],
        "zone",
        {"unit": UNIT, "name": "Studio"},
        {
            "temperature": "sensor.air_conditioner_room_temperature",
            "windows": ["input_boolean.window"],
            "presence": ["input_boolean.at_home"],
            "schedule": "schedule.week",
            "window_delay": {"seconds": 1},
            "minimum_on": {"seconds": 0},
            "minimum_off": {"seconds": 0},
            "cool_comfort": 24,
            "cool_away": 29,
        },
        subentry_id=zone_id,
    )
    assert result["reason"] == "reconfigure_successful"
    return {
        "entry": entry["entry_id"],
        "reason": reason,
        "thermostat": found[f"{zone_id}_climate"],
        "automation": found[f"{zone_id}_automation"],
        "zone": zone_id,
    }


async def test_a_room_keeps_itself_comfortable_through_a_day_of_trouble(
    home: HomeAssistant, simulator: Bridge, den: dict[str, str]
) -> None:
    client, head = home.client, simulator.simulation.head(KEY)
    reason, thermostat = den["reason"], den["thermostat"]

    async def at(mode: str, target: float | None = None, timeout: float = 40) -> None:
        async with asyncio.timeout(timeout):
            while head.mode != mode or (target is not None and head.target != target):
                await asyncio.sleep(0.1)

    async def ask() -> dict[str, Any]:
        answer = await client.call("klima.explain", thermostat, return_response=True)
        explained: dict[str, Any] = answer[thermostat]
        return explained

    # The schedule.
    await client.wait_for(reason, "schedule", timeout=60)
    await at("cool", 24)
    await client.wait_for(thermostat, "cool", temperature=24, preset_mode="comfort")

    # A window.
    await client.call("input_boolean.turn_on", "input_boolean.window")
    await client.wait_for(reason, "window", timeout=40)
    await at("off")
    await client.call("input_boolean.turn_off", "input_boolean.window")
    await at("cool", 24)
    await client.wait_for(reason, "schedule", timeout=40)

    # Everybody leaves, and is back.
    await client.call("input_boolean.turn_off", "input_boolean.at_home")
    await client.wait_for(reason, "away", timeout=40)
    await at("cool", 29)
    await client.call("input_boolean.turn_on", "input_boolean.at_home")
    await at("cool", 24)
    await client.wait_for(reason, "schedule", timeout=40)

    # The handset: held, and not fought.
    async with asyncio.timeout(40):
        while (await ask())["setting"] != {"mode": "cool", "target": 24.0}:
            await asyncio.sleep(0.2)
    await asyncio.sleep(3)
    told = len(sent(simulator))
    head.set_target(20)
    simulator.publish()
    await client.wait_for(reason, "hold", timeout=40)
    await client.wait_for(thermostat, temperature=20)
    await asyncio.sleep(3)
    assert len(sent(simulator)) == told

    # A restart keeps that, and sends nothing.
    await asyncio.sleep(1)
    await home.restart()
    client = home.client
    await client.wait_for(reason, "hold", timeout=60)
    await asyncio.sleep(3)
    assert head.target == 20
    assert len(sent(simulator)) == told

    # A unit that is away gets nothing, and is told once when it is back.
    await client.call("klima.resume", thermostat)
    await at("cool", 24)
    await asyncio.sleep(2)
    simulator.faults[KEY].unavailable = True
    await client.wait_for(reason, "unit_unavailable", timeout=40)
    told = len(sent(simulator))
    await client.call("input_boolean.turn_off", "input_boolean.at_home")
    await asyncio.sleep(2)
    assert len(sent(simulator)) == told
    simulator.faults[KEY].unavailable = False
    await at("cool", 29)
    assert len(sent(simulator)) <= told + 2
    await client.wait_for(reason, "away", timeout=40)
    explained = await ask()
    assert explained["wish"]["preset"] == "away"
    assert explained["setting"] == {"mode": "cool", "target": 29.0}

    # Automation off: a plain pass-through.
    await client.call("switch.turn_off", den["automation"])
    await client.wait_for(reason, "automation_off", timeout=40)
    await client.call("input_boolean.turn_on", "input_boolean.at_home")
    await asyncio.sleep(2)
    assert head.target == 29


async def test_the_blueprint_ends_a_hold_once_the_last_person_left(
    home: HomeAssistant, den: dict[str, str]
) -> None:
    """Saved and filled in as the editor does; two people, who leave one after another."""
    client = home.client
    people = ("ann", "bob")

    async def publish(topic: str, payload: str) -> None:
        await client.call("mqtt.publish", topic=topic, payload=payload, retain=True)

    async def move(name: str, latitude: float) -> None:
        where = {"latitude": latitude, "longitude": -73.6, "gps_accuracy": 10}
        await publish(f"people/{name}", json.dumps(where))

    for name in people:
        tracker = {
            "name": name,
            "unique_id": name,
            "json_attributes_topic": f"people/{name}",
        }
        await move(name, 45.5)
        await publish(
            f"homeassistant/device_tracker/{name}/config", json.dumps(tracker)
        )
        await client.wait_for(f"device_tracker.{name}", "home")
        await client.command(
            "person/create",
            name=name,
            user_id=None,
            device_trackers=[f"device_tracker.{name}"],
        )
    await client.wait_for("zone.home", "2")
    await client.command(
        "blueprint/save",
        domain="automation",
        path="klima/resume_when_leaving",
        yaml=_BLUEPRINT.read_text(),
    )
    await client.request(
        "POST",
        "/api/config/automation/config/leaving",
        {
            "alias": "leaving",
            "use_blueprint": {
                "path": "klima/resume_when_leaving.yaml",
                "input": {"thermostat": den["thermostat"]},
            },
        },
    )
    try:
        await client.wait_for("automation.leaving", "on")
        await client.call("switch.turn_on", den["automation"])
        await client.wait_for(den["reason"], "schedule", timeout=40)
        await client.call("klima.hold", den["thermostat"], temperature=22)
        await client.wait_for(den["reason"], "hold", timeout=40)
        await client.wait_for(den["thermostat"], "cool", temperature=22)

        await move("ann", 45.6)
        await client.wait_for("zone.home", "1")
        await asyncio.sleep(2)
        # Somebody is still there.
        await client.wait_for(den["reason"], "hold", timeout=1)

        await move("bob", 45.6)
        await client.wait_for("zone.home", "0")
        await client.wait_for(den["reason"], "schedule", timeout=40)
        await client.wait_for(den["thermostat"], "cool", temperature=24)
    finally:
        await client.delete_automation("leaving")
        for person in (await client.command("person/list"))["storage"]:
            if person["name"] in people:
                await client.command("person/delete", person_id=person["id"])
        for name in people:
            await publish(f"homeassistant/device_tracker/{name}/config", "")
            await publish(f"people/{name}", "")
