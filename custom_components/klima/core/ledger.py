"""The ledger: how much energy was used in which quarter of an hour.

A bill is a function of it and of a plan: a price that is corrected, a reading
that comes late or a tier that turns out otherwise prices anew, without drift.
Energy is in kWh, times are epoch seconds (UTC); a quarter of an hour is known
by its number since the epoch.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import math
from typing import Any

QUARTER = 900
"""s in a bucket; every time zone's midnight falls between two of them."""

_DIGITS = 7


def bucket_of(when: float) -> int:
    """Return the number of the quarter of an hour that a time falls in."""
    return math.floor(when / QUARTER)


def spread(start: float, end: float) -> Iterator[tuple[int, float]]:
    """Yield each bucket that a time touches, with its share of the time.

    The shares add up to 1. A moment belongs to the bucket that it ends, so
    that what was used up to midnight is no use of the next day.
    """
    length = end - start
    if length <= 0:
        yield math.ceil(end / QUARTER) - 1, 1.0
        return
    bucket = bucket_of(start)
    while start < end:
        until = min((bucket + 1) * QUARTER, end)
        yield bucket, (until - start) / length
        start = until
        bucket += 1


@dataclass(slots=True, eq=False)
class Watch:
    """Tells whoever added buckets up that one of them changed since.

    `below` is the bucket up to which, without it, they were added up.
    """

    below: int = 0
    is_stale: bool = False


