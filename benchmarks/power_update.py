"""What one power update costs, through Klima and through Home Assistant's own helpers.

    .venv/bin/python benchmarks/power_update.py

Both make the same outputs of one power sensor: lifetime energy, energy today
and what it cost. Beside Klima stand `integration` (left Riemann sum),
`utility_meter` (day, month, and time of use with three tariffs) and a template
sensor of the cost, as people put them together. Each runs in a Home Assistant
of its own, in turns, on the same samples: one every ten seconds. Printed: CPU
time on the event loop and state writes for an update, what is published once a
minute included, each less what the source's own write costs, and their ratio. Of
the rounds the least counts: what disturbs a round only adds to it. Between samples the processor
does something else, as it does in a home.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
import logging
import time
from unittest.mock import patch

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import event
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
from homes import be_elsewhere, heat_pump, home

POWER = "sensor.meter_power"
ATTRIBUTES = {"unit_of_measurement": "W", "device_class": "power"}
INTERVAL = timedelta(seconds=10)

type SetUp = Callable[[HomeAssistant], Awaitable[None]]


async def bare(hass: HomeAssistant) -> None:
    """Set nothing up: what the source's own write costs."""


async def klima(hass: HomeAssistant) -> None:
    """Set Klima up on the power sensor, with a price."""
    entry = heat_pump(power=POWER, price=0.12)
    entry.add_to_hass(hass)
    hass.states.async_set(
        "climate.unit", "heat", {"hvac_action": "heating", "hvac_modes": ["heat"]}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def stock(hass: HomeAssistant) -> None:
    """Set Home Assistant's own helpers up for the same outputs."""
    meters = {
        "day": {"source": "sensor.energy", "cycle": "daily"},
        "month": {"source": "sensor.energy", "cycle": "monthly"},
        "use": {
            "source": "sensor.energy",
            "cycle": "monthly",
            "tariffs": ["off", "mid", "on"],
        },
    }
    await async_setup_component(
        hass,
        "sensor",
        {
            "sensor": {
                "platform": "integration",
                "source": POWER,
                "name": "energy",
                "unit_prefix": "k",
                "method": "left",
            }
        },
    )
    await async_setup_component(hass, "utility_meter", {"utility_meter": meters})
    await async_setup_component(
        hass,
        "template",
        {
            "template": [
                {
                    "sensor": [
                        {
                            "name": "cost",
                            "unit_of_measurement": "CAD",
                            "device_class": "monetary",
                            "state_class": "total",
                            "state": "{{ (states('sensor.energy') | float(0)"
                            " * 0.12) | round(4) }}",
                        }
                    ]
                }
            ]
        },
    )
    await hass.async_block_till_done()


async def measure(set_up: SetUp, updates: int) -> tuple[float, float, float]:
    """Return µs of CPU and state writes for an update, and the kWh it made of all."""
    async with home() as hass:
        hass.states.async_set(POWER, "500", ATTRIBUTES)
        await set_up(hass)
        writes = 0

        @callback
        def count(_event: object) -> None:
            nonlocal writes
            writes += 1

        hass.bus.async_listen(EVENT_STATE_CHANGED, count)
        spent = await run(hass, updates)
        state = hass.states.get("sensor.heat_pump_energy") or hass.states.get(
            "sensor.energy"
        )
        energy = float(state.state) if state else 0.0
    return spent / updates * 1e6, writes / updates, energy


async def run(hass: HomeAssistant, updates: int) -> float:
    """Report power samples; return the s of CPU that they and the timers took.

    The samples carry their own times, so that no clock has to be patched: a
    patched one would cost more than what is measured.
    """
    spent = 0.0
    now = dt_util.utcnow()
    for sample in range(updates):
        now += INTERVAL
        value = str(400 + sample * 7 % 300)
        be_elsewhere()
        begun = time.thread_time()
        hass.states.async_set(POWER, value, ATTRIBUTES, timestamp=now.timestamp())
        spent += time.thread_time() - begun
        if sample % 6 == 5:
            spent += fire(hass, now)
        begun = time.thread_time()
        await settle(hass)
        spent += time.thread_time() - begun
    return spent


async def settle(hass: HomeAssistant) -> None:
    """Let what was only scheduled run, and what is written to the disk be there.

    Here a minute is over before the disk is done with it.
    """
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if hass._tasks:
        await asyncio.wait(hass._tasks)


def fire(hass: HomeAssistant, now: datetime) -> float:
    """Run the timers that are due by a time; return the s of CPU that they took.

    As the tests' own helper does it, but that only what the timers run is timed:
    patching the clock anew for each of them would cost more than most do.
    """
    spent = 0.0
    be_elsewhere()
    timestamp = now.timestamp()
    ahead = timestamp + 0.5 - time.time()
    with (
        patch.object(event, "time_tracker_utcnow", lambda: now),
        patch.object(event, "time_tracker_timestamp", lambda: timestamp),
    ):
        for handle in list(get_scheduled_timer_handles(hass.loop)):
            if handle.cancelled() or handle.when() - hass.loop.time() > ahead:
                continue
            begun = time.thread_time()
            handle._run()
            spent += time.thread_time() - begun
            handle.cancel()
    return spent


def main() -> None:
    """Measure in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    kinds: dict[str, SetUp] = {"bare": bare, "klima": klima, "stock": stock}
    results: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in kinds}
    for _ in range(arguments.rounds):
        for kind, set_up in kinds.items():
            with patch.dict("os.environ"), suppress(asyncio.CancelledError):
                results[kind].append(asyncio.run(measure(set_up, arguments.updates)))
    least = {
        kind: [min(column) for column in zip(*rows, strict=True)]
        for kind, rows in results.items()
    }
    base = least["bare"]
    print(f"{'':8}{'µs/update':>12}{'above bare':>12}{'writes/update':>15}{'kWh':>10}")
    for kind, (spent, writes, energy) in least.items():
        print(
            f"{kind:8}{spent:12.1f}{spent - base[0]:12.1f}{writes:15.2f}{energy:10.3f}"
        )
    ours, theirs = least["klima"], least["stock"]
    print(
        f"klima / stock: CPU {(ours[0] - base[0]) / (theirs[0] - base[0]):.2f}, "
        f"writes {(ours[1] - base[1]) / (theirs[1] - base[1]):.2f}"
    )


if __name__ == "__main__":
    main()
