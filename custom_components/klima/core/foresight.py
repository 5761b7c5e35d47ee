"""Looking ahead: when to begin, and when to buy heat.

The next day is cut into quarters of an hour, and the cheapest way through it
is found by dynamic programming over the room's temperature: in each quarter
the unit stands, holds the room, or works at a part of its full load. What it
costs is the heat over the COP of that hour and load, at the price of that hour;
a room that is below what the schedule asks for costs far more. So an early
start, how deep a setback pays, and heat bought before a dear hour and coasted
on, come out of one reckoning. Cooling is the same with all signs turned.

An inverter told of a target far off works at full load, where its COP is at its
worst, and goes past it. So a room that is known is walked to its target.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from .control.model import Direction, Goal, Reason
from .performance import interpolate
from .thermal import RoomModel

STEP = 900.0
"""s of a step."""

STEPS = 96
"""Steps of the horizon: a day."""

GRID = 0.2
"""K between the temperatures that are reckoned with; between them it is straight."""

PARTS = (0.25, 0.5, 0.75, 1.0)
"""Shares of full load that are reckoned with: an inverter's COP differs between them."""

RISES = 0.02
"""K a step by which a room rises that is on its way somewhere."""

WALK = 1.0
"""K by which a setpoint is moved on, on its way."""

SURE = 0.5
"""h of full load that a room was seen at before its setpoint is walked, not jumped."""

SNAP = 0.5
"""K from the end of a way within which it is told of."""

STEADY = 0.25
"""K less of coasting at full load than at none: a unit that works hard swings more."""

LEAD = 3
"""Steps that a setpoint is ahead of a room on its way: far enough for its unit to
work as hard as it must, and not so far that it works as hard as it can."""

DISCOMFORT = 4.0
"""What a K below the schedule's target for one step weighs, as K of heat bought."""

COAST = 0.35
"""K below its target that a room may fall to in a dear hour: within ±0.5 K."""

CATCH_UP = 3
"""Steps after a dear hour in which the room is brought back."""

LEAVES = 4
"""Steps before the schedule asks for less in which a room may be left to drift there."""

EDGE = 0.45
"""K below its target that a room may have come to when the schedule asks for less."""

STORE = 0.4
"""K above its target that a room may be brought to before a dear hour."""

CLOSE = 0.3
"""K from where it is to be within which a room is held, and not on its way."""

VARIES = 1.1
"""How much the dearest hour has to cost above the cheapest to be planned around."""

LEAN = 0.15
"""K by which a room that is known is held on the cheap side of what is asked: less than
anybody feels, and what a room costs is decided by its mean."""

GIVES = 0.97
"""Share of the rate that a known room's unit was seen to give which is counted on:
ramps take the rest."""

GUESSED = 0.92
"""Share of what a unit is only taken to give."""

HARD = 0.9
"""Share of full load from which a unit needs no walking: it may do what it can."""

NEAR = 12
"""Steps ahead of a dear time from which heat may be bought for it."""

STAY = 0.2
"""K by which a goal has to fall for a unit to be told."""

FAR_BELOW = 0.6
"""K below its room at which a unit stands, wherever below exactly it is set."""

RESTS = 4
"""Steps in which a unit has to stand for it to be turned off meanwhile."""

AWAKE = 0.3
"""K of room before a unit has to work at which it is on."""

EARLY = 0.2
"""K beyond its target that a room is started for, so that it is there on time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is ahead, a figure for each step from now.

    `targets` are the schedule's °C, `outdoor` °C, `prices` any currency a kWh,
    None where they are not known or do not vary; `cops` has for each step the
    COP at each of `PARTS` of full load.
    """

    direction: Direction
    targets: Sequence[float]
    outdoor: Sequence[float]
    cops: Sequence[Sequence[float]]
    prices: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """The cheapest way through: the load in each step, the °C after it, its cost."""

    loads: tuple[float, ...]
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
    goal = _advised(model, outlook, room, previous)
    was = previous is not None and previous.rests
    sign = outlook.direction.sign
    falls = -model.drift(sign, room * sign, outlook.outdoor[0])
    return replace(
        goal,
        # In halves: a goal is not to be another one for every tenth of a degree.
        falls=max(round(falls * 2) / 2, 0.0) if _is_sure(model, sign) else 0.0,
        rests=_rests(model, outlook, room, goal, was_resting=was),
    )


