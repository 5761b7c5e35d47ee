"""What a stranger, or a user with few rights, may not do: issue 9's second point.

Paths of code files and the size of uploads are tried with the infrared units
(`tests/test_infrared*.py`), names with markup in the dashboard in the browser.
"""

import ast
import json
import logging
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import voluptuous as vol

from custom_components.klima.const import DOMAIN
from custom_components.klima.core.infrared.smartir import MAX_FILE, CodeFileError
from custom_components.klima.drivers.code_files import read_file, resolve
from tests.comfort_zone import (
    AUTOMATION,
    OURS,
    UNIT,
    add_zone,
    call,
    later,
    reason,
    sensor,
)
from tests.common import add_system
from tests.infrared_units import EMITTER, async_add_infrared, async_add_unit
from tests.units import FullWaterHeater, PlainClimate, async_add_units

SOURCE = Path("custom_components/klima")

MOVES: dict[str, tuple[str, dict[str, Any]]] = {
    "mode": ("climate.set_hvac_mode", {"hvac_mode": "heat"}),
    "target": ("climate.set_temperature", {"temperature": 24}),
    "preset": ("climate.set_preset_mode", {"preset_mode": "eco"}),
    "on": ("climate.turn_on", {}),
    "off": ("climate.turn_off", {}),
    "hold": ("klima.hold", {"hvac_mode": "heat", "temperature": 24}),
    "hold a preset": ("klima.hold", {"preset_mode": "eco", "duration": 600}),
    "boost": ("klima.boost", {"duration": 600}),
    "resume": ("klima.resume", {}),
    "automation": ("switch.turn_off", {ATTR_ENTITY_ID: AUTOMATION}),
}
"""All that a user can do to a unit through its zone."""


@pytest.mark.parametrize("move", MOVES)
async def test_who_may_not_control_a_unit_cannot_move_it_through_its_zone(
    hass: HomeAssistant, hass_read_only_user: MockUser, move: str
) -> None:
    """Nor change what the zone will send to it later, in nobody's name."""
    sensor(hass, 19)
    _, unit = await add_zone(hass, temperature="sensor.room")
    hass_read_only_user.mock_policy(
        {"entities": {"entity_ids": {OURS: True, AUTOMATION: True}}}
    )
    await hass.async_block_till_done()
    before = (hass.states.get(OURS), hass.states.get(AUTOMATION), reason(hass))
    unit.commands.clear()
    action, data = MOVES[move]
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            *action.split("."),
            {ATTR_ENTITY_ID: OURS, **data},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    await hass.async_block_till_done()
    assert unit.commands == []
    assert (hass.states.get(OURS), hass.states.get(AUTOMATION), reason(hass)) == before


async def test_a_command_that_waits_is_not_sent_for_who_may_not_give_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_read_only_user: MockUser
) -> None:
    """What the compressor's protection holds back would leave in nobody's name."""
    sensor(hass, 19)
    _, unit = await add_zone(
        hass, temperature="sensor.room", minimum_on=300, minimum_off=900
    )
    await hass.services.async_call(
        "climate", "turn_on", {ATTR_ENTITY_ID: OURS}, blocking=True
    )
    unit.set(hvac_action=HVACAction.HEATING)
    await later(hass, freezer, minutes=10)
    await hass.services.async_call(
        "climate", "turn_off", {ATTR_ENTITY_ID: OURS}, blocking=True
    )
    unit.set(hvac_action=HVACAction.OFF)
    await later(hass, freezer, minutes=2)
    unit.commands.clear()
    hass_read_only_user.mock_policy({"entities": {"entity_ids": {OURS: True}}})
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            "climate",
            "turn_on",
            {ATTR_ENTITY_ID: OURS},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    await later(hass, freezer, minutes=30)
    assert unit.commands == []


