"""A week of a real Home Assistant at high clock speed, with all that happens in a home.

    python benchmarks/real_week.py [--speed 600] [--folder FOLDER] [--chart FILE.svg]

Home Assistant, its recorder, the broker and the simulated mini-split are real
processes; their clocks run alike, `speed` times as fast as the wall's. A schedule
heats the room for people who leave and come back; a window is left open, the handset
is used, Home Assistant is stopped and once killed, and the room sensor is lost. What
Home Assistant's recorder then has of the week is drawn and summed up: nothing of it
is taken from the simulation, but for the room's true temperature to compare with.
"""

import argparse
import asyncio
from bisect import bisect_right
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
import os
from pathlib import Path
import shutil
import signal
import sqlite3
import sys
import time
from typing import Any
from zoneinfo import ZoneInfo

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from benchmarks.control_chart import week_chart  # noqa: E402 # After the path.
from custom_components.klima.core.week import WEEKDAYS  # noqa: E402
from tests.e2e.home_assistant import HomeAssistant  # noqa: E402
from tests.simulator.bridge import Bridge  # noqa: E402
from tests.simulator.broker import broker  # noqa: E402
from tests.simulator.physics import Simulation, all_units  # noqa: E402
from tests.simulator.weather import Weather  # noqa: E402

HOME = ZoneInfo("America/Toronto")
UNIT = "climate.mini_split"
KEY = "mini_split"
ROOM = "sensor.mini_split_room_temperature"
DAYS = 7

_WORKDAY = [
    {"from": "06:00:00", "to": "08:30:00", "data": {"preset": "comfort"}},
    {"from": "16:30:00", "to": "22:30:00", "data": {"preset": "comfort"}},
]
_WEEKEND = [{"from": "07:30:00", "to": "23:00:00", "data": {"preset": "comfort"}}]
SCHEDULE: dict[str, Any] = {
    day: _WEEKEND if day in ("saturday", "sunday") else _WORKDAY for day in WEEKDAYS
}


@dataclass(slots=True)
class FastHome(HomeAssistant):
    """A Home Assistant on the simulation's clock."""

    program: str = "tests.simulator.fast_home"
    clock: Callable[[], float] = time.time
    speed: float = 1.0

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "KLIMA_CLOCK": str(self.clock()),
            "KLIMA_SPEED": str(self.speed),
            "PYTHONPATH": str(REPOSITORY),
        }

    def send(self, which: signal.Signals) -> None:
        """Signal the process."""
        assert self._process is not None
        self._process.send_signal(which)


@dataclass(slots=True)
class Sample:
    """What the recorder has of a moment; NaN where it has nothing."""

    at: float
    room: float
    target: float
    outdoor: float
    power: float
    reason: str


@dataclass(slots=True)
class Week:
    """The week as it is lived."""

    home: FastHome
    bridge: Bridge
    speed: float
    start: float
    fast: bool = False

    async def go_fast(self, *, fast: bool) -> None:
        """Let both clocks run, or bring them to the wall's speed for a while."""
        if fast is self.fast:
            return
        self.fast = fast
        self.home.send(signal.SIGUSR1 if fast else signal.SIGUSR2)
        self.bridge.set_both_speeds(self.speed if fast else 1.0)

    async def until(self, hours: float) -> None:
        """Let time pass up to so many hours of the week."""
        await self.go_fast(fast=True)
        while (left := self.start + hours * 3600 - self.bridge.simulation.time_s) > 0:
            await asyncio.sleep(min(max(left / self.speed, 0.01), 1.0))

    async def act(self, hours: float, what: str, do: Callable[[], Any]) -> None:
        """Do something at an hour of the week."""
        await self.until(hours)
        print(f"{hours:6.2f} h  {what}", flush=True)
        answer = do()
        if isinstance(answer, Awaitable):
            await answer

    async def call(self, action: str, entity_id: str, **data: Any) -> None:
        """Perform an action over HTTP: a websocket would not outlive its fast heartbeat."""
        domain, service = action.split(".")
        for attempt in range(5):
            try:
                await self.home.client.request(
                    "POST",
                    f"/api/services/{domain}/{service}",
                    {"entity_id": entity_id, **data},
                )
            except OSError, ConnectionError:
                if attempt == 4:
                    raise
                await asyncio.sleep(0.1)
            else:
                return

    async def restart(self, *, kill: bool) -> None:
        """Stop Home Assistant, or kill it, and start it again."""
        await self.go_fast(fast=False)
        await self.home.restart(kill=kill)
        await self.home.client.disconnect()


