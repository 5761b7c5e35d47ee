"""The projection of one system's bill: the days so far, the weather to come.

Once an hour, off the event loop: what the days used against their temperature
outdoors, and what the rest of the billing period will cost by that.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .billing import Billing
from .const import DOMAIN
from .core.abnormal_use import ABNORMAL_DAYS, NORMAL_AGAIN, Excess, excess
from .core.degree_days import UNKNOWN_DAY, Model, fit
from .core.ledger import QUARTER, Ledger, both_known
from .core.projection import Projection, days_of, project
from .core.tariff import BillingPeriod, Tariff
from .daily_temperatures import DailyTemperatures
from .issues import async_take_back, async_tell
from .outdoor import Outdoor

REFRESH = 3600.0
"""s after which the projection is made anew."""

EARLY = frozenset({1, 2, 4, 8, 16, 32})
"""Minutes after the start at which it is made anew as well, while no day is known."""

ISSUE_ABNORMAL = "abnormal_use"
ISSUE_HOME = "home_meter_low"

HOME_RATIO, HOME_LEAST = 1.1, 1.0
"""How many times its home, and how many kWh more, a unit must use to say that this cannot be."""


class Projector:
    """Where a system's bill will end."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        billing: Billing,
        outdoor: Outdoor,
        source: str | None,
    ) -> None:
        """Start with nothing projected."""
        self._hass = hass
        self._entry = entry
        self._billing = billing
        self._temperatures = DailyTemperatures(hass, outdoor, source)
        self._published: Callable[[], None] = lambda: None
        self._is_busy = False
        self._refreshed = 0.0
        self._ticks = 0
        self._of: BillingPeriod | None = None
        self._billed = 0.0
        self._knows_days = False
        self.projection: Projection | None = None
        self.attributes: Mapping[str, Any] = {}
        self.excess: Excess | None = None

    @property
    def total(self) -> float | None:
        """Where the bill will end."""
        return None if self.projection is None else self.projection.total

    def _make_attributes(self) -> dict[str, Any]:
        """Return how sure it is, how it was reckoned, and what it includes."""
        found = self.projection
        if found is None:
            return {}
        includes = ["energy"]
        versions = self._billing.tariff.versions if self._billing.tariff else ()
        if any(version.demand for version in versions):
            includes.append("demand")
        if self._billing.with_fixed:
            includes.append("fixed_charges")
        if any(version.taxes for version in versions):
            includes.append("taxes")
        return {
            "low": round(found.low, 2),
            "high": round(found.high, 2),
            "method": found.method.value,
            "energy": round(found.kwh, 1),
            "includes": includes,
        }

    def restore(self, data: Any) -> None:
        """Take up the temperatures of days; what is none is left out."""
        self._temperatures.restore(data)

    def as_dict(self) -> dict[str, float]:
        """Return what must survive a restart."""
        return self._temperatures.as_dict()

    @callback
    def async_start(self, published: Callable[[], None]) -> None:
        """Project now; `tick` does so again every hour."""
        self._published = published
        self._refresh(dt_util.utcnow().timestamp())

    def _refresh(self, now: float) -> None:
        self._refreshed = now
        if self._billing.tariff is not None:
            self._entry.async_create_task(
                self._hass, self.async_refresh(now), f"{DOMAIN} projection"
            )

    @callback
    def tick(self, now: float) -> None:
        """Take the temperature outdoors into the day's mean; project every hour.

        And as a billing period begins: what the last one came to is no projection of it.
        """
        self._ticks += 1
        is_early = not self._knows_days and self._ticks in EARLY
        is_over = self._of != self._billing.period
        if is_early or is_over or not 0 <= now - self._refreshed < REFRESH:
            self._refresh(now)
        self._temperatures.tick(now)
        self._keep_up()

    def _keep_up(self) -> None:
        """Let the projection not be less than the bill is by now, unless that falls."""
        found, billed = self.projection, self._billing.bill.total
        if found is None or not self._billed <= found.total < billed:
            return
        self.projection = replace(
            found,
            total=billed,
            low=max(found.low, billed),
            high=max(found.high, billed),
        )
        self.attributes = self._make_attributes()

    async def async_refresh(self, now: float) -> None:
        """Project the bill anew."""
        billing = self._billing
        tariff, period = billing.tariff, billing.period
        if tariff is None or period is None or self._is_busy:
            return
        self._is_busy = True
        self._of = period
        self._billed = billing.bill.total
        try:
            temperatures = self._temperatures
            await temperatures.async_ask_recorder()
            forecast = await temperatures.async_forecast()
            outdoor = temperatures.means
            # Copies: what is reckoned with must not change meanwhile.
            ledger = billing.ledger.copy()
            home = None if billing.home is None else billing.home.copy()
            outlooks = temperatures.outlooks(tariff, period, now, forecast, outdoor)
            since, known_from = billing.since, billing.knows_from(tariff, period)

            def reckon() -> tuple[Projection | None, Excess | None]:
                days = days_of(ledger, tariff, now, outdoor, known_from)
                self._knows_days = bool(days)
                model = fit(days) or _model_of_today(ledger, tariff, now, since)
                found = project(
                    tariff,
                    period,
                    ledger,
                    home,
                    now,
                    model,
                    outlooks,
                    with_fixed=billing.with_fixed,
                    past=billing.past_peaks,
                )
                return found, excess(days)

            (
                self.projection,
                self.excess,
            ) = await self._hass.async_add_executor_job(reckon)
        finally:
            self._is_busy = False
        self.attributes = self._make_attributes()
        self._tell_abnormal()
        self._tell_home()
        self._published()

    def _tell_abnormal(self) -> None:
        """Tell of a unit that uses much more than the weather explains."""
        found = self.excess
        if found is None or found.ratio < NORMAL_AGAIN:
            async_take_back(self._hass, self._entry, ISSUE_ABNORMAL)
        elif found.is_abnormal:
            async_tell(
                self._hass,
                self._entry,
                ISSUE_ABNORMAL,
                days=str(ABNORMAL_DAYS),
                used=f"{found.kwh:.1f}",
                expected=f"{found.expected:.1f}",
            )

    def _tell_home(self) -> None:
        """Tell of a home's meter that counts less than the unit alone."""
        plan = self._billing.plan
        found = None
        # One that makes some of its own draws less than a unit may use.
        if plan is not None and plan.home_energy and not plan.home_export:
            found = both_known(self._billing.ledger, plan.ledger)
        if plan is None or found is None or found[1] <= found[2]:
            async_take_back(self._hass, self._entry, ISSUE_HOME)
            return
        first, own, home = found
        if own < HOME_RATIO * home + HOME_LEAST:
            return
        async_tell(
            self._hass,
            self._entry,
            ISSUE_HOME,
            plan=plan.title,
            meter=str(plan.home_energy),
            since=plan.tariff.date_of(first * QUARTER).isoformat(),
            own=f"{own:.1f}",
            home=f"{home:.1f}",
        )


def _model_of_today(
    ledger: Ledger, tariff: Tariff, now: float, since: float | None
) -> Model:
    """Return a day like the time so far, where no day is complete yet.

    `since` is when the very first energy was used, where that was just now.
    A unit that used nothing yet is taken to go on so.
    """
    midnight = tariff.midnight(tariff.date_of(now))
    first = max(min(ledger.kwh, default=0) * QUARTER, midnight, since or 0.0)
    kwh = ledger.total(int(first // QUARTER), int(now // QUARTER) + 1)
    per_day = kwh * 86_400 / max(now - first, 60.0)
    return Model(base=per_day, deviation=UNKNOWN_DAY * per_day)
