"""The config flow: every step, every refusal, every way to change one's mind."""

import asyncio
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.const import (
    EVENT_STATE_CHANGED,
    STATE_UNAVAILABLE,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.storage import Store
from homeassistant.util import slugify
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from .common import add_companion, add_system, klima_device
from .forms import not_offered, ratings_asked, shown, start, submit, suggested
from .units import (
    CoolingClimate,
    FullClimate,
    FullWaterHeater,
    PlainClimate,
    async_add_units,
)

UNIT = "climate.living_room"


async def test_three_submits_make_a_working_system(hass: HomeAssistant) -> None:
    """Submitting what each step is prefilled with is enough."""
    await async_add_units(hass, FullClimate())
    add_companion(hass, UNIT, "power", UnitOfPower.WATT, "612")
    add_companion(hass, UNIT, "energy", UnitOfEnergy.KILO_WATT_HOUR, "31.5", today=True)
    add_companion(hass, UNIT, "energy", UnitOfEnergy.KILO_WATT_HOUR, "1204.8")
    add_companion(hass, UNIT, "temperature", UnitOfTemperature.CELSIUS, "-3.5")

    result = await start(hass)
    assert result["step_id"] == "entity"
    assert suggested(result) == {"unit": UNIT}

    result = await submit(hass, result, suggested(result))
    assert result["step_id"] == "equipment"
    assert suggested(result) == {
        "family": "mini_split",
        "manufacturer": "Aurora",
        "model": "AX-35",
        "outdoor_temperature": "sensor.living_room_outdoor_temperature",
    }

    result = await submit(hass, result, suggested(result))
    assert result["step_id"] == "energy"
    assert suggested(result) == {
        "power": "sensor.living_room_power",
        "energy": "sensor.living_room_energy",
    }

    result = await submit(hass, result, suggested(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Living room"
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data == {
        "kind": "system",
        "family": "mini_split",
        "manufacturer": "Aurora",
        "model": "AX-35",
        "outdoor_temperature": "sensor.living_room_outdoor_temperature",
        "power": "sensor.living_room_power",
        "energy": "sensor.living_room_energy",
    }
    (zone,) = entry.subentries.values()
    assert zone.subentry_type == "zone"
    assert zone.title == "Living room"
    assert zone.data == {"driver": "entity", "unit": UNIT}
    assert hass.states.get("climate.living_room_2") is not None


@pytest.mark.parametrize(
    ("unit", "entity_id", "family"),
    [
        (FullClimate(), UNIT, "mini_split"),
        (CoolingClimate(), "climate.window_unit", "air_conditioner"),
        (FullWaterHeater(), "water_heater.tank", "heat_pump_water_heater"),
        (
            PlainClimate("dhw", "Hot water", hvac_modes=["off", "heat"], max_temp=60),
            "climate.hot_water",
            "heat_pump_water_heater",
        ),
        (
            FullClimate("ducted", "Central heat pump"),
            "climate.central_heat_pump",
            "ducted_air_source",
        ),
        (
            FullClimate("ground", "Geothermal"),
            "climate.geothermal",
            "ground_source",
        ),
        (
            FullClimate("water", "Water source loop"),
            "climate.water_source_loop",
            "water_source",
        ),
        (
            FullClimate("erde", "Erdwärmepumpe"),
            "climate.erdwarmepumpe",
            "ground_source",
        ),
        (
            FullClimate("luft", "Luft-Wasser-Wärmepumpe"),
            "climate.luft_wasser_warmepumpe",
            "ducted_air_source",
        ),
        (
            FullClimate("eau", "Pompe à chaleur air-eau"),
            "climate.pompe_a_chaleur_air_eau",
            "ducted_air_source",
        ),
        (
            FullClimate("suelo", "Bomba de calor geotérmica"),
            "climate.bomba_de_calor_geotermica",
            "ground_source",
        ),
        (
            FullClimate("techo", "Aire acondicionado por conductos"),
            "climate.aire_acondicionado_por_conductos",
            "ducted_air_source",
        ),
        (
            FullClimate("soffitto", "Climatizzatore canalizzato"),
            "climate.climatizzatore_canalizzato",
            "ducted_air_source",
        ),
    ],
)
async def test_guesses_every_family(
    hass: HomeAssistant, unit: FullClimate, entity_id: str, family: str
) -> None:
    """What a unit is and calls itself tells its family; all six are reached."""
    await async_add_units(hass, unit)

    result = await submit(hass, await start(hass), {"unit": entity_id})
    assert suggested(result)["family"] == family
    result = await submit(hass, result, {"family": family})
    result = await submit(hass, result, {})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    (state,) = (
        state
        for state in hass.states.async_all("sensor")
        if state.entity_id.endswith("heat_pump_type")
    )
    assert state.state == family


async def test_a_unit_is_wrapped_once(hass: HomeAssistant) -> None:
    """A second try is aborted, and says whose the unit is."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    await add_system(hass, UNIT, title="Upstairs")

    result = await start(hass)
    # What is proposed is a unit that is still free.
    assert suggested(result) == {"unit": "climate.plain"}
    result = await submit(hass, result, {"unit": UNIT})

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert result["description_placeholders"] == {"unit": UNIT, "system": "Upstairs"}


async def test_refuses_units_at_their_field(hass: HomeAssistant) -> None:
    """Our own entities and unknown ones are refused, and the user may go on."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    await add_system(hass, UNIT)

    result = await start(hass)
    result = await submit(hass, result, {"unit": "climate.living_room_2"})
    assert result["errors"] == {"unit": "own_entity"}
    result = await submit(hass, result, {"unit": "climate.attic"})
    assert result["errors"] == {"unit": "entity_not_found"}
    result = await submit(hass, result, {"unit": "climate.plain", "name": " Attic "})
    result = await submit(hass, result, {"family": "mini_split"})
    result = await submit(hass, result, {})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Attic"


@pytest.mark.parametrize(
    ("ratings", "field", "reason"),
    [
        ({"cop_8": 40}, "cop_8", "out_of_range"),
        ({"cop_minus_15": 9}, "cop_minus_15", "above_carnot"),
        ({"cop_8": 3, "cop_minus_8": 3.4}, "cop_minus_8", "rises_in_the_cold"),
        ({"cop_8": 3, "cop_minus_15": 3.1}, "cop_minus_15", "rises_in_the_cold"),
        ({"seer2": 8.5}, "seer2", "seer_looks_like_hspf"),
        ({"cop_8": 0}, "cop_8", "out_of_range"),
        ({"cop_8": -3}, "cop_8", "out_of_range"),
        ({"cop_8": float("nan")}, "cop_8", "out_of_range"),
        ({"heating_capacity": float("inf")}, "heating_capacity", "out_of_range"),
        ({"heating_capacity": 12000}, "heating_capacity", "capacity_not_kw"),
        ({"heating_capacity": 1e7}, "heating_capacity", "out_of_range"),
        ({"duct_loss": 80}, "duct_loss", "out_of_range"),
        ({"duct_loss": float("nan")}, "duct_loss", "out_of_range"),
    ],
)
async def test_refuses_ratings_that_break_physics(
    hass: HomeAssistant, ratings: dict[str, float], field: str, reason: str
) -> None:
    """A figure that cannot be is refused at its field, with its name above the section."""
    await async_add_units(hass, FullClimate())
    result = await submit(hass, await start(hass), {"unit": UNIT})

    result = await submit(hass, result, {"family": "mini_split", "ratings": ratings})
    assert result["step_id"] == "equipment"
    assert result["errors"] == {field: reason, "ratings": reason}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["field"] not in ("", field)

    result = await submit(
        hass, result, {"family": "mini_split", "ratings": {"cop_8": 4.1}}
    )
    assert result["step_id"] == "energy"


@pytest.mark.parametrize(
    ("language", "cop", "capacity"),
    [
        ("en", "3.5", "3.5"),
        ("de", "3,5", "3,5"),
        ("es", "3,5", "3,5"),
        ("es-419", "3.5", "3.5"),
        ("fr", "3,5", "3,5"),
        ("it", "3,5", "3,5"),
    ],
)
async def test_a_refusal_tells_figures_as_the_language_writes_them(
    hass: HomeAssistant, language: str, cop: str, capacity: str
) -> None:
    hass.config.language = language
    await async_add_units(hass, FullClimate())
    result = await submit(hass, await start(hass), {"unit": UNIT})
    for ratings, key, told in (
        ({"cop_8": 3.5, "cop_minus_8": 3.8}, "cop", cop),
        ({"heating_capacity": 12000}, "btu", capacity),
    ):
        result = await submit(
            hass, result, {"family": "mini_split", "ratings": ratings}
        )
        assert result["description_placeholders"][key] == told


async def test_refuses_sources_at_their_field(hass: HomeAssistant) -> None:
    """A source of another kind, of ours, or of nowhere is refused where it is."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    await add_system(hass, "climate.plain", title="Plain")
    hass.states.async_set(
        "sensor.volts", "230", {"device_class": "power", "unit_of_measurement": "V"}
    )

    result = await submit(hass, await start(hass), {"unit": UNIT})
    for source, error in (
        ("sensor.volts", "not_temperature"),
        ("sensor.nowhere", "entity_not_found"),
        ("sensor.plain_power", "own_entity"),
    ):
        result = await submit(
            hass, result, {"family": "mini_split", "outdoor_temperature": source}
        )
        assert result["errors"] == {"outdoor_temperature": error}
    hass.states.async_set("weather.home", "sunny", {"temperature": 4})
    result = await submit(
        hass, result, {"family": "mini_split", "outdoor_temperature": "weather.home"}
    )
    assert result["step_id"] == "energy"
    result = await submit(
        hass, result, {"power": "sensor.volts", "energy": "sensor.volts"}
    )
    assert result["errors"] == {"power": "not_power", "energy": "not_energy"}
    # Its COP would be 1 for ever.
    hass.states.async_set("sensor.watts", "5", {"unit_of_measurement": "W"})
    hass.states.async_set("sensor.meter", "5", {"unit_of_measurement": "kWh"})
    result = await submit(
        hass,
        result,
        {
            "power": "sensor.watts",
            "energy": "sensor.meter",
            "heat_output": "sensor.watts",
            "thermal_energy": "sensor.meter",
        },
    )
    assert result["errors"] == {
        "heat_output": "heat_is_electricity",
        "thermal_energy": "heat_is_electricity",
    }
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_reconfigures_all_of_it(hass: HomeAssistant) -> None:
    """Name, unit, equipment and sources are prefilled, and can all be changed."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    add_companion(hass, UNIT, "power", UnitOfPower.WATT, "612")
    entry = await add_system(
        hass,
        UNIT,
        data={
            "manufacturer": "Aurora",
            "ratings": {"cop_8": 4.0},
            "power": "sensor.living_room_power",
        },
    )
    (zone_id,) = entry.subentries

    result = await entry.start_reconfigure_flow(hass)
    assert suggested(result) == {"unit": UNIT, "name": "Heat pump"}
    result = await submit(
        hass, result, {"unit": "climate.plain", "name": "Ground floor"}
    )
    assert suggested(result)["family"] == "mini_split"
    assert suggested(result)["manufacturer"] == "Aurora"
    result = await submit(
        hass,
        result,
        {"family": "ducted_air_source", "ratings": {"duct_loss": 15}},
    )
    assert suggested(result) == {"power": "sensor.living_room_power"}
    result = await submit(hass, result, {})

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert entry.title == "Ground floor"
    assert entry.data == {
        "kind": "system",
        "family": "ducted_air_source",
        "ratings": {"duct_loss": 15},
    }
    assert entry.subentries[zone_id].data["unit"] == "climate.plain"
    assert entry.state is ConfigEntryState.LOADED
    state = hass.states.get("sensor.heat_pump_heat_pump_type")
    assert state.state == "ducted_air_source"
    assert state.attributes["duct_loss"] == 0.15


@pytest.mark.parametrize(
    ("given", "kept"), [(15, 15), (0.15, 15), (0, 0), (1, 1), (50, 50)]
)
async def test_a_duct_loss_is_a_percentage_or_the_share_that_is_shown(
    hass: HomeAssistant, given: float, kept: float
) -> None:
    """The attribute is a share: who enters that means no fraction of a percent."""
    await async_add_units(hass, FullClimate())
    result = await submit(hass, await start(hass), {"unit": UNIT})
    result = await submit(
        hass,
        result,
        {"family": "ducted_air_source", "ratings": {"duct_loss": given}},
    )
    result = await submit(hass, result, {})

    assert result["result"].data["ratings"] == {"duct_loss": kept}
    state = hass.states.get("sensor.living_room_heat_pump_type")
    assert state.attributes["duct_loss"] == kept / 100


async def test_what_changes_together_is_loaded_once(hass: HomeAssistant) -> None:
    """A system and its zone: its entities are unavailable for one moment, not two."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    entry = await add_system(hass, UNIT, data={"price": 0.12})
    price = async_capture_events(hass, EVENT_STATE_CHANGED)
    result = await entry.start_reconfigure_flow(hass)
    for answer in (
        {"unit": "climate.plain", "name": "Ground floor"},
        {"family": "mini_split"},
        {"price": 0.2},
    ):
        result = await submit(hass, result, answer)
    assert result["reason"] == "reconfigure_successful"
    assert [
        event.data["new_state"].state
        for event in price
        if event.data["entity_id"] == "sensor.heat_pump_price"
    ] == [STATE_UNAVAILABLE, "0.2"]


async def test_reconfiguring_without_a_change_keeps_everything(
    hass: HomeAssistant,
) -> None:
    """The frontend shows the ratings and the savings, and gives them back."""
    await async_add_units(hass, FullClimate())
    data = {
        "kind": "system",
        "family": "mini_split",
        "manufacturer": "Aurora",
        "model": "AX-35",
        "ratings": {"cop_8": 4.0, "heating_capacity": 3.5},
        "savings": {"reference": "oil", "fuel_price": 1.2, "fuel_unit": "l"},
        "price": 0.12,
    }
    entry = await add_system(hass, UNIT, data=data)
    result = await entry.start_reconfigure_flow(hass)
    while result["type"] is FlowResultType.FORM:
        result = await submit(hass, result, shown(result))
    assert result["reason"] == "reconfigure_successful"
    assert entry.data == data


async def test_a_wrong_rating_stays_to_be_mended(hass: HomeAssistant) -> None:
    """The frontend shows what was typed beside what is wrong with it."""
    await async_add_units(hass, FullClimate())
    result = await start(hass)
    result = await submit(hass, result, shown(result))
    typed = {**shown(result), "ratings": {"heating_capacity": 12000.0, "cop_8": 4.0}}
    result = await submit(hass, result, typed)
    assert result["errors"]["ratings"] == "capacity_not_kw"
    assert shown(result)["ratings"] == typed["ratings"]


async def test_a_system_that_lost_its_zones_gets_one_again(hass: HomeAssistant) -> None:
    """Reconfigured, it asks for a unit: that becomes its first zone."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    entry = await add_system(hass, UNIT)
    hass.config_entries.async_remove_subentry(entry, next(iter(entry.subentries)))
    await hass.async_block_till_done()
    result = await entry.start_reconfigure_flow(hass)
    for answer in (
        {"unit": "climate.plain", "name": "Ground floor"},
        {"family": "mini_split"},
        {},
    ):
        result = await submit(hass, result, answer)
    assert result["reason"] == "reconfigure_successful"
    (zone,) = entry.subentries.values()
    assert (zone.subentry_type, zone.title) == ("zone", "Plain")
    assert zone.data == {"driver": "entity", "unit": "climate.plain"}
    await hass.async_block_till_done()
    assert hass.states.get("climate.plain_2") is not None


async def test_adds_and_changes_zones(hass: HomeAssistant) -> None:
    """A multi-split gets its further indoor units, each with a device of its own."""
    await async_add_units(
        hass,
        FullClimate(),
        FullClimate("bedroom", "Bedroom"),
        FullClimate("office", "Office"),
    )
    entry = await add_system(hass, UNIT, title="Multi-split")

    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "zone"), context={"source": SOURCE_USER}
    )
    assert result["step_id"] == "entity"
    configure = hass.config_entries.subentries.async_configure
    for unit, error in (
        ("climate.living_room_2", "own_entity"),
        ("climate.attic", "entity_not_found"),
    ):
        result = await configure(result["flow_id"], {"unit": unit})
        assert result["errors"] == {"unit": error}
    result = await configure(result["flow_id"], {"unit": "climate.bedroom"})
    assert result["step_id"] == "comfort"
    result = await configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Bedroom"
    await hass.async_block_till_done()

    zone = next(z for z in entry.subentries.values() if z.title == "Bedroom")
    system = klima_device(hass, entry, entry.entry_id)
    device = klima_device(hass, entry, zone.subentry_id)
    assert device is not None
    assert system is not None
    assert device.via_device_id == system.id
    assert hass.states.get("climate.bedroom_2") is not None

    result = await entry.start_subentry_reconfigure_flow(hass, zone.subentry_id)
    assert suggested(result) == {"unit": "climate.bedroom", "name": "Bedroom"}
    result = await configure(
        result["flow_id"], {"unit": "climate.office", "name": "Study"}
    )
    result = await configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries[zone.subentry_id].title == "Study"
    assert entry.subentries[zone.subentry_id].data["unit"] == "climate.office"

    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "zone"), context={"source": SOURCE_USER}
    )
    assert suggested(result) == {"unit": "climate.bedroom"}
    result = await configure(result["flow_id"], {"unit": UNIT})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_a_further_zone_is_offered_the_unit_beside_those_of_its_system(
    hass: HomeAssistant,
) -> None:
    """One on the same outdoor unit, or of the same account, before what is first by name."""
    hass.states.async_set("climate.attic", "off", {"hvac_modes": ["off", "heat"]})
    await async_add_units(
        hass,
        PlainClimate(),
        FullClimate(),
        FullClimate("two", "Study"),
        FullClimate("outdoor", "Outdoor unit"),
    )
    entry = await add_system(hass, UNIT)

    async def offered() -> Any:
        result = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "zone"), context={"source": SOURCE_USER}
        )
        return suggested(result)["unit"]

    assert await offered() == "climate.outdoor_unit"
    entities, devices = er.async_get(hass), dr.async_get(hass)
    unit, study, outdoor = (
        entities.async_get(f"climate.{name}").device_id
        for name in ("living_room", "study", "outdoor_unit")
    )
    for head in (unit, study):
        devices.async_update_device(head, via_device_id=outdoor)
    entities.async_remove("climate.outdoor_unit")
    await hass.async_block_till_done()
    assert await offered() == "climate.study"


