"""The units that people have, as their integrations show them to Home Assistant.

Each profile is what one integration's entity offers, tells, takes and drops: most of it read
in its source (that of Home Assistant 2026.11, or of a custom integration), some of it as it
is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
import math
from typing import Any

from homeassistant.components.climate import (
    ClimateEntity,
    ClimateEntityFeature as C,
    HVACAction,
    HVACMode,
)
from homeassistant.components.water_heater import (
    WaterHeaterEntity,
    WaterHeaterEntityFeature as W,
)
from homeassistant.const import UnitOfTemperature
from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter

from .units import DOMAIN, Recorder

CELSIUS, FAHRENHEIT = UnitOfTemperature.CELSIUS, UnitOfTemperature.FAHRENHEIT

ONE, RANGE = C.TARGET_TEMPERATURE, C.TARGET_TEMPERATURE_RANGE
POWER = C.TURN_ON | C.TURN_OFF
FAN, PRESET = C.FAN_MODE, C.PRESET_MODE
SWING, WIDE = C.SWING_MODE, C.SWING_HORIZONTAL_MODE

ALL = ("off", "heat", "cool", "heat_cool", "dry", "fan_only")
AUTO = ("off", "heat", "cool", "auto", "dry", "fan_only")
WALL = ("off", "heat", "cool", "heat_cool")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a climate entity offers, tells and takes. Temperatures in `unit`.

    `features_in` and `limits_in` hold in a mode in place of what always holds.
    `no_target` are the modes in which it tells none, `ranged` those with two instead;
    one target raises there, and in `refuses_in`. `late` is how many s it takes to tell
    what it did. `joint` is whether it takes a mode in one call with a temperature.
    `by_shown`: a temperature is for the mode that it tells of. `while_off` is what it
    makes of one while it is off: kept, dropped, or on, which turns it on. For `boots` s
    after it is turned on it drops them. `counts` is what its device counts in, whatever it
    says; `floor` if it drops the rest. `action` is told, by_mode, or none at all.
    `presets` have what they do beside being chosen.
    """

    name: str
    modes: tuple[str, ...]
    features: C = ONE | POWER
    features_in: Mapping[str, C] = field(default_factory=dict)
    limits: tuple[float, float] = (16, 30)
    limits_in: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    step: float | None = None
    precision: float | None = None
    unit: UnitOfTemperature = CELSIUS
    no_target: tuple[str, ...] = ()
    ranged: tuple[str, ...] = ()
    refuses_in: tuple[str, ...] = ()
    action: str | None = None
    late: float = 0
    joint: bool = True
    by_shown: bool = False
    while_off: str = "kept"
    boots: float = 0
    counts: float = 0.1
    floor: bool = False
    fans: tuple[str, ...] | None = None
    swings: tuple[str, ...] | None = None
    wide: tuple[str, ...] | None = None
    presets: Mapping[str, Mapping[str, Any]] | None = None
    has_room: bool = True
    family: str = "mini_split"


