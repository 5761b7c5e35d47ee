"""Signs of life: a source that reports on change is alive while its device speaks."""

from collections.abc import Callable, Mapping

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event

from .sources import NO_READING

type Hear = Callable[[float], None]


@callback
def async_hear_devices(
    hass: HomeAssistant, sources: Mapping[str, Hear]
) -> CALLBACK_TYPE | None:
    """Tell when another sensor of a source's device spoke, at epoch s.

    `sources` holds whom to tell by the source's entity id. Sensors alone are
    listened to: what else a device has may change with nothing heard of it. Those
    of another integration say nothing of the way that the source comes.
    Returns None where no device has another.
    """
    registry = er.async_get(hass)
    found: dict[str, list[Hear]] = {}
    for entity_id, hear in sources.items():
        source = registry.async_get(entity_id)
        if source is None or source.device_id is None:
            continue
        for other in er.async_entries_for_device(registry, source.device_id):
            if (
                other.domain == SENSOR_DOMAIN
                and other.config_entry_id == source.config_entry_id
                and other.entity_id != entity_id
            ):
                found.setdefault(other.entity_id, []).append(hear)
    if not found:
        return None

    @callback
    def spoke(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is None or state.state in NO_READING:
            return
        for hear in found[event.data["entity_id"]]:
            hear(event.time_fired_timestamp)

    return async_track_state_change_event(hass, found, spoke)
