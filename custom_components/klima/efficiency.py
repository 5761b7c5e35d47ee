"""How well a system does: the heat that it moves, its COP, what it saves.

A real heat meter, or the unit's own reading of its output, is believed; with
none, heat is reckoned by the performance model from the electricity that was
used, and is what comes out of the ducts. Everything is settled once a minute,
from what was metered since.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from .clock import moment
from .config import SystemConfig
from .core.activity import COMPRESSOR_ACTIVITIES, COOLING_ACTIVITIES, Activity
from .core.calibration import Calibration, calibrate
from .core.decline import Decline
from .core.estimate import Operation, indoor_of, load_of
from .core.family import TRAITS, Family
from .core.heat import LEAST_ELECTRICITY, MOST_COP, Amounts, HeatMeter, Pending
from .core.metering import JOULES_PER_KWH, Coverage, Delta, Source, stored_figure
from .core.pairing import Pairing, Piece
from .core.performance import NO_HEATING, Performance
from .core.provenance import Provenance
from .core.ratings import carnot_cooling, carnot_heating
from .core.savings import Assumptions, Comparison, Reference, compare
from .issues import async_take_back, async_tell
from .outdoor import Outdoor
from .sources import CounterReader, Reader, finite, read_last_reset, read_power
from .store import UNREADABLE

_LOGGER = logging.getLogger(__name__)

ISSUE_COP_DROPPED = "cop_dropped"

UNKNOWN_HEAT = 30_000.0
"""W of heat that a system may move whose capacity is not known (an assumption)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a system does now. `room` is in °C (the water's of a tank), `power` in W.

    `ducted` is the share of what works that is no tank: a tank's heat has no ducts.
    `period_start` is when the billing period began (epoch s), where there is one,
    `electricity` what is known of the electricity by now.
    """

    activity: Activity | None
    room: float | None
    power: float | None
    price: float | None
    electricity: Coverage
    period_start: float | None = None
    ducted: float = 1.0


@dataclass(slots=True)
class Tally:
    """Heat and electricity tallied since a time, and what that electricity cost."""

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
    def from_dict(cls, data: Mapping[str, Any]) -> Tally:
        """Read a tally back; raises ValueError, KeyError or TypeError for others."""
        cost, unpriced = data["cost"], data["unpriced"]
        return cls(
            stored_figure(data["since"]),
            Amounts.from_dict(data["amounts"]),
            *map(stored_figure, (cost[0], cost[1], unpriced[0], unpriced[1])),
        )


def _calibration(factor: Any, at: Any) -> Calibration:
    """Return a stored calibration; raises ValueError or TypeError for what is none."""
    if (figure := stored_figure(factor)) <= 0:
        raise ValueError(f"not a factor: {factor}")
    return Calibration(figure, None if at is None else stored_figure(at))


class Efficiency:
    """The heat and the COP of one system."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        config: SystemConfig,
        model: Performance,
        outdoor: Outdoor,
    ) -> None:
        """Start at nothing; `restore` takes up what was counted before."""
        self._hass = hass
        self._entry = entry
        self._config = config
        self._model = model
        self._outdoor = outdoor
        now = dt_util.utcnow().timestamp()
        self._began = now
        self.lifetime = Amounts()
        self.season = Tally(now)
        self.period = Tally(_month_start())
        self.calibration = Calibration()
        self._decline = Decline()
        self._pending = Pending()
        self._pairing = Pairing()
        self._metered_heat = Amounts()
        self._price: float | None = None
        self._direction = Activity.HEATING if model.heats else Activity.COOLING
        self._counted_heat = 0.0
        self._counted_electricity = 0.0
        self._day = dt_util.now().date()
        self._grid_co2: float | None = config.savings.grid_co2
        self._assumed = self.assumptions()
        self._counter_reader = CounterReader()
        self._heat: HeatMeter | None = None
        if config.heat_output or config.thermal_energy:
            rated = (config.ratings.heating_capacity, config.ratings.cooling_capacity)
            capacity = max((1300 * kw for kw in rated if kw), default=UNKNOWN_HEAT)
            self._heat = HeatMeter(
                has_counter=config.thermal_energy is not None,
                has_power=config.heat_output is not None,
                most=capacity,
            )
        self.heat_output: float | None = None
        self.cop: float | None = None
        self.expected_cop: float | None = None
        self._read_cop: float | None = None
        self._window = (0.0, 0.0)
        self.savings = self._saved()
        self.provenance = self._trace()

    # What the entities tell

    @property
    def duct_loss(self) -> float:
        """The fraction that is lost in ducts: water that heats rooms has none unless told."""
        if self._model.hydronic and not self._config.duct_loss_given:
            return 0.0
        return self._config.duct_loss

    @property
    def outdoor_basis(self) -> str:
        """Where the temperature outdoors comes from."""
        return self._outdoor.basis.value

    @property
    def thermal_energy(self) -> float:
        """Lifetime heat in kWh: delivered, or removed in cooling."""
        return self.lifetime.heat

    @property
    def seasonal_cop(self) -> float | None:
        """Heat over electricity since the season's start."""
        return self.season.amounts.cop

    @property
    def season_start(self) -> datetime:
        """When the season started."""
        return moment(self.season.since)

    @property
    def period_start(self) -> datetime:
        """When the period started that savings are told of."""
        return moment(self.period.since)

    @property
    def heat_available(self) -> bool:
        """Whether the heat can be told now."""
        return self.heat_output is not None

    def assumptions(
        self, fuel_of: Reference | None = None, **given: float | None
    ) -> Assumptions:
        """Return what savings rest on; figures that are given come first.

        The price and the furnace that the user chose are those of one fuel: they
        say nothing of another (`fuel_of`).
        """
        chosen = self._config.savings
        is_chosen = fuel_of in (None, chosen.reference)
        figures = {
            "fuel_price": chosen.fuel_price if is_chosen else None,
            "afue": chosen.afue if is_chosen else None,
            "grid_co2": self._grid_co2,
        }
        figures.update(
            {key: value for key, value in given.items() if value is not None}
        )
        own = self.duct_loss
        return Assumptions(
            duct_loss=max(own, TRAITS[Family.DUCTED_AIR_SOURCE].duct_loss),
            own_duct_loss=own,
            **figures,
        )

    def compare(
        self,
        reference: Reference,
        tally: Tally,
        assumed: Assumptions | None = None,
    ) -> Comparison:
        """Compare what was counted with a reference."""
        return compare(
            reference,
            tally.amounts,
            tally.cost(reference),
            assumed or self.assumptions(),
        )

    # What comes in

    @callback
    def readers(self) -> dict[str, Reader]:
        """Return the sources that are read here, and how."""
        config = self._config
        readers: dict[str, Reader] = {}
        if config.heat_output:
            readers[config.heat_output] = self._read_heat_output
        if config.thermal_energy:
            readers[config.thermal_energy] = self._read_thermal_energy
        if config.grid_co2_entity:
            readers[config.grid_co2_entity] = self._read_grid_co2
        return readers

    @callback
    def hearers(self) -> dict[str, Callable[[float], None]]:
        """Return the sources that may be silent while their device speaks."""
        if self._heat is None or self._config.heat_output is None:
            return {}
        return {self._config.heat_output: self._heat.hear}

    @callback
    def count(self, delta: Delta) -> None:
        """Take electricity that was metered; it costs next to nothing."""
        if self._heat is None:
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
        self._pairing.count_electricity(
            Piece(delta.start, delta.end, amounts, self._price)
        )

    @callback
    def see(self, at: float) -> None:
        """Take note that a silent source of heat still shows what it told last."""
        if self._heat is not None:
            self._heat.see(at)

    @callback
    def change_activity(self, at: float, activity: Activity) -> None:
        """Take note of what the system does from now on."""
        if self._heat is not None:
            self._take_heat(self._heat.change_activity(at, activity))

    @callback
    def set_clock(self, step: float) -> None:
        """Take note that the clock was set by some s: that time did not pass."""
        self._pairing.set_clock(step)
        if self._heat is not None:
            self._heat.set_clock(step)

    @callback
    def close(self, at: float) -> None:
        """Count, before a stop, the heat that a source on change still holds."""
        if self._heat is not None:
            self._take_heat(self._heat.close(at))

    def calibrated(self, watts: float) -> float:
        """Return an estimated power as calibrated."""
        return watts * self.calibration.factor

    @callback
    def update(self, at: float, now: Conditions) -> None:
        """Settle what was metered since, and see how the system does now."""
        if self._heat is not None:
            self._take_heat(self._heat.advance(at))
        self._outdoor.update(at)
        self._begin_period(at, now.period_start)
        self._settle(at, now)
        self._see(now)
        self.savings = self._saved()

    @callback
    def reset_season(self, at: float) -> None:
        """Begin a new season."""
        self.season = Tally(at)

    def calibrate(self, true: float, estimated: float, at: float) -> Calibration:
        """Bring the estimate in line with a true figure; raises CalibrationError."""
        self.calibration = calibrate(self.calibration, true, estimated, at)
        self.provenance = self._trace()
        return self.calibration

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "lifetime": self.lifetime.as_dict(),
            "season": self.season.as_dict(),
            "period": self.period.as_dict(),
            "calibration": [self.calibration.factor, self.calibration.at],
            "decline": self._decline.as_dict(),
            "day": self._day.isoformat(),
            "heat": self._heat and self._heat.as_dict(),
            "heat_source": self._config.thermal_energy,
            "heat_output_source": self._config.heat_output,
            "direction": self._direction.value,
            # A counter that was read does not tell it again.
            "unsettled": [self._pending.as_dict(), self._metered_heat.as_dict()],
            "pairing": self._heat and self._pairing.as_dict(),
        }

    def restore(self, data: Mapping[str, Any] | None) -> None:
        """Take up what was counted before; what cannot be read begins anew."""
        if data is None:
            return
        try:
            lifetime = Amounts.from_dict(data["lifetime"])
            season = Tally.from_dict(data["season"])
            period = Tally.from_dict(data["period"])
            calibration = _calibration(*data["calibration"])
            decline = Decline.from_dict(data["decline"])
            day = datetime.fromisoformat(data["day"]).date()
            # The first versions kept neither, and not what waited for the other meter.
            direction = Activity(data.get("direction", self._direction))
            pending, metered_heat = self._pending, self._metered_heat
            if (unsettled := data.get("unsettled")) is not None:
                pending = Pending.from_dict(unsettled[0])
                metered_heat = Amounts.from_dict(unsettled[1])
            if self._heat is not None:
                self._restore_heat(self._heat, data)
        except UNREADABLE as err:
            _LOGGER.error(
                "What the heat of %s was cannot be read and begins anew: %s",
                self._entry.title,
                err,
            )
            self._pairing = Pairing()
            self._pairing.begin(self._began)
            return
        self.lifetime, self.season, self.period = lifetime, season, period
        self.calibration = calibration
        self._decline, self._day = decline, day
        self._direction = direction
        self._pending, self._metered_heat = pending, metered_heat
        self.provenance = self._trace()
        self._tell_drop()

    def _restore_heat(self, heat: HeatMeter, data: Mapping[str, Any]) -> None:
        """Take up what the heat meter counted, and what waits for the other meter."""
        is_same_counter = data["heat_source"] == self._config.thermal_energy
        is_same_power = data.get("heat_output_source") == self._config.heat_output
        pairing = data.get("pairing")
        if pairing is None or not (is_same_counter and is_same_power):
            self._pairing.begin(self._began)
        else:
            self._pairing.restore(pairing)
        if data["heat"] is None:
            return
        heat.restore(data["heat"])
        if not is_same_counter:
            heat.forget_counter()
        if not is_same_power:
            heat.forget_held()

    def diagnostics(self) -> dict[str, Any]:
        """Return what helps to understand the figures."""
        return {
            "outdoor_basis": self._outdoor.basis,
            "outdoor_temperature": self._outdoor.temperature,
            "heat_basis": self.provenance.heat_basis,
            "heat_output": self.heat_output,
            "refused_heat_readings": self._heat and self._heat.refused,
            "cop": self.cop,
            "expected_cop": self.expected_cop,
            "calibration": self.calibration.factor,
            "season": self.season.as_dict(),
        }

    # Within

    def _saved(self) -> Comparison:
        """Return what was saved in the period against the reference that was chosen."""
        return self.compare(self._config.savings.reference, self.period, self._assumed)

    def _trace(self) -> Provenance:
        """Return where the figures are from now."""
        config, ratings = self._config, self._config.ratings
        has_power, is_rated = config.power is not None, self._model.cop_basis == "rated"
        is_cooling = self._direction in COOLING_ACTIVITIES
        return Provenance(
            power=has_power,
            energy=has_power or config.energy is not None,
            heat=self._heat is not None,
            heat_output=config.heat_output is not None,
            is_calibrated=self.calibration.at is not None,
            is_rated=is_rated,
            is_cop_rated=ratings.eer2 is not None if is_cooling else is_rated,
            is_cooling=is_cooling,
            heats_tank=self._model.hydronic,
        )

    def _delivery(self, now: Conditions) -> float:
        """Return the share of the model's heat that comes out of the ducts."""
        if self._heat is not None:
            return 1.0
        return 1 - self.duct_loss * now.ducted

    def _begin_period(self, at: float, start: float | None) -> None:
        """Begin what a new billing period and a new day begin."""
        if start is None:
            # With no price there is no bill: the calendar's month has to do.
            start = _month_start()
        if start != self.period.since:
            self.period = Tally(start)
        today = dt_util.as_local(dt_util.utc_from_timestamp(at)).date()
        if today != self._day:
            self._day = today
            self._decline.close_day()
            self._tell_drop()

    @callback
    def _read_heat_output(self, at: float, state: State | None) -> None:
        assert self._heat is not None
        self._take_heat(self._heat.read_power(at, read_power(state)))

    @callback
    def _read_thermal_energy(self, at: float, state: State | None) -> None:
        assert self._heat is not None
        try:
            kwh = self._counter_reader.read(state)
        except ValueError:
            return
        self._take_heat(self._heat.read_counter(at, kwh, read_last_reset(state)))

    @callback
    def _read_grid_co2(self, at: float, state: State | None) -> None:
        """Take the grid's factor over, in kg/kWh; an unknown one is none."""
        self._grid_co2 = _grid_co2(state)
        self._assumed = self.assumptions()

    def _take_heat(self, delta: Delta | None) -> None:
        """Take heat that was metered."""
        if delta is not None:
            heat = self._by_direction(delta)
            self._counted_heat += delta.kwh
            self._metered_heat += heat
            self._pairing.count_heat(Piece(delta.start, delta.end, heat))

    def _by_direction(self, delta: Delta) -> Amounts:
        """Return metered heat by what it was moved for."""
        heating, cooling = delta.heating_kwh, delta.cooling_kwh
        if (rest := delta.kwh - heating - cooling) > 0:
            # A meter that lags counts a little after the compressor stopped.
            if self._direction in COOLING_ACTIVITIES:
                cooling += rest
            else:
                heating += rest
        return Amounts(heating=heating, cooling=cooling)

    def _settle(self, at: float, now: Conditions) -> None:
        """Reckon the heat of what was metered since the last time."""
        used = self._pending.take()
        self._price = now.price
        if now.activity in COMPRESSOR_ACTIVITIES and now.activity != self._direction:
            self._direction = now.activity
            self.provenance = self._trace()
        self._counted_electricity += used.electricity
        if self._heat is not None:
            heat, self._metered_heat = self._metered_heat, Amounts()
            self.lifetime += heat + used.amounts()
            for piece in self._pairing.release(
                at, now.electricity, self._heat.cover(at)
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

    def _count_paired(self, piece: Piece) -> None:
        """Count what both meters know of, in the season and the period it was of."""
        amounts = piece.amounts
        for tally in (self.season, self.period):
            if piece.end > tally.since:
                tally.count(amounts, piece.price)
        if self.expected_cop is not None:
            self._decline.count(
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
        heat = self._model.heat_of(
            watts / self._factor,
            activity,
            self._source_temperature,
            indoor_of(activity, now.room),
        )
        delivered = heat * self._factor * self._delivery(now)
        return delivered * seconds / JOULES_PER_KWH

    @property
    def _factor(self) -> float:
        """Return by how much a calibration lies above the model.

        A calibrated estimate says that the system is larger or smaller than the
        model takes it for, and not that its COP is another.
        """
        return 1.0 if self.provenance.energy else self.calibration.factor

    @property
    def _source_temperature(self) -> float | None:
        """The °C that the model reckons with; a tank's own room if it is told."""
        if self._model.typical.source is not None:
            return self._outdoor.reported
        return self._outdoor.temperature

    def _see_counters(self) -> None:
        """Take the COP from two counters once both moved enough."""
        heat, electricity = self._window
        heat = self._counted_heat - heat
        electricity = self._counted_electricity - electricity
        if heat > LEAST_ELECTRICITY and electricity > LEAST_ELECTRICITY:
            self._read_cop = heat / electricity
            self._window = (self._counted_heat, self._counted_electricity)

    def _see(self, now: Conditions) -> None:
        """See how the system does now."""
        activity = now.activity
        running = activity in COMPRESSOR_ACTIVITIES
        self.heat_output = self._heat_now(now)
        self.expected_cop = self._expected(now)
        self.cop = None
        if not running or activity is None:
            self._read_cop = None
            self._window = (self._counted_heat, self._counted_electricity)
            return
        if self._heat is not None and not self._config.heat_output:
            cop = self._read_cop
        elif self.heat_output is None or not now.power:
            return
        else:
            cop = abs(self.heat_output) / now.power
        if cop is not None and self._is_plausible(cop, activity, now):
            self.cop = cop

    def _heat_now(self, now: Conditions) -> float | None:
        activity = now.activity
        if self._heat is not None and self._config.heat_output:
            watts = self._heat.watts
            if watts is not None and activity in COOLING_ACTIVITIES:
                return -abs(watts)
            return watts
        if activity is None or now.power is None:
            return None
        if activity not in COMPRESSOR_ACTIVITIES:
            return 0.0
        heat = self._factor * self._model.heat_of(
            now.power / self._factor,
            activity,
            self._source_temperature,
            indoor_of(activity, now.room),
        )
        heat *= 1 - self.duct_loss * now.ducted
        return -heat if activity in COOLING_ACTIVITIES else heat

    def _is_plausible(self, cop: float, activity: Activity, now: Conditions) -> bool:
        """Return whether physics allows a COP; a meter that slipped shows none."""
        limit = MOST_COP
        outdoor = self._outdoor.reported
        if self._model.typical.source is None and outdoor is not None:
            indoor = indoor_of(activity, now.room)
            limit = min(
                limit,
                carnot_cooling(outdoor, indoor)
                if activity in COOLING_ACTIVITIES
                else carnot_heating(outdoor, indoor),
            )
        return 0 < cop <= limit

    def _expected(self, now: Conditions) -> float | None:
        """Return the COP that the model expects in these conditions."""
        outdoor = self._source_temperature
        activity = now.activity
        if activity is None or activity not in COMPRESSOR_ACTIVITIES:
            activity = self._likely(self._outdoor.temperature)
        indoor = indoor_of(activity, now.room)
        capacity = self._model.capacity(activity, outdoor)
        if capacity <= 0:
            return None
        if now.activity in COMPRESSOR_ACTIVITIES and self.heat_output:
            load = min(abs(self.heat_output) / self._delivery(now) / capacity, 1.0)
        else:
            load = load_of(
                self._model,
                Operation(activity=activity, outdoor=self._outdoor.temperature),
            )
        heat = load * capacity
        watts = self._model.power(activity, outdoor, indoor, load)
        return self._delivery(now) * heat / (watts + self._model.typical.standby)

    def _likely(self, outdoor: float | None) -> Activity:
        """Return what the system most likely does next."""
        if not self._model.heats:
            return Activity.COOLING
        if self._model.cools and outdoor is not None and outdoor > NO_HEATING:
            return Activity.COOLING
        return Activity.HEATING

    def _tell_drop(self) -> None:
        """Tell of a drop of the COP that lasts, or that it is over."""
        if (drop := self._decline.drop) is None:
            async_take_back(self._hass, self._entry, ISSUE_COP_DROPPED)
            return
        async_tell(
            self._hass,
            self._entry,
            ISSUE_COP_DROPPED,
            cop=f"{drop.cop:.1f}",
            expected=f"{drop.expected:.1f}",
            percent=f"{100 * drop.share:.0f}",
        )


def _grid_co2(state: State | None) -> float | None:
    """Return a grid's factor in kg/kWh, None where it is not known."""
    if state is None or (value := finite(state.state)) is None or value < 0:
        return None
    unit = str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, "")).lower()
    return value if unit.startswith("kg") else value / 1000


def _month_start() -> float:
    """Return when the month began in the home's time zone."""
    return dt_util.start_of_local_day().replace(day=1).timestamp()
