"""Diagnostics and system health tell what helps, and nothing of who or where."""

import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from .comfort_zone import add_zone
from .common import add_system, system_entry
from .meters import set_power
from .units import FullClimate, async_add_units


async def test_diagnostics_name_nobody(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """What a system reads and counted is told, without its names."""
    await async_add_units(hass, FullClimate("unit", "Grandma's room"))
    set_power(hass, 640)
    hass.states.async_set("weather.rue_cartier", "sunny", {"temperature": 4.0})
    entry = await add_system(
        hass,
        "climate.grandma_s_room",
        title="Grandma's heat pump",
        data={
            "power": "sensor.meter_power",
            "outdoor_temperature": "weather.rue_cartier",
            "price": 0.12,
        },
    )

    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    for name in ("randma", "cartier", "meter_power"):
        assert name not in json.dumps(told)
    assert told["entry"]["data"]["power"] == "sensor.**REDACTED**"
    assert told["entry"]["data"]["outdoor_temperature"] == "weather.**REDACTED**"
    (zone,) = told["entry"]["subentries"]
    assert zone["data"]["driver"] == "entity"
    assert zone["data"]["unit"] == "climate.**REDACTED**"
    assert zone["title"] == "**REDACTED**"
    assert {
        (s["field"], s["domain"], s["integration"], s["state"], s["unit"])
        for s in told["sources"]
    } == {
        ("power", "sensor", None, "640", "W"),
        ("outdoor_temperature", "weather", None, "sunny", None),
        ("unit", "climate", "test", "off", None),
    }
    system = told["system"]
    assert system["family"] == "mini_split"
    assert system["power"] == 640
    assert system["power_basis"] == "metered"
    assert system["meter"]["energy"] < 0.01
    assert system["zones"][0]["available"] is True
    assert "fan_only" in system["zones"][0]["modes"]


@pytest.mark.parametrize(
    ("damage", "told"),
    [({"family": "toaster"}, ["power", "unit"]), ({"power": ["a.b"]}, [])],
)
async def test_what_could_not_be_set_up_has_diagnostics_too(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    damage: dict[str, Any],
    told: list[str],
) -> None:
    """Its settings are what is asked for then; it has no figures."""
    await async_add_units(hass, FullClimate())
    entry = system_entry(
        "climate.living_room", data={"power": "sensor.meter_power", **damage}
    )
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, "klima", {})
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.SETUP_ERROR

    answer = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    assert answer["state"] == "setup_error"
    assert "system" not in answer
    assert answer["entry"]["data"].items() >= {"kind": "system"}.items()
    assert [source["field"] for source in answer["sources"]] == told


async def test_system_health_counts(hass: HomeAssistant) -> None:
    """How much there is, and what of it is measured."""
    await async_add_units(hass, FullClimate(), FullClimate("two", "Two"))
    assert await async_setup_component(hass, "system_health", {})
    await add_system(hass, "climate.living_room", data={"power": "sensor.meter_power"})
    await add_system(hass, "climate.two", title="Second")
    await hass.async_block_till_done()

    info: dict[str, Any] = await get_system_health_info(hass, "klima")

    assert info == {"plans": 0, "systems": 2, "zones": 2, "metered": 1, "estimated": 1}


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("home", "home"),
        ("not_home", "not_home"),
        ("unknown", "unknown"),
        ("Grandma's house", "**REDACTED**"),
    ],
)
async def test_diagnostics_do_not_tell_where_anybody_is(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, where: str, told: str
) -> None:
    """Whether they are at home is what control reads; the zone they are in is theirs."""
    hass.states.async_set("person.ann", where)
    entry, _ = await add_zone(hass, presence=["person.ann"])
    answer = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    states = {source["field"]: source["state"] for source in answer["sources"]}
    assert states["presence"] == told
