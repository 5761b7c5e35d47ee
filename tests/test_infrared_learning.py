"""Learning a handset in the flow: by a receiver, and by a remote that keeps its codes."""

import asyncio
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components.remote import RemoteEntityFeature
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from infrared_protocols.commands.gree_ac import GreeAcMode
import pytest

from .common import state_of
from .infrared_forms import Flow, finish, keep, reconfigure, start, start_zone
from .infrared_units import (
    EMITTER,
    RECEIVER,
    Receiver,
    async_add_infrared,
    async_add_unit,
)

REMOTE = "remote.blaster"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.klima.drivers.links.REST", 0.0)
    # Presses follow each other at once here: no two parts are of one press.
    monkeypatch.setattr("custom_components.klima.drivers.receiver.PRESS", -1.0)


@pytest.fixture(autouse=True)
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a configuration folder of its own."""
    folder = tmp_path / "config"
    folder.mkdir()
    hass.config.config_dir = str(folder)
    return folder


def frame(value: int) -> list[int]:
    """Return a frame that no protocol has."""
    timings = [7000, -3000]
    for bit in range(24):
        timings += [500, -1500 if value >> bit & 1 else -500]
    return [*timings, 500]


def press(receiver: Receiver, value: int, times: int = 2) -> None:
    """Press a button some times; no two presses are quite the same."""
    for number in range(times):
        receiver.hear([t + 10 * number for t in frame(value)])


HANDSET = {
    "manufacturer": "Aurora",
    "model": "AX-35",
    "modes": ["cool", "dry"],
    "temperature_unit": "c",
    "min_temperature": 18,
    "max_temperature": 28,
    "fan_modes": ["auto", " high ", "", "auto"],
}


async def learn(hass: HomeAssistant, **fields: Any) -> Flow:
    """Begin to learn a handset."""
    flow = await start(hass, **(fields or {"emitter": EMITTER, "receiver": RECEIVER}))
    assert "learn" in flow.options("brand")
    await flow.submit({"brand": "learn"})
    assert flow.step == "learn"
    return flow


def asked(flow: Flow) -> str:
    """Return what the handset shall be set to."""
    assert flow.step in ("learn_code", "learn_by_remote")
    return str(flow.result["description_placeholders"]["command"])


async def test_a_handset_is_learned_for_what_sends_by_no_entity(
    hass: HomeAssistant, folder: Path
) -> None:
    """By an action of the user's: only the receiver is needed for it."""
    await async_add_infrared(hass)
    hass.services.async_register("test", "send", lambda call: None)
    flow = await start(hass, emitter="action", receiver=RECEIVER)
    await flow.submit({"action": [{"action": "test.send"}]})
    await flow.submit({"brand": "learn"})
    await flow.submit(HANDSET)
    assert asked(flow) == "Off"


async def test_a_handset_is_learned_until_it_is_enough(
    hass: HomeAssistant, folder: Path
) -> None:
    emitter, receiver = await async_add_infrared(hass)
    flow = await learn(hass)
    assert flow.suggested["modes"] == ["cool", "heat", "dry", "fan_only"]
    assert flow.suggested["temperature_unit"] == "c"
    assert flow.suggested["min_temperature"] == 16
    await flow.submit(HANDSET)
    told = flow.result["description_placeholders"]
    assert (told["heard"], told["done"], told["missing"]) == ("0", "0", "3")

    # Nothing, then noise, then one press: not enough.
    assert asked(flow) == "Off"
    assert flow.options("answer") == ["record"]
    await flow.submit()
    assert flow.errors == {"base": "nothing_heard"}
    receiver.hear([500, -500, 500])
    await flow.submit()
    assert flow.errors == {"base": "nothing_heard"}
    press(receiver, 1, times=1)
    await flow.submit()
    assert flow.errors == {}
    assert flow.result["description_placeholders"]["heard"] == "1"
    press(receiver, 2, times=1)
    await flow.submit()
    assert flow.errors == {"base": "presses_differ"}
    press(receiver, 1, times=1)
    await flow.submit()

    # Not set to what was asked for.
    assert asked(flow) == "Cool, 24 °C, Auto"
    assert flow.options("answer") == ["record", "leave_out"]
    press(receiver, 1)
    await flow.submit()
    assert flow.errors == {"base": "same_code"}
    assert flow.result["description_placeholders"]["twin"] == "Off"
    assert "keep" in flow.options("answer")
    press(receiver, 24)
    await flow.submit()

    assert asked(flow) == "Dry, Auto"
    assert flow.options("answer") == ["record", "leave_out", "enough"]
    assert (folder / "klima/codes/aurora_ax_35.json").exists()
    press(receiver, 24)
    await flow.submit()
    assert flow.errors == {"base": "same_code"}
    await flow.submit({"answer": "keep"})
    assert asked(flow) == "Cool, 23 °C, Auto"
    assert flow.result["description_placeholders"]["missing"] == "0"
    press(receiver, 23)
    await flow.submit()
    await flow.submit({"answer": "leave_out"})
    assert asked(flow) == "Cool, 22 °C, Auto"
    await flow.submit({"answer": "enough"})

    assert flow.step == "try_out"
    assert flow.result["description_placeholders"]["codes"] == "Aurora AX-35"
    assert emitter.sent == []
    await flow.submit()
    assert emitter.sent == [[t + 5 for t in frame(24)]]
    await flow.submit({"answer": "yes"})
    zone = await finish(hass, flow)
    assert zone.data["code_file"] == "klima/codes/aurora_ax_35.json"
    assert (zone.data["manufacturer"], zone.data["model"]) == ("Aurora", "AX-35")
    state = state_of(hass, "climate.aurora")
    assert state.attributes["hvac_modes"] == ["off", "cool", "dry"]
    assert (state.attributes["min_temp"], state.attributes["max_temp"]) == (23, 24)
    press(receiver, 23, times=1)
    await hass.async_block_till_done()
    state = state_of(hass, "climate.aurora")
    assert (state.state, state.attributes["temperature"]) == ("cool", 23)
    assert state.attributes["state_source"] == "heard"


