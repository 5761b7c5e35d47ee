"""A system meters what its unit uses, and tells what it is."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction, HVACMode
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    EVENT_HOMEASSISTANT_STOP,
    EVENT_STATE_CHANGED,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant, callback
import pytest

from .common import add_system, state_of, system_entry
from .meters import ENERGY, POWER, number, pass_time, set_energy, set_power
from .units import FullClimate, FullWaterHeater, PlainClimate, async_add_units

UNIT = "climate.living_room"

OWN_POWER = "sensor.heat_pump_power"
OWN_ENERGY = "sensor.heat_pump_energy"
HEATING = "sensor.heat_pump_heating_energy"
COOLING = "sensor.heat_pump_cooling_energy"
RUNNING = "binary_sensor.heat_pump_running"


@pytest.fixture
async def unit(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FullClimate:
    """Return a unit that is there, switched off."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    unit = FullClimate()
    await async_add_units(hass, unit)
    return unit


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (
            "mini_split",
            {
                "is_heat_pump": True,
                "heat_source": "outdoor_air",
                "ductwork": "none",
                "zone_control": "room",
                "duct_loss": 0.0,
            },
        ),
        (
            "ducted_air_source",
            {
                "is_heat_pump": True,
                "heat_source": "outdoor_air",
                "ductwork": "required",
                "zone_control": "whole_home",
                "duct_loss": 0.2,
            },
        ),
        (
            "ground_source",
            {
                "is_heat_pump": True,
                "heat_source": "ground",
                "ductwork": "typical",
                "zone_control": "whole_home",
                "duct_loss": 0.1,
            },
        ),
        (
            "water_source",
            {
                "is_heat_pump": True,
                "heat_source": "water",
                "ductwork": "required",
                "zone_control": "whole_home",
                "duct_loss": 0.2,
            },
        ),
        (
            "heat_pump_water_heater",
            {
                "is_heat_pump": True,
                "heat_source": "mechanical_room_air",
                "ductwork": "none",
                "zone_control": None,
                "duct_loss": 0.0,
            },
        ),
        (
            "air_conditioner",
            {
                "is_heat_pump": False,
                "heat_source": None,
                "ductwork": "none",
                "zone_control": None,
                "duct_loss": 0.0,
            },
        ),
    ],
)
async def test_tells_the_family(
    hass: HomeAssistant, unit: FullClimate, family: str, expected: dict[str, Any]
) -> None:
    """The type sensor has the row of its family, and where its COP comes from."""
    await add_system(hass, UNIT, data={"family": family})

    state = hass.states.get("sensor.heat_pump_heat_pump_type")
    assert state.state == family
    assert expected.items() <= state.attributes.items()
    assert state.attributes["applications"]
    assert state.attributes["cop_basis"] == "typical"
    assert state.attributes["cold_climate"] is None
    assert all(
        isinstance(outdoor, str) and cop > 1
        for outdoor, cop in state.attributes["rated_cop"].items()
    )
    assert number(hass, "sensor.heat_pump_rated_cop") > 1


async def test_tells_what_it_is_rated(hass: HomeAssistant, unit: FullClimate) -> None:
    """Given figures are shown as rated, with all that was given."""
    await add_system(
        hass,
        UNIT,
        data={
            "ratings": {
                "cop_8": 4.2,
                "cop_minus_8": 3.0,
                "cop_minus_15": 2.4,
                "seer2": 23.5,
                "hspf2": 11.2,
                "minimum_outdoor_temperature": -25,
            }
        },
    )

    attributes = hass.states.get("sensor.heat_pump_heat_pump_type").attributes
    assert attributes["rated_cop"] == {"8.3": 4.2, "-8.3": 3.0, "-15": 2.4}
    assert attributes["cop_basis"] == "rated"
    assert attributes["cold_climate"] is True
    assert attributes["minimum_outdoor_temperature"] == -25
    assert attributes["seer2"] == 23.5
    assert attributes["hspf2"] == 11.2
    assert number(hass, "sensor.heat_pump_rated_cop") == 4.2


