"""What a unit without a power meter costs, through Klima and through PowerCalc.

    .venv/bin/python benchmarks/unit_without_meter.py --powercalc FOLDER

FOLDER holds `custom_components/powercalc`. A thermostat's state is told every ten seconds
(or once a minute, `--every 60`): its room to a tenth of a degree, and its action,
which changes every 200 seconds; a sensor tells the temperature outdoors. Three comparisons:

`default`: all that Klima makes at one price, beside PowerCalc's fixed power by the unit's
action, its energy, two meters and their cost, told every ten minutes while the power
stays the same, as PowerCalc does by default.

`by the minute`: the same, and PowerCalc tells each minute, as Klima does.

`same`: on a plan with three prices a day, and of Klima's outputs all that the other side
can make: a power that follows the room, its target, the weather and the unit's action;
energy in all and of the time that it is set to heat (a tariff for cooling waits); the
price; the cost an hour, in all and today, and the month's bill. The energy and cost of
a single zone are those of its system: neither side tells them twice. Whoever
sets that up has two ways, and both are measured, with the same formula:

* `same, template`: a template sensor tells the power and what it costs an hour, when the
  action changes and once a minute; PowerCalc makes its energy and cost of that.
* `same, power`: PowerCalc's own power, of a template; another tells what it costs an hour.

From there on both are alike: PowerCalc's energy and cost sensors, which take a sensor of
the price, and Home Assistant's `utility_meter` for heating, the day and the month. The
formula is a plane fitted to Klima's own estimate in this weather, as one is to a
few readings. The table of figures shows what each comes to. What these have no
means for (the bill's projection and its charges, heat, COP, savings, the unit's
own thermostat, what is kept on the disk each minute) is on Klima's side alone.

All clocks, that of the loop's timers too, are that of the samples: what PowerCalc
makes of a power depends on the times of its states. Each runs in a Home
Assistant of its own, in turns. Printed: CPU time of the event loop's thread and state writes
for a unit's report, less what the sources' own writes cost. Of the rounds the least
counts.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
import logging
import math
from pathlib import Path
import time
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity, event, frame, restore_state
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homes import (
    DEGREES,
    WATTS,
    Writes,
    be_elsewhere,
    heat_pump,
    home,
    room_temperature,
    run_alone,
    told_by_key,
)
from power_update import PRICES, settle, three_prices

import custom_components

TARGET = 21.0
"""°C that the units are set to."""

OUTDOOR = "sensor.outdoor"
HALF_CYCLE = timedelta(seconds=200)

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""Four in the morning of the homes: at seven the price changes."""

BEFORE = timedelta(minutes=36)
"""What goes before what is timed: a system projects its bill more often at first."""

type SetUp = Callable[[HomeAssistant, int], Awaitable[None]]


class Clock:
    """All clocks of a home, which go on by steps."""

    def __init__(self) -> None:
        """Begin."""
        self.now = START
        self._timestamp = START.timestamp()

    def go_on(self, by: timedelta) -> None:
        """Go on, so that timers are due that were armed for until then."""
        self.now += by
        self._timestamp = self.now.timestamp()

    @contextmanager
    def run(self) -> Iterator[None]:
        """Be the clock of all that asks for one, of the event loop's timers too."""

        def timestamp() -> float:
            return self._timestamp

        def monotonic() -> float:
            return self._timestamp - START.timestamp()

        def utcnow() -> datetime:
            return self.now

        def local(time_zone: tzinfo | None = None) -> datetime:
            return self.now.astimezone(time_zone or dt_util.get_default_time_zone())

        with (
            patch.object(time, "time", timestamp),
            patch.object(time, "monotonic", monotonic),
            patch.object(entity, "timer", timestamp),
            patch.object(event, "time_tracker_timestamp", timestamp),
            patch.object(event, "time_tracker_utcnow", utcnow),
            patch.object(dt_util, "utcnow", utcnow),
            patch.object(dt_util, "now", local),
        ):
            # What is due but for a rounding is due: the clock stands still meanwhile.
            asyncio.get_running_loop()._clock_resolution = 0.001  # type: ignore[attr-defined]
            yield


def report(hass: HomeAssistant, number: int, unit: int, every: timedelta) -> None:
    """Report what a unit does: it works for 200 s, and then rests as long."""
    works = (number * every + unit * timedelta(seconds=20)) // HALF_CYCLE % 2
    hass.states.async_set(
        f"climate.unit_{unit}",
        "heat",
        {
            "hvac_modes": ["off", "heat", "cool"],
            "supported_features": 385,
            "temperature": TARGET,
            "hvac_action": "heating" if works else "idle",
            "current_temperature": round(
                room_temperature(number + unit, every, TARGET - 0.8), 1
            ),
        },
    )


def report_outdoor(hass: HomeAssistant, now: datetime) -> None:
    """Report the temperature outdoors: it goes up and down within eight hours."""
    swing = math.sin(math.tau * (now - START) / timedelta(hours=8))
    hass.states.async_set(OUTDOOR, f"{1 + 4 * swing:.1f}", DEGREES)


