"""The step that asks what keeps a zone comfortable."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.comfort import BEEPS, DEFAULTS, ComfortConfig
from custom_components.klima.figures import async_text

from .common import add_system
from .units import FullClimate, FullWaterHeater, async_add_units

UNIT = "climate.living_room"


async def start(hass: HomeAssistant) -> tuple[MockConfigEntry, Any]:
    """Reconfigure the first zone of a system up to its comfort."""
    await async_add_units(hass, FullClimate())
    hass.states.async_set(
        "sensor.room",
        "20.5",
        {"device_class": "temperature", "unit_of_measurement": "°C"},
    )
    for entity_id in (
        "sensor.humidity",
        "binary_sensor.window",
        "person.ana",
        "schedule.week",
    ):
        hass.states.async_set(entity_id, "off")
    entry = await add_system(hass, UNIT)
    (zone_id,) = entry.subentries
    result = await entry.start_subentry_reconfigure_flow(hass, zone_id)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"unit": UNIT}
    )
    assert result["step_id"] == "comfort"
    return entry, result


def suggested(result: Any) -> dict[str, Any]:
    """Return what a form is prefilled with."""
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }


ALL = {
    "temperature": "sensor.room",
    "humidity": "sensor.humidity",
    "windows": ["binary_sensor.window"],
    "presence": ["person.ana"],
    "schedule": "schedule.week",
    "window_delay": {"minutes": 2},
    "minimum_on": "00:05:00",
    "minimum_off": 240,
    "hold_minutes": 90,
    "offset_limit": 2,
    "priority": 3,
    "heat_comfort": 21.5,
    "cool_comfort": 25,
    "heat_away": 16,
}


async def test_everything_that_is_asked_is_kept_and_offered_again(
    hass: HomeAssistant,
) -> None:
    entry, result = await start(hass)
    assert suggested(result) == {}
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], ALL
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    (zone,) = entry.subentries.values()
    assert dict(zone.data) == {
        **ALL,
        "driver": "entity",
        "unit": UNIT,
        "window_delay": 120.0,
        "minimum_on": 300.0,
        "minimum_off": 240.0,
    }

    result = await entry.start_subentry_reconfigure_flow(hass, zone.subentry_id)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"unit": UNIT}
    )
    again = suggested(result)
    assert again["window_delay"] == {"hours": 0, "minutes": 2, "seconds": 0}
    assert again["heat_comfort"] == 21.5
    # What is left empty is gone.
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"priority": 1}
    )
    (zone,) = entry.subentries.values()
    assert dict(zone.data) == {"driver": "entity", "unit": UNIT, "priority": 1}
    await hass.async_block_till_done()


async def test_in_fahrenheit(hass: HomeAssistant) -> None:
    """Temperatures and the offset are asked and told in the home's degrees."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    entry, result = await start(hass)
    told = result["description_placeholders"]
    # Whole degrees, of this home as of one in °C.
    for field, degrees in (
        ("heat_comfort", 70),
        ("cool_comfort", 77),
        ("heat_eco", 64),
        ("cool_eco", 81),
        ("heat_away", 61),
    ):
        assert told[field] == f"{degrees} °F"
    assert told["offset_limit"] == "5.4 °F"
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"offset_limit": 20}
    )
    assert result["errors"] == {"offset_limit": "offset_limit_out_of_range"}
    assert result["description_placeholders"]["offset_limit_most"] == "14.4"
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"heat_comfort": 70, "offset_limit": 3.6}
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    (zone,) = entry.subentries.values()
    assert zone.data["offset_limit"] == 2
    assert zone.data["heat_comfort"] == pytest.approx(21.111)
    result = await entry.start_subentry_reconfigure_flow(hass, zone.subentry_id)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"unit": UNIT}
    )
    assert suggested(result) == {"heat_comfort": 70, "offset_limit": 3.6}


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("temperature", "sensor.nowhere", "entity_not_found"),
        ("temperature", "sensor.watts", "not_temperature"),
        ("humidity", "sensor.nowhere", "entity_not_found"),
        ("windows", ["binary_sensor.window", "binary_sensor.no"], "entity_not_found"),
        ("presence", ["binary_sensor.heat_pump_running"], "own_entity"),
        ("windows", ["binary_sensor.heat_pump_running"], "own_entity"),
        ("schedule", "schedule.no", "entity_not_found"),
        ("heat_comfort", 14, "temperature_out_of_range"),
        ("cool_sleep", 40, "temperature_out_of_range"),
        ("window_delay", {"hours": 2}, "too_long"),
        ("minimum_off", {"hours": 2}, "too_long"),
        ("hold_minutes", 0, "hold_minutes_out_of_range"),
        ("offset_limit", 9, "offset_limit_out_of_range"),
        ("priority", -1, "priority_out_of_range"),
    ],
)
async def test_what_is_wrong_is_told_at_its_field(
    hass: HomeAssistant, field: str, value: Any, error: str
) -> None:
    _, result = await start(hass)
    hass.states.async_set(
        "sensor.watts", "3", {"device_class": "power", "unit_of_measurement": "W"}
    )
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {field: value}
    )
    assert result["errors"] == {field: error}
    assert suggested(result)[field] == (
        {"hours": 2, "minutes": 0, "seconds": 0} if error == "too_long" else value
    )


