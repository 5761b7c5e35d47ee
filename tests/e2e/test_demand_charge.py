"""A Norwegian plan on a real Home Assistant: the month's three highest hours, a step."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .home_assistant import HomeAssistant

METER = "sensor.ducted_heat_pump_energy"

HOURS = 70 * 24
HIGH = {30: 7.0, 31: 6.5, 100: 5.0, 200: 3.0, 300: 2.0}
"""Hours after the first noon of last month, and the kWh of each; all others have 0.5."""


async def test_last_months_step(home: HomeAssistant) -> None:
    """It is that of the mean of three hours of three days, as the action tells them."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    month = (now.replace(day=1) - timedelta(days=3)).replace(day=1, hour=12)
    high = {month + timedelta(hours=hour): kwh for hour, kwh in HIGH.items()}
    total, totals = 0.0, {}
    for hour in range(HOURS):
        start = now - timedelta(hours=HOURS - hour)
        total += high.get(start, 0.5)
        totals[start] = total
    await home.client.import_energy(METER, totals)
    async with asyncio.timeout(60):
        while (
            len(
                (
                    await home.client.statistics(
                        METER, period="hour", since=timedelta(days=100)
                    )
                ).get(METER, [])
            )
            < HOURS - 5
        ):
            await asyncio.sleep(0.5)
    plan = await home.client.add(
        "klima",
        menu="plan",
        plan="flat",
        name="Norway",
        price=0.5,
        demand={
            "demand_steps": [
                {"amount": 150, "up_to": 2},
                {"amount": 250, "up_to": 5},
                {"amount": 420, "up_to": 10},
                {"amount": 585},
            ],
            "demand_per": "month",
            "demand_peaks": 3,
        },
    )
    central = await home.client.add(
        "klima",
        menu="entity",
        unit="climate.ducted_heat_pump",
        name="Central",
        energy=METER,
        plan=plan["entry_id"],
        outdoor_temperature="sensor.outdoor_temperature",
    )

    async def last_bill() -> dict[str, Any]:
        answer: dict[str, Any] = await home.client.call(
            "klima.get_bill",
            config_entry_id=central["entry_id"],
            period="last",
            return_response=True,
        )
        return answer

    async with asyncio.timeout(120):
        while not (last := await last_bill()).get("demand_charges"):
            await asyncio.sleep(1)
    (charge,) = last["demand_charges"]
    assert [peak["kw"] for peak in charge["peaks"]] == [7.0, 5.0, 3.0]
    assert (charge["kw"], charge["share"], charge["cost"]) == (5.0, 1.0, 420.0)
    assert last["demand"] == pytest.approx(420)

    # It is the same after a restart.
    await home.restart()
    assert (await last_bill())["demand"] == pytest.approx(420)
    projected = await home.client.entity_id(
        central["entry_id"], "projected_bill", "sensor"
    )
    state = await home.client.wait_for(
        projected, lambda s: "demand" in s["attributes"].get("includes", ()), timeout=90
    )
    assert float(state["state"]) > 150
