"""What a unit of each family has where nothing better is known of it.

Middle values of units on the market: engineering assumptions, unless a source is
named, and always shown as typical.
"""

from dataclasses import dataclass

from .family import Family

WATER_FLOW = 35.0
"""°C of the flow at which heat pumps to water are rated (EN 14511, low temperature)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalFigures:
    """What a unit of a family has where nothing better is known.

    Capacities in kW, `heating` a map of °C at the source to COP, `cooling` the
    COP at 35 °C outdoors, `source` the °C of a source that is not outdoor air,
    `fan` and `standby` in W, `least_load` the share of full load below which the
    compressor cycles, `working_load` the least at which it usually works, cycling or
    not, `sizing` the share of its capacity that its home needs on
    the design day, ducts included. Middle values of units on the market: engineering
    assumptions, always shown as typical.
    """

    heating_capacity: float
    cooling_capacity: float
    heating: dict[float, float]
    cooling: float | None
    fan: float
    standby: float
    source: float | None = None
    least_load: float = 0.25
    working_load: float = 0.0
    sizing: float = 0.85


HEAD_HEATING, HEAD_COOLING = 2.2, 2.0
"""kW of the outdoor unit of a multi-split for each of its indoor units (assumptions).

Those of three have some 7 kW, those of five 10 to 12, and a VRF of eight some 20: one
alone is larger than its share.
"""


TYPICAL: dict[Family, TypicalFigures] = {
    Family.MINI_SPLIT: TypicalFigures(
        heating_capacity=4.0,
        cooling_capacity=3.5,
        heating={-15.0: 2.0, -8.3: 2.5, 8.3: 3.8},
        cooling=3.6,
        fan=25.0,
        standby=5.0,
    ),
    Family.DUCTED_AIR_SOURCE: TypicalFigures(
        heating_capacity=10.5,
        cooling_capacity=10.5,
        heating={-15.0: 1.8, -8.3: 2.3, 8.3: 3.5},
        cooling=3.4,
        fan=300.0,
        standby=15.0,
        working_load=0.45,
        sizing=1.0,
    ),
    Family.GROUND_SOURCE: TypicalFigures(
        heating_capacity=10.5,
        cooling_capacity=10.5,
        heating={0.0: 3.6},
        cooling=5.0,
        fan=300.0,
        standby=15.0,
        source=5.0,
        working_load=0.35,
        sizing=0.8,
    ),
    Family.WATER_SOURCE: TypicalFigures(
        heating_capacity=10.5,
        cooling_capacity=10.5,
        heating={10.0: 4.2},
        cooling=5.0,
        fan=300.0,
        standby=15.0,
        source=12.0,
        working_load=0.35,
        sizing=0.75,
    ),
    Family.HEAT_PUMP_WATER_HEATER: TypicalFigures(
        heating_capacity=1.6,
        cooling_capacity=1.6,
        heating={19.7: 3.3},
        cooling=None,
        fan=0.0,
        standby=3.0,
        source=19.7,
        least_load=1.0,
    ),
    Family.AIR_CONDITIONER: TypicalFigures(
        heating_capacity=3.5,
        cooling_capacity=3.5,
        heating={},
        cooling=3.3,
        fan=40.0,
        standby=3.0,
        # Most of what only cools has one compressor of one speed.
        least_load=1.0,
    ),
}

WATER_HEATING: dict[Family, dict[float, float]] = {
    Family.DUCTED_AIR_SOURCE: {-15.0: 1.85, -8.3: 2.3, 8.3: 3.85},
    Family.GROUND_SOURCE: {0.0: 4.2},
    Family.WATER_SOURCE: {10.0: 5.2},
}
"""Typical COPs of what heats water, at `WATER_FLOW`, by °C at the source.

Their level is that of every other home of benchmarks/field.py (air), which is
tested on the rest of them.
"""

WATER_WORKING_LOAD = 0.55
"""`working_load` of an air-source unit that heats water: of the same homes."""
