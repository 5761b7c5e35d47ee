"""Power samples in, energy out: each is held until the next.

A reported state is a step, not a ramp: a power counts as it was told until its
source tells another, for no longer than that source can be believed to live. How
long that is depends on how it speaks: at intervals, or on change.

Pure functions from a state and a sample to the next state and the energy in
between. Times are epoch seconds (UTC), power is in W, energy in kWh.
"""

import math
from typing import NamedTuple

from .energy import JOULES_PER_KWH

MINIMUM_HOLD = 60.0
"""s for which any source may fall silent before its power stops to count."""

HOLD_INTERVALS = 3.0
"""Usual intervals for which a silent source still counts."""

SPARSE_HOLD = 2 * 3600.0
"""s that a source which reports on change may hold a power until it speaks again.

Its silence says that nothing changed, so the time is counted once it spoke;
for longer than this no compressor holds a power.
"""

RESTING_POWER = 20.0
"""W up to which a unit rests: no compressor draws so little, and hardly a fan."""

LONGEST_HOLD = 24 * 3600.0
"""s for which such a power is held in the same way: a unit may rest for a day.

Were its source dead all that time, 0.5 kWh would be the most that never was. Nor
does a device that speaks of all else vouch for a power for longer.
"""

NAMEPLATE_MARGIN = 1.5
"""Times the nameplate power above which a reading is an error of its source."""

REPEATS = 3
"""Reports of an unchanged power that show a source which speaks at intervals.

One that reports on change never repeats itself, however evenly it speaks while a
compressor starts.
"""

STEADY_FOR = 300.0
"""s of reports with no longer silence than three usual intervals that show the same
of a source whose power is never twice the same (an engineering assumption)."""

TELLS_WITHIN = 120.0
"""s from when a compressor starts or stops within which its power is another.

A power that did not change with it is stuck, whatever else its device tells.
"""

_SMOOTHING = 0.1
"""Weight of the newest interval in the running means."""

_REGULAR_AFTER = 10
"""Intervals that must be seen before a source may count as one that is regular."""

_REGULAR_SPREAD = 0.5
"""Share of the usual interval that the intervals of a regular source lie from it."""


class PowerState(NamedTuple):
    """What is remembered of a source of power samples.

    `settled` is the time up to which its energy was counted, `reported` that
    of its last report. `usual` and `spread` are running means of its interval
    and of how far its intervals lie from it; `intervals` how many were seen, and
    `repeats` how many of them changed nothing. `steady` is for how many s it was
    not silent for long, `heard` when its device last spoke of something else, `turned`
    when the compressor last started or stopped.
    """

    watts: float | None = None
    settled: float = 0.0
    reported: float = 0.0
    usual: float = 0.0
    spread: float = 0.0
    intervals: int = 0
    repeats: int = 0
    steady: float = 0.0
    heard: float = 0.0
    turned: float = 0.0

    @property
    def is_regular(self) -> bool:
        """Whether the source reports at intervals rather than on change."""
        return (
            self.intervals >= _REGULAR_AFTER
            and self.spread < _REGULAR_SPREAD * self.usual
            and (self.repeats >= REPEATS or self.steady >= STEADY_FOR)
        )

    @property
    def turns(self) -> bool:
        """Whether it spoke when the compressor last started or stopped, or since."""
        return self.reported >= self.turned - TELLS_WITHIN

    @property
    def alive(self) -> float:
        """When it last told that it is there: one that repeats itself, by a report."""
        if self.repeats >= REPEATS and self.is_regular:
            return self.reported
        return min(max(self.reported, self.heard), self.reported + LONGEST_HOLD)

    @property
    def held_until(self) -> float:
        """The time until which the last sample counts with nothing heard since."""
        hold = max(MINIMUM_HOLD, HOLD_INTERVALS * self.usual)
        return self.alive + min(hold, SPARSE_HOLD)

    @property
    def believed_until(self) -> float:
        """The time until which the last sample counts once the source speaks again."""
        resting = (
            self.watts is not None
            and self.watts <= RESTING_POWER
            # One at intervals would say so again.
            and self.repeats < REPEATS
            and self.turns
        )
        if self.is_regular and not resting:
            return self.held_until
        hold = LONGEST_HOLD if resting else SPARSE_HOLD
        return max(self.held_until, self.alive + hold)


def advance_power(state: PowerState, at: float) -> tuple[PowerState, float]:
    """Count a held power up to a time; return the kWh."""
    until = min(at, state.held_until)
    if state.watts is None or until <= state.settled:
        return state, 0.0
    return state._replace(settled=until), held(state, until)


def sample_power(
    state: PowerState, at: float, watts: float | None, nameplate: float
) -> tuple[PowerState, float]:
    """Take a report of a power, None for an unavailable source; return the kWh.

    The energy is that of the power held until now. A power that is negative
    counts as 0. Raises ValueError for one that is no figure or more than the
    nameplate allows: the report is then as if it had not been.
    """
    if watts is not None:
        if not math.isfinite(watts) or watts > NAMEPLATE_MARGIN * nameplate:
            raise ValueError(f"implausible power: {watts} W")
        watts = max(watts, 0.0)
    if state.watts is None or at < state.reported:
        # Either nothing was held, or the clock was put back: begin anew.
        return state._replace(watts=watts, settled=at, reported=at, steady=0.0), 0.0
    gap = at - state.reported
    repeats = state.repeats + (watts == state.watts)
    kwh = held(state, min(at, state.believed_until))
    if watts is None:
        return state._replace(watts=None, settled=at, reported=at), kwh
    usual, spread = state.usual, state.spread
    is_long = state.intervals > 0 and gap > HOLD_INTERVALS * usual
    steady = 0.0 if is_long else state.steady + gap
    if state.intervals == 0:
        usual = gap
    else:
        # One long silence must not teach that silence is usual.
        step = min(gap, 10 * usual) - usual if usual > 0 else gap
        usual += _SMOOTHING * step
        spread += _SMOOTHING * (abs(step) - spread)
    heard, turned = state.heard, state.turned
    intervals = state.intervals + 1
    return PowerState(
        watts, at, at, usual, spread, intervals, repeats, steady, heard, turned
    ), kwh


def held(state: PowerState, until: float) -> float:
    """Return the kWh of a held power from where it was settled up to a time."""
    if state.watts is None or until <= state.settled:
        return 0.0
    return state.watts * (until - state.settled) / JOULES_PER_KWH
