"""Whether a room sensor can be trusted.

A sensor that is lost is missed after half an hour; one that shows the same for
hours while the unit works, and its air gets warmer or cooler, is stuck; one that is far from what the unit itself
measures hangs in another place, or is broken. The unit's own measurement then
steers, until the sensor is well again; unless that is the one that no room has: some
units tell 0 or -25 °C for what they do not measure.
"""

from dataclasses import dataclass, replace

LOST = 1800.0
"""s without a reading after which a sensor is lost."""

STUCK = 3 * 3600.0
"""s of the unit's work in which a room that is steered must show some change."""

MOVES = 1.5
"""K by which what the unit measures must have moved meanwhile: a room that is held shows
the same all night on a sensor of half degrees."""

FAR = 12.0
"""K from the unit's own measurement beyond which one of the two is wrong."""

PLAUSIBLE = (-30.0, 60.0)
"""°C that a room may have."""

LIVED_IN = (5.0, 55.0)
"""°C beyond which a unit is wrong that is far from a sensor within; a flow has more than a room."""

LONGEST = 900.0
"""s between two looks that count as work at the most."""


def is_awaited(last: float | None, now: float) -> bool:
    """Return whether what was told last at a time (epoch s) is not given up yet."""
    return last is not None and now - last < LOST


def believed(intake: float | None, room: float | None) -> float | None:
    """Return the °C that a unit measures, None where a room's sensor shows that it does not."""
    if intake is None or room is None or abs(room - intake) <= FAR:
        return intake
    least, most = LIVED_IN
    return None if least <= room <= most and not least <= intake <= most else intake


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSensor:
    """What is known of a room sensor; `problem` is `lost`, `stuck`, `disagrees` or None.

    `intakes` are the least and the most °C that the unit measured since its value changed,
    None where it measures nothing.
    """

    value: float | None = None
    read_at: float | None = None
    worked: float = 0.0
    intakes: tuple[float, float] | None = None
    at: float | None = None
    problem: str | None = None

    @property
    def trusted(self) -> float | None:
        """The °C to steer by, None where the sensor cannot be trusted."""
        return None if self.problem else self.value

    def see(
        self, now: float, value: float | None, *, intake: float | None, works: bool
    ) -> RoomSensor:
        """Take note of what the sensor says; None while it says nothing."""
        if value is not None and not PLAUSIBLE[0] <= value <= PLAUSIBLE[1]:
            value = None
        dt = 0.0 if self.at is None else min(max(now - self.at, 0.0), LONGEST)
        read_at = now if self.read_at is None else self.read_at
        if value is None:
            lost = now - read_at >= LOST
            return replace(
                self,
                read_at=read_at,
                at=now,
                problem="lost" if lost else self.problem,
            )
        intake = believed(intake, value)
        worked, intakes = self.worked + (dt if works else 0.0), self.intakes
        if value != self.value:
            worked, intakes = 0.0, None
        if intake is not None:
            low, high = intakes or (intake, intake)
            intakes = min(low, intake), max(high, intake)
        problem = None
        if intake is not None and abs(value - intake) > FAR:
            problem = "disagrees"
        elif worked >= STUCK and (intakes is None or intakes[1] - intakes[0] >= MOVES):
            problem = "stuck"
        return RoomSensor(
            value=value,
            read_at=now,
            worked=worked,
            intakes=intakes,
            at=now,
            problem=problem,
        )
