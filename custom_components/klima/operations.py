"""What the units of a system do, in the core's words."""

from collections.abc import Mapping

from .core.activity import COMPRESSOR_ACTIVITIES, Activity, of_power, of_system
from .core.estimate import Operation, fan_of, load
from .outdoor import Outdoor
from .zone import Zone


class Operations:
    """Tells what the system does by its units, and what each of them does.

    The one is for its meter, the other for the power that is estimated, and for who
    shares it.
    """

    def __init__(
        self, zones: Mapping[str, Zone], outdoor: Outdoor, compressor_power: float
    ) -> None:
        """Start with nothing seen; no more than a fan draws less than `compressor_power` (W)."""
        self._zones = zones
        self._outdoor = outdoor
        self._compressor_power = compressor_power
        self._since = 0.0
        self._lowest: dict[str, float] = {}
        self.activity: Activity | None = None
        """What the system does; None while nothing tells."""
        self.counted_as = Activity.OFF
        """What its use is counted as: a tank heats, if nobody knows when."""
        self.units_tell = False
        """Whether the units themselves report what they do."""

    @property
    def running(self) -> bool | None:
        """Whether the compressor works now; None while nothing tells."""
        if self.activity is None:
            return None
        return self.activity in COMPRESSOR_ACTIVITIES and not self.by_resistance

    def see(self, now: float, watts: float | None) -> bool:
        """Take note of what the system does; return whether that changed.

        `watts` is its power where that is metered and known: it corrects what is inferred.
        """
        readings = [
            zone.driver.reading
            for zone in self._zones.values()
            # One that told no mode yet is not off: a bridge tells it a moment after.
            if zone.driver.reading.available
            and (zone.driver.reading.mode or zone.driver.reading.action)
        ]
        activity = of_system(reading.activity for reading in readings)
        self.units_tell = any(reading.action for reading in readings)
        if not self.units_tell and watts is not None:
            activity = of_power(
                activity,
                of_system(reading.working for reading in readings if reading.working),
                watts,
                self._compressor_power,
            )
        elif readings and all(reading.is_blind for reading in readings):
            activity = None
        counted_as = activity or (Activity.HEATING if readings else Activity.OFF)
        if activity is self.activity and counted_as is self.counted_as:
            return False
        self.activity, self.counted_as, self._since = activity, counted_as, now
        return True

    def set_clock(self, step: float) -> None:
        """Move what is remembered along with a clock that was set by some s."""
        self._since += step

    def rooms(self) -> tuple[float | None, float]:
        """Return the °C of what the system heats or cools, and the share of it that is no tank.

        Of the zones whose units work; of all of them while none does.
        """
        zones = list(self._zones.values())
        working = [z for z in zones if z.activity in COMPRESSOR_ACTIVITIES] or zones
        rooms = [zone.room for zone in working if zone.room is not None]
        ducted = sum(not zone.heats_water for zone in working) / max(len(working), 1)
        return sum(rooms) / len(rooms) if rooms else None, ducted

    @property
    def by_resistance(self) -> bool:
        """Whether all that works is a tank in its mode of resistance alone."""
        modes = {
            zone.driver.reading.mode if zone.is_tank else None
            for zone in self._zones.values()
            if zone.activity in COMPRESSOR_ACTIVITIES
        }
        return modes == {"electric"}

    def loads(self) -> dict[str, float]:
        """Return the load that each unit makes, by its zone's id."""
        return {
            zone_id: load(self._of(zone, None)) for zone_id, zone in self._zones.items()
        }

    def known(self, now: float) -> list[Operation]:
        """Return what each unit does that can be read."""
        return [
            self._of(zone, now - self._since)
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
