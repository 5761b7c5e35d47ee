"""An infrared home in memory: an emitter, a receiver, and a unit that reads light."""

import asyncio
from typing import Any

from homeassistant.components import infrared
from homeassistant.components.infrared.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from infrared_protocols.commands.gree_ac import GreeAcCommand, GreeAcMode
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.klima.const import DOMAIN

EMITTER = "infrared.emitter"
RECEIVER = "infrared.receiver"
UNIT = "climate.bedroom"
TABLE: dict[str, Any] = {
    "manufacturer": "Aurora",
    "supportedModels": ["AX-35"],
    "supportedController": "ESPHome",
    "commandsEncoding": "Raw",
    "minTemperature": 20,
    "maxTemperature": 24,
    "precision": 1,
    "operationModes": ["cool", "dry"],
    "fanModes": ["low", "high"],
    "commands": {
        "off": "[900, -400, 100, -100, 100, -100, 100]",
        "cool": {
            "low": {
                "20": "[900, -400, 100, -300, 100, -100, 100]",
                "22": "[900, -400, 100, -300, 100, -300, 100]",
                "24": "[900, -400, 300, -300, 100, -300, 100]",
            }
        },
        "dry": {"high": {"20": "[900, -400, 100, -100, 100, -300, 100]"}},
    },
}


class Emitter(infrared.InfraredEmitterEntity):
    """Notes what it sends, and shows it to whoever looks."""

    _attr_name = "Emitter"
    _attr_unique_id = "emitter"

    def __init__(self) -> None:
        """Have sent nothing yet."""
        self.sent: list[list[int]] = []
        self.at: list[float] = []
        self.fails: Exception | None = None
        self._fails_once = False
        self.gate = asyncio.Event()
        """While it is clear, a command hangs."""
        self.gate.set()

    async def async_send_command(self, command: infrared.InfraredCommand) -> None:
        """Send, or fail."""
        await self.gate.wait()
        if self._fails_once:
            self._fails_once = False
            raise HomeAssistantError("the blaster is broken")
        if self.fails is not None:
            raise self.fails
        assert command.repeat_count == 0
        self.sent.append(command.get_raw_timings())
        self.at.append(self.hass.loop.time())

    def fail_once(self) -> None:
        """Fail at the command that hangs."""
        self._fails_once = True
        self.gate.set()

    @property
    def read(self) -> list[GreeAcCommand]:
        """What a unit of Gree's reads of it."""
        frames = [GreeAcCommand.from_raw_timings(timings) for timings in self.sent]
        assert None not in frames
        return frames

    def come_and_go(self, available: bool) -> None:
        """Be there, or not."""
        self._attr_available = available
        self.async_write_ha_state()


class Receiver(infrared.InfraredReceiverEntity):
    """Hears what a handset sends."""

    _attr_name = "Receiver"
    _attr_unique_id = "receiver"

    def hear(self, timings: list[int]) -> None:
        """Hear durations."""
        self._handle_received_signal(infrared.InfraredReceivedSignal(timings, 38000))

    def hear_handset(self, *, received: bool = True, **settings: Any) -> None:
        """Hear a handset of Gree's; stretched, as receivers do it."""
        timings = GreeAcCommand(**settings).get_raw_timings()
        self.hear([t + 60 for t in timings[:-1]])

    def come_and_go(self, available: bool) -> None:
        """Be there, or not."""
        self._attr_available = available
        self.async_write_ha_state()


async def async_add_infrared(hass: HomeAssistant) -> tuple[Emitter, Receiver]:
    """Add an emitter and a receiver."""
    assert await async_setup_component(hass, "infrared", {})
    emitter, receiver = Emitter(), Receiver()
    await hass.data[DATA_COMPONENT].async_add_entities([emitter, receiver])
    await hass.async_block_till_done()
    return emitter, receiver


def infrared_entry(
    zone: dict[str, Any], data: dict[str, Any] | None = None
) -> MockConfigEntry:
    """Return a system's entry with one infrared zone."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Mini-split",
        data={"kind": "system", "family": "mini_split", **(data or {})},
        subentries_data=[
            {
                "subentry_type": "zone",
                "title": "Bedroom",
                "data": {"driver": "infrared", **zone},
                "unique_id": None,
            }
        ],
    )


async def async_add_unit(
    hass: HomeAssistant, data: dict[str, Any] | None = None, **zone: Any
) -> MockConfigEntry:
    """Set a system up, of Gree's through the emitter where nothing else is said."""
    if "emitter" not in zone:
        zone["emitter"] = EMITTER
    if not zone.keys() & {"protocol", "code_file", "vendor"}:
        zone["protocol"] = "GreeAc"
    entry = infrared_entry(zone, data)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


__all__ = ["EMITTER", "RECEIVER", "UNIT", "GreeAcMode"]