def _rests(
    model: RoomModel, outlook: Outlook, room: float, goal: Goal, *, was_resting: bool
) -> bool:
    """Return whether a unit that cools stands for so long that it may as well be off.

    One that stands with its mode on keeps its fan going. One that heats is left on: should
    Home Assistant end meanwhile, nothing else would keep the room from the frost.
    """
    sign = outlook.direction.sign
    if outlook.direction is not Direction.COOLING or not _is_sure(model, sign):
        return False
    told = (goal.target - goal.lean) * sign
    at = room * sign
    for outdoor in outlook.outdoor[: 1 if was_resting else RESTS]:
        if at < told + AWAKE:
            return False
        at += model.drift(sign, at, outdoor) * STEP / 3600
    return at > told + AWAKE


def _advised(
    model: RoomModel, outlook: Outlook, room: float, previous: Goal | None
) -> Goal:
    """Return the target to steer for now, and how."""
    sign = outlook.direction.sign
    target = outlook.targets[0]
    sure = _is_sure(model, sign)
    if not sure:
        # Its unit is told where to go, and works as hard as it likes.
        outlook = replace(
            outlook, cops=[(row[-1],) * len(PARTS) for row in outlook.cops]
        )
    if previous is not None and previous.direction is not outlook.direction:
        previous = None
    asks_for_more = any((at - target) * sign > 0 for at in outlook.targets)
    # Without that, nothing has to be started early: the way need not be looked for.
    flat = _goal(model, outlook, room, None) if asks_for_more else target
    started = previous is not None and previous.reason is not Reason.SCHEDULE
    if (flat - target) * sign < (0.05 if started else WALK):
        flat = target
    goal, reason = flat, Reason.OPTIMAL_START
    if varies(outlook.prices):
        goal = _goal(model, outlook, room, outlook.prices)
        if not started and not _buys(outlook.prices):
            climbs = (goal - target) * sign
            goal = target if 0 < climbs < WALK else goal
        if abs(goal - flat) > 0.15:
            reason = Reason.PRICE
    if started:
        assert previous is not None
        goal = _steady(goal, previous.target, outlook, room)
    lean = LEAN * sign if sure else 0.0
    if (goal - target) * sign < 0.05:
        # Below it is no other target, but how far the room may be from it.
        prices = outlook.prices if varies(outlook.prices) else None
        below = target * sign - _floors(model, outlook, prices)[0]
        lean = round(max(lean * sign, below) * sign, 2)
        goal = target
        was_left = previous is not None and previous.lean * sign > WALK
        left = _left(model, outlook, room, was_left=was_left) if sure else None
        if left is not None:
            return Goal(
                direction=outlook.direction,
                target=round(target, 1),
                reason=reason if reason is Reason.PRICE else Reason.SCHEDULE,
                # As it will be held there: it is told once.
                lean=round(target - left + LEAN * sign, 2),
                moves=True,
            )
        if reason is Reason.OPTIMAL_START:
            reason = Reason.SCHEDULE
    moves = (goal - target) * sign > STORE + 0.05
    return Goal(
        direction=outlook.direction,
        target=round(goal, 1),
        reason=reason,
        # On its way, where it is to get is what is meant, and so with heat that is bought:
        # short of it, the room is heated in the dear time. A cool room may cool by itself.
        lean=0.0 if moves or (sign > 0 and goal - target > 0.05) else lean,
        moves=moves,
    )


def _left(
    model: RoomModel, outlook: Outlook, room: float, *, was_left: bool
) -> float | None:
    """Return the °C that is asked for next, if the room drifts there in good time.

    A room that is about to be left need not be held up to the last minute. One that
    `was_left` is not taken up again for a little less than was reckoned.
    """
    sign = outlook.direction.sign
    target = outlook.targets[0]
    ends = next(
        (
            step
            for step, at in enumerate(outlook.targets[: LEAVES + 1])
            if abs(at - target) > 0.05
        ),
        0,
    )
    if not ends or (target - outlook.targets[ends]) * sign < WALK:
        return None
    at = room * sign
    for outdoor in outlook.outdoor[:ends]:
        at += model.drift(sign, at, outdoor) * STEP / 3600
    edge = EDGE + (STAY if was_left else 0.0)
    return outlook.targets[ends] if at > target * sign - edge else None


