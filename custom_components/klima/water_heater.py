"""The water heater of a zone: the tank's own entity, whole."""

from typing import Any

from homeassistant.components.water_heater import (
    ATTR_AWAY_MODE,
    ATTR_OPERATION_MODE,
    SERVICE_SET_AWAY_MODE,
    SERVICE_SET_OPERATION_MODE,
    SERVICE_SET_TEMPERATURE,
    WaterHeaterEntity,
    WaterHeaterEntityFeature,
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

from .drivers import StateSource
from .entity import KlimaZoneEntity
from .native import NativeTemperatures
from .system import KlimaConfigEntry
from .zone import Zone

PARALLEL_UPDATES = 0

_TARGETS = (ATTR_TEMPERATURE, ATTR_OPERATION_MODE)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: KlimaConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the water heater of each zone that has one."""
    for zone in entry.runtime_data.zones.values():
        if zone.is_tank:
            async_add_entities(
                [KlimaWaterHeater(entry, zone)], config_subentry_id=zone.subentry_id
            )


class KlimaWaterHeater(NativeTemperatures, KlimaZoneEntity, WaterHeaterEntity):
    """A water heater that offers what the tank offers, in its own words."""

    _attr_name = None
    # The tank's figures come in its own precision already: tenths drop nothing.
    _attr_precision = PRECISION_TENTHS

    def __init__(self, entry: KlimaConfigEntry, zone: Zone) -> None:
        """Show the tank as it is known now."""
        super().__init__(entry, zone, Platform.WATER_HEATER.value)
        self._update()

    @callback
    def _update(self) -> None:
        capabilities = self.zone.driver.capabilities
        self._attr_supported_features = WaterHeaterEntityFeature(capabilities.features)
        self._attr_operation_list = list(capabilities.modes)
        self._unit = capabilities.temperature_unit
        if capabilities.min_temp is not None:
            self._attr_min_temp = capabilities.min_temp
        if capabilities.max_temp is not None:
            self._attr_max_temp = capabilities.max_temp
        self._attr_target_temperature_step = capabilities.temperature_step

        reading = self.zone.driver.reading
        self._attr_available = reading.available
        self._attr_current_operation = reading.mode
        self._current = reading.current_temperature
        self._target = reading.target_temperature
        self._low = reading.target_temperature_low
        self._high = reading.target_temperature_high
        self._attr_is_away_mode_on = reading.is_away
        self._attr_assumed_state = reading.source is StateSource.ASSUMED

    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set the target, and the operation mode where it is given."""
        await self._async_command(
            SERVICE_SET_TEMPERATURE,
            # Home Assistant hands over the whole call, its targets included.
            self._given(kwargs, _TARGETS),
        )

    async def async_set_operation_mode(self, operation_mode: str) -> None:
        """Set the operation mode."""
        await self._async_command(
            SERVICE_SET_OPERATION_MODE, {ATTR_OPERATION_MODE: operation_mode}
        )

    async def async_turn_away_mode_on(self) -> None:
        """Turn away mode on."""
        await self._async_command(SERVICE_SET_AWAY_MODE, {ATTR_AWAY_MODE: True})

    async def async_turn_away_mode_off(self) -> None:
        """Turn away mode off."""
        await self._async_command(SERVICE_SET_AWAY_MODE, {ATTR_AWAY_MODE: False})

    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the tank on."""
        await self._async_command(SERVICE_TURN_ON, {})

    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the tank off."""
        await self._async_command(SERVICE_TURN_OFF, {})
