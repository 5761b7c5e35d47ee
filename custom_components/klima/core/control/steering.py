"""Steering a unit by a room sensor: its setpoint is offset so that the room is right.

A unit holds the temperature at its own intake, often under the ceiling. What
that reads above the room, filtered, is added to the target; what error is
still left then, is learned slowly. The setpoint moves in the unit's steps, and
at most once in ten minutes (`Comfort.correction`) unless somebody asks for something else.
"""

from dataclasses import replace
import math

from .model import Comfort, Inputs, Limits, Mode, Steering

FILTER = 3600.0
"""s, time constant of the filter of the difference between intake and room."""

TRIM = 4 * 3600.0
"""s in which an error of 1 K moves the trim by 1 K: slower than any unit regulates."""

TRIM_LIMIT = 0.6
"""K that the trim may be: what a unit's own regulation is off by at the most."""

SWING = 2 * 3600.0
"""s, time constant of the mean that the trim learns from: a unit's swing takes an hour,
and is not as long above the target as below."""

CONTENT = 0.25
"""K of error that nothing is learned of, nor mended."""

SETTLED = 1.2
"""K from its target within which a room is held, and not on its way."""

SETTLING = 1800.0
"""s after a new target in which nothing is learned of the error."""

OUT = 0.42
"""K of error at which a unit is stopped, or started, before people notice."""

PAST = 0.5
"""K beyond its target at which a unit is stopped: what it does there is for nothing."""

WEAK = 0.1
"""K more of error at which a unit that works is told to work harder."""

FAST = 1.0
"""K/h by which a room may fall that a unit is started in time for by itself."""

SLOW_START = 0.15
"""h for which a room that falls faster goes on falling once its unit was started."""

SOONER = 0.2
"""K by which a unit is started sooner for that, at the most."""

STARTS = 0.25
"""K beyond its own measurement that a setpoint must be for a unit to start."""

NUDGES = 2.2
"""Steps that the setpoint may be moved from where it belongs, to start or stop a unit."""

STUBBORN = 0.9
"""Steps that the setpoint must be off by before it is corrected: no hunting at an edge."""


def learn(inputs: Inputs, steering: Steering) -> Steering:
    """Take note of how far the unit's own measurement is from the room."""
    now, unit, room = inputs.now, inputs.unit, inputs.room
    last = steering.at
    if room is None or not unit.available or unit.setting.mode is Mode.OFF:
        return replace(steering, at=now)
    dt = 0.0 if last is None else min(max(now - last, 0.0), 600.0)
    difference = steering.difference
    if unit.intake is not None:
        seen = unit.intake - room
        if difference is None:
            difference = seen
        else:
            difference += (seen - difference) * dt / (FILTER + dt)
    trim, mean = steering.trim, steering.error
    moves = inputs.goal is not None and inputs.goal.moves
    if (
        steering.target is not None
        and not moves
        and abs(error := steering.target - room) < SETTLED
        and now - steering.target_at > SETTLING
        # In a range, a unit stands wherever the room is between the ends.
        and (unit.works or unit.setting.mode in (Mode.HEAT, Mode.COOL))
    ):
        mends = unit.works or not _beyond(unit.setting.mode, error)
        # What the sun does to a unit that stands is not to be undone later.
        counts = error if mends else min(max(error, -CONTENT), CONTENT)
        mean += (counts - mean) * dt / (SWING + dt)
        if mends and abs(mean) > CONTENT:
            trim = min(max(trim + mean * dt / TRIM, -TRIM_LIMIT), TRIM_LIMIT)
    return replace(steering, difference=difference, trim=trim, error=mean, at=now)


def _beyond(mode: Mode, error: float) -> bool:
    """Return whether a room is past its target: what a unit that stands cannot mend.

    The sun, or a night that is cooler than what is asked, then has it there;
    that teaches nothing of how well the unit regulates. In a range, it stands
    wherever the room is between the ends.
    """
    match mode:
        case Mode.HEAT:
            return error < 0
        case Mode.COOL:
            return error > 0
        case _:
            return True


