"""Readings of a counter in, energy out: its resets, dips and glitches told apart.

What the equipment could have used in the time tells which of them a reading is.

A pure function from a state and a reading to the next state and the energy in
between. Times are epoch seconds (UTC), the nameplate is in W, energy in kWh.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
import math
from typing import Any, Self

from .energy import JOULES_PER_KWH
from .power import NAMEPLATE_MARGIN
from .stored import stored_amount, stored_figure

COUNTER_SLACK = 0.2
"""kWh by which a counter may run ahead of the nameplate: it may report in lumps."""

DIP_ACCEPTED_AFTER = 48 * 3600.0
"""s after which a counter that fell a little and stayed is taken as it is."""

CLOCK_LAG = 1.5 * 3600.0
"""s by which the clock may lie behind a counter's last reading until it is set right."""

GLITCH_MEMORY = 3600.0
"""s after a reset that was taken back for which no lump is believed after another."""

BRISK_LOAD = 0.5
"""Share of the nameplate that hardly a system keeps up (an engineering assumption)."""


@dataclass(frozen=True, slots=True)
class CounterState:
    """What is remembered of a counter.

    `kwh` is the reading from which the next is counted, `at` when that was shown
    last, and `since` when first.
    `seen` is the last reading as it was, `below` the time since which it lies
    below `kwh`, `before_reset` the reading before the last reset, until the
    one after it confirms that it was one, and `jumped_to` a reading too high
    to be believed until the next confirms it. `glitch` is the time of the last
    reset that was taken back; a restart forgets it.
    """

    kwh: float
    at: float
    since: float
    seen: float
    last_reset: float | None = None
    below: float | None = None
    before_reset: float | None = None
    jumped_to: float | None = None
    glitch: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "kwh": self.kwh,
            "at": self.at,
            "since": self.since,
            "seen": self.seen,
            "last_reset": self.last_reset,
            "below": self.below,
            "before_reset": self.before_reset,
            "jumped_to": self.jumped_to,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it back; raises ValueError, KeyError or TypeError for others."""
        last_reset, below, before_reset, jumped_to = (
            None if data[name] is None else stored_figure(data[name])
            for name in ("last_reset", "below", "before_reset", "jumped_to")
        )
        return cls(
            kwh=stored_amount(data["kwh"]),
            at=stored_figure(data["at"]),
            # Earlier versions did not keep it.
            since=stored_figure(data.get("since", data["at"])),
            seen=stored_amount(data["seen"]),
            last_reset=last_reset,
            below=below,
            before_reset=before_reset,
            jumped_to=jumped_to,
        )


def read_counter(
    state: CounterState | None,
    at: float,
    kwh: float,
    nameplate: float,
    last_reset: float | None = None,
) -> tuple[CounterState, float]:
    """Take a reading of a counter; return the kWh used since the last.

    Told apart, by what the equipment could have used in the time: growth; a
    reset (the counter starts again near zero, and what it shows was used); a
    dip (it shows a little less for a while, and nothing was used); a glitch
    (a reset that the next reading takes back); and a jump (another counter
    took its place, if the next reading confirms it: it goes on from there).
    Raises ValueError for a reading that no counter shows: negative, or no
    finite figure.
    """
    if not math.isfinite(kwh) or kwh < 0:
        raise ValueError(f"implausible counter: {kwh} kWh")
    if state is None:
        return CounterState(kwh, at, at, kwh, last_reset), 0.0
    since = state.since if kwh == state.kwh else at
    new = CounterState(kwh, at, since, kwh, last_reset, glitch=state.glitch)
    if at < state.at:
        return _read_behind(state, new)
    steady = _steady(nameplate, at - state.at)
    most = steady + COUNTER_SLACK
    if kwh >= state.kwh:
        used = kwh - state.kwh
        if (
            state.before_reset is not None
            and kwh >= state.before_reset
            and used > _brisk(nameplate, at - state.at)
        ):
            # What looked like a reset was a glitch: go on from before it.
            return replace(new, glitch=at), min(kwh - state.before_reset, most)
        if used <= most or used <= _steady(nameplate, at - state.since):
            return new, used
        if state.jumped_to is not None and 0 <= kwh - state.jumped_to <= most:
            return new, kwh - state.jumped_to
        return replace(state, jumped_to=kwh), 0.0
    if kwh < state.kwh / 2 or (
        last_reset is not None and last_reset != state.last_reset
    ):
        before = state.before_reset if state.kwh == 0 else state.kwh
        if state.glitch is not None and at - state.glitch < GLITCH_MEMORY:
            # It flaps between two figures: each fall would be a lump of use.
            most = steady
        return replace(new, before_reset=before), min(kwh, most)
    since = at if state.below is None else state.below
    if at - since >= DIP_ACCEPTED_AFTER and kwh >= state.seen:
        return new, 0.0
    return replace(state, seen=kwh, below=since, last_reset=last_reset), 0.0


def step_began(state: CounterState, at: float, used: float, nameplate: float) -> float:
    """Return since when what a counter counted was used.

    Since it showed the last reading, but for one that goes in steps, and shows each
    again and again, as when its attributes change: that took the time since the last.
    """
    could = _steady(nameplate, at - state.at) + COUNTER_SLACK
    return min(state.at if used <= could else state.since, at)


def _steady(nameplate: float, seconds: float) -> float:
    """Return the kWh that a system can use in a time."""
    return NAMEPLATE_MARGIN * nameplate * seconds / JOULES_PER_KWH


def _read_behind(state: CounterState, new: CounterState) -> tuple[CounterState, float]:
    """Take a reading by a clock that lies behind the last one's.

    A little growth is taken as it is. More may be what was used while a machine
    without a clock of its own was down: it waits for the clock to be set right.
    """
    grown = new.kwh - state.kwh
    if 0 <= grown <= COUNTER_SLACK:
        return new, grown
    if state.at - new.at <= CLOCK_LAG:
        return state, 0.0
    return new, 0.0


def _brisk(nameplate: float, seconds: float) -> float:
    """Return the kWh that a system uses in a time if it works hard throughout.

    A counter that came back to where it stood before it showed zero, and so
    would have used more than this since, never was reset.
    """
    return BRISK_LOAD * nameplate * seconds / JOULES_PER_KWH


def began_anew(before: CounterState, now: CounterState) -> bool:
    """Return whether a reading confirmed that a counter was reset or replaced."""
    if now.before_reset is not None or now.jumped_to is not None:
        return False
    if before.before_reset is not None:
        return before.kwh <= now.kwh < before.before_reset
    return before.jumped_to is not None and now.kwh >= before.jumped_to
