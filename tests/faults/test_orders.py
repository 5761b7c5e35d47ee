"""Orders of events that are rare: entries that go while others come, writes that end late."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
import errno
import json
from pathlib import Path
import shutil
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components import klima
from custom_components.klima import counted, pricing, store
from custom_components.klima.counted import Counted
from custom_components.klima.kept_ledger import KeptLedger
from custom_components.klima.plan import Plan
from tests.comfort_zone import add_zone, call, later, sensor
from tests.common import set_up, zones_entry
from tests.plans import add_plan
from tests.units import PlainClimate

from .common import (
    GROWING,
    POWER,
    add_home,
    cut_power,
    figure,
    files,
    kept_energy,
    pass_seconds,
    real_disk,
    set_all,
)


@pytest.fixture(autouse=True)
async def disk(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> AsyncIterator[None]:
    """Keep what is stored on a real disk."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        yield


async def use_power(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: int
) -> None:
    """Report 1200 W each minute."""
    for _ in range(minutes):
        set_all(hass)
        await pass_seconds(hass, freezer, 60)


def counted_file(hass: HomeAssistant) -> Path:
    """Return the file of what all counted."""
    return Path(hass.config.path(".storage", "klima.counted"))


@contextmanager
def no_room() -> Iterator[None]:
    """Let there be no room on the disk for a new file."""
    full = WriteError("No space left on device")
    with (
        patch.object(store, "write_utf8_file_atomic", side_effect=full),
        patch.object(store, "write_utf8_file", side_effect=full),
    ):
        yield


def parts(path: Path) -> dict[str, Any]:
    """Return what a file has, by entry."""
    data: dict[str, Any] = json.loads(path.read_bytes())["data"]
    return {key: part for key, part in data.items() if isinstance(part, dict)}


async def test_a_disk_long_full_and_a_kill_cost_a_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The copy, written over in its place, has what there was no room for elsewhere."""
    entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
    await use_power(hass, freezer, 5)
    with no_room():
        await use_power(hass, freezer, 60)
        before = figure(hass, GROWING[0])
        await cut_power(hass)
        # Nothing is remembered after a kill.
        del hass.data[counted._COUNTED]
    path, copy = files(hass, entry)
    assert kept_energy(path, entry) < 0.2
    assert kept_energy(copy, entry) > 1
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert before is not None
    assert figure(hass, GROWING[0]) == pytest.approx(before, abs=1.2 * 80 / 3600)


async def test_a_copy_that_has_no_room_to_grow_stays_whole(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It is behind then, as the file is, but neither is half a one."""
    entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
    await use_power(hass, freezer, 5)
    full = OSError(errno.ENOSPC, "No space left on device")
    with no_room(), patch("os.posix_fallocate", side_effect=full):
        await use_power(hass, freezer, 10)
    for path in files(hass, entry):
        assert kept_energy(path, entry) == pytest.approx(0.1, abs=0.03)
    await use_power(hass, freezer, 2)
    for path in files(hass, entry):
        assert kept_energy(path, entry) == pytest.approx(0.32, abs=0.03)