async def set_up(home: FastHome, port: int) -> dict[str, str]:
    """Make the home: a plan, the unit, its comfort; return the entities by their keys."""
    await home.add_mqtt(port)
    client = home.client
    await client.wait_for(UNIT)
    for name in ("Window", "At home"):
        await client.command("input_boolean/create", name=name)
    await client.call("input_boolean.turn_on", "input_boolean.at_home")
    await client.command("schedule/create", name="Week", **SCHEDULE)
    plan = await client.add("klima", menu="plan", plan="ontario_time_of_use")
    entry = await client.add(
        "klima",
        menu="entity",
        unit=UNIT,
        name="Living room",
        outdoor_temperature="sensor.outdoor_temperature",
        plan=plan["entry_id"],
    )
    (zone,) = await client.subentries(entry["entry_id"])
    result = await client.walk_subentry(
        entry["entry_id"],
        "zone",
        {"unit": UNIT, "name": "Living room"},
        {
            "temperature": ROOM,
            "windows": ["input_boolean.window"],
            "presence": ["input_boolean.at_home"],
            "schedule": "schedule.week",
            "heat_comfort": 21,
            "heat_eco": 18.5,
            "heat_away": 16,
        },
        subentry_id=zone["subentry_id"],
    )
    assert result["reason"] == "reconfigure_successful", result
    found: dict[str, str] = {}
    for entity in await client.registry(entry["entry_id"]):
        owner, key = entity["unique_id"].split("_", 1)
        # A zone has shares of the system's figures under the same keys.
        if owner == entry["entry_id"] or key in ("climate", "control_reason"):
            found[key] = entity["entity_id"]
    # The zone is loaded anew with its comfort.
    await client.wait_for(found["control_reason"], "schedule", timeout=60)
    await client.call("climate.set_hvac_mode", found["climate"], hvac_mode="heat")
    await client.wait_for(UNIT, "heat", timeout=60)
    await client.call("klima.resume", found["climate"])
    return found


async def live(week: Week, entities: dict[str, str]) -> None:
    """Let a week pass, with what happens in it."""
    head = week.bridge.simulation.head(KEY)
    faults = week.bridge.faults[KEY]

    def boolean(name: str, *, on: bool) -> Callable[[], Awaitable[None]]:
        action = f"input_boolean.turn_{'on' if on else 'off'}"
        return lambda: week.call(action, f"input_boolean.{name}")

    def handset(target: float) -> Callable[[], None]:
        return lambda: head.set_target(target)

    def sensor(*, lost: bool) -> Callable[[], None]:
        return lambda: setattr(faults, "room", "None" if lost else None)

    day = 24.0
    for hours, what, do in (
        (18.0, "a window is opened", boolean("window", on=True)),
        (18.7, "and closed", boolean("window", on=False)),
        (day + 8.5, "everybody leaves", boolean("at_home", on=False)),
        (day + 17.2, "and is back", boolean("at_home", on=True)),
        (2 * day + 19.0, "the handset is set to 23.5 °C", handset(23.5)),
        (3 * day + 5.0, "Home Assistant restarts", lambda: week.restart(kill=False)),
        (3 * day + 12.0, "the room sensor is lost", sensor(lost=True)),
        (3 * day + 20.0, "and comes back", sensor(lost=False)),
        (4 * day + 17.0, "the power is cut", lambda: week.restart(kill=True)),
        (5 * day + 9.0, "everybody leaves", boolean("at_home", on=False)),
        (5 * day + 20.0, "and is back", boolean("at_home", on=True)),
        (6 * day + 10.0, "a window is opened", boolean("window", on=True)),
        (6 * day + 12.0, "and closed", boolean("window", on=False)),
        (
            6 * day + 15.0,
            "boost",
            lambda: week.call("klima.boost", entities["climate"]),
        ),
    ):
        await week.act(hours, what, do)
    await week.until(DAYS * day)


