"""Where a bill will end: what is still to be used, and what the plan asks for it.

What a day to come will use is told by its degree-days, and spread over its hours as
the last days were; the plan then bills the period as if that had been used already.
Energy is in kWh, temperatures in °C, times are epoch seconds (UTC).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
import math

from .degree_days import MEAN_DAYS, DayUse, Method, Model
from .ledger import QUARTER, Ledger
from .tariff import BillingPeriod, Tariff
from .tariff.bill import Bill, Biller
from .tariff.peaks import Past, no_past

SPREAD = 1.5
"""Standard deviations within which four bills out of five end.

More than the 1.28 of a normal distribution: the days are few, and not independent.
"""

WEATHER_DEVIATION = 4.0
"""K by which a day that no forecast reaches lies from what is usual (an assumption)."""

WEATHER_MEMORY = 3.0
"""Days for which the weather stays alike (an assumption)."""

_PLACES = 96
"""Quarters of an hour in a day: the places that its use is spread over."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The mean temperature that a day to come is expected to have."""

    day: date
    outdoor: float | None
    is_forecast: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is still to be used in the period: by day, and how sure that is."""

    by_day: Mapping[date, float]
    deviation: float


def ahead(model: Model, days: Sequence[Outlook], today_left: float = 1.0) -> Ahead:
    """Return what some days will use; of the first only a share is left."""
    by_day: dict[date, float] = {}
    variance = 0.0
    weather = 0.0
    shares = 0.0
    far = [0.0, 0.0]
    for index, outlook in enumerate(days):
        share = today_left if index == 0 else 1.0
        by_day[outlook.day] = share * max(model.expected(outlook.outdoor), 0.0)
        variance += (share * model.deviation) ** 2
        shares += share
        if outlook.outdoor is not None:
            for which, degrees in enumerate(model.degrees(outlook.outdoor)):
                far[which] += share * (degrees - model.centre[which])
        if outlook.outdoor is not None and not outlook.is_forecast:
            slope = share * model.slope(outlook.outdoor)
            weather += (slope * WEATHER_DEVIATION) ** 2 * WEATHER_MEMORY
    # The model itself is only as sure as the days that it was made of.
    variance += (shares * model.deviation) ** 2 / model.count
    for distance, spread in zip(far, model.spread, strict=True):
        if spread > 0:
            variance += (distance * model.deviation) ** 2 / spread
    return Ahead(by_day, math.sqrt(variance + weather))


@dataclass(frozen=True, slots=True)
class Projection:
    """Where a bill will end, and between what four out of five do."""

    total: float
    low: float
    high: float
    kwh: float
    method: Method


def project(
    tariff: Tariff,
    period: BillingPeriod,
    ledger: Ledger,
    home: Ledger | None,
    now: float,
    model: Model,
    outlooks: Sequence[Outlook],
    *,
    with_fixed: bool,
    past: Past = no_past,
) -> Projection:
    """Return where a period's bill will end.

    What is to come is spread over each day as the last days were, and priced
    by the plan: so tiers, hours and taxes are those that it will have. A price
    entity's price is taken to stay at its mean so far.
    """
    profile = profile_of(ledger, tariff, now)
    today = tariff.day_at(now)
    done = (int(now // QUARTER) + 1 - today.first) / (today.end - today.first)
    left = math.fsum(profile[int(min(done, 1.0) * len(profile)) :])
    coming = ahead(model, outlooks, left)
    expected = math.fsum(coming.by_day.values())
    known: list[int] = []
    if home is not None and any(version.demand for version in tariff.versions):
        known = _known_days(tariff, home, now)
    bills: list[Bill] = []
    for spread in (0.0, -SPREAD, SPREAD):
        wanted = max(expected + spread * coming.deviation, 0.0)
        scale = wanted / expected if expected > 0 else 0.0
        filled = _filled(tariff, ledger, now, coming.by_day, profile, scale, known)
        whole = None
        if home is not None:
            whole = _filled_home(tariff, home, ledger, filled, now, outlooks)
        bills.append(
            Biller(tariff, period, filled, whole, past).bill(
                tariff.bounds(period)[1], with_fixed=with_fixed
            )
        )
    totals = [bill.total for bill in bills]
    return Projection(totals[0], min(totals), max(totals), bills[0].kwh, model.method)


def profile_of(ledger: Ledger, tariff: Tariff, now: float) -> tuple[float, ...]:
    """Return the share of a day's use in each quarter of an hour, of the last days."""
    today = tariff.day_at(now)
    sums = [0.0] * _PLACES
    for bucket in range(today.first - MEAN_DAYS * _PLACES, today.first):
        if kwh := ledger.kwh.get(bucket, 0.0):
            sums[(bucket - today.first) % _PLACES] += kwh
    if (total := math.fsum(sums)) > 0:
        return tuple(value / total for value in sums)
    return (1 / _PLACES,) * _PLACES


