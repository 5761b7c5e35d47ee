"""The runtime of one system: it reads the sources, meters, and tells its entities."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
    async_track_time_interval,
)
from homeassistant.util import dt as dt_util

from .billing import Billing
from .clock import ClockWatch, moment
from .config import SystemConfig
from .const import DOMAIN, SUBENTRY_ZONE
from .controller import SystemControl
from .core.account import Account
from .core.calibration import Calibration
from .core.energy import Delta
from .core.estimate import element_of, estimate
from .core.heat_account import Conditions
from .core.metering import Meter
from .core.performance import performance
from .core.provenance import basis
from .core.rebates import Programme
from .counted import Counted
from .device_watch import async_hear_devices
from .efficiency import Efficiency
from .equipment import heat_pump_attributes
from .operations import Operations
from .outdoor import Outdoor
from .plan import Plan
from .pricing import PriceReader, PriceSource
from .projector import Projector
from .same_meter import async_look_at_meters
from .sources import (
    NO_READING,
    REGISTRY_IDS,
    CounterReader,
    Reader,
    is_same_source,
    read_last_reset,
    read_power,
    registry_ids,
    told_at,
)
from .zone import Zone

type KlimaConfigEntry = ConfigEntry[System]

_IMPORT = {"rate": "import"}
_EXPORT = {"rate": "export"}
"""Attributes of a price: what it is the price of."""

PUBLISH_INTERVAL = timedelta(minutes=1)
"""Statistics are made of five-minute samples: oftener than this adds nothing."""

LONGEST_AGAIN = 2 * 3600.0
"""s by which the clock may be set back over midnight with the day going on."""


class System:
    """One heat pump or air conditioner as equipment."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        config: SystemConfig,
        price_source: PriceSource | None,
        plan: Plan | None = None,
    ) -> None:
        """Set up the zones and the meter; `async_start` begins to read."""
        self._hass = hass
        self._entry = entry
        self.config = config
        self.price_source = price_source
        self.zones = {
            subentry.subentry_id: Zone(hass, entry, subentry)
            for subentry in entry.get_subentries_of_type(SUBENTRY_ZONE)
        }
        self.plan = plan
        self.performance = performance(
            config.family,
            config.ratings,
            heats_tank=any(zone.heats_water for zone in self.zones.values()),
            units=len(self.zones),
        )
        self.outdoor = Outdoor(
            hass, config.outdoor_temperature, indoors=config.stands_indoors
        )
        self.efficiency = Efficiency(
            hass, entry, config, self.performance, self.outdoor
        )
        self._meter = Meter(
            has_counter=self.config.energy is not None,
            has_power=self.config.power is not None,
            nameplate=self.performance.nameplate_power,
        )
        # A plan that is not there prices nothing, and a repair tells of it.
        self.is_priced = price_source is not None and (
            price_source.plan is None or plan is not None
        )
        # What is used meanwhile waits for it, or for another price.
        self.account = Account(self.zones, is_priced=price_source is not None)
        if price_source is not None and price_source.price is not None:
            # A fixed price holds for whatever was used before as well.
            self.account.set_price(0.0, price_source.price)
        self.billing = Billing(
            hass,
            entry.entry_id,
            self.account,
            price_source,
            plan,
            joined=entry.created_at.timestamp(),
            with_fixed=config.fixed_charges,
        )
        self.operations = Operations(
            self.zones, self.outdoor, self.performance.compressor_power
        )
        self.control = SystemControl(hass, entry.entry_id, self)
        self.projector = Projector(
            hass, entry, self.billing, self.outdoor, config.outdoor_temperature
        )
        self._store = Counted(hass, entry.entry_id)
        self.listeners: list[Callable[[], None]] = []
        """Who is called whenever it publishes."""
        self._readers: dict[str, Reader] = {}
        self._stop: list[CALLBACK_TYPE] = []
        self._stop_reading: list[CALLBACK_TYPE] = []
        self._clock = ClockWatch()
        self.is_new = False
        """Whether nothing was ever saved of it."""
        self.programmes: tuple[Programme, ...] = ()
        self.device_id = ""
        self.zone_model: str | None = None
        """What the devices of its zones say that they are."""
        self.device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})
        self.power: float | None = None
        self.tells_exactly = False
        self._counter_reader = CounterReader()
        self._price_reader = PriceReader()
        self._registry_ids: dict[str, str] = {}
        self._is_counter_read = False
        self._hour = 0
        self._day_zone: tzinfo | None = None
        self._is_starting = True
        self.heat_pump_attributes = heat_pump_attributes(
            config, self.performance, self.efficiency.duct_loss
        )

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms that it has entities of."""
        zones = {zone.driver.platform for zone in self.zones.values()}
        platforms = {Platform.BINARY_SENSOR, Platform.SENSOR}
        # No others: an entry that was damaged may name anything for a unit.
        platforms |= zones & {Platform.CLIMATE, Platform.WATER_HEATER}
        if self.control.zones:
            platforms.add(Platform.SWITCH)
        return tuple(sorted(platforms))

    @property
    def entry_id(self) -> str:
        """The entry that this system is of."""
        return self._entry.entry_id

    @property
    def country(self) -> str | None:
        """The home's country, which programmes are of."""
        return self._hass.config.country

    @property
    def power_basis(self) -> str:
        """Where the power comes from."""
        return basis(metered=self.efficiency.provenance.power)

    @property
    def energy_basis(self) -> str:
        """Where the energy comes from."""
        return basis(metered=self.efficiency.provenance.energy)

    @property
    def energy(self) -> float:
        """Lifetime electricity in kWh."""
        return self._meter.totals.energy

    @property
    def heating_energy(self) -> float:
        """Lifetime electricity for heating in kWh."""
        return self._meter.totals.heating

    @property
    def cooling_energy(self) -> float:
        """Lifetime electricity for cooling in kWh."""
        return self._meter.totals.cooling

    @property
    def price(self) -> float | None:
        """What the next kWh costs."""
        return self.billing.price

    @property
    def price_attributes(self) -> Mapping[str, str] | None:
        """Whether it is the price of import or the rate of export, where there is one."""
        plan = self.billing.plan
        if plan is None or not plan.pays_export:
            return None
        return _EXPORT if plan.is_exporting else _IMPORT

    @property
    def cost_rate(self) -> float | None:
        """What the system costs in an hour, at its power now."""
        price = self._mean_price()
        if price is None or self.power is None:
            return None
        return price * self.power / 1000

    def _mean_price(self) -> float | None:
        now = dt_util.utcnow().timestamp()
        return self.billing.mean_price((self.power or 0.0) / 1000, now)

    @property
    def today(self) -> datetime:
        """The midnight that the day's cost began at."""
        return moment(self.account.costs.day_start)

    async def async_load(self) -> None:
        """Take up what was counted before; entities are added only after this."""
        what = f"{self._entry.title} counted"
        data = await self._store.async_load(self._restore, what)
        self.is_new = data is None
        data = data or {}
        await self.billing.async_load(data.get("billing"))
        self.projector.restore(data.get("outdoor_days"))
        self.control.restore(data.get("control"))
        drivers = data.get("drivers")
        for zone_id, zone in self.zones.items():
            kept = drivers.get(zone_id) if isinstance(drivers, dict) else None
            await zone.driver.async_load(kept if isinstance(kept, dict) else {})
        self._begin_day()

    def _restore(self, data: dict[str, Any]) -> None:
        self._meter.restore(data["meter"])
        if data.keys() != {"meter", "counter_source"}:
            # The first version kept nothing but those: its energy has no price.
            self.account.restore(data["account"])
        self.efficiency.restore(data.get("efficiency"))
        if not is_same_source(self._hass, data, "counter_source", self.config.energy):
            # Another counter: its first reading says nothing of what was used.
            self._meter.forget_counter()
        if not is_same_source(self._hass, data, "power_source", self.config.power):
            self._meter.forget_held()

    @callback
    def async_start(self) -> None:
        """Begin to read the sources and the zones' units."""
        hass, config = self._hass, self.config
        now = dt_util.utcnow().timestamp()
        # What each source says at the start is published together, at the end.
        self._is_starting = True
        self._registry_ids = registry_ids(hass, config.energy, config.power)
        self._hour = int(now // 3600)
        stop = self.billing.async_start(
            now, self._meter.waits_since(now), self._publish
        )
        if stop is not None:
            self._stop.append(stop)
        self.projector.async_start(self._publish)
        tell = partial(self._publish, exactly=True)
        readers = self._readers = self.efficiency.readers(tell)
        if config.outdoor_temperature:
            readers[config.outdoor_temperature] = self._read_outdoor
        if config.power:
            readers[config.power] = self._read_power
        if config.energy:
            readers[config.energy] = self._read_energy
        if self.price_source is not None and self.price_source.entity_id:
            readers[self.price_source.entity_id] = self._read_price

        for zone in self.zones.values():
            self._stop.append(zone.async_start())
            zone.async_reckon = self._async_unit_changed
        self.outdoor.update(now)
        self._set_activity(now)
        self._set_loads(now)
        for entity_id, read in readers.items():
            read(now, hass.states.get(entity_id))

        if readers:
            self._stop_reading.append(
                async_track_state_change_event(
                    hass, list(readers), self._source_changed
                )
            )
        if powers := [id_ for id_ in (config.power, config.heat_output) if id_]:
            self._stop_reading.append(
                async_track_state_report_event(hass, powers, self._power_reported)
            )
        hearers = self.efficiency.hearers()
        if config.power:
            hearers[config.power] = self._meter.hear
        if hearers and (stop := async_hear_devices(hass, hearers)) is not None:
            self._stop.append(stop)
        self._stop.append(
            async_track_time_interval(hass, self._async_tick, PUBLISH_INTERVAL)
        )
        self._stop.append(
            hass.bus.async_listen(
                EVENT_HOMEASSISTANT_STOP, self._async_home_assistant_stops
            )
        )
        self._estimate(now)
        self._stop.append(self.control.async_start())
        self._is_starting = False
        self._publish()

    @callback
    def _source_changed(self, event: Event[EventStateChangedData]) -> None:
        self.see_clock()
        self._readers[event.data["entity_id"]](told_at(event), event.data["new_state"])

    @callback
    def _power_reported(self, event: Event[EventStateReportedData]) -> None:
        # An unchanged power that is reported again is a sign of life.
        self.see_clock()
        self._readers[event.data["entity_id"]](
            event.data["last_reported"].timestamp(), event.data["new_state"]
        )

    @callback
    def async_settle(self) -> float:
        """Settle heat and electricity up to now, and return that time."""
        now = dt_util.utcnow().timestamp()
        self._count(self._meter.advance(now))
        self._settle_heat(now)
        return now

    @callback
    def async_reset_season(self) -> None:
        """Begin a new season for the seasonal COP."""
        self.efficiency.reset_season(self.async_settle())
        self._publish()

    @callback
    def async_calibrate(self, true: float, estimated: float) -> Calibration:
        """Bring the estimated power in line with a true figure, both in kWh.

        Raises CalibrationError where the figures cannot.
        """
        now = dt_util.utcnow().timestamp()
        calibration = self.efficiency.calibrate(true, estimated, now)
        self._estimate(now)
        self._publish()
        return calibration

    @callback
    def async_stop_reading(self) -> None:
        """Read no more: what bears the names of the sources now, may be others."""
        while self._stop_reading:
            self._stop_reading.pop()()

    async def async_stop(self) -> None:
        """Stop reading, and save."""
        self.async_stop_reading()
        while self._stop:
            self._stop.pop()()
        self._close()
        try:
            await self.billing.async_stop()
        finally:
            await self._store.async_close(self._data(exactly=True))

    def diagnostics(self) -> dict[str, Any]:
        """Return what helps to understand the figures."""
        power = self._meter.power
        return {
            "family": self.config.family,
            "rated_cop": self.performance.rated_cop,
            "cop_basis": self.performance.cop_basis,
            "nameplate_power": self.performance.nameplate_power,
            "activity": self.operations.activity,
            "efficiency": self.efficiency.diagnostics(),
            "power": self.power,
            "power_basis": self.power_basis,
            "energy_basis": self.energy_basis,
            "power_interval": power.usual,
            "power_is_regular": power.is_regular,
            "refused_readings": self._meter.refused,
            "unpriced_energy": self.account.costs.unpriced_kwh,
            "meter": self._meter.as_dict(),
            "zones": [zone.diagnostics() for zone in self.zones.values()],
        }

    @callback
    def see_clock(self) -> None:
        """Move what is remembered along with a clock that was set."""
        if step := self._clock.step():
            self.operations.set_clock(step)
            self._meter.set_clock(step)
            self.billing.set_clock(step)
            self.efficiency.set_clock(step)
            self.control.set_clock(step)

    @callback
    def _read_outdoor(self, at: float, state: State | None) -> None:
        """Take the temperature outdoors over; where it is from now is told at once."""
        basis = self.outdoor.basis
        self.outdoor.read(at, state)
        if self.outdoor.basis is not basis and not self._is_starting:
            # What is estimated rests on it.
            self._count(self._meter.advance(at))
            self._estimate(at)
            self._publish()

    @callback
    def _read_power(self, at: float, state: State | None) -> None:
        watts = read_power(state)
        if watts is None and state is not None and state.state not in NO_READING:
            # No figure, though its source is there. To the meter it is as if it
            # had not spoken; what is shown is unavailable if that goes on.
            self.power = None
            self._meter.doubt()
            return
        known = self.power is not None
        self._count(self._meter.read_power(at, watts))
        # What the meter refused, it does not show either.
        self.power = self._meter.power.watts
        changed = known != (self.power is not None)
        if not self.operations.units_tell and self._set_activity(at):
            # The compressor's times go by it.
            changed = self.control.is_behind = True
        if changed:
            self._publish()

    @callback
    def _read_energy(self, at: float, state: State | None) -> None:
        try:
            kwh = self._counter_reader.read(state)
        except ValueError:
            return
        was_read, self._is_counter_read = self._is_counter_read, kwh is not None
        self._count(self._meter.read_counter(at, kwh, read_last_reset(state)))
        if self._is_counter_read and not was_read:
            # What was used while it could not be read is told at once.
            self._publish(exactly=True)

    @callback
    def _read_price(self, at: float, state: State | None) -> None:
        """Take a price over: what was used so far is priced as it was."""
        price = self._price_reader.read(at, state, self._hass.config.currency)
        if self.billing.set_price(at, price):
            self._publish()

    @callback
    def _count(self, delta: Delta | None) -> None:
        if delta is not None:
            self.billing.count(delta)
            self.efficiency.heat.count(delta)

    @callback
    def _async_unit_changed(self) -> None:
        """Meter what the units did so far, then take note of what they do."""
        self.see_clock()
        now = dt_util.utcnow().timestamp()
        self._count(self._meter.advance(now))
        # The compressor's times go by what is inferred of units that tell nothing.
        changed = self._set_activity(now)
        self.control.async_decide()
        for zone in self.zones.values():
            zone.note()
        self._set_loads(now)
        self._estimate(now)
        if changed:
            self._publish()

    def _set_activity(self, now: float) -> bool:
        """Take note of what the system does; return whether that changed."""
        metered = self.power if self.config.power else None
        if not self.operations.see(now, metered):
            return False
        activity = self.operations.counted_as
        self._count(self._meter.change_activity(now, activity))
        self.efficiency.change_activity(now, activity)
        return True

    def _set_loads(self, now: float) -> None:
        self.billing.settle()
        self.account.set_loads(now, self.operations.loads())

    def _estimate(self, now: float) -> None:
        """Estimate the power where there is no power sensor."""
        if self.config.power:
            return
        watts = None
        if self.operations.activity is not None:
            found = estimate(
                self.performance,
                self.operations.known(now),
                element=element_of(self.country),
            )
            watts = found.watts * self.efficiency.calibration.factor
        self._count(self._meter.read_power(now, watts))
        self.power = watts

    def _settle_heat(self, now: float) -> None:
        """Settle the heat of what was metered, and see how the system does now."""
        self.outdoor.update(now)
        self.efficiency.update(now, self._conditions(now), self.billing.period_began)

    def _conditions(self, now: float) -> Conditions:
        room, ducted = self.operations.rooms()
        return Conditions(
            activity=self.operations.activity,
            room=room,
            outdoor=self.outdoor.temperature,
            reported=self.outdoor.reported,
            power=self.power,
            price=self._mean_price(),
            electricity=self._meter.cover(now),
            ducted=ducted,
            resistance=self.operations.by_resistance,
        )

    @callback
    def _async_tick(self, now: datetime) -> None:
        """Settle up to now, and publish what came of it."""
        self.see_clock()
        at = now.timestamp()
        if any(zone.is_behind for zone in self.zones.values()):
            self._async_unit_changed()
        else:
            self.control.async_catch_up()
            self._count(self._meter.advance(at))
            self._estimate(at)
        self._begin_day()
        if self._price_reader.is_doubtful and self.price_source is not None:
            # That it lasts, no event tells.
            entity_id = self.price_source.entity_id or ""
            self._read_price(at, self._hass.states.get(entity_id))
        # What a late counter, or a power on change, still tells has a price.
        self.billing.forget_prices(self._meter.waits_since(at))
        self.billing.refresh(at)
        self.projector.tick(at)
        # Statistics are by the hour: none has what was used in another.
        hour, self._hour = self._hour, int(at // 3600)
        self._meter.see(at)
        self.efficiency.see(at)
        if self._hour != hour:
            async_look_at_meters(self._hass, self._hour)
        self._publish(exactly=self._hour != hour)

    def _begin_day(self) -> None:
        """Begin a new day at midnight; what the last came to is told before."""
        costs, zone = self.account.costs, dt_util.get_default_time_zone()
        now = dt_util.utcnow().timestamp()
        if costs.day_start - LONGEST_AGAIN <= now < costs.day_start:
            # The clock was set back over midnight: the day goes on, and is not begun again.
            return
        if costs.day_start <= now < costs.day_end and zone is self._day_zone:
            return
        self._day_zone = zone
        today = dt_util.now().date()
        midnight = dt_util.start_of_local_day(today).timestamp()
        if midnight != costs.day_start:
            # Its last minute is on the bill too, which may end with it.
            self.billing.close_day(midnight)
            self._publish(exactly=True)
        tomorrow = dt_util.start_of_local_day(today + timedelta(days=1))
        self.account.begin_day(midnight, tomorrow.timestamp())

    @callback
    def _publish(self, *, exactly: bool = False) -> None:
        """Tell the entities, and see that what was counted is saved.

        `exactly`: what is too little to show is told as well.
        """
        if self._is_starting:
            return
        self.tells_exactly = exactly
        self.billing.settle()
        self._settle_heat(dt_util.utcnow().timestamp())
        for listener in tuple(self.listeners):
            listener()
        self.async_save_soon()

    @callback
    def async_save_soon(self) -> None:
        """See that what changed is saved, before the next minute's look."""
        self._store.async_save_soon(self._data)

    @callback
    def _async_home_assistant_stops(self, _event: Event) -> None:
        """Count up to the end: the store's last write takes it along."""
        self._close()
        self._publish()

    def _close(self) -> None:
        """Count what silent sources that report on change held up to now."""
        now = dt_util.utcnow().timestamp()
        self._count(self._meter.close(now))
        self.efficiency.close(now)
        self._settle_heat(now)

    def _data(self, *, exactly: bool = False) -> dict[str, Any]:
        # Not the energy without its cost.
        self.billing.settle()
        return {
            "meter": self._meter.as_dict(),
            "counter_source": self.config.energy,
            "power_source": self.config.power,
            REGISTRY_IDS: self._registry_ids,
            "account": self.account.as_dict(),
            "billing": self.billing.as_dict(),
            "outdoor_days": self.projector.as_dict(),
            "efficiency": self.efficiency.as_dict(),
            "control": self.control.as_dict(exactly=exactly or self._hass.is_stopping),
            "drivers": {
                zone_id: kept
                for zone_id, zone in self.zones.items()
                if (kept := zone.driver.as_dict())
            },
        }