async def none(_hass: HomeAssistant, _units: int) -> None:
    """Set nothing up: what the sources' own writes cost."""


async def klima(hass: HomeAssistant, units: int) -> None:
    """Set Klima up at one price."""
    for unit in range(units):
        zone: dict[str, object] = {"unit": f"climate.unit_{unit}"}
        heat_pump(f"Heat pump {unit}", zone, price=0.12).add_to_hass(hass)
    assert await async_setup_component(hass, "klima", {})


async def klima_on_a_plan(hass: HomeAssistant, units: int) -> None:
    """Set Klima up on a plan of three prices, with a sensor outdoors."""
    plan = three_prices()
    plan.add_to_hass(hass)
    for unit in range(units):
        zone: dict[str, object] = {"unit": f"climate.unit_{unit}"}
        heat_pump(
            f"Heat pump {unit}",
            zone,
            plan=plan.entry_id,
            outdoor_temperature=OUTDOOR,
        ).add_to_hass(hass)
    assert await async_setup_component(hass, "klima", {})


async def set_up_powercalc(hass: HomeAssistant, settings: dict[str, object]) -> None:
    """Set PowerCalc up; it looks for nothing by itself."""
    frame.async_setup(hass)
    for needed in ("network", "http"):
        assert await async_setup_component(hass, needed, {})
    alone = {"discovery": {"enabled": False}, "disable_library_download": True}
    assert await async_setup_component(
        hass, "powercalc", {"powercalc": {**alone, **settings}}
    )


async def powercalc(hass: HomeAssistant, units: int, *, seconds: int = 600) -> None:
    """Set PowerCalc up with a fixed power of the unit's actions.

    Energy that goes on at one power is told every so many seconds: 600 by its default.
    """
    sensors = [
        {
            "entity_id": f"climate.unit_{unit}",
            "name": f"unit {unit}",
            "fixed": {
                "states_power": {"hvac_action|heating": 900, "hvac_action|idle": 20}
            },
        }
        for unit in range(units)
    ]
    settings: dict[str, object] = {
        "energy_update_interval": seconds,
        "create_utility_meters": True,
        "utility_meter_types": ["daily", "monthly"],
        "create_cost_sensors": True,
        "energy_price": 0.12,
        "sensors": sensors,
    }
    await set_up_powercalc(hass, settings)


def formula(unit: int) -> str:
    """Return the template of a unit's power in W: a plane, fitted to Klima's estimates."""
    name = f"climate.unit_{unit}"
    return (
        f"{{% if is_state_attr('{name}', 'hvac_action', 'heating') %}}"
        f"{{{{ ({FIT[0]} + {FIT[1]} * (state_attr('{name}', 'temperature')"
        f" - state_attr('{name}', 'current_temperature'))"
        f" + {FIT[2]} * states('{OUTDOOR}') | float(0)) | round(1) }}}}"
        f"{{% else %}}{STANDBY}{{% endif %}}"
    )


FIT = (355, 340, -36)
"""W at 0 °C outdoors and at the target; W for each K below it; W for each °C outdoors."""

STANDBY = 5.0
"""W while the unit rests."""


async def same(hass: HomeAssistant, units: int, *, by_template: bool) -> None:
    """Set PowerCalc and helpers up for what Klima makes, as far as they can.

    `by_template`: the power is a template sensor's; otherwise it is PowerCalc's own.
    """
    price = (
        "{% set hour = now().hour %}"
        f"{{{{ {PRICES['on']} if 11 <= hour < 17"
        f" else {PRICES['mid']} if 7 <= hour < 19 else {PRICES['off']} }}}}"
    )
    templates: list[dict[str, object]] = [
        {
            "triggers": [
                {"trigger": "homeassistant", "event": "start"},
                {"trigger": "time_pattern", "hours": "/1"},
            ],
            "sensor": [
                {"name": "price", "unit_of_measurement": "CAD/kWh", "state": price}
            ],
        }
    ]
    sensors: list[dict[str, object]] = []
    meters: dict[str, dict[str, object]] = {}
    for unit in range(units):
        climate, power = f"climate.unit_{unit}", f"sensor.unit_{unit}_power"
        rate = {
            "name": f"unit {unit} cost rate",
            "unit_of_measurement": "CAD/h",
            "state_class": "measurement",
        }
        of_price = "states('sensor.price') | float(0)"
        energy: dict[str, object] = {"name": f"unit {unit}", "create_cost_sensor": True}
        if by_template:
            templates.append(
                {
                    "triggers": [
                        {
                            "trigger": "state",
                            "entity_id": climate,
                            "attribute": "hvac_action",
                        },
                        {"trigger": "time_pattern", "minutes": "/1"},
                    ],
                    "variables": {"watts": formula(unit)},
                    "sensor": [
                        {
                            "name": f"unit {unit} power",
                            "state_class": "measurement",
                            "state": "{{ watts }}",
                            **WATTS,
                        },
                        {
                            **rate,
                            "state": (
                                f"{{{{ (watts * {of_price} / 1000) | round(4) }}}}"
                            ),
                        },
                    ],
                }
            )
            sensors.append({"power_sensor_id": power, **energy})
        else:
            text = f"{{{{ (states('{power}') | float(0) * {of_price} / 1000) | round(4) }}}}"
            templates.append({"sensor": [{**rate, "state": text}]})
            sensors.append(
                {"entity_id": climate, "fixed": {"power": formula(unit)}, **energy}
            )
        cost = f"sensor.unit_{unit}_cost"
        meters |= {
            f"unit_{unit}_mode": {
                "source": f"sensor.unit_{unit}_energy",
                "tariffs": ["heating", "cooling"],
            },
            f"unit_{unit}_cost_today": {"source": cost, "cycle": "daily"},
            f"unit_{unit}_bill": {"source": cost, "cycle": "monthly"},
        }
    # Before PowerCalc, which sets `utility_meter` up for itself.
    assert await async_setup_component(hass, "utility_meter", {"utility_meter": meters})
    assert await async_setup_component(hass, "template", {"template": templates})
    await hass.async_block_till_done()
    await set_up_powercalc(
        hass,
        {
            "energy_update_interval": 60,
            "energy_price_sensor": "sensor.price",
            "sensors": sensors,
        },
    )


