"""Many zones, one outdoor unit: it can heat or cool, never both.

Where zones need opposite directions, the higher `priority` goes first, then
who asked first. The other waits, but not for ever: after two hours of waiting
it has its turn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from .control.model import Direction

MINIMUM_TIME = 900.0
"""s in one direction before the other: the circuit has to reverse."""

PATIENCE = 7200.0
"""s that a zone waits at the most before it has its turn, whatever its priority."""

TURN = 1800.0
"""s that such a turn lasts at the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a zone asks of its outdoor unit.

    `fixed` is a unit that is not ours to command: what it does stands.
    """

    zone: str
    direction: Direction | None
    needs: bool = True
    priority: int = 0
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """What is remembered: the direction and since when, and who asks since when."""

    direction: Direction | None = None
    since: float = 0.0
    asked: Mapping[str, float] | None = None
    """Since when each zone needs what it asks for."""
    waiting: Mapping[str, float] | None = None
    """Since when each zone waits for the direction that it needs."""
    turn_until: float = 0.0

    def moved(self, step: float) -> Turns:
        """Return the same by a clock that was set by some s."""
        return replace(
            self,
            since=self.since + step,
            asked={zone: at + step for zone, at in (self.asked or {}).items()},
            waiting={zone: at + step for zone, at in (self.waiting or {}).items()},
            turn_until=self.turn_until + step,
        )

    def not_after(self, now: float) -> Turns:
        """Return the same with nothing in the future: kept by a clock that was ahead."""
        return replace(
            self,
            since=min(self.since, now),
            asked={zone: min(at, now) for zone, at in (self.asked or {}).items()},
            waiting={zone: min(at, now) for zone, at in (self.waiting or {}).items()},
            turn_until=min(self.turn_until, now + TURN),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "direction": self.direction,
            "since": self.since,
            "asked": dict(self.asked or {}),
            "waiting": dict(self.waiting or {}),
            "turn_until": self.turn_until,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Take up what `as_dict` gave."""
        direction = data["direction"]
        return cls(
            direction=None if direction is None else Direction(direction),
            since=float(data["since"]),
            asked={zone: float(at) for zone, at in data["asked"].items()},
            waiting={zone: float(at) for zone, at in data["waiting"].items()},
            turn_until=float(data["turn_until"]),
        )


def arbitrate(requests: Sequence[Request], turns: Turns, now: float) -> Turns:
    """Choose the direction of the outdoor unit; who asks for the other waits."""
    asked, waiting = dict(turns.asked or {}), dict(turns.waiting or {})
    needing = [r for r in requests if r.direction is not None and r.needs]
    names = {r.zone for r in needing}
    asked = {zone: at for zone, at in asked.items() if zone in names}
    waiting = {zone: at for zone, at in waiting.items() if zone in names}
    for request in needing:
        asked.setdefault(request.zone, now)

    chosen = _choose(requests, needing, asked, waiting, turns, now)
    turn_until = turns.turn_until
    if chosen is not turns.direction:
        # Who goes over alone has minimum times of its own.
        contested = any(r.direction is turns.direction for r in requests if r.direction)
        recent = contested and now - turns.since < MINIMUM_TIME
        fixed = any(r.fixed and r.direction is chosen for r in requests)
        if recent and not fixed and chosen is not None:
            chosen = turns.direction
        elif any(
            now - waiting.get(r.zone, now) >= PATIENCE
            for r in needing
            if r.direction is chosen
        ):
            turn_until = now + TURN
    for request in needing:
        if request.direction is chosen:
            waiting.pop(request.zone, None)
        else:
            waiting.setdefault(request.zone, now)
    changed = chosen is not turns.direction
    return replace(
        turns,
        direction=chosen,
        since=now if changed else turns.since,
        asked=asked,
        waiting=waiting,
        turn_until=turn_until,
    )


def _choose(
    requests: Sequence[Request],
    needing: Sequence[Request],
    asked: Mapping[str, float],
    waiting: Mapping[str, float],
    turns: Turns,
    now: float,
) -> Direction | None:
    for request in requests:
        if request.fixed and request.direction is not None:
            return request.direction
    if not needing:
        wanted = {r.direction for r in requests if r.direction is not None}
        # Nobody is pressed: what one side alone would have, it may have.
        return turns.direction if len(wanted) != 1 else wanted.pop()
    directions = {request.direction for request in needing}
    if len(directions) == 1:
        return needing[0].direction
    if now < turns.turn_until and turns.direction in directions:
        return turns.direction
    patient = [r for r in needing if now - waiting.get(r.zone, now) >= PATIENCE]
    if patient:
        return min(patient, key=lambda r: waiting[r.zone]).direction
    first = min(needing, key=lambda r: (-r.priority, asked[r.zone], r.zone))
    return first.direction


def is_granted(request: Request, turns: Turns) -> bool:
    """Return whether a zone may have the direction that it asks for."""
    return request.direction is None or turns.direction in (None, request.direction)