async def test_two_things_that_are_wrong_have_each_its_limit(
    hass: HomeAssistant,
) -> None:
    """And what is right stands there as it was filled in."""
    _, result = await start(hass)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"],
        {"window_delay": "00:05:00", "offset_limit": 9, "priority": 101},
    )
    assert result["errors"] == {
        "offset_limit": "offset_limit_out_of_range",
        "priority": "priority_out_of_range",
    }
    text = await async_text(
        hass,
        "config_subentries",
        "zone.error.offset_limit_out_of_range",
        result["description_placeholders"],
    )
    assert text == "Enter a value between 0 and 8 °C"
    assert suggested(result)["window_delay"] == {
        "hours": 0,
        "minutes": 5,
        "seconds": 0,
    }


async def test_a_room_is_not_cooled_below_what_it_is_heated_to(
    hass: HomeAssistant,
) -> None:
    _, result = await start(hass)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"heat_eco": 24, "cool_eco": 23}
    )
    assert result["errors"] == {"cool_eco": "cooler_than_heated"}


async def test_no_duration_is_refused(hass: HomeAssistant) -> None:
    _, result = await start(hass)
    with pytest.raises(InvalidData):
        await hass.config_entries.subentries.async_configure(
            result["flow_id"], {"window_delay": "a while"}
        )


async def test_degrees_fahrenheit_are_kept_as_celsius(hass: HomeAssistant) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    entry, result = await start(hass)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"heat_comfort": 70}
    )
    (zone,) = entry.subentries.values()
    assert zone.data["heat_comfort"] == pytest.approx(21.111, abs=0.001)
    result = await entry.start_subentry_reconfigure_flow(hass, zone.subentry_id)
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"unit": UNIT}
    )
    assert suggested(result) == {"heat_comfort": 70.0}
    await hass.async_block_till_done()


async def test_a_tank_has_no_room_to_keep_comfortable(hass: HomeAssistant) -> None:
    await async_add_units(hass, FullClimate(), FullWaterHeater())
    entry = await add_system(hass, UNIT)
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "zone"), context={"source": SOURCE_USER}
    )
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"unit": "water_heater.tank"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert hass.states.get("switch.tank_automation") is None


@pytest.mark.parametrize(
    ("driver", "correction"),
    [("infrared", BEEPS), ("entity", DEFAULTS.correction)],
)
def test_a_unit_that_beeps_when_it_is_told_is_corrected_less_often(
    driver: str, correction: float
) -> None:
    config = ComfortConfig.from_data({"driver": driver}, None)
    assert config.comfort.correction == correction
    assert DEFAULTS.correction < BEEPS