async def test_zones_added_in_one_moment_are_all_there(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A zone that comes while its system is being set up anew is not missed."""
    load = Store.async_load

    async def load_from_a_disk(store: Store[Any]) -> Any:
        # Reading takes a disk its time; what stands for it in tests takes none.
        for _ in range(10):
            await asyncio.sleep(0)
        return await load(store)

    monkeypatch.setattr(Store, "async_load", load_from_a_disk)
    await async_add_units(
        hass, FullClimate(), FullClimate("1", "Room 1"), FullClimate("2", "Room 2")
    )
    entry = await add_system(hass, UNIT)

    def add_zone(number: int) -> str:
        zone = ConfigSubentry(
            data=MappingProxyType(
                {"driver": "entity", "unit": f"climate.room_{number}"}
            ),
            subentry_type="zone",
            title=f"Room {number}",
            unique_id=None,
        )
        hass.config_entries.async_add_subentry(entry, zone)
        return zone.subentry_id

    # The second comes at every point of the reload that the first sets off.
    for turns in range(0, 40, 4):
        added = [add_zone(1)]
        for _ in range(turns):
            await asyncio.sleep(0)
        added.append(add_zone(2))
        await hass.async_block_till_done()
        assert hass.states.get("climate.room_1_2") is not None, turns
        assert hass.states.get("climate.room_2_2") is not None, turns
        for zone_id in added:
            hass.config_entries.async_remove_subentry(entry, zone_id)
        await hass.async_block_till_done()


async def test_removing_a_zone_leaves_nothing_of_it(hass: HomeAssistant) -> None:
    """Its device and entities go, the system stays, and even the last may go."""
    await async_add_units(hass, FullClimate())
    entry = await add_system(hass, UNIT)
    (zone_id,) = entry.subentries

    hass.config_entries.async_remove_subentry(entry, zone_id)
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("climate.living_room_2") is None
    assert klima_device(hass, entry, zone_id) is None
    assert not [
        entity
        for entity in er.async_get(hass).entities.values()
        if entity.unique_id.startswith(zone_id)
    ]
    # With no unit there is nothing to say of what it does; reconfiguring still works.
    assert hass.states.get("binary_sensor.heat_pump_running").state == "unavailable"
    result = await entry.start_reconfigure_flow(hass)
    assert result["step_id"] == "entity"


async def test_what_is_reconfigured_away_leaves_no_entity_behind(
    hass: HomeAssistant,
) -> None:
    """A price, windows, heating, even the kind of unit; what comes back has its id again."""
    await async_add_units(hass, FullClimate(), FullWaterHeater())
    hass.states.async_set("binary_sensor.window", "off")
    priced = {"kind": "system", "family": "mini_split", "price": 0.25}
    entry = await add_system(hass, UNIT, data=priced)
    (zone,) = entry.subentries.values()
    registry = er.async_get(hass)
    registry.async_update_entity(
        "sensor.heat_pump_bill", new_entity_id="sensor.my_bill", name="My bill"
    )
    plain = dict(zone.data)
    with_window = {**plain, "windows": ["binary_sensor.window"]}

    async def change(data: dict[str, Any], zone_data: dict[str, Any]) -> set[str]:
        hass.config_entries.async_update_entry(entry, data=data)
        hass.config_entries.async_update_subentry(entry, zone, data=zone_data)
        await hass.async_block_till_done()
        there = set()
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
            if not entity.disabled:
                state = hass.states.get(entity.entity_id)
                assert state is not None, entity.entity_id
                assert not state.attributes.get("restored"), entity.entity_id
                there.add(entity.entity_id)
        return there

    first = await change(priced, with_window)
    unpriced = {"kind": "system", "family": "air_conditioner"}
    assert first - await change(unpriced, plain) == {
        "binary_sensor.living_room_window_open",
        "sensor.heat_pump_cost",
        "sensor.heat_pump_cost_rate",
        "sensor.heat_pump_cost_today",
        "sensor.heat_pump_price",
        "sensor.heat_pump_projected_bill",
        "sensor.heat_pump_savings",
        "sensor.my_bill",
    }
    assert await change(priced, with_window) == first
    assert registry.async_get("sensor.my_bill").name == "My bill"

    tank = {"driver": "entity", "unit": "water_heater.tank"}
    changed = await change({**priced, "family": "heat_pump_water_heater"}, tank)
    assert not [e for e in changed if e.split(".")[0] in ("climate", "switch")]


async def test_a_platform_that_fails_gives_no_entity_up(hass: HomeAssistant) -> None:
    """What a user made of its entities is there once it works again."""
    await async_add_units(hass, FullClimate())
    entry = await add_system(hass, UNIT)
    registry = er.async_get(hass)
    before = er.async_entries_for_config_entry(registry, entry.entry_id)
    with patch(
        "custom_components.klima.sensor.async_setup_entry",
        side_effect=RuntimeError("broken"),
    ):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        assert hass.states.get("sensor.heat_pump_energy").state == "unavailable"
    assert er.async_entries_for_config_entry(registry, entry.entry_id) == before


SAVINGS = {
    "reference": "gas",
    "fuel_price": 0.55,
    "fuel_unit": "m3",
    "afue": 92,
    "grid_co2_entity": "sensor.grid",
}


async def test_savings_and_a_heat_meter_are_asked_for(hass: HomeAssistant) -> None:
    """All of it is optional, kept, and prefilled when reconfiguring."""
    await async_add_units(hass, FullClimate())
    hass.states.async_set("sensor.grid", "31", {"unit_of_measurement": "gCO2eq/kWh"})
    hass.states.async_set(
        "sensor.heat", "3100", {"device_class": "power", "unit_of_measurement": "W"}
    )
    hass.states.async_set(
        "sensor.heat_energy",
        "812",
        {"device_class": "energy", "unit_of_measurement": "kWh"},
    )
    result = await submit(hass, await start(hass), {"unit": UNIT})
    result = await submit(hass, result, {"family": "mini_split", "savings": SAVINGS})
    heat = {"heat_output": "sensor.heat", "thermal_energy": "sensor.heat_energy"}
    result = await submit(hass, result, heat)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.data["savings"] == {
        key: value for key, value in SAVINGS.items() if key != "grid_co2_entity"
    }
    assert entry.data["grid_co2_entity"] == "sensor.grid"
    assert {key: entry.data[key] for key in heat} == heat

    result = await hass.config_entries.flow.async_init(
        "klima",
        context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
    )
    result = await submit(hass, result, {"unit": UNIT})
    schema = result["data_schema"]
    assert schema is not None
    savings = schema.schema["savings"].schema.schema
    assert {
        str(key): key.description["suggested_value"]
        for key in savings
        if key.description
    } == SAVINGS
    result = await submit(
        hass, result, {"family": "mini_split", "savings": {"reference": "resistance"}}
    )
    assert suggested(result) == heat
    result = await submit(hass, result, {})
    assert result["type"] is FlowResultType.ABORT
    assert not {"savings", "grid_co2_entity", *heat} & set(entry.data)


@pytest.mark.parametrize(
    ("savings", "field", "reason"),
    [
        ({"fuel_price": -1}, "fuel_price", "out_of_range"),
        ({"afue": 9}, "afue", "out_of_range"),
        ({"grid_co2": 9000}, "grid_co2", "out_of_range"),
        (
            {"reference": "oil", "fuel_price": 1.2, "fuel_unit": "m3"},
            "fuel_unit",
            "not_sold_so",
        ),
        ({"grid_co2_entity": "sensor.volts"}, "grid_co2_entity", "not_grid_co2"),
        ({"grid_co2_entity": "sensor.none"}, "grid_co2_entity", "entity_not_found"),
    ],
)
async def test_wrong_savings_are_told(
    hass: HomeAssistant, savings: dict[str, Any], field: str, reason: str
) -> None:
    """At their field, and above the section that hides it, by its name."""
    await async_add_units(hass, FullClimate())
    hass.states.async_set("sensor.volts", "230", {"unit_of_measurement": "V"})
    result = await submit(hass, await start(hass), {"unit": UNIT})
    result = await submit(hass, result, {"family": "mini_split", "savings": savings})
    assert result["errors"] == {field: reason, "savings": reason}
    placeholders = result["description_placeholders"]
    assert placeholders["field"] != field
    hass.states.async_set("sensor.volts", "unavailable")
    result = await submit(
        hass,
        result,
        {"family": "mini_split", "savings": {"grid_co2_entity": "sensor.volts"}},
    )
    assert result["step_id"] == "energy"


async def test_of_two_sections_that_are_wrong_the_first_is_told(
    hass: HomeAssistant,
) -> None:
    """Both would name the same field: a form has each placeholder only once."""
    await async_add_units(hass, FullClimate())
    result = await submit(hass, await start(hass), {"unit": UNIT})
    wrong = {"ratings": {"cop_8": 30}, "savings": {"afue": 9}}
    result = await submit(hass, result, {"family": "mini_split", **wrong})
    assert result["errors"] == {"cop_8": "out_of_range", "ratings": "out_of_range"}
    assert "COP" in result["description_placeholders"]["field"]
    wrong["ratings"] = {"cop_8": 4}
    result = await submit(hass, result, {"family": "mini_split", **wrong})
    assert result["errors"] == {"afue": "out_of_range", "savings": "out_of_range"}


async def test_a_unit_that_is_not_loaded_yet_has_its_registered_name(
    hass: HomeAssistant,
) -> None:
    """At the start of Home Assistant a unit may be known, with no state so far."""
    units = await async_add_units(hass, FullClimate(), PlainClimate())
    await hass.config_entries.async_unload(units.entry_id)
    hass.states.async_remove(UNIT)
    hass.states.async_remove("climate.plain")
    er.async_get(hass).async_update_entity(UNIT, name="Salon")

    for unit, title in ((UNIT, "Salon"), ("climate.plain", "Plain")):
        result = await submit(hass, await start(hass), {"unit": unit})
        result = await submit(hass, result, {"family": "mini_split"})
        result = await submit(hass, result, {})
        assert result["title"] == title


async def test_finds_sensors_beside_the_unit(hass: HomeAssistant) -> None:
    """On the device that the unit's hangs on, or anywhere by an outdoor sensor's name."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    add_companion(hass, "climate.plain", "power", UnitOfPower.WATT, "612")
    devices = dr.async_get(hass)
    entities = er.async_get(hass)
    unit, outdoor_unit = (entities.async_get(e) for e in (UNIT, "climate.plain"))
    assert unit is not None
    assert outdoor_unit is not None
    assert unit.device_id is not None
    devices.async_update_device(unit.device_id, via_device_id=outdoor_unit.device_id)
    # What some call the air of a room is no temperature outdoors.
    hass.states.async_set(
        "sensor.ambient_bedroom",
        "21",
        {"device_class": "temperature", "unit_of_measurement": "°C"},
    )
    hass.states.async_set(
        "sensor.garden",
        "4",
        {
            "device_class": "temperature",
            "unit_of_measurement": "°C",
            "friendly_name": "Outside, in the garden",
        },
    )

    result = await submit(hass, await start(hass), {"unit": UNIT})
    assert suggested(result)["outdoor_temperature"] == "sensor.garden"
    result = await submit(hass, result, suggested(result))
    assert suggested(result) == {"power": "sensor.plain_power"}


async def test_a_part_of_a_device_stands_for_the_whole(hass: HomeAssistant) -> None:
    """A unit on a child device has its parent's maker; one on none has no maker."""
    units = await async_add_units(hass, FullClimate())
    devices, entities = dr.async_get(hass), er.async_get(hass)
    unit = entities.async_get(UNIT)
    assert unit is not None
    assert unit.device_id is not None
    part = devices.async_get_or_create_child(
        config_entry_id=units.entry_id,
        parent_device_id=unit.device_id,
        identifiers={("test", "head")},
        name="Head",
    )
    entities.async_update_entity(UNIT, device_id=part.id)
    hass.states.async_set("climate.yaml", "off", {"hvac_modes": ["off", "heat"]})

    result = await submit(hass, await start(hass), {"unit": UNIT})
    assert suggested(result)["manufacturer"] == "Aurora"
    result = await submit(hass, await start(hass), {"unit": "climate.yaml"})
    assert suggested(result) == {"family": "mini_split"}
    result = await submit(hass, result, suggested(result))
    assert suggested(result) == {}


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("Living room", ("heat output", "input", "thermal energy")),
        ("Geothermal", ("heat output", "input", "thermal energy")),
        ("Pompe à chaleur", ("puissance thermique", "puissance", "chaleur fournie")),
        ("Wärmepumpe", ("Wärmeleistung", "Leistung", "Wärmemenge")),
        ("Brine", ("heat meter power", "compressor power", "produced energy")),
        ("Sole", ("Heizleistung", "Leistung", "abgegebene Energie")),
        ("Bomba de calor", ("Potencia térmica", "Potencia", "Calor producido")),
        ("Aerotérmica", ("Potencia térmica", "Potencia", "Energía entregada")),
        ("Geotermia", ("Contador de calor", "Consumo en calor", "Energía generada")),
        ("Pompa di calore", ("Potenza termica", "Potenza", "Energia prodotta")),
        ("Idrotermica", ("Potenza resa", "Potenza assorbita", "Calore fornito")),
    ],
)
async def test_a_unit_s_own_heat_is_told_from_its_electricity(
    hass: HomeAssistant, unit: str, words: tuple[str, str, str]
) -> None:
    """Sensors of heat are offered as such, and never as what it draws."""
    own = slugify(unit)
    await async_add_units(hass, FullClimate("unit", unit))
    registry = er.async_get(hass)
    owner = registry.async_get(f"climate.{own}")
    assert owner is not None
    named = []
    for name, device_class in zip(words, ("power", "power", "energy"), strict=True):
        entry = registry.async_get_or_create(
            "sensor",
            owner.platform,
            name,
            suggested_object_id=f"{unit} {name}",
            device_id=owner.device_id,
            original_device_class=device_class,
            original_name=name,
        )
        named.append(entry.entity_id)
        hass.states.async_set(
            entry.entity_id,
            "100",
            {
                "device_class": device_class,
                "unit_of_measurement": "W" if device_class == "power" else "kWh",
                "state_class": "total",
            },
        )
    result = await submit(hass, await start(hass), {"unit": owner.entity_id})
    result = await submit(hass, result, {"family": "mini_split"})
    heat, electricity, thermal_energy = named
    assert suggested(result) == {
        "power": electricity,
        "heat_output": heat,
        "thermal_energy": thermal_energy,
    }


