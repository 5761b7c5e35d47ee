"""Steps that many tests take."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import ATTR_STATE_SOURCE, DOMAIN


def zones_entry(
    zones: Iterable[tuple[str, Mapping[str, Any]]],
    data: dict[str, Any] | None = None,
    title: str = "Heat pump",
    entry_id: str | None = None,
    zone_id: str | None = None,
) -> MockConfigEntry:
    """Return a system's entry with zones of these names, and what is set up of each."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=title,
        entry_id=entry_id,
        data={"kind": "system", "family": "mini_split", **(data or {})},
        subentries_data=[
            {
                "subentry_type": "zone",
                "title": name,
                "data": zone,
                "unique_id": None,
                **({"subentry_id": zone_id} if zone_id else {}),
            }
            for name, zone in zones
        ],
    )


def system_entry(
    *units: str,
    data: dict[str, Any] | None = None,
    title: str = "Heat pump",
    entry_id: str | None = None,
    zone_id: str | None = None,
) -> MockConfigEntry:
    """Return a system's entry with a zone for each unit."""
    zones = [
        (
            unit.split(".")[1].replace("_", " ").capitalize(),
            {"driver": "entity", "unit": unit},
        )
        for unit in units
    ]
    return zones_entry(zones, data, title, entry_id, zone_id)


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set an entry up."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def add_system(
    hass: HomeAssistant,
    *units: str,
    data: dict[str, Any] | None = None,
    title: str = "Heat pump",
) -> MockConfigEntry:
    """Set a system up with a zone for each unit."""
    return await set_up(hass, system_entry(*units, data=data, title=title))


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that must have one."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state


def mirrored(hass: HomeAssistant, entity_id: str) -> tuple[str, dict[str, Any]]:
    """Return what a unit or its zone shows, but for its name and where it is known from."""
    state = state_of(hass, entity_id)
    attributes = dict(state.attributes)
    attributes.pop(ATTR_FRIENDLY_NAME)
    attributes.pop(ATTR_STATE_SOURCE, None)
    return state.state, attributes


async def remove_unit(hass: HomeAssistant, entity_id: str) -> None:
    """Remove an entity, as its owner would."""
    er.async_get(hass).async_remove(entity_id)
    await hass.async_block_till_done()


def add_companion(
    hass: HomeAssistant,
    unit: str,
    device_class: str,
    unit_of_measurement: str,
    state: str,
    *,
    today: bool = False,
) -> str:
    """Add a sensor to a unit's own device; return its entity id."""
    registry = er.async_get(hass)
    owner = registry.async_get(unit)
    assert owner is not None
    name = {"temperature": "outdoor_temperature"}.get(device_class, device_class)
    if today:
        name += "_today"
    entry = registry.async_get_or_create(
        "sensor",
        owner.platform,
        f"{owner.unique_id}_{name}",
        suggested_object_id=f"{unit.split('.')[1]}_{name}",
        device_id=owner.device_id,
        config_entry=hass.config_entries.async_get_entry(owner.config_entry_id or ""),
        original_device_class=device_class,
        original_name=name.replace("_", " "),
    )
    attributes = {
        "device_class": device_class,
        "unit_of_measurement": unit_of_measurement,
    }
    if device_class == "energy":
        attributes["state_class"] = "total_increasing"
    hass.states.async_set(entry.entity_id, state, attributes)
    return entry.entity_id


def klima_device(
    hass: HomeAssistant, entry: ConfigEntry, owner_id: str
) -> dr.DeviceEntry | None:
    """Return the device of a system or a zone."""
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, owner_id), entry.entry_id
    )
