"""What a zone's sensors, people, windows and schedule say, in the core's words.

Temperatures are in °C, humidity in %, times in epoch seconds (UTC).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
import math
from typing import Any

from homeassistant.components.zone import DOMAIN as ZONE_DOMAIN
from homeassistant.const import STATE_HOME, STATE_ON, UnitOfTemperature
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from .comfort import ComfortConfig
from .core.control import Unit
from .core.room import LOST, RoomSensor, is_awaited
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
        self._humidity_at: float | None = None
        self.window_since: float | None = None
        self.week: Week | None = None
        self.scheduled: Entry | None = None
        """What the schedule said last: it stands while that cannot be read."""
        self.was_away = False
        """Whether nobody was there before a start, as long as nobody is known since."""
        self._restored_at = -math.inf
        self._there: dict[str, float] = {}
        self._opened: dict[str, float] = {}
        self._windows: tuple[float, tuple[str, ...]] | None = None
        self._change_of: tuple[Any, ...] = ()
        self._change: float | None = None

    @property
    def unit(self) -> str:
        """The degrees that the home counts in, and so its schedules."""
        return self._hass.config.units.temperature_unit

    @property
    def fahrenheit(self) -> bool:
        """Whether these are °F."""
        return self.unit == UnitOfTemperature.FAHRENHEIT

    @property
    def temperature_basis(self) -> str:
        """Whether the room sensor steers, or the unit's own measurement."""
        return "sensor" if self.sensor.trusted is not None else "unit"

    @property
    def awaits_room(self) -> bool:
        """Whether the room sensor has told nothing since the start, and is not lost yet."""
        sensor = self.sensor
        return (
            self._config.temperature is not None
            and sensor.value is None
            and sensor.problem is None
        )

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

    def awaits_humidity(self, now: float) -> bool:
        """Return whether its sensor tells nothing, and is not lost yet."""
        if self._config.humidity is None or self.humidity is not None:
            return False
        return is_awaited(self._humidity_at, now)

    @property
    def away(self) -> bool:
        """Whether nobody is there. Who is not known does not count.

        But who was there when their phone was lost is, for a while. After a start it is
        as it was before, for a while, until somebody is known.
        """
        known = [each for each in self._presence().values() if each is not None]
        return not (any(known) or self._there) if known else self.was_away

    def _presence(self) -> dict[str, bool | None]:
        """Return of each whether they are there; None where that is not known."""
        return {
            entity_id: _is_there(self._hass.states.get(entity_id))
            for entity_id in self._config.presence
        }

    def _look_at_people(self, now: float) -> None:
        for each, is_there in self._presence().items():
            _see(self._there, each, is_there, now)
            if is_there is not None:
                self.was_away = False
        if now - self._restored_at >= LOST:
            self.was_away = False

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
        if self.week is None or next_change is None:
            return self.scheduled, next_change
        if next_change > now:
            return self.scheduled, self._change_after(next_change)
        # Something else came before the schedule's own timer. What it shows is over: a
        # hold that ends with it would give way to it, and one that begins end with it.
        at = datetime.fromtimestamp(now, dt_util.get_default_time_zone())
        change = self.week.next_change(at)
        return self.week.at(at), None if change is None else change[0].timestamp()

    def _change_after(self, edge: float) -> float | None:
        """Return when the schedule says something else, from the next edge of its blocks.

        No block goes over midnight: a night is two that say the same, and a hold does
        not end between them. None where it never says anything else.
        """
        of = (self.week, self.scheduled, edge)
        if of != self._change_of:
            self._change_of, self._change = of, edge
            at = datetime.fromtimestamp(edge, dt_util.get_default_time_zone())
            if self.week is not None and self.week.at(at) == self.scheduled:
                change = self.week.next_change(at)
                self._change = None if change is None else change[0].timestamp()
        return self._change

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
        if self.humidity_seen is not None or self._humidity_at is None:
            self._humidity_at = now
        self._look_at_people(now)
        self._look_at_windows(now)

    def _look_at_windows(self, now: float) -> None:
        """Take note of the windows; one that does not tell is as it was, for a while.

        A start, or a weak battery, would else heat beside a window that is open.
        """
        since = now
        for each in self._config.windows:
            is_open = None
            state = self._hass.states.get(each)
            if state is not None and state.state not in NO_READING:
                is_open = state.state == STATE_ON
                if is_open:
                    since = min(since, state.last_changed.timestamp())
            _see(self._opened, each, is_open, now)
        if not self._opened:
            self.window_since = None
        elif self.window_since is None:
            self.window_since = since

    @callback
    def set_clock(self, step: float) -> None:
        """Move what is remembered along with a clock that was set by some s."""
        if self.window_since is not None:
            self.window_since += step
        self._restored_at += step
        if self._humidity_at is not None:
            self._humidity_at += step
        self._there = {each: at + step for each, at in self._there.items()}
        self._opened = {each: at + step for each, at in self._opened.items()}
        if self.sensor.at is not None:
            read_at = self.sensor.read_at
            self.sensor = replace(
                self.sensor,
                at=self.sensor.at + step,
                read_at=None if read_at is None else read_at + step,
            )

    @property
    def windows(self) -> tuple[float, tuple[str, ...]] | None:
        """Since when a window is open, and which are; the same again while they are."""
        windows = None
        if self.window_since is not None:
            windows = (self.window_since, tuple(sorted(self._opened)))
        if windows != self._windows:
            self._windows = windows
        return self._windows

    def restore(self, schedule: Any, windows: Any, now: float) -> None:
        """Take up what the schedule and the windows said before a restart.

        That is of the same schedule, and of windows that are still the zone's.
        """
        if (
            isinstance(schedule, Mapping)
            and schedule.get("of") == self._config.schedule
        ):
            self.scheduled = read_entry(schedule)
        if isinstance(windows, Mapping):
            since, names = finite(windows.get("since")), windows.get("open")
            if since is not None and isinstance(names, list):
                known = [each for each in self._config.windows if each in names]
                self._opened = dict.fromkeys(known, now)
                self.window_since = min(since, now) if known else None

    def restore_people(self, now: float, *, was_away: bool) -> None:
        """Take up whether nobody was there before a restart, until they are known."""
        self._restored_at = now
        self.was_away = was_away and bool(self._config.presence)
        if not was_away:
            self._there = dict.fromkeys(self._config.presence, now)


def _see(seen: dict[str, float], each: str, is_so: bool | None, now: float) -> None:
    """Take note of when something was so last; what does not tell is as it was, for a while."""
    if is_so:
        seen[each] = now
    elif is_so is False or now - seen.get(each, now) >= LOST:
        seen.pop(each, None)


def _is_there(state: State | None) -> bool | None:
    """Return whether an entity says that somebody is there; None where it does not say."""
    if state is None or state.state in NO_READING:
        return None
    if state.domain == ZONE_DOMAIN:
        count = finite(state.state)
        return None if count is None else count > 0
    return state.state in (STATE_HOME, STATE_ON)
