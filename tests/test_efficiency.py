"""The heat that a system moves, its COP, what it saves and what it qualifies for."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.climate import HVACAction, HVACMode
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .common import add_system
from .meters import ENERGY, POWER, number, pass_time, set_energy, set_power
from .units import (
    CoolingClimate,
    FullClimate,
    FullWaterHeater,
    PlainClimate,
    add_heating_unit,
    async_add_units,
)

UNIT = "climate.living_room"
HEAT = "sensor.meter_heat"
HEAT_ENERGY = "sensor.meter_heat_energy"
OUTDOOR = "sensor.outdoor"

OWN_HEAT = "sensor.heat_pump_heat_output"
THERMAL = "sensor.heat_pump_thermal_energy"
COP = "sensor.heat_pump_cop"
SEASONAL = "sensor.heat_pump_seasonal_cop"
EXPECTED = "sensor.heat_pump_expected_cop"
SAVINGS = "sensor.heat_pump_savings"
PROGRAMMES = "sensor.heat_pump_programs_met"


def set_heat(hass: HomeAssistant, value: Any, unit: str = "W") -> None:
    """Let the heat meter tell its power."""
    hass.states.async_set(
        HEAT, str(value), {"device_class": "power", "unit_of_measurement": unit}
    )


def set_heat_energy(hass: HomeAssistant, value: Any, **attributes: Any) -> None:
    """Let the heat meter tell its energy."""
    hass.states.async_set(
        HEAT_ENERGY,
        str(value),
        {"device_class": "energy", "unit_of_measurement": "kWh", **attributes},
    )


def set_outdoor(hass: HomeAssistant, value: Any) -> None:
    """Let the outdoor sensor tell a temperature."""
    hass.states.async_set(
        OUTDOOR,
        str(value),
        {"device_class": "temperature", "unit_of_measurement": "°C"},
    )


@pytest.fixture
async def unit(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FullClimate:
    """Return a unit that heats in a home in Québec."""
    await hass.config.async_set_time_zone("America/Toronto")
    hass.config.currency = "CAD"
    hass.config.country = "CA"
    hass.config.latitude, hass.config.longitude = 45.5, -73.6
    freezer.move_to("2026-11-24T12:00:00-05:00")
    set_outdoor(hass, 0)
    return await add_heating_unit(hass)


async def add_metered(
    hass: HomeAssistant, *, watts: float, heat: float, **data: Any
) -> MockConfigEntry:
    """Set a system up that has a meter of power and one of heat, both in W."""
    set_power(hass, watts)
    set_heat(hass, heat)
    return await add_system(
        hass, UNIT, data={"power": POWER, "heat_output": HEAT, **data}
    )


async def run(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    minutes: int,
    *,
    watts: float,
    heat: float | None = None,
) -> None:
    """Let the meters report each minute."""
    for _ in range(minutes):
        set_power(hass, watts)
        if heat is not None:
            set_heat(hass, heat)
        await pass_time(hass, freezer, minutes=1)


async def test_what_a_heat_counter_tells_when_it_is_back_is_told_whole(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """After a restart less than a Wh more is shown, too: no figure is behind the last one."""
    set_heat_energy(hass, 100)
    entry = await add_system(hass, UNIT, data={"thermal_energy": HEAT_ENERGY})
    set_heat_energy(hass, 100.0016)
    await pass_time(hass, freezer, minutes=1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    set_heat_energy(hass, STATE_UNAVAILABLE)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    set_heat_energy(hass, 100.0019)
    await hass.async_block_till_done()
    assert number(hass, THERMAL) == pytest.approx(0.0019)


async def test_a_heat_meter_and_a_power_meter_make_the_cop(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """What is metered is told as it is, and adds up."""
    await add_metered(hass, watts=1000, heat=3200, outdoor_temperature=OUTDOOR)
    await run(hass, freezer, 60, watts=1000, heat=3200)

    assert number(hass, COP) == pytest.approx(3.2)
    assert hass.states.get(COP).attributes["basis"] == "metered"
    assert hass.states.get(COP).attributes["uncertainty"] is None
    assert number(hass, OWN_HEAT) == 3200
    assert number(hass, THERMAL) == pytest.approx(3.2, abs=0.06)
    assert number(hass, SEASONAL) == pytest.approx(3.2, abs=0.01)
    assert "last_reset" not in hass.states.get(THERMAL).attributes
    assert hass.states.get(THERMAL).attributes["basis"] == "metered"

    unit.set(hvac_mode=HVACMode.OFF, hvac_action=HVACAction.OFF)
    set_power(hass, 4)
    set_heat(hass, 0)
    await pass_time(hass, freezer, minutes=2)
    assert hass.states.get(COP).state == STATE_UNKNOWN
    assert number(hass, OWN_HEAT) == 0
    assert number(hass, EXPECTED) > 1


async def test_the_heat_of_an_element_is_no_error_of_the_meter(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """A tank's element gives three times the heat of its heat pump."""
    await add_metered(
        hass,
        watts=5100,
        heat=6000,
        family="heat_pump_water_heater",
        ratings={"heating_capacity": 1.6},
    )
    assert number(hass, OWN_HEAT) == 6000
    assert number(hass, "sensor.heat_pump_power") == 5100


