"""The configuration of a system, read from its config entry."""

from collections.abc import Mapping
from dataclasses import dataclass
import math
from typing import Any, Self

from homeassistant.core import valid_entity_id

from .const import (
    CONF_AFUE,
    CONF_DUCT_LOSS,
    CONF_ENERGY,
    CONF_EVENT_ENTITY,
    CONF_FAMILY,
    CONF_FIXED_CHARGES,
    CONF_FUEL_PRICE,
    CONF_FUEL_UNIT,
    CONF_GRID_CO2,
    CONF_GRID_CO2_ENTITY,
    CONF_HEAT_OUTPUT,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_MODEL_RATINGS,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PLAN,
    CONF_POWER,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_RATINGS,
    CONF_REFERENCE,
    CONF_SAVINGS,
    CONF_THERMAL_ENERGY,
)
from .core.family import TRAITS, Family
from .core.ratings import Ratings
from .core.savings import FUELS, FuelUnit, Reference, fuel_kwh

SOURCE_FIELDS = (
    CONF_OUTDOOR_TEMPERATURE,
    CONF_POWER,
    CONF_ENERGY,
    CONF_PRICE_ENTITY,
    CONF_HOME_ENERGY,
    CONF_HOME_EXPORT,
    CONF_EVENT_ENTITY,
    CONF_HEAT_OUTPUT,
    CONF_THERMAL_ENERGY,
    CONF_GRID_CO2_ENTITY,
)
"""The fields of a system's or a plan's entry that name a source entity."""


CONF_MINIMUM_OUTDOOR = "minimum_outdoor_temperature"

LARGEST = 1e6
"""What no figure of an entry comes near to."""

_TEXTS = (CONF_MANUFACTURER, CONF_MODEL, CONF_PLAN)


def check_entity_id(field: str, value: Any) -> None:
    """See that what names an entity, if anything, can be a name. Raises ValueError."""
    if value is not None and not (isinstance(value, str) and valid_entity_id(value)):
        raise ValueError(f"{field}: {str(value)[:50]!r} is no entity id")


def check_text(field: str, value: Any) -> None:
    """See that what should be a text, if anything, is one. Raises TypeError."""
    if not isinstance(value, str | None):
        raise TypeError(f"{field}: {str(value)[:50]!r} is no text")


def check_data(data: Mapping[str, Any]) -> None:
    """See that what an entry names can be names, and its price a price.

    Raises ValueError or TypeError, with the field, for what no flow would have let through.
    """
    for field in SOURCE_FIELDS:
        check_entity_id(field, data.get(field))
    for field in _TEXTS:
        check_text(field, data.get(field))
    price = data.get(CONF_PRICE)
    if price is not None and (
        not isinstance(price, int | float) or not math.isfinite(price)
    ):
        raise ValueError(f"{CONF_PRICE}: {str(price)[:50]!r} is no price")


def _check_rating(name: str, value: Any) -> None:
    """See that a rating is a figure, and one of what it rates."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name}: {str(value)[:50]!r} is no figure")
    # Only the coldest that a unit works in may lie below zero.
    least = -LARGEST if name == CONF_MINIMUM_OUTDOOR else 0.0
    if not least < value < LARGEST:
        raise ValueError(f"{name}: {str(value)[:50]!r} is no rating")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavingsConfig:
    """What a system's savings are reckoned against.

    `fuel_price` is that of a kWh of fuel, `afue` a share, `grid_co2` kg for a
    kWh of electricity.
    """

    reference: Reference = Reference.RESISTANCE
    fuel_price: float | None = None
    afue: float | None = None
    grid_co2: float | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read a section of an entry's data."""
        reference = Reference(data.get(CONF_REFERENCE, Reference.RESISTANCE))
        price = data.get(CONF_FUEL_PRICE)
        unit = FuelUnit(data.get(CONF_FUEL_UNIT, FuelUnit.KWH))
        if price is not None:
            content = fuel_kwh(reference, unit) if reference in FUELS else None
            price = None if content is None else price / content
        percent, grams = data.get(CONF_AFUE), data.get(CONF_GRID_CO2)
        for field, value, least in (
            (CONF_FUEL_PRICE, data.get(CONF_FUEL_PRICE), -LARGEST),
            (CONF_AFUE, percent, 1.0),
            (CONF_GRID_CO2, grams, 0.0),
        ):
            if value is not None and not least <= value <= LARGEST:
                raise ValueError(f"{field}: {str(value)[:50]!r} is no such figure")
        return cls(
            reference=reference,
            fuel_price=price,
            afue=None if percent is None else percent / 100,
            grid_co2=None if grams is None else grams / 1000,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemConfig:
    """What the user said of a system.

    `duct_loss` is a fraction, `duct_loss_given` whether it is the user's own.

    `has_model_ratings` is whether any of the ratings is from open data of its model.
    """

    family: Family
    manufacturer: str | None
    model: str | None
    ratings: Ratings
    duct_loss: float
    duct_loss_given: bool
    outdoor_temperature: str | None
    power: str | None
    energy: str | None
    price: float | None
    price_entity: str | None
    has_model_ratings: bool = False
    plan: str | None = None
    fixed_charges: bool = False
    heat_output: str | None = None
    thermal_energy: str | None = None
    grid_co2_entity: str | None = None
    savings: SavingsConfig = SavingsConfig()

    @property
    def stands_indoors(self) -> bool:
        """Whether its air is a room's: that of a tank whose owner did not choose the weather."""
        source = self.outdoor_temperature or ""
        return self.family is Family.HEAT_PUMP_WATER_HEATER and not source.startswith(
            "weather."
        )

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read an entry's data."""
        family = Family(data[CONF_FAMILY])
        # What open data has of the model; the user's own figures win.
        ratings = {**data.get(CONF_MODEL_RATINGS, {}), **data.get(CONF_RATINGS, {})}
        percent = ratings.pop(CONF_DUCT_LOSS, None)
        for name, value in ratings.items():
            _check_rating(name, value)
        if percent is not None and not 0 <= percent < 100:
            raise ValueError(f"{CONF_DUCT_LOSS}: {str(percent)[:50]!r} is no share")
        return cls(
            family=family,
            manufacturer=data.get(CONF_MANUFACTURER),
            model=data.get(CONF_MODEL),
            ratings=Ratings.from_mapping(ratings),
            duct_loss=TRAITS[family].duct_loss if percent is None else percent / 100,
            duct_loss_given=percent is not None,
            outdoor_temperature=data.get(CONF_OUTDOOR_TEMPERATURE),
            power=data.get(CONF_POWER),
            energy=data.get(CONF_ENERGY),
            price=data.get(CONF_PRICE),
            price_entity=data.get(CONF_PRICE_ENTITY),
            has_model_ratings=bool(
                data.get(CONF_MODEL_RATINGS, {}).keys()
                - data.get(CONF_RATINGS, {}).keys()
            ),
            plan=data.get(CONF_PLAN),
            fixed_charges=data.get(CONF_FIXED_CHARGES, False),
            heat_output=data.get(CONF_HEAT_OUTPUT),
            thermal_energy=data.get(CONF_THERMAL_ENERGY),
            grid_co2_entity=data.get(CONF_GRID_CO2_ENTITY),
            savings=SavingsConfig.from_data(data.get(CONF_SAVINGS, {})),
        )
