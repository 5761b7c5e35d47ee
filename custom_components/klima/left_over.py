"""Entities that an entry made before it was changed, and makes no more.

Without its windows a zone has no sensor for them, without a price a system has no
bill. Home Assistant would keep each as an entity that nothing provides any more. It
remembers what it removes, so that one that comes back has its id, name and area again.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import async_get_platforms

from .const import DOMAIN


@callback
def async_remove_left_over(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove the entities of an entry that its platforms did not make.

    To be called once they are set up. What is disabled is not made either, and stays;
    so does all of a platform that made nothing, which is one that failed.
    """
    platforms = [
        platform
        for platform in async_get_platforms(hass, DOMAIN)
        if platform.config_entry is entry
    ]
    failed = {platform.domain for platform in platforms if not platform.entities}
    made = {
        (platform.domain, entity.unique_id)
        for platform in platforms
        for entity in platform.entities.values()
    }
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if (
            not entity.disabled
            and entity.domain not in failed
            and (entity.domain, entity.unique_id) not in made
        ):
            registry.async_remove(entity.entity_id)
