"""Every field of every kind of entry, spoilt in turn: refused with a reason, or harmless.

What `test_configurations.py` draws at random from some fields is done here for each
field that there is, options, titles and versions of the entry included; and each entry
that loads then lives for some minutes, in which nothing may fall.
"""

from collections.abc import Iterator
from datetime import timedelta
import json
import math
import random
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import DOMAIN
from tests.chance import many
from tests.infrared_units import async_add_infrared
from tests.units import PlainClimate, async_add_units

from .common import COUNTER, OUTDOOR, POWER, PRICE, complaints, pass_seconds, set_sensor
from .rooms import INFRARED, ROOM, WRAPPED, say_all
from .spoilt import BAD

VALUES_OF_EACH = many(6)

NEW_BAD: tuple[Any, ...] = (
    *BAD, "9999-12-31", "0001-01-01", "2026-02-29", 1e-320, 1e15, -1e15, 2**63, -0.0,
    "24:00", "00:00", "-1:00", "12:07", "nan", "inf", "1e999", {"": ""}, [1, "1", None],
    "\ud800", "sensor." + "x" * 300, "climate.zone_0", "klima", False, 0.1, "unavailable",
    [["a"]], {"a": [{}]}, 3.5, 366, "٣", "summer", "weekdays", "event", "on_peak",
)  # fmt: skip

SYSTEM: dict[str, Any] = {
    "family": "mini_split",
    "manufacturer": "Aurora",
    "model": "AX",
    "model_ratings": {"cop_8": 3.8},
    "outdoor_temperature": OUTDOOR,
    "power": POWER,
    "energy": COUNTER,
    "heat_output": "sensor.heat",
    "thermal_energy": "sensor.heat_counter",
    "price_entity": PRICE,
    "price": 0.25,
    "plan": None,
    "fixed_charges": True,
    "ratings": {
        "heating_capacity": 5.0,
        "cooling_capacity": 4.2,
        "cop_8": 3.9,
        "cop_minus_8": 2.9,
        "cop_minus_15": 2.2,
        "eer2": 12.0,
        "seer2": 20.0,
        "hspf2": 9.5,
        "scop": 4.2,
        "seer": 21.0,
        "minimum_outdoor_temperature": -25,
        "duct_loss": 5,
    },
    "savings": {
        "reference": "gas",
        "fuel_unit": "m3",
        "fuel_price": 0.5,
        "afue": 92,
        "grid_co2": 30,
    },
}
PLAN: dict[str, Any] = {
    "plan": "time_of_use",
    "versions": [
        {
            "effective_from": "2026-01-01",
            "valid_until": "2027-01-01",
            "summer": ["05-01", "10-31"],
            "holidays": "ontario",
            "hours": [
                {"period": "on_peak", "price": 0.3, "days": "weekdays",
                 "season": "summer", "start": "07:00", "end": "19:00"},
                {"period": "off_peak", "price": 0.1, "days": "weekdays",
                 "season": "summer", "start": "19:00", "end": "07:00"},
                {"period": "off_peak", "price": 0.1, "days": "weekends",
                 "season": "summer"},
                {"period": "mid_peak", "price": 0.2, "season": "winter"},
            ],
            "tiers_per": "month",
            "tiers": [
                {"up_to": 40, "price": 0.07, "season": "all_year"},
                {"price": 0.11, "season": "all_year"},
            ],
            "adders": [{"price": 0.01, "factor": 1.05, "name": "Rider"}],
            "fixed": [{"amount": 0.4, "per": "day", "name": "Access"}],
            "demand": {"price": 8, "minutes": 30, "periods": ["on_peak"]},
            "taxes": [{"percent": 5, "on": "subtotal", "name": "GST"}],
            "minimum": 5,
            "event": {"price": 0.5, "kind": "instead"},
            "spot": {"factor": 1.05},
            "export": {
                "price": 0.03,
                "factor": 0.9,
                "rates": [{"period": "on_peak", "season": "summer", "price": 0.2}],
            },
        },
        {"effective_from": "2026-06-01", "tiers": [{"price": 0.2}]},
    ],
    "cycle": {
        "day": 5,
        "months": 2,
        "anchor": "2026-01-01",
        "days": None,
        "dates": [],
        "reads": ["2026-09-04"],
    },
    "home_energy": COUNTER,
    "home_export": "sensor.fed",
    "export": {"price": 0.08},
    "price_entity": PRICE,
    "event_entity": "binary_sensor.event",
}  # fmt: skip
ROOM_ZONE: dict[str, Any] = {
    **WRAPPED,
    **{f"{kind}_{preset}": 20 if kind == "heat" else 26
       for kind in ("heat", "cool") for preset in ("sleep", "away", "comfort", "eco")},
}  # fmt: skip
SHELL: dict[str, Any] = {
    "options": {"window_delay": 3, "x": {}},
    "title": "Heat pump",
    "unique_id": "one",
    "subentry_type": "zone",
    "subentry_title": "Unit",
    "subentry_unique_id": "two",
    "minor_version": 1,
}


