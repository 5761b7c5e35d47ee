"""A plan, a bill and a past of the meter on a real Home Assistant."""

import asyncio
from datetime import UTC, datetime, timedelta
import time
from typing import Any

import pytest

from tests.simulator.bridge import Bridge

from .home_assistant import HomeAssistant

METER = "sensor.ducted_heat_pump_energy"

HOURS = 40 * 24
"""Of the past: for the test's own import, row by row, a year would take too long."""


def number(state: dict[str, Any]) -> float:
    """Return a state as a number, less than any for none."""
    try:
        return float(state["state"])
    except ValueError:
        return float("-inf")


@pytest.fixture(scope="module")
async def plan(home: HomeAssistant) -> dict[str, Any]:
    """Add Hydro-Québec's plan as a hurried user does."""
    return await home.client.add("klima", menu="plan", plan="hydro_quebec_d")


@pytest.fixture(scope="module")
async def central(home: HomeAssistant, plan: dict[str, Any]) -> dict[str, Any]:
    """Put the ducted heat pump on it; weeks of its meter are known already."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    totals = {now - timedelta(hours=HOURS - hour): float(hour) for hour in range(HOURS)}
    await home.client.import_energy(METER, totals)
    async with asyncio.timeout(120):
        while await hours_of(home, METER) < HOURS - 60:
            await asyncio.sleep(0.5)
    return await home.client.add(
        "klima",
        menu="entity",
        unit="climate.ducted_heat_pump",
        name="Central",
        power="sensor.ducted_heat_pump_power",
        energy=METER,
        plan=plan["entry_id"],
        outdoor_temperature="sensor.outdoor_temperature",
    )


async def hours_of(home: HomeAssistant, statistic_id: str) -> int:
    """Return how many hours of a year are known of an entity."""
    found = await home.client.statistics(
        statistic_id, period="hour", since=timedelta(days=380)
    )
    return len(found.get(statistic_id, []))


async def test_the_past_is_there_within_seconds(
    home: HomeAssistant, plan: dict[str, Any], central: dict[str, Any]
) -> None:
    """It is priced, the loop answers meanwhile, and this month's bill is a whole one."""
    energy = await home.client.entity_id(central["entry_id"], "energy", "sensor")
    cost = await home.client.entity_id(central["entry_id"], "cost", "sensor")
    slowest = 0.0
    async with asyncio.timeout(120):
        while True:
            asked = time.monotonic()
            await home.client.command("get_config")
            slowest = max(slowest, time.monotonic() - asked)
            if (
                await hours_of(home, cost)
                and await hours_of(home, energy) >= HOURS - 60
            ):
                break
            await asyncio.sleep(0.2)
    assert slowest < 5

    price = await home.client.entity_id(plan["entry_id"], "price", "sensor")
    assert number(await home.client.wait_for(price)) in (0.07065, 0.11142)
    bill = await home.client.entity_id(central["entry_id"], "bill", "sensor")
    state = await home.client.wait_for(bill, lambda s: number(s) > 0)
    assert state["attributes"]["unit_of_measurement"] == "CAD"
    answer = await home.client.call(
        "klima.get_bill", config_entry_id=central["entry_id"], return_response=True
    )
    # A kWh each hour: by the day 24 of the 40 kWh of the first tier.
    assert answer["energy"] == pytest.approx(answer["kwh"] * 0.07065, abs=0.02)
    again = await home.client.call(
        "klima.import_history",
        config_entry_id=central["entry_id"],
        return_response=True,
    )
    assert again["hours"] >= HOURS - 60
    projected = await home.client.entity_id(
        central["entry_id"], "projected_bill", "sensor"
    )
    state = await home.client.wait_for(projected, lambda s: number(s) > 0, timeout=60)
    assert state["attributes"]["low"] <= number(state) <= state["attributes"]["high"]


