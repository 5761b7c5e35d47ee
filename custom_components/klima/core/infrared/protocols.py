"""The air-conditioner protocols that Home Assistant's own library has, whatever its version.

`infrared_protocols` is what Home Assistant's `infrared` integration installs. It
grows with each release, and so what is here is found, not listed: every command
that is built from a mode and a temperature, has a way to turn the unit off, and
reads its own frames back, is offered. Only the brands' names are a table. This
is the only file that knows the library.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, Flag
from functools import cache, partial
from importlib import import_module
import inspect
from itertools import product
import pkgutil
import re
import typing
from typing import Any

from .signal import CodeError, Signal
from .state import OFF, Envelope, Frame, NoCodeError, UnitState
from .symbols import alike

try:
    from infrared_protocols import commands
    from infrared_protocols.commands import Command
except ImportError:  # pragma: no cover - Home Assistant 2026.10 always has it
    commands = None

_MODES = {
    "AUTO": "auto",
    "COOL": "cool",
    "DRY": "dry",
    "HEAT": "heat",
    "FAN_ONLY": "fan_only",
    "FAN": "fan_only",
    "HEAT_COOL": "heat_cool",
}

_NAMES: dict[str, tuple[str, str]] = {
    "AirtonCommand": ("Airton", ""),
    "BalluCommand": ("Ballu", "Electra and others"),
    "CoolixCommand": ("Coolix", "Beko, Midea, Tokio and others"),
    "DaikinAcCommand": ("Daikin", "ARC43x, ARC466"),
    "DaikinArcCommand": ("Daikin", "ARC, 312 bits"),
    "DaikinBrcCommand": ("Daikin", "BRC4C"),
    "DelonghiCommand": ("De'Longhi", ""),
    "EmmetiCommand": ("Emmeti", ""),
    "FriedrichCommand": ("Friedrich", ""),
    "FujitsuAcCommand": ("Fujitsu", "ARRAH2E, ARREB1E, ARRY4"),
    "GreeAcCommand": ("Gree", "YB1F2"),
    "GreeModelCommand": ("Gree", ""),
    "HaierTundraCommand": ("Haier", "YR-W02, Tundra"),
    "HisenseArgCommand": ("Hisense", "Argentina, BGH"),
    "HitachiAc344Command": ("Hitachi", "344 bits"),
    "HitachiAc424Command": ("Hitachi", "424 bits"),
    "IslandaireCommand": ("Islandaire", ""),
    "LgAcCommand": ("LG", ""),
    "MideaCommand": ("Midea", ""),
    "MistralCommand": ("Mistral", ""),
    "MitsubishiCommand": ("Mitsubishi Electric", "144 bits"),
    "NoblexCommand": ("Noblex", ""),
    "PanasonicAcCommand": ("Panasonic", ""),
    "PdPioneerClimateCommand": ("Pioneer", ""),
    "RemkoAr715Command": ("Remko", "AR715"),
    "SamsungAC0292Command": ("Samsung", "0292"),
    "Tcl112Command": ("TCL", "112 bits"),
    "ToshibaCommand": ("Toshiba", ""),
    "ToshibaRacCommand": ("Toshiba", "RAC"),
    "ToshibaRas2819Command": ("Toshiba", "RAS-2819"),
    "ToshibaRas25j2kvsgNdCommand": ("Toshiba", "RAS-25J2KVSG-ND"),
    "ToshibaRasB10n3kv2Command": ("Toshiba", "RAS-B10N3KV2"),
    "ToshibaSeiyaCommand": ("Toshiba", "Seiya"),
    "WhirlpoolCommand": ("Whirlpool", "DG11J1-3A"),
    "WhirlpoolDg11j191Command": ("Whirlpool", "DG11J1-91"),
    "WhynterCommand": ("Whynter", ""),
    "Zhlt01Command": ("ZH/LT-01", "Eurom, Chigo, Tristar and others"),
}
"""Brand and remotes by class; what is not here is named by its class."""

_LEADERS = {"Tcl112Command": 3000}
"""µs of the first mark, where nothing else tells a protocol from another: a frame
of Mitsubishi's 112 bits begins with 3,450."""

