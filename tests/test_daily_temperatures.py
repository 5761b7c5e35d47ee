"""The temperature outdoors by the day: forecasts of any shape, and what was kept."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from homeassistant.components.weather import WeatherEntityFeature
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    State,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.klima import daily_temperatures
from custom_components.klima.core.tariff import flat
from custom_components.klima.daily_temperatures import DailyTemperatures
from custom_components.klima.outdoor import Outdoor

WEATHER = "weather.home"


@pytest.fixture
async def temperatures(hass: HomeAssistant) -> DailyTemperatures:
    """Return what knows no day yet, in a home in UTC."""
    await hass.config.async_set_time_zone("UTC")
    return DailyTemperatures(hass, Outdoor(hass, None), None)


def foresee(
    hass: HomeAssistant, answer: Any, entity_id: str = WEATHER, features: int = 1
) -> None:
    """Let a weather entity answer with a forecast, or raise an error."""
    hass.states.async_set(entity_id, "sunny", {"supported_features": features})

    async def forecast(call: ServiceCall) -> ServiceResponse:
        if isinstance(answer, Exception):
            raise answer
        assert call.data["type"] == "daily"
        return {call.data["entity_id"]: answer}

    hass.services.async_register(
        "weather", "get_forecasts", forecast, supports_response=SupportsResponse.ONLY
    )


async def test_a_day_is_the_mean_of_its_ends(
    hass: HomeAssistant, temperatures: DailyTemperatures
) -> None:
    """Of a day with one figure, it is that."""
    rows = [
        {"datetime": "2026-11-25T12:00:00+00:00", "temperature": 8, "templow": 2},
        {"datetime": "2026-11-26T12:00:00+00:00", "temperature": 6},
    ]
    foresee(hass, {"forecast": rows})
    assert await temperatures.async_forecast() == {
        date(2026, 11, 25): 5.0,
        date(2026, 11, 26): 6.0,
    }


async def test_a_forecast_in_the_degrees_of_the_home(
    hass: HomeAssistant, temperatures: DailyTemperatures
) -> None:
    """Home Assistant answers in °F where the home measures so."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    foresee(hass, {"forecast": [{"datetime": "2026-11-25", "temperature": 50}]})
    assert await temperatures.async_forecast() == {
        date(2026, 11, 25): pytest.approx(10.0)
    }


@pytest.mark.parametrize(
    "row",
    [
        "sunny",
        None,
        {},
        {"datetime": "2026-11-45", "temperature": 8},
        {"datetime": "some day", "temperature": 8},
        {"datetime": "2026-11-26", "temperature": "warm"},
        {"datetime": "2026-11-26", "temperature": float("nan")},
        {"temperature": 8},
    ],
)
async def test_a_row_that_says_nothing_is_left_out(
    hass: HomeAssistant, temperatures: DailyTemperatures, row: Any
) -> None:
    """The others stand."""
    good = {"datetime": "2026-11-25", "temperature": 8}
    foresee(hass, {"forecast": [row, good]})
    assert await temperatures.async_forecast() == {date(2026, 11, 25): 8.0}


@pytest.mark.parametrize(
    "answer",
    [
        HomeAssistantError("no network"),
        # What no weather entity should raise, and some do.
        TimeoutError("too slow"),
        KeyError("daily"),
        None,
        [],
        {},
        {"forecast": None},
    ],
    ids=str,
)
async def test_a_weather_that_foresees_nothing(
    hass: HomeAssistant, temperatures: DailyTemperatures, answer: Any
) -> None:
    """Days to come are then as they usually are."""
    foresee(hass, answer)
    assert await temperatures.async_forecast() == {}


async def test_only_who_foresees_days_is_asked(
    hass: HomeAssistant, temperatures: DailyTemperatures
) -> None:
    """A weather entity with a forecast by the hour alone has none of them."""
    foresee(
        hass,
        HomeAssistantError("must not be asked"),
        features=WeatherEntityFeature.FORECAST_HOURLY,
    )
    assert await temperatures.async_forecast() == {}
    foresee(
        hass,
        {"forecast": [{"datetime": "2026-11-25", "temperature": 8}]},
        "weather.station",
    )
    assert await temperatures.async_forecast() == {date(2026, 11, 25): 8.0}