async def test_no_cop_is_made_of_metered_heat_and_of_an_estimated_power(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Beside a counter of electricity, that is what the heat is held against."""
    counter = {"device_class": "energy", "unit_of_measurement": "kWh"}
    hass.states.async_set("sensor.used", "100", counter)
    set_heat(hass, 3200)
    data = {"energy": "sensor.used", "heat_output": HEAT}
    await add_system(hass, UNIT, data={**data, "outdoor_temperature": OUTDOOR})
    for minute in range(1, 91):
        if minute % 6 == 0:
            hass.states.async_set("sensor.used", f"{100 + minute / 60:.1f}", counter)
        set_heat(hass, 3200)
        await pass_time(hass, freezer, minutes=1)
        cop = hass.states.get(COP)
        assert cop.attributes["basis"] == "metered"
        if cop.state != STATE_UNKNOWN:
            assert float(cop.state) == pytest.approx(3.2, abs=0.01)
    assert number(hass, COP) == pytest.approx(3.2, abs=0.01)
    assert number(hass, SEASONAL) == pytest.approx(3.2, abs=0.05)


async def test_cooling_is_told_as_heat_taken(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Negative as a power, and counted as heat that was moved."""
    unit.set(hvac_mode=HVACMode.COOL, hvac_action=HVACAction.COOLING)
    set_outdoor(hass, 30)
    set_power(hass, 500)
    set_heat(hass, 2, "kW")
    await add_system(hass, UNIT, data={"power": POWER, "heat_output": HEAT})
    for _ in range(30):
        set_power(hass, 500)
        set_heat(hass, 2, "kW")
        await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_HEAT) == -2000
    assert number(hass, COP) == pytest.approx(4.0)
    assert number(hass, THERMAL) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("bad", ["twelve", "nan", STATE_UNAVAILABLE, STATE_UNKNOWN])
async def test_a_heat_meter_that_is_gone_is_no_zero(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory, bad: str
) -> None:
    """Its heat is unavailable, its count stands, and the season's COP with it."""
    await add_metered(hass, watts=1000, heat=3000)
    await run(hass, freezer, 60, watts=1000, heat=3000)
    before, season = number(hass, THERMAL), number(hass, SEASONAL)

    set_heat(hass, bad)
    await run(hass, freezer, 60, watts=1000)
    assert hass.states.get(OWN_HEAT).state == STATE_UNAVAILABLE
    assert hass.states.get(COP).state == STATE_UNKNOWN
    assert number(hass, THERMAL) == pytest.approx(before, abs=0.11)
    assert number(hass, SEASONAL) == pytest.approx(season, rel=0.03)

    await run(hass, freezer, 10, watts=1000, heat=3000)
    assert number(hass, COP) == pytest.approx(3.0)


async def ramp(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, *, watts: float, heat: float
) -> None:
    """Let the unit come to these figures in half a minute, told each second on change."""
    for second in range(1, 31):
        set_power(hass, watts * second / 30)
        set_heat(hass, heat * second / 30)
        await pass_time(hass, freezer, seconds=1)