async def test_an_automation_hears_of_a_cheap_hour(
    home: HomeAssistant, simulator: Bridge
) -> None:
    """Klima's trigger runs an automation once, and only once the price has crossed."""

    async def set_price(cents: float) -> None:
        await home.client.request(
            "POST",
            "/api/states/sensor.spot",
            {"state": str(cents), "attributes": {"unit_of_measurement": "¢/kWh"}},
        )

    await set_price(30)
    entry = await home.client.add(
        "klima",
        menu="entity",
        unit="climate.mini_split",
        name="Spot",
        price_entity="sensor.spot",
        plan=None,
    )
    price = await home.client.entity_id(entry["entry_id"], "price", "sensor")
    await home.client.wait_for(price, "0.3")
    automation = await home.client.automate(
        "cheap_hour",
        {
            "trigger": "klima.price_crossed_threshold",
            "target": {"entity_id": price},
            "options": {"threshold": {"type": "below", "value": {"number": 0.1}}},
        },
        {"action": "input_boolean.reload"},
    )
    await set_price(20)
    await home.client.wait_for(price, "0.2")
    state = await home.client.state(automation)
    assert state is not None
    assert state["attributes"]["last_triggered"] is None
    await set_price(-1.5)
    await home.client.wait_for(
        automation, lambda s: s["attributes"]["last_triggered"] is not None
    )
    assert number(await home.client.wait_for(price)) == -0.015
    await home.client.delete_automation("cheap_hour")
    await home.client.delete(entry["entry_id"])
    await home.client.request("DELETE", "/api/states/sensor.spot")


async def test_the_sun_comes_out(home: HomeAssistant, simulator: Bridge) -> None:
    """While a home feeds in more than it draws, a kWh costs what is not paid for it."""

    async def read(**counters: float) -> None:
        for name, kwh in counters.items():
            await home.client.request(
                "POST",
                f"/api/states/sensor.{name}",
                {
                    "state": f"{kwh:.3f}",
                    "attributes": {"unit_of_measurement": "kWh"},
                },
            )

    await read(drawn=5000, fed=300)
    plan = await home.client.add(
        "klima",
        menu="plan",
        plan="flat",
        name="Roof",
        price=0.3,
        home_energy="sensor.drawn",
        home_export="sensor.fed",
        export_price=0.08,
    )
    entry = await home.client.add(
        "klima",
        menu="entity",
        unit="climate.mini_split",
        name="Sunny",
        plan=plan["entry_id"],
    )
    price = await home.client.entity_id(entry["entry_id"], "price", "sensor")
    await home.client.wait_for(price, "0.3", rate="import")
    await read(fed=300.05)
    await home.client.wait_for(price, "0.08", timeout=90, rate="export")
    plans = await home.client.entity_id(plan["entry_id"], "price", "sensor")
    assert number(await home.client.wait_for(plans)) == 0.3
    # A cloud that weighs more than the sun did.
    await read(drawn=5001)
    await home.client.wait_for(price, "0.3", timeout=90, rate="import")
    for added in (entry, plan):
        await home.client.delete(added["entry_id"])
    for name in ("drawn", "fed"):
        await home.client.request("DELETE", f"/api/states/sensor.{name}")


async def test_the_bill_moves_and_outlives_a_power_cut(
    home: HomeAssistant, simulator: Bridge, central: dict[str, Any]
) -> None:
    """What the unit uses is on the bill within a minute; a crash takes none of it."""
    bill = await home.client.entity_id(central["entry_id"], "bill", "sensor")
    cost = await home.client.entity_id(central["entry_id"], "cost", "sensor")
    energy = await home.client.entity_id(central["entry_id"], "energy", "sensor")
    billed = number(await home.client.wait_for(bill))
    paid = number(await home.client.wait_for(cost))
    # A cent takes minutes here, and is written then; a Wh does not.
    before = number(await home.client.wait_for(energy))
    await home.client.call(
        "climate.set_temperature",
        "climate.ducted_heat_pump",
        hvac_mode="heat",
        temperature=27,
    )
    state = await home.client.wait_for(
        energy, lambda s: number(s) > before, timeout=150
    )
    # What is shown is saved within the minute.
    await asyncio.sleep(32)
    await home.restart(kill=True)
    after = await home.client.wait_for(energy, timeout=60)
    assert number(after) >= number(state)
    # Each kWh has its price: the cost came through with the energy.
    cost_after = number(await home.client.wait_for(cost, timeout=60))
    assert cost_after - paid >= (number(after) - before) * 0.07065 - 0.011
    state = await home.client.wait_for(bill, lambda s: number(s) >= billed, timeout=60)
    assert state["attributes"]["last_reset"]
    assert not home.faults_logged("custom_components.klima")
    await home.client.call("climate.turn_off", "climate.ducted_heat_pump")
