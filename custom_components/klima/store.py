"""What a system counted, kept in Home Assistant's storage.

Not in restored states: those are written every quarter of an hour and dropped
after a week, and a counter must lose at most a minute to a crash.
"""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .const import DOMAIN

STORAGE_VERSION = 1

SAVE_DELAY = 30
"""s from a change to its write. With publishing once a minute, a crash costs a minute."""


def system_store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    """Return the store of a system."""
    return Store(hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}", atomic_writes=True)


def ledger_store(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    """Return the store of the ledger of a system or a plan."""
    return Store(
        hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.ledger", atomic_writes=True
    )


async def async_remove_store(hass: HomeAssistant, entry_id: str) -> None:
    """Remove what a system or a plan counted."""
    await system_store(hass, entry_id).async_remove()
    await ledger_store(hass, entry_id).async_remove()
