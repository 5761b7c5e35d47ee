"""Start a real Home Assistant on loopback with Klima set up on simulated units.

Home Assistant keeps its state in .develop/, so that what you set up by hand is there again the
next time. Ctrl-C stops everything; --fresh begins anew.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import signal
import sys
import time
from typing import Any

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from tests.e2e.home_assistant import PASSWORD, USER, Client, HomeAssistant, remove  # noqa: E402
from tests.simulator.bridge import Bridge  # noqa: E402
from tests.simulator.broker import BrokerKind, broker  # noqa: E402
from tests.simulator.physics import Simulation, all_units  # noqa: E402
from tests.simulator.weather import Weather  # noqa: E402

# What a user would fill in for each simulated unit; all else is submitted as it is offered.
SYSTEMS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("climate.mini_split", "mini_split", "Living room", {}),
    ("climate.multi_split_bedroom", "multi_split", "Upstairs", {}),
    (
        "climate.ducted_heat_pump",
        "ducted_heat_pump",
        "Whole house",
        {"family": "ducted_air_source"},
    ),
    (
        "climate.air_conditioner",
        "air_conditioner",
        "Sunroom",
        {"family": "air_conditioner"},
    ),
    (
        "water_heater.heat_pump_water_heater",
        "heat_pump_water_heater",
        "Hot water",
        {
            "family": "heat_pump_water_heater",
            # It takes its heat from the room that it stands in.
            "outdoor_temperature": "sensor.heat_pump_water_heater_room_temperature",
        },
    ),
)
ZONES = {"Upstairs": ("climate.multi_split_office", "climate.multi_split_nursery")}
PRICE = 0.12
DASHBOARD = "simulated-units"
MODES = {
    "climate": "climate-hvac-modes",
    "water_heater": "water-heater-operation-modes",
}


async def set_up_klima(client: Client) -> None:
    """Set up every simulated unit through Klima's config flow, as a user would."""
    titles = {entry["title"] for entry in await client.entries("klima")}
    # A unit that was added by hand, under another name, is hidden behind Klima's.
    taken = {
        entity["entity_id"]
        for entity in await client.command("config/entity_registry/list")
        if entity["hidden_by"]
    }
    for unit, key, name, equipment in SYSTEMS:
        if name in titles or unit in taken:
            continue
        entry = await client.add(
            "klima",
            menu="entity",
            unit=unit,
            name=name,
            **{
                "manufacturer": "Simulated",
                "outdoor_temperature": "sensor.outdoor_temperature",
                "power": f"sensor.{key}_power",
                "energy": f"sensor.{key}_energy",
                "price": PRICE,
                **equipment,
            },
        )
        for zone in ZONES.get(name, ()):
            await client.add_subentry(entry["entry_id"], "zone", unit=zone)


async def set_up_dashboard(client: Client) -> None:
    """Make a dashboard of stock cards, to click and watch at once."""
    sections = []
    for entry in await client.entries("klima"):
        entities = await client.registry(entry["entry_id"])
        thermostats = sorted(
            e["entity_id"]
            for e in entities
            if e["entity_id"].startswith(("climate.", "water_heater."))
        )
        cards: list[dict[str, Any]] = [{"type": "heading", "heading": entry["title"]}]
        cards += [
            {
                "type": "thermostat",
                "entity": entity,
                "features": [{"type": MODES[entity.split(".")[0]]}],
            }
            for entity in thermostats
        ]
        # What was added by hand may have no price, or be a plan.
        own = {entity["unique_id"]: entity["entity_id"] for entity in entities}
        cards += [
            {"type": "tile", "entity": own[unique_id]}
            for key in ("power", "energy", "cost_today", "heat_pump_type", "price")
            if (unique_id := f"{entry['entry_id']}_{key}") in own
        ]
        sections.append({"type": "grid", "cards": cards})
    dashboards = await client.command("lovelace/dashboards/list")
    if DASHBOARD not in (dashboard["url_path"] for dashboard in dashboards):
        await client.command(
            "lovelace/dashboards/create",
            url_path=DASHBOARD,
            title="Simulated units",
            icon="mdi:heat-pump",
        )
    view = {"type": "sections", "title": "Simulated units", "sections": sections}
    await client.command(
        "lovelace/config/save", url_path=DASHBOARD, config={"views": [view]}
    )


