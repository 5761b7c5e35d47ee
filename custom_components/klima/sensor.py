"""The sensors of systems and their zones; what they tell is in `sensors/`."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .sensors.efficiency import efficiency_sensors
from .sensors.equipment import equipment_sensors
from .sensors.money import money_sensors
from .sensors.zone import zone_sensors
from .system import KlimaConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: KlimaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a system and of its zones."""
    currency = hass.config.currency
    async_add_entities(
        (
            *equipment_sensors(entry),
            *money_sensors(entry, currency),
            *efficiency_sensors(entry, currency),
        )
    )
    for zone in entry.runtime_data.zones.values():
        async_add_entities(
            zone_sensors(entry, zone, currency), config_subentry_id=zone.subentry_id
        )
