"""An infrared room over MQTT: a blaster with a receiver, and a unit that reads light.

The unit has a protocol of Gree's, read by the library that Home Assistant
itself has: what Klima sends must be right for that, not for Klima. Home
Assistant makes real infrared entities of the blaster; a Broadlink-like remote,
a Tasmota, a Tuya blaster behind Zigbee2MQTT and a gateway for Pronto codes show
the same light to the same unit.
"""

import asyncio
import base64
from dataclasses import dataclass, field
import json
import time
from typing import Any

from infrared_protocols.commands.gree_ac import (
    GreeAcCommand,
    GreeAcFanSpeed,
    GreeAcMode,
)
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from .custom_components.simulated_remote.remote import (
    LEARN_TOPIC,
    TOPIC as REMOTE_TOPIC,
)

PREFIX = "klima_simulator/infrared"
TASMOTA = "simulated_tasmota"
ZIGBEE = f"{PREFIX}/zigbee/set"
"""Where a blaster listens that speaks as Zigbee2MQTT's do."""
PRONTO = f"{PREFIX}/pronto"
"""Where a gateway listens that takes Pronto codes."""

_TICK = 8192 / 269

DEVICE = {
    "identifiers": ["klima_simulator_infrared"],
    "name": "Blaster",
    "manufacturer": "Simulated",
}


@dataclass(slots=True)
class Room:
    """One unit, and what it has seen."""

    port: int
    host: str = "127.0.0.1"
    state: GreeAcCommand | None = None
    """What the unit was told last, by whatever light it saw; None: nothing yet."""
    seen: list[GreeAcCommand] = field(default_factory=list)
    strange: list[Any] = field(default_factory=list)
    """Light that was for no unit of this kind."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What the Tasmota was asked for."""
    _client: paho.Client | None = None
    _connected: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Connect, and announce the blaster."""
        self._loop = asyncio.get_running_loop()
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=f"infrared-{time.monotonic_ns()}"
        )
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.connect_async(self.host, self.port)
        client.loop_start()
        self._client = client
        async with asyncio.timeout(10):
            await self._connected.wait()

    async def stop(self) -> None:
        """Take the blaster down."""
        assert self._client is not None
        for schema in ("emitter", "receiver"):
            self._client.publish(
                f"homeassistant/infrared/blaster_{schema}/config", "", retain=True
            ).wait_for_publish(2)
        self._client.disconnect()
        self._client.loop_stop()

    def press(self, **settings: Any) -> None:
        """Press a button of the handset: the unit sees it, and so does the receiver."""
        command = GreeAcCommand(**settings)
        self.state = command
        # A receiver stretches marks, and shortens spaces.
        timings = [t + 70 for t in command.get_raw_timings()[:-1]]
        self._publish(f"{PREFIX}/received", {"timings": timings, "modulation": 38000})

    def press_before_remote(self, **settings: Any) -> None:
        """Press a button before the remote, which learns it if it was told to."""
        command = GreeAcCommand(**settings)
        self.state = command
        assert self._client is not None
        packet = _to_packet(command.get_raw_timings())
        self._client.publish(LEARN_TOPIC, packet).wait_for_publish(5)

    def make_noise(self) -> None:
        """Let the receiver hear a lamp, and half a frame."""
        half = GreeAcCommand(mode=GreeAcMode.HEAT, temperature=30).get_raw_timings()
        for timings in ([120, -80] * 40, half[:60], [5000]):
            self._publish(
                f"{PREFIX}/received", {"timings": timings, "modulation": None}
            )

    def press_before_tasmota(self, **said: Any) -> None:
        """Press a button before the Tasmota: it tells what it heard."""
        self._publish(
            f"tele/{TASMOTA}/RESULT",
            {"IrReceived": {"Protocol": "GREE", "IRHVAC": {"Vendor": "GREE", **said}}},
        )

    def _publish(self, topic: str, payload: Any) -> None:
        assert self._client is not None
        self._client.publish(topic, json.dumps(payload)).wait_for_publish(5)

    def _on_connect(self, client: paho.Client, *_: Any) -> None:
        for topic in (
            f"{PREFIX}/send",
            REMOTE_TOPIC,
            f"cmnd/{TASMOTA}/IRHVAC",
            ZIGBEE,
            PRONTO,
        ):
            client.subscribe(topic)
        for schema, topic in (("emitter", "send"), ("receiver", "received")):
            client.publish(
                f"homeassistant/infrared/blaster_{schema}/config",
                json.dumps(
                    {
                        "schema": schema,
                        "name": schema.capitalize(),
                        "unique_id": f"blaster_{schema}",
                        "device": DEVICE,
                        "command_topic"
                        if schema == "emitter"
                        else "state_topic": f"{PREFIX}/{topic}",
                    }
                ),
                retain=True,
            )
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._connected.set)

    def _on_message(
        self, _client: paho.Client, _data: Any, message: paho.MQTTMessage
    ) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(
            self._seen, message.topic, message.payload.decode()
        )

    def _seen(self, topic: str, payload: str) -> None:
        """Take light in, whichever way it came."""
        if topic == f"cmnd/{TASMOTA}/IRHVAC":
            said = json.loads(payload)
            self.asked.append(said)
            self._see(_of_irhvac(said).get_raw_timings())
        elif topic == REMOTE_TOPIC:
            self._see(_of_packet(payload))
        elif topic == ZIGBEE:
            self._see(_of_tuya(json.loads(payload)["ir_code_to_send"]))
        elif topic == PRONTO:
            self._see(_of_pronto(payload))
        else:
            sent = json.loads(payload)
            assert sent["repeat_count"] == 0
            self._see(sent["timings"])

    def _see(self, timings: list[int]) -> None:
        command = GreeAcCommand.from_raw_timings(timings)
        if command is None:
            self.strange.append(timings)
            return
        self.seen.append(command)
        self.state = command


def _of_packet(command: str) -> list[int]:
    """Read a Broadlink packet, as its device does: not with Klima's own code."""
    packet = base64.b64decode(command.removeprefix("b64:"))
    assert packet[0] == 0x26
    data = list(packet[4 : 4 + packet[2] + 256 * packet[3]])
    timings: list[int] = []
    while data:
        tick = data.pop(0)
        if tick == 0:
            tick = 256 * data.pop(0) + data.pop(0)
        timings.append(round(tick * _TICK) * (-1 if len(timings) % 2 else 1))
    return timings


