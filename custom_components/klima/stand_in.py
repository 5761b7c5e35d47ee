"""Our thermostat stands in for the unit's own: one of the two is shown and spoken to.

Two thermostats for one room would stand side by side on a dashboard, and "set the
bedroom to 21" would find more than one device. So the unit's own entity is hidden, and
ours takes over its area and to which assistants it is exposed, as Home Assistant does
where a switch is shown as a light; and by which names it is called and which labels it
has, as automations find nothing that is hidden by its label. That is done once: what the
user changes later stands. The unit's entity keeps its names and labels, and gets back what it had when Klima lets go of it, and is lent it while ours is
disabled or removed: a room is not left without any. What it had is remembered in the registry, at the unit.
"""

from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import DOMAIN as HOMEASSISTANT, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import CONF_UNIT, DOMAIN, SUBENTRY_ZONE
from .zone import Zone

_LOGGER = logging.getLogger(__name__)

try:
    from homeassistant.components.homeassistant.exposed_entities import (
        KNOWN_ASSISTANTS,
        async_expose_entity,
        async_should_expose,
    )
except ImportError as err:  # pragma: no cover - it is there in all that are known
    # Private to Home Assistant: it may be another in any version.
    _KNOWN: tuple[str, ...] = ()
    _LOGGER.warning("Units' assistants are not handed over to thermostats: %s", err)
else:
    _KNOWN = KNOWN_ASSISTANTS

_ENTRY = "config_entry_id"
_EXPOSED = "exposed"
_HIDDEN = "hidden"
_LENT = "lent"
"""What the unit has while ours is disabled: whether it is shown, and to whom exposed."""

_PLATFORMS = tuple(
    f"{platform}." for platform in (Platform.CLIMATE, Platform.WATER_HEATER)
)


def _assistants(hass: HomeAssistant) -> tuple[str, ...]:
    """Return the assistants that Home Assistant knows what is exposed to."""
    return _KNOWN if HOMEASSISTANT in hass.config.components else ()


def _ours(registry: er.EntityRegistry, zone: Zone) -> er.RegistryEntry | None:
    """Return a zone's entity, None where it is disabled, or removed until the next start."""
    platform = zone.driver.platform
    entity_id = registry.async_get_entity_id(
        platform, DOMAIN, f"{zone.subentry_id}_{platform}"
    )
    ours = None if entity_id is None else registry.async_get(entity_id)
    return None if ours is None or ours.disabled else ours


@callback
def async_follow_disabled(hass: HomeAssistant) -> None:
    """Show a unit's own entity again as soon as ours is disabled or removed.

    Once ours is enabled, Home Assistant loads the entry anew, and it stands in again.
    """

    @callback
    def is_told(data: er.EventEntityRegistryUpdatedData) -> bool:
        return data["entity_id"].startswith(_PLATFORMS) and (
            data["action"] == "remove"
            or (data["action"] == "update" and "disabled_by" in data["changes"])
        )

    @callback
    def changed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        registry = er.async_get(hass)
        entity = registry.async_get(event.data["entity_id"])
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            # Of one that was removed, nothing tells any more whose it was.
            if entity is None or entity.config_entry_id == entry.entry_id:
                for zone in getattr(entry.runtime_data, "zones", {}).values():
                    if _ours(registry, zone) is None:
                        _lend(hass, entry, zone)

    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, changed, is_told)


@callback
def async_stand_in(hass: HomeAssistant, entry: ConfigEntry, zone: Zone) -> None:
    """Let a zone's entity take the place of its unit's own, if it did not yet."""
    registry = er.async_get(hass)
    ours = _ours(registry, zone)
    unit = registry.async_get(zone.data.get(CONF_UNIT, ""))
    if ours is None:
        _lend(hass, entry, zone)
        return
    if unit is None:
        return
    if (kept := unit.options.get(DOMAIN)) is not None:
        _take_back(hass, unit, kept)
        return
    _take_area(hass, ours, unit)
    _take_names(hass, ours, unit)
    # Asked before it is hidden: what is hidden is exposed to none by default.
    exposed = {
        assistant: async_should_expose(hass, assistant, unit.entity_id)
        for assistant in _assistants(hass)
    }
    for assistant, is_exposed in exposed.items():
        async_expose_entity(hass, assistant, ours.entity_id, is_exposed)
        if is_exposed:
            async_expose_entity(hass, assistant, unit.entity_id, False)
    hide = unit.hidden_by is None
    if hide:
        registry.async_update_entity(
            unit.entity_id, hidden_by=er.RegistryEntryHider.INTEGRATION
        )
    registry.async_update_entity_options(
        unit.entity_id,
        DOMAIN,
        {_ENTRY: entry.entry_id, _EXPOSED: exposed, _HIDDEN: hide},
    )


