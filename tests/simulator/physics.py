"""Whole simulated systems: indoor units in their rooms, the outdoor unit they share, a meter.

Everything here is stepped by hand, e.g.

    simulation = Simulation(weather=Weather(mean=-5), units=[mini_split()])
    simulation.unit("mini_split").heads[0].set_mode("heat")
    simulation.advance(3600)
    simulation.unit("mini_split").totals.electric_kwh
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from .compressor import Direction, Nameplate, OutdoorUnit
from .room import Room
from .tank import Tank
from .weather import Weather

_J_PER_KWH = 3.6e6

# How far each fan mode opens up the indoor unit: (share of capacity, fan power in W).
FAN_MODES: Final = {
    "auto": (1.0, 22.0),
    "quiet": (0.55, 8.0),
    "low": (0.7, 14.0),
    "medium": (0.85, 24.0),
    "high": (1.0, 38.0),
}
WATER_MODES: Final = (
    "off",
    "eco",
    "heat_pump",
    "electric",
    "high_demand",
    "performance",
)


@dataclass(slots=True)
class Totals:
    """What truly happened since the simulation began, in J and s.

    `heating` is the net heat given to the air or water, so that a defrost lowers it. The
    electricity of a running compressor, fans included, is `electric_heating` or
    `electric_cooling`; what is left of `electric` is standby and circulation.
    """

    electric: float = 0.0
    electric_heating: float = 0.0
    electric_cooling: float = 0.0
    heating: float = 0.0
    cooling: float = 0.0
    running_s: float = 0.0

    def add(
        self, dt: float, power: float, heat: float, direction: Direction | None
    ) -> None:
        """Count `dt` s at `power` W with `heat` W moved; direction None: the unit stood."""
        self.electric += power * dt
        if direction is None:
            return
        self.running_s += dt
        if direction is Direction.HEATING:
            self.electric_heating += power * dt
            self.heating += heat * dt
        else:
            self.electric_cooling += power * dt
            self.cooling += heat * dt

    @property
    def electric_kwh(self) -> float:
        """Return all electricity in kWh."""
        return self.electric / _J_PER_KWH

    @property
    def electric_heating_kwh(self) -> float:
        """Return the electricity of heating in kWh."""
        return self.electric_heating / _J_PER_KWH

    @property
    def electric_cooling_kwh(self) -> float:
        """Return the electricity of cooling in kWh."""
        return self.electric_cooling / _J_PER_KWH

    @property
    def heating_kwh(self) -> float:
        """Return the heat delivered in kWh."""
        return self.heating / _J_PER_KWH

    @property
    def cooling_kwh(self) -> float:
        """Return the heat removed in kWh."""
        return self.cooling / _J_PER_KWH


@dataclass(slots=True)
class Head:
    """One indoor unit or thermostat, in its room. Temperatures in °C, powers in W."""

    key: str
    name: str
    room: Room
    capacity: float = 4200.0
    modes: tuple[str, ...] = ("off", "heat", "cool", "heat_cool", "dry", "fan_only")
    fan_modes: tuple[str, ...] = tuple(FAN_MODES)
    swing_modes: tuple[str, ...] = ("off", "on", "top", "middle", "bottom")
    swing_horizontal_modes: tuple[str, ...] = ("off", "on", "left", "center", "right")
    preset_modes: tuple[str, ...] = ("eco", "boost", "sleep")
    minimum_temperature: float = 16.0
    maximum_temperature: float = 31.0
    temperature_step: float = 0.5
    has_range: bool = False
    intake_offset: float = 0.0
    """K that the unit measures above the room: warm air is under the ceiling."""

    mode: str = "off"
    target: float = 21.0
    target_low: float = 20.0
    target_high: float = 25.0
    fan_mode: str = "auto"
    swing_mode: str = "off"
    swing_horizontal_mode: str = "off"
    preset_mode: str = "none"
    action: str = "off"
    heat: float = 0.0
    totals: Totals = field(default_factory=Totals)
    _integral: float = 0.0
    _calling: bool = False
    _direction: Direction = Direction.HEATING

    def set_mode(self, mode: str) -> None:
        """Select a mode by Home Assistant's name for it."""
        if mode not in self.modes:
            raise ValueError(f"{self.key} has no mode {mode}")
        if mode != self.mode:
            self._integral = 0.0
            self._calling = False
        self.mode = mode

    def set_target(self, temperature: float) -> None:
        """Set the target in °C, held to the unit's limits."""
        self.target = self._held(temperature)

    def set_range(self, low: float | None = None, high: float | None = None) -> None:
        """Set one or both ends of the target range in °C."""
        self.target_low = self._held(self.target_low if low is None else low)
        self.target_high = self._held(self.target_high if high is None else high)

    def _held(self, temperature: float) -> float:
        return min(self.maximum_temperature, max(self.minimum_temperature, temperature))

    def demand(self, dt: float) -> tuple[Direction, float] | None:
        """Return the direction that this unit calls for and the heat in W, or None."""
        if self.mode in ("off", "fan_only"):
            return None
        if self.mode == "dry":
            return Direction.COOLING, 0.3 * self.capacity
        direction, target = self._wish()
        shift = {"eco": 2.0, "sleep": 1.0}.get(self.preset_mode, 0.0)
        error = (target - self.intake) * direction.value - shift
        # Thermostats call for heat below the target and stop well past it.
        self._calling = error > (-0.6 if self._calling else 0.2)
        if not self._calling:
            self._integral = 0.0
            return None
        share = FAN_MODES[self.fan_mode][0]
        if self.preset_mode == "boost":
            return direction, self.capacity
        self._integral = min(0.9, max(0.0, self._integral + error * dt / 2400))
        return direction, self.capacity * min(
            share, max(0.02, 0.55 * error + self._integral)
        )

    def _wish(self) -> tuple[Direction, float]:
        if self.mode == "heat":
            self._direction = Direction.HEATING
            return self._direction, self.target
        if self.mode == "cool":
            self._direction = Direction.COOLING
            return self._direction, self.target
        low, high = (
            (self.target_low, self.target_high)
            if self.has_range
            else (self.target - 1.0, self.target + 1.0)
        )
        if self.intake < low:
            self._direction = Direction.HEATING
        elif self.intake > high:
            self._direction = Direction.COOLING
        if not self.has_range:
            return self._direction, self.target
        return self._direction, low if self._direction is Direction.HEATING else high

    @property
    def intake(self) -> float:
        """Return the °C that the unit measures."""
        return self.room.temperature + self.intake_offset

    @property
    def wants(self) -> Direction | None:
        """Return the direction that the selected mode asks of the outdoor unit."""
        if self.mode in ("off", "fan_only"):
            return None
        return Direction.COOLING if self.mode == "dry" else self._wish()[0]

    @property
    def fan_power(self) -> float:
        """Return what the indoor fan draws in W."""
        if self.mode == "off":
            return 0.0
        return FAN_MODES[self.fan_mode][1] * (
            1.0 if self.action not in ("idle", "off") else 0.4
        )

    def show(self, outdoor: OutdoorUnit, *, served: bool) -> None:
        """Work out the action to show."""
        if self.mode == "off":
            self.action = "off"
        elif self.mode == "fan_only":
            self.action = "fan"
        elif not (served and outdoor.running):
            self.action = "idle"
        elif outdoor.defrosting:
            self.action = "defrosting"
        elif self.mode == "dry":
            self.action = "drying"
        else:
            self.action = (
                "heating" if outdoor.direction is Direction.HEATING else "cooling"
            )


