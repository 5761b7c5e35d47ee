"""Watching the entities that a system reads: renamed ones are followed, lost ones told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
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
    CONF_HUMIDITY,
    CONF_PRESENCE,
    CONF_RECEIVER,
    CONF_SCHEDULE,
    CONF_TEMPERATURE,
    CONF_UNIT,
    CONF_WINDOWS,
    DOMAIN,
    SUBENTRY_ZONE,
)

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

GRACE = timedelta(minutes=1)
"""How long after the start a source may take to appear before it is missed."""


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

    def issue_id(self, entry: ConfigEntry) -> str:
        """Return the id of the issue that tells that the source is gone."""
        parts = [ISSUE_SOURCE_MISSING, self.subentry_id or entry.entry_id, self.field]
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
def async_watch_sources(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Follow the sources of an entry for as long as it is loaded."""
    entity_ids = {source.entity_id for source in sources(entry)}

    @callback
    def registry_updated(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] == "update" and (old := data.get("old_entity_id")):
            for source in list(sources(entry)):
                if source.entity_id == old:
                    async_replace_source(hass, entry, source, data["entity_id"])
        else:
            check(data["entity_id"])

    @callback
    def check(entity_id: str) -> None:
        there = is_there(hass, entity_id)
        for source in sources(entry):
            if source.entity_id != entity_id:
                continue
            if there:
                ir.async_delete_issue(hass, DOMAIN, source.issue_id(entry))
            else:
                _async_tell_missing(hass, entry, source)

    @callback
    def appeared(event: Event[EventStateChangedData]) -> None:
        # Only a first or a last state says anything of what is known.
        if event.data["old_state"] is None or event.data["new_state"] is None:
            check(event.data["entity_id"])

    @callback
    def settle(_now: datetime) -> None:
        for entity_id in entity_ids:
            check(entity_id)

    @callback
    def started(_hass: HomeAssistant) -> None:
        entry.async_on_unload(async_call_later(hass, GRACE, settle))

    entry.async_on_unload(
        async_track_entity_registry_updated_event(hass, entity_ids, registry_updated)
    )
    entry.async_on_unload(async_track_state_change_event(hass, entity_ids, appeared))
    entry.async_on_unload(async_at_started(hass, started))


@callback
def is_there(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity has a state, or will have one once it is loaded."""
    if hass.states.get(entity_id) is not None:
        return True
    registered = er.async_get(hass).async_get(entity_id)
    return registered is not None and not registered.disabled


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back whatever was told of the sources of an entry and of its zones."""
    for (domain, issue_id), issue in list(ir.async_get(hass).issues.items()):
        if (
            domain == DOMAIN
            and issue.data is not None
            and issue.data.get("entry_id") == entry.entry_id
        ):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def _async_tell_missing(
    hass: HomeAssistant, entry: ConfigEntry, source: Source
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
        source.issue_id(entry),
        data=data,
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=ISSUE_SOURCE_MISSING,
        translation_placeholders={
            "name": source.title,
            "entity": source.entity_id,
        },
    )
