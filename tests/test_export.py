"""A home with a roof of its own: what a unit costs while it feeds into the grid."""

from datetime import datetime
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction, HVACMode
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.klima import zone_foresight
from custom_components.klima.core.foresight import advise

from .comfort_zone import add_schedule
from .common import add_system, remove_unit, set_up, zones_entry
from .fixes import start_fix, submit, told
from .meters import number, pass_time, set_energy, set_power
from .plans import add_plan, jump
from .recorded import act, hours_before, write
from .units import FullClimate, async_add_units

UNIT = "climate.living_room"
POWER = "sensor.meter_power"
DRAWN, FED = "sensor.drawn", "sensor.fed"
PRICE = "sensor.heat_pump_price"
RATE = "sensor.heat_pump_cost_rate"
COST = "sensor.heat_pump_cost"
BILL = "sensor.heat_pump_bill"
IMPORT, EXPORT = 0.3, 0.08
VERSION = {"tiers": [{"price": IMPORT}], "export": {"price": EXPORT}}


@pytest.fixture(autouse=True)
async def unit(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FullClimate:
    """Return a unit that cools, on a morning of June in Toronto."""
    await hass.config.async_set_time_zone("America/Toronto")
    hass.config.latitude, hass.config.longitude = 43.65, -79.38
    hass.config.currency = "CAD"
    freezer.move_to("2026-06-10T10:00:00-04:00")
    unit = FullClimate()
    await async_add_units(hass, unit)
    unit.set(hvac_mode=HVACMode.COOL, hvac_action=HVACAction.COOLING)
    return unit


class Home:
    """A home whose two counters report each minute what changed of them."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
        """Start with what other years left on the counters."""
        self._hass, self._freezer = hass, freezer
        self.drawn, self.fed = 5000.0, 300.0
        self.used = self.bought = 0.0
        self.unit = "kWh"
        self.tell()

    def tell(self) -> None:
        """Let the counters report."""
        scale = 1000 if self.unit == "Wh" else 1
        for entity_id, kwh in ((DRAWN, self.drawn), (FED, self.fed)):
            self._hass.states.async_set(
                entity_id, f"{kwh * scale:.3f}", {"unit_of_measurement": self.unit}
            )

    async def live(
        self, minutes: int, *, unit: float, rest: float, tells: bool = True
    ) -> None:
        """Live for some minutes: kW of the unit and of the rest, less what the roof makes."""
        for _ in range(minutes):
            net = (unit + rest) / 60
            self.drawn += max(net, 0.0)
            self.fed += max(-net, 0.0)
            self.used += unit / 60
            self.bought += min(max(net, 0.0), unit / 60)
            set_power(self._hass, unit * 1000)
            await pass_time(self._hass, self._freezer, minutes=1)
            if tells:
                self.tell()
                await self._hass.async_block_till_done()

    @property
    def cost(self) -> float:
        """What the unit cost: what was bought, and what was not earned."""
        return self.bought * IMPORT + (self.used - self.bought) * EXPORT


async def add_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **data: Any
) -> tuple[Home, MockConfigEntry, MockConfigEntry]:
    """Set a home up with its plan, and a system on it."""
    home = Home(hass, freezer)
    data = {"home_energy": DRAWN, "home_export": FED, **data}
    plan = await add_plan(hass, VERSION, **data)
    set_power(hass, 0)
    entry = await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    return home, plan, entry


async def test_a_day_of_a_home_that_exports_at_noon(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Price, cost and bill are those of the grid, of the roof, and of both."""
    home, plan, _ = await add_home(hass, freezer)
    # Clouds: all of it is bought.
    await home.live(30, unit=2.0, rest=0.5)
    state = hass.states.get(PRICE)
    assert (state.state, state.attributes["rate"]) == (str(IMPORT), "import")
    assert number(hass, RATE) == pytest.approx(0.6)
    assert number(hass, COST) == pytest.approx(home.cost, abs=0.02)

    # The sun comes out: within three minutes a kWh costs what is not paid for it.
    await home.live(3, unit=2.0, rest=-3.5)
    state = hass.states.get(PRICE)
    assert (state.state, state.attributes["rate"]) == (str(EXPORT), "export")
    assert hass.states.get("sensor.home_plan_price").state == str(IMPORT)
    await home.live(57, unit=2.0, rest=-3.5)
    assert number(hass, RATE) == pytest.approx(0.16)
    assert number(hass, COST) == pytest.approx(home.cost, abs=0.03)
    assert number(hass, BILL) == pytest.approx(home.cost, abs=0.03)

    # A thin cloud: a quarter of what it uses is bought, and the next kWh would be.
    await home.live(60, unit=2.0, rest=-1.5)
    state = hass.states.get(PRICE)
    assert (state.state, state.attributes["rate"]) == (str(IMPORT), "import")
    assert number(hass, RATE) == pytest.approx(0.5 * IMPORT + 1.5 * EXPORT, abs=0.02)
    assert number(hass, COST) == pytest.approx(home.cost, abs=0.05)
    assert number(hass, BILL) == pytest.approx(home.cost, abs=0.05)
    assert home.cost == pytest.approx(0.3 + 0.16 + 0.27, abs=0.01)

    # Bill in full; and as it was, had there been no meter of what is fed in.
    bill = await act(hass, "get_bill")
    assert bill["export_forgone"]["kwh"] == pytest.approx(3.5, abs=0.1)
    assert bill["export_forgone"]["cost"] == pytest.approx(0.28, abs=0.01)
    runtime = plan.runtime_data.diagnostics()["export"]
    assert runtime["flow"]["drawn"] == pytest.approx(0.5, abs=0.05)
    assert runtime["is_exporting"] is False
    assert runtime["rate"] == EXPORT

    # By night a battery gives: that is not what the grid would have paid for.
    await jump(hass, freezer, "2026-06-10T23:00:00-04:00")
    home.tell()
    await home.live(20, unit=0.0, rest=0.3)
    before = number(hass, BILL), number(hass, COST)
    await home.live(60, unit=2.0, rest=-2.0)
    assert number(hass, BILL) - before[0] == pytest.approx(0.6, abs=0.03)
    assert number(hass, COST) - before[1] == pytest.approx(0.6, abs=0.03)
    assert hass.states.get(PRICE).state == str(IMPORT)


async def test_counters_that_fail_a_home_that_exports(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Resets, gaps, other units and restarts: neither energy nor money that never was."""
    home, plan, entry = await add_home(hass, freezer)
    await home.live(20, unit=2.0, rest=-3.5)
    for broken in (STATE_UNAVAILABLE, "much", "-3", "nan"):
        hass.states.async_set(FED, broken, {"unit_of_measurement": "kWh"})
        await hass.async_block_till_done()
    # Without word of them for a quarter of an hour, nothing is said to be exported.
    await home.live(20, unit=2.0, rest=-3.5, tells=False)
    assert hass.states.get(PRICE).state == str(IMPORT)
    # What they counted meanwhile is spread over that time, and the bill is right.
    home.tell()
    await home.live(5, unit=2.0, rest=-3.5)
    assert hass.states.get(PRICE).state == str(EXPORT)
    assert number(hass, BILL) == pytest.approx(home.cost, abs=0.03)
    # The cost was of what was known: it is more, and does not fall.
    cost = number(hass, COST)
    assert home.cost < cost < home.used * IMPORT

    home.unit = "Wh"
    await home.live(5, unit=2.0, rest=-3.5)
    # A counter that was replaced begins at nothing.
    home.fed = 0.0
    await home.live(10, unit=2.0, rest=-3.5)
    assert hass.states.get(PRICE).state == str(EXPORT)
    assert number(hass, BILL) == pytest.approx(home.cost, abs=0.03)
    assert number(hass, COST) - cost == pytest.approx(0.5 * EXPORT, abs=0.02)

    # A restart forgets nothing of it, and finds what was fed in meanwhile.
    bill = number(hass, BILL)
    for loaded in (entry, plan):
        assert await hass.config_entries.async_unload(loaded.entry_id)
    for loaded in (plan, entry):
        assert await hass.config_entries.async_setup(loaded.entry_id)
    await hass.async_block_till_done()
    assert number(hass, BILL) == pytest.approx(bill, abs=0.01)
    await home.live(10, unit=2.0, rest=-3.5)
    assert number(hass, BILL) == pytest.approx(home.cost, abs=0.03)
    assert plan.runtime_data.diagnostics()["export"]["refused_readings"] == 0


async def test_without_a_meter_of_export_all_is_as_before(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A plan that pays for export changes nothing by itself."""
    home, plan, _ = await add_home(hass, freezer, home_export=None)
    await home.live(60, unit=2.0, rest=-3.5)
    state = hass.states.get(PRICE)
    assert state.state == str(IMPORT)
    assert "rate" not in state.attributes
    assert number(hass, BILL) == pytest.approx(home.used * IMPORT, abs=0.03)
    assert number(hass, COST) == pytest.approx(home.used * IMPORT, abs=0.03)
    assert "export" not in plan.runtime_data.diagnostics()


async def test_a_counter_of_the_unit_that_was_late(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It tells once an hour: each quarter of it costs what it did in the home."""
    home = Home(hass, freezer)
    plan = await add_plan(hass, VERSION, home_energy=DRAWN, home_export=FED)
    set_energy(hass, 100)
    await add_system(
        hass,
        UNIT,
        data={"energy": "sensor.meter_energy", "plan": plan.entry_id},
    )
    await home.live(30, unit=2.0, rest=0.5)
    await home.live(30, unit=2.0, rest=-3.5)
    set_energy(hass, 102)
    await home.live(1, unit=0.0, rest=-1.0)
    paid = 1.0 * IMPORT + 1.0 * EXPORT
    assert number(hass, COST) == pytest.approx(paid, abs=0.03)
    assert number(hass, BILL) == pytest.approx(paid, abs=0.03)


async def test_a_market_pays_what_it_asks(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Export at the price entity's price, import with what comes on top of it."""
    hass.states.async_set("sensor.spot", "10", {"unit_of_measurement": "¢/kWh"})
    home = Home(hass, freezer)
    plan = await add_plan(
        hass,
        {
            "spot": {"factor": 1},
            "adders": [{"price": 0.1}],
            "taxes": [{"percent": 25}],
            "export": {"price": -0.01, "factor": 1},
        },
        price_entity="sensor.spot",
        home_energy=DRAWN,
        home_export=FED,
    )
    await add_system(hass, UNIT, data={"power": POWER, "plan": plan.entry_id})
    await home.live(30, unit=2.0, rest=-3.5)
    assert number(hass, PRICE) == pytest.approx(0.09)
    hass.states.async_set("sensor.spot", "-5", {"unit_of_measurement": "¢/kWh"})
    await hass.async_block_till_done()
    assert number(hass, PRICE) == pytest.approx(-0.06)
    assert number(hass, "sensor.home_plan_price") == pytest.approx(0.0625)
    await home.live(30, unit=2.0, rest=-3.5)
    assert number(hass, BILL) == pytest.approx(0.09 - 0.06, abs=0.02)
    assert number(hass, COST) == pytest.approx(0.09 - 0.06, abs=0.02)


async def test_a_home_that_draws_less_than_its_unit_is_no_fault(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """With a roof that is to be expected: no repair says that the meter is wrong."""
    home, _, entry = await add_home(hass, freezer)
    await home.live(90, unit=6.0, rest=-6.0)
    await entry.runtime_data.projector.async_refresh(dt_util.utcnow().timestamp())
    assert not ir.async_get(hass).issues
    # Half the day is left, and like the last hour and a half: at the rate of export.
    projected = number(hass, "sensor.heat_pump_projected_bill")
    assert projected > number(hass, BILL)


async def test_the_meter_of_export_goes_missing(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
) -> None:
    """A repair tells, and leads to another."""
    registry = er.async_get(hass)
    for name in ("fed", "other"):
        registry.async_get_or_create("sensor", "p1", name, suggested_object_id=name)
    _, plan, _ = await add_home(hass, freezer)
    hass.states.async_set("sensor.other", "7", {"unit_of_measurement": "kWh"})
    await remove_unit(hass, FED)
    hass.states.async_remove(FED)
    await hass.async_block_till_done()
    (issue,) = told(hass)
    assert issue.translation_placeholders["entity"] == FED
    client, flow = await start_fix(hass, hass_client)
    assert flow["step_id"] == "replace"
    await submit(client, flow, "sensor.other")
    await hass.async_block_till_done()
    assert plan.data["home_export"] == "sensor.other"
    assert not told(hass)


async def test_the_past_of_a_home_that_exported(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The recorder's hours of both meters price the past."""
    now = datetime.fromisoformat("2026-06-10T18:00:00-04:00")
    freezer.move_to(now)
    past = hours_before(8, now)
    await write(hass, "sensor.meter_energy", [(at, 1.0) for at in past])
    await write(hass, DRAWN, [(at, 1.5 if at < past[4] else 0.25) for at in past])
    await write(hass, FED, [(at, 0.0 if at < past[4] else 2.0) for at in past])
    Home(hass, freezer)
    set_energy(hass, 100)
    plan = await add_plan(hass, VERSION, home_energy=DRAWN, home_export=FED)
    await add_system(
        hass, UNIT, data={"energy": "sensor.meter_energy", "plan": plan.entry_id}
    )
    await async_wait_recording_done(hass)
    paid = 4 * IMPORT + 4 * (0.25 * IMPORT + 0.75 * EXPORT)
    assert number(hass, BILL) == pytest.approx(paid, abs=0.01)
    answer = await act(hass, "import_history", dry_run=True)
    assert answer["cost"] == pytest.approx(paid, abs=0.01)


async def test_a_plan_that_gets_the_meter_of_export_later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What was kept before is read; the cost stays, and the counter begins where it is."""
    home, plan, entry = await add_home(hass, freezer, home_export=None)
    await home.live(30, unit=2.0, rest=0.5)
    await home.live(30, unit=2.0, rest=-3.5)
    cost = number(hass, COST)
    assert cost == pytest.approx(home.used * IMPORT, abs=0.03)
    assert "export_meter" not in plan.runtime_data._data()
    data = {**plan.data, "home_export": FED}
    hass.config_entries.async_update_entry(plan, data=data)
    await hass.config_entries.async_reload(plan.entry_id)
    await hass.async_block_till_done()
    assert plan.runtime_data.pays_export
    # 300 kWh of other years were not fed in now, and nothing was paid back.
    assert not plan.runtime_data.ledger.fed
    assert number(hass, COST) == pytest.approx(cost, abs=0.02)
    cost = number(hass, COST)
    await home.live(30, unit=2.0, rest=-3.5)
    assert number(hass, COST) - cost == pytest.approx(EXPORT, abs=0.03)
    assert plan.runtime_data.ledger.total(0, 10**7) == pytest.approx(1.25, abs=0.03)
    assert sum(plan.runtime_data.ledger.fed.values()) == pytest.approx(0.75, abs=0.03)

    # Another counter in its place: its first reading says nothing.
    hass.states.async_set("sensor.other", "9000", {"unit_of_measurement": "kWh"})
    data = {**plan.data, "home_export": "sensor.other"}
    hass.config_entries.async_update_entry(plan, data=data)
    await hass.config_entries.async_reload(plan.entry_id)
    await hass.async_block_till_done()
    assert sum(plan.runtime_data.ledger.fed.values()) == pytest.approx(0.75, abs=0.03)
    assert entry.runtime_data.billing.bill.total > 0


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_a_cloud_is_no_reason_to_look_ahead_anew(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """With each, a kWh costs something else next; what is planned with is the grid's price."""
    home = Home(hass, freezer)
    plan = await add_plan(hass, VERSION, home_energy=DRAWN, home_export=FED)
    set_power(hass, 0)
    day = [{"from": "00:00", "to": "24:00", "data": {"preset": "comfort"}}]
    await add_schedule(hass, wednesday=day)
    living_room = {"driver": "entity", "unit": UNIT, "schedule": "schedule.week"}
    outdoor = "sensor.outdoor"
    hass.states.async_set(outdoor, "30", {"unit_of_measurement": "°C"})
    system = {"power": POWER, "plan": plan.entry_id, "outdoor_temperature": outdoor}
    await set_up(hass, zones_entry([("Living room", living_room)], system))
    await home.live(20, unit=0.5, rest=0.5)
    paid = set[str]()
    with patch.object(zone_foresight, "advise", side_effect=advise) as looks:
        for sun in (0.0, 3.0) * 3:
            await home.live(5, unit=0.5, rest=0.5 - sun)
            paid.add(hass.states.get(PRICE).state)
    assert paid == {str(IMPORT), str(EXPORT)}
    # Half an hour, of which each quarter is looked at.
    assert 1 <= looks.call_count <= 3
