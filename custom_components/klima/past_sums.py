"""The statistics of a system's sensors from before it was there: sums that grow from nothing.

They end where those of the sensors themselves begin. These are then raised by what came
before, so that the sums go on without a step. What was written and raised is remembered
in the `history` of the system's billing, by the sensor's key: until when (epoch s) its
past goes, the `_total` that was written, and by how much its own were `_raised`. `BEGAN`
is when the system began, where its sensor's statistics are older: a system of the same
name had it before, and is gone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from homeassistant.components.recorder import (
    DOMAIN as RECORDER_DOMAIN,
    get_instance,
    is_entity_recorded,
)
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    get_last_short_term_statistics,
    get_last_statistics,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter

from .billing import Billing
from .bulk_statistics import async_write_sums
from .core.history import HOUR
from .own_entities import own_sensor
from .recorded import async_figures, async_unit

ENERGY, COST = "energy", "cost"
"""The keys of the sensors that have a past."""

DUE = "due"
"""The hour (epoch s) since which a system's past waits to be taken: it is kept until it
was, since the recorder may be away, or its database not be read, for days."""

BEGAN = "began"


class PastSums:
    """Writes the past of a system's sensors, and joins it with what they have of their own."""

    def __init__(self, hass: HomeAssistant, entry_id: str, billing: Billing) -> None:
        """Take whose sensors they are, and where is remembered what was done."""
        self._hass = hass
        self._entry_id = entry_id
        self._billing = billing

    def recorded(self, key: str) -> str | None:
        """Return the entity id of a sensor, None where it is not recorded."""
        entity_id = own_sensor(self._hass, self._entry_id, key)
        if entity_id is None or not is_entity_recorded(self._hass, entity_id):
            return None
        return entity_id

    async def async_until(self, key: str) -> int:
        """Return when a sensor's own statistics begin: what is before it, may be written.

        That is asked once: afterwards what was written would be taken for its own.
        """
        if (known := self._billing.history.get(key)) is not None:
            return int(known)
        now = int(dt_util.utcnow().timestamp())
        until = now - now % HOUR
        if (entity_id := self.recorded(key)) is not None:
            ever = datetime.fromtimestamp(0, UTC)
            if rows := await async_figures(self._hass, entity_id, ever, None, "sum"):
                until = min(until, rows[0][0])
        new: dict[str, float] = {key: until}
        due = self._billing.history.get(DUE)
        if key == ENERGY and due is not None and until < due:
            new[BEGAN] = due
        self._remember(new)
        return until

    async def async_write(self, key: str, rows: Sequence[tuple[int, float]]) -> None:
        """Write the past of a sensor: the amount of each hour (epoch s), in order."""
        if not rows or (entity_id := self.recorded(key)) is None:
            return
        unit = self._unit(key)
        if key == ENERGY:
            # Were it another, all that stands would be taken for this one.
            kept_in = await async_unit(self._hass, entity_id)
            if kept_in is not None and kept_in in EnergyConverter.VALID_UNITS:
                unit = kept_in
        metadata = StatisticMetaData(
            mean_type=StatisticMeanType.NONE,
            has_sum=True,
            name=None,
            source=RECORDER_DOMAIN,
            statistic_id=entity_id,
            unit_class=EnergyConverter.UNIT_CLASS if key == ENERGY else None,
            unit_of_measurement=unit,
        )
        factor = 1.0
        if key == ENERGY:
            factor = EnergyConverter.convert(1.0, UnitOfEnergy.KILO_WATT_HOUR, unit)
        # A year of rows would hold the event loop for as long as they are many.
        data, total = await self._hass.async_add_executor_job(_sums, rows, factor)
        # What stands there already is not written again.
        stands = dict(
            await async_figures(
                self._hass,
                entity_id,
                data[0]["start"],
                data[-1]["start"] + timedelta(hours=1),
                "sum",
                units={EnergyConverter.UNIT_CLASS: unit} if key == ENERGY else None,
            )
        )
        new = {f"{key}_total": round(total, 6)}
        stood = stands.get(int(data[-1]["start"].timestamp()))
        if (
            f"{key}_raised" in self._billing.history
            and stood is not None
            and stood != data[-1]["sum"]
        ):
            # What its owner corrected by hand goes with this; the sensor's own go along.
            new[f"{key}_raised"] = round(stood / factor, 6)
        data = [
            row
            for row in data
            if stands.get(int(row["start"].timestamp())) != row["sum"]
        ]
        async_write_sums(self._hass, metadata, data)
        self._remember(new)

    async def async_settle(self) -> None:
        """Raise the sensors' own statistics by what came before them, once they have any.

        Their own sums begin at 0 whatever was written before: Home Assistant makes
        them of its short-term statistics only.
        """
        recorder = get_instance(self._hass)
        for key in (ENERGY, COST):
            history = self._billing.history
            total = history.get(f"{key}_total", 0.0)
            raised = history.get(f"{key}_raised", 0.0)
            entity_id = self.recorded(key)
            if total == raised or entity_id is None:
                continue
            until = history[key]
            if await recorder.async_add_executor_job(
                _has_own, self._hass, entity_id, until
            ):
                recorder.async_adjust_statistics(
                    entity_id,
                    datetime.fromtimestamp(until, UTC),
                    total - raised,
                    self._unit(key),
                )
                self._remember({f"{key}_raised": total})

    def _remember(self, new: dict[str, float]) -> None:
        """Remember what was done: a new mapping, for what is saved is not changed."""
        self._billing.history = {**self._billing.history, **new}

    def _unit(self, key: str) -> str:
        if key == ENERGY:
            return UnitOfEnergy.KILO_WATT_HOUR
        return self._hass.config.currency


def _sums(
    rows: Sequence[tuple[int, float]], factor: float
) -> tuple[list[StatisticData], float]:
    """Return the statistics of amounts, from an hour of zero on, and their total.

    The statistics are in a unit of which an amount has `factor`; the total is not.
    """
    total = 0.0
    data = [
        StatisticData(
            start=datetime.fromtimestamp(rows[0][0] - HOUR, UTC), state=0.0, sum=0.0
        )
    ]
    for start, amount in rows:
        total += amount
        at, so_far = datetime.fromtimestamp(start, UTC), round(total * factor, 6)
        data.append(StatisticData(start=at, state=so_far, sum=so_far))
    return data, total


def _has_own(hass: HomeAssistant, entity_id: str, until: int) -> bool:
    """Return whether a sensor has statistics that Home Assistant made."""
    if get_last_short_term_statistics(hass, 1, entity_id, False, {"sum"}):
        return True
    rows = get_last_statistics(hass, 1, entity_id, False, {"sum"}).get(entity_id)
    return rows is not None and len(rows) > 0 and rows[0]["start"] >= until
