"""Which entries wrap which unit: at a start each is asked for once, not all for each."""

from collections.abc import Iterator

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.hass_dict import HassKey

from .const import CONF_UNIT, DOMAIN
from .errors import told


class WrappedUnits:
    """The entries by the units of their zones, kept as entries come, change and go."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take the entries as they are, and follow them from now on."""
        self._hass = hass
        self._units: dict[str, list[str]] = {}
        self._entries: dict[str, dict[str, None]] = {}
        for entry in hass.config_entries.async_entries(DOMAIN):
            self.take(entry)
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._changed)

    @callback
    def _changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            self._forget(entry.entry_id)
        else:
            self.take(entry)

    @callback
    def take(self, entry: ConfigEntry) -> list[str]:
        """Take over which units an entry wraps now, and return them."""
        units = [
            unit
            for zone in entry.subentries.values()
            # One that was damaged may name anything.
            if isinstance(unit := zone.data.get(CONF_UNIT), str) and unit
        ]
        if units != self._units.get(entry.entry_id):
            self._forget(entry.entry_id)
            self._units[entry.entry_id] = units
            for unit in units:
                self._entries.setdefault(unit, {})[entry.entry_id] = None
        return units

    def _forget(self, entry_id: str) -> None:
        for unit in self._units.pop(entry_id, ()):
            if (of_unit := self._entries.get(unit)) is not None:
                of_unit.pop(entry_id, None)
                if not of_unit:
                    del self._entries[unit]

    def others(self, unit: str, entry: ConfigEntry) -> Iterator[ConfigEntry]:
        """Yield the other entries that wrap a unit; none that is disabled."""
        for entry_id in self._entries.get(unit, ()):
            other = self._hass.config_entries.async_get_entry(entry_id)
            if other is not None and other is not entry and other.disabled_by is None:
                yield other


_WRAPPED: HassKey[WrappedUnits] = HassKey(f"{DOMAIN}_wrapped_units")


@callback
def async_follow_units(hass: HomeAssistant) -> None:
    """Follow which units are wrapped, for as long as Home Assistant runs."""
    hass.data[_WRAPPED] = WrappedUnits(hass)


@callback
def check_wrapped_once(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Raise ConfigEntryError where a unit is another zone's as well.

    No flow lets that through, but a unit that is renamed to what another was called
    gets there; two zones would each command it as they see fit. Of two systems, the
    one that is loaded keeps it, else the older.
    """
    wrapped = hass.data[_WRAPPED]
    age = (entry.created_at, entry.entry_id)
    known: set[str] = set()
    for unit in wrapped.take(entry):
        first = entry if unit in known else None
        known.add(unit)
        for other in wrapped.others(unit, entry):
            if other.state is ConfigEntryState.LOADED or (
                (other.created_at, other.entry_id) < age
            ):
                first = other
        if first is not None:
            raise told(
                ConfigEntryError,
                "unit_wrapped_twice",
                name=entry.title,
                unit=unit,
                system=first.title,
            )
