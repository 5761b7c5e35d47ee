"""The simulated units as devices that Home Assistant discovers over MQTT."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
import json
import logging
import time
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from .physics import Head, Simulation, Split, Unit, WaterHeater

_LOGGER = logging.getLogger(__name__)

_J_PER_KWH = 3.6e6
_MANUFACTURER = "Simulated"
_NOTHING = "None"  # What Home Assistant's MQTT platforms read as "no value".

type Json = dict[str, Any]


@dataclass(slots=True)
class Faults:
    """What is wrong with a unit at present; a test sets these at any time."""

    unavailable: bool = False
    """The unit has dropped off the network: its availability topic says so."""
    silent: bool = False
    """Nothing is published any more, and the unit still counts as available."""
    deaf: bool = False
    """Commands are lost."""
    power: str | None = None
    """Published in place of the power, e.g. `nan`, `-120` or `lots`."""
    energy: str | None = None
    """Published in place of the energy counter."""
    heat: str | None = None
    """Published in place of the heat output."""
    room: str | None = None
    """Published in place of the rooms' temperatures: `None` for a sensor that is lost."""
    echo_delay: float | None = None
    """Seconds from a command to the state that answers it, in place of the bridge's own."""


@dataclass(slots=True)
class Meter:
    """A unit's energy counter, in kWh of the wall clock's time."""

    kwh: float = 0.0
    offset: float = 0.0
    true_kwh: float = 0.0
    _counted_j: float = 0.0

    def count(self, electric_j: float, speed: float) -> None:
        """Count up to a total of simulated J at a clock `speed` times the wall's."""
        delta = (electric_j - self._counted_j) / speed / _J_PER_KWH
        self._counted_j = electric_j
        self.kwh += delta
        self.true_kwh += delta

    def reset(self, to: float = 0.0) -> None:
        """Fall back, as counters do when they are replaced or lose power."""
        self.kwh = to


