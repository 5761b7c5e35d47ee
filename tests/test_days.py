"""Days of families: what they do with a room, and what they find afterwards."""

import asyncio
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACMode
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .comfort_zone import (
    AUTOMATION,
    OURS,
    UNIT,
    add_schedule,
    add_zone,
    call,
    heating,
    later,
    reason,
    sensor,
)
from .common import state_of
from .units import FullClimate, PlainClimate

# A schedule helper waits for its next block.
pytestmark = pytest.mark.parametrize("expected_lingering_timers", [True])

WINDOW = "binary_sensor.window"
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = [
    {"from": "00:00:00", "to": "06:00:00", "data": {"preset": "sleep"}},
    {"from": "06:00:00", "to": "09:00:00", "data": {"preset": "comfort"}},
    {"from": "17:00:00", "to": "22:00:00", "data": {"preset": "comfort"}},
    {"from": "22:00:00", "to": "24:00:00", "data": {"preset": "sleep"}},
]
ALL_DAY = [{"from": "00:00:00", "to": "24:00:00", "data": {"preset": "comfort"}}]
EVENING = "2026-11-24 18:00:00+00:00"


async def begin(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    at: str = EVENING,
    unit: FullClimate | None = None,
    day: list[dict[str, Any]] | None = DAY,
    **comfort: Any,
) -> tuple[MockConfigEntry, FullClimate]:
    """Begin at a time, in a room that has the same schedule each day, if any."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(at)
    if day is not None:
        await add_schedule(hass, **dict.fromkeys(WEEK, day))
        comfort["schedule"] = "schedule.week"
    entry, unit = await add_zone(
        hass, unit or heating(target_temperature=20.0), **comfort
    )
    unit.commands.clear()
    return entry, unit


async def configure(
    hass: HomeAssistant, entry: MockConfigEntry, without: str = "", **changes: Any
) -> None:
    """Change the comfort settings of the zone, as its form does."""
    (zone,) = entry.subentries.values()
    data = {**zone.data, **changes}
    data.pop(without, None)
    hass.config_entries.async_update_subentry(entry, zone, data=data)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def snapshot(hass: HomeAssistant) -> None:
    """Take a scene of the thermostat as it is, as automations do before they change it."""
    assert await async_setup_component(hass, "scene", {})
    await hass.async_block_till_done()
    await hass.services.async_call(
        "scene",
        "create",
        {"scene_id": "before", "snapshot_entities": [OURS]},
        blocking=True,
    )


async def bring_back(hass: HomeAssistant) -> None:
    """Bring the scene back."""
    await hass.services.async_call(
        "scene", "turn_on", {"entity_id": "scene.before"}, blocking=True
    )
    await hass.async_block_till_done()


def shown(hass: HomeAssistant) -> tuple[str, float | None, str | None]:
    """Return the mode, the target and the preset that the thermostat shows."""
    state = state_of(hass, OURS)
    attributes = state.attributes
    return state.state, attributes["temperature"], attributes.get("preset_mode")


async def test_a_night_is_one_though_its_schedule_has_two_blocks(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A feverish child at 23 h: no block goes over midnight, but the night does."""
    _, unit = await begin(hass, freezer, "2026-11-23 23:00:00+00:00")
    await call(hass, "climate.set_temperature", temperature=21.5)
    explained = await call(hass, "klima.explain")
    assert explained[OURS]["next"] == {
        "what": "hold_ends",
        "when": "2026-11-24T06:00:00+00:00",
    }
    await later(hass, freezer, hours=6)
    assert (reason(hass), unit.target_temperature) == ("hold", 21.5)
    await later(hass, freezer, hours=1, minutes=5)
    assert (reason(hass), unit.target_temperature) == ("schedule", 21.0)