@dataclass(slots=True)
class Split:
    """A system that heats and cools air: one outdoor unit and the indoor units that it serves.

    With a `source` in °C its heat comes from the ground or from water of that temperature, and
    goes there in cooling.

    Where indoor units ask for heating and cooling at once, the outdoor unit goes on with what
    the first of them asked, and the others stand by, as sold systems do; with
    `refuses_conflict` they don't even take the mode.
    """

    key: str
    name: str
    heads: list[Head]
    outdoor: OutdoorUnit = field(default_factory=OutdoorUnit)
    duct_loss: float = 0.0
    refuses_conflict: bool = False
    source: float | None = None
    model: str = "SIM-1"
    totals: Totals = field(default_factory=Totals)
    power: float = 0.0
    heat: float = 0.0
    _order: list[str] = field(default_factory=list)

    def set_mode(self, head: Head, mode: str) -> bool:
        """Select an indoor unit's mode; False where the system refuses it."""
        if mode not in head.modes:
            return False
        before = head.mode
        others = self.lock(without=head)
        head.set_mode(mode)
        if self.refuses_conflict and head.wants and others and head.wants is not others:
            head.set_mode(before)
            return False
        return True

    def lock(self, without: Head | None = None) -> Direction | None:
        """Return the direction that the first active indoor unit asked for."""
        active = {
            head.key: head.wants
            for head in self.heads
            if head.wants and head is not without
        }
        return next((active[key] for key in self._order if key in active), None)

    def step(self, dt: float, time_s: float, weather: Weather) -> None:
        """Advance by `dt` s."""
        outdoor_c = weather.temperature(time_s)
        for head in self.heads:
            if head.wants and head.key not in self._order:
                self._order.append(head.key)
            elif not head.wants and head.key in self._order:
                self._order.remove(head.key)
        direction = self.lock()
        demands = [head.demand(dt) for head in self.heads]
        wanted = [d[1] if d and d[0] is direction else 0.0 for d in demands]
        indoor_c = _mean([head.room.temperature for head in self.heads], wanted)
        moved = self.outdoor.step(
            dt,
            direction if any(wanted) else None,
            sum(wanted),
            outdoor_c if self.source is None else self.source,
            indoor_c,
        )
        # In its minimum run time the unit works on with nobody asking: all active heads get some.
        weights = (
            wanted
            if any(wanted)
            else [1.0 if h.wants is direction else 0.0 for h in self.heads]
        )
        if not any(weights):
            weights = [1.0] * len(self.heads)
        running = self.outdoor.direction if self.outdoor.running else None
        fans = 0.0
        for head, weight in zip(self.heads, weights, strict=True):
            share = weight / sum(weights)
            head.heat = moved * share * self.outdoor.direction.value
            head.show(self.outdoor, served=weight > 0)
            fans += head.fan_power
            head.totals.add(
                dt,
                self.outdoor.power * share + head.fan_power,
                moved * share,
                running if weight else None,
            )
            head.room.step(
                dt, outdoor_c, head.heat * (1 - self.duct_loss) + head.fan_power
            )
        self.power = self.outdoor.power + fans
        self.heat = moved * self.outdoor.direction.value
        self.totals.add(dt, self.power, moved, running)


