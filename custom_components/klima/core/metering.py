"""Samples and counters in, energy that only grows out.

Times are epoch seconds (UTC), power is in W, energy in kWh. Nothing here ever
gives a negative amount: a total built of these amounts can only grow.

Two kinds of source are read, each by a pure function from a state and a
reading to the next state and the energy in between:

- power samples, held from one to the next (a reported state is a step, not a
  ramp), for no longer than the source can be believed to live;
- a counter, whose resets, dips and glitches are told apart by what the
  equipment could have used in the time.

`Meter` joins them for one system, best source first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
import math
from typing import Any, NamedTuple, Self

from .activity import (
    COMPRESSOR_ACTIVITIES,
    COOLING_ACTIVITIES,
    HEATING_ACTIVITIES,
    Activity,
)

JOULES_PER_KWH = 3.6e6

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

DEFAULT_NAMEPLATE = 15_000.0
"""W that a system may draw when nothing is known of it (an assumption)."""

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

MOST_CHANGES = 64
"""Changes of activity that are remembered while a power waits to be counted."""

JOINED_WITHIN = 900.0
"""s, a quarter of an hour, within which amounts that follow each other are one."""

REPEATS = 3
"""Reports of an unchanged power that show a source which speaks at intervals.

One that reports on change never repeats itself, however evenly it speaks while a
compressor starts.
"""

STEADY_FOR = 300.0
"""s of reports with no longer silence than three usual intervals that show the same
of a source whose power is never twice the same (an engineering assumption)."""

type Span = tuple[float, float]
"""A time in epoch s, from and to."""

TELLS_WITHIN = 120.0
"""s from when a compressor starts or stops within which its power is another.

