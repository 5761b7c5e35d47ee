"""Totals whose statistics would fall, where they are to go on without a step.

A system, or a zone, that is removed and added again has the entity ids that it had,
and Home Assistant keeps statistics by these. To them the new sensor is the old one,
whose total fell to nothing: all that it ever counted is taken off in that hour. And
where a sensor was disabled, or the recorder told to leave it out, for longer than that
keeps short-term statistics, Home Assistant begins its sums at nothing again. Once there
is a first statistic of such a sensor, its sums are raised by what they fell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN, get_instance
from homeassistant.components.recorder.statistics import (
    StatisticsRow,
    get_last_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.components.sensor import (
    ATTR_LAST_RESET,
    ATTR_STATE_CLASS,
    DOMAIN as SENSOR_DOMAIN,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter
from sqlalchemy.exc import SQLAlchemyError

from .core.history import HOUR
from .own_entities import own_sensor
from .past_sums import BEGAN, COST, ENERGY
from .system import KlimaConfigEntry

_LOGGER = logging.getLogger(__name__)

LOOK_INTERVAL = timedelta(minutes=1)
"""How often it is looked whether a new sensor has a statistic: the hour in which it
began should not end before."""

NEW = timedelta(hours=1)
"""For how long a sensor is new, or loaded. A restart within it does not stop the look."""

SHORT_TERM = timedelta(minutes=5)
"""The time that Home Assistant's short-term statistics are of."""

LEAST = 1e-6
"""The step in a sum that is worth mending, in the unit of the sensor."""


@dataclass(frozen=True, slots=True)
class Begun:
    """When a sensor began, or was loaded; and whether its total then began at nothing."""

    at: datetime
    is_new: bool

    @property
    def first(self) -> float:
        """When the first statistic that it may be in begins (epoch s)."""
        return self.at.timestamp() // SHORT_TERM.seconds * SHORT_TERM.seconds


@dataclass(frozen=True, slots=True)
class Step:
    """What the sums of a total lack from a time on (epoch s), in a unit."""

    start: float
    lacks: float
    unit: str


@callback
def async_watch_same_ids(hass: HomeAssistant, entry: KlimaConfigEntry) -> None:
    """Let the statistics of totals go on where their ids have any."""
    if RECORDER_DOMAIN not in hass.config.components:
        return
    if not (waiting := _begun_totals(hass, entry)):
        return
    cancel: list[CALLBACK_TYPE] = []

    async def look(now: datetime) -> None:
        # Nothing is left to another look while this one is at it: it would raise it again.
        looked_at = dict(waiting)
        waiting.clear()
        if not looked_at:
            return
        past = _with_past(hass, entry)
        left = {
            entity_id: begun
            for entity_id, begun in looked_at.items()
            if now - begun.at <= NEW and not (begun.is_new and entity_id in past)
        }
        if left:
            try:
                known = await _async_go_on(hass, left)
            except SQLAlchemyError as err:
                _LOGGER.debug("The statistics cannot be read now: %s", err)
                known = set()
            waiting.update(
                (entity_id, begun)
                for entity_id, begun in left.items()
                if entity_id not in known
            )
        if not waiting:
            stop()

    @callback
    def stop() -> None:
        while cancel:
            cancel.pop()()

    cancel.append(async_track_time_interval(hass, look, LOOK_INTERVAL))
    entry.async_on_unload(stop)


def _begun_totals(hass: HomeAssistant, entry: KlimaConfigEntry) -> dict[str, Begun]:
    """Return the totals of an entry that never begin anew."""
    now, registry = dt_util.utcnow(), er.async_get(hass)
    begun: dict[str, Begun] = {}
    for each in er.async_entries_for_config_entry(registry, entry.entry_id):
        state = hass.states.get(each.entity_id)
        if (
            each.domain != SENSOR_DOMAIN
            or (each.capabilities or {}).get(ATTR_STATE_CLASS) != SensorStateClass.TOTAL
            or state is None
            or ATTR_LAST_RESET in state.attributes
        ):
            continue
        is_new = now - each.created_at <= NEW
        begun[each.entity_id] = Begun(each.created_at if is_new else now, is_new)
    return begun


