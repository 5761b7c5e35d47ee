"""A unit that uses far more than its weather explains: its owner should know.

The last days are held against the degree-days of those before them. Energy is in kWh.
"""

from collections.abc import Sequence
from dataclasses import dataclass
import math

from .degree_days import DayUse, Method, Model, fit

ABNORMAL = 1.5
"""Times the expected use at which a unit uses too much."""

NORMAL_AGAIN = 1.2
"""Times the expected use at which it does no more."""

ABNORMAL_DAYS = 3
"""Days that are judged together."""

ABNORMAL_HISTORY = 14
"""Days that must be known before them."""

ABNORMAL_LEAST = 3.0
"""kWh above the expected below which no use is abnormal."""


@dataclass(frozen=True, slots=True)
class Excess:
    """What a unit used in its last days, and what it was expected to."""

    kwh: float
    expected: float

    @property
    def ratio(self) -> float:
        """How many times the expected."""
        return self.kwh / self.expected if self.expected > 0 else 0.0

    @property
    def is_abnormal(self) -> bool:
        """Whether that is so much more that its owner should know."""
        return self.ratio >= ABNORMAL and self.kwh - self.expected >= ABNORMAL_LEAST


def excess(days: Sequence[DayUse]) -> Excess | None:
    """Compare the last days with what those before them tell of the weather.

    None where that is not enough: too few days, or none that the weather
    explains; or the first hot or cold days, of which none before tells.
    """
    last = days[-ABNORMAL_DAYS:]
    before = days[:-ABNORMAL_DAYS]
    if len(before) < ABNORMAL_HISTORY or any(day.outdoor is None for day in last):
        return None
    model = fit(before)
    if model is None or model.method is not Method.DEGREE_DAYS:
        return None
    if any(_is_new(model, day.outdoor) for day in last):
        return None
    return Excess(
        math.fsum(day.kwh for day in last),
        math.fsum(max(model.expected(day.outdoor), 0.0) for day in last),
    )


def _is_new(model: Model, outdoor: float | None) -> bool:
    """Return whether a day asks for what was never seen: cooling, or heating."""
    cold, warm = model.degrees(outdoor or 0.0)
    return (cold > 0 and not model.heating) or (warm > 0 and not model.cooling)
