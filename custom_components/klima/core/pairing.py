"""Electricity and heat of the same seconds, so that their ratio is a COP.

Two meters seldom speak at the same time: one that reports on change is counted
when it speaks again, which may be an hour later. What the other counted in the
meantime waits for it, and what was counted in a time of which the other knows
nothing makes no COP. Times are epoch seconds, energy is in kWh.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .heat import Amounts
from .metering import Coverage, Span

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


class _Side:
    """What one meter counted that waits, and the times of which it knows nothing."""

    def __init__(self) -> None:
        # Lists: next to nothing is in them, and most systems have no heat meter.
        self.waiting: list[Piece] = []
        self.gaps: list[Span] = []

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

    def set_clock(self, step: float) -> None:
        self.waiting = [
            replace(piece, start=piece.start + step, end=piece.end + step)
            for piece in self.waiting
        ]
        self.gaps = [(start + step, end + step) for start, end in self.gaps]


class Pairing:
    """Pairs what two meters count: nothing makes a COP but what both know of."""

    def __init__(self) -> None:
        """Start with nothing that waits."""
        self._electricity, self._heat = _Side(), _Side()
        self._given_up = 0.0

    def count_electricity(self, piece: Piece) -> None:
        """Take electricity that was counted."""
        self._electricity.add(piece)

    def count_heat(self, piece: Piece) -> None:
        """Take heat that was counted."""
        self._heat.add(piece)

    def release(
        self, at: float, electricity: Coverage, heat: Coverage
    ) -> Iterator[Piece]:
        """Yield what both meters know of by now.

        A meter that says nothing for longer than its silence is believed holds
        the other up no longer.
        """
        for side, coverage in ((self._electricity, electricity), (self._heat, heat)):
            for gap in coverage.missed:
                side.miss(gap)
        behind = min(electricity, heat, key=lambda coverage: coverage.until)
        known, limit = behind.until, at - behind.patience
        if known < limit:
            since = max(known, self._given_up)
            if since < limit:
                self._electricity.miss((since, limit))
                self._heat.miss((since, limit))
                self._given_up = limit
            known = limit
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
