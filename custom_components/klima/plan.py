"""The runtime of one electricity plan: what a kWh costs now, and what it will.

Systems share it. It tells them, to the second, when a price begins; what
their energy costs is theirs to reckon.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
import math
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import (
    async_track_point_in_utc_time,
    async_track_state_change_event,
    async_track_time_interval,
)
from homeassistant.util import dt as dt_util

from .const import (
    CONF_EVENT_ENTITY,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_PRICE_ENTITY,
)
from .core.energy import Delta
from .core.export import Flow
from .core.ledger import QUARTER, Ledger
from .core.tariff import BillingPeriod, Span, Tariff
from .core.tariff.calendar import Period
from .core.tariff.peaks import PastPeaks
from .core.tariff.tiers import TierPosition
from .counted import Counted
from .home_meters import HomeMeters
from .issues import async_take_back, async_tell
from .kept_ledger import KeptLedger
from .plan_sources import PlanSources
from .sources import REGISTRY_IDS, Reader, finite, registry_ids, told_at

type PlanConfigEntry = ConfigEntry[Plan]

ISSUE_EXPIRED = "plan_expired"

LATE = 35 * 86_400.0
"""s by which a price may be late to be told: as long as what has none waits for it."""

SPOTS_KEPT = 3 * 86_400.0
"""s for which past prices and peaks are kept at the least."""

CHECK_INTERVAL = timedelta(minutes=1)
"""How often the use of a tier is told."""


class Plan:
    """An electricity plan in this home."""

    platforms = (Platform.SENSOR,)

    def __init__(
        self, hass: HomeAssistant, entry: PlanConfigEntry, tariff: Tariff
    ) -> None:
        """Set the plan up; `async_start` begins to read."""
        self._hass = hass
        self._entry = entry
        self.entry_id = entry.entry_id
        self.tariff = tariff
        self.home_energy: str | None = entry.data.get(CONF_HOME_ENERGY)
        self.home_export: str | None = (
            entry.data.get(CONF_HOME_EXPORT) if self.home_energy else None
        )
        self.told = PlanSources(
            hass, entry.data.get(CONF_PRICE_ENTITY), entry.data.get(CONF_EVENT_ENTITY)
        )
        self._kept = KeptLedger(hass, entry.entry_id)
        self._home = HomeMeters(self._kept, self.home_energy, self.home_export)
        self._store = Counted(hass, entry.entry_id)
        self._known: set[str] = set()
        self._left: dict[str, float] = {}
        self._systems_since = 0.0
        self._registry_ids: dict[str, str] = {}
        self._late: list[Delta] = []
        self._listeners: list[Callable[[float], None]] = []
        self._stop: list[CALLBACK_TYPE] = []
        self._stop_reading: list[CALLBACK_TYPE] = []
        self._cancel_next: CALLBACK_TYPE | None = None
        now = dt_util.utcnow().timestamp()
        self.span: Span = tariff.span(now)
        self.next: Span | None = tariff.next_change(now)
        self.tier = 0
        self.tiers = TierPosition()
        self.peaks = PastPeaks()
        self._period = tariff.billing_period(now)
        self.price: float | None = None
        self.device_model: str | None = None
        """What its device says that it is."""

    # What it tells

    @property
    def title(self) -> str:
        """What its owner calls it."""
        return self._entry.title

    @property
    def ledger(self) -> Ledger:
        """The use that decides the tier: the home's, else that of the systems."""
        return self._kept.ledger

    @property
    def has_tiers(self) -> bool:
        """Whether some of its versions has tiers."""
        return any(
            len(steps) > 1
            for version in self.tariff.versions
            for steps in version.tiers.values()
        )

    @property
    def needs_home(self) -> bool:
        """Whether a bill depends on what else was used."""
        return (
            self.has_tiers
            or self.pays_export
            or any(version.demand is not None for version in self.tariff.versions)
        )

    @property
    def pays_export(self) -> bool:
        """Whether it is metered, and paid for, what the home feeds into the grid."""
        return self.home_export is not None and self.tariff.has_export

    @property
    def is_exporting(self) -> bool:
        """Whether the home fed in more than it drew, in the last minute that was told."""
        return self.pays_export and self.flow is not None and self.flow.is_export

    @property
    def export_rate(self) -> float | None:
        """What is paid for a kWh that is fed in now."""
        return self._export_rate_in(self.span, self.told.spot)

    def export_rate_at(self, when: float) -> float | None:
        """Return what was paid for a kWh that was fed in at a time."""
        return self._export_rate_in(self.tariff.span(when), self.told.spots.at(when))

    def _export_rate_in(self, span: Span, spot: float | None) -> float | None:
        export = span.day.version.export
        if export is None:
            return None
        return export.rate(span.window.period, span.day.season, spot=spot)

    @property
    def flow(self) -> Flow | None:
        """What the home draws and feeds in now, as its counters told last."""
        return self._home.flow

    def flow_in(self, bucket: int) -> Flow | None:
        """Return the home's mean flow in a quarter of an hour, as far as it was told."""
        return self._home.flow_in(bucket)

    @property
    def tier_basis(self) -> str:
        """Whose use decides the tier."""
        return "whole_home" if self.home_energy else "systems"

    @property
    def period(self) -> Period:
        """The period that it is now."""
        if self.told.is_event and self.span.day.version.event is not None:
            return Period.CRITICAL_PEAK
        return self.span.window.period

    @property
    def tier_remaining(self) -> float | None:
        """The kWh left at this tier's price, None in the last."""
        return self.tiers.left_of(self.tier)

    @property
    def billing_period(self) -> BillingPeriod:
        """The billing period that it is now."""
        return self._period

    def price_in(
        self,
        span: Span,
        *,
        spot: float | None = None,
        is_event: bool = False,
        tier: int | None = None,
    ) -> float | None:
        """Return what the next kWh would cost in a time, taxes on it included."""
        steps = span.day.steps
        step = steps[min(self.tier if tier is None else tier, len(steps) - 1)]
        version = span.day.version
        rate = version.rate(span.window, step, spot=spot, is_event=is_event)
        return None if rate is None else rate * version.energy_factor

    @property
    def next_change(self) -> datetime | None:
        """When the price changes next, as far as that is known."""
        at = self._next_at()
        return None if at is None else dt_util.utc_from_timestamp(at)

    @property
    def next_price(self) -> float | None:
        """What a kWh costs from then on."""
        at = self._next_at()
        if at is None:
            return None
        span = self.tariff.span(at)
        return self.price_in(span, spot=self.told.forecast.at(at))

    def _next_at(self) -> float | None:
        """Return the next time that the price is another."""
        now = dt_util.utcnow().timestamp()
        calendar = None if self.next is None else self.next.start
        if self.told.price_entity is None:
            return calendar
        spot = self.told.forecast.next_after(now, self.told.spot)
        return min((at for at in (calendar, spot) if at is not None), default=None)

    # Life

    async def async_load(self) -> None:
        """Take up what was counted before."""
        what = f"{self._entry.title} counted of the home"
        data = await self._store.async_load(self._restore, what) or {}
        await self._kept.async_load(data.get("recent"))
        self._home.forget_others(self._hass, data)
        if data.get("counter_source") and not self.home_energy:
            # What systems used until now, the counter of the home told of.
            self._systems_since = dt_util.utcnow().timestamp()
        if bool(data.get("counter_source")) == bool(self.home_energy):
            # Else what was a peak of the home's is none of the systems', and the other way.
            self.peaks.restore(data.get("peaks"))

    def _restore(self, data: dict[str, Any]) -> None:
        known = set(map(str, data["known"]))
        self._home.restore(data)
        self._known = known
        self._systems_since = finite(data.get("systems_since")) or 0.0
        left = data.get("left")
        if isinstance(left, Mapping):
            self._left = {str(key): finite(at) or 0.0 for key, at in left.items()}

    @callback
    def async_start(self) -> None:
        """Begin to read the sources, and to tell when the price changes."""
        hass = self._hass
        now = dt_util.utcnow().timestamp()
        self._registry_ids = registry_ids(hass, self.home_energy, self.home_export)
        readers: dict[str, Reader] = {}
        if self.home_energy:
            readers[self.home_energy] = self._read_home
        if self.home_export and self.home_export != self.home_energy:
            readers[self.home_export] = self._home.read_fed
        readers |= self.told.readers()
        for entity_id, read in readers.items():
            read(now, hass.states.get(entity_id))

        @callback
        def source_changed(event: Event[EventStateChangedData]) -> None:
            at = told_at(event)
            readers[event.data["entity_id"]](at, event.data["new_state"])
            self._update(at)

        if readers:
            self._stop_reading.append(
                async_track_state_change_event(hass, readers, source_changed)
            )
        self._stop.append(
            async_track_time_interval(hass, self._async_tick, CHECK_INTERVAL)
        )
        self._stop.append(
            hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._async_stops)
        )
        self._renew_period(now)
        self._update(now)
        self._check_validity(now)

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
        if self._cancel_next is not None:
            self._cancel_next()
            self._cancel_next = None
        try:
            await self._kept.async_save()
        finally:
            await self._store.async_close(self._data())

    @callback
    def async_add_listener(self, listener: Callable[[float], None]) -> CALLBACK_TYPE:
        """Call a listener, with the time that it holds from, when something changed."""
        self._listeners.append(listener)

        @callback
        def remove() -> None:
            self._listeners.remove(listener)

        return remove

    @callback
    def attach(self, system_id: str, ledger: Ledger) -> None:
        """Count a system that was not on this plan before with what it used so far."""
        if self.home_energy or system_id in self._known:
            return
        self._known.add(system_id)
        since = max(
            self.tariff.bounds(self._period)[0],
            self._systems_since,
            self._left.pop(system_id, 0.0),
        )
        first = math.ceil(since / QUARTER)
        for bucket, kwh in ledger.kwh.items():
            if bucket >= first:
                self.ledger.add(bucket * QUARTER, (bucket + 1) * QUARTER, kwh)
        self._renew_period(dt_util.utcnow().timestamp())
        self._update(dt_util.utcnow().timestamp())

    @callback
    def detach(self, system_id: str, at: float) -> None:
        """Take note that a system is on no plan, or another: what it uses is not counted.

        Should it be back in this billing period, that is made up for.
        """
        if system_id in self._known:
            self._known.remove(system_id)
            self._left[system_id] = at

    @callback
    def count(self, delta: Delta) -> None:
        """Count what a system used, unless the whole home is metered."""
        if self.home_energy is not None:
            return
        if self._stop:
            self._add(delta)
            return
        # It was loaded anew, which its systems are about to follow: what they count
        # until then, and as they do, is the new one's.
        self._late.append(delta)
        if (new := self._new) is not self:
            for late in self._late:
                new.count(late)
            self._late.clear()

    @property
    def _new(self) -> Plan:
        """What this one was loaded anew as, by now; else itself."""
        if self._stop:
            return self
        new: Plan = getattr(self._entry, "runtime_data", self)
        return new

    @callback
    def fill(
        self,
        buckets: Iterable[tuple[int, float]],
        *,
        is_home: bool,
        fed: Mapping[int, float] | None = None,
    ) -> None:
        """Take the past of the home's meter in, or of a system where there is none.

        `fed` is what the home fed in meanwhile.
        """
        if (new := self._new) is not self:
            new.fill(buckets, is_home=is_home, fed=fed)
            return
        fed = fed or {}
        if is_home != (self.home_energy is not None):
            return
        for bucket, kwh in buckets:
            if is_home:
                self.ledger.fill(bucket, kwh, fed.get(bucket, 0.0))
            else:
                self.ledger.add(bucket * QUARTER, (bucket + 1) * QUARTER, kwh)
        now = dt_util.utcnow().timestamp()
        self._renew_period(now)
        self._update(now)

    def diagnostics(self) -> dict[str, Any]:
        """Return what helps to understand the figures."""
        refused, refused_export = self._home.refused
        export = {
            "flow": self.flow and self.flow._asdict(),
            "is_exporting": self.is_exporting,
            "rate": self.export_rate,
            "refused_readings": refused_export,
        }
        return {
            "price": self.price,
            "period": self.period,
            "tier": self.tier + 1,
            "tier_basis": self.tier_basis,
            "used": self.tiers.used,
            "limits": list(self.tiers.limits),
            "billing_period": [
                self._period.start.isoformat(),
                self._period.end.isoformat(),
            ],
            "versions": len(self.tariff.versions),
            "systems": len(self._known),
            "refused_readings": refused,
            **({"export": export} if self.home_export else {}),
        }

    # Sources

    @callback
    def _read_home(self, at: float, state: State | None) -> None:
        if (delta := self._home.read_drawn(at, state)) is not None:
            self._add(delta)

    def _add(self, delta: Delta) -> None:
        self.ledger.add(delta.start, delta.end, delta.kwh)
        day = self.span.day
        if delta.start >= day.first * QUARTER:
            self.tiers.used += delta.kwh
        else:
            # Not as of its end: that may be in the last period, whose tiers are over.
            self._renew_period(dt_util.utcnow().timestamp())
        if self.tiers.tier != self.tier:
            self._update(max(delta.end, self.span.start))

    # Time

    def _renew_period(self, now: float) -> None:
        """Work out anew where the tiers end, and what was used of them."""
        self._period = self.tariff.billing_period(now)
        self.tiers = TierPosition.of(self.tariff, self._period, self.ledger, now)

    @callback
    def _async_boundary(self, now: datetime) -> None:
        """Go on to the next period, or day, at the very time that it begins."""
        self._cancel_next = None
        self._update(max(self.span.end, now.timestamp()))

    @callback
    def _async_tick(self, now: datetime) -> None:
        at = now.timestamp()
        was_exporting = self.is_exporting
        self.told.see(at)
        self._see_flow(at)
        self._update(at, tell=self.has_tiers or was_exporting != self.is_exporting)
        self.told.forget(min(self._home.read_at or at, at - SPOTS_KEPT))
        self._store.async_save_soon(self._data)

    def _see_flow(self, at: float) -> None:
        """Take note of what the home's counters told in the last minute."""
        if self.home_export is None:
            return
        self._home.close_minute(at)
        if self.is_exporting:
            # A counter that stands still says nothing: that of import did.
            self.ledger.fill(int(at // QUARTER), 0.0)

    def _update(self, at: float, *, tell: bool = False) -> None:
        """Work out what holds from a time on, and tell if it is something else."""
        while self.span.end <= at < self.span.end + LATE:
            # A loop that was held up, or a machine that slept: what a counter tells of
            # that time costs what it did then.
            self._go_on(self.span.end)
        self._go_on(at, tell=tell)

    def _shown(self) -> tuple[object, ...]:
        """Return what is told of: its listeners are called when any of it is another."""
        return (
            self.price,
            self.span,
            self.tier,
            self.told.is_event,
            self.next_change,
        )

    def _go_on(self, at: float, *, tell: bool = False) -> None:
        before = self._shown()
        if not self.span.start <= at < self.span.end:
            self._begin_span(at)
        self.tier = self.tiers.tier
        self.price = self.price_in(
            self.span, spot=self.told.spot, is_event=self.told.is_event
        )
        if self._cancel_next is None and self._stop:
            self._cancel_next = async_track_point_in_utc_time(
                self._hass,
                self._async_boundary,
                dt_util.utc_from_timestamp(self.span.end),
            )
        if tell or self._shown() != before:
            for listener in tuple(self._listeners):
                listener(at)

    def _begin_span(self, at: float) -> None:
        """Begin another part of a day, and what begins with the day and the period."""
        day, self.span = self.span.day, self.tariff.span(at)
        self.next = self.tariff.next_change(at)
        if self.span.day is day:
            return
        if not self._period.start <= self.span.day.date < self._period.end:
            first = self.tariff.cycle.period(
                self._period.start - timedelta(days=1)
            ).start
            self.ledger.forget(round(self.tariff.midnight(first) / QUARTER))
        self._renew_period(at)
        self._check_validity(at)

    def _check_validity(self, now: float) -> None:
        """Tell when the prices are no longer known to hold."""
        today = self.tariff.date_of(now)
        until = self.tariff.valid_until(today)
        if until is None or today <= until:
            async_take_back(self._hass, self._entry, ISSUE_EXPIRED)
        else:
            async_tell(self._hass, self._entry, ISSUE_EXPIRED, until=until.isoformat())

    @callback
    def _async_stops(self, _event: Event) -> None:
        self._store.async_save_soon(self._data)

    def _data(self) -> dict[str, Any]:
        return {
            **self._home.as_dict(),
            "known": sorted(self._known),
            "left": self._left,
            "systems_since": self._systems_since,
            "peaks": self.peaks.as_dict(),
            REGISTRY_IDS: self._registry_ids,
            "recent": self._kept.recent(),
        }
