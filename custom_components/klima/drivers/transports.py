"""Transports: how a code leaves Home Assistant."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from homeassistant.components import infrared
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_UNAVAILABLE
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
    split_entity_id,
)
from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.script import Script, async_validate_actions_config
from homeassistant.helpers.template import Template
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from ..const import CONF_ACTION, CONF_EMITTER, CONF_PAYLOAD, CONF_TOPIC, DOMAIN
from ..core.infrared.broadlink import format_broadlink
from ..core.infrared.codecs import FORMATTERS, Encoding
from ..core.infrared.signal import Signal
from ..core.infrared.state import Code, Named, Opaque
from ..errors import told

REST = 0.25
"""s between two frames of one emitter: what a unit needs to tell them apart."""

EMITTER_MQTT = "mqtt"
EMITTER_ACTION = "action"
EMITTER_TASMOTA = "tasmota"
"""What an emitter is that is no entity."""


class _Command(infrared.InfraredCommand):  # type: ignore[misc] # its library is not typed
    """A signal as Home Assistant's infrared entities take it, all repeats within."""

    def __init__(self, signal: Signal) -> None:
        super().__init__(modulation=signal.modulation, repeat_count=0)
        self._timings = list(signal.timings)

    def get_raw_timings(self) -> list[int]:
        """Return the durations in µs, marks positive."""
        return self._timings


@dataclass(slots=True)
class Line:
    """An emitter's turn-taking: one frame at a time, with a rest between two."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


_LINES: HassKey[dict[str, Line]] = HassKey(f"{DOMAIN}_infrared_lines")


@callback
def line_of(hass: HomeAssistant, name: str) -> Line:
    """Return the turn-taking of an emitter, which all zones share that use it."""
    return hass.data.setdefault(_LINES, {}).setdefault(name, Line())


class Transport(Protocol):
    """What takes codes to the air. Raises HomeAssistantError where it cannot."""

    name: str
    """What the emitter is known by: those that share it wait for each other."""

    def available(self) -> bool:
        """Return whether a code could leave now."""

    def async_start(self, on_change: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow whether it is available."""

    async def async_send(self, code: Code, context: Context | None) -> None:
        """Send one code."""


class _EntityTransport:
    """What transports through an entity share: it is there or not."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        self._hass = hass
        self.name = entity_id

    @callback
    def available(self) -> bool:
        """Return whether the entity is there. That it never sent does not matter."""
        state = self._hass.states.get(self.name)
        return state is not None and state.state != STATE_UNAVAILABLE

    @callback
    def async_start(self, on_change: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow the entity."""
        was = self.available()

        @callback
        def changed(_event: Event[EventStateChangedData]) -> None:
            nonlocal was
            if (now := self.available()) != was:
                was = now
                on_change()

        return async_track_state_change_event(self._hass, [self.name], changed)


class EmitterTransport(_EntityTransport):
    """Through an infrared emitter entity."""

    async def async_send(self, code: Code, context: Context | None) -> None:
        """Send a signal's durations."""
        await infrared.async_send_command(
            self._hass, self.name, _Command(_signal(code)), context
        )


_MUTE_WHILE_OFF = ("broadlink", "xiaomi_miio")
"""Integrations whose remotes, while they are off, send nothing and raise nothing."""


class RemoteTransport(_EntityTransport):
    """Through `remote.send_command`, as a Broadlink packet or in the remote's own form."""

    @callback
    def available(self) -> bool:
        """Return whether the remote is there, and sends what it is given."""
        if not super().available():
            return False
        state = self._hass.states.get(self.name)
        if state is None or state.state != STATE_OFF:
            return True
        entry = er.async_get(self._hass).async_get(self.name)
        return entry is None or entry.platform not in _MUTE_WHILE_OFF

    async def async_send(self, code: Code, context: Context | None) -> None:
        """Send a code; one that the remote has learned itself by its name."""
        match code:
            case Named(device, command):
                data = {"device": device, "command": [command]}
            case Opaque(text):
                data = {"command": [text]}
            case _:
                data = {"command": [f"b64:{format_broadlink(code)}"]}
        await self._hass.services.async_call(
            "remote",
            "send_command",
            {ATTR_ENTITY_ID: self.name, **data},
            blocking=True,
            context=context,
        )