async def test_what_is_told_on_change_only_is_held(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Both meters come to rest after a start and say nothing for an hour: it all counts."""
    await add_metered(hass, watts=0, heat=0)
    await ramp(hass, freezer, watts=1000, heat=4000)
    await pass_time(hass, freezer, minutes=60)
    set_power(hass, 990)
    set_heat(hass, 3960)
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, "sensor.heat_pump_energy") == pytest.approx(1.02, abs=0.01)
    assert number(hass, THERMAL) == pytest.approx(4.1, abs=0.04)
    assert number(hass, SEASONAL) == pytest.approx(4.0, abs=0.01)


@pytest.mark.parametrize("silent", ["heat", "power"])
async def test_a_cop_is_of_the_same_seconds(
    hass: HomeAssistant,
    unit: FullClimate,
    freezer: FrozenDateTimeFactory,
    silent: str,
) -> None:
    """While one meter has not spoken again, what the other counts waits for it."""
    await add_metered(hass, watts=0, heat=0)
    await ramp(hass, freezer, watts=1000, heat=4000)
    seen = []
    for minute in range(50):
        if silent == "heat":
            set_power(hass, 1000 + minute % 2)
        else:
            set_heat(hass, 4000 + minute % 2)
        await pass_time(hass, freezer, minutes=1)
        if (state := hass.states.get(SEASONAL).state) != STATE_UNKNOWN:
            seen.append(float(state))
    set_power(hass, 999)
    set_heat(hass, 3999)
    await pass_time(hass, freezer, minutes=1)
    seen.append(number(hass, SEASONAL))
    assert seen == [pytest.approx(4.0, abs=0.03)] * len(seen)
    assert number(hass, THERMAL) == pytest.approx(3.44, abs=0.04)
    assert number(hass, "sensor.heat_pump_energy") == pytest.approx(0.86, abs=0.01)


@pytest.mark.parametrize("gone", [HEAT, POWER])
async def test_what_one_meter_knows_nothing_of_makes_no_cop(
    hass: HomeAssistant,
    unit: FullClimate,
    freezer: FrozenDateTimeFactory,
    gone: str,
) -> None:
    """Neither heat for nothing, nor electricity for no heat; what is left is counted."""
    await add_metered(hass, watts=1000, heat=3000, price=0.1)
    await run(hass, freezer, 60, watts=1000, heat=3000)
    hass.states.async_set(gone, STATE_UNAVAILABLE)
    for _ in range(60):
        if gone == HEAT:
            set_power(hass, 1000)
        else:
            set_heat(hass, 3000)
        await pass_time(hass, freezer, minutes=1)
        assert number(hass, SEASONAL) == pytest.approx(3.0, abs=0.01)
    await run(hass, freezer, 30, watts=1000, heat=3000)
    assert number(hass, SEASONAL) == pytest.approx(3.0, abs=0.01)
    assert number(hass, SAVINGS) == pytest.approx(1.5 * 0.1 * 2, abs=0.01)
    both = 1.0 + 0.5, 1.0 + 1.0 + 0.5
    heat, used = both if gone == HEAT else both[::-1]
    assert number(hass, THERMAL) == pytest.approx(3 * heat, abs=0.12)
    assert number(hass, "sensor.heat_pump_energy") == pytest.approx(used, abs=0.04)


async def test_a_meter_that_died_holds_nothing_up(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """After two hours of silence the other's counts go on, and its return adds none."""
    entry = await add_metered(hass, watts=0, heat=0)
    await ramp(hass, freezer, watts=1000, heat=4000)
    for minute in range(240):
        set_power(hass, 1000 + minute % 2)
        await pass_time(hass, freezer, minutes=1)
    pairing = (
        entry.runtime_data.efficiency.heat.pairing
    )  # What a user sees only as memory.
    assert len(pairing._electricity.waiting) < 130
    for _ in range(60):
        set_power(hass, 1000)
        set_heat(hass, 4000)
        await pass_time(hass, freezer, minutes=1)
    assert number(hass, SEASONAL) == pytest.approx(4.0, abs=0.03)
    # Two hours are believed, and the hour since.
    assert number(hass, THERMAL) == pytest.approx(4 * 3, abs=0.15)


async def test_a_restart_loses_nothing_that_waits(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """What a source on change held until then is counted, on both sides."""
    entry = await add_metered(hass, watts=0, heat=0)
    await ramp(hass, freezer, watts=1000, heat=4000)
    await pass_time(hass, freezer, minutes=60)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, SEASONAL) == pytest.approx(4.0, abs=0.01)
    assert number(hass, THERMAL) == pytest.approx(4.1, abs=0.07)
    assert number(hass, "sensor.heat_pump_energy") == pytest.approx(1.02, abs=0.02)


async def test_a_new_season_takes_nothing_from_before(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """What waited when it began belongs to the season before."""
    entry = await add_metered(hass, watts=0, heat=0)
    await ramp(hass, freezer, watts=1000, heat=4000)
    await pass_time(hass, freezer, minutes=60)
    await hass.services.async_call(
        "klima", "reset_season", {"config_entry_id": entry.entry_id}, blocking=True
    )
    await run(hass, freezer, 30, watts=1000, heat=2000)
    answer = await hass.services.async_call(
        "klima",
        "compare",
        {"config_entry_id": entry.entry_id, "period": "season"},
        blocking=True,
        return_response=True,
    )
    assert answer["electricity_kwh"] == pytest.approx(0.5, abs=0.03)
    assert answer["cop"] == pytest.approx(2.0, abs=0.03)


@pytest.mark.parametrize(("watts", "heat"), [(100, 9000), (1000, 0), (1000, -500)])
async def test_a_cop_of_nothing_or_of_the_absurd_is_not_told(
    hass: HomeAssistant,
    unit: FullClimate,
    freezer: FrozenDateTimeFactory,
    watts: float,
    heat: float,
) -> None:
    """A meter slipped, or it defrosts: no COP of 0 or 90 is shown."""
    set_power(hass, watts)
    set_heat(hass, heat)
    await add_system(
        hass,
        UNIT,
        data={"power": POWER, "heat_output": HEAT, "outdoor_temperature": OUTDOOR},
    )
    await run(hass, freezer, 5, watts=watts, heat=heat)
    state = hass.states.get(COP).state
    assert state == STATE_UNKNOWN or float(state) < 20


async def test_two_counters_make_the_cop(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """A counter of heat beside one of electricity: their growth is compared."""
    set_energy(hass, 500)
    set_heat_energy(hass, 2000)
    await add_system(hass, UNIT, data={"energy": ENERGY, "thermal_energy": HEAT_ENERGY})
    for step in range(1, 9):
        await pass_time(hass, freezer, minutes=15)
        set_energy(hass, 500 + 0.25 * step)
        set_heat_energy(hass, 2000 + 0.85 * step)
    set_heat_energy(hass, "none")
    set_heat_energy(hass, 2006.8, last_reset="2026-01-01T00:00:00+00:00")
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, THERMAL) == pytest.approx(6.8, abs=0.01)
    assert number(hass, SEASONAL) == pytest.approx(3.4, abs=0.01)
    assert number(hass, COP) == pytest.approx(3.4, abs=0.05)
    assert hass.states.get(COP).attributes["basis"] == "metered"
    # The heat of the moment is not metered by a counter.
    assert hass.states.get(OWN_HEAT).attributes["basis"] == "estimated"


async def test_with_a_power_meter_the_model_tells_the_heat(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """An estimate, marked so, with its uncertainty; the COP never beats Carnot."""
    set_power(hass, 800)
    await add_system(
        hass,
        UNIT,
        data={
            "power": POWER,
            "outdoor_temperature": OUTDOOR,
            "ratings": {"cop_8": 4.0, "cop_minus_8": 2.8, "heating_capacity": 4.0},
        },
    )
    await run(hass, freezer, 60, watts=800)
    state = hass.states.get(COP)
    assert 2.6 < float(state.state) < 4
    assert state.attributes == {
        **state.attributes,
        "basis": "estimated",
        "uncertainty": 20,
    }
    assert number(hass, OWN_HEAT) == pytest.approx(800 * float(state.state), rel=0.01)
    assert number(hass, THERMAL) == pytest.approx(
        number(hass, OWN_HEAT) / 1000, rel=0.05
    )
    assert number(hass, SEASONAL) == pytest.approx(float(state.state), rel=0.05)
    assert number(hass, EXPECTED) == pytest.approx(float(state.state), rel=0.03)

    mild = float(state.state)
    set_outdoor(hass, -15)
    await run(hass, freezer, 2, watts=800)
    assert number(hass, COP) < mild


async def test_ducts_take_from_what_is_delivered(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """The same machine with a quarter lost in its ducts delivers three quarters."""
    set_power(hass, 800)
    heats = []
    for loss in (0, 25):
        entry = await add_system(
            hass,
            UNIT,
            data={
                "family": "ducted_air_source",
                "power": POWER,
                "outdoor_temperature": OUTDOOR,
                "ratings": {"duct_loss": loss},
            },
        )
        await run(hass, freezer, 2, watts=800)
        heats.append(number(hass, OWN_HEAT))
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    assert heats[1] == pytest.approx(0.75 * heats[0], rel=0.01)


async def test_with_no_meter_all_is_estimated(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Its uncertainty is that of the power and of the COP together."""
    await add_system(hass, UNIT, data={"outdoor_temperature": OUTDOOR})
    await pass_time(hass, freezer, minutes=60)
    assert hass.states.get(OWN_HEAT).attributes["uncertainty"] == 76
    assert hass.states.get("sensor.heat_pump_power").attributes["uncertainty"] == 70
    assert number(hass, THERMAL) > 0.5
    assert 1.5 < number(hass, SEASONAL) < 6


async def test_what_a_late_source_tells_is_shown_at_once(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """After a restart a bridge's sensors come late: no minute is waited for, nor guessed."""
    set_outdoor(hass, STATE_UNAVAILABLE)
    set_power(hass, 1000)
    set_heat(hass, STATE_UNAVAILABLE)
    await add_system(
        hass,
        UNIT,
        data={"power": POWER, "heat_output": HEAT, "outdoor_temperature": OUTDOOR},
    )
    assert hass.states.get(OWN_HEAT).state == STATE_UNAVAILABLE
    assert hass.states.get(COP).state == STATE_UNKNOWN
    set_heat(hass, 3200)
    set_outdoor(hass, -5)
    await hass.async_block_till_done()
    assert number(hass, OWN_HEAT) == 3200
    assert number(hass, COP) == pytest.approx(3.2)
    assert hass.states.get(EXPECTED).attributes["outdoor_basis"] == "sensor"

    # One that is gone shows no old figure.
    set_heat(hass, STATE_UNAVAILABLE)
    await hass.async_block_till_done()
    assert hass.states.get(OWN_HEAT).state == STATE_UNAVAILABLE

    # A known figure waits for the minute, as all do.
    set_heat(hass, 3000)
    set_heat(hass, 2800)
    await hass.async_block_till_done()
    assert number(hass, OWN_HEAT) == 3000
    await pass_time(hass, freezer, minutes=1)
    assert number(hass, OWN_HEAT) == 2800


async def test_an_estimate_follows_where_outdoors_is_from_at_once(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """The thermometer that comes late after a restart changes what was assumed."""
    set_outdoor(hass, STATE_UNAVAILABLE)
    await add_system(hass, UNIT, data={"outdoor_temperature": OUTDOOR})
    assumed = number(hass, "sensor.heat_pump_power")
    set_outdoor(hass, -15)
    await hass.async_block_till_done()
    assert number(hass, "sensor.heat_pump_power") != assumed


async def test_a_unit_that_told_no_mode_yet_is_not_off(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """A bridge has its units there a moment before it tells what they do."""
    unit.set(hvac_mode=None, hvac_action=None)
    await hass.async_block_till_done()
    assert hass.states.get(UNIT).state == STATE_UNKNOWN
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"power": POWER})
    running = "binary_sensor.heat_pump_running"
    assert hass.states.get(running).state == STATE_UNAVAILABLE
    assert hass.states.get(OWN_HEAT).state == STATE_UNAVAILABLE
    assert number(hass, "sensor.heat_pump_power") == 1000
    unit.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    await hass.async_block_till_done()
    assert hass.states.get(running).state == "on"
    assert number(hass, OWN_HEAT) > 1500


async def test_outdoors_falls_back_and_says_so(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """The sensor, then the weather, then what is usual at this place."""
    await add_system(hass, UNIT, data={"outdoor_temperature": OUTDOOR})

    def basis() -> str:
        return str(hass.states.get(EXPECTED).attributes["outdoor_basis"])

    assert basis() == "sensor"
    hass.states.async_set(
        "weather.home", "sunny", {"temperature": 2, "temperature_unit": "°C"}
    )
    set_outdoor(hass, STATE_UNAVAILABLE)
    await pass_time(hass, freezer, minutes=1)
    assert basis() == "weather"
    hass.states.async_set("weather.home", STATE_UNAVAILABLE)
    await pass_time(hass, freezer, minutes=1)
    assert basis() == "climate_normals"
    assert 1 < number(hass, EXPECTED) < 6

    # In the sun it shows far more than the weather report.
    hass.states.async_set(
        "weather.home", "sunny", {"temperature": -2, "temperature_unit": "°C"}
    )
    set_outdoor(hass, 19)
    await pass_time(hass, freezer, minutes=1)
    assert basis() == "weather"
    set_outdoor(hass, -1)
    await pass_time(hass, freezer, minutes=1)
    assert basis() == "sensor"


async def test_a_weather_entity_is_a_source_of_its_own(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """And below the unit's limit nothing is expected."""
    hass.states.async_set(
        "weather.home", "snowy", {"temperature": -40, "temperature_unit": "°C"}
    )
    await add_system(
        hass,
        UNIT,
        data={
            "outdoor_temperature": "weather.home",
            "ratings": {"minimum_outdoor_temperature": -25},
        },
    )
    state = hass.states.get(EXPECTED)
    assert state.attributes["outdoor_basis"] == "weather"
    assert state.state == STATE_UNKNOWN


async def test_counts_survive_a_reload(
    hass: HomeAssistant,
    unit: FullClimate,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    """And what cannot be read begins anew, without the rest."""
    set_power(hass, 1000)
    set_heat(hass, 3000)
    set_heat_energy(hass, 10)
    entry = await add_system(
        hass,
        UNIT,
        data={"power": POWER, "heat_output": HEAT, "thermal_energy": HEAT_ENERGY},
    )
    for minute in range(1, 61):
        set_heat_energy(hass, 10 + 0.05 * minute)
        await run(hass, freezer, 1, watts=1000, heat=3000)
    thermal, season = number(hass, THERMAL), number(hass, SEASONAL)
    assert thermal == pytest.approx(3.0, abs=0.06)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert number(hass, THERMAL) == pytest.approx(thermal, abs=0.01)
    assert number(hass, SEASONAL) == pytest.approx(season, abs=0.01)

    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "thermal_energy": "sensor.other_heat"}
    )
    await hass.async_block_till_done()
    assert number(hass, THERMAL) == pytest.approx(thermal, abs=0.01)

    energy = number(hass, "sensor.heat_pump_energy")
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage["klima.counted"]["data"][entry.entry_id]["efficiency"] = {
        "lifetime": 3
    }
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert number(hass, THERMAL) == 0
    assert number(hass, "sensor.heat_pump_energy") == pytest.approx(energy, abs=0.05)


async def test_a_lasting_drop_is_told(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """After days, with the figures; taken back when the COP is back, or the system gone."""
    entry = await add_metered(hass, watts=1000, heat=2000, outdoor_temperature=OUTDOOR)
    registry = ir.async_get(hass)

    def issues() -> list[ir.IssueEntry]:
        return [
            i for i in registry.issues.values() if i.translation_key == "cop_dropped"
        ]

    expected = number(hass, EXPECTED)

    async def day(share: float) -> None:
        await run(hass, freezer, 40, watts=1000, heat=1000 * share * expected)
        freezer.tick(timedelta(hours=23, minutes=20))
        await pass_time(hass, freezer, minutes=1)

    for _ in range(5):
        await day(1.0)
    assert issues() == []
    for _ in range(4):
        await day(0.5)
    (issue,) = issues()
    assert issue.severity is ir.IssueSeverity.WARNING
    assert not issue.is_fixable
    assert issue.translation_placeholders is not None
    assert float(issue.translation_placeholders["percent"]) > 25
    for _ in range(2):
        await day(1.0)
    assert issues() == []
    for _ in range(4):
        await day(0.5)
    assert issues()
    await hass.config_entries.async_remove(entry.entry_id)
    assert issues() == []


# Savings


async def test_savings_against_resistance_and_gas(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Money since the month began, with the energy and the CO2 beside it."""
    set_power(hass, 1000)
    set_heat(hass, 3000)
    hass.states.async_set("sensor.grid", "30", {"unit_of_measurement": "gCO2eq/kWh"})
    entry = await add_system(
        hass,
        UNIT,
        data={
            "power": POWER,
            "heat_output": HEAT,
            "price": 0.10,
            "grid_co2_entity": "sensor.grid",
        },
    )
    assert float(hass.states.get(SAVINGS).state) == 0
    await run(hass, freezer, 60, watts=1000, heat=3000)
    state = hass.states.get(SAVINGS)
    assert float(state.state) == pytest.approx(0.20, abs=0.02)
    assert state.attributes["last_reset"] == "2026-11-01T04:00:00+00:00"
    assert state.attributes["unit_of_measurement"] == "CAD"
    assert state.attributes["reference"] == "resistance"
    assert state.attributes["saved_energy"] == pytest.approx(2.0, abs=0.1)
    assert state.attributes["saved_co2"] == pytest.approx(0.1, abs=0.05)

    hass.config_entries.async_update_entry(
        entry,
        data={
            **entry.data,
            "savings": {
                "reference": "gas",
                "fuel_price": 0.50,
                "fuel_unit": "m3",
                "afue": 90,
                "grid_co2": 30,
            },
        },
    )
    await hass.async_block_till_done()
    state = hass.states.get(SAVINGS)
    assert state.attributes["reference"] == "gas"
    would = 2.95 / 0.9 * 0.50 / 10.73
    assert float(state.state) == pytest.approx(would - 0.098, abs=0.02)

    # A new month begins anew.
    freezer.move_to("2026-12-01T00:00:30-05:00")
    await pass_time(hass, freezer, minutes=2)
    state = hass.states.get(SAVINGS)
    assert state.attributes["last_reset"] == "2026-12-01T05:00:00+00:00"
    assert float(state.state) == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("state", "unit_of_measurement", "kg"),
    [("0.4", "kgCO2/kWh", 0.4), ("400", "g/kWh", 0.4), ("unknown", "g/kWh", None)],
)
async def test_the_grid_s_co2_is_read_in_its_unit(
    hass: HomeAssistant,
    unit: FullClimate,
    state: str,
    unit_of_measurement: str,
    kg: float | None,
) -> None:
    """Grams and kilograms are told apart; nothing is made up."""
    hass.states.async_set(
        "sensor.grid", state, {"unit_of_measurement": unit_of_measurement}
    )
    entry = await add_system(
        hass, UNIT, data={"price": 0.1, "grid_co2_entity": "sensor.grid"}
    )
    assert entry.runtime_data.efficiency.assumptions().grid_co2 == kg


async def test_what_only_cools_saves_nothing_of_heat(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Its sensor is disabled, until it is compared with what cools as well."""
    unit = CoolingClimate()
    await async_add_units(hass, unit)
    set_power(hass, 0)
    entry = await add_system(
        hass,
        "climate.window_unit",
        data={"family": "air_conditioner", "price": 0.1, "power": POWER},
    )
    assert hass.states.get(SAVINGS) is None
    assert er.async_get(hass).async_get(SAVINGS).disabled
    assert hass.states.get(EXPECTED) is not None

    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "savings": {"reference": "ducted_heat_pump"}}
    )
    await hass.async_block_till_done()
    unit.set(hvac_mode=HVACMode.COOL, hvac_action=HVACAction.COOLING)
    await run(hass, freezer, 61, watts=1000)
    # Behind ducts that lose a fifth it would have taken a quarter more.
    assert number(hass, SAVINGS) == pytest.approx(0.1 * 0.25, abs=0.006)


async def test_a_tank_s_heat_is_of_its_water(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Its source is the room that it stands in, where a sensor tells."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    set_outdoor(hass, 14)
    set_power(hass, 450)
    await add_system(
        hass,
        "water_heater.tank",
        data={
            "family": "heat_pump_water_heater",
            "power": POWER,
            "outdoor_temperature": OUTDOOR,
        },
    )
    tank.set(current_temperature=42)
    await hass.async_block_till_done()
    await run(hass, freezer, 10, watts=450)
    assert 2 < number(hass, COP) < 5
    assert number(hass, THERMAL) > 0.1


async def cops_beside_a_tank(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unit: FullClimate,
    tank: FullWaterHeater,
    **ratings: float,
) -> tuple[MockConfigEntry, float, float]:
    """Return a system of rooms and a tank, its COP for the rooms, and for the water."""
    unit.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    tank.set(current_operation="off")
    set_outdoor(hass, 7)
    set_power(hass, 1500)
    entry = await add_system(
        hass,
        UNIT,
        "water_heater.tank",
        data={
            "family": "ducted_air_source",
            "power": POWER,
            "outdoor_temperature": OUTDOOR,
            "ratings": {"heating_capacity": 7.0, **ratings},
        },
    )
    await run(hass, freezer, 3, watts=1500)
    rooms = number(hass, COP)
    unit.set(hvac_mode=HVACMode.OFF, hvac_action=HVACAction.OFF)
    tank.set(current_operation="eco", current_temperature=42, target_temperature=50)
    await hass.async_block_till_done()
    await run(hass, freezer, 3, watts=1500)
    return entry, rooms, number(hass, COP)


async def test_a_tank_beside_rooms_is_seen(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """A heat pump to water: its hot water costs more electricity than its rooms."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    _, rooms, water = await cops_beside_a_tank(hass, freezer, unit, tank, duct_loss=0)
    assert 2.3 < water < 3.3 < rooms < 5
    assert hass.states.get(COP).attributes["uncertainty"] == 40


async def test_a_tank_s_heat_runs_through_no_ducts(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Ducts take from the rooms alone; water that heats rooms has none unless told."""
    tank = FullWaterHeater()
    await async_add_units(hass, tank)
    figures = []
    for loss in ({}, {"duct_loss": 0}, {"duct_loss": 25}):
        entry, *cops = await cops_beside_a_tank(hass, freezer, unit, tank, **loss)
        figures.append(cops)
        family = hass.states.get("sensor.heat_pump_heat_pump_type")
        assert family.attributes["duct_loss"] == loss.get("duct_loss", 0) / 100
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    untold, none, quarter = figures
    assert untold == none
    assert quarter == [pytest.approx(0.75 * none[0], rel=0.01), none[1]]


async def test_cooling_is_as_sure_as_its_own_rating(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """A rated COP of heating makes that of cooling no surer."""
    unit.set(hvac_mode=HVACMode.COOL, hvac_action=HVACAction.COOLING)
    set_outdoor(hass, 30)
    for ratings, percent in (({"cop_8": 3.8}, 50), ({"eer2": 12.0}, 40)):
        entry = await add_system(
            hass, UNIT, data={"outdoor_temperature": OUTDOOR, "ratings": ratings}
        )
        await pass_time(hass, freezer, minutes=2)
        assert hass.states.get(COP).attributes["uncertainty"] == percent
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()


# Programmes


async def test_counts_the_programmes_that_it_meets(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """In the home's country, with an old status said to be old."""
    await add_system(hass, UNIT, data={"ratings": {"cooling_capacity": 4.0}})
    state = hass.states.get(PROGRAMMES)
    assert state.state == "1"
    assert state.attributes["met"] == ["LogisVert (Hydro-Québec)"]
    assert state.attributes["old_status"] == ["LogisVert (Hydro-Québec)"]
    assert state.attributes["country"] == "CA"
    changed = state.last_updated
    await pass_time(hass, freezer, minutes=5)
    assert hass.states.get(PROGRAMMES).last_updated == changed


async def test_rebates_are_judged(hass: HomeAssistant, unit: FullClimate) -> None:
    """Meets, falls short, lacks a figure, or cannot be judged; and how old that is."""
    await add_system(hass, UNIT, data={"ratings": {"seer2": 15.0, "cop_minus_15": 1.8}})
    answer = await hass.services.async_call(
        "klima", "rebates", {"country": "us"}, blocking=True, return_response=True
    )
    assert answer["country"] == "US"
    found = {programme["id"]: programme for programme in answer["programmes"]}
    credit = found["us_25c"]
    assert (credit["status"], credit["ends"]) == ("closed", "2025-12-31")
    assert credit["result"] == "falls_short"
    assert credit["falls_short"] == [{"metric": "seer2", "by": 1.0, "unit": "BTU/Wh"}]
    assert set(credit["lacks"]) == {"eer2", "hspf2"}
    assert not credit["status_is_old"]
    assert found["us_ma_mass_save"]["result"] == "not_judged"
    assert found["us_ma_mass_save"]["status_is_old"]
    assert "2026-02-01" in found["us_ma_mass_save"]["warning"]
    assert "us_25c_water_heater" not in found
    assert "eligible" not in str(answer).replace("an eligible cold-climate", "")


# Actions


async def test_compares_with_everything(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """A row for each reference, what it assumes, and what is missing."""
    set_power(hass, 1000)
    set_heat(hass, 3000)
    entry = await add_system(
        hass,
        UNIT,
        data={
            "power": POWER,
            "heat_output": HEAT,
            "price": 0.10,
            "savings": {"reference": "oil", "fuel_price": 0.12, "afue": 82},
        },
    )
    await run(hass, freezer, 60, watts=1000, heat=3000)
    answer = await hass.services.async_call(
        "klima",
        "compare",
        {
            "config_entry_id": entry.entry_id,
            "gas_price": 0.05,
            "grid_co2": 30,
            "period": "season",
        },
        blocking=True,
        return_response=True,
    )
    assert answer["cop"] == pytest.approx(3.0, abs=0.01)
    assert answer["heat_basis"] == "metered"
    rows = {row["reference"]: row for row in answer["comparisons"]}
    assert set(rows) == {"resistance", "gas", "oil", "propane", "ducted_heat_pump"}
    heat, used = answer["heat_kwh"], answer["electricity_kwh"]
    assert rows["resistance"]["saved"] == pytest.approx(0.1 * (heat - used), abs=0.02)
    assert rows["gas"]["would_have_cost"] == pytest.approx(0.05 * heat / 0.8, abs=0.02)
    assert rows["gas"]["assumed"]["afue_basis"] == "typical"
    assert rows["oil"]["chosen"]
    assert rows["oil"]["assumed"]["afue"] == 0.82
    assert rows["oil"]["saved_co2_kg"] > 0.5
    assert rows["propane"]["missing"] == ["fuel_price"]
    assert rows["propane"]["saved"] is None
    assert rows["ducted_heat_pump"]["saved_kwh"] == pytest.approx(used / 4, abs=0.05)


async def test_a_season_begins_anew(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Its COP is unknown until enough was used; the lifetime stays."""
    await add_metered(hass, watts=1000, heat=3000)
    await run(hass, freezer, 30, watts=1000, heat=3000)
    thermal = number(hass, THERMAL)
    await hass.services.async_call("klima", "reset_season", {}, blocking=True)
    state = hass.states.get(SEASONAL)
    assert state.state == STATE_UNKNOWN
    assert state.attributes["since"].isoformat().startswith("2026-11-24T17:30")
    assert number(hass, THERMAL) >= thermal
    await run(hass, freezer, 30, watts=1000, heat=2500)
    assert number(hass, SEASONAL) == pytest.approx(2.5, abs=0.05)


async def test_an_action_needs_to_know_its_system(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """With none, or with several and none named."""
    entry = await add_system(hass, UNIT)
    await async_add_units(hass, FullClimate("bedroom", "Bedroom"))
    other = await add_system(hass, "climate.bedroom", title="Other")

    async def reset(**data: Any) -> None:
        await hass.services.async_call("klima", "reset_season", data, blocking=True)

    with pytest.raises(ServiceValidationError) as found:
        await reset()
    assert found.value.translation_key == "name_the_system"
    await reset(config_entry_id=other.entry_id)
    with pytest.raises(ServiceValidationError):
        await reset(config_entry_id="none")
    # A plan is of the same integration, and no system.
    plan = MockConfigEntry(domain="klima", title="Plan", data={"kind": "plan"})
    plan.add_to_hass(hass)
    plan.mock_state(hass, ConfigEntryState.LOADED)
    plan.runtime_data = None
    with pytest.raises(ServiceValidationError) as found:
        await reset(config_entry_id=plan.entry_id)
    assert found.value.translation_key == "not_a_system"
    await hass.config_entries.async_remove(plan.entry_id)
    await hass.config_entries.async_unload(other.entry_id)
    await reset()
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as found:
        await reset()
    assert found.value.translation_key == "no_system"


async def test_fahrenheit_is_read_as_such(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """Outdoors in °F makes the same of it as in °C."""
    set_outdoor(hass, -10)
    entry = await add_system(hass, UNIT, data={"outdoor_temperature": OUTDOOR})
    celsius = number(hass, EXPECTED)
    await hass.config_entries.async_unload(entry.entry_id)
    hass.states.async_set(
        OUTDOOR, "14", {"device_class": "temperature", "unit_of_measurement": "°F"}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert number(hass, EXPECTED) == pytest.approx(celsius, abs=0.01)


async def test_a_spike_in_the_sun_moves_nothing(
    hass: HomeAssistant, unit: FullClimate, freezer: FrozenDateTimeFactory
) -> None:
    """With no weather report either: it is held off for a quarter of an hour."""
    set_power(hass, 800)
    await add_system(hass, UNIT, data={"power": POWER, "outdoor_temperature": OUTDOOR})
    await run(hass, freezer, 3, watts=800)
    before = number(hass, COP)
    set_outdoor(hass, 41)
    await run(hass, freezer, 3, watts=800)
    assert number(hass, COP) == pytest.approx(before, abs=0.02)
    set_outdoor(hass, 0.5)
    await run(hass, freezer, 3, watts=800)
    assert number(hass, COP) == pytest.approx(before, abs=0.1)


async def test_what_only_cools_heats_in_no_mode(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The `auto` of a window unit rests its fan: a cool room is not heated."""
    modes = [HVACMode.OFF, HVACMode.COOL, HVACMode.DRY, HVACMode.AUTO]
    unit = PlainClimate(
        "window",
        "Window unit",
        hvac_modes=modes,
        hvac_mode=HVACMode.AUTO,
        current_temperature=19.0,
        target_temperature=24.0,
    )
    await async_add_units(hass, unit)
    set_outdoor(hass, 30)
    await add_system(
        hass,
        "climate.window_unit",
        data={"family": "air_conditioner", "outdoor_temperature": OUTDOOR},
    )
    await pass_time(hass, freezer, minutes=30)
    assert number(hass, OWN_HEAT) == 0
    assert number(hass, "sensor.heat_pump_power") < 10
    assert hass.states.get("binary_sensor.heat_pump_running").state == "off"

    unit.set(current_temperature=27.0)
    await pass_time(hass, freezer, minutes=30)
    assert number(hass, OWN_HEAT) < -1000
    assert number(hass, "sensor.heat_pump_cooling_energy") > 0.4


async def test_a_thermostat_of_a_tank_is_one(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Water carries the heat, whether the tank is a climate entity or a water heater."""
    set_outdoor(hass, 0)
    set_power(hass, 2500)
    shown: dict[str, tuple[float, float]] = {}
    water = PlainClimate(
        "dhw",
        "Hot water",
        hvac_modes=[HVACMode.OFF, HVACMode.HEAT],
        min_temp=30,
        max_temp=60,
        current_temperature=42.0,
        target_temperature=50.0,
    )
    tank, rooms = FullWaterHeater(), FullClimate()
    await async_add_units(hass, rooms, water, tank)
    for name in ("climate.hot_water", "water_heater.tank"):
        entry = await add_system(
            hass,
            UNIT,
            name,
            data={
                "family": "ground_source",
                "power": POWER,
                "outdoor_temperature": OUTDOOR,
                "ratings": {"heating_capacity": 10.0},
            },
        )
        rooms.set(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
        tank.set(current_operation="off")
        water.set(hvac_mode=HVACMode.OFF)
        await run(hass, freezer, 3, watts=2500)
        of_rooms = number(hass, COP)
        rooms.set(hvac_mode=HVACMode.OFF, hvac_action=HVACAction.OFF)
        tank.set(current_operation="eco", current_temperature=42, target_temperature=50)
        water.set(hvac_mode=HVACMode.HEAT)
        await run(hass, freezer, 3, watts=2500)
        shown[name] = of_rooms, number(hass, COP)
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
    of_climate, of_tank = shown.values()
    assert of_climate == of_tank
    assert of_climate[0] > of_climate[1] > 2


async def test_no_programme_is_known_of_a_country(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """That is no 0 of those that it meets."""
    hass.config.country = "JP"
    await add_system(hass, UNIT, data={"ratings": {"cooling_capacity": 4.0}})
    assert hass.states.get(PROGRAMMES).state == STATE_UNKNOWN
    assert hass.states.get(PROGRAMMES).attributes["met"] == []
