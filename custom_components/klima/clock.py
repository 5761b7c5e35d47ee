"""Telling that the wall clock was set: by an hour, by hand, by a time server after a start.

What is metered is timed by the wall clock. A second clock, which only runs,
tells a minute that passed from an hour that did not.
"""

from datetime import datetime
from functools import lru_cache
import time

from homeassistant.util import dt as dt_util

LEAST_STEP = 30.0
"""s by which the clock must be set at once to count as set; less is its usual correction."""


@lru_cache(maxsize=256)
def moment(at: float) -> datetime:
    """Return a time (epoch s) in UTC: one for all who tell of it, as of a midnight."""
    return dt_util.utc_from_timestamp(at)


class ClockWatch:
    """Compares the wall clock with one that nobody sets."""

    def __init__(self) -> None:
        """Take the clock as it is."""
        self._offset = time.time() - time.monotonic()

    def step(self) -> float:
        """Return by how many s the clock was set since this was last asked.

        A machine that slept looks like a clock that was put forward: its running
        clock stands still meanwhile. Of that time nothing is known either.
        """
        offset = time.time() - time.monotonic()
        step = offset - self._offset
        self._offset = offset
        return step if abs(step) >= LEAST_STEP else 0.0
