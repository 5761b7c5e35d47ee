"""The switches of zones."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import KlimaControlEntity
from .system import KlimaConfigEntry

PARALLEL_UPDATES = 0

AUTOMATION = SwitchEntityDescription(
    key="automation",
    # Nobody who has all in a room turned off means how it is controlled tomorrow.
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: KlimaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switch of each zone that has a thermostat."""
    for zone_id, control in entry.runtime_data.control.zones.items():
        async_add_entities(
            [AutomationSwitch(entry, control, AUTOMATION)], config_subentry_id=zone_id
        )


class AutomationSwitch(KlimaControlEntity, SwitchEntity):
    """Whether the zone keeps itself comfortable; off, it is a plain pass-through."""

    @override
    def _update(self) -> bool:
        before = self._attr_is_on
        self._attr_is_on = self.control.active
        return self._attr_is_on != before

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self.control.async_set_automation(on=True, context=self._context)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.control.async_set_automation(on=False, context=self._context)
