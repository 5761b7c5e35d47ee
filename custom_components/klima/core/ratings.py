"""What a unit is rated: the figures of its certificate, their units and conditions.

The fields and their units are those of the equipment step: capacities in kW,
COP, UEF and the European SCOP and SEER without a unit, EER2, SEER2 and HSPF2
in BTU/Wh, temperatures in °C.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Self

from .family import Family

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


@dataclass(frozen=True, slots=True)
class Metric:
    """What an efficiency figure is: its unit, what it measures, who defines it."""

    unit: str
    definition: str
    standard: str


METRICS: dict[str, Metric] = {
    "cop": Metric(
        "W/W",
        "heat delivered over electricity used, in one condition",
        "ISO 5151, AHRI 210/240, EN 14511",
    ),
    "eer2": Metric("BTU/Wh", "cooling over electricity at 35 °C", "10 CFR 430 M1"),
    "eer": Metric("BTU/Wh", "as EER2, by the test before 2023", "10 CFR 430 M"),
    "seer2": Metric("BTU/Wh", "cooling over electricity of a season", "10 CFR 430 M1"),
    "seer_us": Metric("BTU/Wh", "as SEER2, by the test before 2023", "10 CFR 430 M"),
    "hspf2": Metric(
        "BTU/Wh", "heat over electricity of a season, region IV", "10 CFR 430 M1"
    ),
    "hspf": Metric("BTU/Wh", "as HSPF2, by the test before 2023", "10 CFR 430 M"),
    "scop": Metric(
        "Wh/Wh", "heat over electricity of a season, average climate", "EN 14825"
    ),
    "seer": Metric("Wh/Wh", "cooling over electricity of a season", "EN 14825"),
    "uef": Metric(
        "Wh/Wh", "hot water's heat over electricity, a day of draws", "10 CFR 430 E"
    ),
}
"""The metrics by their field; `seer` is Europe's, whose unit is none."""


class Build(StrEnum):
    """How a unit is built, where a conversion depends on it."""

    DUCTLESS = "ductless"
    DUCTED_SPLIT = "ducted_split"
    PACKAGED = "packaged"


CONVERSIONS: dict[tuple[str, str], dict[Build, float]] = {
    ("seer_us", "seer2"): {
        Build.DUCTLESS: 1.0,
        Build.DUCTED_SPLIT: 0.95,
        Build.PACKAGED: 0.96,
    },
    ("eer", "eer2"): {
        Build.DUCTLESS: 1.0,
        Build.DUCTED_SPLIT: 0.95,
        Build.PACKAGED: 0.95,
    },
    ("hspf", "hspf2"): {
        Build.DUCTLESS: 0.90,
        Build.DUCTED_SPLIT: 0.85,
        Build.PACKAGED: 0.84,
    },
    ("eer2", "cop"): dict.fromkeys(Build, 1 / BTU_PER_WH),
    ("eer", "cop"): dict.fromkeys(Build, 1 / BTU_PER_WH),
}
"""Factors between metrics, where one is legitimate.

EER to COP is a change of unit. The rest are from a test of appendix M to one of
M1, which measures the same machine against more static pressure: those of
ducted and packaged units are RESNET's (MINHERS addendum 71), and within 1 % of
the Department of Energy's translation of its own standards (82 FR 1786: SEER 14
to SEER2 13.4, HSPF 8.8 to HSPF2 7.5, 8.0 to 6.7 for packaged units). Those of
ductless units, which have no ducts to press against, and those of EER are
assumptions. A seasonal figure of
one climate has no factor to another's, and none to a COP.
"""


@dataclass(frozen=True, slots=True)
class Converted:
    """A figure that was converted, not measured."""

    value: float
    metric: str
    source: str


def convert(value: float, metric: str, to: str, build: Build) -> Converted:
    """Convert a figure; raises ValueError where no conversion is legitimate."""
    if (factors := CONVERSIONS.get((metric, to))) is not None:
        return Converted(value * factors[build], to, metric)
    if (factors := CONVERSIONS.get((to, metric))) is not None:
        return Converted(value / factors[build], to, metric)
    raise ValueError(f"{metric} has no legitimate conversion to {to}")


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


_OF_TANKS = frozenset({"heating_capacity", "uef"})
_OF_COOLING = frozenset({"cooling_capacity", "eer2", "seer2", "seer", "duct_loss"})


def fitting(family: Family) -> frozenset[str]:
    """Return the ratings to ask for where a unit is taken for one of a family.

    The `duct_loss` of its installation included. What only cools, or is a tank, tells so
    itself; a unit that heats may be any, and its owner may say that it is a tank's.
    """
    if family is Family.HEAT_PUMP_WATER_HEATER:
        return _OF_TANKS
    if family is Family.AIR_CONDITIONER:
        return _OF_COOLING
    return frozenset(field.name for field in fields(Ratings)) | {"duct_loss"}
