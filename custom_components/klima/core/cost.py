"""What the energy that was used cost, as it is used.

Amounts are in the home's currency, energy in kWh, times epoch seconds (UTC).
A price below zero is real, and lowers the cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
import math
from typing import Any

from .energy import Delta
from .price import PriceSeries

MOST_UNPRICED = 10_000
"""Amounts that may wait for a price; the oldest then go together as one."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Energy used evenly between two times."""

    start: float
    end: float
    kwh: float


@dataclass(frozen=True, slots=True)
class Costs:
    """The cost of a system's energy: of its lifetime, and of a day so far.

    What was used past the day's end, until the next is begun, is in `next_day`. The day
    counts from `counted_from`, which is its start, or earlier by a clock that was set back.
    `unpriced` is energy whose price is not known yet. It is not free: it is
    priced when a price arrives.
    """

    lifetime: float = 0.0
    day: float = 0.0
    day_start: float = 0.0
    day_end: float = math.inf
    next_day: float = 0.0
    unpriced: tuple[Amount, ...] = ()
    counted_from: float = 0.0

    @property
    def unpriced_kwh(self) -> float:
        """The energy that waits for a price."""
        return sum(amount.kwh for amount in self.unpriced)


def begin_day(costs: Costs, start: float, end: float) -> Costs:
    """Begin a new day, unless it has begun already; it is told again when it ends."""
    if start == costs.day_start:
        return costs if end == costs.day_end else replace(costs, day_end=end)
    day = costs.next_day if start == costs.day_end else 0.0
    return replace(
        costs, day=day, day_start=start, day_end=end, next_day=0.0, counted_from=start
    )


def set_clock(costs: Costs, step: float) -> Costs:
    """Take note of a clock that was set by so many s: set back, the day goes on."""
    counted_from = min(costs.counted_from + step, costs.day_start)
    return replace(costs, counted_from=counted_from)


def add_cost(costs: Costs, delta: Delta, prices: PriceSeries) -> Costs:
    """Add what an amount of energy cost, at the prices of the time it was used in."""
    return _price(costs, Amount(delta.start, delta.end, delta.kwh), prices)


def add_at(costs: Costs, start: float, end: float, kwh: float, price: float) -> Costs:
    """Add an amount of energy used evenly between two times, at a price of its own."""
    return _add(costs, Amount(start, end, kwh), price)


def settle(costs: Costs, prices: PriceSeries) -> Costs:
    """Price what waited, at the first price that is known after it was used."""
    waiting = costs.unpriced
    if not waiting:
        return costs
    costs = replace(costs, unpriced=())
    for amount in waiting:
        if (known := prices.known_from(amount.start)) is None:
            costs = replace(costs, unpriced=(*costs.unpriced, amount))
        else:
            costs = _add(costs, amount, known)
    return costs


def _price(costs: Costs, amount: Amount, prices: PriceSeries) -> Costs:
    length = amount.end - amount.start
    for start, end, price in prices.pieces(amount.start, amount.end):
        kwh = amount.kwh * (end - start) / length if length > 0 else amount.kwh
        piece = Amount(start, end, kwh)
        if price is None:
            # It comes late: what is waited for may be known by now.
            price = prices.known_from(start)
        if price is None:
            costs = replace(costs, unpriced=_wait(costs.unpriced, piece))
        else:
            costs = _add(costs, piece, price)
    return costs


def _add(costs: Costs, amount: Amount, price: float) -> Costs:
    """Add a priced amount; a day gets the part that was used in it."""
    cost = amount.kwh * price
    today, later = 1.0, 0.0
    if amount.start < costs.counted_from or amount.end > costs.day_end:
        later = _share_after(amount, costs.day_end)
        today = _share_after(amount, costs.counted_from) - later
    return Costs(
        costs.lifetime + cost,
        costs.day + cost * today,
        costs.day_start,
        costs.day_end,
        costs.next_day + cost * later,
        costs.unpriced,
        costs.counted_from,
    )


def _share_after(amount: Amount, when: float) -> float:
    """Return the share of an amount that was used after a time."""
    if amount.start >= when:
        return 1.0
    if amount.end <= when:
        return 0.0
    return (amount.end - when) / (amount.end - amount.start)


def _wait(waiting: tuple[Amount, ...], amount: Amount) -> tuple[Amount, ...]:
    """Let an amount wait; one that follows the last without a gap joins it."""
    if waiting and (waiting[-1].end == amount.start or len(waiting) >= MOST_UNPRICED):
        last = waiting[-1]
        joined = Amount(last.start, amount.end, last.kwh + amount.kwh)
        return (*waiting[:-1], joined)
    return (*waiting, amount)


def costs_as_dict(costs: Costs) -> dict[str, Any]:
    """Return what must survive a restart."""
    return {
        "lifetime": costs.lifetime,
        "day": costs.day,
        "day_start": costs.day_start,
        "day_end": costs.day_end if math.isfinite(costs.day_end) else None,
        "next_day": costs.next_day,
        "unpriced": [[a.start, a.end, a.kwh] for a in costs.unpriced],
    }


def costs_from_dict(data: Mapping[str, Any]) -> Costs:
    """Read costs back; raises ValueError, KeyError or TypeError for other data."""
    lifetime, day, day_start = (
        float(data[key]) for key in ("lifetime", "day", "day_start")
    )
    # The first versions kept neither.
    next_day = float(data.get("next_day", 0.0))
    end = data.get("day_end")
    day_end = math.inf if end is None else float(end)
    if not all(map(math.isfinite, (lifetime, day, day_start, next_day))):
        raise ValueError(f"not costs: {data}")
    if math.isnan(day_end):
        raise ValueError(f"not an end of a day: {day_end}")
    return Costs(
        lifetime=lifetime,
        day=day,
        day_start=day_start,
        day_end=day_end,
        next_day=next_day,
        unpriced=tuple(
            Amount(float(start), float(end), float(kwh))
            for start, end, kwh in data["unpriced"]
        ),
        counted_from=day_start,
    )
