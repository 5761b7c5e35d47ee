"""A unit with an infrared handset: commanded by real light, and its handset heard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from infrared_protocols.commands.gree_ac import GreeAcFanSpeed, GreeAcMode
import pytest

from tests.simulator.infrared import TASMOTA, Room

from .home_assistant import CommandError, HomeAssistant

EMITTER = "infrared.blaster_emitter"
RECEIVER = "infrared.blaster_receiver"
REMOTE = "remote.simulated_remote"


@pytest.fixture(scope="module")
async def room(home: HomeAssistant, broker_port: int) -> AsyncIterator[Room]:
    """Run the blaster and the unit, and wait for Home Assistant's entities of them."""
    room = Room(broker_port)
    await room.start()
    for entity_id in (EMITTER, RECEIVER, REMOTE):
        await home.client.wait_for(entity_id, lambda s: s["state"] != "unavailable")
    yield room
    await room.stop()


async def until(true: Callable[[], bool], timeout: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(timeout):
        while not true():
            await asyncio.sleep(0.05)


async def add(home: HomeAssistant, name: str, **answers: Any) -> dict[str, Any]:
    """Add a unit of Gree's, submitting what is offered."""
    return await home.client.add(
        "klima",
        menu="infrared",
        name=name,
        brand="Gree",
        model="protocol:GreeAc",
        **answers,
    )


async def test_commands_leave_through_an_emitter_and_the_handset_is_heard(
    home: HomeAssistant, room: Room
) -> None:
    entry = await add(home, "Loft", emitter=EMITTER, receiver=RECEIVER)
    # What the flow tried out, it asked for; the start sends nothing.
    assert [frame.mode for frame in room.seen] == [GreeAcMode.COOL]
    unit = "climate.loft"
    await home.client.wait_for(unit, "off")

    await home.client.call(
        "climate.set_temperature", unit, temperature=21, hvac_mode="heat"
    )
    await home.client.call("climate.set_fan_mode", unit, fan_mode="high")
    await until(lambda: len(room.seen) == 2)
    frame = room.seen[1]
    assert (frame.power, frame.mode, frame.temperature, frame.fan) == (
        True,
        GreeAcMode.HEAT,
        21,
        GreeAcFanSpeed.HIGH,
    )
    await home.client.wait_for(unit, "heat", temperature=21, state_source="assumed")

    room.make_noise()
    room.press(mode=GreeAcMode.DRY, temperature=23, fan=GreeAcFanSpeed.LOW)
    await home.client.wait_for(
        unit, "dry", temperature=23, fan_mode="low", state_source="heard"
    )
    room.press(mode=GreeAcMode.DRY, temperature=23, power=False)
    await home.client.wait_for(unit, "off")
    assert len(room.seen) == 2

    # It is still known after a restart, and nothing is sent at it.
    await home.client.call("climate.set_hvac_mode", unit, hvac_mode="cool")
    await until(lambda: len(room.seen) == 3)
    await home.client.reload(entry["entry_id"])
    await home.client.wait_for(unit, "cool", temperature=23)
    await asyncio.sleep(1)
    assert len(room.seen) == 3

    # Frames of an emitter that two zones share do not overlap.
    await home.client.call("climate.turn_off", unit)
    await until(lambda: len(room.seen) == 4)
    assert room.state is not None and not room.state.power
    assert room.strange == []
    await home.client.delete(entry["entry_id"])
    assert not home.faults_logged("klima.drivers")


async def test_through_a_remote(home: HomeAssistant, room: Room) -> None:
    entry = await add(home, "Cabin", emitter=REMOTE)
    room.seen.clear()
    await home.client.call(
        "climate.set_temperature", "climate.cabin", temperature=19, hvac_mode="cool"
    )
    await until(lambda: len(room.seen) == 1)
    assert (room.seen[0].mode, room.seen[0].temperature) == (GreeAcMode.COOL, 19)
    await home.client.delete(entry["entry_id"])


async def test_through_tasmota(home: HomeAssistant, room: Room) -> None:
    entry = await home.client.add(
        "klima",
        menu="infrared",
        name="Barn",
        emitter="tasmota",
        topic=TASMOTA,
        vendor="GREE",
    )
    room.seen.clear()
    unit = "climate.barn"
    await home.client.call(
        "climate.set_temperature", unit, temperature=26, hvac_mode="heat"
    )
    await home.client.call("climate.set_swing_mode", unit, swing_mode="auto")
    await until(lambda: len(room.seen) == 1)
    frame = room.seen[0]
    assert (frame.mode, frame.temperature, frame.swing_v) == (GreeAcMode.HEAT, 26, True)
    room.press_before_tasmota(
        Power="On", Mode="Cool", Celsius="On", Temp=18, FanSpeed="Low", SwingV="Off"
    )
    await home.client.wait_for(
        unit, "cool", temperature=18, fan_mode="low", state_source="heard"
    )
    await home.client.delete(entry["entry_id"])


async def test_a_bad_code_file_is_refused_in_the_flow(
    home: HomeAssistant, room: Room
) -> None:
    client = home.client
    step = await client.start_flow("klima")
    for answer in (
        {"next_step_id": "infrared"},
        {"emitter": EMITTER},
        {"brand": "code_file"},
        {"text": "[" * 100_000},
    ):
        step = await client.flow(step["flow_id"], answer)
    assert step["errors"] == {"text": "file_not_json"}
    step = await client.flow(step["flow_id"], {"path": "../secrets.yaml"})
    assert step["errors"] == {"path": "file_outside"}
    with pytest.raises(CommandError):
        await client.flow(step["flow_id"], {"path": 3})
