"""The air-conditioner protocols that Home Assistant's own library has, whatever its version.

`infrared_protocols` is what Home Assistant's `infrared` integration installs. It
grows with each release, and so what is here is found, not listed: every command
that is built from a mode and a temperature, has a way to turn the unit off, and
reads its own frames back, is offered. Only the brands' names are a table. This
is the only file that knows the library: what it finds it tells as a `Recipe`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from enum import Enum
from functools import cache, partial
from importlib import import_module
import inspect
import pkgutil
from typing import Any, NamedTuple

from .brands import NAMES
from .protocol_encoder import ProtocolEncoder
from .recipe import Protocol, Recipe, as_fahrenheit, works
from .signature import (
    MODES,
    SWINGS,
    SWINGS_HORIZONTAL,
    default_fan,
    fans_of,
    members_of,
    one_of,
    parameters_of,
    presets_of,
    swing_values_of,
    words_of,
)

try:
    from infrared_protocols import commands
    from infrared_protocols.commands import Command
except ImportError:  # pragma: no cover - Home Assistant 2026.10 always has it
    commands = None

_LEADERS = {"Tcl112Command": 3000}
"""µs of the first mark, where nothing else tells a protocol from another: a frame
of Mitsubishi's 112 bits begins with 3,450."""


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
def _found() -> dict[str, tuple[Protocol, Recipe]]:
    found: dict[str, tuple[Protocol, Recipe]] = {}
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


def _of_module(module: Any) -> Iterator[tuple[Protocol, Recipe]]:
    for name, cls in vars(module).items():
        if (
            inspect.isclass(cls)
            and issubclass(cls, Command)
            and cls.__module__ == module.__name__
            and not name.startswith("_")
        ):
            for protocol, recipe in _of_class(module, name, cls):
                if works(recipe):
                    yield protocol, recipe
                elif works(in_fahrenheit := as_fahrenheit(recipe)):
                    yield protocol, in_fahrenheit


class _Class(NamedTuple):
    """A command of the library: what builds it, what it takes, and what reads it."""

    module: Any
    name: str
    cls: type[Any]
    build: Callable[..., Any]
    read: Callable[..., Any] | None
    parameters: Mapping[str, inspect.Parameter]
    hints: Mapping[str, Any]

    def choice(self, *names: str) -> tuple[str | None, Mapping[str, Any]]:
        """Return the first of some parameters that there is, and its values by our names."""
        field = one_of(self.parameters, *names)
        values = swing_values_of(field, self.parameters, self.hints)
        return field if values else None, values


def _class_of(module: Any, name: str, cls: type[Any]) -> _Class:
    if name == "DaikinAcCommand":
        state = module.DaikinAcState
        parameters, hints = parameters_of(state.__init__)
        return _Class(
            module,
            name,
            cls,
            lambda **fields: cls(state=state(**fields)),
            partial(_read_daikin, module.DaikinAcFrames.from_raw_timings),
            parameters,
            hints,
        )
    build: Callable[..., Any] = getattr(cls, "climate", cls)
    parameters, hints = parameters_of(
        build if inspect.ismethod(build) else cls.__init__
    )
    read = getattr(cls, "from_raw_timings", None)
    return _Class(module, name, cls, build, read, parameters, hints)


def _of_class(
    module: Any, name: str, cls: type[Any]
) -> Iterator[tuple[Protocol, Recipe]]:
    """Yield the protocols of a command: itself, and each model that it can be built for."""
    found = _class_of(module, name, cls)
    fan_field = one_of(found.parameters, "fan", "fan_mode", "fan_speed")
    speeds = fans_of(found.hints.get(fan_field)) if fan_field else []
    recipe = _recipe_of(found, fan_field, speeds[0] if speeds else {})
    if recipe is None:
        return
    brand, model = NAMES.get(name, (words_of(name), ""))
    models = found.parameters.get("model")
    variants = () if models is None else members_of(found.hints.get("model"))
    if not variants or models is None or models.default is None:
        yield _protocol(name, None, brand, model, recipe), recipe
    for variant in variants:
        varied = replace(recipe, fixed={**recipe.fixed, "model": variant})
        read = found.read
        if read is not None and "model" in inspect.signature(read).parameters:
            varied = replace(varied, read=partial(read, model=variant))
        # Some models have fan speeds of their own.
        for fans in speeds:
            if works(other := replace(varied, fans=fans), fans_too=True):
                varied = other
                break
        yield (
            _protocol(name, variant, brand, variant.name.replace("_", " "), varied),
            varied,
        )


def _recipe_of(
    found: _Class, fan_field: str | None, fans: dict[str, Any]
) -> Recipe | None:
    """Return how a command is built and read; None for one of no air conditioner."""
    parameters, hints = found.parameters, found.hints
    mode_field = one_of(parameters, "mode", "hvac_mode")
    temperature_field = one_of(parameters, "temperature", "target_temperature")
    if mode_field is None or temperature_field is None:
        return None
    modes = members_of(hints.get(mode_field))
    if not modes:
        return None
    swing_field, swing_values = found.choice(*SWINGS)
    swing_h_field, swing_h_values = found.choice(*SWINGS_HORIZONTAL)
    fixed: dict[str, Any] = {}
    if "is_fahrenheit" in parameters:
        fixed["is_fahrenheit"] = False
    if starts := found.name == "FujitsuAcCommand":
        fixed["power"] = True
    return Recipe(
        build=found.build,
        read=found.read,
        off=_off_of(found, modes, mode_field),
        modes={MODES[member.name]: member for member in modes if member.name in MODES},
        mode_field=mode_field,
        temperature_field=temperature_field,
        temperature_needed=parameters[temperature_field].default
        is inspect.Parameter.empty,
        fan_field=fan_field,
        fans=fans,
        default_fan=default_fan(parameters[fan_field]) if fan_field else None,
        swing_field=swing_field,
        swing_values=swing_values,
        swing_needed=swing_field is not None
        and parameters[swing_field].default is None,
        swing_h_field=swing_h_field,
        swing_h_values=swing_h_values,
        presets=presets_of(parameters, hints),
        fixed=fixed,
        toggle="power_toggle" in parameters and "power" not in parameters,
        starts=starts,
        leader=_LEADERS.get(found.name),
    )


def _protocol(
    name: str, variant: Enum | None, brand: str, model: str, recipe: Recipe
) -> Protocol:
    word = name.removesuffix("Command")
    return Protocol(
        id=word if variant is None else f"{word}.{variant.name}",
        brand=brand,
        model=model,
        toggles_power=recipe.toggle,
    )


def _off_of(
    found: _Class, modes: tuple[Any, ...], mode_field: str
) -> Callable[[dict[str, Any]], Any]:
    """Return what builds the frame that turns the unit off, from one that runs it."""
    module, name, cls, build, *_ = found
    if off := next((member for member in modes if member.name == "OFF"), None):
        return lambda _: cls(**{mode_field: off})
    if hasattr(cls, "power_off"):
        return lambda _: cls.power_off()
    if "off_command" in found.parameters:
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
