"""How well a system does: its sources of heat, and what comes of them in the core.

Everything is settled once a minute, from what was metered since.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from .clock import moment
from .config import SystemConfig
from .core.activity import COOLING_ACTIVITIES, Activity
from .core.calibration import Calibration, calibrate
from .core.family import TRAITS, Family
from .core.heat import HeatMeter
from .core.heat_account import Conditions, HeatAccount
from .core.performance import Performance
from .core.provenance import Provenance
from .core.savings import Assumptions, Comparison, Reference, compare
from .core.tally import Tally
from .issues import async_take_back, async_tell
from .outdoor import Outdoor
from .sources import (
    REGISTRY_IDS,
    CounterReader,
    Reader,
    finite,
    is_same_source,
    read_last_reset,
    read_power,
    registry_ids,
)
from .store import UNREADABLE

_LOGGER = logging.getLogger(__name__)

ISSUE_COP_DROPPED = "cop_dropped"

UNKNOWN_HEAT = 30_000.0
"""W of heat that a system may move whose capacity is not known (an assumption)."""


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
        self._meter: HeatMeter | None = None
        if config.heat_output or config.thermal_energy:
            rated = (config.ratings.heating_capacity, config.ratings.cooling_capacity)
            capacity = max((1300 * kw for kw in rated if kw), default=UNKNOWN_HEAT)
            self._meter = HeatMeter(
                has_counter=config.thermal_energy is not None,
                has_power=config.heat_output is not None,
                # Its resistance heats as well.
                most=max(capacity, model.nameplate_power),
            )
        self.heat = HeatAccount(
            model,
            self._meter,
            now=dt_util.utcnow().timestamp(),
            period=_month_start(),
            duct_loss=self.duct_loss,
            shows_power=config.heat_output is not None,
            is_power_estimated=config.power is None and config.energy is not None,
        )
        self._counter_reader = CounterReader()
        self._is_counter_read = False
        self._registry_ids: dict[str, str] = {}
        self._day = dt_util.now().date()
        self._publish: Callable[[], None] = lambda: None
        self._grid_co2: float | None = config.savings.grid_co2
        self._assumed = self.assumptions()
        self._set_calibration(Calibration())
        self.savings = self._saved()

    # What the entities tell

    @property
    def duct_loss(self) -> float:
        """The fraction that is lost in ducts: water that heats rooms has none unless told."""
        if self._model.hydronic and not self._config.duct_loss_given:
            return 0.0
        return self._config.duct_loss

    @property
    def season_start(self) -> datetime:
        """When the season started."""
        return moment(self.heat.season.since)

    @property
    def period_start(self) -> datetime:
        """When the period started that savings are told of."""
        return moment(self.heat.period.since)

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
    def readers(self, publish: Callable[[], None]) -> dict[str, Reader]:
        """Return the sources that are read here, and how.

        `publish` is called once the heat can be told that could not, or no more. It
        tells whole what a counter counted while it could not be read.
        """
        config = self._config
        self._publish = publish
        self._registry_ids = registry_ids(
            self._hass, config.heat_output, config.thermal_energy
        )
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
        if self._meter is None or self._config.heat_output is None:
            return {}
        return {self._config.heat_output: self._meter.hear}

    @callback
    def see(self, at: float) -> None:
        """Take note that a silent source of heat still shows what it told last."""
        if self._meter is not None:
            self._meter.see(at)

    @callback
    def change_activity(self, at: float, activity: Activity) -> None:
        """Take note of what the system does from now on."""
        if self._meter is not None:
            self.heat.count_heat(self._meter.change_activity(at, activity))

    @callback
    def set_clock(self, step: float) -> None:
        """Take note that the clock was set by some s: that time did not pass."""
        self.heat.pairing.set_clock(step)
        if self._meter is not None:
            self._meter.set_clock(step)

    @callback
    def close(self, at: float) -> None:
        """Count, before a stop, the heat that a source on change still holds."""
        if self._meter is not None:
            self.heat.count_heat(self._meter.close(at))

    @callback
    def update(
        self, at: float, now: Conditions, period_start: float | None = None
    ) -> None:
        """Settle what was metered since, and see how the system does now.

        `period_start` is when the billing period began, where there is one.
        """
        if self._meter is not None:
            self.heat.count_heat(self._meter.advance(at))
        self._begin_period(at, period_start)
        direction = self.heat.direction
        self.heat.settle(at, now)
        if self.heat.direction is not direction:
            self.provenance = self._trace()
        self.savings = self._saved()

    @callback
    def reset_season(self, at: float) -> None:
        """Begin a new season."""
        self.heat.season = Tally(at)

    def calibrate(self, true: float, estimated: float, at: float) -> Calibration:
        """Bring the estimate in line with a true figure; raises CalibrationError."""
        self._set_calibration(calibrate(self.calibration, true, estimated, at))
        return self.calibration

    def _set_calibration(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self.provenance = self._trace()
        if not self.provenance.energy:
            self.heat.factor = calibration.factor

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            **self.heat.as_dict(),
            "calibration": self.calibration.as_list(),
            "day": self._day.isoformat(),
            "heat_source": self._config.thermal_energy,
            "heat_output_source": self._config.heat_output,
            REGISTRY_IDS: self._registry_ids,
        }

    def restore(self, data: Mapping[str, Any] | None) -> None:
        """Take up what was counted before; what cannot be read begins anew."""
        if data is None:
            return
        config = self._config
        try:
            calibration = Calibration.from_list(data["calibration"])
            day = datetime.fromisoformat(data["day"]).date()
            self.heat.restore(
                data,
                is_same_counter=is_same_source(
                    self._hass, data, "heat_source", config.thermal_energy
                ),
                is_same_power=is_same_source(
                    self._hass, data, "heat_output_source", config.heat_output
                ),
            )
        except UNREADABLE as err:
            _LOGGER.error(
                "What the heat of %s was cannot be read and begins anew: %s",
                self._entry.title,
                err,
            )
            return
        self._day = day
        self._set_calibration(calibration)
        self._tell_drop()

    def diagnostics(self) -> dict[str, Any]:
        """Return what helps to understand the figures."""
        return {
            "outdoor_basis": self._outdoor.basis,
            "outdoor_temperature": self._outdoor.temperature,
            "heat_basis": self.provenance.heat_basis,
            "heat_output": self.heat.output,
            "refused_heat_readings": self._meter and self._meter.refused,
            "cop": self.heat.cop,
            "expected_cop": self.heat.expected_cop,
            "calibration": self.calibration.factor,
            "season": self.heat.season.as_dict(),
        }

    # Within

    def _saved(self) -> Comparison:
        return self.compare(
            self._config.savings.reference, self.heat.period, self._assumed
        )

    def _trace(self) -> Provenance:
        config, ratings = self._config, self._config.ratings
        has_power, is_rated = config.power is not None, self._model.cop_basis == "rated"
        is_cooling = self.heat.direction in COOLING_ACTIVITIES
        return Provenance(
            power=has_power,
            energy=has_power or config.energy is not None,
            heat=self._meter is not None,
            heat_output=config.heat_output is not None,
            is_calibrated=self.calibration.at is not None,
            is_rated=is_rated,
            is_cop_rated=ratings.eer2 is not None if is_cooling else is_rated,
            is_cooling=is_cooling,
            heats_tank=self._model.hydronic,
        )

    def _begin_period(self, at: float, start: float | None) -> None:
        if start is None:
            # With no price there is no bill: the calendar's month has to do.
            start = _month_start()
        if start != self.heat.period.since:
            self.heat.period = Tally(start)
        today = dt_util.as_local(dt_util.utc_from_timestamp(at)).date()
        if today != self._day:
            self._day = today
            self.heat.decline.close_day()
            self._tell_drop()

    @callback
    def _read_heat_output(self, at: float, state: State | None) -> None:
        assert self._meter is not None
        was_known = self._meter.watts is not None
        self.heat.count_heat(self._meter.read_power(at, read_power(state)))
        if was_known != (self._meter.watts is not None):
            # After a restart it is not left unavailable for the rest of the minute.
            self._publish()

    @callback
    def _read_thermal_energy(self, at: float, state: State | None) -> None:
        assert self._meter is not None
        try:
            kwh = self._counter_reader.read(state)
        except ValueError:
            return
        was_read, self._is_counter_read = self._is_counter_read, kwh is not None
        self.heat.count_heat(self._meter.read_counter(at, kwh, read_last_reset(state)))
        if self._is_counter_read and not was_read:
            # As of a counter of electricity: nothing is behind what was shown before.
            self._publish()

    @callback
    def _read_grid_co2(self, at: float, state: State | None) -> None:
        """Take the grid's factor over, in kg/kWh; an unknown one is none."""
        self._grid_co2 = _grid_co2(state)
        self._assumed = self.assumptions()

    def _tell_drop(self) -> None:
        """Tell of a drop of the COP that lasts, or that it is over."""
        if (drop := self.heat.decline.drop) is None:
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
    return dt_util.start_of_local_day().replace(day=1).timestamp()
