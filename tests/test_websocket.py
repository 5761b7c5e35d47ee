"""What the dashboard's cards are told of a system."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .common import add_system
from .units import FullClimate, async_add_units


@pytest.fixture(autouse=True)
async def unit(hass: HomeAssistant) -> None:
    """Have a unit, and a websocket to ask on."""
    await async_add_units(hass, FullClimate())
    assert await async_setup_component(hass, "websocket_api", {})


async def ask(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, entity_id: str
) -> dict[str, Any]:
    """Ask for the system of an entity."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "klima/system", "entity_id": entity_id})
    answer: dict[str, Any] = await client.receive_json()
    return answer


async def test_a_system_is_told_with_its_curves_and_what_to_read(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await add_system(
        hass,
        "climate.living_room",
        data={
            "outdoor_temperature": "sensor.porch",
            "ratings": {
                "cop_8": 4.0,
                "cop_minus_8": 2.8,
                "cop_minus_15": 2.2,
                "heating_capacity": 3.5,
                "minimum_outdoor_temperature": -20.0,
            },
        },
    )

    answer = await ask(hass, hass_ws_client, "sensor.heat_pump_heat_pump_type")

    told = answer["result"]
    assert (told["name"], told["family"]) == ("Heat pump", "mini_split")
    assert told["cop_basis"] == "rated"
    assert told["sources"]["outdoor"] == "sensor.porch"
    assert told["sources"]["energy"] == "sensor.heat_pump_energy"
    heating, cooling = told["curves"]["heating"], told["curves"]["cooling"]
    assert heating["rated"] == [[-15.0, 2.2], [-8.3, 2.8], [8.3, 4.0]]
    assert heating["capacity"] == 3500
    assert heating["full"][0][0] == -20
    limits = dict(map(tuple, heating["limit"]))
    for outdoor, cop in heating["full"]:
        assert cop <= limits[outdoor]
    assert [cop for _, cop in heating["full"]] == sorted(
        cop for _, cop in heating["full"]
    )
    assert [cop for _, cop in cooling["full"]] == sorted(
        (cop for _, cop in cooling["full"]), reverse=True
    )


async def test_an_entity_of_a_zone_stands_for_its_system(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await add_system(hass, "climate.living_room")

    answer = await ask(hass, hass_ws_client, "climate.living_room_2")

    assert answer["result"]["entry_id"] == entry.entry_id
    assert "outdoor" not in answer["result"]["sources"]


@pytest.mark.parametrize(
    ("family", "source"),
    [("mini_split", "weather.a"), ("heat_pump_water_heater", None)],
)
async def test_without_a_sensor_outdoors_the_weather_is_read(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    family: str,
    source: str | None,
) -> None:
    hass.states.async_set("weather.b", "sunny", {"temperature": 4})
    hass.states.async_set("weather.a", "sunny", {"temperature": 5})
    await add_system(hass, "climate.living_room", data={"family": family})

    answer = await ask(hass, hass_ws_client, "climate.living_room_2")

    assert answer["result"]["sources"].get("outdoor") == source


async def test_renamed_and_disabled_sensors_are_told_as_they_are(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await add_system(hass, "climate.living_room")
    registry = er.async_get(hass)
    registry.async_update_entity(
        "sensor.heat_pump_energy", new_entity_id="sensor.electricity_of_the_heat_pump"
    )
    registry.async_update_entity(
        "sensor.heat_pump_power", disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    answer = await ask(hass, hass_ws_client, "climate.living_room_2")

    sources = answer["result"]["sources"]
    assert sources["energy"] == "sensor.electricity_of_the_heat_pump"
    assert "power" not in sources


@pytest.mark.parametrize("entity_id", ["climate.living_room", "sensor.none"])
async def test_what_is_not_klimas_is_not_found(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, entity_id: str
) -> None:
    await add_system(hass, "climate.living_room")

    answer = await ask(hass, hass_ws_client, entity_id)

    assert answer["error"]["code"] == "not_found"
    assert entity_id in answer["error"]["message"]


async def test_a_system_that_is_not_set_up_is_not_found(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await add_system(hass, "climate.living_room")
    await hass.config_entries.async_unload(entry.entry_id)

    answer = await ask(hass, hass_ws_client, "sensor.heat_pump_energy")

    assert answer["error"]["code"] == "not_found"
    assert "Heat pump" in answer["error"]["message"]


async def test_who_may_not_see_an_entity_is_told_nothing(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    await add_system(hass, "climate.living_room")
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": {"entity_ids": {"light.other": True}}})

    answer = await ask(hass, hass_ws_client, "sensor.heat_pump_energy")

    assert answer["error"]["code"] == "unauthorized"
