"""The bill of one system: what this billing period cost so far.

It joins the system's account (lifetime cost, shares) with its ledger and its
plan. The account is told each price when it begins; the bill is worked out
anew from the ledger, so that it is right whatever came late.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .clock import moment
from .core.account import Account
from .core.energy import Delta
from .core.export import own_use
from .core.history import Use
from .core.ledger import QUARTER, Ledger, spread
from .core.price import PriceSeries
from .core.tariff import BillingPeriod, Tariff, flat, following
from .core.tariff.bill import Bill, Biller
from .core.tariff.peaks import Peak
from .kept_ledger import KeptLedger
from .plan import Plan
from .pricing import PriceSource
from .sources import finite

LONGEST_GAP = 130 * 86_400.0
"""s before the start for which a late counter's energy still finds its prices: a home
that was left for a season. What is older has the oldest of these."""


LONGEST_KEPT = 130 * 86_400.0
"""s of use that a system without a price keeps: two billing periods of two months."""


class Billing:
    """What the energy of a system costs in its billing period."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        account: Account,
        source: PriceSource | None,
        plan: Plan | None,
        *,
        joined: float,
        with_fixed: bool,
    ) -> None:
        """Take the plan; for a plain price, one that is billed by the month.

        Of the time before a system `joined` (epoch seconds) nothing is known,
        unless its past is taken over.
        """
        self._entry_id = entry_id
        self._account = account
        self.plan = plan
        self.with_fixed = with_fixed
        self.tariff = _tariff(source, plan)
        self._follows = self.tariff is not None and any(
            version.spot is not None for version in self.tariff.versions
        )
        self._spots = PriceSeries()
        self._has_unpriced = False
        self._kept = KeptLedger(hass, entry_id)
        self._biller: Biller | None = None
        self._told: float | None = None
        self._published: Callable[[], None] = lambda: None
        self._metered: Delta | None = None
        self._last_total: float | None = None
        self._last_changed = False
        self._forgotten = 0
        self.since: float | None = None
        self._known_from = joined
        self.history: dict[str, float] = {}
        self.past = asyncio.Lock()
        self.is_over = False
        self.bill = Bill()
        self._attributes: dict[str, Any] = {}
        self._attributes_for: tuple[Any, ...] = ()

    @property
    def ledger(self) -> Ledger:
        """What the system used, by quarter of an hour."""
        return self._kept.ledger

    @property
    def _followed(self) -> PriceSeries:
        """The prices that a price entity told, where they are followed."""
        return self._spots if self.plan is None else self.plan.told.spots

    @property
    def home(self) -> Ledger | None:
        """The ledger whose use decides the tiers, where there are any."""
        if self.plan is None or not self.plan.needs_home:
            return None
        return self.plan.ledger

    @property
    def price(self) -> float | None:
        """What the next kWh costs: while the home exports, what is not paid for it."""
        plan = self.plan
        if plan is not None and plan.is_exporting:
            if (rate := plan.export_rate) is not None:
                return rate
        return self._account.price

    def mean_price(self, kilowatts: float, now: float) -> float | None:
        """Return what a kWh costs at a power: of a part of it, the home's own may be."""
        price, plan = self._account.price, self.plan
        if plan is None or not plan.pays_export or price is None or kilowatts <= 0:
            return self.price
        flow, rate = plan.flow, plan.export_rate
        if flow is None or rate is None:
            return price
        light = plan.tariff.is_light(int(now // QUARTER))
        own = own_use(kilowatts, flow.drawn, flow.fed, is_light=light)
        return price + (rate - price) * own / kilowatts

    @property
    def period(self) -> BillingPeriod | None:
        """The billing period that it is."""
        return None if self._biller is None else self._biller.period

    @property
    def period_start(self) -> datetime | None:
        """When the billing period began."""
        began = self.period_began
        return None if began is None else moment(began)

    @property
    def period_began(self) -> float | None:
        """The same as epoch s."""
        return None if self._biller is None else float(self._biller.first * QUARTER)

    @property
    def attributes(self) -> Mapping[str, Any]:
        """What goes with the bill; it changes with the period only."""
        unpriced = round(self.bill.unpriced, 2)
        holds_for = (self.period, self._last_total, unpriced, self._known_from)
        if holds_for != self._attributes_for:
            self._attributes_for = holds_for
            self._attributes = self._make_attributes(unpriced)
        return self._attributes

    def _make_attributes(self, unpriced: float) -> dict[str, Any]:
        period = self.period
        attributes: dict[str, Any] = {
            "period_start": None if period is None else period.start.isoformat(),
            # The last day that counts, as bills have it.
            "period_end": None
            if period is None
            else (period.end - timedelta(days=1)).isoformat(),
            "fixed_charges": self.with_fixed,
            "last_bill": self._last_total,
        }
        if self.plan is not None and self.plan.has_tiers:
            attributes["tier_basis"] = self.plan.tier_basis
        if unpriced > 0:
            attributes["unpriced_energy"] = unpriced
        if period is not None and (since := self.counted_since(period)):
            attributes["counted_since"] = since
            # Of the period before, then, nothing is known.
        elif period is not None and self._last_total is not None:
            assert self.tariff is not None
            last = self.tariff.cycle.period(period.start - timedelta(days=1))
            if since := self.counted_since(last):
                attributes["last_bill_counted_since"] = since
        return attributes

    def counted_since(self, period: BillingPeriod) -> str | None:
        """Return the day that the use in a period is known from, None for all of it.

        Its fixed charges are the whole period's all the same, as the utility's are.
        """
        assert self.tariff is not None
        day = self.tariff.date_of(self._known_from)
        return day.isoformat() if period.start < day else None

    def knows_from(self, tariff: Tariff, period: BillingPeriod) -> float:
        """Return from when (epoch s) the ledger has all use: what it lacks was none.

        Of a period and the one before it, unless the system joined since.
        """
        last = tariff.cycle.period(period.start - timedelta(days=1))
        return max(self._known_from, tariff.midnight(last.start))

    async def async_load(self, data: object) -> None:
        """Take up what was counted before."""
        data = data if isinstance(data, dict) else {}
        await self._kept.async_load(data.get("recent"))
        history = data.get("history")
        if isinstance(history, Mapping):
            self.history = {
                str(key): value
                for key, value in history.items()
                if isinstance(value, int | float)
            }
        self._last_total = finite(data.get("last_bill"))
        known_from = finite(data.get("known_from"))
        self._known_from = self._known_from if known_from is None else known_from

    @callback
    def async_start(
        self, now: float, since: float, published: Callable[[], None]
    ) -> CALLBACK_TYPE | None:
        """Follow the plan; `since` is when the energy to come may have begun."""
        self._published = published
        stop = None
        if (plan := self.plan) is not None:
            plan.attach(self._entry_id, self.ledger)
            # What a counter tells of the time that Klima was down in is priced
            # by the hours that it was used in.
            known = max(since, now - LONGEST_GAP)
            if since < known:
                # With no price at all it would never have one.
                self._account.set_price(since, plan.price_in(plan.tariff.span(known)))
            for span in plan.tariff.spans(known, now):
                self._account.set_price(span.start, plan.price_in(span))
            self._account.set_price(now, plan.price)
            stop = plan.async_add_listener(self._plan_changed)
        self._has_unpriced = self._follows
        self.refresh(now)
        return stop

    async def async_stop(self) -> None:
        """Write the ledger, once what is being taken of the past is known in it.

        Who holds `past` is waited for: what the recorder was given, and this does not
        know of, would be taken for the system's own, and fall to zero where that begins.
        """
        async with self.past:
            self.is_over = True
        self.settle()
        await self._kept.async_save()

    @callback
    def count(self, delta: Delta) -> None:
        """Take what was metered; it is counted with what follows, at `settle`.

        A price, a share or a figure that is shown hangs on more than one sample.
        """
        before = self._metered
        if before is not None and (joined := before.joined(delta)) is not None:
            self._metered = joined
            return
        self.settle()
        self._metered = delta

    @callback
    def settle(self) -> None:
        """Count what was metered so far, in the account and in the ledger.

        Before anything that says what a kWh costs, or whose it is, changes; and
        before what was counted is read.
        """
        delta, self._metered = self._metered, None
        if delta is not None:
            self._count_by_tier(delta)

    def _count_by_tier(self, delta: Delta) -> None:
        plan = self.plan
        if plan is None or plan.home_energy is not None or not plan.tiers.limits:
            self._count(delta)
            return
        for _ in range(len(plan.tiers.limits) + 1):
            room = plan.tier_remaining
            if room is None or delta.kwh <= room:
                break
            delta, first = _split(delta, room)
            self._count(first)
        self._count(delta)

    def _price(self, delta: Delta) -> None:
        """Price an amount in the account; where the home feeds in, by the quarter of an hour."""
        plan = self.plan
        if plan is None or not plan.pays_export or delta.end <= delta.start:
            self._account.count(delta)
            return
        start, length = delta.start, delta.end - delta.start
        for bucket, share in spread(delta.start, delta.end):
            end = min(start + share * length, delta.end)
            part = delta.part(start, end, share)
            rate, flow = plan.export_rate_at(start), plan.flow_in(bucket)
            own = 0.0
            if rate is not None and flow is not None:
                hours = share * length / 3600
                light = plan.tariff.is_light(bucket)
                drawn, fed = flow.drawn * hours, flow.fed * hours
                own = own_use(part.kwh, drawn, fed, is_light=light)
            self._account.count(part, own=own, export=rate)
            start = end

    def _count(self, delta: Delta) -> None:
        self._price(delta)
        start, end, kwh = delta.start, delta.end, delta.kwh
        plan = self.plan
        if not self.ledger.kwh:
            self.since = start
        if (began := self.period_began) is not None and start < began:
            # A counter that was away, or a power on change, tells it late.
            self._last_changed = True
        if plan is None or plan.told.event_entity is None:
            self.ledger.add(start, end, kwh)
        else:
            for part, until, is_event in plan.told.events.pieces(start, end):
                share = kwh * (until - part) / (end - start) if end > start else kwh
                self.ledger.add(part, until, share, is_event=bool(is_event))
        if self._follows:
            spots = self._followed
            for part, until, price in spots.pieces(start, end):
                if price is None and (price := spots.known_from(part)) is None:
                    self._has_unpriced = True
                    continue
                share = kwh * (until - part) / (end - start) if end > start else kwh
                self.ledger.add_spot(part, until, share, price)
        if plan is not None:
            plan.count(delta)

    @callback
    def set_price(self, at: float, price: float | None) -> bool:
        """Take a price entity's price from a time on; return whether it is another."""
        self.settle()
        changed = self._account.set_price(at, price)
        if changed:
            self._spots = self._spots.set(at, price)
            self._settle_spot(price)
        return changed

    @callback
    def set_clock(self, step: float) -> None:
        """Move the prices along with a clock that was set; the plan tells what it then costs."""
        self.settle()
        self._account.set_clock(step)
        self._spots = self._spots.moved(step)

    def _settle_spot(self, price: float | None) -> None:
        """Price what waited for a price entity, at the first price after it."""
        if price is not None and self._has_unpriced:
            self._has_unpriced = False
            self.ledger.settle_spot(price)

    @callback
    def _plan_changed(self, at: float) -> None:
        plan = self.plan
        assert plan is not None
        self.settle()
        if self._follows:
            self._settle_spot(plan.told.spot)
        changed = self._account.set_price(at, plan.price)
        if plan.pays_export:
            changed |= self.price != self._told
            self._told = self.price
        if changed:
            self._published()

    @callback
    def fill(
        self, hours: Sequence[Use], first: int, spots: Mapping[int, float]
    ) -> list[tuple[int, float]]:
        """Take hours of the past in, from a bucket on, where nothing was counted.

        `spots` has the mean price of each hour where the prices follow an entity.
        Returns the buckets that were filled, with their kWh.
        """
        self.settle()
        if hours:
            self._known_from = min(self._known_from, float(hours[0].start))
        filled: list[tuple[int, float]] = []
        for hour in hours:
            kwh, spot = hour.kwh / 4, spots.get(hour.start)
            for number in range(hour.start // QUARTER, hour.start // QUARTER + 4):
                if number >= first and self.ledger.fill(number, kwh):
                    filled.append((number, kwh))
                    if self._follows and spot is not None:
                        start = number * QUARTER
                        self.ledger.add_spot(start, start + QUARTER, kwh, spot)
        self._settle_past()
        return filled

    @callback
    def add_past(self, start: float, end: float, kwh: float) -> None:
        """Take an amount of before it began in; of a price entity, the next price is its."""
        self._known_from = min(self._known_from, start)
        self.ledger.add(start, end, kwh)
        self._settle_past()

    def _settle_past(self) -> None:
        """Price what was taken of the past, and has no price of its own, as it is now."""
        self._has_unpriced = self._follows
        self._settle_spot(self._followed.last)

    def bill_of(self, period: BillingPeriod, until: float) -> Bill:
        """Return the bill of any period that the ledger knows."""
        assert self.tariff is not None
        self.settle()
        with closing(self._biller_of(self.tariff, period)) as biller:
            return biller.bill(until, with_fixed=self.with_fixed)

    def past_peaks(self, month: int) -> tuple[Peak, ...]:
        """Return the peaks of a month that is remembered."""
        return () if self.plan is None else self.plan.peaks.of(self._entry_id, month)

    def _biller_of(self, tariff: Tariff, period: BillingPeriod) -> Biller:
        return Biller(tariff, period, self.ledger, self.home, self.past_peaks)

    def _bill(self, biller: Biller, until: float) -> Bill:
        """Work a bill out, and remember the peaks of its months for those after it."""
        bill = biller.bill(until, with_fixed=self.with_fixed)
        if self.plan is not None:
            self.plan.peaks.take(self._entry_id, biller.peaks)
        return bill

    @callback
    def refresh(self, now: float) -> None:
        """Work the bill out as it is now; begin a new one when its period begins."""
        self.settle()
        if self.tariff is None:
            # Nothing is billed, but a price may come: what it could bill is kept.
            if (first := int((now - LONGEST_KEPT) // QUARTER)) - self._forgotten > 96:
                self._forgotten = first
                self.ledger.forget(first)
            return
        biller = self._biller
        if biller is None or not biller.first <= now / QUARTER < biller.end:
            if biller is not None:
                biller.close()
            self._biller = biller = self._begin(self.tariff, now)
        elif self._last_changed and self.period is not None:
            self._tell_last(self.tariff, self.period)
        self._last_changed = False
        self.bill = self._bill(biller, now)

    @callback
    def close_day(self, midnight: float) -> None:
        """Work the bill out as it was at the very end of a day, if it is still that one's."""
        biller, end = self._biller, midnight - 1
        if biller is not None and biller.first <= end / QUARTER < biller.end:
            self.refresh(end)

    def _begin(self, tariff: Tariff, now: float) -> Biller:
        """Begin a billing period; the last one's bill is told as what it came to."""
        period = tariff.billing_period(now)
        last = self._tell_last(tariff, period)
        self.ledger.forget(round(tariff.bounds(last)[0] / QUARTER))
        if self.plan is not None:
            self.plan.peaks.forget(last.start)
        return self._biller_of(tariff, period)

    def _tell_last(self, tariff: Tariff, period: BillingPeriod) -> BillingPeriod:
        """Work the bill before a period out, if there is any; return its period.

        The period's own bill is worked out after it: a month may be of both.
        """
        last = tariff.cycle.period(period.start - timedelta(days=1))
        end = tariff.bounds(last)[1]
        # Of one in which nothing ran it is that as well, and not the one before it.
        if self._known_from < end:
            with closing(self._biller_of(tariff, last)) as biller:
                self._last_total = round(self._bill(biller, end).total, 2)
        return last

    @callback
    def renew(self, now: float) -> None:
        """Work out anew what was billed, the last period's too, and tell it."""
        self._last_changed = True
        self.refresh(now)
        self.publish()

    @callback
    def publish(self) -> None:
        """Tell the system's entities."""
        self._published()

    @callback
    def forget_prices(self, before: float) -> None:
        """Forget the prices that nothing will be priced at any more."""
        self.settle()
        self._account.forget_prices(before)
        self._spots = self._spots.since(before)

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        self.settle()
        return {
            "recent": self._kept.recent(),
            "last_bill": self._last_total,
            "known_from": self._known_from,
            "history": self.history,
        }


def _tariff(source: PriceSource | None, plan: Plan | None) -> Tariff | None:
    if plan is not None:
        return plan.tariff
    if source is None:
        return None
    zone = dt_util.get_default_time_zone()
    if source.price is not None:
        return flat(source.price, zone)
    return following(zone) if source.entity_id is not None else None


def _split(delta: Delta, kwh: float) -> tuple[Delta, Delta]:
    """Return the rest of an amount, and its first kWh, by their share of the time."""
    # A hair more than the room, so that rounding cannot leave a part of it.
    share = min(kwh / delta.kwh + 1e-12, 1.0)
    middle = delta.start + (delta.end - delta.start) * share
    return (
        delta.part(middle, delta.end, 1 - share),
        delta.part(delta.start, middle, share),
    )