A power that did not change with it is stuck, whatever else its device tells.
"""

LEAST_KEPT = 0.002
"""kWh held by a silent source from which it is worth to be kept anew: a unit that
rests would else have its file written each minute of a day. A compressor uses
more in a minute."""

LISTENING = 20.0
"""s from one sign of life of a device to the next that is taken note of."""

_SMOOTHING = 0.1
_REGULAR_AFTER = 10
_REGULAR_SPREAD = 0.5


class Source(StrEnum):
    """Where an amount of energy was read, best first."""

    COUNTER = "counter"
    POWER = "power"
    ESTIMATE = "estimate"


class Delta(NamedTuple):
    """An amount of energy used between two times, and what for."""

    start: float
    end: float
    kwh: float
    source: Source
    heating_kwh: float = 0.0
    cooling_kwh: float = 0.0

    def joined(self, after: Delta) -> Delta | None:
        """Return this amount and the one right after it as one; None if they are two.

        They stay two where a quarter of an hour ends in them: so far apart, use
        is told apart.
        """
        if (
            self.end != after.start
            or self.source is not after.source
            or after.end > (self.start // JOINED_WITHIN + 1) * JOINED_WITHIN
        ):
            return None
        return Delta(
            self.start,
            after.end,
            self.kwh + after.kwh,
            self.source,
            self.heating_kwh + after.heating_kwh,
            self.cooling_kwh + after.cooling_kwh,
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """Up to when a meter knows what was used, and the times that it `missed`.

    `patience` is for how many s after that it may still tell.
    """

    until: float
    missed: tuple[Span, ...] = ()
    patience: float = SPARSE_HOLD


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


@dataclass(frozen=True, slots=True)
class CounterState:
    """What is remembered of a counter.

    `kwh` is the reading from which the next is counted, `at` its time.
    `seen` is the last reading as it was, `below` the time since which it lies
    below `kwh`, `before_reset` the reading before the last reset, until the
    one after it confirms that it was one, and `jumped_to` a reading too high
    to be believed until the next confirms it. `glitch` is the time of the last
    reset that was taken back; a restart forgets it.
    """

    kwh: float
    at: float
    seen: float
    last_reset: float | None = None
    below: float | None = None
    before_reset: float | None = None
    jumped_to: float | None = None
    glitch: float | None = None


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
        return CounterState(kwh, at, kwh, last_reset), 0.0
    new = CounterState(kwh, at, kwh, last_reset, glitch=state.glitch)
    if at < state.at:
        return _read_behind(state, new)
    steady = NAMEPLATE_MARGIN * nameplate * (at - state.at) / JOULES_PER_KWH
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
        if used <= most:
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


class Totals(NamedTuple):
    """Lifetime energy in kWh; each only grows."""

    energy: float = 0.0
    heating: float = 0.0
    cooling: float = 0.0


class Meter:
    """The meter of one system: its sources joined, its totals kept.

    A counter is believed before power samples, and those before an estimate.
    While a counter is unavailable the measured power counts in its place; what
    it counted is then taken off the counter's first amounts, so that nothing
    counts twice. An estimate stands in for nothing that is measured. Energy goes
    to heating or cooling by what the system did while it was used.
    """

    def __init__(
        self,
        *,
        has_counter: bool,
        has_power: bool,
        nameplate: float = DEFAULT_NAMEPLATE,
    ) -> None:
        """Start at zero; `restore` takes up what was counted before."""
        self.totals = Totals()
        self.refused = 0
        self.power = PowerState()
        self.counter: CounterState | None = None
        self._has_counter = has_counter
        self._power_source = Source.POWER if has_power else Source.ESTIMATE
        self._nameplate = nameplate
        self._counter_available = False
        self._ahead = 0.0
        self._activity = Activity.OFF
        self._activity_since = 0.0
        # Lists, and no deques: hardly ever is more than one in them.
        self._changes: list[tuple[float, Activity]] = []
        self._heating_seconds = 0.0
        self._cooling_seconds = 0.0
        self._missed: list[Span] = []
        self._is_doubtful = False
        self._seen = 0.0
        self._kept: Delta | None = None

    @property
    def counts_power(self) -> bool:
        """Whether power samples count now: there is no better source."""
        if not self._has_counter:
            return True
        return (
            self._power_source is Source.POWER
            and self.counter is not None
            and not self._counter_available
        )

    def hear(self, at: float) -> None:
        """Take note that the device of the power's source is alive.

        A power that reports on change still holds: it would have told another.
        """
        power = self.power
        if at < power.heard + LISTENING or self._is_doubtful:
            return
        if power.turns or at <= power.turned:
            self.power = power._replace(heard=at)

    def doubt(self) -> None:
        """Take note that the source told what is no power: the last holds no longer."""
        self._is_doubtful = True

    def waits_since(self, at: float) -> float:
        """Return the time of which energy may still come: it waits to be counted."""
        since = at if self.counter is None else min(at, self.counter.at)
        if self._kept is not None:
            since = min(since, self._kept.start)
        if self.counts_power and self.power.watts is not None:
            since = min(since, max(self.power.settled, at - LONGEST_HOLD))
        return since

    def read_power(self, at: float, watts: float | None) -> Delta | None:
        """Take a power sample; None where its source turned unavailable."""
        before = self.power
        try:
            self.power, kwh = sample_power(before, at, watts, self._nameplate)
        except ValueError:
            self.refused += 1
            self.doubt()
            return None
        self._is_doubtful = False
        self._seen = at
        known = before.settled if before.watts is None else before.believed_until
        if known < at:
            self._missed.append((known, at))
            del self._missed[:-MOST_CHANGES]
        if self._kept is not None and watts is not None:
            # Nothing else is counted by the first reading since the start.
            return self._take_kept(at)
        return self._count_power(before.settled, min(at, known), kwh)

    def advance(self, at: float) -> Delta | None:
        """Count the held power up to now."""
        start = self.power.settled
        self.power, kwh = advance_power(self.power, at)
        return self._count_power(start, self.power.settled, kwh)

    def see(self, at: float) -> None:
        """Take note that the source still shows what it told last.

        What it holds up to here is kept: after a crash it counts once the source
        speaks again, as it would have without one. Of the time since, nothing is
        known. A counter makes up for all of it.
        """
        watts = self.power.watts
        if watts is None or self._is_doubtful:
            return
        since = max(self._seen, self.power.settled)
        if watts * (at - since) >= LEAST_KEPT * JOULES_PER_KWH:
            self._seen = at

    def _holds(self) -> Delta | None:
        """Return what must not be lost of a power that waits for its source."""
        power = self.power
        if power.watts is None:
            return self._kept
        if self._has_counter or self._power_source is not Source.POWER:
            return None
        start, end = power.settled, min(self._seen, power.believed_until)
        if (kwh := held(power, end)) <= 0:
            return None
        heating, cooling = self._shares(start, end)
        return Delta(start, end, kwh, Source.POWER, kwh * heating, kwh * cooling)

    def _take_kept(self, at: float) -> Delta | None:
        """Count what was held at a crash; the clock may lie behind that since."""
        kept, self._kept = self._kept, None
        if kept is None or not self.counts_power:
            return None
        end = min(kept.end, at)
        return self._add(kept._replace(start=min(kept.start, end), end=end))

    def close(self, at: float) -> Delta | None:
        """Count, before a stop, what a source on change still holds."""
        return self.read_power(at, self.power.watts)

    def cover(self, at: float) -> Coverage:
        """Return up to when it counted, and what it missed since it was asked last.

        A counter makes up for what it missed.
        """
        missed = tuple(self._missed)
        self._missed.clear()
        if not self.counts_power:
            return Coverage(at)
        power = self.power
        if power.watts is None and power.settled < at:
            missed += ((power.settled, at),)
            self.power = power = power._replace(settled=at)
        # What was held at a crash is still to come.
        until = power.settled if self._kept is None else self._kept.start
        return Coverage(
            until, missed, max(power.believed_until - power.alive, SPARSE_HOLD)
        )

    def change_activity(self, at: float, activity: Activity) -> Delta | None:
        """Take note of what the system does from now on."""
        delta = self.advance(at)
        self._spend_activity(at)
        if (self._activity in COMPRESSOR_ACTIVITIES) is not (
            activity in COMPRESSOR_ACTIVITIES
        ):
            self.power = self.power._replace(turned=at)
        self._activity = activity
        if self._changes and at < self._changes[-1][0]:
            # The clock was put back: what lies ahead of it never was.
            self._changes.clear()
        self._changes.append((at, activity))
        del self._changes[:-MOST_CHANGES]
        return delta

    def read_counter(
        self, at: float, kwh: float | None, last_reset: float | None = None
    ) -> Delta | None:
        """Take a counter's reading; None where it turned unavailable."""
        if kwh is None:
            self._counter_available = False
            return None
        before = self.counter
        if not self._counter_available and before is not None and kwh == before.seen:
            # Home Assistant shows what it last knew of a device that is back, until
            # the device speaks: what that counted meanwhile took all of this time.
            self._counter_available = True
            return None
        try:
            self.counter, used = read_counter(
                before, at, kwh, self._nameplate, last_reset
            )
        except ValueError:
            self.refused += 1
            return None
        self._counter_available = True
        start = min(before.at, at) if before else at
        if before is not None and _began_anew(before, self.counter):
            # It does not know what was used before, so it cannot repeat it.
            self._ahead = 0.0
        self._spend_activity(at)
        heating, cooling = self._heating_seconds, self._cooling_seconds
        if self.counter.at == at:
            self._heating_seconds = self._cooling_seconds = 0.0
        taken = min(used, self._ahead)
        self._ahead -= taken
        used -= taken
        if used <= 0:
            return None
        busy = heating + cooling
        return self._add(
            Delta(
                start,
                at,
                used,
                Source.COUNTER,
                used * heating / busy if busy else 0.0,
                used * cooling / busy if busy else 0.0,
            )
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        counter, held = self.counter, self._holds()
        return {
            "energy": self.totals.energy,
            "heating": self.totals.heating,
            "cooling": self.totals.cooling,
            "ahead": self._ahead,
            "counter": counter
            and {
                "kwh": counter.kwh,
                "at": counter.at,
                "seen": counter.seen,
                "last_reset": counter.last_reset,
                "below": counter.below,
                "before_reset": counter.before_reset,
                "jumped_to": counter.jumped_to,
            },
            "held": held
            and [
                held.start,
                held.end,
                held.kwh,
                held.heating_kwh,
                held.cooling_kwh,
            ],
        }

    def restore(self, data: Mapping[str, Any]) -> Self:
        """Take up what was counted before; figures that are none are refused.

        Raises ValueError, KeyError or TypeError for data that `as_dict` did
        not make.
        """
        totals = Totals(
            *(_amount(data[key]) for key in ("energy", "heating", "cooling"))
        )
        ahead = _amount(data["ahead"])
        stored = data["counter"]
        counter = stored if stored is None else _counter(stored)
        # The first versions kept none.
        kept = data.get("held")
        kept = kept if kept is None else _kept_delta(*kept)
        self.totals, self._ahead, self.counter = totals, ahead, counter
        self._kept = kept
        if kept is not None:
            self.power = self.power._replace(settled=kept.end)
        return self

    def set_clock(self, step: float) -> None:
        """Take note that the clock was set by some s: that time did not pass.

        A counter is left where it is when the clock is put forward: what it
        counts is true, and a machine that slept looks the same.
        """
        power = self.power
        self.power = power._replace(
            settled=power.settled + step,
            reported=power.reported + step,
            heard=power.heard + step,
            turned=power.turned + step,
        )
        self._seen += step
        self._activity_since += step
        self._changes = [(at + step, activity) for at, activity in self._changes]
        self._missed.clear()
        if step < 0 and self.counter is not None:
            self.counter = replace(self.counter, at=self.counter.at + step)

    def forget_counter(self) -> None:
        """Begin anew with another counter; the totals stay."""
        self.counter = None
        self._ahead = 0.0

    def forget_held(self) -> None:
        """Begin anew with another source of power: it knows nothing of the last's."""
        self._kept = None
        self.power = self.power._replace(settled=0.0)

    def _spend_activity(self, at: float) -> None:
        """Note for how long the system heated or cooled since the last reading."""
        seconds = max(at - self._activity_since, 0.0)
        if self._activity_since > 0:
            if self._activity in HEATING_ACTIVITIES:
                self._heating_seconds += seconds
            elif self._activity in COOLING_ACTIVITIES:
                self._cooling_seconds += seconds
        self._activity_since = at

    def _count_power(self, start: float, end: float, kwh: float) -> Delta | None:
        if kwh <= 0 or not self.counts_power:
            return None
        if self._has_counter:
            self._ahead += kwh
        heating, cooling = self._shares(start, end)
        return self._add(
            Delta(
                start,
                end,
                kwh,
                self._power_source,
                kwh * heating,
                kwh * cooling,
            )
        )

    def _shares(self, start: float, end: float) -> tuple[float, float]:
        """Return the shares of a time in which the system heated and cooled.

        A power on change is counted only when it speaks again: the system may
        have turned from one to the other in the meantime.
        """
        while len(self._changes) > 1 and self._changes[1][0] <= start:
            del self._changes[0]
        heating = cooling = 0.0
        until = end
        for since, activity in reversed(self._changes):
            seconds = max(until - max(since, start), 0.0)
            if activity in HEATING_ACTIVITIES:
                heating += seconds
            elif activity in COOLING_ACTIVITIES:
                cooling += seconds
            until = min(until, since)
        return heating / (end - start), cooling / (end - start)

    def _add(self, delta: Delta) -> Delta:
        self.totals = Totals(
            self.totals.energy + delta.kwh,
            self.totals.heating + delta.heating_kwh,
            self.totals.cooling + delta.cooling_kwh,
        )
        return delta


def _began_anew(before: CounterState, now: CounterState) -> bool:
    """Return whether a reading confirmed that a counter was reset or replaced."""
    if now.before_reset is not None or now.jumped_to is not None:
        return False
    if before.before_reset is not None:
        return before.kwh <= now.kwh < before.before_reset
    return before.jumped_to is not None and now.kwh >= before.jumped_to


def _counter(data: Mapping[str, Any]) -> CounterState:
    """Return a stored counter; raises as `Meter.restore` does."""
    last_reset, below, before_reset, jumped_to = (
        None if data[name] is None else stored_figure(data[name])
        for name in ("last_reset", "below", "before_reset", "jumped_to")
    )
    return CounterState(
        kwh=_amount(data["kwh"]),
        at=stored_figure(data["at"]),
        seen=_amount(data["seen"]),
        last_reset=last_reset,
        below=below,
        before_reset=before_reset,
        jumped_to=jumped_to,
    )


def _kept_delta(start: Any, end: Any, kwh: Any, heating: Any, cooling: Any) -> Delta:
    """Return what was held at a crash; raises as `Meter.restore` does."""
    start, end = stored_figure(start), stored_figure(end)
    kwh, heating, cooling = _amount(kwh), _amount(heating), _amount(cooling)
    if not 0 <= end - start <= 2 * LONGEST_HOLD or heating + cooling > kwh * 1.001:
        raise ValueError(f"not what a power held: {kwh} kWh from {start} to {end}")
    return Delta(start, end, kwh, Source.POWER, heating, cooling)


def stored_figure(value: Any) -> float:
    """Return a stored figure; raises ValueError for what is none."""
    figure = float(value)
    if not math.isfinite(figure):
        raise ValueError(f"not a figure: {value}")
    return figure


def _amount(value: Any) -> float:
    """Return a stored amount; raises ValueError for what is none."""
    amount = stored_figure(value)
    if amount < 0:
        raise ValueError(f"not an amount: {value}")
    return amount
