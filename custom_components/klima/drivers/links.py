"""Links to an infrared unit: a wish made ready, sent, and the handset heard."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import (
    CONF_CODE_FILE,
    CONF_EMITTER,
    CONF_PROTOCOL,
    CONF_RECEIVER,
    CONF_TOPIC,
    CONF_VENDOR,
    CONF_VENDOR_MODEL,
)
from ..core.infrared import irhvac, protocols
from ..core.infrared.signal import CodeError, Signal
from ..core.infrared.smartir import CodeFileError
from ..core.infrared.state import Code, Encoder, Envelope, UnitState
from ..core.infrared.symbols import join
from ..errors import told
from .code_files import read_file, resolve
from .faults import told_as_refusal
from .receiver import async_listen
from .transports import (
    EMITTER_TASMOTA,
    REST,
    Line,
    Transport,
    async_publish,
    create_transport,
    line_of,
)

if TYPE_CHECKING:
    from homeassistant.components.mqtt.models import ReceiveMessage

type OnHeard = Callable[[tuple[UnitState, ...]], None]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is ready to be sent: codes or a payload, and the state that it makes."""

    state: UnitState
    codes: tuple[Code, ...] = ()
    payload: str = ""


class Link(Protocol):
    """The way to a unit and back."""

    envelope: Envelope
    hears: bool

    def available(self) -> bool:
        """Return whether the unit could be reached now."""

    def async_start(
        self, on_change: Callable[[], None], on_heard: OnHeard
    ) -> CALLBACK_TYPE:
        """Follow its availability, and listen to the handset."""

    def prepare(
        self, wish: UnitState, asked: frozenset[str], before: UnitState
    ) -> Outgoing:
        """Make a wish ready to be sent. Raises NoCodeError."""

    async def async_send(self, outgoing: Outgoing, context: Context | None) -> None:
        """Send it, after what is sent by the same emitter already.

        Raises HomeAssistantError where that fails, whatever the reason.
        """


class SignalLink:
    """Through codes of ours: an encoder, a transport, and a receiver where there is one."""

    def __init__(
        self,
        hass: HomeAssistant,
        encoder: Encoder,
        transport: Transport,
        receiver: str | None,
    ) -> None:
        """Put the parts together."""
        self._hass = hass
        self._encoder = encoder
        self._transport = transport
        self._receiver = receiver
        self.envelope = encoder.envelope
        self.hears = receiver is not None and encoder.reads

    @callback
    def available(self) -> bool:
        """Return whether the transport is there; a lost receiver hinders nothing."""
        return self._transport.available()

    @callback
    def async_start(
        self, on_change: Callable[[], None], on_heard: OnHeard
    ) -> CALLBACK_TYPE:
        """Follow the transport, and listen through the receiver."""
        stops = [self._transport.async_start(on_change)]
        if self._receiver is not None and self._encoder.reads:
            stops.append(
                async_listen(
                    self._hass,
                    self._receiver,
                    lambda parts: self._async_heard(parts, on_heard),
                )
            )

        @callback
        def stop() -> None:
            for each in stops:
                each()

        return stop

    def prepare(
        self, wish: UnitState, asked: frozenset[str], before: UnitState
    ) -> Outgoing:
        """Return the codes for a wish."""
        frame = self._encoder.encode(wish, asked, before)
        return Outgoing(frame.state, codes=frame.codes)

    async def async_send(self, outgoing: Outgoing, context: Context | None) -> None:
        """Send the codes in turn."""
        if not self.available():
            # Home Assistant itself drops an action on an unavailable remote in silence,
            # and hands a command to an unavailable emitter.
            raise told(
                HomeAssistantError, "unit_unavailable", unit=self._transport.name
            )
        await async_send_codes(
            self._transport,
            line_of(self._hass, self._transport.name),
            outgoing.codes,
            context,
        )

    @callback
    def _async_heard(self, parts: list[Signal], on_heard: OnHeard) -> None:
        """Read a press: all parts together, else the last alone."""
        for first in dict.fromkeys((0, len(parts) - 1)):
            try:
                states = self._encoder.decode(join(parts[first:]))
            except CodeError:
                continue
            if states:
                parts.clear()
                on_heard(states)
                return