@pytest.mark.parametrize(
    ("kept", "known"),
    [
        (
            {"2026-11-24": 3.5, "2026-11-25": 4},
            {date(2026, 11, 24), date(2026, 11, 25)},
        ),
        ({"2026-11-24": "cold", "someday": 3.5, "2026-11-25": 4}, {date(2026, 11, 25)}),
        (None, set()),
        ("2026-11-24", set()),
    ],
)
async def test_what_was_kept_of_days(
    temperatures: DailyTemperatures, kept: Any, known: set[date]
) -> None:
    """What is no day, or no temperature, is left out."""
    temperatures.restore(kept)
    assert set(temperatures.means) == known


async def test_a_forecast_in_degrees_of_its_own(
    hass: HomeAssistant, temperatures: DailyTemperatures
) -> None:
    """A weather entity can be set to °F in a home that measures in °C."""
    foresee(hass, {"forecast": [{"datetime": "2026-11-25", "temperature": 50}]})
    attributes = {"supported_features": 1, "temperature_unit": "°F"}
    hass.states.async_set(WEATHER, "sunny", attributes)
    assert await temperatures.async_forecast() == {
        date(2026, 11, 25): pytest.approx(10.0)
    }


async def test_who_foresees_for_ever_is_not_waited_for(
    hass: HomeAssistant,
    temperatures: DailyTemperatures,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bill is projected without it."""
    monkeypatch.setattr(daily_temperatures, "PATIENCE", 0.01)
    foresee(hass, {})

    async def forecast(_call: ServiceCall) -> ServiceResponse:
        await asyncio.Event().wait()
        return {}

    hass.services.async_register(
        "weather", "get_forecasts", forecast, supports_response=SupportsResponse.ONLY
    )
    async with asyncio.timeout(5):
        assert await temperatures.async_forecast() == {}


async def test_a_day_of_which_only_the_evening_is_known(hass: HomeAssistant) -> None:
    """A restart at nine in the evening leaves no mean of the day."""
    await hass.config.async_set_time_zone("UTC")
    outdoor = Outdoor(hass, "sensor.outdoor")
    temperatures = DailyTemperatures(hass, outdoor, "sensor.outdoor")
    began = datetime(2026, 11, 24, 21, tzinfo=UTC).timestamp()
    for minute in range(3 * 60 + 24 * 60 + 1):
        at = began + 60 * minute
        celsius = "2" if at < began + 3 * 3600 else "7"
        attributes = {"unit_of_measurement": "°C", "device_class": "temperature"}
        outdoor.read(at, State("sensor.outdoor", celsius, attributes))
        temperatures.tick(at)
    assert temperatures.means == {date(2026, 11, 25): 7.0}


async def test_a_day_that_was_written_otherwise(
    temperatures: DailyTemperatures,
) -> None:
    """It is the same day, whoever edited the file."""
    temperatures.restore({"2026-1-5": 3.5})
    assert temperatures.means == {date(2026, 1, 5): 3.5}


@pytest.mark.parametrize(("ago", "is_felt"), [(1, True), (7, True), (30, False)])
async def test_a_spell_of_long_ago_is_over(
    temperatures: DailyTemperatures, ago: int, is_felt: bool
) -> None:
    """A heat wave of the summer says nothing of the winter, however last it was told."""
    tariff = flat(0.1, UTC)
    now = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
    period = tariff.billing_period(now)
    usual = temperatures.outlooks(tariff, period, now, {}, {})
    days = [date(2026, 11, 24) - timedelta(days=ago + index) for index in range(3)]
    spell = temperatures.outlooks(tariff, period, now, {}, dict.fromkeys(days, 45.0))
    assert len(spell) == len(usual) == 7
    assert (spell != usual) is is_felt


async def test_the_room_of_a_tank_is_no_weather(hass: HomeAssistant) -> None:
    """A bill ahead rests on its own days: those of a garage say nothing of a forecast."""
    await hass.config.async_set_time_zone("UTC")
    kept = {"2026-11-20": 12.5, "2026-11-21": 11.0}
    for indoors in (False, True):
        outdoor = Outdoor(hass, "sensor.garage", indoors=indoors)
        temperatures = DailyTemperatures(hass, outdoor, "sensor.garage")
        temperatures.restore(kept)
        assert len(temperatures.means) == (0 if indoors else 2)
        assert temperatures.as_dict() == kept
