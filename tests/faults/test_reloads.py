"""Two hundred reloads in a row: nothing is left of any but the last."""

import asyncio
import gc
import logging
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.klima.system import System
from custom_components.klima.zone import Zone

from .common import (
    GROWING,
    Watch,
    add_home,
    complaints,
    figure,
    pass_seconds,
    real_disk,
    set_all,
)

RELOADS = 200


def _count(kind: type) -> int:
    return sum(isinstance(thing, kind) for thing in gc.get_objects())


async def test_two_hundred_reloads(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """Listeners, timers, tasks and objects are as many as before; what was used counts."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    # What is logged is kept by the test itself.
    caplog.set_level(logging.WARNING)
    with real_disk(hass, tmp_path):
        entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
        watch = Watch(hass)

        async def reload(times: int) -> None:
            for _ in range(times):
                set_all(hass)
                freezer.tick(30)
                assert await hass.config_entries.async_reload(entry.entry_id)
                await hass.async_block_till_done()
                watch.look()

        async def traces() -> tuple[dict[str, int], int, int, int]:
            await pass_seconds(hass, freezer, 120)
            caplog.clear()
            gc.collect()
            listeners = {
                kind: count
                for kind, count in hass.bus.async_listeners().items()
                if kind != "homeassistant_final_write"
            }
            # A cancelled one lies there until its time comes, or many are cancelled.
            timers = sum(not timer.cancelled() for timer in hass.loop._scheduled)
            return (
                listeners,
                timers,
                len(asyncio.all_tasks()),
                len(gc.get_objects()),
            )

        await reload(20)
        before = await traces()
        await reload(RELOADS)
        assert complaints(caplog) == []
        after = await traces()

        assert entry.state is ConfigEntryState.LOADED
        assert after[0] == before[0]
        assert 0 < after[1] <= before[1]
        assert after[2] <= before[2]
        assert _count(System) == 1
        assert _count(Zone) == 1
        assert (after[3] - before[3]) / RELOADS < 5
        # It counted throughout: 1.2 kW for the 220 halves of a minute, and some.
        energy = figure(hass, GROWING[0])
        assert energy is not None and energy > 0.9 * 220 * 0.01