class ProfileClimate(Recorder, ClimateEntity):
    """A climate entity as an integration has it, before a device that may be far away."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_should_poll = False

    def __init__(self, profile: Profile) -> None:
        """Begin switched off, where it can be, in a room of 19 °C."""
        self.profile = profile
        self.commands = []
        self.dropped: list[str] = []
        self.room = 19.0
        self._attr_unique_id = "unit"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, "unit")}, name="Unit")
        self._attr_temperature_unit = profile.unit
        if profile.precision is not None:
            self._attr_precision = profile.precision
        self._attr_target_temperature_step = profile.step
        self._attr_hvac_modes = [HVACMode(mode) for mode in profile.modes]
        self._attr_fan_modes = _list(profile.fans)
        self._attr_swing_modes = _list(profile.swings)
        self._attr_swing_horizontal_modes = _list(profile.wide)
        self._attr_preset_modes = _list(profile.presets)
        self.mode = "off" if "off" in profile.modes else profile.modes[0]
        self.last = next(mode for mode in profile.modes if mode != "off")
        self.targets = dict.fromkeys((*ALL, "auto"), self._scaled(24))
        self.low, self.high = self._scaled(19), self._scaled(25)
        self.fan, self.swing, self.wide, self.preset = (
            next(iter(names), None)
            for names in (
                profile.fans or (),
                profile.swings or (),
                profile.wide or (),
                profile.presets or (),
            )
        )
        self.up_at = 0.0
        self._tell()

    def _scaled(self, celsius: float) -> float:
        return self.counted(
            TemperatureConverter.convert(celsius, CELSIUS, self.profile.unit)
        )

    def counted(self, value: float) -> float:
        """Return a temperature as the device counts it."""
        parts = value / self.profile.counts + 1e-9
        whole = math.floor(parts) if self.profile.floor else round(parts)
        return round(whole * self.profile.counts, 2)

    @property
    def target(self) -> float:
        """The target that the device has in its mode."""
        return self.targets[self.last if self.mode == "off" else self.mode]

    @property
    def works(self) -> str:
        """What the device does."""
        idle = {"off": "off", "fan_only": "fan", "dry": "drying"}
        if self.mode in idle:
            return idle[self.mode]
        room = TemperatureConverter.convert(self.room, CELSIUS, self.profile.unit)
        low = high = self.target
        if self.mode in self.profile.ranged:
            low, high = self.low, self.high
        if self.mode != "cool" and room < low:
            return "heating"
        return "cooling" if self.mode != "heat" and room > high else "idle"

    @callback
    def _tell(self, _now: datetime | None = None) -> None:
        """Tell of the device what the entity tells."""
        profile, mode = self.profile, self.mode
        told = None
        if profile.action == "told":
            told = self.works
        elif profile.action == "by_mode":
            told = {"off": "off", "heat": "heating", "cool": "cooling"}.get(mode)
        low, high = profile.limits_in.get(mode, profile.limits)
        ranged = mode in profile.ranged
        room = TemperatureConverter.convert(self.room, CELSIUS, profile.unit)
        self.begin(
            hvac_mode=HVACMode(mode),
            hvac_action=None if told is None else HVACAction(told),
            supported_features=profile.features_in.get(mode, profile.features),
            min_temp=low,
            max_temp=high,
            current_temperature=round(room, 1) if profile.has_room else None,
            target_temperature=(
                None if ranged or mode in profile.no_target else self.target
            ),
            target_temperature_low=self.low if ranged else None,
            target_temperature_high=self.high if ranged else None,
            fan_mode=self.fan,
            swing_mode=self.swing,
            swing_horizontal_mode=self.wide,
            preset_mode=self.preset,
        )

    @callback
    def tell_room(self) -> None:
        """Tell what it measures and does, unless it has still to tell of its mode."""
        if self.hvac_mode == self.mode:
            self._tell()
            self.async_write_ha_state()

    @callback
    def tell(self) -> None:
        """Tell what changed, as late as it does."""

        @callback
        def at_last(now: datetime | None = None) -> None:
            self._tell(now)
            self.async_write_ha_state()

        if self.profile.late:
            self.async_on_remove(
                async_call_later(self.hass, self.profile.late, at_last)
            )
        else:
            at_last()

    def by_hand(self, target: float) -> None:
        """Change its target by its remote."""
        self.targets[self.mode] = self.counted(target)
        self.tell()

    def _go(self, mode: str) -> None:
        if self.mode == "off" != mode:
            self.up_at = dt_util.utcnow().timestamp() + self.profile.boots
        if mode != "off":
            self.last = mode
        self.mode = mode

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Take a mode."""
        self.note("set_hvac_mode", hvac_mode.value)
        self._go(hvac_mode.value)
        self.tell()

    async def async_turn_on(self) -> None:
        """Turn on as it was."""
        self.note("turn_on", None)
        self._go(self.last)
        self.tell()

    async def async_turn_off(self) -> None:
        """Turn off."""
        self.note("turn_off", None)
        self._go("off")
        self.tell()

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Take a target, or a range, as the integration does."""
        self.note("set_temperature", kwargs)
        profile, asked = self.profile, kwargs.get("hvac_mode")
        taken = asked is not None and profile.joint
        if taken:
            self._go(str(asked))
        mode = str(self.hvac_mode) if profile.by_shown and not taken else self.mode
        if mode == "off":
            if profile.while_off == "dropped":
                self.dropped.append("off")
                return
            if profile.while_off == "on":
                self._go(self.last)
            mode = self.last
        if dt_util.utcnow().timestamp() < self.up_at:
            return
        if (target := kwargs.get("temperature")) is not None:
            if mode in profile.ranged or mode in profile.refuses_in:
                self.dropped.append(mode)
                raise ServiceValidationError(f"no single target in {mode}")
            self.targets[mode] = self.counted(target)
        else:
            if mode not in profile.ranged:
                self.dropped.append(mode)
            self.low = self.counted(kwargs["target_temp_low"])
            self.high = self.counted(kwargs["target_temp_high"])
        if profile.presets and profile.presets[str(self.preset)]:
            # Its target was that of a preset.
            self.preset = next(iter(profile.presets))
        self.tell()

    async def async_set_fan_mode(self, fan_mode: str) -> None:
        """Take a speed of the fan."""
        self.fan = fan_mode
        self.tell()

    async def async_set_swing_mode(self, swing_mode: str) -> None:
        """Take a swing."""
        self.swing = swing_mode
        self.tell()

    async def async_set_swing_horizontal_mode(self, swing_horizontal_mode: str) -> None:
        """Take a horizontal swing."""
        self.wide = swing_horizontal_mode
        self.tell()

    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Take a preset, and do what it does."""
        self.note("set_preset_mode", preset_mode)
        self.preset = preset_mode
        does = (self.profile.presets or {})[preset_mode]
        self._go(does.get("mode", self.mode))
        if "target" in does:
            self.targets[self.mode] = does["target"]
        self.tell()


