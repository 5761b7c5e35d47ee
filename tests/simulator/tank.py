"""A hot water tank, well mixed, with the draws of a household."""

from dataclasses import dataclass

_WATER_J_PER_L_K = 4186.0
_DAY_S = 86_400.0

# Start (h of the day), length (min), litres a minute: morning showers, kitchen, evening.
_DRAWS = (
    (6.5, 8.0, 8.0),
    (7.25, 8.0, 8.0),
    (12.5, 5.0, 4.0),
    (18.5, 10.0, 5.0),
    (21.0, 9.0, 8.0),
)


@dataclass(slots=True)
class Tank:
    """Hot water tank: temperatures in °C, `loss` in W/K to the room it stands in."""

    litres: float = 190.0
    temperature: float = 46.0
    loss: float = 2.2
    cold_water: float = 9.0
    draws: bool = True

    @property
    def capacity(self) -> float:
        """Return the tank's heat capacity in J/K."""
        return self.litres * _WATER_J_PER_L_K

    def step(self, dt: float, time_s: float, ambient: float, heat: float) -> float:
        """Advance by `dt` s with `heat` W put in; return the heat lost to the room in W."""
        lost = self.loss * (self.temperature - ambient)
        drawn = (
            self._draw(time_s) * _WATER_J_PER_L_K * (self.temperature - self.cold_water)
        )
        self.temperature += (heat - lost - drawn) * dt / self.capacity
        return lost

    def _draw(self, time_s: float) -> float:
        """Return the draw in litres a second."""
        if not self.draws:
            return 0.0
        hour = (time_s % _DAY_S) / 3600
        return sum(
            per_minute / 60
            for start, minutes, per_minute in _DRAWS
            if start <= hour < start + minutes / 60
        )
