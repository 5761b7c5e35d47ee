"""What a system costs, and each of its zones."""

import sys
from types import MappingProxyType
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction, HVACMode
from homeassistant.components.energy.data import async_get_manager
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigSubentry
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE
from homeassistant.core import (
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from .common import add_system, set_up, system_entry
from .meters import number, pass_time, set_energy, set_power
from .units import FullClimate, add_heating_unit, async_add_units

UNIT = "climate.living_room"
POWER = "sensor.meter_power"
COST = "sensor.heat_pump_cost"
TODAY = "sensor.heat_pump_cost_today"
PRICE = "sensor.heat_pump_price"
RATE = "sensor.heat_pump_cost_rate"


@pytest.fixture
async def unit(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FullClimate:
    """Return a unit that heats in a home in Montreal."""
    await hass.config.async_set_time_zone("America/Toronto")
    hass.config.currency = "CAD"
    freezer.move_to("2026-11-24T22:00:00-05:00")
    return await add_heating_unit(hass)


def set_price(hass: HomeAssistant, price: Any, unit: str) -> None:
    """Let the price entity tell a price."""
    hass.states.async_set("sensor.tariff", str(price), {"unit_of_measurement": unit})


async def test_a_fixed_price(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Every kWh costs the same; a day's cost begins anew at local midnight."""
    set_power(hass, 2000)
    await add_system(hass, UNIT, data={"power": POWER, "price": 0.25})
    assert hass.states.get(PRICE).state == "0.25"
    assert hass.states.get(PRICE).attributes["unit_of_measurement"] == "CAD/kWh"
    assert hass.states.get(RATE).state == "0.5"
    assert hass.states.get(RATE).attributes["unit_of_measurement"] == "CAD/h"
    today = hass.states.get(TODAY).attributes
    assert today["last_reset"] == "2026-11-24T05:00:00+00:00"
    assert today["unit_of_measurement"] == "CAD"

    for _ in range(180):
        set_power(hass, 2000)
        await pass_time(hass, freezer, minutes=1)

    assert number(hass, COST) == pytest.approx(1.5, abs=0.01)
    assert number(hass, TODAY) == pytest.approx(0.5, abs=0.01)
    attributes = hass.states.get(TODAY).attributes
    assert attributes["last_reset"] == "2026-11-25T05:00:00+00:00"
    assert "last_reset" not in hass.states.get(COST).attributes


async def test_what_a_counter_tells_when_it_is_back_is_told_whole(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """After a power cut less than a cent more is shown, too: no figure is behind the last one."""
    set_energy(hass, 100)
    entry = await add_system(
        hass, UNIT, data={"energy": "sensor.meter_energy", "price": 0.25}
    )
    set_energy(hass, 100.004)
    await pass_time(hass, freezer, minutes=1)
    await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set("sensor.meter_energy", STATE_UNAVAILABLE)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    set_energy(hass, 100.012)
    await hass.async_block_till_done()
    assert number(hass, COST) == pytest.approx(0.003)


async def test_a_state_is_written_when_its_figure_as_shown_is_another(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """A cent at a time, to the last of it; and a day ends with all that it came to."""
    set_power(hass, 120)
    await add_system(hass, UNIT, data={"power": POWER, "price": 0.10})
    written: dict[str, list[float]] = {COST: [], TODAY: []}

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) and state.entity_id in written:
            written[state.entity_id].append(float(state.state))

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    for _ in range(119):
        set_power(hass, 120)
        await pass_time(hass, freezer, minutes=1)
    # 0.0238 by now: one cent and then the second showed, and an hour ended.
    assert len(written[COST]) == 3
    assert written[COST] == pytest.approx([0.005, 0.012, 0.015], abs=0.0005)
    for _ in range(3):
        set_power(hass, 120)
        await pass_time(hass, freezer, minutes=1)
    today = written[TODAY]
    assert today[-1] < 0.001
    # The last of the day is told, before the next one begins.
    assert today[-2] == pytest.approx(2 * 0.012, abs=0.0001)
    assert today == sorted(today[:-1]) + today[-1:]


async def test_what_a_power_on_change_held_pays_the_prices_of_its_time(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """It is counted when its source speaks again: the price may be another by then."""
    set_price(hass, 0.10, "CAD/kWh")
    set_power(hass, 1200)
    await add_system(hass, UNIT, data={"power": POWER, "price_entity": "sensor.tariff"})
    await pass_time(hass, freezer, minutes=50)
    set_price(hass, 0.50, "CAD/kWh")
    await pass_time(hass, freezer, minutes=10)
    set_power(hass, 5)
    await pass_time(hass, freezer, minutes=2)
    assert number(hass, COST) == pytest.approx(1.0 * 0.10 + 0.2 * 0.50, abs=0.002)


async def test_a_reload_shows_no_bill_of_nothing(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """The first state of each figure is the figure: none is zero or gone for a moment."""
    set_power(hass, 2000)
    entry = await add_system(hass, UNIT, data={"power": POWER, "price": 0.25})
    for _ in range(60):
        set_power(hass, 2000)
        await pass_time(hass, freezer, minutes=1)
    keys = ("power", "price", "cost_rate", "cost", "cost_today", "bill", "cop")
    before = {key: hass.states.get(f"sensor.heat_pump_{key}") for key in keys}
    first: dict[str, State] = {}

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and (key := state.entity_id[17:]) in keys:
            if state.state != STATE_UNAVAILABLE or "state_class" in state.attributes:
                first.setdefault(key, state)

    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert first.keys() == set(keys)
    for key, state in first.items():
        assert state.state == before[key].state, key
        assert state.attributes == before[key].attributes, key


async def test_a_bill_ends_with_its_last_minute(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """What it shows last is what it came to: statistics have no more of it."""
    freezer.move_to("2026-11-30T23:00:30-05:00")
    set_power(hass, 3000)
    await add_system(hass, UNIT, data={"power": POWER, "price": 1.0})
    bill = "sensor.heat_pump_bill"
    shown: list[State] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.entity_id == bill:
            shown.append(state)

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    for _ in range(62):
        set_power(hass, 3000)
        await pass_time(hass, freezer, minutes=1)
    november = [s for s in shown if s.attributes["period_start"] == "2026-11-01"]
    december = [s for s in shown if s.attributes["period_start"] == "2026-12-01"]
    assert float(november[-1].state) == pytest.approx(3 * 59.5 / 60, abs=0.006)
    last = december[0].attributes["last_bill"]
    assert float(november[-1].state) == pytest.approx(last, abs=0.006)
    # What of the minute is of the new one is on that.
    assert float(december[-1].state) == pytest.approx(3 * 2.5 / 60, abs=0.06)


async def test_a_price_entity(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Cents are scaled, a late meter pays each price, and no energy is ever free."""
    set_price(hass, 10, "¢/kWh")
    set_energy(hass, 100)
    await add_system(
        hass,
        UNIT,
        data={"energy": "sensor.meter_energy", "price_entity": "sensor.tariff"},
    )
    assert number(hass, PRICE) == pytest.approx(0.10)

    await pass_time(hass, freezer, minutes=55)
    set_price(hass, 40, "¢/kWh")
    await hass.async_block_till_done()
    # A change of price is published at once.
    assert number(hass, PRICE) == pytest.approx(0.40)
    await pass_time(hass, freezer, minutes=5)
    set_energy(hass, 102)
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, COST) == pytest.approx(
        2 * (55 * 0.10 + 5 * 0.40) / 60, rel=1e-3
    )

    before = number(hass, COST)
    set_price(hass, STATE_UNAVAILABLE, "¢/kWh")
    await pass_time(hass, freezer, minutes=59)
    assert hass.states.get(PRICE).state == STATE_UNAVAILABLE
    assert hass.states.get(RATE).state == STATE_UNAVAILABLE
    set_energy(hass, 103)
    await pass_time(hass, freezer, minutes=1)
    # Of the hour, what was used before the price was lost is priced already.
    assert number(hass, COST) < before + 0.02
    set_price(hass, 0.5, "CAD/kWh")
    await hass.async_block_till_done()
    assert number(hass, COST) == pytest.approx(before + 0.5, rel=0.02)

    # Another currency, or no number, is no price.
    for price, unit_of_price in ((0.2, "USD/kWh"), ("cheap", "CAD/kWh")):
        set_price(hass, price, unit_of_price)
        await hass.async_block_till_done()
        assert hass.states.get(PRICE).state == STATE_UNAVAILABLE


async def test_what_a_late_counter_tells_of_a_restart_is_priced_by_a_price_that_stays(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """No price is known of the time that it was down in: it costs what it did after it."""
    set_price(hass, 0.25, "CAD/kWh")
    set_energy(hass, 100)
    entry = await add_system(
        hass,
        UNIT,
        data={"energy": "sensor.meter_energy", "price_entity": "sensor.tariff"},
    )
    await pass_time(hass, freezer, minutes=1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set("sensor.meter_energy", STATE_UNAVAILABLE)
    freezer.tick(3600)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    # The price is there before the counter is, and does not change.
    await pass_time(hass, freezer, minutes=2)
    set_energy(hass, 102)
    await pass_time(hass, freezer, minutes=61)
    assert number(hass, COST) == pytest.approx(0.5)
    bill = hass.states.get("sensor.heat_pump_bill")
    assert float(bill.state) == pytest.approx(0.5)
    assert "unpriced_energy" not in bill.attributes


async def test_what_waits_for_a_price_has_a_fixed_one_once_there_is_one(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Who gives up an entity that tells no price any more, loses no cost by it."""
    set_price(hass, STATE_UNAVAILABLE, "CAD/kWh")
    set_energy(hass, 100)
    await async_add_units(hass, FullClimate("bedroom", "Bedroom"))
    entry = await add_system(
        hass,
        UNIT,
        "climate.bedroom",
        data={"energy": "sensor.meter_energy", "price_entity": "sensor.tariff"},
    )
    await pass_time(hass, freezer, minutes=60)
    set_energy(hass, 102)
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, COST) == 0
    data = {**entry.data, "price": 0.25}
    del data["price_entity"]
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.async_block_till_done()
    assert number(hass, COST) == pytest.approx(0.5)
    shares = ("sensor.living_room_cost", "sensor.bedroom_cost")
    assert sum(number(hass, share) for share in shares) == pytest.approx(0.5)


async def test_an_energy_dashboard_that_is_kept_in_another_way_has_no_price(
    recorder_mock: Any,
    hass: HomeAssistant,
    unit: FullClimate,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is private to Home Assistant."""
    assert await async_setup_component(hass, "energy", {})
    monkeypatch.setitem(sys.modules, "homeassistant.components.energy.data", None)
    set_power(hass, 1000)
    entry = await add_system(hass, UNIT, data={"power": POWER})
    assert entry.state is ConfigEntryState.LOADED
    assert "The Energy dashboard's price cannot be read" in caplog.text


async def test_the_energy_dashboards_price(
    recorder_mock: Any,
    hass: HomeAssistant,
    unit: FullClimate,
    freezer: FrozenDateTimeFactory,
) -> None:
    """With no price of its own a system has the grid's, and follows what it becomes."""
    assert await async_setup_component(hass, "energy", {})
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"power": POWER})
    assert hass.states.get(PRICE) is None

    manager = await async_get_manager(hass)
    grid: dict[str, Any] = {
        "type": "grid",
        "stat_energy_from": "sensor.grid",
        "stat_energy_to": None,
        "stat_cost": None,
        "stat_compensation": None,
        "entity_energy_price": None,
        "number_energy_price": 0.2,
        "entity_energy_price_export": None,
        "number_energy_price_export": None,
        "cost_adjustment_day": 0,
    }
    await manager.async_update({"energy_sources": [grid]})
    await hass.async_block_till_done()
    assert hass.states.get(PRICE).state == "0.2"

    set_price(hass, 0.3, "CAD/kWh")
    grid.update(number_energy_price=None, entity_energy_price="sensor.tariff")
    await manager.async_update({"energy_sources": [{"type": "solar"}, grid]})
    await hass.async_block_till_done()
    assert hass.states.get(PRICE).state == "0.3"

    grid.update(entity_energy_price=None)
    await manager.async_update({"energy_sources": [grid]})
    await hass.async_block_till_done()
    assert hass.states.get(PRICE) is None
    grid.update(number_energy_price=0.4)
    await manager.async_update({"energy_sources": [grid]})
    await hass.async_block_till_done()
    assert hass.states.get(PRICE).state == "0.4"


async def test_zones_add_up_to_their_system(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Each zone of a multi-split has its share by load, and the shares are the whole."""
    hass.config.currency = "CAD"
    freezer.move_to("2026-11-24T12:00:00+00:00")
    rooms = [FullClimate(name.lower(), name) for name in ("Bedroom", "Office")]
    await async_add_units(hass, *rooms)
    set_power(hass, 900)
    entry = await add_system(
        hass,
        "climate.bedroom",
        "climate.office",
        data={"power": POWER, "price": 0.1},
        title="Upstairs",
    )
    rooms[0].set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    for minute in range(120):
        if minute == 60:
            rooms[1].set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
        set_power(hass, 900)
        await pass_time(hass, freezer, minutes=1)

    bedroom, office = (
        number(hass, "sensor.bedroom_energy"),
        number(hass, "sensor.office_energy"),
    )
    assert bedroom + office == pytest.approx(
        number(hass, "sensor.upstairs_energy"), abs=2e-4
    )
    assert bedroom == pytest.approx(1.35, rel=0.02)
    assert office == pytest.approx(0.45, rel=0.05)
    assert number(hass, "sensor.bedroom_cost") == pytest.approx(bedroom / 10, abs=1e-3)
    assert hass.states.get("sensor.bedroom_energy").attributes["basis"] == "metered"

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert number(hass, "sensor.bedroom_energy") == pytest.approx(bedroom, abs=1e-3)


async def test_a_single_zones_share_is_disabled(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """It is the whole again; a second zone makes it worth showing, unless it is hidden."""
    await async_add_units(hass, FullClimate("bedroom", "Bedroom"))
    entry = await add_system(hass, UNIT, data={"price": 0.1})
    registry = er.async_get(hass)
    energy, cost = "sensor.living_room_energy", "sensor.living_room_cost"

    def disabled_by(entity_id: str) -> er.RegistryEntryDisabler | None:
        entity = registry.async_get(entity_id)
        assert entity is not None
        return entity.disabled_by

    assert disabled_by(energy) is er.RegistryEntryDisabler.INTEGRATION
    assert disabled_by(cost) is er.RegistryEntryDisabler.INTEGRATION

    registry.async_update_entity(cost, disabled_by=er.RegistryEntryDisabler.USER)
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType({"driver": "entity", "unit": "climate.bedroom"}),
            subentry_type="zone",
            title="Bedroom",
            unique_id=None,
        ),
    )
    await hass.async_block_till_done()
    assert hass.states.get(energy) is not None
    assert hass.states.get("sensor.bedroom_energy") is not None
    assert disabled_by(cost) is er.RegistryEntryDisabler.USER


async def test_who_wants_no_new_entities_gets_none_enabled(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """Home Assistant marks those as what is disabled by default: they stay so at each start."""
    await async_add_units(hass, FullClimate("bedroom", "Bedroom"))
    entry = system_entry(UNIT, "climate.bedroom", data={"price": 0.1})
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, pref_disable_new_entities=True)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {entity.translation_key for entity in entities} >= {"energy", "savings"}
    assert [entity.entity_id for entity in entities if not entity.disabled] == []


@pytest.mark.parametrize("title", ["Living room", "Living Room"])
async def test_the_share_of_a_zone_named_as_its_system_says_that_it_is_the_zones(
    hass: HomeAssistant, unit: FullClimate, title: str
) -> None:
    """Both have an energy and a cost: `_2` would not tell whose; ids of before stay."""
    entry = system_entry(UNIT, data={"price": 0.1}, title=title, zone_id="zone_id")
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "sensor",
        "klima",
        "zone_id_cost",
        suggested_object_id="living_room_cost_2",
    )
    await set_up(hass, entry)
    ids = {
        key: registry.async_get_entity_id("sensor", "klima", unique_id)
        for key, unique_id in {
            "energy": f"{entry.entry_id}_energy",
            "cost": f"{entry.entry_id}_cost",
            "zone energy": "zone_id_energy",
            "zone cost": "zone_id_cost",
        }.items()
    }
    assert ids == {
        "energy": "sensor.living_room_energy",
        "cost": "sensor.living_room_cost",
        "zone energy": "sensor.living_room_zone_energy",
        "zone cost": "sensor.living_room_cost_2",
    }


@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        ({"price": 5000}, {"price": "price_out_of_range"}),
        ({"price": -0.12}, {"price": "price_out_of_range"}),
        ({"price": float("nan")}, {"price": "price_out_of_range"}),
        ({"price_entity": "sensor.euros"}, {"price_entity": "other_currency"}),
        ({"price_entity": "sensor.watts"}, {"price_entity": "not_price"}),
        ({"price": 0.1, "price_entity": "sensor.tariff"}, {"price": "two_prices"}),
    ],
)
async def test_the_flow_refuses_prices_at_their_field(
    hass: HomeAssistant,
    unit: FullClimate,
    answer: dict[str, Any],
    errors: dict[str, str],
) -> None:
    """What is no price in the home's currency is refused; a late one is taken."""
    set_price(hass, 0.1, "CAD/kWh")
    hass.states.async_set("sensor.euros", "0.3", {"unit_of_measurement": "EUR/kWh"})
    hass.states.async_set("sensor.watts", "3", {"unit_of_measurement": "W"})
    hass.states.async_set("sensor.late", STATE_UNAVAILABLE)
    flow = hass.config_entries.flow
    result = await flow.async_init("klima", context={"source": SOURCE_USER})
    for step in ({"next_step_id": "entity"}, {"unit": UNIT}, {"family": "mini_split"}):
        result = await flow.async_configure(result["flow_id"], step)

    result = await flow.async_configure(result["flow_id"], answer)
    assert result["errors"] == errors
    result = await flow.async_configure(
        result["flow_id"], {"price_entity": "sensor.late"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(("currency", "digits"), [("CAD", 2), ("JPY", 0), ("CLP", 0)])
async def test_yen_have_no_hundredths(
    hass: HomeAssistant,
    unit: FullClimate,
    freezer: FrozenDateTimeFactory,
    currency: str,
    digits: int,
) -> None:
    """Amounts are shown as they are paid, and prices of a kWh as they are told."""
    hass.config.currency = currency
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"power": POWER, "price": 3.1})
    registry = er.async_get(hass)
    for key, expected in (
        ("cost", digits),
        ("cost_today", digits),
        ("bill", digits),
        ("projected_bill", digits),
        ("savings", digits),
        ("price", 4),
    ):
        entry = registry.async_get(f"sensor.heat_pump_{key}")
        assert entry is not None, key
        shown = entry.options["sensor"]["suggested_display_precision"]
        assert shown == expected, key
    for _ in range(10):
        set_power(hass, 1000)
        await pass_time(hass, freezer, minutes=1)
    # No row in the database for a part of a yen.
    written = number(hass, COST)
    assert round(written, digits) == round(10 / 60 * 3.1, digits)
