"""What a zone's sensors, people, windows and schedule say, in the core's words.

Temperatures are in °C, humidity in %, times in epoch seconds (UTC).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from homeassistant.components.zone import DOMAIN as ZONE_DOMAIN
from homeassistant.const import STATE_HOME, STATE_ON, UnitOfTemperature
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from .comfort import ComfortConfig
from .core.control import Unit
from .core.room import RoomSensor
from .core.week import Entry, Week
from .sources import NO_READING, finite, read_temperature
from .weekly import async_read_week, read_entry, read_next, read_state
from .zone import Zone


class ZoneSenses:
    """Reads what a zone names beside its unit."""

    def __init__(self, hass: HomeAssistant, zone: Zone, config: ComfortConfig) -> None:
        """Have read nothing yet."""
        self._hass = hass
        self._zone = zone
        self._config = config
        self.sensor = RoomSensor()
        self.humidity_seen: float | None = None
        self.window_since: float | None = None
        self.week: Week | None = None
        self.scheduled: Entry | None = None
        """What the schedule said last: it stands while that cannot be read."""

    @property
    def fahrenheit(self) -> bool:
        """Whether the home counts in °F, and so its schedules do."""
        units = self._hass.config.units
        return units.temperature_unit == UnitOfTemperature.FAHRENHEIT

    @property
    def temperature_basis(self) -> str:
        """Whether the room sensor steers, or the unit's own measurement."""
        return "sensor" if self.sensor.trusted is not None else "unit"

    @property
    def room(self) -> float | None:
        """The °C of the room, as well as it is known."""
        trusted = self.sensor.trusted
        return self._zone.room if trusted is None else trusted

    @property
    def humidity(self) -> float | None:
        """The % of the room's humidity sensor."""
        if self._config.humidity is None:
            return None
        state = self._hass.states.get(self._config.humidity)
        return None if state is None else finite(state.state)

    @property
    def away(self) -> bool:
        """Whether nobody is there. Who is not known does not count."""
        known = [
            is_there
            for entity_id in self._config.presence
            if (is_there := _is_there(self._hass.states.get(entity_id))) is not None
        ]
        return bool(known) and not any(known)

    def entity_ids(self) -> set[str]:
        """Return the entities that the zone reads, but for its unit."""
        config = self._config
        single = (config.temperature, config.humidity, config.schedule)
        return {e for e in (*single, *config.windows, *config.presence) if e}

    def schedule(self, now: float) -> tuple[Entry | None, float | None]:
        """Return what the schedule says, and when it says something else."""
        if self._config.schedule is None:
            return None, None
        state = self._hass.states.get(self._config.schedule)
        entry = read_state(state, fahrenheit=self.fahrenheit)
        if entry is not None and entry != self.scheduled:
            self.scheduled = entry
        # One that cannot be read, while it is loaded or made anew, asks for nothing
        # else: a unit would be turned off for the moment.
        next_change = read_next(state)
        if self.week is None or next_change is None or next_change > now:
            return self.scheduled, next_change
        # Something else came before the schedule's own timer. What it shows is over: a
        # hold that ends with it would give way to it, and one that begins end with it.
        at = datetime.fromtimestamp(now, dt_util.get_default_time_zone())
        change = self.week.next_change(at)
        return self.week.at(at), None if change is None else change[0].timestamp()

    async def async_read_week(self) -> None:
        """Read the schedule's blocks."""
        if self._config.schedule is not None:
            self.week = await async_read_week(
                self._hass, self._config.schedule, fahrenheit=self.fahrenheit
            )

    @callback
    def look(self, now: float, unit: Unit) -> None:
        """Take note of the sensors before a decision."""
        if self._config.temperature is not None:
            self.sensor = self.sensor.see(
                now,
                read_temperature(self._hass.states.get(self._config.temperature)),
                intake=unit.intake,
                works=unit.works,
            )
        self.humidity_seen = self.humidity
        windows = [self._hass.states.get(each) for each in self._config.windows]
        opened = [
            state.last_changed.timestamp()
            for state in windows
            if state is not None and state.state == STATE_ON
        ]
        if not opened:
            self.window_since = None
        elif self.window_since is None:
            self.window_since = min(*opened, now)

    @callback
    def set_clock(self, step: float) -> None:
        """Move what is remembered along with a clock that was set by some s."""
        if self.window_since is not None:
            self.window_since += step
        if self.sensor.at is not None:
            read_at = self.sensor.read_at
            self.sensor = replace(
                self.sensor,
                at=self.sensor.at + step,
                read_at=None if read_at is None else read_at + step,
            )

    def restore(self, schedule: Any) -> None:
        """Take up what the schedule said before a restart, if it is the same one."""
        if (
            isinstance(schedule, Mapping)
            and schedule.get("of") == self._config.schedule
        ):
            self.scheduled = read_entry(schedule)


def _is_there(state: State | None) -> bool | None:
    """Return whether an entity says that somebody is there; None where it does not say."""
    if state is None or state.state in NO_READING:
        return None
    if state.domain == ZONE_DOMAIN:
        count = finite(state.state)
        return None if count is None else count > 0
    return state.state in (STATE_HOME, STATE_ON)
