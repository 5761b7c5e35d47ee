"""The least that a week of benchmarks/control.py can cost one who may only set a setpoint.

    .venv/bin/python -m benchmarks.control_setpoint_limit [--seeds 11 12]
        [--seasons winter shoulder summer] [--prices flat "time of use"]
        [--every 15] [--finer]

`benchmarks/control_limit.py` sets the compressor's speed itself. This one has what a
remote control has: a setpoint in the unit's half degrees, and off. All else it knows
beforehand: the weather, the sun, the room, the prices, and the unit's own thermostat,
with its swing, its slow integral, its ramps, its defrosts and its minimum times.

It is a search, forward in time, over copies of the simulated unit. Each quarter of an
hour every copy is told each of eight things (seven setpoints around what the unit
measures, and off). Of the copies that are then alike (by the room in twentieths of a
kelvin, by whether the compressor works, and by fifths of the thermostat's integral)
the best is kept. What is best counts the cost so far, what the heat in the room is
worth, and a price for each occupied minute that is more than half a kelvin off; that
price is turned until 95 % of them are within it. Outside of occupied hours the room
is kept at the schedule's target or beyond it, within the same half kelvin.

It begins where the week of the plain schedule, an hour early, begins, and must leave
the room as warm (in summer as cool). What it finds is lived again by the simulator that
all other ways are measured on, and that is what is printed: so the way is a possible
one, and the true least is no higher. `--finer 2` keeps copies that differ by half as
much, and by their frost, to show by how little it is lower.
"""

import argparse
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
import math
from pathlib import Path
import sys

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.control import (
    BAND,
    COMFORT,
    PRICES,
    SEASONS,
    WEEK,
    Fronts,
    Result,
    Room,
    Season,
    fixed,
    measure,
    plain_schedule,
    run,
    seeded,
)
from tests.simulator.compressor import Direction
from tests.simulator.physics import FAN_MODES

