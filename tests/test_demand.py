"""Demand charges by month in a home: what is remembered, and what the bill says of it."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .common import add_system
from .meters import number, pass_time, set_energy
from .plans import add_plan, jump
from .recorded import act
from .units import FullClimate, add_heating_unit

UNIT = "climate.living_room"
ENERGY = "sensor.meter_energy"
HOME = "sensor.home_energy"
BILL = "sensor.heat_pump_bill"

FLANDERS = {"price": 48, "per": "year", "minutes": 15, "least": 2.5, "months": 12}
NORWAY = {
    "per": "month",
    "peaks": 3,
    "one_a_day": True,
    "steps": [
        {"amount": 150, "up_to": 2},
        {"amount": 250, "up_to": 5},
        {"amount": 420},
    ],
}


@pytest.fixture(autouse=True)
async def unit(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FullClimate:
    """Return a unit that heats in a home in Brussels."""
    await hass.config.async_set_time_zone("Europe/Brussels")
    hass.config.currency = "EUR"
    freezer.move_to("2026-11-24T18:15:00+01:00")
    return await add_heating_unit(hass)


def set_home(hass: HomeAssistant, value: float) -> None:
    """Let the meter of the home report."""
    hass.states.async_set(
        HOME, str(value), {"unit_of_measurement": "kWh", "device_class": "energy"}
    )


async def restart(hass: HomeAssistant, *entries: MockConfigEntry) -> None:
    """Stop and start a system and its plan."""
    for entry in entries:
        assert await hass.config_entries.async_unload(entry.entry_id)
    for entry in reversed(entries):
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def test_months_are_remembered_over_restarts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The mean is that of the months that are known, of which the ledgers forget the first."""
    plan = await add_plan(hass, {"demand": FLANDERS}, home_energy=HOME)
    set_energy(hass, 10)
    set_home(hass, 100)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    await pass_time(hass, freezer, minutes=15)
    set_energy(hass, 10.5)
    set_home(hass, 101.5)
    await pass_time(hass, freezer, minutes=2)
    bill = await act(hass, "get_bill")
    (charge,) = bill["demand_charges"]
    assert charge == {
        "kw": 6.0,
        "share": 0.333,
        "cost": 8.0,
        "months": 1,
        "peaks": [{"start": "2026-11-24T18:15:00+01:00", "kw": 6.0, "own_kw": 2.0}],
    }
    assert number(hass, BILL) == pytest.approx(8)

    # Each month after it is a small one, and all of the home's is the unit's.
    used, known = 0.0, [6.0]
    for month in ("2026-12", "2027-01", "2027-02", "2027-03"):
        await jump(hass, freezer, f"{month}-01T00:01:00+01:00")
        assert number(hass, BILL) == 0
        await jump(hass, freezer, f"{month}-10T12:00:00+01:00")
        await restart(hass, entry, plan)
        set_energy(hass, 10.5 + used)
        set_home(hass, 101.5 + used)
        await pass_time(hass, freezer, minutes=15)
        used += 0.25
        set_energy(hass, 10.5 + used)
        set_home(hass, 101.5 + used)
        await pass_time(hass, freezer, minutes=2)
        known.append(2.5)
        (charge,) = (await act(hass, "get_bill"))["demand_charges"]
        assert charge["months"] == len(known)
        mean = sum(known) / len(known)
        assert charge["kw"] == pytest.approx(mean, abs=1e-3)
        share = (2 + sum(known[1:])) / sum(known)
        assert charge["share"] == pytest.approx(share, abs=1e-3)
        assert number(hass, BILL) == pytest.approx(4 * mean * share, abs=0.01)
    last = await act(hass, "get_bill", period="last")
    assert last["demand_charges"][0]["months"] == 4

    # Another unit on the plan knows what the home's months were.
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    set_energy(hass, 20)
    set_home(hass, 120)
    await pass_time(hass, freezer, minutes=15)
    set_energy(hass, 20.5)
    set_home(hass, 120.5)
    await pass_time(hass, freezer, minutes=2)
    (charge,) = (await act(hass, "get_bill"))["demand_charges"]
    assert charge["months"] == 5


