"""Electricity and heat of the same seconds, so that their ratio is a COP.

Two meters seldom speak at the same time: one that reports on change is counted
when it speaks again, which may be an hour later. What the other counted in the
meantime waits for it, and what was counted in a time of which the other knows
nothing makes no COP. Times are epoch seconds, energy is in kWh.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from .energy import JOINED_WITHIN, Span
from .heat import Amounts
from .metering import Coverage
from .stored import stored_figure

PIECE = 60.0
"""s of what was counted that is kept as one piece."""

REMEMBERED = 64
"""Gaps of a meter that are remembered: what a counter tells late may lie in one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What was counted in a time, and what its electricity cost a kWh then."""

    start: float
    end: float
    amounts: Amounts
    price: float | None = None

    def part(self, start: float, end: float) -> Piece:
        """Return what of it lies in a time."""
        share = (end - start) / (self.end - self.start)
        return Piece(start, end, self.amounts.scaled(share), self.price)

    def without(self, gaps: Iterable[Span]) -> Piece:
        """Return it less what of it lies in gaps."""
        lost, behind = 0.0, self.start
        for start, end in sorted(gaps):
            start, end = max(start, behind), min(end, self.end)
            if end > start:
                lost, behind = lost + end - start, end
        if lost <= 0:
            return self
        left = max(1 - lost / (self.end - self.start), 0.0)
        return replace(self, amounts=self.amounts.scaled(left))

    def joined(self, after: Piece) -> Piece | None:
        """Return this piece and the one right after it as one; None if they are two.

        They stay two where a quarter of an hour begins with the second.
        """
        if (
            self.end != after.start
            or self.price != after.price
            or self.start // JOINED_WITHIN != after.start // JOINED_WITHIN
        ):
            return None
        return replace(self, end=after.end, amounts=self.amounts + after.amounts)

    def as_list(self) -> list[float | None]:
        """Return what must survive a restart, as short as it can be."""
        return [self.start, self.end, self.price, *self.amounts.as_dict().values()]

    @classmethod
    def from_list(cls, data: Iterable[Any]) -> Self:
        """Read a piece back; raises ValueError, KeyError or TypeError for others."""
        start, end, price, *amounts = data
        start, end = stored_figure(start), stored_figure(end)
        if start > end:
            raise ValueError(f"not a time: {start} to {end}")
        names = Amounts().as_dict()
        return cls(
            start,
            end,
            Amounts.from_dict(dict(zip(names, amounts, strict=True))),
            None if price is None else stored_figure(price),
        )


class _Side:
    """What one meter counted that waits, and the times of which it knows nothing."""

    def __init__(self) -> None:
        # Lists: next to nothing is in them, and most systems have no heat meter.
        self.waiting: list[Piece] = []
        self.gaps: list[Span] = []
        self.until = 0.0
        self.since = 0.0

    def add(self, piece: Piece) -> None:
        """Take a piece; those of one minute become one."""
        if self.waiting:
            last = self.waiting[-1]
            if last.price == piece.price and (
                last.start <= piece.start and piece.end <= last.start + PIECE
            ):
                self.waiting[-1] = replace(
                    last,
                    end=max(last.end, piece.end),
                    amounts=last.amounts + piece.amounts,
                )
                return
        self.waiting.append(piece)

    def miss(self, gap: Span) -> None:
        """Take note of a gap; one that goes on is one."""
        if self.gaps and self.gaps[-1][1] == gap[0]:
            gap = (self.gaps.pop()[0], gap[1])
        self.gaps.append(gap)
        del self.gaps[:-REMEMBERED]

    def take(self, until: float, now: float) -> Iterator[Piece]:
        """Yield what ends by a time; a piece that goes beyond it is cut.

        What lies ahead of the clock, which was put back, does not wait for it.
        """
        left: list[Piece] = []
        for piece in self.waiting:
            if piece.end <= until or piece.start >= now:
                yield piece
            elif piece.start >= until:
                left.append(piece)
            else:
                yield piece.part(piece.start, until)
                left.append(piece.part(until, piece.end))
        self.waiting = left

    def as_dict(self, since: float) -> dict[str, Any]:
        """Return what must survive a restart; gaps before a time matter no more."""
        kept: list[Piece] = []
        for piece in self.waiting:
            # A silent day would else be written by the minute, each minute.
            if kept and (joined := kept[-1].joined(piece)) is not None:
                kept[-1] = joined
            else:
                kept.append(piece)
        return {
            "waiting": [piece.as_list() for piece in kept],
            "gaps": [[start, end] for start, end in self.gaps if end > since],
            "until": self.until,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        side = cls()
        side.waiting = [Piece.from_list(piece) for piece in data["waiting"]]
        side.gaps = [
            (stored_figure(start), stored_figure(end)) for start, end in data["gaps"]
        ]
        side.since = side.until = stored_figure(data["until"])
        return side

    def set_clock(self, step: float) -> None:
        self.waiting = [
            replace(piece, start=piece.start + step, end=piece.end + step)
            for piece in self.waiting
        ]
        self.gaps = [(start + step, end + step) for start, end in self.gaps]
        self.until += step


class Pairing:
    """Pairs what two meters count: nothing makes a COP but what both know of."""

    def __init__(self) -> None:
        """Start with nothing that waits."""
        self._electricity, self._heat = _Side(), _Side()
        self._given_up = 0.0
        self._known = 0.0
        self._is_told = False

    def count_electricity(self, piece: Piece) -> None:
        """Take electricity that was counted."""
        self._is_told = True
        self._electricity.add(piece)

    def count_heat(self, piece: Piece) -> None:
        """Take heat that was counted."""
        self._is_told = True
        self._heat.add(piece)

    def release(
        self, at: float, electricity: Coverage, heat: Coverage
    ) -> Iterator[Piece]:
        """Yield what both meters know of by now.

        A meter that says nothing for longer than its silence is believed holds
        the other up no longer.
        """
        for side, coverage in ((self._electricity, electricity), (self._heat, heat)):
            for start, end in coverage.missed:
                # Since a restart a meter knows nothing of what it told before it.
                if end > side.since:
                    side.miss((max(start, side.since), end))
                    side.since = 0.0
        behind = min(electricity, heat, key=lambda coverage: coverage.until)
        known, limit = behind.until, at - behind.patience
        if known < limit:
            since = max(known, self._given_up)
            if since < limit:
                self._electricity.miss((since, limit))
                self._heat.miss((since, limit))
                self._given_up = limit
            known = limit
        self._known = known
        if self._is_told:
            # Of a system that rests, nothing that is kept changes.
            self._is_told = False
            self._electricity.until = electricity.until
            self._heat.until = heat.until
        for side, other in (
            (self._electricity, self._heat),
            (self._heat, self._electricity),
        ):
            for piece in side.take(known, at):
                yield piece.without(other.gaps)

    def set_clock(self, step: float) -> None:
        """Take note that the clock was set by some s: that time did not pass."""
        self._electricity.set_clock(step)
        self._heat.set_clock(step)
        self._given_up += step
        self._known += step

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart: what a silent meter held is told after it."""
        return {
            "electricity": self._electricity.as_dict(self._known),
            "heat": self._heat.as_dict(self._known),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take up what waited; raises as `Amounts.from_dict` does."""
        self._electricity, self._heat = (
            _Side.from_dict(data["electricity"]),
            _Side.from_dict(data["heat"]),
        )

    def begin(self, at: float) -> None:
        """Take note that of the time before this nothing is known of either side."""
        for side in (self._electricity, self._heat):
            side.miss((0.0, at))
