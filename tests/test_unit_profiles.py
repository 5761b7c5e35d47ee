"""Klima on the units that people have: each is walked through as by its owner."""

import logging
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import ClimateEntityFeature as C
from homeassistant.components.water_heater import WaterHeaterEntityFeature as W
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
)
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.entity import Entity
from homeassistant.util.unit_system import (
    METRIC_SYSTEM,
    US_CUSTOMARY_SYSTEM,
    UnitSystem,
)
import pytest

from custom_components.klima.core.control import Mode, Reason

from .comfort_zone import add_schedule, later, sensor
from .common import mirrored, state_of
from .forms import start, submit, suggested
from .unit_profiles import (
    CELSIUS,
    CLIMATES,
    TANKS,
    Profile,
    ProfileClimate,
    ProfileTank,
    Tank,
)
from .units import async_add_units

HOMES = (METRIC_SYSTEM, US_CUSTOMARY_SYSTEM)
ROOM, WINDOW = "sensor.room", "binary_sensor.window"
THEIRS, OURS = "climate.unit", "climate.unit_2"
SETTERS = (
    ("set_fan_mode", "fan_mode", "fan_modes"),
    ("set_swing_mode", "swing_mode", "swing_modes"),
    (
        "set_swing_horizontal_mode",
        "swing_horizontal_mode",
        "swing_horizontal_modes",
    ),
    ("set_preset_mode", "preset_mode", "preset_modes"),
)


def in_one_home(first: int) -> pytest.MarkDecorator:
    """Let each unit be in a home of one kind of degrees: by turns, from one of them on."""
    return pytest.mark.parametrize(
        ("profile", "units"),
        [
            pytest.param(
                profile,
                HOMES[(first + number) % 2],
                id=f"{profile.name}-{'CF'[(first + number) % 2]}",
            )
            for number, profile in enumerate(CLIMATES)
        ],
    )


async def add(hass: HomeAssistant, unit: Entity) -> tuple[ConfigEntry, dict[str, Any]]:
    """Add a unit by submitting the forms as they are filled in; return what they had."""
    await async_add_units(hass, unit)
    result, filled = await start(hass), {}
    while result["type"] is FlowResultType.FORM:
        filled |= suggested(result)
        result = await submit(hass, result, suggested(result))
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    return entry, filled


async def do(hass: HomeAssistant, entity_id: str, action: str, **data: Any) -> None:
    """Perform an action on a zone's entity."""
    await hass.services.async_call(
        entity_id.split(".", maxsplit=1)[0],
        action,
        {ATTR_ENTITY_ID: entity_id, **data},
        blocking=True,
    )
    await hass.async_block_till_done()


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log has of Klima, and what raised."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and record.name not in ("asyncio", "homeassistant.loader")
        and ("klima" in record.name or record.exc_info)
    ]