@dataclass(slots=True)
class Bridge:
    """Publishes a simulation to a broker and steps it along with the wall clock.

    `speed` is how many simulated seconds pass in one of the wall's. The energy counters are
    true to the wall clock (they are the integral of the published power over the time that
    Home Assistant sees pass), whatever the speed; the rooms and the weather are true to the
    simulated clock. `Meter.true_kwh` is the truth to check Home Assistant's figures against.
    """

    simulation: Simulation
    port: int
    host: str = "127.0.0.1"
    speed: float = 1.0
    home_speed: float = 1.0
    """How many seconds pass for Home Assistant in one of the wall's; see `fast_home`."""
    interval: float = 1.0
    echo_delay: float = 0.3
    fahrenheit: frozenset[str] = frozenset()
    tells_time: bool = False
    """Whether a sensor tells the simulated time (epoch s), last of all states."""
    prefix: str = "klima_simulator"
    discovery_prefix: str = "homeassistant"
    faults: dict[str, Faults] = field(init=False)
    meters: dict[str, Meter] = field(init=False)
    heat_meters: dict[str, Meter] = field(init=False)
    commands: list[tuple[str, str]] = field(default_factory=list)
    """Every command received, as (topic without prefix, payload), for tests to look at."""
    _client: paho.Client | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _published: dict[str, str] = field(default_factory=dict)
    _stepped: float = 0.0
    _connected: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Give every unit its meter and its (absent) faults."""
        self.faults = {unit.key: Faults() for unit in self.simulation.units}
        self.meters = {unit.key: Meter(kwh=100.0) for unit in self.simulation.units}
        self.heat_meters = {
            unit.key: Meter(kwh=300.0) for unit in self.simulation.units
        }

    # Life

    async def start(self) -> None:
        """Connect, announce every unit and begin to run."""
        self._loop = asyncio.get_running_loop()
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{self.prefix}-{time.monotonic_ns()}",
        )
        client.will_set(self._topic("availability"), "offline", retain=True)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.connect_async(self.host, self.port)
        client.loop_start()
        self._client = client
        async with asyncio.timeout(10):
            await self._connected.wait()
        self._stepped = time.monotonic()
        self._spawn(self._run())

    async def stop(self) -> None:
        """Say goodbye and stop."""
        for task in list(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if (client := self._client) is not None:
            client.publish(
                self._topic("availability"), "offline", retain=True
            ).wait_for_publish(2)
            client.disconnect()
            client.loop_stop()
            self._client = None

    async def _run(self) -> None:
        while True:
            self.step()
            await asyncio.sleep(self.interval)

    def step(self) -> None:
        """Bring the simulation up to now and publish what changed."""
        now = time.monotonic()
        seconds, self._stepped = (now - self._stepped) * self.speed, now
        self.let_pass(seconds, self.speed / self.home_speed)

    def let_pass(self, seconds: float, ahead: float = 1.0) -> None:
        """Let simulated s pass, `ahead` times as fast as Home Assistant's, and publish."""
        self.simulation.advance(seconds)
        if ahead > 0:
            for unit in self.simulation.units:
                totals = unit.totals
                self.meters[unit.key].count(totals.electric, ahead)
                self.heat_meters[unit.key].count(totals.heating + totals.cooling, ahead)
        self.publish()

    def set_speed(self, speed: float) -> None:
        """Change the speed of the simulated clock from now on."""
        self.step()
        self.speed = speed

    def set_both_speeds(self, speed: float) -> None:
        """Run with a Home Assistant that is as fast, from now on."""
        self.set_speed(speed)
        self.home_speed = speed

    # Out

    def announce(self) -> None:
        """Publish discovery, availability and every state, as after Home Assistant's birth."""
        for device in self._devices():
            self._send(
                f"{self.discovery_prefix}/device/{device['id']}/config",
                device["config"],
            )
        self._send(self._topic("availability"), "online")
        self._published.clear()
        self.publish()

    def publish(self) -> None:
        """Publish every state that differs from what was published last."""
        self._publish(
            "weather/temperature", f"{self.simulation.outdoor_temperature:.1f}"
        )
        for unit in self.simulation.units:
            faults = self.faults[unit.key]
            state = "offline" if faults.unavailable else "online"
            self._publish(f"{unit.key}/availability", state, retain=True)
            if faults.unavailable or faults.silent:
                continue
            for topic, value in self._states(unit):
                self._publish(topic, value)
        if self.tells_time:
            # After all else: who hears it has heard everything of this time.
            self._publish("weather/time", f"{self.simulation.time_s:.0f}")

    def _states(self, unit: Unit) -> Iterator[tuple[str, str]]:
        faults, meter = self.faults[unit.key], self.meters[unit.key]
        yield f"{unit.key}/power", faults.power or f"{unit.power:.0f}"
        yield f"{unit.key}/energy", faults.energy or f"{meter.kwh:.4f}"
        yield f"{unit.key}/heat", faults.heat or f"{unit.heat:.0f}"
        yield f"{unit.key}/thermal_energy", f"{self.heat_meters[unit.key].kwh:.4f}"
        if isinstance(unit, WaterHeater):
            yield f"{unit.key}/mode", unit.mode
            yield f"{unit.key}/target", self._out(unit.key, unit.target)
            yield f"{unit.key}/current", self._out(unit.key, unit.tank.temperature)
            yield f"{unit.key}/room", f"{unit.room.temperature:.1f}"
            return
        for head in unit.heads:
            yield from self._head_states(unit.key, head)

    def _head_states(self, key: str, head: Head) -> Iterator[tuple[str, str]]:
        ranged = head.has_range and head.mode == "heat_cool"
        yield f"{head.key}/mode", head.mode
        yield f"{head.key}/action", head.action
        yield f"{head.key}/current", self._out(key, head.intake)
        yield (
            f"{head.key}/room",
            self.faults[key].room or f"{head.room.temperature:.2f}",
        )
        yield f"{head.key}/target", _NOTHING if ranged else self._out(key, head.target)
        if head.has_range:
            yield (
                f"{head.key}/target_low",
                self._out(key, head.target_low) if ranged else _NOTHING,
            )
            yield (
                f"{head.key}/target_high",
                self._out(key, head.target_high) if ranged else _NOTHING,
            )
        yield f"{head.key}/fan", head.fan_mode
        yield f"{head.key}/swing", head.swing_mode
        yield f"{head.key}/swing_horizontal", head.swing_horizontal_mode
        yield f"{head.key}/preset", head.preset_mode

    def _out(self, key: str, celsius: float) -> str:
        return (
            f"{celsius * 1.8 + 32:.0f}" if key in self.fahrenheit else f"{celsius:.1f}"
        )

    def _in(self, key: str, value: str) -> float:
        return (float(value) - 32) / 1.8 if key in self.fahrenheit else float(value)

    def _publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        if self._published.get(topic) == payload:
            return
        self._published[topic] = payload
        if self._client is not None:
            self._client.publish(self._topic(topic), payload, qos=1, retain=retain)

    def _send(self, topic: str, payload: str) -> None:
        if self._client is not None:
            self._client.publish(topic, payload, qos=1, retain=True)

    def _topic(self, rest: str) -> str:
        return f"{self.prefix}/{rest}"

    # In

    def _on_connect(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(
            [
                (self._topic("+/+/set"), 1),
                (self._topic("control"), 1),
                (f"{self.discovery_prefix}/status", 1),
            ]
        )
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        self._connected.set()
        self.announce()

    def _on_message(
        self, _client: paho.Client, _data: Any, message: paho.MQTTMessage
    ) -> None:
        assert self._loop is not None
        payload = message.payload.decode(errors="replace")
        self._loop.call_soon_threadsafe(self._receive, message.topic, payload)

    def _receive(self, topic: str, payload: str) -> None:
        if topic == f"{self.discovery_prefix}/status":
            if payload == "online":
                self.announce()
            return
        rest = topic.removeprefix(f"{self.prefix}/")
        if rest == "control":
            self._spawn(self._guarded(lambda: self.control(json.loads(payload)), rest))
            return
        self.commands.append((rest, payload))
        key, what, _ = rest.split("/")
        unit = self._owner(key)
        if (
            unit is None
            or self.faults[unit.key].deaf
            or self.faults[unit.key].unavailable
        ):
            return
        delay = self.faults[unit.key].echo_delay
        self._spawn(
            self._guarded(
                lambda: self.command(unit, key, what, payload),
                rest,
                self.echo_delay if delay is None else delay,
            )
        )

    async def _guarded(
        self, action: Callable[[], None], topic: str, delay: float = 0
    ) -> None:
        await asyncio.sleep(delay)
        try:
            action()
        except ValueError as err:
            # A real unit drops what it cannot read.
            _LOGGER.warning("Ignored what came to %s: %s", topic, err)
        self.step()

    def command(self, unit: Unit, key: str, what: str, payload: str) -> None:
        """Do what a command says, as the unit would."""
        if isinstance(unit, WaterHeater):
            if what == "mode":
                unit.set_mode(payload)
            elif what == "target":
                unit.set_target(self._in(key, payload))
            elif what == "power":
                unit.set_mode("eco" if payload == "ON" else "off")
            return
        head = next(head for head in unit.heads if head.key == key)
        match what:
            case "mode":
                unit.set_mode(head, payload)
            case "power":
                last = next(mode for mode in head.modes if mode != "off")
                unit.set_mode(head, last if payload == "ON" else "off")
            case "target":
                head.set_target(self._in(unit.key, payload))
            case "target_low":
                head.set_range(low=self._in(unit.key, payload))
            case "target_high":
                head.set_range(high=self._in(unit.key, payload))
            case "fan" if payload in head.fan_modes:
                head.fan_mode = payload
            case "swing" if payload in head.swing_modes:
                head.swing_mode = payload
            case "swing_horizontal" if payload in head.swing_horizontal_modes:
                head.swing_horizontal_mode = payload
            case "preset" if payload in (*head.preset_modes, "none"):
                head.preset_mode = payload
            case _:
                raise ValueError(f"{key} has no {what} {payload}")

    def control(self, order: Json) -> None:
        """Do what a message to the control topic says; the same is open to Python.

        Keys: `speed`; `outdoor` (mean, °C); and with `unit`: `room` (°C, with `head` for one of
        several), `faults` (fields of `Faults`), `reset_energy` (kWh to fall back to).
        """
        if "speed" in order:
            self.set_speed(float(order["speed"]))
        if "outdoor" in order:
            self.simulation.weather.mean = float(order["outdoor"])
        if (key := order.get("unit")) is None:
            return
        unit = self.simulation.unit(key)
        for name, value in order.get("faults", {}).items():
            setattr(self.faults[key], name, value)
        if "reset_energy" in order:
            self.meters[key].reset(float(order["reset_energy"]))
        if "room" in order:
            rooms = (
                [unit.room]
                if isinstance(unit, WaterHeater)
                else [h.room for h in unit.heads if order.get("head") in (None, h.key)]
            )
            for room in rooms:
                room.temperature = float(order["room"])

    def _owner(self, key: str) -> Unit | None:
        for unit in self.simulation.units:
            if unit.key == key or (
                isinstance(unit, Split) and any(head.key == key for head in unit.heads)
            ):
                return unit
        return None

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Discovery

    def _devices(self) -> Iterator[dict[str, str]]:
        weather: Json = {
            "outdoor_temperature": self._sensor(
                "outdoor_temperature",
                "weather/temperature",
                "Outdoor temperature",
                "temperature",
                "°C",
            )
            | {"default_entity_id": "sensor.outdoor_temperature"}
        }
        if self.tells_time:
            weather["time"] = self._sensor(
                "simulated_time", "weather/time", "Time", "duration", "s"
            )
        yield self._device("weather", "Weather station", "SIM-WS1", weather)
        for unit in self.simulation.units:
            parts: Json = {
                "power": self._sensor(
                    f"{unit.key}_power", f"{unit.key}/power", "Power", "power", "W"
                ),
                "energy": self._sensor(
                    f"{unit.key}_energy",
                    f"{unit.key}/energy",
                    "Energy",
                    "energy",
                    "kWh",
                    "total_increasing",
                ),
                "heat": self._sensor(
                    f"{unit.key}_heat_output",
                    f"{unit.key}/heat",
                    "Heat output",
                    "power",
                    "W",
                ),
                # A defrost takes heat back: this counter may fall a little.
                "thermal_energy": self._sensor(
                    f"{unit.key}_thermal_energy",
                    f"{unit.key}/thermal_energy",
                    "Thermal energy",
                    "energy",
                    "kWh",
                    "total",
                ),
            }
            if isinstance(unit, WaterHeater):
                parts["water_heater"] = self._water_heater(unit)
                parts["room"] = self._room(unit.key)
                yield self._device(
                    unit.key, unit.name, unit.model, parts, unit=unit.key
                )
                continue
            # A single split is one device; a multi-split's indoor units are devices of their own.
            single = len(unit.heads) == 1
            for head in unit.heads:
                own: Json = {
                    "climate": self._climate(unit, head),
                    "room": self._room(head.key),
                }
                if single:
                    parts |= own
                else:
                    yield self._device(
                        head.key,
                        head.name,
                        f"{unit.model}-IN",
                        own,
                        unit=unit.key,
                        via=unit.key,
                    )
            name = unit.name if single else f"{unit.name} outdoor unit"
            yield self._device(unit.key, name, unit.model, parts, unit=unit.key)

    def _device(
        self,
        key: str,
        name: str,
        model: str,
        parts: Json,
        *,
        unit: str | None = None,
        via: str | None = None,
    ) -> dict[str, str]:
        device: Json = {
            "identifiers": [f"{self.prefix}_{key}"],
            "name": name,
            "manufacturer": _MANUFACTURER,
            "model": model,
            "sw_version": "1.0",
        }
        if via:
            device["via_device"] = f"{self.prefix}_{via}"
        topics = [self._topic("availability")]
        if unit:
            topics.append(self._topic(f"{unit}/availability"))
        config = {
            "device": device,
            "origin": {"name": "Klima's simulator"},
            "availability": [{"topic": topic} for topic in topics],
            "availability_mode": "all",
            "components": parts,
            "qos": 1,
        }
        return {"id": f"{self.prefix}_{key}", "config": json.dumps(config)}

    def _sensor(
        self,
        key: str,
        topic: str,
        name: str,
        device_class: str,
        unit: str,
        state_class: str = "measurement",
    ) -> Json:
        return {
            "platform": "sensor",
            "unique_id": f"{self.prefix}_{key}",
            "default_entity_id": f"sensor.{key}",
            "name": name,
            "state_topic": self._topic(topic),
            "device_class": device_class,
            "unit_of_measurement": unit,
            "state_class": state_class,
        }

    def _room(self, key: str) -> Json:
        return self._sensor(
            f"{key}_room_temperature",
            f"{key}/room",
            "Room temperature",
            "temperature",
            "°C",
        )

    def _climate(self, unit: Split, head: Head) -> Json:
        fahrenheit = unit.key in self.fahrenheit
        convert: Callable[[float], float] = (
            (lambda c: round(c * 1.8 + 32)) if fahrenheit else (lambda c: c)
        )
        config: Json = {
            "platform": "climate",
            "unique_id": f"{self.prefix}_{head.key}_climate",
            "default_entity_id": f"climate.{head.key}",
            "name": None,
            "modes": list(head.modes),
            "temperature_unit": "F" if fahrenheit else "C",
            "temp_step": 1.0 if fahrenheit else head.temperature_step,
            "precision": 1.0 if fahrenheit else 0.1,
            "min_temp": convert(head.minimum_temperature),
            "max_temp": convert(head.maximum_temperature),
            "action_topic": self._topic(f"{head.key}/action"),
            "current_temperature_topic": self._topic(f"{head.key}/current"),
            "power_command_topic": self._topic(f"{head.key}/power/set"),
        }
        parts = {"mode": "mode", "temperature": "target"}
        if head.has_range:
            parts |= {
                "temperature_low": "target_low",
                "temperature_high": "target_high",
            }
        for option, modes in (
            ("fan", head.fan_modes),
            ("swing", head.swing_modes),
            ("swing_horizontal", head.swing_horizontal_modes),
        ):
            if modes:
                parts[f"{option}_mode"] = option
                config[f"{option}_modes"] = list(modes)
        if head.preset_modes:
            parts["preset_mode"] = "preset"
            config["preset_modes"] = list(head.preset_modes)
        for option, what in parts.items():
            config[f"{option}_command_topic"] = self._topic(f"{head.key}/{what}/set")
            config[f"{option}_state_topic"] = self._topic(f"{head.key}/{what}")
        return config

    def _water_heater(self, unit: WaterHeater) -> Json:
        fahrenheit = unit.key in self.fahrenheit
        limits = [unit.minimum_temperature, unit.maximum_temperature]
        low, high = [round(c * 1.8 + 32) for c in limits] if fahrenheit else limits
        return {
            "platform": "water_heater",
            "unique_id": f"{self.prefix}_{unit.key}_water_heater",
            "default_entity_id": f"water_heater.{unit.key}",
            "name": None,
            "modes": list(unit.modes),
            "temperature_unit": "F" if fahrenheit else "C",
            "min_temp": low,
            "max_temp": high,
            "precision": 1.0 if fahrenheit else 0.1,
            "mode_command_topic": self._topic(f"{unit.key}/mode/set"),
            "mode_state_topic": self._topic(f"{unit.key}/mode"),
            "temperature_command_topic": self._topic(f"{unit.key}/target/set"),
            "temperature_state_topic": self._topic(f"{unit.key}/target"),
            "current_temperature_topic": self._topic(f"{unit.key}/current"),
            "power_command_topic": self._topic(f"{unit.key}/power/set"),
        }
