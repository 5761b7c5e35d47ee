"""Taking a meter's past from the recorder's statistics, so that the first chart is a year.

The past use of a system's own meter is priced at the prices of its time, and
written as statistics of `energy` and `cost`, ending where those of the sensors
themselves begin; these are then raised by what came before, so that the sums
go on without a step. What it shows of this billing period and the last also
goes into the ledger: the first bill is then a whole one. Running it again
writes the same again.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import logging
from typing import Any, Literal

from homeassistant.components.recorder import (
    DOMAIN as RECORDER_DOMAIN,
    get_instance,
    is_entity_recorded,
)
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    get_last_short_term_statistics,
    get_last_statistics,
    get_metadata,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter
from sqlalchemy.exc import SQLAlchemyError

from .bulk_statistics import async_write_sums
from .core.history import HOUR, Hour, Use, ledger_of, price_hours
from .core.ledger import QUARTER
from .core.price import PriceUnitError, price_factor
from .own_entities import own_sensor
from .recorded import async_figures
from .system import KlimaConfigEntry, System

_LOGGER = logging.getLogger(__name__)

LONGEST = timedelta(days=2 * 366)
"""How far back a meter's past is taken."""

SETTLE_INTERVAL = timedelta(minutes=6)
"""How often it is looked whether a sensor has statistics of its own by now."""

DUE = "due"
"""The hour (epoch s) since which a system's past waits to be taken: it is kept until it
was, since the recorder may be away, or its database not be read, for days."""

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

    async def settle(_now: datetime) -> None:
        if DUE in billing.history and hass.is_running:
            await take(hass)
        with suppress(SQLAlchemyError):
            await async_settle(hass, system)
            await _async_take_minutes(hass, system)

    async def take(hass: HomeAssistant) -> None:
        try:
            found = await async_import_history(hass, system)
        except NoPastError as err:
            _LOGGER.debug("No past of %s: %s", entry.title, err.reason)
        except SQLAlchemyError as err:
            _LOGGER.debug("The past of %s has to wait: %s", entry.title, err)
            return
        else:
            _LOGGER.info("Took the past of %s: %s", entry.title, found)
        if not billing.is_over:
            _done(system, DUE)

    entry.async_on_unload(async_track_time_interval(hass, settle, SETTLE_INTERVAL))
    if DUE in billing.history:
        entry.async_on_unload(async_at_started(hass, take))


def _done(system: System, what: str) -> None:
    """Take note that something waits no longer to be taken."""
    history = system.billing.history
    system.billing.history = {k: v for k, v in history.items() if k != what}


async def async_import_history(
    hass: HomeAssistant, system: System, *, dry_run: bool = False
) -> dict[str, Any]:
    """Take a system's past over; return what was found and written.

    Raises NoPastError where there is no recorder, no meter, or no statistic.
    """
    if RECORDER_DOMAIN not in hass.config.components:
        raise NoPastError("needs_recorder")
    async with system.billing.past:
        if system.billing.is_over:
            raise NoPastError("no_past")
        return await _async_import(hass, system, dry_run=dry_run)


async def _async_import(
    hass: HomeAssistant, system: System, *, dry_run: bool
) -> dict[str, Any]:
    config = system.config
    source = config.energy or config.power
    if source is None:
        raise NoPastError("no_meter")
    energy, cost = (_own(hass, system, key) for key in ("energy", "cost"))
    until = await _async_until(hass, system, "energy", energy)
    # The statistics may go back to a system that had the same name, and is gone: those
    # stay as they are. Its bill is to be whole all the same.
    began = int(system.billing.history.get("began", until))
    start = datetime.fromtimestamp(until, UTC) - LONGEST
    hours = await _async_use(hass, source, start, began, is_energy=bool(config.energy))
    if not hours:
        raise NoPastError("no_past")
    plan = system.billing.plan
    home: list[Use] = []
    if plan is not None and plan.home_energy:
        home = await _async_use(hass, plan.home_energy, start, began, is_energy=True)
    fed: list[Use] | None = None
    if plan is not None and plan.home_export and home:
        fed = await _async_use(hass, plan.home_export, start, began, is_energy=True)
    spots = await _async_spots(hass, system, start, began)
    priced = await hass.async_add_executor_job(
        price_hours, system.billing.tariff, hours, home, spots, fed
    )
    past = [hour for hour in priced if hour.start < until]
    if not past:
        if not dry_run:
            await _async_fill(system, priced, until, home, fed or [], spots)
        raise NoPastError("no_past")
    known = [hour for hour in past if hour.cost is not None]
    answer: dict[str, Any] = {
        "source": source,
        "start": datetime.fromtimestamp(past[0].start, UTC).isoformat(),
        "end": datetime.fromtimestamp(past[-1].start + HOUR, UTC).isoformat(),
        "hours": len(past),
        "energy": round(sum(hour.kwh for hour in past), 3),
        "cost": round(sum(hour.cost or 0.0 for hour in known), 2),
        "unpriced_hours": len(past) - len(known),
        "dry_run": dry_run,
    }
    if dry_run:
        return answer
    if energy is not None:
        rows = [(hour.start, hour.kwh) for hour in past]
        await _async_write(hass, system, "energy", energy, rows)
    if cost is not None and known:
        cost_until = await _async_until(hass, system, "cost", cost)
        costs = [
            (hour.start, hour.cost or 0.0) for hour in known if hour.start < cost_until
        ]
        await _async_write(hass, system, "cost", cost, costs)
    await _async_settle(hass, system)
    await _async_fill(system, priced, until, home, fed or [], spots)
    return answer


