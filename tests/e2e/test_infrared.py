"""A unit with an infrared handset: commanded by real light, and its handset heard."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from infrared_protocols.commands.gree_ac import GreeAcFanSpeed, GreeAcMode
import pytest

from tests.simulator.infrared import PRONTO, TASMOTA, ZIGBEE, Room

from .fixtures import infrared_room
from .home_assistant import CommandError, HomeAssistant, filled

EMITTER = "infrared.blaster_emitter"
RECEIVER = "infrared.blaster_receiver"
REMOTE = "remote.simulated_remote"


@pytest.fixture(scope="module")
async def room(home: HomeAssistant, broker_port: int) -> AsyncIterator[Room]:
    """Run the blaster and the unit, and wait for Home Assistant's entities of them."""
    async with infrared_room(home, broker_port, EMITTER, RECEIVER, REMOTE) as room:
        yield room


async def until(true: Callable[[], bool], timeout: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(timeout):
        while not true():
            await asyncio.sleep(0.05)


async def room_sees(room: Room, count: int) -> None:
    """Wait until the unit has seen so many frames."""
    await until(lambda: len(room.seen) >= count)


async def forget_tries(room: Room) -> None:
    """Wait for the frame that the flow tried out, which is on its way, and forget it."""
    await until(lambda: len(room.seen) == 1)
    room.seen.clear()


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
    await room_sees(room, 1)
    # What the flow tried out, it asked for; the start sends nothing.
    assert [frame.mode for frame in room.seen] == [GreeAcMode.COOL]
    unit = "climate.loft"
    await home.client.wait_for(unit, "off")
    told = await home.client.diagnostics(entry["entry_id"])
    (verdicts,) = (
        zone["data"]["checklist"] for zone in told["data"]["entry"]["subentries"]
    )
    assert verdicts["on"] == "works"

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
    room.seen.clear()
    entry = await add(home, "Cabin", emitter=REMOTE)
    await forget_tries(room)
    await home.client.call(
        "climate.set_temperature", "climate.cabin", temperature=19, hvac_mode="cool"
    )
    await until(lambda: len(room.seen) == 1)
    assert (room.seen[0].mode, room.seen[0].temperature) == (GreeAcMode.COOL, 19)
    await home.client.delete(entry["entry_id"])


@pytest.mark.parametrize(
    ("name", "transport"),
    [
        (
            "Attic",
            {
                "emitter": "mqtt",
                "topic": ZIGBEE,
                "payload": '{"ir_code_to_send": "{{ tuya }}"}',
            },
        ),
        (
            "Cellar",
            {
                "emitter": "action",
                "action": [
                    {
                        "action": "mqtt.publish",
                        "data": {"topic": PRONTO, "payload": "{{ pronto }}"},
                    }
                ],
            },
        ),
    ],
)
async def test_through_a_topic_and_through_an_action(
    home: HomeAssistant, room: Room, name: str, transport: dict[str, Any]
) -> None:
    room.seen.clear()
    entry = await add(home, name, **transport)
    await forget_tries(room)
    unit = f"climate.{name.lower()}"
    await home.client.call(
        "climate.set_temperature", unit, temperature=20, hvac_mode="heat"
    )
    await until(lambda: len(room.seen) == 1)
    assert (room.seen[0].mode, room.seen[0].temperature) == (GreeAcMode.HEAT, 20)
    await home.client.wait_for(unit, "heat", state_source="assumed")
    await home.client.delete(entry["entry_id"])
    assert room.strange == []


async def test_through_tasmota(home: HomeAssistant, room: Room) -> None:
    room.seen.clear()
    entry = await home.client.add(
        "klima",
        menu="infrared",
        name="Barn",
        emitter="tasmota",
        topic=TASMOTA,
        vendor="GREE",
    )
    await forget_tries(room)
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


HANDSET = {
    "manufacturer": "Aurora",
    "modes": ["cool", "heat"],
    "temperature_unit": "c",
    "min_temperature": 16,
    "max_temperature": 30,
    "fan_modes": ["auto"],
}

SETTINGS: dict[str, dict[str, Any]] = {
    "Off": {"mode": GreeAcMode.COOL, "temperature": 24, "power": False},
    "Cool, 24 °C, Auto": {"mode": GreeAcMode.COOL, "temperature": 24},
    "Heat, 21 °C, Auto": {"mode": GreeAcMode.HEAT, "temperature": 21},
}


async def finish(home: HomeAssistant, step: dict[str, Any]) -> dict[str, Any]:
    """Submit what is left of a flow as it is offered; return the entry."""
    while step["type"] == "form":
        step = await home.client.flow(step["flow_id"], filled(step["data_schema"], {}))
    assert step["type"] == "create_entry"
    entry: dict[str, Any] = step["result"]
    return entry


async def obeys(home: HomeAssistant, room: Room, unit: str) -> None:
    """See the unit do what was learned, and nothing that was not."""
    room.seen.clear()
    client = home.client
    for number, mode in enumerate(("heat", "cool"), 1):
        await client.call("climate.set_hvac_mode", unit, hvac_mode=mode)
        await room_sees(room, number)
    assert [(frame.mode, frame.temperature) for frame in room.seen] == [
        (GreeAcMode.HEAT, 21),
        (GreeAcMode.COOL, 24),
    ]
    with pytest.raises(CommandError):
        await client.call("climate.set_temperature", unit, temperature=22)
    await client.call("climate.turn_off", unit)
    await room_sees(room, 3)
    assert not room.seen[2].power
    assert room.strange == []


async def test_a_handset_is_learned_through_the_receiver(
    home: HomeAssistant, room: Room
) -> None:
    client = home.client
    step = await client.walk(
        "klima",
        {"next_step_id": "infrared"},
        {"emitter": EMITTER, "receiver": RECEIVER, "name": "Shed"},
        {"brand": "learn"},
        HANDSET,
    )
    for command, settings in SETTINGS.items():
        assert step["step_id"] == "learn_code"
        assert step["description_placeholders"]["command"] == command
        for _ in range(2):
            room.press(**settings)
            await asyncio.sleep(0.7)
        step = await client.flow(step["flow_id"], {"answer": "record"})
        assert not step["errors"]
    assert step["description_placeholders"]["missing"] == "0"
    step = await client.flow(step["flow_id"], {"answer": "enough"})
    # The library knows it, too: but what was recorded shall be sent.
    assert step["description_placeholders"]["protocol"].startswith("Gree")
    step = await client.flow(step["flow_id"], {"answer": "recordings"})
    step = await client.flow(step["flow_id"], {"answer": "skip"})
    entry = await finish(home, step)
    await client.wait_for("climate.shed", "off")
    room.press(**SETTINGS["Heat, 21 °C, Auto"])
    await client.wait_for("climate.shed", "heat", state_source="heard")
    await obeys(home, room, "climate.shed")
    await client.delete(entry["entry_id"])
    assert not home.faults_logged("custom_components.klima")


async def test_a_remote_learns_a_handset(home: HomeAssistant, room: Room) -> None:
    client = home.client
    step = await client.walk(
        "klima",
        {"next_step_id": "infrared"},
        {"emitter": REMOTE, "name": "Hut"},
        {"brand": "learn"},
        HANDSET,
    )
    for command, settings in SETTINGS.items():
        assert step["description_placeholders"]["command"] == command
        step = await client.flow(step["flow_id"], {"answer": "record"})
        assert step["type"] == "progress"
        await asyncio.sleep(0.5)
        room.press_before_remote(**settings)
        async with asyncio.timeout(30):
            while step["step_id"] != "learn_played":
                await asyncio.sleep(0.1)
                step = await client.request(
                    "GET", f"/api/config/config_entries/flow/{step['flow_id']}"
                )
        step = await client.flow(step["flow_id"], {"answer": "took"})
    step = await client.flow(step["flow_id"], {"answer": "enough"})
    step = await client.flow(step["flow_id"], {"answer": "skip"})
    entry = await finish(home, step)
    await client.wait_for("climate.hut", "off")
    await obeys(home, room, "climate.hut")
    await client.delete(entry["entry_id"])


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