def _with_past(hass: HomeAssistant, entry: KlimaConfigEntry) -> set[str | None]:
    """Return the new sensors before which there is nothing but their meter's past.

    `past_sums.py` raises these.
    """
    history = entry.runtime_data.billing.history
    return {
        own_sensor(hass, entry.entry_id, key)
        for key in (ENERGY, COST)
        if history.get(f"{key}_total")
        and history[key] >= history.get(BEGAN, history[key])
    }


async def _async_go_on(hass: HomeAssistant, totals: Mapping[str, Begun]) -> set[str]:
    """Raise the sums of totals by what they fell; return of which that is done."""
    known = await get_instance(hass).async_add_executor_job(_steps, hass, totals)
    for entity_id, step in known.items():
        if step is not None and abs(step.lacks) > LEAST:
            get_instance(hass).async_adjust_statistics(
                entity_id,
                dt_util.utc_from_timestamp(step.start),
                step.lacks,
                step.unit,
            )
    return set(known)


def _steps(hass: HomeAssistant, totals: Mapping[str, Begun]) -> dict[str, Step | None]:
    """Return what the sums of totals lack, None for nothing.

    Those of which there is no statistic yet are left out.
    """
    metadata = get_metadata(hass, statistic_ids=set(totals))
    earliest = min(begun.first for begun in totals.values())
    found = statistics_during_period(
        hass,
        dt_util.utc_from_timestamp(earliest) - 2 * NEW,
        None,
        set(totals),
        "5minute",
        # Its owner may have it shown in another.
        {EnergyConverter.UNIT_CLASS: UnitOfEnergy.KILO_WATT_HOUR},
        {"sum", "state"},
    )
    known: dict[str, Step | None] = {}
    for entity_id, begun in totals.items():
        rows = found.get(entity_id, [])
        is_kept = entity_id in metadata
        if not begun.is_new and (
            not is_kept or any(row["start"] < begun.first for row in rows)
        ):
            # Nothing is before it, or Home Assistant goes on from there by itself.
            known[entity_id] = None
        elif is_kept and any(row["start"] >= begun.first for row in rows):
            unit = metadata[entity_id][1]["unit_of_measurement"]
            known[entity_id] = _step(hass, entity_id, begun, rows, unit)
    return known


def _step(
    hass: HomeAssistant,
    entity_id: str,
    begun: Begun,
    rows: list[StatisticsRow],
    unit: str | None,
) -> Step | None:
    """Return what the sums of a total lack where its own begin, None for nothing.

    `rows` are its short-term statistics; its hourly ones are kept in `unit`.
    """
    own = next(row for row in rows if row["start"] >= begun.first)
    before = [row for row in rows if row["start"] < begun.first]
    factor = 1.0
    if unit in EnergyConverter.VALID_UNITS:
        own_unit = UnitOfEnergy.KILO_WATT_HOUR
        if not before:
            factor = EnergyConverter.convert(1.0, unit, own_unit)
        unit = own_unit
    if not before:
        # Of the hour in which it began, the hourly one has both.
        hourly = get_last_statistics(hass, 3, entity_id, False, {"sum", "state"})
        before = [
            row
            for row in reversed(hourly.get(entity_id, []))
            if row["start"] < begun.first // HOUR * HOUR
        ]
    state, now = own.get("state"), own.get("sum")
    if not before or state is None or now is None or unit is None:
        return None
    stood, showed = before[-1].get("sum"), before[-1].get("state")
    if stood is None or showed is None:
        return None
    counted = state if begun.is_new else state - showed * factor
    return Step(own["start"], stood * factor + counted - now, unit)
