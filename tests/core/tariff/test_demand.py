"""Demand charges of other countries: months, steps, several peaks, means of months."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.klima.core.ledger import Ledger
from custom_components.klima.core.tariff import BillingPeriod, PlanError, tariff_from
from custom_components.klima.core.tariff.bill import Bill, Biller
from custom_components.klima.core.tariff.peaks import PastPeaks, Peak
from tests.chance import many

OSLO, BRUSSELS = ZoneInfo("Europe/Oslo"), ZoneInfo("Europe/Brussels")

NORWAY = {
    "per": "month",
    "peaks": 3,
    "one_a_day": True,
    "steps": [
        {"amount": 150, "up_to": 2},
        {"amount": 250, "up_to": 5},
        {"amount": 420, "up_to": 10},
        {"amount": 585},
    ],
}
ELLEVIO = {
    "per": "month",
    "price": 81.25,
    "peaks": 3,
    "one_a_day": True,
    "weights": [{"period": "overnight", "factor": 0.5}],
}
FLANDERS = {"per": "year", "price": 48, "minutes": 15, "least": 2.5, "months": 12}

NIGHTS = [
    {"period": "overnight", "price": 0, "start": "22:00", "end": "06:00"},
    {"period": "on_peak", "price": 0, "start": "06:00", "end": "22:00"},
]

NOVEMBER = BillingPeriod(date(2026, 11, 1), date(2026, 12, 1), 1)


def fill(
    ledger: Ledger, when: str, kwh: float, zone: ZoneInfo = OSLO, minutes: int = 60
) -> None:
    """Add what was used from a time on the wall on."""
    at = datetime.fromisoformat(when).replace(tzinfo=zone).timestamp()
    ledger.add(at, at + 60 * minutes, kwh)


def billed(
    demand: dict[str, Any],
    ledger: Ledger,
    home: Ledger | None = None,
    *,
    period: BillingPeriod = NOVEMBER,
    zone: ZoneInfo = OSLO,
    hours: list[dict[str, Any]] | None = None,
    past: PastPeaks | None = None,
) -> Bill:
    """Return the bill of a period."""
    tariff = tariff_from({"versions": [{"demand": demand, "hours": hours or []}]}, zone)
    kept = past or PastPeaks()
    biller = Biller(tariff, period, ledger, home, lambda month: kept.of("unit", month))
    return biller.bill(tariff.bounds(period)[1])


def test_norway_three_hours_of_three_days() -> None:
    """The unit pays its share of the step that the home is in."""
    unit, home = Ledger(), Ledger()
    for when, whole, own in (
        ("2026-11-02T18:00", 6.0, 3.0),
        ("2026-11-02T19:00", 5.9, 0.0),  # The same day: only its highest counts.
        ("2026-11-10T07:00", 5.0, 1.0),
        ("2026-11-30T23:00", 4.0, 2.0),
        ("2026-11-20T12:00", 3.0, 3.0),
    ):
        fill(home, when, whole)
        if own:
            fill(unit, when, own)
    bill = billed(NORWAY, unit, home)
    assert bill.demand == pytest.approx(420 * 6 / 15)
    (charge,) = bill.demands
    assert charge.kw == pytest.approx(5)
    shown = bill.as_dict(OSLO)["demand_charges"]
    assert shown == [
        {
            "kw": 5.0,
            "share": 0.4,
            "cost": 168.0,
            "months": 1,
            "peaks": [
                {"start": "2026-11-02T18:00:00+01:00", "kw": 6.0, "own_kw": 3.0},
                {"start": "2026-11-10T07:00:00+01:00", "kw": 5.0, "own_kw": 1.0},
                {"start": "2026-11-30T23:00:00+01:00", "kw": 4.0, "own_kw": 2.0},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("kwh", "amount"), [(1.999, 150), (2.0, 250), (4.99, 250), (5.0, 420), (60, 585)]
)
def test_a_step_begins_with_its_lower_end(kwh: float, amount: float) -> None:
    """As the grid companies' lists have it: 5.00 kW is in the step from 5 to 9.99."""
    unit = Ledger()
    for day in (3, 4, 5):
        fill(unit, f"2026-11-0{day}T10:00", kwh)
    assert billed(NORWAY, unit).demand == pytest.approx(amount)


