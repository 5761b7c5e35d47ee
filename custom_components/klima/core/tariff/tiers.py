"""Tiers: where each ends in a billing period, and how much of them was used.

Energy is in kWh, times are epoch seconds (UTC).
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Self

from ..ledger import QUARTER, Ledger
from . import BillingPeriod, Day, Tariff


@dataclass(slots=True)
class TierPosition:
    """What was `used` of the tiers that hold now, and the `limits` at which they end."""

    used: float = 0.0
    limits: tuple[float, ...] = ()

    @classmethod
    def of(
        cls, tariff: Tariff, period: BillingPeriod, ledger: Ledger, now: float
    ) -> Self:
        """Return where the use in a ledger is at a time of a billing period."""
        days = tuple(tariff.days(period))
        limits, pools = tier_pools(period, days)
        pool = pools[(tariff.date_of(now) - period.start).days]
        first = days[pools.index(pool)].first
        return cls(ledger.total(first, int(now // QUARTER) + 1), limits[pool])

    @property
    def tier(self) -> int:
        """The tier that the next kWh falls in, from 0."""
        return bisect_right(self.limits, self.used)

    def left_of(self, tier: int) -> float | None:
        """Return what is left of a tier, None of the last."""
        if tier >= len(self.limits):
            return None
        return max(self.limits[tier] - self.used, 0.0)


def tier_pools(
    period: BillingPeriod, days: tuple[Day, ...]
) -> tuple[list[tuple[float, ...]], list[int]]:
    """Return where the tiers of each pool of days end, and the pool of each day.

    A tier's end is the sum of what each day adds to it: so one that is another
    from a season, or from a version, on is prorated to the days of each. Only
    where the number of tiers changes does their counting begin anew.
    """
    limits: list[list[float]] = []
    pools: list[int] = []
    for day in days:
        steps = day.steps
        if not limits or len(limits[-1]) != len(steps) - 1:
            limits.append([0.0] * (len(steps) - 1))
        times = day.version.tiers_per.times(period, 1)
        for index, step in enumerate(steps[:-1]):
            limits[-1][index] += (step.up_to or 0.0) * times
        pools.append(len(limits) - 1)
    return [tuple(pool) for pool in limits], pools
