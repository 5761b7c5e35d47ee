"""What can be wrong with the figures that a unit is said to be rated at.

A figure that breaks physics, or that no unit on the market has, is a slip: its field
is told, with a reason (a translation key) and the figures that belong to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .carnot import carnot_heating
from .family import Family
from .ratings import BTU_PER_WH, HEATING_POINTS, Ratings

CAPACITIES = ("heating_capacity", "cooling_capacity")
"""The ratings in kW."""

_LIMITS: dict[str, tuple[float, float]] = {
    "heating_capacity": (0.2, 1000.0),
    "cooling_capacity": (0.2, 1000.0),
    "cop_8": (1.0, 20.0),
    "cop_minus_8": (0.5, 20.0),
    "cop_minus_15": (0.5, 20.0),
    # Europe's EER and SCOP end below what North America's begin with.
    "eer2": (5.0, 60.0),
    "seer2": (3.0, 60.0),
    # The least that was sold since 1992 has an HSPF of 6.6.
    "hspf2": (5.5, 25.0),
    "scop": (1.0, 8.0),
    "seer": (1.5, 25.0),
    "uef": (0.5, 7.0),
    "minimum_outdoor_temperature": (-50.0, 20.0),
}
"""What any unit on the market lies well within: outside is a slip, not a rating."""

LARGEST_BTU = 3_000_000.0
"""BTU/h above which a capacity is in no unit that anybody has it in."""

MOST_EUROPEAN_SEER = 13.0
"""SEER above which no unit was ever rated by EN 14825: it is North America's."""

LEAST_SEER2 = 9.4
"""SEER2 below which nothing was sold since 1992 (SEER 10, as SEER2): it is an HSPF."""

MOST_SEASONAL_GAIN = 2.0
"""Times the COP at 8.3 °C that a seasonal COP of heating may be, at part load."""


@dataclass(frozen=True, slots=True)
class RatingFault:
    """What is wrong with a figure: a reason, and the figures that tell it."""

    field: str
    reason: str
    placeholders: Mapping[str, str]


def validate(family: Family, ratings: Ratings) -> tuple[RatingFault, ...]:
    """Return what is wrong with the figures, at most one fault for a field."""
    faults: dict[str, RatingFault] = {}
    for fault in (
        *_out_of_range(ratings),
        *_above_carnot(family, ratings),
        *_rising_in_the_cold(ratings),
        *_mixed_up(ratings),
        *_contradictory(ratings),
    ):
        faults.setdefault(fault.field, fault)
    return tuple(faults.values())


def _out_of_range(ratings: Ratings) -> Iterator[RatingFault]:
    for name, value in ratings.as_dict().items():
        low, high = _LIMITS[name]
        if name in CAPACITIES and high < value <= LARGEST_BTU:
            yield RatingFault(
                name,
                "capacity_not_kw",
                {
                    "value": f"{value:g}",
                    "btu": f"{value / BTU_PER_WH / 1000:.1f}",
                    "watts": f"{value / 1000:.1f}",
                },
            )
        elif not low <= value <= high:
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


def _mixed_up(ratings: Ratings) -> Iterator[RatingFault]:
    """Find a figure that was entered in another's field; the guess is said, not taken."""
    seer, seer2, hspf2 = ratings.seer, ratings.seer2, ratings.hspf2
    if seer is not None and MOST_EUROPEAN_SEER < seer <= _LIMITS["seer"][1]:
        yield RatingFault("seer", "seer_is_north_american", {"value": f"{seer:g}"})
    if seer2 is not None and hspf2 is not None and seer2 < hspf2:
        yield RatingFault(
            "seer2", "seer_is_hspf", {"value": f"{seer2:g}", "other": f"{hspf2:g}"}
        )
    elif seer2 is not None and _LIMITS["seer2"][0] <= seer2 < LEAST_SEER2:
        yield RatingFault("seer2", "seer_looks_like_hspf", {"value": f"{seer2:g}"})


def _contradictory(ratings: Ratings) -> Iterator[RatingFault]:
    """Find two figures that cannot both be true."""
    if (
        ratings.seer2 is not None
        and ratings.eer2 is not None
        and ratings.seer2 < ratings.eer2
    ):
        # A season is milder than its hottest hour.
        yield RatingFault(
            "seer2",
            "season_below_peak",
            {"value": f"{ratings.seer2:g}", "other": f"{ratings.eer2:g}"},
        )
    if ratings.cop_8 is None:
        return
    for name, seasonal, unit in (
        ("hspf2", ratings.hspf2, BTU_PER_WH),
        ("scop", ratings.scop, 1.0),
    ):
        if (
            seasonal is not None
            and seasonal / unit > MOST_SEASONAL_GAIN * ratings.cop_8
        ):
            yield RatingFault(
                name,
                "season_beyond_cop",
                {"value": f"{seasonal / unit:.1f}", "other": f"{ratings.cop_8:g}"},
            )