def _steady(goal: float, previous: float, outlook: Outlook, room: float) -> float:
    """Return what a unit is told that was told something before: no small moves.

    On the way, it is moved on by `WALK` at a time, and to the end of the way.
    """
    sign = outlook.direction.sign
    change = (goal - previous) * sign
    if (room - max(goal * sign, previous * sign) * sign) * sign > FAR_BELOW:
        # It stands, and does so for either.
        return previous if change < WALK else goal
    ahead = [t for t in outlook.targets if (t - outlook.targets[0]) * sign > 0.05]
    begun = (previous - outlook.targets[0]) * sign > 0.05
    # One that has come to where it leads stays there, though it came past it.
    arrives = bool(ahead) and (previous - ahead[0]) * sign > -CLOSE
    climbs = begun and (arrives or (previous - room) * sign > -CLOSE)
    if change < 0 and ahead and climbs:
        # A start that was begun is seen through: there is where it leads.
        return previous if (ahead[0] - previous) * sign > -STORE - 0.05 else goal
    ends = {t for t in outlook.targets if (t - goal) * sign > -0.05}
    there = any(abs(goal - end) < 0.05 for end in ends)
    if 0 < change < (0.05 if there else WALK) or -STAY < change < 0:
        return previous
    return goal


def _is_sure(model: RoomModel, sign: int) -> bool:
    """Return whether a room is known well enough to be walked, and left half-way."""
    return model.is_learned and model.hours(sign) >= SURE


def _goal(
    model: RoomModel,
    outlook: Outlook,
    room: float,
    prices: Sequence[float] | None,
) -> float:
    """Return the °C that the cheapest way steers for in its first step."""
    sign = outlook.direction.sign
    way = cheapest(model, outlook, room, prices)
    floors = _floors(model, outlook, prices)
    floor = floors[0]
    start = room * sign
    path = [start, *(temperature * sign for temperature in way.temperatures)]
    steps = next(
        (at for at in range(len(way.loads)) if path[at + 1] - path[at] < RISES),
        len(way.loads),
    )
    more = 0.05 if prices is None else COAST + 0.05
    ahead = [at for at in floors if at > floor + more]
    sure = _is_sure(model, sign)
    ceiling = _ceiling(outlook, prices)
    if steps:
        peak = path[steps]
        if start < floor - CLOSE and not (ahead and peak > ahead[0] - CLOSE):
            # On its way to where it should be now, and no further. A unit that
            # holds its room a little off must not be taken for one on its way.
            return floor * sign
        if sure and not ahead and not _buys(prices):
            return floor * sign
        if steps == 1 and not sure and (prices is None or start < floor - 0.02):
            # One step at full load is but the way to hold a room, which its own
            # thermostat knows better.
            return floor * sign
        if sure:
            # Later steps of the way there are worked out when they come.
            hard = next((at for at, load in enumerate(way.loads) if load < HARD), steps)
            on = path[min(steps, max(LEAD, hard))]
            peak = on if peak - on > SNAP else peak
        if ahead and prices is None:
            peak = min(peak, ahead[0])
        return max(floor, min(peak, ceiling)) * sign
    if not sure and prices is None:
        # A room that is never left to drift is never learned.
        return floor * sign
    # As deep as pays: where the unit is to work again. Heat that was bought for
    # a dear time is held, and coasted on, the same way.
    works = next((at for at, load in enumerate(way.loads) if load > 0), len(way.loads))
    if works > LEAD:
        # It stands for long: how deep is told when it matters.
        return floor * sign
    depth = min(*path[works : works + 2], ceiling)
    close = 0.1 if _buys(prices) else CLOSE
    return (depth if depth > floor + close else floor) * sign


def _buys(prices: Sequence[float] | None) -> bool:
    """Return whether heat may be bought now for a dear time that is near."""
    return prices is not None and max(prices[:NEAR]) > max(prices[0], 0.0) * VARIES


