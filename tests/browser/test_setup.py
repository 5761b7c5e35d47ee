"""A newcomer adds a unit by clicking, turns it on, and sees what Klima makes of it."""

from playwright.async_api import Page, expect

from tests.e2e.home_assistant import HomeAssistant
from tests.simulator.bridge import Bridge

from .conftest import Screenshots, choose_mode


async def test_a_unit_is_added_and_turned_on_by_clicking(
    page: Page, home: HomeAssistant, simulator: Bridge, screenshots: Screenshots
) -> None:
    """Three submits, a thermostat, and the sensors on the device's page."""
    await page.goto("/config/integrations/dashboard/add?domain=klima")
    await page.get_by_role("button", name="OK").click()
    choice = page.get_by_text("A unit already in Home Assistant")
    await expect(choice).to_be_visible()
    await screenshots.take("menu")
    await choice.click()
    # The first unit that nothing wraps yet is offered, so a Submit will do; so will each other.
    await expect(page.get_by_text("The name of the system").first).to_be_visible()
    await screenshots.take("unit")
    for title, what in (
        ("Equipment of", "equipment"),
        ("Energy of", "energy"),
        ("Name and assign", "done"),
    ):
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text(title).first).to_be_visible()
        await screenshots.take(what)
    # The page was loaded before there was a dashboard.
    await expect(page.get_by_text("Reload this page once")).to_be_visible()
    await page.get_by_role("button", name="Skip and finish").click()

    (entry,) = await home.client.entries("klima")
    assert entry["title"] == "Air conditioner"
    devices = await home.client.devices(entry["entry_id"])
    system = next(d for d in devices if d["via_device_id"] is None)
    zone = next(d for d in devices if d["via_device_id"] == system["id"])
    thermostat = next(
        e["entity_id"]
        for e in await home.client.registry(entry["entry_id"])
        if e["entity_id"].startswith("climate.")
    )

    await page.goto(f"/config/devices/device/{zone['id']}")
    await (
        page.get_by_role("button", name="Air conditioner")
        .or_(page.locator("hui-climate-entity-row"))
        .first.click()
    )
    await choose_mode(page, "Cool")
    await home.client.wait_for(thermostat, "cool")
    assert simulator.simulation.head("air_conditioner").mode == "cool"
    await screenshots.take("cooling")

    await page.goto(f"/config/devices/device/{system['id']}")
    await expect(page.get_by_text("Heat pump type").first).to_be_visible()
    await expect(
        page.get_by_text("Air conditioner (not a heat pump)").first
    ).to_be_visible()
    await screenshots.take("device")
    await home.client.call("climate.turn_off", thermostat)
    await home.client.delete(entry["entry_id"])