async def test_an_air_conditioner_with_ducts_needs_them(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """An air conditioner is ductless unless a duct loss is given."""
    await add_system(
        hass,
        UNIT,
        data={"family": "air_conditioner", "ratings": {"duct_loss": 20, "eer2": 12}},
    )

    attributes = hass.states.get("sensor.heat_pump_heat_pump_type").attributes
    assert attributes["ductwork"] == "required"
    assert attributes["duct_loss"] == 0.2
    assert attributes["cop_basis"] == "rated"


async def test_meters_power_samples(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Power is held between its reports, and goes to what it was used for."""
    set_power(hass, 0)
    await add_system(hass, UNIT, data={"power": POWER})
    state = hass.states.get(OWN_POWER)
    assert state.state == "0.0"
    assert state.attributes["basis"] == "metered"
    assert hass.states.get(OWN_ENERGY).attributes["basis"] == "metered"
    assert hass.states.get(RUNNING).state == "off"

    await pass_time(hass, freezer, hours=1)
    assert number(hass, OWN_ENERGY) == 0

    unit.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    for _ in range(60):
        set_power(hass, 1200)
        await pass_time(hass, freezer, minutes=1)
    assert hass.states.get(RUNNING).state == "on"
    unit.set(hvac_mode=HVACMode.COOL, hvac_action=HVACAction.COOLING)
    for _ in range(30):
        set_power(hass, 0.6, "kW")
        await pass_time(hass, freezer, minutes=1)
    unit.set(hvac_mode=HVACMode.OFF, hvac_action=HVACAction.OFF)
    set_power(hass, 0)
    await pass_time(hass, freezer, minutes=5)

    assert number(hass, OWN_ENERGY) == pytest.approx(1.5, abs=1e-4)
    assert number(hass, HEATING) == pytest.approx(1.2, abs=1e-4)
    assert number(hass, COOLING) == pytest.approx(0.3, abs=1e-4)
    assert hass.states.get(RUNNING).state == "off"


async def test_meters_a_counter(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """A counter is preferred, in any unit of energy; only its growth counts."""
    set_energy(hass, 36_000, "MJ")
    set_power(hass, 900)
    await add_system(hass, UNIT, data={"energy": ENERGY, "power": POWER})
    assert number(hass, OWN_ENERGY) == 0

    unit.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    await pass_time(hass, freezer, hours=1)
    set_energy(hass, 36_003.6, "MJ")
    await pass_time(hass, freezer, minutes=1)

    assert number(hass, OWN_ENERGY) == pytest.approx(1.0, abs=1e-4)
    assert number(hass, HEATING) == pytest.approx(1.0, abs=1e-4)

    # The same reading in another unit is no use.
    set_energy(hass, 10_001, "kWh")
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_ENERGY) == pytest.approx(1.0, abs=1e-4)


async def test_meters_a_counter_of_whole_kwh_whose_attributes_change(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """It is told each minute; a step took the time since the last, and is no error."""
    set_energy(hass, 500)
    await add_system(hass, UNIT, data={"energy": ENERGY, "price": 0.25})
    unit.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    for minute in range(181):
        set_energy(hass, 500 + minute // 60, linkquality=100 + minute)
        await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_ENERGY) == pytest.approx(3)
    assert number(hass, HEATING) == pytest.approx(3)
    assert number(hass, "sensor.heat_pump_cost") == pytest.approx(0.75)


async def test_what_was_used_while_it_was_down_went_where_the_unit_is_now(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Whether its counter is there at once, or a moment later: its COP is of all of it."""
    set_energy(hass, 100)
    unit.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY})
    for minute in range(60):
        set_energy(hass, 100 + minute / 60)
        await pass_time(hass, freezer, minutes=1)
    seasonal = number(hass, "sensor.heat_pump_seasonal_cop")
    for late in (False, True):
        before = number(hass, OWN_ENERGY), number(hass, HEATING)
        reading = float(state_of(hass, ENERGY).state)
        assert await hass.config_entries.async_unload(entry.entry_id)
        freezer.tick(8 * 3600)
        set_energy(hass, STATE_UNAVAILABLE if late else reading + 4)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await pass_time(hass, freezer, minutes=1)
        set_energy(hass, reading + 4)
        await pass_time(hass, freezer, minutes=1)
        after = number(hass, OWN_ENERGY), number(hass, HEATING)
        assert after == pytest.approx((before[0] + 4, before[1] + 4), abs=1e-3), late
        assert number(hass, "sensor.heat_pump_seasonal_cop") > 0.9 * seasonal


