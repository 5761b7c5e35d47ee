"""What homes do that no form foresees: loops, units that change in flight, a home that moves."""

import math
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import DOMAIN
from custom_components.klima.wrapped import check_wrapped_once
from tests.comfort_zone import OURS, add_zone, call, later, sensor
from tests.common import add_system, set_up, system_entry
from tests.forms import suggested
from tests.infrared_units import EMITTER, async_add_infrared
from tests.plans import add_plan
from tests.units import PlainClimate, async_add_units

from .common import (
    COUNTER,
    GROWING,
    OUTDOOR,
    POWER,
    PRICE,
    UNIT,
    Watch,
    add_home,
    begin,
    complaints,
    figure,
    pass_seconds,
    set_all,
    set_sensor,
)

ENERGY = GROWING[0]


@callback
def mirror(hass: HomeAssistant, of: str, to: str, **attributes: Any) -> None:
    """Let a helper of the user's show what one of our sensors does."""

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            hass.states.async_set(to, state.state, attributes)

    async_track_state_change_event(hass, [of], changed)


async def test_a_source_that_a_helper_made_of_our_own_sensor(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """What comes back to it is no use of anything: it neither grows nor spins."""
    _, start = await begin(hass, freezer)
    mirror(hass, ENERGY, COUNTER, unit_of_measurement="kWh")
    mirror(hass, "sensor.heat_pump_power", POWER, unit_of_measurement="W")
    for _ in range(120):
        await pass_seconds(hass, freezer, 60)
    end = figure(hass, ENERGY)
    assert end is not None and end - start < 0.1


async def test_units_that_change_in_flight(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """From W to kW, kWh to Wh, °C to °F, unit or figure first: the truth is counted."""
    _, start = await begin(hass, freezer)
    watch = Watch(hass)
    watch.look()
    for step in range(1, 31):
        kwh = 100 + step * 0.02
        if step % 10 == 0:
            # For a moment the old figure has the new unit: as MQTT does it.
            new = {"Wh": "kWh", "kWh": "Wh"}[unit_of(hass, COUNTER)]
            hass.states.async_set(
                COUNTER, state_of(hass, COUNTER), {"unit_of_measurement": new}
            )
            hass.states.async_set(POWER, "1200", {"unit_of_measurement": "kW"})
            hass.states.async_set(OUTDOOR, "3", {"unit_of_measurement": "°F"})
            await hass.async_block_till_done()
        if step // 10 % 2:
            hass.states.async_set(
                COUNTER, f"{1000 * kwh:.0f}", {"unit_of_measurement": "Wh"}
            )
            hass.states.async_set(POWER, "1.2", {"unit_of_measurement": "kW"})
            hass.states.async_set(OUTDOOR, "37.4", {"unit_of_measurement": "°F"})
        else:
            set_all(hass, kwh=round(kwh, 2))
        await pass_seconds(hass, freezer, 60)
        watch.look()
    end = figure(hass, ENERGY)
    assert end is not None and end - start == pytest.approx(0.6, abs=0.002)
    assert figure(hass, "sensor.heat_pump_power") == 1200


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return a state as it is."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


def unit_of(hass: HomeAssistant, entity_id: str) -> Any:
    """Return the unit that a state has, None for none."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.attributes.get("unit_of_measurement")


@pytest.mark.parametrize("gone_between", [False, True])
async def test_a_unit_that_is_another_before_the_figure_is(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gone_between: bool
) -> None:
    """MWh to kWh, with the old figure for minutes: no reset, and nothing is lost."""
    _, start = await begin(hass, freezer)
    hass.states.async_set(COUNTER, "0.1", {"unit_of_measurement": "MWh"})
    await pass_seconds(hass, freezer, 60)
    assert figure(hass, ENERGY) == start
    for minute in range(10):
        if gone_between:
            hass.states.async_set(COUNTER, "unavailable")
        hass.states.async_set(
            COUNTER, "0.1", {"unit_of_measurement": "kWh", "minute": minute}
        )
        await pass_seconds(hass, freezer, 60)
        energy = figure(hass, ENERGY)
        # Away for a moment, its power stands in for it.
        most = start + (0.02 * (minute + 1) if gone_between else 0)
        assert energy is not None and start <= energy <= most
    for kwh in (100.2, 100.22):
        hass.states.async_set(COUNTER, f"{kwh}", {"unit_of_measurement": "kWh"})
        await pass_seconds(hass, freezer, 60)
    assert figure(hass, ENERGY) == pytest.approx(start + 0.22, abs=0.002)


@pytest.mark.parametrize(
    ("unit", "kwh", "step"),
    [
        ("GJ", 1000 / 3.6, 0.01),
        ("GJ", 1000 / 3.6, 0.001),
        ("MWh", 1000.0, 0.01),
        ("thm", 29.3071, 0.1),
        ("kWh", 1.0, 1.0),
    ],
)
async def test_a_heat_meter_of_coarse_steps(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    unit: str,
    kwh: float,
    step: float,
) -> None:
    """Its first step has heat in it of before it was read: no COP is made of that."""
    freezer.move_to("2026-11-24T12:00:00+00:00")

    def tell(heat: float) -> None:
        figure = math.floor(heat / kwh / step + 1e-6) * step
        hass.states.async_set(
            "sensor.heat", f"{figure:.6f}", {"unit_of_measurement": unit}
        )

    # Three quarters of a step are in it.
    start = (100 + 0.75) * step * kwh
    tell(start)
    await add_home(hass, power=None, price_entity=None, thermal_energy="sensor.heat")
    cops = set()
    for minute in range(1, 8 * 60):
        tell(start + 3 * minute / 60)
        set_all(hass, kwh=round(100 + minute / 60, 3))
        await pass_seconds(hass, freezer, 60)
        cops.add(figure(hass, "sensor.heat_pump_cop"))
    shown = {each for each in cops if each is not None}
    # The two are up to a minute apart.
    assert shown and all(2.7 <= each <= 3.4 for each in shown), shown
    seasonal = figure(hass, "sensor.heat_pump_seasonal_cop")
    # It has the first step, and not yet the last one.
    assert seasonal == pytest.approx(3, abs=step * kwh / 8 + 0.05)
    assert complaints(caplog) == []


@pytest.mark.parametrize("by", ["plan", "entity"])
@pytest.mark.parametrize("was_wrong", [False, True])
async def test_a_price_whose_unit_is_another_before_the_figure_is(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, by: str, was_wrong: bool
) -> None:
    """25 ct/kWh are no 25 euros for an hour; but who mends a wrong unit has what it says."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    hass.states.async_set(PRICE, "25", {"unit_of_measurement": "ct/kWh"})
    data: dict[str, Any] = {}
    if by == "plan":
        plan = await add_plan(hass, {"spot": {"factor": 1}}, price_entity=PRICE)
        data = {"price_entity": None, "plan": plan.entry_id}
    await add_system(
        hass, UNIT, data={"power": POWER, "price_entity": PRICE, "plan": None} | data
    )

    async def live(minutes: int) -> None:
        for minute in range(minutes):
            set_sensor(hass, POWER, 1000 + minute % 2)
            await pass_seconds(hass, freezer, 60)

    await live(60)
    hass.states.async_set(PRICE, "25", {"unit_of_measurement": "EUR/MWh"})
    await live(30)
    hass.states.async_set(PRICE, "unavailable")
    hass.states.async_set(PRICE, "25", {"unit_of_measurement": "EUR/MWh"})
    await live(29)
    assert figure(hass, "sensor.heat_pump_price") == 0.25
    if not was_wrong:
        hass.states.async_set(PRICE, "250", {"unit_of_measurement": "EUR/MWh"})
    await live(61)
    assert figure(hass, "sensor.heat_pump_price") == (0.025 if was_wrong else 0.25)
    expected = 2.5 * 0.25 if not was_wrong else 2 * 0.25 + 0.5 * 0.025
    expected += 0.5 * (0.025 if was_wrong else 0.25)
    assert figure(hass, "sensor.heat_pump_cost") == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    "attributes",
    [
        {"state_class": "measurement"},
        {"state_class": "total"},
        {"state_class": "exploding"},
        {"device_class": None},
        {"device_class": "temperature"},
        {"state_class": "total", "last_reset": "2026-11-24T12:00:00+00:00"},
        {"friendly_name": "", "icon": None},
    ],
)
async def test_what_a_source_says_that_it_is(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    attributes: dict[str, Any],
) -> None:
    """A state class or a device class that changes, or goes, changes no figure.

    What is read is a figure in a unit of energy, of power, of temperature.
    """
    usual = {"state_class": "total_increasing", "device_class": "energy"}
    entry, start = await begin(hass, freezer)
    watch = Watch(hass)
    for step in range(1, 31):
        for entity_id, value, unit in (
            (POWER, 1200, "W"),
            (COUNTER, round(100 + step * 0.02, 2), "kWh"),
            (OUTDOOR, 3, "°C"),
        ):
            changed = usual | attributes if step // 10 % 2 else usual
            hass.states.async_set(
                entity_id, str(value), {"unit_of_measurement": unit, **changed}
            )
        await pass_seconds(hass, freezer, 60)
        watch.look()
    assert figure(hass, ENERGY) == pytest.approx(start + 0.6, abs=0.002)
    for key, state in (("energy", "total"), ("power", "measurement")):
        ours = hass.states.get(f"sensor.heat_pump_{key}")
        assert ours is not None
        assert ours.attributes["device_class"] == key
        assert ours.attributes["state_class"] == state
    assert complaints(caplog) == []

    # Its settings can be looked at, and kept, as before.
    hass.states.async_set(
        COUNTER, "100.6", {"unit_of_measurement": "kWh", **attributes}
    )
    result = await entry.start_reconfigure_flow(hass)
    result = await _finish(hass, result)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data["energy"] == COUNTER and entry.data["power"] == POWER


async def test_a_unit_of_measurement_that_vanishes(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A bare figure is none: a repair says so, once it lasts.

    With its unit back, what was used meanwhile counts.
    """

    def told() -> set[str]:
        return {
            issue.translation_placeholders["entity"]
            for issue in ir.async_get(hass).issues.values()
            if issue.translation_key == "source_unreadable" and issue.active
        }

    _, start = await begin(hass, freezer)
    watch = Watch(hass)
    # Without it for a moment, as it is announced anew: no word of that.
    hass.states.async_set(POWER, "1200", {})
    await pass_seconds(hass, freezer, 5)
    set_all(hass)
    await pass_seconds(hass, freezer, 60)
    assert told() == set()
    for step in range(1, 31):
        hass.states.async_set(POWER, "1200", {})
        hass.states.async_set(COUNTER, f"{100 + step * 0.02:.2f}", {})
        await pass_seconds(hass, freezer, 60)
        watch.look()
        assert figure(hass, "sensor.heat_pump_power") is None
        assert figure(hass, ENERGY) == pytest.approx(start, abs=0.021)
        assert told() == {POWER, COUNTER}
    set_all(hass, kwh=100.62)
    await pass_seconds(hass, freezer, 60)
    assert told() == set()
    assert figure(hass, ENERGY) == pytest.approx(start + 0.62, abs=0.002)
    assert figure(hass, "sensor.heat_pump_power") == 1200
    assert complaints(caplog) == []


async def test_a_home_that_moves(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another time zone, another currency, other degrees: nothing falls, days go on."""
    await hass.config.async_set_time_zone("America/Toronto")
    freezer.move_to("2026-11-24T12:00:00+00:00")
    await add_home(hass, energy=None, price_entity=None, price=0.25)
    watch = Watch(hass)
    for hour, change in enumerate(
        (
            {"time_zone": "Asia/Tokyo"},
            {"currency": "JPY"},
            {"unit_system": "us_customary"},
            {"time_zone": "Pacific/Kiritimati", "currency": "EUR"},
            {"time_zone": "Pacific/Pago_Pago", "unit_system": "metric"},
            {"time_zone": "Asia/Kathmandu"},
        )
    ):
        await hass.config.async_update(**change)
        for minute in range(60):
            set_sensor(hass, POWER, 1000 + minute % 2)
            await pass_seconds(hass, freezer, 60)
            watch.look()
        energy, cost = figure(hass, ENERGY), figure(hass, "sensor.heat_pump_cost")
        assert energy == pytest.approx(hour + 1, abs=0.05)
        assert cost == pytest.approx(0.25 * (hour + 1), abs=0.05)
        today = figure(hass, "sensor.heat_pump_cost_today")
        assert today is not None and 0 <= today <= (cost or 0) + 0.01
    assert complaints(caplog) == []


async def test_a_home_whose_currency_is_no_longer_its_plans(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """So many dollars are not so many euros: the plan says so, and is back with its currency."""
    await hass.config.async_update(currency="CAD")
    freezer.move_to("2026-11-24T12:00:00+00:00")
    plan = MockConfigEntry(
        domain=DOMAIN,
        title="Home plan",
        data={
            "kind": "plan",
            "plan": "ontario_time_of_use",
            "versions": [],
            "cycle": {},
        },
    )
    await set_up(hass, plan)
    entry = await add_home(hass, energy=None, price_entity=None, plan=plan.entry_id)
    await pass_seconds(hass, freezer, 60)
    price = figure(hass, "sensor.heat_pump_price")
    assert price is not None
    await hass.config.async_update(currency="EUR")
    await hass.async_block_till_done()
    await pass_seconds(hass, freezer, 60)
    assert plan.state is ConfigEntryState.SETUP_ERROR
    assert plan.error_reason_translation_key == "plan_other_currency"
    assert entry.state is ConfigEntryState.LOADED
    assert figure(hass, "sensor.heat_pump_price") is None
    await hass.config.async_update(currency="CAD")
    await hass.async_block_till_done()
    await pass_seconds(hass, freezer, 60)
    assert figure(hass, "sensor.heat_pump_price") == price
    assert plan.state is ConfigEntryState.LOADED
    said = [line for line in complaints(caplog) if "home is EUR" not in line]
    assert said == []


async def test_degrees_that_change_under_a_room(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The room is kept as it was wished: 21 °C are 70 °F, not 21."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    sensor(hass, 20.5)
    _, unit = await add_zone(hass, PlainClimate(), temperature="sensor.room")
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    await call(hass, "climate.set_temperature", temperature=21)
    await later(hass, freezer, minutes=5)
    unit.commands.clear()
    hass.config.units = US_CUSTOMARY_SYSTEM
    for _ in range(20):
        sensor(hass, 20.5)
        await later(hass, freezer, minutes=1)
        sensor(hass, 20.6)
        await later(hass, freezer, minutes=1)
    state = hass.states.get(OURS)
    assert state is not None and 69 < state.attributes["temperature"] < 71
    asked = [v for name, v in unit.commands if name == "set_temperature"]
    assert len(asked) <= 2, asked


async def _flow_to(hass: HomeAssistant, name: str) -> Any:
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": "entity"}
    )
    return await hass.config_entries.flow.async_configure(
        result["flow_id"], {"unit": UNIT, "name": name}
    )


async def _finish(hass: HomeAssistant, result: Any) -> Any:
    while result["type"] is FlowResultType.FORM:
        assert not result["errors"]
        answers = suggested(result)
        if result["step_id"] == "equipment":
            answers = {"family": "mini_split"}
        result = await hass.config_entries.flow.async_configure(
            result["flow_id"], answers
        )
    return result


async def test_two_flows_at_once_wrap_a_unit_once(hass: HomeAssistant) -> None:
    """Two of the household set the same unit up at the same time: one is told."""
    set_all(hass)
    first, second = await _flow_to(hass, "Mine"), await _flow_to(hass, "Hers")
    first = await _finish(hass, first)
    await hass.async_block_till_done()
    assert first["type"] is FlowResultType.CREATE_ENTRY
    second = await _finish(hass, second)
    assert second["type"] is FlowResultType.ABORT
    assert second["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_two_zones_at_once_wrap_a_unit_once(hass: HomeAssistant) -> None:
    """The same of a zone that is added to a system."""
    set_all(hass)
    hass.states.async_set("climate.other", "off", {"hvac_modes": ["off", "heat"]})
    entry = await add_system(hass, UNIT)

    async def begin() -> Any:
        result = await hass.config_entries.subentries.async_init(
            (entry.entry_id, "zone"), context={"source": SOURCE_USER}
        )
        return await hass.config_entries.subentries.async_configure(
            result["flow_id"], {"unit": "climate.other", "name": "Other"}
        )

    first, second = await begin(), await begin()
    configure = hass.config_entries.subentries.async_configure
    first = await configure(first["flow_id"], {})
    assert first["type"] is FlowResultType.CREATE_ENTRY
    second = await configure(second["flow_id"], {})
    assert second["type"] is FlowResultType.ABORT
    assert second["reason"] == "already_configured"
    assert len(entry.subentries) == 2
    await hass.async_block_till_done()


@pytest.mark.parametrize("name", ["x" * 5000, "名前" * 300], ids=["latin", "kanji"])
@pytest.mark.parametrize("step", ["entity", "infrared", "plan"])
async def test_names_that_are_too_long(
    hass: HomeAssistant, step: str, name: str
) -> None:
    """Home Assistant would make no entities of some: it is said at the field."""
    set_all(hass)
    await async_add_infrared(hass)
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"next_step_id": step}
    )
    answers = {"entity": {"unit": UNIT}, "infrared": {"emitter": EMITTER}, "plan": {}}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {**answers[step], "name": name}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"name": "name_too_long"}
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {**answers[step], "name": name[:20]}
    )
    assert not result.get("errors")
    assert result["step_id"] != step


