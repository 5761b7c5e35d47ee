"""A zone's water heater is the tank's own, whole."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from .common import add_system, mirrored, state_of
from .meters import ENERGY, POWER, number, pass_time, set_energy, set_power
from .units import FullWaterHeater, async_add_units

UNIT = "water_heater.tank"
ZONE = "water_heater.tank_2"
RUNNING = "binary_sensor.heat_pump_running"
OWN_POWER = "sensor.heat_pump_power"
OWN_ENERGY = "sensor.heat_pump_energy"


@pytest.mark.parametrize("fahrenheit", [False, True])
async def test_shows_all_that_the_tank_shows(
    hass: HomeAssistant, fahrenheit: bool
) -> None:
    """Every mode, limit, step, name and figure is the tank's own."""
    if fahrenheit:
        hass.config.units = US_CUSTOMARY_SYSTEM
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    await add_system(hass, UNIT, data={"family": "heat_pump_water_heater"})

    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)

    tank.set(current_operation="Boost!", current_temperature=41.5, is_away_mode_on=True)
    await hass.async_block_till_done()
    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)

    tank.set(available=False)
    await hass.async_block_till_done()
    assert hass.states.get(ZONE).state == STATE_UNAVAILABLE


@pytest.mark.parametrize(
    ("action", "data", "command"),
    [
        (
            "set_temperature",
            {"temperature": 55},
            ("set_temperature", {"temperature": 55}),
        ),
        (
            "set_operation_mode",
            {"operation_mode": "Boost!"},
            ("set_operation_mode", "Boost!"),
        ),
        ("set_away_mode", {"away_mode": True}, ("set_away_mode", True)),
        ("set_away_mode", {"away_mode": False}, ("set_away_mode", False)),
        ("turn_on", {}, ("turn_on", None)),
        ("turn_off", {}, ("turn_off", None)),
    ],
)
async def test_forwards_every_action(
    hass: HomeAssistant, action: str, data: dict[str, Any], command: tuple[str, Any]
) -> None:
    """Each action reaches the tank once, as it was given, and its answer comes back."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    await add_system(hass, UNIT, data={"family": "heat_pump_water_heater"})

    await hass.services.async_call(
        "water_heater", action, {ATTR_ENTITY_ID: ZONE, **data}, blocking=True
    )
    await hass.async_block_till_done()

    assert tank.commands == [command]
    assert mirrored(hass, ZONE) == mirrored(hass, UNIT)


async def test_a_tank_that_tells_no_temperature_needs_a_meter(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Nobody knows when it heats: its power is not taken for that of one at rest.

    Nor is it said to stand. Once it is off, it is known what it does.
    """
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    tank.set(current_temperature=None)
    await add_system(hass, UNIT, data={"family": "heat_pump_water_heater"})
    await pass_time(hass, freezer, hours=1)

    assert state_of(hass, OWN_POWER).state == STATE_UNAVAILABLE
    assert state_of(hass, RUNNING).state == STATE_UNAVAILABLE
    assert number(hass, OWN_ENERGY) == 0

    tank.set(current_operation="off")
    await hass.async_block_till_done()
    assert number(hass, OWN_POWER) > 0
    assert state_of(hass, RUNNING).state == "off"


