"""How fast a room warms, cools and drifts: a resistance and a capacity, fitted.

dT/dt = loss * (outdoor - T) + gain + rate * work, in K/h. `loss` (1/h) is one
over the room's time constant, `gain` (K/h) what people, sun and appliances
give, `rate` (K/h) what the unit adds at full load. Stretches in which the unit
stood teach the first two, stretches in which it worked to catch up the last.
The fit starts from a room of ordinary make, and stays within what rooms are.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
import math
from typing import Any, Self

LOSS = 1 / 25
"""1/h of an ordinary room (a time constant of a day): an engineering assumption."""

LOSS_BOUNDS = (1 / 150, 1 / 3)
GAIN = 0.1
GAIN_BOUNDS = (-0.5, 2.5)
RATE = 2.0
"""K/h that an ordinary unit warms or cools its room by at full load (an assumption)."""

RATE_BOUNDS = (0.3, 12.0)

SIZED = 40.0
"""K from outdoors at which a unit is taken to hold its room until it was seen at full
load: units are chosen for the coldest day (an assumption). A room that loses much then
has a unit that gives much."""

LEARNS = 300.0
"""s between two looks that a room is learned from at the least: it has hours."""

STRETCH = 1200.0
"""s of a stretch that teaches: shorter, a sensor's resolution drowns the slope."""

CATCH_UP = 600.0
"""s of a stretch at full load that teaches: its slope is many times as steep."""

LONGEST = 3600.0
"""s after which a stretch ends, so that it is straight enough."""

AT_PART = {"heating": "partly heating", "cooling": "partly cooling"}
"""What a unit does that may work at less than full load."""

SETTLE = 600.0
"""s after the unit started or stopped in which the air is still mixing."""

CATCHING_UP = 1.5
"""K from its target at which a unit is taken to work at full load."""

MEMORY = 60.0
"""h of stretches that the fit leans on: it forgets the last season."""

PRIOR = 4.0
"""h that the ordinary room weighs in the fit."""

SURE = 0.5
"""h of full load that a room was seen at before its setpoint is walked, not jumped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in which the unit did one thing."""

    doing: str
    began: float
    temperature: float
    outdoor_sum: float = 0.0
    room_sum: float = 0.0
    seconds: float = 0.0
    at: float = 0.0
    last: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomModel:
    """What is known of a room. `hours` is how much taught it, by what was done."""

    loss: float = LOSS
    gain: float = GAIN
    heating: float = RATE
    cooling: float = RATE
    drift_hours: float = 0.0
    heating_hours: float = 0.0
    cooling_hours: float = 0.0
    sums: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    stretch: Stretch | None = None

    @property
    def is_learned(self) -> bool:
        """Whether enough was seen to lean on it."""
        return self.drift_hours >= PRIOR

    def is_sure(self, sign: int) -> bool:
        """Return whether it is known well enough to be walked, and left half-way."""
        return self.is_learned and self.hours(sign) >= SURE

    def rate(self, sign: int) -> float:
        """Return the K/h that the unit adds at full load; sign 1 heats, -1 cools."""
        return self.heating if sign > 0 else self.cooling

    def drift(self, sign: int, at: float, outdoor: float) -> float:
        """Return the K/h by which a room drifts while its unit stands.

        `at` is its °C times the sign, as is what is returned; `outdoor` is in °C.
        """
        return self.loss * (outdoor * sign - at) + self.gain * sign

    def hours(self, sign: int) -> float:
        """Return the h at full load that taught the rate."""
        return self.heating_hours if sign > 0 else self.cooling_hours

    def see(
        self,
        now: float,
        *,
        room: float | None,
        outdoor: float | None,
        doing: str | None,
        error: float | None = None,
    ) -> RoomModel:
        """Take note of the room.

        `doing` is `heating`, `cooling`, or `drift` while the unit stands; None
        while what it does says nothing of the room (an open window). `error`
        is the K that the unit still has to go.
        """
        if doing in AT_PART and (error is None or error < CATCHING_UP):
            doing = AT_PART[doing]
        if room is None or outdoor is None or doing is None:
            return _close(self)
        stretch = self.stretch
        if stretch is None or stretch.doing != doing:
            model = _close(self)
            return replace(
                model,
                stretch=Stretch(
                    doing=doing, began=now, temperature=room, at=now, last=room
                ),
            )
        dt = now - stretch.at
        if not 0 <= dt <= 1800:
            # A gap, or a clock that was set: what lies between is not known.
            return replace(self, stretch=None)
        settle = SETTLE if doing == "drift" else SETTLE / 2
        settling = now - stretch.began < settle and stretch.seconds == 0.0
        if settling:
            stretch = replace(stretch, at=now, temperature=room)
        else:
            stretch = replace(
                stretch,
                at=now,
                last=room,
                outdoor_sum=stretch.outdoor_sum + outdoor * dt,
                room_sum=stretch.room_sum + room * dt,
                seconds=stretch.seconds + dt,
            )
        model = replace(self, stretch=stretch)
        if stretch.seconds >= LONGEST:
            model = _close(model)
            return replace(
                model,
                # Already settled: the next one teaches from its beginning.
                stretch=Stretch(
                    doing=doing, began=now - SETTLE, temperature=room, at=now, last=room
                ),
            )
        return model

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart; the stretch under way is not."""
        data = asdict(self)
        del data["stretch"]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Take up what `as_dict` gave; raises ValueError, KeyError or TypeError."""
        n, sx, sxx, sy, sxy = (float(value) for value in data["sums"])
        figures = {
            name: float(data[name])
            for name in (
                "loss",
                "gain",
                "heating",
                "cooling",
                "drift_hours",
                "heating_hours",
                "cooling_hours",
            )
        }
        if not all(math.isfinite(f) for f in (*figures.values(), n, sx, sxx, sy, sxy)):
            raise ValueError(f"not a room: {data}")
        return cls(
            loss=figures["loss"],
            gain=figures["gain"],
            heating=figures["heating"],
            cooling=figures["cooling"],
            drift_hours=figures["drift_hours"],
            heating_hours=figures["heating_hours"],
            cooling_hours=figures["cooling_hours"],
            sums=(n, sx, sxx, sy, sxy),
        )


