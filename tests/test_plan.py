"""An electricity plan in a home: its prices through the day, its tiers, the bill."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import DOMAIN

from .common import add_system, klima_device, state_of
from .meters import number, pass_time, set_energy, set_power
from .plans import add_plan, jump
from .units import FullClimate, add_heating_unit

UNIT = "climate.living_room"
POWER = "sensor.meter_power"
ENERGY = "sensor.meter_energy"
BILL = "sensor.heat_pump_bill"
COST = "sensor.heat_pump_cost"
PROJECTED = "sensor.heat_pump_projected_bill"
PRICE = "sensor.heat_pump_price"

HOURS = [
    {"period": "off_peak", "price": 0.1, "start": "19:00", "end": "07:00"},
    {"period": "on_peak", "price": 0.3, "start": "07:00", "end": "19:00"},
]


@pytest.fixture(autouse=True)
async def unit(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FullClimate:
    """Return a unit that heats in a home in Toronto."""
    await hass.config.async_set_time_zone("America/Toronto")
    hass.config.currency = "CAD"
    freezer.move_to("2026-11-24T18:00:00-05:00")
    return await add_heating_unit(hass)


async def test_prices_change_to_the_second(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A plan tells its price, the next, and when; its systems pay each its hours."""
    plan = await add_plan(hass, {"hours": HOURS})
    set_power(hass, 2000)
    await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    assert hass.states.get("sensor.home_plan_price").state == "0.3"
    assert hass.states.get("sensor.home_plan_period").state == "on_peak"
    assert hass.states.get("sensor.home_plan_next_price").state == "0.1"
    change = hass.states.get("sensor.home_plan_next_change").state
    assert change == "2026-11-25T00:00:00+00:00"
    assert hass.states.get(PRICE).state == "0.3"
    assert hass.states.get("sensor.heat_pump_cost_rate").state == "0.6"

    for _ in range(120):
        set_power(hass, 2000)
        await pass_time(hass, freezer, minutes=1)
    assert hass.states.get("sensor.home_plan_period").state == "off_peak"
    assert hass.states.get(PRICE).state == "0.1"
    assert hass.states.get("sensor.home_plan_next_price").state == "0.3"
    assert number(hass, COST) == pytest.approx(2 * 0.3 + 2 * 0.1, abs=0.004)
    assert number(hass, BILL) == pytest.approx(0.8, abs=0.01)
    attributes = hass.states.get(BILL).attributes
    assert attributes["last_reset"] == "2026-11-01T04:00:00+00:00"
    assert attributes["period_start"] == "2026-11-01"
    assert attributes["period_end"] == "2026-11-30"
    assert attributes["unit_of_measurement"] == "CAD"
    assert attributes["state_class"] == "total"
    assert attributes["fixed_charges"] is False