def _filled(
    tariff: Tariff,
    ledger: Ledger,
    now: float,
    by_day: Mapping[date, float],
    profile: Sequence[float],
    scale: float,
    like: Sequence[int],
) -> Ledger:
    """Return a ledger with the days to come filled in.

    What a day uses is spread as by the profile; but where its peaks matter, as one of the
    days did that begin with the buckets `like`, in turn, and only what is more than that.
    """
    filled = ledger.copy()
    priced = math.fsum(filled.spot_kwh.values())
    spot = math.fsum(filled.spot.values()) / priced if priced > 0 else None
    current = int(now // QUARTER)
    for index, (day_of, expected) in enumerate(by_day.items()):
        if (kwh := expected * scale) == 0:
            continue
        day = tariff.day(day_of)
        buckets = range(max(day.first, current + 1), day.end)
        places = [(bucket - day.first) % _PLACES for bucket in buckets]
        shares = [profile[place] for place in places]
        total = math.fsum(shares) or 1.0
        had = [0.0] * len(places)
        if like:
            past = like[index % len(like)]
            had = [ledger.kwh.get(past + place, 0.0) for place in places]
        used = math.fsum(had)
        part = min(kwh / used, 1.0) if used > 0 else 0.0
        rest = kwh - part * used
        for bucket, share, before in zip(buckets, shares, had, strict=True):
            amount = part * before + rest * share / total
            filled.kwh[bucket] = amount
            if spot is not None:
                filled.spot[bucket] = amount * spot
                filled.spot_kwh[bucket] = amount
    return filled


def _filled_home(
    tariff: Tariff,
    home: Ledger,
    unit: Ledger,
    filled: Ledger,
    now: float,
    outlooks: Sequence[Outlook],
) -> Ledger:
    """Return the home's ledger with the days to come: the rest stays as it was."""
    if home.has_fed or any(version.demand for version in tariff.versions):
        # The mean of some days has no peak as high as theirs.
        return _filled_day_by_day(tariff, home, unit, filled, now, outlooks)
    rest = [0.0] * _PLACES
    known = _known_days(tariff, home, now)
    for first in reversed(known):
        amounts = [
            max(home.kwh.get(bucket, 0.0) - unit.kwh.get(bucket, 0.0), 0.0)
            for bucket in range(first, first + _PLACES)
        ]
        rest = [a + b for a, b in zip(rest, amounts, strict=True)]
    whole = home.copy()
    for _, bucket, place in _to_come(tariff, now, outlooks):
        other = rest[place] / len(known) if known else 0.0
        whole.kwh[bucket] = other + filled.kwh.get(bucket, 0.0)
    return whole


def _filled_day_by_day(
    tariff: Tariff,
    home: Ledger,
    unit: Ledger,
    filled: Ledger,
    now: float,
    outlooks: Sequence[Outlook],
) -> Ledger:
    """Return the ledger of a home whose quarters of an hour matter, with the days to come.

    The rest of the home, and what it makes, is in each of them as on one of the last
    days, in turn: the mean of them draws less than they do, and feeds less in.
    """
    known = _known_days(tariff, home, now)
    whole = home.copy()
    for index, bucket, place in _to_come(tariff, now, outlooks):
        drawn = filled.kwh.get(bucket, 0.0)
        if known:
            like = known[index % len(known)] + place
            drawn += home.kwh.get(like, 0.0) - home.fed.get(like, 0.0)
            drawn -= unit.kwh.get(like, 0.0)
        whole.kwh[bucket] = max(drawn, 0.0)
        if drawn < 0:
            whole.fed[bucket] = -drawn
    return whole


def _known_days(tariff: Tariff, home: Ledger, now: float) -> list[int]:
    """Return the first buckets of the last days of which something is known."""
    today = tariff.day_at(now)
    return [
        first
        for first in range(today.first - MEAN_DAYS * _PLACES, today.first, _PLACES)
        if any(bucket in home.kwh for bucket in range(first, first + _PLACES))
    ]


def _to_come(
    tariff: Tariff, now: float, outlooks: Sequence[Outlook]
) -> Iterator[tuple[int, int, int]]:
    """Yield the buckets to come: the index of their day, they, and their place in a day."""
    current = int(now // QUARTER)
    for index, outlook in enumerate(outlooks):
        day = tariff.day(outlook.day)
        for bucket in range(max(day.first, current + 1), day.end):
            yield index, bucket, (bucket - day.first) % _PLACES


def days_of(
    ledger: Ledger,
    tariff: Tariff,
    now: float,
    outdoor: Mapping[date, float],
    known_from: float = math.inf,
) -> list[DayUse]:
    """Return the complete days that the ledger knows, the oldest first.

    The first day that something was counted on is left out: it is a part. So is the one
    on which `known_from` (epoch s) lies, from when on nothing was used where nothing was
    counted.
    """
    since = min(min(ledger.kwh, default=math.inf) * QUARTER, known_from)
    if math.isinf(since):
        return []
    first = tariff.date_of(since) + timedelta(days=1)
    today = tariff.date_of(now)
    found: list[DayUse] = []
    while first < today:
        day = tariff.day(first)
        found.append(
            DayUse(first, ledger.total(day.first, day.end), outdoor.get(first))
        )
        first += timedelta(days=1)
    return found
