"""Damaged files, on a real disk: what was counted is taken from the copy, and told once."""

from collections.abc import AsyncIterator
import json
import logging
from pathlib import Path
import random
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError, write_utf8_file_atomic
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.counted import NUMBER, _CountedStore
from custom_components.klima.store import PairedStore
from tests.common import set_up, zones_entry

from .common import (
    COUNTER,
    GROWING,
    POWER,
    Watch,
    add_home,
    complaints,
    cut_power,
    figure,
    files,
    kept_energy,
    pass_seconds,
    real_disk,
    set_all,
    set_sensor,
    set_unit,
)
from .damage import DAMAGE

OURS = tuple(f"custom_components.klima.{name}" for name in ("counted", "store"))
"""The modules whose lines in the log tell of a file."""

BILL = "sensor.heat_pump_bill"


@pytest.fixture
async def home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> AsyncIterator[MockConfigEntry]:
    """Return a system that counted for ten minutes, unloaded, its files on a real disk."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        entry = await add_home(hass, energy=None, price_entity=None, price=0.25)
        for _ in range(10):
            set_all(hass)
            await pass_seconds(hass, freezer, 60)
        await hass.config_entries.async_unload(entry.entry_id)
        yield entry


@pytest.mark.parametrize("which", ["", ".ledger"])
@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_damaged_file_is_taken_from_its_copy(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    home: MockConfigEntry,
    which: str,
    damage: str,
) -> None:
    path, copy = files(hass, home, which)
    assert path.read_bytes() == copy.read_bytes().replace(
        copy.name.encode(), path.name.encode()
    )
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    caplog.clear()
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done()
    for entity_id in (*GROWING[:2], "sensor.heat_pump_cost", BILL):
        value = figure(hass, entity_id)
        assert value == pytest.approx(0.2 if "energy" in entity_id else 0.05, rel=0.05)
    told = [line for line in complaints(caplog) if line.startswith(OURS)]
    if which and damage in ("not a number", "below zero", "an empty object"):
        return  # A ledger has no such field to damage; an empty one is none.
    assert len(told) == 1 and "is taken from its copy" in told[0]


async def test_both_damaged_begin_anew_and_say_so_once(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, home: MockConfigEntry
) -> None:
    for path in (*files(hass, home), *files(hass, home, ".ledger")):
        path.write_bytes(b"{")
    caplog.clear()
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done()
    assert figure(hass, GROWING[0]) == 0
    # Home Assistant itself tells of each file, in the log and as a repair.
    told = [line for line in complaints(caplog) if "custom_components.klima" in line]
    assert told == []


async def test_what_is_kept_is_never_half_believed(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    home: MockConfigEntry,
) -> None:
    """A hundred and twenty kept files, each with something in it that is not what it was."""
    path, copy = files(hass, home)
    whole = json.loads(path.read_bytes())
    copy.unlink()
    rng = random.Random(5)
    for _ in range(120):
        damaged = json.loads(json.dumps(whole))
        _damage(damaged["data"][home.entry_id], rng)
        path.write_text(json.dumps(damaged))
        caplog.clear()
        with patch.object(Store, "async_delay_save"), patch.object(Store, "async_save"):
            assert await hass.config_entries.async_setup(home.entry_id), home.reason
            for entity_id in (*GROWING, "sensor.heat_pump_cost_today"):
                value = figure(hass, entity_id)
                assert value is None or 0 <= value < 1e9
            await hass.config_entries.async_unload(home.entry_id)
        broken = [r.exc_text or str(r.exc_info) for r in caplog.records if r.exc_info]
        assert broken == []


def _damage(node: Any, rng: random.Random) -> None:
    """Put something else in place of one node of JSON, at any depth."""
    bad = (None, "x", "", -1, [], {}, [[]], True, {"a": 1}, "nan", "inf", [None], 3)
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key = rng.choice(keys)
    child = node[key]
    if isinstance(child, dict | list) and child and rng.random() < 0.8:
        _damage(child, rng)
    elif isinstance(node, dict) and rng.random() < 0.3:
        del node[key]
    else:
        node[key] = rng.choice(bad)


async def test_a_disk_that_cannot_be_read_is_tried_again(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    """Nothing is begun anew, and so nothing overwritten, while the disk fails."""
    before = files(hass, home)[0].read_bytes()
    with patch.object(Store, "async_load", side_effect=HomeAssistantError("EIO")):
        assert not await hass.config_entries.async_setup(home.entry_id)
    assert home.state is ConfigEntryState.SETUP_RETRY
    assert files(hass, home)[0].read_bytes() == before
    assert await hass.config_entries.async_reload(home.entry_id)
    assert figure(hass, GROWING[0]) == pytest.approx(0.2, rel=0.05)


async def test_a_full_disk_loses_nothing_once_there_is_room(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    home: MockConfigEntry,
) -> None:
    """It goes on counting; what it could not write, it writes when it can.

    It tells once that it cannot, and once that it can again.
    """
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done()
    caplog.clear()
    with patch(
        "custom_components.klima.store.write_utf8_file_atomic",
        side_effect=WriteError("No space left on device"),
    ):
        for _ in range(5):
            set_all(hass)
            await pass_seconds(hass, freezer, 60)
    for _ in range(3):
        set_all(hass)
        await pass_seconds(hass, freezer, 60)
    energy = figure(hass, GROWING[0])
    assert energy == pytest.approx(0.36, rel=0.05)
    kept = kept_energy(files(hass, home)[0], home)
    told = [
        record.getMessage()
        for record in caplog.records
        if "klima.counted" in record.getMessage() and record.levelno >= logging.WARNING
    ]
    assert len(told) == 2, told
    assert "cannot be written" in told[0]
    assert "is written again" in told[1]
    # No clean stop: what is on disk is a minute and a half behind at most.
    assert energy is not None and 0 <= energy - kept <= 1.2 * 90 / 3600


@pytest.mark.parametrize("which", [0, 1], ids=["the file", "its copy"])
async def test_what_the_one_file_refuses_the_other_takes(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    home: MockConfigEntry,
    which: int,
) -> None:
    """A place on the disk that cannot be written costs nothing, and is told once."""
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done()
    bad, good = files(hass, home)[which], files(hass, home)[1 - which]
    bad.unlink()
    bad.mkdir()
    caplog.clear()
    for _ in range(3):
        set_all(hass)
        await pass_seconds(hass, freezer, 60)
    kept = kept_energy(good, home)
    assert kept == pytest.approx(0.2 + 2 * 1.2 / 60, abs=0.025)
    told = [line for line in complaints(caplog) if line.startswith(OURS)]
    assert len(told) == 1 and "cannot be written" in told[0]

    bad.rmdir()
    set_all(hass)
    await pass_seconds(hass, freezer, 70)
    assert bad.read_bytes() == good.read_bytes()


async def test_what_did_not_change_is_not_written_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """A system that rests wears no memory card out."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        entry = await add_home(hass, energy=None, price_entity=None)
        set_unit(hass, "off", "off")
        path, _ = files(hass, entry)
        written = set[int]()
        for watts in (0, 0, 0, 900):
            for _ in range(6):
                set_sensor(hass, POWER, watts)
                await pass_seconds(hass, freezer, 60)
            written.add(path.stat().st_mtime_ns)
        # What was counted before it rested, and what it counts again.
        assert len(written) == 2