async def test_a_late_counter_pays_the_hours_it_was_down_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What was used while Home Assistant was down costs what it did at the time."""
    plan = await add_plan(hass, {"hours": HOURS})
    set_energy(hass, 100)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    await pass_time(hass, freezer, minutes=2)
    set_energy(hass, 100.1)
    await pass_time(hass, freezer, minutes=1)
    before = number(hass, COST), number(hass, BILL)
    for loaded in (entry, plan):
        assert await hass.config_entries.async_unload(loaded.entry_id)
    freezer.tick(timedelta(minutes=119))
    set_energy(hass, 102.1)
    # The system is set up first, and waits for its plan.
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert plan.state is ConfigEntryState.LOADED
    await pass_time(hass, freezer, minutes=1)
    paid = 2 * (58 * 0.3 + 62 * 0.1) / 120
    assert number(hass, COST) - before[0] == pytest.approx(paid, abs=0.01)
    assert number(hass, BILL) - before[1] == pytest.approx(paid, abs=0.02)


async def test_tiers_of_the_systems(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Without a meter of the home, what the systems use fills the tiers."""
    plan = await add_plan(
        hass,
        {
            "tiers": [{"price": 0.1, "up_to": 2}, {"price": 0.2}],
            "tiers_per": "cycle",
        },
    )
    set_energy(hass, 10)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    await pass_time(hass, freezer, hours=1)
    assert hass.states.get("sensor.home_plan_tier").state == "1"
    assert hass.states.get("sensor.home_plan_tier_remaining").state == "2.0"

    # One reading over the end of a tier: each part has its price.
    set_energy(hass, 13)
    await pass_time(hass, freezer, minutes=1)
    assert hass.states.get("sensor.home_plan_tier").state == "2"
    assert hass.states.get("sensor.home_plan_tier_remaining").state == "unknown"
    assert hass.states.get(PRICE).state == "0.2"
    assert number(hass, COST) == pytest.approx(0.4, abs=1e-3)
    assert number(hass, BILL) == pytest.approx(0.4)
    assert hass.states.get(BILL).attributes["tier_basis"] == "systems"

    # All of that is there again after a restart.
    for loaded in (entry, plan):
        assert await hass.config_entries.async_unload(loaded.entry_id)
    for loaded in (plan, entry):
        assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.home_plan_tier").state == "2"
    assert number(hass, BILL) == pytest.approx(0.4)

    # A new billing period begins with the first tier, and remembers the last bill.
    await jump(hass, freezer, "2026-12-01T00:01:00-05:00")
    assert hass.states.get("sensor.home_plan_tier").state == "1"
    state = hass.states.get(BILL)
    assert state.state == "0.0"
    assert state.attributes["last_reset"] == "2026-12-01T05:00:00+00:00"
    assert state.attributes["last_bill"] == 0.4
    assert hass.states.get(PRICE).state == "0.1"