def paths(node: Any, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield where each part of some data is, dictionaries and lists among them."""
    if above:
        yield above
    parts: Any = ()
    if isinstance(node, dict):
        parts = node.items()
    elif isinstance(node, list):
        parts = enumerate(node)
    for key, part in parts:
        yield from paths(part, *above, key)


def with_other(data: dict[str, Any], path: tuple[str | int, ...], value: Any) -> Any:
    """Return data with something else at a place; what is no value is taken away."""
    result = json.loads(json.dumps(data))
    node = result
    for key in path[:-1]:
        node = node[key]
    if value is MISSING:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return result


MISSING = object()
KINDS: dict[str, dict[str, Any]] = {
    "system": SYSTEM,
    "plan": PLAN,
    "room": ROOM_ZONE,
    "infrared": INFRARED,
    "shell": SHELL,
}


def entry_of(kind: str, spoilt: dict[str, Any]) -> MockConfigEntry:
    """Return an entry of which one part is spoilt."""
    shell = spoilt if kind == "shell" else SHELL
    zone = spoilt if kind in ("room", "infrared") else {"driver": "entity", "unit": "climate.plain"}  # fmt: skip
    data = {"kind": "system", **SYSTEM}
    if kind in ("system", "plan"):
        data = {"kind": kind, **spoilt}
    return MockConfigEntry(
        domain=DOMAIN,
        title=shell.get("title"),
        unique_id=shell.get("unique_id"),
        minor_version=shell.get("minor_version", 1),
        data=data,
        options=shell.get("options"),
        subentries_data=[]
        if kind == "plan"
        else [
            {
                "subentry_type": shell.get("subentry_type"),
                "title": shell.get("subentry_title"),
                "data": zone,
                "unique_id": shell.get("subentry_unique_id"),
            }
        ],
    )


def is_whole(kind: str, path: tuple[str | int, ...], value: Any) -> bool:
    """Return whether Home Assistant itself could have such an entry at all."""
    if value in (10**400, "\ud800"):
        # None that its own files could hold.
        return False
    if kind != "shell":
        return True
    where = str(path[0])
    if where == "options":
        return path != ("options",) or isinstance(value, dict)
    if where == "minor_version":
        return isinstance(value, int) and not isinstance(value, bool) and value < 2
    return isinstance(value, str) or (value is None and where.endswith("unique_id"))


def tell(hass: HomeAssistant, minute: int) -> None:
    """Let all sources report."""
    say_all(hass)
    hass.states.async_set(ROOM, f"{20.4 + minute / 10}", {"unit_of_measurement": "°C"})
    set_sensor(hass, POWER, 1200 + minute)
    set_sensor(hass, COUNTER, f"{100 + minute / 50:.2f}")
    set_sensor(hass, OUTDOOR, 3)
    set_sensor(hass, PRICE, 0.25)
    hass.states.async_set(
        "sensor.heat", f"{3600 + minute}", {"unit_of_measurement": "W"}
    )
    hass.states.async_set(
        "sensor.heat_counter",
        f"{500 + minute / 16:.3f}",
        {"unit_of_measurement": "kWh"},
    )
    hass.states.async_set("binary_sensor.event", "on" if minute % 2 else "off")


def growing(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, float]:
    """Return what must not fall, and see that it is all figures."""
    found = {}
    for each in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        state = hass.states.get(each.entity_id)
        if state is None or state.state in ("unknown", "unavailable"):
            continue
        if each.domain == "sensor" and state.attributes.get("state_class"):
            assert math.isfinite(float(state.state)), each.entity_id
        if each.unique_id.endswith(("energy", "_cost")):
            found[each.entity_id] = float(state.state)
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_every_field_spoilt(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hass.loop.set_debug(False)
    await async_add_infrared(hass)
    unit = PlainClimate()
    await async_add_units(hass, unit)
    rng = random.Random(kind)
    base = KINDS[kind]
    tried = 0
    for path in paths(base):
        values = [MISSING, *rng.sample(NEW_BAD, VALUES_OF_EACH)]
        for value in values:
            if value is MISSING and kind == "shell":
                continue
            if not is_whole(kind, path, value):
                continue
            tried += 1
            what = (path, value)
            tell(hass, 0)
            caplog.clear()
            unit.commands.clear()
            entry = entry_of(kind, with_other(base, path, value))
            entry.add_to_hass(hass)
            await hass.config_entries.async_setup(entry.entry_id)
            await hass.async_block_till_done()
            if entry.state is ConfigEntryState.SETUP_ERROR:
                assert entry.error_reason_translation_key, what
            else:
                assert entry.state is ConfigEntryState.LOADED, what
                before = growing(hass, entry)
                for minute in range(1, 4):
                    tell(hass, minute)
                    await pass_seconds(hass, freezer, 60)
                    now = growing(hass, entry)
                    for entity_id, figure in before.items():
                        negative = "price" in path and entity_id.endswith("cost")
                        assert negative or (
                            now.get(entity_id, figure) >= figure - 1e-9
                        ), (what, entity_id)
                    before = now
            # Home Assistant logs a refusal of its own kind with where it was raised.
            raised = [
                record.exc_text or record.getMessage()
                for record in caplog.records
                if record.exc_info
                and not isinstance(record.exc_info[1], ConfigEntryError)
            ]
            assert raised == [], what
            said = [
                line
                for line in complaints(caplog)
                if "ConfigEntryError" not in line and "cannot be used" not in line
            ]
            assert said == [], what
            assert unit.commands == [], what
            await hass.config_entries.async_remove(entry.entry_id)
            await hass.async_block_till_done()
            freezer.tick(timedelta(seconds=1))
    assert tried >= {"system": 90, "plan": 250, "room": 60, "infrared": 55}.get(kind, 5)
