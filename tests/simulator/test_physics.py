"""The simulated units keep to physics, so that what they teach can be trusted."""

import pytest

from .compressor import Direction, Nameplate, OutdoorUnit
from .physics import (
    Simulation,
    Split,
    WaterHeater,
    air_conditioner,
    all_units,
    ducted,
    mini_split,
    multi_split,
)
from .room import Room
from .weather import Weather

DAY = 86_400


def simulate(
    unit: Split | WaterHeater, outdoor: float, swing: float = 0.0
) -> Simulation:
    return Simulation(weather=Weather(mean=outdoor, daily_swing=swing), units=[unit])


def test_a_room_keeps_its_heat_whatever_the_step() -> None:
    fine, coarse = Room(), Room()
    for _ in range(3600):
        fine.step(1, -5, 2000)
    coarse.step(3600, -5, 2000)

    assert fine.temperature == pytest.approx(coarse.temperature, abs=1e-9)


def test_a_heated_room_settles_where_the_load_is_met() -> None:
    room = Room()
    room.step(100 * DAY, 0, room.load(0, 21))

    assert room.temperature == pytest.approx(21)


def test_cop_and_capacity_fall_with_the_outdoor_temperature() -> None:
    plate = Nameplate()
    outdoors = [-25, -15, -8.3, 0, 8.3, 15]
    cops = [plate.cop(Direction.HEATING, outdoor, 21, 1) for outdoor in outdoors]
    capacities = [plate.capacity(Direction.HEATING, outdoor) for outdoor in outdoors]

    assert cops == sorted(cops)
    assert capacities == sorted(capacities)
    assert plate.cop(Direction.HEATING, 8.3, 21, 1) == pytest.approx(plate.heating_cop)
    assert plate.cop(Direction.COOLING, 35, 26.7, 1) == pytest.approx(plate.cooling_cop)
    assert plate.capacity(Direction.HEATING, 8.3) == pytest.approx(
        plate.heating_capacity
    )


def test_an_inverter_is_better_at_part_load() -> None:
    plate = Nameplate()

    assert plate.cop(Direction.HEATING, 0, 21, 0.4) > plate.cop(
        Direction.HEATING, 0, 21, 1
    )


