"""The Energy dashboard shows a unit of Klima's, and its device page the bill."""

import asyncio
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, expect

from tests.e2e.home_assistant import Client, HomeAssistant

from .conftest import Screenshots


async def wait_for_hours(client: Client, statistic_id: str) -> None:
    """Wait until the recorder has the hours of the last days."""
    async with asyncio.timeout(120):
        while True:
            found = await client.statistics(
                statistic_id, period="hour", since=timedelta(days=4)
            )
            if len(found.get(statistic_id, [])) >= 70:
                return
            await asyncio.sleep(0.3)


async def test_the_energy_dashboard_shows_a_unit_with_its_cost(
    page: Page, home: HomeAssistant, screenshots: Screenshots
) -> None:
    """Its energy as an individual device, its cost beside it, and no complaint."""
    client = home.client
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    meter = "sensor.mini_split_energy"
    await client.import_energy(
        meter,
        {
            now - timedelta(hours=72 - hour): 0.6 * hour + (hour % 7) / 10
            for hour in range(72)
        },
    )
    # The recorder takes them in when it gets to it.
    await wait_for_hours(client, meter)
    plan = await client.add("klima", menu="plan", plan="hydro_quebec_d", name="Rate D")
    entry = await client.add(
        "klima",
        menu="entity",
        unit="climate.mini_split",
        name="Salon",
        power="sensor.mini_split_power",
        energy=meter,
        plan=plan["entry_id"],
    )
    energy = await client.entity_id(entry["entry_id"], "energy", "sensor")
    cost = await client.entity_id(entry["entry_id"], "cost", "sensor")
    for own in (energy, cost):
        await wait_for_hours(client, own)
    await client.command(
        "energy/save_prefs",
        energy_sources=[
            {
                "type": "grid",
                "stat_energy_from": energy,
                "stat_energy_to": None,
                "stat_cost": cost,
                "stat_compensation": None,
                "entity_energy_price": None,
                "number_energy_price": None,
                "entity_energy_price_export": None,
                "number_energy_price_export": None,
                "cost_adjustment_day": 0,
            }
        ],
        device_consumption=[{"stat_consumption": energy}],
    )
    answer = await client.command("energy/validate")
    assert [issue for part in answer["device_consumption"] for issue in part] == []
    assert [issue for part in answer["energy_sources"] for issue in part] == []

    await page.goto("/energy")
    await expect(
        page.locator("hui-energy-devices-detail-graph-card canvas").first
    ).to_be_visible()
    await screenshots.take("dashboard")
    devices = await client.devices(entry["entry_id"])
    system = next(d for d in devices if d["via_device_id"] is None)
    await page.goto(f"/config/devices/device/{system['id']}")
    await expect(page.get_by_text("Projected bill").first).to_be_visible()
    await screenshots.take("bill")
    plans = await client.devices(plan["entry_id"])
    await page.goto(f"/config/devices/device/{plans[0]['id']}")
    await expect(page.get_by_text("Tier remaining").first).to_be_visible()
    await screenshots.take("plan")
    await client.command("energy/save_prefs", energy_sources=[], device_consumption=[])
    await client.delete(entry["entry_id"])
    await client.delete(plan["entry_id"])
