"""Taking a meter's past from the recorder's statistics, so that the first chart is a year.

The past use of a system's own meter is priced at the prices of its time, and
written as statistics of `energy` and `cost` (`past_sums`). What it shows of this
billing period and the last also goes into the ledger: the first bill is then a whole
one. Running it again writes the same again.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import logging
from typing import Any

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from sqlalchemy.exc import SQLAlchemyError

from .core.history import HOUR, Hour, Use, ledger_of, price_hours
from .core.ledger import QUARTER
from .core.price import PriceUnitError, price_factor
from .past_sums import BEGAN, COST, DUE, ENERGY, PastSums
from .recorded import async_figures, async_unit
from .system import KlimaConfigEntry, System

_LOGGER = logging.getLogger(__name__)

LONGEST = timedelta(days=2 * 366)
"""How far back a meter's past is taken."""

SETTLE_INTERVAL = timedelta(minutes=6)
"""How often it is looked whether a sensor has statistics of its own by now."""

MINUTES = "minutes"
"""When a system began to count (epoch s), as long as what its meter told of that hour
until then waits to be taken: Home Assistant tells of each five minutes after they end."""

FIVE = 300
"""s that Home Assistant's short-term statistics are of."""


class NoPastError(Exception):
    """There is nothing to take; `reason` tells why."""

    def __init__(self, reason: str) -> None:
        """Remember the reason, which is a translation key."""
        super().__init__(reason)
        self.reason = reason


