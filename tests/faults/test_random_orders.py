"""Entries that come, go, change and reload all at once, in orders that chance makes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import json
from pathlib import Path
import random

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    ConfigEntryDisabler,
    ConfigEntryState,
    OperationNotAllowed,
    UnknownEntry,
)
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.counted import NUMBER
from tests.chance import many
from tests.common import zones_entry

from .common import POWER, complaints, pass_seconds, real_disk, set_all

ROUNDS = many(40)

TIERS = {"tiers": [{"up_to": 600, "price": 0.1}, {"price": 0.2}]}

type Act = Callable[[], Awaitable[object]]


class Home:
    """A home whose entries are a plan and systems on it, or at a price."""

    def __init__(self, hass: HomeAssistant, rng: random.Random) -> None:
        """Begin with none."""
        self.hass = hass
        self.rng = rng
        self.number = 0
        self.plan: MockConfigEntry | None = None
        self.least: dict[str, float] = {}

    @property
    def entries(self) -> list[MockConfigEntry]:
        """All entries that there are."""
        found: list[MockConfigEntry] = self.hass.config_entries.async_entries("klima")
        return found

    async def add_plan(self) -> None:
        """Add the plan, if there is none."""
        if self.plan is not None and self.plan in self.entries:
            return
        self.plan = entry = MockConfigEntry(
            domain="klima",
            title="Plan",
            data={"kind": "plan", "plan": "tiered", "versions": [TIERS], "cycle": {}},
        )
        entry.add_to_hass(self.hass)
        await self.hass.config_entries.async_setup(entry.entry_id)

    async def add_system(self) -> None:
        """Add a system, on the plan or at a price."""
        self.number += 1
        on_plan = self.plan is not None and self.rng.random() < 0.6
        price = (
            {"plan": self.plan.entry_id} if on_plan and self.plan else {"price": 0.2}
        )
        entry = zones_entry((), {"power": POWER, **price}, f"System {self.number}")
        entry.add_to_hass(self.hass)
        await self.hass.config_entries.async_setup(entry.entry_id)

    def act(self) -> Act:
        """Return something to do with one of the entries, or a new one."""
        manager, rng = self.hass.config_entries, self.rng
        if len(self.entries) < 3 or (len(self.entries) < 7 and rng.random() < 0.2):
            return self.add_system
        entry = rng.choice(self.entries)
        if rng.random() < 0.15:
            return self.add_plan

        async def rename() -> None:
            manager.async_update_entry(entry, title=f"{entry.title}'")

        async def able() -> None:
            disable = None if entry.disabled_by else ConfigEntryDisabler.USER
            await manager.async_set_disabled_by(entry.entry_id, disable)

        return rng.choice(
            (
                lambda: manager.async_reload(entry.entry_id),
                lambda: manager.async_reload(entry.entry_id),
                lambda: manager.async_remove(entry.entry_id),
                rename,
                able,
            )
        )

    async def do(self, act: Act, after: int) -> None:
        """Do something a few turns of the loop later; it may be gone by then."""
        for _ in range(after):
            await asyncio.sleep(0)
        with suppress(OperationNotAllowed, UnknownEntry):
            await act()

    def check(self) -> None:
        """See that each entry is what it should be, and that none counted backwards."""
        for entry in self.entries:
            if entry.disabled_by:
                assert entry.state is ConfigEntryState.NOT_LOADED
                continue
            assert entry.state is ConfigEntryState.LOADED, (entry.title, entry.reason)
            if entry.data["kind"] == "plan":
                continue
            system = entry.runtime_data
            energy = system.energy
            assert energy >= self.least.get(entry.entry_id, 0.0) - 1e-9
            self.least[entry.entry_id] = energy
            plan_id = entry.data.get("plan")
            plan = (
                self.hass.config_entries.async_get_entry(plan_id) if plan_id else None
            )
            is_there = plan is not None and plan.state is ConfigEntryState.LOADED
            assert (system.plan is not None) == is_there
            if plan is not None and is_there:
                assert system.plan is plan.runtime_data

    def kept(self, path: Path) -> None:
        """See that what is kept is of the entries that there are, and of no other."""
        data = json.loads(path.read_bytes())["data"] if path.exists() else {}
        ids = {entry.entry_id for entry in self.entries}
        assert set(data) - {NUMBER} <= ids
        for entry in self.entries:
            if entry.data["kind"] == "system" and not entry.disabled_by:
                kept = data[entry.entry_id]["meter"]["energy"]
                # 2 minutes of 1.2 kW: what is kept is no further behind.
                assert self.least[entry.entry_id] - 0.05 <= kept
        ledgers = {each.name.split(".")[1] for each in path.parent.glob("*.ledger*")}
        assert ledgers <= ids


@pytest.mark.parametrize("seed", range(3))
async def test_orders_that_chance_makes(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    seed: int,
) -> None:
    """Up to five things at once, a minute of use after each: all is as it should be."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    rng = random.Random(seed)
    home = Home(hass, rng)
    set_all(hass)
    with real_disk(hass, tmp_path):
        await home.add_plan()
        path = Path(hass.config.path(".storage", "klima.counted"))
        for number in range(ROUNDS):
            await asyncio.gather(
                *(
                    home.do(home.act(), rng.choice((0, 0, 1, 5, 30)))
                    for _ in range(rng.randrange(1, 6))
                )
            )
            await hass.async_block_till_done()
            for minute in range(2):
                set_all(hass, watts=1200 + minute + number % 2)
                await pass_seconds(hass, freezer, 60)
            home.check()
            home.kept(path)
        # Home Assistant sets no platform up of an entry that is disabled as it is set up.
        told = [line for line in complaints(caplog) if "Ignored unload" not in line]
        assert told == []
        for entry in home.entries:
            await hass.config_entries.async_remove(entry.entry_id)
        assert list(path.parent.glob("klima*")) == []