HOURS = [
    {"period": "off_peak", "price": 0.1, "start": "19:00", "end": "07:00"},
    {"period": "on_peak", "price": 0.3, "start": "07:00", "end": "19:00"},
]


@pytest.mark.parametrize("by_the_hour", [False, True])
async def test_a_kill_while_the_source_is_silent(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    by_the_hour: bool,
) -> None:
    """What a power on change held for half an hour counts when its source is back.

    Once, at the prices of then, for the zone; and not the time that it was down.
    """
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24T18:45:30+00:00")
    sources: dict[str, Any] = {"energy": None, "price_entity": None, "price": 0.2}
    with real_disk(hass, tmp_path):
        if by_the_hour:
            plan = MockConfigEntry(
                domain="klima",
                title="Plan",
                data={
                    "kind": "plan",
                    "plan": "time_of_use",
                    "versions": [{"hours": HOURS}],
                    "cycle": {},
                },
            )
            plan.add_to_hass(hass)
            assert await hass.config_entries.async_setup(plan.entry_id)
            sources |= {"plan": plan.entry_id, "price": None}
        entry = await add_home(hass, **sources)
        for _ in range(29):
            await pass_seconds(hass, freezer, 60)
        assert figure(hass, GROWING[0]) == pytest.approx(0.02)
        await cut_power(hass)

        hass.states.async_set(POWER, "unavailable")
        freezer.tick(3600)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert figure(hass, GROWING[0]) == pytest.approx(0.02)
        for _ in range(2):
            await pass_seconds(hass, freezer, 60)
        set_sensor(hass, POWER, 700)
        await pass_seconds(hass, freezer, 60)
        energy = figure(hass, GROWING[0])
        # A minute and ten seconds of 1.2 kW may be missing of the 29 minutes.
        assert energy is not None
        assert 0.58 - 0.024 + 0.7 / 60 - 1e-3 <= energy <= 0.58 + 0.7 / 60 + 1e-3
        later = energy - 0.29 - 0.7 / 60
        cost = 0.29 * 0.3 + later * 0.1 if by_the_hour else 0.2 * (energy - 0.7 / 60)
        cost += 0.7 / 60 * (0.1 if by_the_hour else 0.2)
        for key in ("cost", "cost_today", "bill"):
            assert figure(hass, f"sensor.heat_pump_{key}") == pytest.approx(
                cost, abs=0.006
            )


