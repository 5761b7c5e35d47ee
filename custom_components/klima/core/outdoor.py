"""The temperature outdoors, from the best that can be known of it.

Temperatures in °C, times in epoch seconds (UTC).
"""

from dataclasses import dataclass
from enum import StrEnum
import math

DAY = 86_400.0
YEAR = 365.25 * DAY

COLDEST = -70.0
HOTTEST = 60.0
"""°C between which it was ever measured outdoors: what lies beyond is no reading."""

SUN_RISE = 25.0
"""K that no air warms by in a quarter of an hour: the sun shines on the sensor.

Less may be a sensor that was moved or mended; a weather report tells it better.
"""

SUN_TIME = 900.0
"""s in which a rise is taken for the sun's."""

SUN_HOLD = 900.0
"""s for which such a rise is not believed; if it lasts longer, it is."""

SUN_GAP = 10.0
"""K above the weather report beyond which a sensor measures the sun, not the air."""


class OutdoorBasis(StrEnum):
    """Where the temperature outdoors comes from, best first."""

    SENSOR = "sensor"
    WEATHER = "weather"
    CLIMATE_NORMALS = "climate_normals"


def plausible(reading: float | None) -> float | None:
    """Return a reading, or None for what cannot be a temperature outdoors."""
    if reading is None or not COLDEST <= reading <= HOTTEST:
        return None
    return reading


@dataclass(slots=True)
class SunFilter:
    """Holds a sensor's last temperature while the sun shines on it."""

    value: float | None = None
    at: float = 0.0
    rose: float | None = None

    def read(self, at: float, reading: float | None) -> float | None:
        """Take a reading; return what to believe, None for nothing."""
        reading = plausible(reading)
        if reading is None:
            self.value = self.rose = None
            return None
        if self.value is None or reading <= self.value + SUN_RISE:
            self.value, self.at, self.rose = reading, at, None
            return reading
        if self.rose is None:
            if at - self.at > SUN_TIME:
                # It had the time to get warm: nobody told it in between.
                self.value, self.at = reading, at
                return reading
            self.rose = at
        if at - self.rose >= SUN_HOLD:
            self.value, self.at, self.rose = reading, at, None
        return self.value


def normal_temperature(latitude: float, at: float, longitude: float = 0.0) -> float:
    """Return the usual temperature of a place at a time: right to within 10 K or so.

    The mean over the year by latitude is that of the energy-balance models of
    climate (G. R. North, 1975), in their form of a second Legendre polynomial;
    the swings of the year and of the day are middle figures of land. An
    assumption through and through, for want of any reading.
    """
    sine = math.sin(math.radians(latitude))
    mean = 14.9 - 28.0 * (3 * sine * sine - 1) / 2
    of_year = math.cos(2 * math.pi * (at / YEAR - 200 / 365.25))
    of_day = math.cos(2 * math.pi * ((at / DAY + longitude / 360) - 15 / 24))
    return mean + math.copysign(0.3 * abs(latitude), latitude) * of_year + 4.0 * of_day