_SWINGS = ("swing_v", "swing", "swing_mode", "direction", "blade", "swing_axis1")
_SWINGS_HORIZONTAL = ("swing_h", "swing_axis2")
_SWING_ON = ("VERTICAL", "SWING", "FULL_SWING")
_SWING_OFF = ("OFF", "STOP")

NO_PRESET = "none"

_PRESETS = {
    "turbo": "boost",
    "boost": "boost",
    "powerful": "boost",
    "econo": "eco",
    "economy": "eco",
    "quiet": "quiet",
    "sleep": "sleep",
}
"""Switches that a command can have, and Home Assistant's names of what they do."""

_PRESET_NAMES = {"powerful": "boost", "econo_cool": "eco", "night": "sleep"}
"""Those of a command that has one choice of several."""

_FAN_ORDER = (
    "auto",
    "silent",
    "quiet",
    "low",
    "low_plus",
    "medium_low",
    "medium",
    "medium_plus",
    "medium_high",
    "high",
)

_CELSIUS = tuple(step / 2 for step in range(20, 65))
_FAHRENHEIT = tuple(map(float, range(50, 96)))
"""What is tried to find a protocol's limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A protocol that can be chosen: its id is kept in configurations."""

    id: str
    brand: str
    model: str
    toggles_power: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    """How commands of a class are built, and read."""

    name: str
    build: Callable[..., Any]
    read: Callable[..., Any] | None
    off: Callable[[dict[str, Any]], Any]
    modes: Mapping[str, Any]
    mode_field: str
    temperature_field: str
    temperature_needed: bool
    fan_field: str | None
    fans: Mapping[str, Any]
    default_fan: str | None
    swing_field: str | None
    swing_values: Mapping[str, Any]
    swing_needed: bool
    swing_h_field: str | None
    swing_h_values: Mapping[str, Any]
    presets: Mapping[str, tuple[str, Any]]
    """What a preset sets: a parameter, to a value."""
    fixed: Mapping[str, Any]
    toggle: bool = False
    """`power` is turned over by a bit, not said."""
    starts: bool = False
    """`power` starts a unit; that it is not set says nothing."""
    fahrenheit: bool = False


@cache
def available() -> tuple[Protocol, ...]:
    """Return the protocols of the library that is installed; imports all of it.

    Each has shown that it builds a frame for cooling and one for off.
    """
    return tuple(
        sorted(
            (protocol for protocol, _ in _found().values()),
            key=lambda protocol: (protocol.brand.lower(), protocol.model, protocol.id),
        )
    )


def encoder(protocol_id: str) -> ProtocolEncoder | None:
    """Return the encoder of a protocol, None where the library has it no longer."""
    found = _found().get(protocol_id)
    return None if found is None else ProtocolEncoder(*found)


@cache
def _found() -> dict[str, tuple[Protocol, _Recipe]]:
    found: dict[str, tuple[Protocol, _Recipe]] = {}
    if commands is None:  # pragma: no cover
        return found
    for module in pkgutil.iter_modules(commands.__path__):
        if module.name.startswith("_"):
            continue
        # A module of the library that does not import takes only itself along.
        with suppress(Exception):
            for protocol, recipe in _of_module(
                import_module(f"{commands.__name__}.{module.name}")
            ):
                found[protocol.id] = (protocol, recipe)
    return found


def _of_module(module: Any) -> Iterator[tuple[Protocol, _Recipe]]:
    for name, cls in vars(module).items():
        if (
            inspect.isclass(cls)
            and issubclass(cls, Command)
            and cls.__module__ == module.__name__
            and not name.startswith("_")
        ):
            for protocol, recipe in _of_class(module, name, cls):
                if _works(recipe):
                    yield protocol, recipe
                elif _works(in_fahrenheit := _as_fahrenheit(recipe)):
                    yield protocol, in_fahrenheit


