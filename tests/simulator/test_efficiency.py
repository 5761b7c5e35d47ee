"""What the core makes of simulated units over days, against what truly happened."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.calibration import (
    cop_uncertainty,
    heat_uncertainty,
    power_uncertainty,
)
from custom_components.klima.core.estimate import Operation, estimate, indoor_of
from custom_components.klima.core.family import Family
from custom_components.klima.core.performance import Performance, performance
from custom_components.klima.core.ratings import BTU_PER_WH, Ratings

from .physics import (
    Simulation,
    Split,
    Unit,
    WaterHeater,
    air_conditioner,
    ducted,
    ground_source,
    mini_split,
    water_source,
)
from .weather import Weather

STEP = 60.0
DAYS = 2


@dataclass
class Counted:
    """Energy in kWh: the truth, the model's from metered power, and the estimate's."""

    electricity: float = 0.0
    heat: float = 0.0
    modelled_heat: float = 0.0
    estimated_electricity: float = 0.0
    estimated_heat: float = 0.0


def operations(
    unit: Unit, outdoor: float, lowest: dict[str, float], started: float
) -> list[Operation]:
    """Return what Home Assistant would see of a unit."""
    if isinstance(unit, WaterHeater):
        water = unit.tank.temperature
        if unit.action != "heating":
            lowest.clear()
        else:
            lowest[unit.key] = min(lowest.get(unit.key, water), water)
        return [
            Operation(
                activity=Activity(unit.action),
                room=unit.tank.temperature,
                target=unit.target,
                outdoor=unit.room.temperature,
                mode=unit.mode,
                lowest=lowest.get(unit.key),
            )
        ]
    return [
        Operation(
            activity=Activity(head.action),
            room=head.room.temperature,
            target=head.target,
            outdoor=outdoor,
            started=started,
        )
        for head in unit.heads
    ]


def run(unit: Unit, model: Performance, mean: float, mode: str) -> Counted:
    """Let two days pass, a minute at a time."""
    simulation = Simulation(
        weather=Weather(mean=mean, daily_swing=5), units=[unit], max_step_s=10
    )
    if isinstance(unit, Split):
        for head in unit.heads:
            unit.set_mode(head, mode)
            if mode == "cool":
                head.set_target(24)
        if unit.source is not None and mode == "cool":
            # A loop is warmed by the summer's heat, up to what it is rated at.
            unit.source = unit.outdoor.nameplate.cooling_rated_at
    counted = Counted()
    before, heat_before = 0.0, 0.0
    lowest: dict[str, float] = {}
    started, before_activity = 0.0, Activity.OFF
    for _ in range(int(DAYS * 86_400 / STEP)):
        simulation.advance(STEP)
        outdoor = simulation.outdoor_temperature
        seen = operations(unit, outdoor, lowest, started)
        totals = unit.totals
        used = (totals.electric - before) / STEP
        before = totals.electric
        heat = totals.heating + totals.cooling
        counted.heat += (heat - heat_before) / 3.6e6
        heat_before = heat
        counted.electricity += used * STEP / 3.6e6
        activity = next(
            (o.activity for o in seen if o.activity is not Activity.IDLE), Activity.IDLE
        )
        if activity not in (Activity.IDLE, Activity.OFF, Activity.FAN):
            source = seen[0].outdoor
            counted.modelled_heat += (
                model.at(activity, source, indoor_of(activity, seen[0].room)).heat_of(
                    used
                )
                * STEP
                / 3.6e6
            )
        started = started + STEP if activity is before_activity else 0.0
        before_activity = activity
        guess = estimate(model, seen)
        counted.estimated_electricity += guess.watts * STEP / 3.6e6
        counted.estimated_heat += abs(guess.heat) * STEP / 3.6e6
    return counted


UNITS: list[tuple[Callable[[], Unit], Family, Ratings]] = [
    (
        mini_split,
        Family.MINI_SPLIT,
        Ratings(heating_capacity=4.2, cooling_capacity=3.5, cop_8=3.8),
    ),
    (
        ducted,
        Family.DUCTED_AIR_SOURCE,
        Ratings(heating_capacity=10.5, cooling_capacity=10, cop_8=3.3),
    ),
    (
        ground_source,
        Family.GROUND_SOURCE,
        Ratings(heating_capacity=10, cooling_capacity=10.5, cop_8=3.7),
    ),
    (
        water_source,
        Family.WATER_SOURCE,
        Ratings(heating_capacity=10.5, cooling_capacity=10.5, cop_8=4.4),
    ),
    (
        air_conditioner,
        Family.AIR_CONDITIONER,
        Ratings(cooling_capacity=2.6, eer2=3.0 * BTU_PER_WH),
    ),
    (WaterHeater, Family.HEAT_PUMP_WATER_HEATER, Ratings(heating_capacity=1.5)),
]


@pytest.mark.parametrize(
    ("make", "family", "ratings"), UNITS, ids=[family.value for _, family, _ in UNITS]
)
@pytest.mark.parametrize("mean", [-12.0, 2.0, 28.0])
def test_figures_are_within_what_is_stated(
    make: Callable[[], Unit], family: Family, ratings: Ratings, mean: float
) -> None:
    """Heat from a metered power, and all of it with no meter."""
    if family is Family.AIR_CONDITIONER and mean < 20:
        return
    model = performance(family, ratings)
    counted = run(make(), model, mean, "cool" if mean > 20 else "heat")
    rated = model.cop_basis == "rated"
    of_cop = cop_uncertainty(rated=rated, cooling=mean > 20)
    of_power = power_uncertainty(metered=False, calibrated=False, rated=rated)
    assert counted.modelled_heat == pytest.approx(counted.heat, rel=of_cop)
    assert counted.estimated_electricity == pytest.approx(
        counted.electricity, rel=of_power
    )
    assert counted.estimated_heat == pytest.approx(
        counted.heat, rel=heat_uncertainty(of_power, of_cop)
    )