def _list(names: Any) -> list[str] | None:
    return None if names is None else list(names)


def plain(*names: str) -> dict[str, dict[str, Any]]:
    """Return presets that do nothing else."""
    return {name: {} for name in names}


HEAT_COOL = ("heat_cool",)
NOT_OFF = {"no_target": ("off",), "ranged": HEAT_COOL, "while_off": "dropped"}
"""Of a wall thermostat that has no target while it is off, and two while it does both."""

CLIMATES = (
    Profile(name="daikin", modes=ALL, features=ONE | POWER | FAN | SWING | PRESET,
            limits=(7, 35), step=1, counts=0.5, no_target=("fan_only", "dry"),
            action="by_mode", fans=("Auto", "Silence", "1", "5"),
            swings=("Off", "3D"), presets=plain("none", "away", "eco", "boost")),
    Profile(name="daikin zone", modes=("heat", "off"), limits=(19, 29), step=1,
            action="by_mode"),
    Profile(name="melcloud air", modes=ALL, features=ONE | POWER | FAN | SWING | WIDE,
            limits=(16, 31), limits_in={"heat": (10, 31)}, step=0.5,
            fans=("auto", "1", "3"), swings=("auto", "swing"), wide=("auto", "split")),
    Profile(name="melcloud water", modes=("off", "heat", "cool"), limits=(10, 30),
            step=0.5, action="told", joint=False),
    Profile(name="melcloud_home", modes=AUTO, limits=(16, 31), step=0.5, late=30,
            features=ONE | POWER | FAN | SWING | WIDE, limits_in={"heat": (10, 31)},
            joint=False, fans=("auto", "five"), swings=("auto",), wide=("auto", "left")),
    Profile(name="sensibo", modes=ALL, features=ONE | POWER | FAN | SWING, step=1,
            features_in={"fan_only": POWER | FAN | SWING, "dry": POWER | SWING},
            limits_in={"fan_only": (0, 1), "dry": (0, 1)}, precision=0.1, counts=1,
            no_target=("fan_only", "dry"), joint=False, fans=("quiet", "auto"),
            swings=("stopped", "fixedtop")),
    Profile(name="tado", modes=AUTO, features=ONE | POWER | FAN | SWING | PRESET,
            limits_in={"heat": (5, 25)}, step=0.1, precision=0.1, action="told",
            no_target=("off", "dry", "fan_only"), while_off="on", joint=False,
            fans=("auto", "high"), swings=("off", "on"),
            presets=plain("home", "away", "auto")),
    Profile(name="nest", modes=WALL, features=ONE | RANGE | POWER | FAN | PRESET,
            limits=(7, 35), **NOT_OFF, action="told", late=3, by_shown=True,
            fans=("on", "off"), presets=plain("none", "eco")),
    Profile(name="ecobee", modes=WALL, features=ONE | RANGE | POWER | FAN | PRESET,
            unit=FAHRENHEIT, limits=(45, 92), step=0.5, precision=0.1, **NOT_OFF,
            action="told", joint=False, by_shown=True, fans=("auto", "on"),
            presets=plain("home", "away", "sleep")),
    Profile(name="honeywell", modes=WALL, features=ONE | RANGE | POWER | FAN | PRESET,
            unit=FAHRENHEIT, limits=(50, 90), **NOT_OFF, action="told", counts=1,
            joint=False, by_shown=True, fans=("on", "auto", "diffuse"),
            presets=plain("none", "away", "hold")),
    Profile(name="lyric", modes=WALL, features=ONE | RANGE | POWER | PRESET,
            unit=FAHRENHEIT, limits=(50, 90), **NOT_OFF, action="told", counts=1,
            precision=1, joint=False, by_shown=True,
            presets=plain("NoHold", "TemporaryHold")),
    Profile(name="smartthings thermostat", modes=WALL, unit=FAHRENHEIT,
            features=ONE | RANGE | POWER | FAN, limits=(45, 95), **NOT_OFF, late=3,
            action="told", by_shown=True, fans=("auto", "on")),
    Profile(name="smartthings air conditioner", modes=AUTO, limits=(7, 35), step=1,
            features=ONE | POWER | FAN | SWING | PRESET, late=4, counts=1,
            fans=("auto", "turbo"), swings=("off", "vertical"),
            presets=plain("none", "wind_free", "sleep", "boost")),
    Profile(name="lg_thinq", modes=AUTO, step=1, counts=1, floor=True, late=2,
            features=ONE | POWER | FAN | SWING | WIDE | PRESET, while_off="on",
            no_target=("fan_only",), fans=("low", "auto"), swings=("on", "off"),
            wide=("on", "off"), presets={"none": {}, "energy_saving": {"mode": "cool"}}),
    Profile(name="tuya", modes=AUTO, features=ONE | POWER | FAN | SWING, step=1,
            limits=(16, 31), late=2, boots=3, counts=1, joint=False,
            fans=("low", "auto"), swings=("off", "on")),
    Profile(name="midea", modes=AUTO, features=ONE | POWER | FAN | SWING | PRESET,
            step=0.5, counts=0.5, late=1, while_off="on", fans=("silent", "auto"),
            swings=("off", "both"), presets=plain("none", "comfort", "eco", "boost",
                                                  "sleep", "away")),
    Profile(name="gree", modes=AUTO, limits=(8, 30), step=1, precision=1, counts=1,
            features=ONE | POWER | FAN | SWING | WIDE | PRESET, fans=("auto", "low"),
            swings=("default", "full_swing"), wide=("default", "left"),
            presets=plain("eco", "away", "boost", "none", "sleep")),
    Profile(name="esphome climate_ir", modes=ALL, features=ONE | POWER | FAN | SWING,
            limits=(17, 30), step=1, precision=0.1, has_room=False,
            fans=("auto", "low"), swings=("off", "vertical")),
    Profile(name="esphome mitsubishi", modes=ALL, features=ONE | POWER | FAN | SWING,
            limits=(16, 31), step=0.5, precision=0.1, action="told",
            fans=("auto", "quiet"), swings=("off", "both")),
    Profile(name="airzone", modes=WALL, features=ONE | RANGE | POWER, limits=(15, 30),
            step=0.5, ranged=HEAT_COOL, action="told"),
    Profile(name="airzone without double setpoints", modes=("off", "heat", "heat_cool"),
            limits=(15, 30), step=0.5, action="told"),
    Profile(name="advantage_air zone", modes=("off", "heat_cool"), limits=(16, 32),
            step=1, counts=1, action="told", late=15, joint=False),
    Profile(name="advantage_air in MyAuto", modes=ALL, limits=(16, 32), step=1,
            features=ONE | RANGE | POWER | FAN | PRESET, ranged=HEAT_COOL, counts=1,
            late=15, joint=False, action="told", fans=("auto", "low"),
            presets=plain("MyZone", "MyTemp", "MyAuto")),
    Profile(name="fujitsu_fglair", modes=ALL, features=ONE | POWER | FAN | SWING,
            limits=(18, 30), limits_in={"heat": (16, 30)}, step=0.5, precision=0.5,
            counts=0.5, late=10, joint=False, fans=("quiet", "auto"),
            swings=("off", "vertical")),
    Profile(name="hisense_aehw4a1", modes=("off", "heat", "cool", "dry", "fan_only"),
            features=ONE | POWER | FAN | SWING | PRESET, limits=(16, 32), step=1,
            precision=1, counts=1, floor=True, no_target=("off", "dry", "fan_only"),
            by_shown=True, while_off="dropped", joint=False, fans=("mute", "auto"),
            swings=("off", "both"), presets=plain("none", "eco", "boost", "sleep")),
    Profile(name="toshiba_ac (custom)", modes=AUTO, limits=(17, 30), step=1, counts=1,
            features=ONE | POWER | FAN | SWING | PRESET, late=2, joint=False,
            fans=("Auto", "Quiet"), swings=("Off", "Swing vertical"),
            presets=plain("100%", "75%", "50%")),
    Profile(name="panasonic_cc (custom)", modes=ALL, limits=(8, 30), step=0.5,
            features=ONE | POWER | FAN | SWING | WIDE | PRESET, action="told",
            fans=("Auto", "Low"), swings=("Auto", "Up"), wide=("Auto", "Left"),
            presets={"none": {}, "eco": {}, "boost": {},
                     "+8/15": {"mode": "heat", "target": 8}}),
    Profile(name="versatile_thermostat (custom)", limits=(7, 35), step=0.1,
            modes=("heat", "cool", "off", "fan_only"), features=ONE | POWER | PRESET,
            action="told", presets={"none": {}, "frost": {"target": 7},
                                    "eco": {"target": 17}, "comfort": {"target": 20},
                                    "boost": {"target": 22}}),
    Profile(name="zwave_js", modes=WALL, features=ONE | RANGE | POWER | FAN | PRESET,
            unit=FAHRENHEIT, limits=(35, 95), **NOT_OFF, action="told", late=2,
            by_shown=True, fans=("Auto low", "Low"),
            presets={"none": {}, "Energy heat": {"mode": "heat"}}),
    Profile(name="zha", modes=WALL, features=ONE | RANGE | POWER | FAN, precision=0.1,
            limits=(7, 30), ranged=HEAT_COOL, no_target=("off",), action="told",
            fans=("auto", "on")),
    Profile(name="homekit_controller", modes=WALL, features=ONE | POWER | SWING,
            step=0.5, no_target=HEAT_COOL, action="told", swings=("off", "vertical")),
    Profile(name="matter", modes=WALL, features=ONE | RANGE | POWER, ranged=HEAT_COOL,
            limits_in={"heat": (7, 30), "off": (7, 30)}, action="told"),
    Profile(name="mqtt without its state", modes=("off", "heat", "cool"), step=0.5,
            no_target=("off", "heat", "cool"), has_room=False),
    Profile(name="automatic only", modes=("off", "auto"), step=1),
    Profile(name="knx", modes=("heat",), features=ONE, limits=(7, 35), step=0.1,
            action="by_mode"),
    Profile(name="netatmo", modes=("auto", "heat"), features=ONE | PRESET | POWER,
            limits=(7, 30), step=0.5, late=10, action="told", joint=False,
            presets={"home": {}, "away": {"target": 12}, "frost_guard": {"target": 7}}),
    Profile(name="vicare", modes=("heat", "off", "auto"), features=ONE | POWER | PRESET,
            limits=(3, 37), step=1, precision=0.1, late=30, joint=False, action="told",
            presets=plain("home", "eco", "comfort")),
    Profile(name="nibe_heatpump", modes=("auto", "heat", "heat_cool"), limits=(5, 35),
            features=ONE | RANGE, step=0.5, ranged=HEAT_COOL, no_target=("auto",),
            refuses_in=("auto",), by_shown=True, action="told", late=30),
    Profile(name="generic_thermostat", modes=("heat", "off"), limits=(7, 35), step=0.1,
            features=ONE | POWER | PRESET, action="told",
            presets={"none": {}, "away": {"target": 16}, "eco": {"target": 18}}),
    Profile(name="window unit", modes=("off", "cool", "dry", "fan_only", "auto"),
            features=ONE | POWER | FAN, limits=(61, 86), unit=FAHRENHEIT, step=1,
            counts=1, fans=("low", "high"), family="air_conditioner"),
)  # fmt: skip
"""Where presets do something else, that is in °C: those units count in it."""


