"""The dashboard makes itself, on every screen, and says so where it cannot."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
import re
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Locator, Route, expect
import pytest

from scripts.develop import set_up_klima
from tests.e2e.home_assistant import Client, HomeAssistant
from tests.translated import LANGUAGES, dashboard_texts

from .many import many_systems, tell_of_unit
from .visit import PHONE, WIDE, Scheme, Screen, Visit, Visitor
from .year import import_year

SYSTEMS = ["Hot water", "Living room", "Sunroom", "Upstairs", "Whole house"]
FEW = ["Hot water", "Living room", "Upstairs"]
DIAL = re.compile("ha-state-control-climate|ha-control-circular-slider|hui-thermostat")
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# Home Assistant's own theme.
CARD: dict[Scheme, str] = {"light": "rgb(255, 255, 255)", "dark": "rgb(28, 28, 28)"}
SCREENS = {
    "wide-light-en-c": (WIDE, "metric"),
    "narrow-dark-fr-c": (
        Screen(width=400, height=900, scheme="dark", language="fr-CA"),
        "metric",
    ),
    "wide-dark-fr-f": (Screen(scheme="dark", language="fr-CA"), "us_customary"),
    "narrow-light-en-f": (PHONE, "us_customary"),
    "narrow-light-de-c": (
        Screen(width=400, height=900, language="de-AT"),
        "metric",
    ),
}
LOCALES = {
    "de": "de-CH",
    "en": "en-CA",
    "es": "es-MX",
    "fr": "fr-CA",
    "it": "it-CH",
}
"""What a browser asks for, of each language that there is."""


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


async def device_id(client: Client, name: str) -> str:
    """Return the device of a system."""
    return str(
        next(
            d["id"]
            for d in await client.devices()
            if d["name"] == name and d["via_device_id"] is None
        )
    )


@pytest.fixture(scope="module")
async def klima(home: HomeAssistant) -> AsyncIterator[HomeAssistant]:
    """Have every simulated unit in Klima, and a year of statistics of one."""
    client = home.client
    await set_up_klima(client)
    living_room = await sensors(client, await entry_id(client, "Living room"))
    await import_year(client, {**living_room, "outdoor": "sensor.outdoor_temperature"})
    yield home
    await client.command("config/core/update", unit_system="metric")
    for dashboard in await client.command("lovelace/dashboards/list"):
        if dashboard["mode"] == "storage" and dashboard["url_path"].startswith(
            "klima-"
        ):
            await client.command(
                "lovelace/dashboards/delete", dashboard_id=dashboard["id"]
            )


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


@asynccontextmanager
async def performance_card(
    visitor: Visitor, client: Client, config: dict[str, Any], name: str
) -> AsyncIterator[tuple[Visit, Locator]]:
    """Visit a dashboard that has a performance card alone; yields the visit and the card."""
    kind = "klima-performance-card"
    await show(client, "klima-card", cards({"type": f"custom:{kind}", **config}))
    async with visitor.visit(name) as visit:
        await visit.go("/klima-card")
        yield visit, visit.page.locator(kind)


@pytest.mark.parametrize("name", SCREENS)
async def test_the_dashboard_on_a_screen(
    visitor: Visitor, klima: HomeAssistant, name: str
) -> None:
    screen, units = SCREENS[name]
    said = dashboard_texts()[screen.language.split("-")[0]]
    client = klima.client
    await client.command("config/core/update", unit_system=units)
    # Of all systems once, each in a column; then of a few, each over the whole width.
    path, systems, thermostats = "klima", SYSTEMS, 7
    if screen is not WIDE:
        path, systems, thermostats = "klima-few", FEW, 5
        ids = [await device_id(client, system) for system in systems]
        strategy = {"type": "custom:klima", "systems": ids}
        await show(client, path, {"strategy": strategy})
    async with visitor.visit(f"dashboard-{name}", screen) as visit:
        page = visit.page
        await visit.go(f"/{path}/home")
        for system in systems:
            await expect(
                page.locator("hui-heading-card", has_text=system)
            ).to_have_count(1)
        await expect(page.locator("hui-target-temperature-card-feature")).to_have_count(
            thermostats
        )
        await expect(page.get_by_text(said["energy_by_day"]).first).to_be_visible()
        performance = page.locator("klima-performance-card").nth(
            systems.index("Living room")
        )
        await performance.scroll_into_view_if_needed()
        await expect(performance.locator(".plot-area")).to_be_visible()
        unit = "°F" if units == "us_customary" else "°C"
        await expect(performance.locator("svg.plot")).to_contain_text(unit)
        await visit.shoot("home", whole=True)
        # Where a look does not take long: a scheme changes no more than the colours.
        looked_through = screen.width == PHONE.width
        rules = ("color-contrast",) if screen is PHONE else ()
        assert not looked_through or await visit.faults(*rules) == []

        await visit.turn(f"/{path}/week")
        await expect(
            page.locator("klima-week-card").first.locator(".plot-area")
        ).to_be_visible()
        await visit.shoot("week", whole=True)
        assert not looked_through or await visit.faults(*rules) == []


async def test_every_combination_of_a_screen(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    """Light and dark, narrow and wide, °C and °F, in every language.

    In English all 8; in each other language two that have nothing in common.
    """
    client = klima.client
    living_room = await device_id(client, "Living room")
    strategy = {"type": "custom:klima", "systems": [living_room]}
    await show(client, "klima-one", {"strategy": strategy})
    thermostat = next(
        e["entity_id"]
        for e in await client.registry(await entry_id(client, "Living room"))
        if e["entity_id"].startswith("climate.")
    )
    limits: dict[str, Callable[[dict[str, Any]], bool]] = {
        "°C": lambda state: state["attributes"]["temperature"] < 45,
        "°F": lambda state: state["attributes"]["temperature"] > 45,
    }
    shots: list[Path] = []
    assert sorted(LOCALES) == LANGUAGES
    for code, language in LOCALES.items():
        await client.command("config/core/update", unit_system="metric")
        async with visitor.visit("screen", Screen(language=language)) as visit:
            page = visit.page
            await visit.go("/klima-one/home")
            energy = dashboard_texts()[code]["energy_by_day"]
            await expect(page.get_by_text(energy)).to_be_visible()
            plot = page.locator("klima-performance-card svg.plot")
            card = page.locator("klima-performance-card ha-card")
            for units, unit in (("metric", "°C"), ("us_customary", "°F")):
                await client.command("config/core/update", unit_system=units)
                # Its state is of the old unit until the unit's own is written anew: with
                # the unit off, that may take the tenth of a degree that the room cools.
                await client.call("homeassistant.update_entity", "climate.mini_split")
                await client.wait_for(thermostat, limits[unit])
                for width, scheme in product((1440, 400), SCHEMES):
                    as_usual = (width == 400, scheme == "light", unit == "°C")
                    if code != "en" and len(set(as_usual)) > 1:
                        continue
                    await page.emulate_media(color_scheme=scheme)
                    await page.set_viewport_size({"width": width, "height": 1300})
                    await expect(plot).to_contain_text(unit)
                    # What is drawn: `hass.themes.darkMode` stays undefined, and not false,
                    # where the themes came before the home's configuration did.
                    await expect(card).to_have_css("background-color", CARD[scheme])
                    await page.wait_for_timeout(300)
                    name = f"{'wide' if width > 400 else 'narrow'}-{scheme}"
                    shots.append(await visit.shoot(f"{name}-{language}-{unit[1]}"))
            assert await page.evaluate(_IN_ONE_UNIT) == [
                [68, 69, 70],
                [20, 20.5, 21],
                [68, 68, 69.8],
                [21.1, 20],
                [35, 40],
                [113, 122],
                [45, 50],
                [20, 21],
            ]
    # All in one picture, to be looked at.
    async with visitor.page(Screen(width=2400, height=1900)) as page:
        await page.set_content(
            "".join(
                '<img style="height:460px" src="data:image/png;base64,'
                f'{b64encode(shot.read_bytes()).decode()}">'
                for shot in shots
            )
        )
        await page.screenshot(path=shots[0].with_name("screen-all.png"))
    assert len(set(shots)) == 6 + 2 * len(LANGUAGES)


_ROOM_LEFT = """() => {
    const within = (root, selector) => {
        const found = [...root.querySelectorAll(selector)];
        for (const element of root.querySelectorAll("*")) {
            if (element.shadowRoot) found.push(...within(element.shadowRoot, selector));
        }
        return found;
    };
    // Of each section, the share of it that no card covers, each with the gap beside it.
    return within(document, "hui-grid-section").map(section => {
        const container = section.shadowRoot.querySelector(".container");
        const style = getComputedStyle(container);
        const [x, y] = [style.columnGap, style.rowGap].map(parseFloat);
        const area = box => (box.width + x) * (box.height + y);
        const covered = [...container.querySelectorAll(".card")]
            .map(card => area(card.getBoundingClientRect()))
            .reduce((sum, one) => sum + one, 0);
        return 1 - covered / area(container.getBoundingClientRect());
    });
}"""


@pytest.mark.parametrize("widths", [(400, 1440, 1920), (1280, 1024)])
async def test_a_system_over_the_whole_width_leaves_no_gap(
    visitor: Visitor, klima: HomeAssistant, widths: tuple[int, ...]
) -> None:
    client = klima.client
    ids = [await device_id(client, system) for system in FEW]
    strategy = {"type": "custom:klima", "systems": ids}
    await show(client, "klima-few", {"strategy": strategy})
    async with visitor.visit("gaps", Screen(width=widths[0])) as visit:
        page = visit.page
        await visit.go("/klima-few/home")
        await expect(page.locator("hui-grid-section")).to_have_count(len(FEW))
        await expect(page.locator("klima-performance-card")).to_have_count(len(FEW))
        for width in widths:
            await page.set_viewport_size({"width": width, "height": WIDE.height})
            await page.wait_for_function(
                f"() => ({_ROOM_LEFT})().every(left => Math.abs(left) < 0.004)"
            )
            await visit.shoot(f"{width}", whole=True)


async def test_a_system_of_few_tiles_leaves_no_gap_however_it_is_turned(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    """Too few for the height of the thermostat: they stand below it, where there are two columns."""
    client = klima.client
    hidden = [
        entity["entity_id"]
        for entity in await client.registry(await entry_id(client, "Living room"))
        if entity["entity_id"].startswith("sensor.")
        and entity["unique_id"].endswith(
            ("_cop", "_savings", "_bill", "_cost_today", "_price")
        )
    ]
    for entity_id in hidden:
        await client.command(
            "config/entity_registry/update", entity_id=entity_id, hidden_by="user"
        )
    strategy = {
        "type": "custom:klima",
        "systems": [await device_id(client, "Living room")],
        "plans": False,
    }
    await show(client, "klima-turned", {"strategy": strategy})
    try:
        async with visitor.visit("turned", Screen(width=1024)) as visit:
            page = visit.page
            await visit.go("/klima-turned/home")
            for width in (1024, 1440, 800, 400, 1024):
                # Nothing is loaded anew.
                await page.set_viewport_size({"width": width, "height": 1300})
                await expect(page.locator("klima-performance-card")).to_have_count(1)
                await page.wait_for_function(
                    f"() => ({_ROOM_LEFT})().every(left => Math.abs(left) < 0.004)"
                )
                await visit.shoot(f"{width}", whole=False)
    finally:
        for entity_id in hidden:
            await client.command(
                "config/entity_registry/update", entity_id=entity_id, hidden_by=None
            )


async def test_systems_and_zones_of_one_name_are_told_apart(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    await show(client, "klima-all", {"strategy": {"type": "custom:klima"}})
    own = {
        d["name"]: d["id"]
        for entry in await client.entries("klima")
        for d in await client.devices(entry["entry_id"])
    }
    areas = [
        (await client.command("config/area_registry/create", name=name))["area_id"]
        for name in ("Attic", "Garden")
    ]

    async def change(name: str, **more: Any) -> None:
        await client.command(
            "config/device_registry/update", device_id=own[name], **more
        )

    changed = ("Sunroom", "Whole house", "Office", "Nursery")
    try:
        # Three systems of one name, two of which are in areas; a zone called as another,
        # and one called as its system.
        await change("Sunroom", name_by_user="Living room", area_id=areas[0])
        await change("Whole house", name_by_user="Living room", area_id=areas[1])
        await change("Office", name_by_user="Bedroom")
        await change("Nursery", name_by_user="Upstairs", area_id=areas[0])
        async with visitor.visit("names-alike") as visit:
            page = visit.page
            await visit.go("/klima-all/home")
            await expect(page.locator("hui-heading-card")).to_have_count(len(SYSTEMS))
            # By the area, else by the model.
            systems = {"Hot water", "Upstairs"} | {
                f"Living room · {more}" for more in ("SIM-MS12", "Attic", "Garden")
            }
            for system in systems:
                await expect(page.get_by_text(system, exact=True)).to_have_count(1)
            await expect(page.get_by_text("Living room", exact=True)).to_have_count(0)
            # Zones are of one model: a number is left. Its other tiles are called as it is.
            zones = ("Bedroom", "Bedroom (2)", "Upstairs · Attic")
            for zone in zones:
                for tile in (zone, f"{zone} Control reason", f"{zone} Automation"):
                    await expect(
                        page.locator("hui-tile-card").get_by_text(tile, exact=True)
                    ).to_have_count(1)
            await visit.shoot("home", whole=True)
            await visit.turn("/klima-all/week")
            for system in systems:
                await expect(page.get_by_text(system, exact=True)).to_have_count(1)
            for zone in zones:
                await expect(
                    page.locator("klima-week-card").get_by_role(
                        "heading", name=zone, exact=True
                    )
                ).to_have_count(1)
            await visit.shoot("week", whole=True)
    finally:
        for name in changed:
            await change(name, name_by_user=None, area_id=None)
        for area_id in areas:
            await client.command("config/area_registry/delete", area_id=area_id)


async def test_a_plan_has_a_chart_of_its_price_where_no_system_shows_it(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    await show(client, "klima-all", {"strategy": {"type": "custom:klima"}})
    plan = await client.add("klima", menu="plan", plan="hydro_quebec_d", name="Rate D")
    price = await client.entity_id(plan["entry_id"], "price", "sensor")
    own: dict[str, Any] | None = None
    try:
        await client.wait_for(price)
        async with visitor.visit("plan") as visit:
            page = visit.page
            await visit.go("/klima-all/home")
            section = page.locator("hui-grid-section").filter(
                has=page.locator("hui-heading-card", has_text="Rate D")
            )
            chart = section.locator("hui-history-graph-card")
            await expect(chart).to_have_count(1)
            await chart.scroll_into_view_if_needed()
            await expect(chart).to_contain_text("Price over the day")
            await expect(chart.locator("canvas").first).to_be_visible()
            await expect(chart).to_contain_text("Price")
            await expect(chart).to_contain_text("CAD/kWh")
            await visit.shoot("own-price")

            # A system under the plan shows the same price: once is enough.
            await tell_of_unit(client, 99, there=True)
            await client.wait_for("climate.unit_99", lambda _: True)
            own = await client.add(
                "klima",
                menu="entity",
                unit="climate.unit_99",
                name="Cabin",
                plan=plan["entry_id"],
            )
            await client.wait_for(
                await client.entity_id(own["entry_id"], "price", "sensor")
            )
            await visit.go("/klima-all/home")
            await expect(
                page.locator("hui-heading-card", has_text="Cabin")
            ).to_have_count(1)
            await expect(section.locator("hui-tile-card").first).to_be_visible()
            await expect(chart).to_have_count(0)
            await visit.shoot("price-of-a-system")
    finally:
        if own is not None:
            await client.delete(own["entry_id"])
        await tell_of_unit(client, 99, there=False)
        await client.delete(plan["entry_id"])


_IN_ONE_UNIT = """async () => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const { inOneUnit, isOfOtherUnit } =
        await import(loaded.find(name => name.endsWith("/data.js")));
    const round = (temperatures, fahrenheit, min_temp, max_temp, domain = "climate") => inOneUnit(
        temperatures.map(t => ({ attributes: { current_temperature: t } })),
        ["current_temperature"],
        fahrenheit,
        isOfOtherUnit(
            { entity_id: `${domain}.x`, attributes: { min_temp, max_temp } }, fahrenheit),
    ).map(({ attributes }) => Math.round(attributes.current_temperature * 10) / 10);
    return [
        round([20, 69, 70], true, 45, 95),
        round([68, 20.5, 21], false, 7, 35),
        // Not written since the change; a flow of water; of what has no range.
        round([68, 20, 21], true, 7, 35),
        round([70, 68], false, 61, 86),
        round([35, 40], false, 20, 60),
        round([45, 50], true, 30, 75, "water_heater"),
        round([45, 50], false, 40, 80, "water_heater"),
        round([20, 21], false),
    ];
}"""


_ZONES = """async counts => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const { makeView } = await import(loaded.find(name => name.endsWith("/strategy.js")));
    const { hass } = document.querySelector("home-assistant");
    const device = (id, via_device_id) => [
        id, { id, name: id, identifiers: [["klima", id]], via_device_id },
    ];
    return counts.map(count => {
        const zones = Array.from({ length: count }, (_, n) => `zone_${n}`);
        const entities = zones.flatMap(zone => [
            [`climate.${zone}`, undefined],
            [`sensor.${zone}_control_reason`, "control_reason"],
            [`switch.${zone}_automation`, "automation"],
        ].map(([entity_id, translation_key]) => ({
            entity_id, translation_key, platform: "klima", device_id: zone,
        })));
        const view = makeView({}, {
            ...hass,
            formatEntityName: ({ entity_id }) => entity_id.replace(/.*_\\d+_/, ""),
            devices: Object.fromEntries(
                [device("house", null), ...zones.map(zone => device(zone, "house"))]),
            entities: Object.fromEntries(entities.map(entity => [entity.entity_id, entity])),
            states: Object.fromEntries(entities.map(({ entity_id }) => [entity_id, {
                entity_id,
                state: "heat",
                attributes: {
                    supported_features: 1 + 8 + 32,
                    hvac_modes: ["off", "heat"],
                    fan_modes: ["low", "high"],
                    swing_modes: ["on", "off"],
                },
            }])),
        });
        return view.sections[0].cards.map(({ heading, entity, features, grid_options, name }) =>
            heading ?? [entity?.split(".")[0], grid_options.columns, grid_options.rows,
                        (features ?? []).length, name?.map?.(({ type }) => type) ?? name?.type]);
    });
}"""


async def test_of_many_zones_all_is_short(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    # Twelve with all of their controls were five screens of a phone, and the tiles of each two more.
    zones = range(12)
    async with visitor.visit("many-zones", Screen(width=1440)) as visit:
        page = visit.page
        await visit.go("/klima/home")
        await expect(page.locator("hui-heading-card").first).to_be_visible()
        few, many = await page.evaluate(_ZONES, [6, 12])
        assert few[1:7] == [["climate", 12, 5, 4, None]] * 6
        assert few[7] == ["sensor", 12, 1, 0, ["device", "entity"]]
        assert many == [
            "house",
            *(["climate", 12, 3, 2, None] for _ in zones),
            "control_reason",
            *(["sensor", 6, 1, 0, "device"] for _ in zones),
            "automation",
            *(["switch", 6, 1, 0, "device"] for _ in zones),
        ]
        (seven,) = await page.evaluate(_ZONES, [7])
        # Rows are full, whatever the number.
        for kind, columns in (("climate", 12), ("sensor", 6), ("switch", 6)):
            widths = [card[1] for card in seven if card[0] == kind]
            assert sum(widths) % 36 == 0
            assert len(widths) == 7
            assert widths[0] == columns

        await page.set_viewport_size({"width": 390, "height": 844})
        few, many = await page.evaluate(_ZONES, [6, 12])
        # Nothing stands beside them: no higher than what they have.
        assert few[1:7] == [["climate", 12, "auto", 4, None]] * 6
        assert many[1:13] == [["climate", 12, 1, 1, None]] * 12
        assert many[13] == "control_reason"
        assert many[14:26] == [["sensor", 6, 1, 0, "device"]] * 12


_SEEN_BY = """async () => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const { findHome } = await import(loaded.find(name => name.endsWith("/home.js")));
    const of = (is_admin, states) => findHome({
        user: { is_admin },
        states,
        areas: {},
        devices: {
            a: { id: "a", name: "A", identifiers: [["klima", "a"]] },
            b: { id: "b", name: "B", identifiers: [["klima", "b"]] },
        },
        entities: Object.fromEntries(["a", "b"].map(id => [`sensor.${id}_power`, {
            entity_id: `sensor.${id}_power`,
            platform: "klima",
            device_id: id,
            translation_key: "power",
        }])),
    }).systems.map(({ name }) => name);
    const some = { "sensor.a_power": {} };
    return [of(false, some), of(true, some), of(false, {})];
}"""


async def test_a_user_is_shown_no_systems_of_which_nothing_may_be_seen(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    # Home Assistant tells everybody of all entities, and withholds the states.
    async with visitor.visit("withheld") as visit:
        await visit.go("/klima/home")
        await expect(visit.page.locator("hui-heading-card").first).to_be_visible()
        assert await visit.page.evaluate(_SEEN_BY) == [["A"], ["A", "B"], []]


@pytest.mark.parametrize(
    "late", ["frontend_latest/app.*.js", "klima_frontend/*/klima.js"]
)
async def test_the_dashboard_comes_whichever_module_is_first(
    visitor: Visitor, klima: HomeAssistant, late: str
) -> None:
    # Home Assistant's own puts another registry of elements in the browser's place.
    async def delay(route: Route) -> None:
        await asyncio.sleep(1.5)
        await route.continue_()

    async with visitor.visit("order") as visit:
        await visit.page.route(f"**/{late}", delay)
        await visit.go("/klima/week")
        await expect(visit.page.locator("klima-week-card").first).to_be_visible()


async def test_the_week_of_a_new_zone_has_no_empty_days(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    # What there was outdoors before it tells nothing of what control did.
    async with visitor.visit("new-week") as visit:
        await visit.go("/klima/week")
        card = visit.page.locator("klima-week-card").first
        await expect(card.locator(".plot-area")).to_be_visible()
        # The page has as many cards as zones: none of them is a landmark of it.
        await expect(card.get_by_role("heading")).to_have_count(1)
        await expect(card.get_by_role("banner")).to_have_count(0)
        hours = await card.evaluate("card => (card.data.end - card.data.start) / 3.6e6")
        assert 24 <= hours <= 26
        label = await card.locator(".plot-area").get_attribute("aria-label")
        assert label is not None
        assert "over 1 day. " in label
        # It has part of two days, or of three: what is seen of them says which they are.
        days = [
            text
            for text in await card.locator("svg.plot > text").all_text_contents()
            if re.fullmatch(r"(Sun|Mon|Tue|Wed|Thu|Fri|Sat)( \d+)?", text)
        ]
        assert days
        await visit.shoot("first")


async def with_reasons(shown: Locator, past: list[tuple[str | None, int]]) -> None:
    """Put a week card before another: of a zone that had some reasons since hours ago."""
    await shown.evaluate(
        """async (shown, past) => {
            const now = Date.now() / 1000;
            const card = document.createElement("klima-week-card");
            card.setConfig({ ...shown.config, days: 2 });
            const reason = shown.data.reasonEntity;
            card.hass = {
                ...shown.hass,
                callWS: async (message) =>
                    message.entity_ids?.[0] !== reason
                        ? shown.hass.callWS(message)
                        : { [reason]: past.map(([s, hours]) => ({ s, lu: now - hours * 3600 })) },
            };
            shown.before(card);
        }""",
        past,
    )


async def test_the_week_says_nothing_of_the_time_that_a_zone_was_not_there(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    """Its entities have no state then: not a reason without a name."""
    async with visitor.visit("zone-away") as visit:
        await visit.go("/klima/week")
        # The first is the tank's, which has no reason.
        card = visit.page.locator("klima-week-card").nth(1)
        await expect(card.locator(".plot-area")).to_be_visible()
        await with_reasons(card, [("schedule", 20), (None, 10), ("hold", 5)])
        legend = card.locator(".legend span", has=visit.page.locator(".swatch"))
        await expect(legend).to_have_text(["Schedule", "Held manually"])


async def test_a_long_reason_is_whole_on_a_phone(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    screen = Screen(width=320, height=844, language="it-IT")
    async with visitor.visit("long-reason", screen) as visit:
        await visit.go("/klima/week")
        card = visit.page.locator("klima-week-card").nth(1)
        await expect(card.locator(".plot-area")).to_be_visible()
        await with_reasons(card, [("conflict", 20)])
        for told in (card.locator(".legend"), card.locator(".detail")):
            await expect(told).to_contain_text("modalità opposta")
            assert await told.evaluate("told => told.scrollWidth <= told.clientWidth")
        await visit.shoot("card")


async def test_a_point_of_the_performance_card_tells_of_its_hour(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    await client.command("config/core/update", unit_system="metric")
    living_room = await sensors(client, await entry_id(client, "Living room"))
    config = {
        "entity": living_room["cop"],
        "grid_options": {"columns": 12, "rows": 8},
    }
    async with performance_card(visitor, client, config, "performance") as (
        visit,
        card,
    ):
        page = visit.page
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
        # What is read anew meanwhile takes nobody from where they are.
        await card.evaluate("card => card.draw()")
        await expect(plot).to_be_focused()
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
        await card.get_by_role("button", name="Show as table").click()
        table = card.get_by_role("table")
        await expect(table).to_be_visible()
        await expect(table.get_by_role("row").nth(1)).to_contain_text("Heating")
        # It scrolls: who comes to it by the keyboard is told what it is.
        region = card.get_by_role("region")
        await expect(region).to_have_accessible_name(
            "COP by outdoor temperature: Living room"
        )
        await visit.shoot("table")
        await card.get_by_role("button", name="Show as chart").click()
        await expect(card.get_by_role("button", name="Show as table")).to_be_focused()
        await expect(plot).to_be_visible()


async def test_what_fails_of_an_entity_that_was_changed_says_nothing_of_the_next(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    """A card that is edited while it loads goes on with what it is of now, at once."""
    living_room = await sensors(
        klima.client, await entry_id(klima.client, "Living room")
    )
    await show(
        klima.client,
        "klima-edited",
        cards({"type": "custom:klima-performance-card", "entity": living_room["cop"]}),
    )
    async with visitor.visit("edited") as visit:
        await visit.go("/klima-edited")
        card = visit.page.locator("klima-performance-card")
        await expect(card.locator(".plot-area")).to_be_visible()
        error = await card.evaluate(
            """async (shown, [first, second]) => {
                const until = async (is) => {
                    for (let n = 0; n < 100 && !is(); n++) {
                        await new Promise((done) => setTimeout(done, 100));
                    }
                };
                let fail;
                const waits = () => new Promise((_, no) => { fail = no; });
                const card = document.createElement("klima-performance-card");
                card.setConfig({ ...shown.config, entity: first });
                card.hass = { ...shown.hass, callWS: waits };
                shown.before(card);
                await until(() => fail);
                card.setConfig({ ...shown.config, entity: second });
                card.hass = shown.hass;
                fail(new Error("of the first"));
                await until(() => card.data || card.error);
                await until(() => card.data);
                return card.data ? card.error : "nothing came";
            }""",
            [living_room["energy"], living_room["power"]],
        )
        assert error is None


async def test_what_was_asked_for_as_the_connection_was_lost_is_asked_for_again(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    living_room = await sensors(client, await entry_id(client, "Living room"))
    config = {"entity": living_room["cop"]}
    async with performance_card(visitor, client, config, "connection-lost") as (
        _,
        card,
    ):
        await expect(card.locator(".plot-area")).to_be_visible()
        told = await card.evaluate(
            """async (shown, entity) => {
                // What the websocket answers to what was asked for, and to what is meanwhile.
                const lost = [
                    { type: "result", success: false, error: { code: 3, message: "Connection lost" } },
                    3,
                ];
                const card = document.createElement("klima-performance-card");
                card.setConfig({ ...shown.config, entity });
                card.hass = {
                    ...shown.hass,
                    callWS: (message) =>
                        lost.length ? Promise.reject(lost.shift()) : shown.hass.callWS(message),
                };
                shown.before(card);
                const told = new Set();
                for (let n = 0; n < 200 && !(card.data && !card.data.pending); n++) {
                    await new Promise((done) => setTimeout(done, 50));
                    told.add(card.error);
                }
                return [card.data?.system.name, ...told];
            }""",
            living_room["power"],
        )
        assert told == ["Living room", None]


async def test_the_cards_are_whole_in_a_language_from_the_right(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    living_room = await device_id(client, "Living room")
    strategy = {"type": "custom:klima", "systems": [living_room]}
    await show(client, "klima-one", {"strategy": strategy})
    async with visitor.visit(
        "from-the-right", Screen(width=390, height=844, language="he-IL")
    ) as visit:
        page = visit.page
        await visit.go("/klima-one/home")
        for name in ("klima-performance-card", "klima-week-card"):
            card = page.locator(name)
            await card.scroll_into_view_if_needed()
            await expect(card.locator(".plot-area")).to_be_visible()
            await expect(page.locator("html")).to_have_attribute("dir", "rtl")
            # No title is cut, and no figure of an axis is within the picture.
            wrong = await card.evaluate(
                """card => {
                    const within = card.shadowRoot.querySelector("ha-card").getBoundingClientRect();
                    return [...card.shadowRoot.querySelectorAll("svg.plot text")].filter(text => {
                        const box = text.getBoundingClientRect();
                        const at = Number(text.getAttribute("x")) +
                            text.ownerSVGElement.getBoundingClientRect().left;
                        return box.left < within.left || box.right > within.right ||
                            (text.getAttribute("text-anchor") === "end" && box.right > at + 1);
                    }).map(text => text.textContent);
                }"""
            )
            assert wrong == []
            await visit.shoot(name)


async def test_a_tanks_performance_is_by_the_air_around_it(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    tank = await sensors(client, await entry_id(client, "Hot water"))
    config = {"entity": tank["cop"]}
    async with performance_card(visitor, client, config, "performance-tank") as (
        _,
        card,
    ):
        told = "COP by ambient air temperature: Hot water"
        await expect(card.locator("caption")).to_have_text(told)
        await expect(card.locator(".plot-area")).to_have_attribute(
            "aria-label", re.compile(f"^{told}")
        )
    async with visitor.visit("week-tank") as visit:
        await visit.go("/klima/week")
        week = visit.page.locator("klima-week-card").first
        await expect(week.locator("svg.plot")).to_contain_text("Ambient air")
        await expect(week.locator("svg.plot")).not_to_contain_text("Outdoor")
        await expect(week.locator(".plot-area")).to_have_attribute(
            "aria-label", re.compile("^Water, target, and ambient air temperature")
        )
        await expect(week.locator("thead")).to_contain_text("Water, average")
        await expect(week.locator("thead")).to_contain_text("Ambient air, lowest")


async def test_faulty_cards_say_what_is_wrong(
    visitor: Visitor, klima: HomeAssistant
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
    async with visitor.visit("faults") as visit:
        page = visit.page
        await visit.go("/klima-faults")
        own = page.locator("klima-performance-card, klima-week-card")
        await expect(own.locator("hui-warning")).to_have_count(2)
        await expect(
            page.locator("hui-error-card:not(hui-warning hui-error-card)").first
        ).to_be_visible()
        await expect(
            page.get_by_text("sensor.outdoor_temperature is not an entity")
        ).to_be_visible()
        await expect(page.get_by_text("No hours with a COP")).to_be_visible()
        await visit.shoot("cards", whole=True)
        assert await visit.faults() == []
        # A faulty configuration is told on the console too, by Home Assistant.
        visit.said.clear()


async def test_a_view_of_ones_own_is_klimas(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    house = await device_id(client, "Whole house")
    strategy = {"type": "custom:klima", "systems": [house]}
    await show(
        client,
        "klima-views",
        {
            "views": [
                {"path": "heat", "strategy": strategy | {"dial": True}},
                {"path": "week", "strategy": strategy | {"view": "week"}},
                {"path": "month", "strategy": strategy | {"view": "month"}},
                {"path": "gone", "strategy": strategy | {"systems": ["gone"]}},
            ]
        },
    )
    # A system that is called as its only zone is: the name is said once.
    await client.command(
        "config/device_registry/update",
        device_id=house,
        name_by_user="Ducted heat pump",
    )
    try:
        async with visitor.visit("view") as visit:
            page = visit.page
            await visit.go("/klima-views/heat")
            dial = page.locator("hui-thermostat-card")
            await expect(dial).to_contain_text("Thermostat")
            await expect(
                dial.locator("hui-climate-fan-modes-card-feature")
            ).to_be_visible()
            await expect(page.locator("hui-heading-card")).to_have_count(1)
            await expect(
                page.get_by_text("Ducted heat pump", exact=True)
            ).to_have_count(2)
            await visit.shoot("dial")
            # All but what Home Assistant's dial itself leaves unnamed is well.
            assert [f for f in await visit.faults() if not DIAL.search(f)] == []

            await visit.turn("/klima-views/week")
            week = page.locator("klima-week-card")
            await expect(week.get_by_role("heading")).to_have_text("Ducted heat pump")
            await expect(page.locator("hui-heading-card")).to_have_count(0)
            for path, said in (
                ("month", "view must be home, overview or week"),
                ("gone", "systems must be a list of device IDs"),
            ):
                await visit.turn(f"/klima-views/{path}")
                await expect(page.get_by_text(said)).to_be_visible()
            # Home Assistant tells of it on the console too.
            visit.said.clear()
    finally:
        await client.command(
            "config/device_registry/update", device_id=house, name_by_user=None
        )


@pytest.mark.parametrize(
    ("language", "cop", "price", "point"),
    [
        ("en-US", "3.80", "0.1200 CAD/kWh", "3.8"),
        ("de-DE", "3,80", "0,1200 CAD/kWh", "3,8"),
        ("es-ES", "3,80", "0,1200 CAD/kWh", "3,8"),
        ("fr-FR", "3,80", "0,1200 CAD/kWh", "3,8"),
        ("it-IT", "3,80", "0,1200 CAD/kWh", "3,8"),
    ],
)
async def test_figures_are_shown_as_the_language_writes_them(
    visitor: Visitor,
    klima: HomeAssistant,
    language: str,
    cop: str,
    price: str,
    point: str,
) -> None:
    """On the device's page, which is Home Assistant's, and on a card of our own."""
    device = await device_id(klima.client, "Living room")
    async with visitor.visit(f"figures-{language}", Screen(language=language)) as visit:
        page = visit.page
        await visit.go(f"/config/devices/device/{device}")
        for name, figure in (("Rated COP", cop), ("Price", price)):
            row = page.locator("hui-sensor-entity-row").filter(
                has=page.get_by_text(name, exact=True)
            )
            await expect(row).to_contain_text(figure)
        await visit.shoot("device")
        await visit.turn(f"/klima/system-{device}")
        plot = page.locator("klima-performance-card svg.plot")
        await expect(plot.get_by_text(point, exact=True)).to_be_visible()


_TICKS = """async spans => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const { ticks } = await import(loaded.find(name => name.endsWith("/format.js")));
    return spans.map(([low, high, about]) => ticks(low, high, about));
}"""


async def test_an_axis_has_more_than_one_figure(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    async with visitor.visit("axes") as visit:
        await visit.go("/klima/week")
        await expect(visit.page.locator("klima-week-card").first).to_be_visible()
        # A room from 15.4 to 24.6 °C had 20° alone, in a band that is 90 px high.
        spans = [[15.4, 24.6, 2.6], [-9.2, 1.1, 2], [0, 1.2, 2], [0, 7, 4]]
        assert await visit.page.evaluate(_TICKS, spans) == [
            [16, 18, 20, 22, 24],
            [-5, 0],
            [0, 1],
            [0, 2, 4, 6],
        ]


async def test_names_are_shown_as_they_are_written(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    name = "<img src=x onerror=alert(1)> & <b>Sun</b>"
    device = next(d for d in await client.devices() if d["name"] == "Sunroom")
    await client.command(
        "config/device_registry/update", device_id=device["id"], name_by_user=name
    )
    try:
        async with visitor.visit("names") as visit:
            await visit.go("/klima/home")
            await expect(visit.page.get_by_text(name).first).to_be_visible()
            await visit.turn("/klima/week")
            await expect(visit.page.get_by_text(name).first).to_be_visible()
            await expect(visit.page.locator("img[src=x]")).to_have_count(0)
    finally:
        await client.command(
            "config/device_registry/update", device_id=device["id"], name_by_user=None
        )


async def test_what_the_user_disabled_or_renamed(
    visitor: Visitor, klima: HomeAssistant
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
        async with visitor.visit("registry") as visit:
            page = visit.page
            await visit.go("/klima/home")
            await expect(page.get_by_text("Draws")).to_be_visible()
            await page.get_by_text("Draws").scroll_into_view_if_needed()
            await visit.shoot("renamed")

            # The dashboard follows at once, without being opened anew.
            for entity_id in entities:
                await client.command(
                    "config/entity_registry/update",
                    entity_id="sensor.draws" if entity_id == renamed else entity_id,
                    hidden_by="user",
                )
            await expect(
                page.get_by_text("There is nothing to show for Sunroom")
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
    visitor: Visitor, klima: HomeAssistant
) -> None:
    await show(klima.client, "klima-own", cards())
    async with visitor.visit("offers") as visit:
        page = visit.page
        await visit.go("/config/lovelace/dashboards")
        await page.get_by_role("button", name="Add dashboard").first.click()
        dialog = page.locator("ha-dialog-new-dashboard, dialog-new-dashboard")
        await expect(
            dialog.get_by_text("Your heat pumps and air conditioners")
        ).to_be_visible()
        await visit.shoot("dashboard")


async def test_cards_are_picked_and_edited_by_clicking(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    await show(client, "klima-picked", cards())
    async with visitor.visit("editor") as visit:
        page = visit.page
        await visit.go("/klima-picked?edit=1")
        for number, (name, element) in enumerate(
            (
                ("Klima: performance", "klima-performance-card"),
                ("Klima: week", "klima-week-card"),
            )
        ):
            await page.locator("hui-grid-section .add").first.click()
            await page.get_by_text("By card", exact=True).click()
            await page.locator("hui-card-picker input").first.fill("klima")
            # With a preview of what there is, before anything is configured.
            offered = page.locator("hui-card-picker .card").filter(has_text=name)
            await expect(offered.locator(f"{element} .plot-area")).to_be_visible()
            await visit.shoot(f"{element}-picker")
            await offered.click()

            dialog = page.locator("hui-dialog-edit-card")
            preview = dialog.locator(element)
            await expect(preview.locator(".plot-area")).to_be_visible()
            await dialog.locator("ha-selector-text input").fill("As I call it")
            await dialog.locator("ha-selector-number input").fill("3")
            await expect(preview.get_by_role("heading")).to_contain_text("As I call it")
            await visit.shoot(element)
            await dialog.get_by_role("button", name="Save").click()
            await expect(dialog.locator(element)).to_have_count(0)

            saved = await client.command("lovelace/config", url_path="klima-picked")
            card = saved["views"][0]["sections"][0]["cards"][number]
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


async def test_of_twenty_systems_each_has_its_essentials(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    """How soon they are there is measured by `benchmarks/first_screen.py`."""
    client = klima.client
    await client.command("config/core/update", unit_system="metric")
    count = 20
    async with (
        many_systems(client, range(len(SYSTEMS), count)),
        visitor.visit("twenty") as visit,
    ):
        page = visit.page
        await visit.go("/klima/home")
        await expect(page.locator("hui-heading-card")).to_have_count(count)
        await visit.shoot("systems")
        # All of it is a tap away.
        await expect(page.locator("klima-performance-card")).to_have_count(0)
        await page.get_by_role("button", name="System 7").click()
        await expect(page.get_by_text("Energy by day")).to_be_visible()
        await expect(page.get_by_text("Price over the day")).to_be_visible()
        await expect(page.locator("klima-performance-card")).to_have_count(1)
        await visit.shoot("one")


async def test_what_the_user_disabled_all_of_is_told(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    sunroom = await device_id(client, "Sunroom")
    strategy = {"type": "custom:klima", "systems": [sunroom]}
    await show(client, "klima-disabled", {"strategy": strategy})
    for entity in await client.registry(await entry_id(client, "Sunroom")):
        await client.command(
            "config/entity_registry/update",
            entity_id=entity["entity_id"],
            disabled_by="user",
        )
    async with visitor.visit("disabled") as visit:
        page = visit.page
        await visit.go("/klima-disabled/home")
        await expect(
            page.get_by_text("There is nothing to show for Sunroom")
        ).to_be_visible()
        await visit.shoot("all")
        assert await visit.faults() == []


async def test_without_a_system_the_dashboard_tells_what_to_do(
    visitor: Visitor, klima: HomeAssistant
) -> None:
    client = klima.client
    await show(client, "klima-own", {"strategy": {"type": "custom:klima"}})
    async with visitor.visit("none") as visit:
        page = visit.page
        await visit.go("/klima-own")
        await expect(page.locator("hui-heading-card").first).to_be_visible()
        await asyncio.gather(
            *(client.delete(e["entry_id"]) for e in await client.entries("klima"))
        )
        await expect(page.get_by_text("No heat pump yet")).to_be_visible()
        await visit.shoot("systems")
        assert await visit.faults() == []
        assert visit.said == []
        # A plan that was added first is shown beside that.
        plan = await client.add(
            "klima", menu="plan", plan="hydro_quebec_d", name="Rate D"
        )
        heading = page.locator("hui-heading-card", has_text="Rate D")
        await expect(heading).to_be_visible()
        await expect(page.locator("hui-history-graph-card")).to_contain_text(
            "Price over the day"
        )
        await expect(page.get_by_text("No heat pump yet")).to_be_visible()
        await visit.shoot("plan-only")
        await client.delete(plan["entry_id"])
        await expect(heading).to_have_count(0)
        await page.get_by_role("button", name="Add system").click()
        await page.wait_for_url("**/config/integrations/**")
        assert "klima" not in await page.evaluate(
            "() => Object.keys(document.querySelector('home-assistant').hass.panels)"
        )
        # Home Assistant's own page asks for pictures of integrations that have none.
        visit.said.clear()
