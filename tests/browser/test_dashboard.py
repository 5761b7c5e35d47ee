"""The dashboard makes itself, on every screen, and says so where it cannot."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, Route, StorageState, expect
import pytest

from scripts.develop import set_up_klima
from tests.e2e.home_assistant import ARTIFACTS, Client, HomeAssistant

from .conftest import log_in
from .visit import PHONE, WIDE, Screen, visiting
from .year import import_year

SYSTEMS = ("Hot water", "Living room", "Sunroom", "Upstairs", "Whole house")
SCREENS = {
    "wide-light-en-c": (WIDE, "metric"),
    "narrow-dark-fr-c": (
        Screen(width=400, height=900, scheme="dark", language="fr-CA"),
        "metric",
    ),
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
        next(
            e["entry_id"] for e in await client.entries("klima") if e["title"] == title
        )
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
            await expect(
                page.locator("hui-heading-card", has_text=system)
            ).to_have_count(1)
        await expect(page.locator("hui-target-temperature-card-feature")).to_have_count(
            7
        )
        await expect(
            page.get_by_text("Énergie par jour" if french else "Energy by day").first
        ).to_be_visible()
        performance = page.locator("klima-performance-card").nth(1)
        await performance.scroll_into_view_if_needed()
        await expect(performance.locator(".plot-area")).to_be_visible()
        unit = "°F" if units == "us_customary" else "°C"
        await expect(performance.locator("svg.plot")).to_contain_text(unit)
        await visit.shoot("home", whole=True)
        # Each scheme is looked through once.
        looked_through = units == "metric"
        assert not looked_through or await visit.faults() == []

        await page.goto("/klima/week")
        await expect(
            page.locator("klima-week-card").first.locator(".plot-area")
        ).to_be_visible()
        await visit.shoot("week", whole=True)
        assert not looked_through or await visit.faults() == []


@pytest.mark.parametrize(
    "late", ["frontend_latest/app.*.js", "klima_frontend/*/klima.js"]
)
async def test_the_dashboard_comes_whichever_module_is_first(
    browser: Browser, klima: HomeAssistant, state: StorageState, late: str
) -> None:
    # Home Assistant's own puts another registry of elements in the browser's place.
    async def delay(route: Route) -> None:
        await asyncio.sleep(1.5)
        await route.continue_()

    async with visiting(browser, klima, state, "order") as visit:
        await visit.page.route(f"**/{late}", delay)
        await visit.go("/klima/week")
        await expect(visit.page.locator("klima-week-card").first).to_be_visible()


async def test_a_point_of_the_performance_card_tells_of_its_hour(
    browser: Browser, klima: HomeAssistant, state: StorageState
) -> None:
    client = klima.client
    await client.command("config/core/update", unit_system="metric")
    living_room = await sensors(client, await entry_id(client, "Living room"))
    config = {
        "type": "custom:klima-performance-card",
        "entity": living_room["cop"],
        "grid_options": {"columns": 12, "rows": 8},
    }
    await show(client, "klima-card", cards(config))
    async with visiting(browser, klima, state, "performance", WIDE) as visit:
        page = visit.page
        await visit.go("/klima-card")
        card = page.locator("klima-performance-card")
        plot = card.locator(".plot-area")
        await expect(plot).to_have_role("application")
        detail = card.locator(".detail")
        await expect(detail).to_be_hidden()

        # By keys: the first is the coldest hour, the next is no colder.
        await plot.focus()
        await page.keyboard.press("ArrowRight")
        await expect(detail).to_contain_text("COP")
        await expect(detail).to_contain_text("°C")
        coldest = await detail.inner_text()
        await page.keyboard.press("ArrowRight")
        await expect(detail).not_to_have_text(coldest)
        await page.keyboard.press("Escape")
        await expect(detail).to_be_hidden()

        # By a tap, where the points are: near the rated point at 8.3 °C.
        mark = await card.locator("circle.rated").nth(2).bounding_box()
        assert mark is not None
        await page.mouse.click(mark["x"] + 4, mark["y"] + 4)
        await expect(detail).to_contain_text("kWh")
        await visit.shoot("point")
        link = await detail.get_by_role("link").get_attribute("href")
        assert link is not None and link.startswith("/history?")

        # The same figures as a table, which is always there to be read out.
        await expect(card.get_by_role("table")).to_have_count(1)
        await card.get_by_role("button", name="Show as a table").click()
        table = card.get_by_role("table")
        await expect(table).to_be_visible()
        await expect(table.get_by_role("row").nth(1)).to_contain_text("Heating")
        await visit.shoot("table")
        await card.get_by_role("button", name="Show as a chart").click()
        await expect(plot).to_be_visible()


async def test_faulty_cards_say_what_is_wrong(
    browser: Browser, klima: HomeAssistant, state: StorageState
) -> None:
    client = klima.client
    sunroom = await sensors(client, await entry_id(client, "Sunroom"))
    await show(
        client,
        "klima-faults",
        cards(
            {"type": "custom:klima-performance-card", "entity": "sensor.nowhere"},
            {"type": "custom:klima-week-card", "entity": "climate.nowhere"},
            {"type": "custom:klima-performance-card"},
            {"type": "custom:klima-week-card", "entity": "climate.x", "days": 99},
            {
                "type": "custom:klima-performance-card",
                "entity": "sensor.outdoor_temperature",
            },
            # No statistics yet: the model is shown, and what is missing.
            {"type": "custom:klima-performance-card", "entity": sunroom["power"]},
        ),
    )
    async with visiting(browser, klima, state, "faults", WIDE) as visit:
        page = visit.page
        await visit.go("/klima-faults")
        own = page.locator("klima-performance-card, klima-week-card")
        await expect(own.locator("hui-warning")).to_have_count(2)
        await expect(
            page.locator("hui-error-card:not(hui-warning hui-error-card)").first
        ).to_be_visible()
        await expect(
            page.get_by_text("sensor.outdoor_temperature is no entity")
        ).to_be_visible()
        await expect(page.get_by_text("No hour with COP")).to_be_visible()
        await visit.shoot("cards")
        # A faulty configuration is told on the console too, by Home Assistant.
        visit.said.clear()


async def test_names_are_shown_as_they_are_written(
    browser: Browser, klima: HomeAssistant, state: StorageState
) -> None:
    client = klima.client
    name = "<img src=x onerror=alert(1)> & <b>Sun</b>"
    device = next(d for d in await client.devices() if d["name"] == "Sunroom")
    await client.command(
        "config/device_registry/update", device_id=device["id"], name_by_user=name
    )
    try:
        async with visiting(browser, klima, state, "names", WIDE) as visit:
            await visit.go("/klima/home")
            await expect(visit.page.get_by_text(name).first).to_be_visible()
            await visit.page.goto("/klima/week")
            await expect(visit.page.get_by_text(name).first).to_be_visible()
            await expect(visit.page.locator("img[src=x]")).to_have_count(0)
    finally:
        await client.command(
            "config/device_registry/update", device_id=device["id"], name_by_user=None
        )


async def test_what_the_user_disabled_or_renamed(
    browser: Browser, klima: HomeAssistant, state: StorageState
) -> None:
    client = klima.client
    entry = await entry_id(client, "Sunroom")
    renamed = (await sensors(client, entry))["power"]
    entities = [e["entity_id"] for e in await client.registry(entry)]
    await client.command(
        "config/entity_registry/update",
        entity_id=renamed,
        new_entity_id="sensor.draws",
        name="Draws",
    )
    try:
        async with visiting(browser, klima, state, "registry", WIDE) as visit:
            page = visit.page
            await visit.go("/klima/home")
            await expect(page.get_by_text("Draws")).to_be_visible()

            # The dashboard follows at once, without being opened anew.
            for entity_id in entities:
                await client.command(
                    "config/entity_registry/update",
                    entity_id="sensor.draws" if entity_id == renamed else entity_id,
                    hidden_by="user",
                )
            await expect(
                page.get_by_text("Nothing of Sunroom can be shown")
            ).to_be_visible()
            await visit.shoot("hidden")
    finally:
        for entity_id in entities:
            await client.command(
                "config/entity_registry/update",
                entity_id="sensor.draws" if entity_id == renamed else entity_id,
                hidden_by=None,
            )
        await client.command(
            "config/entity_registry/update",
            entity_id="sensor.draws",
            new_entity_id=renamed,
            name=None,
        )


async def test_home_assistant_offers_the_dashboard_and_the_cards(
    browser: Browser, klima: HomeAssistant, state: StorageState
) -> None:
    await show(klima.client, "klima-own", cards())
    async with visiting(browser, klima, state, "offers", WIDE) as visit:
        page = visit.page
        await visit.go("/config/lovelace/dashboards")
        await page.get_by_role("button", name="Add dashboard").first.click()
        dialog = page.locator("ha-dialog-new-dashboard, dialog-new-dashboard")
        await expect(
            dialog.get_by_text("Your heat pumps and air conditioners")
        ).to_be_visible()
        await visit.shoot("dashboard")


@pytest.mark.parametrize(
    ("name", "element"),
    [
        ("Klima: performance", "klima-performance-card"),
        ("Klima: week", "klima-week-card"),
    ],
)
async def test_a_card_is_picked_and_edited_by_clicking(
    browser: Browser, klima: HomeAssistant, state: StorageState, name: str, element: str
) -> None:
    client = klima.client
    await show(client, "klima-picked", cards())
    async with visiting(browser, klima, state, f"editor-{element}", WIDE) as visit:
        page = visit.page
        await visit.go("/klima-picked?edit=1")
        await page.locator("hui-grid-section .add").first.click()
        await page.get_by_text("By card", exact=True).click()
        await page.locator("hui-card-picker input").first.fill("klima")
        # With a preview of what there is, before anything is configured.
        offered = page.locator("hui-card-picker .card").filter(has_text=name)
        await expect(offered.locator(f"{element} .plot-area")).to_be_visible()
        await visit.shoot("picker")
        await offered.click()

        dialog = page.locator("hui-dialog-edit-card")
        preview = dialog.locator(element)
        await expect(preview.locator(".plot-area")).to_be_visible()
        await dialog.locator("ha-selector-text input").fill("As I call it")
        await dialog.locator("ha-selector-number input").fill("3")
        await expect(preview.get_by_role("heading")).to_contain_text("As I call it")
        await visit.shoot("editor")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog.locator(element)).to_have_count(0)

        saved = await client.command("lovelace/config", url_path="klima-picked")
        (card,) = saved["views"][0]["sections"][0]["cards"]
        assert card["type"] == f"custom:{element}"
        assert (card["title"], card["days"]) == ("As I call it", 3)
        entity = next(
            e for e in await client.registry() if e["entity_id"] == card["entity"]
        )
        assert entity["platform"] == "klima"

        # The pictures of Home Assistant's own cards, in its picker.
        assert {urlsplit(url).netloc for url in visit.asked_elsewhere} <= {
            "demo.home-assistant.io"
        }
        assert all("ERR_NAME_NOT_RESOLVED" in said for said in visit.said)
        visit.asked_elsewhere.clear()
        visit.said.clear()


_FIRST_RENDER = """async () => {
    // Home Assistant is ready once its main element is there, with its states; the
    // dashboard is rendered once all that is in the window is: every column has its
    // heading, and its thermostat's controls.
    const within = (root, selector) => {
        const found = [...root.querySelectorAll(selector)];
        for (const element of root.querySelectorAll("*")) {
            if (element.shadowRoot) found.push(...within(element.shadowRoot, selector));
        }
        return found;
    };
    const until = async condition => {
        while (!condition()) {
            if (performance.now() > 30_000) throw new Error("not rendered in 30 s");
            await new Promise(done => setTimeout(done, 25));
        }
        return performance.now();
    };
    const inWindow = selector => within(document, selector)
        .map(element => element.getBoundingClientRect())
        .filter(box => box.height > 0 && box.top < innerHeight).length;
    const ready = await until(
        () => document.querySelector("home-assistant")?.shadowRoot
            ?.querySelector("home-assistant-main")?.hass?.states);
    const rendered = await until(
        () => inWindow("hui-heading-card") >= 3
            && inWindow("ha-control-number-buttons") >= 3
            && inWindow("hui-tile-card") >= 9);
    return rendered - ready;
}"""


async def test_twenty_systems_are_there_within_two_seconds(
    browser: Browser, klima: HomeAssistant, state: StorageState
) -> None:
    client = klima.client
    await client.command("config/core/update", unit_system="metric")
    count = 20
    for number in range(len(SYSTEMS), count):
        await client.call(
            "mqtt.publish",
            topic=f"homeassistant/climate/many_{number}/config",
            retain=True,
            payload=json.dumps(
                {
                    "name": None,
                    "unique_id": f"many_{number}",
                    "device": {
                        "identifiers": [f"many_{number}"],
                        "name": f"Unit {number}",
                    },
                    "modes": ["off", "heat", "cool", "dry", "fan_only"],
                    "mode_state_topic": "many/mode",
                    "mode_command_topic": "many/mode/set",
                    "temperature_state_topic": "many/target",
                    "temperature_command_topic": "many/target/set",
                    "current_temperature_topic": "many/room",
                    "fan_modes": ["auto", "low", "high"],
                    "fan_mode_command_topic": "many/fan/set",
                    "swing_modes": ["on", "off"],
                    "swing_mode_command_topic": "many/swing/set",
                }
            ),
        )
    for topic, payload in (("mode", "heat"), ("target", "21"), ("room", "20.4")):
        await client.call(
            "mqtt.publish", topic=f"many/{topic}", payload=payload, retain=True
        )
    for number in range(len(SYSTEMS), count):
        await client.wait_for(f"climate.unit_{number}")
        await client.add(
            "klima",
            menu="entity",
            unit=f"climate.unit_{number}",
            name=f"System {number}",
            outdoor_temperature="sensor.outdoor_temperature",
            price=0.12,
        )
    async with visiting(browser, klima, state, "twenty", WIDE) as visit:
        page = visit.page
        times = []
        # The first visit also fills the browser's cache, as the user's first did.
        for _ in range(4):
            await page.goto("/klima/home", wait_until="commit")
            times.append(await page.evaluate(_FIRST_RENDER))
        # What is further down comes by itself.
        await expect(page.locator("hui-heading-card")).to_have_count(
            count, timeout=60_000
        )
        await visit.shoot("systems")
    (ARTIFACTS / "first-render.json").write_text(
        json.dumps({"systems": count, "ms": [round(time) for time in times]})
    )
    assert min(times) < 2000


async def test_without_a_system_the_dashboard_tells_what_to_do(
    browser: Browser, klima: HomeAssistant, state: StorageState
) -> None:
    client = klima.client
    await show(client, "klima-own", {"strategy": {"type": "custom:klima"}})
    async with visiting(browser, klima, state, "none", WIDE) as visit:
        page = visit.page
        await visit.go("/klima-own")
        await expect(page.locator("hui-heading-card").first).to_be_visible()
        for entry in await client.entries("klima"):
            await client.delete(entry["entry_id"])
        await expect(page.get_by_text("No heat pump yet")).to_be_visible()
        await visit.shoot("systems")
        assert visit.said == []
        await page.get_by_role("button", name="Add a system").click()
        await page.wait_for_url("**/config/integrations/**")
        assert "klima" not in await page.evaluate(
            "() => Object.keys(document.querySelector('home-assistant').hass.panels)"
        )
        # Home Assistant's own page asks for pictures of integrations that have none.
        visit.said.clear()
