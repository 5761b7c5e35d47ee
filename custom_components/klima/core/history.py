"""The past of a meter, priced: hour by hour, as a plan would have billed it.

Times are epoch seconds (UTC), energy in kWh.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .ledger import QUARTER, Ledger
from .tariff import Tariff
from .tariff.bill import Biller

HOUR = 3600
_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of the past: what was used in it, and what that cost.

    `cost` is None where no price of that time is known.
    """

    start: int
    kwh: float
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What a meter counted in an hour."""

    start: int
    kwh: float


def ledger_of(hours: Sequence[Use]) -> Ledger:
    """Return a ledger of hours, each spread over its quarters."""
    ledger = Ledger()
    for hour in hours:
        first = hour.start // QUARTER
        for bucket in range(first, first + _QUARTERS):
            ledger.kwh[bucket] = ledger.kwh.get(bucket, 0.0) + hour.kwh / _QUARTERS
    if hours:
        ledger.newest = hours[-1].start // QUARTER + _QUARTERS - 1
    return ledger


def price_hours(
    tariff: Tariff | None,
    hours: Sequence[Use],
    home: Sequence[Use] = (),
    spots: dict[int, float] | None = None,
    fed: Sequence[Use] | None = None,
) -> list[Hour]:
    """Return what each hour cost by the plan of that time, in the tier of that time.

    `spots` has the mean price of each hour (by its start) of a plan that
    follows a price entity, `fed` what the home fed into the grid where that is
    metered. Before the first version of a plan no price is
    known, and none is guessed.
    """
    if tariff is None:
        return [Hour(hour.start, hour.kwh) for hour in hours]
    ledger = ledger_of(hours)
    whole = ledger_of(home) if home else None
    if whole is not None and fed is not None:
        whole.has_fed = True
        for hour in fed:
            whole.add_fed(hour.start, hour.start + HOUR, hour.kwh)
    for start, price in (spots or {}).items():
        for bucket in range(start // QUARTER, start // QUARTER + _QUARTERS):
            if kwh := ledger.kwh.get(bucket, 0.0):
                ledger.spot[bucket] = kwh * price
                ledger.spot_kwh[bucket] = kwh
    known_from = tariff.versions[0].effective_from or date.min
    priced: list[Hour] = []
    biller: Biller | None = None
    for hour in hours:
        bucket = hour.start // QUARTER
        if biller is None or bucket >= biller.end:
            period = tariff.billing_period(hour.start)
            biller = Biller(tariff, period, ledger, whole)
        charge, unpriced = biller.charge(bucket + _QUARTERS)
        is_known = tariff.date_of(hour.start) >= known_from and unpriced <= 0
        priced.append(Hour(hour.start, hour.kwh, charge if is_known else None))
    return priced
