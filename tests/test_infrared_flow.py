"""Setting up a unit with an infrared handset: every step, every refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_system import (
    METRIC_SYSTEM,
    US_CUSTOMARY_SYSTEM,
    UnitSystem,
)
from infrared_protocols.commands.gree_ac import GreeAcCommand, GreeAcMode
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import DOMAIN
from custom_components.klima.core.infrared import protocols
from custom_components.klima.core.infrared.smartir import MAX_FILE

from .infrared_forms import Flow, finish, keep, reconfigure, start, start_zone
from .infrared_units import EMITTER, RECEIVER, TABLE, async_add_infrared, async_add_unit
from .units import PlainClimate, async_add_units

UPLOAD = "0123456789abcdef0123456789abcdef"
GONE = "fedcba9876543210fedcba9876543210"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.klima.drivers.links.REST", 0.0)


@pytest.fixture(autouse=True)
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a configuration folder of its own."""
    folder = tmp_path / "config"
    folder.mkdir()
    hass.config.config_dir = str(folder)
    return folder


def gree(**settings: Any) -> str:
    """Return a code of Gree's as a code file has it."""
    return json.dumps(GreeAcCommand(**settings).get_raw_timings())


@contextmanager
def uploaded(path: Path) -> Iterator[None]:
    """Have a file uploaded."""

    @contextmanager
    def process(hass: HomeAssistant, file_id: str) -> Iterator[Path]:
        if file_id != UPLOAD:
            raise ValueError("File does not exist")
        yield path

    with patch(
        "custom_components.klima.flows.infrared.codes.process_uploaded_file", process
    ):
        yield


@pytest.mark.parametrize(
    ("language", "units", "command"),
    [
        ("de", METRIC_SYSTEM, "Kühlbetrieb, 24 °C, Auto"),
        ("es", METRIC_SYSTEM, "Frío, 24 °C, Auto"),
        ("fr", METRIC_SYSTEM, "Climatisation, 24 °C, Auto"),
        ("it", METRIC_SYSTEM, "Freddo, 24 °C, Automatico"),
        ("en", US_CUSTOMARY_SYSTEM, "Cool, 75 °F, Auto"),
    ],
)
async def test_a_command_is_told_in_the_words_and_degrees_of_the_home(
    hass: HomeAssistant, language: str, units: UnitSystem, command: str
) -> None:
    """And not in those of the codes, which are in °C here."""
    hass.config.language = language
    hass.config.units = units
    await async_add_infrared(hass)
    flow = await start(hass)
    await flow.submit()
    await flow.submit({"brand": "gree"})
    await flow.submit({"model": "protocol:GreeAc"})
    assert flow.result["description_placeholders"]["command"] == command


async def test_submitting_through_makes_a_working_unit(hass: HomeAssistant) -> None:
    """The first emitter, a brand, its first model, a frame that was answered."""
    emitter, _ = await async_add_infrared(hass)
    flow = await start(hass)
    assert flow.suggested == {"emitter": EMITTER}
    assert flow.options("emitter") == [EMITTER, "action"]
    await flow.submit()
    assert flow.step == "brand"
    assert flow.options("brand")[0] == "code_file"
    assert "Gree" in flow.options("brand")
    await flow.submit({"brand": "gree"})
    assert flow.step == "model"
    assert flow.suggested["model"].startswith("protocol:Gree")
    await flow.submit({"model": "protocol:GreeAc"})
    assert flow.step == "try_out"
    assert flow.suggested == {"answer": "send"}
    assert flow.result["description_placeholders"]["command"] == "Cool, 24 °C, Auto"
    assert emitter.sent == []

    await flow.submit()
    (frame,) = emitter.read
    assert (frame.mode, frame.temperature) == (GreeAcMode.COOL, 24)
    assert flow.step == "answered"
    assert flow.suggested == {"answer": "yes"}
    await flow.submit()
    assert flow.step == "equipment"
    assert flow.suggested == {"family": "mini_split", "manufacturer": "Gree"}
    zone = await finish(hass, flow)

    assert flow.result["title"] == zone.title == "Gree"
    assert zone.data["driver"] == "infrared"
    assert zone.data["emitter"] == EMITTER
    assert zone.data["protocol"] == "GreeAc"
    assert zone.data["checklist"]["on"] == "works"
    assert hass.states.get("climate.gree").state == "off"
    assert len(emitter.sent) == 1


