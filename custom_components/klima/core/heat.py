"""The heat that a system moves, counted: kWh that only grow, and what they took.

Times are epoch seconds (UTC), heat and electricity in kWh, power in W. Heat is
delivered (to the rooms or to the water) or, in cooling, removed: each counts up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
import math
from typing import Any, Self

from .activity import HEATING_ACTIVITIES, Activity
from .energy import Delta
from .metering import Coverage, Meter
from .power import NAMEPLATE_MARGIN, PowerState, advance_power, held, sample_power
from .stored import stored_figure

LEAST_ELECTRICITY = 0.05
"""kWh of electricity below which a ratio of counters says nothing."""

MOST_COP = 20.0
"""COP beyond which a reading is an error of its source, whatever the temperatures."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was counted over a time: electricity, and the heat that it moved.

    `heating` and `cooling` are kWh of heat; the electricity is that of the same
    times, so that their ratio is a COP.
    """

    heating: float = 0.0
    cooling: float = 0.0
    electricity: float = 0.0
    electricity_heating: float = 0.0
    electricity_cooling: float = 0.0

    @property
    def heat(self) -> float:
        """All heat that was moved."""
        return self.heating + self.cooling

    @property
    def cop(self) -> float | None:
        """Heat over electricity, None while too little was counted."""
        if self.electricity < LEAST_ELECTRICITY:
            return None
        return self.heat / self.electricity

    def __add__(self, other: Self) -> Self:
        """Return the sum of two times."""
        # Each by its name, not by its field: it is done often.
        return type(self)(
            self.heating + other.heating,
            self.cooling + other.cooling,
            self.electricity + other.electricity,
            self.electricity_heating + other.electricity_heating,
            self.electricity_cooling + other.electricity_cooling,
        )

    def scaled(self, share: float) -> Self:
        """Return a share of them."""
        return type(self)(
            *(share * getattr(self, field.name) for field in fields(self))
        )

    def as_dict(self) -> dict[str, float]:
        """Return what must survive a restart."""
        return {
            "heating": self.heating,
            "cooling": self.cooling,
            "electricity": self.electricity,
            "electricity_heating": self.electricity_heating,
            "electricity_cooling": self.electricity_cooling,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read amounts back; raises ValueError, KeyError or TypeError for others."""
        amounts = {field.name: float(data[field.name]) for field in fields(cls)}
        if not all(math.isfinite(value) and value >= 0 for value in amounts.values()):
            raise ValueError(f"not amounts: {data}")
        return cls(**amounts)


