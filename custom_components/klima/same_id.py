"""Totals whose statistics would fall, where they are to go on without a step.

A system, or a zone, that is removed and added again has the entity ids that it had,
and Home Assistant keeps statistics by these. To them the new sensor is the old one,
whose total fell to nothing: all that it ever counted is taken off in that hour. And
where a system was disabled for longer than the recorder keeps short-term statistics,
Home Assistant begins its sums at nothing again. Once there is a first statistic of
such a sensor, its sums are raised by what they fell.
"""

from dataclasses import dataclass
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
"""For how long a sensor is new, or back. A restart within it does not stop the look."""

SHORT_TERM = timedelta(minutes=5)
"""The time that Home Assistant's short-term statistics are of."""

LEAST = 1e-6
"""The step in a sum that is worth mending, in the unit of the sensor."""


@dataclass(frozen=True, slots=True)
class Begun:
    """When a sensor began, or came back; and whether its total then began at nothing."""

    at: datetime
    is_new: bool


@callback
def async_watch_same_ids(hass: HomeAssistant, entry: KlimaConfigEntry) -> None:
    """Let the statistics of totals that are new, or back, go on where their ids have any."""
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
        for entity_id, begun in looked_at.items():
            if (
                now - begun.at <= NEW
                and not (begun.is_new and entity_id in past)
                and not await _async_go_on(hass, entity_id, begun)
            ):
                waiting[entity_id] = begun
        if not waiting:
            stop()

    @callback
    def stop() -> None:
        while cancel:
            cancel.pop()()

    cancel.append(async_track_time_interval(hass, look, LOOK_INTERVAL))
    entry.async_on_unload(stop)


def _begun_totals(hass: HomeAssistant, entry: KlimaConfigEntry) -> dict[str, Begun]:
    """Return the totals of an entry that never begin anew, and are new or back."""
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
        if now - each.created_at <= NEW:
            begun[each.entity_id] = Begun(each.created_at, is_new=True)
        elif entry.runtime_data.was_away:
            begun[each.entity_id] = Begun(now, is_new=False)
    return begun


def _with_past(hass: HomeAssistant, entry: KlimaConfigEntry) -> set[str | None]:
    """Return the new sensors before which there is nothing but their meter's past.

    `history.py` raises these.
    """
    registry, history = er.async_get(hass), entry.runtime_data.billing.history
    return {
        registry.async_get_entity_id(SENSOR_DOMAIN, DOMAIN, f"{entry.entry_id}_{key}")
        for key in ("energy", "cost")
        if history.get(f"{key}_total")
        and history[key] >= history.get("began", history[key])
    }


async def _async_go_on(hass: HomeAssistant, entity_id: str, begun: Begun) -> bool:
    """Raise the sums of a total by what they fell; return whether that is done."""
    found = await get_instance(hass).async_add_executor_job(
        _step, hass, entity_id, begun
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
    hass: HomeAssistant, entity_id: str, begun: Begun
) -> tuple[float, float, str] | None:
    """Return where a total's sums begin, and what they lack there, in a unit.

    None as long as there is no statistic of it.
    """
    first = begun.at.timestamp() // SHORT_TERM.seconds * SHORT_TERM.seconds
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
    # Of the hour in which it began, the hourly one has both.
    hourly = get_last_statistics(hass, 3, entity_id, False, {"sum", "state"})
    before = [row for row in rows if row["start"] < first] or [
        row
        for row in reversed(hourly.get(entity_id, []))
        if row["start"] < first // HOUR * HOUR
    ]
    metadata = get_metadata(hass, statistic_ids={entity_id}).get(entity_id)
    unit = metadata and metadata[1]["unit_of_measurement"]
    state, now = own.get("state"), own.get("sum")
    if not before or state is None or now is None or unit is None:
        return first, 0.0, ""
    stood, showed = before[-1].get("sum"), before[-1].get("state")
    if stood is None or showed is None:
        return first, 0.0, ""
    counted = state if begun.is_new else state - showed
    return own["start"], stood + counted - now, unit
