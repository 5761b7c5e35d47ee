"""Klima's own entities, as the registry knows them: by whose they are, and their key."""

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


def own_sensor(hass: HomeAssistant, owner_id: str, key: str) -> str | None:
    """Return the entity id of a sensor of an entry, or of a zone; None where there is none."""
    return er.async_get(hass).async_get_entity_id(
        SENSOR_DOMAIN, DOMAIN, f"{owner_id}_{key}"
    )


@callback
def async_enable(hass: HomeAssistant, owner_id: str, key: str) -> None:
    """Enable a sensor that was of no use when it was added; what the user disabled stays so.

    Of an entry whose new entities are disabled, all stay so.
    """
    registry = er.async_get(hass)
    if (
        (entity_id := own_sensor(hass, owner_id, key)) is not None
        and (entity := registry.async_get(entity_id)) is not None
        and entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        and (entry := hass.config_entries.async_get_entry(entity.config_entry_id or ""))
        and not entry.pref_disable_new_entities
    ):
        registry.async_update_entity(entity_id, disabled_by=None)


def own_with_key(hass: HomeAssistant, entities: set[str], key: str) -> set[str]:
    """Return those of some entities that are Klima's, and have a key."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entities
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key == key
    }
