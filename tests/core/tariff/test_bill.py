"""The bill of every kind of plan, beside a utility's own calculation, to the cent."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
import random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.ledger import QUARTER, Ledger
from custom_components.klima.core.tariff import tariff_from
from custom_components.klima.core.tariff.bill import Biller
from custom_components.klima.core.tariff.cycle import BillingPeriod
from custom_components.klima.plans import read_known_plans

from .utility import utility_bill, with_prices

TORONTO = ZoneInfo("America/Toronto")
ROME = ZoneInfo("Europe/Rome")
NEWFOUNDLAND = ZoneInfo("America/St_Johns")
KNOWN = read_known_plans()

TIME_OF_USE = {"versions": list(KNOWN["ontario_time_of_use"].versions)}
TWO_TIERS = {
    "versions": [
        {
            "tiers_per": "day",
            "tiers": [{"price": 0.07065, "up_to": 40}, {"price": 0.11142}],
            "fixed": [{"amount": 0.46154, "per": "day"}],
            "taxes": [
                {"percent": 5, "on": "subtotal"},
                {"percent": 9.975, "on": "subtotal"},
            ],
        }
    ]
}
EVERYTHING = {
    "versions": [
        {
            "summer": ["05-01", "10-31"],
            "hours": [
                {
                    "period": "overnight",
                    "price": -0.05,
                    "start": "23:00",
                    "end": "07:00",
                },
                {"period": "off_peak", "price": 0, "start": "07:00", "end": "16:00"},
                {"period": "on_peak", "price": 0.05, "start": "16:00", "end": "21:00"},
                {"period": "off_peak", "price": 0, "start": "21:00", "end": "23:00"},
            ],
            "tiers_per": "day",
            "tiers": [{"price": 0.1097, "up_to": 22.1918}, {"price": 0.1408}],
            "adders": [{"price": 0.0123}],
            "fixed": [
                {"amount": 0.2253, "per": "day"},
                {"amount": 12, "per": "month"},
                {"amount": -4, "per": "cycle"},
            ],
            "demand": {"price": 8.4, "minutes": 60, "periods": ["on_peak"]},
            "taxes": [
                {"percent": 3, "on": "energy"},
                {"percent": 5, "on": "total"},
                {"percent": -23.5, "on": "subtotal"},
            ],
            "event": {"price": 0.3, "kind": "added"},
        }
    ]
}
CHANGED = {
    "versions": [
        {
            "effective_from": "2025-04-01",
            "tiers_per": "day",
            "tiers": [{"price": 0.06704, "up_to": 40}, {"price": 0.10342}],
            "fixed": [{"amount": 0.4481, "per": "day"}],
        },
        {
            "effective_from": "2026-04-01",
            "tiers_per": "day",
            "tiers": [{"price": 0.07065, "up_to": 30}, {"price": 0.11142}],
            "fixed": [{"amount": 0.46154, "per": "day"}],
            "taxes": [{"percent": 14.975}],
        },
    ]
}
FLAT = {"versions": [{"tiers": [{"price": 0.1375}]}]}
MARKET = {
    "versions": [
        {
            "spot": {"factor": 1.05},
            "adders": [{"price": 0.021}],
            "taxes": [{"percent": 25}],
        }
    ]
}
PLANS: dict[str, dict[str, Any]] = {
    "flat": FLAT,
    "time of use": TIME_OF_USE,
    "two tiers": TWO_TIERS,
    "everything": EVERYTHING,
    "changed": CHANGED,
    "market": MARKET,
    **{
        name: {"versions": list(map(with_prices, plan.versions))}
        for name, plan in KNOWN.items()
        if name != "comed_hourly"
    },
}

EUROPEAN = {name for name, plan in KNOWN.items() if plan.country not in ("CA", "US")}

PERIODS = {
    "clocks put forward": (date(2026, 3, 1), date(2026, 4, 1), 1),
    "clocks put back": (date(2026, 11, 1), date(2026, 12, 1), 1),
    "leap day": (date(2028, 2, 1), date(2028, 3, 1), 1),
    "two months over a change of prices": (date(2026, 3, 12), date(2026, 5, 12), 2),
    "two months over a season": (date(2026, 9, 12), date(2026, 11, 12), 2),
}


def quarters(start: date, end: date, zone: ZoneInfo) -> list[datetime]:
    """Return the quarters of an hour of a period."""
    at = datetime(start.year, start.month, start.day, tzinfo=zone).astimezone(UTC)
    last = datetime(end.year, end.month, end.day, tzinfo=zone).astimezone(UTC)
    found = []
    while at < last:
        found.append(at)
        at += timedelta(minutes=15)
    return found


def metered(
    times: list[datetime], seed: int, most: float = 0.9
) -> dict[datetime, Decimal]:
    """Return what a meter counted, in whole Wh: some hours nothing, some much."""
    chance = random.Random(seed)
    return {
        at: Decimal(round(1000 * most * max(chance.uniform(-0.5, 1), 0))) / 1000
        for at in times
    }


def ledger_of(readings: dict[datetime, Decimal]) -> Ledger:
    """Return the ledger of a meter's readings."""
    ledger = Ledger()
    for at, kwh in readings.items():
        ledger.add(at.timestamp(), at.timestamp() + QUARTER, float(kwh))
    return ledger


