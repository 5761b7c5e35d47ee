"""Where the price of a system's electricity is read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
import logging
from typing import TYPE_CHECKING, Any, cast

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State

from .config import SystemConfig
from .core.price import PriceUnitError, is_plausible, price_factor
from .sources import NO_READING, finite

if TYPE_CHECKING:
    from homeassistant.components.energy.data import EnergyManager

_LOGGER = logging.getLogger(__name__)

OLD_FIGURE = 3600.0
"""s after which a price that only changed its unit is believed: most are told each hour."""


@dataclass(frozen=True, slots=True)
class PriceSource:
    """A price per kWh in the home's currency, the entity that tells it, or a plan."""

    price: float | None = None
    entity_id: str | None = None
    plan: str | None = None


async def async_price_source(
    hass: HomeAssistant, config: SystemConfig
) -> PriceSource | None:
    """Return where a system's price is read, None where there is none.

    What the user chose for the system comes first; with nothing chosen, what
    the Energy dashboard prices the grid's energy with.
    """
    if config.plan is not None:
        return PriceSource(plan=config.plan)
    if config.price_entity is not None:
        return PriceSource(entity_id=config.price_entity)
    if config.price is not None:
        return PriceSource(price=config.price)
    manager = await _async_manager(hass)
    if manager is None or manager.data is None:
        return None
    for source in manager.data["energy_sources"]:
        if source["type"] != "grid":
            continue
        grid = cast("dict[str, Any]", source)
        if (entity_id := grid.get("entity_energy_price")) is not None:
            return PriceSource(entity_id=entity_id)
        if (price := grid.get("number_energy_price")) is not None:
            return PriceSource(price=price)
    return None


async def async_watch_dashboard(
    hass: HomeAssistant, changed: Callable[[], Awaitable[None]]
) -> None:
    """Call `changed` whenever the Energy dashboard's settings are.

    There is no way to stop that, so it is asked for once only.
    """
    if (manager := await _async_manager(hass)) is not None:
        manager.async_listen_updates(changed)


async def _async_manager(hass: HomeAssistant) -> EnergyManager | None:
    """Return who keeps the settings of the Energy dashboard, None where there is nobody.

    That is private to Home Assistant: it may be another in any version.
    """
    if "energy" not in hass.config.components:
        return None
    try:
        from homeassistant.components.energy.data import async_get_manager  # noqa: PLC0415
    except ImportError as err:
        _LOGGER.warning("The Energy dashboard's price cannot be read: %s", err)
        return None
    return await async_get_manager(hass)


def read_price(state: State | None, currency: str) -> float | None:
    """Return a price entity's state per kWh in the home's currency."""
    if state is None or state.state in NO_READING:
        return None
    if (value := finite(state.state)) is None:
        return None
    factor = price_factor_of(state, currency)
    if factor is None or not is_plausible(price := value * factor, currency):
        return None
    return price


class PriceReader:
    """Reads the states of one price entity, and tells which say nothing of the price.

    Where an entity is announced anew in another unit, MQTT shows the old figure in it until
    the next one comes: 25 ct/kWh would cost 25 euros for that hour, for good.
    """

    __slots__ = ("_doubted", "_figure", "_price", "_unit")

    def __init__(self) -> None:
        """Start with nothing read."""
        self._figure = ""
        self._unit: Any = None
        self._price: float | None = None
        self._doubted: float | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether the price before still holds in place of what is shown."""
        return self._doubted is not None

    def read(self, at: float, state: State | None, currency: str) -> float | None:
        """Return the price per kWh, None where there is none.

        An old figure in another unit is believed once it lasts: it may have been the
        unit that was wrong.
        """
        price = read_price(state, currency)
        if price is None:
            return None
        assert state is not None
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        if state.state == self._figure and unit != self._unit and price != self._price:
            self._doubted = at if self._doubted is None else self._doubted
            if at - self._doubted < OLD_FIGURE:
                return self._price
        self._figure, self._unit = state.state, unit
        self._price, self._doubted = price, None
        return price


def price_factor_of(state: State | None, currency: str) -> float | None:
    """Return what a price entity's prices are multiplied with, None if they are none."""
    if state is None:
        return None
    try:
        return price_factor(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT), currency)
    except PriceUnitError:
        return None
