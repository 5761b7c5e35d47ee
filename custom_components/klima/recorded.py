"""What the recorder's statistics tell, asked for in its own thread."""

from datetime import datetime
from typing import Literal, cast

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import (
    get_metadata,
    statistics_during_period,
)
from homeassistant.const import UnitOfEnergy, UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant

type Figure = Literal["change", "mean", "sum"]
type Period = Literal["5minute", "hour", "day"]

OURS: dict[str, str] = {
    "energy": UnitOfEnergy.KILO_WATT_HOUR,
    "power": UnitOfPower.WATT,
    "temperature": UnitOfTemperature.CELSIUS,
}
"""The units that are reckoned in, by their class: a sensor may be kept in others."""


async def async_figures(
    hass: HomeAssistant,
    statistic_id: str,
    start: datetime,
    end: datetime | None,
    figure: Figure,
    *,
    period: Period = "hour",
    units: dict[str, str] | None = None,
) -> list[tuple[int, float | None]]:
    """Return a figure of each period, by when that begins (epoch s), the oldest first.

    None where a row does not have it. `units` are those of `OURS` where none are given.
    Raises SQLAlchemyError while the database cannot be read.
    """
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        start,
        end,
        {statistic_id},
        period,
        OURS if units is None else units,
        {figure},
    )
    rows = cast("list[dict[str, float | None]]", found.get(statistic_id, []))
    return [(int(row["start"] or 0.0), row.get(figure)) for row in rows]


async def async_unit(hass: HomeAssistant, statistic_id: str) -> str | None:
    """Return the unit that a statistic is kept in, None where there is none."""
    found = await get_instance(hass).async_add_executor_job(
        lambda: get_metadata(hass, statistic_ids={statistic_id})
    )
    if (metadata := found.get(statistic_id)) is None:
        return None
    return metadata[1]["unit_of_measurement"]
