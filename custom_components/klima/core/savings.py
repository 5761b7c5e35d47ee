"""What a heat pump saves against what would else have made the same heat.

Heat is the kWh delivered; amounts are in the home's currency, CO2 in kg.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .heat import Amounts


class Reference(StrEnum):
    """What would else have made the heat."""

    RESISTANCE = "resistance"
    GAS = "gas"
    OIL = "oil"
    PROPANE = "propane"
    DUCTED_HEAT_PUMP = "ducted_heat_pump"


FUELS = (Reference.GAS, Reference.OIL, Reference.PROPANE)

MMBTU = 293.07107
"""kWh in a million BTU."""

FUEL_CO2 = {
    Reference.GAS: 53.07 / MMBTU,
    Reference.OIL: 73.16 / MMBTU,
    Reference.PROPANE: 63.07 / MMBTU,
}
"""kg of CO2 in the burning of a kWh of fuel.

EIA, "Carbon Dioxide Emissions Coefficients" (2 February 2016): 53.07, 73.16 and
63.07 kg a million BTU of natural gas, heating oil and propane.
"""

TYPICAL_AFUE = {Reference.GAS: 0.80, Reference.OIL: 0.80, Reference.PROPANE: 0.80}
"""Share of its fuel that a furnace delivers, where the user does not say.

0.80 is what the US have asked of gas furnaces since 2015 (10 CFR 430.32 (e)). Of those
of oil they have asked 0.83 since 2013, which older ones do not reach (an assumption).
"""


class FuelUnit(StrEnum):
    """What a fuel's price is for."""

    KWH = "kwh"
    CUBIC_METRE = "m3"
    THERM = "therm"
    GIGAJOULE = "gj"
    LITRE = "l"
    US_GALLON = "gal"


_LITRES_A_GALLON = 3.785411784
_CUBIC_FEET_A_METRE = 35.314667

_GAS_BTU_A_CUBIC_FOOT = 1037.0
_BTU_A_GALLON = {Reference.OIL: 138_500.0, Reference.PROPANE: 91_452.0}
"""EIA, "Units and calculators explained" (the figures of 2019 and 2020)."""


def fuel_kwh(reference: Reference, unit: FuelUnit) -> float | None:
    """Return the kWh (of the higher heating value) in a unit of fuel.

    None where a fuel is not sold by the unit.
    """
    match unit:
        case FuelUnit.KWH:
            return 1.0
        case FuelUnit.THERM:
            return MMBTU / 10
        case FuelUnit.GIGAJOULE:
            return 1000 / 3.6
        case FuelUnit.CUBIC_METRE:
            if reference is not Reference.GAS:
                return None
            return _GAS_BTU_A_CUBIC_FOOT * _CUBIC_FEET_A_METRE / 1e6 * MMBTU
    gallon = _BTU_A_GALLON.get(reference)
    if gallon is None:
        return None
    kwh = gallon / 1e6 * MMBTU
    return kwh if unit is FuelUnit.US_GALLON else kwh / _LITRES_A_GALLON


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What a comparison rests on.

    `fuel_price` is the price of a kWh of fuel, `afue` the share of it that a
    furnace delivers, `duct_loss` that of the ducted heat pump's heat that is
    lost, `grid_co2` kg for a kWh of electricity.
    """

    fuel_price: float | None = None
    afue: float | None = None
    duct_loss: float = 0.20
    own_duct_loss: float = 0.0
    grid_co2: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a reference would have taken, less what the system took.

    `kwh` is what it would have bought, electricity or fuel, `saved_kwh` that less
    the system's electricity. What cannot be told for want of a figure is None.
    """

    reference: Reference
    kwh: float
    cost: float | None
    co2: float | None
    saved_kwh: float
    saved_cost: float | None
    saved_co2: float | None


def compare(
    reference: Reference, amounts: Amounts, cost: float | None, assumed: Assumptions
) -> Comparison:
    """Compare a system with a reference over what was counted.

    `cost` is what the system's electricity for what is compared cost. Furnaces
    and resistance do not cool: only heating is compared with them.
    """
    if reference is Reference.DUCTED_HEAT_PUMP:
        # The same machine behind ducts: it would have moved more for the same.
        own = 1 - assumed.own_duct_loss
        more = own / (1 - assumed.duct_loss)
        used = amounts.electricity_heating + amounts.electricity_cooling
        kwh = used * more
    else:
        used = amounts.electricity_heating
        kwh = amounts.heating
    price = cost / used if cost is not None and used > 0 else None
    grid = assumed.grid_co2
    own_co2 = None if grid is None else grid * used
    if reference in FUELS:
        afue = assumed.afue or TYPICAL_AFUE[reference]
        kwh /= afue
        would = None if assumed.fuel_price is None else kwh * assumed.fuel_price
        co2: float | None = kwh * FUEL_CO2[reference]
    else:
        # Of no heat it would have bought nothing, whatever that costs.
        would = (price or 0.0) * kwh if price is not None or kwh == 0 else None
        co2 = None if grid is None else kwh * grid
    return Comparison(
        reference=reference,
        kwh=kwh,
        cost=would,
        co2=co2,
        saved_kwh=kwh - used,
        saved_cost=None if would is None or cost is None else would - cost,
        saved_co2=None if co2 is None or own_co2 is None else co2 - own_co2,
    )


def assumptions_used(
    reference: Reference, assumed: Assumptions
) -> Mapping[str, float | str]:
    """Return what a comparison assumed, by its name."""
    used: dict[str, float | str] = {}
    if reference in FUELS:
        used["afue"] = assumed.afue or TYPICAL_AFUE[reference]
        used["afue_basis"] = "given" if assumed.afue else "typical"
        used["fuel_co2_kg_per_kwh"] = round(FUEL_CO2[reference], 4)
        if assumed.fuel_price is not None:
            used["fuel_price_per_kwh"] = round(assumed.fuel_price, 5)
    if reference is Reference.DUCTED_HEAT_PUMP:
        used["duct_loss"] = assumed.duct_loss
    if assumed.grid_co2 is not None:
        used["grid_co2_kg_per_kwh"] = assumed.grid_co2
    return used
