"""Many statistics are written at once, as Home Assistant would one by one."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.components.recorder.db_schema import Statistics
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance, session_scope
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from custom_components.klima import bulk_statistics
from custom_components.klima.bulk_statistics import async_write_sums

START = datetime(2026, 10, 1, tzinfo=UTC)
OURS, THEIRS = "sensor.ours", "sensor.theirs"

FIGURES = [
    column.name
    for column in Statistics.__table__.columns
    if column.name not in ("id", "metadata_id", "created_ts")
]


def metadata_of(statistic_id: str) -> StatisticMetaData:
    """Return what the recorder keeps of a total."""
    return StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id=statistic_id,
        unit_class="energy",
        unit_of_measurement="kWh",
    )


def sums(hours: range, each: float = 0.3) -> list[StatisticData]:
    """Return a total that grows evenly, of some of the hours."""
    return [
        StatisticData(
            start=START + timedelta(hours=hour), state=each * hour, sum=each * hour
        )
        for hour in hours
    ]


async def table(hass: HomeAssistant, statistic_id: str) -> list[tuple[Any, ...]]:
    """Return what the recorder's table has of a statistic, but for ids."""
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    instance = get_instance(hass)

    def read() -> list[tuple[Any, ...]]:
        with session_scope(hass=hass, read_only=True) as session:
            known = instance.statistics_meta_manager.get(session, statistic_id)
            assert known is not None
            assert known[1]["unit_of_measurement"] == "kWh"
            columns = [getattr(Statistics, name) for name in FIGURES]
            query = select(*columns, Statistics.created_ts).where(
                Statistics.metadata_id == known[0]
            )
            found = [tuple(row) for row in session.execute(query)]
        assert all(row[-1] for row in found)
        return sorted((row[:-1] for row in found), key=str)

    return await instance.async_add_executor_job(read)


async def import_theirs(hass: HomeAssistant, rows: list[StatisticData]) -> Any:
    """Write the same as Home Assistant does, and return it."""
    async_import_statistics(hass, metadata_of(THEIRS), rows)
    return await table(hass, THEIRS)


async def test_what_is_written_is_what_home_assistant_writes(
    recorder_mock: Any, hass: HomeAssistant
) -> None:
    """Every column is the same; what stands is overwritten, and nothing is there twice."""
    with patch.object(
        bulk_statistics, "async_import_statistics", wraps=async_import_statistics
    ) as public:
        async_write_sums(hass, metadata_of(OURS), sums(range(200)))
        assert await table(hass, OURS) == await import_theirs(hass, sums(range(200)))
        again = sums(range(100, 300), each=0.5)
        async_write_sums(hass, metadata_of(OURS), again)
        assert await table(hass, OURS) == await import_theirs(hass, again)
        before = await table(hass, OURS)
        assert len(before) == 300
        async_write_sums(hass, metadata_of(OURS), again)
        assert await table(hass, OURS) == before
        # Of each, only the first row went the public way.
        assert [len(call.args[2]) for call in public.call_args_list] == [1, 1, 1]


async def test_a_few_go_the_public_way(recorder_mock: Any, hass: HomeAssistant) -> None:
    """What a day's correction is, needs no task of its own."""
    with patch.object(bulk_statistics, "_write") as write:
        async_write_sums(hass, metadata_of(OURS), sums(range(24)))
        assert await table(hass, OURS) == await import_theirs(hass, sums(range(24)))
        async_write_sums(hass, metadata_of(OURS), [])
    write.assert_not_called()


@pytest.mark.parametrize(
    "what",
    [
        # Home Assistant's table has grown a column, which may mean something.
        patch.object(bulk_statistics, "KNOWN_COLUMNS", frozenset({"id"})),
        # The database refuses; whether it will the next time is for the recorder.
        patch(
            "sqlalchemy.orm.Session.execute",
            side_effect=OperationalError("insert", {}, Exception("locked")),
        ),
        # A statistic that the recorder does not know.
        patch(
            "homeassistant.components.recorder.statistics.get_metadata_with_session",
            return_value={},
        ),
        # A Home Assistant that has the table no more where it was.
        patch.dict(
            "sys.modules", {"homeassistant.components.recorder.db_schema": None}
        ),
    ],
    ids=["column", "refused", "unknown", "moved"],
)
async def test_where_that_cannot_be_they_go_the_public_way(
    recorder_mock: Any,
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    what: Any,
) -> None:
    """All rows arrive all the same, and the log says why it took longer."""
    rows = sums(range(250))
    write = bulk_statistics._write

    def fail(*arguments: Any) -> None:
        with what:
            write(*arguments)

    with patch.object(bulk_statistics, "_write", side_effect=fail) as tried:
        async_write_sums(hass, metadata_of(OURS), rows)
        await async_wait_recording_done(hass)
        assert await table(hass, OURS) == await import_theirs(hass, rows)
    tried.assert_called_once()
    assert "row by row" in caplog.text


async def test_a_recorder_that_takes_no_tasks_is_told_the_public_way(
    recorder_mock: Any, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    rows = sums(range(100))
    with patch.object(bulk_statistics, "get_instance", return_value=object()):
        async_write_sums(hass, metadata_of(OURS), rows)
    assert await table(hass, OURS) == await import_theirs(hass, rows)
    assert "row by row" in caplog.text


async def test_what_failed_half_way_left_nothing(
    recorder_mock: Any, hass: HomeAssistant
) -> None:
    """New rows and changed ones are one transaction."""
    async_write_sums(hass, metadata_of(OURS), sums(range(50)))
    before = await table(hass, OURS)
    # Of the changed rows, which come last, one cannot be written.
    rows = sums(range(100), each=0.7)
    rows[49]["sum"] = object()  # type: ignore[typeddict-item]
    with (
        patch.object(bulk_statistics, "_async_write_singly") as singly,
        patch.object(bulk_statistics, "async_import_statistics"),
    ):
        async_write_sums(hass, metadata_of(OURS), rows)
        assert await table(hass, OURS) == before
    singly.assert_called_once()
