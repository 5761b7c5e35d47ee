"""The flow of an electricity plan: every step, every refusal, every change."""

from typing import Any

from awesomeversion import AwesomeVersion
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
import voluptuous as vol

from custom_components.klima.const import DOMAIN
from custom_components.klima.flows.plan_forms import charge_fields, charges_shown
from custom_components.klima.plans import async_known_plans

from .common import add_system, klima_device
from .forms import shown, submit, suggested
from .translated import LANGUAGES, load
from .units import FullClimate, async_add_units

BILLING = {"billing_day": 1, "billing_months": "1"}
WEEK = [
    {"period": "off_peak", "price": 0.1, "days": "weekdays", "start": "19:00:00"}
    | {"end": "07:00:00"},
    {"period": "on_peak", "price": 0.3, "days": "weekdays", "start": "07:00:00"}
    | {"end": "19:00:00"},
    {"period": "off_peak", "price": 0.1, "days": "weekends"},
]


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant) -> None:
    """Be at home in Toronto."""
    await hass.config.async_set_time_zone("America/Toronto")
    hass.config.currency = "CAD"
    hass.config.country = "CA"


async def choose(hass: HomeAssistant, plan: str, **more: Any) -> ConfigFlowResult:
    """Begin to add a plan."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert "plan" in result["menu_options"]
    result = await submit(hass, result, {"next_step_id": "plan"})
    assert result["step_id"] == "plan"
    return await submit(hass, result, {"plan": plan, **more})


async def walk(
    hass: HomeAssistant, result: ConfigFlowResult, *answers: dict[str, Any]
) -> ConfigFlowResult:
    """Submit step after step."""
    for answer in answers:
        assert result["type"] is FlowResultType.FORM, result
        assert not result["errors"], result["errors"]
        result = await submit(hass, result, answer)
    return result


async def reconfigure(hass: HomeAssistant, entry_id: str) -> ConfigFlowResult:
    """Begin to change a plan."""
    entry = hass.config_entries.async_get_entry(entry_id)
    assert entry is not None
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": "reconfigure", "entry_id": entry_id}
    )


async def test_one_price(hass: HomeAssistant) -> None:
    """A plan of one price is a service device with a price."""
    result = await choose(hass, "flat")
    assert result["step_id"] == "flat"
    # Submitted as it is, nothing is free.
    result = await submit(hass, result, {})
    assert result["errors"] == {"price": "price_missing"}
    # In Canada a kWh costs no 12 dollars: that is meant in cents. And nobody is paid for each.
    for price in (5000, 12, -0.12):
        result = await submit(hass, result, {"price": price})
        assert result["errors"] == {"price": "price_out_of_range"}
    result = await submit(hass, result, {"price": 0.12})
    assert result["step_id"] == "charges"
    result = await walk(hass, result, {})
    assert suggested(result) == {}
    result = await walk(hass, result, BILLING)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "One price"
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data == {
        "kind": "plan",
        "plan": "flat",
        "versions": [{"tiers": [{"price": 0.12}]}],
        "cycle": {"day": 1, "months": 1},
    }
    state = hass.states.get("sensor.one_price_price")
    assert state.state == "0.12"
    assert state.attributes["unit_of_measurement"] == "CAD/kWh"
    device = klima_device(hass, entry, entry.entry_id)
    assert device is not None
    assert device.entry_type == "service"
    # What it does not have, it does not show.
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {entity.unique_id for entity in registered} == {f"{entry.entry_id}_price"}


async def test_time_of_use(hass: HomeAssistant) -> None:
    """Hours with a hole or an overlap are refused, and the hole is named."""
    result = await choose(hass, "time_of_use", name="Home")
    assert result["step_id"] == "time_of_use"
    assert suggested(result)["hours"][0]["period"] == "Off-peak"
    for hours, error, words in (
        ([], {"hours": "hours_missing"}, {}),
        (
            [WEEK[0], {k: v for k, v in WEEK[1].items() if k != "price"}, WEEK[2]],
            {"hours": "hours_price_missing"},
            {"period": "On-peak", "start": "07:00"},
        ),
        (
            [*WEEK[:1], {**WEEK[1], "end": "18:00:00"}, WEEK[2]],
            {"hours": "hole"},
            {"days": "Weekdays", "start": "18:00", "end": "19:00"},
        ),
        (
            [*WEEK, {**WEEK[1], "start": "16:00:00", "end": "20:00:00"}],
            {"hours": "overlap"},
            {"start": "16:00", "end": "19:00"},
        ),
        (WEEK[:2], {"hours": "hole"}, {"days": "Weekends and holidays"}),
        (
            [*WEEK[:1], {**WEEK[1], "end": "18:50:00"}, WEEK[2]],
            {"hours": "not_a_quarter"},
            {"time": "18:50:00"},
        ),
        (
            [{**WEEK[0], "season": "summer"}, *WEEK[1:]],
            {"summer_start": "no_summer"},
            {},
        ),
    ):
        result = await submit(hass, result, {"hours": hours, "holidays": "ontario"})
        assert result["errors"] == error
        shown = result["description_placeholders"]
        assert shown is not None
        assert words.items() <= shown.items()
    for summer, error in (
        ({"summer_start": "05-01"}, "half_a_season"),
        ({"summer_start": "13-01", "summer_end": "10-31"}, "not_a_day"),
    ):
        result = await submit(
            hass, result, {"hours": WEEK, "holidays": "ontario", **summer}
        )
        assert result["errors"] == {"summer_start": error}
    result = await submit(
        hass,
        result,
        {
            "hours": WEEK,
            "holidays": "ontario",
            "summer_start": "05-01",
            "summer_end": "10-31",
        },
    )
    result = await walk(hass, result, {}, BILLING)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Home"
    assert hass.states.get("sensor.home_period").state in ("off_peak", "on_peak")
    assert hass.states.get("sensor.home_next_change") is not None
    assert hass.states.get("sensor.home_next_price") is not None


async def test_tiers(hass: HomeAssistant) -> None:
    """Tiers with a hole are refused."""
    result = await choose(hass, "tiered", name="Home")
    for tiers, error in (
        ([], "tiers_missing"),
        ([{"price": 0.07, "up_to": 40}, {}], "tiers_price_missing"),
        ([{"price": 0.07, "up_to": 40}], "tier_hole"),
        ([{"price": 0.07}, {"price": 0.11}], "tier_after_last"),
        (
            [{"price": 0.1, "up_to": 40}, {"price": 0.2, "up_to": 30}, {"price": 1}],
            "tier_out_of_order",
        ),
    ):
        result = await submit(hass, result, {"tiers_per": "day", "tiers": tiers})
        assert result["errors"] == {"tiers": error}
    result = await submit(
        hass,
        result,
        {"tiers_per": "day", "tiers": [{"price": 0.07, "up_to": 40}, {"price": 0.11}]},
    )
    result = await walk(hass, result, {}, BILLING)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    tier = hass.states.get("sensor.home_tier")
    assert tier.state == "1"
    assert tier.attributes["tier_basis"] == "systems"
    days = {30: "1200.0", 31: "1240.0", 28: "1120.0", 29: "1160.0"}.values()
    assert hass.states.get("sensor.home_tier_remaining").state in days


async def test_tiers_by_season(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The form asks when summer is, and shows it again."""
    freezer.move_to("2026-10-31T12:00:00-04:00")
    result = await choose(hass, "tiered", name="Home")
    tiers = {
        "tiers_per": "month",
        "tiers": [
            {"season": "summer", "price": 0.12, "up_to": 600},
            {"season": "summer", "price": 0.14},
            {"season": "winter", "price": 0.1, "up_to": 1000},
            {"season": "winter", "price": 0.13},
        ],
    }
    for more, error in (
        ({}, "no_summer"),
        ({"summer_start": "05-01"}, "half_a_season"),
        ({"summer_start": "05-01", "summer_end": "31.10."}, "not_a_day"),
    ):
        result = await submit(hass, result, {**tiers, **more})
        assert result["errors"] == {"summer_start": error}
    summer = {"summer_start": "05-01", "summer_end": "10-31"}
    result = await submit(hass, result, {**tiers, **summer})
    result = await walk(hass, result, {}, BILLING)
    entry = result["result"]
    assert entry.data["versions"][0]["summer"] == ["05-01", "10-31"]
    assert hass.states.get("sensor.home_price").state == "0.12"
    freezer.move_to("2026-11-01T00:00:00-04:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.home_price").state == "0.1"

    plan = {"plan": "tiered", "name": "Home"}
    result = await walk(hass, await reconfigure(hass, entry.entry_id), plan)
    assert suggested(result) == {**tiers, **summer}
    await walk(hass, result, suggested(result), {}, BILLING)
    assert entry.data["versions"][0]["summer"] == ["05-01", "10-31"]