async def test_a_handset_is_gone_on_with_another_day(
    hass: HomeAssistant, folder: Path
) -> None:
    """What is known stays, a bad code is recorded again, and a fan is added."""
    _, receiver = await async_add_infrared(hass)
    path = learned_file(folder)
    entry = await async_add_unit(hass, code_file=path, receiver=RECEIVER)
    flow = await reconfigure(hass, entry)
    await flow.submit()
    await flow.submit({"brand": "learn"})
    assert flow.suggested == {
        "manufacturer": "Aurora",
        "model": "AX-35",
        "modes": ["cool", "dry"],
        "min_temperature": 18,
        "max_temperature": 20,
        "fan_modes": [],
    }
    assert flow.options("again") == ["off", "cool/20", "dry"]
    await flow.submit({**flow.suggested, "fan_modes": ["low"], "again": ["cool/20"]})
    assert asked(flow) == "Cool, 20 °C, Low"
    press(receiver, 77)
    await flow.submit()
    assert asked(flow) == "Cool, 19 °C, Low"
    await flow.submit({"answer": "enough"})
    assert flow.step == "try_out"
    kept = json.loads((folder / path).read_text())
    assert list(kept["commands"]["cool"]) == ["low"]
    assert kept["commands"]["cool"]["low"] == {"20": [t + 5 for t in frame(77)]}

    # What shall be recorded again stays as it was if it is not.
    flow = await reconfigure(hass, entry)
    await flow.submit()
    await flow.submit({"brand": "learn"})
    await flow.submit({**flow.suggested, "modes": ["cool"], "again": ["cool/low/20"]})
    await flow.submit({"answer": "enough"})
    kept = json.loads((folder / path).read_text())
    assert kept["commands"]["cool"] == {"low": {"20": [t + 5 for t in frame(77)]}}
    assert "dry" not in kept["commands"]
    # And all of it is found again under its brand.
    await flow.submit({"answer": "send"})
    await flow.submit({"answer": "no"})
    assert flow.errors == {"base": "no_more_candidates"}
    assert "Aurora" in flow.options("brand")


def learned_file(folder: Path, **changes: Any) -> str:
    """Put a file that was learned into our own folder."""
    path = "klima/codes/aurora_ax_35.json"
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    data = {
        "manufacturer": "Aurora",
        "supportedModels": ["AX-35"],
        "supportedController": "Klima",
        "temperatureUnit": "C",
        "minTemperature": 18,
        "maxTemperature": 20,
        "operationModes": ["cool", "dry"],
        "commands": {"off": frame(0), "cool": {"20": frame(20)}, "dry": frame(9)},
    }
    (folder / path).write_text(json.dumps({**data, **changes}))
    return path


