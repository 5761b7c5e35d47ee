"""A bill as plain as a utility's: an own calculation that knows nothing of Klima's.

It reads a plan's data and walks the meter's readings, one quarter of an hour
after the other, in decimal figures, with the calendar of the home on the wall.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)

# Ontario's holidays of the years that the tests are in, from its published lists.
ONTARIO = {
    *("2026-01-01", "2026-02-16", "2026-04-03", "2026-05-18", "2026-07-01"),
    *("2026-08-03", "2026-09-07", "2026-10-12", "2026-12-25", "2026-12-28"),
    *("2027-01-01", "2027-02-15", "2027-03-26", "2028-01-03", "2028-02-21"),
}


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
    holiday = version.get("holidays") == "ontario" and (
        local.date().isoformat() in ONTARIO
    )
    days = "weekends" if local.weekday() in (5, 6) or holiday else "weekdays"
    now = local.strftime("%H:%M")
    for row in version["hours"]:
        if row.get("days", "every_day") not in ("every_day", days):
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


def _times(per: str, length: int, months: int, days: int) -> Decimal:
    if per == "day":
        return Decimal(days)
    whole = Decimal(months if per == "month" else 1)
    return whole * Decimal(days) / Decimal(length)


def utility_bill(
    plan: Mapping[str, Any],
    readings: Mapping[datetime, Decimal],
    start: date,
    end: date,
    *,
    zone: ZoneInfo,
    months: int = 1,
    home: Mapping[datetime, Decimal] | None = None,
    events: frozenset[datetime] = frozenset(),
    spot: Mapping[datetime, Decimal] | None = None,
) -> Decimal:
    """Return the bill of a period, unrounded: readings are by the quarter's start in UTC."""
    length = (end - start).days
    all_days = [start + timedelta(days=index) for index in range(length)]
    limit = Decimal(0)
    for day in all_days:
        _, version = _version(plan, day)
        steps = _steps(version, day)
        if len(steps) > 1:
            limit += Decimal(str(steps[0]["up_to"])) * _times(
                version.get("tiers_per", "cycle"), length, months, 1
            )
    energy: dict[int, Decimal] = {}
    windows: dict[tuple[int, datetime], tuple[Decimal, Decimal]] = {}
    used = Decimal(0)
    for at in sorted(set(readings) | set(home or {})):
        local = at.astimezone(zone)
        if not start <= local.date() < end:
            continue
        number, version = _version(plan, local.date())
        kwh = readings.get(at, Decimal(0))
        whole = kwh if home is None else home.get(at, Decimal(0))
        period, price = _hour_price(version, local)
        steps = _steps(version, local.date())
        if len(steps) > 1 and whole:
            low = max(min(limit - used, whole), Decimal(0)) / whole
            price += low * Decimal(str(steps[0]["price"]))
            price += (1 - low) * Decimal(str(steps[1]["price"]))
        else:
            price += Decimal(str(steps[0]["price"]))
        if version.get("spot"):
            assert spot is not None
            price += spot[at] * Decimal(str(version["spot"]["factor"]))
        if at in events:
            event = Decimal(str(version["event"]["price"]))
            price = event if version["event"]["kind"] == "instead" else price + event
        for adder in version.get("adders", ()):
            price += Decimal(str(adder["price"]))
        used += whole
        energy[number] = energy.get(number, Decimal(0)) + kwh * price
        demand = version.get("demand")
        if demand and (not demand["periods"] or period in demand["periods"]):
            minutes = demand["minutes"]
            window = at - timedelta(minutes=local.minute % minutes)
            had = windows.get((number, window), (Decimal(0), Decimal(0)))
            windows[number, window] = (had[0] + whole, had[1] + kwh)
    total = Decimal(0)
    for number, version in enumerate(plan["versions"]):
        days = sum(1 for day in all_days if _version(plan, day)[0] == number)
        if not days:
            continue
        parts = {"energy": energy.get(number, Decimal(0))}
        parts["fixed"] = sum(
            (
                Decimal(str(charge["amount"]))
                * _times(charge.get("per", "day"), length, months, days)
                for charge in version.get("fixed", ())
            ),
            Decimal(0),
        )
        parts["demand"] = Decimal(0)
        if demand := version.get("demand"):
            peaks = [kwh for (which, _), kwh in windows.items() if which == number]
            own = max(peaks, key=lambda pair: pair[0], default=(Decimal(0),) * 2)[1]
            parts["demand"] = Decimal(str(demand["price"])) * own * 60
            parts["demand"] *= Decimal(days) / demand["minutes"] / length
        subtotal = sum(parts.values(), Decimal(0))
        taxes = Decimal(0)
        for tax in version.get("taxes", ()):
            base = tax.get("on", "subtotal")
            amount = {"subtotal": subtotal, "total": subtotal + taxes, **parts}[base]
            taxes += amount * Decimal(str(tax["percent"])) / 100
        total += subtotal + taxes
    return total