async def _async_fill(
    system: System,
    priced: Sequence[Hour],
    until: int,
    home: Sequence[Use],
    fed: Sequence[Use],
    spots: Mapping[int, float],
) -> None:
    """Fill the ledgers: what is known now tells where the bill will end."""
    _fill_ledger(system, priced, until, home, fed, spots)
    await system.projector.async_refresh(dt_util.utcnow().timestamp())


def _own(hass: HomeAssistant, system: System, key: str) -> str | None:
    """Return the entity id of a system's sensor, None where it is not recorded."""
    entity_id = own_sensor(hass, system.entry_id, key)
    if entity_id is None or not is_entity_recorded(hass, entity_id):
        return None
    return entity_id


async def _async_until(
    hass: HomeAssistant, system: System, key: str, entity_id: str | None
) -> int:
    """Return when a sensor's own statistics begin: what is before it, may be written.

    That is asked once: afterwards what was written would be taken for its own.
    """
    if (known := system.billing.history.get(key)) is not None:
        return int(known)
    now = int(dt_util.utcnow().timestamp())
    until = now - now % HOUR
    if entity_id is not None:
        ever = datetime.fromtimestamp(0, UTC)
        if rows := await async_figures(hass, entity_id, ever, None, "sum"):
            until = min(until, rows[0][0])
    new: dict[str, float] = {key: until}
    due = system.billing.history.get(DUE)
    if key == "energy" and due is not None and until < due:
        new["began"] = due
    system.billing.history = {**system.billing.history, **new}
    return until


async def _async_use(
    hass: HomeAssistant,
    source: str,
    start: datetime,
    until: int,
    *,
    is_energy: bool,
    period: Literal["hour", "5minute"] = "hour",
) -> list[Use]:
    """Return what a meter's statistics tell of each hour, or five minutes, none below zero."""
    rows = await async_figures(
        hass,
        source,
        start,
        datetime.fromtimestamp(until, UTC),
        "change" if is_energy else "mean",
        period=period,
    )
    factor = 1.0
    if not is_energy:
        factor = 1 / 1000 if period == "hour" else FIVE / HOUR / 1000
    return [
        # A meter that was reset may show a change that none can use.
        Use(at, max(amount * factor, 0.0))
        for at, amount in rows
        if amount is not None and at < until
    ]


async def _async_spots(
    hass: HomeAssistant, system: System, start: datetime, until: int
) -> dict[int, float]:
    """Return the hourly means of the price entity that a system's prices follow."""
    plan, source = system.billing.plan, system.price_source
    entity_id = source.entity_id if plan is None and source is not None else None
    if plan is not None:
        entity_id = plan.price_entity
    if entity_id is None:
        return {}
    unit = await get_instance(hass).async_add_executor_job(_unit_of, hass, entity_id)
    try:
        factor = price_factor(unit, hass.config.currency)
    except PriceUnitError:
        return {}
    end = datetime.fromtimestamp(until, UTC)
    return {
        at: mean * factor
        for at, mean in await async_figures(hass, entity_id, start, end, "mean")
        if mean is not None
    }


def _unit_of(hass: HomeAssistant, statistic_id: str) -> str | None:
    found = get_metadata(hass, statistic_ids={statistic_id}).get(statistic_id)
    return None if found is None else found[1]["unit_of_measurement"]


async def _async_write(
    hass: HomeAssistant,
    system: System,
    key: str,
    entity_id: str,
    rows: Sequence[tuple[int, float]],
) -> None:
    """Write the past of a sensor: sums that grow from nothing."""
    if not rows:
        return
    unit = _unit(hass, key)
    if key == "energy":
        # Were it another, all that stands would be taken for this one.
        kept_in = await get_instance(hass).async_add_executor_job(
            _unit_of, hass, entity_id
        )
        if kept_in is not None and kept_in in EnergyConverter.VALID_UNITS:
            unit = kept_in
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source=RECORDER_DOMAIN,
        statistic_id=entity_id,
        unit_class=EnergyConverter.UNIT_CLASS if key == "energy" else None,
        unit_of_measurement=unit,
    )
    # A year of rows would hold the event loop for as long as they are many.
    data, total = await hass.async_add_executor_job(_sums, rows, key, unit)
    # What stands there already is not written again.
    stands = dict(
        await async_figures(
            hass,
            entity_id,
            data[0]["start"],
            data[-1]["start"] + timedelta(hours=1),
            "sum",
            units={"energy": unit} if key == "energy" else None,
        )
    )
    billing, last = system.billing, data[-1]
    new = {f"{key}_total": round(total, 6)}
    stood = stands.get(int(last["start"].timestamp()))
    if (
        f"{key}_raised" in billing.history
        and stood is not None
        and stood != last["sum"]
    ):
        # What its owner corrected by hand goes with this; the sensor's own go along.
        if key == "energy":
            stood = EnergyConverter.convert(stood, unit, UnitOfEnergy.KILO_WATT_HOUR)
        new[f"{key}_raised"] = round(stood, 6)
    data = [
        row for row in data if stands.get(int(row["start"].timestamp())) != row["sum"]
    ]
    async_write_sums(hass, metadata, data)
    billing.history = {**billing.history, **new}


