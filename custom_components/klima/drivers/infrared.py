"""The driver of a unit that has an infrared handset.

Infrared goes one way: what the unit does is what it was asked to do, until a
receiver hears its handset, or the power that it uses says otherwise. Nothing is
sent that nobody asked for, but one frame again where the power says that the
last one was not heard.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
import logging
from math import inf
from typing import Any

from homeassistant.components.climate import (
    ATTR_FAN_MODE,
    ATTR_HVAC_MODE,
    ATTR_PRESET_MODE,
    ATTR_SWING_HORIZONTAL_MODE,
    ATTR_SWING_MODE,
    SERVICE_SET_FAN_MODE,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_SWING_HORIZONTAL_MODE,
    SERVICE_SET_SWING_MODE,
    SERVICE_SET_TEMPERATURE,
    ClimateEntityFeature,
)
from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import (
    ATTR_TEMPERATURE,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    Platform,
    UnitOfTemperature,
)
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later

from ..const import (
    CONF_CHECKLIST,
    CONF_CODE_FILE,
    CONF_EMITTER,
    CONF_POWER,
    CONF_PROTOCOL,
    CONF_RECEIVER,
    CONF_TEMPERATURE,
    CONF_TOPIC,
    CONF_VENDOR,
    SUBENTRY_ZONE,
)
from ..core.activity import infer_room_activity, one_way, working_activity
from ..core.infrared.belief import is_off
from ..core.infrared.smartir import CodeFileError
from ..core.infrared.state import (
    OFF,
    Envelope,
    NoCodeError,
    UnitState,
    first,
    likeliest,
)
from ..errors import refused, told
from ..figures import async_text
from ..issues import ZoneIssues
from ..sources import read_temperature
from . import UNAVAILABLE, Capabilities, Reading, StateSource
from .links import Link, async_create_link
from .power_watch import PowerWatch

_LOGGER = logging.getLogger(__name__)

MOMENT = 0.2
"""s: what is asked for within it goes out as one frame."""

ECHO = 4.0
"""s after a frame of ours in which a receiver may hear it."""

ISSUE_CODES = "infrared_codes"
ISSUE_MISMATCH = "infrared_mismatch"

_ACTIONS = {
    SERVICE_SET_HVAC_MODE: {ATTR_HVAC_MODE: "mode"},
    SERVICE_SET_TEMPERATURE: {ATTR_TEMPERATURE: "temperature", ATTR_HVAC_MODE: "mode"},
    SERVICE_SET_FAN_MODE: {ATTR_FAN_MODE: "fan"},
    SERVICE_SET_PRESET_MODE: {ATTR_PRESET_MODE: "preset"},
    SERVICE_SET_SWING_MODE: {ATTR_SWING_MODE: "swing"},
    SERVICE_SET_SWING_HORIZONTAL_MODE: {ATTR_SWING_HORIZONTAL_MODE: "swing_horizontal"},
}
"""The actions of climate entities, and which setting each of their fields is."""


@dataclass(slots=True)
class _Moment:
    """What is asked for together: it goes out when the moment is over.

    It lasts for as long as an earlier one is on its way: what is sent depends on
    what came of that.
    """

    asked: frozenset[str]
    context: Context | None
    over: CALLBACK_TYPE


class InfraredDriver:
    """Drives a unit by infrared, and believes of it what it can know."""

    platform = Platform.CLIMATE

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry
    ) -> None:
        """Know nothing of the codes yet: `async_load` reads them."""
        self._hass = hass
        self._entry = entry
        self._issues = ZoneIssues(hass, entry.entry_id, subentry.subentry_id)
        self._name = subentry.title
        self._data = subentry.data
        self._link: Link | None = None
        self._state = UnitState(mode=OFF)
        self._source = StateSource.ASSUMED
        self._done = (self._state, self._source)
        """What the unit is known to do. While `_ahead`, `_state` is asked for, but not
        sent yet."""
        self._ahead = False
        self._sending = asyncio.Lock()
        self._kept: Mapping[str, Any] = {}
        self._last_mode: str | None = None
        self._moment: _Moment | None = None
        self._sent: deque[tuple[float, UnitState]] = deque(maxlen=8)
        self._unconfirmed: UnitState | None = None
        self._resent = False
        self._turned_on = False
        """The last frame turned the unit on."""
        self._undone = False
        """What was asked for last could not be sent."""
        self._on_by_power = False
        """Nothing but its power says that the unit is on."""
        self._frames = 0
        self._failure: str | None = None
        self._power = PowerWatch(hass, self._power_sensor, self._async_power_held)
        self._on_reading: Callable[[], None] = lambda: None
        self.capabilities = _capabilities(Envelope(modes=()))
        self.reading = UNAVAILABLE

    async def async_load(self, data: Mapping[str, Any]) -> None:
        """Read the codes, and take up what was believed before."""
        self._kept = data
        try:
            self._link = await async_create_link(self._hass, self._name, self._data)
        except CodeFileError as err:
            _LOGGER.error("The codes of %s cannot be used: %s", self._name, err)
            reason = await _async_reason(self._hass, err)
            self._issues.async_tell(
                ISSUE_CODES, ir.IssueSeverity.ERROR, name=self._name, error=reason
            )
            return
        self._issues.async_take_back(ISSUE_CODES)
        envelope = self._link.envelope
        self.capabilities = _capabilities(envelope)
        self._state = envelope.restored(data.get("state"))
        self._done = (self._state, self._source)
        last = data.get("last_mode")
        self._last_mode = last if last in envelope.modes else None
        self._read()

    def as_dict(self) -> dict[str, Any]:
        """Keep what is believed: after a restart the unit still does it."""
        if self._link is None:
            # Until its codes are back.
            return dict(self._kept)
        return {"state": asdict(self._state), "last_mode": self._last_mode}

    def diagnostics(self) -> dict[str, Any]:
        """Tell how the unit is reached, and what came of it."""
        link = self._link
        return {
            "emitter": str(self._data[CONF_EMITTER]).partition(".")[0],
            "receiver": CONF_RECEIVER in self._data,
            "codes": self._data.get(CONF_PROTOCOL)
            or self._data.get(CONF_VENDOR)
            or ("file" if CONF_CODE_FILE in self._data else None),
            "loaded": link is not None,
            "hears": link is not None and link.hears,
            "toggles_power": link is not None and link.envelope.toggles_power,
            "state": asdict(self._state),
            "frames_sent": self._frames,
            "resent": self._resent,
            "last_failure": self._private(self._failure),
            "checklist": self._data.get(CONF_CHECKLIST),
        }

    def _private(self, text: str | None) -> str | None:
        """Return a text without the names of the unit, and of what sends to it."""
        emitter = self._data[CONF_EMITTER]
        for name in (
            emitter if "." in emitter else None,
            self._data.get(CONF_TOPIC),
            self._name,
        ):
            if name and text:
                text = text.replace(name, REDACTED)
        return text

    @callback
    def async_start(self, on_reading: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow the emitter, the receiver and the power. Nothing is sent for it."""
        self._on_reading = on_reading
        stops: list[CALLBACK_TYPE] = []
        if self._link is not None:
            stops.append(self._link.async_start(self._async_update, self._async_heard))
            if power := self._power_sensor():
                stops.append(self._power.async_start(power))
            self._async_update()

        @callback
        def stop() -> None:
            for each in stops:
                each()
            self._power.async_cancel()
            if self._moment is not None:
                # Who asked was told that it is done.
                self._moment.over()
                self._hass.async_create_task(self._async_send())

        return stop

    async def async_command(
        self, action: str, data: Mapping[str, Any], context: Context | None
    ) -> None:
        """Take what is asked for; it leaves in a moment, with what else is asked.

        Refused at once, and nothing sent, where there is no code for it or the
        emitter is not there.
        """
        link = self._link
        if link is None or not link.available():
            raise told(HomeAssistantError, "unit_unavailable", unit=self._name)
        asked = self._asked(action, data)
        if not asked:
            return
        wish = replace(self._state, **asked)
        if wish.mode == OFF and "mode" not in asked:
            # It is for when the unit is turned on again.
            self._check_names(asked, link.envelope)
            if self._ahead:
                self._async_take(wish, self._source, ahead=True)
            else:
                self._async_believe(wish, self._source)
            return
        moment = self._moment
        names = frozenset(asked) | (moment.asked if moment else frozenset())
        if link.envelope.toggles_power and wish.mode == OFF == self._state.mode:
            # One frame more would turn it on.
            return
        try:
            outgoing = link.prepare(wish, names, self._done[0])
        except NoCodeError as err:
            raise _no_code(err) from err
        if moment is None:
            self._moment = _Moment(
                names,
                context,
                async_call_later(self._hass, MOMENT, self._async_moment_over),
            )
        else:
            moment.asked = names
            moment.context = context
        self._async_take(outgoing.state, StateSource.ASSUMED, ahead=True)

    def _asked(self, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
        if action == SERVICE_TURN_OFF:
            return {"mode": OFF}
        if action == SERVICE_TURN_ON:
            assert self._link is not None
            return {"mode": self._last_mode or first(self._link.envelope.modes)}
        return {
            setting: str(value) if setting == "mode" else value
            for field, setting in _ACTIONS.get(action, {}).items()
            if (value := data.get(field)) is not None
        }

    def _check_names(self, asked: Mapping[str, Any], envelope: Envelope) -> None:
        """Refuse a name that the unit does not have, though nothing is sent yet."""
        for field, names in (
            ("fan", envelope.fans),
            ("swing", envelope.swings),
            ("swing_horizontal", envelope.swings_horizontal),
            ("preset", envelope.presets),
        ):
            if field in asked and asked[field] not in names:
                raise _no_code(NoCodeError(field, asked[field]))

    @callback
    def _async_moment_over(self, _now: datetime) -> None:
        self._hass.async_create_task(self._async_send())

    async def _async_send(self) -> None:
        """Send what the moment came to; take it back where that fails."""
        async with self._sending:
            moment, link = self._moment, self._link
            if moment is None or link is None:
                return
            self._moment = None
            wish, (before, source) = self._state, self._done
            if link.envelope.toggles_power and wish.mode == OFF == before.mode:
                # Turned on and off at once, or what turned it on was not sent.
                self._async_believe(wish, source)
                return
            sent = await self._async_transmit(
                link, wish, moment.asked, before, moment.context
            )
            if sent is None:
                if self._moment is None and self._ahead:
                    self._async_believe(*self._done, undone=True)
                return
            if self._ahead:
                self._ahead = self._moment is not None
                self._done = (sent if self._ahead else self._state, StateSource.ASSUMED)
            self._failure = None
            self._resent = False
            self._turned_on = before.mode == OFF and sent.mode != OFF
            self._unconfirmed = sent
            self._power.rose = False
            # How long it said something before is no answer to what was sent.
            self._power.async_cancel()
            self._power.async_weigh()

    async def _async_transmit(
        self,
        link: Link,
        wish: UnitState,
        asked: frozenset[str],
        before: UnitState,
        context: Context | None,
    ) -> UnitState | None:
        """Send what takes a unit to a state; return the state, None where that failed."""
        try:
            outgoing = link.prepare(wish, asked, before)
            # It may wait for others that use the same emitter.
            self._sent.append((inf, outgoing.state))
            try:
                await link.async_send(outgoing, context)
            finally:
                self._sent.pop()
        except (NoCodeError, HomeAssistantError) as err:
            _LOGGER.error("%s was not reached: %s", self._name, err)
            self._failure = str(err)
            return None
        self._sent.append((self._hass.loop.time(), outgoing.state))
        self._frames += 1
        return outgoing.state

    @callback
    def _async_heard(self, states: tuple[UnitState, ...]) -> None:
        """Believe what the handset says; our own frame confirms what we believe."""
        if any(state.differences(self._state) == 0 for state in states):
            if self._moment is None:
                self._async_confirm(StateSource.HEARD)
            return
        since = self._hass.loop.time() - ECHO
        if any(
            at >= since and state.differences(sent) == 0
            for at, sent in self._sent
            for state in states
        ):
            # An earlier frame of ours, that was on its way for long.
            return
        heard = likeliest(states, self._state)
        assert heard is not None
        self._unconfirmed = None
        self._issues.async_take_back(ISSUE_MISMATCH)
        self._async_believe(heard.over(self._state), StateSource.HEARD)

    @callback
    def _async_confirm(self, source: StateSource) -> None:
        """Note that what is believed is so."""
        self._unconfirmed = None
        self._issues.async_take_back(ISSUE_MISMATCH)
        if self._source is not StateSource.HEARD:
            self._async_believe(self._state, source)

    @callback
    def _async_believe(
        self, state: UnitState, source: StateSource, *, undone: bool = False
    ) -> None:
        """Take a state for what the unit does, and tell."""
        self._done = (state, source)
        self._async_take(state, source, undone=undone)

    @callback
    def _async_take(
        self,
        state: UnitState,
        source: StateSource,
        *,
        ahead: bool = False,
        undone: bool = False,
    ) -> None:
        """Show a state; one that is `ahead` of the unit is on its way to it."""
        self._ahead = ahead
        self._undone = undone
        if source is not StateSource.INFERRED:
            self._on_by_power = False
        self._state = state
        self._source = source
        if state.mode != OFF:
            self._last_mode = state.mode
        self._async_update()

    @callback
    def _async_update(self) -> None:
        before = self.reading
        self._read()
        if self.reading != before:
            self._on_reading()

    def _read(self) -> None:
        if self._link is None or not self._link.available():
            self.reading = UNAVAILABLE
            return
        state = self._state
        mode = one_way(state.mode, self._link.envelope.modes)
        activity = infer_room_activity(
            mode,
            room=None,
            heat_to=state.temperature,
            cool_to=state.temperature,
            previous=self.reading.activity,
        )
        self.reading = Reading(
            available=True,
            mode=state.mode,
            activity=activity,
            is_undone=self._undone,
            working=working_activity(
                mode,
                room=None,
                heat_to=state.temperature,
                cool_to=state.temperature,
            ),
            target_temperature=state.temperature,
            fan_mode=state.fan,
            preset_mode=state.preset,
            swing_mode=state.swing,
            swing_horizontal_mode=state.swing_horizontal,
            source=self._source,
        )

    def _power_sensor(self) -> str | None:
        """Return the power sensor, if it is of this unit alone."""
        zones = self._entry.get_subentries_of_type(SUBENTRY_ZONE)
        power: str | None = self._entry.data.get(CONF_POWER)
        return power if len(list(zones)) == 1 else None

    @callback
    def _async_power_held(self, runs: bool) -> None:
        """Weigh what the power says against what is believed."""
        if self._moment is not None or self._sending.locked():
            return
        if runs == (self._state.mode != OFF):
            self._async_confirm(StateSource.INFERRED)
            return
        if not runs and not self._is_off():
            # Idle at its target, or off by its handset: nothing tells which.
            if self._source is StateSource.INFERRED:
                self._async_believe(self._state, StateSource.ASSUMED)
            return
        wished, link = self._unconfirmed, self._link
        assert link is not None
        if wished is not None and not self._resent and not link.envelope.toggles_power:
            _LOGGER.warning(
                "%s seems not to have heard: it is told once more", self._name
            )
            self._hass.async_create_task(self._async_resend(wished, runs))
            return
        if wished is not None:
            text = f"{ISSUE_MISMATCH}_{'on' if runs else 'off'}"
            self._issues.async_tell(
                ISSUE_MISMATCH, translation_key=text, name=self._name
            )
            self._unconfirmed = None
        # Its handset was used, where nothing hears it.
        mode = (self._last_mode or first(self.capabilities.modes[1:])) if runs else OFF
        self._async_believe(replace(self._state, mode=mode), StateSource.INFERRED)
        self._on_by_power = runs

    def _is_off(self) -> bool:
        """Return whether little power is enough to know that the unit is off."""
        assert self._link is not None
        sensor = self._data.get(CONF_TEMPERATURE)
        return is_off(
            self._state,
            read_temperature(self._hass.states.get(sensor)) if sensor else None,
            fahrenheit=self._link.envelope.fahrenheit,
            on_by_power=self._on_by_power,
            never_rose=self._turned_on and not self._power.rose,
        )

    async def _async_resend(self, wished: UnitState, runs: bool) -> None:
        link = self._link
        assert link is not None
        async with self._sending:
            if self._moment is not None or self._unconfirmed is not wished:
                return
            self._resent = True
            before = replace(wished, mode=self._last_mode if runs else OFF)
            await self._async_transmit(link, wished, frozenset({"mode"}), before, None)
            self._power.async_weigh()


def _capabilities(envelope: Envelope) -> Capabilities:
    features = ClimateEntityFeature.TURN_OFF
    if envelope.modes:
        features |= ClimateEntityFeature.TURN_ON
    if envelope.min_temperature is not None:
        features |= ClimateEntityFeature.TARGET_TEMPERATURE
    for names, feature in (
        (envelope.fans, ClimateEntityFeature.FAN_MODE),
        (envelope.swings, ClimateEntityFeature.SWING_MODE),
        (envelope.swings_horizontal, ClimateEntityFeature.SWING_HORIZONTAL_MODE),
        (envelope.presets, ClimateEntityFeature.PRESET_MODE),
    ):
        if names:
            features |= feature
    return Capabilities(
        features=int(features),
        modes=(OFF, *envelope.modes),
        temperature_unit=UnitOfTemperature.FAHRENHEIT
        if envelope.fahrenheit
        else UnitOfTemperature.CELSIUS,
        min_temp=envelope.min_temperature,
        max_temp=envelope.max_temperature,
        temperature_step=envelope.step,
        fan_modes=envelope.fans or None,
        preset_modes=envelope.presets or None,
        swing_modes=envelope.swings or None,
        swing_horizontal_modes=envelope.swings_horizontal or None,
    )


async def _async_reason(hass: HomeAssistant, err: CodeFileError) -> str:
    """Return why codes cannot be used, as the forms say it, without its full stop."""
    text = await async_text(
        hass, "config", f"error.file_{err.reason}", {"error": err.detail}
    )
    return str(err) if text is None else text


def _no_code(err: NoCodeError) -> ServiceValidationError:
    return refused(f"infrared_no_{err.field}", value=str(err.value))