@dataclass(slots=True)
class WaterHeater:
    """A heat pump water heater in a basement room, with two resistance elements' worth of help."""

    key: str = "heat_pump_water_heater"
    name: str = "Heat pump water heater"
    tank: Tank = field(default_factory=Tank)
    room: Room = field(
        default_factory=lambda: Room(temperature=16.0, resistance=1 / 40, gains=600)
    )
    compressor_heat: float = 1500.0
    element_power: float = 4500.0
    standby_power: float = 3.0
    modes: tuple[str, ...] = WATER_MODES
    mode: str = "eco"
    target: float = 50.0
    minimum_temperature: float = 38.0
    maximum_temperature: float = 65.0
    model: str = "SIM-W190"
    totals: Totals = field(default_factory=Totals)
    power: float = 0.0
    heat: float = 0.0
    action: str = "idle"
    _calling: bool = False
    _element: bool = False
    _since_switch_s: float = 1e9

    def set_mode(self, mode: str) -> None:
        """Select an operation mode by Home Assistant's name for it."""
        if mode not in self.modes:
            raise ValueError(f"{self.key} has no mode {mode}")
        self.mode = mode

    def set_target(self, temperature: float) -> None:
        """Set the water's target in °C, held to the unit's limits."""
        self.target = min(
            self.maximum_temperature, max(self.minimum_temperature, temperature)
        )

    def cop(self) -> float:
        """Return the COP now: it falls as the water warms and as the room cools."""
        lift = self.tank.temperature + 6 - (self.room.temperature - 8)
        return max(
            1.0, min(6.0, 0.45 * (self.tank.temperature + 6 + 273.15) / max(15.0, lift))
        )

    def step(self, dt: float, time_s: float, weather: Weather) -> None:
        """Advance by `dt` s."""
        self._since_switch_s += dt
        below = self.target - self.tank.temperature
        wants = self.mode != "off" and below > (0.0 if self._calling else 4.0)
        # Compressors are protected: five minutes between a start and a stop, either way.
        if wants != self._calling and self._since_switch_s >= 300:
            self._calling = wants
            self._since_switch_s = 0.0
        self._element = (
            wants
            and below
            > (
                0.0
                if self._element
                else {"eco": 15.0, "performance": 4.0}.get(self.mode, 0.0)
            )
            and self.mode in ("electric", "eco", "high_demand", "performance")
        )
        compressor = self._calling and self.mode not in ("electric", "off")
        heat = self.compressor_heat if compressor else 0.0
        from_room = heat * (1 - 1 / self.cop())
        element = self.element_power if self._element else 0.0
        self.power = self.standby_power + (heat - from_room) + element
        lost = self.tank.step(dt, time_s, self.room.temperature, heat + element)
        self.room.step(dt, weather.temperature(time_s), lost - from_room)
        self.heat = heat + element
        active = compressor or self._element
        self.action = "heating" if active else "idle" if self.mode != "off" else "off"
        self.totals.add(
            dt, self.power, heat + element, Direction.HEATING if active else None
        )