def test_the_units_shares_are_the_whole_charge() -> None:
    """What two units pay of a step, with the rest of the home, is the step."""
    one, two, home = Ledger(), Ledger(), Ledger()
    for day, parts in ((3, (1, 2)), (9, (0.5, 3)), (12, (2, 2.5))):
        for ledger, kwh in zip((one, two, home), (*parts, sum(parts)), strict=True):
            fill(ledger, f"2026-11-{day:02}T10:00", kwh)
    costs = [billed(NORWAY, each, home).demand for each in (one, two)]
    assert sum(costs) == pytest.approx(250)


def test_sweden_an_hour_of_the_night_counts_half() -> None:
    """A night's 9 kW are 4.5; on one day only one of the two counts."""
    unit = Ledger()
    fill(unit, "2026-11-03T02:00", 9)
    fill(unit, "2026-11-03T21:00", 4)
    fill(unit, "2026-11-04T05:00", 7)
    fill(unit, "2026-11-05T06:00", 5)
    fill(unit, "2026-11-06T23:00", 6)
    bill = billed(ELLEVIO, unit, hours=NIGHTS)
    assert bill.demand == pytest.approx(81.25 * (4.5 + 3.5 + 5) / 3)


def test_flanders_the_first_month_is_alone() -> None:
    """And a small one counts as 2.5 kW: of the charge, the unit pays its share."""
    unit, home = Ledger(), Ledger()
    fill(home, "2026-11-03T18:15", 0.5, BRUSSELS, 15)
    fill(unit, "2026-11-03T18:15", 0.25, BRUSSELS, 15)
    bill = billed(FLANDERS, unit, home, zone=BRUSSELS)
    assert bill.demands[0].kw == pytest.approx(2.5)
    assert bill.demand == pytest.approx(48 / 12 * 2.5 / 2)


def test_what_comes_late_of_a_month_before_is_in_the_mean() -> None:
    """Though nothing of this month changed since it was asked."""
    past, unit, october = PastPeaks(), Ledger(), 2026 * 12 + 9
    past.take("unit", {october: (Peak(0, 4.0, 4.0),)})
    fill(unit, "2026-11-03T18:15", 1.5, BRUSSELS, 15)
    tariff = tariff_from({"versions": [{"demand": FLANDERS}]}, BRUSSELS)
    biller = Biller(tariff, NOVEMBER, unit, None, lambda month: past.of("unit", month))
    end = tariff.bounds(NOVEMBER)[1]
    for october_kw in (4.0, 8.0):
        past.take("unit", {october: (Peak(0, october_kw, october_kw),)})
        assert biller.bill(end).demands[0].kw == pytest.approx((6 + october_kw) / 2)


def test_flanders_the_mean_of_the_months_that_are_known() -> None:
    """Each of at least 2.5 kW; the share is that of the months that are known of the unit."""
    past = PastPeaks()
    october, september = 2026 * 12 + 9, 2026 * 12 + 8
    past.take("unit", {october: (Peak(0, 5.0, 1.0),)})
    past.take("other", {october: (Peak(0, 5.0, 4.0),), september: (Peak(0, 1.0, 0.5),)})
    unit = Ledger()
    fill(unit, "2026-11-03T18:15", 1.5, BRUSSELS, 15)
    bill = billed(FLANDERS, unit, zone=BRUSSELS, past=past)
    (charge,) = bill.demands
    assert charge.months == 3
    assert charge.kw == pytest.approx((6 + 5 + 2.5) / 3)
    assert charge.share == pytest.approx((6 + 1) / (6 + 5))
    assert bill.demand == pytest.approx(4 * charge.kw * charge.share)

    # What the last bill said stands for the others.
    usual = billed({**FLANDERS, "usual": 3.5}, unit, zone=BRUSSELS, past=past)
    assert usual.demands[0].kw == pytest.approx((6 + 5 + 2.5 + 9 * 3.5) / 12)


def test_a_year_of_months_is_billed_month_by_month() -> None:
    """Each at the mean of the twelve up to it; a month that has not come costs nothing."""
    year = BillingPeriod(date(2026, 1, 1), date(2027, 1, 1), 12)
    unit = Ledger()
    expected, peaks = 0.0, []
    for month in range(1, 12):
        fill(unit, f"2026-{month:02}-10T18:15", month / 4, BRUSSELS, 15)
        peaks.append(max(month, 2.5))
        expected += 4 * sum(peaks) / len(peaks)
    bill = billed(FLANDERS, unit, period=year, zone=BRUSSELS)
    assert bill.demand == pytest.approx(expected)


