"""What a zone's control remembers, as it is kept: no more often than it is worth."""

from dataclasses import asdict, replace
import math
from operator import is_
from typing import Any, NamedTuple

from .core.control import Direction, Goal, Memory, Reason
from .core.thermal import RoomModel
from .core.week import Entry
from .store import UNREADABLE

LEARNED_WAITS = 900.0
"""s that what was only learned waits to be kept: a room takes hours to learn."""


class Remembered(NamedTuple):
    """What is remembered of a zone.

    `automation` is whether it is on, None where that is as it was set up; `scheduled`
    what its `schedule` said last, and `goal` what was advised in its place. `windows`
    are since when one is open, and which are.
    """

    memory: Memory
    model: RoomModel
    automation: bool | None
    schedule: str | None
    scheduled: Entry | None
    windows: tuple[float, tuple[str, ...]] | None
    goal: Goal | None

    def worth_keeping(self) -> Remembered:
        """Return it without what is of the minute, or is not taken up."""
        steering = self.memory.steering
        difference = steering.difference
        steady = replace(
            steering,
            at=None,
            error=0.0,
            difference=None if difference is None else round(difference, 1),
            trim=round(steering.trim, 1),
        )
        return self._replace(
            memory=replace(self.memory, steering=steady, needs=False),
            model=replace(self.model, stretch=None),
        )

    def asked_and_done(self) -> tuple[Any, ...]:
        """Return what of it was asked for or done: all but what was learned."""
        memory, _model, *others, goal = self
        steering = replace(memory.steering, difference=None, trim=0.0)
        if goal is not None:
            # It is reckoned with anew in a quarter of an hour: its hundredths wait.
            goal = replace(goal, target=round(goal.target, 1), lean=0.0, falls=0.0)
        return (replace(memory, steering=steering), *others, goal)

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is kept."""
        said = self.scheduled
        return {
            "automation": self.automation,
            "memory": self.memory.as_dict(),
            "model": self.model.as_dict(),
            "schedule": said
            and {
                "of": self.schedule,
                "preset": said.preset,
                "temperature": said.temperature,
                "hvac_mode": said.mode,
            },
            "windows": self.windows
            and {"since": self.windows[0], "open": list(self.windows[1])},
            "goal": self.goal and asdict(self.goal),
        }


def goal_from(data: Any) -> Goal | None:
    """Return what was advised as it was kept; None for what was not."""
    try:
        goal = Goal(
            **{
                **data,
                "direction": Direction(data["direction"]),
                "reason": Reason(data["reason"]),
            }
        )
    except UNREADABLE:
        return None
    figures = (goal.target, goal.lean, goal.falls)
    known = all(
        isinstance(each, int | float) and math.isfinite(each) for each in figures
    )
    return goal if known else None


class ZoneKept:
    """What is kept of a zone: made anew when that is worth a write."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._data: dict[str, Any] = {}
        self._of: Remembered | None = None
        self._asked: tuple[Any, ...] | None = None
        self._waiting: Remembered | None = None
        self._at = -math.inf

    def told(
        self, remembered: Remembered, now: float, *, exactly: bool
    ) -> dict[str, Any]:
        """Return what is kept; `exactly`: with what was learned just now."""
        if self._of is not None and _is_same(remembered, self._of):
            return self._data
        waits = not exactly and 0 <= now - self._at < LEARNED_WAITS
        if waits and self._waiting is not None and _is_same(remembered, self._waiting):
            return self._data
        worth = remembered.worth_keeping()
        asked = worth.asked_and_done()
        if waits and asked == self._asked:
            self._waiting = remembered
            return self._data
        self._of, self._asked, self._at = remembered, asked, now
        self._data = worth.as_dict()
        return self._data


def _is_same(one: Remembered, other: Remembered) -> bool:
    """Return whether nothing was remembered anew, which is seen without a look at it."""
    return all(map(is_, one, other))
