"""A lasting drop of a system's COP against what is expected of it.

Each day's heat is compared with the heat that the model expects of the same
electricity. What a system does better or worse than its model from the first
is no drop: it is compared with itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Self

from .stored import stored_figure

LASTING = 3
"""Days in a row that a drop must last."""

LEARNING = 5
"""Days after which a system's own usual ratio is known."""

REMEMBERED = 30
"""Days whose ratio is remembered."""

DROP = 0.75
"""Share of the usual ratio below which a day counts as a drop (an assumption)."""

RECOVERED = 0.85
"""Share of the usual ratio above which a day ends it."""

LEAST_DAY = 0.5
"""kWh of electricity without which a day says nothing."""


@dataclass(frozen=True, slots=True)
class Drop:
    """What is told of a drop: the COP of the last days, and what was expected."""

    cop: float
    expected: float
    share: float


@dataclass(slots=True)
class Day:
    """What a day counted: electricity, its heat, and the heat expected, in kWh."""

    electricity: float = 0.0
    heat: float = 0.0
    expected: float = 0.0


class Decline:
    """The days of a system, and whether its COP dropped."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.days: list[Day] = []
        self.today = Day()
        self.drop: Drop | None = None

    def count(self, electricity: float, heat: float, expected_cop: float) -> None:
        """Take what the system did, in kWh."""
        self.today.electricity += electricity
        self.today.heat += heat
        self.today.expected += electricity * expected_cop

    def close_day(self) -> None:
        """End the day, and judge the last ones."""
        if self.today.electricity >= LEAST_DAY and self.today.expected > 0:
            self.days = [*self.days, self.today][-REMEMBERED:]
            self._judge()
        self.today = Day()

    def _judge(self) -> None:
        ratios = [day.heat / day.expected for day in self.days]
        earlier = ratios[:-LASTING]
        usual = median(earlier) if len(earlier) >= LEARNING else 1.0
        last = self.days[-LASTING:]
        if self.drop is not None:
            if ratios[-1] >= RECOVERED * usual:
                self.drop = None
            return
        if len(last) < LASTING or max(ratios[-LASTING:]) >= DROP * usual:
            return
        electricity = sum(day.electricity for day in last)
        heat = sum(day.heat for day in last)
        expected = usual * sum(day.expected for day in last)
        self.drop = Drop(
            heat / electricity, expected / electricity, 1 - heat / expected
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "days": [[day.electricity, day.heat, day.expected] for day in self.days],
            "today": [self.today.electricity, self.today.heat, self.today.expected],
            "drop": self.drop and [self.drop.cop, self.drop.expected, self.drop.share],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read the days back; raises ValueError, KeyError or TypeError for others."""
        decline = cls()
        decline.days = [Day(*map(stored_figure, day)) for day in data["days"]]
        decline.today = Day(*map(stored_figure, data["today"]))
        decline.drop = data["drop"] and Drop(*map(stored_figure, data["drop"]))
        return decline