async def test_what_the_home_has_is_offered(hass: HomeAssistant) -> None:
    """The temperature outdoors and the only plan, as for a unit that is an entity."""
    await async_add_infrared(hass)
    hass.states.async_set(
        "sensor.outside",
        "4",
        {"device_class": "temperature", "unit_of_measurement": "°C"},
    )
    plan = MockConfigEntry(domain=DOMAIN, title="Plan", data={"kind": "plan"})
    plan.add_to_hass(hass)
    flow = await start(hass)
    await flow.submit()
    for answer in (
        {"brand": "gree"},
        {"model": "protocol:GreeAc"},
        {"answer": "skip"},
    ):
        await flow.submit(answer)
    assert flow.suggested["outdoor_temperature"] == "sensor.outside"
    await flow.submit()
    assert flow.suggested == {"plan": plan.entry_id}


async def test_the_checklist_is_kept_and_shown(hass: HomeAssistant) -> None:
    emitter, _ = await async_add_infrared(hass)
    flow = await start(hass, emitter=EMITTER, name="Loft")
    await flow.submit({"brand": "Gree"})
    await flow.submit({"model": "protocol:GreeAc"})
    await flow.submit({"answer": "send"})
    await flow.submit({"answer": "check"})
    for command, verdict in (
        ("Cool, 25 °C, Auto", "works"),
        ("Dry, 24 °C, Auto", "failed"),
        ("Cool, 24 °C, High", "untested"),
        ("Off", "works"),
    ):
        assert flow.step == "checklist"
        assert flow.result["description_placeholders"]["command"] == command
        await flow.submit({"verdict": verdict})
    zone = await finish(hass, flow)

    assert zone.title == "Loft"
    verdicts = dict(zone.data["checklist"])
    assert verdicts.pop("date")
    assert verdicts == {
        "on": "works",
        "warmer": "works",
        "mode": "failed",
        "fan": "untested",
        "off": "works",
    }
    assert [frame.power for frame in emitter.read] == [True, True, True, True, False]
    runtime = flow.result["result"].runtime_data.zones[zone.subentry_id]
    assert runtime.driver.diagnostics()["checklist"] == dict(zone.data["checklist"])


async def test_a_check_tells_what_is_sent_and_leaves_out_what_cannot_be(
    hass: HomeAssistant, folder: Path
) -> None:
    """A table that has one temperature for a mode sends that, whatever is usual."""
    emitter, _ = await async_add_infrared(hass)
    commands = {
        "off": gree(mode=GreeAcMode.COOL, temperature=24, power=False),
        "cool": {"low": {"20": gree(mode=GreeAcMode.COOL, temperature=20)}},
        "heat": {"low": {"27": gree(mode=GreeAcMode.HEAT, temperature=27)}},
    }
    keep(
        folder,
        "1.json",
        {
            **TABLE,
            "fanModes": ["low"],
            "operationModes": ["cool", "heat"],
            "commands": commands,
        },
    )
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "Aurora"})
    await flow.submit()
    told = [flow.result["description_placeholders"]["command"]]
    await flow.submit({"answer": "send"})
    await flow.submit({"answer": "check"})
    numbers = []
    while flow.step == "checklist":
        placeholders = flow.result["description_placeholders"]
        told.append(placeholders["command"])
        numbers.append((placeholders["number"], placeholders["count"]))
        await flow.submit({"verdict": "works"})
    assert told == ["Cool, 20 °C, Low", "Heat, 27 °C, Low", "Off"]
    assert numbers == [("2", "3"), ("3", "3")]
    assert [(frame.power, frame.temperature) for frame in emitter.read] == [
        (True, 20),
        (True, 27),
        (False, 24),
    ]
    zone = await finish(hass, flow)
    assert set(zone.data["checklist"]) == {"date", "on", "mode", "off"}


