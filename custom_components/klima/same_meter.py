"""Systems that count the same electricity: by one entity, or by two that say the same.

The indoor units of a multi-split often report one counter, the outdoor unit's, each
under a name of its own. Made a system each, they would count it once for each.
"""

from collections.abc import Iterable, Iterator

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from .const import CONF_ENERGY, CONF_KIND, CONF_POWER, DOMAIN, EntryKind
from .issues import async_take_back, async_tell
from .sources import read_energy

ISSUE_SAME_METER = "same_meter"

SAME_READINGS = 12
"""Hourly readings in a row, each another than before, that two counters must share.

Two daily counters in tenths of a kWh are equal now and then, but not twelve times on end.
"""

type _Pair = tuple[str, str]


class MeterWatch:
    """Compares the meters of all systems, and tells which are one."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with no readings."""
        self._hass = hass
        self._shared: dict[_Pair, tuple[float, int]] = {}
        self._twins: set[_Pair] = set()
        self._hour = 0

    @callback
    def compare(self, systems: Iterable[ConfigEntry]) -> None:
        """Tell of each system whose meter is also an older one's; take back what is not so."""
        first: dict[str, ConfigEntry] = {}
        for entry in _by_age(systems):
            found: tuple[ConfigEntry, str, str] | None = None
            for meter in _meters(entry):
                if (other := first.setdefault(meter, entry)) is not entry:
                    found = (other, meter, meter)
                for one, twin in self._twins:
                    if twin == meter and (other := first.get(one, entry)) is not entry:
                        found = (other, one, meter)
            if found is None:
                # That two counters say the same takes hours to be seen anew.
                async_take_back(self._hass, entry, ISSUE_SAME_METER, is_over=False)
                continue
            other, theirs, ours = found
            async_tell(
                self._hass,
                entry,
                ISSUE_SAME_METER,
                other=other.title,
                meter=ours,
                other_meter=theirs,
            )

    @callback
    def look(self, hour: int) -> None:
        """Compare the readings of the counters as they are now, once an hour."""
        if hour == self._hour:
            return
        self._hour = hour
        systems = _by_age(_systems(self._hass))
        alike: dict[float, str] = {}
        shared: dict[_Pair, tuple[float, int]] = {}
        for entry in systems:
            counter = entry.data.get(CONF_ENERGY)
            if not isinstance(counter, str):
                continue
            kwh = round(read_energy(self._hass.states.get(counter)) or 0.0, 6)
            if not kwh:
                continue
            if (older := alike.setdefault(kwh, counter)) == counter:
                continue
            before, times = self._shared.get((older, counter), (0.0, 0))
            shared[older, counter] = (kwh, times + (kwh != before))
        self._shared = shared
        twins = {pair for pair, (_, times) in shared.items() if times >= SAME_READINGS}
        if twins - self._twins:
            # Once seen it holds: the next readings may come a moment apart.
            self._twins |= twins
            self.compare(systems)


def _by_age(systems: Iterable[ConfigEntry]) -> list[ConfigEntry]:
    return sorted(systems, key=lambda entry: (entry.created_at, entry.entry_id))


def _meters(entry: ConfigEntry) -> Iterator[str]:
    """Yield the meters of a system; one that was damaged may name anything."""
    for field in (CONF_ENERGY, CONF_POWER):
        if isinstance(meter := entry.data.get(field), str) and meter:
            yield meter


_WATCH: HassKey[MeterWatch] = HassKey(f"{DOMAIN}_meters")


def _systems(
    hass: HomeAssistant, without: ConfigEntry | None = None
) -> list[ConfigEntry]:
    return [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        if entry.data.get(CONF_KIND) == EntryKind.SYSTEM and entry is not without
    ]


@callback
def async_watch_meters(hass: HomeAssistant) -> None:
    """Compare the meters of the systems for as long as Home Assistant runs."""
    watch = hass.data[_WATCH] = MeterWatch(hass)

    @callback
    def started(_hass: HomeAssistant) -> None:
        watch.compare(_systems(hass))

    async_at_started(hass, started)


@callback
def async_look_at_meters(hass: HomeAssistant, hour: int) -> None:
    """Compare the readings of the counters, if nobody did in this hour (of the epoch)."""
    hass.data[_WATCH].look(hour)


@callback
def async_compare_meters(
    hass: HomeAssistant, without: ConfigEntry | None = None
) -> None:
    """Compare which meters there are, but for an entry that is leaving.

    While Home Assistant starts that is left to its end: once for all of them.
    """
    if hass.is_running:
        hass.data[_WATCH].compare(_systems(hass, without))
