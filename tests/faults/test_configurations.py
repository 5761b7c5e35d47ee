"""Five hundred bad configurations: each is refused with a reason, or does no harm."""

import random
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.exceptions import ConfigEntryError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import DOMAIN

from .common import COUNTER, OUTDOOR, POWER, PRICE, UNIT, set_all
from .spoilt import spoilt

SYSTEM: dict[str, Any] = {
    "kind": "system",
    "family": "mini_split",
    "manufacturer": "Aurora",
    "model": "AX",
    "outdoor_temperature": OUTDOOR,
    "power": POWER,
    "energy": COUNTER,
    "price_entity": PRICE,
    "price": 0.25,
    "fixed_charges": True,
    "ratings": {"cop_8": 3.9, "heating_capacity": 5.0, "duct_loss": 5},
    "savings": {"reference": "gas", "fuel_unit": "m3", "fuel_price": 0.5, "afue": 92},
}
ZONE: dict[str, Any] = {"driver": "entity", "unit": UNIT}
PLAN: dict[str, Any] = {
    "kind": "plan",
    "versions": [
        {
            "from": "2026-01-01",
            "tiers": [{"up_to": 40, "per": "day", "price": 0.07}, {"price": 0.11}],
            "export": {"price": 0.08},
        }
    ],
    "cycle": {"day": 5},
    "home_energy": COUNTER,
    "home_export": "sensor.fed",
    "event_entity": "binary_sensor.event",
}


async def test_three_hundred_damaged_entries(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """What the flows let through by no means: each is set up, or says why it is not."""
    set_all(hass)
    rng = random.Random(7)
    refused = 0
    for number in range(300):
        data, zone = SYSTEM, ZONE
        if number % 3 == 0:
            data = spoilt(PLAN, rng)
        elif number % 3 == 1:
            data = spoilt(SYSTEM, rng)
        else:
            zone = spoilt(ZONE, rng)
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Heat pump",
            data={**data, "kind": "plan" if number % 3 == 0 else "system"},
            subentries_data=[
                {
                    "subentry_type": "zone",
                    "title": "Unit",
                    "data": zone,
                    "unique_id": None,
                }
            ]
            if number % 3
            else [],
        )
        caplog.clear()
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        set_all(hass)
        await hass.async_block_till_done()
        # Home Assistant logs a refusal of its own kind with where it was raised.
        tracebacks = [
            r.exc_text or r.getMessage()
            for r in caplog.records
            if r.exc_info and not isinstance(r.exc_info[1], ConfigEntryError)
        ]
        assert tracebacks == [], (data, zone)
        if entry.state is ConfigEntryState.SETUP_ERROR:
            refused += 1
            assert entry.error_reason_translation_key, (data, zone)
        else:
            assert entry.state is ConfigEntryState.LOADED, (data, zone)
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    assert refused > 30


async def test_two_hundred_bad_answers_to_the_flow(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """No answer breaks a flow: it is refused, or asked again, or harmless."""
    set_all(hass)
    await hass.async_block_till_done()
    rng = random.Random(9)
    answers: dict[str, dict[str, Any]] = {
        "entity": {"unit": UNIT, "name": "Home"},
        "equipment": {k: v for k, v in SYSTEM.items() if k in (
            "family", "manufacturer", "model", "outdoor_temperature", "ratings")},
        "energy": {"power": POWER, "energy": COUNTER, "price": 0.25},
    }  # fmt: skip
    refused = 0
    for _ in range(200):
        result = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], {"next_step_id": "entity"}
        )
        bad_step = rng.choice(list(answers))
        while result["type"] is FlowResultType.FORM:
            step = str(result["step_id"])
            good = answers.get(step, {})
            user_input = spoilt(good, rng) if step == bad_step else good
            try:
                result = await hass.config_entries.flow.async_configure(
                    result["flow_id"], user_input
                )
            except InvalidData:
                refused += 1
                break
            if result["type"] is FlowResultType.FORM and result["errors"]:
                refused += 1
                break
        if result["type"] is FlowResultType.FORM:
            hass.config_entries.flow.async_abort(result["flow_id"])
        elif result["type"] is FlowResultType.CREATE_ENTRY:
            await hass.async_block_till_done()
            entry = result["result"]
            assert entry.state is ConfigEntryState.LOADED, entry.data
            await hass.config_entries.async_remove(entry.entry_id)
            await hass.async_block_till_done()
    assert [r.getMessage() for r in caplog.records if r.exc_info] == []
    assert refused > 100
