"""Looking ahead: when to begin, and when to buy heat.

The next day is cut into quarters of an hour, and the cheapest way through it
is found by dynamic programming over the room's temperature: in each quarter
the unit stands, holds the room, or works at full load. What it costs is the
heat over the COP of that hour and load, at the price of that hour; a room that
is below what the schedule asks for costs far more. So an early start, and heat
bought before a dear hour and coasted on, come out of one reckoning. Cooling is
the same with all signs turned.

A setback goes as deep as the schedule asks: on simulated inverters, what a
deeper one saves of the room's losses was more than what catching up costs of
the COP (docs/control.md has the figures).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .control.model import Direction, Goal, Reason
from .thermal import RoomModel

STEP = 900.0
"""s of a step."""

STEPS = 96
"""Steps of the horizon: a day."""

GRID = 0.2
"""K between the temperatures that are reckoned with; between them it is straight."""

PART_LOAD = 0.12
"""How much better the COP is at no load than at full load, about (an inverter's
heat exchangers are then generous: an engineering assumption)."""

DISCOMFORT = 4.0
"""What a K below the schedule's target for one step weighs, as K of heat bought."""

COAST = 0.3
"""K below its target that a room may fall to in a dear hour: within ±0.5 K."""

CATCH_UP = 3
"""Steps after a dear hour in which the room is brought back."""

STORE = 0.8
"""K above its target that a room may be brought to before a dear hour."""

CLOSE = 0.3
"""K from where it is to be within which a room is held, and not on its way."""

VARIES = 1.1
"""How much the dearest hour has to cost above the cheapest to be planned around."""

EARLY = 0.2
"""K beyond its target that a room is started for, so that it is there on time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is ahead, a figure for each step from now.

    `targets` are the schedule's °C, `outdoor` °C, `prices` any currency a kWh,
    None where they are not known or do not vary; `cops` is the COP at full
    load for each step, in any scale.
    """

    direction: Direction
    targets: Sequence[float]
    outdoor: Sequence[float]
    cops: Sequence[float]
    prices: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """The cheapest way through: what is done in each step, the °C after it, its cost."""

    actions: tuple[str, ...]
    temperatures: tuple[float, ...]
    cost: float


def varies(prices: Sequence[float] | None) -> bool:
    """Return whether prices vary by enough to plan around."""
    if not prices:
        return False
    low, high = min(prices), max(prices)
    return high > 0 and high > max(low, 0.0) * VARIES


def advise(
    model: RoomModel, outlook: Outlook, room: float, previous: Goal | None = None
) -> Goal:
    """Return the target to steer for now.

    A start that was begun is seen through: a unit that is started and stopped
    as the forecast wavers is worse than one that comes a little early.
    """
    sign = outlook.direction.sign
    target = outlook.targets[0]
    higher = [t for t in outlook.targets if (t - target) * sign > 0.05]
    if (
        previous is not None
        and previous.reason is Reason.OPTIMAL_START
        and previous.direction is outlook.direction
        and higher
        and (previous.target - higher[0]) * sign > -0.3
    ):
        return previous
    flat = _goal(model, outlook, room, None)
    goal, reason = flat, Reason.OPTIMAL_START
    if varies(outlook.prices):
        goal = _goal(model, outlook, room, outlook.prices)
        if abs(goal - flat) > 0.15:
            reason = Reason.PRICE
    if reason is Reason.OPTIMAL_START and (goal - target) * sign < 0.05:
        return Goal(direction=outlook.direction, target=target, reason=Reason.SCHEDULE)
    return Goal(direction=outlook.direction, target=round(goal, 1), reason=reason)


def _goal(
    model: RoomModel,
    outlook: Outlook,
    room: float,
    prices: Sequence[float] | None,
) -> float:
    """Return the °C that the cheapest way steers for in its first step."""
    sign = outlook.direction.sign
    way = cheapest(model, outlook, room, prices)
    floors = _floors(outlook, prices)
    floor = floors[0]
    action = way.actions[0]
    start = room * sign
    if action == "full":
        # As far up as it works without a pause, and no further. One step of it
        # is but the way to hold a room, which its thermostat knows better.
        steps = next(
            (at for at, done in enumerate(way.actions) if done != "full"),
            len(way.actions),
        )
        there = start >= floor - 0.05
        peak = way.temperatures[steps - 1] * sign
        if steps == 1 and not (prices is not None and there):
            return floor * sign
        ahead = [at for at in floors if at > floor + 0.05]
        if start < floor - CLOSE and not (ahead and peak > ahead[0] - CLOSE):
            # On its way to where it should be now, and no further. A unit that
            # holds its room a little off must not be taken for one on its way.
            return floor * sign
        if prices is None and ahead:
            # The ramp to what is ahead has begun: one command goes all the way.
            peak = max(peak, ahead[0])
        return max(floor, min(peak, _ceiling(outlook, prices))) * sign
    if action == "hold" and start > floor + CLOSE and prices is not None:
        # Bought already, for a dear time to come.
        return min(start, _ceiling(outlook, prices)) * sign
    return floor * sign