def _of_class(
    module: Any, name: str, cls: type[Any]
) -> Iterator[tuple[Protocol, _Recipe]]:
    build: Callable[..., Any] = getattr(cls, "climate", cls)
    if name == "DaikinAcCommand":
        state = module.DaikinAcState

        def build_state(**fields: Any) -> Any:
            return cls(state=state(**fields))

        parameters, hints = _parameters(state.__init__)
        read: Callable[..., Any] | None = partial(
            _read_daikin, module.DaikinAcFrames.from_raw_timings
        )
        build = build_state
    else:
        parameters, hints = _parameters(
            build if inspect.ismethod(build) else cls.__init__
        )
        read = getattr(cls, "from_raw_timings", None)
    mode_field = _one_of(parameters, "mode", "hvac_mode")
    temperature_field = _one_of(parameters, "temperature", "target_temperature")
    if mode_field is None or temperature_field is None:
        return
    modes = _members(hints.get(mode_field))
    if not modes:
        return
    fan_field = _one_of(parameters, "fan", "fan_mode", "fan_speed")
    speeds = _fans(hints.get(fan_field)) if fan_field else []
    swing_field = _one_of(parameters, *_SWINGS)
    swing_values = _swing_values(swing_field, parameters, hints)
    swing_h_field = _one_of(parameters, *_SWINGS_HORIZONTAL)
    swing_h_values = _swing_values(swing_h_field, parameters, hints)
    fixed: dict[str, Any] = {}
    if "is_fahrenheit" in parameters:
        fixed["is_fahrenheit"] = False
    if starts := name == "FujitsuAcCommand":
        fixed["power"] = True
    recipe = _Recipe(
        name=name,
        build=build,
        read=read,
        off=_off_of(module, name, cls, build, parameters, modes, mode_field),
        modes={
            _MODES[member.name]: member for member in modes if member.name in _MODES
        },
        mode_field=mode_field,
        temperature_field=temperature_field,
        temperature_needed=parameters[temperature_field].default
        is inspect.Parameter.empty,
        fan_field=fan_field,
        fans=speeds[0] if speeds else {},
        default_fan=_default_fan(parameters[fan_field]) if fan_field else None,
        swing_field=swing_field if swing_values else None,
        swing_values=swing_values,
        swing_needed=bool(swing_values)
        and swing_field is not None
        and parameters[swing_field].default is None,
        swing_h_field=swing_h_field if swing_h_values else None,
        swing_h_values=swing_h_values,
        presets=_presets(parameters, hints),
        fixed=fixed,
        toggle="power_toggle" in parameters and "power" not in parameters,
        starts=starts,
    )
    brand, model = _NAMES.get(name, (_words(name), ""))
    variants = _members(hints.get("model")) if "model" in parameters else ()
    if not variants or parameters["model"].default is None:
        yield _protocol(name, None, brand, model, recipe), recipe
    for variant in variants:
        varied = replace(recipe, fixed={**fixed, "model": variant})
        if read is not None and "model" in inspect.signature(read).parameters:
            varied = replace(varied, read=partial(read, model=variant))
        # Some models have fan speeds of their own.
        for fans in speeds:
            if _works(other := replace(varied, fans=fans), fans_too=True):
                varied = other
                break
        yield (
            _protocol(name, variant, brand, variant.name.replace("_", " "), varied),
            varied,
        )


def _protocol(
    name: str, variant: Enum | None, brand: str, model: str, recipe: _Recipe
) -> Protocol:
    word = name.removesuffix("Command")
    return Protocol(
        id=word if variant is None else f"{word}.{variant.name}",
        brand=brand,
        model=model,
        toggles_power=recipe.toggle,
    )