@callback
def _lend(hass: HomeAssistant, entry: ConfigEntry, zone: Zone) -> None:
    """Let a unit have its place while ours is disabled; what the user chose stands."""
    registry = er.async_get(hass)
    unit = registry.async_get(zone.data.get(CONF_UNIT, ""))
    kept = None if unit is None else unit.options.get(DOMAIN)
    if (
        unit is None
        or kept is None
        or kept.get(_ENTRY) != entry.entry_id
        or _LENT in kept
    ):
        return
    exposed = _expose_again(hass, unit, kept[_EXPOSED])
    shown = kept[_HIDDEN] and unit.hidden_by is er.RegistryEntryHider.INTEGRATION
    if shown:
        registry.async_update_entity(unit.entity_id, hidden_by=None)
    registry.async_update_entity_options(
        unit.entity_id, DOMAIN, {**kept, _LENT: {_HIDDEN: shown, _EXPOSED: exposed}}
    )


@callback
def _take_back(
    hass: HomeAssistant, unit: er.RegistryEntry, kept: Mapping[str, Any]
) -> None:
    """Take what a unit was lent, as ours is enabled again."""
    if (lent := kept.get(_LENT)) is None:
        return
    registry = er.async_get(hass)
    for assistant in _assistants(hass):
        if assistant in lent[_EXPOSED]:
            async_expose_entity(hass, assistant, unit.entity_id, False)
    if lent[_HIDDEN] and unit.hidden_by is None:
        registry.async_update_entity(
            unit.entity_id, hidden_by=er.RegistryEntryHider.INTEGRATION
        )
    registry.async_update_entity_options(
        unit.entity_id,
        DOMAIN,
        {key: value for key, value in kept.items() if key != _LENT},
    )


@callback
def _expose_again(
    hass: HomeAssistant, unit: er.RegistryEntry, exposed: Mapping[str, bool]
) -> list[str]:
    """Expose a unit to who might use it before; return to whom it was not meanwhile."""
    again = [
        assistant
        for assistant in _assistants(hass)
        if exposed.get(assistant)
        and not async_should_expose(hass, assistant, unit.entity_id)
    ]
    for assistant in again:
        async_expose_entity(hass, assistant, unit.entity_id, True)
    return again


@callback
def _take_area(
    hass: HomeAssistant, ours: er.RegistryEntry, unit: er.RegistryEntry
) -> None:
    """Put the zone's device where the unit is, unless the user put it somewhere."""
    devices = dr.async_get(hass)
    area_id = unit.area_id
    if area_id is None and unit.device_id is not None:
        home = devices.async_get(unit.device_id)
        area_id = None if home is None else home.area_id
    if area_id is None or ours.device_id is None:
        return
    device = devices.async_get(ours.device_id)
    if device is not None and device.area_id is None:
        devices.async_update_device(device.id, area_id=area_id)


@callback
def _take_names(
    hass: HomeAssistant, ours: er.RegistryEntry, unit: er.RegistryEntry
) -> None:
    """Let ours be called what the unit was called, and be found by its labels."""
    registry = er.async_get(hass)
    labels = set(unit.labels)
    if unit.device_id is not None and (
        home := dr.async_get(hass).async_get(unit.device_id)
    ):
        # A label of the device finds what is shown of it.
        labels |= home.labels
    aliases = list(ours.aliases)
    if aliases in ([], [er.COMPUTED_NAME]):
        aliases = []
        for alias in unit.aliases or [er.COMPUTED_NAME]:
            aliases.append(alias)
            name = er.async_get_full_entity_name(hass, unit).strip()
            if alias is er.COMPUTED_NAME and name:
                aliases.append(name)
        own = er.async_get_full_entity_name(hass, ours).strip().casefold()
        aliases = [
            alias
            for alias in aliases
            if alias is er.COMPUTED_NAME or alias.casefold() != own
        ]
    registry.async_update_entity(
        ours.entity_id, aliases=aliases, labels=ours.labels | labels
    )


@callback
def async_step_back(
    hass: HomeAssistant, entry: ConfigEntry, *, entirely: bool = False
) -> None:
    """Give the units that a system serves no more, or all of them, back their place."""
    wrapped = {
        None if entirely else zone.data.get(CONF_UNIT)
        for zone in entry.get_subentries_of_type(SUBENTRY_ZONE)
    }
    registry = er.async_get(hass)
    units = [
        (unit, kept)
        for unit in registry.entities.values()
        if (kept := unit.options.get(DOMAIN)) is not None
        and kept.get(_ENTRY) == entry.entry_id
        and unit.entity_id not in wrapped
    ]
    for unit, kept in units:
        _expose_again(hass, unit, kept[_EXPOSED])
        if kept[_HIDDEN] and unit.hidden_by is er.RegistryEntryHider.INTEGRATION:
            registry.async_update_entity(unit.entity_id, hidden_by=None)
        registry.async_update_entity_options(unit.entity_id, DOMAIN, None)
