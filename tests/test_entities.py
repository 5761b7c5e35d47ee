"""Every entity as the registry and the states have it, held by snapshots.

`pytest tests/test_entities.py --snapshot-update` writes them anew; the change
then shows in review.
"""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.klima.const import DOMAIN
from custom_components.klima.sensors import rounded

from .common import add_system, system_entry
from .meters import pass_time, set_energy, set_power
from .plans import add_plan
from .translated import load
from .units import FullClimate, FullWaterHeater, async_add_units

HEAT_PUMP = "01M9ZZZZZZZZZZZZZZZZZSYSTM"
ZONE = "01M9ZZZZZZZZZZZZZZZZZZZ0NE"


@pytest.mark.parametrize("platform", ["binary_sensor", "climate", "sensor", "switch"])
async def test_entities_of_a_system(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    snapshot: SnapshotAssertion,
    platform: Platform,
) -> None:
    """A metered mini-split with a price."""
    await _set_up(hass, freezer, "climate.living_room", "mini_split")
    _compare(hass, snapshot, platform)


async def test_a_water_heaters_entity(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, snapshot: SnapshotAssertion
) -> None:
    """A heat pump water heater has one of its own kind."""
    await _set_up(hass, freezer, "water_heater.tank", "heat_pump_water_heater")
    _compare(hass, snapshot, Platform.WATER_HEATER)


async def _set_up(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, unit: str, family: str
) -> None:
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hass.config.currency = "CAD"
    await async_add_units(hass, FullClimate(), FullWaterHeater())
    set_power(hass, 612)
    set_energy(hass, 1204.8)
    hass.states.async_set(
        "sensor.outdoor",
        "-3.5",
        {"device_class": "temperature", "unit_of_measurement": "°C"},
    )
    entry = system_entry(
        unit,
        data={
            "family": family,
            "manufacturer": "Aurora",
            "model": "AX-35",
            "power": "sensor.meter_power",
            "energy": "sensor.meter_energy",
            "outdoor_temperature": "sensor.outdoor",
            "price": 0.12,
            "ratings": {"cop_8": 4.1, "cop_minus_15": 2.3},
        },
        entry_id=HEAT_PUMP,
        zone_id=ZONE,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


def _compare(
    hass: HomeAssistant, snapshot: SnapshotAssertion, platform: Platform
) -> None:
    entries = sorted(
        (
            entry
            for entry in er.async_entries_for_config_entry(
                er.async_get(hass), HEAT_PUMP
            )
            if entry.domain == platform
        ),
        key=lambda entry: entry.entity_id,
    )
    assert entries
    # Home Assistant 2026.11 has these two as well.
    snapshot = snapshot.with_defaults(exclude=props("compat_name", "temperature_unit"))
    for entry in entries:
        assert entry == snapshot(name=f"{entry.entity_id}-entry")
        assert hass.states.get(entry.entity_id) == snapshot(
            name=f"{entry.entity_id}-state"
        )


async def test_ids_and_names_are_by_the_key(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A unique id is that of the entry, or of the subentry, and the key; so is the name's."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    await async_add_units(hass, FullClimate(), FullWaterHeater())
    plan = await add_plan(
        hass,
        {
            "effective_from": "2020-01-01",
            "tiers_per": "month",
            "tiers": [{"price": 0.1, "up_to": 400}, {"price": 0.2}],
        },
    )
    entry = await add_system(
        hass,
        "climate.living_room",
        "water_heater.tank",
        data={"plan": plan.entry_id},
    )
    owners = {plan.entry_id, entry.entry_id, *entry.subentries}
    of_all = [
        entity
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN
    ]
    for entity in of_all:
        owner, _, key = entity.unique_id.partition("_")
        assert owner in owners
        assert entity.translation_key == key, entity.entity_id
        assert owner in (entity.config_entry_id, entity.config_subentry_id)
    keys = {entity.translation_key for entity in of_all}
    assert {"climate", "water_heater", "automation", "running", "tier"} <= keys


HOME_ASSISTANTS = {
    "assumed_state",
    "device_class",
    "friendly_name",
    "last_reset",
    "options",
    "state_class",
    "unit_of_measurement",
}
"""Attributes of a sensor that Home Assistant itself names."""

FREE = {
    "counted_since",
    "country",
    "last_bill_counted_since",
    "met",
    "old_status",
    "period_end",
    "period_start",
    "ratings_source",
}
"""Attributes of ours that are dates or names: as they are in every language."""


async def test_every_attribute_is_said_in_words(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Each has a name; each that is a key, or a list of keys, has a text for it."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    await async_add_units(hass, FullClimate())
    set_power(hass, 612)
    plan = await add_plan(
        hass,
        {
            "effective_from": "2020-01-01",
            "tiers_per": "month",
            "tiers": [{"price": 0.1, "up_to": 400}, {"price": 0.2}],
            "fixed": [{"amount": 10, "per": "month"}],
            "demand": {"price": 5, "minutes": 60},
            "taxes": [{"percent": 5, "on": "subtotal"}],
        },
    )
    await add_system(
        hass,
        "climate.living_room",
        data={
            "power": "sensor.meter_power",
            "plan": plan.entry_id,
            "fixed_charges": True,
            "ratings": {"heating_capacity": 4, "cop_8": 4.1, "cop_minus_15": 2.3},
        },
    )
    await pass_time(hass, freezer, minutes=3)
    words = load("en")["entity"]["sensor"]
    seen = set()
    for entry in er.async_get(hass).entities.values():
        state = hass.states.get(entry.entity_id)
        if entry.platform != DOMAIN or entry.domain != "sensor" or state is None:
            continue
        named = words[entry.translation_key].get("state_attributes", {})
        for key, value in state.attributes.items():
            if key in HOME_ASSISTANTS:
                continue
            assert "name" in named.get(key, {}), (entry.entity_id, key)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, bool | str) and key not in FREE:
                    text = str(one).lower() if isinstance(one, bool) else one
                    assert text in named[key].get("state", {}), (entry.entity_id, key)
                    seen.add((key, text))
    assert {
        ("includes", "demand"),
        ("fixed_charges", "true"),
        ("is_heat_pump", "true"),
        ("tier_basis", "systems"),
    } <= seen


@pytest.mark.parametrize(
    ("value", "shown"), [(-0.004, "0.0"), (-0.006, "-0.01"), (0.006, "0.01")]
)
def test_what_is_about_nothing_has_no_sign(value: float, shown: str) -> None:
    """The frontend shows -0.0 as -$0.00."""
    assert str(rounded(value, 2)) == shown
    assert rounded(None, 2) is None
