"""The control of one zone: what is known and wished of it, put to the core.

A zone with no comfort settings, or whose automation is off, is a plain
pass-through: nothing is sent to its unit that its user did not send.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.const import PRECISION_TENTHS, UnitOfTemperature
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.temperature import display_temp
from homeassistant.util import dt as dt_util

from .comfort import ComfortConfig
from .core.control import (
    Decision,
    Inputs,
    Memory,
    Mode,
    Reason,
    Setting,
    Unit,
    Wish,
    asked,
    boost,
    changed,
    clear_preset,
    hold,
    left_alone,
    moved,
    not_after,
    release,
    renewed,
    rescheduled,
    set_preset,
    set_target_humidity,
    taken_up,
    unscheduled,
)
from .core.control.user import default_mode
from .core.control.wish import paused, standing
from .core.room import believed, is_awaited
from .core.thermal import RoomModel
from .core.week import Entry
from .errors import refused
from .permissions import async_check_zone
from .store import UNREADABLE
from .weekly import read_entry
from .zone import Zone
from .zone_foresight import ZoneForesight
from .zone_kept import Remembered, ZoneKept, goal_from
from .zone_senses import ZoneSenses
from .zone_unit import ZoneUnit

if TYPE_CHECKING:
    from .controller import SystemControl

_LOGGER = logging.getLogger(__name__)


class ZoneControl:
    """The control of one zone: its memory, its last decision, what its user asks for."""

    def __init__(
        self,
        hass: HomeAssistant,
        system: SystemControl,
        zone: Zone,
        config: ComfortConfig,
    ) -> None:
        """Start with nothing remembered."""
        self._hass = hass
        self._system = system
        self.zone = zone
        self.unit = ZoneUnit(zone)
        self.config = config
        self.senses = ZoneSenses(hass, zone, config)
        self.foresight = ZoneForesight(hass, system, zone, self.senses, config.comfort)
        self.memory = Memory()
        self._kept = ZoneKept()
        self.told: tuple[str | None, str | None] | None = None
        """The problem of its sensor, and the unknown of its schedule, that users know."""
        self.decision: Decision | None = None
        self.active = config.is_set
        """Whether the zone is controlled, and not only passed through."""
        self._asked_last: Memory | None = None
        self._unit_at: float | None = None
        """When its unit was available last."""
        self._unit_seen: Unit | None = None
        """What it was then."""
        self._said: tuple[Entry | None, float | None] = (None, None)
        self.sending = asyncio.Lock()
        """Held while its unit is told something: one command after another."""
        self.telling: Setting | None = None
        """What its unit is told just now."""
        self.listeners: list[Callable[[], None]] = []
        """Who is called whenever what the zone shows changed."""
        self.shown: tuple[Any, ...] = ()
        """What it shows; another tuple once that is another."""

    # What the entities show

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
            self.senses.temperature_basis,
            # As a thermostat shows it: its hundredths write no state.
            display_temp(
                self._hass,
                self.senses.room,
                UnitOfTemperature.CELSIUS,
                PRECISION_TENTHS,
            ),
            self.senses.humidity,
            self.window_open,
            self.stands,
            self.memory.target_humidity,
        )
        if shown == self.shown:
            return
        self.shown = shown
        for listener in tuple(self.listeners):
            listener()

    @property
    def target_once_on(self) -> float | None:
        """The °C of a zone that is off, once it is turned on."""
        wish = self.changed(self._mode_once_on)
        if wish.target is None and wish.low is None:
            return self.memory.steering.target
        return wish.target

    @property
    def _mode_once_on(self) -> Mode:
        """The mode that was chosen last, or that the room needs."""
        if (mode := self.memory.active_mode) is not None:
            return mode
        return default_mode(self.inputs(dt_util.utcnow().timestamp()))

    # What is read

    def inputs(self, now: float) -> Inputs:
        """Return all that a decision is made of."""
        senses, unit = self.senses, self._unit()
        schedule, next_change = senses.schedule(now)
        awaits_unit = not unit.available and is_awaited(self._unit_at, now)
        if awaits_unit and not self.active and self._unit_seen is not None:
            # Nothing is sent to it: all that counts is what it does, and still may.
            unit = self._unit_seen
        return Inputs(
            now=now,
            unit=unit,
            awaits_unit=awaits_unit,
            room=senses.sensor.trusted,
            awaits_room=senses.awaits_room,
            humidity=senses.humidity,
            awaits_humidity=senses.awaits_humidity(now),
            outdoor=self._system.outdoor,
            awaits_outdoor=self._system.awaits_outdoor(now),
            window_since=senses.window_since,
            away=senses.away,
            schedule=schedule,
            next_change=next_change,
            goal=self.foresight.goal,
        )

    @property
    def price(self) -> float | None:
        """What the next kWh costs."""
        return self._system.price

    @property
    def schedule(self) -> Entry | None:
        """What the schedule says now."""
        return self.senses.schedule(dt_util.utcnow().timestamp())[0]

    @callback
    def look(self, now: float) -> None:
        """Take note of the sensors before a decision, and of what the room did."""
        unit = self.unit.now()
        if unit.available or self._unit_at is None:
            self._unit_at, self._unit_seen = now, unit
        self.senses.look(now, unit)
        self._follow_schedule(now)
        self.foresight.learn(now, self._unit())

    def _unit(self) -> Unit:
        """Return the unit as it is known now, without what it cannot have measured."""
        unit = self.unit.now()
        intake = believed(unit.intake, self.senses.sensor.trusted)
        return unit if intake == unit.intake else replace(unit, intake=intake)

    def _follow_schedule(self, now: float) -> None:
        """Let a hold end when the schedule changes by what it is now, if it was edited."""
        said = self.senses.schedule(now)
        (entry, was), (says, change) = self._said, said
        if change is None:
            return
        self._said = said
        hold = self.memory.hold
        if hold is not None and hold.until is None:
            # The schedule was not there yet, or could not be read, when it began.
            self.memory = rescheduled(self.memory, None, change)
        elif was is not None and now < was != change:
            # What was asked for this moment is edited, too: that is its next change.
            until = change if says == entry else now
            self.memory = rescheduled(self.memory, was, until)

    def must_look_ahead(self, now: float) -> bool:
        """Return whether it is time to look ahead again."""
        return self.foresight.is_due(now, self.memory, active=self.active)

    async def async_look_ahead(self, now: float) -> bool:
        """Reckon with what is ahead; return whether that changed the goal."""
        return await self.foresight.async_look(
            now, self.unit.now(), self.memory, active=self.active
        )

    @callback
    def set_clock(self, step: float) -> None:
        """Move what is remembered along with a clock that was set by some s."""
        self.memory = moved(self.memory, step)
        if self._unit_at is not None:
            self._unit_at += step
        self.senses.set_clock(step)
        self.foresight.set_clock(step)

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
        """Turn on in the mode that was chosen last, or that the room needs.

        One that is on is at what it should be: assistants turn on before each target that
        they set. But who does beside an open window means it.
        """
        if self.stands.mode is not Mode.OFF and not self.window_open:
            # Where its unit did not take that, it is told once more.
            await self._async_change(self.memory, context)
            return
        await self.async_wish(self.changed(self._mode_once_on), context, turned_on=True)

    async def async_target_humidity(
        self, humidity: float, context: Context | None
    ) -> None:
        """Dry to a humidity."""
        await self._async_change(set_target_humidity(self.memory, humidity), context)

    async def _async_change(self, memory: Memory, context: Context | None) -> None:
        """Act on what the user changed; where the unit refuses, nothing was changed."""
        await async_check_zone(self._hass, context, self.zone)
        if not self.active:
            raise refused("automation_off", zone=self.zone.name)
        memory = asked(memory, dt_util.utcnow().timestamp())
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
        if on is self.active:
            return
        self.active = on
        self._asked_last = None
        unit = self.unit.now()
        self.memory = (taken_up if on else left_alone)(self.memory, unit)
        self.decision = None
        self.foresight.goal = None
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
                model=self.foresight.model,
                automation=None if self.active is self.config.is_set else self.active,
                schedule=self.config.schedule,
                scheduled=self.senses.scheduled,
                windows=self.senses.windows,
                goal=self.foresight.goal,
            ),
            dt_util.utcnow().timestamp(),
            exactly=exactly,
        )

    def restore(self, data: Mapping[str, Any], *, cut: bool) -> None:
        """Take up what was kept; what cannot be read begins anew.

        `cut` is whether Home Assistant ended without a word: by a power cut, mostly.
        """
        if (automation := data.get("automation")) is not None:
            self.active = bool(automation)
        now, said = dt_util.utcnow().timestamp(), data.get("schedule")
        self.senses.restore(said, data.get("windows"), now)
        self.foresight.goal = goal_from(data.get("goal"))
        try:
            self.foresight.model = RoomModel.from_dict(data["model"])
            memory = not_after(Memory.from_dict(data["memory"]), now)
        except UNREADABLE as err:
            _LOGGER.warning(
                "What was remembered of %s cannot be read and begins anew: %s",
                self.zone.name,
                err,
            )
            return
        self.senses.restore_people(now, was_away=memory.away)
        comfort = self.config.comfort
        if self.config.schedule is None and isinstance(said, Mapping):
            memory = unscheduled(comfort, self.unit.limits(), memory, read_entry(said))
        self.memory = replace(renewed(comfort, memory), cut=cut)
