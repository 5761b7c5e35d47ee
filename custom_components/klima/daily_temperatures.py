"""The temperature outdoors by the day: what days had, and what days to come will.

Of the past, the means that Klima made itself, and those of the recorder from before
it was there; of what is to come, a weather entity's forecast, and what is usual
beyond it. Temperatures are in °C.
"""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
import logging
from typing import Any

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN
from homeassistant.components.weather import (
    ATTR_WEATHER_TEMPERATURE_UNIT,
    DOMAIN as WEATHER_DOMAIN,
    SERVICE_GET_FORECASTS,
    WeatherEntityFeature,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter
from sqlalchemy.exc import SQLAlchemyError

from .core.outdoor import normal_temperature
from .core.projection import Outlook
from .core.tariff import BillingPeriod, Tariff
from .outdoor import Outdoor
from .recorded import async_figures
from .sources import feature_flags, finite

_LOGGER = logging.getLogger(__name__)

DAYS_BACK = 62
"""Days that the recorder is asked for: those that the ledger may have."""

WHOLE_DAY = 18 * 60
"""Minutes of a day that its mean must be of: an evening is colder than its day."""

PATIENCE = 60.0
"""s that a weather entity may take to foresee: who waits longer, projects without."""

SPELL_DAYS = 7
"""Last days that tell how far the weather is off what is usual."""

SPELL_LASTS = 0.5
"""Share of that by which the days to come are taken to be off as well (an assumption)."""


class DailyTemperatures:
    """What a system knows of the mean temperature outdoors of each day."""

    def __init__(
        self, hass: HomeAssistant, outdoor: Outdoor, source: str | None
    ) -> None:
        """Know no day yet; `source` is the entity that tells the temperature."""
        self._hass = hass
        self._outdoor = outdoor
        self._source = source
        self._means: dict[str, float] = {}
        self._today: date | None = None
        self._sum = self._count = 0.0
        self._has_asked = False

    def restore(self, data: Any) -> None:
        """Take up the temperatures of days; what is none is left out."""
        if isinstance(data, Mapping):
            self._means = {
                known.isoformat(): value
                for day, kept in data.items()
                if (value := finite(kept)) is not None
                and (known := dt_util.parse_date(str(day))) is not None
            }

    def as_dict(self) -> dict[str, float]:
        """Return what must survive a restart: a new one for each new day."""
        return self._means

    @property
    def means(self) -> dict[date, float]:
        """The means of the days that are known."""
        if self._outdoor.indoors:
            # They would be of a room, and the days to come of the weather.
            return {}
        return {date.fromisoformat(day): value for day, value in self._means.items()}

    @callback
    def tick(self, now: float) -> None:
        """Take the temperature as it is now into the mean of the day."""
        today = dt_util.as_local(dt_util.utc_from_timestamp(now)).date()
        if today != self._today:
            if self._today is not None and self._count >= WHOLE_DAY:
                self._keep(self._today, self._sum / self._count)
            elif self._today is not None:
                # Begun within the day, or the sensor was away: the recorder may know it.
                self._has_asked = False
            self._today, self._sum, self._count = today, 0.0, 0.0
        if (reported := self._outdoor.reported) is not None:
            self._sum += reported
            self._count += 1

    def _keep(self, day: date, outdoor: float) -> None:
        """Remember a day's mean; a new mapping, for what is saved is not changed."""
        oldest = (day - timedelta(days=2 * DAYS_BACK)).isoformat()
        self._means = {
            kept: value for kept, value in self._means.items() if kept >= oldest
        } | {day.isoformat(): round(outdoor, 2)}

    def outlooks(
        self,
        tariff: Tariff,
        period: BillingPeriod,
        now: float,
        forecast: Mapping[date, float],
        past: Mapping[date, float],
    ) -> list[Outlook]:
        """Return the days that are left, each with the temperature to expect.

        `forecast` is that of days to come, `past` the `means` of those that are known.
        """
        day = tariff.date_of(now)
        # A spell of which nothing was told for as long again is over.
        recent = [back for back in sorted(past) if (day - back).days <= 2 * SPELL_DAYS]
        last = [past[back] - self._usual(tariff, back) for back in recent[-SPELL_DAYS:]]
        spell = SPELL_LASTS * sum(last) / len(last) if last else 0.0
        outlooks = []
        while day < period.end:
            if day in forecast:
                outlooks.append(Outlook(day, forecast[day], is_forecast=True))
            else:
                outlooks.append(Outlook(day, self._usual(tariff, day) + spell))
            day += timedelta(days=1)
        return outlooks

    def _usual(self, tariff: Tariff, day: date) -> float:
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

    async def async_ask_recorder(self) -> None:
        """Take the daily means of the outdoor sensor from before Klima was there, once."""
        if self._has_asked:
            return
        self._has_asked = True
        source = self._source
        if (
            source is None
            or source.startswith(f"{WEATHER_DOMAIN}.")
            or RECORDER_DOMAIN not in self._hass.config.components
        ):
            return
        start = dt_util.start_of_local_day() - timedelta(days=DAYS_BACK)
        try:
            found = await async_figures(
                self._hass, source, start, None, "mean", period="day"
            )
        except SQLAlchemyError as err:
            # Its tables are being migrated, or it is away: it is asked the next time.
            _LOGGER.debug("No temperatures of %s: %s", source, err)
            self._has_asked = False
            return
        means = {
            dt_util.as_local(dt_util.utc_from_timestamp(at)).date().isoformat(): round(
                mean, 2
            )
            for at, mean in found
            if mean is not None
        }
        means.pop(dt_util.now().date().isoformat(), None)
        self._means = means | self._means

    async def async_forecast(self) -> dict[date, float]:
        """Return the mean temperature of the days that a weather entity foresees."""
        entity_id = self._weather()
        if entity_id is None:
            return {}
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._hass.services.async_call(
                    WEATHER_DOMAIN,
                    SERVICE_GET_FORECASTS,
                    {ATTR_ENTITY_ID: entity_id, "type": "daily"},
                    blocking=True,
                    return_response=True,
                )
        except Exception as err:  # noqa: BLE001 - a weather entity may raise anything
            _LOGGER.debug("No forecast of %s: %r", entity_id, err)
            return {}
        state = self._hass.states.get(entity_id)
        # A weather entity may have degrees of its own, by its settings.
        unit = state and state.attributes.get(ATTR_WEATHER_TEMPERATURE_UNIT)
        if unit not in TemperatureConverter.VALID_UNITS:
            unit = self._hass.config.units.temperature_unit
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
                    unit,
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
