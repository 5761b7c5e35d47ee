"""The power of a system that has no meter, from what its units do.

A first model: an inverter's load is taken from the outdoor temperature and
from how far the room is from its target. Always shown as an estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .activity import COMPRESSOR_ACTIVITIES, COOLING_ACTIVITIES, Activity
from .family import Family
from .performance import DEFAULT_OUTDOOR, RATED_INDOOR_COOLING, Performance

MINIMUM_LOAD = 0.25
"""Share of its capacity below which an inverter cycles (an engineering assumption)."""

LOAD_PER_KELVIN = 0.3
"""Share of its capacity that a unit adds for each K from its target (an assumption)."""

HEATING_DESIGN = (20.0, -15.0)
"""°C outdoors at which a home needs no heat, and all that its unit can give."""

COOLING_DESIGN = (20.0, 40.0)
"""°C outdoors at which a home needs no cooling, and all that its unit can give."""

ROOM = 21.0
"""°C of a room that is not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one indoor unit does: its activity, and temperatures in °C where known."""

    activity: Activity
    room: float | None = None
    target: float | None = None
    outdoor: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The electrical power of a system in W, and the heat that it moves.

    `heat` is in W, positive to the rooms and negative from them.
    """

    watts: float
    heat: float


def estimate(model: Performance, operations: Sequence[Operation]) -> Estimate:
    """Estimate the power of a system: one compressor, and a fan for each unit.

    The units share the compressor's capacity equally; those that idle leave
    theirs to the others.
    """
    figures = model.typical
    watts = figures.standby
    heat = 0.0
    share = 1 / max(len(operations), 1)
    for operation in operations:
        activity = operation.activity
        if activity in (Activity.OFF, Activity.IDLE):
            continue
        watts += figures.fan * share
        if activity not in COMPRESSOR_ACTIVITIES:
            continue
        if model.family is Family.HEAT_PUMP_WATER_HEATER:
            share_of_capacity = 1.0
        else:
            share_of_capacity = _load(operation)
        room = operation.room
        if activity in COOLING_ACTIVITIES:
            delivered = -share_of_capacity * model.cooling_capacity * share
            indoor = RATED_INDOOR_COOLING if room is None else room
        else:
            delivered = share_of_capacity * model.heating_capacity * share
            indoor = ROOM if room is None else room
        heat += delivered
        watts += abs(delivered) / model.cop(activity, operation.outdoor, indoor)
    return Estimate(watts, heat)


def load(operation: Operation) -> float:
    """Return how much an indoor unit asks of the outdoor unit, 0 for nothing."""
    return _load(operation) if operation.activity in COMPRESSOR_ACTIVITIES else 0.0


def _load(operation: Operation) -> float:
    """Return the share of its capacity that a unit delivers."""
    cooling = operation.activity in COOLING_ACTIVITIES
    none, full = COOLING_DESIGN if cooling else HEATING_DESIGN
    outdoor = operation.outdoor
    if outdoor is None:
        outdoor = DEFAULT_OUTDOOR["cooling" if cooling else "heating"]
    asked = (outdoor - none) / (full - none)
    if operation.room is not None and operation.target is not None:
        gap = operation.target - operation.room
        asked += LOAD_PER_KELVIN * (-gap if cooling else gap)
    return min(max(asked, MINIMUM_LOAD), 1.0)