async def test_the_next_code_set_is_tried(hass: HomeAssistant, folder: Path) -> None:
    """What does not answer, or beeps only, makes room for the next of its brand."""
    emitter, _ = await async_add_infrared(hass)
    keep(folder, "1.json", TABLE)
    keep(folder, "2.json", {**TABLE, "commands": {"off": "x", "cool": {}}})
    keep(folder, "3.json", {**TABLE, "supportedModels": ["Z"]})
    keep(folder, "4.json", {"operationModes": 3, "manufacturer": 4})
    (folder / "custom_codes/climate/5.json").write_text("{")
    (folder / "custom_codes/climate/6.json").write_text(" " * (MAX_FILE + 1))
    (folder / "custom_codes/climate/7.json").write_text("[1]")
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "Aurora"})
    assert len(flow.options("model")) == 3
    await flow.submit()
    assert flow.step == "try_out"
    await flow.submit({"answer": "send"})
    await flow.submit({"answer": "again"})
    assert len(emitter.sent) == 2
    await flow.submit({"answer": "beep"})
    assert flow.step == "try_out"
    assert "3.json" in flow.result["description_placeholders"]["codes"]
    await flow.submit({"answer": "send"})
    await flow.submit({"answer": "no"})
    assert flow.step == "brand"
    assert flow.errors == {"base": "no_more_candidates"}
    await flow.submit({"brand": "Acme"})
    assert flow.errors == {"brand": "unknown_brand"}
    await flow.submit({"brand": "Aurora"})
    await flow.submit({"model": "file:custom_codes/climate/2.json"})
    assert flow.errors == {"model": "file_no_codes"}
    await flow.submit({"model": "file:custom_codes/climate/3.json"})
    await flow.submit({"answer": "skip"})
    zone = await finish(hass, flow)
    assert zone.data["code_file"] == "custom_codes/climate/3.json"
    assert zone.data["model"] == "Z"
    assert "checklist" not in zone.data


async def test_the_first_form_refuses_at_its_field(hass: HomeAssistant) -> None:
    await async_add_infrared(hass)
    flow = await start(hass)
    for fields, errors in (
        ({"emitter": "infrared.gone"}, {"emitter": "not_an_emitter"}),
        ({"emitter": RECEIVER}, {"emitter": "not_an_emitter"}),
        ({"emitter": "remote.gone"}, {"emitter": "not_an_emitter"}),
        ({"emitter": "pigeon"}, {"emitter": "not_an_emitter"}),
        ({"emitter": "mqtt"}, {"emitter": "no_mqtt"}),
        ({"emitter": "tasmota"}, {"emitter": "no_mqtt"}),
        (
            {"emitter": EMITTER, "receiver": "infrared.emitter"},
            {"receiver": "not_a_receiver"},
        ),
    ):
        await flow.submit(fields)
        assert flow.step == "infrared"
        assert flow.errors == errors
    await flow.submit({"emitter": EMITTER})
    assert flow.step == "brand"


async def test_an_emitter_that_fails_is_told_in_the_try_out(
    hass: HomeAssistant,
) -> None:
    emitter, _ = await async_add_infrared(hass)
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "Gree"})
    await flow.submit({"model": "protocol:GreeAc"})
    emitter.fails = HomeAssistantError("the blaster is broken")
    await flow.submit({"answer": "send"})
    assert flow.errors == {"base": "not_sent"}
    assert flow.result["description_placeholders"]["error"] == "the blaster is broken"
    emitter.fails = None
    await flow.submit({"answer": "send"})
    # What no emitter should raise, and some do.
    emitter.fails = RuntimeError("it is broken")
    await flow.submit({"answer": "check"})
    assert flow.step == "checklist"
    assert flow.errors == {"base": "not_sent"}
    told = flow.result["description_placeholders"]["error"]
    assert told == f"{EMITTER} refused the command: it is broken"
    assert flow.suggested == {"verdict": "again"}
    emitter.fails = None
    await flow.submit()
    assert flow.errors == {}
    assert flow.result["description_placeholders"]["number"] == "2"
    assert emitter.read[-1].temperature == 25


