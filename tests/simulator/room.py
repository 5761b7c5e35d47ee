"""A room as one thermal resistance and one capacity."""

from dataclasses import dataclass
import math


@dataclass(slots=True)
class Room:
    """Lumped room: C dT/dt = (T_outdoor - T) / R + gains + heat.

    `resistance` in K/W to the outdoors, `capacity` in J/K, `temperature` in °C, `gains` (people,
    appliances, sun) in W.
    """

    temperature: float = 19.0
    resistance: float = 1 / 70
    capacity: float = 3.0e6
    gains: float = 150.0

    def step(self, dt: float, outdoor: float, heat: float) -> None:
        """Advance by `dt` seconds with `heat` W put in (negative: taken out).

        The solution for constant inputs is exact, so that any step is stable and heat is
        conserved whatever the step.
        """
        settled = outdoor + self.resistance * (heat + self.gains)
        decay = math.exp(-dt / (self.resistance * self.capacity))
        self.temperature = settled + (self.temperature - settled) * decay

    def load(self, outdoor: float, indoor: float) -> float:
        """Return the heat in W that holds `indoor` °C (negative: cooling)."""
        return (indoor - outdoor) / self.resistance - self.gains