def _to_packet(timings: list[int]) -> str:
    """Write a Broadlink packet, as its device does."""
    ticks = [round(abs(timing) / _TICK) for timing in timings]
    data = b"".join(
        bytes((tick,)) if tick < 256 else bytes((0, tick >> 8, tick & 255))
        for tick in ticks
    )
    packet = b"\x26\x00" + len(data).to_bytes(2, "little") + data
    return "b64:" + base64.b64encode(packet).decode()


def _of_tuya(code: str) -> list[int]:
    """Unpack what a Tuya blaster is given, as its device does."""
    packed = base64.b64decode(code)
    data = bytearray()
    at = 0
    while at < len(packed):
        control = packed[at]
        at += 1
        length = control >> 5
        if length == 0:
            data += packed[at : at + control + 1]
            at += control + 1
            continue
        if length == 7:
            length += packed[at]
            at += 1
        distance = (control & 31) << 8 | packed[at]
        at += 1
        for _ in range(length + 2):
            data.append(data[-1 - distance])
    return [
        (data[i] | data[i + 1] << 8) * (-1 if i % 4 else 1)
        for i in range(0, len(data), 2)
    ]


def _of_pronto(code: str) -> list[int]:
    """Read a learned Pronto code, as a gateway does."""
    words = [int(word, 16) for word in code.split()]
    kind, frequency, once, repeated = words[:4]
    assert kind == 0 and 2 * (once + repeated) == len(words) - 4
    period = frequency * 0.241246
    return [
        round(word * period) * (-1 if index % 2 else 1)
        for index, word in enumerate(words[4:])
    ]


def _of_irhvac(said: dict[str, Any]) -> GreeAcCommand:
    """Make the frame that the firmware would make."""
    mode = {
        "Auto": GreeAcMode.AUTO,
        "Cool": GreeAcMode.COOL,
        "Heat": GreeAcMode.HEAT,
        "Dry": GreeAcMode.DRY,
        "Fan": GreeAcMode.FAN_ONLY,
        "Off": GreeAcMode.AUTO,
    }[said["Mode"]]
    fan = {"Low": GreeAcFanSpeed.LOW, "Medium": GreeAcFanSpeed.MEDIUM}
    return GreeAcCommand(
        power=said["Power"] == "On",
        mode=mode,
        temperature=said["Temp"],
        fan=fan.get(said["FanSpeed"], GreeAcFanSpeed.AUTO),
        swing_v=said["SwingV"] == "Auto",
    )
