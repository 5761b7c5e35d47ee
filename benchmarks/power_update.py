"""What one power update costs, through Klima and through Home Assistant's own helpers.

    .venv/bin/python benchmarks/power_update.py

Two pairs, each on the same samples of one power sensor, one every ten seconds:

`few`: at one price, as people put the helpers together: `integration` (left Riemann
sum), `utility_meter` (day, month, and time of use with three tariffs) and a template of
the cost. Klima makes all of its own outputs; the helpers these few.

`same`: on a plan with three prices a day, and of Klima's outputs all that the helpers
can make: energy in all, for heating and for cooling, and of the zone; the price;
the cost an hour, in all, today, of the zone, and the bill. The
table of figures shows that both come to the same. What has no helper (the
bill's projection, heat, COP, savings) is on Klima's side alone.

Each runs in a Home Assistant of its own, in turns. Printed: CPU time on the event loop
and state writes for an update, what is published once a minute included, each
less what the source's own write costs, and their ratio. Of the rounds the least
counts: what disturbs a round only adds to it. Between samples the processor does
something else, as it does in a home.
"""

import argparse
import asyncio
from asyncio import TimerHandle
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
import logging
import math
import time
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, event
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
from homes import (
    WATTS,
    Writes,
    be_elsewhere,
    heat,
    heat_pump,
    home,
    plan_entry,
    run_alone,
    told_by_key,
)
from pytest_homeassistant_custom_component.common import MockConfigEntry

POWER = "sensor.meter_power"

INTERVAL = timedelta(seconds=10)

type SetUp = Callable[[HomeAssistant], Awaitable[None]]


async def bare(hass: HomeAssistant) -> None:
    """Set nothing up: what the source's own write costs."""


