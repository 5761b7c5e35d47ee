"""Outdoor weather as a function of simulated time."""

from dataclasses import dataclass
import math

_DAY_S = 86_400.0
_YEAR_S = 365.25 * _DAY_S


@dataclass(slots=True)
class Weather:
    """Outdoor temperature that swings by the day and, if asked, by the year.

    Temperatures in °C, times in epoch seconds (UTC). Local solar time is UTC plus
    `utc_offset_h`; the day is warmest at 15 h and the year on about 20 July.
    """

    mean: float = 2.0
    daily_swing: float = 4.0
    yearly_swing: float = 0.0
    utc_offset_h: float = 0.0
    relative_humidity: float = 0.8

    def temperature(self, time_s: float) -> float:
        """Return the outdoor temperature in °C."""
        local_s = time_s + self.utc_offset_h * 3600
        of_day = math.cos(2 * math.pi * (local_s / _DAY_S - 15 / 24))
        of_year = math.cos(2 * math.pi * (time_s / _YEAR_S - 200 / 365.25))
        return self.mean + self.daily_swing * of_day + self.yearly_swing * of_year