async def test_who_may_control_both_may_move_it(
    hass: HomeAssistant, hass_read_only_user: MockUser
) -> None:
    sensor(hass, 19)
    _, unit = await add_zone(hass, temperature="sensor.room")
    hass_read_only_user.mock_policy(
        {"entities": {"entity_ids": {OURS: True, UNIT: True}}}
    )
    await hass.services.async_call(
        "klima",
        "hold",
        {ATTR_ENTITY_ID: OURS, "hvac_mode": "heat", "temperature": 24},
        blocking=True,
        context=Context(user_id=hass_read_only_user.id),
    )
    assert ("set_hvac_mode", "heat") in unit.commands


async def test_who_may_not_use_an_emitter_cannot_send_by_it(
    hass: HomeAssistant, hass_read_only_user: MockUser
) -> None:
    emitter, _ = await async_add_infrared(hass)
    hass.states.async_set("sensor.room", "19", {"unit_of_measurement": "°C"})
    await async_add_unit(hass, temperature="sensor.room")
    await hass.async_block_till_done()
    (zone,) = hass.states.async_entity_ids("climate")
    hass_read_only_user.mock_policy({"entities": {"entity_ids": {zone: True}}})
    emitter.sent.clear()
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            "climate",
            "set_hvac_mode",
            {ATTR_ENTITY_ID: zone, "hvac_mode": "cool"},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    await hass.async_block_till_done()
    assert emitter.sent == [] and zone != EMITTER


@pytest.mark.parametrize(
    ("action", "data", "allowed"),
    [
        ("reset_season", {}, None),
        ("calibrate", {"start": "2026-11-01 00:00:00", "energy": 10}, None),
        ("import_history", {"dry_run": False}, None),
        ("set_meter_read", {"config_entry_id": "x", "date": "2026-11-01"}, None),
        ("get_bill", {}, "read"),
        ("compare", {}, "read"),
        ("rebates", {}, "read"),
        ("reset_season", {}, "read"),
        ("calibrate", {"start": "2026-11-01 00:00:00", "energy": 10}, "read"),
        ("import_history", {}, "control"),
        ("set_meter_read", {"config_entry_id": "x", "date": "2026-11-01"}, "control"),
    ],
)
async def test_actions_ask_what_the_caller_may(
    hass: HomeAssistant,
    hass_read_only_user: MockUser,
    action: str,
    data: dict[str, Any],
    allowed: str | None,
) -> None:
    """To read takes the right to read, to change that to control, to rewrite an administrator."""
    await add_system(hass, "climate.unit", data={"price": 0.2})
    answers = hass.services.supports_response(DOMAIN, action).value != "none"

    async def ask(user: MockUser) -> Any:
        return await hass.services.async_call(
            DOMAIN,
            action,
            data,
            blocking=True,
            return_response=answers,
            context=Context(user_id=user.id),
        )

    policy = {} if allowed is None else {"sensor.heat_pump_energy": {allowed: True}}
    hass_read_only_user.mock_policy({"entities": {"entity_ids": policy}})
    if allowed == "read" and action in ("get_bill", "compare", "rebates"):
        assert await ask(hass_read_only_user)
        hass_read_only_user.mock_policy({"entities": {"entity_ids": {}}})
    with pytest.raises(Unauthorized):
        await ask(hass_read_only_user)


ACTIONS: dict[str, dict[str, Any]] = {
    "klima.hold": {
        "hvac_mode": "heat",
        "temperature": 22,
        "target_temp_low": 20,
        "target_temp_high": 24,
        "preset_mode": "eco",
        "duration": {"minutes": 30},
    },
    "klima.boost": {"duration": 600, "temperature": 23},
    "klima.resume": {},
    "klima.explain": {},
    "klima.calibrate": {
        "config_entry_id": "",
        "start": "2026-11-01 00:00:00",
        "end": "2026-11-02 00:00:00",
        "energy": 5,
        "entity_id": "sensor.meter",
    },
    "klima.compare": {
        "config_entry_id": "",
        "period": "season",
        "gas_price": 0.5,
        "oil_price": 1,
        "propane_price": 1,
        "afue": 90,
        "grid_co2": 100,
    },
    "klima.rebates": {"config_entry_id": "", "country": "CA"},
    "klima.reset_season": {"config_entry_id": ""},
    "klima.import_history": {"config_entry_id": "", "dry_run": True},
    "klima.get_bill": {"config_entry_id": "", "period": "last"},
    "klima.set_meter_read": {
        "config_entry_id": "",
        "date": "2026-11-20",
        "energy": 100,
    },
    "climate.set_temperature": {"temperature": 22},
    "climate.set_hvac_mode": {"hvac_mode": "heat"},
    "climate.set_preset_mode": {"preset_mode": "eco"},
}
"""All actions of Klima's, and those that reach its thermostats, with all their fields."""

