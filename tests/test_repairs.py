"""Sources that are renamed are followed; lost ones are told, and can be replaced."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.klima.const import DOMAIN

from .common import add_companion, add_system, remove_unit, state_of
from .fixes import start_fix, submit, told
from .units import FullClimate, PlainClimate, async_add_units

UNIT = "climate.living_room"
POWER = "sensor.living_room_power"


@pytest.fixture
async def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return a system whose unit and power are entities of the registry."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    add_companion(hass, UNIT, "power", UnitOfPower.WATT, "612")
    return await add_system(hass, UNIT, data={"power": POWER})


async def test_a_renamed_source_is_followed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """The unit and the sources of a system may be called anew at any time."""
    registry = er.async_get(hass)
    registry.async_update_entity(UNIT, new_entity_id="climate.lounge")
    registry.async_update_entity(POWER, new_entity_id="sensor.lounge_power")
    await hass.async_block_till_done()

    (zone,) = entry.subentries.values()
    assert zone.data["unit"] == "climate.lounge"
    assert entry.data["power"] == "sensor.lounge_power"
    assert told(hass) == []


async def test_a_lost_unit_is_replaced(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """Its repair names it, refuses what cannot be, and takes what can."""
    await remove_unit(hass, UNIT)
    (issue,) = told(hass)
    assert issue.translation_key == "source_missing"
    assert issue.is_fixable
    assert issue.translation_placeholders == {"name": "Living room", "entity": UNIT}

    client, flow = await start_fix(hass, hass_client)
    assert flow["step_id"] == "replace"
    assert flow["description_placeholders"]["entity"] == UNIT
    answer = await submit(client, flow, "climate.nowhere")
    assert answer["errors"] == {"replacement": "entity_not_found"}
    # What was chosen stays to be seen beside the error.
    (field,) = answer["data_schema"]
    assert field["description"] == {"suggested_value": "climate.nowhere"}
    # What would be refused is not in the list.
    assert field["selector"]["entity"]["exclude_entities"] == ["climate.living_room_2"]
    answer = await submit(client, answer, "climate.living_room_2")
    assert answer["errors"] == {"replacement": "own_entity"}
    await add_system(hass, "climate.plain", title="Attic")
    answer = await submit(client, answer, "climate.plain")
    assert answer["errors"] == {"replacement": "already_wrapped"}
    await async_add_units(hass, FullClimate("new", "New unit"))
    answer = await submit(client, answer, "climate.new_unit")
    assert answer["type"] == "create_entry"
    await hass.async_block_till_done()

    (zone,) = entry.subentries.values()
    assert zone.data["unit"] == "climate.new_unit"
    assert hass.states.get("climate.living_room_2").state == "off"
    assert told(hass) == []


async def test_a_lost_sensor_is_replaced(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """A sensor takes a sensor's place, and only one of the same kind."""
    hass.states.async_remove(POWER)
    await remove_unit(hass, POWER)
    outdoor = add_companion(
        hass, UNIT, "temperature", UnitOfTemperature.CELSIUS, "-3.5"
    )

    client, flow = await start_fix(hass, hass_client)
    answer = await submit(client, flow, outdoor)
    assert answer["errors"] == {"replacement": "not_power"}
    hass.states.async_set(
        "sensor.plug", "55", {"device_class": "power", "unit_of_measurement": "W"}
    )
    answer = await submit(client, answer, "sensor.plug")
    assert answer["type"] == "create_entry"
    await hass.async_block_till_done()

    assert entry.data["power"] == "sensor.plug"
    assert hass.states.get("sensor.heat_pump_power").state == "55.0"
    assert told(hass) == []


