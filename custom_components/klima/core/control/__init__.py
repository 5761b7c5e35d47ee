"""What a zone should do now, and why: one pure decision in two halves.

`plan` says what a zone wants; the zones of one outdoor unit are then weighed
against each other (`..arbitration`), and `finish` says what is sent, if
anything. Temperatures are in °C, times in epoch seconds (UTC); the clock and
all memory are passed in, and handed back.
"""

from .clock import moved, not_after
from .decide import Decision, Plan, finish, plan
from .echo import asked
from .model import (
    Comfort,
    Direction,
    Goal,
    HoldSource,
    Inputs,
    Limits,
    Memory,
    Mode,
    Reason,
    Setting,
    Unit,
    Wish,
)
from .protection import Compressor
from .user import (
    boost,
    changed,
    clear_preset,
    hold,
    left_alone,
    release,
    renewed,
    rescheduled,
    set_preset,
    set_target,
    set_target_humidity,
    taken_up,
    unscheduled,
)

__all__ = [
    "Comfort",
    "Compressor",
    "Decision",
    "Direction",
    "Goal",
    "HoldSource",
    "Inputs",
    "Limits",
    "Memory",
    "Mode",
    "Plan",
    "Reason",
    "Setting",
    "Unit",
    "Wish",
    "asked",
    "boost",
    "changed",
    "clear_preset",
    "finish",
    "hold",
    "left_alone",
    "moved",
    "not_after",
    "plan",
    "release",
    "renewed",
    "rescheduled",
    "set_preset",
    "set_target",
    "set_target_humidity",
    "taken_up",
    "unscheduled",
]