async def test_power_counts_until_a_counter_is_read_for_the_first_time(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """It cannot tell later what was used before; nothing counts twice once it is there."""
    set_energy(hass, STATE_UNKNOWN)
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"energy": ENERGY, "power": POWER})
    for _ in range(60):
        set_power(hass, 1000)
        await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_ENERGY) == pytest.approx(1, abs=0.02)
    set_energy(hass, 500)
    for _ in range(60):
        set_power(hass, 1000)
        await pass_time(hass, freezer, minutes=1)
    set_energy(hass, 501)
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_ENERGY) == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize(
    "bad", ["twelve", "nan", "inf", "-inf", "1e9", STATE_UNKNOWN, STATE_UNAVAILABLE]
)
async def test_no_total_is_ever_lowered_by_a_bad_reading(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory, bad: str
) -> None:
    """Text, not-a-number and the absurd end in a clean unavailable, or in nothing."""
    set_power(hass, 600)
    set_energy(hass, 100)
    await add_system(hass, UNIT, data={"power": POWER, "energy": ENERGY})
    await pass_time(hass, freezer, minutes=30)
    set_power(hass, 600)
    set_energy(hass, 100.3)
    await pass_time(hass, freezer, minutes=1)
    before = number(hass, OWN_ENERGY)
    assert before == pytest.approx(0.3, abs=1e-3)

    set_power(hass, bad)
    set_energy(hass, bad)
    await pass_time(hass, freezer, minutes=2)
    power = hass.states.get(OWN_POWER)
    # A power beyond the nameplate is refused; the last good one stands.
    assert power.state == ("600.0" if bad == "1e9" else STATE_UNAVAILABLE)
    assert number(hass, OWN_ENERGY) >= before

    set_power(hass, 600)
    set_energy(hass, 100.4)
    await pass_time(hass, freezer, minutes=1)
    assert hass.states.get(OWN_POWER).state == "600.0"
    assert number(hass, OWN_ENERGY) == pytest.approx(0.4, abs=1e-3)


