"""Sources that are renamed at once, or while nobody looks: whose they are stays as it was."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import add_system
from tests.fixes import told
from tests.meters import number
from tests.plans import add_plan
from tests.units import PlainClimate, async_add_units

from .common import complaints, pass_seconds
from .test_years import KWH, TIERS, register

METERS = ("sensor.meter_a", "sensor.meter_b")


def swap(hass: HomeAssistant, first: str, second: str) -> None:
    """Let two entities have each other's name, as a script would: at once."""
    registry = er.async_get(hass)
    domain = first.split(".", maxsplit=1)[0]
    states = {each: hass.states.get(each) for each in (first, second)}
    for old, new in (
        (first, f"{domain}.for_a_moment"),
        (second, first),
        (f"{domain}.for_a_moment", second),
    ):
        hass.states.async_remove(old)
        registry.async_update_entity(old, new_entity_id=new)
    for old, new in ((first, second), (second, first)):
        if (state := states[old]) is not None:
            hass.states.async_set(new, state.state, state.attributes)


def tell(hass: HomeAssistant, swapped: bool, *kwh: float) -> None:
    """Let both meters tell, under the names that they have."""
    for name, figure in zip(METERS[::-1] if swapped else METERS, kwh, strict=True):
        hass.states.async_set(name, str(figure), KWH)


async def add_two(hass: HomeAssistant) -> tuple[MockConfigEntry, MockConfigEntry]:
    """Set up a system of each meter."""
    for unit in ("climate.a", "climate.b"):
        hass.states.async_set(unit, "off", {"hvac_modes": ["off", "heat"]})
    register(hass, *METERS)
    tell(hass, False, 100, 5000)
    first, second = [
        await add_system(
            hass, unit, data={"energy": meter, "price": 0.25}, title=unit[-1]
        )
        for unit, meter in zip(("climate.a", "climate.b"), METERS, strict=True)
    ]
    return first, second


@pytest.mark.parametrize("state", ["loaded", "disabled", "failing"])
async def test_meters_that_swap_their_names(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    state: str,
) -> None:
    """Each system goes on with its own meter, whatever it was doing meanwhile."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    entries = first, second = await add_two(hass)
    await pass_seconds(hass, freezer, 60)
    if state == "disabled":
        for entry in entries:
            await hass.config_entries.async_set_disabled_by(
                entry.entry_id, ConfigEntryDisabler.USER
            )
    elif state == "failing":
        for entry in entries:
            assert await hass.config_entries.async_unload(entry.entry_id)
    await pass_seconds(hass, freezer, 3600)
    swap(hass, *METERS)
    await hass.async_block_till_done()
    await pass_seconds(hass, freezer, 3600)
    for entry in entries:
        if state == "disabled":
            await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
        elif state == "failing":
            assert await hass.config_entries.async_setup(entry.entry_id)
    tell(hass, True, 102, 5003)
    await pass_seconds(hass, freezer, 60)
    assert [each.data["energy"] for each in entries] == list(METERS[::-1])
    assert all(each.state is ConfigEntryState.LOADED for each in entries)
    assert number(hass, "sensor.a_energy") == pytest.approx(2)
    assert number(hass, "sensor.b_energy") == pytest.approx(3)
    assert complaints(caplog) == []
    assert told(hass) == []


async def test_units_that_swap_their_names(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """What is asked of a zone goes to its own unit; no unit has two zones on the way."""
    units = PlainClimate("a", "A"), PlainClimate("b", "B")
    await async_add_units(hass, *units)
    entries = [
        await add_system(hass, f"climate.{name}", title=f"Of {name}")
        for name in ("a", "b")
    ]
    registry = er.async_get(hass)
    for old, new in (("a", "c"), ("b", "a"), ("c", "b")):
        registry.async_update_entity(f"climate.{old}", new_entity_id=f"climate.{new}")
    for _ in range(3):
        await hass.async_block_till_done()
    assert [
        zone.data["unit"] for each in entries for zone in each.subentries.values()
    ] == ["climate.b", "climate.a"]
    assert all(each.state is ConfigEntryState.LOADED for each in entries)
    for name, unit, other in (("a_2", *units), ("b_2", *units[::-1])):
        for each in units:
            each.commands.clear()
        await hass.services.async_call(
            "climate",
            "set_hvac_mode",
            {"entity_id": f"climate.{name}", "hvac_mode": "heat"},
            blocking=True,
        )
        assert ("set_hvac_mode", "heat") in unit.commands
        assert other.commands == []
    assert complaints(caplog) == []
    assert told(hass) == []


async def test_counters_of_two_homes_that_swap_their_names(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """Each plan goes on with its own counter of its home."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to("2026-11-24T12:00:00+00:00")
    register(hass, *METERS)
    tell(hass, False, 100, 5000)
    plans = [
        await add_plan(hass, TIERS, title=meter, home_energy=meter) for meter in METERS
    ]
    await pass_seconds(hass, freezer, 600)
    swap(hass, *METERS)
    await hass.async_block_till_done()
    tell(hass, True, 102, 5003)
    await pass_seconds(hass, freezer, 60)
    assert [each.data["home_energy"] for each in plans] == list(METERS[::-1])
    assert [each.runtime_data.tiers.used for each in plans] == pytest.approx([2, 3])
