"""What taking a year of a meter's past over costs, beside the recorder's own import alone.

    .venv/bin/python benchmarks/history_import.py [--database URL]

A Home Assistant with its real recorder on a SQLite file, or on an empty database
of another kind (its driver must be there). A meter has a year of
hourly statistics; the system's plan has hours, seasons, tiers and taxes. Of as
many rows, in the same run and database, `async_import_statistics` is called
alone, before and after: it looks each row up and writes it by itself. Printed:
seconds until the recorder has written all; seconds of `klima.import_history`
until it answers; the longest that the event loop was held (by the clock, which
counts what else the machine does, and by its own work at once); the rows that a
second run hands to the recorder.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
import logging
import time
from typing import Any
from unittest.mock import patch

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.helpers import recorder as recorder_helper
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homes import heat, heat_pump, home, plan_entry

from custom_components.klima.bulk_statistics import async_write_sums

METER = "sensor.meter_energy"
PLAN = {
    "summer": ["05-01", "10-31"],
    "holidays": "ontario",
    "hours": [
        {"period": "off_peak", "price": 0, "start": "19:00", "end": "07:00"},
        {"period": "on_peak", "price": 0.05, "start": "07:00", "end": "19:00"},
    ],
    "tiers_per": "day",
    "tiers": [{"price": 0.07065, "up_to": 10}, {"price": 0.11142}],
    "fixed": [{"amount": 0.46154, "per": "day"}],
    "taxes": [{"percent": 5}, {"percent": 9.975}],
}


def rows_of(hours: int, scale: float) -> list[StatisticData]:
    """Return a total that grows by a unit's use, hour by hour until now."""
    now = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    total, rows = 0.0, []
    for hour in range(hours):
        total += scale * (0.3 + hour * 7 % 11 / 10)
        start = now - timedelta(hours=hours - hour)
        rows.append(StatisticData(start=start, state=total, sum=total))
    return rows


def metadata_of(statistic_id: str, *, is_energy: bool) -> StatisticMetaData:
    """Return what the recorder asks of a total."""
    return StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id=statistic_id,
        unit_class="energy" if is_energy else None,
        unit_of_measurement="kWh" if is_energy else "CAD",
    )


async def drained(hass: HomeAssistant) -> None:
    """Wait until the recorder has done all that it was handed."""
    await recorder_helper.get_instance(hass).async_block_till_done()


async def limit(hass: HomeAssistant, name: str, hours: int) -> float:
    """Return the seconds of the recorder's own import: the rows of energy and of cost."""
    await drained(hass)
    rows = [(rows_of(hours, scale), key) for key, scale in (("e", 1), ("c", 0.1))]
    begun = time.monotonic()
    for data, key in rows:
        metadata = metadata_of(f"sensor.{name}_{key}", is_energy=key == "e")
        async_import_statistics(hass, metadata, data)
    await drained(hass)
    return time.monotonic() - begun


class Loop:
    """Watches how long the event loop is held: by the clock, and by its own work."""

    longest = busiest = 0.0

    async def watch(self) -> None:
        """Look a hundred times a second."""
        while True:
            before, worked = time.monotonic(), time.thread_time()
            await asyncio.sleep(0.01)
            self.longest = max(self.longest, time.monotonic() - before - 0.01)
            self.busiest = max(self.busiest, time.thread_time() - worked)


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count the rows that Klima hands to the recorder."""
    handed: list[int] = []

    def hand_over(hass: HomeAssistant, metadata: Any, rows: Any) -> None:
        handed.append(len(rows))
        async_write_sums(hass, metadata, rows)

    with patch(
        "custom_components.klima.past_sums.async_write_sums", side_effect=hand_over
    ):
        yield handed


async def ours(hass: HomeAssistant) -> tuple[float, float, Loop, int, dict[str, Any]]:
    """Return s until the answer and until all is written, the loop, rows, the answer."""
    await drained(hass)
    loop = Loop()
    watching = asyncio.create_task(loop.watch())
    with counted() as handed:
        begun = time.monotonic()
        answer = await hass.services.async_call(
            "klima", "import_history", {}, blocking=True, return_response=True
        )
        answered = time.monotonic() - begun
        await drained(hass)
        written = time.monotonic() - begun
    watching.cancel()
    return answered, written, loop, sum(handed), dict(answer or {})


async def set_up(hass: HomeAssistant, database: str | None) -> None:
    """Start the recorder, a plan and a system on it."""
    recorder_helper.async_initialize_recorder(hass)
    assert await async_setup_component(
        hass,
        "recorder",
        {
            "recorder": {
                "db_url": database or f"sqlite:///{hass.config.path('home.db')}",
                "commit_interval": 1,
            }
        },
    )
    await hass.async_block_till_done()
    await recorder_helper.get_instance(hass).async_recorder_ready.wait()
    plan = plan_entry("tiered", PLAN)
    system = heat_pump(energy=METER, plan=plan.entry_id)
    heat(hass)
    hass.states.async_set(
        METER,
        "9000",
        {
            "unit_of_measurement": "kWh",
            "device_class": "energy",
            "state_class": "total_increasing",
        },
    )
    for entry in (plan, system):
        entry.add_to_hass(hass)
        if (
            hass.config_entries.async_get_entry(entry.entry_id).state.value
            == "not_loaded"
        ):
            assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()


async def measure(hours: int, database: str | None) -> None:
    """Measure and print."""
    async with home() as hass:
        await hass.config.async_set_time_zone("America/Toronto")
        await set_up(hass, database)
        async_import_statistics(
            hass, metadata_of(METER, is_energy=True), rows_of(hours, 1)
        )
        before = await limit(hass, "before", hours)
        answered, written, loop, rows, answer = await ours(hass)
        after = await limit(hass, "after", hours)
        again = await ours(hass)
        alone = (before + after) / 2
        print(f"{answer['hours']} hours, {answer['unpriced_hours']} without a price")
        print(
            f"recorder alone, as many rows {alone:6.1f} s ({before:.1f}, {after:.1f})"
        )
        print(f"klima, all written           {written:6.1f} s, {rows} rows")
        print(f"klima, answered              {answered:6.1f} s")
        print(f"event loop held at most      {loop.longest * 1000:6.0f} ms")
        print(f"of that its own work         {loop.busiest * 1000:6.0f} ms of CPU")
        print(f"again, all written           {again[1]:6.1f} s, {again[3]} rows")
        print(f"klima / recorder alone: {written / alone:.2f}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=8760)
    parser.add_argument("--database", metavar="URL")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with patch.dict("os.environ"), suppress(asyncio.CancelledError):
        asyncio.run(measure(arguments.hours, arguments.database))


if __name__ == "__main__":
    main()
