"""What the fault tests share: a home with every kind of source, and how it is watched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import json
import logging
import math
from pathlib import Path
import shutil
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.klima import store
from tests.common import add_system

UNIT = "climate.unit"
POWER = "sensor.meter_power"
COUNTER = "sensor.meter_energy"
OUTDOOR = "sensor.outdoor"
PRICE = "sensor.price"

GROWING = (
    "sensor.heat_pump_energy",
    "sensor.heat_pump_heating_energy",
    "sensor.heat_pump_cooling_energy",
    "sensor.heat_pump_cost",
    "sensor.heat_pump_thermal_energy",
)
"""What only grows, as long as prices are not negative."""

DATA = {
    "power": POWER,
    "energy": COUNTER,
    "outdoor_temperature": OUTDOOR,
    "price_entity": PRICE,
}


# As they are before the tests' own plugin puts a dictionary in place of the disk.
_REAL = {
    name: Store.__dict__[name]
    for name in ("_async_load", "_async_write_data", "async_remove")
}
_WRITE_BOTH = store.write_both


@contextmanager
def real_disk(hass: HomeAssistant, folder: Path) -> Iterator[None]:
    """Keep what is stored in files of a folder, as Home Assistant does."""
    hass.config.config_dir = str(folder)
    with (
        patch.multiple(Store, **_REAL),
        patch.object(store, "write_both", _WRITE_BOTH),
    ):
        yield


def files(hass: HomeAssistant, entry: MockConfigEntry, name: str = "") -> list[Path]:
    """Return the file of what is counted, or of a system's ledger, and its copy."""
    of = f"{entry.entry_id}{name}" if name else "counted"
    path = Path(hass.config.path(".storage", f"klima.{of}"))
    return [path, path.with_name(f"{path.name}.copy")]


def kept_energy(path: Path, entry: MockConfigEntry) -> float:
    """Return the kWh that a file has of a system."""
    energy: float = json.loads(path.read_bytes())["data"][entry.entry_id]["meter"][
        "energy"
    ]
    return energy


async def cut_power(hass: HomeAssistant) -> None:
    """Unload all with nothing left of it but what was on the disk before."""
    folder = Path(hass.config.path(".storage"))
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    for entry in hass.config_entries.async_loaded_entries("klima"):
        await hass.config_entries.async_unload(entry.entry_id)
    shutil.rmtree(folder)
    kept.rename(folder)


def set_unit(hass: HomeAssistant, mode: str = "heat", action: str = "heating") -> None:
    """Let the unit report."""
    hass.states.async_set(
        UNIT,
        mode,
        {
            "hvac_modes": ["off", "heat", "cool"],
            "hvac_action": action,
            "temperature": 22,
            "current_temperature": 20.5,
            "supported_features": 385,
            "min_temp": 16,
            "max_temp": 30,
        },
    )


def set_sensor(hass: HomeAssistant, entity_id: str, value: Any) -> None:
    """Let a sensor report, in the unit that it has."""
    unit = {POWER: "W", COUNTER: "kWh", OUTDOOR: "°C", PRICE: "EUR/kWh"}[entity_id]
    hass.states.async_set(entity_id, str(value), {"unit_of_measurement": unit})


def set_all(
    hass: HomeAssistant, watts: float = 1200, kwh: float = 100, price: float = 0.25
) -> None:
    """Let everything report what it usually does."""
    set_unit(hass)
    set_sensor(hass, POWER, watts)
    set_sensor(hass, COUNTER, kwh)
    set_sensor(hass, OUTDOOR, 3)
    set_sensor(hass, PRICE, price)


async def add_home(hass: HomeAssistant, **data: Any) -> MockConfigEntry:
    """Set a system up whose sources are all there; `None` leaves one out."""
    set_all(hass)
    return await add_system(
        hass, UNIT, data={k: v for k, v in {**DATA, **data}.items() if v is not None}
    )


async def pass_seconds(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float
) -> None:
    """Let some time pass at once; what is due within it becomes due."""
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def begin(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, **data: Any
) -> tuple[MockConfigEntry, float]:
    """Set a home up at noon; return it, and what it counted in its first minute."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    entry = await add_home(hass, **data)
    await pass_seconds(hass, freezer, 60)
    start = figure(hass, GROWING[0])
    assert start is not None
    return entry, start


def figure(hass: HomeAssistant, entity_id: str) -> float | None:
    """Return a sensor's state as a figure, None for none that it tells now."""
    state = hass.states.get(entity_id)
    if state is None or state.state in ("unavailable", "unknown"):
        return None
    return float(state.state)


@dataclass(slots=True)
class Watch:
    """Sees that what only grows does, and that no figure is ever none."""

    hass: HomeAssistant
    but_not: str = ""
    least: dict[str, float] = field(default_factory=dict)

    def look(self) -> None:
        """Compare with what was seen before."""
        for entity_id in GROWING:
            value = figure(self.hass, entity_id)
            if value is None:
                continue
            assert math.isfinite(value)
            if entity_id == self.but_not:
                continue
            assert value >= self.least.get(entity_id, 0.0) - 1e-9, entity_id
            self.least[entity_id] = value


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged that a user would see as a problem."""
    return [
        f"{record.name}: {record.getMessage()} {record.exc_info or ''}"
        for record in caplog.records
        if record.levelno >= logging.WARNING
        and "custom integration" not in record.getMessage()
        # How long a step took on a machine that had much else to do; tests run in debug mode.
        and not (record.name == "asyncio" and record.msg.startswith("Executing"))
        # Home Assistant's own word on a state that is no temperature, and the like.
        and (
            record.name.startswith(("custom_components.klima", "homeassistant.core"))
            or record.exc_info is not None
            or "klima" in record.getMessage()
        )
    ]
