"""The account of one system: what its energy cost, and whose it was.

It joins prices, costs and the sharing among zones, so that each amount of
energy is priced and shared once, when it is metered. Times are epoch seconds
(UTC), energy in kWh, amounts in the home's currency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import math
from typing import Any

from .cost import (
    Costs,
    add_at,
    add_cost,
    begin_day,
    costs_as_dict,
    costs_from_dict,
    set_clock,
    settle,
)
from .energy import Delta
from .price import PriceSeries
from .sharing import Sharing


@dataclass(slots=True)
class ZoneShare:
    """A zone's share of its system: lifetime kWh, and what they cost.

    `waiting` are the kWh of it whose price is not known yet.
    """

    energy: float = 0.0
    cost: float = 0.0
    waiting: float = 0.0


class Account:
    """What a system's energy cost; with no price ever set, it only shares energy."""

    def __init__(self, zone_ids: Iterable[str], *, is_priced: bool) -> None:
        """Start at nothing; `restore` takes up what was counted before."""
        self.is_priced = is_priced
        self.costs = Costs()
        self.prices = PriceSeries()
        self.shares = {zone_id: ZoneShare() for zone_id in zone_ids}
        self._sharing = Sharing()

    @property
    def price(self) -> float | None:
        """What the next kWh costs."""
        return self.prices.last

    def count(
        self, delta: Delta, *, own: float = 0.0, export: float | None = None
    ) -> None:
        """Price an amount that was metered, and share it among the zones.

        Of it, `own` kWh were the home's own: they cost the `export` rate, which the
        grid would have paid for them. Without that rate they wait for a price as all else.
        """
        before = self.costs
        if self.is_priced:
            bought = delta
            if own > 0 and export is not None:
                own = min(own, delta.kwh)
                bought = delta._replace(kwh=delta.kwh - own)
                self.costs = add_at(self.costs, delta.start, delta.end, own, export)
            if bought is delta or bought.kwh > 0:
                self.costs = add_cost(self.costs, bought, self.prices)
        waits = 0.0
        if self.costs.unpriced is not before.unpriced:
            waits = self.costs.unpriced_kwh - before.unpriced_kwh
        cost = self.costs.lifetime - before.lifetime
        for zone_id, part in self._sharing.take(delta.end).items():
            share = self.shares[zone_id]
            share.energy += delta.kwh * part
            share.cost += cost * part
            share.waiting += waits * part

    def set_price(self, at: float, price: float | None) -> bool:
        """Take a price from a time on; return whether it is another.

        What waited for a price is settled, and is whose it was.
        """
        if self.prices.times and price == self.price:
            return False
        self.prices = self.prices.set(at, price)
        self._settle()
        return True

    def _settle(self) -> None:
        """Price what waited, and share that by what the zones used of it."""
        before = self.costs
        self.costs = settle(before, self.prices)
        if self.costs.unpriced == before.unpriced:
            return
        cost = self.costs.lifetime - before.lifetime
        waited = before.unpriced_kwh
        left = self.costs.unpriced_kwh / waited if waited > 0 else 0.0
        total = math.fsum(share.waiting for share in self.shares.values())
        for share in self.shares.values():
            # Of what waited before a zone's part was kept, all have as much.
            part = share.waiting / total if total > 0 else 1 / len(self.shares)
            share.cost += cost * part
            share.waiting *= left

    def set_clock(self, step: float) -> None:
        """Move the prices along with a clock that was set by so many s.

        What is used before the first of them would else wait for a price.
        """
        self.prices = self.prices.moved(step)
        self.costs = set_clock(self.costs, step)

    def set_loads(self, at: float, loads: Mapping[str, float]) -> None:
        """Take note of how much each zone asks for, from a time on."""
        self._sharing.change(at, loads)

    def begin_day(self, midnight: float, next_midnight: float) -> None:
        """Begin a new day, unless it has begun already."""
        self.costs = begin_day(self.costs, midnight, next_midnight)

    def forget_prices(self, before: float) -> None:
        """Forget the prices that nothing will be priced at any more."""
        self.prices = self.prices.since(before)

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "costs": costs_as_dict(self.costs),
            "shares": {
                zone_id: [share.energy, share.cost]
                for zone_id, share in self.shares.items()
            },
            "waiting": {
                zone_id: share.waiting
                for zone_id, share in self.shares.items()
                if share.waiting > 0
            },
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take up what was counted before; a zone that is no more is forgotten.

        Raises ValueError, KeyError or TypeError for data that `as_dict` did
        not make, and then takes nothing up.
        """
        costs = costs_from_dict(data["costs"])
        # Earlier versions did not keep whose it was that waits.
        waiting = data.get("waiting", {})
        shares = {
            zone_id: ZoneShare(
                float(energy), float(cost), float(waiting.get(zone_id, 0.0))
            )
            for zone_id, (energy, cost) in data["shares"].items()
        }
        if not all(
            math.isfinite(figure)
            for share in shares.values()
            for figure in (share.energy, share.cost, share.waiting)
        ):
            raise ValueError(f"not shares: {data['shares']}")
        self.costs = costs
        self.shares.update(
            {zone: share for zone, share in shares.items() if zone in self.shares}
        )
        # What waited for another price may have a fixed one by now.
        self._settle()