async def test_a_zones_name_that_is_too_long(hass: HomeAssistant) -> None:
    set_all(hass)
    hass.states.async_set("climate.other", "off", {"hvac_modes": ["off", "heat"]})
    entry = await add_system(hass, UNIT)
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "zone"), context={"source": SOURCE_USER}
    )
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"unit": "climate.other", "name": "x" * 151}
    )
    assert result["errors"] == {"name": "name_too_long"}


@pytest.mark.parametrize(
    "name",
    [
        "x" * 150,
        "{{ states('sun.sun') }}",
        "<img src=x onerror=alert(1)>",
        "\u202eevresrever",
        "🔥❄️",
        "بيت",
        "..",
        "名前" * 12,
    ],
)
async def test_names_of_any_kind(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Each is taken as it is written, and everything works under it."""
    hass.loop.set_debug(False)
    set_all(hass)
    result = await _finish(hass, await _flow_to(hass, name))
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.title == name and entry.state is ConfigEntryState.LOADED
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert all(len(each.entity_id) <= 255 for each in entities)
    shown = [e for e in entities if e.disabled_by is None]
    assert all(hass.states.get(each.entity_id) is not None for each in shown)
    assert complaints(caplog) == []
    assert await hass.config_entries.async_remove(entry.entry_id)


async def test_a_unit_that_is_renamed_while_a_command_is_under_way(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It is followed, its state with it, and what is asked next goes to the new name."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    unit = PlainClimate()
    await async_add_units(hass, unit)
    sensor(hass, 20.5)
    await add_zone(hass, unit, temperature="sensor.room")
    await call(hass, "climate.set_hvac_mode", hvac_mode="heat")
    er.async_get(hass).async_update_entity(
        unit.entity_id, new_entity_id="climate.elsewhere"
    )
    await hass.async_block_till_done()
    await later(hass, freezer, minutes=1)
    unit.commands.clear()
    await call(hass, "climate.set_temperature", temperature=25)
    await later(hass, freezer, minutes=5)
    assert any(name == "set_temperature" for name, _ in unit.commands)
    entry = hass.config_entries.async_entries(DOMAIN)[0]
    (zone,) = entry.subentries.values()
    assert zone.data["unit"] == "climate.elsewhere"
    state = hass.states.get(OURS)
    assert state is not None and state.state == "heat"


async def test_a_unit_that_is_renamed_to_what_another_was_called(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The old one is gone, the new takes its name: one system has it, the other says so."""
    old, new = PlainClimate("old", "Old"), PlainClimate("new", "New")
    await async_add_units(hass, old, new)
    first = await add_system(hass, "climate.old", title="First")
    second = await add_system(hass, "climate.new", title="Second")
    registry = er.async_get(hass)
    registry.async_remove("climate.old")
    await hass.async_block_till_done()
    registry.async_update_entity("climate.new", new_entity_id="climate.old")
    await hass.async_block_till_done()
    assert first.state is ConfigEntryState.LOADED
    assert second.state is ConfigEntryState.SETUP_ERROR
    assert second.error_reason_translation_key == "unit_wrapped_twice"
    assert second.error_reason_translation_placeholders == {
        "name": "Second",
        "unit": "climate.old",
        "system": "First",
    }
    # It is so after a restart as well, whichever has its turn first.
    for entry in (first, second):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_setup(second.entry_id)
    await hass.config_entries.async_setup(first.entry_id)
    await hass.async_block_till_done()
    assert first.state is ConfigEntryState.LOADED
    assert second.state is ConfigEntryState.SETUP_ERROR
    new.commands.clear()
    await hass.services.async_call(
        "climate",
        "set_hvac_mode",
        {"entity_id": "climate.old_2", "hvac_mode": "heat"},
        blocking=True,
    )
    assert new.commands == [("set_hvac_mode", "heat")]


async def test_a_unit_is_free_again(hass: HomeAssistant) -> None:
    """Its system removed or disabled, or its zone: another may have it."""
    set_all(hass)
    first = await add_system(hass, UNIT, "climate.spare", title="First")
    second = system_entry(UNIT, title="Second")
    second.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(second.entry_id)

    async def is_free() -> bool:
        await hass.async_block_till_done()
        await hass.config_entries.async_reload(second.entry_id)
        await hass.async_block_till_done()
        return second.state is ConfigEntryState.LOADED

    assert not await is_free()
    await hass.config_entries.async_set_disabled_by(
        first.entry_id, ConfigEntryDisabler.USER
    )
    assert await is_free()
    await hass.config_entries.async_unload(second.entry_id)
    await hass.config_entries.async_set_disabled_by(first.entry_id, None)
    assert not await is_free()
    zone = next(zone for zone in first.subentries.values() if zone.data["unit"] == UNIT)
    hass.config_entries.async_remove_subentry(first, zone.subentry_id)
    assert await is_free()

    third = system_entry(UNIT, title="Third")
    third.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(third.entry_id)
    await hass.config_entries.async_remove(second.entry_id)
    assert await hass.config_entries.async_reload(third.entry_id)
    assert third.state is ConfigEntryState.LOADED


async def test_a_start_asks_for_no_others_units(hass: HomeAssistant) -> None:
    """With 500 zones, to look through all for each would be a quarter of a million."""
    set_all(hass)
    entry = await add_system(hass, UNIT)
    with patch.object(hass.config_entries, "async_entries", side_effect=AssertionError):
        check_wrapped_once(hass, entry)


async def test_two_zones_of_one_unit_on_the_disk(hass: HomeAssistant) -> None:
    """No flow wrote that: it is refused."""
    set_all(hass)
    entry = system_entry(UNIT, UNIT)
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.error_reason_translation_key == "unit_wrapped_twice"