async def test_what_is_told_late_of_the_last_period_is_in_no_tier_of_this(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A meter that was silent over the end of a period counts two hours, all before it."""
    freezer.move_to("2026-11-30T21:30:00-05:00")
    plan = await add_plan(
        hass,
        {"tiers": [{"price": 0.1, "up_to": 10}, {"price": 0.2}], "tiers_per": "cycle"},
    )
    set_power(hass, 4000)
    await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    await pass_time(hass, freezer, hours=2.6)
    assert hass.states.get("sensor.home_plan_tier").state == "1"
    set_power(hass, 0)
    await pass_time(hass, freezer, minutes=2)
    assert number(hass, "sensor.heat_pump_energy") > 4
    assert hass.states.get("sensor.home_plan_tier").state == "1"
    assert hass.states.get("sensor.home_plan_tier_remaining").state == "10.0"


async def test_tiers_of_the_whole_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The unit pays the price of the tier that the home is in."""
    home = "sensor.home_energy"
    hass.states.async_set(home, "5000", {"unit_of_measurement": "kWh"})
    plan = await add_plan(
        hass,
        {
            "tiers": [{"price": 0.1, "up_to": 3}, {"price": 0.2}],
            "tiers_per": "cycle",
        },
        home_energy=home,
    )
    set_energy(hass, 10)
    await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    await pass_time(hass, freezer, minutes=30)
    hass.states.async_set(home, "5004", {"unit_of_measurement": "kWh"})
    await hass.async_block_till_done()
    tier = hass.states.get("sensor.home_plan_tier")
    assert tier.state == "2"
    assert tier.attributes["tier_basis"] == "whole_home"
    assert hass.states.get(PRICE).state == "0.2"
    # A meter that says nothing, or nonsense, changes nothing.
    for nonsense in (STATE_UNAVAILABLE, "much"):
        hass.states.async_set(home, nonsense, {"unit_of_measurement": "kWh"})
    await pass_time(hass, freezer, minutes=30)
    set_energy(hass, 11)
    await pass_time(hass, freezer, minutes=1)
    assert hass.states.get("sensor.home_plan_tier").state == "2"
    # Half an hour of it in the home's first 3 of 4 kWh, the rest in the second tier.
    assert number(hass, BILL) == pytest.approx(0.5 * 0.125 + 0.5 * 0.2, abs=0.02)


async def test_what_was_used_before_counts_for_the_tiers(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A system that comes to a plan brings its use of the period along, once."""
    set_energy(hass, 10)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY, "price": 0.05})
    await pass_time(hass, freezer, hours=1)
    set_energy(hass, 15)
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, BILL) == pytest.approx(0.25)
    plan = await add_plan(
        hass,
        {"tiers": [{"price": 0.1, "up_to": 4}, {"price": 0.2}], "tiers_per": "cycle"},
    )
    data = {**entry.data, "plan": plan.entry_id}
    del data["price"]
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.async_block_till_done()
    for _ in range(2):
        assert hass.states.get("sensor.home_plan_tier").state == "2"
        # The period is priced anew, what was paid so far is not.
        assert number(hass, BILL) == pytest.approx(0.6)
        assert number(hass, COST) == pytest.approx(0.25, abs=0.01)
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()


async def test_a_critical_peak(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """While the event's entity is on, its price holds."""
    hass.states.async_set("binary_sensor.peak", "off")
    plan = await add_plan(
        hass,
        {
            "tiers": [{"price": 0.05}],
            "event": {"price": 0.46, "kind": "instead"},
            "taxes": [{"percent": 10}],
        },
        event_entity="binary_sensor.peak",
    )
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    assert number(hass, PRICE) == pytest.approx(0.055)
    for minute in range(90):
        if minute in (30, 60):
            hass.states.async_set("binary_sensor.peak", "on" if minute < 60 else "off")
        set_power(hass, 1000)
        await pass_time(hass, freezer, minutes=1)
        if minute == 45:
            assert hass.states.get("sensor.home_plan_period").state == "critical_peak"
            assert number(hass, PRICE) == pytest.approx(0.506)
    assert hass.states.get("sensor.home_plan_period").state == "all_day"
    assert number(hass, BILL) == pytest.approx(1 * 0.055 + 0.5 * 0.506, abs=0.01)
    assert number(hass, COST) == pytest.approx(1 * 0.055 + 0.5 * 0.506, abs=0.01)


async def test_a_dynamic_price(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The entity's price, with what is on top of it; what it knows ahead is told."""

    def tell(price: Any, *ahead: tuple[str, float]) -> None:
        hass.states.async_set(
            "sensor.spot",
            str(price),
            {
                "unit_of_measurement": "¢/kWh",
                "prices": [{"start": at, "price": value} for at, value in ahead],
            },
        )

    tell(
        10,
        ("2026-11-24T18:00:00-05:00", 10),
        ("2026-11-24T19:00:00-05:00", 10),
        ("2026-11-24T20:00:00-05:00", -4),
    )
    plan = await add_plan(
        hass,
        {
            "spot": {"factor": 1},
            "adders": [{"price": 0.02}],
            "taxes": [{"percent": 25}],
        },
        price_entity="sensor.spot",
    )
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    assert number(hass, PRICE) == pytest.approx(0.15)
    assert hass.states.get("sensor.home_plan_next_change").state == (
        "2026-11-25T01:00:00+00:00"
    )
    assert number(hass, "sensor.home_plan_next_price") == pytest.approx(-0.025)

    async def use(minutes: int) -> None:
        for _ in range(minutes):
            set_power(hass, 1000)
            await pass_time(hass, freezer, minutes=1)

    await use(60)
    tell(STATE_UNAVAILABLE)
    await use(60)
    assert hass.states.get(PRICE).state == STATE_UNAVAILABLE
    assert number(hass, BILL) == pytest.approx(0.15, abs=0.01)
    assert hass.states.get(BILL).attributes["unpriced_energy"] == pytest.approx(
        1, abs=0.05
    )
    # It is priced at the first price after it.
    tell(20)
    await use(2)
    assert number(hass, BILL) == pytest.approx(0.15 + 0.275, abs=0.02)
    assert number(hass, COST) == pytest.approx(0.15 + 0.275, abs=0.02)
    assert "unpriced_energy" not in hass.states.get(BILL).attributes


async def test_a_price_entity_bills_by_the_month(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A plain price entity has a bill as well, and settles what waited."""
    hass.states.async_set("sensor.spot", "0.1", {"unit_of_measurement": "CAD/kWh"})
    set_energy(hass, 10)
    await add_system(hass, UNIT, data={"energy": ENERGY, "price_entity": "sensor.spot"})
    await pass_time(hass, freezer, minutes=30)
    hass.states.async_set("sensor.spot", "0.3", {"unit_of_measurement": "CAD/kWh"})
    await pass_time(hass, freezer, minutes=30)
    set_energy(hass, 12)
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, BILL) == pytest.approx(0.4, abs=0.01)
    hass.states.async_set("sensor.spot", STATE_UNAVAILABLE)
    await pass_time(hass, freezer, minutes=59)
    set_energy(hass, 13)
    await pass_time(hass, freezer, minutes=1)
    assert hass.states.get(BILL).attributes["unpriced_energy"] == pytest.approx(
        1, abs=0.05
    )
    hass.states.async_set("sensor.spot", "0.5", {"unit_of_measurement": "CAD/kWh"})
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, BILL) == pytest.approx(0.9, abs=0.02)


async def test_fixed_charges_when_they_are_asked_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """They are those of the days that have begun."""
    plan = await add_plan(
        hass, {"tiers": [{"price": 0.1}], "fixed": [{"amount": 0.5, "per": "day"}]}
    )
    set_power(hass, 0)
    await add_system(
        hass,
        UNIT,
        data={"power": POWER, "plan": plan.entry_id, "fixed_charges": True},
    )
    assert number(hass, BILL) == pytest.approx(12)
    assert hass.states.get(BILL).attributes["fixed_charges"] is True
    await jump(hass, freezer, "2026-11-26T00:01:00-05:00")
    assert number(hass, BILL) == pytest.approx(13)


async def test_what_is_told_late_is_on_the_last_bill_as_well(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A counter that was away over the period's end tells of both periods."""
    plan = await add_plan(hass, {"tiers": [{"price": 0.5}]})
    await jump(hass, freezer, "2026-11-30T22:00:00-05:00")
    set_energy(hass, 100)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    for used in range(1, 7):
        await pass_time(hass, freezer, minutes=10)
        set_energy(hass, 100 + used / 6)
    hass.states.async_set(ENERGY, STATE_UNAVAILABLE)
    for _ in range(120):
        await pass_time(hass, freezer, minutes=1)
    state = hass.states.get(BILL)
    assert state.attributes["period_start"] == "2026-12-01"
    assert state.attributes["last_bill"] == pytest.approx(0.5, abs=0.01)
    set_energy(hass, 103)
    await pass_time(hass, freezer, minutes=1)
    state = hass.states.get(BILL)
    assert state.attributes["last_bill"] == pytest.approx(1.0, abs=0.02)
    assert float(state.state) == pytest.approx(0.5, abs=0.02)
    last = await hass.services.async_call(
        DOMAIN,
        "get_bill",
        {"config_entry_id": entry.entry_id, "period": "last"},
        blocking=True,
        return_response=True,
    )
    assert last is not None
    assert last["total"] == state.attributes["last_bill"]


async def test_a_period_that_was_joined_late_says_so(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Its fixed charges are the utility's, of all days; its use is that since then."""
    plan = await add_plan(
        hass, {"tiers": [{"price": 0.1}], "fixed": [{"amount": 0.5, "per": "day"}]}
    )
    await jump(hass, freezer, "2026-11-30T23:40:00-05:00")
    set_power(hass, 6000)
    entry = await add_system(
        hass,
        UNIT,
        data={"power": POWER, "plan": plan.entry_id, "fixed_charges": True},
    )
    attributes = hass.states.get(BILL).attributes
    assert attributes["counted_since"] == "2026-11-30"
    assert "last_bill_counted_since" not in attributes
    for _ in range(30):
        set_power(hass, 6000)
        await pass_time(hass, freezer, minutes=1)
    assert hass.states.get(BILL).attributes["last_bill"] == pytest.approx(15.2)
    for loaded in (False, True):
        attributes = hass.states.get(BILL).attributes
        assert "counted_since" not in attributes
        assert attributes["last_bill_counted_since"] == "2026-11-30"
        if not loaded:
            assert await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done()
    # Of January's bill on, all is known.
    await jump(hass, freezer, "2027-01-02T12:00:00-05:00")
    set_power(hass, 6000)
    await pass_time(hass, freezer, minutes=1)
    attributes = hass.states.get(BILL).attributes
    assert attributes["last_bill"] is not None
    assert not {"counted_since", "last_bill_counted_since"} & set(attributes)


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_period_in_which_nothing_ran_is_the_last_bill(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, restarts: bool
) -> None:
    """As that of an air conditioner in winter: not what summer's last month came to."""
    plan = await add_plan(
        hass, {"tiers": [{"price": 0.5}], "fixed": [{"amount": 0.1, "per": "day"}]}
    )
    set_power(hass, 1000)
    entry = await add_system(
        hass,
        UNIT,
        data={"power": POWER, "plan": plan.entry_id, "fixed_charges": True},
    )
    for _ in range(60):
        set_power(hass, 1000)
        await pass_time(hass, freezer, minutes=1)
    set_power(hass, 0)
    for day, last in (
        ("2026-12-01", 30 * 0.1 + 0.5),
        ("2027-01-01", 31 * 0.1),
        ("2027-02-01", 31 * 0.1),
        ("2027-03-01", 28 * 0.1),
    ):
        if restarts:
            assert await hass.config_entries.async_unload(entry.entry_id)
        await jump(hass, freezer, f"{day}T00:01:00-05:00")
        if restarts:
            assert await hass.config_entries.async_setup(entry.entry_id)
            await hass.async_block_till_done()
        attributes = hass.states.get(BILL).attributes
        assert attributes["last_bill"] == pytest.approx(last, abs=0.02), day


async def test_a_period_that_ended_while_it_was_down(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Its bill is told all the same: the ledger has it."""
    set_power(hass, 6000)
    entry = await add_system(hass, UNIT, data={"power": POWER, "price": 0.5})
    for _ in range(60):
        set_power(hass, 6000)
        await pass_time(hass, freezer, minutes=1)
    assert number(hass, BILL) == pytest.approx(3, abs=0.05)
    assert await hass.config_entries.async_unload(entry.entry_id)
    freezer.move_to("2026-12-03T12:00:00-05:00")
    set_power(hass, 0)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    state = hass.states.get(BILL)
    assert float(state.state) == pytest.approx(0, abs=0.1)
    assert state.attributes["last_bill"] == pytest.approx(3, abs=0.2)
    assert state.attributes["period_start"] == "2026-12-01"


async def test_without_a_price_what_is_old_is_forgotten(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A ledger that nothing bills does not grow for ever."""
    set_energy(hass, 10)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY})
    await pass_time(hass, freezer, minutes=30)
    set_energy(hass, 11)
    await pass_time(hass, freezer, minutes=1)
    ledger = entry.runtime_data.billing.ledger
    assert sum(ledger.kwh.values()) == pytest.approx(1)
    await jump(hass, freezer, "2027-06-01T00:00:00-05:00")
    await pass_time(hass, freezer, minutes=1)
    assert not ledger.kwh


async def test_old_prices_are_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Past their validity there is a repair; with new prices, or without the plan, none.

    Nor while it is disabled: nothing of it is in use then.
    """
    plan = await add_plan(
        hass, {"tiers": [{"price": 0.1}], "valid_until": "2026-11-24"}
    )
    issues = ir.async_get(hass)
    issue_id = f"plan_expired_{plan.entry_id}"
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    await jump(hass, freezer, "2026-11-25T00:00:00-05:00")
    issue = issues.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {
        "name": "Home plan",
        "until": "November 24, 2026",
    }
    new = {**plan.data, "versions": [{"tiers": [{"price": 0.12}]}]}
    hass.config_entries.async_update_entry(plan, data=new)
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    assert hass.states.get("sensor.home_plan_price").state == "0.12"
    hass.config_entries.async_update_entry(
        plan, data={**new, "versions": [{"valid_until": "2026-01-01"}]}
    )
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, issue_id) is not None
    for by, is_told in ((ConfigEntryDisabler.USER, False), (None, True)):
        await hass.config_entries.async_set_disabled_by(plan.entry_id, by)
        await hass.async_block_till_done()
        assert (issues.async_get_issue(DOMAIN, issue_id) is not None) is is_told
    await hass.config_entries.async_remove(plan.entry_id)
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, issue_id) is None


async def test_a_plan_that_changes_is_taken_up(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Systems reload with their plan; one that is gone, or unusable, has no price."""
    plan = await add_plan(hass, {"tiers": [{"price": 0.1}]})
    system = await add_system(hass, UNIT, data={"plan": plan.entry_id})
    assert hass.states.get(PRICE).state == "0.1"
    hass.config_entries.async_update_entry(
        plan, data={**plan.data, "versions": [{"tiers": [{"price": 0.2}]}]}
    )
    await hass.async_block_till_done()
    assert hass.states.get(PRICE).state == "0.2"
    hass.config_entries.async_update_entry(
        plan, data={**plan.data, "versions": [], "plan": "unheard_of"}
    )
    await hass.async_block_till_done()
    assert plan.state is ConfigEntryState.SETUP_ERROR
    assert plan.error_reason_translation_key == "plan_unusable"
    assert hass.states.get(PRICE).state == STATE_UNAVAILABLE
    await hass.config_entries.async_remove(plan.entry_id)
    await hass.async_block_till_done()
    state = hass.states.get(PRICE)
    assert state is None or state.state == STATE_UNAVAILABLE
    issues = ir.async_get(hass)
    issue_id = f"plan_missing_{system.entry_id}"
    assert issues.async_get_issue(DOMAIN, issue_id) is not None
    hass.config_entries.async_update_entry(
        system, data={"kind": "system", "family": "mini_split", "price": 0.3}
    )
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    assert hass.states.get(PRICE).state == "0.3"


async def test_a_plan_that_is_disabled_prices_nothing(hass: HomeAssistant) -> None:
    """Its price of now does not go on for good; that is told, and ends with it."""
    plan = await add_plan(hass, {"tiers": [{"price": 0.1}]})
    set_power(hass, 2000)
    system = await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    assert hass.states.get(PRICE).state == "0.1"
    issues, registry = ir.async_get(hass), er.async_get(hass)
    issue_id = f"plan_disabled_{system.entry_id}"
    assert issues.async_get_issue(DOMAIN, issue_id) is None

    await hass.config_entries.async_set_disabled_by(
        plan.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert hass.states.get(PRICE).state == STATE_UNAVAILABLE
    assert issues.async_get_issue(DOMAIN, issue_id) is not None
    # It may be enabled again: what its owner made of the entities is kept.
    assert registry.async_get(BILL) is not None

    await hass.config_entries.async_set_disabled_by(plan.entry_id, None)
    await hass.async_block_till_done()
    assert hass.states.get(PRICE).state == "0.1"
    assert issues.async_get_issue(DOMAIN, issue_id) is None


async def test_what_is_used_while_a_plan_is_disabled_is_not_free(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It waits for the plan, or for another price, in the lifetime cost as on the bill."""
    plan = await add_plan(hass, {"tiers": [{"price": 0.1}]})
    set_energy(hass, 100)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    await pass_time(hass, freezer, minutes=30)
    set_energy(hass, 101)
    await hass.config_entries.async_set_disabled_by(
        plan.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()
    await pass_time(hass, freezer, minutes=30)
    set_energy(hass, 102)
    await pass_time(hass, freezer, minutes=1)
    assert hass.states.get(COST).state == STATE_UNAVAILABLE
    assert await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, freezer, minutes=30)
    set_energy(hass, 103)
    await pass_time(hass, freezer, minutes=1)
    await hass.config_entries.async_set_disabled_by(plan.entry_id, None)
    await hass.async_block_till_done()
    await pass_time(hass, freezer, minutes=61)
    assert number(hass, BILL) == pytest.approx(0.3)
    assert number(hass, COST) == pytest.approx(0.3)


async def test_the_first_use_of_a_season_is_not_taken_for_all_of_its_hours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """That nothing ran for weeks is known: an evening's use is no use of each hour to come."""
    plan = await add_plan(hass, {"tiers": [{"price": 0.5}]})
    set_power(hass, 0)
    entry = await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    for day in ("2026-12-01", "2027-01-01", "2027-02-01"):
        await jump(hass, freezer, f"{day}T18:00:00-05:00")
    for again in (False, True):
        for _ in range(61):
            set_power(hass, 1000)
            await pass_time(hass, freezer, minutes=1)
            # Nor is a bill ever beyond where it will end.
            projected = state_of(hass, PROJECTED)
            assert number(hass, BILL) <= float(projected.state) < 2
            assert number(hass, BILL) <= projected.attributes["high"] + 0.01
        assert number(hass, BILL) == pytest.approx(1.0 if again else 0.5, abs=0.05)
        if not again:
            assert await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done()


async def test_a_new_period_is_projected_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The bill that ended is no projection of the new one."""
    await jump(hass, freezer, "2026-11-30T23:40:30-05:00")
    plan = await add_plan(
        hass,
        {"tiers": [{"price": 0.0}], "fixed": [{"amount": 1.0, "per": "day"}]},
    )
    set_power(hass, 0)
    await add_system(
        hass,
        UNIT,
        data={"power": POWER, "plan": plan.entry_id, "fixed_charges": True},
    )
    await pass_time(hass, freezer, minutes=19)
    assert number(hass, PROJECTED) == pytest.approx(30)
    await pass_time(hass, freezer, minutes=2)
    assert number(hass, BILL) == pytest.approx(1)
    assert number(hass, PROJECTED) == pytest.approx(31)


async def test_a_plan_that_is_another_leaves_no_sensor_behind(
    hass: HomeAssistant,
) -> None:
    """Hours and tiers that it has no more; one that comes back has its id again."""
    hours = {"hours": HOURS}
    plan = await add_plan(hass, hours)
    registry = er.async_get(hass)
    registry.async_update_entity(
        "sensor.home_plan_period", new_entity_id="sensor.what_it_is_now"
    )
    flat = {"tiers": [{"price": 0.1}]}
    for version, there, price in ((flat, False, "0.1"), (hours, True, "0.3")):
        hass.config_entries.async_update_entry(
            plan, data={**plan.data, "versions": [version]}
        )
        await hass.async_block_till_done()
        for entity_id in ("sensor.what_it_is_now", "sensor.home_plan_next_price"):
            assert (registry.async_get(entity_id) is not None) is there, entity_id
            assert (hass.states.get(entity_id) is not None) is there, entity_id
        assert hass.states.get("sensor.home_plan_price").state == price


async def test_damaged_stores_begin_anew(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What cannot be read is told, and the rest is kept."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home plan",
        data={"kind": "plan", "versions": [{"tiers": [{"price": 0.1}]}]},
    )
    for name, data in (
        ("", {"meter": {"nonsense": 1}, "recent": {"x": []}, "known": []}),
        (".ledger", {"1978000": ["many"]}),
    ):
        key = f"{DOMAIN}.{entry.entry_id}{name}"
        hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.home_plan_price").state == "0.1"
    assert "cannot be read" in caplog.text


async def test_the_ledger_outlives_a_crash(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    """The whole is written seldom, what is new within the minute; no more is lost."""
    set_power(hass, 4000)
    entry = await add_system(hass, UNIT, data={"power": POWER, "price": 0.25})
    for _ in range(5 * 60):
        set_power(hass, 4000)
        await pass_time(hass, freezer, minutes=1)
    bill = number(hass, BILL)
    assert bill == pytest.approx(5, abs=0.05)
    key = f"{DOMAIN}.{entry.entry_id}"
    assert hass_storage[f"{key}.ledger"]["data"]
    counted = hass_storage["klima.counted"]["data"]
    recent = counted[entry.entry_id]["billing"]["recent"]
    assert 0 < len(recent) < 30
    # A crash: the stores as they are now, in another Home Assistant.
    from custom_components.klima.kept_ledger import KeptLedger

    kept = KeptLedger(hass, entry.entry_id)
    await kept.async_load(recent)
    assert sum(kept.ledger.kwh.values()) == pytest.approx(20, abs=0.2)


async def test_a_home_that_uses_less_than_its_unit_is_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A meter that is not the whole home's decides wrong tiers: a repair names it."""
    home = {"unit_of_measurement": "kWh", "device_class": "energy"}
    hass.states.async_set("sensor.home", "5000", home)
    plan = await add_plan(
        hass,
        {"tiers": [{"price": 0.1, "up_to": 1}, {"price": 0.2}], "tiers_per": "month"},
        home_energy="sensor.home",
    )
    set_power(hass, 6000)
    entry = await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    issues = ir.async_get(hass)
    issue_id = f"home_meter_low_{entry.entry_id}"
    for minute in range(66):
        set_power(hass, 6000)
        hass.states.async_set("sensor.home", f"{5000 + minute / 300:.3f}", home)
        await pass_time(hass, freezer, minutes=1)
    issue = issues.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    told = issue.translation_placeholders
    assert told is not None
    assert (told["meter"], told["since"]) == ("sensor.home", "November 24, 2026")
    assert float(told["own"]) > 2
    assert float(told["home"]) < 1
    # The unit's own use counts where it is more: a kWh at 0.1, the others at 0.2.
    assert number(hass, BILL) == pytest.approx(0.1 + 0.2 * 5.6, abs=0.1)
    # The meter is changed for that of the whole home, and catches up.
    for minute in range(62):
        set_power(hass, 0)
        hass.states.async_set("sensor.home", f"{5001 + minute / 4:.3f}", home)
        await pass_time(hass, freezer, minutes=1)
    assert issues.async_get_issue(DOMAIN, issue_id) is None


@pytest.mark.parametrize(
    ("language", "models"),
    [
        ("en", ["Zone", "Electricity plan"]),
        ("it", ["Zona", "Tariffa elettrica"]),
    ],
)
async def test_devices_say_what_they_are_in_the_language_of_the_home(
    hass: HomeAssistant, language: str, models: list[str]
) -> None:
    """Where the frontend shows a device's model."""
    hass.config.language = language
    plan = await add_plan(hass, {"hours": [{"period": "all_day", "price": 0.1}]})
    system = await add_system(hass, "climate.living_room")
    owners = ((system, next(iter(system.subentries))), (plan, plan.entry_id))
    devices = [klima_device(hass, entry, owner) for entry, owner in owners]
    assert [device.model for device in devices if device] == models