async def test_nothing_is_sent_by_an_emitter_that_is_unavailable(
    hass: HomeAssistant,
) -> None:
    """Home Assistant would hand it the command all the same."""
    emitter, _ = await async_add_infrared(hass)
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "Gree"})
    await flow.submit({"model": "protocol:GreeAc"})
    emitter.come_and_go(available=False)
    await flow.submit({"answer": "send"})
    assert flow.step == "try_out"
    assert flow.errors == {"base": "emitter_unavailable"}
    assert flow.result["description_placeholders"]["emitter"] == "Emitter"
    assert emitter.sent == []
    emitter.come_and_go(available=True)
    await flow.submit({"answer": "send"})
    assert flow.step == "answered"
    assert len(emitter.sent) == 1


async def test_a_code_file_is_given_in_one_of_three_ways(
    hass: HomeAssistant, folder: Path, tmp_path: Path
) -> None:
    await async_add_infrared(hass)
    path = keep(folder, "1000.json", TABLE)
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "code_file"})
    assert flow.step == "code_file"
    for fields in ({}, {"path": path, "text": "{}"}):
        await flow.submit(fields)
        assert flow.errors == {"base": "one_code_file"}
    await flow.submit({"path": path})
    assert flow.step == "try_out"

    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "code_file"})
    await flow.submit({"text": json.dumps(TABLE)})
    assert flow.step == "try_out"
    await flow.submit({"answer": "skip"})
    zone = await finish(hass, flow)
    assert zone.data["code_file"] == "klima/codes/aurora_ax_35.json"
    assert json.loads((folder / zone.data["code_file"]).read_text()) == TABLE

    other = {**TABLE, "minTemperature": 21}
    upload = tmp_path / "upload.json"
    for content, kept in (
        (other, "klima/codes/aurora_ax_35_2.json"),
        (other, "klima/codes/aurora_ax_35_2.json"),
        (TABLE, "klima/codes/aurora_ax_35.json"),
    ):
        text = json.dumps(content)
        upload.write_text(text)
        flow = await start(hass, emitter=EMITTER)
        await flow.submit({"brand": "code_file"})
        with uploaded(upload):
            await flow.submit({"file": UPLOAD})
        assert flow.step == "try_out"
        await flow.submit({"answer": "skip"})
        await flow.submit()
        await flow.submit()
        assert flow.result["type"] is FlowResultType.CREATE_ENTRY
        (zone,) = flow.result["result"].subentries.values()
        assert zone.data["code_file"] == kept


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", "file_not_json"),
        ("[" * 200_000, "file_not_json"),
        ("9" * 5000, "file_not_json"),
        ("[]", "file_not_codes"),
        ("3", "file_not_codes"),
        ("{}", "file_not_codes"),
        ('{"commands": []}', "file_not_codes"),
        ('{"commands": {"sources": {}}}', "file_not_climate"),
        ('{"commands": {"off": 3, "cool": [[]]}}', "file_no_codes"),
        ('{"commands": {"brew": 3}}', "file_no_codes"),
        (
            json.dumps({**TABLE, "supportedController": "Xiaomi"}),
            "file_other_controller",
        ),
    ],
)
async def test_a_bad_code_file_is_refused_at_its_field(
    hass: HomeAssistant, folder: Path, text: str, error: str
) -> None:
    await async_add_infrared(hass)
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "code_file"})
    await flow.submit({"text": text})
    assert flow.errors == {"text": error}
    assert flow.result["description_placeholders"]["error"]
    # What is refused is not kept either.
    assert not (folder / "klima").exists()
    (folder / "bad.json").write_text(text)
    await flow.submit({"path": "bad.json"})
    assert flow.errors == {"path": error}
    assert flow.suggested == {"path": "bad.json"}


