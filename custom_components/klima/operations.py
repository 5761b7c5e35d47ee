"""What the units of a system do, in the core's words."""

from collections.abc import Mapping

from .core.activity import Activity
from .core.estimate import Operation, fan_of, load
from .outdoor import Outdoor
from .zone import Zone


class Operations:
    """Tells what each unit does: for the power that is estimated, and for who shares it."""

    def __init__(self, zones: Mapping[str, Zone], outdoor: Outdoor) -> None:
        """Start with nothing seen."""
        self._zones = zones
        self._outdoor = outdoor
        self._lowest: dict[str, float] = {}

    def loads(self) -> dict[str, float]:
        """Return the load that each unit makes, by its zone's id."""
        return {
            zone_id: load(self._of(zone, None)) for zone_id, zone in self._zones.items()
        }

    def known(self, since: float) -> list[Operation]:
        """Return what each unit does that can be read, for so many s."""
        return [
            self._of(zone, since)
            for zone in self._zones.values()
            if zone.driver.reading.available
        ]

    def _of(self, zone: Zone, started: float | None) -> Operation:
        lowest, room = self._lowest.get(zone.subentry_id), zone.room
        if zone.activity is not Activity.HEATING or room is None:
            self._lowest.pop(zone.subentry_id, None)
        elif lowest is None or room < lowest:
            self._lowest[zone.subentry_id] = room
        return Operation(
            activity=zone.activity,
            room=zone.room,
            target=zone.target,
            outdoor=self._outdoor.temperature,
            fan=fan_of(zone.driver.reading.fan_mode),
            mode=zone.driver.reading.mode,
            lowest=self._lowest.get(zone.subentry_id),
            started=started,
        )
