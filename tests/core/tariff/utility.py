"""A bill as plain as a utility's: an own calculation that knows nothing of Klima's.

It reads a plan's data and walks the meter's readings, one quarter of an hour
after the other, in decimal figures, with the calendar of the home on the wall.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
import json
from typing import Any
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)

# Ontario's holidays of the years that the tests are in, from its published lists, and
# of years to come by its rules: one on a weekend is kept on the next weekday.
ONTARIO = {
    *("2026-01-01", "2026-02-16", "2026-04-03", "2026-05-18", "2026-07-01"),
    *("2026-08-03", "2026-09-07", "2026-10-12", "2026-12-25", "2026-12-28"),
    *("2025-01-01", "2025-02-17", "2025-04-18", "2025-05-19", "2025-07-01"),
    *("2025-08-04", "2025-09-01", "2025-10-13", "2025-12-25", "2025-12-26"),
    *("2029-01-01", "2029-02-19", "2029-03-30", "2029-05-21", "2029-07-02"),
    *("2029-08-06", "2029-09-03", "2029-10-08", "2029-12-25", "2029-12-26"),
    *("2027-01-01", "2027-02-15", "2027-03-26", "2027-05-24", "2027-07-01"),
    *("2027-08-02", "2027-09-06", "2027-10-11", "2027-12-27", "2027-12-28"),
    *("2028-01-03", "2028-02-21", "2028-04-14", "2028-05-22", "2028-07-03"),
    *("2028-08-07", "2028-09-04", "2028-10-09", "2028-12-25", "2028-12-26"),
}

# Those of Europe are of 2026, as calendars list them.
HOLIDAYS = {
    "none": set[str](),
    "ontario": ONTARIO,
    "italy": {
        *("2026-01-01", "2026-01-06", "2026-04-06", "2026-04-25", "2026-05-01"),
        *("2026-06-02", "2026-08-15", "2026-11-01", "2026-12-08", "2026-12-25"),
        "2026-12-26",
    },
    "norway": {
        *("2026-01-01", "2026-04-02", "2026-04-03", "2026-04-05", "2026-04-06"),
        *("2026-05-01", "2026-05-14", "2026-05-17", "2026-05-24", "2026-05-25"),
        *("2026-12-25", "2026-12-26"),
    },
    "spain": {
        *("2026-01-01", "2026-01-06", "2026-05-01", "2026-08-15", "2026-10-12"),
        *("2026-11-01", "2026-12-06", "2026-12-08", "2026-12-25"),
    },
}


def with_prices(version: Mapping[str, Any]) -> dict[str, Any]:
    """Return a version with a price in each of its rows: what was left to its owner."""
    filled = dict(version)
    cents = {"off_peak": 0.11, "mid_peak": 0.17, "on_peak": 0.23}
    for field in ("hours", "tiers"):
        if rows := version.get(field):
            filled[field] = [
                {"price": cents.get(row.get("period", ""), 0.3), **row} for row in rows
            ]
    return filled


def _version(plan: Mapping[str, Any], day: date) -> tuple[int, Mapping[str, Any]]:
    found = 0
    for index, version in enumerate(plan["versions"]):
        if version.get("effective_from", "0001-01-01") <= day.isoformat():
            found = index
    return found, plan["versions"][found]


def _season(version: Mapping[str, Any], day: date) -> str:
    if "summer" not in version:
        return "winter"
    first, last = version["summer"]
    today = f"{day.month:02}-{day.day:02}"
    if first <= last:
        return "summer" if first <= today <= last else "winter"
    return "summer" if today >= first or today <= last else "winter"


def _hour_price(version: Mapping[str, Any], local: datetime) -> tuple[str, Decimal]:
    if not version.get("hours"):
        return "all_day", Decimal(0)
    holiday = local.date().isoformat() in HOLIDAYS[version.get("holidays", "none")]
    days = {"every_day", "weekdays"}
    if local.weekday() == 6 or holiday:
        days = {"every_day", "weekends", "sundays"}
    elif local.weekday() == 5:
        days = {"every_day", "weekends", "saturdays"}
    now = local.strftime("%H:%M")
    for row in version["hours"]:
        if row.get("days", "every_day") not in days:
            continue
        if row.get("season", "all_year") not in (
            "all_year",
            _season(version, local.date()),
        ):
            continue
        start, end = row.get("start", "00:00")[:5], row.get("end", "00:00")[:5]
        inside = start <= now < end if start < end else now >= start or now < end
        if inside:
            return row["period"], Decimal(str(row["price"]))
    raise AssertionError(f"no price at {local}")


def _steps(version: Mapping[str, Any], day: date) -> list[Mapping[str, Any]]:
    season = _season(version, day)
    rows = version.get("tiers") or [{"price": 0}]
    own = [row for row in rows if row.get("season") == season]
    return own or [row for row in rows if row.get("season", "all_year") == "all_year"]


def _export_rate(
    version: Mapping[str, Any], period: str, day: date, spot: Decimal | None
) -> Decimal:
    """Return what is paid for a kWh fed in: the rate that says most of its time."""
    export = version["export"]
    rate = export["price"]
    for season in ("all_year", _season(version, day)):
        for row in export.get("rates", ()):
            if (row["period"], row.get("season", "all_year")) == (period, season):
                rate = row["price"]
    found = Decimal(str(rate))
    if export.get("factor"):
        assert spot is not None
        found += spot * Decimal(str(export["factor"]))
    return found


def _times(per: str, length: int, months: int | None, days: int) -> Decimal:
    if per == "day":
        return Decimal(days)
    count = Decimal(length) * 12 / Decimal("365.25") if months is None else months
    whole = Decimal(count if per == "month" else 1)
    return whole * Decimal(days) / Decimal(length)


def _ends(
    plan: Mapping[str, Any], days: list[date], months: int | None
) -> list[tuple[int, list[Decimal]]]:
    """Return of each day which counting of tiers it is in, and where that one's end.

    Counting begins anew where the number of tiers changes.
    """
    counts = [len(_steps(_version(plan, day)[1], day)) for day in days]
    number, which = 0, []
    for index, count in enumerate(counts):
        number += index > 0 and count != counts[index - 1]
        which.append(number)
    sums: dict[int, list[Decimal]] = {}
    for day, each in zip(days, which, strict=True):
        _, version = _version(plan, day)
        ends = [Decimal(str(step["up_to"])) for step in _steps(version, day)[:-1]]
        part = _times(version.get("tiers_per", "cycle"), len(days), months, 1)
        had = sums.setdefault(each, [Decimal(0)] * len(ends))
        for index, end in enumerate(ends):
            had[index] += end * part
    return [(each, sums[each]) for each in which]


def utility_bill(
    plan: Mapping[str, Any],
    readings: Mapping[datetime, Decimal],
    start: date,
    end: date,
    *,
    zone: ZoneInfo,
    months: int | None = 1,
    home: Mapping[datetime, Decimal] | None = None,
    events: frozenset[datetime] | Mapping[datetime, Decimal] = frozenset(),
    spot: Mapping[datetime, Decimal] | None = None,
    until: datetime | None = None,
    fed: Mapping[datetime, Decimal] | None = None,
    is_light: Callable[[datetime], bool] = lambda _: True,
    past: Mapping[str, list[tuple[datetime, Decimal, Decimal | None]]] | None = None,
) -> Decimal:
    """Return the bill of a period, unrounded: readings are by the quarter's start in UTC.

    `events` are the quarters of critical peaks, or which part of each was in one.
    Up to a time within the period, it is what the bill is by then. `fed` is what the
    home fed into the grid: what the unit took of its own is what was not paid for.
    `past` are the peaks (when, the home's kW, the unit's) of months before it, as 2026-03.
    """
    length = (end - start).days
    all_days = [start + timedelta(days=index) for index in range(length)]
    ends = dict(zip(all_days, _ends(plan, all_days, months), strict=True))
    energy: dict[int, Decimal] = {}
    windows: dict[str, dict[datetime, tuple[Decimal, Decimal]]] = {}
    used, counting = Decimal(0), -1
    forgone = Decimal(0)
    for at in sorted(set(readings) | set(home or {})):
        local = at.astimezone(zone)
        if not start <= local.date() < end or (until is not None and at >= until):
            continue
        number, version = _version(plan, local.date())
        kwh = readings.get(at, Decimal(0))
        whole = kwh if home is None else max(home.get(at, Decimal(0)), kwh)
        bought = kwh
        if home is not None and fed is not None and version.get("export"):
            drawn, given = home.get(at, Decimal(0)), fed.get(at, Decimal(0))
            is_known = at in home or at in fed
            if is_known and kwh > drawn and (is_light(at) or given > drawn):
                bought = whole = drawn
        period, hour = _hour_price(version, local)
        today, limits = ends[local.date()]
        if today != counting:
            used, counting = Decimal(0), today
        price, below = hour, used
        for step, limit in zip(
            _steps(version, local.date()), [*limits, Decimal("1e30")], strict=True
        ):
            # What of this quarter lies in this tier.
            inside = max(min(limit, used + whole) - below, Decimal(0))
            below += inside
            if whole:
                price += inside / whole * Decimal(str(step["price"]))
        if version.get("spot"):
            assert spot is not None
            price += spot[at] * Decimal(str(version["spot"].get("factor", 1)))
        part = Decimal(at in events)
        if isinstance(events, Mapping):
            part = events.get(at, Decimal(0))
        if part and version.get("event"):
            event = Decimal(str(version["event"]["price"]))
            dear = event if version["event"]["kind"] == "instead" else price + event
            price = part * dear + (1 - part) * price
        for adder in version.get("adders", ()):
            price += Decimal(str(adder["price"])) * Decimal(str(adder.get("factor", 1)))
        used += whole
        energy[number] = energy.get(number, Decimal(0)) + bought * price
        if bought < kwh:
            paid = _export_rate(
                version, period, local.date(), None if spot is None else spot[at]
            )
            forgone += (kwh - bought) * paid
        demand = version.get("demand")
        if demand and (not demand["periods"] or period in demand["periods"]):
            counts = Decimal(1)
            for row in demand.get("weights", ()):
                if row["period"] == period:
                    counts = Decimal(str(row["factor"]))
            minutes = demand["minutes"]
            window = at - timedelta(minutes=local.minute % minutes)
            those = windows.setdefault(_counting(demand), {})
            had = those.get(window, (Decimal(0), Decimal(0)))
            those[window] = (had[0] + counts * whole, had[1] + counts * bought)
    total = least = Decimal(0)
    counted, known = _by_month(plan, all_days, windows, past or {}, zone)
    for number, version in enumerate(plan["versions"]):
        ours = [day for day in all_days if _version(plan, day)[0] == number]
        if not ours:
            continue
        # A day that began is charged whole.
        begun = sum(
            1
            for day in ours
            if until is None
            or day == start
            or datetime(day.year, day.month, day.day, tzinfo=zone) < until
        )
        parts = {"energy": energy.get(number, Decimal(0))}
        parts["fixed"] = sum(
            (
                Decimal(str(charge["amount"]))
                * _times(charge.get("per", "day"), length, months, begun)
                for charge in version.get("fixed", ())
            ),
            Decimal(0),
        )
        parts["demand"] = Decimal(0)
        if demand := version.get("demand"):
            rule = _counting(demand)
            if demand.get("per", "cycle") == "cycle":
                peaks = _highest(demand, windows.get(rule, {}), zone)
                paid_for = _paid(demand, peaks, _mean(demand, [peaks]))
                parts["demand"] = paid_for * len(ours) / length
            else:
                for month in sorted({f"{day:%Y-%m}" for day in ours}):
                    peaks = counted.get((rule, month), [])
                    parts["demand"] += _month_paid(demand, month, ours, peaks, known)
        subtotal = sum(parts.values(), Decimal(0))
        taxes = Decimal(0)
        for tax in version.get("taxes", ()):
            base = tax.get("on", "subtotal")
            amount = {"subtotal": subtotal, "total": subtotal + taxes, **parts}[base]
            taxes += amount * Decimal(str(tax["percent"])) / 100
        total += subtotal + taxes
        least += Decimal(str(version.get("minimum", 0))) * begun / length
    has_minimum = any(version.get("minimum") for version in plan["versions"])
    return forgone + (max(total, least) if has_minimum and least > 0 else total)


type Peaks = list[tuple[datetime, Decimal, Decimal | None]]


def _best(demand: Mapping[str, Any], peaks: Peaks, zone: ZoneInfo) -> Peaks:
    """Return the highest, the first of equal ones, of each day one if it is so."""
    ranked = sorted(peaks, key=lambda peak: (-peak[1], peak[0]))
    if demand.get("one_a_day"):
        days = [peak[0].astimezone(zone).date() for peak in ranked]
        ranked = [p for n, p in enumerate(ranked) if days[n] not in days[:n]]
    return ranked[: demand.get("peaks", 1)]


def _highest(
    demand: Mapping[str, Any],
    windows: Mapping[datetime, tuple[Decimal, Decimal]],
    zone: ZoneInfo,
) -> Peaks:
    hours = Decimal(demand["minutes"]) / 60
    return _best(
        demand,
        [
            (at, all_ / hours, own / hours)
            for at, (all_, own) in windows.items()
            if all_
        ],
        zone,
    )


def _counting(demand: Mapping[str, Any]) -> str:
    """Return how peaks are counted, whatever they cost: a price that changes leaves them."""
    return json.dumps(
        [
            demand.get("per", "cycle") != "cycle",
            demand["minutes"],
            demand.get("peaks", 1),
            demand.get("one_a_day", False),
            sorted(demand["periods"]),
            sorted((row["period"], row["factor"]) for row in demand.get("weights", ())),
        ]
    )


def _by_month(
    plan: Mapping[str, Any],
    days: list[date],
    windows: Mapping[str, Mapping[datetime, tuple[Decimal, Decimal]]],
    past: Mapping[str, Peaks],
    zone: ZoneInfo,
) -> tuple[dict[tuple[str, str], Peaks], dict[str, Peaks]]:
    """Return the peaks of each way to count and month, and of each month that is known."""
    counted: dict[tuple[str, str], Peaks] = {}
    known = dict(past)
    seen: set[tuple[str, str]] = set()
    for day in days:
        month, demand = f"{day:%Y-%m}", _version(plan, day)[1].get("demand")
        if not demand or demand.get("per", "cycle") == "cycle":
            continue
        if (rule := _counting(demand), month) in seen:
            continue
        seen.add((rule, month))
        peaks = _highest(demand, _within(windows.get(rule, {}), month, zone), zone)
        if not peaks:
            continue
        if not any(month == other for _, other in counted):
            # Of the month that the period begins in the middle of.
            early = [
                peak
                for peak in past.get(month, ())
                if peak[0].astimezone(zone).date() < days[0]
            ]
            known[month] = peaks = _best(demand, [*early, *peaks], zone)
        else:
            known[month] = _best(demand, [*known[month], *peaks], zone)
        counted[rule, month] = peaks
    return counted, known


def _within(
    windows: Mapping[datetime, tuple[Decimal, Decimal]], month: str, zone: ZoneInfo
) -> dict[datetime, tuple[Decimal, Decimal]]:
    return {
        at: kwh
        for at, kwh in windows.items()
        if f"{at.astimezone(zone):%Y-%m}" == month
    }


def _mean(demand: Mapping[str, Any], months: list[Peaks]) -> tuple[Decimal, Decimal]:
    """Return the kW that are paid for, and the unit's share of them."""
    least = Decimal(str(demand.get("least", 0)))
    kws, own, of = [], Decimal(0), Decimal(0)
    for peaks in months:
        if peaks:
            kw = max(sum((p[1] for p in peaks), Decimal(0)) / len(peaks), least)
            kws.append(kw)
            sure = [(whole, unit) for _, whole, unit in peaks if unit is not None]
            if sure:
                of += kw
                own += (
                    kw
                    * sum((unit for _, unit in sure), Decimal(0))
                    / sum((whole for whole, _ in sure), Decimal(0))
                )
        elif demand.get("usual") is not None:
            kws.append(max(Decimal(str(demand["usual"])), least))
    if not kws:
        return Decimal(0), Decimal(0)
    return sum(kws, Decimal(0)) / len(kws), own / of if of else Decimal(0)