def test_part_of_a_month_pays_part_of_it() -> None:
    """A bill from the 12th on: of either month its days, by the whole month's peaks."""
    period = BillingPeriod(date(2026, 10, 12), date(2026, 11, 12), 1)
    unit = Ledger()
    fill(unit, "2026-10-05T18:00", 12)
    fill(unit, "2026-11-02T18:00", 1)
    past = PastPeaks()
    tariff = tariff_from({"versions": [{"demand": NORWAY}]}, OSLO)
    before = tariff.cycle.period(date(2026, 10, 1))
    first = Biller(tariff, before, unit)
    first.bill(tariff.bounds(before)[1])
    past.take("unit", first.peaks)
    fill(unit, "2026-10-20T18:00", 9)
    fill(unit, "2026-10-21T18:00", 3)
    # A ledger that has forgotten the days before.
    later = Ledger()
    for bucket, kwh in unit.kwh.items():
        if bucket * 900 >= datetime(2026, 10, 12, tzinfo=OSLO).timestamp():
            later.kwh[bucket] = kwh
    bill = billed(NORWAY, later, period=period, past=past)
    assert [round(each.kw, 6) for each in bill.demands] == [8, 1]
    assert bill.demand == pytest.approx(420 * 20 / 31 + 150 * 11 / 30)


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a charge, when the meter is read, and what was used on some days of two years."""
    demand = draw(
        st.fixed_dictionaries(
            {
                "price": st.just(10),
                "per": st.sampled_from(["month", "year"]),
                "peaks": st.sampled_from([1, 2, 3]),
                "one_a_day": st.booleans(),
                "months": st.sampled_from([1, 2, 12]),
            }
        )
    )
    cycle = draw(
        st.fixed_dictionaries(
            {
                "day": st.integers(1, 31),
                "months": st.sampled_from([1, 2, 3, 6, 12]),
                "anchor": st.sampled_from(["2025-01-01", "2025-04-01"]),
            }
        )
        | st.fixed_dictionaries({"days": st.integers(10, 400)})
    )
    used = st.tuples(st.integers(0, 729), st.integers(0, 23), st.integers(1, 90))
    return {
        "demand": demand,
        "cycle": cycle,
        "used": sorted(draw(st.lists(used, min_size=1, max_size=60))),
    }


@given(lives())
@settings(max_examples=many(60), deadline=None)
def test_what_is_remembered_is_enough(life: dict[str, Any]) -> None:
    """With all but two periods forgotten, a bill is that of one who forgot nothing."""
    tariff = tariff_from(
        {"versions": [{"demand": life["demand"]}], "cycle": life["cycle"]}, OSLO
    )
    past, unit, all_of_it = PastPeaks(), Ledger(), Ledger()

    def remembered(month: int) -> tuple[Peak, ...]:
        return past.of("unit", month)

    def months_before(month: int) -> tuple[Peak, ...]:
        """Return the peaks of a month by a ledger of all."""
        first = date(month // 12, month % 12 + 1, 1)
        whole = BillingPeriod(first, date((month + 1) // 12, (month + 1) % 12 + 1, 1))
        biller = Biller(tariff, whole, all_of_it)
        biller.bill(tariff.bounds(whole)[1])
        return biller.peaks.get(month, ())

    period = None
    for number, hour, tenths in life["used"]:
        day = date(2026, 1, 1) + timedelta(days=number)
        at = tariff.midnight(day) + 3600 * hour
        for ledger in (unit, all_of_it):
            ledger.add(at, at + 3600, tenths / 10)
        now = at + 3600
        if (new := tariff.billing_period(at)) != period:
            period = new
            last = tariff.cycle.period(period.start - timedelta(days=1))
            biller = Biller(tariff, last, unit, None, remembered)
            biller.bill(tariff.bounds(last)[1])
            past.take("unit", biller.peaks)
            unit.forget(int(tariff.bounds(last)[0] // 900))
            past.forget(last.start)
        biller = Biller(tariff, period, unit, None, remembered)
        bill = biller.bill(now)
        past.take("unit", biller.peaks)
        again = PastPeaks()
        again.restore(past.as_dict())
        past = again
        expected = Biller(tariff, period, all_of_it, None, months_before).bill(now)
        assert bill.demand == pytest.approx(expected.demand, abs=1e-4)


def test_the_first_hour_of_a_bill_is_remembered_once() -> None:
    """What a bill found itself is none of the month before it."""
    demand = {"price": 10, "per": "month", "peaks": 2}
    tariff = tariff_from({"versions": [{"demand": demand}], "cycle": {"day": 12}}, OSLO)
    period, unit, past = tariff.cycle.period(date(2026, 10, 12)), Ledger(), PastPeaks()
    fill(unit, "2026-10-12T00:00", 8)
    fill(unit, "2026-10-12T01:00", 2)
    for _ in range(2):
        biller = Biller(tariff, period, unit, None, lambda m: past.of("unit", m))
        (charge,) = biller.bill(tariff.bounds(period)[1]).demands
        past.take("unit", biller.peaks)
        assert charge.kw == pytest.approx(5)


def test_prices_that_change_within_a_month() -> None:
    """Each pays its days, by the peaks of the whole month."""
    dear = {**NORWAY, "steps": [{"amount": 900}]}
    tariff = tariff_from(
        {
            "versions": [
                {"demand": NORWAY},
                {"demand": dear, "effective_from": "2026-11-11"},
            ]
        },
        OSLO,
    )
    unit = Ledger()
    fill(unit, "2026-11-05T18:00", 12)
    fill(unit, "2026-11-12T18:00", 1)
    bill = Biller(tariff, NOVEMBER, unit).bill(tariff.bounds(NOVEMBER)[1])
    assert bill.demand == pytest.approx(420 / 3 + 900 * 2 / 3)
    (charge,) = bill.demands
    assert charge.kw == pytest.approx(6.5)
    assert charge.cost == pytest.approx(bill.demand)


@pytest.mark.parametrize("per", ["cycle", "month"])
def test_a_price_of_energy_that_changes_moves_no_peak(per: str) -> None:
    """A supplier's new price amid the month is none of the grid's: the charge is the month's."""
    demand = {"price": 10, "per": per, "peaks": 2, "one_a_day": True}
    versions = [
        {"demand": demand},
        {"demand": demand, "adders": [{"price": 0.1}], "effective_from": "2026-11-11"},
    ]
    tariff = tariff_from({"versions": versions}, OSLO)
    unit = Ledger()
    for when, kwh in (("05T18", 8), ("06T18", 6), ("20T18", 1), ("21T18", 1)):
        fill(unit, f"2026-11-{when}:00", kwh)
    bill = Biller(tariff, NOVEMBER, unit).bill(tariff.bounds(NOVEMBER)[1])
    assert bill.demand == pytest.approx(70)
    assert [charge.kw for charge in bill.demands] == [7]


