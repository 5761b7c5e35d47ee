"""What control needs of what it is part of: the one thing that it may know of that.

`System` is the `Equipment`, and `SystemControl` the `Conductor`; neither is imported
by what it holds, so that each can be read without what is above it.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from homeassistant.core import Context

from .config import SystemConfig
from .core.activity import Activity
from .core.performance import Performance
from .operations import Operations
from .outdoor import Outdoor
from .plan import Plan
from .zone import Zone


class Equipment(Protocol):
    """The outdoor unit of some zones, with its weather and its prices."""

    @property
    def config(self) -> SystemConfig:
        """What was set."""

    @property
    def zones(self) -> Mapping[str, Zone]:
        """The zones by their subentry ids."""

    @property
    def outdoor(self) -> Outdoor:
        """The temperature outdoors."""

    @property
    def plan(self) -> Plan | None:
        """The electricity plan, if there is one."""

    @property
    def performance(self) -> Performance:
        """Capacity, COP and power."""

    @property
    def price(self) -> float | None:
        """What the next kWh costs."""

    @property
    def operations(self) -> Operations:
        """What the units do."""

    def see_clock(self) -> None:
        """Notice that the clock was set."""

    def async_save_soon(self) -> None:
        """Save within a minute."""


class Foreseer(Protocol):
    """What is known of the weather, the prices and the unit, now and ahead."""

    @property
    def outdoor(self) -> float | None:
        """The °C outdoors, where somebody tells it."""

    @property
    def outdoor_likely(self) -> float | None:
        """The °C outdoors, as it usually is where nobody tells it."""

    @property
    def price(self) -> float | None:
        """What the next kWh costs."""

    def prices(self, now: float) -> Sequence[float] | None:
        """Return what a kWh costs in each step ahead; None where that is not known."""

    def cops(
        self, activity: Activity, outdoor: float, indoor: float
    ) -> Sequence[float]:
        """Return the COP at each of the shares of full load that are planned with."""


class Conductor[ZoneControlT](Foreseer, Protocol):
    """What decides for all zones of one outdoor unit together."""

    def async_decide(self) -> None:
        """Decide now, and send what comes of it."""

    async def async_decide_for(
        self, control: ZoneControlT, context: Context | None
    ) -> None:
        """Decide now, and wait for what is sent to the zone that was asked."""

    def async_save(self) -> None:
        """See that what the user asked for is saved."""
