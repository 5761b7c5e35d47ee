"""Systems and zones set up and changed by chance: what the flows take works, and stays."""

from collections.abc import Mapping
import random
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    EntitySelector,
    NumberSelector,
    SelectSelector,
    TextSelector,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.unit_system import (
    METRIC_SYSTEM,
    US_CUSTOMARY_SYSTEM,
    UnitSystem,
)
import pytest

from custom_components.klima.const import DOMAIN
from tests.chance import many
from tests.plans import add_plan
from tests.units import FullClimate, FullWaterHeater, PlainClimate, async_add_units

from .common import COUNTER, OUTDOOR, POWER, PRICE, set_all

WALKS = many(25)

NUMBERS = (0, 1, 2.5, 3.2, 4, 5, 8, 10, 15, 19, 20, 21.5, 24, 26, 60, 68, 75, -5, 1e6)

ENTITIES = (
    *(COUNTER, OUTDOOR, POWER, PRICE, "sensor.co2", "sensor.humidity", "sensor.gone"),
    *("climate.living_room", "climate.plain", "water_heater.tank", "climate.gone"),
    *("binary_sensor.window", "binary_sensor.door", "person.one", "zone.home"),
    *("schedule.week", "input_boolean.guest", "weather.home"),
)


def shown(schema: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what a form is filled in with, its sections too."""
    filled: dict[str, Any] = {}
    for marker, value in schema.items():
        if isinstance(value, section):
            filled[str(marker)] = shown(value.schema.schema)
        elif marker.description and "suggested_value" in marker.description:
            filled[str(marker)] = marker.description["suggested_value"]
    return filled


def names(schema: Mapping[Any, Any]) -> set[str]:
    """Return the fields of a form, those in its sections too."""
    inner = [names(v.schema.schema) for v in schema.values() if isinstance(v, section)]
    return set(map(str, schema)).union(*inner)


def some(selector: Any, rng: random.Random) -> Any:
    """Return an answer to a field of a kind."""
    match selector:
        case NumberSelector():
            return rng.choice(NUMBERS)
        case BooleanSelector():
            return rng.random() < 0.5
        case DurationSelector():
            return rng.choice(
                ({"minutes": 3}, {"hours": 2}, {"seconds": 0}, "00:05:00")
            )
        case TextSelector():
            return rng.choice(("Den", "Aurora", "", " ", "x" * 400, "<b>{{ 1 }}"))
        case SelectSelector():
            options = selector.config["options"]
            return rng.choice(
                [o if isinstance(o, str) else o["value"] for o in options]
            )
        case EntitySelector():
            # What the selector itself takes, mostly.
            fit = [each for each in ENTITIES if _fits(selector, each)] or ENTITIES
            pool = fit if rng.random() < 0.9 else ENTITIES
            if selector.config.get("multiple"):
                return rng.sample(pool, min(len(pool), rng.choice((1, 2))))
            return rng.choice(pool)
    return selector(rng.choice(("", "x")))


def _fits(selector: EntitySelector, entity_id: str) -> bool:
    config = selector.config
    wanted = config.get("domain") or [
        domain
        for each in config.get("filter", ())
        for domain in (
            each["domain"] if isinstance(each["domain"], list) else [each["domain"]]
        )
    ]
    return entity_id.partition(".")[0] in wanted


def answered(
    schema: Mapping[Any, Any],
    filled: Mapping[str, Any],
    rng: random.Random,
    bold: float,
) -> dict[str, Any]:
    """Return a form's answer: some as it was filled in, some by chance."""
    answer: dict[str, Any] = {}
    for marker, selector in schema.items():
        key = str(marker)
        if isinstance(selector, section):
            answer[key] = answered(
                selector.schema.schema, filled.get(key, {}), rng, bold
            )
        elif rng.random() < bold:
            if rng.random() < 0.8:
                answer[key] = some(selector, rng)
        elif key in filled:
            answer[key] = filled[key]
    return answer


async def walk(
    hass: HomeAssistant,
    manager: Any,
    result: Any,
    rng: random.Random | None,
    reasons: set[str],
) -> tuple[Any, int]:
    """Answer a flow to its end, by chance or as it is shown; count what was refused."""
    tries = refused = 0
    filled: dict[str, Any] = {}
    while result["type"] is FlowResultType.FORM and tries < 40:
        schema = result["data_schema"].schema
        if not tries:
            filled = shown(schema)
        bold = 0.3 / (1 + tries)
        answer = filled if rng is None else answered(schema, filled, rng, bold)
        tries += 1
        try:
            result = await manager.async_configure(result["flow_id"], answer)
        except InvalidData:
            assert rng is not None, answer
            refused += 1
            continue
        if result["type"] is FlowResultType.FORM:
            errors = result["errors"] or {}
            assert not (errors and rng is None), (errors, answer)
            assert set(errors.values()) <= reasons, errors
            assert set(errors) <= {*names(result["data_schema"].schema), "base"}
            refused += bool(errors)
            tries = tries if errors else 0
    await hass.async_block_till_done()
    if result["type"] is FlowResultType.FORM:
        manager.async_abort(result["flow_id"])
    return result, refused


async def add_sources(hass: HomeAssistant) -> None:
    """Let there be units and all kinds of sources."""
    await async_add_units(hass, FullClimate(), PlainClimate(), FullWaterHeater())
    set_all(hass)
    for entity_id, state, attributes in (
        (PRICE, "0.2", {"unit_of_measurement": f"{hass.config.currency}/kWh"}),
        ("sensor.co2", "100", {"unit_of_measurement": "gCO2eq/kWh"}),
        ("sensor.humidity", "50", {"unit_of_measurement": "%"}),
        ("binary_sensor.window", "off", {}),
        ("binary_sensor.door", "on", {}),
        ("person.one", "home", {}),
        ("zone.home", "1", {}),
        ("schedule.week", "on", {"preset": "comfort"}),
        ("input_boolean.guest", "off", {}),
        ("weather.home", "sunny", {"temperature": 5, "temperature_unit": "°C"}),
    ):
        hass.states.async_set(entity_id, state, attributes)


@pytest.mark.parametrize("units", [METRIC_SYSTEM, US_CUSTOMARY_SYSTEM])
async def test_what_the_flows_take_works_and_stays(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, units: UnitSystem
) -> None:
    """Each system and zone is set up; one that is left as it is shown is the same."""
    hass.config.units = units
    await add_sources(hass)
    await add_plan(hass, {"tiers": [{"price": 0.1}]})
    reasons = set()
    for category in ("config", "config_subentries"):
        words = await async_get_translations(hass, "en", category, [DOMAIN])
        reasons |= {key.split(".error.")[1] for key in words if ".error." in key}
    flow, zones = hass.config_entries.flow, hass.config_entries.subentries
    made = changed = refused = 0
    for seed in range(WALKS):
        rng = random.Random(seed)
        result = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        result = await flow.async_configure(
            result["flow_id"], {"next_step_id": "entity"}
        )
        result, no = await walk(hass, flow, result, rng, reasons)
        refused += no
        if result["type"] is not FlowResultType.CREATE_ENTRY:
            continue
        made += 1
        entry = result["result"]
        new = {"source": SOURCE_USER}
        result = await zones.async_init((entry.entry_id, "zone"), context=new)
        if result["type"] is FlowResultType.MENU:
            step = {"next_step_id": "entity"}
            result = await zones.async_configure(result["flow_id"], step)
        refused += (await walk(hass, zones, result, rng, reasons))[1]
        for _ in range(3):
            assert entry.state is ConfigEntryState.LOADED, (seed, entry.data)
            before = (dict(entry.data), _zones(entry))
            for chance in (None, rng):
                system = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
                result = await flow.async_init(DOMAIN, context=system)
                result, no = await walk(hass, flow, result, chance, reasons)
                refused += no
                for zone_id in list(entry.subentries):
                    zone = {"source": SOURCE_RECONFIGURE, "subentry_id": zone_id}
                    result = await zones.async_init(
                        (entry.entry_id, "zone"), context=zone
                    )
                    result, no = await walk(hass, zones, result, chance, reasons)
                    refused += no
                    changed += result["type"] is FlowResultType.ABORT
                if chance is None:
                    assert (dict(entry.data), _zones(entry)) == before, seed
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    broken = [r.exc_text or r.getMessage() for r in caplog.records if r.exc_info]
    assert broken == []
    assert made > 0.6 * WALKS
    assert changed > 3 * WALKS
    assert refused > WALKS


def _zones(entry: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(zone.title, dict(zone.data)) for zone in entry.subentries.values()]
