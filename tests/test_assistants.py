"""Rooms that are controlled from elsewhere: by the real assistants of Home Assistant."""

import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import (
    METRIC_SYSTEM,
    US_CUSTOMARY_SYSTEM,
    UnitSystem,
)
import pytest

from .assistants import async_add_assistants
from .comfort_zone import later, reason, sensor
from .common import set_up, state_of, zones_entry
from .unit_profiles import CLIMATES, ProfileClimate
from .units import FullWaterHeater, async_add_units

OURS = "climate.den"
WINDOW = "binary_sensor.window"
PROFILES = {profile.name: profile for profile in CLIMATES}
BOTH_HOMES = pytest.mark.parametrize(
    "units", [METRIC_SYSTEM, US_CUSTOMARY_SYSTEM], ids="CF"
)


async def add_den(
    hass: HomeAssistant, profile: str, units: UnitSystem = METRIC_SYSTEM
) -> ProfileClimate:
    """Let a unit keep the den comfortable."""
    hass.config.units = units
    unit = ProfileClimate(PROFILES[profile])
    await async_add_units(hass, unit)
    sensor(hass, 19.0)
    hass.states.async_set(WINDOW, "off")
    den = {
        "driver": "entity",
        "unit": "climate.unit",
        "temperature": "sensor.room",
        "windows": [WINDOW],
    }
    await set_up(hass, zones_entry([("Den", den)]))
    return unit


