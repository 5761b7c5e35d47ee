"""Triggers about money."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from .common import add_system
from .meters import pass_time, set_power
from .units import add_heating_unit

UNIT = "climate.living_room"


async def automate(
    hass: HomeAssistant, trigger: str, threshold: dict[str, Any], entity_id: str
) -> list[ServiceCall]:
    """Set an automation up and return what it will have called."""
    calls = async_mock_service(hass, "test", "automation")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {
                    "trigger": f"klima.{trigger}",
                    "target": {"entity_id": entity_id},
                    "options": {"threshold": threshold},
                },
                "actions": {
                    "action": "test.automation",
                    "data": {"entity_id": "{{ trigger.entity_id }}"},
                },
            }
        },
    )
    await hass.async_block_till_done()
    return calls


@pytest.fixture(autouse=True)
async def unit(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Have a unit that heats."""
    hass.config.currency = "CAD"
    freezer.move_to("2026-11-24T12:00:00+00:00")
    await add_heating_unit(hass)


async def run(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: int
) -> None:
    """Let the unit draw 2 kW for some minutes."""
    for _ in range(minutes):
        set_power(hass, 2000)
        await pass_time(hass, freezer, minutes=1)


@pytest.mark.parametrize(
    ("trigger", "entity_id", "threshold"),
    [
        (
            "cost_today_crossed_threshold",
            "sensor.heat_pump_cost_today",
            {"type": "above", "value": {"number": 0.5}},
        ),
        (
            "projected_bill_crossed_threshold",
            "sensor.heat_pump_projected_bill",
            {"type": "above", "value": {"number": 10}},
        ),
    ],
)
async def test_money_crosses_a_threshold(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    trigger: str,
    entity_id: str,
    threshold: dict[str, Any],
) -> None:
    """Once, when it is above; never for another entity of the target."""
    set_power(hass, 2000)
    await add_system(hass, UNIT, data={"power": "sensor.meter_power", "price": 0.25})
    await run(hass, freezer, 45)
    calls = await automate(hass, trigger, threshold, entity_id)
    await run(hass, freezer, 100)
    told = [call.data["entity_id"] for call in calls]
    if trigger.startswith("projected"):
        # It comes out of nothing, above at once: no crossing that was seen.
        assert told in ([], [entity_id])
    else:
        assert told == [entity_id]


async def test_a_price_below_a_threshold(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A cheap hour starts something; another sensor of the system does not."""
    hass.states.async_set("sensor.spot", "0.3", {"unit_of_measurement": "CAD/kWh"})
    set_power(hass, 2000)
    await add_system(
        hass,
        UNIT,
        data={"power": "sensor.meter_power", "price_entity": "sensor.spot"},
    )
    calls = await automate(
        hass,
        "price_crossed_threshold",
        {"type": "below", "value": {"number": 0.1}},
        ["sensor.heat_pump_price", "sensor.heat_pump_cost_rate"],  # type: ignore[arg-type]
    )
    hass.states.async_set("sensor.spot", "0.2", {"unit_of_measurement": "CAD/kWh"})
    await hass.async_block_till_done()
    assert not calls
    hass.states.async_set("sensor.spot", "0.05", {"unit_of_measurement": "CAD/kWh"})
    await hass.async_block_till_done()
    assert [call.data["entity_id"] for call in calls] == ["sensor.heat_pump_price"]
