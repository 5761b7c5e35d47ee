"""Plans set up and changed by chance: what the flow takes can be used, and stays as it is."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
import random
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from custom_components.klima.const import DOMAIN
from custom_components.klima.flows.plan import TEMPLATES
from custom_components.klima.plans import async_known_plans
from tests.chance import many
from tests.common import set_up, zones_entry
from tests.forms import shown

from .common import COUNTER, POWER, PRICE, set_all

FED = "sensor.fed"
WALKS = many(40)
"""Plans that are set up, each changed three times."""

KNOWN = ("bc_hydro_tiered_time_of_day", "hydro_quebec_flex_d", "ontario_time_of_use")
PERIODS = ("off_peak", "mid_peak", "on_peak", "super_off_peak", "overnight")
SOURCES = (FED, POWER, PRICE, COUNTER, "sensor.gone", "sensor.heat_pump_energy")
EVENT = "binary_sensor.event"


def some_date(rng: random.Random) -> str:
    """Return a day of these years."""
    return (date(2024, 1, 1) + timedelta(days=rng.randrange(1200))).isoformat()


def some_hours(rng: random.Random) -> list[dict[str, Any]]:
    """Return hours, mostly of whole days."""
    cuts = sorted(rng.sample(range(24 * 4), rng.choice((1, 2, 3))))
    times = [f"{cut // 4:02}:{cut % 4 * 15:02}:00" for cut in cuts]
    days = rng.choice((["every_day"], ["weekdays", "weekends"]))
    seasons = rng.choice((("all_year",), ("all_year",), ("summer", "winter")))
    return [
        {
            "period": rng.choice(PERIODS),
            "price": rng.choice((0.1, 0.2, 0.3, 0)),
            "start": start,
            "end": end,
            "days": day,
            "season": season,
        }
        for season in seasons
        for day in days
        for start, end in zip(times, [*times[1:], times[0]], strict=True)
        if rng.random() < 0.98
    ]


def some_tiers(rng: random.Random) -> list[dict[str, Any]]:
    """Return tiers, mostly some that can be."""
    ends = rng.choice(((None,), (40, None), (20.5, 40, None)))
    if rng.random() < 0.1:
        ends = rng.choice(((40, 30), (0, None), (), (None, None)))
    seasons = ("summer", "winter") if rng.random() < 0.1 else ("all_year",)
    return [
        {"price": some("price", rng), "up_to": up_to, "season": season}
        for season in seasons
        for up_to in ends
    ]


GOOD: dict[str, Callable[[random.Random], Any]] = {
    **dict.fromkeys(
        ("price", "export_price", "event_price", "demand_price", "minimum"),
        lambda rng: rng.choice((0.1, 0.1234, 0.3, 0.25, 0, -0.02, 1, 4.9)),
    ),
    **dict.fromkeys(("effective_from", "valid_until", "billing_start"), some_date),
    **dict.fromkeys(("tiers_per", "per"), lambda rng: rng.choice(("day", "cycle"))),
    "export_factor": lambda rng: rng.choice((1, 0.9, 0)),
    "export_rates": lambda rng: [
        {"period": rng.choice(PERIODS), "price": some("price", rng)}
        for _ in range(rng.choice((0, 1, 2)))
    ],
    "hours": some_hours,
    "summer_start": lambda rng: rng.choice(("05-01", "04-15")),
    "summer_end": lambda rng: rng.choice(("10-31", "09-30")),
    "holidays": lambda rng: rng.choice(("none", "ontario")),
    "tiers": some_tiers,
    "fixed": lambda rng: [{"amount": rng.choice((0.4, 10)), "per": some("per", rng)}],
    "adders": lambda rng: [{"name": "More", "price": some("price", rng)}],
    "taxes": lambda rng: [{"percent": rng.choice((5, 13, -10)), "on": "subtotal"}],
    "demand_minutes": lambda rng: rng.choice(("15", "30", "60")),
    "demand_steps": lambda rng: rng.choice(
        ([{"amount": 20, "up_to": 5}, {"amount": 40}], [{"amount": 20, "up_to": 5}], [])
    ),
    "demand_per": lambda rng: rng.choice(("cycle", "month", "year")),
    "demand_peaks": lambda rng: rng.choice((1, 3)),
    "demand_same_day": lambda rng: rng.random() < 0.5,
    "demand_weights": lambda rng: [{"period": rng.choice(PERIODS), "factor": 0.5}],
    "demand_least": lambda rng: rng.choice((2.5, 0, -1)),
    "demand_months": lambda rng: rng.choice((1, 12)),
    "demand_usual": lambda rng: rng.choice((4.2, 0)),
    "by_hour": lambda rng: rng.random() < 0.5,
    "demand_periods": lambda rng: rng.sample(PERIODS, 2),
    "event_entity": lambda _rng: EVENT,
    "event_kind": lambda rng: rng.choice(("instead", "added")),
    "billing_day": lambda rng: rng.choice((1, 5, 28, 31)),
    "billing_months": lambda rng: rng.choice(("1", "2", "12")),
    "billing_days": lambda rng: rng.choice((30, 61)),
    "billing_dates": lambda rng: sorted(some_date(rng) for _ in range(3)),
    "home_energy": lambda _rng: COUNTER,
    "home_export": lambda _rng: FED,
    "price_entity": lambda _rng: PRICE,
    "edit_prices": lambda rng: rng.random() < 0.5,
    "plan": lambda rng: rng.choice((*TEMPLATES, *KNOWN)),
    "name": lambda rng: rng.choice(("Plan", "Home")),
}
"""What is answered to a field, where it is one that may do."""

BAD: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("home_energy", "home_export", "price_entity"), SOURCES),
    **dict.fromkeys(
        ("price", "export_price", "event_price", "minimum"), (12, 5000, 1e308, -1e9)
    ),
    "summer_start": ("1 May", "02-30", "", "12-01"),
    "summer_end": ("1 May", "02-30", "", "01-01"),
    "taxes": ([{"percent": 900}], [{"percent": 5, "on": "all"}], [{}]),
    "fixed": ([{"amount": -3}], [{"amount": 3, "per": "hour"}], {"amount": 3}),
    "export_factor": (-1, 1e6),
    "export_rates": ([{"period": "on_peak", "price": 1}] * 2, [{}], {}),
    "billing_days": (0, -5, 1e9),
    "billing_dates": (["2026-99-01"], ["2026-01-01", "2026-01-01"], [""]),
    "event_entity": ("binary_sensor.gone",),
    "name": ("x" * 400,),
}


def some(key: str, rng: random.Random) -> Any:
    """Return an answer to a field, mostly one that may do."""
    if key in BAD and rng.random() < 0.1:
        return rng.choice(BAD[key])
    return GOOD[key](rng)


async def walk(
    hass: HomeAssistant,
    result: ConfigFlowResult,
    rng: random.Random,
    reasons: set[str],
) -> tuple[ConfigFlowResult, int]:
    """Answer a flow to its end; return that, and how many answers were refused.

    What is refused is answered anew, and less boldly.
    """
    flow, tries, refused = hass.config_entries.flow, 0, 0
    while result["type"] is FlowResultType.FORM:
        schema = result["data_schema"]
        assert schema is not None
        filled, bold = shown(result), max(0.15, 0.4 / (1 + tries))
        answer = {}
        for marker in schema.schema:
            key = str(marker)
            is_needed = isinstance(marker, vol.Required) and key not in filled
            if isinstance(schema.schema[marker], section):
                inner = map(str, schema.schema[marker].schema.schema)
                answer[key] = filled.get(key, {}) | {
                    field: some(field, rng) for field in inner if rng.random() < bold
                }
            elif rng.random() < (0.95 if is_needed else bold):
                answer[key] = some(key, rng)
            elif key in filled:
                answer[key] = filled[key]
        tries += 1
        try:
            result = await flow.async_configure(result["flow_id"], answer)
        except InvalidData:
            refused += 1
            continue
        if result["type"] is FlowResultType.FORM:
            errors = result["errors"] or {}
            refused += bool(errors)
            assert set(errors.values()) <= reasons, errors
            assert set(errors) <= {*map(str, schema.schema), "base"}, errors
            tries = tries if errors else 0
        if tries > 40:
            break
    await hass.async_block_till_done()
    return result, refused


async def leave_as_it_is(hass: HomeAssistant, result: ConfigFlowResult) -> None:
    """Submit each step of a change as it is shown: nothing is changed by that."""
    while result["type"] is FlowResultType.FORM:
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], shown(result)
        )
        assert not result.get("errors"), result["errors"]
    assert result["reason"] == "plan_reconfigured"
    await hass.async_block_till_done()


async def test_what_the_flow_takes_can_be_used(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Each plan that it makes, or changes, is set up; one that is left alone is the same."""
    await hass.config.async_set_time_zone("America/Toronto")
    hass.config.currency, hass.config.country = "CAD", "CA"
    set_all(hass)
    hass.states.async_set(PRICE, "0.2", {"unit_of_measurement": "CAD/kWh"})
    for meter in (COUNTER, FED):
        hass.states.async_set(meter, "100", {"unit_of_measurement": "kWh"})
    hass.states.async_set(EVENT, "off")
    known = await async_known_plans(hass)
    words = await async_get_translations(hass, "en", "config", [DOMAIN])
    begin = f"component.{DOMAIN}.config.error."
    reasons = {key.removeprefix(begin) for key in words if key.startswith(begin)}
    flow = hass.config_entries.flow
    made = changed = refused = 0
    for seed in range(WALKS):
        rng = random.Random(seed)
        result = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        result = await flow.async_configure(result["flow_id"], {"next_step_id": "plan"})
        result, no = await walk(hass, result, rng, reasons)
        refused += no
        if result["type"] is not FlowResultType.CREATE_ENTRY:
            flow.async_abort(result["flow_id"])
            continue
        made += 1
        entry = result["result"]
        system = await set_up(
            hass, zones_entry((), {"power": POWER, "plan": entry.entry_id})
        )
        for _ in range(4):
            assert entry.state is ConfigEntryState.LOADED, (seed, entry.data)
            assert system.state is ConfigEntryState.LOADED
            change = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
            before = dict(entry.data)
            plan = known.get(before["plan"])
            versions = before.get("versions") or (plan.versions if plan else ())
            asks = plan is not None and plan.missing and "versions" not in before
            if not (asks or _has_ended(versions)):
                await leave_as_it_is(
                    hass, await flow.async_init(DOMAIN, context=change)
                )
                assert dict(entry.data) == before, seed
                assert entry.state is ConfigEntryState.LOADED, (seed, entry.data)
            result = await flow.async_init(DOMAIN, context=change)
            result, no = await walk(hass, result, rng, reasons)
            refused += no
            if result["type"] is FlowResultType.FORM:
                flow.async_abort(result["flow_id"])
            else:
                changed += 1
        for each in (system, entry):
            await hass.config_entries.async_remove(each.entry_id)
        await hass.async_block_till_done()
    broken = [r.exc_text or r.getMessage() for r in caplog.records if r.exc_info]
    assert broken == []
    assert made > 0.6 * WALKS
    assert changed > 1.5 * WALKS
    assert refused > WALKS


def _has_ended(versions: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the next prices are asked for."""
    until = versions[-1].get("valid_until")
    return until is not None and until < dt_util.now().date().isoformat()