async def test_what_a_tank_without_a_temperature_is_metered_to_use_heats(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A counter alone tells how much, not when: it is heating, and makes heat."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    tank.set(current_temperature=None)
    set_energy(hass, 100)
    await add_system(
        hass, UNIT, data={"family": "heat_pump_water_heater", "energy": ENERGY}
    )
    for step in range(1, 5):
        await pass_time(hass, freezer, minutes=15)
        set_energy(hass, 100 + step / 4)
    await pass_time(hass, freezer, minutes=1)

    assert number(hass, OWN_ENERGY) == pytest.approx(1)
    assert number(hass, "sensor.heat_pump_heating_energy") == pytest.approx(1)
    assert 2 < number(hass, "sensor.heat_pump_thermal_energy") < 4
    assert state_of(hass, RUNNING).state == STATE_UNAVAILABLE


async def test_power_tells_when_a_tank_without_a_temperature_heats(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """More than a fan draws is its compressor."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    tank.set(current_temperature=None)
    set_power(hass, 4)
    await add_system(
        hass, UNIT, data={"family": "heat_pump_water_heater", "power": POWER}
    )
    assert state_of(hass, RUNNING).state == "off"

    set_power(hass, 450)
    await hass.async_block_till_done()
    assert state_of(hass, RUNNING).state == "on"

    for _ in range(60):
        await pass_time(hass, freezer, minutes=1)
        set_power(hass, 450)
    assert number(hass, "sensor.heat_pump_heating_energy") == pytest.approx(
        0.45, abs=0.01
    )


@pytest.mark.parametrize("metered", [True, False])
async def test_an_element_alone_has_a_cop_of_one(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, metered: bool
) -> None:
    """In its mode of resistance a tank's heat pump makes nothing of the electricity."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    tank.set(current_operation="electric", current_temperature=35.0)
    data: dict[str, Any] = {"family": "heat_pump_water_heater", "price": 0.3}
    if metered:
        set_power(hass, 4500)
        data["power"] = POWER
    await add_system(hass, UNIT, data=data)
    for _ in range(60):
        if metered:
            set_power(hass, 4500)
        await pass_time(hass, freezer, minutes=1)

    used = number(hass, OWN_ENERGY)
    assert used == pytest.approx(4.5, abs=0.1)
    assert number(hass, "sensor.heat_pump_thermal_energy") == pytest.approx(
        used, abs=0.01
    )
    for cop in ("cop", "seasonal_cop", "expected_cop"):
        assert number(hass, f"sensor.heat_pump_{cop}") == pytest.approx(1, abs=0.01)
    # Against resistance it saved nothing, but for a few W of standby.
    assert number(hass, "sensor.heat_pump_savings") == pytest.approx(0, abs=0.01)
    # Its compressor stands.
    assert hass.states.is_state("binary_sensor.heat_pump_running", "off")

    tank.set(current_operation="eco", current_temperature=45.0)
    set_power(hass, 450)
    await pass_time(hass, freezer, minutes=2)
    assert number(hass, "sensor.heat_pump_cop") > 2
    assert hass.states.is_state("binary_sensor.heat_pump_running", "on")


@pytest.mark.parametrize("room", [18.0, None])
async def test_the_weather_is_not_the_air_around_a_tank(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    room: float | None,
) -> None:
    """Its room is warmer than a winter's day: that is no sun on the sensor.

    With no sensor of the room it is as the test of water heaters has it.
    """
    freezer.move_to("2026-01-20T12:00:00+00:00")
    hass.states.async_set(
        "weather.home", "snowy", {"temperature": -12, "temperature_unit": "°C"}
    )
    data: dict[str, Any] = {"family": "heat_pump_water_heater", "price": 0.3}
    if room is not None:
        data["outdoor_temperature"] = "sensor.basement"
        hass.states.async_set(
            "sensor.basement",
            str(room),
            {"device_class": "temperature", "unit_of_measurement": "°C"},
        )
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    tank.set(current_temperature=46.0, target_temperature=52.0)
    await add_system(hass, UNIT, data=data)
    await pass_time(hass, freezer, minutes=5)

    assert 3.2 < number(hass, "sensor.heat_pump_cop") < 3.9
    assert number(hass, OWN_POWER) == pytest.approx(1600 / 3.3, rel=0.15)
    basis = state_of(hass, "sensor.heat_pump_expected_cop").attributes["outdoor_basis"]
    assert basis == (None if room is None else "sensor")


@pytest.mark.parametrize(("country", "watts"), [("US", 4503), ("DE", 2003)])
async def test_an_element_is_that_of_its_country(
    hass: HomeAssistant, country: str, watts: float
) -> None:
    """Without a meter: two phases of North America, or one of 230 V."""
    hass.config.country = country
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    tank.set(current_operation="electric", current_temperature=35.0)
    await add_system(hass, UNIT, data={"family": "heat_pump_water_heater"})
    assert number(hass, OWN_POWER) == pytest.approx(watts, abs=1)
