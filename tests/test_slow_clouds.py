"""Integrations that people complain of: clouds that lag, refuse, or speak before they know."""

import asyncio
from typing import Any
from unittest.mock import AsyncMock, patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACMode
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .comfort_zone import OURS, add_zone, begin_week, call, heating, later, reason
from .common import state_of

# A schedule helper waits for its next block.
pytestmark = pytest.mark.parametrize("expected_lingering_timers", [True])


def shown(hass: HomeAssistant) -> tuple[str, float | None, str]:
    """Return the mode and the target that the thermostat shows, and why."""
    state = state_of(hass, OURS)
    return state.state, state.attributes["temperature"], reason(hass)


async def test_a_cloud_tells_once_more_of_before(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It is shown at once what was sent, then what the cloud still says: nobody's word."""
    unit = await begin_week(hass, freezer)
    await add_zone(hass, unit, schedule="schedule.week")
    unit.commands.clear()
    await call(hass, "climate.set_temperature", temperature=23)
    freezer.tick(20)
    unit.set(target_temperature=21.0)
    await hass.async_block_till_done()
    assert shown(hass) == ("heat", 23.0, "hold")
    await later(hass, freezer, minutes=1)
    assert shown(hass) == ("heat", 23.0, "hold")
    unit.set(target_temperature=23.0)
    await later(hass, freezer, minutes=30)
    assert shown(hass) == ("heat", 23.0, "hold")
    assert unit.commands == [("set_temperature", {"temperature": 23.0})]


async def test_a_cloud_tells_once_more_that_a_unit_is_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    unit = heating(target_temperature=20.0)
    await add_zone(hass, unit, heat_comfort=21)
    await call(hass, "climate.turn_off")
    await later(hass, freezer, minutes=10)
    unit.commands.clear()
    await call(hass, "climate.turn_on")
    for mode, target in (("off", 20.0), ("heat", 20.0), ("heat", 20.0)):
        unit.set(hvac_mode=HVACMode(mode), target_temperature=target)
        await later(hass, freezer, seconds=15)
        assert shown(hass)[0] == "heat"
    assert [command for command, _ in unit.commands].count("set_hvac_mode") == 1


@pytest.mark.parametrize(("mode", "target"), [("heat", 21.0), ("off", 21.0)])
async def test_who_takes_back_what_was_sent_is_not_fought(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, mode: str, target: float
) -> None:
    """It holds once it is no late answer any more, and nothing is sent until then."""
    unit = await begin_week(hass, freezer)
    await add_zone(hass, unit, schedule="schedule.week")
    await call(hass, "climate.set_temperature", temperature=23)
    freezer.tick(20)
    unit.commands.clear()
    unit.set(hvac_mode=HVACMode(mode), target_temperature=target)
    await later(hass, freezer, minutes=3)
    assert shown(hass)[0] == mode
    assert reason(hass) == "hold"
    await later(hass, freezer, minutes=30)
    assert unit.target_temperature == target
    assert unit.commands == []


@pytest.mark.parametrize("stays", [True, False])
async def test_what_is_shown_first_after_a_start_is_nobodys_word(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, stays: bool
) -> None:
    """Many an integration shows a unit as off until it knows."""
    unit = await begin_week(hass, freezer)
    entry, _ = await add_zone(hass, unit, schedule="schedule.week")
    assert shown(hass) == ("heat", 21.0, "schedule")
    await hass.config_entries.async_unload(entry.entry_id)
    unit.set(hvac_mode=HVACMode.OFF, target_temperature=None)
    unit.commands.clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await later(hass, freezer, seconds=5)
    assert shown(hass) == ("heat", 21.0, "schedule")
    if not stays:
        unit.set(hvac_mode=HVACMode.HEAT, target_temperature=21.0)
    await later(hass, freezer, minutes=10)
    assert shown(hass) == (
        ("off", 21.0, "hold") if stays else ("heat", 21.0, "schedule")
    )
    assert unit.commands == []


async def test_what_refuses_is_asked_again_and_ever_less_often(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A cloud that has had enough for the day leaves no cold room when it is well."""
    unit = await begin_week(hass, freezer)
    await add_zone(hass, unit, schedule="schedule.week")
    await later(hass, freezer, hours=3)
    assert unit.target_temperature == 18.0
    unit.commands.clear()
    unit.refuses = HomeAssistantError("429")
    await later(hass, freezer, hours=9)
    assert 6 <= len(unit.commands) <= 12
    told = [each for each in caplog.records if "did not take" in each.message]
    assert [each.levelname for each in told].count("WARNING") == 1
    unit.refuses = None
    await later(hass, freezer, hours=1, minutes=5)
    assert unit.target_temperature == 22.0


@pytest.mark.parametrize("refuses", [True, False])
async def test_what_did_not_reach_a_unit_is_not_lost_with_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, refuses: bool
) -> None:
    unit = await begin_week(hass, freezer)
    entry, _ = await add_zone(hass, unit, schedule="schedule.week")
    error = HomeAssistantError("429") if refuses else None
    with patch.object(unit, "async_set_temperature", side_effect=error):
        await later(hass, freezer, hours=2, minutes=3)
        assert await hass.config_entries.async_reload(entry.entry_id)
        await later(hass, freezer, seconds=30)
    assert unit.target_temperature == 21.0
    await later(hass, freezer, minutes=3)
    assert (*shown(hass), unit.target_temperature) == ("heat", 18.0, "schedule", 18.0)


async def test_a_cloud_that_hangs_is_not_told_the_same_meanwhile(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Some give up after five minutes; each call more is one more against their limit."""
    unit = await begin_week(hass, freezer)
    await add_zone(hass, unit, schedule="schedule.week")
    free, calls = asyncio.Event(), 0

    async def hang(**_: Any) -> None:
        nonlocal calls
        calls += 1
        await free.wait()
        raise TimeoutError

    with (
        patch.object(unit, "async_set_temperature", hang),
        patch("custom_components.klima.controller.HANGS", 0.0),
    ):
        freezer.move_to("2026-11-23 09:00:01+00:00")
        for _ in range(10):
            async_fire_time_changed(hass)
            for _ in range(20):
                await asyncio.sleep(0)
            freezer.tick(60)
        assert calls == 1
        free.set()
        await hass.async_block_till_done()
    await later(hass, freezer, minutes=10)
    assert unit.target_temperature == 18.0


async def test_who_asks_again_is_heard(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A unit that did not answer is given up, but not what its user asks for anew."""
    unit = heating(target_temperature=20.0)
    await add_zone(hass, unit, heat_comfort=21)
    lost = AsyncMock()
    with patch.multiple(unit, async_set_hvac_mode=lost):
        await call(hass, "climate.turn_off")
        await later(hass, freezer, hours=1)
    assert shown(hass)[0] == "off"
    assert unit.hvac_mode == "heat"
    await call(hass, "climate.turn_off")
    assert unit.hvac_mode == "off"
    with patch.multiple(unit, async_set_hvac_mode=lost, async_set_temperature=lost):
        await call(hass, "climate.turn_on")
        await later(hass, freezer, hours=1)
    assert unit.hvac_mode == "off"
    await call(hass, "climate.turn_on")
    assert unit.hvac_mode == "heat"


async def test_a_mode_that_is_still_shown_is_told_once_another_was(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Off, and on again before a cloud tells of off: it would else stay off."""
    unit = await begin_week(hass, freezer)
    await add_zone(hass, unit, schedule="schedule.week")
    await later(hass, freezer, minutes=10)
    lags = AsyncMock()
    with patch.multiple(unit, async_set_hvac_mode=lags, async_set_temperature=lags):
        await call(hass, "climate.turn_off")
        await call(hass, "climate.turn_on")
    assert [each.args for each in lags.await_args_list if each.args] == [
        (HVACMode.OFF,),
        (HVACMode.HEAT,),
    ]
    for mode in (HVACMode.OFF, HVACMode.HEAT):
        freezer.tick(5)
        unit.set(hvac_mode=mode)
        await hass.async_block_till_done()
        assert shown(hass)[:2] == ("heat", 21.0)
    # It answered: what comes now is a hand.
    freezer.tick(5)
    unit.set(target_temperature=23.0)
    await hass.async_block_till_done()
    assert shown(hass) == ("heat", 23.0, "hold")


async def test_turning_on_what_is_on_changes_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Alexa turns a thermostat on before each target that it sets."""
    hass.states.async_set("person.one", "home")
    unit = await begin_week(hass, freezer)
    await add_zone(hass, unit, schedule="schedule.week", presence=["person.one"])
    unit.commands.clear()
    await call(hass, "climate.turn_on")
    assert (reason(hass), unit.commands) == ("schedule", [])
    await call(hass, "klima.boost")
    await call(hass, "climate.turn_on")
    assert reason(hass) == "boost"
    await call(hass, "klima.resume")

    hass.states.async_set("person.one", "not_home")
    await later(hass, freezer, minutes=5)
    await call(hass, "climate.turn_on")
    hass.states.async_set("person.one", "home")
    await later(hass, freezer, minutes=5)
    assert (*shown(hass), unit.target_temperature) == ("heat", 21.0, "schedule", 21.0)


@pytest.mark.parametrize("restart", [True, False])
async def test_leaving_a_preset_brings_back_what_was_before(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, restart: bool
) -> None:
    unit = heating(target_temperature=20.0)
    entry, _ = await add_zone(hass, unit, heat_comfort=21)
    await call(hass, "climate.set_temperature", temperature=22.5)
    await call(hass, "climate.set_preset_mode", preset_mode="away")
    await call(hass, "climate.set_preset_mode", preset_mode="eco")
    assert shown(hass)[1] == 18.0
    if restart:
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    await call(hass, "climate.set_preset_mode", preset_mode="none")
    assert shown(hass)[:2] == ("heat", 22.5)
    await later(hass, freezer, minutes=10)
    assert unit.target_temperature == 22.5


@pytest.mark.parametrize("is_hand", [False, True])
async def test_a_very_late_answer_to_what_was_taken_back_is_nobodys_word(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, is_hand: bool
) -> None:
    """Ten minutes late it comes to the first of two commands, and then to the second."""
    unit = await begin_week(hass, freezer)
    await add_zone(hass, unit, schedule="schedule.week")
    await later(hass, freezer, minutes=20)
    with patch.object(unit, "async_set_temperature", AsyncMock()) as told:
        await call(hass, "climate.set_temperature", temperature=24)
        await later(hass, freezer, seconds=30)
        await call(hass, "klima.resume")
        await later(hass, freezer, minutes=10)
        unit.set(target_temperature=24.0)
        await later(hass, freezer, seconds=30)
        assert shown(hass) == ("heat", 21.0, "schedule")
        if is_hand:
            await later(hass, freezer, minutes=2)
            assert shown(hass) == ("heat", 24.0, "hold")
        else:
            unit.set(target_temperature=21.0)
            await later(hass, freezer, minutes=10)
            assert shown(hass) == ("heat", 21.0, "schedule")
        assert told.call_count == 2
