"""The words of the decision: wishes, settings, what is known and remembered."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
import math
from typing import Any, Self

from ..activity import COMPRESSOR_ACTIVITIES, Activity
from ..week import Entry


class Mode(StrEnum):
    """The modes of a unit, by Home Assistant's names."""

    OFF = "off"
    HEAT = "heat"
    COOL = "cool"
    HEAT_COOL = "heat_cool"
    AUTO = "auto"
    DRY = "dry"
    FAN_ONLY = "fan_only"


STEERED = frozenset({Mode.HEAT, Mode.COOL, Mode.HEAT_COOL, Mode.AUTO})
"""The modes in which a unit keeps a room at a temperature."""


class Direction(StrEnum):
    """Where an outdoor unit moves heat."""

    HEATING = "heating"
    COOLING = "cooling"

    @property
    def sign(self) -> int:
        """Return 1 for heating, -1 for cooling."""
        return 1 if self is Direction.HEATING else -1


class Reason(StrEnum):
    """Why a unit does what it does: the rule that won."""

    PROTECTION = "protection"
    CONFLICT = "conflict"
    FROST = "frost"
    WINDOW = "window"
    HOLD = "hold"
    BOOST = "boost"
    AWAY = "away"
    PRICE = "price"
    OPTIMAL_START = "optimal_start"
    SCHEDULE = "schedule"
    PRESET = "preset"
    PASS_THROUGH = "pass_through"
    AUTOMATION_OFF = "automation_off"
    UNIT_UNAVAILABLE = "unit_unavailable"


PRESETS: Mapping[str, tuple[float, float]] = {
    "comfort": (21.0, 25.0),
    "eco": (18.0, 27.0),
    "sleep": (19.0, 26.0),
    "away": (16.0, 29.0),
}
"""The presets, with the °C of heating and cooling that hold where none are given."""