def cheapest(
    model: RoomModel,
    outlook: Outlook,
    room: float,
    prices: Sequence[float] | None,
) -> Way:
    """Return the cheapest way through the horizon from a room's temperature in °C."""
    sign = outlook.direction.sign
    hours = STEP / 3600
    steps = len(outlook.targets)
    floors = _floors(outlook, prices)
    ceiling = _ceiling(outlook, prices)
    weights = [1.0] * steps if prices is None else [max(p, 0.0) for p in prices]
    mean = sum(weights) / steps or 1.0
    low = min(min(floors) - 3.0, room * sign - 0.5)
    top = max(ceiling + 1.0, room * sign + 0.5)
    count = int((top - low) / GRID) + 2
    rate = model.rate(sign)
    cop_mean = sum(outlook.cops) / steps
    penalty = DISCOMFORT * mean / cop_mean

    def moves(step: int, at: float) -> list[tuple[str, float, float]]:
        """Return what can be done: its name, the temperature after, what it costs."""
        drift = model.loss * (outlook.outdoor[step] * sign - at) + model.gain * sign
        weight = weights[step] / outlook.cops[step]
        found = [("rest", at + drift * hours, 0.0)]
        share = -drift / rate
        if 0 < share < 1:
            bought = -drift * hours
            found.append(("hold", at, weight * bought / _part_load(share)))
        if at < ceiling:
            after = at + (drift + rate) * hours
            if after > ceiling:
                # The unit's thermostat stops it there.
                bought = ceiling - at - drift * hours
                share = min(max(bought / (rate * hours), 0.0), 1.0)
                found.append(("full", ceiling, weight * bought / _part_load(share)))
            else:
                found.append(("full", after, weight * rate * hours))
        return found

    def between(values: Sequence[float], at: float) -> float:
        place = min(max((at - low) / GRID, 0.0), count - 1.001)
        index = int(place)
        share = place - index
        return values[index] * (1 - share) + values[index + 1] * share

    def discomfort(step: int, after: float) -> float:
        return penalty * max(floors[min(step + 1, steps - 1)] - after, 0.0)

    # What is stored at the end is worth what it costs when it is cheapest: the
    # horizon must not be a reason to buy.
    worth = min(weights) / cop_mean / (1 + PART_LOAD)
    values = [-worth * (low + i * GRID) for i in range(count)]
    table = [values]
    for step in reversed(range(steps)):
        values = [
            min(
                cost + discomfort(step, after) + between(values, after)
                for _, after, cost in moves(step, low + i * GRID)
            )
            for i in range(count)
        ]
        table.append(values)
    table.reverse()

    actions, temperatures, total, at = [], [], 0.0, room * sign
    for step in range(steps):
        name, at, cost = min(
            moves(step, at),
            key=lambda move: (
                move[2] + discomfort(step, move[1]) + between(table[step + 1], move[1])
            ),
        )
        total += cost
        actions.append(name)
        temperatures.append(at * sign)
    return Way(tuple(actions), tuple(temperatures), total)


def _part_load(share: float) -> float:
    """Return how much better the COP is at a share of full load."""
    return 1 + PART_LOAD * (1 - share)


def _floors(outlook: Outlook, prices: Sequence[float] | None) -> list[float]:
    """Return the signed temperatures that the room has to have in each step."""
    sign = outlook.direction.sign
    floors = [target * sign for target in outlook.targets]
    if prices is not None:
        mean = sum(prices) / len(prices)
        dear = [price > mean * 1.02 for price in prices]
        # What was coasted through is made up for once it is cheap again.
        floors = [
            floor - COAST if any(dear[max(step - CATCH_UP, 0) : step + 1]) else floor
            for step, floor in enumerate(floors)
        ]
    return floors


def _ceiling(outlook: Outlook, prices: Sequence[float] | None) -> float:
    """Return the signed temperature that the room is brought to at the most."""
    sign = outlook.direction.sign
    highest = max(target * sign for target in outlook.targets)
    return highest + (EARLY if prices is None else STORE)


def cop_at(points: Sequence[tuple[float, float]], outdoor: float) -> float:
    """Return the COP at an outdoor °C, straight between points and constant beyond."""
    ordered = sorted(points)
    if outdoor <= ordered[0][0]:
        return ordered[0][1]
    for (low, first), (high, second) in pairwise(ordered):
        if outdoor <= high:
            return first + (second - first) * (outdoor - low) / (high - low)
    return ordered[-1][1]