NONSENSE: tuple[Any, ...] = (
    None, "", "nan", "inf", "-inf", float("nan"), float("inf"), -1, 0, 1e308, 10**400,
    "lots", True, [], [[]], {}, {"a": 1}, {"days": 10**12}, {"days": 999_999_999},
    {"hours": -5}, "99:99:99", "2026-13-45", "0001-01-01", "9999-12-31 23:59:59",
    "../../etc/passwd", "/etc/passwd", "{{ 1 / 0 }}", "<img src=x onerror=alert(1)>",
    "é\0", "x" * 5000, ["sensor.a", None], "climate.den", "sensor.gone", "00", "🔥",
)  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS)
async def test_actions_validate_everything(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    action: str,
) -> None:
    """Each field with each kind of nonsense: refused with a reason, or harmless."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hass.loop.set_debug(False)
    sensor(hass, 20.5)
    entry, unit = await add_zone(hass, system={"price": 0.2}, temperature="sensor.room")
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await later(hass, freezer, minutes=2)
    unit.commands.clear()
    caplog.clear()
    # Home Assistant cannot log a temperature that is none.
    caplog.set_level(logging.INFO)
    domain, name = action.split(".")
    answers = hass.services.supports_response(domain, name).value != "none"
    target = {ATTR_ENTITY_ID: OURS} if domain == "climate" else {}
    if name in ("hold", "boost", "resume", "explain"):
        target = {ATTR_ENTITY_ID: OURS}
    good = ACTIONS[action]
    if "config_entry_id" in good:
        good = {**good, "config_entry_id": entry.entry_id}
    refused = taken = 0
    for field in (*good, "no_such_field"):
        for value in NONSENSE:
            # With all the others, and with what it cannot do without.
            for others in (good, {}):
                data = {**target, **others, field: value}
                try:
                    answer = await hass.services.async_call(
                        domain, name, data, blocking=True, return_response=answers
                    )
                # Any other would be logged, with where it was raised.
                except vol.Invalid, HomeAssistantError:
                    refused += 1
                else:
                    taken += 1
                    json.dumps(answer, allow_nan=False)
                await hass.async_block_till_done()
                for state in hass.states.async_all():
                    assert state.state not in ("nan", "inf", "-inf"), data
                    json.dumps(state.as_dict(), allow_nan=False, default=str)
    assert refused > len(NONSENSE)
    await later(hass, freezer, minutes=30)
    assert [r.getMessage() for r in caplog.records if r.exc_info] == []
    for command, value in unit.commands:
        if command == "set_temperature":
            asked = [each for each in value.values() if isinstance(each, float | int)]
            assert asked and all(7 <= each <= 35 for each in asked), value
        elif command == "set_hvac_mode":
            assert value in ("heat", "off"), value
    # A season that begins anew is harmless, and all that it has is which system.
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("unit", [PlainClimate, FullWaterHeater])
async def test_a_temperature_that_is_none_reaches_no_unit(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    unit: type[PlainClimate | FullWaterHeater],
) -> None:
    """Home Assistant finds it between the least and the most that a unit can have."""
    caplog.set_level(logging.INFO)
    real = unit()
    await async_add_units(hass, real)
    (entity_id,) = (
        state.entity_id for state in hass.states.async_all(("climate", "water_heater"))
    )
    await add_system(hass, entity_id)
    domain = entity_id.split(".")[0]
    (ours,) = set(hass.states.async_entity_ids(domain)) - {entity_id}
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            domain,
            "set_temperature",
            {ATTR_ENTITY_ID: ours, "temperature": "nan"},
            blocking=True,
        )
    assert caught.value.translation_key == "not_a_temperature"
    assert real.commands == []


async def test_a_user_who_is_gone_may_nothing(hass: HomeAssistant) -> None:
    await add_system(hass, "climate.unit", data={"price": 0.2})
    with pytest.raises(UnknownUser):
        await hass.services.async_call(
            DOMAIN,
            "reset_season",
            {},
            blocking=True,
            context=Context(user_id="0123456789"),
        )


def test_links_in_folders_lead_nowhere(tmp_path: Path) -> None:
    """A folder that is a link out is as far out as a file that is one."""
    config, outside = tmp_path / "config", tmp_path / "outside"
    config.mkdir()
    outside.mkdir()
    (outside / "codes.json").write_text("{}")
    (config / "custom_codes").symlink_to(outside)
    (config / "loop").symlink_to(config / "loop")
    for path in ("custom_codes/codes.json", "loop", "a\0b", "/etc/passwd", "~/x", "."):
        with pytest.raises(CodeFileError):
            resolve(config, path)


def test_a_file_is_read_no_further_than_a_code_file_can_be(tmp_path: Path) -> None:
    """Eight megabytes, and not the sixteen terabytes that it says it has."""
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(2**43)
    with pytest.raises(CodeFileError) as caught:
        read_file(path)
    assert caught.value.reason == "too_large"
    assert MAX_FILE < 10_000_000


def test_nothing_is_evaluated_and_templates_are_the_administrators() -> None:
    """No code runs text; a template is made of a zone's data only, which flows alone write."""
    templated = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            plain = isinstance(node.func, ast.Name)
            assert not (plain and name in ("eval", "exec", "compile", "__import__")), (
                path
            )
            assert name not in ("loads_pickle", "system", "popen", "Popen"), path
            if name == "Template":
                templated.add(path.relative_to(SOURCE).as_posix())
    assert templated == {"drivers/transports.py", "flows/infrared/transport.py"}


