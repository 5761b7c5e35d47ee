"""An entry of the first version is taken up; one of a version to come is refused, untouched."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import DOMAIN

from .common import GROWING, UNIT, complaints, figure, set_all

FIRST = {
    "kind": "system",
    "family": "mini_split",
    "ratings": {"cop_8": 3.9},
    "power": "sensor.meter_power",
    "price": 0.25,
}
"""What the flow wrote before there were plans, comfort, savings or models."""

FIRST_KEPT = {
    "meter": {
        "energy": 12.5,
        "heating": 12.0,
        "cooling": 0.5,
        "ahead": 0.0,
        "counter": None,
    },
    "counter_source": None,
}
"""What the first version kept of it: nothing of money yet."""


def entry_of(version: int, minor: int = 1) -> MockConfigEntry:
    """Return a system's entry as a version of Klima wrote it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Heat pump",
        version=version,
        minor_version=minor,
        data=FIRST,
        subentries_data=[
            {
                "subentry_type": "zone",
                "title": "Unit",
                "data": {"driver": "entity", "unit": UNIT},
                "unique_id": None,
            }
        ],
    )


@pytest.mark.parametrize("minor", [1, 7])
async def test_an_entry_of_the_first_version_is_taken_up(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, object],
    minor: int,
) -> None:
    """So is one that a later version of the same kind wrote: an upgrade can be undone."""
    set_all(hass)
    entry = entry_of(1, minor)
    entry.add_to_hass(hass)
    hass_storage[f"klima.{entry.entry_id}"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"klima.{entry.entry_id}",
        "data": FIRST_KEPT,
    }
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert dict(entry.data) == FIRST
    assert figure(hass, GROWING[0]) == pytest.approx(12.5, abs=1e-3)
    assert figure(hass, "sensor.heat_pump_cost") == pytest.approx(0, abs=1e-3)
    assert hass.states.get("climate.unit_2") is not None
    # How long a shared machine took over it is asyncio's to tell, not Klima's.
    told = [line for line in complaints(caplog) if not line.startswith("asyncio")]
    assert told == []


async def test_an_entry_of_a_version_to_come_is_refused_and_kept(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """One line says why; neither the entry nor what was counted is touched."""
    set_all(hass)
    entry = entry_of(2)
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    assert dict(entry.data) == FIRST and entry.version == 2
    told = [r.getMessage() for r in caplog.records if "higher than" in r.getMessage()]
    assert len(told) == 1 and "Heat pump" in told[0]
    assert [r.exc_info for r in caplog.records if r.exc_info] == []
