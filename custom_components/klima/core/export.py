"""A home that feeds into the grid: what a unit's use costs in it.

Of what a unit uses, the grid gave no more than the home drew from it; the rest
is the home's own, which else would have been fed in and paid for. So what a
unit costs is a part at the price of what is bought, and the rest at what is
paid for what is fed in. Energy is in kWh, power in kW, times are epoch seconds.
"""

from dataclasses import dataclass
from typing import NamedTuple

from .energy import Delta

SHORTEST_HOLD = 900.0
LONGEST_HOLD = 3600.0
"""s between which a counter's last step is taken to go on: for as long as it took."""

LEAST_STEP = 60.0
"""s that a counter's step is taken to be of at least: a lump in a moment is no power."""


def own_use(kwh: float, drawn: float, fed: float, *, is_light: bool) -> float:
    """Return what of a unit's use was the home's own, and no one paid for it now.

    `drawn` and `fed` are what the home drew from the grid and fed into it in the
    same time. What a unit used beyond what was drawn came from the home itself:
    without the unit, the home would have fed in as much more. That is believed by
    day, and at night if more is fed in than drawn: else it is a battery, which will have
    to be filled again, or two meters that do not tell at the same time.
    """
    return max(kwh - drawn, 0.0) if is_light or fed > drawn else 0.0


class Flow(NamedTuple):
    """The power that a home draws from the grid, and that it feeds into it, in kW."""

    drawn: float
    fed: float

    @property
    def is_export(self) -> bool:
        """Whether more is fed in than drawn: the next kWh is then the home's own."""
        return self.fed > self.drawn


@dataclass(slots=True)
class HomeFlow:
    """What a home's two counters told last, of a minute and more.

    Counters go in steps: a step's mean power holds until the next. One that stood
    still all the time of the other's last step has none.
    """

    drawn: Delta | None = None
    fed: Delta | None = None
    _new_drawn: Delta | None = None
    _new_fed: Delta | None = None

    def draw(self, delta: Delta) -> None:
        """Take what was drawn."""
        self._new_drawn = _joined(self._new_drawn, delta)

    def feed(self, delta: Delta) -> None:
        """Take what was fed in."""
        self._new_fed = _joined(self._new_fed, delta)

    def close(self) -> None:
        """Let what came since this was last called hold from now on."""
        self.drawn = self._new_drawn or self.drawn
        self.fed = self._new_fed or self.fed
        self._new_drawn = self._new_fed = None

    def at(self, now: float) -> Flow | None:
        """Return the flow at a time, None where nothing was heard for too long."""
        drawn = _power(self.drawn, self.fed, now)
        fed = _power(self.fed, self.drawn, now)
        return None if drawn is None or fed is None else Flow(drawn, fed)


def _joined(had: Delta | None, delta: Delta) -> Delta:
    if had is None:
        return delta
    return delta._replace(start=had.start, kwh=had.kwh + delta.kwh)


def _is_fresh(delta: Delta | None, now: float) -> bool:
    if delta is None:
        return False
    hold = min(max(delta.end - delta.start, SHORTEST_HOLD), LONGEST_HOLD)
    # What lies ahead is of a clock that was set back since.
    return delta.end - LEAST_STEP <= now <= delta.end + hold


def _power(own: Delta | None, other: Delta | None, now: float) -> float | None:
    """Return the power of a counter's last step; none if it stood still in the other's."""
    if other is not None and _is_fresh(other, now):
        if own is None or own.end <= other.start or not _is_fresh(own, now):
            return 0.0
    elif not _is_fresh(own, now):
        return None
    assert own is not None
    return own.kwh * 3600 / max(own.end - own.start, LEAST_STEP)