KINDS: dict[str, SetUp] = {
    "none": none,
    "Klima": klima,
    "default": powercalc,
    "by the minute": partial(powercalc, seconds=60),
    "same, Klima": klima_on_a_plan,
    "same, template": partial(same, by_template=True),
    "same, power": partial(same, by_template=False),
}
"""What is measured in turns."""

TOLD = {
    "power": "power",
    "energy": "energy",
    "heating_energy": "mode_heating",
    "cost_rate": "cost_rate",
    "cost": "cost",
    "cost_today": "cost_today",
    "bill": "bill",
}
"""The figures that are shown beside one another: Klima's keys, and the others' names."""


async def measure(
    kind: str,
    powercalc_folder: Path,
    reports: int,
    *,
    every: timedelta = timedelta(seconds=10),
    units: int = 1,
) -> tuple[float, float, dict[str, float]]:
    """Return µs of CPU and state writes for a unit's report, and what came out of all."""
    theirs = str(powercalc_folder / "custom_components")
    if theirs not in custom_components.__path__:
        custom_components.__path__.append(theirs)
    clock = Clock()
    with clock.run():
        async with home() as hass:
            report_outdoor(hass, clock.now)
            for unit in range(units):
                report(hass, 0, unit, every)
            await KINDS[kind](hass, units)
            # As each home does once it has started: helpers keep what they counted.
            restore_state.async_get(hass).async_setup_dump()
            await hass.async_block_till_done()
            writes = Writes(hass)
            spent = 0.0
            before = BEFORE // every
            for number in range(before + reports):
                clock.go_on(every)
                if number == before:
                    spent, writes.count = 0.0, 0
                be_elsewhere()
                begun = time.thread_time()
                report_outdoor(hass, clock.now)
                for unit in range(units):
                    report(hass, number, unit, every)
                # Timers are the loop's own to run, and some of what they begin waits.
                for _ in range(3):
                    await settle(hass)
                spent += time.thread_time() - begun
            per = reports * units
            told = told_by_key(hass, TOLD, "heat_pump_0_", "unit_0_")
            return 1e6 * spent / per, writes.count / per, told


def run(
    kind: str, folder: Path, reports: int, **options: Any
) -> tuple[float, float, dict[str, float]]:
    """Measure in a loop of its own."""
    return run_alone(measure(kind, folder, reports, **options))


def main() -> None:
    """Measure in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--powercalc", type=Path, required=True)
    parser.add_argument("--reports", type=int, default=1200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--every", type=int, default=10, help="s between reports")
    parser.add_argument("--units", type=int, default=1)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    every = timedelta(seconds=arguments.every)
    options = {"every": every, "units": arguments.units}
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    writes: dict[str, float] = {}
    figures: dict[str, dict[str, float]] = {}
    for _ in range(arguments.rounds):
        for kind in KINDS:
            spent, writes[kind], figures[kind] = run(
                kind, arguments.powercalc, arguments.reports, **options
            )
            times[kind].append(spent)
    above = {kind: min(found) - min(times["none"]) for kind, found in times.items()}
    print(f"{'':16}{'µs above none':>14}{'writes':>8}", *(f"{key:>15}" for key in TOLD))
    for kind in KINDS:
        print(
            f"{kind:16}{above[kind]:14.1f}{writes[kind] - writes['none']:8.2f}",
            *(f"{figures[kind].get(key, math.nan):15.4f}" for key in TOLD),
        )


if __name__ == "__main__":
    main()
