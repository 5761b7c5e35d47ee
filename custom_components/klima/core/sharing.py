"""Sharing what one outdoor unit uses among the zones that it serves.

Each zone gets a share by the load that it had while the energy was used. The
shares always add up to the whole.
"""

from collections.abc import Mapping


class Sharing:
    """Loads of zones over time, and their shares of what was used in it."""

    def __init__(self) -> None:
        """Start with no zone under load."""
        self._loads: dict[str, float] = {}
        self._since = 0.0
        self._sums: dict[str, float] = {}

    def change(self, at: float, loads: Mapping[str, float]) -> None:
        """Take note of the zones' loads from a time (epoch seconds) on.

        A load is any measure of how much a zone asks for, 0 or more.
        """
        self._accumulate(at)
        self._loads = dict(loads)

    def take(self, at: float) -> dict[str, float]:
        """Return each zone's share since the last time that shares were taken.

        They add up to 1. Where no zone was under load, all share equally:
        standby serves them all. Without zones there is nothing to share.
        """
        self._accumulate(at)
        sums = {zone: self._sums.get(zone, 0.0) for zone in self._loads}
        self._sums = {}
        if (total := sum(sums.values())) > 0:
            return {zone: load / total for zone, load in sums.items()}
        return dict.fromkeys(sums, 1 / len(sums)) if sums else {}

    def _accumulate(self, at: float) -> None:
        seconds = at - self._since
        self._since = at
        if seconds <= 0:
            return
        for zone, load in self._loads.items():
            if load > 0:
                self._sums[zone] = self._sums.get(zone, 0.0) + load * seconds
