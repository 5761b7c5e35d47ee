"""The sensors of systems, zones and plans; what they tell is in `sensors/`."""

from typing import cast

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_KIND, EntryKind
from .plan import PlanConfigEntry
from .sensors.control import control_sensors
from .sensors.efficiency import efficiency_sensors
from .sensors.equipment import equipment_sensors
from .sensors.money import money_sensors
from .sensors.plan import plan_sensors
from .sensors.zone import zone_sensors
from .system import KlimaConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: KlimaConfigEntry | PlanConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a system and of its zones, or of a plan."""
    currency = hass.config.currency
    if entry.data[CONF_KIND] == EntryKind.PLAN:
        async_add_entities(plan_sensors(cast("PlanConfigEntry", entry), currency))
        return
    entry = cast("KlimaConfigEntry", entry)
    async_add_entities(
        (
            *equipment_sensors(entry),
            *money_sensors(entry, currency),
            *efficiency_sensors(hass, entry, currency),
        )
    )
    for zone in entry.runtime_data.zones.values():
        async_add_entities(
            (*zone_sensors(hass, entry, zone), *control_sensors(entry, zone)),
            config_subentry_id=zone.subentry_id,
        )
