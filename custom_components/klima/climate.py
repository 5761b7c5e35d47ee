"""The thermostat of a zone: the unit's own climate entity, whole."""

from datetime import timedelta
from typing import Any, override

from homeassistant.components.climate import (
    ATTR_FAN_MODE,
    ATTR_HUMIDITY,
    ATTR_HVAC_MODE,
    ATTR_PRESET_MODE,
    ATTR_SWING_HORIZONTAL_MODE,
    ATTR_SWING_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    PRESET_BOOST,
    PRESET_NONE,
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
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter

from .actions.control import ATTR_DURATION, BOOST_DURATION
from .const import ATTR_STATE_SOURCE
from .core.control import Mode
from .core.control.model import PRESETS
from .drivers import StateSource
from .entity import KlimaZoneEntity
from .errors import refused
from .native import NativeTemperatures
from .system import KlimaConfigEntry
from .zone import Zone
from .zone_explanation import explain

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
                [ComfortClimate(entry, zone)], config_subentry_id=zone.subentry_id
            )


class KlimaClimate(NativeTemperatures, KlimaZoneEntity, ClimateEntity):
    """A thermostat that offers what the unit offers, in the unit's own words."""

    _attr_name = None
    # The unit's figures come in its own precision already: tenths drop nothing.
    _attr_precision = PRECISION_TENTHS

    def __init__(self, entry: KlimaConfigEntry, zone: Zone) -> None:
        """Show the unit as it is known now."""
        super().__init__(entry, zone, Platform.CLIMATE.value)
        self._offered: tuple[object, ...] | None = None
        self._update()

    @callback
    def _update(self) -> None:
        """Take over the unit's capabilities where they changed, and its reading."""
        offered = self._offer_of()
        if offered != self._offered:
            self._offered = offered
            self._offer()
        self._show()

    def _offer_of(self) -> tuple[object, ...]:
        return (self.zone.driver.capabilities,)

    def _offer(self) -> None:
        """Offer what the unit can do."""
        capabilities = self.zone.driver.capabilities
        self._attr_supported_features = ClimateEntityFeature(capabilities.features)
        self._attr_hvac_modes = [
            _MODES[mode] for mode in capabilities.modes if mode in _MODES
        ]
        self._unit = capabilities.temperature_unit
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

    def _show(self) -> None:
        reading = self.zone.driver.reading
        self._attr_available = reading.available
        self._attr_hvac_mode = _MODES.get(reading.mode or "")
        self._attr_hvac_action = (
            None if reading.action is None else HVACAction(reading.action)
        )
        self._current = reading.current_temperature
        self._target = reading.target_temperature
        self._low = reading.target_temperature_low
        self._high = reading.target_temperature_high
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
            self._given(kwargs, _TARGETS),
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


