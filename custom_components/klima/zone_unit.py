"""The unit of a zone in the core's words: what it accepts, what it does, how it is set."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from homeassistant.components.climate import (
    ATTR_HVAC_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_TEMPERATURE,
    ClimateEntityFeature,
)
from homeassistant.const import ATTR_TEMPERATURE, SERVICE_TURN_OFF, UnitOfTemperature
from homeassistant.core import Context, callback

from .core.control import Limits, Mode, Setting, Unit
from .drivers import Capabilities
from .zone import Zone

_MODES = {mode.value: mode for mode in Mode}

_TARGETS = (
    ClimateEntityFeature.TARGET_TEMPERATURE
    | ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
)

MOMENT = 1.0
"""s that a unit has to tell of its new mode before it is told of its target: those that
are not asked for by the cloud, or now and then, do."""

BEYOND = 1.5
"""K beyond a unit's range from which what it tells is no target: nobody can have set that."""

SHOWN = 0.3
"""K by which a unit's range may end before what is shown of it: half a °F."""


class ZoneUnit:
    """Reads and sets the unit of a zone that has a thermostat."""

    def __init__(self, zone: Zone) -> None:
        """Know nothing of it yet."""
        self._zone = zone
        self._limits: Limits | None = None
        self._limits_of: Capabilities | None = None
        self._turned: str | None = None
        """The mode that it was just told, where its target was left to another command."""

    def limits(self) -> Limits:
        """Return what the unit accepts; worked out anew when it offers something else."""
        capabilities = self._zone.driver.capabilities
        if capabilities is self._limits_of and self._limits is not None:
            return self._limits
        self._limits_of = capabilities
        self._limits = self._read_limits(capabilities)
        return self._limits

    def _read_limits(self, capabilities: Capabilities) -> Limits:
        fahrenheit = capabilities.temperature_unit == UnitOfTemperature.FAHRENHEIT
        low = self._zone.celsius(capabilities.min_temp)
        high = self._zone.celsius(capabilities.max_temp)
        features = ClimateEntityFeature(capabilities.features)
        modes = frozenset(_MODES[mode] for mode in capabilities.modes if mode in _MODES)
        if not features & _TARGETS:
            # In a mode without a target, its ends are none: some tell 0 and 1.
            return replace(self._limits or Limits(fahrenheit=fahrenheit), modes=modes)
        return Limits(
            modes=modes,
            minimum=16.0 if low is None else low,
            maximum=30.0 if high is None else high,
            step=capabilities.temperature_step or (1.0 if fahrenheit else 0.5),
            fahrenheit=fahrenheit,
            has_range=bool(features & ClimateEntityFeature.TARGET_TEMPERATURE_RANGE),
        )

    def narrow(self, setting: Setting) -> Setting | None:
        """Take note that a setting was out of the unit's range; return one within it.

        A unit that counts in °C shows its ends in whole °F: 31 °C are 88, which it
        does not take. None where the setting lies at no end.
        """
        limits = self.limits()
        ends = (setting.target, setting.low, setting.high)
        lowest, highest = limits.minimum + 1e-6, limits.maximum - 1e-6
        if any(at is not None and at >= highest for at in ends):
            limits = replace(limits, maximum=limits.maximum - SHOWN)
        elif any(at is not None and at <= lowest for at in ends):
            limits = replace(limits, minimum=limits.minimum + SHOWN)
        else:
            return None
        if limits.minimum >= limits.maximum:
            return None
        # For as long as it offers the same.
        self._limits = limits
        target, low, high = (None if at is None else limits.rounded(at) for at in ends)
        return Setting(mode=setting.mode, target=target, low=low, high=high)

    def now(self) -> Unit:
        """Return the unit as it is known now."""
        reading = self._zone.driver.reading
        mode = _MODES.get(reading.mode or "")
        if not reading.available or mode is None:
            return Unit(available=False, limits=self.limits())
        limits = self.limits()
        target, low, high = (
            celsius
            if (celsius := self._zone.celsius(told)) is not None
            and abs(limits.held(celsius) - celsius) <= BEYOND
            else None
            for told in (
                reading.target_temperature,
                reading.target_temperature_low,
                reading.target_temperature_high,
            )
        )
        return Unit(
            available=True,
            setting=Setting(mode=mode, target=target, low=low, high=high),
            is_undone=reading.is_undone,
            intake=self._zone.room,
            activity=reading.activity,
            limits=limits,
        )

    async def async_set(
        self,
        setting: Setting,
        context: Context | None,
        still_asked: Callable[[], bool],
        *,
        turns: bool,
    ) -> None:
        """Set the unit, in as few actions as it takes; `turns`: its mode in any case.

        Another target may be asked for while it turns over, as HomeKit asks for a mode
        and its target apart: then it is `still_asked` for no more, and left to that.
        """
        driver = self._zone.driver
        mode = setting.mode.value
        told, self._turned = self._turned, None
        if turns := turns or driver.reading.mode != mode:
            if setting.mode is Mode.OFF and mode not in driver.capabilities.modes:
                # One that has neither is never off.
                if driver.capabilities.features & ClimateEntityFeature.TURN_OFF:
                    await self._zone.async_command(SERVICE_TURN_OFF, {}, context)
                return
            if told != mode:
                await self._zone.async_command(
                    SERVICE_SET_HVAC_MODE, {ATTR_HVAC_MODE: mode}, context
                )
        if setting.mode in (Mode.OFF, Mode.FAN_ONLY, Mode.DRY):
            return
        if turns:
            with suppress(TimeoutError):
                await self._async_tells(mode)
            if not still_asked():
                self._turned = mode
                return
        # In another mode it may take what it did not before.
        features = ClimateEntityFeature(driver.capabilities.features)
        # Until it tells of its new mode, many a thermostat takes a temperature for the
        # one of the mode that it knows of, and one that is off drops it. Else the mode
        # is not told twice: some beep each time.
        known = {} if driver.reading.mode == mode else {ATTR_HVAC_MODE: mode}
        if setting.low is not None and setting.high is not None:
            if features & ClimateEntityFeature.TARGET_TEMPERATURE_RANGE:
                await self._zone.async_command(
                    SERVICE_SET_TEMPERATURE,
                    known
                    | {
                        ATTR_TARGET_TEMP_LOW: self._out(setting.low),
                        ATTR_TARGET_TEMP_HIGH: self._out(setting.high),
                    },
                    context,
                )
        elif (
            setting.target is not None
            and features & ClimateEntityFeature.TARGET_TEMPERATURE
        ):
            await self._zone.async_command(
                SERVICE_SET_TEMPERATURE,
                known | {ATTR_TEMPERATURE: self._out(setting.target)},
                context,
            )

    async def _async_tells(self, mode: str) -> None:
        """Wait until the unit tells of a mode; raises TimeoutError after a moment."""
        told = asyncio.Event()

        @callback
        def look() -> None:
            if self._zone.driver.reading.mode == mode:
                told.set()

        # What it told at once is read in the loop's next turn.
        await asyncio.sleep(0)
        look()
        self._zone.listeners.append(look)
        try:
            async with asyncio.timeout(MOMENT):
                await told.wait()
        finally:
            self._zone.listeners.remove(look)

    def _out(self, celsius: float) -> float:
        """Return °C in the unit's own scale, without what the conversion left over."""
        return round(self._zone.from_celsius(celsius), 2)