@dataclass(frozen=True, kw_only=True)
class Tank:
    """What a water_heater entity offers, tells and takes. Temperatures in `unit`.

    `starts` are the temperatures that it starts and stops at, or its least and its most.
    `heats` is whether it heats at 45 °C, None where nothing tells.
    """

    name: str
    features: W
    operations: tuple[str, ...] | None = None
    runs: str = "eco"
    limits: tuple[float, float] = (40, 60)
    unit: UnitOfTemperature = CELSIUS
    precision: float | None = None
    step: float | None = None
    water: float | None = 45
    target: float | None = 50
    starts: tuple[float | None, float | None] = (None, None)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    heats: bool | None = True


TARGET, MODES, AWAY, SWITCH = (
    W.TARGET_TEMPERATURE, W.OPERATION_MODE, W.AWAY_MODE, W.ON_OFF
)  # fmt: skip

TANKS = (
    Tank(name="melcloud", features=TARGET | SWITCH | MODES, runs="auto",
         operations=("auto", "force_hot_water"), attributes={"status": "heat_water"}),
    Tank(name="melcloud, off", features=TARGET | SWITCH | MODES, runs="auto",
         operations=("auto", "force_hot_water"), attributes={"status": "idle"},
         heats=False),
    Tank(name="melcloud_home", features=TARGET | MODES, runs="heat_pump",
         operations=("heat_pump", "high_demand")),
    Tank(name="aosmith", features=TARGET | MODES | AWAY, unit=FAHRENHEIT, water=None,
         operations=("electric", "eco", "heat_pump"), limits=(95, 130), target=120,
         heats=None),
    Tank(name="econet", features=TARGET | MODES | AWAY, unit=FAHRENHEIT, water=None,
         operations=("off", "eco", "heat_pump", "high_demand", "electric"),
         limits=(110, 140), target=120, heats=None),
    Tank(name="rinnai (custom)", features=TARGET | MODES | AWAY, runs="gas",
         operations=("off", "gas"), unit=FAHRENHEIT, limits=(110, 140), water=100,
         target=120, heats=False),
    Tank(name="smartthings", features=TARGET | SWITCH | MODES | AWAY, starts=(40, 60),
         operations=("off", "eco", "heat_pump", "high_demand", "performance")),
    Tank(name="nibe_heatpump", features=MODES, runs="heat_pump", limits=(5, 35),
         operations=("high_demand", "heat_pump"), target=None, starts=(47, 51)),
    Tank(name="matter", features=TARGET | SWITCH | MODES, precision=1,
         operations=("eco", "high_demand", "off")),
    Tank(name="vicare", features=TARGET, runs="on", limits=(10, 60)),
    Tank(name="midea", features=TARGET | SWITCH, runs="on", precision=1),
    Tank(name="lg_thinq", features=TARGET | SWITCH | MODES, runs="heat_pump", step=1,
         operations=("heat_pump", "off"), limits=(30, 65)),
    Tank(name="osoenergy", features=TARGET | SWITCH | AWAY, runs="electric"),
    Tank(name="evohome", features=AWAY | SWITCH | MODES, runs="on", target=None,
         operations=("auto", "on", "off"), limits=(43.3, 60), heats=None),
    Tank(name="hive", features=SWITCH | MODES, runs="on", water=None, target=None,
         operations=("eco", "on", "off"), limits=(43.3, 60), heats=None),
)  # fmt: skip


