"""The configuration of a system, read from its config entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .const import (
    CONF_DUCT_LOSS,
    CONF_ENERGY,
    CONF_EVENT_ENTITY,
    CONF_FAMILY,
    CONF_FIXED_CHARGES,
    CONF_HOME_ENERGY,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_OUTDOOR_TEMPERATURE,
    CONF_PLAN,
    CONF_POWER,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_RATINGS,
)
from .core.family import TRAITS, Family
from .core.ratings import Ratings

SOURCE_FIELDS = (
    CONF_OUTDOOR_TEMPERATURE,
    CONF_POWER,
    CONF_ENERGY,
    CONF_PRICE_ENTITY,
    CONF_HOME_ENERGY,
    CONF_EVENT_ENTITY,
)
"""The fields of a system's or a plan's entry that name a source entity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemConfig:
    """What the user said of a system. `duct_loss` is a fraction."""

    family: Family
    manufacturer: str | None
    model: str | None
    ratings: Ratings
    duct_loss: float
    outdoor_temperature: str | None
    power: str | None
    energy: str | None
    price: float | None
    price_entity: str | None
    plan: str | None
    fixed_charges: bool

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read an entry's data."""
        family = Family(data[CONF_FAMILY])
        ratings = dict(data.get(CONF_RATINGS, {}))
        percent = ratings.pop(CONF_DUCT_LOSS, None)
        return cls(
            family=family,
            manufacturer=data.get(CONF_MANUFACTURER),
            model=data.get(CONF_MODEL),
            ratings=Ratings.from_mapping(ratings),
            duct_loss=TRAITS[family].duct_loss if percent is None else percent / 100,
            outdoor_temperature=data.get(CONF_OUTDOOR_TEMPERATURE),
            power=data.get(CONF_POWER),
            energy=data.get(CONF_ENERGY),
            price=data.get(CONF_PRICE),
            price_entity=data.get(CONF_PRICE_ENTITY),
            plan=data.get(CONF_PLAN),
            fixed_charges=data.get(CONF_FIXED_CHARGES, False),
        )