async def test_negative_power_counts_as_none(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """A meter that was put in the wrong way round lowers nothing."""
    set_power(hass, -500)
    await add_system(hass, UNIT, data={"power": POWER})
    await pass_time(hass, freezer, minutes=30)
    assert hass.states.get(OWN_POWER).state == "0.0"
    assert number(hass, OWN_ENERGY) == 0


async def test_a_meter_that_falls_back_lowers_nothing(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Dips and resets of a counter leave the total as it is, or let it grow."""
    await add_system(hass, UNIT, data={"energy": ENERGY})
    last = 0.0
    for reading in (500, 500.5, 500.2, 500.9, 0, 0.2, 0.4, 501, 501.3):
        set_energy(hass, reading)
        await pass_time(hass, freezer, minutes=10)
        assert number(hass, OWN_ENERGY) >= last
        last = number(hass, OWN_ENERGY)
    assert last < 2


async def test_estimates_where_there_is_no_meter(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Power and energy follow what the unit does, and are marked as estimates."""
    hass.states.async_set("weather.home", "cloudy", {"temperature": -5})
    hass.states.async_set(
        "weather.home",
        "cloudy",
        {"temperature": 23, "temperature_unit": "°F"},
    )
    await add_system(hass, UNIT, data={"outdoor_temperature": "weather.home"})
    off = hass.states.get(OWN_POWER)
    assert off.attributes["basis"] == "estimated"
    assert 0 < float(off.state) < 20

    unit.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    await hass.async_block_till_done()
    # Published at once, since the unit began to heat.
    heating = number(hass, OWN_POWER)
    assert 300 < heating < 3000
    await pass_time(hass, freezer, hours=1)
    assert number(hass, OWN_ENERGY) == pytest.approx(heating / 1000, rel=0.02)
    assert number(hass, HEATING) == pytest.approx(number(hass, OWN_ENERGY), abs=1e-3)
    assert hass.states.get(OWN_ENERGY).attributes["basis"] == "estimated"

    hass.states.async_set("weather.home", STATE_UNAVAILABLE)
    unit.set(available=False)
    await pass_time(hass, freezer, minutes=2)
    assert hass.states.get(OWN_POWER).state == STATE_UNAVAILABLE
    assert hass.states.get(RUNNING).state == STATE_UNAVAILABLE
    stood = number(hass, OWN_ENERGY)
    await pass_time(hass, freezer, hours=1)
    assert number(hass, OWN_ENERGY) == stood


async def test_a_slight_change_is_shown_at_once_and_reckoned_with_by_the_minute(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """What the unit measures is mirrored; the estimate follows within the minute."""
    unit.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    await add_system(hass, UNIT)
    await pass_time(hass, freezer, hours=1)
    before = number(hass, OWN_POWER)

    unit.set(current_temperature=19.7)
    await hass.async_block_till_done()
    shown = state_of(hass, "climate.living_room_2")
    assert shown.attributes["current_temperature"] == 19.7
    assert number(hass, OWN_POWER) == before
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_POWER) != before


async def test_power_tells_what_a_silent_unit_does(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A unit that reports no action runs when it draws what only a compressor draws."""
    plain = PlainClimate()
    await async_add_units(hass, plain)
    set_power(hass, 3)
    await add_system(hass, "climate.plain", data={"power": POWER})
    plain.set(hvac_mode=HVACMode.HEAT, current_temperature=18)
    await hass.async_block_till_done()
    assert hass.states.get(RUNNING).state == "off"

    set_power(hass, 700)
    await hass.async_block_till_done()
    assert hass.states.get(RUNNING).state == "on"

    # Past its target it goes on for a while, as inverters do.
    plain.set(current_temperature=22.5)
    await hass.async_block_till_done()
    assert hass.states.get(RUNNING).state == "on"
    set_power(hass, 20)
    await hass.async_block_till_done()
    assert hass.states.get(RUNNING).state == "off"


async def test_a_tank_is_estimated_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A water heater that fell below its band reheats."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    await add_system(
        hass, "water_heater.tank", data={"family": "heat_pump_water_heater"}
    )
    assert hass.states.get(RUNNING).state == "off"

    tank.set(current_temperature=44)
    await hass.async_block_till_done()
    assert hass.states.get(RUNNING).state == "on"
    tank.set(current_temperature=49)
    await hass.async_block_till_done()
    assert hass.states.get(RUNNING).state == "on"
    tank.set(current_temperature=50)
    await hass.async_block_till_done()
    assert hass.states.get(RUNNING).state == "off"


async def test_totals_survive_reload_and_restart(
    hass: HomeAssistant,
    unit: FullClimate,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """What was counted is there again, and what the counter did meanwhile with it."""
    set_energy(hass, 100)
    entry = await add_system(hass, UNIT, data={"energy": ENERGY})
    set_energy(hass, 101)
    await pass_time(hass, freezer, minutes=60)
    set_energy(hass, 102)
    # Within a minute it is on disk, with no clean stop.
    await pass_time(hass, freezer, minutes=2)
    stored = hass_storage["klima.counted"]["data"][entry.entry_id]["meter"]["energy"]
    assert stored == pytest.approx(number(hass, OWN_ENERGY), abs=1e-4)

    await hass.config_entries.async_unload(entry.entry_id)
    await pass_time(hass, freezer, minutes=60)
    set_energy(hass, 103)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    total = number(hass, OWN_ENERGY)
    assert total == pytest.approx(stored + 1, abs=1e-3)

    # A counter that comes only after the start is told of when it comes.
    await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set(ENERGY, STATE_UNKNOWN)
    await pass_time(hass, freezer, minutes=60)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert number(hass, OWN_ENERGY) == pytest.approx(total, abs=1e-3)
    set_energy(hass, 104)
    await hass.async_block_till_done()
    assert number(hass, OWN_ENERGY) == pytest.approx(total + 1, abs=1e-3)
    total += 1

    # Another counter says nothing of what was used before.
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "energy": "sensor.other_meter"}
    )
    await hass.async_block_till_done()
    hass.states.async_set(
        "sensor.other_meter", "5000", {ATTR_UNIT_OF_MEASUREMENT: "kWh"}
    )
    await pass_time(hass, freezer, minutes=2)
    assert number(hass, OWN_ENERGY) == pytest.approx(total, abs=1e-4)


async def test_what_cannot_be_read_back_is_told(
    hass: HomeAssistant,
    unit: FullClimate,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A damaged store does not stop the system, and is not silent."""
    entry = await add_system(hass, UNIT)
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage["klima.counted"]["data"][entry.entry_id] = {
        "meter": {"energy": "a lot"}
    }

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert "cannot be read and begins anew" in caplog.text
    assert number(hass, OWN_ENERGY) == 0


async def test_counts_up_to_the_stop(
    hass: HomeAssistant,
    unit: FullClimate,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A clean stop loses not even the last minute."""
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"power": POWER})
    freezer.tick(45)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert number(hass, OWN_ENERGY) == pytest.approx(1000 * 45 / 3.6e6, abs=1e-4)


async def test_a_setup_that_fails_leaves_nothing_running(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Where no entity can be made, nothing is read on, and no timer is left."""
    set_power(hass, 1000)
    entry = system_entry(UNIT, data={"power": POWER})
    entry.add_to_hass(hass)
    with patch.object(
        hass.config_entries, "async_forward_entry_setups", side_effect=RuntimeError
    ):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    system = entry.runtime_data
    used = system.energy
    for _ in range(10):
        set_power(hass, 2000)
        await pass_time(hass, freezer, minutes=1)
    assert system.energy == used
    assert system.power == 1000


async def test_publishes_once_a_minute(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """A hundred samples in a minute are a single write of each sensor that changed."""
    set_power(hass, 500)
    await add_system(hass, UNIT, data={"power": POWER})
    await pass_time(hass, freezer, minutes=1)
    written: list[str] = []

    @callback
    def note(event: Any) -> None:
        if "heat_pump" in event.data["entity_id"]:
            written.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    for sample in range(100):
        freezer.tick(0.5)
        set_power(hass, 500 + sample)
    await hass.async_block_till_done()
    assert written == []

    await pass_time(hass, freezer, minutes=1)
    assert sorted(written) == [OWN_ENERGY, OWN_POWER]


async def test_a_vrf_of_eight_heads_draws_more_than_a_mini_split(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Nobody entered what it can: its meter is believed, and its estimate is its size."""
    freezer.move_to("2026-01-20T12:00:00+00:00")
    heads = [
        FullClimate(
            f"head{index}",
            f"Head {index}",
            hvac_mode=HVACMode.HEAT,
            hvac_action=HVACAction.HEATING,
        )
        for index in range(8)
    ]
    await async_add_units(hass, *heads)
    units = [f"climate.head_{index}" for index in range(8)]
    entry = await add_system(hass, *units)
    estimated = number(hass, OWN_POWER)
    assert 2000 < estimated < 8000
    for head in heads[4:]:
        head.set(hvac_mode=HVACMode.OFF, hvac_action=HVACAction.OFF)
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_POWER) == pytest.approx(estimated / 2, rel=0.2)
    await hass.config_entries.async_remove(entry.entry_id)

    set_power(hass, 11_000)
    await add_system(hass, *units, data={"power": POWER})
    for _ in range(30):
        set_power(hass, 11_000)
        await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_POWER) == 11_000
    assert number(hass, OWN_ENERGY) == pytest.approx(5.5)
