"""The past of a meter, bills in full, readings of the meter, and projections."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import logging
import math
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.statistics import (
    get_last_short_term_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.components.weather import WeatherEntityFeature
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.klima.const import DOMAIN
from custom_components.klima.past_sums import PastSums

from .common import add_system
from .meters import number, pass_time, set_energy, set_power
from .plans import add_plan
from .recorded import act, hours_before, write
from .units import add_heating_unit

pytestmark = pytest.mark.usefixtures("quiet")

UNIT = "climate.living_room"
METER = "sensor.meter_energy"
NOW = "2026-11-24T18:00:00-05:00"
OWN = "sensor.heat_pump_energy"
COST = "sensor.heat_pump_cost"
BILL = "sensor.heat_pump_bill"
PROJECTED = "sensor.heat_pump_projected_bill"

TIERS = {"tiers": [{"price": 0.1, "up_to": 10}, {"price": 0.2}], "tiers_per": "day"}


@pytest.fixture
def quiet() -> Iterator[None]:
    """Log no SQL: a year of it takes longer than all else."""
    logger = logging.getLogger("sqlalchemy.engine")
    level = logger.level
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(level)


async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Be in a home in Toronto with a unit that heats."""
    await hass.config.async_set_time_zone("America/Toronto")
    hass.config.currency = "CAD"
    hass.config.latitude, hass.config.longitude = 43.7, -79.4
    freezer.move_to(NOW)
    await add_heating_unit(hass)


def hours(count: int) -> list[datetime]:
    """Return the hours before now."""
    return hours_before(count, datetime.fromisoformat(NOW).astimezone(UTC))


def outdoor(at: datetime) -> float:
    """Return the °C outdoors at a time: weeks of mild and of cold days."""
    return 5 + 6 * math.sin(at.timestamp() / 86_400 / 3)


async def read(hass: HomeAssistant, statistic_id: str) -> list[dict[str, Any]]:
    """Return the hourly statistics of an entity, however old."""
    await async_wait_recording_done(hass)
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        datetime(2020, 1, 1, tzinfo=UTC),
        None,
        {statistic_id},
        "hour",
        None,
        {"sum", "change", "state"},
    )
    return [dict(row) for row in found.get(statistic_id, [])]


async def short_term(hass: HomeAssistant, statistic_id: str) -> list[dict[str, Any]]:
    """Return the last short-term statistic of an entity."""
    found = await get_instance(hass).async_add_executor_job(
        get_last_short_term_statistics, hass, 1, statistic_id, False, {"sum"}
    )
    return [dict(row) for row in found.get(statistic_id, [])]


