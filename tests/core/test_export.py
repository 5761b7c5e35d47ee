"""A home that feeds into the grid: what a unit's use costs in it."""

from datetime import date, datetime, timedelta
import json
import random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.account import Account
from custom_components.klima.core.daylight import Place
from custom_components.klima.core.degree_days import Method, Model
from custom_components.klima.core.energy import Delta, Source
from custom_components.klima.core.export import Flow, HomeFlow, own_use
from custom_components.klima.core.history import Use, price_hours
from custom_components.klima.core.ledger import QUARTER, Ledger
from custom_components.klima.core.projection import Outlook, project
from custom_components.klima.core.tariff import PlanError, Tariff, tariff_from
from custom_components.klima.core.tariff.bill import Bill, Biller

TORONTO = ZoneInfo("America/Toronto")
HOME = Place(43.65, -79.38)
IMPORT, EXPORT = 0.3, 0.08
START = datetime(2026, 6, 1, tzinfo=TORONTO).timestamp()
FIRST = int(START // QUARTER)
NOON = FIRST + 48
MIDNIGHT = FIRST + 96

HOURS = [
    {"period": "on_peak", "price": IMPORT, "start": "07:00", "end": "21:00"},
    {"period": "off_peak", "price": 0.1, "start": "21:00", "end": "07:00"},
]


def plan(export: dict[str, Any] | None, **version: Any) -> Tariff:
    """Return a plan with one price, or what a version says, that pays for export."""
    data = {"tiers": [{"price": IMPORT}], **version}
    if export is not None:
        data["export"] = export
    return tariff_from({"versions": [data]}, TORONTO, HOME)


def bill(
    tariff: Tariff, unit: Ledger, home: Ledger | None, *, with_fixed: bool = False
) -> Bill:
    """Return the bill of June."""
    period = tariff.billing_period(START)
    return Biller(tariff, period, unit, home).bill(
        tariff.bounds(period)[1], with_fixed=with_fixed
    )


def ledgers(
    *rows: tuple[int, float, float | None, float],
) -> tuple[Ledger, Ledger]:
    """Return what the unit used, and its home drew and fed in, in some buckets."""
    unit, home = Ledger(), Ledger()
    home.has_fed = True
    for bucket, used, drawn, fed in rows:
        unit.kwh[bucket] = used
        if drawn is not None:
            home.kwh[bucket] = drawn
        if fed:
            home.add_fed(bucket * QUARTER, (bucket + 1) * QUARTER, fed)
    return unit, home


def test_the_grid_is_the_last_that_a_unit_is_fed_by() -> None:
    """What was drawn costs what it does; the rest what was not paid for it."""
    paid = plan({"price": EXPORT})
    unit, home = ledgers((NOON, 0.5, 0.2, 0.0))
    found = bill(paid, unit, home)
    assert found.total == pytest.approx(0.2 * IMPORT + 0.3 * EXPORT)
    assert found.energy == pytest.approx(0.2 * IMPORT)
    assert (found.own_kwh, found.forgone) == (
        pytest.approx(0.3),
        pytest.approx(0.3 * EXPORT),
    )
    assert found.as_dict()["export_forgone"] == {"kwh": 0.3, "cost": 0.02}
    assert found.by_period["all_day"] == (
        pytest.approx(0.5),
        pytest.approx(found.total),
    )
    # As much is drawn: it is all bought, whatever is fed in within that quarter.
    unit, home = ledgers((NOON, 0.5, 0.6, 0.9))
    assert bill(paid, unit, home).total == pytest.approx(0.5 * IMPORT)
    # Nothing is known of the home yet: nothing is taken for its own.
    unit, home = ledgers((NOON, 0.5, None, 0.0))
    assert bill(paid, unit, home).total == pytest.approx(0.5 * IMPORT)
    # Its import stood still while it fed in: that is not told apart from nothing.
    unit, home = ledgers((NOON, 0.5, None, 0.1))
    assert bill(paid, unit, home).total == pytest.approx(0.5 * EXPORT)


def test_a_battery_by_night_is_not_export() -> None:
    """Nor are two meters that tell at different times: unless it does feed in."""
    paid = plan({"price": EXPORT})
    unit, home = ledgers((MIDNIGHT, 0.5, 0.1, 0.0))
    assert bill(paid, unit, home).total == pytest.approx(0.5 * IMPORT)
    unit, home = ledgers((MIDNIGHT, 0.5, 0.1, 0.2))
    assert bill(paid, unit, home).total == pytest.approx(0.1 * IMPORT + 0.4 * EXPORT)


def test_without_a_meter_or_a_rate_nothing_changes() -> None:
    """A plan that pays for export bills a home without a meter of it as before."""
    unit, home = ledgers((NOON, 0.5, 0.2, 0.3), (NOON + 1, 0.5, 0.7, 0.0))
    before = bill(plan(None), unit, home)
    home.has_fed = False
    assert bill(plan({"price": EXPORT}), unit, home) == before
    assert bill(plan({"price": EXPORT}), unit, None) == before
    assert before.total == pytest.approx(1.0 * IMPORT)
    assert "export_forgone" not in before.as_dict()


def test_rates_by_period_and_season() -> None:
    """The rate that says most of its time holds."""
    export = {
        "price": 0.05,
        "rates": [
            {"period": "on_peak", "price": 0.1},
            {"period": "on_peak", "season": "summer", "price": 0.2},
        ],
    }
    paid = plan(export, tiers=[], hours=HOURS, summer=["06-02", "09-30"])
    own = Ledger()
    home = Ledger()
    home.has_fed = True
    rates = []
    # 1 June is winter here, 2 June summer; 06:30 is off the peak, and by day.
    for bucket, rate in ((FIRST + 26, 0.05), (NOON, 0.1), (NOON + 96, 0.2)):
        own.kwh[bucket], home.kwh[bucket] = 1.0, 0.0
        rates.append(rate)
    assert bill(paid, own, home).total == pytest.approx(sum(rates))


def test_a_spot_price_is_paid_for_export_too() -> None:
    """The price entity's price of the moment; what waits for it is not free."""
    unit, home = ledgers((NOON, 1.0, 0.4, 0.0), (NOON + 1, 1.0, 0.5, 0.0))
    unit.add_spot(NOON * QUARTER, (NOON + 1) * QUARTER, 1.0, 0.2)
    follows = plan({"price": 0.01, "factor": 0.9}, spot={"factor": 1})
    found = bill(follows, unit, home)
    assert found.total == pytest.approx(0.4 * (IMPORT + 0.2) + 0.6 * (0.01 + 0.18))
    assert found.unpriced == pytest.approx(1.0)
    # A fixed rate is known without it.
    found = bill(plan({"price": EXPORT}, spot={}), unit, home)
    assert found.unpriced == pytest.approx(0.5)
    assert found.forgone == pytest.approx((0.6 + 0.5) * EXPORT)


def test_taxes_minimum_tiers_and_demand_are_of_what_was_drawn() -> None:
    """A utility knows nothing of what a home makes and uses itself."""
    unit, home = ledgers((NOON, 2.0, 0.5, 0.0), (NOON + 1, 1.0, 1.5, 0.0))
    taxed = plan(
        {"price": EXPORT},
        tiers=[{"price": 0.1, "up_to": 1}, {"price": 0.4}],
        taxes=[{"percent": 10}],
        demand={"price": 8, "minutes": 15},
        minimum=50,
    )
    found = bill(taxed, unit, home)
    # Of the second quarter's 1.5 kWh a third is in the first tier.
    energy = 0.5 * 0.1 + 1.0 * (0.5 * 0.1 + 1.0 * 0.4) / 1.5
    assert found.energy == pytest.approx(energy)
    assert found.demand == pytest.approx(8 * 1.0 * 4)
    assert found.taxes == pytest.approx(0.1 * (energy + found.demand))
    assert found.total == pytest.approx(1.1 * (energy + found.demand) + 1.5 * EXPORT)
    # The minimum is the utility's, and what was not earned comes on top of it.
    low = bill(plan({"price": EXPORT}, minimum=50), unit, home, with_fixed=True)
    assert low.total == pytest.approx(50 + 1.5 * EXPORT)


buckets = st.integers(FIRST, FIRST + 300)
amounts = st.integers(0, 3000).map(lambda wh: wh / 1000)
rows = st.lists(
    st.tuples(buckets, amounts, st.none() | amounts, amounts),
    max_size=40,
    unique_by=lambda row: row[0],
)


@given(rows, st.floats(0, IMPORT))
@settings(deadline=None)
def test_a_kwh_costs_no_less_than_export_and_no_more_than_import(
    drawn: list[tuple[int, float, float | None, float]], rate: float
) -> None:
    """Wherever the export rate is no more than the price."""
    unit, home = ledgers(*drawn)
    used = sum(unit.kwh.values())
    found = bill(plan({"price": rate}), unit, home)
    assert used * rate - 1e-9 <= found.total <= used * IMPORT + 1e-9
    assert found.kwh == pytest.approx(used)
    # At the same price for both it is all the same whose it is.
    same = bill(plan({"price": IMPORT}), unit, home).total
    assert same == pytest.approx(used * IMPORT)


@given(rows, st.randoms(use_true_random=False), st.floats(0, 1))
@settings(deadline=None)
def test_what_comes_in_parts_and_late_is_the_same_bill(
    drawn: list[tuple[int, float, float | None, float]],
    chance: random.Random,
    when: float,
) -> None:
    """In any order, with bills worked out between."""
    whole, home = ledgers(*drawn)
    tariff = plan({"price": EXPORT}, tiers=[], hours=HOURS)
    expected = bill(tariff, whole, home)
    parts: list[tuple[str, int, float]] = []
    for bucket, used, told, fed in drawn:
        parts += [("used", bucket, used / 2)] * 2
        if told is not None:
            parts += [("drawn", bucket, told / 2)] * 2
        if fed:
            parts += [("fed", bucket, fed / 2)] * 2
    chance.shuffle(parts)
    unit, late = Ledger(), Ledger()
    late.has_fed = True
    period = tariff.billing_period(START)
    biller = Biller(tariff, period, unit, late)
    end = tariff.bounds(period)[1]
    for index, (what, bucket, kwh) in enumerate(parts):
        span = bucket * QUARTER, (bucket + 1) * QUARTER
        if what == "fed":
            late.add_fed(*span, kwh)
        else:
            (unit if what == "used" else late).add(*span, kwh)
        if index == int(when * len(parts)):
            biller.bill(START + when * (end - START))
    found = biller.bill(end)
    assert found.total == pytest.approx(expected.total)
    assert found.own_kwh == pytest.approx(expected.own_kwh)


def test_a_ledger_keeps_what_was_fed_in() -> None:
    """Rows of before have nothing of it, and are read as they were."""
    _, home = ledgers((NOON, 0.0, 0.25, 0.0), (NOON + 1, 0.0, None, 0.5))
    kept = home.rows()
    assert kept == {str(NOON): [0.25], str(NOON + 1): [0.0, 0.0, 0.0, 0.0, 0.5]}
    read = Ledger()
    read.overlay(kept)
    assert (read.kwh, read.fed) == (home.kwh, home.fed)
    copy = home.copy()
    assert copy.has_fed
    assert copy.fed == home.fed
    copy.forget(NOON + 2)
    assert not copy.fed
    assert home.fed
    with pytest.raises(ValueError, match="not a row"):
        home.overlay({str(NOON): [0.0] * 6})


@pytest.mark.parametrize(
    ("export", "field", "reason"),
    [
        ({"price": float("nan")}, "base", "not_finite"),
        ({"price": "much"}, "base", "not_a_plan"),
        ({}, "base", "not_a_plan"),
        (
            {"price": 0.1, "rates": [{"period": "mid_peak", "price": 0.1}]},
            "export_rates",
            "no_such_period",
        ),
        (
            {
                "price": 0.1,
                "rates": [{"period": "on_peak", "price": 0.1, "season": "summer"}],
            },
            "export_rates",
            "no_summer",
        ),
        (
            {"price": 0.1, "rates": [{"period": "on_peak", "price": 0.1}] * 2},
            "export_rates",
            "export_rate_twice",
        ),
        ({"price": 0.1, "factor": 1}, "export_factor", "no_price_entity"),
    ],
)
def test_rates_that_no_plan_has_are_refused(
    export: dict[str, Any], field: str, reason: str
) -> None:
    """Each with its field."""
    with pytest.raises(PlanError) as error:
        plan(export, hours=HOURS)
    assert (error.value.faults[0].field, error.value.faults[0].reason) == (
        field,
        reason,
    )


@pytest.mark.parametrize(
    ("place", "at", "light"),
    [
        # Toronto's sun rises at 5.36 on its longest day, and sets at 16.43 on its shortest.
        (HOME, "2026-06-21T05:25-04:00", False),
        (HOME, "2026-06-21T05:50-04:00", True),
        (HOME, "2026-12-21T16:30-05:00", True),
        (HOME, "2026-12-21T16:55-05:00", False),
        # In Tromso neither happens.
        (Place(69.65, 18.96), "2026-12-21T12:00+01:00", False),
        (Place(69.65, 18.96), "2026-06-21T00:30+02:00", True),
        # South and east are another day's and another season's.
        (Place(-33.87, 151.21), "2026-12-21T05:55+11:00", True),
        (Place(-33.87, 151.21), "2026-06-21T06:40+10:00", False),
    ],
)
def test_the_sun_is_up(place: Place, at: str, light: bool) -> None:
    """By the almanac, wherever a home is."""
    assert place.is_light(datetime.fromisoformat(at).timestamp()) == light


def test_a_tariff_without_a_place_knows_no_night() -> None:
    """And one with it has nights."""
    assert tariff_from({"versions": [{}]}, TORONTO).is_light(MIDNIGHT)
    assert not plan(None).is_light(MIDNIGHT)
    assert plan(None).is_light(NOON)


def step(start: float, end: float, kwh: float) -> Delta:
    """Return what a counter counted."""
    return Delta(start, end, kwh, Source.COUNTER)


def test_the_flow_of_a_home_is_what_its_counters_told_last() -> None:
    """Of the last minute; a counter that stood still meanwhile has none."""
    flow = HomeFlow()
    assert flow.at(0) is None
    flow.draw(step(0, 30, 0.01))
    flow.draw(step(30, 60, 0.02))
    assert flow.at(60) is None
    flow.close()
    assert flow.at(60) == Flow(pytest.approx(0.03 * 60), 0.0)
    assert not flow.at(60).is_export
    # The sun comes out: the one stands still, the other counts.
    flow.feed(step(60, 120, 0.05))
    flow.close()
    assert flow.at(120) == Flow(0.0, pytest.approx(3.0))
    assert flow.at(120).is_export
    # Both count, in a minute with a cloud: the greater wins.
    flow.draw(step(60, 180, 0.02))
    flow.feed(step(120, 180, 0.01))
    flow.close()
    assert flow.at(180) == Flow(pytest.approx(0.6), pytest.approx(0.6))
    assert not flow.at(180).is_export
    # Nothing new: it holds for a quarter of an hour, and then nothing is known.
    flow.close()
    assert flow.at(180 + 900) is not None
    assert flow.at(180 + 901) is None


def test_a_clock_that_was_set_back_knows_of_no_flow() -> None:
    """Until the counters tell by it."""
    flow = HomeFlow()
    flow.feed(step(36_000, 36_060, 0.05))
    flow.close()
    assert flow.at(36_060) is not None
    assert flow.at(3600) is None
    flow.draw(step(3600, 3660, 0.01))
    flow.close()
    assert flow.at(3660) == Flow(pytest.approx(0.6), 0.0)


def test_a_lump_in_a_moment_is_no_power() -> None:
    """A counter that was just found may tell at once what it kept back."""
    flow = HomeFlow()
    flow.feed(step(0, 1, 0.05))
    flow.close()
    assert flow.at(60) == Flow(0.0, pytest.approx(3.0))
    flow.draw(step(0, 60, 0.06))
    flow.close()
    assert not flow.at(60).is_export


def test_a_coarse_counter_holds_for_as_long_as_its_step_took_but_no_longer_than_an_hour() -> (
    None
):
    """The first step of the morning took all night, and says little."""
    flow = HomeFlow()
    flow.draw(step(0, 50_000, 5.0))
    flow.feed(step(-20_000, 50_400, 0.1))
    flow.close()
    assert not flow.at(50_400).is_export
    flow.feed(step(50_400, 52_200, 1.0))
    flow.close()
    assert flow.at(52_200 + 1800) == Flow(0.0, pytest.approx(2.0))
    assert flow.at(52_200 + 1801) is None


@given(amounts, amounts, amounts, st.booleans())
def test_own_use_is_part_of_the_use(
    used: float, drawn: float, fed: float, light: bool
) -> None:
    """None of it is drawn, and none is more than was used."""
    own = own_use(used, drawn, fed, is_light=light)
    assert 0 <= own <= used
    if own:
        assert own == used - drawn


def test_an_account_prices_the_homes_own_apart() -> None:
    """And zones still add up to the whole; it only grows."""
    account = Account(["a", "b"], is_priced=True)
    account.set_price(0, IMPORT)
    account.set_loads(0, {"a": 1.0, "b": 3.0})
    account.count(step(0, 60, 1.0), own=0.25, export=EXPORT)
    assert account.costs.lifetime == pytest.approx(0.75 * IMPORT + 0.25 * EXPORT)
    account.count(step(60, 120, 1.0), own=1.0, export=EXPORT)
    account.count(step(120, 180, 1.0), own=0.5, export=None)
    expected = 1.75 * IMPORT + 1.25 * EXPORT
    assert account.costs.lifetime == pytest.approx(expected)
    assert sum(share.cost for share in account.shares.values()) == pytest.approx(
        expected
    )
    assert sum(share.energy for share in account.shares.values()) == pytest.approx(3)
    # Nothing is left to wait where all of it was the home's own.
    account.set_price(180, None)
    account.count(step(180, 240, 1.0), own=1.0, export=EXPORT)
    assert account.costs.unpriced == ()


def test_what_waited_for_a_price_is_whose_it_was() -> None:
    """Not of who heats as the price comes; a restart meanwhile forgets nothing of it."""
    account = Account(["a", "b"], is_priced=True)
    account.set_price(0, 0.2)
    account.set_loads(0, {"a": 1.0, "b": 3.0})
    account.count(step(0, 60, 4.0))
    account.set_price(60, None)
    account.count(step(60, 120, 2.0))
    assert account.costs.lifetime == pytest.approx(0.8)

    def settled(data: dict[str, Any]) -> dict[str, float]:
        again = Account(["a", "b"], is_priced=True)
        again.restore(json.loads(json.dumps(data)))
        again.set_price(110, None)
        again.set_loads(120, {"a": 1.0, "b": 0.0})
        again.set_price(120, 0.5)
        assert all(share.waiting == 0 for share in again.shares.values())
        assert again.costs.lifetime == pytest.approx(1.8)
        return {zone: share.cost for zone, share in again.shares.items()}

    kept = account.as_dict()
    assert settled(kept) == {"a": pytest.approx(0.45), "b": pytest.approx(1.35)}
    # What an earlier version kept without saying whose it was is of all alike.
    del kept["waiting"]
    assert settled(kept) == {"a": pytest.approx(0.7), "b": pytest.approx(1.1)}


def test_the_past_of_a_home_that_feeds_in() -> None:
    """An hour's import and export beside the unit's, priced as then."""
    start = int(NOON * QUARTER)
    use = [Use(start, 2.0), Use(start + 3600, 2.0)]
    home = [Use(start, 0.4), Use(start + 3600, 3.0)]
    fed = [Use(start, 1.0), Use(start + 3600, 0.0)]
    paid = plan({"price": EXPORT})
    costs = [hour.cost for hour in price_hours(paid, use, home, fed=fed)]
    assert costs == [pytest.approx(0.4 * IMPORT + 1.6 * EXPORT), pytest.approx(0.6)]
    before = [hour.cost for hour in price_hours(paid, use, home)]
    assert before == [pytest.approx(0.6), pytest.approx(0.6)]


def test_a_projection_has_the_days_to_come_like_the_last_ones() -> None:
    """Half the days have sun enough for the unit: half of what is to come is the home's own."""
    tariff = plan({"price": EXPORT})
    period = tariff.billing_period(START)
    now = START + 15 * 86_400
    unit, home = Ledger(), Ledger()
    home.has_fed = True
    for day in range(15):
        for bucket in range(FIRST + day * 96 + 44, FIRST + day * 96 + 52):
            at = bucket * QUARTER, (bucket + 1) * QUARTER
            unit.add(*at, 0.5)
            home.add(*at, 0.0 if day % 2 else 0.7)
            if day % 2:
                home.add_fed(*at, 0.1)
    model = Model(base=4.0, deviation=0.0, count=14, method=Method.DAILY_MEAN)
    days = [
        Outlook(date(2026, 6, 16) + timedelta(days=ahead), None) for ahead in range(14)
    ]
    found = project(tariff, period, unit, home, now, model, days, with_fixed=False)
    so_far = bill(tariff, unit, home).total
    assert so_far == pytest.approx(4 * (8 * IMPORT + 7 * EXPORT))
    assert found.total - so_far == pytest.approx(4 * 7 * (IMPORT + EXPORT))
