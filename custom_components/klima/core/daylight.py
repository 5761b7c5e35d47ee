"""Whether the sun is up: when what a home has of its own may come from its roof."""

from dataclasses import dataclass
from datetime import UTC, datetime

from astral import Observer
from astral.sun import elevation


@dataclass(frozen=True, slots=True)
class Place:
    """Where a home is, in degrees: north and east are above zero."""

    latitude: float
    longitude: float

    def is_light(self, when: float) -> bool:
        """Return whether the sun's centre is above the horizon at a time (epoch s).

        Without refraction, by which it is seen to rise some minutes before. By the
        library that Home Assistant's own sun is from.
        """
        observer = Observer(self.latitude, self.longitude)
        at = datetime.fromtimestamp(when, UTC)
        return bool(elevation(observer, at, with_refraction=False) > 0)