def add_meters(hass: HomeAssistant, *names: str) -> None:
    """Give the unit's device meters of energy with some names."""
    registry = er.async_get(hass)
    owner = registry.async_get(UNIT)
    assert owner is not None
    for name in names:
        entry = registry.async_get_or_create(
            "sensor",
            owner.platform,
            name,
            suggested_object_id=slugify(name),
            device_id=owner.device_id,
            original_device_class="energy",
            original_name=name,
        )
        attributes = {"device_class": "energy", "state_class": "total_increasing"}
        hass.states.async_set(
            entry.entity_id, "100", {**attributes, "unit_of_measurement": "kWh"}
        )


async def test_the_heat_of_all_is_offered_before_that_of_a_part(
    hass: HomeAssistant,
) -> None:
    """What a heat pump produces is no electricity, and the tank's is not the whole."""
    await async_add_units(hass, FullClimate())
    add_meters(
        hass,
        "Produced energy hot water today",
        "Produced energy DHW",
        "Produced energy heating",
        "Produced energy",
        "Consumed energy",
    )
    result = await submit(hass, await start(hass), {"unit": UNIT})
    result = await submit(hass, result, {"family": "ground_source"})
    assert suggested(result) == {
        "energy": "sensor.consumed_energy",
        "thermal_energy": "sensor.produced_energy",
    }


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("Energy today", "Energy"),
        ("Energie heute", "Gemessene Energie"),
        ("Energía mensual", "Energía, contador manual"),
        ("Énergie du jour", "Énergie mesurée"),
        ("Energia oggi", "Energia totale"),
        ("Energia annuale", "Energia totale Hannover"),
        ("Energia riscaldamento", "Energia"),
        ("Energia acqua calda", "Energia assorbita"),
    ],
)
async def test_the_meter_of_all_is_offered_before_that_of_a_part(
    hass: HomeAssistant, part: str, whole: str
) -> None:
    """In every language; and a word of one does not hide in another's."""
    await async_add_units(hass, FullClimate())
    add_meters(hass, part, whole)
    result = await submit(hass, await start(hass), {"unit": UNIT})
    result = await submit(hass, result, {"family": "mini_split"})
    assert suggested(result)["energy"] == f"sensor.{slugify(whole)}"


