"""How soon a home of many systems is on the screen, beside the same cards made by hand.

    python benchmarks/first_screen.py [--systems 20] [--rounds 5]

In a real Home Assistant and Debian's Chromium, two dashboards are opened in turns:
Klima's, which makes itself, and one that has the cards which Klima's came to, written
down as a user's own: what Home Assistant itself takes to show them. Each round has a
first visit, of a browser that has nothing of Home Assistant, and one more. Told are
the medians of ms from when Home Assistant is ready to the first screen, and to all.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
import shutil
from statistics import median
import sys
import tempfile
import time

from playwright.async_api import Browser, StorageState, async_playwright

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from scripts.develop import set_up_klima  # noqa: E402
from tests.browser.conftest import launch, log_in  # noqa: E402
from tests.browser.many import many_systems  # noqa: E402
from tests.browser.visit import WIDE  # noqa: E402
from tests.e2e.home_assistant import HomeAssistant  # noqa: E402
from tests.simulator.bridge import Bridge  # noqa: E402
from tests.simulator.broker import broker  # noqa: E402
from tests.simulator.physics import Simulation, all_units  # noqa: E402
from tests.simulator.weather import Weather  # noqa: E402

SIMULATED = 5
TARGET_MS = 2000
OWN, BY_HAND = "klima", "by-hand"

_FIRST_SCREEN = """async count => {
    // Home Assistant is ready once its main element is there, with its states: nothing of
    // any dashboard is loaded by then. The first screen is there once every column has
    // its heading, its thermostat's controls and its tiles; all is, once each system is.
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
    const all = await until(() => within(document, "hui-heading-card").length >= count);
    return [rendered - ready, all - ready].map(Math.round);
}"""

_CARDS = """async () => {
    // The first page, with each strategy in it replaced by what it makes.
    const made = async (kind, config) => {
        if (!config.strategy) return config;
        await customElements.whenDefined(`ll-strategy-${kind}-klima`);
        const { generate } = customElements.get(`ll-strategy-${kind}-klima`);
        const hass = document.querySelector("home-assistant").hass;
        const { strategy, ...rest } = config;
        return { ...rest, ...await generate(strategy, hass) };
    };
    const dashboard = await made("dashboard", { strategy: { type: "custom:klima" } });
    const home = await made("view", dashboard.views[0]);
    home.sections = await Promise.all(home.sections.map(one => made("section", one)));
    return { views: [home] };
}"""


async def visit(
    browser: Browser, url: str, state: StorageState, dashboard: str, count: int
) -> list[list[int]]:
    """Return the ms of a first visit and of the next: to the first screen, and to all."""
    context = await browser.new_context(
        base_url=url, locale="en-CA", storage_state=state
    )
    page = await context.new_page()
    await page.set_viewport_size({"width": WIDE.width, "height": WIDE.height})
    found: list[list[int]] = []
    for _ in range(2):
        await page.goto(f"/{dashboard}/home", wait_until="commit")
        found.append(await page.evaluate(_FIRST_SCREEN, count))
    await context.close()
    return found


async def run(count: int, rounds: int, folder: Path) -> None:
    """Set everything up, measure in turns, and print the table."""
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(broker(0))
        weather = Weather(mean=2, daily_swing=0)
        bridge = Bridge(
            Simulation(weather=weather, units=all_units(), time_s=time.time()), port
        )
        await bridge.start()
        stack.push_async_callback(bridge.stop)
        home = await stack.enter_async_context(HomeAssistant(folder))
        await home.add_mqtt(port)
        await home.client.wait_for("climate.mini_split")
        await set_up_klima(home.client)
        await stack.enter_async_context(
            many_systems(home.client, range(SIMULATED, count))
        )
        playwright = await stack.enter_async_context(async_playwright())
        browser = await launch(playwright, shutil.which("chromium"))
        stack.push_async_callback(browser.close)
        context = await browser.new_context(base_url=home.url, locale="en-CA")
        page = await context.new_page()
        await log_in(page)
        state = await context.storage_state()
        await page.goto(f"/{OWN}/home")
        await page.evaluate(_FIRST_SCREEN, count)
        config = await page.evaluate(_CARDS)
        assert "strategy" not in str(config), config
        await context.close()
        await home.client.command(
            "lovelace/dashboards/create", url_path=BY_HAND, title="By hand"
        )
        await home.client.command(
            "lovelace/config/save", url_path=BY_HAND, config=config
        )

        times: dict[str, list[list[list[int]]]] = {OWN: [], BY_HAND: []}
        for _ in range(rounds):
            for dashboard, of_it in times.items():
                of_it.append(await visit(browser, home.url, state, dashboard, count))

    print(f"{count} systems, ms       Klima   by hand   ratio   lowest and highest")
    for index, name in enumerate(("first visit", "next visit")):
        for what, which in ((0, "first screen"), (1, "all")):
            own, by_hand = (
                [visits[index][what] for visits in of_it] for of_it in times.values()
            )
            a, b = median(own), median(by_hand)
            missed = what == 0 and a > TARGET_MS
            print(
                f"{name}, {which:13}{a:8.0f}{b:10.0f}{a / b:8.2f}"
                f"   {min(own)} to {max(own)}; {min(by_hand)} to {max(by_hand)}"
                f"{'   over the 2 s' if missed else ''}"
            )


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--systems", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(arguments.systems, arguments.rounds, Path(folder)))


if __name__ == "__main__":
    main()
