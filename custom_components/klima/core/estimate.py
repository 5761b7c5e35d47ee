"""The power of a system that has no meter, from what its units do.

An inverter's load is taken from the outdoor temperature, from how far the room
is from its target, from its fan and from the time since it started. Always
shown as an estimate, with its uncertainty.
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

HEATING_DESIGN = (18.0, -15.0)
"""°C outdoors at which a home needs no heat, and all that its unit can give."""

COOLING_DESIGN = (20.0, 40.0)
"""°C outdoors at which a home needs no cooling, and all that its unit can give."""

FAN_SHARE = {"quiet": 0.55, "low": 0.7, "medium": 0.85}
"""Share of its capacity that a unit gets to the room by its fan (an assumption).

In `auto` or at its highest, the fan limits nothing.
"""

_FAN_WORDS = {
    "quiet": "quiet",
    "silent": "quiet",
    "silence": "quiet",
    "night": "quiet",
    "low": "low",
    "1": "low",
    "medium": "medium",
    "mid": "medium",
}

COOLING_SIZING = 0.6
"""Share of its capacity that a home needs in cooling of what heats it (an assumption)."""

ELEMENT = 4500.0
"""W of the element of a water heater: the usual one of North America."""

ELEMENT_ELSEWHERE = 2000.0
"""The same elsewhere, of one phase of 230 V: a middle one of 1.2 to 3 kW (an assumption)."""

_AMERICA = (None, "CA", "MX", "US")

ELEMENT_GAP = {"electric": 0.0, "high_demand": 0.0, "performance": 4.0, "eco": 15.0}
"""K below its target from which a tank's element helps, by its mode (assumptions)."""

TANK_TARGET = 40.0
"""°C of a target that is a tank's, of a system that heats rooms as well."""

TANK_LOAD = 0.75
"""Share of its capacity at which such a system heats its tank.

Fitted to every other home of benchmarks/field.py.
"""

ROOM = 21.0
"""°C of a room that is not measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What one indoor unit does: its activity, and temperatures in °C where known.

    `fan` is how fast its fan is, a key of `FAN_SHARE`, where that limits it;
    `mode` that of a tank, Home Assistant's name for it, and `lowest` the coldest
    that its water was since it began to heat;
    `started` the s since it began to do what it does.
    """

    activity: Activity
    room: float | None = None
    target: float | None = None
    outdoor: float | None = None
    fan: str | None = None
    mode: str | None = None
    lowest: float | None = None
    started: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The electrical power of a system in W, and the heat that it moves.

    `heat` is in W, positive to the rooms and negative from them.
    """

    watts: float
    heat: float


def element_of(country: str | None) -> float:
    """Return the W of a water heater's element in a country; None for one not known."""
    return ELEMENT if country in _AMERICA else ELEMENT_ELSEWHERE


def estimate(
    model: Performance, operations: Sequence[Operation], *, element: float = ELEMENT
) -> Estimate:
    """Estimate the power of a system: one compressor, and fans where it rests.

    The units share the compressor's capacity equally; where water carries the
    heat, those that idle leave theirs to the others. `element` is in W.
    """
    figures = model.typical
    watts = figures.standby
    heat = 0.0
    working = [
        operation
        for operation in operations
        if operation.activity in COMPRESSOR_ACTIVITIES
    ]
    sharing = len(working) if model.hydronic else len(operations)
    share = 1 / max(sharing, 1)
    # One compressor serves them all: its COP is that of the load they make together.
    together = share * sum(load_of(model, operation) for operation in working)
    for operation in operations:
        activity = operation.activity
        if activity is Activity.FAN:
            watts += figures.fan * share
        if activity not in COMPRESSOR_ACTIVITIES:
            continue
        part = load_of(model, operation) * share
        indoor = indoor_of(activity, operation.room)
        point = model.at(activity, operation.outdoor, indoor)
        moved = part * point.capacity
        heat += -moved if activity in COOLING_ACTIVITIES else moved
        watts += moved / point.cop(together)
        if model.family is Family.HEAT_PUMP_WATER_HEATER and _element_helps(operation):
            if operation.mode == "electric":
                watts, heat = figures.standby, 0.0
            watts += element
            heat += element
        if point.capacity == 0 and model.family is Family.DUCTED_AIR_SOURCE:
            # Too cold for the compressor: its resistance heats instead.
            watts += part * model.heating_capacity
            heat += part * model.heating_capacity
    return Estimate(watts, heat)


