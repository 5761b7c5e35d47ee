"""What an indoor unit, and so the compressor, is doing.

The values are those of Home Assistant's `hvac_action`, so that the edge maps
by value; the core knows them without importing Home Assistant.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum


class Activity(StrEnum):
    """What an indoor unit is doing now."""

    OFF = "off"
    IDLE = "idle"
    FAN = "fan"
    PREHEATING = "preheating"
    HEATING = "heating"
    DEFROSTING = "defrosting"
    COOLING = "cooling"
    DRYING = "drying"


HEATING_ACTIVITIES = frozenset(
    {Activity.HEATING, Activity.PREHEATING, Activity.DEFROSTING}
)
COOLING_ACTIVITIES = frozenset({Activity.COOLING, Activity.DRYING})
COMPRESSOR_ACTIVITIES = HEATING_ACTIVITIES | COOLING_ACTIVITIES

THERMOSTAT_BAND = 0.5
"""K around its target within which a room unit is taken to modulate, not to stop.

An engineering assumption: the usual differential of room thermostats.
"""

TANK_BAND = 3.0
"""K below its target at which a tank is taken to start reheating (an assumption)."""


def one_way(mode: str | None, modes: Collection[str]) -> str | None:
    """Return the mode that `auto` comes to in a unit that has one direction only.

    `modes` are the HVAC modes that it offers. What cannot heat only cools, however
    cold the room is: window units have an `auto` that rests their fan.
    """
    if mode == "auto" and "heat_cool" not in modes:
        if "heat" not in modes and "cool" in modes:
            return "cool"
        if "heat" in modes and "cool" not in modes:
            return "heat"
    return mode


def infer_room_activity(
    mode: str | None,
    *,
    room: float | None,
    heat_to: float | None,
    cool_to: float | None,
    previous: Activity = Activity.OFF,
) -> Activity:
    """Return what a room unit does that does not say so itself.

    `mode` is one of Home Assistant's HVAC modes; temperatures are in °C. A
    unit whose room or target is not known is taken to run: its owner turned
    it on. Within the band around the target it does as before.
    """
    match mode:
        case "fan_only":
            return Activity.FAN
        case "dry":
            return Activity.DRYING
        case "heat":
            cool_to = None
            blind = Activity.HEATING
        case "cool":
            heat_to = None
            blind = Activity.COOLING
        case "auto" | "heat_cool":
            blind = Activity.IDLE
        case _:
            return Activity.OFF
    if room is None or (heat_to is None and cool_to is None):
        return blind
    if heat_to is not None:
        reach = THERMOSTAT_BAND if previous is Activity.HEATING else -THERMOSTAT_BAND
        if room < heat_to + reach:
            return Activity.HEATING
    if cool_to is not None:
        reach = THERMOSTAT_BAND if previous is Activity.COOLING else -THERMOSTAT_BAND
        if room > cool_to - reach:
            return Activity.COOLING
    return Activity.IDLE


def working_activity(
    mode: str | None,
    *,
    room: float | None,
    heat_to: float | None,
    cool_to: float | None,
) -> Activity | None:
    """Return what a room unit does when its compressor works; None if it may not.

    In a mode that both heats and cools, the nearer target tells which.
    """
    match mode:
        case "heat":
            return Activity.HEATING
        case "cool":
            return Activity.COOLING
        case "dry":
            return Activity.DRYING
        case "auto" | "heat_cool":
            if room is None or heat_to is None or cool_to is None:
                return None
            return (
                Activity.HEATING if room < (heat_to + cool_to) / 2 else Activity.COOLING
            )
        case _:
            return None


def infer_tank_activity(
    mode: str | None,
    *,
    water: float | None,
    target: float | None,
    low: float | None = None,
    high: float | None = None,
    previous: Activity = Activity.OFF,
) -> Activity | None:
    """Return what a water heater does, from its mode and temperatures in °C.

    A tank reheats once it fell by its band, and then up to its target; one that
    has no target but tells where it starts (`low`) and stops (`high`), by these. The
    heat pump of one that burns gas is idle. None for one whose temperatures are not
    known: it heats some hours a day, and nothing tells which.
    """
    if mode is None or mode == "off":
        return Activity.OFF
    if mode == "gas":
        return Activity.IDLE
    start = None if target is None else target - TANK_BAND
    if target is None:
        start, target = low, high
    if water is None or start is None or target is None:
        return None
    if previous is Activity.HEATING:
        start = target
    return Activity.HEATING if water < start else Activity.IDLE


_PRECEDENCE = (
    Activity.DEFROSTING,
    Activity.HEATING,
    Activity.PREHEATING,
    Activity.COOLING,
    Activity.DRYING,
    Activity.FAN,
    Activity.IDLE,
    Activity.OFF,
)


def of_system(activities: Iterable[Activity]) -> Activity | None:
    """Return what a system does, from what its units do; None for no units.

    The compressor's work counts before a fan's: one unit that heats makes a
    heating system of it, whatever the others do.
    """
    found = set(activities)
    return next((activity for activity in _PRECEDENCE if activity in found), None)


def of_power(
    inferred: Activity | None,
    working: Activity | None,
    watts: float,
    threshold: float,
) -> Activity | None:
    """Return what a system does, as its power tells where its units do not.

    `inferred` is what their modes and temperatures suggest, `working` what
    they do if the compressor works; `threshold` the W that only a compressor
    draws.
    """
    if watts > threshold:
        return inferred if inferred in COMPRESSOR_ACTIVITIES else working or inferred
    return Activity.IDLE if inferred in COMPRESSOR_ACTIVITIES else inferred