def test_peaks_that_are_counted_in_another_way_are_others() -> None:
    """By the quarter of an hour from the 11th on, by the hour before: each has its days."""
    versions = [
        {"demand": {"price": 30, "per": "month"}},
        {
            "demand": {"price": 30, "per": "month", "minutes": 15},
            "effective_from": "2026-11-11",
        },
    ]
    tariff = tariff_from({"versions": versions}, OSLO)
    unit = Ledger()
    fill(unit, "2026-11-05T18:00", 8)
    fill(unit, "2026-11-20T18:00", 1, minutes=15)
    bill = Biller(tariff, NOVEMBER, unit).bill(tariff.bounds(NOVEMBER)[1])
    assert [charge.kw for charge in bill.demands] == [8, 4]
    assert bill.demand == pytest.approx(8 * 10 + 4 * 20)


def test_an_hour_that_comes_twice_is_two_hours() -> None:
    """Clocks are put back: neither is an hour of twice as much, and both are of one day."""
    period = BillingPeriod(date(2026, 10, 1), date(2026, 11, 1), 1)
    unit = Ledger()
    at = datetime(2026, 10, 25, 2, tzinfo=OSLO).timestamp()
    unit.add(at, at + 7200, 8)
    bill = billed(NORWAY, unit, period=period)
    (charge,) = bill.demands
    assert [peak.kw for peak in charge.peaks] == pytest.approx([4])
    twice = billed({**NORWAY, "one_a_day": False}, unit, period=period)
    assert [peak.kw for peak in twice.demands[0].peaks] == pytest.approx([4, 4])


