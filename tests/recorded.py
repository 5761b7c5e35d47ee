"""What the recorder has of the past: hours written, and the actions that take them."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.klima.const import DOMAIN


def hours_before(count: int, now: datetime | None = None) -> list[datetime]:
    """Return the last hours before a time, the earliest first; before now if none is given."""
    now = now or dt_util.utcnow()
    return [now - timedelta(hours=back) for back in range(count, 0, -1)]


async def write(
    hass: HomeAssistant,
    statistic_id: str,
    rows: list[tuple[datetime, float]],
    *,
    unit: str = "kWh",
    mean: bool = False,
) -> None:
    """Write hourly statistics: of a counter, or of means."""
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC if mean else StatisticMeanType.NONE,
        has_sum=not mean,
        name=None,
        source="recorder",
        statistic_id=statistic_id,
        unit_class={
            "kWh": "energy",
            "MWh": "energy",
            "W": "power",
            "°C": "temperature",
        }.get(unit),
        unit_of_measurement=unit,
    )
    total, data = 0.0, []
    for start, amount in rows:
        total += amount
        data.append(
            StatisticData(start=start, mean=amount, min=amount, max=amount)
            if mean
            else StatisticData(start=start, state=total, sum=total)
        )
    async_import_statistics(hass, metadata, data)
    await async_wait_recording_done(hass)


async def act(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Perform an action and return its answer."""
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True
    )
    await hass.async_block_till_done()
    return dict(answer or {})