@pytest.mark.parametrize(
    ("language", "off", "first"),
    [
        ("de", "Aus", "Kühlbetrieb, 75 °F, Hoch"),
        ("es", "Apagado", "Frío, 75 °F, Alto"),
        ("fr", "Éteint", "Climatisation, 75 °F, Élevée"),
        ("it", "Spento", "Freddo, 75 °F, Alto/a"),
        ("en", "Off", "Cool, 75 °F, High"),
    ],
)
async def test_a_setting_is_asked_for_in_the_users_words(
    hass: HomeAssistant, language: str, off: str, first: str
) -> None:
    """In the degrees of the handset, whatever those of the home: it shows no others."""
    hass.config.language = language
    _, receiver = await async_add_infrared(hass)
    flow = await learn(hass)
    await flow.submit(
        {
            **HANDSET,
            "temperature_unit": "f",
            "min_temperature": 60,
            "max_temperature": 86,
            "fan_modes": ["high"],
        }
    )
    assert asked(flow) == off
    press(receiver, 0)
    await flow.submit()
    assert asked(flow) == first


async def test_a_second_unit_of_a_model_goes_on_with_its_codes(
    hass: HomeAssistant, folder: Path
) -> None:
    await async_add_infrared(hass)
    learned_file(folder)
    flow = await learn(hass)
    fahrenheit = {
        **HANDSET,
        "temperature_unit": "f",
        "min_temperature": 60,
        "max_temperature": 86,
    }
    await flow.submit(fahrenheit)
    assert flow.errors == {"temperature_unit": "other_unit"}
    await flow.submit({**HANDSET, "fan_modes": []})
    assert asked(flow) == "Cool, 24 °C"
    assert flow.result["description_placeholders"]["done"] == "3"

    # Another model begins anew, and one without a name as well.
    for model in ("AX-50", ""):
        flow = await learn(hass)
        await flow.submit({**HANDSET, "model": model})
        assert asked(flow) == "Off"
    (folder / "klima/codes/aurora.json").write_text("{")
    (folder / "klima/codes/aurora_x.json").write_text("{")
    flow = await learn(hass)
    await flow.submit({**HANDSET, "model": "X"})
    assert asked(flow) == "Off"


async def test_the_form_of_a_handset_refuses_at_its_field(hass: HomeAssistant) -> None:
    await async_add_infrared(hass)
    hass.config.units = US_CUSTOMARY_SYSTEM
    flow = await learn(hass)
    assert flow.suggested["temperature_unit"] == "f"
    assert flow.suggested["max_temperature"] == 86
    for fields, errors in (
        ({"manufacturer": " "}, {"manufacturer": "no_brand"}),
        ({"modes": []}, {"modes": "no_mode"}),
        ({"min_temperature": 1}, {"min_temperature": "not_of_a_handset"}),
        ({"max_temperature": 28.5}, {"max_temperature": "not_of_a_handset"}),
        ({"min_temperature": 29}, {"max_temperature": "highest_below_lowest"}),
        ({"fan_modes": ["-"]}, {"fan_modes": "bad_fan_mode"}),
        ({"fan_modes": ["a/b"]}, {"fan_modes": "bad_fan_mode"}),
        ({"fan_modes": ["x" * 31]}, {"fan_modes": "bad_fan_mode"}),
        ({"fan_modes": list("abcdefghijk")}, {"fan_modes": "bad_fan_mode"}),
    ):
        await flow.submit({**HANDSET, **fields})
        assert flow.step == "learn"
        assert flow.errors == errors


async def test_whoever_leaves_all_out_has_learned_nothing(hass: HomeAssistant) -> None:
    _, receiver = await async_add_infrared(hass)
    flow = await learn(hass)
    await flow.submit(HANDSET)
    press(receiver, 1)
    await flow.submit()
    await flow.submit({"answer": "leave_out"})
    await flow.submit({"answer": "leave_out"})
    assert flow.step == "brand"
    assert flow.errors == {"base": "nothing_learned"}


async def test_codes_that_cannot_be_kept_are_told(
    hass: HomeAssistant, folder: Path
) -> None:
    _, receiver = await async_add_infrared(hass)
    (folder / "klima").write_text("a file where the folder should be")
    flow = await learn(hass)
    await flow.submit({**HANDSET, "modes": ["dry"], "fan_modes": ["low", "high"]})
    press(receiver, 1)
    await flow.submit()
    press(receiver, 2)
    await flow.submit()
    assert asked(flow) == "Dry, High"
    assert flow.errors == {"base": "not_kept"}
    assert flow.result["description_placeholders"]["error"]
    await flow.submit({"answer": "enough"})
    assert asked(flow) == "Dry, High"
    assert flow.errors == {"base": "not_kept"}
    await flow.submit({"answer": "leave_out"})
    assert flow.step == "brand"
    assert flow.errors == {"base": "not_kept"}
    (folder / "klima").unlink()


