"""One version of a plan: its prices from a day on, until the next version's.

What a kWh costs is a sum: the price of the period that it is used in, that of
the tier that it falls in, and the adders. A plan without tiers has one of no
price, a plan without periods one of all day; so a plan of tiers with a
surcharge at the peak, or of periods with a credit within a baseline, is
written as its utility writes it. Money is in the home's currency, energy in
kWh.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
import math
from typing import Any

from .calendar import Calendar, Period, Season, Window, calendar_from
from .cycle import BillingPeriod
from .demand import Demand, demand_faults, demand_figures, demand_from
from .faults import Fault, PlanError


class Per(StrEnum):
    """The time that an amount is for."""

    DAY = "day"
    MONTH = "month"
    CYCLE = "cycle"

    def times(self, period: BillingPeriod, days: float) -> float:
        """Return how often it is counted for some of a billing period's days."""
        if self is Per.DAY:
            return days
        whole = 1.0 if self is Per.CYCLE else period.month_count
        return whole * days / period.days


class Base(StrEnum):
    """What a percentage is taken of."""

    ENERGY = "energy"
    FIXED = "fixed"
    DEMAND = "demand"
    SUBTOTAL = "subtotal"
    TOTAL = "total"


class EventPrice(StrEnum):
    """What the price of a critical peak is to the others."""

    INSTEAD = "instead"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Step:
    """A tier: its price, and the kWh up to which it reaches (None: without end)."""

    price: float
    up_to: float | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """An amount that is paid whatever is used; a credit is below zero."""

    amount: float
    per: Per = Per.DAY
    name: str = ""


@dataclass(frozen=True, slots=True)
class Tax:
    """A percentage of some of the bill; a rebate is below zero.

    Of `subtotal`: of all charges before any tax. Of `total`: of the taxes
    before it as well.
    """

    percent: float
    base: Base = Base.SUBTOTAL
    name: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What a kWh costs in a critical peak."""

    price: float
    kind: EventPrice = EventPrice.INSTEAD


@dataclass(frozen=True, slots=True)
class Export:
    """What is paid for a kWh that a home feeds into the grid, as it is credited.

    `rates` are those of a period in a season, `price` of all else. With a `factor`
    the price entity's price is in it, times that. No tax is reckoned on it.
    """

    price: float
    rates: Mapping[tuple[Period, Season], float]
    factor: float = 0.0

    def rate(
        self, period: Period, season: Season, *, spot: float | None = None
    ) -> float | None:
        """Return the rate, None while a price entity that it follows has none."""
        price = self.rates.get((period, season))
        if price is None:
            price = self.rates.get((period, Season.ALL_YEAR), self.price)
        if not self.factor:
            return price
        return None if spot is None else price + spot * self.factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The prices of a plan from a day on.

    `tiers` are the steps of each season, alike for all of the year where a
    season has none of its own. `spot` is what a price entity's price is
    multiplied with, None for a plan that follows none.
    """

    calendar: Calendar
    effective_from: date | None = None
    valid_until: date | None = None
    tiers: Mapping[Season, tuple[Step, ...]]
    tiers_per: Per = Per.CYCLE
    adder: float = 0.0
    fixed: tuple[Fixed, ...] = ()
    demand: Demand | None = None
    taxes: tuple[Tax, ...] = ()
    minimum: float = 0.0
    event: Event | None = None
    spot: float | None = None
    export: Export | None = None

    def steps(self, season: Season) -> tuple[Step, ...]:
        """Return the tiers of a season; one of no price where it has none."""
        found = self.tiers.get(season)
        if found is None:
            found = self.tiers.get(Season.ALL_YEAR)
        return _NO_TIERS if found is None else found

    def rate(
        self,
        window: Window,
        step: Step,
        *,
        spot: float | None = None,
        is_event: bool = False,
    ) -> float | None:
        """Return what a kWh costs before tax, None while a price entity has none."""
        price = window.price + step.price
        if is_event and self.event is not None:
            if self.event.kind is EventPrice.INSTEAD:
                return self.event.price + self.adder
            price += self.event.price
        if self.spot is not None:
            if spot is None:
                return None
            price += spot * self.spot
        return price + self.adder

    def taxed(self, energy: float, fixed: float = 0.0, demand: float = 0.0) -> float:
        """Return the taxes and levies on charges, in the order that they are in."""
        charges = {Base.ENERGY: energy, Base.FIXED: fixed, Base.DEMAND: demand}
        subtotal = energy + fixed + demand
        taxes = 0.0
        for tax in self.taxes:
            if tax.base is Base.SUBTOTAL:
                base = subtotal
            elif tax.base is Base.TOTAL:
                base = subtotal + taxes
            else:
                base = charges[tax.base]
            taxes += base * tax.percent / 100
        return taxes

    @property
    def energy_factor(self) -> float:
        """What a price before tax is multiplied with, to be all that a kWh adds."""
        return 1.0 + self.taxed(1.0)


_NO_TIERS = (Step(0.0),)