@callback
def async_watch_past(hass: HomeAssistant, entry: KlimaConfigEntry) -> None:
    """Take the past of a new system over, and settle it when that can be."""
    system = entry.runtime_data
    billing = system.billing
    if system.is_new:
        now = int(dt_util.utcnow().timestamp())
        billing.history = {DUE: now - now % HOUR, **billing.history}
        if now % HOUR:
            billing.history[MINUTES] = now
    if RECORDER_DOMAIN not in hass.config.components:
        return
    past = Past(hass, system)

    async def settle(_now: datetime) -> None:
        if DUE in billing.history and hass.is_running:
            await take(hass)
        with suppress(SQLAlchemyError):
            await past.async_settle()
            await past.async_take_minutes()

    async def take(_hass: HomeAssistant) -> None:
        try:
            found = await past.async_import()
        except NoPastError as err:
            _LOGGER.debug("No past of %s: %s", entry.title, err.reason)
        except SQLAlchemyError as err:
            _LOGGER.debug("The past of %s has to wait: %s", entry.title, err)
            return
        else:
            _LOGGER.info("Took the past of %s: %s", entry.title, found)
        if not billing.is_over:
            past.done(DUE)

    entry.async_on_unload(async_track_time_interval(hass, settle, SETTLE_INTERVAL))
    if DUE in billing.history:
        entry.async_on_unload(async_at_started(hass, take))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the recorder told: the use of each hour, of the `home`, and what that fed in.

    `fed` is None where that is not metered. `spots` has the mean price of each hour
    where the prices follow an entity.
    """

    hours: list[Use]
    home: list[Use]
    fed: list[Use] | None
    spots: dict[int, float]


class Past:
    """The past of one system's meter."""

    def __init__(self, hass: HomeAssistant, system: System) -> None:
        """Take nothing yet."""
        self._hass = hass
        self._system = system
        self._billing = system.billing
        self._sums = PastSums(hass, system.entry_id, system.billing)

    def done(self, what: str) -> None:
        """Take note that something waits no longer to be taken."""
        history = self._billing.history
        self._billing.history = {k: v for k, v in history.items() if k != what}

    async def async_import(self, *, dry_run: bool = False) -> dict[str, Any]:
        """Take the past over; return what was found and written.

        Raises NoPastError where there is no recorder, no meter, or no statistic.
        """
        if RECORDER_DOMAIN not in self._hass.config.components:
            raise NoPastError("needs_recorder")
        async with self._billing.past:
            if self._billing.is_over:
                raise NoPastError("no_past")
            return await self._async_import(dry_run=dry_run)

    async def async_settle(self) -> None:
        """Settle the past of a system that is still loaded."""
        async with self._billing.past:
            if not self._billing.is_over:
                await self._sums.async_settle()

    async def async_take_minutes(self) -> None:
        """Take into the bill what the meter told of an hour before the system began in it."""
        billing = self._billing
        began = int(billing.history.get(MINUTES, 0.0))
        now = dt_util.utcnow().timestamp()
        if not began or DUE in billing.history or now < began + 2 * FIVE:
            return
        async with billing.past:
            if billing.is_over:
                return
            if (source := self._source) is not None:
                start = datetime.fromtimestamp(began - began % HOUR, UTC)
                counts = self._counts
                self._add_minutes(
                    await self._async_use(
                        source, start, began, counts=counts, seconds=FIVE
                    ),
                    began,
                )
            self.done(MINUTES)

    @property
    def _source(self) -> str | None:
        """The meter: a counter before a power."""
        config = self._system.config
        return config.energy or config.power

    @property
    def _counts(self) -> bool:
        return bool(self._system.config.energy)

    async def _async_import(self, *, dry_run: bool) -> dict[str, Any]:
        source, sums = self._source, self._sums
        if source is None:
            raise NoPastError("no_meter")
        until = await sums.async_until(ENERGY)
        # The statistics may go back to a system that had the same name, and is gone: those
        # stay as they are. Its bill is to be whole all the same.
        told = await self._async_ask(
            source,
            datetime.fromtimestamp(until, UTC) - LONGEST,
            int(self._billing.history.get(BEGAN, until)),
        )
        if not told.hours:
            raise NoPastError("no_past")
        priced = await self._hass.async_add_executor_job(
            price_hours,
            self._billing.tariff,
            told.hours,
            told.home,
            told.spots,
            told.fed,
        )
        past = [hour for hour in priced if hour.start < until]
        if not past:
            if not dry_run:
                await self._async_fill(told, until)
            raise NoPastError("no_past")
        known = [hour for hour in past if hour.cost is not None]
        answer = {
            "source": source,
            "start": datetime.fromtimestamp(past[0].start, UTC).isoformat(),
            "end": datetime.fromtimestamp(past[-1].start + HOUR, UTC).isoformat(),
            "hours": len(past),
            "energy": round(sum(hour.kwh for hour in past), 3),
            "cost": round(sum(hour.cost or 0.0 for hour in known), 2),
            "unpriced_hours": len(past) - len(known),
            "dry_run": dry_run,
        }
        if not dry_run:
            await self._async_write(past, known)
            await self._async_fill(told, until)
        return answer

    async def _async_write(self, past: list[Hour], known: list[Hour]) -> None:
        """Write the past of both sensors; the cost is `known` of some hours only."""
        sums = self._sums
        await sums.async_write(ENERGY, [(hour.start, hour.kwh) for hour in past])
        if known and sums.recorded(COST) is not None:
            until = await sums.async_until(COST)
            costs = [
                (hour.start, hour.cost or 0.0) for hour in known if hour.start < until
            ]
            await sums.async_write(COST, costs)
        await sums.async_settle()

    # What the recorder tells

    async def _async_ask(self, source: str, start: datetime, until: int) -> _Told:
        """Ask for all that the past is priced by."""
        plan = self._billing.plan
        hours = await self._async_use(source, start, until, counts=self._counts)
        home: list[Use] = []
        fed: list[Use] | None = None
        if hours and plan is not None and plan.home_energy:
            home = await self._async_use(plan.home_energy, start, until)
            if plan.home_export and home:
                fed = await self._async_use(plan.home_export, start, until)
        spots = await self._async_spots(start, until) if hours else {}
        return _Told(hours, home, fed, spots)

    async def _async_use(
        self,
        meter: str,
        start: datetime,
        until: int,
        *,
        counts: bool = True,
        seconds: int = HOUR,
    ) -> list[Use]:
        """Return what a counter, or else a power, tells of each hour or five minutes."""
        rows = await async_figures(
            self._hass,
            meter,
            start,
            datetime.fromtimestamp(until, UTC),
            "change" if counts else "mean",
            period="hour" if seconds == HOUR else "5minute",
        )
        factor = 1.0 if counts else seconds / HOUR / 1000
        return [
            # A meter that was reset may show a change that none can use.
            Use(at, max(amount * factor, 0.0))
            for at, amount in rows
            if amount is not None and at < until
        ]

    async def _async_spots(self, start: datetime, until: int) -> dict[int, float]:
        """Return the hourly means of the price entity that the system's prices follow."""
        plan, source = self._billing.plan, self._system.price_source
        entity_id = source.entity_id if plan is None and source is not None else None
        if plan is not None:
            entity_id = plan.told.price_entity
        if entity_id is None:
            return {}
        unit = await async_unit(self._hass, entity_id)
        try:
            factor = price_factor(unit, self._hass.config.currency)
        except PriceUnitError:
            return {}
        end = datetime.fromtimestamp(until, UTC)
        return {
            at: mean * factor
            for at, mean in await async_figures(
                self._hass, entity_id, start, end, "mean"
            )
            if mean is not None
        }

    # What goes into the ledgers

    async def _async_fill(self, told: _Told, until: int) -> None:
        """Fill the ledgers: what is known now tells where the bill will end."""
        self._fill_ledgers(told, until)
        await self._system.projector.async_refresh(dt_util.utcnow().timestamp())

    def _fill_ledgers(self, told: _Told, until: int) -> None:
        """Take the hours of this billing period and the last into the ledgers.

        What was used from `until` on, the plan may have counted of a system that is gone.
        """
        billing = self._billing
        if billing.tariff is None or billing.period is None:
            return
        period = billing.tariff.cycle.period(billing.period.start - timedelta(days=1))
        first = round(billing.tariff.midnight(period.start) / QUARTER)
        filled = billing.fill(told.hours, first, told.spots)
        if (plan := billing.plan) is not None:
            counted = plan.ledger.kwh
            plan.fill(
                [
                    (bucket, kwh)
                    for bucket, kwh in filled
                    if bucket * QUARTER < until or bucket not in counted
                ],
                is_home=False,
            )
            home = ledger_of(told.home).kwh
            plan.fill(
                ((bucket, kwh) for bucket, kwh in home.items() if bucket >= first),
                is_home=True,
                fed=ledger_of(told.fed or []).kwh,
            )
        billing.renew(dt_util.utcnow().timestamp())

    def _add_minutes(self, uses: list[Use], began: int) -> None:
        billing = self._billing
        filled: dict[int, float] = {}
        for use in uses:
            # Of the five minutes in which it began, the part before.
            end = min(use.start + FIVE, began)
            kwh = use.kwh * (end - use.start) / FIVE
            billing.add_past(use.start, end, kwh)
            bucket = use.start // QUARTER
            filled[bucket] = filled.get(bucket, 0.0) + kwh
        if (plan := billing.plan) is not None:
            counted = plan.ledger.kwh
            plan.fill(
                [
                    (bucket, kwh)
                    for bucket, kwh in filled.items()
                    if BEGAN not in billing.history or bucket not in counted
                ],
                is_home=False,
            )
        billing.renew(dt_util.utcnow().timestamp())
