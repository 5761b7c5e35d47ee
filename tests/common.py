"""Steps that many tests take."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import DOMAIN


def system_entry(
    *units: str, data: dict[str, Any] | None = None, title: str = "Heat pump"
) -> MockConfigEntry:
    """Return a system's entry with a zone for each unit."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=title,
        data={"kind": "system", "family": "mini_split", **(data or {})},
        subentries_data=[
            {
                "subentry_type": "zone",
                "title": unit.split(".")[1].replace("_", " ").capitalize(),
                "data": {"driver": "entity", "unit": unit},
                "unique_id": None,
            }
            for unit in units
        ],
    )


async def add_system(
    hass: HomeAssistant,
    *units: str,
    data: dict[str, Any] | None = None,
    title: str = "Heat pump",
) -> MockConfigEntry:
    """Set a system up with a zone for each unit."""
    entry = system_entry(*units, data=data, title=title)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def remove_unit(hass: HomeAssistant, entity_id: str) -> None:
    """Remove an entity, as its owner would."""
    er.async_get(hass).async_remove(entity_id)
    await hass.async_block_till_done()
