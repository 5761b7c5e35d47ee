"""A unit at one pair of temperatures: its COP, power and heat at any load.

Carnot's limit is taken between the refrigerant's temperatures, which lie an approach
beyond those of the rooms and of the source; a unit reaches a share of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .carnot import KELVIN
from .ratings import RATED_INDOOR_HEATING

APPROACH = 8.0
"""K between the refrigerant and the air or water at full load (an assumption)."""

LEAST_APPROACH = 3.0
"""K of approach that is left where hardly any heat passes (an assumption)."""

LIFT_LOSS = 0.005
"""Share of its second-law efficiency that a compressor loses a K of more lift.

For sinks hotter than those of the rating: what it compresses more leaks more.
Fitted to every other maker of hplib's database, and tested on the rest of them
(benchmarks/cop_model.py).
"""

CYCLING_LOSS = 0.25
"""Loss of COP of a unit that cycles at next to no load: the default Cd of AHRI 210/240."""

PHYSICS = 0.999
"""Share of Carnot's own limit that no figure of ours exceeds."""

MINIMUM_LIFT = 15.0
"""K that a compressor lifts heat by at the least (an engineering assumption)."""

MINIMUM_LIFT_COOLING = 10.0
"""The same in cooling.

Set by what mini-splits are measured at at 20 and 25 °C outdoors (EN 14825,
benchmarks/keymark.py): 15 K would halve their COP there.
"""


def _lift(
    sink: float, source: float, approach: float, least: float = MINIMUM_LIFT
) -> float:
    """Return the K between the refrigerant's temperatures."""
    return max(sink - source + 2 * approach, least)


def refrigerant_heating(
    sink: float, source: float, approach: float = APPROACH
) -> float:
    """Return Carnot's COP of heating between the refrigerant's temperatures."""
    return (sink + approach + KELVIN) / _lift(sink, source, approach)


def lift_factor(sink: float, source: float) -> float:
    """Return what is left of the rated efficiency at a sink hotter than the rated."""
    rated = 1 - LIFT_LOSS * max(RATED_INDOOR_HEATING - source, 0.0)
    here = rated - LIFT_LOSS * max(sink - RATED_INDOOR_HEATING, 0.0)
    return max(here, 0.2) / max(rated, 0.2)


def refrigerant_cooling(
    sink: float, source: float, approach: float = APPROACH
) -> float:
    """Return Carnot's COP of cooling between the refrigerant's temperatures."""
    lift = _lift(sink, source, approach, MINIMUM_LIFT_COOLING)
    return (source - approach + KELVIN) / lift


def approach_at(load: float) -> float:
    """Return the K of approach at a share of full load."""
    return LEAST_APPROACH + (APPROACH - LEAST_APPROACH) * min(max(load, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Line:
    """The COP in some conditions, at any load: a share of Carnot's, within physics."""

    share: float
    hot: float
    cold: float
    limit: float
    of: Callable[[float, float, float], float]

    def cop(self, load: float) -> float:
        """Return the COP at a share of full load at which the compressor runs."""
        cop = self.share * self.of(self.hot, self.cold, approach_at(load))
        return min(cop, self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What holds in some conditions.

    `capacity` is the heat in W at full load, `line` the COP, `standby` W that are
    drawn beside the compressor. Below `least_load` (a share of full load) it cycles.
    `backup` is beyond how many times full load resistance heats, None where none does.
    """

    capacity: float
    line: Line
    standby: float
    least_load: float
    backup: float | None
    is_heating: bool

    def cop(self, load: float) -> float:
        """Return the COP at a share of full load."""
        cop = self.line.cop(max(load, self.least_load))
        return self._cycling(cop, load)

    def power(self, load: float) -> float:
        """Return the electricity in W that a share of full load takes."""
        return load * self.capacity / self.cop(load)

    def heat_of(self, watts: float) -> float:
        """Return the heat in W that a unit moves which draws a power.

        The load is the one that takes this power. What is drawn beyond full
        load is resistance where the system has it (see `backup`); else the system is
        larger than is known, and moves as much more.
        """
        watts = max(watts - self.standby, 0.0)
        line, capacity, least = self.line, self.capacity, self.least_load
        if capacity <= 0:
            return watts if self.is_heating else 0.0
        cop = max(1.0, line.cop(1.0))
        full = capacity / cop
        if least >= 1 or watts >= full:
            if self.backup is None or not self.is_heating:
                return watts * cop
            beyond = max(watts - self.backup * full, 0.0)
            return (watts - beyond) * cop + beyond
        at_least = max(1.0, line.cop(least))
        load = watts * at_least / capacity
        if load < least:
            # The loss of cycling is straight in the load: it can be solved for.
            kept = (1 - CYCLING_LOSS) * load
            load = kept / (1 - CYCLING_LOSS * watts * at_least / capacity / least)
            return watts * self._cycling(at_least, load)
        # The COP changes far slower than the load: this closes in on it.
        load = watts / full
        for _ in range(6):
            cop = max(1.0, line.cop(min(max(load, least), 1.0)))
            load = watts * cop / capacity
        return watts * cop

    def _cycling(self, cop: float, load: float) -> float:
        """Return what is left of a COP at a load below the least."""
        least = self.least_load
        if load < least < 1:
            cop *= 1 - CYCLING_LOSS * (1 - max(load, 0.0) / least)
        return max(1.0, cop)
