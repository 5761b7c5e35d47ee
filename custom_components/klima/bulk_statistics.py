"""Writing many statistics at once, which Home Assistant's interface does one by one.

That interface (`async_import_statistics`) looks for each row in the database,
flushes and writes it by itself: a year takes the recorder's thread 15 s and more,
in which nothing else is recorded. Here one task for the recorder's own thread
looks for all of them in one query, and writes them in one transaction: all, or
none. The first row still goes the public way, which makes what else the recorder
keeps of a statistic; and so do all where anything is not as it is known here.
"""

from dataclasses import dataclass
import logging
from typing import TYPE_CHECKING, Any, ClassVar, cast

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import StatisticData, StatisticMetaData
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import session_scope

if TYPE_CHECKING:
    from homeassistant.components.recorder import Recorder
    from homeassistant.components.recorder.tasks import RecorderTask

_LOGGER = logging.getLogger(__name__)

ROWS_AT_ONCE = 500
"""Rows that go the public way before the recorder has its turn at other things."""

FEW = 24
"""Rows that are no trouble to anyone one by one."""

KNOWN_COLUMNS = frozenset(
    {
        *("id", "metadata_id", "created", "created_ts", "start", "start_ts"),
        *("mean", "mean_weight", "min", "max"),
        *("last_reset", "last_reset_ts", "state", "sum"),
    }
)
"""The table as this was written for; whatever it grows may mean something."""


class UnknownTableError(Exception):
    """The recorder's table of statistics is not the one that is known."""


@callback
def async_write_sums(
    hass: HomeAssistant, metadata: StatisticMetaData, rows: list[StatisticData]
) -> None:
    """Have the sums of a statistic written, over what stands there already.

    It is done when the recorder comes to it. Each row has `start`, `state` and
    `sum`; they are in order.
    """
    if len(rows) <= FEW:
        _async_write_singly(hass, metadata, rows)
        return
    async_import_statistics(hass, metadata, rows[:1])
    task = cast("RecorderTask", _WriteTask(hass, metadata, rows))
    try:
        get_instance(hass).queue_task(task)
    except AttributeError as err:
        _LOGGER.info("Writing the past row by row, since at once cannot be: %s", err)
        _async_write_singly(hass, metadata, rows)


@callback
def _async_write_singly(
    hass: HomeAssistant, metadata: StatisticMetaData, rows: list[StatisticData]
) -> None:
    """Write rows the public way: the newest first, since they are looked at first."""
    for first in reversed(range(0, len(rows), ROWS_AT_ONCE)):
        async_import_statistics(hass, metadata, rows[first : first + ROWS_AT_ONCE])


@dataclass(slots=True)
class _WriteTask:
    """What the recorder's thread is asked to do; it takes whatever has these two."""

    hass: HomeAssistant
    metadata: StatisticMetaData
    rows: list[StatisticData]
    commit_before: ClassVar[bool] = True

    def run(self, instance: Recorder) -> None:
        """Write all rows, or leave all of them to the public way."""
        try:
            _write(instance, self.metadata["statistic_id"], self.rows)
        except Exception as err:  # noqa: BLE001 - whatever it is, the other way is there
            _LOGGER.info("Writing the past row by row, since at once failed: %s", err)
            self.hass.loop.call_soon_threadsafe(
                _async_write_singly, self.hass, self.metadata, self.rows
            )


def _write(instance: Recorder, statistic_id: str, rows: list[StatisticData]) -> None:
    """Insert what is not there, and update what is, in one transaction.

    Nothing else writes to this table but in this thread, so that what was not
    there a moment ago is not there now; the table's unique index would refuse it.
    """
    # No other module needs them, and a Home Assistant that has them no more is one
    # of those where the public way is taken.
    from homeassistant.components.recorder.db_schema import Statistics  # noqa: PLC0415
    from homeassistant.components.recorder.statistics import get_metadata_with_session  # noqa: PLC0415
    from sqlalchemy import insert, select, update  # noqa: PLC0415

    if set(Statistics.__table__.columns.keys()) != KNOWN_COLUMNS:
        raise UnknownTableError("the table has other columns")
    figures: dict[float, dict[str, Any]] = {
        row["start"].timestamp(): {"state": row["state"], "sum": row["sum"]}
        for row in rows
    }
    with session_scope(session=instance.get_session()) as session:
        metadata_id, _ = get_metadata_with_session(
            instance, session, statistic_ids={statistic_id}
        )[statistic_id]
        stands = session.execute(
            select(Statistics.start_ts, Statistics.id).where(
                Statistics.metadata_id == metadata_id,
                Statistics.start_ts.between(min(figures), max(figures)),
            )
        )
        known = {start: row_id for start, row_id in stands if start in figures}
        new = [
            {"metadata_id": metadata_id, "start_ts": start, **figure}
            for start, figure in figures.items()
            if start not in known
        ]
        changed = [{"id": row_id, **figures[start]} for start, row_id in known.items()]
        if new:
            session.execute(insert(Statistics), new)
        if changed:
            session.execute(update(Statistics), changed)
