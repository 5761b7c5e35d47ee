"""Two hundred reloads in a row: nothing is left of any but the last."""

import asyncio
from collections.abc import Callable
import gc
import logging
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.drivers.infrared import InfraredDriver
from custom_components.klima.system import System
from custom_components.klima.zone import Zone
from custom_components.klima.zone_control import ZoneControl
from tests.infrared_units import RECEIVER, async_add_infrared, async_add_unit

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
CONTROLLED_RELOADS = 60
"""Each takes longer; 200 were done once, by hand."""


def _count(kind: type) -> int:
    return sum(isinstance(thing, kind) for thing in gc.get_objects())


async def _traces(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> tuple[dict[str, int], int, int, int]:
    """Return how many listeners, timers, tasks and objects there are."""
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
    return listeners, timers, len(asyncio.all_tasks()), len(gc.get_objects())


async def _reload_in_a_row(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    entry: MockConfigEntry,
    times: int,
    before_each: Callable[[int], None],
    *alone: type,
) -> None:
    """Reload every half a minute; see that all is as before, and one left of each kind."""
    # What is logged is kept by the test itself.
    caplog.set_level(logging.WARNING)
    # It takes a stack for each callback: half of the time.
    hass.loop.set_debug(False)

    async def reload(times: int) -> None:
        for number in range(times):
            before_each(number)
            freezer.tick(30)
            assert await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done()

    await reload(20)
    before = await _traces(hass, freezer, caplog)
    await reload(times)
    assert complaints(caplog) == []
    after = await _traces(hass, freezer, caplog)

    assert entry.state is ConfigEntryState.LOADED
    assert after[0] == before[0]
    assert 0 < after[1] <= before[1]
    assert after[2] <= before[2]
    for kind in alone:
        assert _count(kind) == 1, kind
    assert (after[3] - before[3]) / times < 5


async def test_two_hundred_reloads(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """Listeners, timers, tasks and objects are as many as before; what was used counts."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
        watch = Watch(hass)

        def tell(_number: int) -> None:
            watch.look()
            set_all(hass)

        await _reload_in_a_row(
            hass, freezer, caplog, entry, RELOADS, tell, System, Zone
        )
        watch.look()
        # It counted throughout: 1.2 kW for the 220 halves of a minute, and some.
        energy = figure(hass, GROWING[0])
        assert energy is not None and energy > 0.9 * 220 * 0.01


async def test_reloads_of_a_room_that_keeps_itself_comfortable(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """The same with a room sensor, a window, an infrared unit and its receiver."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        emitter, _ = await async_add_infrared(hass)
        sensor, window = "sensor.room", "binary_sensor.window"
        hass.states.async_set(sensor, "19.5", {"unit_of_measurement": "°C"})
        hass.states.async_set(window, "off")
        entry = await async_add_unit(
            hass, receiver=RECEIVER, temperature=sensor, windows=[window]
        )

        def tell(number: int) -> None:
            hass.states.async_set(
                sensor, f"{19 + number % 20 / 10}", {"unit_of_measurement": "°C"}
            )
            hass.states.async_set(window, "on" if number % 10 == 0 else "off")
            # What the test's own emitter remembers is no leak.
            emitter.sent.clear()
            emitter.at.clear()

        await _reload_in_a_row(
            hass,
            freezer,
            caplog,
            entry,
            CONTROLLED_RELOADS,
            tell,
            System,
            ZoneControl,
            InfraredDriver,
        )
