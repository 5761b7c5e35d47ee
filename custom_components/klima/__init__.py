"""Klima: mini-splits, air conditioners and heat pumps of any brand."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .config import SystemConfig
from .const import DOMAIN, PLATFORMS
from .dashboard import async_hide_dashboard, async_serve_dashboard, async_show_dashboard
from .pricing import async_price_source, async_watch_dashboard
from .programmes import async_programmes
from .services import async_setup_services
from .source_watch import async_clear_issues, async_watch_sources
from .store import async_remove_store
from .system import KlimaConfigEntry, System
from .websocket import async_register_commands

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register actions, follow the Energy dashboard's price, serve the dashboard."""
    async_setup_services(hass)

    async def dashboard_changed() -> None:
        entry: KlimaConfigEntry
        for entry in hass.config_entries.async_loaded_entries(DOMAIN):
            system = entry.runtime_data
            source = await async_price_source(hass, system.config)
            if source != system.price_source:
                hass.config_entries.async_schedule_reload(entry.entry_id)

    await async_watch_dashboard(hass, dashboard_changed)
    async_register_commands(hass)
    await async_serve_dashboard(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: KlimaConfigEntry) -> bool:
    """Set up a system: its device, its zones, its meter."""
    # Whatever is wrong is found again, and told again.
    async_clear_issues(hass, entry)
    config = SystemConfig.from_data(entry.data)
    system = System(hass, entry, config, await async_price_source(hass, config))
    await system.async_load()
    system.programmes = (await async_programmes(hass)).all
    entry.runtime_data = system
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=config.manufacturer,
        model=config.model,
    )
    system.device_id = device.id
    # Entities are there before the first reading comes, so that none is missed.
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    system.async_start()
    async_watch_sources(hass, entry)
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    async_show_dashboard(hass)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: KlimaConfigEntry) -> bool:
    """Take a system down; what it counted is saved first."""
    if unloaded := await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        await entry.runtime_data.async_stop()
        if entry.disabled_by:
            async_hide_dashboard(hass, entry)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Leave nothing behind."""
    async_clear_issues(hass, entry)
    await async_remove_store(hass, entry.entry_id)
    async_hide_dashboard(hass, entry)


async def _async_reload(hass: HomeAssistant, entry: KlimaConfigEntry) -> None:
    """Reload after the system or one of its zones was changed."""
    hass.config_entries.async_schedule_reload(entry.entry_id)