def _paid(
    demand: Mapping[str, Any], peaks: Peaks, mean: tuple[Decimal, Decimal]
) -> Decimal:
    if not peaks:
        return Decimal(0)
    kw, share = mean
    amount = Decimal(str(demand.get("price", 0))) * kw
    for step in reversed(demand.get("steps", ())):
        if step.get("up_to") is None or kw < Decimal(str(step["up_to"])):
            chosen = Decimal(str(step["amount"]))
    if demand.get("steps"):
        amount += chosen
    return amount * share / (12 if demand.get("per") == "year" else 1)


def _month_paid(
    demand: Mapping[str, Any],
    month: str,
    ours: list[date],
    peaks: Peaks,
    known: Mapping[str, Peaks],
) -> Decimal:
    """Return what the days of a month pay of it."""
    year, number = map(int, month.split("-"))
    months = [peaks]
    for back in range(1, demand.get("months", 1)):
        index = year * 12 + number - 1 - back
        months.append(known.get(f"{index // 12}-{index % 12 + 1:02}", []))
    days = [day for day in ours if f"{day:%Y-%m}" == month]
    length = (_in_month(year * 12 + number, 1) - date(year, number, 1)).days
    return _paid(demand, peaks, _mean(demand, months)) * len(days) / length


def reading_days(cycle: Mapping[str, Any], first: int, last: int) -> list[date]:
    """Return the days that a meter is read on in some years, as a calendar on a wall has them."""
    days: list[date] = []
    if listed := sorted(map(date.fromisoformat, cycle.get("dates", ()))):
        days = [*listed]
        anchor = listed[-1]
        months = 1
        while days[-1].year <= last:
            index = anchor.year * 12 + anchor.month - 1 + months
            days.append(_in_month(index, anchor.day))
            months += 1
        return days
    anchor = date.fromisoformat(cycle.get("anchor") or f"{first}-01-01")
    if cycle.get("days"):
        day = anchor
        while day.year >= first:
            day -= timedelta(days=cycle["days"])
        while day.year <= last:
            days.append(day)
            day += timedelta(days=cycle["days"])
        return days
    every = cycle.get("months", 1)
    phase = (anchor.year * 12 + anchor.month - 1) % every
    return [
        _in_month(index, cycle.get("day", 1))
        for index in range(first * 12, last * 12 + 24)
        if index % every == phase
    ]


def _in_month(index: int, day: int) -> date:
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day, (following - timedelta(days=1)).day))
