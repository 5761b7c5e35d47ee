"""The meter of one system: its counter, its power or its estimate, joined into one.

Nothing here ever gives a negative amount: a total built of these amounts can only
grow. How a source is read is told in `power` and `counter`. Times are epoch
seconds (UTC), power is in W, energy in kWh.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
import math
from typing import Any, NamedTuple, Self

from .activity import (
    COMPRESSOR_ACTIVITIES,
    COOLING_ACTIVITIES,
    HEATING_ACTIVITIES,
    Activity,
)
from .counter import CounterState, began_anew, read_counter, step_began
from .energy import JOULES_PER_KWH, Delta, Source, Span
from .power import (
    LONGEST_HOLD,
    SPARSE_HOLD,
    PowerState,
    advance_power,
    held,
    sample_power,
)
from .stored import stored_amount, stored_figure

DEFAULT_NAMEPLATE = 15_000.0
"""W that a system may draw when nothing is known of it (an assumption)."""

MOST_CHANGES = 64
"""Changes of activity that are remembered while a power waits to be counted."""

LEAST_KEPT = 0.002
"""kWh held by a silent source from which it is worth to be kept anew: a unit that
rests would else have its file written each minute of a day. A compressor uses
more in a minute."""

LISTENING = 20.0
"""s from one sign of life of a device to the next that is taken note of."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Up to when a meter knows what was used, and the times that it `missed`.

    `patience` is for how many s after that it may still tell.
    """

    until: float
    missed: tuple[Span, ...] = ()
    patience: float = SPARSE_HOLD


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
        self._began = 0.0
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
        return self._power_source is Source.POWER and not self._counter_available

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
        # An estimate is no reading, that could be wrong.
        is_read = self._power_source is Source.POWER
        most = self._nameplate if is_read else math.inf
        try:
            self.power, kwh = sample_power(before, at, watts, most)
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
        self._began = self._began or at
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
        start = at
        if before is not None:
            start = step_began(before, at, used, self._nameplate)
        if before is not None and began_anew(before, self.counter):
            # It does not know what was used before, so it cannot repeat it.
            self._ahead = 0.0
        self._spend_activity(at)
        heating, cooling = self._heating_seconds, self._cooling_seconds
        if self.counter.since == at:
            self._heating_seconds = self._cooling_seconds = 0.0
        taken = min(used, self._ahead)
        self._ahead -= taken
        used -= taken
        if used <= 0:
            return None
        busy = heating + cooling
        if not busy and start < self._began:
            # It was not there to see what that was used for: for what it is now.
            heating = float(self._activity in HEATING_ACTIVITIES)
            cooling = float(self._activity in COOLING_ACTIVITIES)
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
            "counter": counter and counter.as_dict(),
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
            *(stored_amount(data[key]) for key in ("energy", "heating", "cooling"))
        )
        ahead = stored_amount(data["ahead"])
        stored = data["counter"]
        counter = stored if stored is None else CounterState.from_dict(stored)
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
        self._began += step
        self._changes = [(at + step, activity) for at, activity in self._changes]
        self._missed.clear()
        if step < 0 and self.counter is not None:
            counter = self.counter
            self.counter = replace(
                counter, at=counter.at + step, since=counter.since + step
            )

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
        if self._has_counter and self.counter is not None:
            # One that was never read knows nothing of it later.
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


def _kept_delta(start: Any, end: Any, kwh: Any, heating: Any, cooling: Any) -> Delta:
    """Return what was held at a crash; raises as `Meter.restore` does."""
    start, end = stored_figure(start), stored_figure(end)
    kwh, heating, cooling = (
        stored_amount(kwh),
        stored_amount(heating),
        stored_amount(cooling),
    )
    if not 0 <= end - start <= 2 * LONGEST_HOLD or heating + cooling > kwh * 1.001:
        raise ValueError(f"not what a power held: {kwh} kWh from {start} to {end}")
    return Delta(start, end, kwh, Source.POWER, heating, cooling)
