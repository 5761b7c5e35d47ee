"""Bringing the estimated power in line with a true figure.

The true figure is energy in kWh over a period (a meter, a bill), or the mean
power of a sibling unit; the estimate is that of the same period. Their ratio
corrects what is estimated from then on: what was counted stays as it was.
"""

from dataclasses import dataclass
import math

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


@dataclass(frozen=True, slots=True)
class Calibration:
    """A factor to the estimated power, and when it was found (epoch s)."""

    factor: float = 1.0
    at: float | None = None


def calibrate(
    before: Calibration, true: float, estimated: float, at: float
) -> Calibration:
    """Return the calibration that makes an estimate true; raises CalibrationError.

    `estimated` is what the estimate was with the calibration so far.
    """
    if estimated < LEAST:
        raise CalibrationError("too_little_estimated")
    factor = before.factor * true / estimated
    if not LOWEST <= factor <= HIGHEST:
        raise CalibrationError("not_the_same")
    return Calibration(factor, at)


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