def _off_of(
    module: Any,
    name: str,
    cls: type[Any],
    build: Callable[..., Any],
    parameters: Mapping[str, inspect.Parameter],
    modes: tuple[Any, ...],
    mode_field: str,
) -> Callable[[dict[str, Any]], Any]:
    """Return what builds the frame that turns the unit off, from one that runs it."""
    if off := next((member for member in modes if member.name == "OFF"), None):
        return lambda _: cls(**{mode_field: off})
    if hasattr(cls, "power_off"):
        return lambda _: cls.power_off()
    if "off_command" in parameters:
        return lambda running: build(**running, power_toggle=True, off_command=True)
    if name == "FujitsuAcCommand":
        # The code of its stop button: a state cannot say it.
        stop = type("Stop", (module.AehaCommand,), {"TIMING": cls.TIMING})
        return lambda _: stop(data=bytes((0x14, 0x63, 0x00, 0x10, 0x10, 0x02, 0xFD)))
    if name == "FriedrichCommand":
        return lambda _: module.FriedrichUtilityCommand(
            button=module.FriedrichButton.POWER_OFF
        )
    if name == "CoolixCommand":
        return lambda _: cls(first=0xB27BE0, second=0xB27BE0)
    return lambda running: build(**{**running, "power": False})


def _works(recipe: _Recipe, *, fans_too: bool = False) -> bool:
    """Return whether a recipe cooks: a frame to run, another for off."""
    temperature = 75 if recipe.fahrenheit else 24
    for mode in recipe.modes:
        for fan in recipe.fans if fans_too else (None, *recipe.fans):
            # One that does not cook is none, whatever the library raises for it.
            with suppress(Exception):
                settings = _settings(recipe, mode, temperature, fan, None, None)
                runs = recipe.build(**settings).get_raw_timings()
                off = recipe.off(settings).get_raw_timings()
                Signal.of(off)
                Signal.of(runs)
                return recipe.toggle or bool(runs != off)
    return False


def _as_fahrenheit(recipe: _Recipe) -> _Recipe:
    """Return a recipe for a handset that has only °F."""
    if "is_fahrenheit" not in recipe.fixed:
        return recipe
    return replace(
        recipe, fahrenheit=True, fixed={**recipe.fixed, "is_fahrenheit": True}
    )


def _settings(
    recipe: _Recipe,
    mode: str,
    temperature: float | None,
    fan: str | None,
    swing: str | None,
    swing_horizontal: str | None,
    preset: str | None = None,
) -> dict[str, Any]:
    """Return what a command is built with."""
    settings = dict(recipe.fixed)
    settings[recipe.mode_field] = recipe.modes[mode]
    if temperature is not None:
        whole = round(temperature)
        settings[recipe.temperature_field] = (
            whole if whole == temperature else temperature
        )
    elif recipe.temperature_needed:
        settings[recipe.temperature_field] = None
    if (
        recipe.fan_field
        and fan is not None
        and fan in recipe.fans
        and fan != recipe.default_fan
    ):
        settings[recipe.fan_field] = recipe.fans[fan]
    if recipe.swing_field and swing is not None and swing in recipe.swing_values:
        settings[recipe.swing_field] = recipe.swing_values[swing]
    elif recipe.swing_field and recipe.swing_needed:
        settings[recipe.swing_field] = next(iter(recipe.swing_values.values()))
    if (
        recipe.swing_h_field
        and swing_horizontal is not None
        and swing_horizontal in recipe.swing_h_values
    ):
        settings[recipe.swing_h_field] = recipe.swing_h_values[swing_horizontal]
    if preset is not None and preset in recipe.presets:
        field, value = recipe.presets[preset]
        settings[field] = value
    return settings


