"""Electricity plans that tests set up."""

from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.klima.const import DOMAIN


async def add_plan(
    hass: HomeAssistant,
    *versions: dict[str, Any],
    title: str = "Home plan",
    cycle: dict[str, Any] | None = None,
    **data: Any,
) -> MockConfigEntry:
    """Set a plan up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=title,
        data={
            "kind": "plan",
            "plan": "tiered",
            "versions": list(versions),
            "cycle": cycle or {},
            **data,
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def jump(hass: HomeAssistant, freezer: FrozenDateTimeFactory, to: str) -> None:
    """Let the clock go to a time at once."""
    freezer.move_to(to)
    async_fire_time_changed(hass, datetime.fromisoformat(to))
    await hass.async_block_till_done()