async def test_a_kill_while_the_source_is_silent_leaves_the_cop_alone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """The heat of what was held was counted before: both make the ratio that they are."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    counter, heat = "sensor.heat_counter", 500.0

    def tell() -> None:
        hass.states.async_set(counter, f"{heat:.4f}", {"unit_of_measurement": "kWh"})

    with real_disk(hass, tmp_path):
        tell()
        entry = await add_home(
            hass, energy=None, price_entity=None, price=0.25, thermal_energy=counter
        )
        for _ in range(60):
            await pass_seconds(hass, freezer, 60)
            heat += 3.6 / 60
            tell()
        await cut_power(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        for number in range(40):
            set_sensor(hass, POWER, 1200 + number % 2)
            await pass_seconds(hass, freezer, 60)
            heat += 3.6 / 60
            tell()
    assert figure(hass, GROWING[0]) == pytest.approx(2.0, abs=0.05)
    # All of the heat, and that of the time since: 3.6 kW of 1.2 kW.
    assert figure(hass, GROWING[4]) == pytest.approx(6.0, abs=0.2)
    assert figure(hass, "sensor.heat_pump_seasonal_cop") == pytest.approx(3, rel=0.03)
    tally = entry.runtime_data.efficiency.heat.season.amounts
    assert tally.electricity == pytest.approx(2.0, abs=0.06)


HEAT = "sensor.heat"


@pytest.mark.parametrize("power", ["on change", "polled", "counter"])
@pytest.mark.parametrize("first", [HEAT, POWER])
async def test_a_kill_while_the_heat_meter_is_silent(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    power: str,
    first: str,
) -> None:
    """What a heat meter on change held for an hour counts when it is back, as its power does.

    Once, of the same hour, and not the time that it was down.
    """
    freezer.move_to("2026-11-24T12:00:00+00:00")
    by_counter = power == "counter"
    kwh = 100.0

    def tell_heat(watts: float | str) -> None:
        hass.states.async_set(HEAT, str(watts), {"unit_of_measurement": "W"})

    def tell_power(odd: int) -> None:
        if by_counter:
            set_sensor(hass, COUNTER, f"{kwh:.3f}")
        else:
            set_sensor(hass, POWER, 1200 + odd)

    with real_disk(hass, tmp_path):
        tell_heat(3600)
        sources = {"power": None} if by_counter else {"energy": None}
        entry = await add_home(
            hass, price_entity=None, price=0.25, heat_output=HEAT, **sources
        )
        for minute in range(60):
            await pass_seconds(hass, freezer, 60)
            kwh += 0.02
            if power != "on change":
                tell_power(minute % 2)
        assert figure(hass, GROWING[4]) == pytest.approx(0.06, abs=0.01)
        await cut_power(hass)

        for gone in (HEAT, POWER, COUNTER):
            hass.states.async_set(gone, "unavailable")
        await pass_seconds(hass, freezer, 1800)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        watch = Watch(hass)
        watch.look()
        assert figure(hass, GROWING[4]) == pytest.approx(0.06, abs=0.01)
        kwh += 0.6
        for which in (first, HEAT, POWER):
            if which == HEAT:
                tell_heat(3601)
            else:
                tell_power(2)
            await pass_seconds(hass, freezer, 5)
            watch.look()
        for minute in range(40):
            kwh += 0.02
            tell_power(minute % 2)
            tell_heat(3600 + minute % 2)
            await pass_seconds(hass, freezer, 60)
            watch.look()
        heat = figure(hass, GROWING[4])
        # A minute and ten seconds of 3.6 kW may be missing, and what came after.
        assert heat is not None and 3.6 + 2.4 - 0.1 <= heat <= 3.6 + 2.4 + 0.1
        assert figure(hass, "sensor.heat_pump_seasonal_cop") == pytest.approx(
            3, rel=0.01
        )
        season = entry.runtime_data.efficiency.heat.season
        assert season.amounts.electricity == pytest.approx(2.0, abs=0.05)
        assert season.cost_heating == pytest.approx(
            0.25 * season.amounts.electricity, rel=1e-3
        )
    assert complaints(caplog) == []


async def test_a_kill_after_a_counter_was_read_loses_none_of_its_heat(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """What it told between a publishing and the write is not told again by it."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    counter = "sensor.heat_counter"

    def tell(kwh: float) -> None:
        hass.states.async_set(counter, f"{kwh}", {"unit_of_measurement": "kWh"})

    with real_disk(hass, tmp_path):
        tell(500)
        entry = await add_home(
            hass, energy=None, price_entity=None, price=0.25, thermal_energy=counter
        )
        for _ in range(16):
            set_sensor(hass, POWER, 1200)
            await pass_seconds(hass, freezer, 60)
        # Published; a lump comes before that is written, and the power is cut after.
        tell(501)
        await pass_seconds(hass, freezer, 11)
        await cut_power(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        await pass_seconds(hass, freezer, 60)
    assert figure(hass, GROWING[4]) == pytest.approx(1.0)


async def test_a_kill_with_another_heat_meter_after_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """What the last one held is its own: neither counted, nor half of a COP."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        hass.states.async_set(HEAT, "3600", {"unit_of_measurement": "W"})
        entry = await add_home(
            hass, energy=None, price_entity=None, price=0.25, heat_output=HEAT
        )
        for minute in range(60):
            set_sensor(hass, POWER, 1200 + minute % 2)
            await pass_seconds(hass, freezer, 60)
        await cut_power(hass)
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, "heat_output": "sensor.other"}
        )
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        for minute in range(30):
            hass.states.async_set(
                "sensor.other", str(2400 + minute % 2), {"unit_of_measurement": "W"}
            )
            set_sensor(hass, POWER, 1200 + minute % 2)
            await pass_seconds(hass, freezer, 60)
    assert figure(hass, GROWING[4]) == pytest.approx(0.06 + 1.2, abs=0.05)
    # A minute of the first, half an hour of the second.
    assert figure(hass, "sensor.heat_pump_seasonal_cop") == pytest.approx(
        2.04, abs=0.03
    )


async def add_two(hass: HomeAssistant) -> list[MockConfigEntry]:
    """Add two systems at a fixed price, one with a power sensor."""
    return [
        await set_up(hass, zones_entry((), {"price": 0.25, **power}, title))
        for title, power in (("Metered", {"power": POWER}), ("Not metered", {}))
    ]


async def use_power(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: int
) -> None:
    """Report 1200 W each minute."""
    for _ in range(minutes):
        set_sensor(hass, POWER, 1200)
        await pass_seconds(hass, freezer, 60)


async def test_all_are_written_at_once_and_each_leaves_alone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """One file has them all; a removed one takes its part along, the last one the file."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        first, second = await add_two(hass)
        path, copy = files(hass, first)
        with patch(
            "custom_components.klima.store.write_utf8_file_atomic",
            side_effect=write_utf8_file_atomic,
        ) as write:
            await use_power(hass, freezer, 6)
        counted = [call for call in write.mock_calls if call.args[0] == str(path)]
        assert 5 <= len(counted) <= 6
        # What is disabled, or not up yet, stays in the file that others write.
        assert await hass.config_entries.async_unload(second.entry_id)
        await use_power(hass, freezer, 1)
        await pass_seconds(hass, freezer, 11)
        assert kept_energy(path, first) == pytest.approx(0.12, abs=0.025)
        assert kept_energy(path, second) == 0

        await hass.config_entries.async_remove(second.entry_id)
        left = set(json.loads(path.read_bytes())["data"]) - {NUMBER}
        assert left == {first.entry_id}
        await hass.config_entries.async_remove(first.entry_id)
        assert not path.exists()
        assert not copy.exists()


async def test_what_the_copy_alone_has_waits_for_who_comes_later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """A damaged part is not written over its copy before its system looked for that."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        first, second = await add_two(hass)
        for entry in (first, second):
            assert await hass.config_entries.async_unload(entry.entry_id)
        path, _ = files(hass, first)
        damaged = json.loads(path.read_bytes())
        damaged["data"][second.entry_id] = None
        path.write_text(json.dumps(damaged))
        copy = path.with_name(f"{path.name}.copy")
        other = json.loads(copy.read_bytes())
        other["data"][second.entry_id]["meter"]["energy"] = 12.5
        copy.write_text(json.dumps(other))

        assert await hass.config_entries.async_setup(first.entry_id)
        await use_power(hass, freezer, 3)
        assert json.loads(copy.read_bytes())["data"][second.entry_id] is None
        assert await hass.config_entries.async_setup(second.entry_id)
        assert second.runtime_data.energy == 12.5


async def test_files_of_their_own_are_taken_into_the_one_of_all(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, tmp_path: Path
) -> None:
    """What an earlier version kept apart is kept on, and its files are gone."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        first, _ = await add_two(hass)
        for entry in hass.config_entries.async_loaded_entries("klima"):
            assert await hass.config_entries.async_unload(entry.entry_id)
        path, copy = files(hass, first)
        stored = json.loads(path.read_bytes())
        own = path.with_name(f"klima.{first.entry_id}")
        stored["key"], stored["data"] = own.name, stored["data"][first.entry_id]
        stored["data"]["meter"]["energy"] = 12.5
        path.unlink()
        copy.unlink()
        for file in (own, own.with_name(f"{own.name}.copy")):
            file.write_text(json.dumps(stored))

        assert await hass.config_entries.async_setup(first.entry_id)
        assert first.runtime_data.energy == 12.5
        assert kept_energy(path, first) == kept_energy(copy, first) == 12.5
        assert not own.exists()
        assert not own.with_name(f"{own.name}.copy").exists()


async def test_one_that_cannot_say_what_it_has_keeps_no_other_from_being_saved(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        first, second = await add_two(hass)
        path, _ = files(hass, first)
        with patch.object(second.runtime_data.account, "as_dict", side_effect=KeyError):
            await use_power(hass, freezer, 4)
        assert kept_energy(path, first) >= 0.02
        assert caplog.text.count("counted cannot be told") == 1
        caplog.clear()


async def test_a_home_assistant_that_writes_in_another_way_loses_nothing(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The copy hangs on what is private to Home Assistant; what was counted does not."""
    for store in (_CountedStore, PairedStore):
        monkeypatch.delattr(store, "_async_write_data")
    freezer.move_to("2026-11-24T12:00:00+00:00")
    with real_disk(hass, tmp_path):
        first, second = await add_two(hass)
        path, copy = files(hass, first)
        await use_power(hass, freezer, 6)
        assert kept_energy(path, first) == pytest.approx(0.1, abs=0.03)
        assert await hass.config_entries.async_unload(first.entry_id)
        assert kept_energy(path, first) == pytest.approx(0.12, abs=0.025)
        assert kept_energy(path, second) == 0
        assert not copy.exists()
        assert await hass.config_entries.async_setup(first.entry_id)
        assert first.runtime_data.energy == pytest.approx(0.12, abs=0.025)
