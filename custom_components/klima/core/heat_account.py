"""The heat that a system moves, and its COP, from what was metered.

A heat meter is believed. With none, heat is what the performance model gives for the
electricity that was used, and is what comes out of the ducts. Times are epoch seconds,
energy is in kWh, power in W, temperatures are in °C.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .activity import COMPRESSOR_ACTIVITIES, COOLING_ACTIVITIES, Activity
from .carnot import carnot_cooling, carnot_heating
from .decline import Decline
from .energy import JOULES_PER_KWH, Delta, Source
from .estimate import Operation, indoor_of, load_of
from .heat import LEAST_ELECTRICITY, MOST_COP, Amounts, HeatMeter, Pending
from .metering import Coverage
from .operating import Point
from .pairing import Pairing, Piece
from .performance import NO_HEATING, Performance
from .tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a system does now, and where.

    `room` is the °C of what it heats or cools (the water's of a tank). `outdoor` has
    an answer always, `reported` only where somebody tells the °C outdoors. `ducted` is
    the share of what works that is no tank: a tank's heat has no ducts. `resistance` is
    whether that heats in place of the compressor. `electricity` says what is known of the
    electricity by now.
    """

    activity: Activity | None
    room: float | None
    outdoor: float | None
    reported: float | None
    power: float | None
    price: float | None
    electricity: Coverage
    ducted: float = 1.0
    resistance: bool = False


