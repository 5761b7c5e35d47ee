"""A home of many systems, which are one unit's over a broker."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
import json

from tests.e2e.home_assistant import Client


async def tell_of_unit(client: Client, number: int, *, there: bool) -> None:
    """Add a unit of many to Home Assistant, or take it away."""
    config = {
        "name": None,
        "unique_id": f"many_{number}",
        "device": {"identifiers": [f"many_{number}"], "name": f"Unit {number}"},
        "modes": ["off", "heat", "cool", "dry", "fan_only"],
        "mode_state_topic": "many/mode",
        "mode_command_topic": "many/mode/set",
        "temperature_state_topic": "many/target",
        "temperature_command_topic": "many/target/set",
        "current_temperature_topic": "many/room",
        "fan_modes": ["auto", "low", "high"],
        "fan_mode_command_topic": "many/fan/set",
        "swing_modes": ["on", "off"],
        "swing_mode_command_topic": "many/swing/set",
    }
    await client.call(
        "mqtt.publish",
        topic=f"homeassistant/climate/many_{number}/config",
        retain=True,
        payload=json.dumps(config) if there else "",
    )


@asynccontextmanager
async def many_systems(client: Client, numbers: Collection[int]) -> AsyncIterator[None]:
    """Add a system of a name and number each, and take their units away at the end."""
    for topic, payload in (("mode", "heat"), ("target", "21"), ("room", "20.4")):
        await client.call(
            "mqtt.publish", topic=f"many/{topic}", payload=payload, retain=True
        )
    await asyncio.gather(
        *(tell_of_unit(client, number, there=True) for number in numbers)
    )
    for number in numbers:
        await client.wait_for(f"climate.unit_{number}")
    await asyncio.gather(
        *(
            client.add(
                "klima",
                menu="entity",
                unit=f"climate.unit_{number}",
                name=f"System {number}",
                outdoor_temperature="sensor.outdoor_temperature",
                price=0.12,
            )
            for number in numbers
        )
    )
    yield
    await asyncio.gather(
        *(tell_of_unit(client, number, there=False) for number in numbers)
    )