DEAD_BAND = 2.0
"""K between heating and cooling where a user gives one target for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a unit is told, or says that it was told."""

    mode: Mode
    target: float | None = None
    low: float | None = None
    high: float | None = None

    def is_near(self, other: Setting, within: float) -> bool:
        """Return whether all targets are within so many K: who has none has any."""
        return all(
            mine is None or theirs is None or abs(mine - theirs) <= within
            for mine, theirs in (
                (self.target, other.target),
                (self.low, other.low),
                (self.high, other.high),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a unit accepts; `step` is in the unit's own scale."""

    modes: frozenset[Mode] = frozenset({Mode.OFF, Mode.HEAT, Mode.COOL})
    minimum: float = 16.0
    maximum: float = 30.0
    step: float = 0.5
    fahrenheit: bool = False
    has_range: bool = False

    @property
    def tolerance(self) -> float:
        """Return the K within which two targets are the same to the unit."""
        return max(0.5 * self.kelvin, 0.05) + 0.01

    @property
    def kelvin(self) -> float:
        """The step in K."""
        return self._own_step / (1.8 if self.fahrenheit else 1.0)

    @property
    def _own_step(self) -> float:
        return self.step if self.step > 0 else 0.1

    def steps(self, kelvin: float) -> float:
        """Return the K nearest to some that are whole steps of the unit's, and no less than one."""
        return max(1, round(kelvin / self.kelvin)) * self.kelvin

    def held(self, celsius: float) -> float:
        """Return the °C nearest to a wish that lies within what the unit accepts."""
        return min(max(celsius, self.minimum), self.maximum)

    def rounded(self, celsius: float) -> float:
        """Return the °C nearest to a wish that the unit accepts."""
        step, held = self._own_step, self.held(celsius)
        if self.fahrenheit:
            rounded = (round((held * 1.8 + 32) / step) * step - 32) / 1.8
        else:
            rounded = round(held / step) * step
        # Its ends need be no whole steps: those within are.
        if rounded > self.maximum + 1e-6:
            rounded -= self.kelvin
        elif rounded < self.minimum - 1e-6:
            rounded += self.kelvin
        if not self.minimum - 1e-6 <= rounded <= self.maximum + 1e-6:
            # There is none within.
            return held
        return rounded

    def same(self, one: Setting, other: Setting) -> bool:
        """Return whether two settings are the same to the unit."""
        if one.mode is not other.mode:
            return False
        if one.mode in (Mode.OFF, Mode.FAN_ONLY, Mode.DRY):
            return True
        return one.is_near(other, self.tolerance)

    def repeats(self, asked: Setting, again: Setting) -> bool:
        """Return whether a setting asks for no more than what was asked for."""
        return self.same(asked, again) and not _untold(asked, again)

    def shows(self, shown: Setting, asked: Setting, sent: Setting | None) -> bool:
        """Return whether a unit is at what it is asked for, as far as it tells.

        Of a target that it does not tell, what it was sent last is believed.
        """
        return self.same(shown, asked) and not (
            _untold(shown, asked) and (sent is None or not self.repeats(sent, asked))
        )


def _untold(shown: Setting, asked: Setting) -> bool:
    """Return whether nothing is told of a target that is asked for."""
    return asked.mode in STEERED and any(
        its is None and mine is not None
        for its, mine in (
            (shown.target, asked.target),
            (shown.low, asked.low),
            (shown.high, asked.high),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An indoor unit as it is known: `intake` is the °C that it measures itself.

    `is_undone` if it is what it was before a command that could not be sent after all.
    """

    available: bool
    setting: Setting = Setting(mode=Mode.OFF)
    is_undone: bool = False
    intake: float | None = None
    activity: Activity = Activity.OFF
    limits: Limits = Limits()

    @property
    def works(self) -> bool:
        """Whether the unit makes the compressor work."""
        return self.activity in COMPRESSOR_ACTIVITIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a room should be like, from whoever has the say."""

    mode: Mode
    target: float | None = None
    low: float | None = None
    high: float | None = None
    preset: str | None = None


class HoldSource(StrEnum):
    """Who made a hold."""

    USER = "user"
    UNIT = "unit"
    BOOST = "boost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A wish that stands until a time, or until something ends it."""

    wish: Wish
    source: HoldSource
    at: float
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A command that was sent: `asked`, and what the unit made of it.

    `before` is what the unit said when it was sent; `attempts` counts how
    often the same was sent to a unit that did not answer, the first time `since` then;
    `superseded` is what it was at, and was told, shortly before that, and may still tell
    of. `relapsed` is whether it confirmed, and is at what it was before all the same;
    `refused` whether it said that it did not take it. `turns` is whether it is told its
    mode even where it shows that: it is on its way to another.
    """

    asked: Setting
    accepted: Setting
    before: Setting
    at: float
    since: float
    confirmed: bool = False
    attempts: int = 1
    superseded: tuple[Setting, ...] = ()
    relapsed: bool = False
    refused: bool = False
    turns: bool = False

    @classmethod
    def found(cls, setting: Setting, at: float) -> Self:
        """Return what a unit was found at, as if it had been told so."""
        return cls(
            asked=setting,
            accepted=setting,
            before=setting,
            at=at,
            since=at,
            confirmed=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """How far the unit's setpoint is from the room's target, and why.

    `difference` is the filtered K that the unit measures more than the room
    has, `trim` what was learned beyond it; `error` is the mean K that a room which is held
    is short of its target; `setpoint` stands for `target`.
    """

    difference: float | None = None
    trim: float = 0.0
    error: float = 0.0
    at: float | None = None
    target: float | None = None
    target_at: float = 0.0
    setpoint: float | None = None
    corrected_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort:
    """What the user asked of a zone. Times in s.

    `presets` has (heating, cooling) °C of every preset; `minimum_outdoor` is
    the °C below which the unit must not heat. `correction` is the least time between two
    corrections of the setpoint that nobody asked for.
    """

    presets: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: dict(PRESETS)
    )
    window_delay: float = 30.0
    minimum_on: float = 180.0
    minimum_off: float = 180.0
    hold_s: float | None = None
    priority: int = 0
    offset_limit: float = 3.0
    minimum_outdoor: float | None = None
    correction: float = 600.0

    def of_preset(self, preset: str, mode: Mode) -> Wish:
        """Return the wish that a preset is in a mode."""
        heat, cool = self.presets[preset]
        match mode:
            case Mode.HEAT:
                return Wish(mode=mode, target=heat, preset=preset)
            case Mode.COOL:
                return Wish(mode=mode, target=cool, preset=preset)
            case Mode.HEAT_COOL:
                return Wish(
                    mode=mode, low=heat, high=max(heat + 1, cool), preset=preset
                )
            case _:
                return Wish(mode=mode, preset=preset)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What looking ahead advises in place of the schedule's target.

    `lean` is the K (positive: below) that the room is held from it, on the cheap side;
    `moves` is whether the room is on its way, and not to be held there; `rests` whether
    its unit may be off meanwhile, as it would only stand. `falls` is the K/h by which the
    room leaves its target while its unit stands, 0 where that is not known.
    """

    direction: Direction
    target: float
    reason: Reason
    lean: float = 0.0
    moves: bool = False
    rests: bool = False
    falls: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that a decision is made of, but for what is remembered.

    `room` is the room sensor's °C, None where there is none that can be
    trusted. `awaits_room` is whether it has told nothing since a start that is not long
    ago, `awaits_humidity` and `awaits_outdoor` whether these are not told for a while only,
    `awaits_unit` whether the unit is unavailable for no longer.
    `window_since` is when a window was opened, None with all closed.
    `next_change` is when the schedule changes next.
    """

    now: float
    unit: Unit
    awaits_unit: bool = False
    room: float | None = None
    awaits_room: bool = False
    humidity: float | None = None
    awaits_humidity: bool = False
    outdoor: float | None = None
    awaits_outdoor: bool = False
    window_since: float | None = None
    away: bool = False
    schedule: Entry | None = None
    next_change: float | None = None
    goal: Goal | None = None

    @property
    def temperature(self) -> float | None:
        """The best known °C of the room."""
        return self.unit.intake if self.room is None else self.room


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a zone remembers from one decision to the next.

    `base` is the wish under all others, and `plain` what stood before a preset in it;
    `active_mode` the last mode that was
    chosen and is not off; `room_mode` the last of those that keep a room at a
    temperature, and were not asked for with their time. `answers_in` are the s in which the
    unit answers. `seen` is what it said last, None while it cannot be read; `restored` is True until it was read after a start, and `cut` if what was
    before it ended without a word.
    """

    base: Wish | None = None
    plain: Wish | None = None
    active_mode: Mode | None = None
    room_mode: Mode | None = None
    hold: Hold | None = None
    boost: Hold | None = None
    window_override: bool = False
    frost: bool = False
    locked_out: bool = False
    away: bool = False
    direction: Direction | None = None
    direction_at: float = 0.0
    drying: bool = False
    drying_at: float = 0.0
    target_humidity: float | None = None
    needs: bool = False
    steering: Steering = Steering()
    sent: Sent | None = None
    answers_in: float = 0.0
    seen: Setting | None = None
    restored: bool = False
    cut: bool = False

    @property
    def lasting_mode(self) -> Mode | None:
        """The mode that is back once a hold is over."""
        return self.room_mode or self.active_mode

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Take up what `as_dict` gave; raises ValueError, KeyError or TypeError."""
        active = data.get("active_mode")
        # Earlier versions had one for both.
        room = data.get("room_mode", active)
        memory = cls(
            base=_wish(data.get("base")),
            plain=_wish(data.get("plain")),
            active_mode=None if active is None else Mode(active),
            room_mode=None if room is None else Mode(room),
            hold=_hold(data.get("hold")),
            boost=_hold(data.get("boost")),
            window_override=bool(data.get("window_override")),
            frost=bool(data.get("frost")),
            locked_out=bool(data.get("locked_out")),
            away=bool(data.get("away")),
            direction=None if (d := data.get("direction")) is None else Direction(d),
            direction_at=float(data.get("direction_at", 0.0)),
            drying=bool(data.get("drying")),
            drying_at=float(data.get("drying_at", 0.0)),
            target_humidity=_number(data.get("target_humidity")),
            steering=_steering(data.get("steering")),
            sent=_sent(data.get("sent")),
            answers_in=_number(data.get("answers_in")) or 0.0,
            seen=None,
            restored=True,
        )
        # What the unit said last stands for what it was told, where nothing was.
        if memory.sent is None and (seen := _setting(data.get("seen"))) is not None:
            memory = replace(memory, sent=Sent.found(seen, 0.0))
        return memory


def updated(memory: Memory, **changes: Any) -> Memory:
    """Return a memory with changes; itself where they change nothing, as mostly."""
    if all(getattr(memory, name) == value for name, value in changes.items()):
        return memory
    return replace(memory, **changes)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"not finite: {value}")
    return number


def _wish(data: Mapping[str, Any] | None) -> Wish | None:
    if data is None:
        return None
    preset = data.get("preset")
    return Wish(
        mode=Mode(data["mode"]),
        target=_number(data.get("target")),
        low=_number(data.get("low")),
        high=_number(data.get("high")),
        preset=preset if isinstance(preset, str) else None,
    )


def _setting(data: Mapping[str, Any] | None) -> Setting | None:
    if data is None:
        return None
    return Setting(
        mode=Mode(data["mode"]),
        target=_number(data.get("target")),
        low=_number(data.get("low")),
        high=_number(data.get("high")),
    )


def _hold(data: Mapping[str, Any] | None) -> Hold | None:
    if data is None:
        return None
    wish = _wish(data["wish"])
    assert wish is not None
    return Hold(
        wish=wish,
        source=HoldSource(data["source"]),
        at=float(data["at"]),
        until=_number(data.get("until")),
    )


def _steering(data: Mapping[str, Any] | None) -> Steering:
    if data is None:
        return Steering()
    return Steering(
        difference=_number(data.get("difference")),
        trim=_number(data.get("trim")) or 0.0,
        target=_number(data.get("target")),
        target_at=float(data.get("target_at", 0.0)),
        setpoint=_number(data.get("setpoint")),
        corrected_at=float(data.get("corrected_at", 0.0)),
    )


def _sent(data: Mapping[str, Any] | None) -> Sent | None:
    if data is None:
        return None
    asked, accepted = _setting(data["asked"]), _setting(data["accepted"])
    before = _setting(data["before"])
    assert asked is not None and accepted is not None and before is not None
    superseded = data.get("superseded") or ()
    if isinstance(superseded, Mapping):
        # Earlier versions knew of one.
        superseded = (superseded,)
    return Sent(
        asked=asked,
        accepted=accepted,
        before=before,
        at=float(data["at"]),
        since=float(data.get("since", data["at"])),
        confirmed=bool(data["confirmed"]),
        attempts=int(data["attempts"]),
        superseded=tuple(
            setting for each in superseded if (setting := _setting(each)) is not None
        ),
        relapsed=bool(data.get("relapsed")),
        refused=bool(data.get("refused")),
        turns=bool(data.get("turns")),
    )
