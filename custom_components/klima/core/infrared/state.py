"""What a unit is asked to do, and what a handset's frame says; what a unit takes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .signal import Signal

OFF = "off"

FIELDS = ("mode", "temperature", "fan", "swing", "swing_horizontal", "preset")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState:
    """A unit's settings; None where a frame does not tell, or nothing is wished.

    `temperature` is in the unit of the envelope that it belongs to.
    """

    mode: str | None = None
    temperature: float | None = None
    fan: str | None = None
    swing: str | None = None
    swing_horizontal: str | None = None
    preset: str | None = None

    def over(self, before: UnitState) -> UnitState:
        """Return what is known after this was told: the rest stays as it was."""
        told = {
            field: value
            for field in FIELDS
            if (value := getattr(self, field)) is not None
        }
        return replace(before, **told)

    def differences(self, other: UnitState) -> int:
        """Count the fields in which both tell something and do not agree."""
        return sum(
            mine is not None and theirs is not None and mine != theirs
            for field in FIELDS
            if (mine := getattr(self, field), theirs := getattr(other, field))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an encoder can send, in the unit's own names; off is always among it."""

    modes: tuple[str, ...]
    fahrenheit: bool = False
    min_temperature: float | None = None
    max_temperature: float | None = None
    step: float = 1.0
    fans: tuple[str, ...] = ()
    swings: tuple[str, ...] = ()
    swings_horizontal: tuple[str, ...] = ()
    presets: tuple[str, ...] = ()
    toggles_power: bool = False
    """One frame turns the unit on and off in turn: what it is must be known."""

    def initial(self) -> UnitState:
        """Return what is taken for a unit of which nothing is known yet."""
        temperature = None
        if self.min_temperature is not None and self.max_temperature is not None:
            comfort = 75.0 if self.fahrenheit else 24.0
            temperature = min(max(comfort, self.min_temperature), self.max_temperature)
        return UnitState(
            mode=OFF,
            temperature=temperature,
            fan=first(self.fans),
            swing=first(self.swings),
            swing_horizontal=first(self.swings_horizontal),
            preset=first(self.presets),
        )

    def restored(self, kept: object) -> UnitState:
        """Return a state that was kept, as far as there still are codes for it."""
        state = self.initial()
        if not isinstance(kept, dict):
            return state
        known: dict[str, tuple[str, ...]] = {
            "mode": (OFF, *self.modes),
            "fan": self.fans,
            "swing": self.swings,
            "swing_horizontal": self.swings_horizontal,
            "preset": self.presets,
        }
        told: dict[str, Any] = {
            field: kept[field]
            for field, names in known.items()
            if kept.get(field) in names
        }
        temperature = kept.get("temperature")
        low, high = self.min_temperature, self.max_temperature
        if (
            isinstance(temperature, (int, float))
            and low is not None
            and high is not None
            and low <= temperature <= high
        ):
            told["temperature"] = temperature
        return replace(state, **told)


@dataclass(frozen=True, slots=True)
class Opaque:
    """A code in a controller's own form, that only that controller can send."""

    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A code that a remote learned and keeps to itself: it sends it by its name."""

    device: str
    command: str


type Code = Signal | Opaque | Named


class NoCodeError(ValueError):
    """There is no code for what is asked.

    `field` is the setting that cannot be had, `value` what was asked of it.
    """

    def __init__(self, field: str, value: object) -> None:
        """Tell what cannot be had."""
        super().__init__(f"No code for {field} {value}")
        self.field = field
        self.value = value


@dataclass(frozen=True, slots=True)
class Frame:
    """What is sent for a state: the codes in turn, and the state that they make."""

    codes: tuple[Code, ...]
    state: UnitState


class Encoder(Protocol):
    """From a unit's state to codes, and from a heard signal to the states it may mean."""

    envelope: Envelope
    reads: bool
    """Whether a heard signal can be told from another."""

    def encode(
        self, wish: UnitState, asked: frozenset[str], before: UnitState
    ) -> Frame:
        """Return what to send for a wish.

        What is in `asked` is met or refused; the rest adapts to what there is.
        `before` is what the unit does now. Raises NoCodeError.
        """

    def decode(self, signal: Signal) -> tuple[UnitState, ...]:
        """Return the states that a heard signal may mean: none, one or several."""


def first(names: Iterable[str]) -> str | None:
    """Return the first name, None where there is none."""
    return next(iter(names), None)


def likeliest(states: Iterable[UnitState], before: UnitState) -> UnitState | None:
    """Return the state, of those that a frame may mean, which changes the least.

    A frame that means both on and off turns over what the unit does.
    """
    states = tuple(states)
    runs = before.mode not in (OFF, None)
    if turned := [state for state in states if (state.mode == OFF) == runs]:
        if len(turned) < len(states):
            states = tuple(turned)
    return min(states, key=lambda state: state.differences(before), default=None)
