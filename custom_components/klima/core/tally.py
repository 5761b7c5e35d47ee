"""Heat and electricity since a time, and what that electricity cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .heat import Amounts
from .savings import Reference
from .stored import stored_figure


@dataclass(slots=True)
class Tally:
    """Heat and electricity tallied since a time (epoch s), and what that electricity cost.

    What had no price when it was used waits for one.
    """

    since: float
    amounts: Amounts = Amounts()
    cost_heating: float = 0.0
    cost_cooling: float = 0.0
    unpriced_heating: float = 0.0
    unpriced_cooling: float = 0.0

    def count(self, amounts: Amounts, price: float | None) -> None:
        """Add amounts, at a price if it is known; what waited is priced with it."""
        self.amounts += amounts
        self.unpriced_heating += amounts.electricity_heating
        self.unpriced_cooling += amounts.electricity_cooling
        if price is not None:
            self.cost_heating += self.unpriced_heating * price
            self.cost_cooling += self.unpriced_cooling * price
            self.unpriced_heating = self.unpriced_cooling = 0.0

    def cost(self, reference: Reference) -> float | None:
        """Return what the electricity cost that is compared with a reference."""
        both = reference is Reference.DUCTED_HEAT_PUMP
        if self.unpriced_heating > 0 or (both and self.unpriced_cooling > 0):
            return None
        return self.cost_heating + (self.cost_cooling if both else 0.0)

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "since": self.since,
            "amounts": self.amounts.as_dict(),
            "cost": [self.cost_heating, self.cost_cooling],
            "unpriced": [self.unpriced_heating, self.unpriced_cooling],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a tally back; raises ValueError, KeyError or TypeError for others."""
        cost, unpriced = data["cost"], data["unpriced"]
        return cls(
            stored_figure(data["since"]),
            Amounts.from_dict(data["amounts"]),
            *map(stored_figure, (cost[0], cost[1], unpriced[0], unpriced[1])),
        )
