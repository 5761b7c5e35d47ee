"""What a unit is rated: the figures of its certificate, and what can be wrong with them.

The fields and their units are those of the equipment step: capacities in kW,
COP, UEF and the European SCOP and SEER without a unit, EER2, SEER2 and HSPF2
in BTU/Wh, temperatures in °C.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
import math
from typing import Self

from .family import Family

KELVIN = 273.15

BTU_PER_WH = 3.412142
"""BTU in a Wh: EER (BTU/Wh) = COP x 3.412 (AHRI 210/240)."""

RATED_INDOOR_HEATING = 21.1
"""°C indoors (70 °F) at which AHRI 210/240 rates heating."""

HEATING_POINTS: dict[str, float] = {
    "cop_8": 8.3,
    "cop_minus_8": -8.3,
    "cop_minus_15": -15.0,
}
"""°C outdoors (47, 17 and 5 °F) of each rated COP, the mildest first."""

_LIMITS: dict[str, tuple[float, float]] = {
    "heating_capacity": (0.2, 1000.0),
    "cooling_capacity": (0.2, 1000.0),
    "cop_8": (1.0, 20.0),
    "cop_minus_8": (0.5, 20.0),
    "cop_minus_15": (0.5, 20.0),
    "eer2": (3.0, 60.0),
    "seer2": (3.0, 60.0),
    "hspf2": (2.0, 25.0),
    "scop": (1.0, 12.0),
    "seer": (1.5, 25.0),
    "uef": (0.5, 7.0),
    "minimum_outdoor_temperature": (-50.0, 20.0),
}
"""What any unit on the market lies well within: outside is a slip, not a rating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """The rated figures of a unit; each may be missing."""

    heating_capacity: float | None = None
    cooling_capacity: float | None = None
    cop_8: float | None = None
    cop_minus_8: float | None = None
    cop_minus_15: float | None = None
    eer2: float | None = None
    seer2: float | None = None
    hspf2: float | None = None
    scop: float | None = None
    seer: float | None = None
    uef: float | None = None
    minimum_outdoor_temperature: float | None = None

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, float | None]) -> Self:
        """Read the figures; raises TypeError for a field that there is not."""
        return cls(**mapping)

    def as_dict(self) -> dict[str, float]:
        """Return the figures that are given."""
        return {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) is not None
        }


@dataclass(frozen=True, slots=True)
class RatingFault:
    """What is wrong with a figure: a reason, and the figures that tell it."""

    field: str
    reason: str
    placeholders: Mapping[str, str]


def carnot_heating(outdoor: float, indoor: float = RATED_INDOOR_HEATING) -> float:
    """Return the highest COP of heating that physics allows between two °C."""
    lift = indoor - outdoor
    return math.inf if lift <= 0 else (indoor + KELVIN) / lift


def validate(family: Family, ratings: Ratings) -> tuple[RatingFault, ...]:
    """Return what is wrong with the figures, at most one fault for a field."""
    faults: dict[str, RatingFault] = {}
    for fault in (
        *_out_of_range(ratings),
        *_above_carnot(family, ratings),
        *_rising_in_the_cold(ratings),
    ):
        faults.setdefault(fault.field, fault)
    return tuple(faults.values())


def _out_of_range(ratings: Ratings) -> Iterator[RatingFault]:
    for name, value in ratings.as_dict().items():
        low, high = _LIMITS[name]
        if not low <= value <= high:
            yield RatingFault(
                name, "out_of_range", {"low": f"{low:g}", "high": f"{high:g}"}
            )


def _above_carnot(family: Family, ratings: Ratings) -> Iterator[RatingFault]:
    # Ground and water are no colder than what they are rated at: the air's
    # temperature says nothing of their limit.
    if family in (Family.GROUND_SOURCE, Family.WATER_SOURCE):
        return
    for name, outdoor in HEATING_POINTS.items():
        cop: float | None = getattr(ratings, name)
        limit = carnot_heating(outdoor)
        if cop is not None and cop >= limit:
            yield RatingFault(name, "above_carnot", {"limit": f"{limit:.1f}"})


def _rising_in_the_cold(ratings: Ratings) -> Iterator[RatingFault]:
    milder: tuple[float, float] | None = None
    for name, outdoor in HEATING_POINTS.items():
        cop: float | None = getattr(ratings, name)
        if cop is None:
            continue
        if milder is not None and cop > milder[1]:
            yield RatingFault(
                name,
                "rises_in_the_cold",
                {"outdoor": f"{milder[0]:g}", "cop": f"{milder[1]:g}"},
            )
        milder = (outdoor, cop)
