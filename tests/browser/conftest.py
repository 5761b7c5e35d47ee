"""A browser that is logged in to the end-to-end tests' Home Assistant."""

from collections.abc import AsyncIterator
import os
from pathlib import Path
import shutil

from playwright.async_api import (
    Browser,
    Page,
    Playwright,
    StorageState,
    async_playwright,
    expect,
)
import pytest

from tests.e2e.home_assistant import ARTIFACTS, PASSWORD, USER, HomeAssistant

from .visit import Screen, Visitor

pytest_plugins = ["tests.e2e.fixtures"]

_SCREENSHOTS = ARTIFACTS / "screenshots"
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Home Assistant's frontend is large, and a shared machine slow.
expect.set_options(timeout=45_000)


class Screenshots:
    """Keeps screenshots as files of the run, numbered in the order that they were taken."""

    def __init__(self, page: Page, name: str) -> None:
        """Name the files after the test."""
        self._page = page
        self._name = name
        self._number = 0

    async def take(self, what: str) -> Path:
        """Take one of the whole window; returns its path."""
        self._number += 1
        _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = _SCREENSHOTS / f"{self._name}-{self._number}-{what}.png"
        await self._page.screenshot(path=path)
        return path


async def launch(playwright: Playwright, program: str | None) -> Browser:
    """Launch a Chromium: Playwright's own where no program is given."""
    return await playwright.chromium.launch(
        executable_path=program, headless=True, args=list(_FLAGS)
    )


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Run Debian's Chromium."""
    program = os.environ.get("KLIMA_CHROMIUM") or shutil.which("chromium")
    if program is None:
        # A run that promises to check everything must not pass by skipping.
        (pytest.fail if os.environ.get("KLIMA_CHECK_ALL") else pytest.skip)(
            "Chromium is not installed"
        )
    async with async_playwright() as playwright:
        browser = await launch(playwright, program)
        yield browser
        await browser.close()


async def log_in(page: Page) -> None:
    """Log in as the user of the development home."""
    await page.goto("/")
    await page.locator("input[name=username]").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_selector("home-assistant-main", timeout=60_000)


async def choose_mode(page: Page, mode: str) -> None:
    """Choose an HVAC mode in the open more-info dialog of a thermostat."""
    dialog = page.locator("ha-more-info-dialog")
    await expect(dialog.locator("more-info-climate")).to_be_visible()
    await (
        dialog.locator("ha-control-select-menu, ha-select")
        .filter(has_text="Mode")
        .first.click()
    )
    await (
        page.get_by_role("option", name=mode, exact=True)
        .or_(page.get_by_role("menuitem", name=mode, exact=True))
        .or_(page.get_by_role("menuitemradio", name=mode, exact=True))
        .first.click()
    )


@pytest.fixture(scope="session")
async def state(browser: Browser, home: HomeAssistant) -> StorageState:
    """Log in once for all, by typing the name and password."""
    context = await browser.new_context(base_url=home.url, locale="en-CA")
    page = await context.new_page()
    try:
        await log_in(page)
        return await context.storage_state()
    except Exception:
        await Screenshots(page, "log_in").take("failed")
        raise
    finally:
        await context.close()


@pytest.fixture(scope="session")
def visitor(browser: Browser, home: HomeAssistant, state: StorageState) -> Visitor:
    """Return someone who is logged in."""
    return Visitor(browser, home, state)


@pytest.fixture
async def page(visitor: Visitor) -> AsyncIterator[Page]:
    """Return a page that is logged in."""
    async with visitor.page(Screen(width=1280, height=1000)) as page:
        yield page


@pytest.fixture
def screenshots(page: Page, request: pytest.FixtureRequest) -> Screenshots:
    """Return the keeper of this test's screenshots."""
    return Screenshots(page, request.node.name.removeprefix("test_"))