async def test_peaks_of_systems_are_none_of_the_home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Once the home has a meter, months without one say nothing of it."""
    plan = await add_plan(hass, {"demand": FLANDERS})
    set_energy(hass, 10)
    await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    await pass_time(hass, freezer, minutes=15)
    set_energy(hass, 10.5)
    await pass_time(hass, freezer, minutes=2)
    (charge,) = (await act(hass, "get_bill"))["demand_charges"]
    assert (charge["kw"], charge["share"]) == (2.5, 1)
    await jump(hass, freezer, "2026-12-02T12:00:00+01:00")
    await jump(hass, freezer, "2027-01-02T12:00:00+01:00")
    set_home(hass, 100)
    # Its change reloads it, and the system after it.
    hass.config_entries.async_update_entry(
        plan, data={**plan.data, "home_energy": HOME}
    )
    await hass.async_block_till_done()
    await pass_time(hass, freezer, minutes=15)
    set_energy(hass, 11)
    set_home(hass, 102)
    await pass_time(hass, freezer, minutes=2)
    (charge,) = (await act(hass, "get_bill"))["demand_charges"]
    # December's is what the unit's counter tells of it now; November's was forgotten.
    assert charge["months"] == 2
    assert charge["kw"] == pytest.approx((8 + 2.5) / 2, abs=0.1)


async def test_a_norwegian_bill_and_its_projection(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Three days, a step, and the unit's share of it."""
    plan = await add_plan(hass, {"demand": NORWAY}, home_energy=HOME)
    freezer.move_to("2026-11-24T18:00:00+01:00")
    set_energy(hass, 10)
    set_home(hass, 100)
    await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    own = home = 0.0
    for day, (whole, part) in {24: (6, 3), 25: (5, 1), 26: (4, 2), 27: (3, 3)}.items():
        await jump(hass, freezer, f"2026-11-{day}T19:00:00+01:00")
        # A watt hour since the day before: the counters stood still until now.
        set_energy(hass, 10 + own + 0.001)
        set_home(hass, 100 + home + 0.001)
        own, home = own + part, home + whole
        await jump(hass, freezer, f"2026-11-{day}T20:00:00+01:00")
        set_energy(hass, 10 + own)
        set_home(hass, 100 + home)
        await pass_time(hass, freezer, minutes=2)
    bill = await act(hass, "get_bill")
    (charge,) = bill["demand_charges"]
    assert [peak["kw"] for peak in charge["peaks"]] == pytest.approx(
        [6, 5, 4], abs=0.01
    )
    assert charge["kw"] == pytest.approx(5, abs=0.01)
    assert bill["demand"] == pytest.approx(250 * 6 / 15, abs=0.5)
    await pass_time(hass, freezer, hours=1)
    projected = hass.states.get("sensor.heat_pump_projected_bill")
    assert "demand" in projected.attributes["includes"]
    assert float(projected.state) >= 99


async def test_a_bill_of_half_a_year_remembers_the_month_that_it_begins_in(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Its first month's highest hour was in the bill before, and the last bill takes none away."""
    plan = await add_plan(
        hass,
        {"demand": {"price": 31, "per": "month"}},
        cycle={"day": 20, "months": 6, "anchor": "2026-12-20"},
    )
    set_energy(hass, 10)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY, "plan": plan.entry_id})
    used = 10.0
    for day, kwh in (
        ("2026-12-10", 6),
        ("2026-12-25", 1),
        ("2027-01-10", 1),
        ("2027-02-10", 1),
        ("2027-03-10", 1),
        ("2027-04-10", 1),
    ):
        await jump(hass, freezer, f"{day}T17:59:00+01:00")
        set_energy(hass, used + 0.001)
        await jump(hass, freezer, f"{day}T18:00:00+01:00")
        await pass_time(hass, freezer, hours=1)
        used += kwh
        set_energy(hass, used)
        await pass_time(hass, freezer, minutes=2)
    await act(hass, "get_bill", period="last")
    await restart(hass, entry, plan)
    december, *others = (await act(hass, "get_bill"))["demand_charges"]
    assert december["kw"] == pytest.approx(5.9, abs=0.1)
    assert december["cost"] == pytest.approx(12 * 5.9, abs=1)
    assert [each["kw"] for each in others] == pytest.approx([1, 1, 1, 1], abs=0.1)
