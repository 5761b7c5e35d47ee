"""Looking ahead: when to begin, and when to buy heat.

The target to steer for now is read off the cheapest way through the next day
(`cheapest_way`). So an early start, how deep a setback pays, and heat bought before
a dear hour and coasted on, come out of one reckoning.

An inverter told of a target far off works at full load, where its COP is at its
worst, and goes past it. So a room that is known is walked to its target.
"""

from collections.abc import Sequence
from dataclasses import replace

from .cheapest_way import (
    COAST,
    PARTS,
    STEP,
    STORE,
    WALK,
    Outlook,
    ceiling,
    cheapest,
    floors,
)
from .control.model import Direction, Goal, Reason
from .thermal import RoomModel

RISES = 0.02
"""K a step by which a room rises that is on its way somewhere."""

SNAP = 0.5
"""K from the end of a way within which it is told of."""

LEAD = 3
"""Steps that a setpoint is ahead of a room on its way: far enough for its unit to
work as hard as it must, and not so far that it works as hard as it can."""

LEAVES = 4
"""Steps before the schedule asks for less in which a room may be left to drift there."""

EDGE = 0.45
"""K below its target that a room may have come to when the schedule asks for less."""

CLOSE = 0.3
"""K from where it is to be within which a room is held, and not on its way."""

VARIES = 1.1
"""How much the dearest hour has to cost above the cheapest to be planned around."""

LEAN = 0.15
"""K by which a room that is known is held on the cheap side of what is asked: less than
anybody feels, and what a room costs is decided by its mean."""

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
        falls=max(round(falls * 2) / 2, 0.0) if model.is_sure(sign) else 0.0,
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
    if outlook.direction is not Direction.COOLING or not model.is_sure(sign):
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
    sure = model.is_sure(sign)
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
        below = target * sign - floors(model, outlook, prices)[0]
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


def _goal(
    model: RoomModel,
    outlook: Outlook,
    room: float,
    prices: Sequence[float] | None,
) -> float:
    """Return the °C that the cheapest way steers for in its first step."""
    sign = outlook.direction.sign
    way = cheapest(model, outlook, room, prices)
    lowest = floors(model, outlook, prices)
    floor = lowest[0]
    start = room * sign
    path = [start, *(temperature * sign for temperature in way.temperatures)]
    steps = next(
        (at for at in range(len(way.loads)) if path[at + 1] - path[at] < RISES),
        len(way.loads),
    )
    more = 0.05 if prices is None else COAST + 0.05
    ahead = [at for at in lowest if at > floor + more]
    sure = model.is_sure(sign)
    highest = ceiling(outlook, prices)
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
        return max(floor, min(peak, highest)) * sign
    if not sure and prices is None:
        # A room that is never left to drift is never learned.
        return floor * sign
    # As deep as pays: where the unit is to work again. Heat that was bought for
    # a dear time is held, and coasted on, the same way.
    works = next((at for at, load in enumerate(way.loads) if load > 0), len(way.loads))
    if works > LEAD:
        # It stands for long: how deep is told when it matters.
        return floor * sign
    depth = min(*path[works : works + 2], highest)
    close = 0.1 if _buys(prices) else CLOSE
    return (depth if depth > floor + close else floor) * sign


def _buys(prices: Sequence[float] | None) -> bool:
    """Return whether heat may be bought now for a dear time that is near."""
    return prices is not None and max(prices[:NEAR]) > max(prices[0], 0.0) * VARIES