class ComfortClimate(KlimaClimate):
    """A thermostat of a zone that keeps itself comfortable.

    What is wished is shown, and not how the unit is set for that: its setpoint
    may be offset, its mode changed over, and it may wait. What the unit lacks
    (a range, changeover, presets, a target humidity) is added. With the
    automation off it is the plain pass-through.
    """

    def __init__(self, entry: KlimaConfigEntry, zone: Zone) -> None:
        """Show what is known now."""
        self.control = entry.runtime_data.control.zones[zone.subentry_id]
        self._chosen: str | None = None
        """The preset of the unit's own that was chosen here, while nothing else was."""
        super().__init__(entry, zone)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._follow(self.control.listeners, self._async_unit_changed)

    @override
    def _sight(self) -> tuple[object, ...]:
        return (*super()._sight(), self.control.shown)

    @override
    def _offer_of(self) -> tuple[object, ...]:
        control = self.control
        return (*super()._offer_of(), control.active, control.config)

    @override
    def _offer(self) -> None:
        """Add what the unit lacks."""
        super()._offer()
        if not self.control.active:
            return
        modes = self._attr_hvac_modes
        features = self._attr_supported_features | ClimateEntityFeature.PRESET_MODE
        heats, cools = HVACMode.HEAT in modes, HVACMode.COOL in modes
        if heats and cools and HVACMode.HEAT_COOL not in modes:
            modes.append(HVACMode.HEAT_COOL)
        if HVACMode.HEAT_COOL in modes:
            features |= ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
        if HVACMode.OFF in modes:
            features |= ClimateEntityFeature.TURN_OFF | ClimateEntityFeature.TURN_ON
        if self._dries:
            features |= ClimateEntityFeature.TARGET_HUMIDITY
        self._attr_supported_features = features
        units = self._attr_preset_modes or [PRESET_NONE]
        self._attr_preset_modes = [
            *([] if PRESET_NONE in units else [PRESET_NONE]),
            *units,
            *(preset for preset in self._presets if preset not in units),
        ]

    @property
    def _dries(self) -> bool:
        """Whether a target humidity is held by drying."""
        features = ClimateEntityFeature(self.zone.driver.capabilities.features)
        return (
            not features & ClimateEntityFeature.TARGET_HUMIDITY
            and HVACMode.DRY in self.zone.driver.capabilities.modes
            and self.control.config.humidity is not None
        )

    @property
    def _presets(self) -> list[str]:
        """The presets that are ours: those of the unit keep their names.

        A preset that the user gave a temperature is the user's, though.
        """
        units = self.zone.driver.capabilities.preset_modes or ()
        given = self.control.config.given
        names = [name for name in PRESETS if name in given or name not in units]
        return names if PRESET_BOOST in units else [*names, PRESET_BOOST]

    @override
    def _show(self) -> None:
        super()._show()
        if not self.control.active:
            return
        control, stands = self.control, self.control.stands
        reading = self.zone.driver.reading
        self._attr_hvac_mode = _MODES[stands.mode.value]
        if reading.mode == HVACMode.OFF:
            # It waits, whatever is wished: where no action is told, HomeKit makes one of
            # the mode and the temperatures.
            self._attr_hvac_action = HVACAction.OFF
        target, low, high = stands.target, stands.low, stands.high
        if stands.mode is Mode.OFF:
            target = control.target_once_on
        if stands.mode in (Mode.OFF, Mode.AUTO) and target is None and low is None:
            # What the unit itself goes by.
            target = self.zone.celsius(reading.target_temperature)
        if (
            low is None
            and stands.mode in (Mode.AUTO, Mode.HEAT_COOL)
            and ClimateEntityFeature.TARGET_TEMPERATURE_RANGE & self.supported_features
        ):
            # It has one target where a range is offered, too: who asks for both its ends
            # in such a mode, as Google Assistant does, has to get figures.
            low = high = target
        self._target = self._own(target)
        self._low = self._own(low)
        self._high = self._own(high)
        self._current = self._own(control.senses.room)
        if (humidity := control.senses.humidity) is not None:
            self._attr_current_humidity = humidity
        if self._dries:
            self._attr_target_humidity = control.memory.target_humidity
        if control.memory.boost is not None and PRESET_BOOST in self._presets:
            self._attr_preset_mode = PRESET_BOOST
        elif self._chosen is not None and self._chosen == reading.preset_mode:
            self._attr_preset_mode = self._chosen
        elif stands.preset in self._presets and stands.mode is not Mode.OFF:
            self._attr_preset_mode = stands.preset
        else:
            self._attr_preset_mode = reading.preset_mode or PRESET_NONE

    def _own(self, celsius: float | None) -> float | None:
        """Return °C in the unit's scale, without what the conversion left over."""
        return None if celsius is None else round(self.zone.from_celsius(celsius), 2)

    # What the user asks for

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Hold a target or a range, and a mode where it is given."""
        if not self.control.active:
            await super().async_set_temperature(**kwargs)
            return
        given = self._given(kwargs, _TARGETS)
        mode = given.get(ATTR_HVAC_MODE)
        wish = self.control.changed(
            None if mode is None else Mode(mode),
            self.zone.celsius(given.get(ATTR_TEMPERATURE)),
            self.zone.celsius(given.get(ATTR_TARGET_TEMP_LOW)),
            self.zone.celsius(given.get(ATTR_TARGET_TEMP_HIGH)),
        )
        await self.control.async_wish(
            wish, self._context, turned_on=self._turns_on(mode)
        )

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Hold a mode."""
        if not self.control.active:
            await super().async_set_hvac_mode(hvac_mode)
            return
        wish = self.control.changed(Mode(hvac_mode))
        await self.control.async_wish(
            wish, self._context, turned_on=self._turns_on(hvac_mode)
        )

    def _turns_on(self, mode: str | None) -> bool:
        """Return whether a mode turns the zone on, or over to another.

        Scenes and automations ask for the mode that it has already, without a thought of
        its window.
        """
        return mode is not None and mode != self.control.stands.mode

    @override
    async def async_turn_on(self) -> None:
        """Turn on, in the mode that was chosen last."""
        if self.control.active:
            await self.control.async_turn_on(self._context)
        else:
            await super().async_turn_on()

    @override
    async def async_turn_off(self) -> None:
        """Turn off, and hold that."""
        if self.control.active:
            await self.control.async_wish(self.control.changed(Mode.OFF), self._context)
        else:
            await super().async_turn_off()

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Choose a preset of ours, or of the unit's own."""
        self._chosen = None
        if not self.control.active:
            await super().async_set_preset_mode(preset_mode)
        elif preset_mode == PRESET_BOOST and preset_mode in self._presets:
            await self.control.async_boost(
                BOOST_DURATION.total_seconds(), None, self._context
            )
        elif preset_mode in self._presets:
            await self.control.async_preset(preset_mode, self._context)
        else:
            if preset_mode in (self.zone.driver.capabilities.preset_modes or ()):
                if not self._is_at(preset_mode):
                    await super().async_set_preset_mode(preset_mode)
                if preset_mode != PRESET_NONE:
                    self._chosen = preset_mode
                    self._show()
            if preset_mode == PRESET_NONE:
                await self.control.async_clear_preset(self._context)

    def _is_at(self, preset_mode: str) -> bool:
        """Return whether the unit is known to be at a preset: each scene names one."""
        reading = self.zone.driver.reading
        return (
            reading.preset_mode == preset_mode
            and reading.source is not StateSource.ASSUMED
        )

    @override
    async def async_set_humidity(self, humidity: int) -> None:
        """Set the unit's target humidity, or dry to one."""
        if self.control.active and self._dries:
            await self.control.async_target_humidity(humidity, self._context)
        else:
            await super().async_set_humidity(humidity)

    # The actions of Klima, by their names

    async def async_hold(self, **data: Any) -> None:
        """Hold what an action asks for."""
        duration = data.get(ATTR_DURATION)
        seconds = None if duration is None else duration.total_seconds()
        low, high = data.get(ATTR_TARGET_TEMP_LOW), data.get(ATTR_TARGET_TEMP_HIGH)
        if (low is None) != (high is None):
            raise self._refused("half_a_range")
        if low is not None and high is not None and low > high:
            raise self._refused("range_reversed", low=f"{low:g}", high=f"{high:g}")
        if (preset := data.get(ATTR_PRESET_MODE)) is not None:
            if beside := sorted({ATTR_HVAC_MODE, *_TARGETS} & data.keys()):
                raise self._refused("preset_alone", fields=", ".join(beside))
            if preset not in PRESETS:
                raise self._refused(
                    "unknown_preset", preset=preset, presets=", ".join(PRESETS)
                )
            await self.control.async_preset(preset, self._context, seconds)
            return
        mode = data.get(ATTR_HVAC_MODE)
        if mode is not None and mode not in self.hvac_modes:
            raise self._refused(
                "unknown_mode", mode=mode, modes=", ".join(self.hvac_modes)
            )
        wish = self.control.changed(
            None if mode is None else Mode(mode),
            *(
                self._checked(field, data.get(field))
                for field in (
                    ATTR_TEMPERATURE,
                    ATTR_TARGET_TEMP_LOW,
                    ATTR_TARGET_TEMP_HIGH,
                )
            ),
        )
        await self.control.async_wish(
            wish, self._context, turned_on=self._turns_on(mode), duration=seconds
        )

    async def async_resume(self) -> None:
        """End a hold or a boost."""
        await self.control.async_resume(self._context)

    async def async_boost(
        self, duration: timedelta, temperature: float | None = None
    ) -> None:
        """Boost for a time."""
        await self.control.async_boost(
            duration.total_seconds(),
            self._checked(ATTR_TEMPERATURE, temperature),
            self._context,
        )

    async def async_explain(self) -> dict[str, Any]:
        """Return why the unit does what it does."""
        return explain(self.control, dt_util.utcnow().timestamp())

    def _checked(self, field: str, value: float | None) -> float | None:
        """Return a temperature of the home's in °C, if the unit can have it."""
        if value is None:
            return None
        home = self.hass.config.units.temperature_unit
        celsius = TemperatureConverter.convert(value, home, UnitOfTemperature.CELSIUS)
        limits = self.control.unit.limits()
        if not limits.minimum - 0.05 <= celsius <= limits.maximum + 0.05:
            low, high = (
                TemperatureConverter.convert(at, UnitOfTemperature.CELSIUS, home)
                for at in (limits.minimum, limits.maximum)
            )
            raise self._refused(
                "temperature_out_of_range",
                field=field,
                value=f"{value:g}",
                low=f"{low:.4g}",
                high=f"{high:.4g}",
                unit=home,
            )
        return celsius

    def _refused(self, key: str, **placeholders: str) -> ServiceValidationError:
        return refused(key, zone=self.zone.name, **placeholders)


def _list(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)