class _TemplatedTransport:
    """What transports without an entity share: always thought to be there."""

    @callback
    def available(self) -> bool:
        """Return that nothing is known against it."""
        return True

    @callback
    def async_start(self, on_change: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow nothing."""
        return lambda: None


class MqttTransport(_TemplatedTransport):
    """By a message to a topic, its payload from a template."""

    def __init__(self, hass: HomeAssistant, topic: str, payload: str) -> None:
        """Take the topic, and the template that makes a payload of a signal."""
        self._hass = hass
        self._topic = topic
        self._payload = Template(payload, hass)
        self.name = f"mqtt:{topic}"

    async def async_send(self, code: Code, context: Context | None) -> None:
        """Publish a signal."""
        payload = render(self._payload, _signal(code))
        await async_publish(self._hass, self._topic, payload, context)


class ActionTransport(_TemplatedTransport):
    """By any actions, which are given the signal in every form."""

    def __init__(
        self, hass: HomeAssistant, name: str, actions: list[dict[str, Any]]
    ) -> None:
        """Take the actions, as they are in the configuration."""
        self._hass = hass
        self._title = name
        self._actions = actions
        self._script: Script | None = None
        self.name = f"action:{name}"

    async def async_send(self, code: Code, context: Context | None) -> None:
        """Run the actions for a signal."""
        if self._script is None:
            self._script = Script(
                self._hass,
                await async_check_actions(self._hass, self._actions),
                f"Klima {self._title}",
                DOMAIN,
                script_mode="queued",
            )
        # One without a context is logged as a mistake each time: what nobody asked for
        # (a schedule, a flow's trial) has none.
        await self._script.async_run(variables(_signal(code)), context or Context())


async def async_check_actions(
    hass: HomeAssistant, actions: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return actions as a script takes them. Raises HomeAssistantError."""
    try:
        checked: list[dict[str, Any]] = await async_validate_actions_config(
            hass, cv.SCRIPT_SCHEMA(actions)
        )
    except (vol.Invalid, HomeAssistantError) as err:
        raise told(HomeAssistantError, "infrared_actions", error=str(err)) from err
    return checked


async def async_publish(
    hass: HomeAssistant, topic: str, payload: str, context: Context | None
) -> None:
    """Publish by MQTT's own action: its code is not there where it is not set up."""
    await hass.services.async_call(
        "mqtt",
        "publish",
        {"topic": topic, "payload": payload},
        blocking=True,
        context=context,
    )


def variables(signal: Signal) -> dict[str, Any]:
    """Return a signal in every form, by the names that templates know them by."""
    return {
        "timings": list(signal.timings),
        "modulation": signal.modulation,
        **{
            encoding.value: write(signal)
            for encoding, write in FORMATTERS.items()
            # The timings say that.
            if encoding is not Encoding.RAW
        },
    }


def render(template: Template, signal: Signal) -> str:
    """Make a payload of a signal."""
    try:
        return str(template.async_render(variables(signal), parse_result=False))
    except TemplateError as err:
        raise told(HomeAssistantError, "infrared_template", error=str(err)) from err


def create_transport(
    hass: HomeAssistant, name: str, data: Mapping[str, Any]
) -> Transport:
    """Return the transport that a zone's data names."""
    emitter: str = data[CONF_EMITTER]
    if emitter == EMITTER_MQTT:
        return MqttTransport(hass, data[CONF_TOPIC], data[CONF_PAYLOAD])
    if emitter == EMITTER_ACTION:
        return ActionTransport(hass, name, data[CONF_ACTION])
    if split_entity_id(emitter)[0] == "remote":
        return RemoteTransport(hass, emitter)
    return EmitterTransport(hass, emitter)


def _signal(code: Code) -> Signal:
    if not isinstance(code, Signal):
        raise told(HomeAssistantError, "infrared_opaque_code")
    return code