async def do(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Perform an action on the den's thermostat."""
    await hass.services.async_call(
        "climate", action, {ATTR_ENTITY_ID: OURS, **data}, blocking=True
    )
    await hass.async_block_till_done()


def told(unit: ProfileClimate) -> list[tuple[str, Any]]:
    """Return what a unit was told since the last look."""
    commands = [
        (command, value.get("temperature") if isinstance(value, dict) else value)
        for command, value in unit.commands
    ]
    unit.commands.clear()
    return commands


@BOTH_HOMES
@pytest.mark.parametrize("profile", ["daikin", "midea", "ecobee", "automatic only"])
async def test_the_assistants_are_told_of_every_mode(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    profile: str,
    units: UnitSystem,
) -> None:
    """Google Assistant takes a range for offered in each mode that heats and cools."""
    await add_den(hass, profile, units)
    google, alexa = await async_add_assistants(hass)
    assert {OURS} == {
        entity_id
        for devices in (await google.devices(), await alexa.devices())
        for entity_id in devices
        if entity_id.startswith("climate.")
    }
    for mode in state_of(hass, OURS).attributes["hvac_modes"]:
        await do(hass, "set_hvac_mode", hvac_mode=mode)
        await later(hass, freezer, minutes=4)
        asked = await google.query(OURS)
        assert asked["online"], mode
        assert asked["on"] is (mode != "off")
        assert "thermostatMode" in await alexa.query(OURS)
    assert not [
        record
        for record in caplog.records
        if record.levelno >= logging.ERROR and record.name != "asyncio"
    ]


async def test_one_target_where_a_range_is_offered_is_both_its_ends(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A unit that goes over by itself has one target, and gets a range if one is asked for."""
    unit = await add_den(hass, "daikin")
    google, alexa = await async_add_assistants(hass)
    await do(hass, "set_temperature", hvac_mode="heat_cool", temperature=22)
    ends = "thermostatTemperatureSetpointLow", "thermostatTemperatureSetpointHigh"
    asked = await google.query(OURS)
    assert [asked[end] for end in ends] == [22, 22]
    told(unit)
    delta = {"value": 1.0, "scale": "CELSIUS"}
    assert not await alexa.do(
        OURS, "AdjustTargetTemperature", targetSetpointDelta=delta
    )
    assert told(unit) == [("set_temperature", 23.0)]
    assert state_of(hass, OURS).attributes["temperature"] == 23
    await later(hass, freezer, minutes=6)
    await google.do(
        OURS, "ThermostatTemperatureSetRange", **dict(zip(ends, (20, 25), strict=True))
    )
    shown = state_of(hass, OURS).attributes
    assert (shown["target_temp_low"], shown["target_temp_high"]) == (20, 25)
    assert shown["temperature"] is None


async def test_a_range_for_a_unit_that_is_automatic_is_its_middle(
    hass: HomeAssistant,
) -> None:
    unit = await add_den(hass, "midea")
    await do(hass, "set_hvac_mode", hvac_mode="auto")
    unit.tell_room()
    told(unit)
    await do(hass, "set_temperature", target_temp_low=20, target_temp_high=24)
    assert told(unit)[-1] == ("set_temperature", 22.0)
    assert state_of(hass, OURS).attributes["temperature"] == 22


@pytest.mark.parametrize("profile", ["daikin", "automatic only"])
async def test_a_target_that_is_asked_for_while_off_is_kept(
    hass: HomeAssistant, profile: str
) -> None:
    """One that was never on has one as well: Alexa makes it warmer by a degree."""
    unit = await add_den(hass, profile)
    google, alexa = await async_add_assistants(hass)
    assert state_of(hass, OURS).attributes["temperature"] == 24
    delta = {"value": -1.0, "scale": "CELSIUS"}
    assert not await alexa.do(
        OURS, "AdjustTargetTemperature", targetSetpointDelta=delta
    )
    assert state_of(hass, OURS).attributes["temperature"] == 23
    await google.do(
        OURS, "ThermostatTemperatureSetpoint", thermostatTemperatureSetpoint=21
    )
    assert state_of(hass, OURS).attributes["temperature"] == 21
    assert told(unit) == []
    await google.do(OURS, "OnOff", on=True)
    assert told(unit)[1:] == [("set_temperature", 21.0)]


@pytest.mark.parametrize("profile", ["daikin", "midea"])
async def test_a_mode_and_its_target_asked_for_apart_are_told_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, profile: str
) -> None:
    """HomeKit asks for both at the same moment, by two actions."""
    unit = await add_den(hass, profile)
    await do(hass, "set_temperature", hvac_mode="heat", temperature=20)
    await later(hass, freezer, minutes=6)
    told(unit)
    target = {"hvac_mode": "cool", "temperature": 24}
    for action, data in (
        ("set_hvac_mode", {"hvac_mode": "cool"}),
        ("set_temperature", target),
    ):
        hass.async_create_task(
            hass.services.async_call("climate", action, {ATTR_ENTITY_ID: OURS, **data})
        )
    await hass.async_block_till_done()
    await later(hass, freezer, minutes=6)
    mode, *targets = told(unit)
    assert mode == ("set_hvac_mode", "cool")
    # Its own target for cooling is 24 °C already; one that is late is told with its mode.
    assert targets in ([], [("set_temperature", 24.0)])
    assert (unit.mode, unit.target) == ("cool", 24)


async def test_a_paused_unit_that_tells_nothing_is_known_to_stand(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """HomeKit would take it to heat, by its mode and the temperature of the room."""
    await add_den(hass, "melcloud air")
    await do(hass, "set_temperature", hvac_mode="heat", temperature=23)
    await later(hass, freezer, minutes=6)
    hass.states.async_set(WINDOW, "on")
    await later(hass, freezer, minutes=1)
    shown = state_of(hass, OURS)
    assert (shown.state, shown.attributes["hvac_action"]) == ("heat", "off")
    assert reason(hass) == "window"


async def test_a_unit_that_tells_nothing_starts_once_its_time_is_over(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Since when it stands is known from when it was turned off, not from the next look."""
    unit = await add_den(hass, "automatic only")
    await do(hass, "turn_on")
    await later(hass, freezer, minutes=10)
    await do(hass, "turn_off")
    await later(hass, freezer, minutes=4)
    told(unit)
    await do(hass, "turn_on")
    assert told(unit)[0] == ("set_hvac_mode", "auto")


@BOTH_HOMES
async def test_what_lies_out_of_its_range_is_refused_in_words(
    hass: HomeAssistant, units: UnitSystem
) -> None:
    unit = await add_den(hass, "daikin", units)
    google, alexa = await async_add_assistants(hass)
    answer = await google.do(
        OURS, "ThermostatTemperatureSetpoint", thermostatTemperatureSetpoint=70
    )
    assert answer["errorCode"] == "valueOutOfRange"
    hot = {"value": 70.0, "scale": "CELSIUS"}
    answer = await alexa.do(OURS, "SetTargetTemperature", targetSetpoint=hot)
    assert answer["type"] == "TEMPERATURE_VALUE_OUT_OF_RANGE"
    # The other scale is understood.
    degrees = {"value": 70.0, "scale": "FAHRENHEIT"}
    assert not await alexa.do(OURS, "SetTargetTemperature", targetSetpoint=degrees)
    assert told(unit) == []
    assert state_of(hass, OURS).attributes["temperature"] == pytest.approx(
        70 if units is US_CUSTOMARY_SYSTEM else 21.1
    )


@pytest.mark.parametrize(
    "steps",
    [
        [("set_temperature", {"hvac_mode": "heat", "temperature": 21})],
        [("set_temperature", {"hvac_mode": "heat_cool", "temperature": 22})],
        [
            (
                "set_temperature",
                {
                    "hvac_mode": "heat_cool",
                    "target_temp_low": 20,
                    "target_temp_high": 25,
                },
            )
        ],
        [
            ("set_hvac_mode", {"hvac_mode": "cool"}),
            ("set_preset_mode", {"preset_mode": "sleep"}),
        ],
        [("turn_off", {})],
    ],
    ids=["one mode", "automatic", "range", "preset", "off"],
)
async def test_a_scene_brings_back_what_it_was_taken_of(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    steps: list[tuple[str, dict[str, Any]]],
) -> None:
    """And tells the unit nothing where that stands already: some beep each time."""
    unit = await add_den(hass, "daikin")
    assert await async_setup_component(hass, "scene", {})

    def shown() -> list[Any]:
        state = state_of(hass, OURS)
        names = "temperature", "target_temp_low", "target_temp_high", "preset_mode"
        return [state.state, *map(state.attributes.get, names)]

    async def scene(action: str, **data: Any) -> None:
        await hass.services.async_call("scene", action, data, blocking=True)
        await hass.async_block_till_done()

    for action, data in steps:
        await do(hass, action, **data)
    await later(hass, freezer, minutes=12)
    before = shown()
    await scene("create", scene_id="now", snapshot_entities=[OURS])
    told(unit)
    await scene("turn_on", entity_id="scene.now")
    assert told(unit) == []
    assert shown() == before
    await do(hass, "set_temperature", hvac_mode="heat", temperature=17)
    await later(hass, freezer, minutes=12)
    await scene("turn_on", entity_id="scene.now")
    await later(hass, freezer, minutes=12)
    assert shown() == before


@BOTH_HOMES
async def test_a_tank_is_told_by_its_assistants_what_it_can(
    hass: HomeAssistant, units: UnitSystem
) -> None:
    hass.config.units = units
    tank = FullWaterHeater()
    # Alexa takes one that tells where it starts and stops for a thermostat of two targets.
    tank.begin(target_temperature_low=None, target_temperature_high=None)
    await async_add_units(hass, tank)
    zones = [("Den", {"driver": "entity", "unit": tank.entity_id})]
    await set_up(hass, zones_entry(zones, {"family": "heat_pump_water_heater"}))
    ours = "water_heater.den"
    google, alexa = await async_add_assistants(hass)
    assert ours in await google.devices()
    assert ours in await alexa.devices()
    asked = await google.query(ours)
    assert asked["temperatureSetpointCelsius"] == 50
    assert asked["currentModeSettings"] == {"operation mode": "eco"}
    await google.do(ours, "SetTemperature", temperature=52)
    delta = {"value": -2.0, "scale": "CELSIUS"}
    assert not await alexa.do(
        ours, "AdjustTargetTemperature", targetSetpointDelta=delta
    )
    await google.do(ours, "OnOff", on=False)
    assert (await alexa.query(ours))["powerState"] == "OFF"
    assert not await alexa.do(ours, "TurnOn", "PowerController")
    modes = {"operation mode": "Boost!"}
    await google.do(ours, "SetModes", updateModeSettings=modes)
    (warm, cool, *others) = tank.commands
    assert warm == ("set_temperature", {"temperature": pytest.approx(52, abs=0.3)})
    assert cool == ("set_temperature", {"temperature": pytest.approx(50, abs=0.3)})
    assert others == [
        ("turn_off", None),
        ("turn_on", None),
        ("set_operation_mode", "Boost!"),
    ]
    tank.set(available=False)
    await hass.async_block_till_done()
    assert (await google.query(ours)) == {"online": False}