def _sums(
    rows: Sequence[tuple[int, float]], key: str, unit: str
) -> tuple[list[StatisticData], float]:
    """Return the statistics of amounts, from an hour of zero on, and their total.

    The total is in kWh, or in the home's currency, whatever the statistics are in.
    """
    factor = 1.0
    if key == "energy":
        factor = EnergyConverter.convert(1.0, UnitOfEnergy.KILO_WATT_HOUR, unit)
    total = 0.0
    data = [
        StatisticData(
            start=datetime.fromtimestamp(rows[0][0] - HOUR, UTC), state=0.0, sum=0.0
        )
    ]
    for start, amount in rows:
        total += amount
        at, so_far = datetime.fromtimestamp(start, UTC), round(total * factor, 6)
        data.append(StatisticData(start=at, state=so_far, sum=so_far))
    return data, total


def _unit(hass: HomeAssistant, key: str) -> str:
    return (
        UnitOfEnergy.KILO_WATT_HOUR.value if key == "energy" else hass.config.currency
    )


async def async_settle(hass: HomeAssistant, system: System) -> None:
    """Settle the past of a system that is still loaded."""
    async with system.billing.past:
        if not system.billing.is_over:
            await _async_settle(hass, system)


async def _async_settle(hass: HomeAssistant, system: System) -> None:
    """Raise a sensor's own statistics by what came before them, once it has any.

    Its own sums begin at 0 whatever was written before: Home Assistant makes
    them of its short-term statistics only.
    """
    billing = system.billing
    for key in ("energy", "cost"):
        total = billing.history.get(f"{key}_total", 0.0)
        raised = billing.history.get(f"{key}_raised", 0.0)
        entity_id = _own(hass, system, key)
        if total == raised or entity_id is None:
            continue
        until = billing.history[key]
        if await get_instance(hass).async_add_executor_job(
            _has_own, hass, entity_id, until
        ):
            get_instance(hass).async_adjust_statistics(
                entity_id,
                datetime.fromtimestamp(until, UTC),
                total - raised,
                _unit(hass, key),
            )
            billing.history = {**billing.history, f"{key}_raised": total}


def _has_own(hass: HomeAssistant, entity_id: str, until: int) -> bool:
    """Return whether a sensor has statistics that Home Assistant made."""
    if get_last_short_term_statistics(hass, 1, entity_id, False, {"sum"}):
        return True
    rows = get_last_statistics(hass, 1, entity_id, False, {"sum"}).get(entity_id)
    return rows is not None and len(rows) > 0 and rows[0]["start"] >= until


async def _async_take_minutes(hass: HomeAssistant, system: System) -> None:
    """Take into the bill what the meter told of an hour before a system began in it."""
    billing = system.billing
    began = int(billing.history.get(MINUTES, 0.0))
    now = dt_util.utcnow().timestamp()
    if not began or DUE in billing.history or now < began + 2 * FIVE:
        return
    async with billing.past:
        if billing.is_over:
            return
        config = system.config
        if (source := config.energy or config.power) is not None:
            start = datetime.fromtimestamp(began - began % HOUR, UTC)
            is_energy = config.energy is not None
            uses = await _async_use(
                hass, source, start, began, is_energy=is_energy, period="5minute"
            )
            _add_minutes(system, uses, began)
        _done(system, MINUTES)


def _add_minutes(system: System, uses: Sequence[Use], began: int) -> None:
    billing = system.billing
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
                if "began" not in billing.history or bucket not in counted
            ],
            is_home=False,
        )
    billing.renew(dt_util.utcnow().timestamp())


def _fill_ledger(
    system: System,
    hours: Sequence[Hour],
    until: int,
    home: Sequence[Use],
    fed: Sequence[Use],
    spots: Mapping[int, float],
) -> None:
    """Take the hours of this billing period and the last into the ledgers.

    What was used from `until` on, the plan may have counted of a system that is gone.
    """
    billing = system.billing
    if billing.tariff is None or billing.period is None:
        return
    period = billing.tariff.cycle.period(billing.period.start - timedelta(days=1))
    first = round(billing.tariff.midnight(period.start) / QUARTER)
    uses = [Use(hour.start, hour.kwh) for hour in hours]
    filled = billing.fill(uses, first, spots)
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
        plan.fill(
            (
                (bucket, hour.kwh / 4)
                for hour in home
                for bucket in range(hour.start // QUARTER, hour.start // QUARTER + 4)
                if bucket >= first
            ),
            is_home=True,
            fed=ledger_of(fed).kwh,
        )
    billing.renew(dt_util.utcnow().timestamp())
