"""The heat-pump family, and how a unit is classified within it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
import re


class Family(StrEnum):
    """Which member of the heat-pump family a system is."""

    MINI_SPLIT = "mini_split"
    DUCTED_AIR_SOURCE = "ducted_air_source"
    GROUND_SOURCE = "ground_source"
    WATER_SOURCE = "water_source"
    HEAT_PUMP_WATER_HEATER = "heat_pump_water_heater"
    AIR_CONDITIONER = "air_conditioner"


class HeatSource(StrEnum):
    """Where a heat pump takes its heat from."""

    OUTDOOR_AIR = "outdoor_air"
    GROUND = "ground"
    WATER = "water"
    MECHANICAL_ROOM_AIR = "mechanical_room_air"


class Ductwork(StrEnum):
    """Whether a family needs ducts."""

    NONE = "none"
    REQUIRED = "required"
    TYPICAL = "typical"


class ZoneControl(StrEnum):
    """How finely a family can be controlled."""

    ROOM = "room"
    WHOLE_HOME = "whole_home"


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyTraits:
    """What is true of every member of a family.

    `duct_loss` is the fraction of the delivered heat that is lost in the ducts
    when nothing better is known: the middle of the 0.10-0.30 that is usual for
    ducts outside the conditioned space, its lower end where ducts are typical
    but mostly inside.
    """

    is_heat_pump: bool
    heat_source: HeatSource | None
    ductwork: Ductwork
    applications: tuple[str, ...]
    zone_control: ZoneControl | None
    duct_loss: float


TRAITS: dict[Family, FamilyTraits] = {
    Family.MINI_SPLIT: FamilyTraits(
        is_heat_pump=True,
        heat_source=HeatSource.OUTDOOR_AIR,
        ductwork=Ductwork.NONE,
        applications=("residential_rooms", "additions", "whole_home_by_zones"),
        zone_control=ZoneControl.ROOM,
        duct_loss=0.0,
    ),
    Family.DUCTED_AIR_SOURCE: FamilyTraits(
        is_heat_pump=True,
        heat_source=HeatSource.OUTDOOR_AIR,
        ductwork=Ductwork.REQUIRED,
        applications=("whole_home", "furnace_replacement", "central_ac_replacement"),
        zone_control=ZoneControl.WHOLE_HOME,
        duct_loss=0.20,
    ),
    Family.GROUND_SOURCE: FamilyTraits(
        is_heat_pump=True,
        heat_source=HeatSource.GROUND,
        ductwork=Ductwork.TYPICAL,
        applications=("whole_home",),
        zone_control=ZoneControl.WHOLE_HOME,
        duct_loss=0.10,
    ),
    Family.WATER_SOURCE: FamilyTraits(
        is_heat_pump=True,
        heat_source=HeatSource.WATER,
        ductwork=Ductwork.REQUIRED,
        applications=("commercial", "properties_with_water"),
        zone_control=ZoneControl.WHOLE_HOME,
        duct_loss=0.20,
    ),
    Family.HEAT_PUMP_WATER_HEATER: FamilyTraits(
        is_heat_pump=True,
        heat_source=HeatSource.MECHANICAL_ROOM_AIR,
        ductwork=Ductwork.NONE,
        applications=("domestic_hot_water",),
        zone_control=None,
        duct_loss=0.0,
    ),
    Family.AIR_CONDITIONER: FamilyTraits(
        is_heat_pump=False,
        heat_source=None,
        ductwork=Ductwork.NONE,
        applications=("cooling",),
        # It is no heat pump, and one with ducts cools all of a home.
        zone_control=None,
        duct_loss=0.0,
    ),
}

_WORDS: tuple[tuple[str, Family], ...] = (
    ("geotherm", Family.GROUND_SOURCE),
    ("géotherm", Family.GROUND_SOURCE),
    ("geoterm", Family.GROUND_SOURCE),
    ("geotérm", Family.GROUND_SOURCE),
    ("erdwärme", Family.GROUND_SOURCE),
    ("terra-acqua", Family.GROUND_SOURCE),
    ("sole-wasser", Family.GROUND_SOURCE),
    ("sole/wasser", Family.GROUND_SOURCE),
    ("ground source", Family.GROUND_SOURCE),
    ("ground-source", Family.GROUND_SOURCE),
    ("waterfurnace", Family.GROUND_SOURCE),
    ("water source", Family.WATER_SOURCE),
    ("water-source", Family.WATER_SOURCE),
    ("grundwasser", Family.WATER_SOURCE),
    ("wasser-wasser", Family.WATER_SOURCE),
    ("eau-eau", Family.WATER_SOURCE),
    ("agua-agua", Family.WATER_SOURCE),
    ("hidrotérm", Family.WATER_SOURCE),
    ("acqua-acqua", Family.WATER_SOURCE),
    ("idroterm", Family.WATER_SOURCE),
    ("ducted", Family.DUCTED_AIR_SOURCE),
    ("central", Family.DUCTED_AIR_SOURCE),
    ("furnace", Family.DUCTED_AIR_SOURCE),
    ("gainable", Family.DUCTED_AIR_SOURCE),
    ("kanalgerät", Family.DUCTED_AIR_SOURCE),
    ("canalizza", Family.DUCTED_AIR_SOURCE),
    # Of conductos as well.
    ("ductos", Family.DUCTED_AIR_SOURCE),
    # Water carries its heat instead, as what the form says of them.
    ("air to water", Family.DUCTED_AIR_SOURCE),
    ("air-to-water", Family.DUCTED_AIR_SOURCE),
    ("air/water", Family.DUCTED_AIR_SOURCE),
    ("air-eau", Family.DUCTED_AIR_SOURCE),
    ("air/eau", Family.DUCTED_AIR_SOURCE),
    ("luft-wasser", Family.DUCTED_AIR_SOURCE),
    ("luft/wasser", Family.DUCTED_AIR_SOURCE),
    ("aire-agua", Family.DUCTED_AIR_SOURCE),
    ("aire/agua", Family.DUCTED_AIR_SOURCE),
    ("aerotermia", Family.DUCTED_AIR_SOURCE),
    ("aria-acqua", Family.DUCTED_AIR_SOURCE),
    ("aria/acqua", Family.DUCTED_AIR_SOURCE),
    # The lines of makers who also have mini-splits.
    ("altherma", Family.DUCTED_AIR_SOURCE),
    ("aquarea", Family.DUCTED_AIR_SOURCE),
    ("ecodan", Family.DUCTED_AIR_SOURCE),
    ("therma v", Family.DUCTED_AIR_SOURCE),
)
"""What a name, a model or a maker says of the family in any language; the first counts."""

_DUCTLESS = ("ductless", "sin conductos", "sin ductos", "non canalizza")

_HEATING_MODES = frozenset({"heat", "heat_cool"})

_TANK = re.compile(
    r"hot[ _-]?water|\bdhw\b|\btank\b|cylinder|water heater"
    r"|warmwasser|brauchwasser|\bbww\b|eau chaude|\becs\b|chauffe-eau|ballon"
    r"|agua caliente|\bacs\b|calentador|dep[óo]sito|acumulador|\btermo\b"
    r"|acqua calda|scaldacqua|scaldabagno|bollitore|serbatoio|accumulo"
)
"""What a thermostat of a tank calls itself."""

WATER = 45.0
"""°C that no room is heated to: a thermostat that offers it is one of water."""


def is_of_water(modes: Collection[str], hottest: float | None) -> bool:
    """Return whether a thermostat is of water, a tank's or a flow's, and of no room.

    `hottest` is the most in °C that it can be set to. What cools as well is taken for a
    unit whose limits are wrong.
    """
    return hottest is not None and hottest >= WATER and "cool" not in modes


def guess_family(
    *,
    is_tank: bool,
    modes: tuple[str, ...],
    is_thermostat: bool,
    words: str,
    hottest: float | None = None,
) -> Family:
    """Guess which member of the family a unit is, to be confirmed by its owner.

    `modes` are the HVAC modes that it offers, `is_thermostat` whether what
    controls it is known to be a wall thermostat (of a ducted system), `words`
    all that it calls itself, `hottest` the most in °C that it can be set to.
    """
    words = words.lower()
    if is_tank or (is_of_water(modes, hottest) and _TANK.search(words)):
        return Family.HEAT_PUMP_WATER_HEATER
    if "cool" in modes and not _HEATING_MODES & set(modes):
        return Family.AIR_CONDITIONER
    if not any(word in words for word in _DUCTLESS):
        for word, family in _WORDS:
            if word in words:
                return family
    return Family.DUCTED_AIR_SOURCE if is_thermostat else Family.MINI_SPLIT