type Unit = Split | WaterHeater


@dataclass(slots=True)
class Simulation:
    """All units under one sky. `time_s` is simulated time in epoch seconds (UTC)."""

    weather: Weather = field(default_factory=Weather)
    units: Sequence[Unit] = ()
    time_s: float = 1_767_225_600.0
    max_step_s: float = 5.0

    def advance(self, seconds: float) -> None:
        """Advance by any time, in steps of at most `max_step_s`."""
        while seconds > 1e-9:
            dt = min(seconds, self.max_step_s)
            for unit in self.units:
                unit.step(dt, self.time_s, self.weather)
            self.time_s += dt
            seconds -= dt

    @property
    def outdoor_temperature(self) -> float:
        """Return the outdoor temperature now in °C."""
        return self.weather.temperature(self.time_s)

    def unit(self, key: str) -> Unit:
        """Return a unit by its key."""
        return next(unit for unit in self.units if unit.key == key)

    def split(self, key: str) -> Split:
        """Return an air-to-air system by its key."""
        unit = self.unit(key)
        assert isinstance(unit, Split)
        return unit

    def water_heater(self, key: str = "heat_pump_water_heater") -> WaterHeater:
        """Return a water heater by its key."""
        unit = self.unit(key)
        assert isinstance(unit, WaterHeater)
        return unit

    def head(self, key: str) -> Head:
        """Return an indoor unit by its key."""
        return next(
            head
            for unit in self.units
            if isinstance(unit, Split)
            for head in unit.heads
            if head.key == key
        )


def _mean(values: list[float], weights: list[float]) -> float:
    total = sum(weights)
    if not total:
        return sum(values) / len(values)
    return sum(v * w for v, w in zip(values, weights, strict=True)) / total


def mini_split() -> Split:
    """Return a mini-split with everything that such a unit can have."""
    return Split(
        key="mini_split",
        name="Mini-split",
        model="SIM-MS12",
        heads=[Head(key="mini_split", name="Mini-split", room=Room())],
    )


def multi_split() -> Split:
    """Return a multi-split: three indoor units on one outdoor unit with the only meter."""
    return Split(
        key="multi_split",
        name="Multi-split",
        model="SIM-MX27",
        heads=[
            Head(
                key=f"multi_split_{key}",
                name=name,
                capacity=capacity,
                preset_modes=("eco",),
                swing_horizontal_modes=(),
                room=Room(temperature=start, resistance=1 / ua, capacity=c, gains=80),
            )
            for key, name, capacity, start, ua, c in (
                ("bedroom", "Bedroom", 2800, 18.5, 45, 1.8e6),
                ("office", "Office", 2500, 19.5, 35, 1.5e6),
                ("nursery", "Nursery", 2500, 20.0, 35, 1.5e6),
            )
        ],
        outdoor=OutdoorUnit(
            Nameplate(
                heating_capacity=8200,
                cooling_capacity=7900,
                heating_cop=3.5,
                cooling_cop=3.1,
                minimum_fraction=0.25,
                standby_power=12,
                defrost_power=1200,
            )
        ),
    )