def test_a_reading_that_comes_late_moves_a_peak() -> None:
    """Also one that was remembered already."""
    tariff = tariff_from({"versions": [{"demand": NORWAY}]}, OSLO)
    unit = Ledger()
    fill(unit, "2026-11-05T18:00", 1)
    biller = Biller(tariff, NOVEMBER, unit)
    end = tariff.bounds(NOVEMBER)[1]
    assert biller.bill(end).demand == 150
    fill(unit, "2026-11-04T18:00", 11)
    assert biller.bill(end).demand == 420
    month = 2026 * 12 + 10
    assert [peak.kw for peak in biller.peaks[month]] == [11, 1]


def test_the_last_quarter_of_a_month_is_remembered() -> None:
    """It is added up anew with each bill."""
    tariff = tariff_from({"versions": [{"demand": FLANDERS}]}, BRUSSELS)
    unit = Ledger()
    fill(unit, "2026-11-30T23:45", 1, BRUSSELS, 15)
    biller = Biller(tariff, NOVEMBER, unit)
    biller.bill(tariff.bounds(NOVEMBER)[1])
    assert biller.peaks[2026 * 12 + 10][0].kw == pytest.approx(4)


def test_what_is_remembered_is_bounded_and_survives() -> None:
    """What a bill of the last period may be a mean of is kept, the rest is forgotten."""
    past, again = PastPeaks(), PastPeaks()
    january = 2026 * 12
    past.take("gone", {january - 12: (Peak(0, 1.0, 1.0),)})
    for month in range(january - 100, january + 3):
        past.take("unit", {month: (Peak(month, 1.0 + month, None),)})
    past.forget(date(2026, 1, 31))
    data = past.as_dict()
    assert list(data) == ["unit"]
    assert list(map(int, data["unit"])) == list(range(january - 11, january + 3))
    again.restore(data)
    assert again.of("unit", january) == (Peak(january, 1.0 + january, None),)
    assert again.of("new", january) == (Peak(january, 1.0 + january, None),)
    for broken in (None, [], {"unit": 3}, {"unit": {"x": []}}, {"unit": {"3": [[1]]}}):
        again.restore(broken)
        assert again.as_dict() == {}


@pytest.mark.parametrize(
    ("demand", "reason"),
    [
        ({"steps": [{"amount": 1, "up_to": 2}]}, "demand_steps"),
        ({"steps": [{"amount": 1}, {"amount": 1}]}, "demand_steps"),
        ({"steps": [{"amount": 1, "up_to": 0}, {"amount": 1}]}, "demand_steps"),
        ({"price": 1, "peaks": 0}, "demand_peaks"),
        ({"price": 1, "peaks": 400}, "demand_peaks"),
        ({"price": 1, "months": 12}, "demand_months"),
        ({"price": 1, "per": "month", "months": 13}, "demand_months"),
        ({"price": 1, "least": -1}, "demand_below_zero"),
        ({"price": 1, "usual": -1}, "demand_below_zero"),
        ({"price": 1, "minutes": 10}, "demand_minutes"),
        ({"price": float("nan")}, "not_finite"),
        ({"steps": [{"amount": float("inf")}]}, "not_finite"),
        ({}, "not_a_plan"),
    ],
)
def test_a_demand_charge_that_there_is_not(demand: dict[str, Any], reason: str) -> None:
    """Is refused, with what is wrong."""
    with pytest.raises(PlanError) as raised:
        tariff_from({"versions": [{"demand": demand}]}, OSLO)
    assert raised.value.faults[0].reason == reason


def test_days_before_a_bill_and_a_new_price_count_in_their_month() -> None:
    """A price from the 8th on, in a bill from the 12th: the 5th was at the old one."""
    period = BillingPeriod(date(2026, 10, 12), date(2026, 11, 12), 1)
    dear = {**NORWAY, "steps": [{"amount": 900}]}
    tariff = tariff_from(
        {
            "versions": [
                {"demand": NORWAY},
                {"demand": dear, "effective_from": "2026-10-08"},
            ]
        },
        OSLO,
    )
    month = 2026 * 12 + 9
    days = [datetime(2026, 10, day, 18, tzinfo=OSLO).timestamp() for day in (5, 9)]
    past = PastPeaks()
    past.take("unit", {month: tuple(Peak(int(at), 20.0, 20.0) for at in days)})
    unit = Ledger()
    fill(unit, "2026-10-15T18:00", 4)
    biller = Biller(tariff, period, unit, None, lambda month: past.of("unit", month))
    bill = biller.bill(tariff.bounds(period)[1])
    assert [peak.kw for peak in bill.demands[0].peaks] == [20, 20, 4]
    assert bill.demands[0].cost == pytest.approx(900 * 20 / 31)
