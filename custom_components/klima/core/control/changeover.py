"""Heating or cooling for a room that may need either, where the unit can't tell.

It goes over to the other direction only once the room is beyond the other end
by a margin, and not before a minimum time in the present one.
"""

from dataclasses import replace

from .model import Direction, Inputs, Memory, Mode, updated

MARGIN = 0.5
"""K beyond the far end of its range at which a room goes over."""

MINIMUM_TIME = 1800.0
"""s in one direction before the other."""

DRY_ABOVE = 3.0
"""% above the target humidity at which drying begins; it ends 2 % below."""

DRY_BELOW = 2.0

DRY_TIME = 900.0
"""s that drying goes on, or stays off, at the least."""


def changeover(inputs: Inputs, memory: Memory, low: float, high: float) -> Memory:
    """Choose the direction for a range."""
    room, now, present = inputs.temperature, inputs.now, memory.direction
    if present is not None and inputs.awaits_room:
        # It is warmer under the ceiling, where the unit measures.
        return memory
    if room is None:
        wanted = present or Direction.HEATING
    elif present is None:
        wanted = Direction.HEATING if room < (low + high) / 2 else Direction.COOLING
    elif present is Direction.HEATING:
        wanted = Direction.COOLING if room > high + MARGIN else present
    else:
        wanted = Direction.HEATING if room < low - MARGIN else present
    if wanted is present:
        return memory
    if present is not None and now - memory.direction_at < MINIMUM_TIME:
        return memory
    return replace(memory, direction=wanted, direction_at=now)


def drying(inputs: Inputs, memory: Memory, floor: float | None) -> Memory:
    """Choose whether to dry, for a unit that has no target humidity of its own.

    `floor` is the °C below which drying would make the room too cold.
    """
    target, humidity, now = memory.target_humidity, inputs.humidity, inputs.now
    room = inputs.temperature
    if target is None or Mode.DRY not in inputs.unit.limits.modes:
        return updated(memory, drying=False)
    cold = room is not None and floor is not None and room < floor
    if humidity is None:
        # A start, or a weak radio, would else turn the unit over, and back.
        goes_on = memory.drying and inputs.awaits_humidity and not cold
        return updated(memory, drying=goes_on)
    if memory.drying:
        wanted = humidity > target - DRY_BELOW and not cold
    else:
        warm = room is None or floor is None or room >= floor + 0.5
        wanted = humidity > target + DRY_ABOVE and warm
    if wanted is memory.drying:
        return memory
    if now - memory.drying_at < DRY_TIME and not cold:
        return memory
    return replace(memory, drying=wanted, drying_at=now)
