"""A zone that looks ahead: what its room was seen to do, and what is advised by that.

Temperatures are in °C, times in epoch seconds (UTC). It is reckoned off the event loop,
every quarter of an hour and when what it rests on is something else.
"""

from datetime import datetime
import math
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .core.activity import Activity
from .core.cheapest_way import STEP, STEPS, Outlook
from .core.control import Comfort, Direction, Goal, Inputs, Memory, Mode, Unit
from .core.control.wish import standing
from .core.foresight import advise
from .core.thermal import LEARNS, RoomModel
from .zone import Zone
from .zone_senses import ZoneSenses

if TYPE_CHECKING:
    from .controller import SystemControl


class ZoneForesight:
    """What is learned of a room, and the goal that is advised in place of its target."""

    def __init__(
        self,
        hass: HomeAssistant,
        system: SystemControl,
        zone: Zone,
        senses: ZoneSenses,
        comfort: Comfort,
    ) -> None:
        """Know nothing of the room yet."""
        self._hass = hass
        self._system = system
        self._zone = zone
        self._senses = senses
        self._comfort = comfort
        self.model = RoomModel()
        self.goal: Goal | None = None
        self._goal_at = self._learned_at = -math.inf
        self._goal_of: tuple[Any, ...] = ()
        self._goal_in: tuple[Any, ...] = ()
        self._begins_anew = False

    def learn(self, now: float, unit: Unit) -> None:
        """Take note of what the room did while its unit did what it does."""
        if 0 <= now - self._learned_at < LEARNS:
            return
        self._learned_at = now
        doing: str | None = None
        error: float | None = None
        target, room = self._zone.target, self._senses.room
        # How hard a unit works is decided by what it measures itself.
        intake = room if unit.intake is None else unit.intake
        if unit.available and self._senses.window_since is None:
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

    def is_due(self, now: float, memory: Memory, *, active: bool) -> bool:
        """Return whether it is time to look ahead again; forget what held for another wish."""
        of = (
            memory.hold is None,
            memory.base,
            memory.active_mode,
            self._senses.away,
            active,
        )
        hour = (self._senses.schedule(now)[0], self._system.grid_price)
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
        return active

    async def async_look(
        self, now: float, unit: Unit, memory: Memory, *, active: bool
    ) -> bool:
        """Reckon with what is ahead; return whether that changed the goal."""
        if self._senses.room is None or self._senses.awaits_room:
            # A start, or a unit that is away: as soon as there is a room again.
            self._goal_at = -math.inf
            return False
        goal, before = None, self.goal
        try:
            ahead = self._outlook(now, unit, memory) if active else None
            if ahead is not None:
                outlook, room = ahead
                previous = None if self._begins_anew else before
                goal = await self._hass.async_add_executor_job(
                    advise, self.model, outlook, room, previous
                )
        finally:
            self.goal, self._begins_anew = goal, False
        return goal != before

    def set_clock(self, step: float) -> None:
        """Move what is remembered along with a clock that was set by some s."""
        self._goal_at += step
        self._learned_at += step

    def _outlook(
        self, now: float, unit: Unit, memory: Memory
    ) -> tuple[Outlook, float] | None:
        """Return what is ahead of the zone, and its room's °C; None where it says nothing."""
        senses, comfort = self._senses, self._comfort
        room, outdoor = senses.room, self._system.outdoor_likely
        if room is None or outdoor is None:
            return None
        if senses.away or memory.hold or memory.boost:
            return None
        inputs = Inputs(now=now, unit=unit, schedule=senses.schedule(now)[0])
        wish, _ = standing(comfort, inputs, memory)
        if wish.mode not in (Mode.HEAT, Mode.COOL) or wish.target is None:
            return None
        direction, activity = (
            (Direction.HEATING, Activity.HEATING)
            if wish.mode is Mode.HEAT
            else (Direction.COOLING, Activity.COOLING)
        )
        targets = [wish.target] * STEPS
        if senses.week is not None and inputs.schedule is not None:
            tz = dt_util.get_default_time_zone()
            for step in range(STEPS):
                entry = senses.week.at(datetime.fromtimestamp(now + step * STEP, tz))
                ahead, _ = standing(
                    comfort, Inputs(now=now, unit=unit, schedule=entry), memory
                )
                if ahead.mode is wish.mode and ahead.target is not None:
                    targets[step] = ahead.target
                elif step:
                    # Nothing is asked of this direction: it may drift as it will.
                    targets[step] = (
                        min(targets) if direction is Direction.HEATING else max(targets)
                    )
            targets[0] = wish.target
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
