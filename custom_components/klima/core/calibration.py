"""Bringing the estimated power in line with a true figure.

The true figure is energy in kWh over a period (a meter, a bill), or the mean
power of a sibling unit; the estimate is that of the same period. Their ratio
corrects what is estimated from then on: what was counted stays as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import math
from typing import Any, Self

from .stored import stored_figure

LOWEST, HIGHEST = 0.3, 3.0
"""Ratios beyond which the figures are not of the same thing."""

LEAST = 0.5
"""kWh of estimate below which a period says nothing."""

METERED = 0.0
CALIBRATED = 0.20
RATED = 0.60
TYPICAL = 0.70
"""Uncertainty of an estimated power, as a share.

They hold for a day or longer; a moment may lie further off. In benchmarks/field.py
93 % of the homes lie within that of typical figures; most of it is of the load that
a unit runs at, which its ratings do not tell.
"""

COP_RATED = 0.20
COP_TYPICAL = 0.30
"""Uncertainty of a modelled COP of heating, as a share.

Held by benchmarks/cop_model.py, and with typical figures by benchmarks/field.py.
"""

COP_TANK_TYPICAL = 0.40
"""That of a system which heats a tank beside rooms, whose flow is not known.

Nine in ten of the tanks of benchmarks/field.py lie within it.
"""

COP_COOLING_RATED = 0.40
COP_COOLING_TYPICAL = 0.50
"""That of cooling: nine in ten of the tests at part load lie within it.

From the one rating at 35 °C (benchmarks/keymark.py).
"""


class CalibrationError(ValueError):
    """Figures that cannot calibrate; `reason` says why."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


MOST_EARLIER = 24
"""Earlier factors that are remembered: who calibrates oftener does so for recent days."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A factor to the estimated power, and when it was found (epoch s).

    `earlier` are those before it, the oldest first, each with the time that it held
    until: what was counted then was estimated with that.
    """

    factor: float = 1.0
    at: float | None = None
    earlier: tuple[tuple[float, float], ...] = ()

    def as_list(self) -> list[Any]:
        """Return what must survive a restart."""
        return [self.factor, self.at, list(map(list, self.earlier))]

    @classmethod
    def from_list(cls, data: Iterable[Any]) -> Self:
        """Read it back; raises ValueError or TypeError for what is none."""
        factor, at, *earlier = data
        return cls(
            _stored_factor(factor),
            None if at is None else stored_figure(at),
            # The first versions kept none.
            tuple(
                (stored_figure(until), _stored_factor(each))
                for until, each in (earlier[0] if earlier else ())
            ),
        )

    def factor_at(self, when: float) -> float:
        """Return the factor that power was estimated with at a time."""
        return next((each for until, each in self.earlier if when < until), self.factor)

    def as_now(self, counted: Mapping[float, float]) -> float:
        """Return what was counted in hours (by their start) as it would be by now, in kWh."""
        return sum(
            kwh * self.factor / self.factor_at(hour) for hour, kwh in counted.items()
        )


def _stored_factor(value: Any) -> float:
    if (factor := stored_figure(value)) <= 0:
        raise ValueError(f"not a factor: {value}")
    return factor


def calibrate(
    before: Calibration, true: float, estimated: float, at: float
) -> Calibration:
    """Return the calibration that makes an estimate true; raises CalibrationError.

    `estimated` is what the estimate is with the calibration so far (`as_now`).
    """
    if estimated < LEAST:
        raise CalibrationError("too_little_estimated")
    factor = before.factor * true / estimated
    if not LOWEST <= factor <= HIGHEST:
        raise CalibrationError("not_the_same")
    earlier = (*before.earlier, (at, before.factor))[-MOST_EARLIER:]
    return Calibration(factor, at, earlier)


def power_uncertainty(*, metered: bool, calibrated: bool, rated: bool) -> float:
    """Return the uncertainty of the power, as a share."""
    if metered:
        return METERED
    if calibrated:
        return CALIBRATED
    return RATED if rated else TYPICAL


def cop_uncertainty(
    *, rated: bool, cooling: bool = False, heats_tank: bool = False
) -> float:
    """Return the uncertainty of a modelled COP, as a share."""
    if cooling:
        return COP_COOLING_RATED if rated else COP_COOLING_TYPICAL
    if rated:
        return COP_RATED
    return COP_TANK_TYPICAL if heats_tank else COP_TYPICAL


def heat_uncertainty(power: float, cop: float) -> float:
    """Return the uncertainty of heat that is a power times a COP, as a share."""
    return round(math.hypot(power, cop), 2)