async def test_who_was_never_set_up_and_goes_keeps_no_other_from_being_saved(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The very first system is about to be written as another entry is removed."""
    broken = MockConfigEntry(domain="klima", disabled_by=ConfigEntryDisabler.USER)
    broken.add_to_hass(hass)
    entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
    await hass.config_entries.async_remove(broken.entry_id)
    await use_power(hass, freezer, 10)
    assert kept_energy(counted_file(hass), entry) == pytest.approx(0.2, abs=0.03)


async def test_a_write_that_is_cut_off_is_made_up_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """An unload that an automation cancels takes no other's writes along."""
    first = await add_home(hass, energy=None, price_entity=None, price=0.25)
    second = await set_up(
        hass, zones_entry((), {"price": 0.25, "power": POWER}, "Other")
    )
    await use_power(hass, freezer, 3)
    owner = Counted(hass, "third")
    await owner.async_load(lambda _data: None, "nobody counted")
    with patch.object(counted, "AT_ONCE", 1):
        task = hass.async_create_task(owner.async_close({"meter": {}}))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await use_power(hass, freezer, 10)
    for entry in (first, second):
        kept = kept_energy(counted_file(hass), entry)
        assert kept == pytest.approx(13 * 0.02, abs=0.03)


async def test_who_is_gone_writes_no_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A command that ends after its system was unloaded, or removed, saves nothing old."""
    entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
    other = await set_up(hass, zones_entry((), {"price": 0.25}, "Other"))
    asleep = await set_up(hass, zones_entry((), {"price": 0.25}, "Asleep"))
    await use_power(hass, freezer, 3)
    for each in (asleep, other):
        assert await hass.config_entries.async_unload(each.entry_id)
    old = entry.runtime_data
    assert await hass.config_entries.async_unload(entry.entry_id)
    # It was the last: all is forgotten, and read anew.
    old.async_save_soon()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await use_power(hass, freezer, 5)
    energy = figure(hass, GROWING[0])
    assert energy == pytest.approx(0.16, abs=0.03)
    old.async_save_soon()
    await pass_seconds(hass, freezer, 11)
    assert kept_energy(counted_file(hass), entry) == pytest.approx(energy, abs=0.03)
    assert set(parts(counted_file(hass))) == {
        each.entry_id for each in (entry, other, asleep)
    }
    last = entry.runtime_data
    for each in (entry, other, asleep):
        await hass.config_entries.async_remove(each.entry_id)
    last.async_save_soon()
    old.async_save_soon()
    await pass_seconds(hass, freezer, 61)
    assert list(counted_file(hass).parent.glob("klima*")) == []


async def test_two_removed_at_once_leave_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """And one that is made anew meanwhile is all there is."""
    entries = [
        await set_up(hass, zones_entry((), {"price": 0.25}, f"System {number}"))
        for number in range(4)
    ]
    await use_power(hass, freezer, 2)
    new = zones_entry((), {"price": 0.25, "power": POWER}, "New")
    new.add_to_hass(hass)
    await asyncio.gather(
        *(hass.config_entries.async_remove(entry.entry_id) for entry in entries[:2]),
        hass.config_entries.async_setup(new.entry_id),
        *(hass.config_entries.async_remove(entry.entry_id) for entry in entries[2:]),
    )
    await use_power(hass, freezer, 10)
    assert set(parts(counted_file(hass))) == {new.entry_id}
    assert kept_energy(counted_file(hass), new) == pytest.approx(0.2, abs=0.03)
    ledgers = list(counted_file(hass).parent.glob("klima.*.ledger*"))
    assert all(new.entry_id in ledger.name for ledger in ledgers)


async def test_a_system_that_would_not_unload_goes_with_its_entry(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It neither counts nor keeps on, and leaves no file that nobody has."""
    entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
    await use_power(hass, freezer, 3)
    system = entry.runtime_data
    with patch(
        "homeassistant.config_entries.ConfigEntries.async_unload_platforms",
        return_value=False,
    ):
        assert not await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.FAILED_UNLOAD
    # What would not go still counts, until Home Assistant is started anew.
    await use_power(hass, freezer, 3)
    assert system.energy == pytest.approx(0.12, abs=0.03)
    assert kept_energy(counted_file(hass), entry) == pytest.approx(0.1, abs=0.03)
    await hass.config_entries.async_remove(entry.entry_id)
    energy = system.energy
    await use_power(hass, freezer, 3)
    assert system.energy == energy
    assert list(counted_file(hass).parent.glob("klima*")) == []


TIERS = {"tiers": [{"up_to": 600, "price": 0.1}, {"price": 0.2}]}


async def add_home_on_plan(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> tuple[MockConfigEntry, MockConfigEntry]:
    """Return a plan, and a system on it that counted for two minutes."""
    plan = await add_plan(hass, TIERS)
    entry = await add_home(hass, energy=None, price_entity=None, plan=plan.entry_id)
    await use_power(hass, freezer, 2)
    return plan, entry


async def test_a_plan_that_is_removed_while_its_system_loads_is_gone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The system, which waited for it, does not set it up again."""
    plan, entry = await add_home_on_plan(hass, freezer)
    reached = asyncio.Event()

    async def slowly(plan: Plan) -> None:
        await reached.wait()
        await stop(plan)

    async def reach(*args: Any) -> Any:
        reached.set()
        return await price_source(*args)

    stop, price_source = Plan.async_stop, pricing.async_price_source
    with (
        patch.object(Plan, "async_stop", slowly),
        patch.object(klima, "async_price_source", reach),
    ):
        await asyncio.gather(
            hass.config_entries.async_remove(plan.entry_id),
            hass.config_entries.async_reload(entry.entry_id),
        )
    await hass.async_block_till_done()
    await use_power(hass, freezer, 3)
    assert plan.state is ConfigEntryState.NOT_LOADED
    assert hass.states.get("sensor.home_plan_price") is None
    assert set(parts(counted_file(hass))) == {entry.entry_id}
    assert entry.runtime_data.plan is None


async def test_a_plan_that_is_loaded_anew_while_its_system_loads_is_taken_up(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The system has the plan as it is now, not the one that ended as it read its files."""
    plan, entry = await add_home_on_plan(hass, freezer)
    load, known = Counted.async_load, entry.runtime_data.plan
    owners = [entry.entry_id]

    async def meanwhile(counted: Counted, *args: Any) -> Any:
        if owners == [counted._key]:
            owners.clear()
            assert await hass.config_entries.async_reload(plan.entry_id)
        return await load(counted, *args)

    with patch.object(Counted, "async_load", meanwhile):
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    assert plan.runtime_data is not known
    assert entry.runtime_data.plan is plan.runtime_data

    hass.config_entries.async_update_entry(
        plan, data={**plan.data, "versions": [{"tiers": [{"price": 0.3}]}]}
    )
    await hass.async_block_till_done()
    assert figure(hass, "sensor.heat_pump_price") == pytest.approx(0.3)


async def test_a_plan_whose_platforms_fail_leaves_nothing_running(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await add_plan(hass, TIERS)
    before = hass.bus.async_listeners()["homeassistant_stop"]
    with patch(
        "homeassistant.config_entries.ConfigEntries.async_forward_entry_setups",
        side_effect=RuntimeError("no platform"),
    ):
        entry = MockConfigEntry(
            domain="klima",
            title="Plan",
            data={"kind": "plan", "plan": "tiered", "versions": [TIERS], "cycle": {}},
        )
        entry.add_to_hass(hass)
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert hass.bus.async_listeners()["homeassistant_stop"] == before
    assert await hass.config_entries.async_reload(entry.entry_id)
    await pass_seconds(hass, freezer, 61)


async def test_what_is_used_while_a_plan_is_loaded_anew_counts_in_its_tiers(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A plug on change that said nothing for an hour tells it as its system follows."""
    plan = await add_plan(hass, TIERS)
    await add_home(hass, energy=None, price_entity=None, plan=plan.entry_id)
    for _ in range(3):
        for _ in range(60):
            await pass_seconds(hass, freezer, 60)
        await hass.config_entries.async_reload(plan.entry_id)
        await hass.async_block_till_done()
    energy = figure(hass, GROWING[0])
    assert energy == pytest.approx(3.6, abs=0.05)
    assert plan.runtime_data.tiers.used == pytest.approx(energy, abs=0.03)


async def test_a_copy_of_the_folder_put_back_counts_nothing_twice(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A backup of three days ago: a counter tells the days since, at their prices."""
    await hass.config.async_set_time_zone("UTC")
    hours = [
        {"period": "off_peak", "price": 0.1, "start": "19:00", "end": "07:00"},
        {"period": "on_peak", "price": 0.3, "start": "07:00", "end": "19:00"},
    ]
    plan = await add_plan(hass, {"hours": hours})
    kwh = 100.0
    entry = await add_home(hass, power=None, price_entity=None, plan=plan.entry_id)

    async def go_on(hours: int) -> None:
        nonlocal kwh
        for _ in range(hours * 6):
            kwh += 0.2
            set_all(hass, kwh=round(kwh, 3))
            await pass_seconds(hass, freezer, 600)

    await go_on(12)
    backup = Path(hass.config.path("backup"))
    shutil.copytree(counted_file(hass).parent, backup)
    await go_on(72)
    before = [
        figure(hass, f"sensor.heat_pump_{key}") for key in ("energy", "cost", "bill")
    ]
    for each in (entry, plan):
        assert await hass.config_entries.async_unload(each.entry_id)
    shutil.rmtree(counted_file(hass).parent)
    shutil.move(backup, counted_file(hass).parent)
    for each in (plan, entry):
        assert await hass.config_entries.async_setup(each.entry_id)
    await hass.async_block_till_done()
    await go_on(1)
    after = [
        figure(hass, f"sensor.heat_pump_{key}") for key in ("energy", "cost", "bill")
    ]
    # Off peak, all of the last hour.
    for now, then, more in zip(after, before, (1.2, 0.12, 0.12), strict=True):
        assert now is not None and then is not None
        assert now - then == pytest.approx(more, abs=0.06 if more < 1 else 0.2)


@pytest.mark.parametrize(
    ("broken", "data"),
    [
        (
            "system.System._estimate",
            {"kind": "system", "family": "mini_split", "price": 0.2, "power": POWER},
        ),
        (
            "plan.Plan._check_validity",
            {"kind": "plan", "plan": "tiered", "versions": [TIERS], "cycle": {}},
        ),
    ],
)
async def test_a_start_that_fails_leaves_nothing_running(
    hass: HomeAssistant, broken: str, data: dict[str, Any]
) -> None:
    """A fault of ours, amid a start, is tried again by a reload, with nothing left of it."""
    plan = await add_plan(hass, TIERS)
    if data["kind"] == "system":
        data = {**data, "plan": plan.entry_id}
        del data["price"]
    entry = MockConfigEntry(domain="klima", title="Broken", data=data)
    entry.add_to_hass(hass)
    before = hass.bus.async_listeners()
    listeners = len(plan.runtime_data._listeners)
    with patch(f"custom_components.klima.{broken}", side_effect=IndexError):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    after = hass.bus.async_listeners()
    for kind in ("homeassistant_stop", "state_changed", "state_reported"):
        assert after.get(kind, 0) == before.get(kind, 0), kind
    assert len(plan.runtime_data._listeners) == listeners
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_who_is_refused_late_takes_nobody_elses_hold_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Two ask at once of a unit that is slow; the first is refused, the second is not."""
    freezer.move_to("2026-11-23 07:00:00+00:00")
    sensor(hass, 20.0)
    answer = asyncio.Event()
    unit = PlainClimate()
    really = unit.async_set_temperature

    async def slow(**data: Any) -> None:
        if data["temperature"] > 24:
            await answer.wait()
            raise HomeAssistantError("the unit does not answer")
        await really(**data)

    unit.async_set_temperature = slow
    await add_zone(hass, unit, temperature="sensor.room")
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    first = hass.async_create_task(
        call(hass, "climate.set_temperature", temperature=27)
    )
    for _ in range(20):
        await asyncio.sleep(0)
    second = hass.async_create_task(
        call(hass, "climate.set_temperature", temperature=23)
    )
    for _ in range(20):
        await asyncio.sleep(0)
    answer.set()
    with pytest.raises(HomeAssistantError):
        await first
    await second
    await later(hass, freezer, minutes=3)
    state = hass.states.get("climate.den")
    assert state is not None
    assert (state.state, state.attributes["temperature"]) == ("heat", 23)
    assert unit.target_temperature == pytest.approx(23, abs=1)


async def test_a_ledger_that_cannot_be_written_takes_nothing_along(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What was counted to the end is kept, whatever became of the file beside it."""
    entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
    await use_power(hass, freezer, 5)
    with patch.object(KeptLedger, "async_save", side_effect=OSError("Read-only")):
        assert not await hass.config_entries.async_unload(entry.entry_id)
    assert kept_energy(counted_file(hass), entry) == pytest.approx(0.1, abs=1e-3)
