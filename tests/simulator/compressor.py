"""An outdoor unit: inverter compressor, refrigerant circuit, defrost and its own protection."""

from dataclasses import dataclass, field
from enum import Enum

_KELVIN = 273.15


class Direction(Enum):
    """Where heat is moved."""

    HEATING = 1
    COOLING = -1


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What a catalogue says of an outdoor unit, and how it is controlled.

    Capacities in W at 8.3 °C (heating) and 35 °C (cooling) outdoors, COPs at full load there
    with 21 °C and 26.7 °C indoors. Powers in W, times in s.
    """

    heating_capacity: float = 4200.0
    cooling_capacity: float = 3500.0
    heating_cop: float = 3.8
    cooling_cop: float = 3.4
    minimum_fraction: float = 0.22
    inverter: bool = True
    full_ramp_s: float = 90.0
    minimum_on_s: float = 180.0
    minimum_off_s: float = 180.0
    standby_power: float = 6.0
    defrost_s: float = 240.0
    defrost_power: float = 700.0
    defrosts: bool = True
    minimum_outdoor: float = -25.0
    reverses: bool = True
    # °C at the source at which heating, and at the sink at which cooling is rated.
    heating_rated_at: float = 8.3
    cooling_rated_at: float = 35.0

    def capacity(self, direction: Direction, outdoor: float) -> float:
        """Return the full-load capacity in W: it falls as the lift across the unit grows."""
        if direction is Direction.HEATING:
            if outdoor < self.minimum_outdoor:
                return 0.0
            return self.heating_capacity * min(
                1.25, max(0.35, 1 + 0.017 * (outdoor - self.heating_rated_at))
            )
        return self.cooling_capacity * min(
            1.15, max(0.6, 1 - 0.011 * (outdoor - self.cooling_rated_at))
        )

    def cop(
        self, direction: Direction, outdoor: float, indoor: float, fraction: float
    ) -> float:
        """Return the COP at a fraction (0..1) of full speed.

        A fixed share of Carnot's between the refrigerant's two temperatures; these lie beyond
        those of the air by an approach that shrinks with the load, which is why an inverter is
        best at part load. The share is set so that full load at the rating point has the
        nameplate's COP, and part load loses a little to the compressor's own friction.
        """
        rated, outdoor_rated, indoor_rated = (
            (self.heating_cop, self.heating_rated_at, 21.0)
            if direction is Direction.HEATING
            else (self.cooling_cop, self.cooling_rated_at, 26.7)
        )
        share = rated / _carnot(direction, outdoor_rated, indoor_rated, 1.0)
        friction = 1 - 0.12 * (1 - fraction) ** 2
        return max(
            1.0,
            min(9.0, share * friction * _carnot(direction, outdoor, indoor, fraction)),
        )


def _carnot(
    direction: Direction, outdoor: float, indoor: float, fraction: float
) -> float:
    approach = 4 + 8 * fraction
    if direction is Direction.HEATING:
        hot, cold = indoor + approach, outdoor - approach
        return (hot + _KELVIN) / max(12.0, hot - cold)
    hot, cold = outdoor + approach, indoor - approach
    return (cold + _KELVIN) / max(12.0, hot - cold)


@dataclass(slots=True)
class OutdoorUnit:
    """The running outdoor unit.

    `step` is given the heat that the indoor units want and says what they get. `power` is the
    electric power of the last step in W, without the indoor fans.
    """

    nameplate: Nameplate = field(default_factory=Nameplate)
    direction: Direction = Direction.HEATING
    running: bool = False
    defrosting: bool = False
    speed: float = 0.0
    power: float = 0.0
    frost: float = 0.0
    starts: int = 0
    # Long ago: a unit that has just been made may start.
    since_switch_s: float = 1e9
    _defrosted_s: float = 0.0

    def step(
        self,
        dt: float,
        direction: Direction | None,
        wanted: float,
        outdoor: float,
        indoor: float,
    ) -> float:
        """Advance by `dt` s and return the heat moved in W, always >= 0 but in defrost.

        `wanted` is the heat to move in `direction` in W; a direction of None asks for a stop.
        In defrost the heat is taken from indoors: the returned figure is negative.
        """
        plate = self.nameplate
        self.since_switch_s += dt
        if (
            direction is not None
            and direction is not self.direction
            and not self.running
        ):
            self.direction = direction
        asked = direction is self.direction and wanted > 0
        full = plate.capacity(self.direction, outdoor)

        if self.running:
            if (
                not asked
                and self.since_switch_s >= plate.minimum_on_s
                and not self.defrosting
            ):
                self._switch(on=False)
        elif asked and full > 0 and self.since_switch_s >= plate.minimum_off_s:
            self._switch(on=True)

        if not self.running:
            self.speed = 0.0
            self.power = plate.standby_power
            return 0.0
        if self.defrosting or self._frosted(dt, outdoor):
            return self._defrost(dt)

        fraction = wanted / full if asked and full > 0 else 0.0
        target = (
            min(1.0, max(plate.minimum_fraction, fraction)) if plate.inverter else 1.0
        )
        ramp = dt / plate.full_ramp_s
        self.speed += max(-ramp, min(ramp, target - self.speed))
        heat = full * self.speed
        self.power = plate.standby_power + heat / plate.cop(
            self.direction, outdoor, indoor, self.speed
        )
        return heat

    def _switch(self, *, on: bool) -> None:
        self.running = on
        self.since_switch_s = 0.0
        if on:
            self.starts += 1
            # A compressor starts at its lowest speed, a single-speed one at its only one.
            self.speed = (
                self.nameplate.minimum_fraction if self.nameplate.inverter else 1.0
            )

    def _frosted(self, dt: float, outdoor: float) -> bool:
        """Grow frost on the outdoor coil, fastest just above freezing, and say when it is full."""
        if (
            not self.nameplate.defrosts
            or self.direction is not Direction.HEATING
            or outdoor > 6
        ):
            return False
        wet = max(0.25, 1 - abs(outdoor - 1) / 12)
        self.frost += dt * self.speed * wet / 2400
        if self.frost < 1:
            return False
        self.defrosting = True
        self._defrosted_s = 0.0
        return True

    def _defrost(self, dt: float) -> float:
        self._defrosted_s += dt
        self.power = self.nameplate.standby_power + self.nameplate.defrost_power
        heat = -1.8 * self.nameplate.defrost_power
        if self._defrosted_s >= self.nameplate.defrost_s:
            self.defrosting = False
            self.frost = 0.0
            self.speed = self.nameplate.minimum_fraction
        return heat
