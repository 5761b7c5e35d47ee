"""What a plan's entities tell: the price that it follows, and when a critical peak is."""

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, State, callback

from .core.price import PriceSeries
from .core.tariff.forecast import Forecast, read_forecast
from .pricing import PriceReader, price_factor_of
from .sources import Reader


class PlanSources:
    """The prices and the peaks that were told, and the prices that are told ahead."""

    def __init__(
        self, hass: HomeAssistant, price_entity: str | None, event_entity: str | None
    ) -> None:
        """Know nothing yet."""
        self._hass = hass
        self.price_entity = price_entity
        self.event_entity = event_entity
        self.spots = PriceSeries()
        self.events = PriceSeries()
        self.forecast = Forecast()
        self._reader = PriceReader()

    @property
    def spot(self) -> float | None:
        """The price entity's price now."""
        return self.spots.last

    @property
    def is_event(self) -> bool:
        """Whether it is a critical peak now."""
        return bool(self.events.last)

    def readers(self) -> dict[str, Reader]:
        """Return the entities that are read here, and how."""
        readers: dict[str, Reader] = {}
        if self.price_entity:
            readers[self.price_entity] = self._read_spot
        if self.event_entity:
            readers[self.event_entity] = self._read_event
        return readers

    @callback
    def see(self, at: float) -> None:
        """Look at a doubtful price once more: that it lasts, no event tells."""
        if self._reader.is_doubtful and self.price_entity:
            self._read_spot(at, self._hass.states.get(self.price_entity))

    @callback
    def forget(self, before: float) -> None:
        """Forget what ended before a time."""
        self.spots = self.spots.since(before)
        self.events = self.events.since(before)

    @callback
    def _read_spot(self, at: float, state: State | None) -> None:
        currency = self._hass.config.currency
        price = self._reader.read(at, state, currency)
        if not self.spots.times or price != self.spot:
            self.spots = self.spots.set(at, price)
        factor = price_factor_of(state, currency)
        if state is not None and factor is not None and not self._reader.is_doubtful:
            self.forecast = read_forecast(state.attributes, factor)

    @callback
    def _read_event(self, at: float, state: State | None) -> None:
        is_on = state is not None and state.state == STATE_ON
        if not self.events.times or is_on != self.is_event:
            self.events = self.events.set(at, float(is_on))