async def test_what_would_be_refused_is_not_offered(hass: HomeAssistant) -> None:
    """Neither Klima's own entities nor what a system has already are in the lists."""
    await async_add_units(hass, FullClimate(), PlainClimate())
    await add_system(hass, UNIT)

    result = await start(hass)
    assert not_offered(result, "unit") == {UNIT, "climate.living_room_2"}
    result = await submit(hass, result, {"unit": "climate.plain"})
    assert not_offered(result, "outdoor_temperature") == set()
    result = await submit(hass, result, {"family": "mini_split"})
    assert not_offered(result, "power") == {
        "sensor.heat_pump_power",
        "sensor.heat_pump_heat_output",
    }
    assert {"sensor.heat_pump_power"} <= not_offered(result, "price_entity")
    assert "sensor.heat_pump_energy" in not_offered(result, "energy")


@pytest.mark.parametrize(
    ("unit", "family", "asked"),
    [
        (FullWaterHeater(), "heat_pump_water_heater", {"heating_capacity", "uef"}),
        (
            CoolingClimate(),
            "air_conditioner",
            {"cooling_capacity", "eer2", "seer2", "seer", "duct_loss"},
        ),
    ],
)
async def test_ratings_that_it_cannot_have_are_not_asked_for(
    hass: HomeAssistant, unit: FullClimate, family: str, asked: set[str]
) -> None:
    await async_add_units(hass, unit)
    entity_id = unit.entity_id
    result = await submit(hass, await start(hass), {"unit": entity_id})
    assert suggested(result)["family"] == family
    assert ratings_asked(result) == asked
    # Another type can be chosen in the same form: its ratings are taken.
    result = await submit(
        hass, result, {"family": "ground_source", "ratings": {"cop_8": 4.5}}
    )
    result = await submit(hass, result, {})
    entry = result["result"]
    assert entry.data["ratings"] == {"cop_8": 4.5}

    # What was given before is shown, so that it is neither lost nor kept unseen.
    hass.config_entries.async_update_entry(entry, data={**entry.data, "family": family})
    result = await hass.config_entries.flow.async_init(
        "klima", context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    assert not_offered(result, "unit") == {f"{entity_id}_2"}
    result = await submit(hass, result, {"unit": entity_id})
    assert ratings_asked(result) == asked | {"cop_8"}
    assert shown(result)["ratings"] == {"cop_8": 4.5}


async def test_the_lowest_outdoor_temperature_is_asked_for_in_the_home_s_unit(
    hass: HomeAssistant,
) -> None:
    """It is kept in °C, whatever the home counts in."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    await async_add_units(hass, FullClimate())
    result = await submit(hass, await start(hass), {"unit": UNIT})
    wrong = {"family": "mini_split", "ratings": {"minimum_outdoor_temperature": 95}}
    result = await submit(hass, result, wrong)
    assert result["errors"]["minimum_outdoor_temperature"] == "out_of_range"
    limits = result["description_placeholders"]
    assert (limits["low"], limits["high"]) == ("-58", "68")
    assert shown(result)["ratings"] == {"minimum_outdoor_temperature": 95}
    right = {"family": "mini_split", "ratings": {"minimum_outdoor_temperature": -13}}
    result = await submit(hass, result, right)
    result = await submit(hass, result, {})
    entry = result["result"]
    assert entry.data["ratings"] == {"minimum_outdoor_temperature": -25}

    result = await hass.config_entries.flow.async_init(
        "klima", context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    result = await submit(hass, result, {"unit": UNIT})
    assert shown(result)["ratings"] == {"minimum_outdoor_temperature": -13}


async def test_what_heats_is_asked_for_every_rating(hass: HomeAssistant) -> None:
    """It may be a tank's thermostat, for all that it tells: the type is chosen in this form."""
    await async_add_units(hass, FullClimate())
    result = await submit(hass, await start(hass), {"unit": UNIT})
    assert suggested(result)["family"] == "mini_split"
    assert ratings_asked(result) == {
        *("heating_capacity", "cooling_capacity", "cop_8", "cop_minus_8"),
        *("cop_minus_15", "eer2", "seer2", "hspf2", "scop", "seer", "uef"),
        *("minimum_outdoor_temperature", "duct_loss"),
    }
