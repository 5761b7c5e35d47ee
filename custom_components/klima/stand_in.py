"""Our thermostat stands in for the unit's own: one of the two is shown and spoken to.

Two thermostats for one room would stand side by side on a dashboard, and "set the
bedroom to 21" would find more than one device. So the unit's own entity is hidden, and
ours takes over its area and to which assistants it is exposed, as Home Assistant does
where a switch is shown as a light. That is done once: what the user changes later stands. The unit's
entity gets back what it had when Klima lets go of it. What it had is remembered in the
registry, at the unit.
"""

from homeassistant.components.homeassistant import exposed_entities
from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import CONF_UNIT, DOMAIN, SUBENTRY_ZONE
from .zone import Zone

_ENTRY = "config_entry_id"
_EXPOSED = "exposed"
_HIDDEN = "hidden"


@callback
def async_stand_in(hass: HomeAssistant, entry: ConfigEntry, zone: Zone) -> None:
    """Let a zone's entity take the place of its unit's own, if it did not yet."""
    registry = er.async_get(hass)
    platform = zone.driver.platform
    ours = registry.async_get_entity_id(
        platform, DOMAIN, f"{zone.subentry_id}_{platform}"
    )
    unit = registry.async_get(zone.data.get(CONF_UNIT, ""))
    if ours is None or unit is None or DOMAIN in unit.options:
        return
    _take_area(hass, ours, unit)
    exposed: dict[str, bool] = {}
    if DATA_EXPOSED_ENTITIES in hass.data:
        # Asked before it is hidden: what is hidden is exposed to none by default.
        exposed = {
            assistant: exposed_entities.async_should_expose(
                hass, assistant, unit.entity_id
            )
            for assistant in exposed_entities.KNOWN_ASSISTANTS
        }
    for assistant, is_exposed in exposed.items():
        exposed_entities.async_expose_entity(hass, assistant, ours, is_exposed)
        if is_exposed:
            exposed_entities.async_expose_entity(hass, assistant, unit.entity_id, False)
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
def _take_area(hass: HomeAssistant, ours: str, unit: er.RegistryEntry) -> None:
    """Put the zone's device where the unit is, unless the user put it somewhere."""
    devices = dr.async_get(hass)
    area_id = unit.area_id
    if area_id is None and unit.device_id is not None:
        home = devices.async_get(unit.device_id)
        area_id = None if home is None else home.area_id
    entity = er.async_get(hass).async_get(ours)
    if area_id is None or entity is None or entity.device_id is None:
        return
    device = devices.async_get(entity.device_id)
    if device is not None and device.area_id is None:
        devices.async_update_device(device.id, area_id=area_id)


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
        if DATA_EXPOSED_ENTITIES in hass.data:
            for assistant, is_exposed in kept[_EXPOSED].items():
                if is_exposed:
                    exposed_entities.async_expose_entity(
                        hass, assistant, unit.entity_id, True
                    )
        if kept[_HIDDEN] and unit.hidden_by is er.RegistryEntryHider.INTEGRATION:
            registry.async_update_entity(unit.entity_id, hidden_by=None)
        registry.async_update_entity_options(unit.entity_id, DOMAIN, None)