async def test_a_file_that_is_not_there_or_too_large_is_refused(
    hass: HomeAssistant, folder: Path, tmp_path: Path
) -> None:
    await async_add_infrared(hass)
    large = folder / "large.json"
    with large.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "code_file"})
    for path, error in (
        ("gone.json", "file_not_found"),
        ("a\0b", "file_not_found"),
        ("x" * 5000, "file_not_found"),
        (".", "file_not_found"),
        ("../..", "file_outside"),
        ("large.json", "file_too_large"),
    ):
        await flow.submit({"path": path})
        assert flow.errors == {"path": error}, path
    await flow.submit({"file": GONE})
    assert flow.errors == {"file": "file_not_readable"}
    with uploaded(large):
        await flow.submit({"file": UPLOAD})
    assert flow.errors == {"file": "file_too_large"}


async def test_what_of_a_file_is_bad_is_told_before_it_is_taken(
    hass: HomeAssistant,
) -> None:
    await async_add_infrared(hass)
    commands = json.loads(json.dumps(TABLE["commands"]))
    commands["cool"]["low"]["20"] = ""
    commands["cool"]["low"]["22"] = commands["cool"]["low"]["24"]
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "code_file"})
    await flow.submit({"text": json.dumps({**TABLE, "commands": commands})})
    assert flow.step == "code_report"
    told = flow.result["description_placeholders"]
    assert (told["usable"], told["total"]) == ("4", "5")
    assert (told["rejected"], told["doubtful"]) == ("1", "1")
    assert "cool/low/20: It is empty" in told["list"]
    assert "cool/low/24: The same code as cool/low/22" in told["list"]
    await flow.submit({})
    assert flow.step == "try_out"


async def test_the_handset_tells_which_codes_are_its(
    hass: HomeAssistant, folder: Path
) -> None:
    """The likeliest first: those that read COOL 24 in what was pressed."""
    _, receiver = await async_add_infrared(hass)
    keep(folder, "1.json", TABLE)
    keep(folder, "2.json", {**TABLE, "commands": {"off": "x", "cool": {}}})
    flow = await start(hass, emitter=EMITTER, receiver=RECEIVER)
    assert flow.options("brand")[:2] == ["identify", "code_file"]
    assert flow.suggested == {"brand": "identify"}
    await flow.submit()
    assert flow.step == "identify"
    await flow.submit({})
    assert flow.errors == {"base": "nothing_heard"}
    receiver.hear([500, -500, 500, -500, 500])
    await flow.submit({})
    assert flow.errors == {"base": "not_identified"}

    receiver.hear([9000, -4500, 560])
    receiver.hear_handset(mode=GreeAcMode.COOL, temperature=24)
    await flow.submit({})
    assert flow.step == "matches"
    assert flow.options("model") == ["protocol:GreeAc"]
    await flow.submit()
    assert flow.step == "try_out"
    hass.config_entries.flow.async_abort(flow.result["flow_id"])

    flow = await start(hass, emitter=EMITTER, receiver=RECEIVER)
    await flow.submit({"brand": "identify"})
    receiver.hear([900, -400, 100, -300, 100, -100, 100])
    await flow.submit({})
    assert flow.options("model") == ["file:custom_codes/climate/1.json"]
    # The same codes under another name: each is told with its brand.
    keep(folder, "3.json", {**TABLE, "manufacturer": "Borealis"})
    flow = await start(hass, emitter=EMITTER, receiver=RECEIVER)
    await flow.submit({"brand": "identify"})
    receiver.hear([900, -400, 100, -300, 100, -100, 100])
    await flow.submit({})
    assert len(flow.options("model")) == 2
    (selector,) = flow.result["data_schema"].schema.values()
    labels = [option["label"] for option in selector.config["options"]]
    assert labels == ["Aurora AX-35 (1.json)", "Borealis AX-35 (3.json)"]
    # The first only beeps: the next is tried.
    await flow.submit()
    await flow.submit({"answer": "send"})
    await flow.submit({"answer": "beep"})
    assert flow.step == "try_out"
    told = flow.result["description_placeholders"]["codes"]
    assert told == "Borealis AX-35 (3.json)"
    with patch("custom_components.klima.flows.infrared.brand.MOST_IDENTIFIED", 0):
        flow = await start(hass, emitter=EMITTER, receiver=RECEIVER)
        await flow.submit({"brand": "identify"})
        receiver.hear([900, -400, 100, -300, 100, -100, 100])
        await flow.submit({})
        assert flow.errors == {"base": "not_identified"}
    hass.config_entries.flow.async_abort(flow.result["flow_id"])