async def test_a_price_entity(hass: HomeAssistant) -> None:
    """A dynamic plan follows an entity, in the home's currency."""
    hass.states.async_set("sensor.spot", "10", {"unit_of_measurement": "¢/kWh"})
    hass.states.async_set("sensor.euros", "1", {"unit_of_measurement": "EUR/kWh"})
    result = await choose(hass, "dynamic", name="Market")
    result = await submit(hass, result, {"price_entity": "sensor.euros"})
    assert result["errors"] == {"price_entity": "other_currency"}
    result = await walk(
        hass,
        {**result, "errors": {}},
        {"price_entity": "sensor.spot"},
        {
            "adders": [{"name": "Delivery", "price": 0.05}],
            "taxes": [{"percent": 10, "on": "subtotal"}],
        },
        BILLING,
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert float(hass.states.get("sensor.market_price").state) == pytest.approx(0.165)


async def test_charges(hass: HomeAssistant) -> None:
    """All that a bill has is kept, and an event needs its price."""
    hass.states.async_set("binary_sensor.peak", "off")
    result = await choose(hass, "flat", name="All")
    result = await walk(hass, result, {"price": 0.1})
    charges: dict[str, Any] = {
        "effective_from": "2026-04-01",
        "valid_until": "2027-03-31",
        "fixed": [{"name": "Access", "amount": 0.46, "per": "day"}],
        "adders": [{"name": "Rider", "price": 0.01}],
        "taxes": [{"name": "GST", "percent": 5, "on": "subtotal"}],
        "minimum": 5,
        "demand": {
            "demand_price": 12,
            "demand_minutes": "30",
        },
        "event_entity": "binary_sensor.peak",
        "event_kind": "added",
    }
    result = await submit(hass, result, charges)
    assert result["errors"] == {"event_entity": "half_an_event"}
    result = await submit(
        hass,
        result,
        {**charges, "event_price": 0.5, "event_entity": "binary_sensor.none"},
    )
    assert result["errors"] == {"event_entity": "entity_not_found"}
    result = await submit(
        hass, result, {**charges, "event_price": 0.5, "valid_until": "2026-01-01"}
    )
    assert result["errors"] == {"valid_until": "ends_before_it_begins"}
    result = await submit(hass, result, {**charges, "event_price": 0.5})
    assert result["step_id"] == "billing"

    hass.states.async_set("sensor.home", "5", {"unit_of_measurement": "kWh"})
    hass.states.async_set("sensor.watts", "5", {"unit_of_measurement": "W"})
    for answer, errors in (
        ({"home_energy": "sensor.watts"}, {"home_energy": "not_energy"}),
        ({"billing_days": 3}, {"billing_days": "days_out_of_range"}),
        ({"billing_dates": ["soon"]}, {"billing_dates": "not_a_date"}),
    ):
        result = await submit(hass, result, {**BILLING, **answer})
        assert result["errors"] == errors
    result = await submit(
        hass,
        result,
        {
            "billing_day": 12,
            "billing_months": "2",
            "billing_start": "2026-10-12",
            "home_energy": "sensor.home",
        },
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    data = dict(result["result"].data)
    (version,) = data.pop("versions")
    assert data == {
        "kind": "plan",
        "plan": "flat",
        "event_entity": "binary_sensor.peak",
        "home_energy": "sensor.home",
        "cycle": {"day": 12, "months": 2, "anchor": "2026-10-12"},
    }
    assert version == {
        "tiers": [{"price": 0.1}],
        "effective_from": "2026-04-01",
        "valid_until": "2027-03-31",
        "fixed": [{"name": "Access", "amount": 0.46, "per": "day"}],
        "adders": [{"name": "Rider", "price": 0.01}],
        "taxes": [{"name": "GST", "percent": 5, "on": "subtotal"}],
        "minimum": 5,
        "demand": {"price": 12, "minutes": 30, "periods": []},
        "event": {"price": 0.5, "kind": "added"},
    }

    # Changed, each step shows what was entered, and what is left empty is gone.
    result = await reconfigure(hass, result["result"].entry_id)
    assert suggested(result) == {"plan": "flat", "name": "All"}
    result = await submit(hass, result, {"plan": "flat", "name": "All"})
    assert suggested(result) == {"price": 0.1}
    result = await submit(hass, result, {"price": 0.11})
    assert shown(result)["demand"]["demand_minutes"] == "30"
    result = await submit(hass, result, {"effective_from": "2026-04-01"})
    assert suggested(result)["billing_months"] == "2"
    result = await submit(hass, result, BILLING)
    assert result["reason"] == "plan_reconfigured"
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.data == {
        "kind": "plan",
        "plan": "flat",
        "versions": [{"tiers": [{"price": 0.11}], "effective_from": "2026-04-01"}],
        "cycle": {"day": 1, "months": 1},
    }
    assert hass.states.get("sensor.all_price").state == "0.11"


async def test_a_charge_on_losses_keeps_its_factor(hass: HomeAssistant) -> None:
    """It is a part of the price, and is shown and kept when the plan is changed."""
    adders = [
        {"name": "Losses", "price": 0.04, "factor": 1.05},
        {"name": "Rider", "price": 0.01},
    ]
    result = await choose(hass, "flat", name="Home")
    result = await walk(hass, result, {"price": 0.1}, {"adders": adders}, BILLING)
    entry = result["result"]
    assert hass.states.get("sensor.home_price").state == "0.152"

    result = await reconfigure(hass, entry.entry_id)
    result = await walk(hass, result, {"plan": "flat", "name": "Home"}, {"price": 0.2})
    assert suggested(result)["adders"] == adders
    result = await submit(hass, result, suggested(result))
    result = await walk(hass, result, BILLING)
    assert result["reason"] == "plan_reconfigured"
    assert entry.data["versions"][0]["adders"] == adders

    # What it comes to has the same limits as any price.
    result = await reconfigure(hass, entry.entry_id)
    result = await walk(hass, result, {"plan": "flat", "name": "Home"}, {"price": 0.2})
    result = await submit(hass, result, {"adders": [{"price": 0.4, "factor": 105}]})
    assert result["errors"] == {"adders": "price_out_of_range"}


async def test_a_norwegian_plan(hass: HomeAssistant) -> None:
    """A market price, grid charges by the hour, and an amount by the month's three peaks."""
    hass.states.async_set("sensor.spot", "0.9", {"unit_of_measurement": "CAD/kWh"})
    result = await choose(hass, "dynamic", name="Norway")
    hours = [
        {"period": "off_peak", "price": 0.3, "start": "22:00:00", "end": "06:00:00"},
        {"period": "on_peak", "price": 0.4, "start": "06:00:00", "end": "22:00:00"},
    ]
    result = await walk(
        hass,
        result,
        {"price_entity": "sensor.spot", "by_hour": True},
        {"hours": hours, "holidays": "none"},
    )
    assert result["step_id"] == "charges"
    # Nothing is asked of who has no demand charge, and the section is folded.
    (folded,) = (
        field for field in result["data_schema"].schema.items() if field[0] == "demand"
    )
    assert folded[1].options == {"collapsed": True}
    demand = {
        "demand_steps": [
            {"amount": 150, "up_to": 2},
            {"amount": 250, "up_to": 5},
            {"amount": 420},
        ],
        "demand_per": "month",
        "demand_peaks": 3,
        "demand_weights": [{"period": "Off-peak", "factor": 0.5}],
    }
    for wrong, reason in (
        ({"demand_steps": []}, "half_a_demand"),
        ({"demand_steps": [{"amount": 150, "up_to": 2}]}, "demand_steps"),
        ({"demand_months": 12, "demand_per": "cycle"}, "demand_months"),
        ({"demand_least": -1}, "demand_below_zero"),
    ):
        result = await submit(hass, result, {"demand": {**demand, **wrong}})
        assert result["errors"] == {"demand": reason}
    result = await submit(hass, result, {"demand": demand})
    result = await walk(hass, result, BILLING)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    (version,) = entry.data["versions"]
    assert version["demand"] == {
        "minutes": 60,
        "periods": [],
        "steps": demand["demand_steps"],
        "per": "month",
        "peaks": 3,
        "one_a_day": True,
        "weights": [{"period": "off_peak", "factor": 0.5}],
    }
    assert hass.states.get("sensor.norway_price").state in ("1.2", "1.3")

    # Left as it is shown, nothing changes.
    before = dict(entry.data)
    result = await reconfigure(hass, entry.entry_id)
    while result["type"] is FlowResultType.FORM:
        result = await submit(hass, result, shown(result))
        assert not result.get("errors"), result
    assert entry.data == before

    # Without hours, they are gone, and so is what would be of one of them alone.
    result = await reconfigure(hass, entry.entry_id)
    result = await submit(hass, result, {"plan": "dynamic", "name": "Norway"})
    result = await submit(hass, result, {"price_entity": "sensor.spot"})
    assert "demand_weights" not in shown(result)["demand"]
    (section,) = (
        field for field in result["data_schema"].schema.items() if field[0] == "demand"
    )
    asked = set(map(str, section[1].schema.schema))
    assert {"demand_price", "demand_usual"} <= asked
    assert not {"demand_periods", "demand_weights"} & asked
    result = await walk(hass, result, {"demand": {"demand_price": 5}}, BILLING)
    (version,) = entry.data["versions"]
    assert "hours" not in version
    assert version["demand"] == {"price": 5, "minutes": 60, "periods": []}
    assert hass.states.get("sensor.norway_price").state == "0.9"


async def test_a_flemish_plan(hass: HomeAssistant) -> None:
    """A price per year for the mean of twelve months, and what the last bill said."""
    result = await choose(hass, "flat", name="Flanders")
    demand = {
        "demand_price": 50,
        "demand_per": "year",
        "demand_minutes": "15",
        "demand_least": 2.5,
        "demand_months": 12,
        "demand_usual": 4.2,
        "demand_peaks": 2,
        "demand_same_day": True,
    }
    result = await walk(hass, result, {"price": 0.3}, {"demand": demand}, BILLING)
    entry = result["result"]
    assert entry.data["versions"][0]["demand"] == {
        "price": 50,
        "minutes": 15,
        "periods": [],
        "per": "year",
        "peaks": 2,
        "one_a_day": False,
        "least": 2.5,
        "months": 12,
        "usual": 4.2,
    }
    result = await reconfigure(hass, entry.entry_id)
    result = await submit(hass, result, {"plan": "flat", "name": "Flanders"})
    result = await submit(hass, result, {"price": 0.3})
    assert shown(result)["demand"] == demand


async def test_all_charges_of_known_plans_fit_the_form(hass: HomeAssistant) -> None:
    """Else a plan could not be changed, or what the form does not have would be lost."""
    known = await async_known_plans(hass)
    names: dict[str, str] = {}
    for plan in known.values():
        for version in plan.versions:
            form = vol.Schema(charge_fields("CAD", version, {}))
            filled = charges_shown(version, names)
            form({key: value for key, value in filled.items() if value is not None})


async def test_new_prices_leave_the_old(hass: HomeAssistant) -> None:
    """Prices from a later day are added; from the same day they correct."""
    result = await choose(hass, "flat", name="Home")
    result = await walk(
        hass, result, {"price": 0.1}, {"effective_from": "2026-01-01"}, BILLING
    )
    entry = result["result"]
    result = await reconfigure(hass, entry.entry_id)
    result = await walk(
        hass,
        result,
        {"plan": "flat", "name": "Home"},
        {"price": 0.2},
        {"effective_from": "2026-06-01"},
        BILLING,
    )
    assert [version["tiers"][0]["price"] for version in entry.data["versions"]] == [
        0.1,
        0.2,
    ]


async def test_another_plan_from_a_day_on_leaves_the_old_prices(
    hass: HomeAssistant,
) -> None:
    """Also those of the data files, which are not kept in the entry."""
    result = await choose(hass, "hydro_quebec_d")
    result = await walk(hass, result, {"edit_prices": False}, BILLING)
    entry = result["result"]
    known = (await async_known_plans(hass))["hydro_quebec_d"]
    await walk(
        hass,
        await reconfigure(hass, entry.entry_id),
        {"plan": "flat", "name": "Home"},
        {"price": 0.2},
        {"effective_from": "2026-12-01"},
        BILLING,
    )
    *old, new = entry.data["versions"]
    assert old == list(known.versions)
    assert new == {"tiers": [{"price": 0.2}], "effective_from": "2026-12-01"}
    assert entry.state is ConfigEntryState.LOADED


async def test_prices_that_ended_are_followed_by_new_ones(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The form begins where the old ones ended, and they stay for the time before."""
    freezer.move_to("2026-11-24T12:00:00-05:00")
    result = await choose(hass, "flat", name="Home")
    year = {"effective_from": "2025-04-01", "valid_until": "2026-12-31"}
    result = await walk(hass, result, {"price": 0.1}, year, BILLING)
    entry = result["result"]
    name = {"plan": "flat", "name": "Home"}

    # As long as they hold, they are shown as they are.
    result = await walk(
        hass, await reconfigure(hass, entry.entry_id), name, {"price": 0.1}
    )
    assert suggested(result) == year
    freezer.move_to("2027-01-01T12:00:00-05:00")
    result = await walk(
        hass, await reconfigure(hass, entry.entry_id), name, {"price": 0.2}
    )
    assert suggested(result) == {"effective_from": "2027-01-01"}
    await walk(hass, result, suggested(result), BILLING)
    assert entry.data["versions"] == [
        {"tiers": [{"price": 0.1}], **year},
        {"tiers": [{"price": 0.2}], "effective_from": "2027-01-01"},
    ]


async def test_a_known_plan_whose_prices_ended(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It says so, asks for the new ones, and keeps what it knows of the time before."""
    freezer.move_to("2027-06-01T12:00:00-04:00")
    result = await choose(hass, "hydro_quebec_d")
    assert result["step_id"] == "known_ended"
    shown = result["description_placeholders"]
    assert shown is not None
    assert shown["until"] == "March 31, 2027"
    schema = result["data_schema"]
    assert schema is not None
    assert schema({}) == {"edit_prices": True}
    tiers = [{"price": 0.08, "up_to": 40}, {"price": 0.12}]
    result = await walk(
        hass, result, {"edit_prices": True}, {"tiers_per": "day", "tiers": tiers}
    )
    assert suggested(result)["effective_from"] == "2027-04-01"
    assert "valid_until" not in suggested(result)
    result = await walk(hass, result, suggested(result), BILLING)
    *known, new = result["result"].data["versions"]
    assert [version["tiers"][0]["price"] for version in known] == [0.07065]
    assert new["tiers"] == tiers
    assert new["effective_from"] == "2027-04-01"
    assert new["fixed"] == known[-1]["fixed"]
    assert hass.states.get("sensor.hydro_quebec_d_price").state == "0.08"


async def test_a_known_plan_with_one_price(hass: HomeAssistant) -> None:
    """It has no step to tell of."""
    hass.config.currency = "USD"
    result = await choose(hass, "seattle_city_light")
    shown = result["description_placeholders"]
    assert shown is not None
    assert shown["prices"].startswith("- 0.1375 USD/kWh")


@pytest.mark.parametrize(
    ("language", "since", "until", "price"),
    [
        ("en-GB", "1 April 2026", "31 March 2027", "kWh / day: 0.07065"),
        ("de", "01.04.2026", "31.03.2027", "kWh / Tag: 0,07065"),
        ("es", "01/04/2026", "31/03/2027", "kWh / día: 0,07065"),
        ("fr", "01/04/2026", "31/03/2027", "kWh / jour: 0,07065"),
        ("it", "01/04/2026", "31/03/2027", "kWh / giorno: 0,07065"),
    ],
)
async def test_a_known_plans_days(
    hass: HomeAssistant, language: str, since: str, until: str, price: str
) -> None:
    """They are written as the home's language writes days, and so are its prices."""
    hass.config.language = language
    result = await choose(hass, "hydro_quebec_d")
    shown = result["description_placeholders"]
    assert shown is not None
    assert (shown["since"], shown["until"]) == (since, until)
    assert not shown["seen"].startswith("20")
    assert price in shown["prices"]


async def test_a_known_plan(hass: HomeAssistant) -> None:
    """It tells its prices and where they are from, and needs no more."""
    result = await choose(hass, "hydro_quebec_d")
    assert result["step_id"] == "known"
    shown = result["description_placeholders"]
    assert shown is not None
    assert "≤ 40 kWh / day: 0.07065 CAD/kWh" in shown["prices"]
    # A bare > would make a quotation of the line.
    assert "- \\> 40 kWh / day: 0.11142 CAD/kWh" in shown["prices"]
    assert shown["since"] == "April 1, 2026"
    result = await walk(
        hass, result, {"edit_prices": False}, {**BILLING, "billing_months": "2"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Hydro-Québec D"
    assert result["result"].data == {
        "kind": "plan",
        "plan": "hydro_quebec_d",
        "cycle": {"day": 1, "months": 2},
    }
    assert hass.states.get("sensor.hydro_quebec_d_price").state == "0.07065"

    # Its prices may be changed, with all of its steps.
    result = await reconfigure(hass, result["result"].entry_id)
    result = await walk(
        hass,
        result,
        {"plan": "hydro_quebec_d"},
        {"edit_prices": True},
        {"tiers_per": "day", "tiers": [{"price": 0.08, "up_to": 40}, {"price": 0.12}]},
        {"effective_from": "2026-04-01"},
        BILLING,
    )
    assert result["reason"] == "plan_reconfigured"
    assert hass.states.get("sensor.hydro_quebec_d_price").state == "0.08"


@pytest.mark.parametrize(
    ("edits", "charges", "price"),
    [
        (False, [], "0.04"),
        # Its delivery is for its owner to fill in.
        (True, [{"adders": [{"name": "Delivery", "price": 0.05}]}], "0.09"),
    ],
)
async def test_a_known_plan_that_follows_an_entity(
    hass: HomeAssistant, edits: bool, charges: list[dict[str, Any]], price: str
) -> None:
    """It asks for the entity, whoever fills the rest in."""
    hass.config.currency = "USD"
    hass.states.async_set("sensor.spot", "4", {"unit_of_measurement": "¢/kWh"})
    result = await choose(hass, "comed_hourly")
    result = await walk(
        hass,
        result,
        {"edit_prices": edits},
        {"price_entity": "sensor.spot"},
        *charges,
        BILLING,
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert hass.states.get("sensor.comed_hourly_pricing_price").state == price


async def test_a_known_plan_without_prices(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It knows the hours and taxes, and is of no use until its owner tells the prices."""
    await hass.config.async_set_time_zone("Europe/Rome")
    hass.config.currency = "EUR"
    freezer.move_to("2026-12-07T12:00:00+01:00")
    result = await choose(hass, "italy_f1_f2_f3")
    assert result["step_id"] == "known_unpriced"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert "- On-peak, Weekdays 08:00–19:00\n" in placeholders["prices"]
    # There is nothing to leave as it is.
    assert shown(result) == {}
    result = await submit(hass, result, {})
    assert result["step_id"] == "time_of_use"
    form = suggested(result)
    assert form["holidays"] == "italy"
    result = await submit(hass, result, form)
    assert result["errors"] == {"hours": "hours_price_missing"}
    prices = {"On-peak": 0.25, "Mid-peak": 0.24, "Off-peak": 0.2}
    for row in form["hours"]:
        row["price"] = prices[row["period"]]
    result = await submit(hass, result, form)
    assert result["step_id"] == "charges"
    result = await submit(hass, result, suggested(result))
    result = await submit(hass, result, BILLING)
    entry = result["result"]
    assert entry.title == "Italia F1, F2, F3 (trioraria)"
    # None but the owner's own prices are kept.
    (version,) = entry.data["versions"]
    assert version["holidays"] == "italy"
    price = "sensor.italia_f1_f2_f3_trioraria_price"
    assert float(hass.states.get(price).state) == pytest.approx((0.25 + 0.0227) * 1.1)
    # The day after, a Tuesday, is a holiday.
    freezer.move_to("2026-12-08T12:00:00+01:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert float(hass.states.get(price).state) == pytest.approx((0.2 + 0.0227) * 1.1)

    before = dict(entry.data)
    result = await reconfigure(hass, entry.entry_id)
    while result["type"] is FlowResultType.FORM:
        result = await submit(hass, result, shown(result))
        assert not result.get("errors"), result
    assert entry.data == before


async def test_a_known_plan_without_a_price_in_its_tiers(hass: HomeAssistant) -> None:
    """How peaks are counted is known, what a kWh costs is not."""
    hass.config.language = "de"
    hass.config.currency = "EUR"
    result = await choose(hass, "fluvius_capacity_tariff")
    assert result["step_id"] == "known_unpriced"
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["prices"].splitlines() == [
        "- Leistungspreis: 40,4 EUR/kW / Jahr",
        "- btw 6\N{NO-BREAK SPACE}%",
    ]
    hass.config.language = "en"
    result = await submit(hass, result, {})
    assert result["step_id"] == "tiered"
    result = await submit(hass, result, {"tiers_per": "month", "tiers": [{}]})
    assert result["errors"] == {"tiers": "tiers_price_missing"}
    tiers = {"tiers_per": "month", "tiers": [{"price": 0.25}]}
    result = await submit(hass, result, tiers)
    demand = shown(result)["demand"]
    assert (demand["demand_per"], demand["demand_months"]) == ("year", 12)
    result = await walk(hass, result, shown(result), BILLING)
    assert result["result"].data["versions"][0]["demand"]["least"] == 2.5
    state = hass.states.get("sensor.vlaanderen_capaciteitstarief_fluvius_price")
    assert float(state.state) == pytest.approx(0.25 * 1.06)


async def test_a_known_plan_by_the_hour_that_follows_an_entity(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Elvia's: nothing is left to fill in but the entity."""
    await hass.config.async_set_time_zone("Europe/Oslo")
    hass.config.currency = "NOK"
    hass.states.async_set("sensor.spot", "0.8", {"unit_of_measurement": "NOK/kWh"})
    # Christmas Day is a Friday.
    for day, hour_price in (("2026-12-24", 0.2915), ("2026-12-25", 0.1699)):
        freezer.move_to(f"{day}T12:00:00+01:00")
        result = await choose(hass, "elvia", name=f"Elvia {day}")
        placeholders = result["description_placeholders"]
        assert placeholders is not None
        assert (
            "- On-peak, Weekdays 06:00–22:00: 0.2915 NOK/kWh"
            in (placeholders["prices"])
        )
        assert placeholders["prices"].splitlines()[3:7] == [
            "- Elavgift 0.0713 NOK/kWh",
            "- Enova 0.01 NOK/kWh",
            "- Demand charge, 0–2 kW: 120 NOK / month",
            "- Demand charge, 2–5 kW: 200 NOK / month",
        ]
        assert placeholders["prices"].splitlines()[-2:] == [
            "- Demand charge, ≥ 100 kW: 5440 NOK / month",
            "- MVA 25%",
        ]
        assert shown(result) == {"edit_prices": False}
        result = await walk(
            hass, result, shown(result), {"price_entity": "sensor.spot"}, BILLING
        )
        name = f"sensor.elvia_{day.replace('-', '_')}_price"
        assert float(hass.states.get(name).state) == pytest.approx(
            (0.8 + hour_price + 0.0713 + 0.01) * 1.25
        )


@pytest.mark.parametrize(
    ("plan", "currency"),
    [
        ("edf_tarif_bleu_heures_creuses", "EUR"),
        ("ellevio", "SEK"),
        ("elvia", "NOK"),
        ("fluvius_capacity_tariff", "EUR"),
        ("italy_f1_f23", "EUR"),
        ("italy_f1_f2_f3", "EUR"),
        ("portugal_bi_horario", "EUR"),
        ("spain_2_0td", "EUR"),
    ],
)
async def test_a_european_plan_goes_through_all_forms(
    hass: HomeAssistant, plan: str, currency: str
) -> None:
    """With its prices changed, all that is known of it is kept as the data file has it."""
    hass.config.currency = currency
    spot = {"unit_of_measurement": f"{currency}/kWh"}
    hass.states.async_set("sensor.spot", "0.1", spot)
    known = (await async_known_plans(hass))[plan]
    result = await choose(hass, plan)
    result = await submit(
        hass, result, {"edit_prices": True} if known.is_priced else {}
    )
    while result["type"] is FlowResultType.FORM:
        assert not result["errors"], result["errors"]
        form = shown(result)
        for row in (*form.get("hours", ()), *form.get("tiers", ())):
            row.setdefault("price", 0.3)
        if result["step_id"] == "dynamic":
            form["price_entity"] = "sensor.spot"
        result = await submit(hass, result, form)
    version = result["result"].data["versions"][-1]
    for field in ("holidays", "summer", "spot", "adders", "demand", "taxes", "fixed"):
        assert version.get(field, "none") == known.versions[-1].get(field, "none")
    for kept, row in zip(
        version.get("hours", ()), known.versions[-1].get("hours", ()), strict=True
    ):
        assert {"price": 0.3, **row} == kept
    state = hass.states.get(f"sensor.{slugify(known.name)}_price")
    assert float(state.state) > 0


async def test_a_known_plan_with_critical_peaks(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It asks for what tells of them: a kWh then costs ten times as much."""
    freezer.move_to("2027-01-12T08:00:00-05:00")
    hass.states.async_set("binary_sensor.peak", "off")
    result = await choose(hass, "hydro_quebec_flex_d")
    assert result["description_placeholders"] is not None
    assert (
        "- Critical peak: 0.46463 CAD/kWh"
        in result["description_placeholders"]["prices"]
    )
    result = await walk(hass, result, {"edit_prices": False})
    assert result["step_id"] == "critical_peak"
    result = await submit(hass, result, {"event_entity": "binary_sensor.gone"})
    assert result["errors"] == {"event_entity": "entity_not_found"}
    peak = {"event_entity": "binary_sensor.peak"}
    result = await submit(hass, result, peak)
    result = await submit(hass, result, BILLING)
    price = "sensor.hydro_quebec_flex_d_price"
    assert hass.states.get(price).state == "0.04886"
    hass.states.async_set("binary_sensor.peak", "on")
    await hass.async_block_till_done()
    assert hass.states.get(price).state == "0.46463"

    entry = result["result"]
    plan = {"plan": "hydro_quebec_flex_d", "name": entry.title}
    result = await walk(
        hass, await reconfigure(hass, entry.entry_id), plan, {"edit_prices": False}
    )
    assert suggested(result) == peak
    await walk(hass, result, {}, BILLING)
    assert "event_entity" not in entry.data
    assert hass.states.get(price).state == "0.04886"


async def test_a_plan_in_another_currency(hass: HomeAssistant) -> None:
    """It is refused, with both currencies named."""
    result = await choose(hass, "pge_e_1")
    assert result["errors"] == {"plan": "other_currency_plan"}
    assert result["description_placeholders"] == {"currency": "USD", "home": "CAD"}


async def test_a_system_on_a_plan(hass: HomeAssistant) -> None:
    """The energy step offers the only plan, and refuses a second price."""
    result = await choose(hass, "flat", name="Home")
    result = await walk(hass, result, {"price": 0.12}, {}, BILLING)
    plan = result["result"].entry_id
    await async_add_units(hass, FullClimate())
    other = await add_system(hass, "climate.other", title="Other")
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    for answer in (
        {"next_step_id": "entity"},
        {"unit": "climate.living_room"},
        {"family": "mini_split"},
    ):
        result = await submit(hass, result, answer)
    assert suggested(result) == {"plan": plan}
    # Among all that Klima has, only plans can be chosen.
    assert result["data_schema"].schema["plan"].config["options"] == [
        {"value": plan, "label": "Home"}
    ]
    for answer, error in (
        ({"plan": plan, "price": 0.1}, "two_prices"),
        ({"plan": other.entry_id}, "not_a_plan"),
        ({"plan": "gone"}, "not_a_plan"),
    ):
        result = await submit(hass, result, answer)
        assert result["errors"] == {"plan": error}
    result = await submit(hass, result, {"plan": plan, "fixed_charges": True})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].data["plan"] == plan
    assert result["result"].data["fixed_charges"] is True
    assert hass.states.get("sensor.living_room_price").state == "0.12"
    assert hass.states.get("sensor.living_room_bill").state == "0.0"


async def test_a_plan_has_no_zones(hass: HomeAssistant) -> None:
    """Only systems do."""
    result = await choose(hass, "flat")
    result = await walk(hass, result, {"price": 0.12}, {}, BILLING)
    assert result["result"].supported_subentry_types == {}


async def test_prices_in_cents_are_refused_at_their_field(hass: HomeAssistant) -> None:
    """Of hours, tiers, adders and events alike."""
    result = await choose(hass, "time_of_use")
    cents = [{**row, "price": 9.8} for row in WEEK]
    result = await submit(hass, result, {"hours": cents, "holidays": "none"})
    assert result["errors"] == {"hours": "price_out_of_range"}
    result = await submit(hass, result, {"hours": WEEK, "holidays": "none"})
    hass.states.async_set("binary_sensor.peak", "off")
    result = await submit(
        hass,
        result,
        {
            "adders": [{"price": 7}],
            "event_entity": "binary_sensor.peak",
            "event_price": 46,
        },
    )
    assert result["errors"] == {
        "adders": "price_out_of_range",
        "event_price": "price_out_of_range",
    }
    hass.config.currency = "JPY"
    result = await choose(hass, "flat")
    result = await walk(hass, result, {"price": 31}, {}, BILLING)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_belongs_to_no_field_is_told_above_the_form(
    hass: HomeAssistant,
) -> None:
    """A figure that is none is refused."""
    result = await choose(hass, "flat")
    result = await walk(hass, result, {"price": 0.12})
    result = await submit(hass, result, {"minimum": float("nan")})
    assert result["errors"] == {"base": "not_finite"}


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("de", ["Niedertarif", "Hochtarif", "Niedertarif"]),
        ("en", ["Off-peak", "On-peak", "Off-peak"]),
        ("es", ["Valle", "Punta", "Valle"]),
        ("fr", ["Heures creuses", "Heures pleines", "Heures creuses"]),
        ("it", ["Ore fuori punta", "Ore di punta", "Ore fuori punta"]),
    ],
)
async def test_rows_have_the_users_words(
    hass: HomeAssistant, language: str, named: list[str]
) -> None:
    """The list of hours shows a period by its name; names and keys are both taken."""
    hass.config.language = language
    result = await choose(hass, "time_of_use")
    offered = suggested(result)["hours"]
    assert [row["period"] for row in offered] == named
    rows = [{**row, "period": name} for row, name in zip(WEEK, named, strict=True)]
    # What is shown again after an error is in words as well.
    result = await submit(
        hass, result, {"hours": rows, "holidays": "none", "summer_start": "05-01"}
    )
    assert result["errors"] == {"summer_start": "half_a_season"}
    assert [row["period"] for row in suggested(result)["hours"]] == named
    result = await submit(hass, result, {"hours": rows, "holidays": "none"})
    result = await walk(hass, result, {}, BILLING)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["versions"][0]["hours"] == WEEK


@pytest.mark.parametrize(
    ("plan", "steps", "list_", "field", "name"),
    [
        ("time_of_use", (), "hours", "days", "Weekdays"),
        ("time_of_use", (), "hours", "season", "Summer"),
        ("tiered", (), "tiers", "season", "Winter"),
        ("flat", ({"price": 0.1},), "fixed", "per", "Billing period"),
        ("flat", ({"price": 0.1},), "taxes", "on", "All charges before tax"),
        (
            "time_of_use",
            ({"hours": WEEK, "holidays": "none"}, {}),
            "export_rates",
            "season",
            "Summer",
        ),
    ],
)
async def test_choices_within_a_row_have_names(
    hass: HomeAssistant,
    plan: str,
    steps: tuple[dict[str, Any], ...],
    list_: str,
    field: str,
    name: str,
) -> None:
    """There, the frontend shows an option's bare key where no name comes with it."""
    result = await walk(hass, await choose(hass, plan), *steps)
    rows = result["data_schema"].schema[list_].config["fields"]
    offered = rows[field]["selector"].config["options"]
    assert name in {option["label"] for option in offered}


def test_periods_are_told_apart_by_their_names() -> None:
    """No two have one name: what was chosen could not be told."""
    for language in LANGUAGES:
        selectors = load(language)["selector"]
        names = list(selectors["period"]["options"].values())
        assert len(set(names)) == len(names)


@pytest.mark.skipif(
    AwesomeVersion(__version__) >= "2026.11.0", reason="Home Assistant refuses it"
)
async def test_a_row_that_stands_alone_is_a_list_of_one(hass: HomeAssistant) -> None:
    """The check of Home Assistant 2026.10 lets it through."""
    result = await choose(hass, "tiered")
    result = await walk(
        hass,
        result,
        {"tiers_per": "day", "tiers": {"price": 0.1}},
        {"taxes": {"percent": 5}},
        BILLING,
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (version,) = result["data"]["versions"]
    assert version["tiers"] == [{"price": 0.1}]
    assert version["taxes"] == [{"percent": 5}]


@pytest.fixture
def meters(hass: HomeAssistant) -> dict[str, Any]:
    """Return answers that name the two meters of a home that feeds into the grid."""
    for name, unit in (("drawn", "kWh"), ("fed", "kWh"), ("watts", "W")):
        hass.states.async_set(f"sensor.{name}", "5", {"unit_of_measurement": unit})
    return {**BILLING, "home_energy": "sensor.drawn", "home_export": "sensor.fed"}


async def test_what_is_paid_for_export(
    hass: HomeAssistant, meters: dict[str, Any]
) -> None:
    """Each refusal at its field; then shown as it was entered, and taken away again."""
    result = await choose(hass, "flat", name="Roof")
    result = await walk(hass, result, {"price": 0.3}, {})
    schema = result["data_schema"]
    assert schema is not None
    # Without periods or a price entity it asks for one rate.
    fields = {str(field) for field in schema.schema}
    assert fields >= {"home_export", "export_price"}
    assert not fields & {"export_rates", "export_factor"}
    for answer, errors in (
        ({"home_export": "sensor.watts"}, {"home_export": "not_energy"}),
        ({"home_export": "sensor.none"}, {"home_export": "entity_not_found"}),
        ({"home_export": "sensor.drawn"}, {"home_export": "export_is_import"}),
        ({"export_price": 8}, {"export_price": "price_out_of_range"}),
    ):
        result = await submit(hass, result, {**meters, "export_price": 0.08, **answer})
        assert result["errors"] == errors
    result = await submit(hass, result, meters)
    assert result["errors"] == {"home_export": "half_an_export"}
    result = await submit(hass, result, {**BILLING, "export_price": 0.08})
    assert result["errors"] == {"home_export": "half_an_export"}
    alone = {**BILLING, "home_export": "sensor.fed", "export_price": 0.08}
    result = await submit(hass, result, alone)
    assert result["errors"] == {"home_energy": "export_needs_import"}
    result = await submit(hass, result, {**meters, "export_price": 0.08})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data == {
        "kind": "plan",
        "plan": "flat",
        "home_energy": "sensor.drawn",
        "home_export": "sensor.fed",
        "versions": [{"tiers": [{"price": 0.3}], "export": {"price": 0.08}}],
        "cycle": {"day": 1, "months": 1},
    }
    assert entry.runtime_data.pays_export

    name = {"plan": "flat", "name": "Roof"}
    result = await walk(
        hass, await reconfigure(hass, entry.entry_id), name, {"price": 0.3}, {}
    )
    assert suggested(result)["export_price"] == 0.08
    assert suggested(result)["home_export"] == "sensor.fed"
    result = await submit(hass, result, BILLING)
    assert result["reason"] == "plan_reconfigured"
    assert entry.data["versions"] == [{"tiers": [{"price": 0.3}]}]
    assert "home_export" not in entry.data
    assert not entry.runtime_data.pays_export


async def test_export_by_the_period(
    hass: HomeAssistant, meters: dict[str, Any]
) -> None:
    """In the user's words, of the plan's own periods, each once."""
    result = await choose(hass, "time_of_use", name="Roof")
    hours = {"hours": WEEK, "holidays": "none"}
    result = await walk(hass, result, hours, {})
    paid = {**meters, "export_price": 0.05}
    rate = {"period": "On-peak", "price": 0.2}
    for rates, reason in (
        ([rate, {**rate, "season": "all_year"}], "export_rate_twice"),
        ([{**rate, "season": "summer"}], "no_summer"),
        ([{**rate, "price": 20}], "price_out_of_range"),
    ):
        result = await submit(hass, result, {**paid, "export_rates": rates})
        assert result["errors"] == {"export_rates": reason}
    result = await submit(hass, result, {**paid, "export_rates": [rate]})
    entry = result["result"]
    (version,) = entry.data["versions"]
    assert version["export"] == {
        "price": 0.05,
        "rates": [{"period": "on_peak", "price": 0.2}],
    }
    result = await walk(
        hass,
        await reconfigure(hass, entry.entry_id),
        {"plan": "time_of_use", "name": "Roof"},
        hours,
        {},
    )
    assert suggested(result)["export_rates"] == [rate]

    # The rate of a period that is no more is not asked for again.
    result = await walk(
        hass,
        await reconfigure(hass, entry.entry_id),
        {"plan": "time_of_use", "name": "Roof"},
        {"hours": [{"period": "all_day", "price": 0.2}], "holidays": "none"},
        {},
    )
    shown = suggested(result)
    assert shown["export_price"] == 0.05
    assert "export_rates" not in shown
    result = await submit(hass, result, shown)
    assert entry.data["versions"][-1]["export"] == {"price": 0.05}
    assert entry.state is ConfigEntryState.LOADED


async def test_export_of_a_known_plan_leaves_its_prices_the_data_files(
    hass: HomeAssistant, meters: dict[str, Any]
) -> None:
    """One rate is kept beside them; rates by its periods make them the user's own."""
    known, left_alone = {"plan": "ontario_time_of_use"}, {"edit_prices": False}
    result = await choose(hass, "ontario_time_of_use")
    result = await walk(hass, result, left_alone, {**meters, "export_price": 0.1})
    entry = result["result"]
    assert entry.data == {
        "kind": "plan",
        "plan": "ontario_time_of_use",
        "export": {"price": 0.1},
        "home_energy": "sensor.drawn",
        "home_export": "sensor.fed",
        "cycle": {"day": 1, "months": 1},
    }
    assert entry.runtime_data.export_rate == 0.1
    result = await walk(
        hass, await reconfigure(hass, entry.entry_id), known, left_alone
    )
    assert suggested(result)["export_price"] == 0.1
    rates = [{"period": "on_peak", "price": 0.2}]
    # The rates are of one of its seasons too.
    rates.append({"period": "off_peak", "price": 0.03, "season": "summer"})
    answer = {**meters, "export_price": 0.1, "export_rates": rates}
    result = await submit(hass, result, answer)
    assert result["reason"] == "plan_reconfigured"
    assert "export" not in entry.data
    plans = await async_known_plans(hass)
    versions = [dict(version) for version in plans["ontario_time_of_use"].versions]
    # What was paid for the time before stays.
    earlier = [{**version, "export": {"price": 0.1}} for version in versions[:-1]]
    versions[-1]["export"] = {"price": 0.1, "rates": rates}
    assert entry.data["versions"] == [*earlier, versions[-1]]
    # Its prices left alone again, and one rate: they are the data file's again.
    result = await walk(
        hass,
        await reconfigure(hass, entry.entry_id),
        known,
        left_alone,
        {**meters, "export_price": 0.12},
    )
    assert "versions" not in entry.data
    assert entry.data["export"] == {"price": 0.12}
    assert entry.runtime_data.export_rate == 0.12


async def test_new_prices_leave_what_was_paid_for_export(
    hass: HomeAssistant, meters: dict[str, Any]
) -> None:
    """Of a known plan, whose prices are the user's from a day on."""
    hass.config.currency = "USD"
    result = await choose(hass, "seattle_city_light")
    paid = {**meters, "export_price": 0.1}
    result = await walk(hass, result, {"edit_prices": False}, paid)
    entry = result["result"]
    result = await walk(
        hass,
        await reconfigure(hass, entry.entry_id),
        {"plan": "seattle_city_light"},
        {"edit_prices": True},
    )
    while result["step_id"] not in ("charges", "billing"):
        result = await submit(hass, result, suggested(result))
    later = {**suggested(result), "effective_from": "2030-01-01"}
    later.pop("valid_until", None)
    result = await walk(hass, result, later, {**meters, "export_price": 0.05})
    *old, new = entry.data["versions"]
    assert new["export"] == {"price": 0.05}
    assert [version["export"] for version in old] == [{"price": 0.1}] * len(old)
    assert old


@pytest.mark.parametrize("begins", ["2026-03-01", None])
async def test_prices_from_an_earlier_day_hold(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, begins: str | None
) -> None:
    """What was to begin after them does not take their place again."""
    freezer.move_to("2026-11-24T12:00:00-05:00")
    result = await choose(hass, "flat", name="Home")
    result = await walk(hass, result, {"price": 0.1}, {}, BILLING)
    entry = result["result"]
    name = {"plan": "flat", "name": "Home"}
    for price, day in ((0.2, "2026-06-01"), (0.3, "2026-10-01"), (0.4, begins)):
        await walk(
            hass,
            await reconfigure(hass, entry.entry_id),
            name,
            {"price": price},
            {"effective_from": day} if day else {},
            BILLING,
        )
    assert entry.runtime_data.price == 0.4
    assert [version["tiers"][0]["price"] for version in entry.data["versions"]] == (
        [0.1, 0.4] if begins else [0.4]
    )


async def test_export_at_a_price_entitys_price(
    hass: HomeAssistant, meters: dict[str, Any]
) -> None:
    """A share of it, with or without a rate on top."""
    hass.states.async_set("sensor.spot", "4", {"unit_of_measurement": "¢/kWh"})
    result = await choose(hass, "dynamic", name="Roof")
    result = await walk(
        hass,
        result,
        {"price_entity": "sensor.spot"},
        {},
        {**meters, "export_factor": 1},
    )
    entry = result["result"]
    (version,) = entry.data["versions"]
    assert version == {"spot": {"factor": 1}, "export": {"price": 0.0, "factor": 1}}
    assert entry.runtime_data.export_rate == pytest.approx(0.04)


async def test_the_days_that_the_meter_was_read_on_are_kept(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The form shows what `set_meter_read` told, and takes back what was a mistake."""
    freezer.move_to("2026-11-25T12:00:00-05:00")
    result = await choose(hass, "flat", name="Home")
    result = await walk(hass, result, {"price": 0.1}, {}, BILLING)
    entry = result["result"]
    for day in ("2026-11-20", "2026-11-22"):
        await hass.services.async_call(
            DOMAIN,
            "set_meter_read",
            {"config_entry_id": entry.entry_id, "date": day},
            blocking=True,
        )
        await hass.async_block_till_done()

    async def billing() -> ConfigFlowResult:
        flat = {"plan": "flat", "name": "Home"}
        result = await reconfigure(hass, entry.entry_id)
        return await walk(hass, result, flat, {"price": 0.2}, {})

    result = await billing()
    shown = suggested(result)
    assert shown["billing_reads"] == ["2026-11-20", "2026-11-22"]
    result = await submit(hass, result, {**shown, "billing_reads": ["the 20th"]})
    assert result["errors"] == {"billing_reads": "not_a_date"}
    await submit(hass, result, {**shown, "billing_day": 3})
    reads = ["2026-11-20", "2026-11-22"]
    assert entry.data["cycle"] == {"day": 3, "months": 1, "reads": reads}
    assert entry.runtime_data.billing_period.start.isoformat() == "2026-11-22"

    result = await billing()
    await submit(hass, result, {**suggested(result), "billing_reads": reads[:1]})
    assert entry.runtime_data.billing_period.start.isoformat() == "2026-11-20"
    result = await billing()
    await submit(hass, result, {**BILLING, "billing_day": 3})
    assert entry.data["cycle"] == {"day": 3, "months": 1}
    assert "billing_reads" not in suggested(await billing())


async def test_another_plan_of_the_same_home(
    hass: HomeAssistant, meters: dict[str, Any]
) -> None:
    """When the meter is read, and the home's meters, need not be entered again."""
    result = await choose(hass, "flat", name="Roof")
    billing = {**meters, "billing_day": 7, "export_price": 0.08}
    result = await walk(hass, result, {"price": 0.3}, {}, billing)
    entry = result["result"]
    result = await walk(
        hass,
        await reconfigure(hass, entry.entry_id),
        {"plan": "time_of_use", "name": "Roof"},
        {"hours": WEEK, "holidays": "none"},
        {},
    )
    asked = suggested(result)
    assert asked.items() >= billing.items()
    await submit(hass, result, asked)
    assert entry.data["cycle"] == {"day": 7, "months": 1}
    assert entry.runtime_data.pays_export
    assert entry.runtime_data.home_energy == meters["home_energy"]

    # Of a plan that is known by its name, how often the meter is read is known.
    result = await walk(
        hass,
        await reconfigure(hass, entry.entry_id),
        {"plan": "hydro_quebec_d", "name": "Roof"},
        {"edit_prices": False},
    )
    asked = suggested(result)
    assert (asked["billing_day"], asked["billing_months"]) == (7, "2")
    assert asked["home_energy"] == meters["home_energy"]