async def test_the_past_is_imported_and_again_changes_nothing(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It is priced by the plan of its time; the first bill is a whole one."""
    await home(hass, freezer)
    rows = [(start, 1.0) for start in hours(1080)]
    await write(hass, METER, rows)
    plan = await add_plan(hass, TIERS)
    set_energy(hass, 9000)
    await add_system(hass, UNIT, data={"energy": METER, "plan": plan.entry_id})
    await async_wait_recording_done(hass)

    energy = await read(hass, OWN)
    assert len(energy) == 1080 + 1
    assert energy[0]["sum"] == 0
    assert energy[-1]["sum"] == pytest.approx(1080)
    assert [row["sum"] for row in energy] == sorted(row["sum"] for row in energy)
    cost = await read(hass, COST)
    # October from the tenth's evening on, and this month: each with its tiers.
    used = 23 * 24 + 1 + 18
    october = 1080 - used
    bill = 300 * 0.1 + (used - 300) * 0.2
    assert cost[-1]["sum"] == pytest.approx(31 + (october - 310) * 0.2 + bill)

    # Of this billing period all is known: 23 days and 18 hours, clocks put back once.
    assert number(hass, BILL) == pytest.approx(bill, abs=0.01)
    assert hass.states.get("sensor.home_plan_tier").state == "2"

    # The sensors' own statistics go on where these end.
    freezer.tick(timedelta(minutes=6))
    recorder = get_instance(hass)
    recorder.queue_task(
        StatisticsTask(dt_util.utcnow().replace(minute=0, second=0), fire_events=False)
    )
    await async_wait_recording_done(hass)
    for own in (OWN, COST):
        assert (await short_term(hass, own))[0]["sum"] < 1
    async_fire_time_changed(hass, dt_util.utcnow())
    for _ in range(50):
        # It asks the recorder before it tells it, one after the other.
        await hass.async_block_till_done()
        await async_wait_recording_done(hass)
        if (await short_term(hass, COST))[0]["sum"] > 100:
            break
    assert (await short_term(hass, OWN))[0]["sum"] == pytest.approx(1080, abs=1)
    assert (await short_term(hass, COST))[0]["sum"] > 100

    before = (energy, cost, number(hass, BILL))
    answer = await act(hass, "import_history")
    assert answer["hours"] == 1080
    assert answer["unpriced_hours"] == 0
    assert answer["dry_run"] is False
    assert (await read(hass, OWN), await read(hass, COST), number(hass, BILL)) == before
    assert (await short_term(hass, OWN))[0]["sum"] == pytest.approx(1080, abs=1)

    last = await act(hass, "get_bill", period="last")
    assert (last["start"], last["end"], last["days"]) == (
        "2026-10-01",
        "2026-10-31",
        31,
    )
    assert last["counted_since"] == "2026-10-10"
    attributes = hass.states.get(BILL).attributes
    assert attributes["last_bill_counted_since"] == "2026-10-10"
    assert attributes["last_bill"] == last["total"]
    assert last["kwh"] == october
    assert last["total"] == pytest.approx(31 + (october - 310) * 0.2)
    this = await act(hass, "get_bill")
    assert this["counted_since"] == "2026-11-01"
    assert this["total"] == pytest.approx(bill, abs=0.01)
    assert this["currency"] == "CAD"


@pytest.mark.parametrize("by_hand", [False, True])
async def test_a_reload_amid_an_import_loses_none_of_it(
    recorder_mock: Any,
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    by_hand: bool,
) -> None:
    """What is known of the past is the new one's: where it ends, and the first bill."""
    await home(hass, freezer)
    await write(hass, METER, [(start, 1.0) for start in hours(100)])
    set_energy(hass, 9000)
    amid = 0

    async def interrupted(sums: PastSums, key: str, rows: Any) -> None:
        nonlocal amid
        await really(sums, key, rows)
        if amid < 1 + by_hand:
            amid += 1
            # A zone is added, or a setting changed, as soon as the system is there.
            hass.config_entries.async_schedule_reload(sums._entry_id)
            for _ in range(200):
                await asyncio.sleep(0)

    really = PastSums.async_write
    with patch.object(PastSums, "async_write", interrupted):
        entry = await add_system(hass, UNIT, data={"energy": METER, "price": 0.25})
        await async_wait_recording_done(hass)
        await hass.async_block_till_done()
        if by_hand:
            assert (await act(hass, "import_history"))["hours"] == 100
    await async_wait_recording_done(hass)
    await hass.async_block_till_done()
    assert amid == 1 + by_hand
    assert entry.runtime_data.billing.history == {
        "energy": int(hours(1)[0].timestamp()) + 3600,
        "energy_total": 100,
        "cost": int(hours(1)[0].timestamp()) + 3600,
        "cost_total": 25,
    }
    assert number(hass, BILL) == pytest.approx(25)


async def test_its_own_statistics_go_on_where_the_past_ends(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Only what is before them is written; power has a past as well."""
    await home(hass, freezer)
    times = hours(100)
    await write(
        hass, "sensor.meter_power", [(at, 500.0) for at in times], unit="W", mean=True
    )
    # What a system that was there before has of its own.
    await write(hass, OWN, [(at, 0.5) for at in times[60:]])
    set_power(hass, 500)
    await add_system(hass, UNIT, data={"power": "sensor.meter_power"})
    energy = await read(hass, OWN)
    assert len(energy) == 101
    changes = [row["change"] for row in energy[1:]]
    assert changes == pytest.approx([0.5] * 100)
    assert energy[-1]["sum"] == pytest.approx(50)
    assert (await act(hass, "import_history", dry_run=True))["hours"] == 60
    # With no price there is no cost, nor a bill.
    assert await read(hass, COST) == []
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "get_bill")
    assert refused.value.translation_key == "no_price"


async def test_statistics_in_another_unit_stay_in_it(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Where the recorder keeps a sensor in MWh, its past is written in MWh."""
    await home(hass, freezer)
    times = hours(100)
    await write(hass, METER, [(at, 2.0) for at in times])
    await write(hass, OWN, [(at, 0.002) for at in times[60:]], unit="MWh")
    set_energy(hass, 9000)
    await add_system(hass, UNIT, data={"energy": METER})
    energy = await read(hass, OWN)
    assert [row["change"] for row in energy[1:]] == pytest.approx([2.0] * 100)
    found = await get_instance(hass).async_add_executor_job(
        lambda: get_metadata(hass, statistic_ids={OWN})[OWN][1]
    )
    assert found["unit_of_measurement"] == "MWh"
    assert (await act(hass, "import_history"))["energy"] == pytest.approx(120)
    assert await read(hass, OWN) == energy


async def test_the_past_of_a_price_entity_and_a_whole_home(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Prices of the time, where the recorder has them; tiers of the home then."""
    await home(hass, freezer)
    times = hours(48)
    await write(hass, METER, [(at, 1.0) for at in times])
    await write(
        hass, "sensor.spot", [(at, 10.0) for at in times[24:]], unit="¢/kWh", mean=True
    )
    hass.states.async_set("sensor.spot", "12", {"unit_of_measurement": "¢/kWh"})
    set_energy(hass, 100)
    await add_system(hass, UNIT, data={"energy": METER, "price_entity": "sensor.spot"})
    answer = await act(hass, "import_history")
    assert answer["unpriced_hours"] == 24
    assert answer["cost"] == pytest.approx(2.4)

    await write(hass, "sensor.home", [(at, 30.0) for at in times])
    hass.states.async_set("sensor.home", "5000", {"unit_of_measurement": "kWh"})
    plan = await add_plan(hass, TIERS, home_energy="sensor.home", title="With home")
    await add_system(
        hass, "climate.other", data={"energy": METER, "plan": plan.entry_id}, title="B"
    )
    # The home is past its first tier of 300 kWh after ten hours.
    assert hass.states.get("sensor.with_home_tier").state == "2"
    (row, *_) = [row for row in await read(hass, "sensor.b_cost") if row["change"]]
    assert row["change"] == pytest.approx(0.1)
    assert (await read(hass, "sensor.b_cost"))[-1]["change"] == pytest.approx(0.2)


async def test_what_has_no_past_says_so(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """No meter, or no statistics of it: the reason is told."""
    await home(hass, freezer)
    entry = await add_system(hass, UNIT)
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "import_history")
    assert refused.value.translation_key == "no_meter"
    hass.config_entries.async_update_entry(entry, data={**entry.data, "energy": METER})
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "import_history")
    assert refused.value.translation_key == "no_past"
    # A unit of another currency tells no price.
    await write(hass, METER, [(at, 1.0) for at in hours(3)])
    await write(
        hass, "sensor.euros", [(at, 1.0) for at in hours(3)], unit="EUR/kWh", mean=True
    )
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, "price_entity": "sensor.euros"}
    )
    await hass.async_block_till_done()
    assert (await act(hass, "import_history"))["unpriced_hours"] == 3


async def test_without_a_recorder_there_is_no_past(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The action says what it needs."""
    await home(hass, freezer)
    await add_system(hass, UNIT, data={"energy": METER})
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "import_history")
    assert refused.value.translation_key == "needs_recorder"


async def test_the_meter_is_read_on_another_day(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The period ends with that day, and the utility's figure is compared."""
    await home(hass, freezer)
    plan = await add_plan(hass, {"tiers": [{"price": 0.1}]})
    set_energy(hass, 100)
    system = await add_system(hass, UNIT, data={"energy": METER, "plan": plan.entry_id})
    await pass_time(hass, freezer, hours=1)
    set_energy(hass, 104)
    await pass_time(hass, freezer, minutes=1)
    assert hass.states.get(BILL).attributes["period_start"] == "2026-11-01"
    freezer.move_to("2026-11-25T08:00:00-05:00")
    async_fire_time_changed(hass, datetime.fromisoformat("2026-11-25T08:00:00-05:00"))
    await hass.async_block_till_done()
    answer = await act(
        hass,
        "set_meter_read",
        config_entry_id=plan.entry_id,
        date="2026-11-25",
        energy=3.9,
    )
    assert answer == {
        "start": "2026-11-01",
        "end": "2026-11-24",
        "metered": 4.0,
        "billed": 3.9,
        "difference": pytest.approx(0.1),
    }
    state = hass.states.get(BILL)
    assert state.attributes["period_start"] == "2026-11-25"
    assert state.state == "0.0"
    assert (await act(hass, "get_bill", period="last"))["total"] == pytest.approx(0.4)
    for data, key in (
        ({"config_entry_id": plan.entry_id, "date": "2027-01-01"}, "read_out_of_range"),
        ({"config_entry_id": system.entry_id, "date": "2026-11-20"}, "not_a_plan"),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await act(hass, "set_meter_read", **data)
        assert refused.value.translation_key == key


async def test_a_projection_from_the_weather(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A month of days, an outdoor sensor's past and a forecast make a projection."""
    await home(hass, freezer)
    times = hours(24 * 40)

    await write(
        hass,
        METER,
        [(at, (2 + 0.8 * max(16 - outdoor(at), 0)) / 24) for at in times],
    )
    await write(
        hass,
        "sensor.outdoor",
        [(at, outdoor(at)) for at in times],
        unit="°C",
        mean=True,
    )
    hass.states.async_set("sensor.outdoor", "5", {"unit_of_measurement": "°C"})
    hass.states.async_set(
        "weather.home",
        "sunny",
        {
            "temperature": 5,
            "temperature_unit": "°C",
            "supported_features": WeatherEntityFeature.FORECAST_DAILY,
        },
    )
    now = datetime.fromisoformat(NOW)

    async def forecasts(call: ServiceCall) -> ServiceResponse:
        return {
            "weather.home": {
                "forecast": [
                    {
                        "datetime": (now + timedelta(days=day)).isoformat(),
                        "temperature": -18,
                        "templow": -22,
                    }
                    for day in range(7)
                ]
            }
        }

    hass.services.async_register(
        "weather", "get_forecasts", forecasts, supports_response=SupportsResponse.ONLY
    )
    set_energy(hass, 1000)
    await add_system(
        hass,
        UNIT,
        data={"energy": METER, "price": 0.1, "outdoor_temperature": "sensor.outdoor"},
    )
    # Made at once with nothing known, and anew an hour later with the past.
    freezer.tick(timedelta(hours=1))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done(wait_background_tasks=True)
    freezer.tick(timedelta(minutes=1))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done(wait_background_tasks=True)
    state = hass.states.get(PROJECTED)
    attributes = state.attributes
    assert attributes["method"] == "degree_days"
    assert attributes["includes"] == ["energy"]
    assert "state_class" not in attributes
    bill = number(hass, BILL)
    # Six days of deep cold: by the mean of the days it would be but half of that.
    left = (2 + 0.8 * 36) * (6 + 5 / 24)
    assert float(state.state) == pytest.approx(bill + 0.1 * left, rel=0.08)
    assert attributes["low"] <= float(state.state) <= attributes["high"]
    assert ir.async_get(hass).async_get_issue(DOMAIN, "abnormal_use") is None


async def test_abnormal_use_is_told_and_taken_back(
    recorder_mock: Any, hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A unit that uses much more than the weather explains has a repair."""
    await home(hass, freezer)
    times = hours(24 * 40)

    dirty = datetime.fromisoformat(NOW) - timedelta(days=3, hours=18)
    await write(
        hass,
        METER,
        [
            (
                at,
                (2 + 0.8 * max(16 - outdoor(at), 0)) / 24 * (1.8 if at >= dirty else 1),
            )
            for at in times
        ],
    )
    await write(
        hass,
        "sensor.outdoor",
        [(at, outdoor(at)) for at in times],
        unit="°C",
        mean=True,
    )
    hass.states.async_set("sensor.outdoor", "5", {"unit_of_measurement": "°C"})
    set_energy(hass, 1000)
    entry = await add_system(
        hass,
        UNIT,
        data={"energy": METER, "price": 0.1, "outdoor_temperature": "sensor.outdoor"},
    )
    issue_id = f"abnormal_use_{entry.entry_id}"
    issues = ir.async_get(hass)
    freezer.tick(timedelta(hours=1))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done(wait_background_tasks=True)
    issue = issues.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert float(issue.translation_placeholders["used"]) > 1.5 * float(
        issue.translation_placeholders["expected"]
    )
    # Idle days are no excess: once they are complete, it is taken back.
    for _ in range(4):
        for step in (1, 23):
            freezer.tick(timedelta(hours=step))
            async_fire_time_changed(hass, dt_util.utcnow())
            await hass.async_block_till_done(wait_background_tasks=True)
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    await hass.config_entries.async_remove(entry.entry_id)


async def test_a_young_system_projects_from_its_minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Within a minute there is a first figure, by the mean and with a wide interval."""
    await home(hass, freezer)
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"power": "sensor.meter_power", "price": 0.1})
    assert number(hass, PROJECTED) == 0
    for minute in range(125):
        set_power(hass, 1000)
        await pass_time(hass, freezer, minutes=1)
        if minute in (3, 20, 124):
            state = hass.states.get(PROJECTED)
            assert float(state.state) == pytest.approx(0.1 * 24 * 6.25, rel=0.1)
            assert state.attributes["method"] == "daily_mean"
            assert state.attributes["low"] < 0.8 * float(state.state)


async def test_a_weather_service_that_fails_stops_no_projection(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It goes on without a forecast."""
    await home(hass, freezer)
    hass.states.async_set(
        "weather.home",
        "sunny",
        {"supported_features": WeatherEntityFeature.FORECAST_DAILY},
    )
    set_power(hass, 1000)
    await add_system(hass, UNIT, data={"power": "sensor.meter_power", "price": 0.1})
    for _ in range(125):
        set_power(hass, 1000)
        await pass_time(hass, freezer, minutes=1)
    assert float(hass.states.get(PROJECTED).state) > 0