def version_from(data: Mapping[str, Any]) -> Version:
    """Return a version of what a plan's data says; raises PlanError."""
    event = data.get("event")
    spot = data.get("spot")
    try:
        version = Version(
            calendar=calendar_from(
                data.get("hours", ()),
                summer=data.get("summer"),
                holiday_list=data.get("holidays", "none"),
            ),
            effective_from=_day(data.get("effective_from")),
            valid_until=_day(data.get("valid_until")),
            tiers=tiers_from(data.get("tiers", ()), bool(data.get("summer"))),
            tiers_per=Per(data.get("tiers_per", Per.CYCLE)),
            adder=sum(
                float(adder["price"]) * float(adder.get("factor", 1))
                for adder in data.get("adders", ())
            ),
            fixed=tuple(
                Fixed(
                    float(charge["amount"]),
                    Per(charge.get("per", Per.DAY)),
                    charge.get("name", ""),
                )
                for charge in data.get("fixed", ())
            ),
            demand=demand_from(data.get("demand")),
            taxes=tuple(
                Tax(
                    float(tax["percent"]),
                    Base(tax.get("on", Base.SUBTOTAL)),
                    tax.get("name", ""),
                )
                for tax in data.get("taxes", ())
            ),
            minimum=float(data.get("minimum", 0)),
            event=None
            if event is None
            else Event(
                float(event["price"]), EventPrice(event.get("kind", EventPrice.INSTEAD))
            ),
            spot=None if spot is None else float(spot.get("factor", 1)),
            export=export_from(data.get("export")),
        )
    except PlanError:
        raise
    except (KeyError, TypeError, ValueError) as err:
        raise PlanError(Fault("base", "not_a_plan", {"error": repr(err)})) from err
    if faults := tuple(_faults(version)):
        raise PlanError(*faults)
    return version


def export_from(data: Mapping[str, Any] | None) -> Export | None:
    """Return the export rates of what a version's data says; raises PlanError."""
    if data is None:
        return None
    rates: dict[tuple[Period, Season], float] = {}
    for row in data.get("rates", ()):
        key = Period(row["period"]), Season(row.get("season", Season.ALL_YEAR))
        if key in rates:
            period, season = key
            placeholders = {"period": period.value, "season": season.value}
            raise PlanError(Fault("export_rates", "export_rate_twice", placeholders))
        rates[key] = float(row["price"])
    return Export(float(data["price"]), rates, float(data.get("factor", 0)))


def tiers_from(
    rows: Iterable[Mapping[str, Any]], has_seasons: bool
) -> dict[Season, tuple[Step, ...]]:
    """Return the tiers of each season; raises PlanError for tiers with a hole."""
    tiers: dict[Season, list[Step]] = {}
    for row in rows:
        up_to = row.get("up_to")
        tiers.setdefault(Season(row.get("season", Season.ALL_YEAR)), []).append(
            Step(float(row["price"]), None if up_to is None else float(up_to))
        )
    if tiers and Season.ALL_YEAR not in tiers:
        missing = {Season.SUMMER, Season.WINTER} - set(tiers)
        if missing and has_seasons:
            raise PlanError(Fault("tiers", "no_tiers", {"season": min(missing).value}))
    if not has_seasons and set(tiers) - {Season.ALL_YEAR}:
        raise PlanError(Fault("seasons", "no_summer"))
    for season, steps in tiers.items():
        _check_steps(season, steps)
    return {season: tuple(steps) for season, steps in tiers.items()}


def _check_steps(season: Season, steps: list[Step]) -> None:
    """Refuse tiers that do not go on from one to the next without an end."""
    reached = 0.0
    for step in steps[:-1]:
        if step.up_to is None:
            raise PlanError(Fault("tiers", "tier_after_last", {"season": season.value}))
        if not step.up_to > reached:
            raise PlanError(
                Fault(
                    "tiers",
                    "tier_out_of_order",
                    {
                        "season": season.value,
                        "up_to": f"{step.up_to:g}",
                        "reached": f"{reached:g}",
                    },
                )
            )
        reached = step.up_to
    if steps[-1].up_to is not None:
        raise PlanError(
            Fault(
                "tiers",
                "tier_hole",
                {"season": season.value, "above": f"{steps[-1].up_to:g}"},
            )
        )


def _faults(version: Version) -> Iterable[Fault]:
    """Yield the figures that are no figures, or that no plan has."""
    figures = [
        version.adder,
        version.minimum,
        *(window.price for window in version.calendar.windows),
        *(step.price for steps in version.tiers.values() for step in steps),
        *(charge.amount for charge in version.fixed),
        *(tax.percent for tax in version.taxes),
    ]
    if version.demand is not None:
        figures += demand_figures(version.demand)
        yield from demand_faults(version.demand)
    if version.event is not None:
        figures.append(version.event.price)
    if version.spot is not None:
        figures.append(version.spot)
    if (export := version.export) is not None:
        figures += [export.price, export.factor, *export.rates.values()]
        yield from _export_faults(export, version)
    if not all(map(math.isfinite, figures)):
        yield Fault("base", "not_finite")
    if (
        version.valid_until is not None
        and version.effective_from is not None
        and version.valid_until < version.effective_from
    ):
        yield Fault("valid_until", "ends_before_it_begins")


def _export_faults(export: Export, version: Version) -> Iterable[Fault]:
    """Yield the rates of times that a version does not have."""
    periods = {window.period for window in version.calendar.windows}
    for period, season in export.rates:
        if period not in periods:
            yield Fault("export_rates", "no_such_period", {"period": period.value})
        if season is not Season.ALL_YEAR and version.calendar.summer is None:
            yield Fault("export_rates", "no_summer")
    if export.factor and version.spot is None:
        yield Fault("export_factor", "no_price_entity")


def _day(text: str | None) -> date | None:
    return None if not text else date.fromisoformat(text)