def recorded(
    database: Path, entity_id: str, what: str = "s.state"
) -> tuple[list[float], list[Any]]:
    """Return the times, and what the recorder then has of an entity: its states."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            f"SELECT s.last_updated_ts, {what} FROM states s "  # noqa: S608 # Our own.
            "JOIN states_meta m USING (metadata_id) "
            "LEFT JOIN state_attributes a USING (attributes_id) "
            "WHERE m.entity_id = ? ORDER BY s.last_updated_ts",
            (entity_id,),
        ).fetchall()
    return [at for at, _ in rows], [value for _, value in rows]


def samples(database: Path, entities: dict[str, str], start: float) -> list[Sample]:
    """Return a sample for every five minutes of the week, each state held to the next."""
    series = {
        "room": recorded(database, ROOM),
        "target": recorded(
            database,
            entities["climate"],
            "json_extract(a.shared_attrs, '$.temperature')",
        ),
        "outdoor": recorded(database, "sensor.outdoor_temperature"),
        "power": recorded(database, entities["power"]),
        "reason": recorded(database, entities["control_reason"]),
    }

    def held(name: str, at: float) -> Any:
        times, values = series[name]
        index = bisect_right(times, at)
        return values[index - 1] if index else None

    def number(name: str, at: float) -> float:
        with suppress(TypeError, ValueError):
            return float(held(name, at))
        return 0.0 if name == "power" else last[name]

    last = {"room": 20.0, "target": 20.0, "outdoor": 0.0}
    found = []
    for number_ in range(DAYS * 288):
        at = start + number_ * 300
        for name in last:
            last[name] = number(name, at)
        found.append(
            Sample(
                at=at,
                power=number("power", at),
                reason=held("reason", at) or "unavailable",
                **last,
            )
        )
    return found


def draw(chart: Path, week: list[Sample]) -> None:
    """Keep the week as a picture."""
    chart.parent.mkdir(parents=True, exist_ok=True)
    chart.write_text(week_chart(week, DAYS))


async def run(speed: float, folder: Path, chart: Path) -> None:
    """Live the week, and tell of it."""
    shutil.rmtree(folder, ignore_errors=True)
    midnight = (datetime.now(HOME) - timedelta(days=DAYS)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    start = midnight.timestamp()
    simulation = Simulation(
        weather=Weather(mean=-4, daily_swing=5, utc_offset_h=-5),
        units=[unit for unit in all_units() if unit.key == KEY],
        time_s=start - 3600,
    )
    async with broker(0) as port:
        bridge = Bridge(simulation, port, interval=0.1, echo_delay=0.002)
        await bridge.start()
        home = FastHome(folder, clock=lambda: simulation.time_s, speed=speed)
        await home.start()
        entities = await set_up(home, port)
        await home.client.disconnect()
        week = Week(home, bridge, speed, start)
        begun = time.monotonic()
        before = bridge.meters[KEY].true_kwh
        await live(week, entities)
        await week.go_fast(fast=False)
        await asyncio.sleep(3)
        energy = await home.client.state(entities["energy"])
        bill = await home.client.state(entities["bill"])
        took = time.monotonic() - begun
        commands = Counter(t for t, _ in bridge.commands if t.startswith(KEY))
        used = bridge.meters[KEY].true_kwh - before
        await home.stop()
        await bridge.stop()

    week_ = samples(folder / "home-assistant_v2.db", entities, start)
    await asyncio.to_thread(draw, chart, week_)
    hours: Counter[str] = Counter()
    for sample in week_:
        hours[sample.reason] += 1
    comfort = [s for s in week_ if s.reason in ("schedule", "hold", "boost")]
    print(
        f"\nA week in {took / 60:.1f} min, {speed:g} times as fast as the wall's clock"
    )
    print("hours by reason:", {r: round(n / 12, 1) for r, n in hours.most_common()})
    if comfort:
        near = sum(abs(s.room - s.target) <= 0.5 for s in comfort)
        print(f"within 0.5 K of the target while scheduled: {near / len(comfort):.1%}")
    print("commands to the unit:", dict(commands))
    print(f"used by the unit's own meter {used:.3f} kWh")
    for name, state in (("energy", energy), ("bill", bill)):
        print(name, state and (state["state"], state["attributes"].get("basis")))
    # By a clock that runs fast, all that is done takes long.
    faults = [
        line
        for line in home.faults_logged("custom_components.klima")
        if "Updating state for" not in line
    ]
    print("lines of errors and warnings of Klima:", len(faults))
    for line in faults[:20]:
        print("  ", line[:200])
    print("chart:", chart)


def main() -> None:
    """Read the arguments, and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--speed", type=float, default=600.0)
    parser.add_argument(
        "--folder", type=Path, default=REPOSITORY / ".artifacts/real-week"
    )
    parser.add_argument(
        "--chart", type=Path, default=REPOSITORY / ".artifacts/real-week.svg"
    )
    given = parser.parse_args()
    asyncio.run(run(given.speed, given.folder, given.chart))


if __name__ == "__main__":
    main()