def test_the_dashboard_makes_no_markup_of_text() -> None:
    """Elements are made one by one: no name can become one."""
    ways = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|unsafeHTML|srcdoc"
        r"|\beval\(|new Function|javascript:|createContextualFragment|setHTMLUnsafe"
    )
    files = list((SOURCE / "frontend").glob("*.js"))
    assert len(files) > 8
    for path in files:
        assert not ways.findall(path.read_text(encoding="utf-8")), path


async def test_diagnostics_tell_nothing_of_who_and_where(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    """Every field that can name a person, a place, a topic or a token is filled, and hidden."""
    hass.config.latitude, hass.config.longitude = 46.81239, -71.20876
    hass.config.location_name = "Chez-Maxime"
    secret = "zz9token"
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Maxime's pump",
        data={
            "kind": "system",
            "family": "mini_split",
            "power": "sensor.maxime_power",
            "price": 0.2,
        },
        subentries_data=[
            {
                "subentry_type": "zone",
                "title": "Maxime's room",
                "unique_id": None,
                "data": {
                    "driver": "entity",
                    "unit": "climate.maxime_unit",
                    "temperature": "sensor.maxime_room",
                    "humidity": "sensor.maxime_humidity",
                    "windows": ["binary_sensor.maxime_window"],
                    "presence": ["person.maxime", "zone.maxime_work"],
                    "schedule": "schedule.maxime_week",
                },
            },
            {
                "subentry_type": "zone",
                "title": "Maxime's other room",
                "unique_id": None,
                "data": {
                    "driver": "infrared",
                    "emitter": "action",
                    "receiver": "sensor.maxime_ear",
                    "protocol": "gree",
                    "action": [
                        {"action": "notify.maxime", "data": {"token": secret}},
                    ],
                    "topic": "maxime/ir",
                    "payload": f"{secret} {{{{ pronto }}}}",
                },
            },
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    told = json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry))
    # Home Assistant's own part of the file is not ours; what we tell is under `data`.
    for word in ("axime", secret, "46.81", "71.20", "Chez"):
        assert word not in told, word