def cheapest(
    model: RoomModel,
    outlook: Outlook,
    room: float,
    prices: Sequence[float] | None,
) -> Way:
    """Return the cheapest way through the horizon from a room's temperature in °C."""
    sign = outlook.direction.sign
    steps = len(outlook.targets)
    floors = _floors(model, outlook, prices)
    ceiling = _ceiling(outlook, prices)
    weights = [1.0] * steps if prices is None else [max(p, 0.0) for p in prices]
    mean = sum(weights) / steps or 1.0
    low = min(min(floors) - 2.0, room * sign - 0.5)
    top = max(ceiling + 1.0, room * sign + 0.5)
    count = int((top - low) / GRID) + 2
    grid = [low + i * GRID for i in range(count)]
    cop_mean = sum(row[-1] for row in outlook.cops) / steps
    penalty = DISCOMFORT * mean / cop_mean

    @lru_cache
    def moves_from(outdoor: float, cops: tuple[float, ...]) -> list[list[_Move]]:
        """Return what can be done at each temperature of the grid, as often as it serves."""
        return [
            [
                (int(place), place - int(place), heat / cop)
                for _, after, heat, cop in _moves(
                    model, sign, at, outdoor, cops, ceiling
                )
                for place in (min(max((after - low) / GRID, 0.0), count - 1.001),)
            ]
            for at in grid
        ]

    # What is stored at the end is worth what it costs when it is cheapest: the
    # horizon must not be a reason to buy.
    worth = min(weights) / max(max(row) for row in outlook.cops)
    values = [-worth * at for at in grid]
    table = []
    for step in reversed(range(steps)):
        floor = floors[min(step + 1, steps - 1)]
        # What comes after a step, with what a room that is short of it counts.
        ahead = [
            value if at >= floor else value + penalty * (floor - at)
            for at, value in zip(grid, values, strict=True)
        ]
        table.append(ahead)
        weight = weights[step]
        values = [
            min(
                weight * cost + ahead[i] + share * (ahead[i + 1] - ahead[i])
                for i, share, cost in moves
            )
            for moves in moves_from(outlook.outdoor[step], tuple(outlook.cops[step]))
        ]
    table.reverse()

    loads, temperatures, total, at = [], [], 0.0, room * sign
    for step, ahead in enumerate(table):
        best: tuple[float, float, float, float] | None = None
        for load, after, heat, cop in _moves(
            model, sign, at, outlook.outdoor[step], outlook.cops[step], ceiling
        ):
            cost = weights[step] * heat / cop
            place = min(max((after - low) / GRID, 0.0), count - 1.001)
            i = int(place)
            later = ahead[i] + (place - i) * (ahead[i + 1] - ahead[i])
            if best is None or cost + later < best[0]:
                best = (cost + later, load, after, cost)
        assert best is not None
        _, load, at, cost = best
        total += cost
        loads.append(load)
        temperatures.append(at * sign)
    return Way(tuple(loads), tuple(temperatures), total)


type _Move = tuple[int, float, float]
"""Where a move leads to on the grid (index, share of the way to the next), and what
it costs at a price of one."""


def _moves(
    model: RoomModel,
    sign: int,
    at: float,
    outdoor: float,
    cops: Sequence[float],
    ceiling: float,
) -> list[tuple[float, float, float, float]]:
    """Return what a unit can do in a step: load, temperature after, K of heat, COP.

    It stands, holds the room, or works at one of `PARTS` of its full load.
    """
    hours = STEP / 3600
    drift = model.drift(sign, at, outdoor)
    rate = model.rate(sign) * (GIVES if _is_sure(model, sign) else GUESSED)
    found = [(0.0, at + drift * hours, 0.0, 1.0)]
    share = -drift / rate
    if 0 < share < 1:
        found.append((share, at, -drift * hours, _cop_at_part(cops, share)))
    for part, cop in zip(PARTS, cops, strict=True):
        after = at + (drift + part * rate) * hours
        if after <= ceiling:
            found.append((part, after, part * rate * hours, cop))
        elif at < ceiling:
            # The unit's thermostat stops it there.
            bought = ceiling - at - drift * hours
            share = min(max(bought / (rate * hours), 0.0), 1.0)
            found.append((share, ceiling, bought, _cop_at_part(cops, share)))
            break
    return found


def _cop_at_part(cops: Sequence[float], share: float) -> float:
    """Return the COP at a share of full load; below the least of `PARTS` as there."""
    return interpolate(tuple(zip(PARTS, cops, strict=True)), share)


def _coast(model: RoomModel, outlook: Outlook) -> float:
    """Return the K below its target that a room may be left at."""
    sign = outlook.direction.sign
    at = outlook.targets[0] * sign
    drift = model.drift(sign, at, outlook.outdoor[0])
    share = min(max(-drift / model.rate(sign), 0.0), 1.0)
    # In tenths: a unit is not to be told of every cloud.
    return round(COAST - STEADY * share, 1)


def _floors(
    model: RoomModel, outlook: Outlook, prices: Sequence[float] | None
) -> list[float]:
    """Return the signed temperatures that the room has to have in each step."""
    sign = outlook.direction.sign
    targets = [target * sign for target in outlook.targets]
    if prices is None:
        return targets
    coast = _coast(model, outlook)
    mean = sum(prices) / len(prices)
    dear = [price > mean * 1.02 for price in prices]
    # What was coasted through is made up for once it is cheap again. A setback is as
    # deep as is asked for already.
    return [
        target - coast
        if target > max(targets) - WALK
        and any(dear[max(step - CATCH_UP, 0) : step + 1])
        else target
        for step, target in enumerate(targets)
    ]


def _ceiling(outlook: Outlook, prices: Sequence[float] | None) -> float:
    """Return the signed temperature that the room is brought to at the most."""
    sign = outlook.direction.sign
    highest = max(target * sign for target in outlook.targets)
    return highest + (EARLY if prices is None else STORE)