class HeatAccount:
    """The heat and the COP of one system: now, in a season, in a period, ever."""

    def __init__(
        self,
        model: Performance,
        meter: HeatMeter | None,
        *,
        now: float,
        period: float,
        duct_loss: float,
        shows_power: bool,
        is_power_estimated: bool = False,
    ) -> None:
        """Start at nothing, a season at `now` and a period at its beginning.

        `shows_power` is whether the heat meter tells the heat of this moment,
        `is_power_estimated` whether the power is no more than an estimate beside a
        counter that is read: no COP is made of such a power and of metered heat.
        """
        self._model = model
        self._meter = meter
        self._duct_loss = duct_loss
        self._shows_power = shows_power
        self._reads_cop = meter is not None and (is_power_estimated or not shows_power)
        self._began = now
        self.lifetime = Amounts()
        self.season = Tally(now)
        self.period = Tally(period)
        self.decline = Decline()
        self._pending = Pending()
        self.pairing = Pairing()
        self._metered_heat = Amounts()
        self._price: float | None = None
        self._counted_heat = 0.0
        self._counted_electricity = 0.0
        self._window = (0.0, 0.0)
        self._read_cop: float | None = None
        self._has_stepped = False
        self._seen_heat = 0.0
        self.direction = Activity.HEATING if model.heats else Activity.COOLING
        """What it did last, or else does."""
        self.factor = 1.0
        """By how much it is larger than its model: a calibrated estimate says so, and
        not that its COP is another."""
        self.output: float | None = None
        """W of heat that it moves now, below 0 in cooling; None where that is not known."""
        self.cop: float | None = None
        self.expected_cop: float | None = None
        indoor = indoor_of(self.direction, None)
        self._conditions: tuple[Activity, float | None, float, bool]
        self._conditions = (self.direction, None, indoor, False)
        self._in_them = model.at(self.direction, None, indoor)

    @property
    def seasonal_cop(self) -> float | None:
        """Heat over electricity since the season's start; None of one that only rested."""
        return self.season.amounts.cop or None

    # What comes in

    def count(self, delta: Delta) -> None:
        """Take electricity that was metered; it costs next to nothing."""
        if self._meter is None:
            self._pending.count(delta)
            return
        amounts = Amounts(
            electricity=delta.kwh,
            electricity_heating=delta.heating_kwh,
            electricity_cooling=delta.cooling_kwh,
        )
        if delta.source is Source.POWER and delta.end <= self._began:
            # A power held it at a crash: it is none of what the counters tell now.
            self.lifetime += amounts
        else:
            self._pending.count(delta)
        self.pairing.count_electricity(
            Piece(delta.start, delta.end, amounts, self._price)
        )

    def count_heat(self, delta: Delta | None) -> None:
        """Take heat that was metered."""
        if delta is not None:
            heat = self._by_direction(delta)
            self._counted_heat += delta.kwh
            self._metered_heat += heat
            self.pairing.count_heat(Piece(delta.start, delta.end, heat))

    def _by_direction(self, delta: Delta) -> Amounts:
        """Return metered heat by what it was moved for."""
        heating, cooling = delta.heating_kwh, delta.cooling_kwh
        if (rest := delta.kwh - heating - cooling) > 0:
            # A meter that lags counts a little after the compressor stopped.
            if self.direction in COOLING_ACTIVITIES:
                cooling += rest
            else:
                heating += rest
        return Amounts(heating=heating, cooling=cooling)

    # Once a minute

    def settle(self, at: float, now: Conditions) -> None:
        """Reckon the heat of what was metered since, and see how the system does now."""
        used = self._pending.take()
        self._price = now.price
        if now.activity is not None and now.activity in COMPRESSOR_ACTIVITIES:
            self.direction = now.activity
        self._counted_electricity += used.electricity
        if self._meter is not None:
            heat, self._metered_heat = self._metered_heat, Amounts()
            self.lifetime += heat + used.amounts()
            for piece in self.pairing.release(
                at, now.electricity, self._meter.cover(at)
            ):
                self._count_paired(piece)
        else:
            amounts = used.amounts(
                self._reckon(used.heating, used.heating_seconds, Activity.HEATING, now),
                self._reckon(used.cooling, used.cooling_seconds, Activity.COOLING, now),
            )
            self.lifetime += amounts
            self.season.count(amounts, now.price)
            self.period.count(amounts, now.price)
        self._see_counters()
        self._see(now)

    def _count_paired(self, piece: Piece) -> None:
        """Count what both meters know of, in the season and the period it was of."""
        amounts = piece.amounts
        for tally in (self.season, self.period):
            if piece.end > tally.since:
                tally.count(amounts, piece.price)
        if self.expected_cop is not None:
            self.decline.count(
                amounts.electricity_heating + amounts.electricity_cooling,
                amounts.heat,
                self.expected_cop,
            )

    def _reckon(
        self, kwh: float, seconds: float, activity: Activity, now: Conditions
    ) -> float:
        """Return the kWh of heat that the model gives for electricity."""
        if kwh <= 0 or seconds <= 0:
            return 0.0
        watts = kwh * JOULES_PER_KWH / seconds
        heat = self._point(activity, now).heat_of(watts / self.factor)
        delivered = heat * self.factor * self._delivery(now)
        return delivered * seconds / JOULES_PER_KWH

    def _see_counters(self) -> None:
        """Take the COP from two counters once both moved enough.

        That of heat may count in steps of kWh (0.01 GJ are 2.8): from step to step it is
        known. How much of the first since the system rested is of before, is not.
        """
        steps, self._seen_heat = (
            self._counted_heat > self._seen_heat,
            self._counted_heat,
        )
        heat, electricity = self._window
        heat = self._counted_heat - heat
        electricity = self._counted_electricity - electricity
        if steps and heat > LEAST_ELECTRICITY and electricity > LEAST_ELECTRICITY:
            if self._has_stepped:
                self._read_cop = heat / electricity
            self._has_stepped = True
            self._window = (self._counted_heat, self._counted_electricity)

    def _see(self, now: Conditions) -> None:
        """See how the system does now."""
        activity = now.activity
        self.output = self._output_now(now)
        self.expected_cop = self._expected(now)
        self.cop = None
        if activity is None or activity not in COMPRESSOR_ACTIVITIES:
            self._read_cop = None
            self._has_stepped = False
            self._window = (self._counted_heat, self._counted_electricity)
            return
        if self._reads_cop:
            cop = self._read_cop
        elif (moved := self._moved(activity)) is None or not now.power:
            return
        else:
            cop = moved / now.power
        if cop is not None and self._is_plausible(cop, activity, now):
            self.cop = cop

    def _output_now(self, now: Conditions) -> float | None:
        activity = now.activity
        if self._meter is not None and self._shows_power:
            watts = self._meter.watts
            if watts is not None and activity in COOLING_ACTIVITIES:
                return -abs(watts)
            return watts
        if activity is None or now.power is None:
            return None
        if activity not in COMPRESSOR_ACTIVITIES:
            return 0.0
        point = self._point(activity, now)
        heat = self.factor * point.heat_of(now.power / self.factor)
        heat *= 1 - self._duct_loss * now.ducted
        return -heat if activity in COOLING_ACTIVITIES else heat

    def _moved(self, activity: Activity) -> float | None:
        """Return the W that it moves the way that it is meant to: in defrost none."""
        if self.output is None:
            return None
        return -self.output if activity in COOLING_ACTIVITIES else self.output

    def _is_plausible(self, cop: float, activity: Activity, now: Conditions) -> bool:
        """Return whether physics allows a COP; a meter that slipped shows none."""
        limit = MOST_COP
        if self._model.typical.source is None and now.reported is not None:
            indoor = indoor_of(activity, now.room)
            limit = min(
                limit,
                carnot_cooling(now.reported, indoor)
                if activity in COOLING_ACTIVITIES
                else carnot_heating(now.reported, indoor),
            )
        return 0 < cop <= limit

    def _expected(self, now: Conditions) -> float | None:
        """Return the COP that the model expects in these conditions."""
        activity = now.activity
        if activity is None or activity not in COMPRESSOR_ACTIVITIES:
            activity = self._likely(now.outdoor)
        point = self._point(activity, now)
        capacity = point.capacity
        if capacity <= 0:
            return None
        moved = self._moved(activity) or 0.0
        if now.activity in COMPRESSOR_ACTIVITIES and moved > 0:
            # Of what it can do: it may be larger than its model.
            full = self._delivery(now) * self.factor * capacity
            load = min(moved / full, 1.0)
        else:
            load = load_of(
                self._model, Operation(activity=activity, outdoor=now.outdoor)
            )
        return (
            self._delivery(now) * load * capacity / (point.power(load) + point.standby)
        )

    def _likely(self, outdoor: float | None) -> Activity:
        """Return what the system most likely does next."""
        if not self._model.heats:
            return Activity.COOLING
        if self._model.cools and outdoor is not None and outdoor > NO_HEATING:
            return Activity.COOLING
        return Activity.HEATING

    def _delivery(self, now: Conditions) -> float:
        """Return the share of the model's heat that comes out of the ducts."""
        if self._meter is not None:
            return 1.0
        return 1 - self._duct_loss * now.ducted

    def _point(self, activity: Activity, now: Conditions) -> Point:
        """Return what the model knows of these conditions: most minutes the same."""
        # A tank's heat is of its own room, if that is told.
        source = now.outdoor if self._model.typical.source is None else now.reported
        conditions = (activity, source, indoor_of(activity, now.room), now.resistance)
        if conditions != self._conditions:
            self._conditions = conditions
            self._in_them = self._model.at(*conditions[:3], resistance=now.resistance)
        return self._in_them

    # Kept

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "lifetime": self.lifetime.as_dict(),
            "season": self.season.as_dict(),
            "period": self.period.as_dict(),
            "decline": self.decline.as_dict(),
            "heat": self._meter and self._meter.as_dict(),
            "direction": self.direction.value,
            # A counter that was read does not tell it again.
            "unsettled": [self._pending.as_dict(), self._metered_heat.as_dict()],
            "pairing": self._meter and self.pairing.as_dict(),
        }

    def restore(
        self, data: Mapping[str, Any], *, is_same_counter: bool, is_same_power: bool
    ) -> None:
        """Take up what `as_dict` gave, all of it or nothing.

        `is_same_counter` and `is_same_power`: whether the heat meter has the sources
        that it had. Raises ValueError, KeyError, TypeError or AttributeError for what
        cannot be read.
        """
        try:
            lifetime = Amounts.from_dict(data["lifetime"])
            season = Tally.from_dict(data["season"])
            period = Tally.from_dict(data["period"])
            decline = Decline.from_dict(data["decline"])
            # The first versions kept neither, and not what waited for the other meter.
            direction = Activity(data.get("direction", self.direction))
            pending, metered_heat = self._pending, self._metered_heat
            if (unsettled := data.get("unsettled")) is not None:
                pending = Pending.from_dict(unsettled[0])
                metered_heat = Amounts.from_dict(unsettled[1])
            if self._meter is not None:
                pairing = data.get("pairing")
                if pairing is None or not (is_same_counter and is_same_power):
                    self.pairing.begin(self._began)
                else:
                    self.pairing.restore(pairing)
                if data["heat"] is not None:
                    self._meter.restore(data["heat"])
                    if not is_same_counter:
                        self._meter.forget_counter()
                    if not is_same_power:
                        self._meter.forget_held()
        except Exception:
            self.pairing = Pairing()
            self.pairing.begin(self._began)
            raise
        self.lifetime, self.season, self.period = lifetime, season, period
        self.decline, self.direction = decline, direction
        self._pending, self._metered_heat = pending, metered_heat