@pytest.mark.parametrize("answer", ["protocol", "recordings"])
async def test_codes_of_a_known_protocol_are_recognised(
    hass: HomeAssistant, answer: str
) -> None:
    """Three recordings of Gree's are enough for all the others."""
    _, receiver = await async_add_infrared(hass)
    flow = await learn(hass)
    await flow.submit({**HANDSET, "fan_modes": ["auto"]})
    for settings in (
        {"mode": GreeAcMode.COOL, "temperature": 24, "power": False},
        {"mode": GreeAcMode.COOL, "temperature": 24},
        {"mode": GreeAcMode.DRY, "temperature": 24},
    ):
        for _ in range(2):
            receiver.hear_handset(**settings)
        await flow.submit()
    await flow.submit({"answer": "enough"})
    assert flow.step == "learn_known"
    assert flow.result["description_placeholders"]["protocol"].startswith("Gree")
    assert flow.suggested == {"answer": "protocol"}
    await flow.submit({"answer": answer})
    assert flow.step == "try_out"
    await flow.submit({"answer": "skip"})
    zone = await finish(hass, flow)
    if answer == "protocol":
        assert zone.data["protocol"] == "GreeAc"
        assert "code_file" not in zone.data
    else:
        assert zone.data["code_file"] == "klima/codes/aurora_ax_35.json"