async def test_a_unit_that_toggles_is_warned_of(hass: HomeAssistant) -> None:
    """Unless a receiver tells what it does."""
    await async_add_infrared(hass)
    commands = {**TABLE["commands"], "on": TABLE["commands"]["off"]}
    text = json.dumps({**TABLE, "commands": commands})
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "code_file"})
    await flow.submit({"text": text})
    assert flow.step == "toggle_warning"
    await flow.submit({})
    assert flow.step == "try_out"
    flow = await start(hass, emitter=EMITTER, receiver=RECEIVER)
    await flow.submit({"brand": "code_file"})
    await flow.submit({"text": text})
    assert flow.step == "try_out"


# The client's housekeeping goes on until Home Assistant stops.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_over_mqtt(hass: HomeAssistant, mqtt_mock: Any) -> None:
    flow = await start(hass)
    assert flow.options("emitter") == ["tasmota", "mqtt", "action"]
    await flow.submit({"emitter": "mqtt"})
    assert flow.step == "infrared_mqtt"
    await flow.submit({"topic": "a/+", "payload": "{{ timings }}"})
    assert flow.errors == {"topic": "not_a_topic"}
    await flow.submit({"topic": "a/set", "payload": "{{ 1 / 0 }}"})
    assert flow.errors == {"payload": "bad_template"}
    assert "division by zero" in flow.result["description_placeholders"]["error"]
    await flow.submit({"topic": "a/set", "payload": '{"ir": "{{ tuya }}"}'})
    await flow.submit({"brand": "LG"})
    await flow.submit()
    await flow.submit({"answer": "send"})
    mqtt_mock.async_publish.assert_called_once()
    await flow.submit({"answer": "yes"})
    zone = await finish(hass, flow)
    assert zone.data["topic"] == "a/set"

    entry = flow.result["result"]
    again = await reconfigure(hass, entry)
    assert again.suggested == {"emitter": "mqtt", "name": "LG"}
    await again.submit()
    assert again.suggested == {"topic": "a/set", "payload": '{"ir": "{{ tuya }}"}'}


