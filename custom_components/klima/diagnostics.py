"""Diagnostics: what helps to help, without what tells who or where."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.device_tracker import DOMAIN as DEVICE_TRACKER_DOMAIN
from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_HOME, STATE_NOT_HOME
from homeassistant.core import HomeAssistant, State, split_entity_id, valid_entity_id
from homeassistant.helpers import entity_registry as er

from .const import CONF_KIND
from .plan import PlanConfigEntry
from .source_watch import Source, sources
from .sources import NO_READING
from .store import UNREADABLE
from .system import KlimaConfigEntry

TO_REDACT = {"title", "name", "action", "payload", "topic"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: KlimaConfigEntry | PlanConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of a system or a plan.

    One that could not be set up has its settings, which are then what is asked for.
    """
    read = _sources(entry)
    named = {source.entity_id for source in read}
    runtime: dict[str, Any] = {}
    if entry.state is ConfigEntryState.LOADED:
        runtime[str(entry.data[CONF_KIND])] = entry.runtime_data.diagnostics()
    return {
        "entry": async_redact_data(
            {
                "title": entry.title,
                "version": entry.version,
                "data": _redact_entity_ids(entry.data, named),
                "subentries": [
                    {
                        "type": subentry.subentry_type,
                        "title": subentry.title,
                        "data": _redact_entity_ids(subentry.data, named),
                    }
                    for subentry in entry.subentries.values()
                ],
            },
            TO_REDACT,
        ),
        "state": entry.state.value,
        "sources": [_source(hass, source) for source in read],
        **runtime,
    }


def _sources(entry: KlimaConfigEntry | PlanConfigEntry) -> list[Source]:
    """Return what an entry reads; one that was damaged may name anything."""
    try:
        return [each for each in sources(entry) if valid_entity_id(each.entity_id)]
    except UNREADABLE:
        return []


def _source(hass: HomeAssistant, source: Source) -> dict[str, Any]:
    """Tell what a source is and says, but not what it is called."""
    state = hass.states.get(source.entity_id)
    entry = er.async_get(hass).async_get(source.entity_id)
    return {
        "field": source.field,
        "domain": split_entity_id(source.entity_id)[0],
        "integration": entry.platform if entry else None,
        "state": _state(state) if state else None,
        "unit": state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) if state else None,
    }


def _state(state: State) -> str:
    """Return a state; of who is in a zone of the home's, only that it is one."""
    is_place = state.domain in (PERSON_DOMAIN, DEVICE_TRACKER_DOMAIN)
    if is_place and state.state not in (STATE_HOME, STATE_NOT_HOME, *NO_READING):
        return REDACTED
    return state.state


def _redact_entity_ids(value: Any, named: set[str]) -> Any:
    """Keep the domain of an entity id, at any depth: its name may be a person's or a place's."""
    if isinstance(value, str):
        if value in named or valid_entity_id(value):
            return f"{split_entity_id(value)[0]}.{REDACTED}"
        return value
    if isinstance(value, Mapping):
        return {key: _redact_entity_ids(each, named) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redact_entity_ids(each, named) for each in value]
    return value