def _read_daikin(read: Callable[[list[int]], Any], timings: list[int]) -> Any:
    """Read a whole transmission: a frame like its last is in other Daikin protocols too.

    They differ in what comes before it: here two frames of eight bytes each.
    """
    ends = [i for i, timing in enumerate(timings) if timing < -10_000]
    starts = [0, *(end + 1 for end in ends)]
    lengths = [
        end - start
        for start, end in zip(starts, [*ends, len(timings)], strict=True)
        if end - start > 1
    ]
    # A leader, a mark and a space for each bit, and a mark to close the last.
    if lengths[-3:] != [2 + 16 * size + 1 for size in (8, 8, 19)]:
        return None
    return read(timings)


class ProtocolEncoder:
    """A protocol of the library, as an encoder of ours."""

    def __init__(self, protocol: Protocol, recipe: _Recipe) -> None:
        """Find what the protocol can send, by trying it: takes some milliseconds."""
        self.protocol = protocol
        self._recipe = recipe
        self._temperatures: dict[str, tuple[float, ...]] = {}
        self._plain: dict[str, float | None] = {}
        halves = False
        self._comfort = comfort = 75.0 if recipe.fahrenheit else 24.0
        candidates = _FAHRENHEIT if recipe.fahrenheit else _CELSIUS
        for mode in recipe.modes:
            frames = {t: f for t in candidates if (f := self._frame(mode, t))}
            if len(set(frames.values())) > 1:
                wholes = {t: frame for t, frame in frames.items() if not t % 1}
                # Some take half a degree, and round it.
                halves |= len(set(frames.values())) > len(set(wholes.values())) + 1
                self._temperatures[mode] = tuple(frames)
            elif frames or self._frame(mode, None):
                # Its frame has no temperature: one is given where it must be.
                self._temperatures[mode] = ()
                self._plain[mode] = (
                    None
                    if self._frame(mode, None)
                    else next((t for t in (comfort, *frames) if t in frames), None)
                )
        if not halves:
            self._temperatures = {
                mode: tuple(t for t in some if not t % 1)
                for mode, some in self._temperatures.items()
            }
        every = sorted({t for some in self._temperatures.values() for t in some})
        presets = [name for name in recipe.presets if self._has(preset=name)]
        self.reads = recipe.read is not None
        self.envelope = Envelope(
            modes=tuple(self._temperatures),
            fahrenheit=recipe.fahrenheit,
            min_temperature=every[0] if every else None,
            max_temperature=every[-1] if every else None,
            step=0.5 if halves else 1.0,
            fans=tuple(
                sorted(
                    (
                        fan
                        for fan in recipe.fans
                        if any(
                            self._frame(mode, self._fit(None, mode, frozenset()), fan)
                            for mode in self._temperatures
                        )
                    ),
                    key=_fan_rank,
                )
            ),
            swings=self._choices("swing", recipe.swing_values),
            swings_horizontal=self._choices("swing_horizontal", recipe.swing_h_values),
            presets=(NO_PRESET, *presets) if presets else (),
            toggles_power=protocol.toggles_power,
        )

    def encode(
        self, wish: UnitState, asked: frozenset[str], before: UnitState
    ) -> Frame:
        """Build the frame of a wish."""
        mode = wish.mode
        if mode is None or mode == OFF:
            running = before.mode
            if running is None or running not in self._temperatures:
                running = next(iter(self._temperatures))
            signal = self._off(running, wish.temperature)
            return Frame((signal,), replace(wish, mode=OFF))
        if mode not in self._temperatures:
            raise NoCodeError("mode", mode)
        temperature = self._fit(wish.temperature, mode, asked)
        speeds = self.envelope.fans
        fans: tuple[str | None, ...] = (wish.fan,) if wish.fan in speeds else ()
        if "fan" not in asked or not speeds:
            # Some modes have a fan of their own.
            fans = (*fans, None, *speeds)
        presets = self._fitting("preset", wish.preset, asked)
        swings = self._fitting("swing", wish.swing, asked)
        sideways = self._fitting("swing_horizontal", wish.swing_horizontal, asked)
        for preset, swing, swing_h, fan in product(presets, swings, sideways, fans):
            settings = _settings(
                self._recipe, mode, temperature, fan, swing, swing_h, preset
            )
            if self._recipe.toggle and before.mode == OFF:
                settings["power_toggle"] = True
            with suppress(ValueError, TypeError):
                signal = _signal(self._recipe.build(**settings))
                usual = self._recipe.default_fan or ("auto" if speeds else None)
                state = replace(
                    wish,
                    fan=fan or usual,
                    swing=swing,
                    swing_horizontal=swing_h,
                    preset=preset,
                )
                if self._temperatures[mode]:
                    state = replace(state, temperature=temperature)
                return Frame((signal,), state)
        for field in ("preset", "swing", "swing_horizontal"):
            if field in asked:
                raise NoCodeError(field, getattr(wish, field))
        raise NoCodeError("fan", wish.fan)

    def _fitting(
        self, field: str, value: str | None, asked: frozenset[str]
    ) -> tuple[str | None, ...]:
        """Return what a setting may be: another than is wished if it was not asked for.

        Not every mode has every swing and preset.
        """
        usual = getattr(self.envelope.initial(), field)
        if field in asked or usual is None:
            return (value,)
        return tuple(dict.fromkeys((value, usual)))

    def decode(self, signal: Signal) -> tuple[UnitState, ...]:
        """Read a frame of this protocol; any other is none of ours."""
        recipe = self._recipe
        if recipe.read is None:
            return ()
        heard = list(signal.timings)
        leader = _LEADERS.get(recipe.name)
        if leader is not None and abs(heard[0] - leader) > 0.12 * leader:
            return ()
        try:
            command = recipe.read(heard)
            state = getattr(command, "state", command)
        except ValueError, IndexError, KeyError, TypeError, AttributeError:
            # The library says None to what it does not know; its slips are no
            # reason to fall over a stranger's frame.
            return ()
        if state is None:
            return self._decode_off(signal)
        return tuple(self._states(command, state))

    def _off(self, running: str, temperature: float | None) -> Signal:
        """Return the frame that turns the unit off from a mode."""
        recipe = self._recipe
        fitting = self._fit(temperature, running, frozenset())
        for at in (fitting, self._comfort):
            for fan in (None, *recipe.fans):
                with suppress(ValueError, TypeError):
                    return _signal(
                        recipe.off(_settings(recipe, running, at, fan, None, None))
                    )
        raise NoCodeError("mode", OFF)

    def _decode_off(self, signal: Signal) -> tuple[UnitState, ...]:
        """Know the off frame again where the library has no reader for it."""
        off = self._off(next(iter(self._temperatures)), None)
        return (UnitState(mode=OFF),) if alike(off, signal) else ()

    def _states(self, command: Any, state: Any) -> Iterator[UnitState]:
        recipe = self._recipe
        fan = _name_of(recipe.fans, getattr(state, recipe.fan_field or "fan", None))
        if getattr(state, recipe.fan_field or "fan", None) is not None and fan is None:
            fan = "auto" if "auto" in recipe.fans else None
        swing = None
        if recipe.swing_field:
            swing = _name_of(
                recipe.swing_values, getattr(state, recipe.swing_field, None)
            )
        swing_h = None
        if recipe.swing_h_field:
            swing_h = _name_of(
                recipe.swing_h_values, getattr(state, recipe.swing_h_field, None)
            )
        told = UnitState(
            temperature=self._temperature(command, state),
            fan=fan,
            swing=swing,
            swing_horizontal=swing_h,
            preset=self._preset(state),
        )
        mode_value = getattr(state, recipe.mode_field, None)
        mode = _name_of(recipe.modes, mode_value)
        if getattr(mode_value, "name", None) == "OFF" or (
            getattr(state, "power", None) is False and not recipe.starts
        ):
            yield replace(told, mode=OFF, temperature=None)
        elif recipe.toggle and getattr(command, "power_toggle", False):
            # On or off, by what it was before.
            if mode is None and getattr(command, "HISENSE", False):
                mode = "cool"  # Its frames for off, and for on and cooling, are one.
            if mode is not None:
                yield replace(told, mode=mode)
            yield UnitState(mode=OFF)
        elif mode is not None:
            yield replace(told, mode=mode)

    def _preset(self, state: Any) -> str | None:
        """Return the preset that is read, None where the protocol has none."""
        known = [self._recipe.presets[name] for name in self.envelope.presets[1:]]
        if not known or not all(hasattr(state, field) for field, _ in known):
            return None
        for name, (field, value) in zip(self.envelope.presets[1:], known, strict=True):
            if getattr(state, field) == value:
                return name
        return NO_PRESET

    def _choices(self, field: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names that a frame can say; one alone is no choice."""
        said = tuple(name for name in names if self._has(**{field: name}))
        return said if len(said) > 1 else ()

    def _has(self, **wished: str) -> bool:
        """Return whether a frame says a setting, in some mode, and is read back as it is.

        What a library takes and does not send is not offered.
        """
        recipe = self._recipe
        for mode in self._temperatures:
            temperature = self._fit(self._comfort, mode, frozenset())
            settings = {"swing": None, "swing_horizontal": None, **wished}
            for fan in (None, *recipe.fans):
                with suppress(Exception):
                    frame = recipe.build(
                        **_settings(recipe, mode, temperature, fan, **settings)
                    ).get_raw_timings()
                    if "preset" in wished and frame == list(
                        recipe.build(
                            **_settings(recipe, mode, temperature, fan, None, None)
                        ).get_raw_timings()
                    ):
                        continue
                    return recipe.read is None or self._says(frame, **wished)
        return False

    def _says(self, frame: list[int], **wished: str) -> bool:
        """Return whether a frame is read as what was wished, as far as it can be."""
        recipe = self._recipe
        assert recipe.read is not None
        command = recipe.read(list(frame))
        state = getattr(command, "state", command)
        if state is None:
            return False
        for name, wish in wished.items():
            if name == "preset":
                field, value = recipe.presets[wish]
            elif name == "swing":
                field, value = str(recipe.swing_field), recipe.swing_values[wish]
            else:
                field, value = str(recipe.swing_h_field), recipe.swing_h_values[wish]
            if getattr(state, field, value) != value:
                return False
        return True

    def _temperature(self, command: Any, state: Any) -> float | None:
        """Return the temperature that is read, in the unit that is sent."""
        recipe, envelope = self._recipe, self.envelope
        low, high = envelope.min_temperature, envelope.max_temperature
        if low is None or high is None:
            return None
        read = [getattr(state, recipe.temperature_field, None)]
        # Some codes are shared by several temperatures.
        read = list(getattr(command, "temperature_candidates", read))
        if getattr(state, "is_fahrenheit", False) and not recipe.fahrenheit:
            read = [round((t - 32) / 1.8 * 2) / 2 for t in read if t is not None]
        fitting = [float(t) for t in read if t is not None and low <= t <= high]
        return fitting[0] if len(fitting) == 1 else None

    def _fit(
        self, temperature: float | None, mode: str, asked: frozenset[str]
    ) -> float | None:
        """Return the nearest temperature that a mode has, what it is given if none."""
        some = self._temperatures[mode]
        if not some:
            return self._plain[mode]
        if temperature is None:
            return some[len(some) // 2]
        nearest = min(some, key=lambda t: (abs(t - temperature), t))
        if (
            "temperature" in asked
            and abs(nearest - temperature) > self.envelope.step / 2
        ):
            raise NoCodeError("temperature", temperature)
        return nearest

    def _frame(
        self, mode: str, temperature: float | None, fan: str | None = None
    ) -> tuple[int, ...] | None:
        """Return a frame's durations, None where the library refuses the settings."""
        recipe = self._recipe
        fans = (fan,) if fan or recipe.default_fan else (None, *recipe.fans)
        for some in fans:
            with suppress(
                ValueError, TypeError, IndexError, AssertionError, AttributeError
            ):
                command = recipe.build(
                    **_settings(recipe, mode, temperature, some, None, None)
                )
                return tuple(command.get_raw_timings())
        return None


def _signal(command: Any) -> Signal:
    """Make a signal of a command; what it would repeat is not its state."""
    try:
        return Signal.of(command.get_raw_timings(), command.modulation)
    except CodeError as err:
        raise ValueError(str(err)) from err


def _parameters(
    function: Callable[..., Any],
) -> tuple[Mapping[str, inspect.Parameter], Mapping[str, Any]]:
    parameters = inspect.signature(function).parameters
    raw = inspect.unwrap(getattr(function, "__func__", function))
    try:
        hints = typing.get_type_hints(raw)
    except NameError:
        hints = {name: p.annotation for name, p in parameters.items()}
    return parameters, hints


def _one_of(parameters: Mapping[str, Any], *names: str) -> str | None:
    return next((name for name in names if name in parameters), None)


def _members(hint: Any) -> tuple[Any, ...]:
    """Return the members of the enumeration that a parameter takes."""
    options = typing.get_args(hint) or (hint,)
    return tuple(
        member
        for option in options
        if inspect.isclass(option)
        and issubclass(option, Enum)
        and not issubclass(option, Flag)
        for member in option
    )


def _fans(hint: Any) -> list[dict[str, Any]]:
    """Return the fan speeds by name, for each enumeration that a parameter takes."""
    return [
        {
            member.name.lower(): member
            for member in members
            if not member.name.endswith("_ALT")
            and member.name not in ("ZONE_FOLLOW", "FIXED")
        }
        for option in typing.get_args(hint) or (hint,)
        if (members := _members(option))
    ]


def _fan_rank(fan: str) -> tuple[int, str]:
    """Order fan speeds: the automatic one first, then from still to strong."""
    rank = _FAN_ORDER.index(fan) if fan in _FAN_ORDER else len(_FAN_ORDER)
    return rank, fan


def _default_fan(parameter: inspect.Parameter) -> str | None:
    default = parameter.default
    return default.name.lower() if isinstance(default, Enum) else None


def _swing_values(
    field: str | None,
    parameters: Mapping[str, inspect.Parameter],
    hints: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the swings that a parameter takes: off and on, or its default, come first."""
    if field is None:
        return {}
    hint = hints.get(field)
    if hint is bool or bool in typing.get_args(hint):
        return {"off": False, "on": True}
    members = {member.name: member for member in _members(hint)}
    on = next((name for name in _SWING_ON if name in members), None)
    off = next((name for name in _SWING_OFF if name in members), None)
    values: dict[str, Any] = {}
    if on is not None and off is not None:
        values = {"off": members.pop(off), "on": members.pop(on)}
    elif isinstance(default := parameters[field].default, Enum):
        values = {default.name.lower(): default}
    return values | {name.lower(): member for name, member in members.items()}


def _presets(
    parameters: Mapping[str, inspect.Parameter], hints: Mapping[str, Any]
) -> dict[str, tuple[str, Any]]:
    """Return what each preset sets, by its name."""
    presets = {
        preset: (field, True)
        for field, preset in _PRESETS.items()
        if field in parameters and parameters[field].default is False
    }
    for member in _members(hints.get("preset")):
        name = member.name.lower()
        if name != NO_PRESET:
            presets[_PRESET_NAMES.get(name, name)] = ("preset", member)
    return presets


def _name_of(values: Mapping[str, Any], value: Any) -> str | None:
    if value is None:
        return None
    return next((name for name, known in values.items() if known == value), None)


def _words(name: str) -> str:
    """Return a class's name as words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", re.sub(r"(Ac|AC)?Command$", "", name))