def to_the_cent(amount: float | Decimal) -> Decimal:
    """Round as a bill does."""
    return Decimal(repr(float(amount))).quantize(Decimal("0.01"))


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize(
    ("name", "zone"),
    [
        *((name, ROME if name in EUROPEAN else TORONTO) for name in PLANS),
        ("everything", NEWFOUNDLAND),
        ("time of use", NEWFOUNDLAND),
    ],
)
def test_the_bill_is_the_utilitys(name: str, period: str, zone: ZoneInfo) -> None:
    """A period of every plan costs what the utility's own calculation says, to the cent."""
    plan = PLANS[name]
    start, end, months = PERIODS[period]
    times = quarters(start, end, zone)
    readings = metered(times, 1)
    ledger = ledger_of(readings)
    events: frozenset[datetime] = frozenset()
    if any("event" in version for version in plan["versions"]):
        events = frozenset(times[100:112] + times[900:912])
        for at in events:
            ledger.events[int(at.timestamp() // QUARTER)] = float(readings[at])
    spot = {at: Decimal(index % 40 - 4) / 100 for index, at in enumerate(times)}
    if any("spot" in version for version in plan["versions"]):
        for at, price in spot.items():
            when = at.timestamp()
            ledger.add_spot(when, when + QUARTER, float(readings[at]), float(price))
    tariff = tariff_from(plan, zone)
    billing = BillingPeriod(start, end, months)
    ours = Biller(tariff, billing, ledger).bill(times[-1].timestamp() + QUARTER)
    theirs = utility_bill(
        plan, readings, start, end, zone=zone, months=months, events=events, spot=spot
    )
    assert ours.kwh == pytest.approx(float(sum(readings.values())))
    assert to_the_cent(ours.total) == to_the_cent(theirs)


@pytest.mark.parametrize("name", ["two tiers", "everything", "pge_e_tou_c"])
def test_a_units_part_of_the_home(name: str) -> None:
    """With the whole home's meter each kWh pays the tier that the home is in."""
    plan = PLANS[name]
    start, end, months = PERIODS["two months over a season"]
    times = quarters(start, end, TORONTO)
    unit = metered(times, 2, 0.4)
    rest = metered(times, 3, 0.8)
    home = {at: unit[at] + rest[at] for at in times}
    tariff = tariff_from(plan, TORONTO)
    billing = BillingPeriod(start, end, months)
    until = times[-1].timestamp() + QUARTER
    whole = ledger_of(home)

    ours = Biller(tariff, billing, ledger_of(unit), whole).bill(until, with_fixed=False)
    fixed = utility_bill(plan, {}, start, end, zone=TORONTO, months=months)
    theirs = utility_bill(
        plan, unit, start, end, zone=TORONTO, months=months, home=home
    )
    assert to_the_cent(ours.total) == to_the_cent(theirs - fixed)
    # What the rest of the home pays makes the home's bill whole.
    others = Biller(tariff, billing, ledger_of(rest), whole).bill(
        until, with_fixed=False
    )
    all_of_it = Biller(tariff, billing, whole).bill(until, with_fixed=False)
    assert ours.total + others.total == pytest.approx(all_of_it.total)


def test_a_home_meter_that_shows_less_than_the_unit() -> None:
    """What the unit used was used by the home, whatever its meter says."""
    start, end, months = PERIODS["clocks put back"]
    times = quarters(start, end, TORONTO)
    unit = metered(times, 4)
    tariff = tariff_from(TWO_TIERS, TORONTO)
    billing = BillingPeriod(start, end, months)
    until = times[-1].timestamp() + QUARTER
    broken = ledger_of({at: kwh / 2 for at, kwh in unit.items()})
    assert Biller(tariff, billing, ledger_of(unit), broken).bill(until) == (
        Biller(tariff, billing, ledger_of(unit)).bill(until)
    )


PERIOD = BillingPeriod(date(2026, 10, 20), date(2026, 11, 20), 1)
START = datetime(2026, 10, 20, tzinfo=TORONTO).timestamp()
END = datetime(2026, 11, 20, tzinfo=TORONTO).timestamp()

amounts = st.lists(
    st.tuples(st.floats(START, END - 1), st.floats(0, 200_000), st.floats(0, 60)).map(
        lambda row: (row[0], min(row[0] + row[1], END), row[2])
    ),
    max_size=25,
)
plans = st.sampled_from([FLAT, TIME_OF_USE, TWO_TIERS, EVERYTHING])


@given(plan=plans, used=amounts, seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=60)
def test_the_order_of_amounts_changes_no_bill(
    plan: dict[str, Any], used: list[tuple[float, float, float]], seed: int
) -> None:
    """Late, early, all at once or one by one: the bill is the ledger's."""
    tariff = tariff_from(plan, TORONTO)
    one, other = Ledger(), Ledger()
    watched = Biller(tariff, PERIOD, other)
    for amount in used:
        one.add(*amount)
    shuffled = list(used)
    random.Random(seed).shuffle(shuffled)
    for amount in shuffled:
        other.add(*amount)
        # Asked in between, as often as not before the end.
        watched.bill(amount[0])
    assert watched.bill(END).total == pytest.approx(
        Biller(tariff, PERIOD, one).bill(END).total, abs=1e-6
    )


@given(plan=plans, used=amounts, cuts=st.lists(st.floats(0, 1), max_size=4))
@settings(deadline=None, max_examples=60)
def test_splitting_amounts_changes_no_bill(
    plan: dict[str, Any],
    used: list[tuple[float, float, float]],
    cuts: list[float],
) -> None:
    """An amount counted in parts costs what it costs as a whole."""
    tariff = tariff_from(plan, TORONTO)
    whole, parts = Ledger(), Ledger()
    for start, end, kwh in used:
        whole.add(start, end, kwh)
        edges = [start, *(start + (end - start) * cut for cut in sorted(cuts)), end]
        for first, last in pairwise(edges):
            if last > first:
                parts.add(first, last, kwh * (last - first) / (end - start))
            elif start == end and first is edges[0]:
                parts.add(start, end, kwh)
    assert Biller(tariff, PERIOD, parts).bill(END).total == pytest.approx(
        Biller(tariff, PERIOD, whole).bill(END).total, abs=1e-6
    )


@given(used=amounts, times=st.lists(st.floats(START, END), min_size=2, max_size=8))
@settings(deadline=None, max_examples=40)
def test_a_bill_only_grows_in_its_period(
    used: list[tuple[float, float, float]], times: list[float]
) -> None:
    """With prices above zero, no later bill of a ledger is less."""
    tariff = tariff_from(TWO_TIERS, TORONTO)
    ledger = Ledger()
    for amount in used:
        ledger.add(*amount)
    biller = Biller(tariff, PERIOD, ledger)
    totals = [biller.bill(at).total for at in sorted(times)]
    assert totals == sorted(totals)


def test_a_credit_and_a_minimum() -> None:
    """A minimum holds for the days so far, whatever was used."""
    plan = {
        "versions": [
            {
                "tiers": [{"price": 0.1}],
                "fixed": [{"amount": -10, "per": "cycle"}],
                "minimum": 31,
            }
        ]
    }
    tariff = tariff_from(plan, TORONTO)
    ledger = Ledger()
    ledger.add(START, START + 3600, 5)
    biller = Biller(tariff, PERIOD, ledger)
    assert biller.bill(START + 10 * 86_400).total == pytest.approx(10)
    assert biller.bill(END).total == pytest.approx(31)
    assert biller.bill(END, with_fixed=False).total == pytest.approx(0.5)


def test_energy_without_a_spot_price_is_told() -> None:
    """It is neither free nor guessed."""
    tariff = tariff_from(MARKET, TORONTO)
    ledger = Ledger()
    ledger.add(START, START + 900, 2)
    ledger.add(START + 900, START + 1800, 1)
    ledger.add_spot(START, START + 900, 1, 0.10)
    bill = Biller(tariff, PERIOD, ledger).bill(END)
    assert bill.unpriced == pytest.approx(2)
    assert bill.total == pytest.approx(1 * (0.10 * 1.05 + 0.021) * 1.25)
    ledger.settle_spot(0.20)
    bill = Biller(tariff, PERIOD, ledger).bill(END)
    assert bill.unpriced == 0
    assert bill.total == pytest.approx((0.5 * 1.05 + 3 * 0.021) * 1.25)


def test_what_a_bill_says_of_itself() -> None:
    """Its parts, to the cent and the Wh."""
    tariff = tariff_from(TIME_OF_USE, TORONTO)
    ledger = Ledger()
    at = datetime(2026, 11, 3, 8, tzinfo=TORONTO).timestamp()
    ledger.add(at, at + 3600, 2.5)
    ledger.add(at + 43_200, at + 46_800, 1)
    assert Biller(tariff, PERIOD, ledger).bill(END).as_dict() == {
        "kwh": 3.5,
        "energy": 0.61,
        "demand": 0.0,
        "fixed": 0.0,
        "taxes": 0.0,
        "total": 0.61,
        "unpriced_kwh": 0.0,
        "periods": {
            "on_peak": {"kwh": 2.5, "cost": 0.51},
            "off_peak": {"kwh": 1.0, "cost": 0.1},
        },
    }


def test_a_half_hour_zone_has_its_own_hours() -> None:
    """An hour of demand is an hour of the clock on the wall."""
    plan = {"versions": [{"demand": {"price": 1, "minutes": 60}}]}
    tariff = tariff_from(plan, NEWFOUNDLAND)
    ledger = Ledger()
    nine = datetime(2026, 11, 3, 9, tzinfo=NEWFOUNDLAND).timestamp()
    ledger.add(nine, nine + 3600, 4)
    assert Biller(tariff, PERIOD, ledger).bill(END).demand == pytest.approx(4)


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_the_hours_around_the_midnight_after_clocks_were_put_back(minutes: int) -> None:
    """Each is a peak of its own: their demand was one of twice as much."""
    plan = {"versions": [{"demand": {"price": 1, "minutes": minutes}}]}
    tariff = tariff_from(plan, TORONTO)
    ledger = Ledger()
    midnight = datetime(2026, 11, 2, tzinfo=TORONTO).timestamp()
    for start in (midnight - 3600, midnight):
        ledger.add(start, start + 60 * minutes, 4 * minutes / 60)
    assert Biller(tariff, PERIOD, ledger).bill(END).demand == pytest.approx(4)


def test_an_hour_after_clocks_were_changed_by_half_of_one() -> None:
    """In Lord Howe the clock then shows other hours: those are billed."""
    zone = ZoneInfo("Australia/Lord_Howe")
    plan = {"versions": [{"demand": {"price": 1, "minutes": 60}}]}
    tariff = tariff_from(plan, zone)
    ledger = Ledger()
    nine = datetime(2026, 10, 4, 9, tzinfo=zone).timestamp()
    ledger.add(nine, nine + 3600, 4)
    period = BillingPeriod(date(2026, 10, 1), date(2026, 11, 1), 1)
    end = datetime(2026, 11, 1, tzinfo=zone).timestamp()
    assert Biller(tariff, period, ledger).bill(end).demand == pytest.approx(4)
