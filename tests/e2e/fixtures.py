"""Fixtures of the end-to-end and browser tests; a conftest imports them from here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import time

import pytest

from tests.simulator.bridge import Bridge, Faults
from tests.simulator.broker import broker
from tests.simulator.infrared import DEVICE, Room
from tests.simulator.physics import Simulation, all_units
from tests.simulator.weather import Weather

from .home_assistant import ARTIFACTS, Client, HomeAssistant


@pytest.fixture(scope="session")
async def broker_port() -> AsyncIterator[int]:
    """Run a broker for the session: mosquitto where it is there."""
    async with broker(0) as port:
        yield port


@pytest.fixture(scope="session")
async def simulator(broker_port: int) -> AsyncIterator[Bridge]:
    """Run every simulated unit in this process, so that tests reach their truth and faults."""
    simulation = Simulation(
        weather=Weather(mean=2, daily_swing=0), units=all_units(), time_s=time.time()
    )
    bridge = Bridge(simulation, broker_port, speed=30, interval=0.5, echo_delay=0.2)
    await bridge.start()
    yield bridge
    await bridge.stop()


@pytest.fixture(scope="session")
async def home(
    tmp_path_factory: pytest.TempPathFactory, broker_port: int, simulator: Bridge
) -> AsyncIterator[HomeAssistant]:
    """Run Home Assistant for the session, with MQTT set up and the units discovered."""
    folder = tmp_path_factory.mktemp("home_assistant")
    home = HomeAssistant(folder)
    await home.start()
    try:
        await home.add_mqtt(broker_port)
        await home.client.wait_for("climate.mini_split")
        await home.client.wait_for("sensor.heat_pump_water_heater_energy")
        yield home
    finally:
        await home.stop()
        _keep_log(home, folder.name)


@pytest.fixture(scope="module", autouse=True)
async def clean_home(home: HomeAssistant, simulator: Bridge) -> AsyncIterator[None]:
    """Leave to the next file a home without Klima, and units that are switched off.

    What a file leaves in the log against Klima fails its last test.
    """
    before = len(home.faults_logged())
    yield
    heads = {
        f"climate.{head.key}"
        for unit in simulator.simulation.units
        for head in getattr(unit, "heads", ())
    }
    for entry in await home.client.entries("klima"):
        await home.client.delete(entry["entry_id"])
    units = [
        entity_id
        for entity_id, state in (await home.client.states()).items()
        if entity_id in heads and state["state"] not in ("off", "unavailable")
    ]
    for entity_id in units:
        await home.client.call("climate.turn_off", entity_id)
        await home.client.wait_for(entity_id, "off", 60)
    assert home.faults_logged()[before:] == []


@asynccontextmanager
async def infrared_room(
    home: HomeAssistant, broker_port: int, *entity_ids: str
) -> AsyncIterator[Room]:
    """Run the blaster and its unit, from when Home Assistant has its entities."""
    room = Room(broker_port)
    await room.start()
    for entity_id in entity_ids:
        await home.client.wait_for(entity_id, lambda s: s["state"] != "unavailable")
    yield room
    await room.stop()
    # Home Assistant forgets the device a moment after its entities.
    async with asyncio.timeout(30):
        while any(d["name"] == DEVICE["name"] for d in await home.client.devices()):
            await asyncio.sleep(0.2)


@pytest.fixture
def client(home: HomeAssistant) -> Client:
    """Return the client of the running Home Assistant; a restart makes a new one."""
    return home.client


@pytest.fixture(autouse=True)
def no_faults_left(request: pytest.FixtureRequest) -> None:
    """Begin each test with units that are well."""
    if "simulator" not in request.fixturenames and "home" not in request.fixturenames:
        return
    bridge: Bridge = request.getfixturevalue("simulator")
    for key in bridge.faults:
        bridge.faults[key] = Faults()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests last that wait for compiled statistics: most of the wait is over by then."""
    items.sort(key=lambda item: item.get_closest_marker("compiled") is not None)


def _keep_log(home: HomeAssistant, name: str) -> None:
    folder = ARTIFACTS / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.log").write_text(home.log)
