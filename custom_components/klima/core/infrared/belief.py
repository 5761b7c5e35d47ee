"""What the power that a unit uses says of it, and what it does not.

Much power is certain: the unit is on. Little is not: in nearly every mode a unit
that has nothing to do stops its compressor, and some stop the fan as well. Off is
believed only where an idle unit would use more, or where nothing but the power had
ever said that the unit was on.
"""

from .state import OFF, UnitState

RUNS_FROM = 50.0
"""W from which a unit is on, whatever was thought: no unit waits for a handset with that."""

RUNS_FOR = 30.0
"""s that it must use so much."""

IDLE_BELOW = 8.0
"""W below which nothing turns: a fan alone uses more."""

IDLE_FOR = 180.0
"""s that it must use so little: a unit may think for a while before it starts."""

DEMAND = 2.0
"""K between room and target from which a unit has something to do, whatever its hysteresis."""

_FAN_FROM_THE_START = ("cool", "dry")
"""Modes in which a unit that is turned on blows at once, before it knows what to do.

In heat many wait for the coil to be warm.
"""


def runs_by(watts: float) -> bool | None:
    """Return whether a unit that uses so much runs, None where that tells nothing."""
    if watts >= RUNS_FROM:
        return True
    return False if watts <= IDLE_BELOW else None


def has_to_run(state: UnitState, room: float | None, *, fahrenheit: bool) -> bool:
    """Return whether a unit that does what is believed cannot but use power.

    `room` is in °C, None where it is not known.
    """
    if state.mode == "fan_only":
        return True
    if room is None or state.temperature is None:
        return False
    target = (state.temperature - 32) / 1.8 if fahrenheit else state.temperature
    if state.mode == "cool":
        return room >= target + DEMAND
    return state.mode == "heat" and room <= target - DEMAND


def is_off(
    state: UnitState,
    room: float | None,
    *,
    fahrenheit: bool,
    on_by_power: bool = False,
    never_rose: bool = False,
) -> bool:
    """Return whether little power means that a unit is off which is believed to be on.

    `on_by_power`: only its power ever said that it was on. `never_rose`: it was
    turned on, and has used no power since.
    """
    if state.mode == OFF or on_by_power:
        return True
    if never_rose and state.mode in _FAN_FROM_THE_START:
        return True
    return has_to_run(state, room, fahrenheit=fahrenheit)
