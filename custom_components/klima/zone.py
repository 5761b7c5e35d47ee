"""The runtime of one zone: a driver, and who wants to know of its unit."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import Platform, UnitOfTemperature
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.util.unit_conversion import TemperatureConverter

from .core.activity import COOLING_ACTIVITIES, Activity
from .core.family import is_of_water
from .drivers import Driver
from .drivers.create import create_driver


class Zone:
    """One place that a system serves through one unit."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry
    ) -> None:
        """Set up the driver that the subentry names."""
        self.subentry_id = subentry.subentry_id
        self.name = subentry.title
        self.data = subentry.data
        self.async_reckon: Callable[[], None] | None = None
        self.is_behind = False
        self.device_info: DeviceInfo | None = None
        self.driver: Driver = create_driver(hass, entry, subentry)
        self._noted = (self.driver.capabilities, self.driver.reading)
        self.listeners: list[Callable[[], None]] = []
        """Who is called whenever the unit's reading changed."""

    @property
    def is_tank(self) -> bool:
        """Whether it is a tank of hot water."""
        return self.driver.platform is Platform.WATER_HEATER

    @property
    def heats_water(self) -> bool:
        """Whether it heats water: a tank, or a thermostat of one or of a flow."""
        offer = self.driver.capabilities
        return self.is_tank or is_of_water(offer.modes, self.celsius(offer.max_temp))

    @property
    def activity(self) -> Activity:
        """What the zone's unit does now."""
        return self.driver.reading.activity

    @property
    def room(self) -> float | None:
        """The temperature that the unit measures, in °C."""
        return self.celsius(self.driver.reading.current_temperature)

    @property
    def target(self) -> float | None:
        """The temperature that the unit works towards, in °C."""
        reading = self.driver.reading
        target = reading.target_temperature
        if target is None:
            # A tank that tells where it starts and stops works towards the latter.
            target = (
                reading.target_temperature_high
                if self.is_tank or self.activity in COOLING_ACTIVITIES
                else reading.target_temperature_low
            )
        return self.celsius(target)

    def celsius(self, value: float | None) -> float | None:
        """Return a temperature of the unit's in °C."""
        unit = self.driver.capabilities.temperature_unit
        # Mostly there is nothing to convert, and it is asked for often.
        if value is None or unit == UnitOfTemperature.CELSIUS:
            return value
        return TemperatureConverter.convert(value, unit, UnitOfTemperature.CELSIUS)

    def from_celsius(self, celsius: float) -> float:
        """Return °C in the unit's own scale."""
        return TemperatureConverter.convert(
            celsius,
            UnitOfTemperature.CELSIUS,
            self.driver.capabilities.temperature_unit,
        )

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow the unit."""
        return self.driver.async_start(self._async_notify)

    async def async_command(
        self, action: str, data: Mapping[str, Any], context: Context | None
    ) -> None:
        """Carry out what the user asks of the unit."""
        await self.driver.async_command(action, data, context)

    def diagnostics(self) -> dict[str, Any]:
        """Return what helps to understand its unit."""
        return {
            "platform": self.driver.platform,
            "features": self.driver.capabilities.features,
            "modes": self.driver.capabilities.modes,
            "available": self.driver.reading.available,
            "activity": self.activity,
            "source": self.driver.reading.source,
            "driver": self.driver.diagnostics(),
        }

    @callback
    def note(self) -> None:
        """Take note that the reading was reckoned with."""
        self._noted = (self.driver.capabilities, self.driver.reading)
        self.is_behind = False

    @callback
    def _async_notify(self) -> None:
        offer, reading = self._noted
        if self.driver.capabilities is offer and self.driver.reading.is_about(reading):
            # It is shown at once; what is reckoned of it can wait for the minute.
            self.is_behind = True
        elif self.async_reckon is not None:
            # What is decided about a reading comes before who shows both.
            self.async_reckon()
        for listener in tuple(self.listeners):
            listener()