def steer(
    inputs: Inputs,
    comfort: Comfort,
    steering: Steering,
    asked: float,
    lean: float = 0.0,
    *,
    moves: bool = False,
) -> tuple[float, Steering]:
    """Return the setpoint that brings the room to what is asked, and what is remembered.

    `lean` is the K that the room is held from it, on the side that costs less;
    who `moves` is soon told of another target.
    """
    limits, now = inputs.unit.limits, inputs.now
    target = asked - lean
    ideal = target + offset(inputs, comfort, steering)
    new = steering.target is None or abs(steering.target - target) > 0.05
    setpoint = steering.setpoint
    if setpoint is not None and abs(limits.held(setpoint) - setpoint) > 1e-6:
        # The unit takes it no more.
        setpoint = None
    if setpoint is not None and not new:
        step = limits.kelvin
        due = now - steering.corrected_at >= comfort.correction
        held = limits.held(ideal)
        if not due:
            return setpoint, steering
        by = 0 if moves else _nudge(inputs, target, abs(lean))
        if (
            not by
            and _content(inputs, target)
            and not _is_pushed(inputs, setpoint, held)
        ):
            return setpoint, steering
        nudged = _nudged(inputs, setpoint, by, step)
        if by and abs(nudged - held) < NUDGES * step:
            # What is to be corrected that way anyway is done with it.
            ideal = nudged if (nudged - held) * by > 0 else held
        elif abs(held - setpoint) < STUBBORN * step:
            return setpoint, steering
    rounded = limits.rounded(ideal)
    if rounded == setpoint and not new:
        return rounded, steering
    return rounded, replace(
        steering,
        target=target,
        target_at=now if new else steering.target_at,
        setpoint=rounded,
        corrected_at=now,
    )


def _content(inputs: Inputs, target: float) -> bool:
    """Return whether the room is where it should be: nothing is to be mended then."""
    return inputs.room is not None and abs(target - inputs.room) <= CONTENT


def _is_pushed(inputs: Inputs, setpoint: float, held: float) -> bool:
    """Return whether a unit that works is told of more than where it belongs.

    It was told so to start. Left there it works hard, goes past its target, and has to be
    stopped: one command either way.
    """
    unit = inputs.unit
    sign = {Mode.HEAT: 1, Mode.COOL: -1}.get(unit.setting.mode, 0)
    return unit.works and (setpoint - held) * sign >= STUBBORN * unit.limits.kelvin


def _nudge(inputs: Inputs, target: float, lean: float) -> int:
    """Return which way to move the setpoint so that the unit stops, or starts, in time.

    A unit that cycles swings by more than people like: it works on when the room
    has enough, and stands when it has too little. A step is enough to tell it.
    """
    room, unit = inputs.room, inputs.unit
    if room is None or unit.setting.mode not in (Mode.HEAT, Mode.COOL):
        return 0
    error = target - room
    beyond = _beyond(unit.setting.mode, error)
    if beyond:
        out = PAST - lean / 2
    else:
        # One that works, but too weakly, is given some time.
        out = OUT - lean + (WEAK if unit.works else 0.0)
        if not unit.works and inputs.goal is not None:
            out -= min(max(inputs.goal.falls - FAST, 0.0) * SLOW_START, SOONER)
    if not out < abs(error) < SETTLED or (beyond and not unit.works):
        return 0
    return 1 if error > 0 else -1


def _nudged(inputs: Inputs, setpoint: float, by: int, step: float) -> float:
    """Return the setpoint a step on, or as many as it takes for a unit to start."""
    nudged, unit = setpoint + by * step, inputs.unit
    if by and not unit.works and unit.intake is not None:
        short = (unit.intake - nudged) * by + STARTS
        nudged += by * step * max(math.ceil(short / step), 0)
    return nudged


def offset(inputs: Inputs, comfort: Comfort, steering: Steering) -> float:
    """Return the K that the setpoint is to be above the target."""
    if inputs.room is None and not inputs.awaits_room:
        return 0.0
    wanted = (steering.difference or 0.0) + steering.trim
    return min(max(wanted, -comfort.offset_limit), comfort.offset_limit)


def shifted(limits: Limits, target: float, by: float) -> float:
    """Return an end of a range, shifted and rounded as a setpoint is."""
    return limits.rounded(target + by)
