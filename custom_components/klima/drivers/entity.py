"""The driver of a unit that Home Assistant already controls.

It wraps one climate or water_heater entity: reads its state, and forwards
actions to it in its own names. Whatever the entity offers is offered, and
nothing else.
"""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components import climate, water_heater
from homeassistant.const import (
    ATTR_ASSUMED_STATE,
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    ATTR_TEMPERATURE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
    UnitOfTemperature,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
    split_entity_id,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util.unit_conversion import TemperatureConverter

from ..core.activity import (
    Activity,
    infer_room_activity,
    infer_tank_activity,
    one_way,
    working_activity,
)
from ..errors import told
from ..sources import feature_flags, finite
from . import UNAVAILABLE, Capabilities, Reading, StateSource
from .faults import told_as_refusal

_ACTIVITIES = {activity.value: activity for activity in Activity}
_TANK_STATUS = {
    "heat_water": Activity.HEATING,
    "legionella": Activity.HEATING,
    **dict.fromkeys(
        ("idle", "standby", "heat_zones", "cool", "defrost"), Activity.IDLE
    ),
}
"""What a tank of MELCloud does, by its attribute `status`: its operation mode is the
same while its heat pump is off."""

_OFFERS = (
    ATTR_SUPPORTED_FEATURES,
    climate.ATTR_HVAC_MODES,
    water_heater.ATTR_OPERATION_LIST,
    climate.ATTR_MIN_TEMP,
    climate.ATTR_MAX_TEMP,
    climate.ATTR_TARGET_TEMP_STEP,
    climate.ATTR_MIN_HUMIDITY,
    climate.ATTR_MAX_HUMIDITY,
    climate.ATTR_TARGET_HUMIDITY_STEP,
    climate.ATTR_FAN_MODES,
    climate.ATTR_PRESET_MODES,
    climate.ATTR_SWING_MODES,
    climate.ATTR_SWING_HORIZONTAL_MODES,
)
"""The attributes that capabilities are read from."""


class EntityDriver:
    """Drives a unit through its climate or water_heater entity."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Take the unit as it is now, or as the registry remembers it."""
        self._hass = hass
        self.entity_id = entity_id
        self.platform = Platform(split_entity_id(entity_id)[0])
        self._offers: tuple[Any, ...] | None = None
        state = hass.states.get(entity_id)
        self.capabilities = self._read_capabilities(state)
        self.reading = UNAVAILABLE
        self.reading = self._read(state)

    async def async_load(self, data: Mapping[str, Any]) -> None:
        """Know nothing that the entity does not say."""

    def as_dict(self) -> dict[str, Any]:
        """Keep nothing: the entity is asked again."""
        return {}

    def diagnostics(self) -> dict[str, Any]:
        """Tell nothing of its own: the entity is a source among others."""
        return {}

    @callback
    def async_start(self, on_reading: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow the entity; a late or lost one is waited for."""

        @callback
        def state_changed(event: Event[EventStateChangedData]) -> None:
            state = event.data["new_state"]
            before = (self.capabilities, self.reading)
            if state is not None and state.state != STATE_UNAVAILABLE:
                self._see_offer(state)
            self.reading = self._read(state)
            if (self.capabilities, self.reading) != before:
                on_reading()

        return async_track_state_change_event(
            self._hass, [self.entity_id], state_changed
        )

    async def async_command(
        self, action: str, data: Mapping[str, Any], context: Context | None
    ) -> None:
        """Forward an action to the entity, in the caller's name.

        The unit's own refusal reaches the caller; a fault that is not of Home
        Assistant's own kind is told as one.
        """
        state = self._hass.states.get(self.entity_id)
        if state is None or state.state == STATE_UNAVAILABLE:
            raise told(HomeAssistantError, "unit_unavailable", unit=self.entity_id)
        with told_as_refusal(self.entity_id):
            await self._hass.services.async_call(
                self.platform,
                action,
                {**data, ATTR_ENTITY_ID: self.entity_id},
                blocking=True,
                context=context,
            )

    def _see_offer(self, state: State) -> None:
        """Read the capabilities where they may have changed: they rarely do."""
        offers = (
            self._hass.config.units.temperature_unit,
            *map(state.attributes.get, _OFFERS),
        )
        if offers != self._offers:
            # Copies: an entity may change its own lists in place.
            self._offers = tuple(
                list(offer) if isinstance(offer, list) else offer for offer in offers
            )
            capabilities = self._read_capabilities(state)
            if capabilities != self.capabilities:
                self.capabilities = capabilities

    def _read_capabilities(self, state: State | None) -> Capabilities:
        attributes: Mapping[str, Any]
        if state is not None:
            attributes = state.attributes
        elif entry := er.async_get(self._hass).async_get(self.entity_id):
            attributes = {
                **(entry.capabilities or {}),
                ATTR_SUPPORTED_FEATURES: entry.supported_features,
            }
        else:
            attributes = {}
        modes = attributes.get(
            climate.ATTR_HVAC_MODES
            if self.platform is Platform.CLIMATE
            else water_heater.ATTR_OPERATION_LIST
        )
        return Capabilities(
            features=feature_flags(attributes.get(ATTR_SUPPORTED_FEATURES)),
            modes=_names(modes) or (),
            # The states of climate and water_heater entities are in the
            # home's unit, whatever the device itself counts in.
            temperature_unit=self._hass.config.units.temperature_unit,
            min_temp=finite(attributes.get(climate.ATTR_MIN_TEMP)),
            max_temp=finite(attributes.get(climate.ATTR_MAX_TEMP)),
            temperature_step=finite(attributes.get(climate.ATTR_TARGET_TEMP_STEP)),
            min_humidity=finite(attributes.get(climate.ATTR_MIN_HUMIDITY)),
            max_humidity=finite(attributes.get(climate.ATTR_MAX_HUMIDITY)),
            humidity_step=_whole(attributes.get(climate.ATTR_TARGET_HUMIDITY_STEP)),
            fan_modes=_names(attributes.get(climate.ATTR_FAN_MODES)),
            preset_modes=_names(attributes.get(climate.ATTR_PRESET_MODES)),
            swing_modes=_names(attributes.get(climate.ATTR_SWING_MODES)),
            swing_horizontal_modes=_names(
                attributes.get(climate.ATTR_SWING_HORIZONTAL_MODES)
            ),
        )

    def _read(self, state: State | None) -> Reading:
        if state is None or state.state == STATE_UNAVAILABLE:
            return UNAVAILABLE
        attributes = state.attributes
        mode = None if state.state == STATE_UNKNOWN else state.state
        current = finite(attributes.get(climate.ATTR_CURRENT_TEMPERATURE))
        target = finite(attributes.get(ATTR_TEMPERATURE))
        low = finite(attributes.get(climate.ATTR_TARGET_TEMP_LOW))
        high = finite(attributes.get(climate.ATTR_TARGET_TEMP_HIGH))
        action = _ACTIVITIES.get(_name(attributes.get(climate.ATTR_HVAC_ACTION)) or "")
        if self.platform is Platform.WATER_HEATER:
            action = _TANK_STATUS.get(_name(attributes.get("status")) or "", action)
        away = attributes.get(water_heater.ATTR_AWAY_MODE)
        inferred, working = self._infer(mode, current, target, low, high)
        return Reading(
            available=True,
            mode=mode,
            action=action,
            activity=action or inferred or Activity.IDLE,
            is_blind=(action or inferred) is None,
            working=working,
            current_temperature=current,
            target_temperature=target,
            target_temperature_low=low,
            target_temperature_high=high,
            current_humidity=finite(attributes.get(climate.ATTR_CURRENT_HUMIDITY)),
            target_humidity=finite(attributes.get(climate.ATTR_HUMIDITY)),
            fan_mode=_name(attributes.get(climate.ATTR_FAN_MODE)),
            preset_mode=_name(attributes.get(climate.ATTR_PRESET_MODE)),
            swing_mode=_name(attributes.get(climate.ATTR_SWING_MODE)),
            swing_horizontal_mode=_name(
                attributes.get(climate.ATTR_SWING_HORIZONTAL_MODE)
            ),
            is_away=None if away is None else away == "on",
            source=(
                StateSource.ASSUMED
                if attributes.get(ATTR_ASSUMED_STATE)
                else StateSource.REPORTED
            ),
        )

    def _infer(
        self,
        mode: str | None,
        current: float | None,
        target: float | None,
        low: float | None,
        high: float | None,
    ) -> tuple[Activity | None, Activity | None]:
        """Infer what a unit does that does not report it, and does if it works."""
        previous = self.reading.activity
        current, target, low, high = map(self._celsius, (current, target, low, high))
        if self.platform is Platform.WATER_HEATER:
            activity = infer_tank_activity(
                mode,
                water=current,
                target=target,
                low=low,
                high=high,
                previous=previous,
            )
            return activity, None if activity is Activity.OFF else Activity.HEATING
        mode = one_way(mode, self.capabilities.modes)
        heat_to = low if target is None else target
        cool_to = high if target is None else target
        return (
            infer_room_activity(
                mode,
                room=current,
                heat_to=heat_to,
                cool_to=cool_to,
                previous=previous,
            ),
            working_activity(mode, room=current, heat_to=heat_to, cool_to=cool_to),
        )

    def _celsius(self, value: float | None) -> float | None:
        if value is None:
            return None
        return TemperatureConverter.convert(
            value, self.capabilities.temperature_unit, UnitOfTemperature.CELSIUS
        )


def _name(value: Any) -> str | None:
    """Return a name as text, None for what is none: a unit may say anything."""
    return str(value) if isinstance(value, str | int | float) else None


def _names(value: Any) -> tuple[str, ...] | None:
    """Return a list of names as a tuple, None where the unit has none."""
    if not isinstance(value, list | tuple):
        return None
    return tuple(name for item in value if (name := _name(item)) is not None)


def _whole(value: Any) -> int | None:
    """Return a step as a whole number, None for what is none."""
    step = finite(value)
    return None if step is None or step < 1 else int(step)
