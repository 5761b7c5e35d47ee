"""The temperature outdoors of a system: its sensor, else the weather, else what is usual."""

from homeassistant.components.weather import DOMAIN as WEATHER_DOMAIN
from homeassistant.core import HomeAssistant, State, callback

from .core.outdoor import (
    SUN_GAP,
    OutdoorBasis,
    SunFilter,
    normal_temperature,
    plausible,
)
from .sources import read_temperature


class Outdoor:
    """What a system knows of the temperature outdoors, and from where.

    `reported` is what was measured or forecast for now, None where nobody
    tells; `temperature` has an answer always, but of what stands `indoors`: the air
    around it is that of its room, of which the weather says nothing.
    """

    def __init__(
        self, hass: HomeAssistant, source: str | None, *, indoors: bool = False
    ) -> None:
        """Know nothing yet."""
        self.indoors = indoors
        self._hass = hass
        self._source = source
        self._filter = SunFilter()
        self._sensor: float | None = None
        self.temperature: float | None = None
        self.basis: OutdoorBasis | None = None
        """Where it is from; None while nothing is known."""

    @property
    def reported(self) -> float | None:
        """The temperature in °C, where a sensor or the weather tells it."""
        if self.basis is OutdoorBasis.CLIMATE_NORMALS:
            return None
        return self.temperature

    @callback
    def read(self, at: float, state: State | None) -> None:
        """Take the state of the system's own source."""
        reading = plausible(read_temperature(state))
        if state is not None and state.domain == WEATHER_DOMAIN:
            self._sensor = reading
        else:
            self._sensor = self._filter.read(at, reading)
        self.update(at)

    @callback
    def update(self, at: float) -> None:
        """Choose the best that is known now."""
        weather = None if self.indoors else self._weather()
        sensor = self._sensor
        is_weather = self._source is not None and self._source.startswith("weather.")
        if (
            sensor is not None
            and weather is not None
            and not is_weather
            and sensor > weather + SUN_GAP
        ):
            sensor = None
        if sensor is not None:
            self.temperature = sensor
            self.basis = OutdoorBasis.WEATHER if is_weather else OutdoorBasis.SENSOR
        elif weather is not None:
            self.temperature, self.basis = weather, OutdoorBasis.WEATHER
        elif self.indoors:
            self.temperature = self.basis = None
        else:
            self.temperature = normal_temperature(
                self._hass.config.latitude, at, self._hass.config.longitude
            )
            self.basis = OutdoorBasis.CLIMATE_NORMALS

    def _weather(self) -> float | None:
        """Return what the first weather entity that can be read tells."""
        for entity_id in sorted(self._hass.states.async_entity_ids(WEATHER_DOMAIN)):
            reading = plausible(read_temperature(self._hass.states.get(entity_id)))
            if reading is not None:
                return reading
        return None