async def test_by_an_action(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[ServiceCall] = []
    hass.services.async_register("test", "send", calls.append)
    flow = await start(hass, emitter="action")
    assert flow.step == "infrared_action"
    await flow.submit({"action": []})
    assert flow.errors == {"action": "no_action"}
    await flow.submit({"action": [{"device_id": "gone", "domain": "x", "type": "y"}]})
    assert flow.errors == {"action": "bad_action"}
    # In words, though nothing of Klima is set up yet.
    told = flow.result["description_placeholders"]["error"]
    assert told.startswith("The actions that send a code are not valid: "), told
    action = [{"action": "test.send", "data": {"code": "{{ pronto }}"}}]
    await flow.submit({"action": action})
    await flow.submit({"brand": "LG"})
    await flow.submit()
    await flow.submit({"answer": "send"})
    assert calls[0].data["code"].startswith("0000 006D ")
    # Nobody is behind a trial: a script that is run so would log it each time.
    assert "context" not in caplog.text
    await flow.submit({"answer": "yes"})
    zone = await finish(hass, flow)
    assert zone.data["action"] == action


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_through_tasmota(hass: HomeAssistant, mqtt_mock: Any) -> None:
    flow = await start(hass, emitter="tasmota")
    assert flow.step == "tasmota"
    for topic in ("", "a/b", "+"):
        await flow.submit({"topic": topic, "vendor": "GREE"})
        assert flow.errors == {"topic": "not_a_tasmota_topic"}
    await flow.submit({"topic": "blaster", "vendor": "gree", "vendor_model": "YAA"})
    assert flow.step == "try_out"
    assert flow.result["description_placeholders"]["codes"] == "GREE"
    await flow.submit({"answer": "send"})
    assert mqtt_mock.async_publish.call_args[0][0] == "cmnd/blaster/IRHVAC"
    await flow.submit({"answer": "no"})
    assert flow.step == "tasmota"
    await flow.submit({"topic": "blaster", "vendor": "GREE"})
    await flow.submit({"answer": "skip"})
    zone = await finish(hass, flow)
    assert zone.title == "GREE"
    assert zone.data["vendor"] == "GREE"
    assert "vendor_model" not in zone.data


async def test_through_a_remote(hass: HomeAssistant) -> None:
    calls: list[ServiceCall] = []
    hass.services.async_register("remote", "send_command", calls.append)
    hass.states.async_set("remote.blaster", "on", {"friendly_name": "Blaster"})
    flow = await start(hass)
    assert flow.suggested == {"emitter": "remote.blaster"}
    await flow.submit()
    await flow.submit({"brand": "Gree"})
    await flow.submit({"model": "protocol:GreeAc"})
    await flow.submit({"answer": "send"})
    assert calls[0].data["command"][0].startswith("b64:Jg")


async def test_changes_an_infrared_unit(hass: HomeAssistant, folder: Path) -> None:
    """All that was said is there; other codes take the place of the old ones."""
    emitter, _ = await async_add_infrared(hass)
    keep(
        folder,
        "1.json",
        {**TABLE, "commands": {k: TABLE["commands"][k] for k in ("off", "cool")}},
    )
    entry = await async_add_unit(hass, receiver=RECEIVER, manufacturer="Gree")
    flow = await reconfigure(hass, entry)
    assert flow.step == "infrared"
    assert flow.suggested == {
        "emitter": EMITTER,
        "receiver": RECEIVER,
        "name": "Mini-split",
    }
    await flow.submit({"emitter": EMITTER, "name": "Attic"})
    assert flow.suggested == {"brand": "Gree"}
    await flow.submit()
    assert flow.suggested == {"model": "protocol:GreeAc"}
    await flow.submit()
    assert flow.suggested == {"answer": "skip"}
    flow = await reconfigure(hass, entry)
    await flow.submit({"emitter": EMITTER, "name": "Attic"})
    await flow.submit({"brand": "Aurora"})
    await flow.submit()
    await flow.submit()
    assert flow.step == "equipment"
    await flow.submit()
    await flow.submit()
    assert flow.result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.title == "Attic"
    (zone,) = entry.subentries.values()
    assert zone.data["code_file"] == "custom_codes/climate/1.json"
    assert not zone.data.keys() & {"protocol", "receiver"}
    assert emitter.sent == []


async def test_a_change_of_something_else_keeps_the_codes_and_what_was_tried(
    hass: HomeAssistant, folder: Path
) -> None:
    """Also those of a file that is where no brand is looked for."""
    await async_add_infrared(hass)
    (folder / "mine.json").write_text(json.dumps({**TABLE, "manufacturer": "Gree"}))
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "code_file"})
    await flow.submit({"path": "mine.json"})
    while flow.step != "try_out":
        await flow.submit()
    await flow.submit({"answer": "send"})
    await flow.submit({"answer": "yes"})
    zone = await finish(hass, flow)
    before = dict(zone.data)
    assert before["code_file"] == "mine.json"
    assert before["checklist"]["on"] == "works"

    entry = flow.result["result"]
    flow = await reconfigure(hass, entry)
    for _ in range(9):
        await flow.submit()
        if flow.result["type"] is FlowResultType.ABORT:
            break
    assert flow.result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    (zone,) = entry.subentries.values()
    assert zone.data == before