def _element_helps(operation: Operation) -> bool:
    """Return whether a tank's element heats: its mode and its temperature say so."""
    gap = ELEMENT_GAP.get(operation.mode or "")
    coldest = operation.room if operation.lowest is None else operation.lowest
    if gap is None or coldest is None or operation.target is None:
        return operation.mode == "electric"
    return operation.target - coldest > gap


def indoor_of(activity: Activity, room: float | None) -> float:
    """Return the °C indoors to reckon with."""
    if room is not None:
        return room
    return RATED_INDOOR_COOLING if activity in COOLING_ACTIVITIES else ROOM


GAIN_PER_KELVIN_HOUR = 0.5
"""Share of its capacity that a unit adds in an hour for each K that stays (assumed).

An inverter that does not reach its target works harder the longer it lasts.
"""

MOST_GAIN_HOURS = 1.0
"""h after which a gap that stays is an offset of its sensor, not a load (assumed)."""


def load_of(model: Performance, operation: Operation) -> float:
    """Return the share of its capacity that a unit delivers now."""
    least = model.typical.least_load
    if least >= 1:
        # One that dries has no target that would stop it: by its own timer it works no
        # longer than the weather asks of it, or its room would grow ever colder.
        dries = operation.activity is Activity.DRYING
        return min(_asked_of(model, operation), 1.0) if dries else 1.0
    if model.hydronic and (operation.target or 0.0) >= TANK_TARGET:
        return TANK_LOAD
    asked = max(
        _asked_of(model, operation) + _asked_by_room(operation),
        model.typical.working_load,
        least,
    )
    if operation.fan is not None:
        asked = min(asked, max(FAN_SHARE[operation.fan], least))
    return min(asked, 1.0)


def _asked_of(model: Performance, operation: Operation) -> float:
    """Return the share of its capacity that the weather asks of a unit.

    A home's load grows straight with the cold or the heat, up to what its unit
    can do on the design day, less what units are larger than they need be.
    """
    activity, outdoor = operation.activity, _outdoor(operation)
    cooling = activity in COOLING_ACTIVITIES
    none, full = COOLING_DESIGN if cooling else HEATING_DESIGN
    sizing = COOLING_SIZING if cooling and model.heats else model.typical.sizing
    capacity = model.capacity(activity, outdoor)
    if capacity <= 0:
        return 1.0
    # What its home needs has nothing to do with how cold the unit still works in.
    design = sizing * model.size(activity, full)
    return max(design * (outdoor - none) / (full - none) / capacity, 0.0)


def _asked_by_room(operation: Operation) -> float:
    """Return the share of its capacity that the way to its target asks of a unit."""
    if operation.room is None or operation.target is None:
        return 0.0
    gap = operation.target - operation.room
    if operation.activity in COOLING_ACTIVITIES:
        gap = -gap
    asked = LOAD_PER_KELVIN * gap
    if operation.started is not None and gap > 0:
        hours = min(operation.started / 3600, MOST_GAIN_HOURS)
        asked += GAIN_PER_KELVIN_HOUR * gap * hours
    return asked


def _outdoor(operation: Operation) -> float:
    if operation.outdoor is not None:
        return operation.outdoor
    cooling = operation.activity in COOLING_ACTIVITIES
    return DEFAULT_OUTDOOR["cooling" if cooling else "heating"]


def fan_of(mode: str | None) -> str | None:
    """Return how fast a fan is, from a fan mode's name, where that limits a unit."""
    return None if mode is None else _FAN_WORDS.get(mode.lower())


def load(operation: Operation) -> float:
    """Return how much an indoor unit asks of the outdoor unit, 0 for nothing."""
    if operation.activity not in COMPRESSOR_ACTIVITIES:
        return 0.0
    cooling = operation.activity in COOLING_ACTIVITIES
    none, full = COOLING_DESIGN if cooling else HEATING_DESIGN
    asked = (_outdoor(operation) - none) / (full - none)
    return min(max(asked + _asked_by_room(operation), MINIMUM_LOAD), 1.0)