class IrhvacLink:
    """Through Tasmota's IRHVAC over MQTT: its firmware makes the frames and reads them."""

    hears = True

    def __init__(self, hass: HomeAssistant, topic: str, unit: irhvac.Irhvac) -> None:
        """Take the device's topic."""
        self._hass = hass
        self._topic = topic
        self._unit = unit
        self._online = True
        self.envelope = irhvac.ENVELOPE

    @callback
    def available(self) -> bool:
        """Return whether the device said last that it is there."""
        return self._online

    @callback
    def async_start(
        self, on_change: Callable[[], None], on_heard: OnHeard
    ) -> CALLBACK_TYPE:
        """Follow the device's last will, and what it hears."""

        @callback
        def will(message: ReceiveMessage) -> None:
            online = str(message.payload).strip().lower() != "offline"
            if online != self._online:
                self._online = online
                on_change()

        @callback
        def result(message: ReceiveMessage) -> None:
            if message.retain:
                return
            try:
                told = json.loads(message.payload)
            except ValueError, RecursionError:
                return
            if (state := self._unit.read(told)) is not None:
                on_heard((state,))

        stops: list[CALLBACK_TYPE] = []
        stopped = False

        async def subscribe() -> None:
            if "mqtt" not in self._hass.config.components:
                self._online = False
                on_change()
                return
            # Its code is there for sure only where it is set up.
            from homeassistant.components import mqtt  # noqa: PLC0415

            await mqtt.async_wait_for_mqtt_client(self._hass)
            for topic, heard in (
                (f"tele/{self._topic}/LWT", will),
                (f"tele/{self._topic}/RESULT", result),
                (f"stat/{self._topic}/RESULT", result),
            ):
                if stopped:
                    return
                stops.append(await mqtt.async_subscribe(self._hass, topic, heard))

        task = self._hass.async_create_background_task(
            subscribe(), f"klima listens to {self._topic}"
        )

        @callback
        def stop() -> None:
            nonlocal stopped
            stopped = True
            task.cancel()
            for each in stops:
                each()

        return stop

    def prepare(
        self, wish: UnitState, asked: frozenset[str], before: UnitState
    ) -> Outgoing:
        """Return the payload for a wish."""
        return Outgoing(wish, payload=json.dumps(self._unit.payload(wish)))

    async def async_send(self, outgoing: Outgoing, context: Context | None) -> None:
        """Publish the payload."""
        line = line_of(self._hass, f"tasmota:{self._topic}")
        async with line.lock:
            await _rest(line)
            with told_as_refusal(f"Tasmota {self._topic}"):
                await async_publish(
                    self._hass, f"cmnd/{self._topic}/IRHVAC", outgoing.payload, context
                )
            line.free_at = asyncio.get_running_loop().time() + REST


async def async_send_codes(
    transport: Transport, line: Line, codes: tuple[Code, ...], context: Context | None
) -> None:
    """Send codes in turn, each after a rest and with nobody else's between them.

    Raises HomeAssistantError where one could not be sent.
    """
    loop = asyncio.get_running_loop()
    async with line.lock:
        for code in codes:
            await _rest(line)
            with told_as_refusal(transport.name):
                await transport.async_send(code, context)
            duration = code.duration / 1e6 if isinstance(code, Signal) else 0.3
            line.free_at = loop.time() + duration + REST


async def _rest(line: Line) -> None:
    wait = line.free_at - asyncio.get_running_loop().time()
    if wait > 0:
        await asyncio.sleep(wait)


def load_encoder(folder: Path, data: Mapping[str, Any]) -> Encoder:
    """Return the encoder that a zone's data names. Raises CodeFileError.

    It reads a file or a library: not for the event loop.
    """
    if protocol := data.get(CONF_PROTOCOL):
        if (found := protocols.encoder(protocol)) is None:
            raise CodeFileError(
                "no_protocol", f"This version of Home Assistant has no {protocol}"
            )
        return found
    code_file = read_file(resolve(folder, data[CONF_CODE_FILE]))
    if data.get(CONF_RECEIVER):
        code_file.table.prepare()
    return code_file.table


async def async_create_link(
    hass: HomeAssistant, name: str, data: Mapping[str, Any]
) -> Link:
    """Return the link that a zone's data names. Raises CodeFileError."""
    if data[CONF_EMITTER] == EMITTER_TASMOTA:
        unit = irhvac.Irhvac(
            vendor=data[CONF_VENDOR], model=data.get(CONF_VENDOR_MODEL, "")
        )
        return IrhvacLink(hass, data[CONF_TOPIC], unit)
    encoder = await hass.async_add_executor_job(
        load_encoder, Path(hass.config.config_dir), data
    )
    return SignalLink(
        hass, encoder, create_transport(hass, name, data), data.get(CONF_RECEIVER)
    )
