"""Triggers, conditions and blueprints, run as automations run them."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.components.climate import HVACMode
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import (
    METRIC_SYSTEM,
    US_CUSTOMARY_SYSTEM,
    UnitSystem,
)
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from .blueprints import add_blueprint
from .comfort_zone import REASON, add_zone, call, later
from .common import add_system
from .units import FullWaterHeater, PlainClimate, async_add_units


@pytest.fixture
def calls(hass: HomeAssistant) -> list[ServiceCall]:
    """Return the calls of an action that automations end in."""
    return async_mock_service(hass, "test", "automation")


async def add_automation(hass: HomeAssistant, **config: Any) -> None:
    """Set an automation up."""
    config.setdefault("actions", [{"action": "test.automation"}])
    assert await async_setup_component(
        hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: config}
    )
    await hass.async_block_till_done()


async def heated(hass: HomeAssistant) -> PlainClimate:
    """Set a zone up that heats, with a window and a person."""
    hass.states.async_set("binary_sensor.window", "off")
    hass.states.async_set("person.ana", "home")
    unit = PlainClimate(hvac_mode=HVACMode.HEAT)
    await add_zone(
        hass,
        unit,
        windows=["binary_sensor.window"],
        presence=["person.ana"],
        window_delay=0,
        minimum_on=0,
        minimum_off=0,
    )
    return unit


@pytest.mark.parametrize(
    ("trigger", "options"),
    [
        ("klima.paused_by_window", {}),
        ("klima.control_reason_changed", {"reason": ["window", "away"]}),
        ("klima.control_reason_changed", {"reason": "window"}),
    ],
)
async def test_a_window_that_pauses_triggers(
    hass: HomeAssistant,
    calls: list[ServiceCall],
    trigger: str,
    options: dict[str, Any],
) -> None:
    await heated(hass)
    await add_automation(
        hass,
        triggers=[
            {"trigger": trigger, "target": {"entity_id": REASON}, "options": options}
        ],
    )
    await call(hass, "klima.hold", temperature=22)
    assert calls == []
    hass.states.async_set("binary_sensor.window", "on")
    await hass.async_block_till_done()
    await hass.async_block_till_done()
    assert len(calls) == 1


async def test_a_hold_triggers_wherever_it_was_made(
    hass: HomeAssistant, calls: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    unit = await heated(hass)
    await add_automation(
        hass,
        triggers=[{"trigger": "klima.hold_started", "target": {"entity_id": REASON}}],
    )
    unit.set(target_temperature=24.0)
    await hass.async_block_till_done()
    assert len(calls) == 1


async def test_a_unit_that_is_back_starts_no_hold(
    hass: HomeAssistant, calls: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    """Nobody changed anything: it was held before its radio was lost."""
    unit = await heated(hass)
    unit.set(target_temperature=24.0)
    await hass.async_block_till_done()
    await add_automation(
        hass,
        triggers=[{"trigger": "klima.hold_started", "target": {"entity_id": REASON}}],
    )
    unit.set(available=False)
    await hass.async_block_till_done()
    assert hass.states.is_state(REASON, "unit_unavailable")
    unit.set(available=True)
    await later(hass, freezer, minutes=1)
    assert hass.states.is_state(REASON, "hold")
    assert calls == []


async def test_conditions_tell_what_a_zone_is_at(
    hass: HomeAssistant, calls: list[ServiceCall]
) -> None:
    await heated(hass)
    target = {"entity_id": REASON}
    await add_automation(
        hass,
        triggers=[{"trigger": "event", "event_type": "ask"}],
        actions=[
            {
                "if": [{"condition": condition, "target": target, "options": options}],
                "then": [
                    {"action": "test.automation", "data": {"condition": condition}}
                ],
            }
            for condition, options in (
                ("klima.is_held", {}),
                ("klima.is_paused", {}),
                ("klima.is_control_reason", {"reason": ["preset", "schedule"]}),
            )
        ],
    )

    async def ask() -> list[str]:
        calls.clear()
        hass.bus.async_fire("ask")
        await hass.async_block_till_done()
        return [made.data["condition"] for made in calls]

    assert await ask() == ["klima.is_control_reason"]
    await call(hass, "klima.boost")
    assert await ask() == ["klima.is_held"]
    hass.states.async_set("binary_sensor.window", "on")
    await hass.async_block_till_done()
    assert await ask() == ["klima.is_paused"]


async def test_the_blueprint_that_reminds_of_a_window(
    hass: HomeAssistant, calls: list[ServiceCall], freezer: FrozenDateTimeFactory
) -> None:
    await heated(hass)
    await add_blueprint(
        hass,
        "window_reminder.yaml",
        windows=["binary_sensor.den_window_open"],
        duration={"minutes": 10},
        actions=[{"action": "test.automation"}],
    )
    hass.states.async_set("binary_sensor.window", "on")
    await later(hass, freezer, minutes=9)
    assert calls == []
    await later(hass, freezer, minutes=2)
    assert len(calls) == 1


async def test_the_blueprint_that_ends_a_hold_when_everybody_leaves(
    hass: HomeAssistant,
) -> None:
    unit = await heated(hass)
    hass.states.async_set("zone.home", "1")
    await add_blueprint(
        hass, "resume_when_leaving.yaml", thermostat="climate.den", people="zone.home"
    )
    await call(hass, "klima.hold", temperature=24)
    hass.states.async_set("zone.home", "0")
    await hass.async_block_till_done()
    assert unit.commands[-1] == ("set_temperature", {"temperature": 21.0})


async def test_the_blueprint_that_boosts_by_a_button(hass: HomeAssistant) -> None:
    unit = await heated(hass)
    await add_blueprint(
        hass,
        "boost_button.yaml",
        trigger=[{"trigger": "event", "event_type": "press"}],
        thermostat="climate.den",
    )
    for target in (23.0, 21.0):
        hass.bus.async_fire("press")
        await hass.async_block_till_done()
        assert unit.commands[-1] == ("set_temperature", {"temperature": target})


@pytest.mark.parametrize(
    ("units", "usual", "warm"),
    [(METRIC_SYSTEM, 50, 60), (US_CUSTOMARY_SYSTEM, 122, 140)],
)
async def test_the_blueprint_that_heats_water_when_it_is_cheap(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    units: UnitSystem,
    usual: float,
    warm: float,
) -> None:
    hass.config.units = units
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    dear, cheap = ("0.30", {"unit_of_measurement": "EUR/kWh"}), "0.10"
    hass.states.async_set("sensor.tariff", *dear)
    await add_system(
        hass,
        "water_heater.tank",
        data={"family": "heat_pump_water_heater", "price_entity": "sensor.tariff"},
    )
    await add_blueprint(
        hass,
        "water_when_cheap.yaml",
        water_heater="water_heater.tank_2",
        price="sensor.heat_pump_price",
        cheap=0.15,
        warm=warm,
        usual=usual,
    )

    async def priced(price: str, **delta: float) -> list[Any]:
        """Return what the tank was told since it was last asked, a price in it."""
        hass.states.async_set("sensor.tariff", price, dear[1])
        await later(hass, freezer, **delta)
        told = [given["temperature"] for _, given in tank.commands]
        tank.commands.clear()
        return told

    # A price that lasts no five minutes changes nothing, nor does the target it has.
    assert await priced(cheap, minutes=3) == []
    assert await priced("0.30", minutes=30) == []
    assert await priced(cheap, minutes=6) == [60]
    assert await priced("unavailable", minutes=30) == []
    assert await priced("0.12", minutes=30) == []
    assert await priced("0.30", minutes=6) == [50]
    # One that somebody turned off stays off, and has its target once it is on again.
    tank.set(current_operation="off")
    assert await priced(cheap, minutes=30) == []
    tank.set(current_operation="eco")
    assert await priced(cheap, minutes=1) == [60]
    tank.set(is_away_mode_on=True)
    assert await priced("0.30", minutes=30) == []
