"""Calibrating an estimate with a true figure, through the recorder's statistics."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from .common import add_system
from .meters import POWER, number, set_power
from .units import FullClimate, add_heating_unit, async_add_units

UNIT = "climate.living_room"
OWN_POWER = "sensor.heat_pump_power"
SIBLING = "sensor.sibling_power"


@pytest.fixture
async def unit(recorder_mock: Recorder, hass: HomeAssistant) -> FullClimate:
    """Return a unit that heats."""
    return await add_heating_unit(hass)


def hours() -> list[datetime]:
    """Return the ten whole hours before this one."""
    now = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    return [now - timedelta(hours=hour) for hour in range(10, 0, -1)]


async def history(
    hass: HomeAssistant, *, kwh: float, sibling: float, of_sibling: int = 10
) -> None:
    """Put ten hours of estimated energy, and so many of a sibling's power, into statistics."""
    common = {"name": None, "source": "recorder"}
    async_import_statistics(
        hass,
        {
            **common,
            "statistic_id": "sensor.heat_pump_energy",
            "unit_of_measurement": "kWh",
            "unit_class": "energy",
            "has_sum": True,
            "mean_type": StatisticMeanType.NONE,
        },
        [
            {"start": start, "state": kwh * index, "sum": kwh * index}
            for index, start in enumerate([hours()[0] - timedelta(hours=1), *hours()])
        ],
    )
    async_import_statistics(
        hass,
        {
            **common,
            "statistic_id": SIBLING,
            "unit_of_measurement": "kW",
            "unit_class": "power",
            "has_sum": False,
            "mean_type": StatisticMeanType.ARITHMETIC,
        },
        [{"start": start, "mean": sibling} for start in hours()[:of_sibling]],
    )
    await async_wait_recording_done(hass)


async def calibrate(hass: HomeAssistant, **data: Any) -> Any:
    """Call the action for the ten hours."""
    return await hass.services.async_call(
        "klima",
        "calibrate",
        {
            "start": hours()[0],
            "end": hours()[-1] + timedelta(hours=1),
            **data,
        },
        blocking=True,
        return_response=True,
    )


async def refused(hass: HomeAssistant, **data: Any) -> str | None:
    """Return why a calibration is refused."""
    with pytest.raises(ServiceValidationError) as found:
        await calibrate(hass, **data)
    return found.value.translation_key


async def test_a_meter_s_figure_corrects_what_is_estimated(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """The power follows at once, its uncertainty shrinks, and both survive."""
    entry = await add_system(hass, UNIT)
    await history(hass, kwh=0.5, sibling=0.6)
    before = number(hass, OWN_POWER)

    answer = await calibrate(hass, energy=6.0)
    assert answer["estimated_kwh"] == pytest.approx(5.0)
    assert (answer["hours"], answer["true_kwh"]) == (10, 6.0)
    assert answer["factor"] == pytest.approx(1.2)
    assert number(hass, OWN_POWER) == pytest.approx(1.2 * before, rel=0.01)
    assert hass.states.get(OWN_POWER).attributes["uncertainty"] == 20

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert number(hass, OWN_POWER) == pytest.approx(1.2 * before, rel=0.02)
    assert hass.states.get(OWN_POWER).attributes["uncertainty"] == 20

    # It was 5.5: those hours were estimated before any calibration.
    answer = await calibrate(hass, energy=5.5)
    assert answer["factor_before"] == pytest.approx(1.2)
    assert answer["factor"] == pytest.approx(1.1)


async def test_a_sibling_s_power_will_do(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """Its mean over the same hours is taken; times may be the home's own."""
    await add_system(hass, UNIT)
    await history(hass, kwh=0.5, sibling=0.6)
    local = dt_util.as_local(hours()[0]).replace(tzinfo=None).isoformat()
    answer = await calibrate(hass, entity_id=SIBLING, start=local)
    assert answer["true_kwh"] == pytest.approx(6.0)
    assert answer["factor"] == pytest.approx(1.2)


async def test_a_sibling_that_was_there_for_a_part_of_the_time(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """It says nothing of the rest: only the hours that both know are compared."""
    await add_system(hass, UNIT)
    await history(hass, kwh=0.5, sibling=0.6, of_sibling=4)
    answer = await calibrate(hass, entity_id=SIBLING)
    assert (answer["hours"], answer["true_kwh"]) == (4, pytest.approx(2.4))
    assert answer["estimated_kwh"] == pytest.approx(2.0)
    assert answer["factor"] == pytest.approx(1.2)


async def test_what_cannot_calibrate_is_told(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """Each with a reason that says what to do."""
    await add_system(hass, UNIT)
    await history(hass, kwh=0.5, sibling=0.6)
    assert await refused(hass) == "no_true_figure"
    assert await refused(hass, energy=60) == "not_the_same"
    assert await refused(hass, entity_id="sensor.none") == "no_statistics"
    assert (
        await refused(hass, energy=3, end=hours()[0] - timedelta(hours=1))
        == "ends_before_it_starts"
    )
    future = dt_util.utcnow() + timedelta(days=3)
    assert (
        await refused(hass, energy=3, start=future, end=future + timedelta(hours=5))
        == "too_little_estimated"
    )


async def test_what_is_metered_needs_no_calibration(
    hass: HomeAssistant, unit: FullClimate
) -> None:
    """It says so."""
    set_power(hass, 700)
    await add_system(hass, UNIT, data={"power": POWER})
    assert await refused(hass, energy=3) == "is_metered"


async def test_without_the_recorder_it_is_refused(hass: HomeAssistant) -> None:
    """There is nothing to compare with."""
    await async_add_units(hass, FullClimate())
    await add_system(hass, UNIT)
    assert await refused(hass, energy=3) == "needs_recorder"
