"""A source on change is believed for as long as its device speaks of something."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .common import add_system
from .meters import number, pass_time
from .units import add_heating_unit

UNIT = "climate.living_room"
ENERGY = "sensor.heat_pump_energy"
HEAT = "sensor.heat_pump_thermal_energy"
SEASONAL = "sensor.heat_pump_seasonal_cop"


@pytest.fixture
async def plug(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> MockConfigEntry:
    """Return the entry of a plug: its sensors are of one device, which has a helper too."""
    freezer.move_to("2026-11-24T22:00:00+00:00")
    await add_heating_unit(hass)
    entry = MockConfigEntry(domain="plug")
    helper = MockConfigEntry(domain="helper")
    for each in (entry, helper):
        each.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("plug", "1")}
    )
    registry = er.async_get(hass)
    for domain, name, owner in (
        ("sensor", "power", entry),
        ("sensor", "heat", entry),
        ("sensor", "voltage", entry),
        ("switch", "relay", entry),
        ("sensor", "helper", helper),
    ):
        registry.async_get_or_create(
            domain,
            owner.domain,
            name,
            suggested_object_id=f"plug_{name}",
            config_entry=owner,
            device_id=device.id,
        )
    return entry


def tell(hass: HomeAssistant, name: str, value: object, unit: str) -> None:
    """Let a sensor of the plug speak."""
    hass.states.async_set(
        f"sensor.plug_{name}", str(value), {"unit_of_measurement": unit}
    )


async def test_a_device_that_speaks_keeps_its_power_alive(
    hass: HomeAssistant, plug: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """Energy, heat and the COP are told as they go, until the device falls silent."""
    tell(hass, "power", 1200, "W")
    tell(hass, "heat", 3600, "W")
    await add_system(
        hass,
        UNIT,
        data={"power": "sensor.plug_power", "heat_output": "sensor.plug_heat"},
    )
    for minute in range(180):
        tell(hass, "voltage", 230 + minute % 2, "V")
        await pass_time(hass, freezer, minutes=1)
    assert number(hass, ENERGY) == pytest.approx(3.6, abs=0.03)
    assert number(hass, HEAT) == pytest.approx(10.8, abs=0.1)
    assert number(hass, SEASONAL) == pytest.approx(3.0)

    tell(hass, "voltage", STATE_UNAVAILABLE, "V")
    before = number(hass, ENERGY)
    await pass_time(hass, freezer, minutes=60)
    assert number(hass, ENERGY) == pytest.approx(before, abs=0.03)


@pytest.mark.parametrize("other", ["switch.plug_relay", "sensor.plug_helper"])
async def test_what_says_nothing_of_the_device(
    hass: HomeAssistant,
    plug: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    other: str,
) -> None:
    """A switch is set from here, and a helper reckons here."""
    tell(hass, "power", 1200, "W")
    await add_system(hass, UNIT, data={"power": "sensor.plug_power"})
    for minute in range(30):
        hass.states.async_set(other, str(minute % 2))
        await pass_time(hass, freezer, minutes=1)
    assert number(hass, ENERGY) < 0.05


async def test_a_device_with_nothing_else(
    hass: HomeAssistant, plug: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    """The last told is held for as long as any silent source's."""
    registry = er.async_get(hass)
    for name in ("heat", "voltage"):
        registry.async_remove(f"sensor.plug_{name}")
    tell(hass, "power", 1200, "W")
    await add_system(hass, UNIT, data={"power": "sensor.plug_power"})
    await pass_time(hass, freezer, minutes=60)
    assert number(hass, ENERGY) < 0.05
    tell(hass, "power", 0, "W")
    await pass_time(hass, freezer, minutes=2)
    assert number(hass, ENERGY) == pytest.approx(1.2, abs=0.02)
