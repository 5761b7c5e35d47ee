"""The thermostat of a zone: the unit's own climate entity, whole."""

from typing import Any

from homeassistant.components.climate import (
    ATTR_FAN_MODE,
    ATTR_HUMIDITY,
    ATTR_HVAC_MODE,
    ATTR_PRESET_MODE,
    ATTR_SWING_HORIZONTAL_MODE,
    ATTR_SWING_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    SERVICE_SET_FAN_MODE,
    SERVICE_SET_HUMIDITY,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_SWING_HORIZONTAL_MODE,
    SERVICE_SET_SWING_MODE,
    SERVICE_SET_TEMPERATURE,
    ClimateEntity,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.const import (
    ATTR_TEMPERATURE,
    PRECISION_TENTHS,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    Platform,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_STATE_SOURCE
from .drivers import StateSource
from .entity import KlimaZoneEntity
from .system import KlimaConfigEntry
from .zone import Zone

PARALLEL_UPDATES = 0

_TARGETS = (
    ATTR_TEMPERATURE,
    ATTR_TARGET_TEMP_LOW,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_HVAC_MODE,
)

_MODES = {mode.value: mode for mode in HVACMode}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: KlimaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the thermostat of each zone that has one."""
    for zone in entry.runtime_data.zones.values():
        if zone.driver.platform is Platform.CLIMATE:
            async_add_entities(
                [KlimaClimate(entry, zone)], config_subentry_id=zone.subentry_id
            )


class KlimaClimate(KlimaZoneEntity, ClimateEntity):
    """A thermostat that offers what the unit offers, in the unit's own words."""

    _attr_name = None
    # The unit's figures come in its own precision already: tenths drop nothing.
    _attr_precision = PRECISION_TENTHS

    def __init__(self, entry: KlimaConfigEntry, zone: Zone) -> None:
        """Show the unit as it is known now."""
        super().__init__(entry, zone, Platform.CLIMATE)
        self._update()

    @callback
    def _update(self) -> None:
        """Take over the unit's capabilities and its reading."""
        capabilities = self.zone.driver.capabilities
        self._attr_supported_features = ClimateEntityFeature(capabilities.features)
        self._attr_hvac_modes = [
            _MODES[mode] for mode in capabilities.modes if mode in _MODES
        ]
        self._attr_temperature_unit = capabilities.temperature_unit
        if capabilities.min_temp is not None:
            self._attr_min_temp = capabilities.min_temp
        if capabilities.max_temp is not None:
            self._attr_max_temp = capabilities.max_temp
        self._attr_target_temperature_step = capabilities.temperature_step
        if capabilities.min_humidity is not None:
            self._attr_min_humidity = capabilities.min_humidity
        if capabilities.max_humidity is not None:
            self._attr_max_humidity = capabilities.max_humidity
        self._attr_target_humidity_step = capabilities.humidity_step
        self._attr_fan_modes = _list(capabilities.fan_modes)
        self._attr_preset_modes = _list(capabilities.preset_modes)
        self._attr_swing_modes = _list(capabilities.swing_modes)
        self._attr_swing_horizontal_modes = _list(capabilities.swing_horizontal_modes)

        reading = self.zone.driver.reading
        self._attr_available = reading.available
        self._attr_hvac_mode = _MODES.get(reading.mode or "")
        self._attr_hvac_action = (
            None if reading.action is None else HVACAction(reading.action)
        )
        self._attr_current_temperature = reading.current_temperature
        self._attr_target_temperature = reading.target_temperature
        self._attr_target_temperature_low = reading.target_temperature_low
        self._attr_target_temperature_high = reading.target_temperature_high
        self._attr_current_humidity = reading.current_humidity
        self._attr_target_humidity = reading.target_humidity
        self._attr_fan_mode = reading.fan_mode
        self._attr_preset_mode = reading.preset_mode
        self._attr_swing_mode = reading.swing_mode
        self._attr_swing_horizontal_mode = reading.swing_horizontal_mode
        self._attr_assumed_state = reading.source is StateSource.ASSUMED
        self._attr_extra_state_attributes = (
            {} if reading.source is None else {ATTR_STATE_SOURCE: reading.source}
        )

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set the target, or the range, and the mode where it is given."""
        await self._async_command(
            SERVICE_SET_TEMPERATURE,
            # Home Assistant hands over the whole call, its targets included.
            {key: kwargs[key] for key in _TARGETS if key in kwargs},
        )

    async def async_set_humidity(self, humidity: int) -> None:
        """Set the target humidity."""
        await self._async_command(SERVICE_SET_HUMIDITY, {ATTR_HUMIDITY: humidity})

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Set the mode."""
        await self._async_command(SERVICE_SET_HVAC_MODE, {ATTR_HVAC_MODE: hvac_mode})

    async def async_set_fan_mode(self, fan_mode: str) -> None:
        """Set the fan."""
        await self._async_command(SERVICE_SET_FAN_MODE, {ATTR_FAN_MODE: fan_mode})

    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Set the preset."""
        await self._async_command(
            SERVICE_SET_PRESET_MODE, {ATTR_PRESET_MODE: preset_mode}
        )

    async def async_set_swing_mode(self, swing_mode: str) -> None:
        """Set the vertical swing."""
        await self._async_command(SERVICE_SET_SWING_MODE, {ATTR_SWING_MODE: swing_mode})

    async def async_set_swing_horizontal_mode(self, swing_horizontal_mode: str) -> None:
        """Set the horizontal swing."""
        await self._async_command(
            SERVICE_SET_SWING_HORIZONTAL_MODE,
            {ATTR_SWING_HORIZONTAL_MODE: swing_horizontal_mode},
        )

    async def async_turn_on(self) -> None:
        """Turn the unit on, as it does that itself."""
        await self._async_command(SERVICE_TURN_ON, {})

    async def async_turn_off(self) -> None:
        """Turn the unit off, as it does that itself."""
        await self._async_command(SERVICE_TURN_OFF, {})


def _list(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)