async def klima(hass: HomeAssistant) -> None:
    """Set Klima up on the power sensor, with a price."""
    entry = heat_pump(power=POWER, price=0.12)
    entry.add_to_hass(hass)
    heat(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


PRICES = {"off": 0.10, "mid": 0.15, "on": 0.20}
"""A kWh by the tariff, which `_tariff` tells."""


def _tariff(hour: int) -> str:
    """Return what holds in an hour of the day."""
    if 11 <= hour < 17:
        return "on"
    return "mid" if 7 <= hour < 19 else "off"


def three_prices() -> MockConfigEntry:
    """Return a plan of three prices a day."""
    hours = [
        {
            "period": {"off": "off_peak", "mid": "mid_peak", "on": "on_peak"}[name],
            "price": PRICES[name],
            "start": f"{start:02}:00",
            "end": f"{end:02}:00",
        }
        for name, start, end in (
            ("mid", 7, 11),
            ("on", 11, 17),
            ("mid", 17, 19),
            ("off", 19, 7),
        )
    ]
    return plan_entry("time_of_use", {"hours": hours})


async def klima_on_a_plan(hass: HomeAssistant) -> None:
    """Set Klima up with a plan of three prices a day."""
    plan = three_prices()
    entry = heat_pump(power=POWER, plan=plan.entry_id)
    heat(hass)
    for each in (plan, entry):
        each.add_to_hass(hass)
    # A single zone's share is its system's, and disabled: the helpers make it here.
    (zone,) = entry.subentries
    for key in ("energy", "cost"):
        er.async_get(hass).async_get_or_create(
            "sensor", "klima", f"{zone}_{key}", config_entry=entry
        )
    assert await async_setup_component(hass, "klima", {})
    await hass.async_block_till_done()


ENERGY = {
    "platform": "integration",
    "source": POWER,
    "name": "energy",
    "unit_prefix": "k",
    "method": "left",
}


async def same_of_stock(hass: HomeAssistant) -> None:
    """Set the helpers up for all of Klima's outputs that they can make."""
    tariffs = list(PRICES)
    meters = {
        "ever": {"source": "sensor.energy", "tariffs": tariffs},
        "month": {"source": "sensor.energy", "cycle": "monthly", "tariffs": tariffs},
        "mode": {"source": "sensor.energy", "tariffs": ["heating", "cooling"]},
        "cost_today": {"source": "sensor.cost", "cycle": "daily"},
    }
    priced = " + ".join(
        f"states('sensor.NAME_{name}') | float(0) * {price}"
        for name, price in PRICES.items()
    )
    texts = {
        "price": ("CAD/kWh", f"{{{{ {PRICES}[states('select.month')] }}}}"),
        "cost_rate": (
            "CAD/h",
            (
                f"{{{{ (states('{POWER}') | float(0) / 1000"
                " * states('sensor.price') | float(0)) | round(4) }}"
            ),
        ),
        "cost": ("CAD", f"{{{{ ({priced.replace('NAME', 'ever')}) | round(4) }}}}"),
        "bill": (
            "CAD",
            f"{{{{ ({priced.replace('NAME', 'month')}) | round(2) }}}}",
        ),
        "zone_energy": (
            "kWh",
            (
                "{{ (states('sensor.energy') | float(0)"
                " * states('input_number.share') | float(1)) | round(4) }}"
            ),
        ),
        "zone_cost": (
            "CAD",
            (
                "{{ (states('sensor.cost') | float(0)"
                " * states('input_number.share') | float(1)) | round(4) }}"
            ),
        ),
    }
    sensors = [
        {"name": name, "unit_of_measurement": unit, "state": text}
        for name, (unit, text) in texts.items()
    ]
    await async_setup_component(hass, "sensor", {"sensor": ENERGY})
    await async_setup_component(hass, "utility_meter", {"utility_meter": meters})
    await async_setup_component(hass, "template", {"template": [{"sensor": sensors}]})
    await hass.async_block_till_done()

    async def switch(now: datetime) -> None:
        """Choose the tariff, as its owner's automation does."""
        option = _tariff(dt_util.as_local(now).hour)
        await hass.services.async_call(
            "select",
            "select_option",
            {"entity_id": ["select.ever", "select.month"], "option": option},
            blocking=True,
        )

    await switch(dt_util.utcnow())
    event.async_track_time_change(hass, switch, minute=0, second=0)


async def stock(hass: HomeAssistant) -> None:
    """Set Home Assistant's own helpers up as people put them together."""
    meters = {
        "day": {"source": "sensor.energy", "cycle": "daily"},
        "month": {"source": "sensor.energy", "cycle": "monthly"},
        "use": {
            "source": "sensor.energy",
            "cycle": "monthly",
            "tariffs": ["off", "mid", "on"],
        },
    }
    await async_setup_component(hass, "sensor", {"sensor": ENERGY})
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


TOLD = {
    "energy": "energy",
    "heating_energy": "mode_heating",
    "cost_rate": "cost_rate",
    "cost": "cost",
    "cost_today": "cost_today",
    "bill": "bill",
}
"""The figures that are shown beside one another: Klima's keys, and the helpers' names."""


async def measure(set_up: SetUp, updates: int) -> tuple[float, float, dict[str, float]]:
    """Return µs of CPU and state writes for an update, and what came out of all."""
    async with home() as hass:
        hass.states.async_set(POWER, "500", WATTS)
        await set_up(hass)
        writes = Writes(hass)
        spent = await run(hass, updates)
        told = told_by_key(hass, TOLD, "heat_pump_", "")
        return spent / updates * 1e6, writes.count / updates, told


async def run(hass: HomeAssistant, updates: int) -> float:
    """Report power samples; return the s of CPU that they and the timers took."""
    spent = 0.0
    now = dt_util.utcnow()
    timers = Timers(hass, now)
    # A bill is of the samples' clock.
    with patch.object(dt_util, "utcnow", lambda: now):
        for sample in range(updates):
            now += INTERVAL
            value = str(400 + sample * 7 % 300)
            be_elsewhere()
            begun = time.thread_time()
            hass.states.async_set(POWER, value, WATTS, timestamp=now.timestamp())
            spent += time.thread_time() - begun
            if sample % 6 == 5:
                spent += timers.fire(now)
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


class Timers:
    """The timers of a home whose clock is that of the samples.

    The loop's own clock stands still meanwhile: a timer is due as long after the look
    that armed it as it was armed for.
    """

    def __init__(self, hass: HomeAssistant, now: datetime) -> None:
        """Take the time that it is."""
        self._hass = hass
        self._last = now.timestamp()
        self._due: dict[int, tuple[TimerHandle, float]] = {}

    def fire(self, now: datetime) -> float:
        """Run the timers that are due by a time; return the s of CPU that they took.

        As the tests' own helper does it, but that only what the timers run is timed:
        patching the clock anew for each of them would cost more than most do.
        """
        spent = 0.0
        be_elsewhere()
        timestamp = now.timestamp()
        loop = self._hass.loop
        handles = list(get_scheduled_timer_handles(loop))
        due: dict[int, tuple[TimerHandle, float]] = {}
        for handle in handles:
            armed = self._last + handle.when() - loop.time()
            due[id(handle)] = self._due.get(id(handle), (handle, armed))
        with (
            patch.object(event, "time_tracker_utcnow", lambda: now),
            patch.object(event, "time_tracker_timestamp", lambda: timestamp),
        ):
            for handle in handles:
                if handle.cancelled() or due[id(handle)][1] > timestamp + 0.5:
                    continue
                begun = time.thread_time()
                handle._run()
                spent += time.thread_time() - begun
                handle.cancel()
        # What is done goes: another timer may get its id.
        self._due = {key: each for key, each in due.items() if not each[0].cancelled()}
        self._last = timestamp
        return spent


KINDS: dict[str, SetUp] = {
    "bare": bare,
    "few, Klima": klima,
    "few, stock": stock,
    "same, Klima": klima_on_a_plan,
    "same, stock": same_of_stock,
}
"""What is measured in turns: nothing, and two pairs."""


def main() -> None:
    """Measure in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--updates", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    writes: dict[str, float] = {}
    figures: dict[str, dict[str, float]] = {}
    for _ in range(arguments.rounds):
        for kind, set_up in KINDS.items():
            spent, writes[kind], figures[kind] = run_alone(
                measure(set_up, arguments.updates)
            )
            times[kind].append(spent)
    above = {kind: min(found) - min(times["bare"]) for kind, found in times.items()}
    print(f"{'':14}{'µs above bare':>14}{'writes':>8}", *(f"{key:>15}" for key in TOLD))
    for kind in KINDS:
        print(
            f"{kind:14}{above[kind]:14.1f}{writes[kind]:8.2f}",
            *(f"{figures[kind].get(key, math.nan):15.3f}" for key in TOLD),
        )
    for pair in ("few", "same"):
        ours, theirs = f"{pair}, Klima", f"{pair}, stock"
        print(
            f"{pair}: Klima / stock: CPU {above[ours] / above[theirs]:.2f}, writes "
            f"{(writes[ours] - 1) / (writes[theirs] - 1):.2f}"
        )


if __name__ == "__main__":
    main()
