"""Watching the entities that a system reads: renamed ones are followed, lost ones told."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.event import (
    async_call_later,
    async_track_entity_registry_updated_event,
    async_track_state_change_event,
)
from homeassistant.helpers.start import async_at_started

from .config import SOURCE_FIELDS
from .const import (
    CONF_EMITTER,
    CONF_ENERGY,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_HUMIDITY,
    CONF_POWER,
    CONF_PRESENCE,
    CONF_RECEIVER,
    CONF_SCHEDULE,
    CONF_TEMPERATURE,
    CONF_THERMAL_ENERGY,
    CONF_UNIT,
    CONF_WINDOWS,
    DOMAIN,
    SUBENTRY_ZONE,
)
from .sources import NO_READING, finite, has_unit_for, read_power
from .store import UNREADABLE

ZONE_FIELDS = (
    CONF_UNIT,
    CONF_EMITTER,
    CONF_RECEIVER,
    CONF_TEMPERATURE,
    CONF_HUMIDITY,
    CONF_SCHEDULE,
)
"""The fields of a zone that name a source entity."""

ZONE_LISTS = (CONF_WINDOWS, CONF_PRESENCE)
"""The fields of a zone that name any number of them."""

ISSUE_SOURCE_MISSING = "source_missing"
ISSUE_SOURCE_UNREADABLE = "source_unreadable"
ISSUE_SOURCE_BELOW_ZERO = "source_below_zero"

SIGNED = (
    CONF_ENERGY,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_POWER,
    CONF_THERMAL_ENERGY,
)
"""The fields whose figure no meter shows below zero, unless it is built in backwards."""

LEAST_POWER = 100.0
"""W whose sign says how a meter is built in: at rest, many show a little on either side."""

GRACE = timedelta(minutes=1)
"""How long a source may take to appear after the start, or to have a unit again,
before that is told."""


@dataclass(frozen=True, slots=True)
class Source:
    """An entity that an entry, or one of its zones, names in a field.

    `listed` is whether the field may name others beside it.
    """

    entity_id: str
    field: str
    subentry_id: str | None
    title: str
    listed: bool = False

    def issue_id(self, entry: ConfigEntry, issue: str) -> str:
        """Return the id of an issue that tells what is wrong with the source."""
        parts = [issue, self.subentry_id or entry.entry_id, self.field]
        if self.listed:
            parts.append(self.entity_id)
        return "_".join(parts)


@callback
def sources(entry: ConfigEntry) -> Iterator[Source]:
    """Yield the sources of an entry and of its zones."""
    for field in SOURCE_FIELDS:
        if entity_id := entry.data.get(field):
            yield Source(entity_id, field, None, entry.title)
    for zone in entry.get_subentries_of_type(SUBENTRY_ZONE):
        for field in ZONE_FIELDS:
            # What sends infrared need not be an entity.
            entity_id = zone.data.get(field)
            if entity_id and "." in entity_id:
                yield Source(entity_id, field, zone.subentry_id, zone.title)
        for field in ZONE_LISTS:
            for entity_id in zone.data.get(field, ()):
                yield Source(
                    entity_id, field, zone.subentry_id, zone.title, listed=True
                )


@callback
def async_replace_source(
    hass: HomeAssistant, entry: ConfigEntry, source: Source, entity_id: str
) -> None:
    """Name another entity in a source's place; the entry is reloaded by that."""
    if source.subentry_id is None:
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, source.field: entity_id}
        )
        return
    zone = entry.subentries[source.subentry_id]
    named: str | list[str] = entity_id
    if source.listed:
        others = (
            entity_id if each == source.entity_id else each
            for each in zone.data[source.field]
        )
        # What took its place may have been named already.
        named = list(dict.fromkeys(others))
    hass.config_entries.async_update_subentry(
        entry, zone, data={**zone.data, source.field: named}
    )


@callback
def _is_renamed(data: er.EventEntityRegistryUpdatedData) -> bool:
    return data["action"] == "update" and "old_entity_id" in data


@callback
def async_follow_renamed(hass: HomeAssistant) -> None:
    """Follow the sources of all entries that are renamed, for as long as Home Assistant runs.

    Not each entry its own: one that is loaded anew, is disabled, or waits for the disk
    would miss a name, and read whoever has it then.
    """

    @callback
    def renamed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        assert event.data["action"] == "update"
        old, new = event.data["old_entity_id"], event.data["entity_id"]
        for entry in hass.config_entries.async_entries(DOMAIN):
            # One that was damaged, and is not loaded, may name anything.
            with suppress(*UNREADABLE):
                for source in list(sources(entry)):
                    if source.entity_id == old:
                        if entry.state is ConfigEntryState.LOADED:
                            # Until it is loaded anew, another may have the old name.
                            entry.runtime_data.async_stop_reading()
                        async_replace_source(hass, entry, source, new)

    hass.bus.async_listen(
        er.EVENT_ENTITY_REGISTRY_UPDATED, renamed, event_filter=_is_renamed
    )