MINUTES = 7 * 1440
SECONDS = 10.0
AROUND = (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
"""K from what the unit measures (on the side that asks for more) at which it may be set."""

FAR = 1.0
"""K from its target that no occupied room is let go to, whatever minutes are allowed."""

PENALTY = 0.05
"""Money for a K beyond what is allowed at all, for a minute: more than any heat costs."""

TELLING = 0.001
"""Money for a command: of two ways that cost the same, the one with fewer is taken."""

PRICES_OF_A_MINUTE = (0.0002, 0.004)
"""Money for an occupied minute off its target, between which the right one is sought."""


@dataclass(frozen=True)
class Ahead:
    """What a minute will be like: all that can be known beforehand."""

    outdoor: float
    gains: float
    price: float
    target: float
    occupied: bool


def ahead(room: Room, price: Callable[[datetime], float]) -> list[Ahead]:
    """Return the week that lies before a room, as `Room.step` and `measure` have it."""
    season, found = room.season, []
    for minute in range(MINUTES):
        now = room.now + timedelta(minutes=minute)
        hour = now.hour + now.minute / 60
        sun = season.sun * max(0.0, math.sin(math.pi * (hour - 7) / 11))
        if isinstance(season.weather, Fronts):
            sun *= season.weather.sunshine(now.timestamp())
        entry = WEEK.at(now)
        assert entry.preset is not None
        found.append(
            Ahead(
                season.weather.temperature(now.timestamp()),
                120 + (sun if 7 <= hour <= 18 else 0.0),
                price(now + timedelta(minutes=1)),
                season.targets[entry.preset],
                entry == COMFORT,
            )
        )
    return found


class Copies:
    """Many copies of one unit in its room, stepped at once: `tests/simulator` in arrays."""

    def __init__(self, room: Room) -> None:
        """Copy a unit as it stands."""
        head, outdoor = room.head, room.unit.outdoor
        self.season, self.plate, self.head = room.season, outdoor.nameplate, head
        self.sign = room.season.sign
        self.direction = Direction.HEATING if self.sign > 0 else Direction.COOLING
        rated = (
            (self.plate.heating_cop, self.plate.heating_rated_at, 21.0)
            if self.sign > 0
            else (self.plate.cooling_cop, self.plate.cooling_rated_at, 26.7)
        )
        # The share of Carnot's that a nameplate's COP is: what `cop` has at full load.
        self.share = rated[0] / float(self._carnot(rated[1], np.array(rated[2]), 1.0))
        self.decay = math.exp(-SECONDS / (head.room.resistance * head.room.capacity))
        self.state = {
            "room": np.array([head.room.temperature]),
            "integral": np.array([head._integral]),
            "calling": np.array([head._calling]),
            "on": np.array([head.mode != "off"]),
            "target": np.array([head.target]),
            "running": np.array([outdoor.running]),
            "defrosting": np.array([outdoor.defrosting]),
            "speed": np.array([outdoor.speed]),
            "frost": np.array([outdoor.frost]),
            "since": np.array([outdoor.since_switch_s]),
            "defrosted": np.array([outdoor._defrosted_s]),
            "cost": np.zeros(1),
            "weight": np.zeros(1),
        }

    def _carnot(
        self, outdoor: float, indoor: np.ndarray, speed: float | np.ndarray
    ) -> np.ndarray:
        approach = 4 + 8 * speed
        if self.sign > 0:
            lift = np.maximum(indoor - outdoor + 2 * approach, 12.0)
            return (indoor + approach + 273.15) / lift
        lift = np.maximum(outdoor - indoor + 2 * approach, 12.0)
        return (indoor - approach + 273.15) / lift

    def take(self, which: np.ndarray) -> None:
        """Go on with these copies; one may be taken many times."""
        self.state = {name: values[which] for name, values in self.state.items()}

    def tell(self, on: np.ndarray, target: np.ndarray) -> None:
        """Command each copy."""
        state = self.state
        changed = on != state["on"]
        state["weight"] += TELLING * (changed | (on & (target != state["target"])))
        state["integral"] = np.where(changed, 0.0, state["integral"])
        state["calling"] &= ~changed
        state["on"], state["target"] = on, np.where(on, target, state["target"])

    def live(self, minute: Ahead, off_costs: float) -> None:
        """Let a minute pass, and count it."""
        s, plate = self.state, self.plate
        full = plate.capacity(self.direction, minute.outdoor)
        wet = max(0.25, 1 - abs(minute.outdoor - 1) / 12)
        frosts = plate.defrosts and self.sign > 0 and minute.outdoor <= 6
        ramp = SECONDS / plate.full_ramp_s
        least = plate.minimum_fraction
        fan = FAN_MODES["auto"][1]
        resistance = self.head.room.resistance
        energy = np.zeros_like(s["room"])
        base = self.head.intake_offset
        calling, running, defrosting = s["calling"], s["running"], s["defrosting"]
        room, integral, speed, since = s["room"], s["integral"], s["speed"], s["since"]
        for _ in range(6):
            error = (s["target"] - room - base) * self.sign
            calling = s["on"] & (error > np.where(calling, -0.6, 0.2))
            integral = np.minimum(np.maximum(integral + error * SECONDS / 2400, 0), 0.9)
            integral *= calling
            wanted = np.minimum(np.maximum(0.55 * error + integral, 0.02), 1.0)
            since = since + SECONDS
            switches = (since >= 180.0) & (running != calling) & ~defrosting
            since[switches] = 0.0
            running = running ^ switches
            speed = np.where(switches, least, speed)
            pace = np.where(calling, wanted * (self.head.capacity / full), 0.0)
            pace = np.minimum(np.maximum(pace, least), 1.0)
            if frosts:
                grows = running & ~defrosting
                s["frost"] += grows * speed * (SECONDS * wet / 2400)
                begins = grows & (s["frost"] >= 1)
                defrosting = defrosting | begins
                s["defrosted"][begins] = 0.0
            moved = np.minimum(np.maximum(pace - speed, -ramp), ramp)
            speed = (speed + moved * ~defrosting) * running
            friction = 1 - 0.12 * (1 - speed) ** 2
            cop = self.share * friction * self._carnot(minute.outdoor, room, speed)
            heat = full * speed
            power = heat / np.minimum(np.maximum(cop, 1.0), 9.0)
            if defrosting.any():
                heat = np.where(defrosting, -1.8 * plate.defrost_power, heat)
                power = np.where(defrosting, plate.defrost_power, power)
                s["defrosted"] += SECONDS * defrosting
                ends = defrosting & (s["defrosted"] >= plate.defrost_s)
                defrosting = defrosting & ~ends
                s["frost"][ends] = 0.0
                speed[ends] = least
            fans = fan * s["on"] * np.where(running, 1.0, 0.4)
            energy += power + fans
            settled = minute.outdoor + resistance * (
                heat * self.sign + fans + minute.gains
            )
            room = settled + (room - settled) * self.decay
        s["calling"], s["running"], s["defrosting"] = calling, running, defrosting
        s["room"], s["integral"], s["speed"], s["since"] = room, integral, speed, since
        energy = energy * SECONDS + plate.standby_power * 60
        s["cost"] += energy * (minute.price / 3.6e6)
        short = (minute.target - room) * self.sign
        if minute.occupied:
            far = np.abs(short)
            s["weight"] += off_costs * (far > BAND)
            s["weight"] += PENALTY * np.maximum(far - FAR, 0.0)
        else:
            s["weight"] += PENALTY * np.maximum(short - BAND, 0.0)


@dataclass(frozen=True)
class Way:
    """What is told in each step (the mode, and the target), and what comes of it."""

    told: tuple[tuple[str, float], ...]
    cost: float
    copies: int
    """How many were alive at the most."""


def search(
    room: Room,
    week: list[Ahead],
    off_costs: float,
    at_end: float,
    every: int,
    finer: int,
) -> Way:
    """Return the best way that was found."""
    copies = Copies(room)
    sign, capacity = copies.sign, room.head.room.capacity
    # What is in the room is worth what it costs to put there.
    worth = sign * np.mean([m.price for m in week]) / 3.5 * capacity / 3.6e6
    trail: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    widest = 0
    for begin in range(0, MINUTES, every):
        state = copies.state
        count = len(state["room"])
        measured = np.round((state["room"] + room.head.intake_offset) * 2) / 2
        told = np.concatenate(
            [measured + sign * around for around in AROUND] + [state["target"]]
        )
        told = np.clip(
            told, room.head.minimum_temperature, room.head.maximum_temperature
        )
        on = np.arange(len(told)) < count * len(AROUND)
        parents = np.tile(np.arange(count), len(AROUND) + 1)
        copies.take(parents)
        copies.tell(on, told)
        for minute in week[begin : begin + every]:
            copies.live(minute, off_costs)
        state = copies.state
        score = state["cost"] + state["weight"] - worth * state["room"]
        alike = np.floor(state["room"] * 20 * finer).astype(np.int64)
        alike = alike * 64 + np.floor(state["integral"] * 5 * finer).astype(np.int64)
        alike = alike * 2 + state["running"]
        alike = alike * 8 + np.floor(state["frost"] * finer).astype(np.int64)
        order = np.lexsort((score, alike))
        first = np.ones(len(order), dtype=bool)
        first[1:] = alike[order][1:] != alike[order][:-1]
        kept = order[first]
        # What is worse by more than any heat that it could still be sold for.
        kept = kept[score[kept] < score[kept].min() + 2.5]
        copies.take(kept)
        trail.append((parents[kept], on[kept], told[kept]))
        widest = max(widest, len(kept))
    state = copies.state
    total = state["cost"] + state["weight"]
    total = total + 100 * np.maximum((at_end - state["room"]) * sign, 0.0)
    at = int(np.argmin(total))
    cost = float(state["cost"][at])
    way: list[tuple[str, float]] = []
    for parents, on, told in reversed(trail):
        way.append((room.season.mode if on[at] else "off", float(told[at])))
        at = int(parents[at])
    return Way(tuple(reversed(way)), cost, widest)


def follow(way: Way, every: int, begin: datetime) -> Callable[[Room], bool]:
    """Return the control that does as the way says."""

    def control(room: Room) -> bool:
        minute = round((room.now - begin).total_seconds() / 60)
        mode, target = way.told[minute // every]
        return room.set(mode, target if mode != "off" else None)

    return control


def main() -> None:
    """Print what was found for every week."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12])
    parser.add_argument("--seasons", nargs="+", default=[s.name for s in SEASONS])
    parser.add_argument("--prices", nargs="+", default=list(PRICES))
    parser.add_argument("--every", type=int, default=15, help="minutes of a step")
    parser.add_argument(
        "--finer", type=int, default=1, help="how many times as many copies are kept"
    )
    parser.add_argument(
        "--tries", type=int, default=3, help="searches for the price of a minute"
    )
    parser.add_argument(
        "--comfort", type=float, default=0.95, help="share of minutes within ±0.5 K"
    )
    arguments = parser.parse_args()
    print(
        f"{'week':9}{'price':12}{'seed':>4} {'way':26}{'cost':>7}{'of fixed':>9}"
        f"{'±0.5 K':>8}{'mean K':>8}{'sent':>6}{'copies':>8}"
    )
    for season in SEASONS:
        for name in PRICES:
            if season.name in arguments.seasons and name in arguments.prices:
                for seed in arguments.seeds:
                    _week(seeded(season, seed), name, seed, arguments)


def _week(season: Season, name: str, seed: int, arguments: argparse.Namespace) -> None:
    """Print what a week costs by each way."""
    price, every = PRICES[name], arguments.every

    def show(way: str, result: Result, copies: int | str = "") -> None:
        print(
            f"{season.name:9}{name:12}{seed:4} {way:26}{result.cost:7.2f}"
            f"{result.cost / held.cost - 1:+9.1%}{result.comfortable:8.1%}"
            f"{result.mean_off:+8.2f}{result.commands:6}{copies:>8}",
            flush=True,
        )

    held = run(season, fixed(season), price)
    show("fixed setpoint", held)
    room = Room(season)
    plain = plain_schedule(season, timedelta(hours=1))
    for _ in range(MINUTES):
        plain(room)
        room.step()
    begins = deepcopy(room)
    show("plain schedule, 1 h early", measure(room, plain, price))
    week, at_end = ahead(begins, price), room.temperature
    tried: dict[float, tuple[Result, Way]] = {}

    def attempt(off_costs: float) -> Result:
        if off_costs not in tried:
            way = search(begins, week, off_costs, at_end, every, arguments.finer)
            result = measure(deepcopy(begins), follow(way, every, begins.now), price)
            # The copies are true copies, or what they find is of no use.
            assert math.isclose(result.cost, way.cost, rel_tol=1e-6)
            tried[off_costs] = result, way
        return tried[off_costs][0]

    low, high = PRICES_OF_A_MINUTE
    for _ in range(arguments.tries):
        middle = math.sqrt(low * high)
        if attempt(middle).comfortable >= arguments.comfort:
            high = middle
        else:
            low = middle
    good = [f for f in tried.values() if f[0].comfortable >= arguments.comfort]
    if not good:
        print("no way was found that is as comfortable")
        return
    result, way = min(good, key=lambda found: found[0].cost)
    show(f"the least, at {arguments.comfort:.0%}", result, way.copies)


if __name__ == "__main__":
    main()