@in_one_home(0)
async def test_a_unit_is_passed_through_whole(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    profile: Profile,
    units: UnitSystem,
) -> None:
    """In each of its modes, all that it offers is offered, works, and is shown."""
    hass.config.units = units
    unit = ProfileClimate(profile)
    _, filled = await add(hass, unit)
    assert filled["family"] == profile.family

    async def both(action: str, **data: Any) -> None:
        await do(hass, OURS, action, **data)
        await later(hass, freezer, seconds=profile.late + 1)
        assert mirrored(hass, OURS) == mirrored(hass, THEIRS), (unit.mode, action, data)

    assert mirrored(hass, OURS) == mirrored(hass, THEIRS)
    for mode in profile.modes:
        await both("set_hvac_mode", hvac_mode=mode)
        assert unit.mode == mode
        offered = state_of(hass, OURS).attributes
        features = C(offered["supported_features"])
        low, high = offered["min_temp"], offered["max_temp"]
        if mode in profile.ranged:
            await both(
                "set_temperature", target_temp_low=low + 5, target_temp_high=high - 5
            )
        elif features & C.TARGET_TEMPERATURE and mode not in (
            *profile.no_target,
            *profile.refuses_in,
            "off",
        ):
            for target in ((low + high) // 2, (low + high) // 2 + 0.5):
                await both("set_temperature", temperature=target)
        if mode == "off":
            assert state_of(hass, "binary_sensor.unit_running").state == "off"
            assert float(state_of(hass, "sensor.unit_power").state) < 30
        elif profile.action == "told":
            works = unit.works in ("heating", "cooling", "drying")
            assert (state_of(hass, "binary_sensor.unit_running").state == "on") is works
        for action, name, names in SETTERS:
            for choice in offered.get(names) or ():
                await both(action, **{name: choice})
    if profile.features & C.TURN_ON:
        await both("turn_off")
        await both("turn_on")
    assert unit.dropped == []
    assert complaints(caplog) == []


@pytest.mark.parametrize("units", HOMES, ids=["C", "F"])
@pytest.mark.parametrize("profile", TANKS, ids=lambda profile: profile.name)
async def test_a_tank_is_passed_through_whole(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    units: UnitSystem,
    profile: Tank,
) -> None:
    """Its operation modes are its own; it heats if it is known to, and never while off."""
    hass.config.units = units
    unit = ProfileTank(profile)
    _, filled = await add(hass, unit)
    assert filled["family"] == "heat_pump_water_heater"
    ours, theirs = "water_heater.unit_2", "water_heater.unit"

    def runs() -> bool | None:
        shown, told = mirrored(hass, ours), mirrored(hass, theirs)
        for name in profile.attributes:
            told[1].pop(name)
        assert shown == told
        running = state_of(hass, "binary_sensor.unit_running").state
        power = state_of(hass, "sensor.unit_power").state
        if running == STATE_UNAVAILABLE:
            assert power == STATE_UNAVAILABLE
            return None
        heats = float(power) > 30
        # While its element alone heats, its compressor stands.
        assert (running == "on") is (heats and shown[0] != "electric")
        return heats

    await later(hass, freezer, minutes=1)
    assert runs() is profile.heats
    for mode in profile.operations or ():
        await do(hass, ours, "set_operation_mode", operation_mode=mode)
        await later(hass, freezer, minutes=1)
        assert not (runs() and mode == "off")
    if profile.features & W.TARGET_TEMPERATURE:
        warm = 50 if units is METRIC_SYSTEM else 122
        await do(hass, ours, "set_temperature", temperature=warm)
        assert state_of(hass, theirs).attributes["temperature"] == pytest.approx(
            warm, abs=0.5
        )
    if profile.features & W.AWAY_MODE:
        for away in (True, False):
            await do(hass, ours, "set_away_mode", away_mode=away)
            runs()
    if profile.features & W.ON_OFF:
        await do(hass, ours, "turn_off")
        await later(hass, freezer, minutes=1)
        assert not runs() or profile.attributes
        await do(hass, ours, "turn_on")
        await later(hass, freezer, minutes=1)
        assert runs() is profile.heats
    assert complaints(caplog) == []


class Day:
    """A winter morning of a room that keeps itself comfortable with a unit."""

    def __init__(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        unit: ProfileClimate,
        entry: ConfigEntry,
    ) -> None:
        """Take the room as it is."""
        self.hass, self.freezer, self.unit = hass, freezer, unit
        (self.control,) = entry.runtime_data.control.zones.values()

    def degrees(self, celsius: float) -> float:
        """Return °C as the home counts, in whole degrees."""
        if self.hass.config.units is METRIC_SYSTEM:
            return celsius
        return round(celsius * 1.8 + 32)

    async def do(self, action: str, **data: Any) -> None:
        """Let the owner do something."""
        await do(self.hass, OURS, action, **data)

    async def live(self, minutes: int) -> None:
        """Let time pass: by the minute at first, as long as something is under way."""
        while minutes > 0:
            step = 1 if minutes <= 6 else 5
            warms = {"heating": 0.03, "cooling": -0.03}.get(self.unit.works, -0.01)
            self.unit.room += warms * step
            self.unit.tell_room()
            sensor(self.hass, round(self.unit.room - 0.5, 1))
            for part in (10, step * 60 - 10):
                await later(self.hass, self.freezer, seconds=part)
            minutes -= step

    def expect(self, most: int, *reasons: Reason, target: float | None = None) -> None:
        """See that the unit is at what is asked of it, with so many commands, and why.

        `target` is the °C that is to be shown.
        """
        unit, profile = self.unit, self.unit.profile
        decision, shown = self.control.decision, state_of(self.hass, OURS)
        told = [*unit.commands]
        unit.commands.clear()
        assert len(told) <= most, told
        assert not reasons or decision.reason in reasons, (decision.reason, told)
        setting = decision.setting
        if setting.mode is Mode.OFF and "off" not in profile.modes:
            return
        assert setting.mode == unit.mode, (decision, told)
        assert shown.state in shown.attributes["hvac_modes"]
        if unit.mode == "off":
            assert state_of(self.hass, "binary_sensor.unit_running").state == "off"
        ends = (setting.target,), (unit.target,)
        if unit.mode in profile.ranged:
            ends = (setting.low, setting.high), (unit.low, unit.high)
        if unit.mode in ("heat", "cool", "heat_cool"):
            for asked, has in zip(*ends, strict=True):
                celsius = has if profile.unit == CELSIUS else (has - 32) / 1.8
                # It rounds what it is asked for, and drops the rest at the worst.
                assert asked == pytest.approx(
                    celsius, abs=max(profile.counts, 0.56) + 0.01
                ), (decision, told)
        if target is not None:
            assert shown.attributes["temperature"] == pytest.approx(
                self.degrees(target), abs=0.6
            )


async def begin_day(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, profile: Profile
) -> Day:
    """Let a unit keep its room comfortable, through the forms, from Monday at five on."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-23 05:00:00+00:00")
    block = {"from": "06:00:00", "to": "11:00:00", "data": {"preset": "comfort"}}
    await add_schedule(hass, monday=[block])
    sensor(hass, 18.5)
    hass.states.async_set(WINDOW, "off")
    unit = ProfileClimate(profile)
    entry, _ = await add(hass, unit)
    (zone_id,) = entry.subentries
    flow = hass.config_entries.subentries
    result = await flow.async_init(
        (entry.entry_id, "zone"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": zone_id},
    )
    result = await flow.async_configure(result["flow_id"], {"unit": THEIRS})
    await flow.async_configure(
        result["flow_id"],
        {"temperature": ROOM, "windows": [WINDOW], "schedule": "schedule.week"},
    )
    await hass.async_block_till_done()
    return Day(hass, freezer, unit, entry)


@pytest.mark.parametrize("expected_lingering_timers", [True])
@in_one_home(1)
async def test_a_unit_keeps_its_room_comfortable(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    profile: Profile,
    units: UnitSystem,
) -> None:
    """By a schedule, a window, its remote and its owner: it does what is asked, told once."""
    hass.config.units = units
    day = await begin_day(hass, freezer, profile)
    unit = day.unit
    turns_off = "off" in profile.modes
    warm = next(
        mode for mode in ("heat", "heat_cool", "cool", "auto") if mode in profile.modes
    )

    await day.live(10)
    day.expect(0 if turns_off else 3)
    await day.do("set_hvac_mode", hvac_mode=warm)
    await day.live(10)
    day.expect(4, Reason.HOLD)
    await day.live(45)
    day.expect(4, Reason.SCHEDULE, target=21 if warm == "heat" else None)
    hass.states.async_set(WINDOW, "on")
    await day.live(6)
    day.expect(1, Reason.WINDOW)
    hass.states.async_set(WINDOW, "off")
    await day.live(10)
    day.expect(4, Reason.SCHEDULE)
    if warm == "heat" and unit.mode not in profile.no_target:
        unit.by_hand(unit.target + (2 if profile.unit == CELSIUS else 4))
        await day.live(6)
        day.expect(0, Reason.HOLD)
    await day.do("set_temperature", temperature=day.degrees(20))
    await day.live(6)
    # Of what does both, it is the middle.
    shows = None if warm == "heat_cool" else 20
    day.expect(2, Reason.HOLD, target=shows)
    if turns_off:
        await day.do("turn_off")
        await day.live(6)
        day.expect(1, Reason.HOLD)
        await day.do("turn_on")
        await day.live(10)
        day.expect(4, Reason.HOLD, target=shows)
    if "fan_only" in profile.modes:
        await day.do("set_hvac_mode", hvac_mode="fan_only")
        await day.live(6)
        day.expect(1, Reason.HOLD)
        await day.do("set_hvac_mode", hvac_mode=warm)
        await day.live(10)
        day.expect(4, Reason.HOLD, target=shows)
    shown = state_of(hass, OURS).attributes
    if "heat_cool" in shown["hvac_modes"]:
        ends = {"low": day.degrees(20), "high": day.degrees(24)}
        await day.do(
            "set_temperature",
            hvac_mode="heat_cool",
            **{f"target_temp_{end}": value for end, value in ends.items()},
        )
        await day.live(10)
        day.expect(4, Reason.HOLD)
        shown = state_of(hass, OURS).attributes
        assert {end: shown[f"target_temp_{end}"] for end in ends} == ends
    for preset in shown["preset_modes"]:
        await day.do("set_preset_mode", preset_mode=preset)
        await day.live(6)
        day.expect(4)
        if preset != "none":
            assert state_of(hass, OURS).attributes["preset_mode"] == preset
    await day.live(40)
    day.expect(6)
    assert unit.dropped == []
    assert complaints(caplog) == []


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_the_limits_of_a_mode_without_a_target_are_none(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Sensibo tells 0 and 1 °C while only the fan runs: nothing is held to these."""
    (sensibo,) = (profile for profile in CLIMATES if profile.name == "sensibo")
    day = await begin_day(hass, freezer, sensibo)
    await day.do("set_temperature", hvac_mode="heat", temperature=21)
    await day.do("set_hvac_mode", hvac_mode="fan_only")
    assert state_of(hass, OURS).attributes["max_temp"] == 1
    day.unit.commands.clear()
    await day.do("set_preset_mode", preset_mode="boost")
    await day.live(6)
    (mode, boosted) = day.unit.commands
    assert mode == ("set_hvac_mode", "heat")
    assert state_of(hass, OURS).attributes["temperature"] == 23
    # It measures half a kelvin more than its room has, and counts in whole degrees.
    assert boosted[1]["temperature"] == 24
