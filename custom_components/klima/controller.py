"""The control of all zones of one outdoor unit: asks the core, sends, looks again.

One `SystemControl` decides for them together, with one timer for the next time
that anything may change.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
import logging
import math
from typing import TYPE_CHECKING, Any

from homeassistant.const import Platform, UnitOfTemperature
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import (
    async_track_point_in_utc_time,
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from .comfort import ComfortConfig
from .const import DOMAIN
from .control_issues import async_tell_problems
from .core.activity import Activity
from .core.arbitration import Turns
from .core.cheapest_way import PARTS, STEP, STEPS
from .core.conduct import Case, conduct
from .core.control import Compressor, Setting
from .core.family import Family
from .core.room import is_awaited
from .drivers import SLIGHT
from .sources import read_temperature
from .store import UNREADABLE
from .zone_control import ZoneControl

if TYPE_CHECKING:
    from .system import System

_LOGGER = logging.getLogger(__name__)

_ROOM = 0.1, SLIGHT
_HUMIDITY = 1.0, 5.0
"""K, and %, of a change since the last look: less waits for the next one, which is
due within minutes anyway, less than the second for the minute."""

_FUZZ = 1e-6
"""What a difference of two decimal figures may be short of: 20.2 - 20.1 is below 0.1."""

_TICK = 0.05
"""s that a look is late by, so that what it looks for has come to pass."""


HANGS = 30.0
"""s after which a command that still is under way keeps no other one: clouds take half
a minute."""


class SystemControl:
    """The control of all zones of one outdoor unit."""

    def __init__(self, hass: HomeAssistant, entry_id: str, system: System) -> None:
        """Set up the control of each zone that has a thermostat."""
        self._hass = hass
        self._entry_id = entry_id
        self._system = system
        config = system.config
        # Behind a thermostat of ducts or water, resistance or a furnace takes over: turned
        # off for its compressor's sake, the home would have no heat in the coldest hours.
        minimum = (
            config.ratings.minimum_outdoor_temperature
            if config.family is Family.MINI_SPLIT
            else None
        )
        units = hass.config.units
        fahrenheit = units.temperature_unit == UnitOfTemperature.FAHRENHEIT
        self.zones: dict[str, ZoneControl] = {
            zone_id: ZoneControl(
                hass,
                self,
                zone,
                ComfortConfig.from_data(zone.data, minimum, fahrenheit=fahrenheit),
            )
            for zone_id, zone in system.zones.items()
            if zone.driver.platform is Platform.CLIMATE
        }
        self._turns = Turns()
        self._compressor = Compressor()
        self._timer: CALLBACK_TYPE | None = None
        self._outdoor_at: float | None = None
        self._started = False
        self._looking_ahead: set[str] = set()
        self.is_behind = False
        self._price: float | None = None
        self._rooms: dict[str, list[ZoneControl]] = {}
        self._humidities: dict[str, list[ZoneControl]] = {}
        for control in self.zones.values():
            if (entity_id := control.config.temperature) is not None:
                self._rooms.setdefault(entity_id, []).append(control)
            if (entity_id := control.config.humidity) is not None:
                self._humidities.setdefault(entity_id, []).append(control)

    # What the zones ask the system

    @property
    def outdoor(self) -> float | None:
        """The °C outdoors, where somebody tells it."""
        return self._system.outdoor.reported

    def awaits_outdoor(self, now: float) -> bool:
        """Return whether nobody tells that just now, and not for long."""
        return self.outdoor is None and is_awaited(self._outdoor_at, now)

    @property
    def outdoor_likely(self) -> float | None:
        """The °C outdoors, as it usually is where nobody tells it."""
        return self._system.outdoor.temperature

    @property
    def price(self) -> float | None:
        """What the next kWh costs."""
        return self._system.price

    @property
    def grid_price(self) -> float | None:
        """What the next kWh from the grid costs, which no cloud changes."""
        return self._system.account.price

    def prices(self, now: float) -> Sequence[float] | None:
        """Return what a kWh costs in each step ahead; None where that is not known."""
        plan = self._system.plan
        if plan is None:
            return None
        prices = []
        price = self.grid_price
        for step in range(STEPS):
            at = now + step * STEP
            # Where a forecast ends, the last price that is known goes on.
            found = plan.price_in(plan.tariff.span(at), spot=plan.told.forecast.at(at))
            price = price if found is None else found
            if price is None:
                return None
            prices.append(price)
        return prices

    def cops(
        self, activity: Activity, outdoor: float, indoor: float
    ) -> Sequence[float]:
        """Return the COP at each of the shares of full load that are planned with."""
        point = self._system.performance.at(activity, outdoor, indoor)
        return tuple(point.cop(part) for part in PARTS)

    # Life

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow what the zones read, and decide."""
        self._started = True
        stops: list[CALLBACK_TYPE] = []
        entity_ids = {
            e for zone in self.zones.values() for e in zone.senses.entity_ids()
        }
        if entity_ids:
            stops.append(
                async_track_state_change_event(
                    self._hass, entity_ids, self._source_changed
                )
            )
        schedules = {
            schedule
            for control in self.zones.values()
            if (schedule := control.config.schedule) is not None
        }
        for schedule in schedules:
            self._read_weeks(schedule)
        if schedules:
            # One whose later blocks are changed says the same of now once more.
            stops.append(
                async_track_state_report_event(
                    self._hass, schedules, self._schedule_reported
                )
            )
        self.async_decide()

        @callback
        def stop() -> None:
            self._started = False
            for each in stops:
                each()
            self._cancel()

        return stop

    @callback
    def _source_changed(self, event: Event[EventStateChangedData]) -> None:
        entity_id = event.data["entity_id"]
        if rooms := self._rooms.get(entity_id):
            value, (least, at_once) = read_temperature(event.data["new_state"]), _ROOM
            change = max([_off(value, each.senses.sensor.trusted) for each in rooms])
        elif humid := self._humidities.get(entity_id):
            least, at_once = _HUMIDITY
            change = max(
                [
                    _off(each.senses.humidity, each.senses.humidity_seen)
                    for each in humid
                ]
            )
        else:
            self._read_weeks(entity_id)
            change, least, at_once = math.inf, 0.0, 0.0
        change += _FUZZ
        if change >= at_once:
            self.async_decide()
        elif change >= least:
            # A room has hours: such a change waits for the minute.
            self.is_behind = True

    @callback
    def _schedule_reported(self, event: Event[EventStateReportedData]) -> None:
        self._read_weeks(event.data["entity_id"])

    @callback
    def _read_weeks(self, entity_id: str) -> None:
        for control in self.zones.values():
            if control.config.schedule == entity_id:
                self._hass.async_create_task(
                    self._async_read_week(control), f"{DOMAIN} schedule"
                )

    async def _async_read_week(self, control: ZoneControl) -> None:
        await control.senses.async_read_week()
        if self._started:
            self.async_decide()

    @callback
    def set_clock(self, step: float) -> None:
        """Move what is remembered along with a clock that was set by some s; look again."""
        self._compressor = self._compressor.moved(step)
        self._turns = self._turns.moved(step)
        if self._outdoor_at is not None:
            self._outdoor_at += step
        for control in self.zones.values():
            control.set_clock(step)
        if self._timer is not None:
            # It was to wake at a time of the clock as it was.
            self._arm(dt_util.utcnow().timestamp())

    # Deciding

    @callback
    def async_catch_up(self) -> None:
        """Decide, where something changed since the last look that waited for the minute."""
        if self.is_behind or self._system.price != self._price:
            self.async_decide()

    @callback
    def async_decide(self) -> None:
        """Decide now, and send what comes of it."""
        for control, setting in self._decide():
            self._hass.async_create_task(
                self._async_send(control, setting), f"{DOMAIN} {control.zone.name}"
            )

    async def async_decide_for(
        self, control: ZoneControl, context: Context | None
    ) -> None:
        """Decide now, and wait for what is sent to the zone that was asked."""
        mine: Setting | None = None
        for other, setting in self._decide():
            if other is control:
                mine = setting
            else:
                self._hass.async_create_task(
                    self._async_send(other, setting), f"{DOMAIN} {other.zone.name}"
                )
        if mine is not None:
            await self._async_tell(control, mine, context)
        self.async_save()

    @callback
    def async_save(self) -> None:
        """See that what the user asked for is saved."""
        self._system.async_save_soon()

    def _decide(self) -> list[tuple[ZoneControl, Setting]]:
        self.is_behind, self._price = False, self._system.price
        if not self._started or not any(c.active for c in self.zones.values()):
            self._cancel()
            return []
        # Before anything is timed: an hour by which the clock was set did not pass.
        self._system.see_clock()
        now = dt_util.utcnow().timestamp()
        if self.outdoor is not None or self._outdoor_at is None:
            self._outdoor_at = now
        cases = {}
        for zone_id, control in self.zones.items():
            control.look(now)
            if control.must_look_ahead(now):
                self._look_ahead(zone_id, control, now)
            cases[zone_id] = Case(
                inputs=control.inputs(now),
                memory=control.memory,
                comfort=control.config.comfort if control.active else None,
            )
        operations = self._system.operations
        outcome = conduct(
            cases,
            self._turns,
            self._compressor,
            now,
            running=None if operations.units_tell else operations.running,
        )
        self._turns, self._compressor = outcome.turns, outcome.compressor
        commands = []
        for zone_id, decision in outcome.decisions.items():
            control = self.zones[zone_id]
            control.memory = decision.memory
            control.decision = decision
            if decision.command is not None:
                _LOGGER.debug(
                    "%s: %s because of %s",
                    control.zone.name,
                    decision.command,
                    decision.reason,
                )
                commands.append((control, decision.command))
        self._arm(min(d.look_again for d in outcome.decisions.values()))
        async_tell_problems(self._hass, self._entry_id, self.zones.values())
        for control in self.zones.values():
            control.async_notify()
        return commands

    async def _async_send(self, control: ZoneControl, setting: Setting) -> None:
        """Send what the automation wants; a unit that refuses is asked again later."""
        try:
            await self._async_tell(control, setting, None)
        except HomeAssistantError as err:
            sent, again = control.memory.sent, False
            if sent is not None and sent.asked == setting:
                again = sent.attempts > 1
                control.memory = replace(
                    control.memory, sent=replace(sent, refused=True)
                )
            # What it still refuses is told once.
            _LOGGER.log(
                logging.DEBUG if again else logging.WARNING,
                "%s did not take a command: %s",
                control.zone.name,
                err,
            )

    async def _async_tell(
        self, control: ZoneControl, setting: Setting, context: Context | None
    ) -> None:
        """Set the unit, once it was told what came before.

        A mode and its target are two actions, and the unit's answer to the first may
        lead to another command: the last half of the older one would else be the last
        word, and be taken for somebody's hand.
        """
        if control.telling == setting:
            # It still is told that: one more would not make a cloud that hangs quicker.
            return

        def still_asked() -> bool:
            sent, decision = control.memory.sent, control.decision
            return (
                self._started
                and sent is not None
                and decision is not None
                # What is asked for now may be what the unit shows already, of its own.
                and sent.asked == decision.setting == setting
            )

        async with _in_turn(control):
            if still_asked():
                control.telling = setting
                try:
                    await self._async_ask(control, setting, context, still_asked)
                finally:
                    control.telling = None
            # Else another came of it meanwhile.

    @staticmethod
    async def _async_ask(
        control: ZoneControl,
        setting: Setting,
        context: Context | None,
        still_asked: Callable[[], bool],
    ) -> None:
        """Set the unit; at an end of its range that it does not take, a step within it."""
        sent = control.memory.sent
        tell = partial(
            control.unit.async_set,
            context=context,
            still_asked=still_asked,
            turns=sent is not None and sent.turns,
        )
        for _ in range(2):
            try:
                await tell(setting)
            except ServiceValidationError as err:
                if err.translation_key != "temp_out_of_range":
                    raise
                if (within := control.unit.narrow(setting)) is None:
                    raise
                setting = within
            else:
                return
        await tell(setting)

    @callback
    def _look_ahead(self, zone_id: str, control: ZoneControl, now: float) -> None:
        if zone_id in self._looking_ahead:
            return
        self._looking_ahead.add(zone_id)

        async def look() -> None:
            try:
                changed = await control.async_look_ahead(now)
            finally:
                self._looking_ahead.discard(zone_id)
            if changed and self._started:
                self.async_decide()

        self._hass.async_create_task(look(), f"{DOMAIN} looks ahead")

    @callback
    def _arm(self, at: float) -> None:
        self._cancel()

        @callback
        def look_again(_now: datetime) -> None:
            self._timer = None
            self.async_decide()

        self._timer = async_track_point_in_utc_time(
            self._hass,
            HassJob(look_again, f"{DOMAIN} looks again", cancel_on_shutdown=True),
            dt_util.utc_from_timestamp(at + _TICK),
        )

    @callback
    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    # Kept

    def as_dict(self, *, exactly: bool) -> dict[str, Any]:
        """Return what must survive a restart; `exactly`: with what was learned just now."""
        return {
            "zones": {
                zone_id: control.as_dict(exactly=exactly)
                for zone_id, control in self.zones.items()
            },
            "turns": self._turns.as_dict(),
            "compressor": self._compressor.as_dict(),
            # Of what ends without a word, nothing says so.
            "stopped": exactly,
        }

    def restore(self, data: Any) -> None:
        """Take up what was kept; what is missing or broken begins anew."""
        if not isinstance(data, Mapping):
            return
        zones = data.get("zones")
        for zone_id, control in self.zones.items():
            kept = zones.get(zone_id) if isinstance(zones, Mapping) else None
            if isinstance(kept, Mapping):
                control.restore(kept, cut=data.get("stopped") is False)
        try:
            now = dt_util.utcnow().timestamp()
            self._turns = Turns.from_dict(data["turns"]).not_after(now)
            self._compressor = Compressor.from_dict(data["compressor"]).not_after(now)
        except UNREADABLE as err:
            _LOGGER.warning("The compressor's starts cannot be read: %s", err)


@asynccontextmanager
async def _in_turn(control: ZoneControl) -> AsyncIterator[None]:
    """Tell a unit something once it was told what came before; one that hangs is not waited for."""
    try:
        async with asyncio.timeout(HANGS):
            await control.sending.acquire()
    except TimeoutError:
        yield
        return
    try:
        yield
    finally:
        control.sending.release()


def _off(value: float | None, seen: float | None) -> float:
    """Return by how much a measurement is another than what was seen of it last."""
    return math.inf if value is None or seen is None else abs(value - seen)
