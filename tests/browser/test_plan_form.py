"""A newcomer adds a plan by clicking: its rows have a form of their own in the frontend."""

from playwright.async_api import Page, expect

from tests.e2e.home_assistant import HomeAssistant

from .conftest import Screenshots


async def test_a_tier_that_was_left_without_a_price_is_asked_for(
    page: Page, home: HomeAssistant, screenshots: Screenshots
) -> None:
    """The frontend makes a zero of a number that is required, and so a tier that is free."""
    await page.goto("/config/integrations/dashboard/add?domain=klima")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_text("An electricity plan").first.click()
    await page.locator("ha-selector-select").first.click()
    await page.get_by_text("Tiered prices").last.click()
    await page.get_by_role("button", name="Submit").click()
    rows = page.locator("ha-selector-object")
    row = page.locator("dialog-form").last

    await rows.get_by_role("button", name="Add").click()
    await expect(row.get_by_text("The price per kWh in this tier")).to_be_visible()
    await row.get_by_role("button", name="Add").click()
    await expect(row.get_by_text("The price per kWh in this tier")).to_be_hidden()
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("One of the tiers has no price")).to_be_visible()
    await screenshots.take("refused")

    # The pencil of the row; the bin is beside it.
    await rows.locator("ha-icon-button").first.click()
    await row.locator("ha-selector-number input").first.fill("0.11")
    await row.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("0.11 CAD/kWh")).to_be_visible()
    for title in ("Other charges on the bill", "Billing", "Name and assign"):
        await page.get_by_role("button", name="Submit").click()
        await expect(page.get_by_text(title).first).to_be_visible()
        await screenshots.take(title.split(" ", maxsplit=1)[0].lower())
    await page.get_by_role("button", name="Skip and finish").click()

    (plan,) = await home.client.entries("klima")
    price = await home.client.entity_id(plan["entry_id"], "price", "sensor")
    await home.client.wait_for(price, "0.11")
