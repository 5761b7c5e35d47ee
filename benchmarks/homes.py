"""What benchmarks in this process run in: a home, and a heat pump in it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
import math
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import STORAGE_DIR, get_internal_store_manager
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

# Where Home Assistant finds the integration.
sys.path.insert(0, str(Path(__file__).parents[1]))


WATTS = {"unit_of_measurement": "W", "device_class": "power"}
DEGREES = {"unit_of_measurement": "°C", "device_class": "temperature"}

_ELSEWHERE = bytearray(4 * 2**20)
"""More than the 1 to 2 MiB that a core's own caches hold."""


def be_elsewhere() -> None:
    """Go through other memory, as a home does between two samples.

    Seconds lie between them, in which Home Assistant does much else. A loop of
    nothing but samples never leaves the processor's caches: that favours who does all
    at each sample before who does most once a minute, and few zones before many.
    """
    _ELSEWHERE.translate(None)


def stay_here() -> None:
    """Go nowhere else between samples: where instructions are counted, not time."""
    _ELSEWHERE.clear()


def run_alone[T](work: Coroutine[Any, Any, T]) -> T:
    """Run a measurement in a loop of its own."""
    with patch.dict("os.environ"), suppress(asyncio.CancelledError):
        return asyncio.run(work)
    raise RuntimeError("cancelled")


def room_temperature(number: int, every: timedelta, middle: float) -> float:
    """Return the °C of a room at a report: it swings within an hour, with some noise."""
    swing = math.sin(math.tau * number * every / timedelta(hours=1))
    return middle + 0.6 * swing + number * 7919 % 61 / 1000


class Writes:
    """Counts the states that are written."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with none."""
        self.count = 0
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._written)

    @callback
    def _written(self, _event: object) -> None:
        self.count += 1


def told_by_key(
    hass: HomeAssistant, keys: Mapping[str, str], ours: str, theirs: str
) -> dict[str, float]:
    """Return what came out of one side, by Klima's keys, which have the others' names.

    `ours` and `theirs` are what the names of their sensors begin with.
    """
    found = dict[str, float]()
    for key, name in keys.items():
        for entity_id in (f"sensor.{ours}{key}", f"sensor.{theirs}{name}"):
            if (state := hass.states.get(entity_id)) is not None:
                with suppress(ValueError):
                    found[key] = float(state.state)
    return found


@contextmanager
def config_folder() -> Iterator[str]:
    """Make a folder for a configuration, for as long as it is needed."""
    with TemporaryDirectory() as folder:
        Path(folder, STORAGE_DIR).mkdir()
        yield folder


@asynccontextmanager
async def home() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant in a folder of its own: what it writes is not the repository's."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(config_folder())
        hass = await stack.enter_async_context(
            async_test_home_assistant(config_dir=folder)
        )
        hass.data.pop("custom_components", None)
        hass.config.currency = "CAD"
        # As each start does: what has no file is then not looked for.
        await get_internal_store_manager(hass).async_initialize()
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


def plan_entry(kind: str, version: dict[str, object]) -> MockConfigEntry:
    """Return a plan of a kind, with the prices of a version."""
    return MockConfigEntry(
        domain="klima",
        title="Plan",
        data={"kind": "plan", "plan": kind, "versions": [version], "cycle": {}},
    )


def heat(hass: HomeAssistant) -> None:
    """Let the unit of a heat pump report that it heats."""
    hass.states.async_set(
        "climate.unit", "heat", {"hvac_action": "heating", "hvac_modes": ["heat"]}
    )


def heat_pump(
    name: str = "Heat pump", zone: dict[str, object] | None = None, **data: object
) -> MockConfigEntry:
    """Return a mini-split of one zone, which is `climate.unit` unless it says another."""
    return MockConfigEntry(
        domain="klima",
        title=name,
        data={"kind": "system", "family": "mini_split", **data},
        subentries_data=[
            {
                "subentry_type": "zone",
                "title": name.replace("Heat pump", "Zone"),
                "data": {"driver": "entity", "unit": "climate.unit", **(zone or {})},
                "unique_id": None,
            }
        ],
    )
