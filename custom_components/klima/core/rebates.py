"""Which programmes that pay towards heat pumps a system's ratings meet.

Only figures are judged: income, dates, installers and lists of products are
told as conditions. What a programme's status is, is told with the day that its
source speaks for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from .family import Family
from .ratings import METRICS, Ratings

STALE = timedelta(days=180)
"""Age beyond which a status is not told without saying that it is old."""


class Status(StrEnum):
    """Whether a programme takes applications, as of a day."""

    OPEN = "open"
    CLOSED = "closed"


class Result(StrEnum):
    """What a system's figures say to a programme."""

    MEETS = "meets"
    FALLS_SHORT = "falls_short"
    LACKS_FIGURE = "lacks_figure"
    NOT_JUDGED = "not_judged"
    OTHER_TYPE = "other_type"


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a figure must be at the least or at the most."""

    metric: str
    minimum: float | None = None
    maximum: float | None = None

    def short_by(self, value: float) -> float:
        """Return by how much a figure falls short; 0 where it does not."""
        if self.minimum is not None and value < self.minimum:
            return self.minimum - value
        if self.maximum is not None and value > self.maximum:
            return value - self.maximum
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme, as its data file tells it."""

    id: str
    name: str
    country: str
    region: str | None
    status: Status
    as_of: date
    ends: date | None
    families: frozenset[Family]
    paths: tuple[tuple[Threshold, ...], ...]
    conditions: tuple[str, ...]
    amount: str | None
    sources: tuple[str, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a programme; raises ValueError, KeyError or TypeError for others."""
        return cls(
            id=data["id"],
            name=data["name"],
            country=data["country"],
            region=data["region"],
            status=Status(data["status"]),
            as_of=date.fromisoformat(data["as_of"]),
            ends=None if data["ends"] is None else date.fromisoformat(data["ends"]),
            families=frozenset(Family(family) for family in data["families"]),
            paths=tuple(
                tuple(Threshold(**threshold) for threshold in path)
                for path in data["paths"]
            ),
            conditions=tuple(data["conditions"]),
            amount=data["amount"],
            sources=tuple(data["sources"]),
        )

    def status_on(self, day: date) -> Status:
        """Return the status on a day: one whose end has passed is closed."""
        if self.ends is not None and day > self.ends:
            return Status.CLOSED
        return self.status

    def is_old(self, day: date) -> bool:
        """Return whether the status is too old to be told as today's.

        What ended stays ended: that does not get old.
        """
        return self.status_on(day) is not Status.CLOSED and day - self.as_of > STALE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a programme's thresholds say of a system.

    `short` holds the metrics that fall short and by how much, `lacking` those
    that are not known, both of the path that comes nearest.
    """

    programme: Programme
    result: Result
    short: Mapping[str, float]
    lacking: tuple[str, ...]


def judge(programme: Programme, family: Family, ratings: Ratings) -> Verdict:
    """Judge a system by a programme."""
    if family not in programme.families:
        return Verdict(programme, Result.OTHER_TYPE, {}, ())
    if not programme.paths:
        return Verdict(programme, Result.NOT_JUDGED, {}, ())
    figures = ratings.as_dict()
    verdicts = [_judge_path(programme, path, figures) for path in programme.paths]
    return min(verdicts, key=_distance)


def _judge_path(
    programme: Programme, path: Iterable[Threshold], figures: Mapping[str, float]
) -> Verdict:
    short: dict[str, float] = {}
    lacking: list[str] = []
    for threshold in path:
        value = figures.get(threshold.metric)
        if value is None:
            lacking.append(threshold.metric)
        elif (by := threshold.short_by(value)) > 0:
            short[threshold.metric] = round(by, 2)
    if short:
        result = Result.FALLS_SHORT
    elif lacking:
        result = Result.LACKS_FIGURE
    else:
        result = Result.MEETS
    return Verdict(programme, result, short, tuple(dict.fromkeys(lacking)))


def _distance(verdict: Verdict) -> tuple[int, int, float]:
    return (
        len(verdict.short),
        len(verdict.lacking),
        sum(verdict.short.values()),
    )


def judge_all(
    programmes: Iterable[Programme],
    family: Family,
    ratings: Ratings,
    country: str | None,
) -> list[Verdict]:
    """Judge a system by the programmes of its country that are for its type.

    With no country known, all programmes are judged.
    """
    return [
        verdict
        for programme in programmes
        if country in (None, programme.country)
        and (verdict := judge(programme, family, ratings)).result
        is not Result.OTHER_TYPE
    ]


def counted(verdicts: Iterable[Verdict], day: date) -> list[Verdict]:
    """Return the verdicts on programmes that are met, and open as far as is known."""
    return [
        verdict
        for verdict in verdicts
        if verdict.result is Result.MEETS
        and verdict.programme.status_on(day) is Status.OPEN
    ]


def unit_of(metric: str) -> str | None:
    """Return the unit of a threshold's metric."""
    if metric.endswith("_capacity"):
        return "kW"
    return METRICS[metric].unit if metric in METRICS else METRICS["cop"].unit
