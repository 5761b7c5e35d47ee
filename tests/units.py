"""Units that tests wrap: entities of Home Assistant's own kinds, in memory."""

from typing import Any

from homeassistant.components.climate import (
    ClimateEntity,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.components.water_heater import (
    WaterHeaterEntity,
    WaterHeaterEntityFeature,
)
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import Platform, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

DOMAIN = "test"


class Recorder(Entity):
    """Notes the commands that a unit is given, and obeys them."""

    commands: list[tuple[str, Any]]

    def begin(self, **attributes: Any) -> None:
        """Start in a state, before Home Assistant knows the unit."""
        for name, value in attributes.items():
            setattr(self, f"_attr_{name}", value)

    def set(self, **attributes: Any) -> None:
        """Change the unit's state, as its handset or its panel would."""
        self.begin(**attributes)
        self.async_write_ha_state()

    def note(self, command: str, value: Any) -> None:
        """Note a command; raise what the unit was told to raise."""
        self.commands.append((command, value))
        if (error := getattr(self, "refuses", None)) is not None:
            raise error


class FullClimate(Recorder, ClimateEntity):
    """A climate entity with every feature that there is."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_should_poll = False
    _attr_supported_features = ~ClimateEntityFeature(0)
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_target_temperature_step = 0.5
    _attr_min_temp = 16
    _attr_max_temp = 31
    _attr_min_humidity = 35
    _attr_max_humidity = 75
    _attr_target_humidity_step = 5

    def __init__(
        self, unique_id: str = "unit", name: str = "Living room", **attributes: Any
    ) -> None:
        """Start switched off, but for what is given."""
        self.commands = []
        self._attr_unique_id = unique_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, unique_id)},
            name=name,
            manufacturer="Aurora",
            model="AX-35",
        )
        self._attr_hvac_modes = list(HVACMode)
        self._attr_hvac_mode = HVACMode.OFF
        self._attr_hvac_action = HVACAction.OFF
        self._attr_current_temperature = 19.5
        self._attr_target_temperature = 21.0
        self._attr_target_temperature_low = 20.0
        self._attr_target_temperature_high = 24.0
        self._attr_current_humidity = 41
        self._attr_target_humidity = 50
        self._attr_fan_modes = ["Quiet", "1", "2", "Turbo"]
        self._attr_fan_mode = "Quiet"
        self._attr_preset_modes = ["none", "eco", "Économie+"]
        self._attr_preset_mode = "none"
        self._attr_swing_modes = ["off", "up/down"]
        self._attr_swing_mode = "off"
        self._attr_swing_horizontal_modes = ["left", "wide"]
        self._attr_swing_horizontal_mode = "left"
        self.begin(**attributes)

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Take a target."""
        kwargs.pop("entity_id")
        self.note("set_temperature", kwargs)
        if (mode := kwargs.get("hvac_mode")) is not None:
            self._attr_hvac_mode = mode
        if (target := kwargs.get("temperature")) is not None:
            self._attr_target_temperature = target
        if (low := kwargs.get("target_temp_low")) is not None:
            self._attr_target_temperature_low = low
            self._attr_target_temperature_high = kwargs["target_temp_high"]
        self.async_write_ha_state()

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Take a mode, and begin to act on it."""
        self.note("set_hvac_mode", hvac_mode)
        self.set(
            hvac_mode=hvac_mode,
            hvac_action={
                HVACMode.OFF: HVACAction.OFF,
                HVACMode.HEAT: HVACAction.HEATING,
                HVACMode.COOL: HVACAction.COOLING,
            }.get(hvac_mode, HVACAction.IDLE),
        )

    async def async_set_humidity(self, humidity: int) -> None:
        """Take a target humidity."""
        self.note("set_humidity", humidity)
        self.set(target_humidity=humidity)

    async def async_set_fan_mode(self, fan_mode: str) -> None:
        """Take a fan mode."""
        self.note("set_fan_mode", fan_mode)
        self.set(fan_mode=fan_mode)

    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Take a preset."""
        self.note("set_preset_mode", preset_mode)
        self.set(preset_mode=preset_mode)

    async def async_set_swing_mode(self, swing_mode: str) -> None:
        """Take a vertical swing."""
        self.note("set_swing_mode", swing_mode)
        self.set(swing_mode=swing_mode)

    async def async_set_swing_horizontal_mode(self, swing_horizontal_mode: str) -> None:
        """Take a horizontal swing."""
        self.note("set_swing_horizontal_mode", swing_horizontal_mode)
        self.set(swing_horizontal_mode=swing_horizontal_mode)

    async def async_turn_on(self) -> None:
        """Turn on, to the mode that the unit chooses."""
        self.note("turn_on", None)
        self.set(hvac_mode=HVACMode.HEAT_COOL, hvac_action=HVACAction.IDLE)

    async def async_turn_off(self) -> None:
        """Turn off."""
        self.note("turn_off", None)
        self.set(hvac_mode=HVACMode.OFF, hvac_action=HVACAction.OFF)


class PlainClimate(FullClimate):
    """A cheap thermostat: heat and cool, one target, no word of what it does."""

    _attr_supported_features = ClimateEntityFeature.TARGET_TEMPERATURE

    def __init__(
        self, unique_id: str = "plain", name: str = "Plain", **attributes: Any
    ) -> None:
        """Start switched off, with two modes, but for what is given."""
        own = {
            "hvac_modes": [HVACMode.OFF, HVACMode.HEAT, HVACMode.COOL],
            "hvac_action": None,
            "current_humidity": None,
        }
        super().__init__(unique_id, name, **(own | attributes))

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Take a mode."""
        self.note("set_hvac_mode", hvac_mode)
        self.set(hvac_mode=hvac_mode)


class CoolingClimate(FullClimate):
    """An air conditioner that only cools."""

    def __init__(
        self, unique_id: str = "cooling", name: str = "Window unit", **attributes: Any
    ) -> None:
        """Start switched off, but for what is given."""
        own = {"hvac_modes": [HVACMode.OFF, HVACMode.COOL, HVACMode.FAN_ONLY]}
        super().__init__(unique_id, name, **(own | attributes))


class FullWaterHeater(Recorder, WaterHeaterEntity):
    """A water heater with every feature that there is."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_should_poll = False
    _attr_supported_features = ~WaterHeaterEntityFeature(0)
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_target_temperature_step = 1
    _attr_min_temp = 35
    _attr_max_temp = 65

    def __init__(self, unique_id: str = "tank", name: str = "Tank") -> None:
        """Start in eco mode."""
        self.commands = []
        self._attr_unique_id = unique_id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, unique_id)}, name=name
        )
        self._attr_operation_list = ["off", "eco", "Boost!"]
        self._attr_current_operation = "eco"
        self._attr_current_temperature = 48.0
        self._attr_target_temperature = 50.0
        self._attr_target_temperature_low = 45.0
        self._attr_target_temperature_high = 55.0
        self._attr_is_away_mode_on = False

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Take a target."""
        kwargs.pop("entity_id")
        self.note("set_temperature", kwargs)
        self.set(target_temperature=kwargs["temperature"])

    async def async_set_operation_mode(self, operation_mode: str) -> None:
        """Take an operation mode."""
        self.note("set_operation_mode", operation_mode)
        self.set(current_operation=operation_mode)

    async def async_turn_away_mode_on(self) -> None:
        """Go away."""
        self.note("set_away_mode", True)
        self.set(is_away_mode_on=True)

    async def async_turn_away_mode_off(self) -> None:
        """Come back."""
        self.note("set_away_mode", False)
        self.set(is_away_mode_on=False)

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn on."""
        self.note("turn_on", None)
        self.set(current_operation="eco")

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn off."""
        self.note("turn_off", None)
        self.set(current_operation="off")


class _Flow(ConfigFlow):
    """A config flow, since an entry must have one."""


async def async_add_units(hass: HomeAssistant, *units: Entity) -> MockConfigEntry:
    """Add units to Home Assistant through an integration of their own."""

    async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, platforms)
        return True

    async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, platforms)

    by_platform: dict[Platform, list[Entity]] = {
        Platform.CLIMATE: [u for u in units if isinstance(u, ClimateEntity)],
        Platform.WATER_HEATER: [u for u in units if isinstance(u, WaterHeaterEntity)],
    }
    platforms = [platform for platform, found in by_platform.items() if found]
    mock_integration(
        hass,
        MockModule(
            DOMAIN,
            async_setup_entry=async_setup_entry,
            async_unload_entry=async_unload_entry,
        ),
    )
    mock_platform(hass, f"{DOMAIN}.config_flow")
    for platform in platforms:

        async def async_setup_platform(
            hass: HomeAssistant,
            entry: ConfigEntry,
            async_add_entities: AddConfigEntryEntitiesCallback,
            platform: Platform = platform,
        ) -> None:
            async_add_entities(by_platform[platform])

        mock_platform(
            hass,
            f"{DOMAIN}.{platform}",
            MockPlatform(async_setup_entry=async_setup_platform),
        )
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    with mock_config_flow(DOMAIN, _Flow):
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    return entry


async def add_heating_unit(hass: HomeAssistant) -> FullClimate:
    """Add a unit that heats already."""
    unit = FullClimate(hvac_mode=HVACMode.HEAT, hvac_action=HVACAction.HEATING)
    await async_add_units(hass, unit)
    return unit
