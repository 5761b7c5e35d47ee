"""Finding a unit's rated figures among those of its maker's models.

Names differ in how they are written: letters and digits are compared, and a
maker by its first word. A model may be the outdoor unit's alone, where the data
names a set. Where several fit whose figures differ, none is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any

from .family import Family
from .performance import HEATING_SLOPE
from .ratings import HEATING_POINTS

LEAST_NAME = 5
"""Letters and digits that a model's name has at the least, to be told apart."""

ALIKE = 0.10
"""Share by which the figures of models may differ that go by one name."""

_REFERENCE_OUTDOOR = -7.0
"""°C outdoors at which the data tells an air-source model's output."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that was found, and its figures by the fields of the ratings."""

    name: str
    ratings: Mapping[str, float]


def plain(name: str) -> str:
    """Return the letters and digits of a name."""
    return re.sub(r"[^0-9a-z]", "", name.casefold())


def _maker(name: str) -> str:
    words = re.findall(r"[0-9a-zà-ÿ]+", name.casefold())
    return words[0] if words else ""


def find_model(
    makers: Mapping[str, Sequence[Sequence[Any]]],
    family: Family,
    manufacturer: str,
    model: str,
) -> Model | None:
    """Return a model's figures, None where there are none to trust."""
    maker, wanted = _maker(manufacturer), plain(model)
    if not maker or len(wanted) < LEAST_NAME:
        return None
    found = [
        row
        for name, rows in makers.items()
        if _maker(name) == maker
        for row in rows
        if row[0] == family and wanted in plain(row[1])
    ]
    if exact := [row for row in found if plain(row[1]) == wanted]:
        found = exact
    if not found:
        return None
    cops = [row[3] for row in found]
    if max(cops) > min(cops) * (1 + ALIKE):
        return None
    row = found[len(found) // 2]
    return Model(row[1], _ratings(family, row))


def _ratings(family: Family, row: Sequence[Any]) -> dict[str, float]:
    """Return a row's figures by the fields of the ratings.

    The output in the cold is taken to 8.3 °C by the capacity's usual slope.
    """
    _, _, output, *cops = row
    ratings = dict(zip(("cop_8", "cop_minus_8"), cops, strict=False))
    if family is Family.DUCTED_AIR_SOURCE:
        output /= 1 + HEATING_SLOPE * (_REFERENCE_OUTDOOR - HEATING_POINTS["cop_8"])
    return {"heating_capacity": round(output, 1), **ratings}