@pytest.mark.parametrize(
    ("end", "holds_at_1930", "holds_at_2030", "holds_at_2230"),
    [
        ("20:00:00", True, False, False),
        ("23:00:00", True, True, True),
        ("19:00:00", False, False, False),
    ],
)
async def test_a_hold_ends_with_its_block_though_that_is_edited(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    end: str,
    holds_at_1930: bool,
    holds_at_2030: bool,
    holds_at_2230: bool,
) -> None:
    for component in ("klima", "schedule"):
        assert await async_setup_component(hass, component, {})
    # Its token is of today.
    client = await hass_ws_client(hass)
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24 18:00:00+00:00")

    async def put(action: str, end: str, **which: str) -> str:
        block = {"from": "17:00:00", "to": end, "data": {"preset": "comfort"}}
        await client.send_json_auto_id(
            {
                "type": f"schedule/{action}",
                "name": "Week",
                **{day: [block] for day in WEEK},
                **which,
            }
        )
        schedule: str = (await client.receive_json())["result"]["id"]
        await hass.async_block_till_done()
        return schedule

    schedule = await put("create", "22:00:00")
    await add_zone(hass, heating(), schedule="schedule.week")
    await call(hass, "climate.set_temperature", temperature=22.5)
    await later(hass, freezer, minutes=75)
    await put("update", end, schedule_id=schedule)
    for minutes, holds in ((15, holds_at_1930), (60, holds_at_2030)):
        await later(hass, freezer, minutes=minutes)
        assert reason(hass) == ("hold" if holds else "schedule")
    await later(hass, freezer, hours=2)
    assert reason(hass) == ("hold" if holds_at_2230 else "schedule")
    await later(hass, freezer, minutes=60)
    assert reason(hass) == "schedule"


