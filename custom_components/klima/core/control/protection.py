"""The compressor's protection from what automation would do to it.

What harms a compressor is to start against pressure, and to start often. A
stop that the user asks for is therefore never held up; a start is, until the
minimum time off is over. What automation wants waits for both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from .model import Comfort, Direction, Mode, Setting

MAXIMUM_STARTS = 6
"""Starts in an hour that automation may cause (an engineering assumption: ten
minutes a cycle is what makers of single-speed compressors ask for)."""

HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compressor:
    """The compressor of an outdoor unit: since when it works or stands, its starts."""

    running: bool | None = None
    since: float | None = None
    starts: tuple[float, ...] = ()

    def seen(self, now: float, running: bool | None) -> Compressor:
        """Take note of whether it works now; None leaves it as it was known."""
        if running is None or running is self.running:
            return self
        if self.running is None:
            # Nothing is known of when that began, and nothing is made up.
            return replace(self, running=running)
        starts = tuple(at for at in self.starts if at > now - HOUR)
        return Compressor(
            running=running, since=now, starts=(*starts, now) if running else starts
        )

    def moved(self, step: float) -> Compressor:
        """Return the same by a clock that was set by some s."""
        return replace(
            self,
            since=None if self.since is None else self.since + step,
            starts=tuple(at + step for at in self.starts),
        )

    def not_after(self, now: float) -> Compressor:
        """Return the same with nothing in the future: kept by a clock that was ahead."""
        return replace(
            self,
            since=None if self.since is None else min(self.since, now),
            starts=tuple(min(at, now) for at in self.starts),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "running": self.running,
            "since": self.since,
            "starts": list(self.starts),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Take up what `as_dict` gave."""
        since = data["since"]
        return cls(
            running=data["running"],
            since=None if since is None else float(since),
            starts=tuple(float(at) for at in data["starts"]),
        )


@dataclass(frozen=True, slots=True)
class Wait:
    """What a command waits for, and until when."""

    rule: str
    until: float


def direction_of(mode: Mode) -> Direction | None:
    """Return the direction that a mode asks of the outdoor unit, where it is known."""
    match mode:
        case Mode.HEAT:
            return Direction.HEATING
        case Mode.COOL | Mode.DRY:
            return Direction.COOLING
        case _:
            return None


def _asks_for_work(mode: Mode) -> bool:
    return mode not in (Mode.OFF, Mode.FAN_ONLY)


def _eases(now: Setting, then: Setting) -> bool:
    """Return whether a new target asks for less: a unit may stop by that."""
    if now.target is None or then.target is None:
        return False
    if now.mode is Mode.COOL:
        return then.target > now.target
    return then.target < now.target


def _presses(now: Setting, then: Setting) -> bool:
    """Return whether a new target asks for more: a unit may start by that."""
    if now.target is None or then.target is None:
        return False
    if now.mode is Mode.COOL:
        return then.target < now.target
    return then.target > now.target


def wait_for(
    now: float,
    comfort: Comfort,
    compressor: Compressor,
    present: Setting,
    wanted: Setting,
    *,
    works: bool,
    by_user: bool,
) -> Wait | None:
    """Return what a command has to wait for, None where it may be sent.

    `works` is whether this zone's unit has the compressor work. Another zone's
    may have it too, but its own thermostat can end that at any time.
    """
    since = compressor.since
    if since is None:
        return None
    active, activates = _asks_for_work(present.mode), _asks_for_work(wanted.mode)
    same_mode = present.mode is wanted.mode
    direction = direction_of(present.mode)
    # From cooling to drying and back, the compressor just goes on.
    goes_on = direction is not None and direction is direction_of(wanted.mode)
    # A unit of a range may do either when its range moves.
    ranged = same_mode and present.mode in (Mode.HEAT_COOL, Mode.AUTO)
    stops = active and (_eases(present, wanted) if goes_on else not same_mode or ranged)
    starts = activates and (not same_mode or ranged or _presses(present, wanted))
    if compressor.running:
        if stops and works and not by_user:
            until = since + comfort.minimum_on
            if now < until:
                return Wait("minimum_on", until)
        return None
    if not starts:
        return None
    if by_user and active and same_mode:
        # A target: the unit's own thermostat decides whether it starts.
        return None
    until = since + comfort.minimum_off
    if now < until:
        return Wait("minimum_off", until)
    recent = [at for at in compressor.starts if at > now - HOUR]
    if len(recent) >= MAXIMUM_STARTS and not by_user:
        return Wait("starts_per_hour", recent[-MAXIMUM_STARTS] + HOUR)
    return None
