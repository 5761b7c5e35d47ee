"""Whether the sun is up: when what a home has of its own may come from its roof."""

from dataclasses import dataclass
import math

_J2000 = 10_957.5
"""Days from the epoch to noon of 1 January 2000 (UTC)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a home is, in degrees: north and east are above zero."""

    latitude: float
    longitude: float

    def is_light(self, when: float) -> bool:
        """Return whether the sun's centre is above the horizon at a time (epoch s).

        The Astronomical Almanac's low precision formulas, good to 0.01 degree in
        this century; without refraction, by which it is seen to rise some minutes
        before.
        """
        days = when / 86_400 - _J2000
        mean = math.radians((280.460 + 0.9856474 * days) % 360)
        anomaly = math.radians((357.528 + 0.9856003 * days) % 360)
        along = mean + math.radians(
            1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)
        )
        tilt = math.radians(23.439 - 4e-7 * days)
        ascension = math.atan2(math.cos(tilt) * math.sin(along), math.cos(along))
        declination = math.asin(math.sin(tilt) * math.sin(along))
        sidereal = (280.46062 + 360.98564737 * days + self.longitude) % 360
        hour = math.radians(sidereal) - ascension
        north = math.radians(self.latitude)
        return (
            math.sin(north) * math.sin(declination)
            + math.cos(north) * math.cos(declination) * math.cos(hour)
            > 0
        )