async def test_a_schedule_that_never_changes_ends_no_hold(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("person.one", "home")
    _, unit = await begin(hass, freezer, day=ALL_DAY, presence=["person.one"])
    await call(hass, "climate.set_temperature", temperature=19)
    await later(hass, freezer, hours=30)
    assert (reason(hass), unit.target_temperature) == ("hold", 19.0)
    hass.states.async_set("person.one", "not_home")
    await later(hass, freezer, minutes=5)
    hass.states.async_set("person.one", "home")
    await later(hass, freezer, minutes=5)
    assert (reason(hass), unit.target_temperature) == ("schedule", 21.0)


async def test_a_scene_brings_back_what_was_held(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A film night turns the room off, and its scene brings it back with no preset."""
    _, unit = await begin(hass, freezer)
    await call(hass, "climate.set_temperature", temperature=22.5)
    await snapshot(hass)
    await call(hass, "climate.turn_off")
    await later(hass, freezer, minutes=30)
    unit.commands.clear()
    await bring_back(hass)
    assert (*shown(hass), reason(hass)) == ("heat", 22.5, "none", "hold")
    assert unit.commands == [
        ("set_hvac_mode", HVACMode.HEAT),
        ("set_temperature", {"temperature": 22.5}),
    ]


@pytest.mark.parametrize("ever_on", [True, False])
async def test_a_scene_of_a_room_that_is_off_turns_nothing_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, ever_on: bool
) -> None:
    _, unit = await begin(hass, freezer, unit=heating() if ever_on else PlainClimate())
    if ever_on:
        await call(hass, "climate.turn_off")
    await snapshot(hass)
    await later(hass, freezer, minutes=10)
    await call(hass, "climate.turn_on")
    await later(hass, freezer, minutes=10)
    assert shown(hass)[0] == "heat"
    await bring_back(hass)
    await later(hass, freezer, minutes=10)
    assert shown(hass)[0] == "off"
    assert unit.hvac_mode == HVACMode.OFF


async def test_a_boost_that_is_ended_by_its_preset_leaves_the_hold(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    _, unit = await begin(hass, freezer)
    await call(hass, "climate.set_temperature", temperature=22)
    await call(hass, "climate.set_preset_mode", preset_mode="boost")
    assert unit.target_temperature == 24.0
    await call(hass, "climate.set_preset_mode", preset_mode="none")
    assert (*shown(hass), reason(hass)) == ("heat", 22.0, "none", "hold")


async def test_a_boost_goes_no_further_than_its_unit(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await begin(hass, freezer, day=None, heat_comfort=21)
    await call(hass, "climate.set_temperature", temperature=30)
    await call(hass, "klima.boost")
    assert shown(hass) == ("heat", 31.0, "boost")


async def test_a_target_that_is_told_to_a_room_that_is_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It is no word that is lost: it is what the room has once it is turned on."""
    _, unit = await begin(hass, freezer)
    await call(hass, "climate.turn_off")
    await later(hass, freezer, minutes=10)
    unit.commands.clear()
    await call(hass, "climate.set_temperature", temperature=23)
    assert shown(hass) == ("off", 23.0, "none")
    assert unit.commands == []
    await call(hass, "climate.turn_on")
    assert (shown(hass)[1], unit.target_temperature) == (23.0, 23.0)


@pytest.mark.parametrize("at_the_unit", [True, False])
async def test_a_room_is_turned_on_at_what_it_shows(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, at_the_unit: bool
) -> None:
    """Not at what its unit was set to when it was first met, nor at its offset setpoint."""
    sensor(hass, 20.0)
    _, unit = await begin(
        hass,
        freezer,
        unit=heating(target_temperature=17.5, current_temperature=22.0),
        temperature="sensor.room",
    )
    await later(hass, freezer, minutes=30)
    assert unit.target_temperature == 23.0
    if at_the_unit:
        unit.set(hvac_mode=HVACMode.OFF)
        await hass.async_block_till_done()
    else:
        await call(hass, "climate.turn_off")
    assert shown(hass) == ("off", 21.0, "none")
    await later(hass, freezer, minutes=10)
    await call(hass, "climate.turn_on")
    assert shown(hass) == ("heat", 21.0, "none")


async def test_a_slider_is_moved_while_a_slow_unit_takes_its_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What is over by its turn is not told; one that hangs keeps nobody from turning off."""
    free = asyncio.Event()

    class Slow(PlainClimate):
        async def async_set_temperature(self, **kwargs: Any) -> None:
            await free.wait()
            await super().async_set_temperature(**kwargs)

    _, unit = await begin(
        hass, freezer, unit=Slow(hvac_mode=HVACMode.HEAT, target_temperature=21.0)
    )
    calls = [
        asyncio.create_task(
            hass.services.async_call(
                "climate",
                "set_temperature",
                {"entity_id": OURS, "temperature": at},
                blocking=True,
            )
        )
        for at in (22.0, 23.0)
    ]
    for _ in range(20):
        await asyncio.sleep(0)
    assert unit.commands == []
    with patch("custom_components.klima.controller.HANGS", 0.0):
        await hass.services.async_call(
            "climate", "turn_off", {"entity_id": OURS}, blocking=True
        )
    assert unit.commands == [("set_hvac_mode", HVACMode.OFF)]
    free.set()
    await asyncio.gather(*calls)
    await hass.async_block_till_done()
    # The first was on its way; the second would have turned it on again.
    assert unit.commands[1:] == [("set_temperature", {"temperature": 22.0})]
    assert shown(hass) == ("off", 23.0, "none")


@pytest.mark.parametrize("mode", [HVACMode.FAN_ONLY, HVACMode.DRY])
async def test_guests_who_only_want_air_leave_no_cold_morning(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, mode: HVACMode
) -> None:
    modes = [HVACMode.OFF, HVACMode.HEAT, HVACMode.COOL, mode]
    _, unit = await begin(hass, freezer, unit=heating(hvac_modes=modes))
    unit.set(hvac_mode=mode)
    await later(hass, freezer, minutes=10)
    assert (shown(hass)[0], reason(hass)) == (mode, "hold")
    await later(hass, freezer, hours=13)
    assert (unit.hvac_mode, unit.target_temperature) == (HVACMode.HEAT, 21.0)
    assert reason(hass) == "schedule"


@pytest.mark.parametrize(
    ("modes", "kept", "away"),
    [
        (["off", "heat", "cool", "auto"], ("heat_cool", 19.0), 16.0),
        (["off", "cool", "auto"], ("cool", 26.0), 29.0),
    ],
)
async def test_a_handset_that_says_auto_leaves_no_schedule_without_effect(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    modes: list[str],
    kept: tuple[str, float],
    away: float,
) -> None:
    """A unit's own changeover has one target, and was left at it, nobody there or not."""
    hass.states.async_set("person.one", "home")
    unit = PlainClimate(hvac_modes=[HVACMode(mode) for mode in modes])
    await begin(hass, freezer, unit=unit, presence=["person.one"])
    unit.set(hvac_mode=HVACMode.AUTO, target_temperature=22.0)
    await later(hass, freezer, minutes=10)
    assert (*shown(hass)[:2], reason(hass)) == ("auto", 22.0, "hold")
    await later(hass, freezer, hours=5)
    assert reason(hass) == "schedule"
    assert (shown(hass)[0], unit.target_temperature) == kept
    hass.states.async_set("person.one", "not_home")
    await later(hass, freezer, minutes=10)
    assert (unit.target_temperature, reason(hass)) == (away, "away")


async def test_a_preset_in_a_room_whose_air_is_only_moved(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    modes = [HVACMode.OFF, HVACMode.HEAT, HVACMode.COOL, HVACMode.FAN_ONLY]
    _, unit = await begin(
        hass, freezer, day=None, unit=heating(hvac_modes=modes), heat_eco=18
    )
    await call(hass, "climate.set_hvac_mode", hvac_mode="fan_only")
    await later(hass, freezer, minutes=10)
    await call(hass, "climate.set_preset_mode", preset_mode="eco")
    assert shown(hass) == ("heat", 18.0, "eco")
    assert unit.target_temperature == 18.0


async def test_a_mode_that_is_held_for_a_time_is_over_after_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Cooled for half an hour to clear the air, a winter's room is heated again."""
    _, unit = await begin(hass, freezer)
    await call(
        hass, "klima.hold", hvac_mode="cool", temperature=18, duration="00:30:00"
    )
    assert shown(hass)[0] == "cool"
    await later(hass, freezer, minutes=40)
    assert (*shown(hass), reason(hass)) == ("heat", 21.0, "comfort", "schedule")
    # And whoever turns it off and on again has it heated.
    await call(hass, "climate.turn_off")
    await later(hass, freezer, minutes=10)
    await call(hass, "climate.turn_on")
    assert unit.hvac_mode == HVACMode.HEAT


async def test_a_season_that_is_chosen_by_hand_stays(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    _, unit = await begin(hass, freezer, "2026-06-01 18:00:00+00:00")
    await call(hass, "climate.set_hvac_mode", hvac_mode="cool")
    await later(hass, freezer, hours=15)
    assert (unit.hvac_mode, reason(hass)) == (HVACMode.COOL, "schedule")


@pytest.mark.parametrize("restart", [False, True])
async def test_a_window_that_does_not_tell_for_a_while_is_as_it_was(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, restart: bool
) -> None:
    """A compressor is not started beside an open window because a radio was restarted."""
    hass.states.async_set(WINDOW, "off")
    entry, unit = await begin(hass, freezer, windows=[WINDOW])
    await later(hass, freezer, minutes=10)
    hass.states.async_set(WINDOW, "on")
    await later(hass, freezer, minutes=10)
    assert (unit.hvac_mode, reason(hass)) == (HVACMode.OFF, "window")
    unit.commands.clear()
    hass.states.async_set(WINDOW, "unavailable")
    if restart:
        assert await hass.config_entries.async_reload(entry.entry_id)
    await later(hass, freezer, minutes=20)
    hass.states.async_set(WINDOW, "on")
    await later(hass, freezer, minutes=20)
    assert (unit.commands, reason(hass)) == ([], "window")
    # One that is gone for good does not leave the room cold.
    hass.states.async_set(WINDOW, "unavailable")
    await later(hass, freezer, minutes=36)
    assert (unit.hvac_mode, reason(hass)) == (HVACMode.HEAT, "schedule")


async def test_a_start_with_an_open_window_waits_for_no_delay(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """That its sensor says so anew at each start does not make it opened anew."""
    hass.states.async_set(WINDOW, "on")
    entry, unit = await begin(hass, freezer, windows=[WINDOW], window_delay=300)
    await later(hass, freezer, minutes=10)
    unit.commands.clear()
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_remove(WINDOW)
    await later(hass, freezer, minutes=1)
    hass.states.async_set(WINDOW, "on")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await later(hass, freezer, minutes=10)
    assert (unit.commands, reason(hass)) == ([], "window")


@pytest.mark.parametrize("way", ["scene", "handset", "turn_on", "off and on"])
async def test_who_means_to_heat_beside_an_open_window(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, way: str
) -> None:
    """Who turns it on does, and not who brings a scene back, or a degree more."""
    hass.states.async_set(WINDOW, "off")
    _, unit = await begin(hass, freezer, windows=[WINDOW], window_delay=300)
    await snapshot(hass)
    await later(hass, freezer, minutes=10)
    hass.states.async_set(WINDOW, "on")
    await later(hass, freezer, minutes=2)
    if way == "handset":
        unit.set(target_temperature=22.0)
    await later(hass, freezer, minutes=10)
    assert (unit.hvac_mode, reason(hass)) == (HVACMode.OFF, "window")
    match way:
        case "scene":
            await bring_back(hass)
        case "turn_on":
            await call(hass, "climate.turn_on")
        case "off and on":
            await call(hass, "climate.turn_off")
            await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await later(hass, freezer, minutes=10)
    means_it = way in ("turn_on", "off and on")
    assert reason(hass) == ("hold" if means_it else "window")
    assert unit.hvac_mode == (HVACMode.HEAT if means_it else HVACMode.OFF)


async def test_a_window_that_is_taken_out_of_the_settings_pauses_no_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set(WINDOW, "on")
    entry, unit = await begin(hass, freezer, windows=[WINDOW])
    await later(hass, freezer, minutes=10)
    assert unit.hvac_mode == HVACMode.OFF
    await configure(hass, entry, without="windows")
    await later(hass, freezer, minutes=10)
    assert (unit.hvac_mode, reason(hass)) == (HVACMode.HEAT, "schedule")


async def test_a_start_while_nobody_is_there_warms_no_empty_room(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("person.one", "not_home")
    entry, unit = await begin(hass, freezer, presence=["person.one"])
    await later(hass, freezer, minutes=10)
    assert (unit.target_temperature, reason(hass)) == (16.0, "away")
    unit.commands.clear()
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set("person.one", "unknown")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await later(hass, freezer, minutes=10)
    assert (unit.commands, reason(hass)) == ([], "away")
    # A phone that is lost for good is not waited for.
    await later(hass, freezer, minutes=25)
    assert (unit.target_temperature, reason(hass)) == (21.0, "schedule")


@pytest.mark.parametrize("restart", [False, True])
async def test_who_was_at_home_when_their_phone_was_lost_stays_warm(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, restart: bool
) -> None:
    """One is out, and the other's phone is empty for a while."""
    hass.states.async_set("person.one", "home")
    hass.states.async_set("person.two", "home")
    entry, unit = await begin(
        hass,
        freezer,
        presence=["person.one", "person.two"],
        minimum_on=0,
        minimum_off=0,
    )
    hass.states.async_set("person.one", "not_home")
    await later(hass, freezer, minutes=5)
    if restart:
        assert await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set("person.two", "unknown")
    if restart:
        assert await hass.config_entries.async_setup(entry.entry_id)
    await later(hass, freezer, minutes=20)
    assert (unit.commands, reason(hass)) == ([], "schedule")
    hass.states.async_set("person.two", "home")
    await later(hass, freezer, minutes=5)
    hass.states.async_set("person.two", "unavailable")
    await later(hass, freezer, minutes=36)
    assert (unit.target_temperature, reason(hass)) == (16.0, "away")
    hass.states.async_set("person.two", "home")
    await later(hass, freezer, minutes=5)
    hass.states.async_set("person.two", "not_home")
    await hass.async_block_till_done()
    assert reason(hass) == "away"


async def test_a_schedule_that_is_taken_away_leaves_the_room_as_it_is(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Not as its unit was when it was first met: it was off, in summer."""
    sensor(hass, 20.0)
    entry, unit = await begin(
        hass, freezer, unit=PlainClimate(), temperature="sensor.room"
    )
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await later(hass, freezer, hours=24)
    assert reason(hass) == "schedule"
    await configure(hass, entry, without="schedule")
    await later(hass, freezer, minutes=10)
    assert (*shown(hass), reason(hass)) == ("heat", 21.0, "comfort", "preset")
    assert unit.hvac_mode == HVACMode.HEAT


async def test_a_schedule_that_is_added_ends_what_was_held_before(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Without one, each touch of the thermostat is for good: it would never have a say."""
    entry, unit = await begin(hass, freezer, day=None, windows=[WINDOW])
    await call(hass, "climate.set_temperature", temperature=23)
    await add_schedule(hass, **dict.fromkeys(WEEK, DAY))
    await configure(hass, entry, schedule="schedule.week")
    await later(hass, freezer, minutes=10)
    assert (reason(hass), unit.target_temperature) == ("hold", 23.0)
    await later(hass, freezer, hours=4)
    assert (reason(hass), unit.target_temperature) == ("schedule", 19.0)


async def test_what_is_held_while_a_schedule_cannot_be_read_ends_with_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    _, unit = await begin(hass, freezer)
    week = state_of(hass, "schedule.week")
    hass.states.async_set("schedule.week", "unavailable")
    await call(hass, "climate.set_temperature", temperature=23)
    hass.states.async_set("schedule.week", week.state, week.attributes)
    await later(hass, freezer, minutes=10)
    assert (reason(hass), unit.target_temperature) == ("hold", 23.0)
    await later(hass, freezer, hours=4)
    assert (reason(hass), unit.target_temperature) == ("schedule", 19.0)


async def test_a_range_that_is_set_at_the_unit_stays_as_its_owner_sees_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It measures 2 K too much: what is asked for here is offset, and that is not."""
    sensor(hass, 20.0)
    unit = FullClimate(
        hvac_mode=HVACMode.HEAT_COOL, target_temperature=None, current_temperature=22.0
    )
    await begin(hass, freezer, unit=unit, temperature="sensor.room")
    await later(hass, freezer, minutes=10)
    unit.commands.clear()
    unit.set(target_temperature_low=19.0, target_temperature_high=25.0)
    await later(hass, freezer, minutes=30)
    assert (reason(hass), unit.commands) == ("hold", [])


@pytest.mark.parametrize(("mode", "room"), [("heat", 20.8), ("heat_cool", 24.8)])
async def test_a_start_before_the_room_sensor_tells_moves_no_setpoint(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    mode: str,
    room: float,
) -> None:
    """The unit measures too much: each start told it a target that is off by as much."""
    block = {"preset": "comfort", "hvac_mode": mode}
    day = [{"from": "00:00:00", "to": "24:00:00", "data": block}]
    sensor(hass, 20.8)
    unit = heating(current_temperature=23.0, target_temperature=20.0)
    entry, _ = await begin(hass, freezer, unit=unit, day=day, temperature="sensor.room")
    sensor(hass, room)
    unit.set(current_temperature=room + 2.2)
    await later(hass, freezer, minutes=40)
    before = (unit.hvac_mode, unit.target_temperature)
    assert before == (HVACMode.HEAT, 23.0)
    unit.commands.clear()
    hass.states.async_set("sensor.room", "unavailable")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await later(hass, freezer, minutes=20)
    sensor(hass, room)
    await later(hass, freezer, minutes=10)
    assert unit.commands == []
    # One that does not come back is lost: the unit's own measurement steers.
    hass.states.async_set("sensor.room", "unavailable")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await later(hass, freezer, minutes=45)
    assert (unit.hvac_mode, unit.target_temperature) != before


@pytest.mark.parametrize("day", [DAY, None])
async def test_a_preset_means_what_it_was_set_to_last(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    day: list[dict[str, Any]] | None,
) -> None:
    entry, unit = await begin(hass, freezer, day=day, heat_eco=17)
    await call(hass, "climate.set_preset_mode", preset_mode="eco")
    assert unit.target_temperature == 17.0
    await configure(hass, entry, heat_eco=18.5)
    await later(hass, freezer, minutes=10)
    assert shown(hass) == ("heat", 18.5, "eco")
    assert unit.target_temperature == 18.5


@pytest.mark.parametrize("cut", [True, False])
async def test_a_night_in_which_the_power_fails(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, cut: bool
) -> None:
    """A unit that stays off when its power is back is told again; one by hand is not."""
    entry, unit = await begin(hass, freezer, "2026-11-24 23:00:00+00:00")
    await later(hass, freezer, minutes=30)
    control = entry.runtime_data.control
    # What is on the disk: nobody says goodbye to it.
    kept = {"return_value": control.as_dict(exactly=False)} if cut else {}
    with patch.object(control, "as_dict", **(kept or {"wraps": control.as_dict})):
        assert await hass.config_entries.async_unload(entry.entry_id)
    unit.set(hvac_mode=HVACMode.OFF, available=False)
    await later(hass, freezer, hours=1)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await later(hass, freezer, minutes=5)
    unit.set(available=True)
    await later(hass, freezer, minutes=10)
    assert reason(hass) == ("schedule" if cut else "hold")
    assert (unit.hvac_mode, unit.target_temperature) == (
        HVACMode.HEAT if cut else HVACMode.OFF,
        19.0,
    )


async def test_a_window_or_a_preset_that_is_damaged_in_the_store_is_none(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry, unit = await begin(hass, freezer, day=None, windows=[WINDOW])
    await call(hass, "climate.set_preset_mode", preset_mode="eco")
    control = entry.runtime_data.control
    kept = control.as_dict(exactly=True)
    (zone,) = kept["zones"].values()
    zone["memory"]["base"]["preset"] = ["eco"]
    zone["windows"] = {"since": "soon", "open": [[]]}
    zone["schedule"] = {"of": "schedule.week", "preset": ["eco"]}
    with patch.object(control, "as_dict", return_value=kept):
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await later(hass, freezer, minutes=10)
    assert reason(hass) == "preset"
    assert state_of(hass, OURS).state == "heat"


async def switch(hass: HomeAssistant, action: str) -> None:
    """Turn the automation of the zone on or off."""
    await hass.services.async_call(
        "switch", action, {"entity_id": AUTOMATION}, blocking=True
    )
    await hass.async_block_till_done()


async def test_automation_that_is_turned_off_and_on_moves_no_target(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Its unit's setpoint is offset: taken for the target, each time was 2 K warmer."""
    sensor(hass, 20.5)
    entry, unit = await begin(
        hass,
        freezer,
        day=None,
        unit=heating(target_temperature=21.0, current_temperature=22.5),
        temperature="sensor.room",
    )
    await call(hass, "climate.set_temperature", temperature=21.0)
    await later(hass, freezer, minutes=60)
    setpoint = unit.target_temperature
    assert setpoint is not None
    assert setpoint > 22
    await switch(hass, "turn_off")
    assert (shown(hass)[1], unit.target_temperature) == (setpoint, setpoint)
    # Over a restart, too.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await later(hass, freezer, minutes=5)
    await switch(hass, "turn_on")
    await later(hass, freezer, minutes=30)
    assert shown(hass)[:2] == ("heat", 21.0)
    # What was changed meanwhile is what is wished.
    await switch(hass, "turn_off")
    await call(hass, "climate.set_temperature", temperature=18.0)
    await switch(hass, "turn_on")
    assert shown(hass)[:2] == ("heat", 18.0)


async def test_automation_that_is_turned_off_and_on_beside_an_open_window(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """That its unit is off for the window is not taken for a wish."""
    hass.states.async_set(WINDOW, "off")
    _, unit = await begin(hass, freezer, day=None, windows=[WINDOW])
    await later(hass, freezer, minutes=10)
    hass.states.async_set(WINDOW, "on")
    await later(hass, freezer, minutes=10)
    await switch(hass, "turn_off")
    assert state_of(hass, UNIT).state == "off"
    await switch(hass, "turn_on")
    assert (shown(hass)[0], reason(hass)) == ("heat", "window")
    hass.states.async_set(WINDOW, "off")
    await later(hass, freezer, minutes=10)
    assert (unit.hvac_mode, unit.target_temperature) == (HVACMode.HEAT, 20.0)
