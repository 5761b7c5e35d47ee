"""The dashboard makes itself, on every screen, and says so where it cannot."""

from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, StorageState, expect
import pytest

from scripts.develop import set_up_klima
from tests.e2e.home_assistant import Client, HomeAssistant

from .conftest import log_in
from .visit import PHONE, WIDE, Screen, visiting
from .year import import_year

SYSTEMS = ("Hot water", "Living room", "Sunroom", "Upstairs", "Whole house")
SCREENS = {
    "wide-light-en-c": (WIDE, "metric"),
    "narrow-dark-fr-c": (Screen(width=400, height=900, scheme="dark", language="fr-CA"), "metric"),
    "wide-dark-fr-f": (Screen(scheme="dark", language="fr-CA"), "us_customary"),
    "narrow-light-en-f": (PHONE, "us_customary"),
}


async def sensors(client: Client, entry_id: str) -> dict[str, str]:
    """Return an entry's own sensors by key."""
    return {
        entity["unique_id"].removeprefix(f"{entry_id}_"): entity["entity_id"]
        for entity in await client.registry(entry_id)
        if entity["unique_id"].startswith(f"{entry_id}_")
    }


async def entry_id(client: Client, title: str) -> str:
    """Return the entry of a system."""
    return str(
        next(e["entry_id"] for e in await client.entries("klima") if e["title"] == title)
    )


@pytest.fixture(scope="module")
async def klima(home: HomeAssistant) -> HomeAssistant:
    """Have every simulated unit in Klima, and a year of statistics of one."""
    client = home.client
    await set_up_klima(client)
    living_room = await sensors(client, await entry_id(client, "Living room"))
    await import_year(client, {**living_room, "outdoor": "sensor.outdoor_temperature"})
    return home


@pytest.fixture(scope="module")
async def state(browser: Browser, home: HomeAssistant) -> AsyncIterator[StorageState]:
    """Log in once for all."""
    context = await browser.new_context(base_url=home.url)
    page = await context.new_page()
    await log_in(page)
    yield await context.storage_state()
    await context.close()


async def show(client: Client, path: str, config: dict[str, Any]) -> None:
    """Make a dashboard of the user's own."""
    paths = {d["url_path"] for d in await client.command("lovelace/dashboards/list")}
    if path not in paths:
        await client.command(
            "lovelace/dashboards/create", url_path=path, title=path, icon="mdi:home"
        )
    await client.command("lovelace/config/save", url_path=path, config=config)


def cards(*cards: dict[str, Any]) -> dict[str, Any]:
    """Return a dashboard with some cards."""
    return {
        "views": [
            {"type": "sections", "sections": [{"type": "grid", "cards": list(cards)}]}
        ]
    }


@pytest.mark.parametrize("name", SCREENS)
async def test_the_dashboard_on_a_screen(
    browser: Browser, klima: HomeAssistant, state: StorageState, name: str
) -> None:
    screen, units = SCREENS[name]
    french = screen.language.startswith("fr")
    await klima.client.command("config/core/update", unit_system=units)
    async with visiting(browser, klima, state, f"dashboard-{name}", screen) as visit:
        page = visit.page
        await visit.go("/klima/home")
        for system in SYSTEMS:
            await expect(page.locator("hui-heading-card", has_text=system)).to_have_count(1)
        await expect(page.locator("hui-thermostat-card")).to_have_count(7)
        await expect(
            page.get_by_text("Énergie par jour" if french else "Energy by day").first
        ).to_be_visible()
        performance = page.locator("klima-performance-card").nth(1)
        await performance.scroll_into_view_if_needed()
        await expect(performance.locator(".plot-area")).to_be_visible()
        unit = "°F" if units == "us_customary" else "°C"
        await expect(performance.locator("svg.plot")).to_contain_text(unit)
        await visit.shoot("home", whole=True)
        assert await visit.faults() == []

        await page.goto("/klima/week")
        await expect(page.locator("klima-week-card").first.locator(".plot-area")).to_be_visible()
        await visit.shoot("week", whole=True)
        assert await visit.faults() == []
