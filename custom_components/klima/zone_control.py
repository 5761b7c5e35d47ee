"""The control of one zone: what its sensors and its week say, put to the core.

A zone with no comfort settings, or whose automation is off, is a plain
pass-through: nothing is sent to its unit that its user did not send.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
import logging
import math
from typing import Any

from homeassistant.components.zone import DOMAIN as ZONE_DOMAIN
from homeassistant.const import (
    PRECISION_TENTHS,
    STATE_HOME,
    STATE_ON,
    UnitOfTemperature,
)
from homeassistant.core import Context, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.temperature import display_temp
from homeassistant.util import dt as dt_util

from .comfort import ComfortConfig
from .const import DOMAIN
from .control_needs import Conductor
from .core.activity import Activity
from .core.control import (
    Decision,
    Direction,
    Goal,
    Inputs,
    Memory,
    Mode,
    Reason,
    Unit,
    Wish,
    boost,
    changed,
    clear_preset,
    hold,
    moved,
    not_after,
    release,
    set_preset,
    set_target_humidity,
)
from .core.control.user import default_mode
from .core.control.wish import paused, standing
from .core.foresight import STEP, STEPS, Outlook, advise
from .core.room import RoomSensor
from .core.thermal import LEARNS, RoomModel
from .core.week import Entry, Week
from .permissions import async_check_zone
from .sources import NO_READING, finite, read_temperature
from .store import UNREADABLE
from .weekly import async_read_week, read_entry, read_next, read_state
from .zone import Zone
from .zone_kept import Remembered, ZoneKept, goal_from
from .zone_unit import ZoneUnit

_LOGGER = logging.getLogger(__name__)


class ZoneControl:
    """The control of one zone: its sensors, its memory, its last decision."""

    def __init__(
        self,
        hass: HomeAssistant,
        system: Conductor[ZoneControl],
        zone: Zone,
        config: ComfortConfig,
    ) -> None:
        """Start with nothing remembered."""
        self._hass = hass
        self._system = system
        self.zone = zone
        self.unit = ZoneUnit(zone)
        self.config = config
        self.memory = Memory()
        self.model = RoomModel()
        self._kept = ZoneKept()
        self.sensor = RoomSensor()
        self.humidity_seen: float | None = None
        self.told: tuple[str | None, str | None] | None = None
        """The problem of its sensor, and the unknown of its schedule, that users know."""
        self.decision: Decision | None = None
        self.automation = config.is_set
        self.window_since: float | None = None
        self.week: Week | None = None
        self._scheduled: Entry | None = None
        self._asked_last: Memory | None = None
        self.goal: Goal | None = None
        self._goal_at = self._learned_at = -math.inf
        self._goal_of: tuple[Any, ...] = ()
        self._goal_in: tuple[Any, ...] = ()
        self._begins_anew = False
        self.listeners: list[Callable[[], None]] = []
        """Who is called whenever what the zone shows changed."""
        self.shown: tuple[Any, ...] = ()
        """What it shows; another tuple once that is another."""

    # What the entities show

    @property
    def active(self) -> bool:
        """Whether the zone is controlled, and not only passed through."""
        return self.automation

    @property
    def reason(self) -> Reason:
        """Why the unit does what it does now."""
        if not self.active:
            return Reason.AUTOMATION_OFF if self.config.is_set else Reason.PASS_THROUGH
        if self.decision is None:
            return Reason.UNIT_UNAVAILABLE
        return self.decision.reason

    @property
    def rule(self) -> str | None:
        """What there is to say beyond the reason."""
        return self.decision.rule if self.active and self.decision else None

    @property
    def temperature_basis(self) -> str:
        """Whether the room sensor steers, or the unit's own measurement."""
        return "sensor" if self.sensor.trusted is not None else "unit"

    @property
    def room(self) -> float | None:
        """The °C of the room, as well as it is known."""
        trusted = self.sensor.trusted
        return self.zone.room if trusted is None else trusted

    @property
    def humidity(self) -> float | None:
        """The % of the room's humidity sensor."""
        if self.config.humidity is None:
            return None
        state = self._hass.states.get(self.config.humidity)
        return None if state is None else finite(state.state)

    @property
    def window_open(self) -> bool:
        """Whether an open window pauses the zone."""
        return bool(self.active and self.config.windows) and paused(
            self.config.comfort, self.inputs(dt_util.utcnow().timestamp()), self.memory
        )

    @property
    def stands(self) -> Wish:
        """The wish that the thermostat shows."""
        if self.decision is not None:
            return self.decision.stands
        inputs = self.inputs(dt_util.utcnow().timestamp())
        return standing(self.config.comfort, inputs, self.memory)[0]

    @callback
    def async_notify(self) -> None:
        """Tell the listeners, if anything changed for them."""
        shown = (
            self.active,
            self.reason,
            self.rule,
            self.temperature_basis,
            # As a thermostat shows it: its hundredths write no state.
            display_temp(
                self._hass, self.room, UnitOfTemperature.CELSIUS, PRECISION_TENTHS
            ),
            self.humidity,
            self.window_open,
            self.stands,
            self.memory.target_humidity,
        )
        if shown == self.shown:
            return
        self.shown = shown
        for listener in tuple(self.listeners):
            listener()

    # What is read

    def entity_ids(self) -> set[str]:
        """Return the entities that the zone reads, but for its unit."""
        config = self.config
        single = (config.temperature, config.humidity, config.schedule)
        return {e for e in (*single, *config.windows, *config.presence) if e}

    def inputs(self, now: float) -> Inputs:
        """Return all that a decision is made of."""
        schedule, next_change = self._schedule(now)
        return Inputs(
            now=now,
            unit=self.unit.now(),
            room=self.sensor.trusted,
            humidity=self.humidity,
            outdoor=self._system.outdoor,
            window_since=self.window_since,
            away=self._away(),
            schedule=schedule,
            next_change=next_change,
            goal=self.goal,
        )

    @property
    def price(self) -> float | None:
        """What the next kWh costs."""
        return self._system.price

    @property
    def fahrenheit(self) -> bool:
        """Whether the home counts in °F."""
        return self._system.fahrenheit

    @property
    def schedule(self) -> Entry | None:
        """What the schedule says now."""
        return self._schedule(dt_util.utcnow().timestamp())[0]

    def _schedule(self, now: float) -> tuple[Entry | None, float | None]:
        """Return what the schedule says, and when it says something else."""
        if self.config.schedule is None:
            return None, None
        state = self._hass.states.get(self.config.schedule)
        entry = read_state(state, fahrenheit=self.fahrenheit)
        if entry is not None and entry != self._scheduled:
            self._scheduled = entry
        # One that cannot be read, while it is loaded or made anew, asks for nothing
        # else: a unit would be turned off for the moment.
        next_change = read_next(state)
        if self.week is None or next_change is None or next_change > now:
            return self._scheduled, next_change
        # Something else came before the schedule's own timer. What it shows is over: a
        # hold that ends with it would give way to it, and one that begins end with it.
        at = datetime.fromtimestamp(now, dt_util.get_default_time_zone())
        change = self.week.next_change(at)
        return self.week.at(at), None if change is None else change[0].timestamp()

    def _away(self) -> bool:
        """Return whether nobody is there. Who is not known does not count."""
        known = [
            is_there
            for entity_id in self.config.presence
            if (is_there := _is_there(self._hass.states.get(entity_id))) is not None
        ]
        return bool(known) and not any(known)

    @callback
    def look(self, now: float) -> None:
        """Take note of the sensors before a decision."""
        unit = self.unit.now()
        if self.config.temperature is not None:
            self.sensor = self.sensor.see(
                now,
                read_temperature(self._hass.states.get(self.config.temperature)),
                intake=unit.intake,
                works=unit.works,
            )
        self.humidity_seen = self.humidity
        states = [self._hass.states.get(entity_id) for entity_id in self.config.windows]
        opened = [
            state.last_changed.timestamp()
            for state in states
            if state is not None and state.state == STATE_ON
        ]
        if not opened:
            self.window_since = None
        elif self.window_since is None:
            self.window_since = min(*opened, now)
        self._learn(now, unit)

    def _learn(self, now: float, unit: Unit) -> None:
        if 0 <= now - self._learned_at < LEARNS:
            return
        self._learned_at = now
        doing: str | None = None
        error: float | None = None
        target, room = self.zone.target, self.room
        # How hard a unit works is decided by what it measures itself.
        intake = room if self.zone.room is None else self.zone.room
        if unit.available and self.window_since is None:
            match unit.activity:
                case Activity.HEATING | Activity.PREHEATING | Activity.DEFROSTING:
                    # What defrosts take from a room is a part of what a start takes.
                    doing = "heating"
                case Activity.COOLING:
                    doing = "cooling"
                case Activity.OFF | Activity.IDLE | Activity.FAN:
                    doing = "drift"
            if target is not None and intake is not None and doing != "drift":
                error = abs(target - intake)
        self.model = self.model.see(
            now, room=room, outdoor=self._system.outdoor, doing=doing, error=error
        )

    # Looking ahead

    def outlook(self, now: float) -> tuple[Outlook, float] | None:
        """Return what is ahead of the zone, and its room's °C; None where it says nothing."""
        room, outdoor = self.room, self._system.outdoor_likely
        if not self.active or room is None or outdoor is None:
            return None
        inputs = Inputs(now=now, unit=self.unit.now(), schedule=self._schedule(now)[0])
        if self._away() or self.memory.hold or self.memory.boost:
            return None
        wish, _ = standing(self.config.comfort, inputs, self.memory)
        if wish.mode not in (Mode.HEAT, Mode.COOL) or wish.target is None:
            return None
        direction = Direction.HEATING if wish.mode is Mode.HEAT else Direction.COOLING
        targets = [wish.target] * STEPS
        if self.week is not None and inputs.schedule is not None:
            tz = dt_util.get_default_time_zone()
            for step in range(STEPS):
                at = datetime.fromtimestamp(now + step * STEP, tz)
                entry = self.week.at(at)
                ahead, _ = standing(
                    self.config.comfort,
                    Inputs(now=now, unit=inputs.unit, schedule=entry),
                    self.memory,
                )
                if ahead.mode is wish.mode and ahead.target is not None:
                    targets[step] = ahead.target
                elif step:
                    # Nothing is asked of this direction: it may drift as it will.
                    targets[step] = (
                        min(targets) if direction is Direction.HEATING else max(targets)
                    )
            targets[0] = wish.target
        activity = (
            Activity.HEATING if direction is Direction.HEATING else Activity.COOLING
        )
        cops = self._system.cops(activity, outdoor, room)
        return (
            Outlook(
                direction=direction,
                targets=targets,
                outdoor=[outdoor] * STEPS,
                cops=[cops] * STEPS,
                prices=self._system.prices(now),
            ),
            room,
        )

    async def async_look_ahead(self, now: float) -> bool:
        """Reckon with what is ahead; return whether that changed the goal."""
        if self.room is None:
            # A start, or a unit that is away: as soon as there is a room again.
            self._goal_at = -math.inf
            return False
        goal, before = None, self.goal
        try:
            if (ahead := self.outlook(now)) is not None:
                outlook, room = ahead
                previous = None if self._begins_anew else before
                goal = await self._hass.async_add_executor_job(
                    advise, self.model, outlook, room, previous
                )
        finally:
            self.goal, self._begins_anew = goal, False
        return goal != before

    def must_look_ahead(self, now: float) -> bool:
        """Return whether it is time to look ahead again."""
        of = (
            self.memory.hold is None,
            self.memory.base,
            self.memory.active_mode,
            self._away(),
            self.active,
        )
        hour = (self._schedule(now)[0], self._system.price)
        if of != self._goal_of:
            if self._goal_of:
                # What held for another wish does not hold for this one.
                self.goal = None
            # What was advised before a restart holds until it is reckoned with anew.
            self._goal_of, self._goal_in = of, hour
        elif hour != self._goal_in:
            # It is reckoned with in a moment: until then the unit stays as it is, which
            # would else be told of the schedule's target, and then of the goal.
            self._goal_in, self._begins_anew = hour, True
        elif now - self._goal_at < STEP:
            return False
        self._goal_at = now
        return self.active

    async def async_read_week(self) -> None:
        """Read the schedule's blocks."""
        if self.config.schedule is not None:
            self.week = await async_read_week(
                self._hass, self.config.schedule, fahrenheit=self.fahrenheit
            )

    @callback
    def set_clock(self, step: float) -> None:
        """Move what is remembered along with a clock that was set by some s."""
        self.memory = moved(self.memory, step)
        if self.window_since is not None:
            self.window_since += step
        if self.sensor.at is not None:
            read_at = self.sensor.read_at
            self.sensor = replace(
                self.sensor,
                at=self.sensor.at + step,
                read_at=None if read_at is None else read_at + step,
            )
        self._goal_at += step
        self._learned_at += step

    # What the user asks for

    async def async_wish(
        self,
        wish: Wish,
        context: Context | None,
        *,
        turned_on: bool = False,
        duration: float | None = None,
    ) -> None:
        """Hold a wish of the user's."""
        inputs = self.inputs(dt_util.utcnow().timestamp())
        await self._async_change(
            hold(
                self.config.comfort,
                inputs,
                self.memory,
                wish,
                duration=duration,
                turned_on=turned_on,
            ),
            context,
        )

    async def async_preset(
        self, preset: str, context: Context | None, duration: float | None = None
    ) -> None:
        """Choose a preset."""
        inputs = self.inputs(dt_util.utcnow().timestamp())
        memory = set_preset(
            self.config.comfort,
            inputs,
            self.memory,
            preset,
            scheduled=self.config.schedule is not None or duration is not None,
        )
        if duration is not None and memory.hold is not None:
            memory = hold(
                self.config.comfort,
                inputs,
                self.memory,
                memory.hold.wish,
                duration=duration,
            )
        await self._async_change(memory, context)

    def changed(
        self,
        mode: Mode | None,
        target: float | None = None,
        low: float | None = None,
        high: float | None = None,
    ) -> Wish:
        """Return the wish of a user who changes this; temperatures in °C."""
        return changed(
            self.config.comfort,
            self.inputs(dt_util.utcnow().timestamp()),
            self.memory,
            self.stands,
            mode=mode,
            target=target,
            low=low,
            high=high,
        )

    async def async_clear_preset(self, context: Context | None) -> None:
        """Leave a preset."""
        await self._async_change(clear_preset(self.memory), context)

    async def async_resume(self, context: Context | None) -> None:
        """Give the say back to the automation."""
        await self._async_change(release(self.memory), context)

    async def async_boost(
        self, duration: float, target: float | None, context: Context | None
    ) -> None:
        """Boost for a time."""
        inputs = self.inputs(dt_util.utcnow().timestamp())
        await self._async_change(
            boost(
                self.config.comfort,
                inputs,
                self.memory,
                self.stands,
                duration=duration,
                target=target,
            ),
            context,
        )

    async def async_turn_on(self, context: Context | None) -> None:
        """Turn on in the mode that was chosen last, or that the room needs."""
        inputs = self.inputs(dt_util.utcnow().timestamp())
        mode = self.memory.active_mode or default_mode(inputs)
        await self.async_wish(self.changed(mode), context, turned_on=True)

    async def async_target_humidity(
        self, humidity: float, context: Context | None
    ) -> None:
        """Dry to a humidity."""
        await self._async_change(set_target_humidity(self.memory, humidity), context)

    async def _async_change(self, memory: Memory, context: Context | None) -> None:
        """Act on what the user changed; where the unit refuses, nothing was changed."""
        await async_check_zone(self._hass, context, self.zone)
        if not self.active:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="automation_off",
                translation_placeholders={"zone": self.zone.name},
            )
        before, self.memory = self.memory, memory
        self._asked_last = memory
        try:
            await self._system.async_decide_for(self, context)
        except HomeAssistantError:
            # What somebody else asked for while the unit thought about it stands.
            if self._asked_last is memory:
                self.memory = before
            self._system.async_decide()
            raise

    async def async_set_automation(
        self, *, on: bool, context: Context | None = None
    ) -> None:
        """Switch the automation on, or off: a plain pass-through then."""
        await async_check_zone(self._hass, context, self.zone)
        if on is self.automation:
            return
        self.automation = on
        self._asked_last = None
        # What the unit does now is where it begins anew.
        self.memory = Memory(
            active_mode=self.memory.active_mode,
            target_humidity=self.memory.target_humidity,
        )
        self.decision = None
        self.goal = None
        self._system.async_decide()
        self._system.async_save()
        self.async_notify()

    # Kept

    def as_dict(self, *, exactly: bool) -> dict[str, Any]:
        """Return what must survive a restart; the same again while that is no other.

        What was only learned is a while late, unless it is to be told `exactly`.
        """
        return self._kept.told(
            Remembered(
                memory=self.memory,
                model=self.model,
                automation=None
                if self.automation is self.config.is_set
                else self.automation,
                schedule=self.config.schedule,
                scheduled=self._scheduled,
                goal=self.goal,
            ),
            dt_util.utcnow().timestamp(),
            exactly=exactly,
        )

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take up what was kept; what cannot be read begins anew."""
        if (automation := data.get("automation")) is not None:
            self.automation = bool(automation)
        schedule = data.get("schedule")
        if isinstance(schedule, Mapping) and schedule.get("of") == self.config.schedule:
            self._scheduled = read_entry(schedule)
        self.goal = goal_from(data.get("goal"))
        try:
            self.model = RoomModel.from_dict(data["model"])
            self.memory = not_after(
                Memory.from_dict(data["memory"]), dt_util.utcnow().timestamp()
            )
        except UNREADABLE as err:
            _LOGGER.warning(
                "What was remembered of %s cannot be read and begins anew: %s",
                self.zone.name,
                err,
            )


def _is_there(state: State | None) -> bool | None:
    """Return whether an entity says that somebody is there; None where it does not say."""
    if state is None or state.state in NO_READING:
        return None
    if state.domain == ZONE_DOMAIN:
        count = finite(state.state)
        return None if count is None else count > 0
    return state.state in (STATE_HOME, STATE_ON)