class ProfileTank(Recorder, WaterHeaterEntity):
    """A water_heater entity as an integration has it."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_should_poll = False

    def __init__(self, profile: Tank) -> None:
        """Begin as it runs."""
        self.profile = profile
        self.commands = []
        self._attr_unique_id = "unit"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, "unit")}, name="Unit")
        if profile.precision is not None:
            self._attr_precision = profile.precision
        self.begin(
            temperature_unit=profile.unit,
            supported_features=profile.features,
            operation_list=_list(profile.operations),
            min_temp=profile.limits[0],
            max_temp=profile.limits[1],
            target_temperature_step=profile.step,
            current_temperature=profile.water,
            target_temperature=profile.target,
            target_temperature_low=profile.starts[0],
            target_temperature_high=profile.starts[1],
            current_operation=profile.runs,
            is_away_mode_on=False,
            extra_state_attributes=dict(profile.attributes),
        )

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Take a target."""
        self.set(target_temperature=kwargs["temperature"])

    async def async_set_operation_mode(self, operation_mode: str) -> None:
        """Take an operation mode."""
        self.set(current_operation=operation_mode)

    async def async_turn_away_mode_on(self) -> None:
        """Go away."""
        self.set(is_away_mode_on=True)

    async def async_turn_away_mode_off(self) -> None:
        """Come back."""
        self.set(is_away_mode_on=False)

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn on."""
        self.set(current_operation=self.profile.runs)

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off; some tell nothing of that."""
        if not self.profile.attributes:
            self.set(current_operation="off")
