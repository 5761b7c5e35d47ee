"""The projection of one system's bill: the days so far, the weather to come.

Once an hour, off the event loop: what the days used against their temperature
outdoors, and what the rest of the billing period will cost by that.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
import logging
from typing import Any

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.components.weather import (
    DOMAIN as WEATHER_DOMAIN,
    SERVICE_GET_FORECASTS,
    WeatherEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter

from .billing import Billing
from .const import DOMAIN
from .core.abnormal_use import ABNORMAL_DAYS, NORMAL_AGAIN, Excess, excess
from .core.degree_days import UNKNOWN_DAY, Model, fit
from .core.ledger import QUARTER, Ledger, both_known
from .core.outdoor import normal_temperature
from .core.projection import Outlook, Projection, days_of, project
from .core.tariff import BillingPeriod, Tariff
from .issues import async_take_back, async_tell
from .outdoor import Outdoor
from .sources import feature_flags, finite

_LOGGER = logging.getLogger(__name__)

REFRESH = 3600.0
"""s after which the projection is made anew."""

EARLY = frozenset({1, 2, 4, 8, 16, 32})
"""Minutes after the start at which it is made anew as well, while no day is known."""

ISSUE_ABNORMAL = "abnormal_use"
ISSUE_HOME = "home_meter_low"

HOME_RATIO, HOME_LEAST = 1.1, 1.0
"""How many times its home, and how many kWh more, a unit must use to say that this cannot be."""

DAYS_BACK = 62
"""Days that the recorder is asked for: those that the ledger may have."""


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
        self._outdoor = outdoor
        self._source = source
        self._temperatures: dict[str, float] = {}
        self._today: date | None = None
        self._sum = self._count = 0.0
        self._has_asked = False
        self._published: Callable[[], None] = lambda: None
        self._is_busy = False
        self._refreshed = 0.0
        self._ticks = 0
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
        if isinstance(data, Mapping):
            self._temperatures = {
                str(day): value
                for day, kept in data.items()
                if (value := finite(kept)) is not None
                and dt_util.parse_date(str(day)) is not None
            }

    def as_dict(self) -> dict[str, float]:
        """Return what must survive a restart: a new one for each new day."""
        return self._temperatures

    @callback
    def async_start(self, published: Callable[[], None]) -> None:
        """Project now; `tick` does so again every hour."""
        self._published = published
        self._refresh(dt_util.utcnow().timestamp())

    def _refresh(self, now: float) -> None:
        """Begin to project anew."""
        self._refreshed = now
        if self._billing.tariff is not None:
            self._entry.async_create_task(
                self._hass, self.async_refresh(now), f"{DOMAIN} projection"
            )

    @callback
    def tick(self, now: float) -> None:
        """Take the temperature outdoors into the day's mean; project every hour."""
        self._ticks += 1
        is_early = not self._knows_days and self._ticks in EARLY
        if is_early or not 0 <= now - self._refreshed < REFRESH:
            self._refresh(now)
        reported = self._outdoor.reported
        today = dt_util.as_local(dt_util.utc_from_timestamp(now)).date()
        if today != self._today:
            if self._today is not None and self._count:
                self._keep(self._today, self._sum / self._count)
            self._today, self._sum, self._count = today, 0.0, 0.0
        if reported is not None:
            self._sum += reported
            self._count += 1

    def _keep(self, day: date, outdoor: float) -> None:
        """Remember a day's mean; a new mapping, for what is saved is not changed."""
        oldest = (day - timedelta(days=2 * DAYS_BACK)).isoformat()
        self._temperatures = {
            kept: value for kept, value in self._temperatures.items() if kept >= oldest
        } | {day.isoformat(): round(outdoor, 2)}

    async def async_refresh(self, now: float) -> None:
        """Project the bill anew."""
        billing = self._billing
        tariff, period = billing.tariff, billing.period
        if tariff is None or period is None or self._is_busy:
            return
        self._is_busy = True
        try:
            if not self._has_asked:
                self._has_asked = True
                await self._async_ask_recorder()
            forecast = await self._async_forecast()
            outdoor = {
                date.fromisoformat(day): value
                for day, value in self._temperatures.items()
            }
            # Copies: what is reckoned with must not change meanwhile.
            ledger = billing.ledger.copy()
            home = None if billing.home is None else billing.home.copy()
            outlooks = self._outlooks(tariff, period, now, forecast, outdoor)

            since = billing.since

            def reckon() -> tuple[Projection | None, Excess | None]:
                days = days_of(ledger, tariff, now, outdoor)
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

    def _outlooks(
        self,
        tariff: Tariff,
        period: BillingPeriod,
        now: float,
        forecast: Mapping[date, float],
        past: Mapping[date, float],
    ) -> list[Outlook]:
        """Return the days that are left, each with the temperature to expect."""
        day = tariff.date_of(now)
        # A spell of weather lasts: half of what the last days were off the usual.
        last = [past[back] - self._usual(tariff, back) for back in sorted(past)[-7:]]
        spell = 0.5 * sum(last) / len(last) if last else 0.0
        outlooks = []
        while day < period.end:
            if day in forecast:
                outlooks.append(Outlook(day, forecast[day], is_forecast=True))
            else:
                outlooks.append(Outlook(day, self._usual(tariff, day) + spell))
            day += timedelta(days=1)
        return outlooks

    def _usual(self, tariff: Tariff, day: date) -> float:
        """Return the usual mean temperature of a day."""
        config = self._hass.config
        midnight = tariff.midnight(day)
        return (
            sum(
                normal_temperature(
                    config.latitude, midnight + hour * 3600, config.longitude
                )
                for hour in (0, 6, 12, 18)
            )
            / 4
        )

    async def _async_ask_recorder(self) -> None:
        """Take the daily means of the outdoor sensor from before Klima was there."""
        source = self._source
        if (
            source is None
            or source.startswith(f"{WEATHER_DOMAIN}.")
            or RECORDER_DOMAIN not in self._hass.config.components
        ):
            return
        start = dt_util.start_of_local_day() - timedelta(days=DAYS_BACK)
        found = await get_instance(self._hass).async_add_executor_job(
            statistics_during_period,
            self._hass,
            start,
            None,
            {source},
            "day",
            {"temperature": UnitOfTemperature.CELSIUS},
            {"mean"},
        )
        known = self._temperatures
        means = {
            dt_util.as_local(dt_util.utc_from_timestamp(row["start"]))
            .date()
            .isoformat(): round(mean, 2)
            for row in found.get(source, [])
            if (mean := row.get("mean")) is not None
        }
        means.pop(dt_util.now().date().isoformat(), None)
        self._temperatures = means | known

    async def _async_forecast(self) -> dict[date, float]:
        """Return the mean temperature of the days that a weather entity foresees."""
        entity_id = self._weather()
        if entity_id is None:
            return {}
        try:
            answer = await self._hass.services.async_call(
                WEATHER_DOMAIN,
                SERVICE_GET_FORECASTS,
                {ATTR_ENTITY_ID: entity_id, "type": "daily"},
                blocking=True,
                return_response=True,
            )
        except HomeAssistantError as err:
            _LOGGER.debug("No forecast of %s: %s", entity_id, err)
            return {}
        found = (answer or {}).get(entity_id)
        rows = found.get("forecast") if isinstance(found, dict) else None
        means: dict[date, float] = {}
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict):
                continue
            try:
                when = dt_util.parse_datetime(str(row.get("datetime")))
            except ValueError:
                continue
            figures = [
                figure
                for key in ("temperature", "templow")
                if (figure := finite(row.get(key))) is not None
            ]
            if when is not None and figures:
                means[dt_util.as_local(when).date()] = TemperatureConverter.convert(
                    sum(figures) / len(figures),
                    self._hass.config.units.temperature_unit,
                    UnitOfTemperature.CELSIUS,
                )
        return means

    def _weather(self) -> str | None:
        """Return the weather entity that foresees days: the system's own, else any."""
        states = sorted(
            self._hass.states.async_all(WEATHER_DOMAIN),
            key=lambda state: (state.entity_id != self._source, state.entity_id),
        )
        return next(
            (
                state.entity_id
                for state in states
                if feature_flags(state.attributes.get(ATTR_SUPPORTED_FEATURES))
                & WeatherEntityFeature.FORECAST_DAILY
            ),
            None,
        )

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
