"""Home Assistant's own pages show the simulated units, and control them."""

from playwright.async_api import Page, expect

from tests.e2e.home_assistant import HomeAssistant
from tests.simulator.bridge import Bridge

from .conftest import Screenshots, choose_mode


async def test_a_simulated_unit_is_turned_on_from_its_device_page(
    page: Page, home: HomeAssistant, simulator: Bridge, screenshots: Screenshots
) -> None:
    device = next(d for d in await home.client.devices() if d["name"] == "Mini-split")
    await page.goto(f"/config/devices/device/{device['id']}")
    await expect(page.get_by_text("SIM-MS12").first).to_be_visible()
    await screenshots.take("device")

    # What a click on the entity anywhere in the frontend does.
    await page.evaluate(
        """() => document.querySelector("home-assistant").dispatchEvent(
            new CustomEvent("hass-more-info", {detail: {entityId: "climate.mini_split"}}))"""
    )
    dialog = page.locator("ha-more-info-dialog")
    await expect(dialog.locator("more-info-climate")).to_be_visible()
    await screenshots.take("thermostat")
    await choose_mode(page, "Heat")
    await home.client.wait_for("climate.mini_split", "heat")

    assert simulator.simulation.head("mini_split").mode == "heat"
    await home.client.wait_for("climate.mini_split", hvac_action="heating")
    await screenshots.take("heating")
    await home.client.call("climate.turn_off", "climate.mini_split")
