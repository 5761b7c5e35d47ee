"""Who has the say over a zone: the wishes by precedence, highest first.

Window, hold (a boost before it), away, price, schedule, preset. Frost
protection beats away and windows; the outdoor unit's limits beat all that
automation wants.
"""

from dataclasses import replace

from .model import Comfort, Direction, Goal, Inputs, Memory, Mode, Reason, Wish, updated
from .user import of_entry

FROST = 7.0
"""°C of a room below which it is heated though it is left or its window open."""

FROST_TARGET = 9.0
"""°C that such a room is heated to."""

LOCKOUT_HYSTERESIS = 1.0
"""K above its limit at which a unit that was locked out may work again."""

COOLING_LIMIT = -10.0
"""°C outdoors below which automation does not cool: the lower end that data sheets
of mini-splits commonly give for cooling (an assumption for all others)."""

CLOSE = 0.15
"""K that what looking ahead advises must be off by to be followed."""


def expire(inputs: Inputs, memory: Memory) -> Memory:
    """End what has come to its end."""
    now, hold, boost = inputs.now, memory.hold, memory.boost
    if boost is not None and boost.until is not None and now >= boost.until:
        memory = replace(memory, boost=None)
    if hold is not None and hold.until is not None and now >= hold.until:
        memory = replace(memory, hold=None, active_mode=memory.lasting_mode)
    elif hold is not None and hold.until is None and inputs.away and not memory.away:
        # Nothing else would ever end it. When they are back, it stands again.
        memory = replace(memory, hold=None, base=hold.wish)
    if inputs.window_since is None:
        memory = updated(memory, window_override=False)
    return updated(memory, away=inputs.away)


def choose(
    comfort: Comfort, inputs: Inputs, memory: Memory
) -> tuple[Wish, Reason, Memory]:
    """Return the wish that has the say, why, and what is remembered."""
    stands, why = standing(comfort, inputs, memory)
    wish, reason = stands, why
    if paused(comfort, inputs, memory) and stands.mode is not Mode.OFF:
        wish, reason = Wish(mode=Mode.OFF), Reason.WINDOW
    held = reason in (Reason.HOLD, Reason.BOOST)
    if not held and stands.mode is not Mode.OFF:
        memory = _frost(inputs, memory)
        if memory.frost:
            wish = Wish(mode=Mode.HEAT, target=FROST_TARGET)
            if (
                stands.mode in (Mode.HEAT, Mode.HEAT_COOL)
                and reason is not Reason.WINDOW
            ):
                # The room is asked to be warmer anyway.
                warm = stands.target if stands.mode is Mode.HEAT else stands.low
                if warm is not None and warm >= FROST_TARGET:
                    return stands, reason, memory
            reason = Reason.FROST
    else:
        memory = updated(memory, frost=False)
    return wish, reason, memory


def standing(comfort: Comfort, inputs: Inputs, memory: Memory) -> tuple[Wish, Reason]:
    """Return the wish that stands but for windows, frost and the outdoor unit."""
    wish, reason = _standing(comfort, inputs, memory)
    if (
        wish.mode is Mode.AUTO
        and wish.preset is not None
        and wish.preset in comfort.presets
    ):
        # A unit's own changeover has no preset's temperatures.
        mode = _two_sided(inputs.unit.limits.modes)
        return comfort.of_preset(wish.preset, mode), reason
    return wish, reason


def _two_sided(modes: frozenset[Mode]) -> Mode:
    """Return the mode in which a room that may be heated or cooled is kept by us."""
    if Mode.HEAT in modes:
        return Mode.HEAT_COOL if Mode.COOL in modes else Mode.HEAT
    return Mode.COOL if Mode.COOL in modes else Mode.AUTO


def _standing(comfort: Comfort, inputs: Inputs, memory: Memory) -> tuple[Wish, Reason]:
    if memory.boost is not None:
        return memory.boost.wish, Reason.BOOST
    if memory.hold is not None:
        return memory.hold.wish, Reason.HOLD
    base = memory.base or Wish(mode=Mode.OFF)
    if inputs.away:
        mode = base.mode
        if inputs.schedule is not None:
            mode = scheduled(comfort, inputs, memory).mode
        return comfort.of_preset("away", mode), Reason.AWAY
    if inputs.schedule is not None:
        return _ahead(scheduled(comfort, inputs, memory), Reason.SCHEDULE, inputs.goal)
    return _ahead(base, Reason.PRESET, inputs.goal)


def scheduled(comfort: Comfort, inputs: Inputs, memory: Memory) -> Wish:
    """Return what the schedule asks for.

    A block without a mode keeps the mode that was chosen last; a unit that
    nobody ever turned on stays off.
    """
    entry = inputs.schedule
    assert entry is not None
    mode = Mode(entry.mode) if entry.mode is not None else memory.room_mode
    mode = mode or Mode.OFF
    if mode not in inputs.unit.limits.modes and mode is not Mode.HEAT_COOL:
        mode = memory.room_mode or Mode.OFF
    return of_entry(comfort, inputs.unit.limits, entry, mode)


def paused(comfort: Comfort, inputs: Inputs, memory: Memory) -> bool:
    """Return whether an open window pauses the zone."""
    since = inputs.window_since
    return (
        since is not None
        and inputs.now - since >= comfort.window_delay
        and not memory.window_override
    )


def _ahead(wish: Wish, reason: Reason, goal: Goal | None) -> tuple[Wish, Reason]:
    """Follow what looking ahead advises, where it advises something else."""
    if goal is None or wish.target is None:
        return wish, reason
    mode = Mode.HEAT if goal.direction is Direction.HEATING else Mode.COOL
    if wish.mode is not mode:
        return wish, reason
    if abs(goal.target - wish.target) < CLOSE:
        return wish, goal.reason if goal.reason is Reason.PRICE else reason
    if reason is Reason.PRESET and goal.reason is not Reason.PRICE:
        return wish, reason
    return replace(wish, target=goal.target), goal.reason


def _frost(inputs: Inputs, memory: Memory) -> Memory:
    known = [t for t in (inputs.room, inputs.unit.intake) if t is not None]
    if not known or Mode.HEAT not in inputs.unit.limits.modes:
        return updated(memory, frost=False)
    if inputs.outdoor is not None and inputs.outdoor >= FROST_TARGET:
        # Nothing freezes: a unit tells 0 °C for a moment, or of what it does not measure.
        return updated(memory, frost=False)
    coldest = min(known)
    frost = coldest < (FROST_TARGET if memory.frost else FROST)
    return updated(memory, frost=frost)


def locked_out(
    comfort: Comfort, inputs: Inputs, memory: Memory, direction: Direction | None
) -> Memory:
    """Take note of whether it is too cold outdoors for what automation would do."""
    limit: float | None = None
    if direction is Direction.HEATING:
        limit = comfort.minimum_outdoor
    elif direction is Direction.COOLING:
        limit = COOLING_LIMIT
    outdoor = inputs.outdoor
    if limit is None:
        return updated(memory, locked_out=False)
    if outdoor is None:
        # At a start, the weather is told later than a room.
        stays = memory.locked_out and inputs.awaits_outdoor
        return updated(memory, locked_out=stays)
    margin = LOCKOUT_HYSTERESIS if memory.locked_out else 0.0
    return updated(memory, locked_out=outdoor < limit + margin)