async def test_adds_and_changes_a_zone(hass: HomeAssistant) -> None:
    """A multi-split of handsets: the zone's flow has the same steps."""
    await async_add_infrared(hass)
    entry = await async_add_unit(hass)
    flow = await start_zone(hass, entry)
    assert flow.result["menu_options"] == ["entity", "infrared"]
    await flow.submit({"next_step_id": "infrared"})
    await flow.submit({"emitter": EMITTER, "name": "Office"})
    await flow.submit({"brand": "LG"})
    await flow.submit()
    await flow.submit({"answer": "skip"})
    assert flow.step == "comfort"
    await flow.submit({})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.result["title"] == "Office"
    await hass.async_block_till_done()
    assert hass.states.get("climate.office").state == "off"

    zone = next(z for z in entry.subentries.values() if z.title == "Office")
    flow = Flow(
        hass.config_entries.subentries,
        await entry.start_subentry_reconfigure_flow(hass, zone.subentry_id),
    )
    assert flow.suggested == {"emitter": EMITTER, "name": "Office"}
    await flow.submit({"emitter": EMITTER, "name": "Study"})
    assert flow.suggested == {"brand": "LG"}
    await flow.submit({"brand": "Gree"})
    await flow.submit({"model": "protocol:GreeAc"})
    await flow.submit({"answer": "skip"})
    assert flow.step == "comfort"
    await flow.submit({})
    assert flow.result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    zone = entry.subentries[zone.subentry_id]
    assert (zone.title, zone.data["protocol"]) == ("Study", "GreeAc")


async def test_a_system_of_entities_gets_a_zone_by_infrared(
    hass: HomeAssistant,
) -> None:
    await async_add_infrared(hass)
    await async_add_units(hass, PlainClimate())
    entry = await async_add_unit(hass)
    flow = await start_zone(hass, entry)
    await flow.submit({"next_step_id": "entity"})
    assert flow.step == "entity"


async def test_a_protocol_that_is_gone_is_refused(hass: HomeAssistant) -> None:
    await async_add_infrared(hass)
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "Gree"})
    with patch.object(protocols, "encoder", return_value=None):
        await flow.submit({"model": "protocol:GreeAc"})
    assert flow.errors == {"model": "file_no_protocol"}


async def test_a_cooling_unit_is_an_air_conditioner(
    hass: HomeAssistant, folder: Path
) -> None:
    """And a handset in °F is spoken to in °F; a unit without a choice is not checked."""
    await async_add_infrared(hass)
    only = {
        "manufacturer": "Aurora",
        "operationModes": ["fan_only"],
        "commands": {"off": "[900,-400,100]", "fan_only": "[900,-900,100]"},
    }
    keep(folder, "1.json", only)
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "Aurora"})
    await flow.submit()
    assert flow.result["description_placeholders"]["command"] == "Fan only"
    await flow.submit({"answer": "send"})
    await flow.submit({"answer": "check"})
    assert flow.result["description_placeholders"]["command"] == "Off"
    await flow.submit({"verdict": "works"})
    assert flow.suggested["family"] == "air_conditioner"

    cells = {
        str(t): f"[900,-{400 + 10 * (t - 70)},100,-{300 + 9 * (t % 3)},100]"
        for t in (74, 75)
    }
    keep(
        folder,
        "2.json",
        {
            **TABLE,
            "manufacturer": "Boreas",
            "temperatureUnit": "F",
            "commands": {"off": "[900,-400,100]", "cool": {"low": cells}},
        },
    )
    flow = await start(hass, emitter=EMITTER)
    await flow.submit({"brand": "Boreas"})
    await flow.submit()
    if flow.step == "code_report":
        await flow.submit({})
    assert flow.result["description_placeholders"]["command"] == "Cool, 75 °F, Low"