async def test_a_press_that_a_receiver_cut_is_put_together(
    hass: HomeAssistant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.klima.drivers.receiver.PRESS", 0.05)
    _, receiver = await async_add_infrared(hass)
    flow = await learn(hass)
    await flow.submit(HANDSET)
    for _ in range(2):
        receiver.hear(frame(1))
        receiver.hear(frame(2))
        await asyncio.sleep(0.1)
    await flow.submit()
    assert asked(flow) == "Cool, 24 °C, Auto"
    for _ in range(2):
        receiver.hear(frame(3))
        await asyncio.sleep(0.1)
    await flow.submit()
    (path,) = (folder / "klima/codes").iterdir()
    off = json.loads(path.read_text())["commands"]["off"]
    assert len(off) == 2 * len(frame(1)) + 1


class Remote:
    """A remote that learns, and keeps what it learned to itself: like Broadlink's."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Have learned nothing."""
        self.kept: dict[tuple[str, str], str] = {}
        self.sent: list[str] = []
        self.hears: str | None = "press"
        self.raises: type[Exception] = ValueError
        self.pressed = asyncio.Event()
        self.pressed.set()
        hass.services.async_register("remote", "learn_command", self._learn)
        hass.services.async_register("remote", "send_command", self._send)
        hass.states.async_set(
            REMOTE,
            "on",
            {"supported_features": int(RemoteEntityFeature.LEARN_COMMAND)},
        )

    async def _learn(self, call: ServiceCall) -> None:
        assert call.data["command_type"] == "ir"
        await self.pressed.wait()
        if self.hears is not None:
            (command,) = call.data["command"]
            self.kept[call.data["device"], command] = self.hears

    async def _send(self, call: ServiceCall) -> None:
        (command,) = call.data["command"]
        key = (call.data.get("device", ""), command)
        if key not in self.kept:
            raise self.raises(f"Command not found: {command!r}")
        self.sent.append(f"{key[0]}/{command}")


@pytest.fixture
def remote(hass: HomeAssistant) -> Remote:
    """Add the remote."""
    return Remote(hass)


async def settle(hass: HomeAssistant, flow: Flow) -> None:
    """Wait until the remote has learned, and go on as the frontend does."""
    assert flow.result["type"] is FlowResultType.SHOW_PROGRESS
    await hass.async_block_till_done()
    flow.result = await flow._manager.async_configure(flow.result["flow_id"])


async def test_a_remote_learns_and_sends_by_name(
    hass: HomeAssistant, remote: Remote, folder: Path
) -> None:
    flow = await learn(hass, emitter=REMOTE)
    await flow.submit(HANDSET)
    assert flow.step == "learn_by_remote"
    remote.pressed.clear()
    await flow.submit()
    assert flow.result["type"] is FlowResultType.SHOW_PROGRESS
    assert flow.result["progress_action"] == "learn_remote"
    assert flow.result["description_placeholders"]["command"] == "Off"
    # The frontend may ask while it still learns.
    flow.result = await flow._manager.async_configure(flow.result["flow_id"])
    assert flow.result["type"] is FlowResultType.SHOW_PROGRESS
    remote.pressed.set()
    await settle(hass, flow)
    assert flow.step == "learn_played"
    assert remote.sent == ["klima_aurora_ax_35/off"]
    await flow.submit({"answer": "play"})
    assert len(remote.sent) == 2
    remote.kept.clear()
    await flow.submit({"answer": "play"})
    assert flow.errors == {"base": "not_played"}
    # Home Assistant drops an action on an unavailable remote, and says nothing.
    there = state_of(hass, REMOTE)
    hass.states.async_set(REMOTE, "unavailable", there.attributes)
    await flow.submit({"answer": "play"})
    assert flow.errors == {"base": "emitter_unavailable"}
    await flow.submit({"answer": "anew"})
    assert asked(flow) == "Off"
    await flow.submit()
    await settle(hass, flow)
    assert asked(flow) == "Off"
    assert flow.errors == {"base": "emitter_unavailable"}
    hass.states.async_set(REMOTE, "on", there.attributes)
    assert len(remote.sent) == 2

    # It says nothing where it heard nothing: that there is nothing to send does.
    remote.hears = None
    # Broadlink's raises the one; the other is what no remote should raise.
    for remote.raises in (ValueError, RuntimeError):
        await flow.submit()
        await settle(hass, flow)
        assert asked(flow) == "Off"
        assert flow.errors == {"base": "not_learned"}
        assert "not found" in flow.result["description_placeholders"]["error"]
    remote.hears = "press"
    for command in ("Off", "Cool, 24 °C, Auto"):
        assert asked(flow) == command
        await flow.submit()
        await settle(hass, flow)
        await flow.submit({"answer": "took"})
    await flow.submit({"answer": "enough"})
    assert flow.step == "try_out"
    await flow.submit({"answer": "skip"})
    zone = await finish(hass, flow)
    remote.sent.clear()
    await hass.services.async_call(
        "climate", "turn_on", {"entity_id": "climate.aurora"}, blocking=True
    )
    entry = flow.result["result"]
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert remote.sent == ["klima_aurora_ax_35/cool_auto_24"]
    kept = json.loads((folder / zone.data["code_file"]).read_text())
    assert kept["commands"]["off"] == "remote:off"

    # No other emitter can send what the remote keeps.
    await async_add_infrared(hass)
    other = await start(hass, emitter=EMITTER)
    assert "learn" not in other.options("brand")
    await other.submit({"brand": "learn"})
    assert other.errors == {"brand": "unknown_brand"}
    await other.submit({"brand": "Aurora"})
    await other.submit()
    assert other.errors == {"model": "file_of_a_remote"}


async def test_a_remote_that_does_not_learn_is_not_asked_to(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("remote.television", "on", {"supported_features": 0})
    flow = await start(hass, emitter="remote.television")
    assert "learn" not in flow.options("brand")


async def test_a_zone_is_learned_as_well(hass: HomeAssistant, folder: Path) -> None:
    _, receiver = await async_add_infrared(hass)
    entry = await async_add_unit(hass)
    flow = await start_zone(hass, entry)
    await flow.submit({"next_step_id": "infrared"})
    await flow.submit({"emitter": EMITTER, "receiver": RECEIVER, "name": "Office"})
    await flow.submit({"brand": "learn"})
    await flow.submit(HANDSET)
    for value in (1, 2):
        press(receiver, value)
        await flow.submit()
    # Whoever closes the dialog now finds the codes again.
    hass.config_entries.subentries.async_abort(flow.result["flow_id"])
    assert (folder / "klima/codes/aurora_ax_35.json").exists()
    press(receiver, 3)


async def test_a_spoiled_file_is_not_gone_on_with(
    hass: HomeAssistant, folder: Path
) -> None:
    """It is no file of ours, or too large: the lesson begins anew, beside it."""
    await async_add_infrared(hass)
    path = keep(folder, "1.json", {"commands": 3})
    entry = await async_add_unit(hass, code_file=path, receiver=RECEIVER)
    flow = await reconfigure(hass, entry)
    with patch("custom_components.klima.drivers.code_files.MAX_FILE", 3):
        await flow.submit()
        await flow.submit({"brand": "learn"})
    assert flow.suggested["fan_modes"] == ["auto", "low", "medium", "high"]
    await flow.submit(HANDSET)
    assert asked(flow) == "Off"