async def test_a_sensor_that_lost_its_unit_is_replaced(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """It is there, and says nothing that can be read: told once that lasts a minute."""

    async def pass_minute() -> None:
        freezer.tick(61)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()

    await pass_minute()
    hass.states.async_set(POWER, "612", {"unit_of_measurement": "kWh"})
    await hass.async_block_till_done()
    assert told(hass) == []
    await pass_minute()
    (issue,) = told(hass)
    assert issue.translation_key == "source_unreadable"
    assert issue.translation_placeholders == {"name": "Heat pump", "entity": POWER}
    # Away it says nothing, and so nothing wrong; gone for good it is missed.
    hass.states.async_set(POWER, "unavailable")
    await hass.async_block_till_done()
    assert told(hass) == []
    hass.states.async_set(POWER, "612", {"unit_of_measurement": "kWh"})
    await pass_minute()

    client, flow = await start_fix(hass, hass_client)
    hass.states.async_set("sensor.plug", "55", {"unit_of_measurement": "W"})
    answer = await submit(client, flow, "sensor.plug")
    assert answer["type"] == "create_entry"
    await hass.async_block_till_done()
    assert entry.data["power"] == "sensor.plug"
    assert told(hass) == []


async def test_a_source_that_comes_back_takes_its_issue_with_it(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """A disabled source is missed, an enabled one is not; a late fix finds nothing."""
    registry = er.async_get(hass)
    hass.states.async_remove(POWER)
    registry.async_update_entity(POWER, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.async_block_till_done()
    assert len(told(hass)) == 1
    client, flow = await start_fix(hass, hass_client)

    registry.async_update_entity(POWER, disabled_by=None)
    await hass.async_block_till_done()
    assert told(hass) == []

    hass.config_entries.async_update_entry(
        entry, data={key: value for key, value in entry.data.items() if key != "power"}
    )
    await hass.async_block_till_done()
    answer = await submit(client, flow, "sensor.plug")
    assert answer["type"] == "abort"
    assert answer["reason"] == "already_fixed"


async def test_a_source_without_registry_is_missed_once_its_state_is_gone(
    hass: HomeAssistant,
) -> None:
    """A template's or YAML's entity has only a state to be known by."""
    await async_add_units(hass, FullClimate())
    hass.states.async_set(
        "sensor.plug", "55", {"device_class": "power", "unit_of_measurement": "W"}
    )
    await add_system(hass, UNIT, data={"power": "sensor.plug"})
    hass.states.async_remove("sensor.plug")
    await hass.async_block_till_done()
    assert [issue.translation_placeholders["entity"] for issue in told(hass)] == [
        "sensor.plug"
    ]
    hass.states.async_set(
        "sensor.plug", "60", {"device_class": "power", "unit_of_measurement": "W"}
    )
    await hass.async_block_till_done()
    assert told(hass) == []


async def test_a_source_that_never_appears_is_told_after_a_while(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Not at once: at the start of Home Assistant sources appear one by one."""
    await async_add_units(hass, FullClimate())
    entry = await add_system(hass, UNIT, data={"power": "sensor.ghost"})
    assert told(hass) == []
    freezer.tick(timedelta(minutes=2))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert len(told(hass)) == 1

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert told(hass) == []


COMFORT = {
    "temperature": "sensor.shelf",
    "humidity": "sensor.damp",
    "schedule": "schedule.week",
    "windows": ["binary_sensor.east", "binary_sensor.west"],
    "presence": ["person.ann", "person.bob"],
}
"""What the zone of the tests below reads for its comfort."""


@pytest.fixture
async def zone(hass: HomeAssistant) -> MockConfigEntry:
    """Return a system with one zone whose comfort sources are in the registry."""
    await async_add_units(hass, PlainClimate())
    registry = er.async_get(hass)
    for named in COMFORT.values():
        for entity_id in [named] if isinstance(named, str) else named:
            domain, name = entity_id.split(".")
            registry.async_get_or_create(domain, "test", name, suggested_object_id=name)
            hass.states.async_set(entity_id, "off")
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Heat pump",
        data={"kind": "system", "family": "mini_split"},
        subentries_data=[
            {
                "subentry_type": "zone",
                "title": "Den",
                "data": {"driver": "entity", "unit": "climate.plain", **COMFORT},
                "unique_id": None,
            }
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def test_renamed_comfort_sources_are_followed(
    hass: HomeAssistant, zone: MockConfigEntry
) -> None:
    """Each keeps its place, and what stands beside it stays; the new names steer."""
    registry = er.async_get(hass)
    for entity_id, new in (
        ("sensor.shelf", "sensor.table"),
        ("sensor.damp", "sensor.moist"),
        ("schedule.week", "schedule.month"),
        ("binary_sensor.west", "binary_sensor.door"),
        ("person.ann", "person.anna"),
    ):
        registry.async_update_entity(entity_id, new_entity_id=new)
        state = state_of(hass, entity_id)
        hass.states.async_remove(entity_id)
        hass.states.async_set(new, state.state)
    await hass.async_block_till_done()

    (den,) = zone.subentries.values()
    assert {field: den.data[field] for field in COMFORT} == {
        "temperature": "sensor.table",
        "humidity": "sensor.moist",
        "schedule": "schedule.month",
        "windows": ["binary_sensor.east", "binary_sensor.door"],
        "presence": ["person.anna", "person.bob"],
    }
    assert told(hass) == []

    hass.states.async_set(
        "sensor.table",
        "17.3",
        {"device_class": "temperature", "unit_of_measurement": "°C"},
    )
    await hass.async_block_till_done()
    shown = state_of(hass, "climate.den")
    assert shown.attributes["current_temperature"] == 17.3


async def test_lost_comfort_sources_are_told_each_by_itself(
    hass: HomeAssistant, zone: MockConfigEntry
) -> None:
    """Two windows that are gone are two repairs; one that is back takes its own."""
    for entity_id in ("binary_sensor.east", "binary_sensor.west", "sensor.damp"):
        hass.states.async_remove(entity_id)
        await remove_unit(hass, entity_id)
    assert {
        issue.translation_placeholders["entity"]
        for issue in told(hass)
        if issue.translation_placeholders
    } == {"binary_sensor.east", "binary_sensor.west", "sensor.damp"}
    assert all(issue.is_fixable for issue in told(hass))
    for entity_id in ("binary_sensor.west", "sensor.damp"):
        hass.states.async_set(entity_id, "off")
    await hass.async_block_till_done()
    (issue,) = told(hass)
    assert issue.translation_placeholders == {
        "name": "Den",
        "entity": "binary_sensor.east",
    }


async def test_a_lost_window_is_replaced_in_its_list(
    hass: HomeAssistant, zone: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """The repair changes the one that is gone; one named already is named once."""
    hass.states.async_remove("binary_sensor.west")
    await remove_unit(hass, "binary_sensor.west")
    client, flow = await start_fix(hass, hass_client)
    answer = await submit(client, flow, "binary_sensor.nowhere")
    assert answer["errors"] == {"replacement": "entity_not_found"}
    hass.states.async_set("binary_sensor.door", "off")
    answer = await submit(client, answer, "binary_sensor.door")
    assert answer["type"] == "create_entry"
    await hass.async_block_till_done()
    (den,) = zone.subentries.values()
    assert den.data["windows"] == ["binary_sensor.east", "binary_sensor.door"]
    assert told(hass) == []

    hass.states.async_remove("binary_sensor.door")
    await hass.async_block_till_done()
    client, flow = await start_fix(hass, hass_client)
    answer = await submit(client, flow, "binary_sensor.east")
    assert answer["type"] == "create_entry"
    await hass.async_block_till_done()
    (den,) = zone.subentries.values()
    assert den.data["windows"] == ["binary_sensor.east"]


async def test_a_lost_room_sensor_is_replaced_by_one_of_its_kind(
    hass: HomeAssistant, zone: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    """A presence entity of our own, or a humidity for a temperature, is refused."""
    hass.states.async_remove("sensor.shelf")
    await remove_unit(hass, "sensor.shelf")
    client, flow = await start_fix(hass, hass_client)
    hass.states.async_set("sensor.other", "40", {"unit_of_measurement": "%"})
    answer = await submit(client, flow, "sensor.other")
    assert answer["errors"] == {"replacement": "not_temperature"}
    hass.states.async_set("sensor.room", "20", {"unit_of_measurement": "°C"})
    answer = await submit(client, answer, "sensor.room")
    assert answer["type"] == "create_entry"
    await hass.async_block_till_done()
    (den,) = zone.subentries.values()
    assert den.data["temperature"] == "sensor.room"
    assert told(hass) == []


@pytest.mark.parametrize(
    ("field", "unit", "scale"),
    [("energy", "kWh", 1), ("thermal_energy", "MJ", 1), ("power", "kW", 0.01)],
)
async def test_a_meter_below_zero_is_told_once_that_lasts(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    field: str,
    unit: str,
    scale: float,
) -> None:
    """Nothing is counted of a meter that is built in backwards, and that is said."""
    hass.states.async_set(UNIT, "off", {"hvac_modes": ["off", "heat"]})
    # Temperatures may be below zero.
    hass.states.async_set("sensor.out", "-5", {"unit_of_measurement": "°C"})

    def tell(figure: float | str) -> None:
        state = figure if isinstance(figure, str) else str(scale * figure)
        hass.states.async_set("sensor.meter", state, {"unit_of_measurement": unit})

    tell(-50)
    sources = {field: "sensor.meter", "outdoor_temperature": "sensor.out"}
    await add_system(hass, UNIT, data=sources)

    async def passes(figure: float | str) -> list[str | None]:
        for part in (0, 0.01):
            tell(figure if isinstance(figure, str) else figure - part)
            freezer.tick(timedelta(seconds=61))
            async_fire_time_changed(hass)
            await hass.async_block_till_done()
        return [issue.translation_key for issue in told(hass)]

    assert await passes(-51) == ["source_below_zero"]
    assert await passes("unavailable") == ["source_below_zero"]
    assert await passes(51) == []
    # For a moment, it is no more than a glitch.
    tell(-100)
    assert await passes(51.5) == []
    # What a power shows at rest says nothing.
    assert await passes(-3) == ([] if field == "power" else ["source_below_zero"])
    assert await passes(-60) == ["source_below_zero"]
    rests = await passes(-3)
    assert rests == ["source_below_zero"]


async def test_what_was_ignored_stays_so_over_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Of a source that is gone, of one without a unit, and of one below zero."""
    hass.states.async_set(UNIT, "off", {"hvac_modes": ["off", "heat"]})
    hass.states.async_set("sensor.out", "5", {"unit_of_measurement": "hPa"})
    kwh = {"unit_of_measurement": "kWh"}
    hass.states.async_set("sensor.meter", "-50", kwh)
    sources = {
        "energy": "sensor.meter",
        "outdoor_temperature": "sensor.out",
        "power": "sensor.gone",
    }
    entry = await add_system(hass, UNIT, data=sources)

    async def minutes(count: int = 2) -> dict[str | None, bool]:
        for _ in range(count):
            freezer.tick(timedelta(seconds=61))
            async_fire_time_changed(hass)
            await hass.async_block_till_done()
        return {
            issue.translation_key: issue.dismissed_version is not None
            for issue in told(hass)
        }

    keys = ("source_missing", "source_unreadable", "source_below_zero")
    assert await minutes() == dict.fromkeys(keys, False)
    for issue in told(hass):
        ir.async_ignore_issue(hass, DOMAIN, issue.issue_id, True)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert await minutes() == dict.fromkeys(keys, True)
    # Nor does what its source goes on to say tell it anew.
    hass.states.async_set("sensor.out", "unavailable")
    hass.states.async_set("sensor.out", "6", {"unit_of_measurement": "hPa"})
    hass.states.async_set("sensor.meter", "unavailable", kwh)
    hass.states.async_set("sensor.meter", "-51", kwh)
    assert await minutes() == dict.fromkeys(keys, True)

    # Once it is over it is forgotten, and told anew.
    hass.states.async_set("sensor.meter", "51", kwh)
    hass.states.async_set("sensor.out", "6", {"unit_of_measurement": "°C"})
    hass.states.async_set("sensor.gone", "6", {"unit_of_measurement": "W"})
    assert await minutes() == {}
    hass.states.async_set("sensor.meter", "-52", kwh)
    assert await minutes() == {"source_below_zero": False}
    # What nobody ignored is looked for anew at each reload.
    hass.config_entries.async_update_entry(entry, data={**entry.data, "energy": None})
    await hass.async_block_till_done()
    assert await minutes() == {}


async def test_what_was_ignored_of_a_zone_goes_with_it(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Nobody could mend it any more."""
    await remove_unit(hass, UNIT)
    (issue,) = told(hass)
    ir.async_ignore_issue(hass, DOMAIN, issue.issue_id, True)
    (zone_id,) = entry.subentries
    hass.config_entries.async_remove_subentry(entry, zone_id)
    await hass.async_block_till_done()
    assert told(hass) == []
