"""A look at a page: with what screen and in what language, and what it must never do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.async_api import Browser, BrowserContext, Page, StorageState

from tests.e2e.home_assistant import ARTIFACTS, HomeAssistant

_SCREENSHOTS = ARTIFACTS / "screenshots"
_AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
_SEVERE = ("serious", "critical")

type Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """How someone looks."""

    width: int = 1440
    height: int = 1300
    scheme: Scheme = "light"
    language: str = "en-CA"


WIDE = Screen()
PHONE = Screen(width=400, height=900)


@dataclass(slots=True)
class Visit:
    """A page that is being looked at, and what it said and asked for so far."""

    page: Page
    name: str
    url: str
    said: list[str] = field(default_factory=list)
    asked_elsewhere: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Take note of errors, and of requests to another host."""
        self.page.on(
            "console",
            lambda m: self.said.append(m.text) if m.type == "error" else None,
        )
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        own = urlsplit(self.url).netloc
        self.page.on(
            "request",
            lambda request: (
                self.asked_elsewhere.append(request.url)
                if urlsplit(request.url).scheme not in ("data", "blob")
                and urlsplit(request.url).netloc != own
                else None
            ),
        )

    async def go(self, path: str) -> None:
        """Open a page of Home Assistant."""
        await self.page.goto(path, timeout=60_000)
        await self.page.wait_for_selector("home-assistant-main", timeout=60_000)

    async def turn(self, path: str) -> None:
        """Go on to another page as a link does, without loading Home Assistant anew."""
        await self.page.evaluate(
            """path => {
                history.pushState(null, "", path);
                window.dispatchEvent(new CustomEvent("location-changed"));
            }""",
            path,
        )

    async def shoot(self, what: str, *, whole: bool = False) -> Path:
        """Keep a screenshot and return its path; with `whole`, of all that can be scrolled to."""
        _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size
        if whole and before is not None:
            height = await self.page.evaluate(
                "() => Math.min(document.documentElement.scrollHeight, 6000)"
            )
            await self.page.set_viewport_size(
                {"width": before["width"], "height": max(height, before["height"])}
            )
            await self.page.wait_for_timeout(600)
        # Drawn by the processor: on a busy machine a full page takes its time.
        path = _SCREENSHOTS / f"{self.name}-{what}.png"
        await self.page.screenshot(path=path, timeout=90_000)
        if whole and before is not None:
            await self.page.set_viewport_size(before)
        return path

    async def faults(self, *rules: str) -> list[str]:
        """Return the severe accessibility faults of the page as it is, by all rules or these."""
        await self.page.evaluate(
            "source => { if (!window.axe) (0, eval)(source); }", _AXE.read_text()
        )
        options: dict[str, object] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = list(rules)
        result = await self.page.evaluate(
            "async options => (await axe.run(document, options)).violations", options
        )
        return [
            f"{violation['id']}: {node['target']} {node['html'][:200]}"
            for violation in result
            if violation["impact"] in _SEVERE
            for node in violation["nodes"]
        ]


@dataclass(slots=True)
class Visitor:
    """Someone who is logged in, and keeps what the browser has fetched of Home Assistant."""

    browser: Browser
    home: HomeAssistant
    state: StorageState
    _contexts: dict[tuple[str, Scheme], BrowserContext] = field(default_factory=dict)

    @asynccontextmanager
    async def page(self, screen: Screen) -> AsyncIterator[Page]:
        """Open a page, and close it after."""
        key = (screen.language, screen.scheme)
        if key not in self._contexts:
            self._contexts[key] = await self.browser.new_context(
                base_url=self.home.url,
                locale=screen.language,
                color_scheme=screen.scheme,
                reduced_motion="reduce",
                storage_state=self.state,
            )
        page = await self._contexts[key].new_page()
        await page.set_viewport_size({"width": screen.width, "height": screen.height})
        page.set_default_timeout(45_000)
        try:
            yield page
        finally:
            await page.close()

    @asynccontextmanager
    async def visit(self, name: str, screen: Screen = WIDE) -> AsyncIterator[Visit]:
        """Look at Home Assistant with a screen; nothing may go wrong meanwhile."""
        async with self.page(screen) as page:
            visit = Visit(page, name, self.home.url)
            visit.watch()
            try:
                yield visit
            except Exception:
                await visit.shoot("failed")
                raise
            assert visit.said == []
            assert visit.asked_elsewhere == []
