"""A protocol of the library as an encoder: what it can send is found by trying it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any

from .recipe import NO_PRESET, Protocol, Recipe, name_of, settings_of, signal_of
from .signal import Signal
from .state import OFF, Envelope, Frame, NoCodeError, UnitState
from .symbols import alike

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


class ProtocolEncoder:
    """A protocol of the library, as an encoder of ours."""

    def __init__(self, protocol: Protocol, recipe: Recipe) -> None:
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
            settings = settings_of(
                self._recipe, mode, temperature, fan, swing, swing_h, preset
            )
            if self._recipe.toggle and before.mode == OFF:
                settings["power_toggle"] = True
            with suppress(ValueError, TypeError):
                signal = signal_of(self._recipe.build(**settings))
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
        leader = recipe.leader
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
                    return signal_of(
                        recipe.off(settings_of(recipe, running, at, fan, None, None))
                    )
        raise NoCodeError("mode", OFF)

    def _decode_off(self, signal: Signal) -> tuple[UnitState, ...]:
        """Know the off frame again where the library has no reader for it."""
        off = self._off(next(iter(self._temperatures)), None)
        return (UnitState(mode=OFF),) if alike(off, signal) else ()

    def _states(self, command: Any, state: Any) -> Iterator[UnitState]:
        recipe = self._recipe
        fan = name_of(recipe.fans, getattr(state, recipe.fan_field or "fan", None))
        if getattr(state, recipe.fan_field or "fan", None) is not None and fan is None:
            fan = "auto" if "auto" in recipe.fans else None
        swing = None
        if recipe.swing_field:
            swing = name_of(
                recipe.swing_values, getattr(state, recipe.swing_field, None)
            )
        swing_h = None
        if recipe.swing_h_field:
            swing_h = name_of(
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
        mode = name_of(recipe.modes, mode_value)
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
                        **settings_of(recipe, mode, temperature, fan, **settings)
                    ).get_raw_timings()
                    if "preset" in wished and frame == list(
                        recipe.build(
                            **settings_of(recipe, mode, temperature, fan, None, None)
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
                    **settings_of(recipe, mode, temperature, some, None, None)
                )
                return tuple(command.get_raw_timings())
        return None


def _fan_rank(fan: str) -> tuple[int, str]:
    """Order fan speeds: the automatic one first, then from still to strong."""
    rank = _FAN_ORDER.index(fan) if fan in _FAN_ORDER else len(_FAN_ORDER)
    return rank, fan
