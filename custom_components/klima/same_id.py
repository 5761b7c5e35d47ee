"""Sensors that have the id of one that is gone: the statistics of the id go on.

A system, or a zone, that is removed and added again has the entity ids that it had,
and Home Assistant keeps statistics by these. To them the new sensor is the old one,
whose total fell to nothing: all that it ever counted is taken off in that hour. Once
there is a first statistic of the new one, the sums are raised to go on without a step.
"""

from datetime import datetime, timedelta

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN, get_instance
from homeassistant.components.recorder.statistics import (
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
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .core.history import HOUR
from .system import KlimaConfigEntry

LOOK_INTERVAL = timedelta(minutes=1)
"""How often it is looked whether a new sensor has a statistic: the hour in which it
began should not end before."""

NEW = timedelta(hours=1)
"""For how long a sensor is new. A restart within it does not stop the look."""

SHORT_TERM = timedelta(minutes=5)
"""The time that Home Assistant's short-term statistics are of."""

LEAST = 1e-6
"""The step in a sum that is worth mending, in the unit of the sensor."""


@callback
def async_watch_same_ids(hass: HomeAssistant, entry: KlimaConfigEntry) -> None:
    """Let the statistics of an entry's new totals go on, where their ids have any."""
    if RECORDER_DOMAIN not in hass.config.components:
        return
    if not (waiting := _new_totals(hass, entry)):
        return
    cancel: list[CALLBACK_TYPE] = []

    async def look(now: datetime) -> None:
        # Nothing is left to another look while this one is at it: it would raise it again.
        looked_at = dict(waiting)
        waiting.clear()
        if not looked_at:
            return
        past = _with_past(hass, entry)
        for entity_id, created in looked_at.items():
            if (
                now - created <= NEW
                and entity_id not in past
                and not await _async_go_on(hass, entity_id, created)
            ):
                waiting[entity_id] = created
        if not waiting:
            stop()

    @callback
    def stop() -> None:
        while cancel:
            cancel.pop()()

    cancel.append(async_track_time_interval(hass, look, LOOK_INTERVAL))
    entry.async_on_unload(stop)


def _new_totals(hass: HomeAssistant, entry: KlimaConfigEntry) -> dict[str, datetime]:
    """Return the totals of an entry that never begin anew, and are new themselves."""
    now, registry = dt_util.utcnow(), er.async_get(hass)
    return {
        each.entity_id: each.created_at
        for each in er.async_entries_for_config_entry(registry, entry.entry_id)
        if each.domain == SENSOR_DOMAIN
        and now - each.created_at <= NEW
        and (each.capabilities or {}).get(ATTR_STATE_CLASS) == SensorStateClass.TOTAL
        and (state := hass.states.get(each.entity_id)) is not None
        and ATTR_LAST_RESET not in state.attributes
    }


def _with_past(hass: HomeAssistant, entry: KlimaConfigEntry) -> set[str | None]:
    """Return the sensors before which there is nothing but their meter's past.

    `history.py` raises these.
    """
    registry, history = er.async_get(hass), entry.runtime_data.billing.history
    return {
        registry.async_get_entity_id(SENSOR_DOMAIN, DOMAIN, f"{entry.entry_id}_{key}")
        for key in ("energy", "cost")
        if history.get(f"{key}_total")
        and history[key] >= history.get("began", history[key])
    }


async def _async_go_on(hass: HomeAssistant, entity_id: str, created: datetime) -> bool:
    """Raise the sums of a new total by what they stood at; return whether that is done."""
    found = await get_instance(hass).async_add_executor_job(
        _step, hass, entity_id, created
    )
    if found is None:
        return False
    start, step, unit = found
    if abs(step) > LEAST:
        get_instance(hass).async_adjust_statistics(
            entity_id, dt_util.utc_from_timestamp(start), step, unit
        )
    return True


def _step(
    hass: HomeAssistant, entity_id: str, created: datetime
) -> tuple[float, float, str] | None:
    """Return where a new total's sums begin, and what they lack there, in a unit.

    None as long as there is no statistic of it.
    """
    first = created.timestamp() // SHORT_TERM.seconds * SHORT_TERM.seconds
    begin = dt_util.utc_from_timestamp(first)
    rows = statistics_during_period(
        hass,
        begin - 2 * NEW,
        None,
        {entity_id},
        "5minute",
        None,
        {"sum", "state"},
    ).get(entity_id, [])
    own = next((row for row in rows if row["start"] >= first), None)
    if own is None:
        return None
    # Of the hour in which it was made, the hourly one has both.
    hourly = get_last_statistics(hass, 3, entity_id, False, {"sum"}).get(entity_id, [])
    before = [row for row in rows if row["start"] < first] or [
        row for row in reversed(hourly) if row["start"] < first // HOUR * HOUR
    ]
    metadata = get_metadata(hass, statistic_ids={entity_id}).get(entity_id)
    stood, state, now = (
        before[-1].get("sum") if before else None,
        own.get("state"),
        own.get("sum"),
    )
    unit = metadata and metadata[1]["unit_of_measurement"]
    if stood is None or state is None or now is None or unit is None:
        return first, 0.0, ""
    return own["start"], stood + state - now, unit