def _close(model: RoomModel) -> RoomModel:
    """Learn from a stretch that ended."""
    stretch = model.stretch
    model = model if stretch is None else replace(model, stretch=None)
    if stretch is None or stretch.seconds < (
        STRETCH if stretch.doing == "drift" else CATCH_UP
    ):
        return model
    hours = stretch.seconds / 3600
    slope = (stretch.last - stretch.temperature) / hours
    difference = (stretch.outdoor_sum - stretch.room_sum) / stretch.seconds
    if not math.isfinite(slope) or abs(slope) > RATE_BOUNDS[1]:
        return model
    if stretch.doing == "drift":
        return _learn_drift(model, difference, slope, hours)
    sign = 1 if stretch.doing in ("heating", AT_PART["heating"]) else -1
    seen = sign * (slope - model.loss * difference - model.gain)
    if stretch.doing not in AT_PART and (
        stretch.seconds < STRETCH or seen < model.rate(sign)
    ):
        # What a part of full load gives says only that full load gives no less.
        return model
    return _learn_rate(model, sign, _bounded(seen, RATE_BOUNDS), hours)


def _learn_drift(
    model: RoomModel, difference: float, slope: float, hours: float
) -> RoomModel:
    """Fit loss and gain by weighted least squares, with the ordinary room as a prior."""
    fade = math.exp(-hours / MEMORY)
    x, y = difference, slope
    added = (hours, hours * x, hours * x * x, hours * y, hours * x * y)
    sums = tuple(old * fade + new for old, new in zip(model.sums, added, strict=True))
    n, sx, sxx, sy, sxy = sums
    # The prior pulls towards the ordinary room as four hours at two
    # temperatures, 10 K apart, would.
    for at in (-10.0, -20.0):
        weight = PRIOR / 2
        expected = LOSS * at + GAIN
        n += weight
        sx += weight * at
        sxx += weight * at * at
        sy += weight * expected
        sxy += weight * at * expected
    determinant = n * sxx - sx * sx
    loss = _bounded((n * sxy - sx * sy) / determinant, LOSS_BOUNDS)
    gain = _bounded((sy - loss * sx) / n, GAIN_BOUNDS)
    rate = _bounded(max(RATE, SIZED * loss), RATE_BOUNDS)
    return replace(
        model,
        loss=loss,
        gain=gain,
        heating=model.heating if model.heating_hours else rate,
        cooling=model.cooling if model.cooling_hours else rate,
        sums=(sums[0], sums[1], sums[2], sums[3], sums[4]),
        drift_hours=min(model.drift_hours + hours, 1000.0),
    )


def _learn_rate(model: RoomModel, sign: int, seen: float, hours: float) -> RoomModel:
    share = hours / (min(model.hours(sign), 6) + hours + 0.5)
    if sign > 0:
        return replace(
            model,
            heating=model.heating + share * (seen - model.heating),
            heating_hours=model.heating_hours + hours,
        )
    return replace(
        model,
        cooling=model.cooling + share * (seen - model.cooling),
        cooling_hours=model.cooling_hours + hours,
    )


def _bounded(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