def ducted() -> Split:
    """Return a ducted heat pump behind one thermostat with a target range."""
    return Split(
        key="ducted_heat_pump",
        name="Ducted heat pump",
        model="SIM-D36",
        duct_loss=0.15,
        heads=[
            Head(
                key="ducted_heat_pump",
                name="Ducted heat pump",
                capacity=10500,
                modes=("off", "heat", "cool", "heat_cool", "fan_only"),
                fan_modes=("auto", "low", "high"),
                swing_modes=(),
                swing_horizontal_modes=(),
                preset_modes=(),
                minimum_temperature=7,
                maximum_temperature=35,
                has_range=True,
                room=Room(
                    temperature=19.5, resistance=1 / 230, capacity=1.4e7, gains=400
                ),
            )
        ],
        outdoor=OutdoorUnit(
            Nameplate(
                heating_capacity=10500,
                cooling_capacity=10000,
                heating_cop=3.3,
                cooling_cop=3.2,
                minimum_fraction=0.3,
                standby_power=20,
                defrost_power=1600,
            )
        ),
    )


def air_conditioner() -> Split:
    """Return a cooling-only air conditioner with a compressor of one speed."""
    return Split(
        key="air_conditioner",
        name="Air conditioner",
        model="SIM-AC9",
        heads=[
            Head(
                key="air_conditioner",
                name="Air conditioner",
                capacity=2600,
                modes=("off", "cool", "dry", "fan_only"),
                fan_modes=("low", "medium", "high"),
                swing_modes=("off", "on"),
                swing_horizontal_modes=(),
                preset_modes=(),
                temperature_step=1.0,
                fan_mode="high",
                target=24.0,
                room=Room(
                    temperature=27.0, resistance=1 / 50, capacity=1.6e6, gains=1200
                ),
            )
        ],
        outdoor=OutdoorUnit(
            Nameplate(
                cooling_capacity=2600,
                cooling_cop=3.0,
                inverter=False,
                standby_power=1.5,
                defrosts=False,
                reverses=False,
            )
        ),
    )


def _whole_home(
    key: str, name: str, model: str, source: float, nameplate: Nameplate
) -> Split:
    return Split(
        key=key,
        name=name,
        model=model,
        source=source,
        heads=[
            Head(
                key=key,
                name=name,
                capacity=nameplate.heating_capacity,
                modes=("off", "heat", "cool"),
                fan_modes=("auto", "high"),
                swing_modes=(),
                swing_horizontal_modes=(),
                preset_modes=(),
                minimum_temperature=7,
                maximum_temperature=35,
                room=Room(
                    temperature=19.0, resistance=1 / 220, capacity=1.4e7, gains=400
                ),
            )
        ],
        outdoor=OutdoorUnit(nameplate),
    )


def ground_source() -> Split:
    """Return a ground-source heat pump on a loop at 3 °C, rated as ISO 13256-1 does."""
    return _whole_home(
        "ground_source",
        "Geothermal heat pump",
        "SIM-G36",
        3.0,
        Nameplate(
            heating_capacity=10000,
            cooling_capacity=10500,
            heating_cop=3.7,
            cooling_cop=5.2,
            minimum_fraction=0.35,
            standby_power=15,
            defrosts=False,
            heating_rated_at=0.0,
            cooling_rated_at=25.0,
        ),
    )


def water_source() -> Split:
    """Return a water-source heat pump on a well at 11 °C, rated as ISO 13256-1 does."""
    return _whole_home(
        "water_source",
        "Water source heat pump",
        "SIM-L36",
        11.0,
        Nameplate(
            heating_capacity=10500,
            cooling_capacity=10500,
            heating_cop=4.4,
            cooling_cop=5.5,
            minimum_fraction=0.35,
            standby_power=15,
            defrosts=False,
            heating_rated_at=10.0,
            cooling_rated_at=15.0,
        ),
    )


def all_units() -> list[Unit]:
    """Return one unit of each kind, and a multi-split."""
    return [
        mini_split(),
        multi_split(),
        ducted(),
        ground_source(),
        water_source(),
        air_conditioner(),
        WaterHeater(),
    ]