@dataclass(slots=True)
class Pending:
    """Electricity that was metered, and whose heat was not reckoned yet."""

    electricity: float = 0.0
    heating: float = 0.0
    cooling: float = 0.0
    heating_seconds: float = 0.0
    cooling_seconds: float = 0.0

    def count(self, delta: Delta) -> None:
        """Take an amount of electricity."""
        seconds = max(delta.end - delta.start, 0.0)
        self.electricity += delta.kwh
        self.heating += delta.heating_kwh
        self.cooling += delta.cooling_kwh
        if delta.kwh > 0:
            self.heating_seconds += seconds * delta.heating_kwh / delta.kwh
            self.cooling_seconds += seconds * delta.cooling_kwh / delta.kwh

    def amounts(self, heating: float = 0.0, cooling: float = 0.0) -> Amounts:
        """Return it beside the kWh of heat that it moved."""
        return Amounts(heating, cooling, self.electricity, self.heating, self.cooling)

    def take(self) -> Pending:
        """Return what was counted, and begin anew."""
        taken = replace(self)
        self.electricity = self.heating = self.cooling = 0.0
        self.heating_seconds = self.cooling_seconds = 0.0
        return taken

    def as_dict(self) -> dict[str, float]:
        """Return what must survive a restart."""
        return {
            "electricity": self.electricity,
            "heating": self.heating,
            "cooling": self.cooling,
            "heating_seconds": self.heating_seconds,
            "cooling_seconds": self.cooling_seconds,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it back; raises ValueError, KeyError or TypeError for what is none."""
        figures = {field.name: stored_figure(data[field.name]) for field in fields(cls)}
        if any(figure < 0 for figure in figures.values()):
            raise ValueError(f"not amounts: {data}")
        return cls(**figures)


class HeatMeter:
    """A real heat meter: a counter of heat, a reading of thermal power, or both.

    A system that defrosts takes heat from the rooms: a power below zero while it
    heats is a debt that the next heat pays, so that the count never falls.
    """

    def __init__(self, *, has_counter: bool, has_power: bool, most: float) -> None:
        """Start at nothing; `most` is the W of heat that the system may move."""
        self._meter = Meter(
            has_counter=has_counter, has_power=has_power, nameplate=most
        )
        self._most = most
        self._debt_power = PowerState()
        self._debt = 0.0
        self._seen = 0.0
        self._activity = Activity.OFF
        self._told: float | None = None
        self.watts: float | None = None
        self._has_counter = has_counter
        self.available = has_counter

    @property
    def refused(self) -> int:
        """How many readings were no heat that the system can move."""
        return self._meter.refused

    def read_power(self, at: float, watts: float | None) -> Delta | None:
        """Take a thermal power in W, None where its source turned unavailable.

        In cooling, meters give it a sign or not: either way it is removed heat.
        """
        self._told = watts
        if watts is not None and self._activity not in HEATING_ACTIVITIES:
            watts = abs(watts)
        if watts is not None and (
            not math.isfinite(watts) or abs(watts) > NAMEPLATE_MARGIN * self._most
        ):
            self._meter.refused += 1
            watts = None
        # A counter makes up for what was missed.
        self.watts, self.available = watts, watts is not None or self._has_counter
        if not self._meter.counts_power:
            return self._meter.read_power(at, watts)
        taken_back = None if watts is None else max(-watts, 0.0)
        self._debt_power, debt = sample_power(
            self._held_debt(), at, taken_back, self._most
        )
        self._debt += debt
        return self._pay(self._meter.read_power(at, watts))

    def read_counter(
        self, at: float, kwh: float | None, last_reset: float | None = None
    ) -> Delta | None:
        """Take a counter of heat in kWh, None where it turned unavailable."""
        return self._meter.read_counter(at, kwh, last_reset)

    def hear(self, at: float) -> None:
        """Take note that the device of the power's source is alive."""
        self._meter.hear(at)
        self._debt_power = self._debt_power._replace(heard=self._meter.power.heard)

    def advance(self, at: float) -> Delta | None:
        """Count the held power up to now."""
        self._debt_power, debt = advance_power(self._debt_power, at)
        self._debt += debt
        return self._pay(self._meter.advance(at))

    def see(self, at: float) -> None:
        """Take note that the source still shows what it told last: after a crash it counts."""
        self._meter.see(at)
        self._seen = at

    def close(self, at: float) -> Delta | None:
        """Count, before a stop, what a source on change still holds."""
        if not self._meter.counts_power:
            return None
        return self.read_power(at, self._told)

    def cover(self, at: float) -> Coverage:
        """Return up to when it counted, and what it missed since it was asked last."""
        return self._meter.cover(at)

    def change_activity(self, at: float, activity: Activity) -> Delta | None:
        """Take note of what the system does from now on."""
        before, self._activity = self._activity, activity
        delta = self._pay(self._meter.change_activity(at, activity))
        if (before in HEATING_ACTIVITIES) is not (activity in HEATING_ACTIVITIES) and (
            self._told is not None and self._told < 0
        ):
            # The same figure means another thing from now on.
            self.read_power(at, self._told)
        return delta

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        debt = self._held_debt()
        owed = held(debt, min(self._seen, debt.believed_until))
        return self._meter.as_dict() | {"debt": self._debt + owed}

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take up what was counted before; raises as `Meter.restore` does."""
        debt = float(data["debt"])
        self._meter.restore(data)
        self._debt = max(debt, 0.0) if math.isfinite(debt) else 0.0

    def set_clock(self, step: float) -> None:
        """Take note that the clock was set by some s: that time did not pass."""
        self._meter.set_clock(step)
        self._seen += step
        debt = self._debt_power
        self._debt_power = debt._replace(
            settled=debt.settled + step,
            reported=debt.reported + step,
            heard=debt.heard + step,
        )

    def forget_counter(self) -> None:
        """Begin anew with another counter."""
        self._meter.forget_counter()

    def forget_held(self) -> None:
        """Begin anew with another source of power: it knows nothing of the last's."""
        self._meter.forget_held()

    def _held_debt(self) -> PowerState:
        """Return the power of the debt: as regular as the heat of which it is a part."""
        return self._debt_power._replace(repeats=self._meter.power.repeats)

    def _pay(self, delta: Delta | None) -> Delta | None:
        """Pay what defrost took from what came since."""
        if delta is None or self._debt <= 0 or delta.kwh <= 0:
            return delta
        paid = min(self._debt, delta.kwh)
        self._debt -= paid
        left = (delta.kwh - paid) / delta.kwh
        return delta._replace(
            kwh=delta.kwh * left,
            heating_kwh=delta.heating_kwh * left,
            cooling_kwh=delta.cooling_kwh * left,
        )
