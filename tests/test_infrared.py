"""A unit with an infrared handset, seen at its thermostat and by its own eye."""

import asyncio
from datetime import timedelta
import json
from pathlib import Path
from typing import Any

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant, ServiceCall, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
from infrared_protocols.commands.gree_ac import (
    GreeAcCommand,
    GreeAcFanSpeed,
    GreeAcMode,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_mqtt_message,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.klima.const import DOMAIN
from custom_components.klima.core.infrared import codecs
from custom_components.klima.core.infrared.broadlink import parse_broadlink
from custom_components.klima.core.infrared.signal import Signal
from custom_components.klima.core.infrared.symbols import join
from custom_components.klima.core.infrared.tuya import parse_tuya
from custom_components.klima.drivers import transports
from custom_components.klima.drivers.links import async_send_codes

from .comfort_zone import later
from .common import state_of
from .infrared_units import (
    EMITTER,
    RECEIVER,
    TABLE,
    UNIT,
    async_add_infrared,
    async_add_unit,
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for a rest that it does not look at."""
    monkeypatch.setattr("custom_components.klima.drivers.links.REST", 0.0)


def unit(hass: HomeAssistant) -> State:
    """Return the thermostat."""
    return state_of(hass, UNIT)


async def pass_moment(hass: HomeAssistant) -> None:
    """Let the moment pass in which commands are gathered, and what it sends leave."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await hass.async_block_till_done()
    await asyncio.sleep(0.12)
    await hass.async_block_till_done()


async def call(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Command the thermostat."""
    await hass.services.async_call(
        "climate", action, {"entity_id": UNIT, **data}, blocking=True
    )


async def test_offers_what_its_codes_can(hass: HomeAssistant) -> None:
    """And begins with what is usual, sending nothing."""
    emitter, _ = await async_add_infrared(hass)
    await async_add_unit(hass)

    state = unit(hass)
    assert state.state == "off"
    assert state.attributes["hvac_modes"] == [
        "off",
        "auto",
        "cool",
        "dry",
        "fan_only",
        "heat",
    ]
    assert state.attributes["fan_modes"] == ["auto", "low", "medium", "high"]
    assert state.attributes["swing_modes"] == ["off", "on"]
    assert state.attributes["swing_horizontal_modes"] == ["off", "on"]
    assert (state.attributes["min_temp"], state.attributes["max_temp"]) == (16, 30)
    assert state.attributes["target_temp_step"] == 1
    assert state.attributes["temperature"] == 24
    assert state.attributes["state_source"] == "assumed"
    assert state.attributes["assumed_state"] is True
    assert emitter.sent == []


async def test_what_is_asked_in_one_moment_is_one_frame(hass: HomeAssistant) -> None:
    emitter, _ = await async_add_infrared(hass)
    await async_add_unit(hass)

    await call(hass, "set_hvac_mode", hvac_mode="cool")
    await call(hass, "set_temperature", temperature=21)
    await call(hass, "set_fan_mode", fan_mode="high")
    await call(hass, "set_swing_mode", swing_mode="on")
    await call(hass, "set_swing_horizontal_mode", swing_horizontal_mode="on")
    assert unit(hass).state == "cool"
    assert emitter.sent == []
    await pass_moment(hass)

    (frame,) = emitter.read
    assert (frame.power, frame.mode, frame.temperature, frame.fan) == (
        True,
        GreeAcMode.COOL,
        21,
        GreeAcFanSpeed.HIGH,
    )
    assert frame.swing_v and frame.swing_h
    state = unit(hass)
    assert (state.state, state.attributes["temperature"]) == ("cool", 21)
    assert state.attributes["fan_mode"] == "high"

    await call(hass, "set_temperature", temperature=26, hvac_mode="heat")
    await pass_moment(hass)
    assert (emitter.read[1].mode, emitter.read[1].temperature) == (GreeAcMode.HEAT, 26)
    await call(hass, "turn_off")
    await pass_moment(hass)
    assert emitter.read[2].power is False
    assert unit(hass).state == "off"
    await call(hass, "turn_on")
    await pass_moment(hass)
    assert (emitter.read[3].power, emitter.read[3].mode) == (True, GreeAcMode.HEAT)


async def test_presets_and_positions_of_a_protocol(hass: HomeAssistant) -> None:
    """Where it has them, by their names; what it cannot say is refused."""
    emitter, receiver = await async_add_infrared(hass)
    await async_add_unit(hass, receiver=RECEIVER)
    # Newer libraries know of `sleep` as well.
    assert unit(hass).attributes["preset_modes"][:2] == ["none", "boost"]
    await call(hass, "set_temperature", temperature=21, hvac_mode="cool")
    await call(hass, "set_preset_mode", preset_mode="boost")
    await pass_moment(hass)
    (frame,) = emitter.read
    assert frame.turbo
    assert unit(hass).attributes["preset_mode"] == "boost"
    receiver.hear_handset(mode=GreeAcMode.COOL, temperature=21)
    await hass.async_block_till_done()
    assert unit(hass).attributes["preset_mode"] == "none"

    entry = await async_add_unit(hass, protocol="PanasonicAc")
    panasonic = state_of(hass, "climate.bedroom_2")
    assert panasonic.attributes["swing_mode"] == "auto"
    assert panasonic.attributes["swing_modes"][1:] == [
        "highest",
        "high",
        "middle",
        "low",
        "lowest",
    ]
    assert "left" in panasonic.attributes["swing_horizontal_modes"]
    assert await hass.config_entries.async_remove(entry.entry_id)


async def test_what_is_set_while_off_waits_for_on(hass: HomeAssistant) -> None:
    emitter, _ = await async_add_infrared(hass)
    await async_add_unit(hass)

    await call(hass, "set_temperature", temperature=19)
    await call(hass, "set_fan_mode", fan_mode="low")
    await pass_moment(hass)
    assert emitter.sent == []
    assert unit(hass).attributes["temperature"] == 19

    await call(hass, "turn_on")
    await pass_moment(hass)
    (frame,) = emitter.read
    assert (frame.temperature, frame.fan) == (19, GreeAcFanSpeed.LOW)


async def test_refuses_what_there_is_no_code_for(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    """Before anything is sent, and the state stays as it was."""
    emitter, _ = await async_add_infrared(hass)
    write_table(hass_config_folder)
    await async_add_unit(hass, code_file="klima/codes/table.json")
    await call(hass, "set_hvac_mode", hvac_mode="cool")
    await pass_moment(hass)
    sent = len(emitter.sent)

    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "set_temperature", temperature=21)
    assert caught.value.translation_key == "infrared_no_temperature"
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "set_fan_mode", fan_mode="high")
    assert caught.value.translation_key == "infrared_no_fan"
    await pass_moment(hass)

    assert len(emitter.sent) == sent
    assert unit(hass).attributes["temperature"] == 24
    # Another mode has another fan: what was not asked for adapts, and is told.
    await call(hass, "set_hvac_mode", hvac_mode="dry")
    await pass_moment(hass)
    assert unit(hass).attributes["fan_mode"] == "high"
    await call(hass, "turn_off")
    with pytest.raises(ServiceValidationError):
        await call(hass, "set_swing_mode", swing_mode="on")


async def test_an_emitter_that_is_not_there_gets_nothing(hass: HomeAssistant) -> None:
    emitter, _ = await async_add_infrared(hass)
    await async_add_unit(hass)
    emitter.come_and_go(False)
    await hass.async_block_till_done()
    assert unit(hass).state == "unavailable"

    entry = hass.config_entries.async_entries(DOMAIN)[0]
    (zone,) = entry.runtime_data.zones.values()
    with pytest.raises(HomeAssistantError) as caught:
        await zone.driver.async_command("turn_on", {}, None)
    assert caught.value.translation_key == "unit_unavailable"

    emitter.come_and_go(True)
    await hass.async_block_till_done()
    await pass_moment(hass)
    assert unit(hass).state == "off"
    assert emitter.sent == []


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (HomeAssistantError("the blaster is broken"), "the blaster is broken"),
        # What no emitter should raise, and some do.
        (RuntimeError("it is broken"), f"{EMITTER} refused the command: it is broken"),
        (TimeoutError(), f"{EMITTER} refused the command: TimeoutError"),
    ],
)
async def test_what_could_not_be_sent_is_taken_back(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    told: str,
) -> None:
    emitter, _ = await async_add_infrared(hass)
    entry = await async_add_unit(hass)
    emitter.fails = failure

    await call(hass, "set_hvac_mode", hvac_mode="cool")
    assert unit(hass).state == "cool"
    await pass_moment(hass)

    assert unit(hass).state == "off"
    assert f"Bedroom was not reached: {told}" in caplog.text
    (zone,) = entry.runtime_data.zones.values()
    # Who or where it is stays at home.
    private = told.replace(EMITTER, "**REDACTED**")
    assert zone.driver.diagnostics()["last_failure"] == private
    emitter.fails = None
    await call(hass, "set_hvac_mode", hvac_mode="cool")
    await pass_moment(hass)
    assert zone.driver.diagnostics()["last_failure"] is None
    assert zone.driver.diagnostics()["frames_sent"] == 1

    # The emitter goes while the frame is on its way: it is not handed to it.
    await call(hass, "turn_off")
    emitter.come_and_go(False)
    await pass_moment(hass)
    emitter.come_and_go(True)
    await hass.async_block_till_done()
    assert unit(hass).state == "cool"
    assert len(emitter.sent) == 1
    assert "is unavailable" in zone.driver.diagnostics()["last_failure"]


async def test_what_could_not_be_sent_is_sent_later_to_a_room_that_keeps_itself(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """That it is taken back is nobody's hand: it is tried again, ever less often."""
    emitter, _ = await async_add_infrared(hass)
    await async_add_unit(hass, heat_comfort=21)
    emitter.fails = HomeAssistantError("the blaster is broken")
    await call(hass, "set_temperature", temperature=21, hvac_mode="heat")
    await later(hass, freezer, hours=2)
    assert 5 <= caplog.text.count("was not reached") <= 8
    assert unit(hass).state == "heat"
    emitter.fails = None
    await later(hass, freezer, hours=1, minutes=10)
    assert emitter.read[-1].mode is GreeAcMode.HEAT
    assert unit(hass).state == "heat"


async def test_the_handset_is_heard(hass: HomeAssistant) -> None:
    """What it says is so, and no longer assumed; nothing is sent for it."""
    emitter, receiver = await async_add_infrared(hass)
    await async_add_unit(hass, receiver=RECEIVER)

    receiver.hear_handset(mode=GreeAcMode.HEAT, temperature=22, fan=GreeAcFanSpeed.LOW)
    await hass.async_block_till_done()
    state = unit(hass)
    assert (state.state, state.attributes["temperature"]) == ("heat", 22)
    assert state.attributes["fan_mode"] == "low"
    assert state.attributes["state_source"] == "heard"
    assert "assumed_state" not in state.attributes

    receiver.hear_handset(mode=GreeAcMode.HEAT, temperature=22, power=False)
    await hass.async_block_till_done()
    assert unit(hass).state == "off"
    assert unit(hass).attributes["temperature"] == 22
    await pass_moment(hass)
    assert emitter.sent == []

    # Turned on again, it does what the handset had set.
    await call(hass, "turn_on")
    await pass_moment(hass)
    assert emitter.read[0].mode is GreeAcMode.HEAT


async def test_noise_and_half_a_frame_are_not_heard(hass: HomeAssistant) -> None:
    _, receiver = await async_add_infrared(hass)
    await async_add_unit(hass, receiver=RECEIVER)
    timings = GreeAcCommand(mode=GreeAcMode.COOL, temperature=20).get_raw_timings()

    for noise in (
        [],
        [0],
        [-5000],
        [500],
        timings[:40],
        timings[3:],
        [9000, -4500] * 40,
    ):
        receiver.hear(noise)
    await hass.async_block_till_done()

    assert unit(hass).state == "off"
    assert unit(hass).attributes["state_source"] == "assumed"


async def test_a_press_that_was_cut_in_two_is_put_together(hass: HomeAssistant) -> None:
    _, receiver = await async_add_infrared(hass)
    await async_add_unit(hass, receiver=RECEIVER)
    timings = GreeAcCommand(mode=GreeAcMode.COOL, temperature=20).get_raw_timings()
    pause = min(timings)
    cut = timings.index(pause)

    receiver.hear(timings[:cut])
    # A receiver cuts at a pause that it does not measure: the library wants it whole.
    receiver.hear([*timings[:cut], pause, *timings[cut + 1 :]])
    await hass.async_block_till_done()
    assert unit(hass).state == "cool"
    assert join([Signal((9, -9, 9)), Signal((5, -5))]).timings == (
        9,
        -9,
        9,
        -30000,
        5,
        -5,
    )
    assert join([Signal((9, -9)), Signal((5,))]).timings == (9, -30000, 5)


async def test_its_own_frame_confirms_what_is_believed(hass: HomeAssistant) -> None:
    emitter, receiver = await async_add_infrared(hass)
    await async_add_unit(hass, receiver=RECEIVER)

    await call(hass, "set_hvac_mode", hvac_mode="cool")
    await pass_moment(hass)
    assert unit(hass).attributes["state_source"] == "assumed"
    await call(hass, "set_temperature", temperature=20)
    await pass_moment(hass)

    # The first frame arrives late: it is no handset's.
    receiver.hear(emitter.sent[0])
    await hass.async_block_till_done()
    assert unit(hass).attributes["temperature"] == 20
    assert unit(hass).attributes["state_source"] == "assumed"
    receiver.hear(emitter.sent[1])
    await hass.async_block_till_done()
    assert unit(hass).attributes["state_source"] == "heard"


async def test_a_receiver_may_come_late_and_go(hass: HomeAssistant) -> None:
    emitter, receiver = await async_add_infrared(hass)
    await receiver.async_remove()
    entry = await async_add_unit(hass, receiver=RECEIVER)
    assert unit(hass).state == "off"

    from .infrared_units import DATA_COMPONENT, Receiver

    late = Receiver()
    await hass.data[DATA_COMPONENT].async_add_entities([late])
    await hass.async_block_till_done()
    late.hear_handset(mode=GreeAcMode.DRY, temperature=25)
    await hass.async_block_till_done()
    assert unit(hass).state == "dry"

    late.come_and_go(False)
    late.come_and_go(True)
    await hass.async_block_till_done()
    late.hear_handset(mode=GreeAcMode.COOL, temperature=25)
    await hass.async_block_till_done()
    assert unit(hass).state == "cool"
    assert await hass.config_entries.async_unload(entry.entry_id)
    late.hear_handset(mode=GreeAcMode.HEAT, temperature=25)
    assert emitter.sent == []


async def test_what_is_believed_survives_a_restart(hass: HomeAssistant) -> None:
    emitter, _ = await async_add_infrared(hass)
    entry = await async_add_unit(hass)
    await call(hass, "set_temperature", temperature=27, hvac_mode="heat")
    await pass_moment(hass)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await pass_moment(hass)

    assert unit(hass).state == "heat"
    assert unit(hass).attributes["temperature"] == 27
    assert unit(hass).attributes["state_source"] == "assumed"
    assert len(emitter.sent) == 1


async def test_what_was_asked_last_leaves_before_the_unload(
    hass: HomeAssistant,
) -> None:
    emitter, _ = await async_add_infrared(hass)
    entry = await async_add_unit(hass)
    await call(hass, "set_hvac_mode", hvac_mode="cool")
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert len(emitter.sent) == 1


@pytest.mark.parametrize(
    "kept",
    [
        [],
        {"state": 3},
        {"state": {"mode": "brew", "temperature": "hot", "fan": ["x"]}},
        {"state": {"mode": "cool", "temperature": 99}, "last_mode": 4},
    ],
)
async def test_a_spoiled_memory_is_no_hindrance(hass: HomeAssistant, kept: Any) -> None:
    await async_add_infrared(hass)
    entry = await async_add_unit(hass)
    (zone,) = entry.runtime_data.zones.values()
    await zone.driver.async_load(kept if isinstance(kept, dict) else {})
    assert zone.driver.reading.mode in ("off", "cool")
    assert zone.driver.reading.target_temperature == 24


async def test_codes_that_are_gone_are_told(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    """No crash: the unit is unavailable until they are back."""
    await async_add_infrared(hass)
    for zone in ({"protocol": "Vanished"}, {"code_file": "klima/codes/gone.json"}):
        entry = await async_add_unit(hass, **zone)
        assert entry.state is ConfigEntryState.LOADED
        assert unit(hass).state == "unavailable"
        (zone_id,) = entry.subentries
        issue = ir.async_get(hass).async_get_issue(DOMAIN, f"infrared_codes_{zone_id}")
        assert issue is not None
        (runtime,) = entry.runtime_data.zones.values()
        assert runtime.driver.as_dict() == {}
        assert runtime.driver.diagnostics()["loaded"] is False
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
        assert not ir.async_get(hass).issues

    entry = await async_add_unit(hass, code_file="klima/codes/table.json")
    assert unit(hass).state == "unavailable"
    write_table(hass_config_folder)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert unit(hass).state == "off"
    assert not ir.async_get(hass).issues


@pytest.mark.parametrize(
    ("language", "zone", "reason"),
    [
        (
            "en",
            {"code_file": "klima/codes/gone.json"},
            "This file is not in the configuration folder. Check its path",
        ),
        (
            "de",
            {"code_file": "klima/codes/gone.json"},
            "Diese Datei gibt es im Konfigurationsordner nicht. Prüfe ihren Pfad",
        ),
        (
            "es",
            {"code_file": "klima/codes/gone.json"},
            "Este archivo no está en la carpeta de configuración. Comprueba su ruta",
        ),
        (
            "it",
            {"code_file": "klima/codes/gone.json"},
            "Questo file non è nella cartella di configurazione. Controlla il percorso",
        ),
        (
            "fr",
            {"protocol": "Vanished"},
            (
                "Cette version de Home Assistant n’a plus ce protocole. "
                "Choisissez-en un autre"
            ),
        ),
    ],
)
async def test_why_codes_cannot_be_used_is_told_in_the_language_of_the_home(
    hass: HomeAssistant, language: str, zone: dict[str, str], reason: str
) -> None:
    """As the forms tell it."""
    hass.config.language = language
    await async_add_infrared(hass)
    entry = await async_add_unit(hass, **zone)
    (zone_id,) = entry.subentries
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"infrared_codes_{zone_id}")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["error"] == reason


@pytest.mark.parametrize("trick", ["up", "link", "storage", "absolute"])
async def test_codes_stay_in_the_configuration_folder(
    hass: HomeAssistant, hass_config_folder: Path, tmp_path: Path, trick: str
) -> None:
    await async_add_infrared(hass)
    secret = tmp_path / "outside.json"
    secret.write_text(json.dumps(TABLE))
    (hass_config_folder / ".storage").mkdir(exist_ok=True)
    (hass_config_folder / ".storage/codes.json").write_text(json.dumps(TABLE))
    (hass_config_folder / "link.json").symlink_to(secret)
    path = {
        "up": f"../{tmp_path.name}/outside.json",
        "link": "link.json",
        "storage": ".storage/codes.json",
        "absolute": str(secret),
    }[trick]
    entry = await async_add_unit(hass, code_file=path)
    assert entry.state is ConfigEntryState.LOADED
    assert unit(hass).state == "unavailable"


async def test_frames_of_one_emitter_never_overlap(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.klima.drivers.links.REST", 0.05)
    emitter, _ = await async_add_infrared(hass)
    transport = transports.EmitterTransport(hass, EMITTER)
    line = transports.line_of(hass, EMITTER)
    assert line is transports.line_of(hass, EMITTER)
    frame = Signal((20_000, -10_000, 20_000))

    await asyncio.gather(
        *(async_send_codes(transport, line, (frame, frame), None) for _ in range(3))
    )

    assert len(emitter.at) == 6
    gaps = [b - a for a, b in zip(emitter.at, emitter.at[1:], strict=False)]
    assert min(gaps) >= 0.05 + 0.05 - 0.002


async def power(hass: HomeAssistant, watts: float, seconds: float) -> None:
    """Let the unit use some power for a while."""
    hass.states.async_set(
        "sensor.power",
        str(watts),
        {"unit_of_measurement": "W", "device_class": "power"},
    )
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()
    await asyncio.sleep(0.1)
    await hass.async_block_till_done()


async def test_power_tells_on_and_off(hass: HomeAssistant) -> None:
    emitter, _ = await async_add_infrared(hass)
    await async_add_unit(hass, {"power": "sensor.power"})
    await power(hass, 2, 200)
    assert unit(hass).attributes["state_source"] == "inferred"
    assert unit(hass).state == "off"

    # Its handset was used, and nothing heard it.
    await power(hass, 700, 40)
    assert unit(hass).state == "auto"
    assert unit(hass).attributes["state_source"] == "inferred"
    await power(hass, 20, 400)
    assert unit(hass).state == "auto"
    await power(hass, 3, 200)
    assert unit(hass).state == "off"
    await power(hass, 700, 10)
    assert unit(hass).state == "off"
    assert emitter.sent == []


async def test_a_frame_that_was_missed_is_sent_once_more_and_then_told(
    hass: HomeAssistant,
) -> None:
    emitter, _ = await async_add_infrared(hass)
    entry = await async_add_unit(hass, {"power": "sensor.power"})
    await power(hass, 2, 200)
    await call(hass, "set_hvac_mode", hvac_mode="cool")
    await pass_moment(hass)
    assert len(emitter.sent) == 1

    await power(hass, 2.1, 200)
    assert len(emitter.sent) == 2
    assert emitter.sent[0] == emitter.sent[1]
    assert unit(hass).state == "cool"
    await power(hass, 2.2, 200)
    assert len(emitter.sent) == 2
    (zone_id,) = entry.subentries
    issues = ir.async_get(hass)
    issue = issues.async_get_issue(DOMAIN, f"infrared_mismatch_{zone_id}")
    assert issue is not None
    assert issue.translation_key == "infrared_mismatch_off"
    assert unit(hass).state == "off"

    await call(hass, "set_hvac_mode", hvac_mode="cool")
    await pass_moment(hass)
    await power(hass, 600, 40)
    assert unit(hass).attributes["state_source"] == "inferred"
    assert issues.async_get_issue(DOMAIN, f"infrared_mismatch_{zone_id}") is None

    emitter.fails = HomeAssistantError("the blaster is broken")
    await call(hass, "turn_off")
    emitter.fails = None
    await pass_moment(hass)
    emitter.fails = HomeAssistantError("the blaster is broken")
    await power(hass, 601, 40)
    assert unit(hass).state == "off"
    await power(hass, 602, 40)
    issue = issues.async_get_issue(DOMAIN, f"infrared_mismatch_{zone_id}")
    assert issue is not None
    assert issue.translation_key == "infrared_mismatch_on"


async def test_an_idle_unit_is_not_taken_for_one_that_is_off(
    hass: HomeAssistant,
) -> None:
    """At its target it may use as little: it stays on, and nothing is sent at it."""
    emitter, _ = await async_add_infrared(hass)
    await async_add_unit(hass, {"power": "sensor.power"}, temperature="sensor.room")
    celsius = {"unit_of_measurement": "°C", "device_class": "temperature"}
    hass.states.async_set("sensor.room", "21.5", celsius)
    await power(hass, 2, 200)
    await call(hass, "set_temperature", temperature=21, hvac_mode="heat")
    await pass_moment(hass)
    # Many wait with the fan until the coil is warm: it need not have missed it.
    await power(hass, 2.1, 200)
    assert unit(hass).state == "heat"
    assert len(emitter.sent) == 1
    await power(hass, 900, 40)
    assert unit(hass).attributes["state_source"] == "inferred"
    await power(hass, 3, 200)
    assert unit(hass).state == "heat"
    assert unit(hass).attributes["state_source"] == "assumed"
    assert len(emitter.sent) == 1
    assert not ir.async_get(hass).issues

    # A room that is far from the target cannot leave it idle.
    hass.states.async_set("sensor.room", "18.9", celsius)
    # Within a minute of a command, what a unit was at before may be a late word.
    with freeze_time(dt_util.utcnow() + timedelta(minutes=5), tick=True):
        await power(hass, 3.1, 200)
    assert unit(hass).state == "off"
    assert unit(hass).attributes["state_source"] == "inferred"
    assert len(emitter.sent) == 1


async def test_power_never_resends_a_frame_that_toggles(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    """It might turn on what is off, and off what is on: a repair tells it at once."""
    emitter, _ = await async_add_infrared(hass)
    commands = {**TABLE["commands"], "on": TABLE["commands"]["off"]}
    write_table(hass_config_folder, {**TABLE, "commands": commands})
    entry = await async_add_unit(
        hass, {"power": "sensor.power"}, code_file="klima/codes/table.json"
    )
    (zone_id,) = entry.subentries
    issues = ir.async_get(hass)
    await power(hass, 2, 200)
    await call(hass, "set_temperature", temperature=22, hvac_mode="cool")
    await pass_moment(hass)
    sent = len(emitter.sent)
    await power(hass, 2.1, 200)
    assert len(emitter.sent) == sent
    assert unit(hass).state == "off"
    issue = issues.async_get_issue(DOMAIN, f"infrared_mismatch_{zone_id}")
    assert issue is not None
    assert issue.translation_key == "infrared_mismatch_off"

    await power(hass, 700, 40)
    await call(hass, "turn_off")
    await pass_moment(hass)
    sent = len(emitter.sent)
    await power(hass, 701, 40)
    assert len(emitter.sent) == sent
    assert unit(hass).state == "cool"
    issue = issues.async_get_issue(DOMAIN, f"infrared_mismatch_{zone_id}")
    assert issue is not None
    assert issue.translation_key == "infrared_mismatch_on"


@pytest.fixture
def hass_config_folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a configuration folder of its own."""
    folder = tmp_path / "config"
    folder.mkdir()
    hass.config.config_dir = str(folder)
    return folder


def write_table(folder: Path, data: dict[str, Any] | None = None) -> None:
    """Write a code file."""
    (folder / "klima/codes").mkdir(parents=True, exist_ok=True)
    (folder / "klima/codes/table.json").write_text(json.dumps(data or TABLE))


async def test_a_table_is_sent_and_heard(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    emitter, receiver = await async_add_infrared(hass)
    write_table(hass_config_folder)
    await async_add_unit(hass, code_file="klima/codes/table.json", receiver=RECEIVER)

    await call(hass, "set_temperature", temperature=22, hvac_mode="cool")
    await pass_moment(hass)
    assert emitter.sent == [[900, -400, 100, -300, 100, -300, 100]]
    receiver.hear([930, -380, 290, -310, 110, -280, 120, -20000])
    await hass.async_block_till_done()
    assert unit(hass).attributes["temperature"] == 24
    assert unit(hass).attributes["state_source"] == "heard"


async def test_a_frame_that_toggles_is_not_sent_to_a_unit_that_is_off(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    emitter, receiver = await async_add_infrared(hass)
    toggle = TABLE["commands"]["off"]
    write_table(
        hass_config_folder,
        {**TABLE, "commands": {**TABLE["commands"], "on": toggle}},
    )
    await async_add_unit(hass, code_file="klima/codes/table.json", receiver=RECEIVER)

    await call(hass, "turn_off")
    await pass_moment(hass)
    assert emitter.sent == []
    await call(hass, "set_temperature", temperature=22, hvac_mode="cool")
    await pass_moment(hass)
    # The frame that turns it on, then the one that sets it.
    assert emitter.sent == [
        list(codecs.parse(toggle).timings),
        [900, -400, 100, -300, 100, -300, 100],
    ]


def write_toggle(folder: Path) -> list[int]:
    """Write a code file whose one frame turns on and off; return that frame."""
    toggle = TABLE["commands"]["off"]
    write_table(folder, {**TABLE, "commands": {**TABLE["commands"], "on": toggle}})
    return list(codecs.parse(toggle).timings)


async def begin_moment(hass: HomeAssistant) -> None:
    """Let a moment pass whose frame hangs at its emitter."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)


async def test_on_and_off_in_one_moment_turns_on_nothing_that_toggles(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    emitter, _ = await async_add_infrared(hass)
    write_toggle(hass_config_folder)
    await async_add_unit(hass, code_file="klima/codes/table.json")
    await call(hass, "set_hvac_mode", hvac_mode="cool")
    await call(hass, "turn_off")
    await pass_moment(hass)
    assert unit(hass).state == "off"
    assert emitter.sent == []


async def test_what_follows_a_frame_that_fails_turns_on_what_toggles(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    """The second was made for a unit that is on, which it is not."""
    emitter, _ = await async_add_infrared(hass)
    toggle = write_toggle(hass_config_folder)
    await async_add_unit(hass, code_file="klima/codes/table.json")
    emitter.gate.clear()
    await call(hass, "set_temperature", temperature=24, hvac_mode="cool")
    await begin_moment(hass)
    await call(hass, "set_temperature", temperature=22)
    await begin_moment(hass)
    emitter.fail_once()
    await pass_moment(hass)
    assert unit(hass).state == "cool"
    assert unit(hass).attributes["temperature"] == 22
    assert emitter.sent == [toggle, [900, -400, 100, -300, 100, -300, 100]]


async def test_when_two_in_a_row_fail_what_was_before_both_is_taken_back(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    """Off, then on as it was shown to be on, turned on a unit that toggles."""
    emitter, _ = await async_add_infrared(hass)
    toggle = write_toggle(hass_config_folder)
    await async_add_unit(hass, code_file="klima/codes/table.json")
    emitter.gate.clear()
    emitter.fails = HomeAssistantError("the blaster is broken")
    await call(hass, "set_temperature", temperature=24, hvac_mode="cool")
    await begin_moment(hass)
    await call(hass, "set_temperature", temperature=22)
    await begin_moment(hass)
    emitter.gate.set()
    await pass_moment(hass)
    assert unit(hass).state == "off"

    # What is set while it is being turned off is no reason to believe that it was.
    emitter.fails = None
    await call(hass, "set_temperature", temperature=22, hvac_mode="cool")
    await pass_moment(hass)
    emitter.gate.clear()
    emitter.fails = HomeAssistantError("the blaster is broken")
    await call(hass, "turn_off")
    await begin_moment(hass)
    await call(hass, "set_temperature", temperature=20)
    emitter.gate.set()
    await pass_moment(hass)
    assert unit(hass).state == "cool"
    assert unit(hass).attributes["temperature"] == 22
    assert emitter.sent[0] == toggle
    assert len(emitter.sent) == 2


async def test_its_own_frame_that_left_late_is_nobodys_handset(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, hass_config_folder: Path
) -> None:
    """An emitter that was busy for long sends what was asked for before the last."""
    monkeypatch.setattr("custom_components.klima.drivers.infrared.ECHO", 0.3)
    emitter, receiver = await async_add_infrared(hass)
    write_table(hass_config_folder)
    await async_add_unit(hass, code_file="klima/codes/table.json", receiver=RECEIVER)
    emitter.gate.clear()
    await call(hass, "set_temperature", temperature=20, hvac_mode="cool")
    await begin_moment(hass)
    await asyncio.sleep(0.4)
    await call(hass, "set_temperature", temperature=24)
    emitter.gate.set()
    await asyncio.sleep(0.01)
    receiver.hear(emitter.sent[0])
    assert unit(hass).attributes["temperature"] == 24
    await pass_moment(hass)
    assert emitter.sent[1:] == [[900, -400, 300, -300, 100, -300, 100]]


async def test_how_long_the_power_was_low_before_is_no_answer(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, hass_config_folder: Path
) -> None:
    """A unit that is turned on uses little for some seconds more: it did hear it."""
    await async_add_infrared(hass)
    write_toggle(hass_config_folder)
    await async_add_unit(
        hass, {"power": "sensor.power"}, code_file="klima/codes/table.json"
    )
    with monkeypatch.context() as soon:
        # As if it had been low for 80 of the 180 seconds.
        soon.setattr("custom_components.klima.drivers.power_watch.IDLE_FOR", 100.0)
        await power(hass, 2, 1)
    await call(hass, "set_temperature", temperature=22, hvac_mode="cool")
    await pass_moment(hass)
    await power(hass, 2.1, 120)
    assert unit(hass).state == "cool"
    assert not ir.async_get(hass).issues


async def test_what_is_believed_survives_a_start_without_its_codes(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    await async_add_infrared(hass)
    write_table(hass_config_folder)
    entry = await async_add_unit(hass, code_file="klima/codes/table.json")
    await call(hass, "set_temperature", temperature=22, hvac_mode="cool")
    await pass_moment(hass)
    file = hass_config_folder / "klima/codes/table.json"
    file.unlink()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert unit(hass).state == "unavailable"
    write_table(hass_config_folder)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert unit(hass).state == "cool"
    assert unit(hass).attributes["temperature"] == 22


async def test_through_a_remote(hass: HomeAssistant) -> None:
    """As a Broadlink packet, by the caller's own context."""
    await async_add_infrared(hass)
    calls: list[ServiceCall] = []
    hass.services.async_register("remote", "send_command", calls.append)
    hass.states.async_set("remote.blaster", "on")
    await async_add_unit(hass, emitter="remote.blaster")

    context = Context()
    await hass.services.async_call(
        "climate",
        "set_temperature",
        {"entity_id": UNIT, "temperature": 23, "hvac_mode": "cool"},
        blocking=True,
        context=context,
    )
    await pass_moment(hass)

    (sent,) = calls
    assert sent.data["entity_id"] == "remote.blaster"
    assert sent.context is context
    (command,) = sent.data["command"]
    assert command.startswith("b64:")
    frame = GreeAcCommand.from_raw_timings(list(parse_broadlink(command).timings))
    assert frame is not None
    assert (frame.mode, frame.temperature) == (GreeAcMode.COOL, 23)
    hass.states.async_set("remote.blaster", "unavailable")
    await hass.async_block_till_done()
    assert unit(hass).state == "unavailable"


@pytest.mark.parametrize(
    ("platform", "sends"),
    [("broadlink", False), ("xiaomi_miio", False), ("harmony", True)],
)
async def test_a_remote_that_is_off(
    hass: HomeAssistant, platform: str, sends: bool
) -> None:
    """Broadlink's, turned off with all else in a room, drops what it is given in silence."""
    calls: list[ServiceCall] = []
    hass.services.async_register("remote", "send_command", calls.append)
    remote = er.async_get(hass).async_get_or_create("remote", platform, "1").entity_id
    hass.states.async_set(remote, "on")
    await async_add_unit(hass, emitter=remote)
    hass.states.async_set(remote, "off")
    await hass.async_block_till_done()
    assert (unit(hass).state == "off") is sends
    hass.states.async_set(remote, "on")
    await hass.async_block_till_done()
    await call(hass, "set_hvac_mode", hvac_mode="cool")
    hass.states.async_set(remote, "off")
    await pass_moment(hass)
    hass.states.async_set(remote, "on")
    await hass.async_block_till_done()
    assert unit(hass).state == ("cool" if sends else "off")
    assert len(calls) == sends


async def test_codes_that_only_a_remote_knows(
    hass: HomeAssistant, hass_config_folder: Path
) -> None:
    await async_add_infrared(hass)
    calls: list[ServiceCall] = []
    hass.services.async_register("remote", "send_command", calls.append)
    hass.states.async_set("remote.blaster", "on")
    write_table(
        hass_config_folder,
        {
            **TABLE,
            "supportedController": "Xiaomi",
            "commands": {"off": "abc=", "cool": {"low": {"20": "def="}}},
        },
    )
    entry = await async_add_unit(
        hass, emitter="remote.blaster", code_file="klima/codes/table.json"
    )
    await call(hass, "turn_on")
    await pass_moment(hass)
    assert calls[0].data["command"] == ["raw:def="]
    await hass.config_entries.async_remove(entry.entry_id)

    await async_add_unit(hass, code_file="klima/codes/table.json")
    await call(hass, "turn_on")
    await pass_moment(hass)
    # Refused, and taken back.
    assert unit(hass).state == "off"


async def test_over_mqtt(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> None:
    await async_add_unit(
        hass,
        emitter="mqtt",
        topic="blaster/set",
        payload='{"ir_code_to_send": "{{ tuya }}"}',
    )
    await call(hass, "set_temperature", temperature=28, hvac_mode="heat")
    await pass_moment(hass)

    topic, payload, *_ = mqtt_mock.async_publish.call_args[0]
    assert topic == "blaster/set"
    signal = parse_tuya(json.loads(payload)["ir_code_to_send"])
    frame = GreeAcCommand.from_raw_timings(list(signal.timings))
    assert frame is not None
    assert (frame.mode, frame.temperature) == (GreeAcMode.HEAT, 28)


async def test_a_template_that_fails_is_told(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, caplog: pytest.LogCaptureFixture
) -> None:
    await async_add_unit(
        hass, emitter="mqtt", topic="blaster/set", payload="{{ 1 / 0 }}"
    )
    await call(hass, "turn_on")
    await pass_moment(hass)
    assert unit(hass).state == "off"
    mqtt_mock.async_publish.assert_not_called()
    assert "was not reached" in caplog.text


async def test_by_any_action(hass: HomeAssistant) -> None:
    """It is given the code in every form; a second one in turn."""
    calls: list[ServiceCall] = []
    hass.services.async_register("test", "send", calls.append)
    await async_add_unit(
        hass,
        emitter="action",
        action=[
            {
                "action": "test.send",
                "data": {
                    "timings": "{{ timings }}",
                    "forms": "{{ [pronto, broadlink, tuya, tasmota] }}",
                    "modulation": "{{ modulation }}",
                },
            }
        ],
    )
    for temperature in (17, 18):
        await call(hass, "set_temperature", temperature=temperature, hvac_mode="cool")
        await pass_moment(hass)
    first, second = calls
    assert GreeAcCommand.from_raw_timings(first.data["timings"]).temperature == 17
    assert GreeAcCommand.from_raw_timings(second.data["timings"]).temperature == 18
    assert first.data["modulation"] == 38000
    for form in first.data["forms"]:
        frame = GreeAcCommand.from_raw_timings(list(codecs.parse(form).timings))
        assert frame is not None and frame.temperature == 17


async def test_actions_that_are_wrong_are_told(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await async_add_unit(hass, emitter="action", action=[{"nonsense": 1}])
    await call(hass, "turn_on")
    await pass_moment(hass)
    assert unit(hass).state == "off"
    assert "was not reached" in caplog.text


async def test_through_tasmota(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient
) -> None:
    """Its firmware makes the frames, and tells what it hears."""
    entry = await async_add_unit(
        hass, emitter="tasmota", topic="blaster", vendor="GREE", vendor_model="YB1F2"
    )
    await call(hass, "set_temperature", temperature=25, hvac_mode="cool")
    await call(hass, "set_preset_mode", preset_mode="boost")
    await call(hass, "set_swing_mode", swing_mode="auto")
    await pass_moment(hass)
    topic, payload, *_ = mqtt_mock.async_publish.call_args[0]
    assert topic == "cmnd/blaster/IRHVAC"
    assert json.loads(payload) == {
        "Vendor": "GREE",
        "Model": "YB1F2",
        "Power": "On",
        "Mode": "Cool",
        "Celsius": "On",
        "Temp": 25,
        "FanSpeed": "Auto",
        "SwingV": "Auto",
        "SwingH": "Off",
        "Turbo": "On",
        "Econo": "Off",
        "Quiet": "Off",
    }

    def hear(topic: str = "tele/blaster/RESULT", **said: Any) -> None:
        told = {
            "Vendor": "GREE",
            "Power": "On",
            "Mode": "Heat",
            "Celsius": "On",
            "Temp": 21,
            "FanSpeed": "Max",
            "SwingV": "Off",
            "SwingH": "Off",
            **said,
        }
        async_fire_mqtt_message(
            hass, topic, json.dumps({"IrReceived": {"IRHVAC": told}})
        )

    hear()
    await hass.async_block_till_done()
    state = unit(hass)
    assert (state.state, state.attributes["temperature"]) == ("heat", 21)
    assert state.attributes["fan_mode"] == "max"
    assert state.attributes["preset_mode"] == "none"
    assert state.attributes["state_source"] == "heard"
    hear(Celsius="Off", Temp=77, Mode="Fan", Econo="On")
    await hass.async_block_till_done()
    assert unit(hass).state == "fan_only"
    assert unit(hass).attributes["temperature"] == 25
    assert unit(hass).attributes["preset_mode"] == "eco"

    for strange in (
        {"Vendor": "LG"},
        {"Vendor": 3},
        {"Mode": "Brew"},
        {"Command": "Timer"},
    ):
        hear(**strange)
    for text in ("", "[]", "{", '{"IrReceived": 3}', '{"IrReceived": {"IRHVAC": []}}'):
        async_fire_mqtt_message(hass, "tele/blaster/RESULT", text)
    async_fire_mqtt_message(
        hass,
        "tele/blaster/RESULT",
        '{"IrReceived":{"IRHVAC":{"Vendor":"GREE"}}}',
        0,
        True,
    )
    await hass.async_block_till_done()
    assert unit(hass).state == "fan_only"
    hear(Temp=True, FanSpeed="Breeze")
    hear(topic="stat/blaster/RESULT", Power="Off")
    await hass.async_block_till_done()
    assert unit(hass).state == "off"

    async_fire_mqtt_message(hass, "tele/blaster/LWT", "Offline")
    await hass.async_block_till_done()
    assert unit(hass).state == "unavailable"
    async_fire_mqtt_message(hass, "tele/blaster/LWT", "Online")
    await hass.async_block_till_done()
    assert unit(hass).state == "off"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_tasmota_without_mqtt_is_unavailable(hass: HomeAssistant) -> None:
    entry = await async_add_unit(hass, emitter="tasmota", topic="b", vendor="GREE")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED
    assert unit(hass).state == "unavailable"


async def test_two_units_share_an_emitter(hass: HomeAssistant) -> None:
    emitter, _ = await async_add_infrared(hass)
    await async_add_unit(hass)
    await async_add_unit(hass)
    for entity in (UNIT, f"{UNIT}_2"):
        await hass.services.async_call(
            "climate", "turn_on", {"entity_id": entity}, blocking=True
        )
    await pass_moment(hass)
    await asyncio.sleep(0.3)
    await hass.async_block_till_done()
    assert len(emitter.sent) == 2


async def test_a_lost_emitter_leads_to_a_repair(hass: HomeAssistant) -> None:
    await async_add_infrared(hass)
    entry = await async_add_unit(hass, receiver="infrared.gone")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await hass.async_block_till_done()
    (zone_id,) = entry.subentries
    assert ir.async_get(hass).async_get_issue(
        DOMAIN, f"source_missing_{zone_id}_receiver"
    )
    assert not ir.async_get(hass).async_get_issue(
        DOMAIN, f"source_missing_{zone_id}_emitter"
    )