class Ledger:
    """kWh by quarter of an hour.

    `events` has the part of it that was used in critical peaks, and `spot`
    what was paid for the part (`spot_kwh`) that a price entity had a price
    for: those are not known of a plan, but only of the moment. `fed` is what a
    home fed into the grid, whose `kwh` are what it drew from it; `has_fed`
    whether that is metered.
    """

    has_fed = False

    def __init__(self) -> None:
        """Start empty."""
        self.kwh: dict[int, float] = {}
        self.events: dict[int, float] = {}
        self.spot: dict[int, float] = {}
        self.spot_kwh: dict[int, float] = {}
        self.fed: dict[int, float] = {}
        self.newest = 0
        self._watches: list[Watch] = []
        self._settled = 0
        self._changed: set[int] = set()

    def watch(self) -> Watch:
        """Return a watch; set what it watches with `settle`."""
        watch = Watch()
        self._watches.append(watch)
        return watch

    def settle(self, watch: Watch, below: int) -> None:
        """Let a watch tell when a bucket below one changes from now on."""
        watch.below, watch.is_stale = below, False
        self._settled = max(watch.below for watch in self._watches)

    def unwatch(self, watch: Watch) -> None:
        """Tell a watch no more."""
        self._watches.remove(watch)
        self._settled = max((watch.below for watch in self._watches), default=0)

    def add(
        self, start: float, end: float, kwh: float, *, is_event: bool = False
    ) -> None:
        """Add energy used evenly between two times."""
        bucket = int(start // QUARTER)
        if start < end <= (bucket + 1) * QUARTER:
            self._add(self.kwh, bucket, kwh)
            if is_event:
                self._add(self.events, bucket, kwh)
            return
        for bucket, share in spread(start, end):
            self._add(self.kwh, bucket, kwh * share)
            if is_event:
                self._add(self.events, bucket, kwh * share)

    def add_spot(self, start: float, end: float, kwh: float, price: float) -> None:
        """Note what a part of the energy was priced at, when it was used."""
        for bucket, share in spread(start, end):
            self._add(self.spot, bucket, kwh * share * price)
            self._add(self.spot_kwh, bucket, kwh * share)

    def add_fed(self, start: float, end: float, kwh: float) -> None:
        """Add energy that was fed into the grid evenly between two times.

        What was drawn from it meanwhile is known with it: nothing, until that is told.
        """
        for bucket, share in spread(start, end):
            self._add(self.fed, bucket, kwh * share)
            self._add(self.kwh, bucket, 0.0)

    def settle_spot(self, price: float) -> None:
        """Price all energy that a price entity had no price for yet."""
        for bucket, kwh in self.kwh.items():
            missing = kwh - self.spot_kwh.get(bucket, 0.0)
            if missing > 1e-9:
                self._add(self.spot, bucket, missing * price)
                self._add(self.spot_kwh, bucket, missing)

    def _add(self, column: dict[int, float], bucket: int, amount: float) -> None:
        column[bucket] = column.get(bucket, 0.0) + amount
        self._changed.add(bucket)
        self.newest = max(self.newest, bucket)
        if bucket < self._settled:
            for watch in self._watches:
                watch.is_stale |= bucket < watch.below

    def fill(self, bucket: int, kwh: float, fed: float = 0.0) -> bool:
        """Set what a bucket holds, if nothing was counted in it; return whether so."""
        if bucket in self.kwh:
            return False
        self._add(self.kwh, bucket, kwh)
        if fed:
            self._add(self.fed, bucket, fed)
        return True

    def copy(self) -> Ledger:
        """Return a copy, watched by nobody."""
        copy = Ledger()
        copy.kwh = dict(self.kwh)
        copy.events = dict(self.events)
        copy.spot = dict(self.spot)
        copy.spot_kwh = dict(self.spot_kwh)
        copy.fed = dict(self.fed)
        copy.has_fed = self.has_fed
        copy.newest = self.newest
        return copy

    def _columns(self) -> tuple[dict[int, float], ...]:
        return self.kwh, self.events, self.spot, self.spot_kwh, self.fed

    def total(self, first: int, end: int) -> float:
        """Return the kWh from a bucket up to, without, another."""
        if end - first > len(self.kwh):
            return math.fsum(
                kwh for bucket, kwh in self.kwh.items() if first <= bucket < end
            )
        get = self.kwh.get
        return math.fsum(get(bucket, 0.0) for bucket in range(first, end))

    def forget(self, before: int) -> None:
        """Forget the buckets before one."""
        for column in self._columns():
            for bucket in [bucket for bucket in column if bucket < before]:
                del column[bucket]

    def rows(self, buckets: Iterable[int] | None = None) -> dict[str, list[float]]:
        """Return buckets as JSON keeps them: kWh, event kWh, spot cost, its kWh, fed in."""
        columns = self._columns()
        rows: dict[str, list[float]] = {}
        for bucket in sorted(self.kwh if buckets is None else buckets):
            row = [round(column.get(bucket, 0.0), _DIGITS) for column in columns]
            while len(row) > 1 and row[-1] == 0:
                row.pop()
            rows[str(bucket)] = row
        return rows

    def take_changed(self) -> set[int]:
        """Return the buckets that changed since this was last asked."""
        changed, self._changed = self._changed, set()
        return changed

    def overlay(self, rows: Any) -> dict[str, list[float]]:
        """Take buckets up as they were kept, in place of what they hold; return them.

        Raises ValueError, TypeError or AttributeError for what `rows` did not
        make, and then takes nothing up.
        """
        taken: dict[int, list[float]] = {}
        for bucket, row in rows.items():
            figures = [float(figure) for figure in row]
            if not all(map(math.isfinite, figures)) or not 1 <= len(figures) <= 5:
                raise ValueError(f"not a row of a ledger: {row}")
            if figures[0] < 0:
                raise ValueError(f"not an amount: {figures[0]}")
            taken[int(bucket)] = figures
        columns = self._columns()
        for number, figures in taken.items():
            for index, column in enumerate(columns):
                if index < len(figures) and (index == 0 or figures[index]):
                    column[number] = figures[index]
                else:
                    column.pop(number, None)
            self.newest = max(self.newest, number)
        return {str(number): figures for number, figures in taken.items()}


def both_known(own: Ledger, home: Ledger) -> tuple[int, float, float] | None:
    """Return what a unit used, and its home, in the time that both are known of.

    The bucket that it begins with, and the kWh of each; None where there is no
    such time. The last bucket of the home is left out: it still grows.
    """
    if not own.kwh or not home.kwh:
        return None
    first, end = max(min(own.kwh), min(home.kwh)), max(home.kwh)
    return first, own.total(first, end), home.total(first, end)
