"""A year of statistics, as a unit in a cold climate would have left it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import math
import random
from typing import Any

from custom_components.klima.core.activity import Activity
from custom_components.klima.core.family import Family
from custom_components.klima.core.performance import performance
from custom_components.klima.core.ratings import Ratings
from tests.e2e.home_assistant import Client

type Row = dict[str, Any]

MODEL = performance(Family.MINI_SPLIT, Ratings())
INDOOR = 21.0


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in an hour: °C outdoors, kWh of electricity and of heat."""

    start: datetime
    outdoor: float
    energy: float
    heat: float
    cooling: bool

    @property
    def cop(self) -> float | None:
        """The COP of an hour that the unit ran in."""
        return self.heat / self.energy if self.energy > 0.05 else None


EVERY = 12
"""Of so many hours one is imported: the recorder takes about 1 ms for each row."""
RECENT = timedelta(days=15)
"""As far back as anything looks that is not of the whole year."""


def year(days: int = 365, seed: int = 8) -> Iterator[Hour]:
    """Yield the hours up to the last full one; the same for the same seed."""
    chance = random.Random(seed)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    weather = 0.0
    for number in range(days * 24, 0, -1):
        start = now - timedelta(hours=number)
        season = math.cos(2 * math.pi * (start.timetuple().tm_yday - 20) / 365)
        day = math.cos(2 * math.pi * (start.hour - 20) / 24)
        weather = 0.985 * weather + chance.gauss(0, 0.7)
        outdoor = 8.0 - 16.5 * season + 4.0 * day + weather
        heat, cop, cooling = 0.0, 1.0, False
        if outdoor < 16:
            load = min(max((17 - outdoor) / 34, 0.12), 1.0)
            heat = MODEL.heating_capacity / 1000 * load * chance.uniform(0.8, 1.15)
            cop = MODEL.cop(Activity.HEATING, outdoor, INDOOR)
        elif outdoor > 23:
            cooling = True
            load = min(max((outdoor - 20) / 16, 0.15), 1.0)
            heat = MODEL.cooling_capacity / 1000 * load * chance.uniform(0.7, 1.2)
            cop = MODEL.cop(Activity.COOLING, outdoor, 25.0)
        else:
            load = 0.0
        # An inverter is better at part load, and worse where it cycles or defrosts.
        cop *= 1.12 - 0.3 * (load - 0.45) ** 2 + chance.gauss(0, 0.07)
        if not cooling and -4 < outdoor < 3:
            cop *= chance.uniform(0.82, 1.0)
        energy = heat / max(cop, 1.0)
        yield Hour(start, outdoor, energy + 0.005, heat, cooling)


async def import_year(client: Client, entities: dict[str, str], days: int = 365) -> int:
    """Import it into the entities that there are, by key; returns how many hours.

    The recorder has taken it in when this returns.
    """
    hours = list(year(days))[::-EVERY][::-1]
    means: dict[str, tuple[str | None, str | None, list[float]]] = {
        "outdoor": ("°C", "temperature", [hour.outdoor for hour in hours]),
        "power": ("W", "power", [hour.energy * 1000 for hour in hours]),
    }
    recent = {"power", "heating_energy"}
    changes: dict[str, list[float]] = {
        "energy": [hour.energy for hour in hours],
        "heating_energy": [0 if hour.cooling else hour.energy for hour in hours],
        "cooling_energy": [hour.energy if hour.cooling else 0 for hour in hours],
        "thermal_energy": [hour.heat for hour in hours],
    }
    for key, entity_id in entities.items():
        since = hours[-1].start - RECENT if key in recent else None
        if key in means:
            unit, unit_class, values = means[key]
            rows = _rows(
                hours, [{"mean": v, "min": v, "max": v} for v in values], since
            )
            await _import(client, entity_id, unit, unit_class, rows, has_sum=False)
        elif key in changes:
            # Up to 0, where the sensor's own statistics go on.
            total = -sum(changes[key])
            sums: list[Row] = []
            for change in changes[key]:
                total += change
                sums.append({"state": total, "sum": total})
            rows = _rows(hours, sums, since)
            await _import(client, entity_id, "kWh", "energy", rows, has_sum=True)
    known = [e for key, e in entities.items() if key in means or key in changes]
    async with asyncio.timeout(120):
        # The recorder takes one import after another: the last is the last.
        while not (
            await client.statistics(
                known[-1], period="hour", since=timedelta(hours=EVERY + 1)
            )
        ).get(known[-1]):
            await asyncio.sleep(0.2)
    return len(hours)


def _rows(
    hours: Sequence[Hour], values: Sequence[Row], since: datetime | None
) -> list[Row]:
    return [
        {"start": hour.start.isoformat(), **value}
        for hour, value in zip(hours, values, strict=True)
        if since is None or hour.start >= since
    ]


async def _import(
    client: Client,
    statistic_id: str,
    unit: str | None,
    unit_class: str | None,
    rows: list[Row],
    *,
    has_sum: bool,
) -> None:
    await client.command(
        "recorder/import_statistics",
        metadata={
            "statistic_id": statistic_id,
            "source": "recorder",
            "name": None,
            "unit_of_measurement": unit,
            "unit_class": unit_class,
            "mean_type": 0 if has_sum else 1,
            "has_sum": has_sum,
        },
        stats=rows,
    )