async def check(client: Client, bridge: Bridge) -> None:
    """Use Klima's thermostat of the mini-split, and see the simulated unit answer."""
    entry = next(
        e for e in await client.entries("klima") if e["title"] == "Living room"
    )
    climate = next(
        e["entity_id"]
        for e in await client.registry(entry["entry_id"])
        if e["entity_id"].startswith("climate.")
    )
    await client.wait_for(climate)
    await client.call(
        "climate.set_temperature", climate, hvac_mode="heat", temperature=24
    )
    await client.wait_for(climate, "heat", temperature=24)
    assert bridge.simulation.head("mini_split").mode == "heat"
    await client.wait_for(climate, hvac_action="heating")
    for key, right in (
        ("heat_pump_type", lambda s: s["state"] == "mini_split"),
        ("power", lambda s: float(s["state"]) > 100),
        ("energy", lambda s: float(s["state"]) > 0),
    ):
        entity = await client.entity_id(entry["entry_id"], key, "sensor")
        state = await client.wait_for(entity, right, 90)
        print(
            f"  {entity}: {state['state']} {state['attributes'].get('unit_of_measurement', '')}"
        )
    await client.call("climate.turn_off", climate)
    await client.wait_for(climate, "off")


async def run(arguments: argparse.Namespace) -> None:
    """Run until a signal, or with --check until everything was seen to work."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    folder: Path = arguments.folder
    if arguments.fresh:
        remove(folder)
    async with AsyncExitStack() as stack:
        # The port of the last time, where Home Assistant looks for its broker.
        stored = folder / "broker"
        old = int(stored.read_text()) if stored.exists() else 0
        kind: BrokerKind = arguments.broker
        port = await stack.enter_async_context(broker(old, kind))
        simulation = Simulation(
            weather=Weather(mean=2, daily_swing=4, utc_offset_h=-5),
            units=all_units(),
            time_s=time.time(),
        )
        bridge = Bridge(simulation, port, speed=arguments.speed)
        await bridge.start()
        stack.push_async_callback(bridge.stop)

        print("Starting Home Assistant", flush=True)
        home = HomeAssistant(folder, port=arguments.port)
        starting = asyncio.create_task(stack.enter_async_context(home))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            return
        await starting
        stored.write_text(str(port))
        await home.add_mqtt(port)
        await home.client.wait_for("climate.mini_split", timeout=30)
        await set_up_klima(home.client)
        await set_up_dashboard(home.client)
        print(
            f"\n  {home.url}/{DASHBOARD}   user: {USER}   password: {PASSWORD}\n",
            flush=True,
        )
        if arguments.check:
            await check(home.client, bridge)
            print("Everything works.")
            return
        print(f"  Log: {folder}/console.log   Ctrl-C stops.", flush=True)
        await stop.wait()
        print("\nStopping", flush=True)


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="scripts/develop", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8123, help="Home Assistant's port (8123)"
    )
    parser.add_argument(
        "--speed", type=float, default=10.0, help="simulated seconds in a second (10)"
    )
    parser.add_argument(
        "--broker",
        choices=("embedded", "mosquitto", "auto"),
        default="embedded",
        help="the MQTT broker (embedded)",
    )
    parser.add_argument(
        "--folder", type=Path, default=REPOSITORY / ".develop", help=argparse.SUPPRESS
    )
    parser.add_argument("--fresh", action="store_true", help="forget everything first")
    parser.add_argument(
        "--check",
        "--once",
        action="store_true",
        help="see that everything works, and stop",
    )
    asyncio.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