class SourceWatch:
    """Watches the sources of an entry; what each of them needs is not kept."""

    __slots__ = ("_below", "_entry", "_hass", "_signed", "_waiting")

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Watch nothing yet."""
        self._hass = hass
        self._entry = entry
        self._waiting: dict[str, CALLBACK_TYPE] = {}
        self._signed = {
            source.entity_id: source.field
            for source in sources(entry)
            if source.field in SIGNED
        }
        self._below: set[str] = set()

    @callback
    def async_start(self) -> None:
        """Watch for as long as the entry is loaded."""
        hass, until = self._hass, self._entry.async_on_unload
        watched = self._watched()
        until(
            async_track_entity_registry_updated_event(
                hass, watched, self._registry_updated
            )
        )
        until(async_track_state_change_event(hass, watched, self._changed))
        until(self._forget)
        until(async_at_started(hass, self._started))

    def _watched(self) -> list[str]:
        return list({source.entity_id for source in sources(self._entry)})

    @callback
    def _registry_updated(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        if not _is_renamed(event.data):
            self._check(event.data["entity_id"])

    def _check(self, entity_id: str, *, lasts: bool = False) -> None:
        """Tell what is wrong with an entity; a unit that is none only if that lasts."""
        hass, entry = self._hass, self._entry
        there, state = is_there(hass, entity_id), hass.states.get(entity_id)
        below = _below_zero(self._signed.get(entity_id), state)
        if below:
            self._below.add(entity_id)
        elif below is False:
            self._below.discard(entity_id)
        for source in sources(entry):
            if source.entity_id != entity_id:
                continue
            readable = has_unit_for(source.field, state)
            counts = entity_id not in self._below or source.field not in SIGNED
            if not (readable and counts) and not lasts:
                self._look_again(entity_id)
            is_below = readable and not counts
            says = state is not None and state.state not in NO_READING
            for issue, is_wrong, is_over in (
                (ISSUE_SOURCE_MISSING, not there, there),
                # What shows nothing, and a meter that rests, tells nothing of it.
                (ISSUE_SOURCE_UNREADABLE, there and not readable, says or not there),
                (ISSUE_SOURCE_BELOW_ZERO, is_below, below is False or not readable),
            ):
                if is_wrong and (lasts or issue == ISSUE_SOURCE_MISSING):
                    _async_tell(hass, entry, source, issue)
                else:
                    issue_id = source.issue_id(entry, issue)
                    _async_take_back(hass, issue_id, is_over=not is_wrong and is_over)

    def _look_again(self, entity_id: str) -> None:
        """Look once more in a while: what is announced anew may have no unit at first."""

        @callback
        def due(_now: datetime) -> None:
            del self._waiting[entity_id]
            self._check(entity_id, lasts=True)

        if entity_id not in self._waiting:
            self._waiting[entity_id] = async_call_later(self._hass, GRACE, due)

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        # A first or a last state says something of what is known, and another unit.
        if (
            old is None
            or new is None
            or (
                old.attributes is not new.attributes
                and (
                    old.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
                    != new.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
                    or old.state in NO_READING
                )
            )
            or self._turns(event.data["entity_id"], new)
        ):
            self._check(event.data["entity_id"])

    def _turns(self, entity_id: str, state: State) -> bool:
        """Return whether a meter shows figures of the other sign than before."""
        if (field := self._signed.get(entity_id)) is None:
            return False
        was_below = entity_id in self._below
        if not was_below and not state.state.startswith("-"):
            return False
        return _below_zero(field, state) is (not was_below)

    @callback
    def _forget(self) -> None:
        while self._waiting:
            self._waiting.popitem()[1]()

    @callback
    def _started(self, hass: HomeAssistant) -> None:
        self._entry.async_on_unload(async_call_later(hass, GRACE, self._settle))

    @callback
    def _settle(self, _now: datetime) -> None:
        for entity_id in self._watched():
            self._check(entity_id, lasts=True)


def _below_zero(field: str | None, state: State | None) -> bool | None:
    """Return whether a meter's figure is below zero, None where it says nothing of that."""
    if field == CONF_POWER:
        watts = read_power(state)
        return None if watts is None or abs(watts) < LEAST_POWER else watts < 0
    figure = None if field is None or state is None else finite(state.state)
    return None if figure is None else figure < 0


@callback
def is_there(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity has a state, or will have one once it is loaded."""
    if hass.states.get(entity_id) is not None:
        return True
    registered = er.async_get(hass).async_get(entity_id)
    return registered is not None and not registered.disabled


@callback
def _async_take_back(hass: HomeAssistant, issue_id: str, *, is_over: bool) -> None:
    """Tell an issue no more; one that was ignored is forgotten only once it is over.

    What may be so again in a minute would no longer be ignored then.
    """
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if issue is not None and (is_over or issue.dismissed_version is None):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def _async_tell(
    hass: HomeAssistant, entry: ConfigEntry, source: Source, issue: str
) -> None:
    data: dict[str, Any] = {
        "entry_id": entry.entry_id,
        "subentry_id": source.subentry_id,
        "field": source.field,
    }
    if source.listed:
        data["entity_id"] = source.entity_id
    ir.async_create_issue(
        hass,
        DOMAIN,
        source.issue_id(entry, issue),
        data=data,
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders={
            "name": source.title,
            "entity": source.entity_id,
        },
    )