@pytest.mark.parametrize("outdoor", [-15, 2, 10])
def test_a_mini_split_holds_its_room_and_counts_truly(outdoor: float) -> None:
    unit = mini_split()
    head = unit.heads[0]
    head.set_mode("heat")
    simulation = simulate(unit, outdoor)
    simulation.advance(DAY)
    start = head.room.temperature
    before = unit.totals.heating

    stored = 0.0
    power = 0.0
    for _ in range(DAY // 5):
        indoor = head.room.temperature
        fan = head.fan_power
        simulation.advance(5)
        power += unit.power * 5
        stored += (
            head.room.gains + fan - (indoor - outdoor) / head.room.resistance
        ) * 5

    # What went into the room is what is stored there and what left it.
    delivered = unit.totals.heating - before
    gained = (head.room.temperature - start) * head.room.capacity
    assert delivered + stored == pytest.approx(gained, abs=0.02 * delivered)
    assert unit.totals.electric > power > 0
    assert 1 < unit.totals.heating_kwh / unit.totals.electric_heating_kwh < 6
    assert head.room.temperature > 18
    if outdoor >= 2:
        assert head.room.temperature == pytest.approx(21, abs=0.9)


def test_totals_split_into_heating_cooling_and_standby() -> None:
    unit = mini_split()
    simulation = simulate(unit, 5)
    simulation.advance(3600)
    assert unit.totals.electric == pytest.approx(
        3600 * unit.outdoor.nameplate.standby_power
    )
    assert unit.totals.electric_heating == 0

    unit.heads[0].set_mode("heat")
    simulation.advance(6 * 3600)
    totals = unit.totals
    assert totals.electric_heating > 0
    assert totals.electric_cooling == 0
    assert totals.electric > totals.electric_heating


def test_a_compressor_keeps_its_minimum_times_and_ramps() -> None:
    unit = OutdoorUnit()
    unit.step(1, Direction.HEATING, 4000, 8.3, 21)
    first = unit.speed
    unit.step(1, Direction.HEATING, 4000, 8.3, 21)
    assert first < unit.speed < first + 0.05

    ran = [unit.running for _ in range(300) if unit.step(1, None, 0, 8.3, 21) >= 0]
    assert sum(ran) == pytest.approx(180, abs=3)
    stood = [
        unit.running
        for _ in range(300)
        if unit.step(1, Direction.HEATING, 4000, 8.3, 21) >= 0
    ]
    assert ran.count(False) + stood.count(False) == pytest.approx(180, abs=2)


def test_defrost_takes_heat_from_the_room_and_shows() -> None:
    unit = mini_split()
    unit.heads[0].set_mode("heat")
    simulation = simulate(unit, 0)
    seen = set()
    for _ in range(1000):
        simulation.advance(30)
        seen.add(unit.heads[0].action)
        if unit.outdoor.defrosting:
            assert unit.heads[0].heat < 0
            assert unit.power > 100

    assert {"heating", "defrosting"} <= seen


def test_no_defrost_in_mild_weather() -> None:
    unit = mini_split()
    unit.heads[0].set_mode("heat")
    simulation = simulate(unit, 9)
    for _ in range(1000):
        simulation.advance(30)
        assert not unit.outdoor.defrosting


def test_a_multi_split_does_what_was_asked_first() -> None:
    unit = multi_split()
    simulation = simulate(unit, 5)
    bedroom, office, nursery = unit.heads
    unit.set_mode(bedroom, "heat")
    bedroom.set_target(30)
    simulation.advance(60)
    unit.set_mode(office, "cool")
    office.set_target(16)
    simulation.advance(3600)

    assert bedroom.action == "heating"
    assert office.action == "idle"
    assert nursery.action == "off"
    assert unit.totals.cooling == 0
    assert sum(head.totals.heating for head in unit.heads) == pytest.approx(
        unit.totals.heating
    )

    unit.set_mode(bedroom, "off")
    simulation.advance(1200)
    assert office.action == "cooling"


def test_a_multi_split_may_refuse_the_conflict() -> None:
    unit = multi_split()
    unit.refuses_conflict = True
    bedroom, office, _ = unit.heads
    simulation = simulate(unit, 5)
    assert unit.set_mode(bedroom, "heat")
    simulation.advance(60)

    assert not unit.set_mode(office, "cool")
    assert office.mode == "off"


def test_a_range_heats_below_and_cools_above() -> None:
    unit = ducted()
    head = unit.heads[0]
    unit.set_mode(head, "heat_cool")
    head.set_range(20, 25)
    simulation = simulate(unit, 5)
    head.room.temperature = 17
    simulation.advance(1800)
    assert head.action == "heating"

    simulation.weather.mean = 33
    head.room.temperature = 28
    simulation.advance(3600)
    assert head.action == "cooling"


def test_an_air_conditioner_of_one_speed_cycles_and_never_heats() -> None:
    unit = air_conditioner()
    unit.set_mode(unit.heads[0], "cool")
    simulation = simulate(unit, 30)
    simulation.advance(DAY)

    assert unit.outdoor.starts > 5
    assert unit.totals.cooling > 0
    assert unit.totals.heating == 0
    assert not unit.set_mode(unit.heads[0], "heat")


def test_a_water_heater_keeps_its_water_hot_and_its_modes_differ() -> None:
    spent = {}
    for mode in ("heat_pump", "electric"):
        unit = WaterHeater()
        unit.set_mode(mode)
        simulate(unit, 5).advance(3 * DAY)
        spent[mode] = unit.totals.electric_kwh
        assert unit.tank.temperature > 38

    assert spent["heat_pump"] < 0.6 * spent["electric"]


def test_a_water_heater_that_is_off_cools_down() -> None:
    unit = WaterHeater()
    unit.set_mode("off")
    simulate(unit, 5).advance(2 * DAY)

    assert unit.tank.temperature < 30
    assert unit.totals.electric_heating == 0


def test_a_day_of_every_unit_steps_fast() -> None:
    simulation = Simulation(units=all_units())
    simulation.advance(3600)

    assert simulation.time_s == pytest.approx(Simulation().time_s + 3600)
    assert simulation.split("mini_split").totals.electric > 0
    assert simulation.water_heater().totals.electric > 0
    assert simulation.head("multi_split_office").name == "Office"
